"""French words of the site's own pages: the register, the journal, the documents that one may check."""

from flask_babel import lazy_gettext as _l

from programme.core.personal_data import Basis, Fate

BASES = {
    Basis.PUBLIC_TASK: _l("Mission d’intérêt public de la Région"),
    Basis.CONTRACT: _l("Service que vous avez demandé"),
    Basis.CONSENT: _l("Votre accord, que vous pouvez reprendre"),
    Basis.LEGAL_OBLIGATION: _l("Obligation légale"),
}
FATES = {
    Fate.ERASED: _l("effacée"),
    Fate.ANONYMISED: _l("rendue anonyme"),
    Fate.ARCHIVED: _l("versée aux archives"),
}
DOCUMENT_KINDS = {
    "receipt": _l("Accusé de réception"),
    "agreement": _l("Convention"),
    "letter": _l("Notification"),
    "certificate": _l("Attestation"),
    "minutes": _l("Compte rendu"),
}
OPEN_FILES = {
    "/donnees-ouvertes/subventions.csv": (
        _l("Subventions attribuées"),
        _l("Qui a reçu une subvention, combien, pour quel projet. Schéma SCDL Subventions 2.1.1."),
    ),
    "/donnees-ouvertes/reutilisations.csv": (
        _l("Réutilisations publiées, en tableau"),
        _l("Ce que les données ont permis : titre, forme, territoire, jeux de données, adresse."),
    ),
    "/donnees-ouvertes/reutilisations.json": (
        _l("Réutilisations publiées, en JSON"),
        _l("Les mêmes réutilisations, avec leurs jeux de données."),
    ),
    "/donnees-ouvertes/appels.json": (_l("Appels à projets"), _l("Les appels et leurs relèves, avec leurs dates.")),
    "/donnees-ouvertes/evenements.json": (_l("Événements"), _l("Les événements annoncés et passés.")),
    "/donnees-ouvertes/indicateurs.csv": (
        _l("Indicateurs"),
        _l("Les chiffres du programme avec leur date, leur source et leur historique."),
    ),
    "/donnees-ouvertes/catalogue.jsonld": (_l("Catalogue, en JSON-LD"), _l("Description de ces fichiers, DCAT-AP 3.")),
    "/donnees-ouvertes/catalogue.ttl": (_l("Catalogue, en Turtle"), _l("Description de ces fichiers, DCAT-AP 3.")),
    "/reutilisations.atom": (
        _l("Fil des réutilisations"),
        _l("Les dernières réutilisations, pour un lecteur de flux."),
    ),
    "/evenements.ics": (_l("Agenda des événements"), _l("Les événements annoncés, pour un logiciel d’agenda.")),
}

"""French words for the codes of this room; what the applicant reads hides the inner states."""

from flask_babel import lazy_gettext as _l

from programme.applications.rules.state_aid import AidRegulation, CompanyLink, UndertakingSize
from programme.applications.states import (
    BEFORE_DECISION,
    ApplicationState,
    ExpenseCategory,
    FundingKind,
    FundingState,
    PieceState,
)

S = ApplicationState
STATES = {
    S.DRAFT: _l("Brouillon"),
    S.SUBMITTED: _l("Déposé"),
    S.INFO_REQUESTED: _l("Compléments demandés"),
    S.ADMISSIBLE: _l("Recevable"),
    S.INADMISSIBLE: _l("Irrecevable"),
    S.UNDER_REVIEW: _l("En instruction"),
    S.SCORING: _l("En évaluation"),
    S.COMMITTEE_READY: _l("Prêt pour le comité"),
    S.FAVOURABLE: _l("Avis favorable"),
    S.RESERVED: _l("Avis réservé"),
    S.DEFERRED: _l("Ajourné"),
    S.UNFAVOURABLE: _l("Avis défavorable"),
    S.ON_AGENDA: _l("Inscrit au vote"),
    S.AWARDED: _l("Attribué"),
    S.REJECTED: _l("Refusé"),
    S.REDIRECTED: _l("Réorienté"),
    S.INVITED: _l("Invité au dossier complet"),
    S.NOT_RETAINED: _l("Non retenu"),
    S.WITHDRAWN: _l("Retiré"),
    S.DROPPED: _l("Classé sans suite"),
}
_IN_PROGRESS = _l("En cours d’instruction")
PUBLIC_STATES = {
    **dict.fromkeys(ApplicationState, _IN_PROGRESS),
    S.DRAFT: STATES[S.DRAFT],
    S.SUBMITTED: _l("Transmis"),
    S.INFO_REQUESTED: STATES[S.INFO_REQUESTED],
    S.INADMISSIBLE: STATES[S.REJECTED],  # The page says why, and how to contest it.
    S.AWARDED: STATES[S.AWARDED],
    S.REJECTED: STATES[S.REJECTED],
    S.REDIRECTED: STATES[S.REDIRECTED],
    S.INVITED: STATES[S.INVITED],
    S.NOT_RETAINED: STATES[S.NOT_RETAINED],
    S.WITHDRAWN: STATES[S.WITHDRAWN],
    S.DROPPED: STATES[S.DROPPED],
}
_TONES = {
    S.DRAFT: "pause", S.INFO_REQUESTED: "warn", S.INADMISSIBLE: "err", S.AWARDED: "ok", S.REJECTED: "err",
    S.FAVOURABLE: "ok", S.RESERVED: "warn", S.DEFERRED: "pause", S.UNFAVOURABLE: "err", S.WITHDRAWN: "pause",
    S.DROPPED: "pause", S.REDIRECTED: "pause", S.INVITED: "ok", S.NOT_RETAINED: "err",
}  # fmt: skip
TONES = {state: _TONES.get(state, "neutral") for state in ApplicationState}
PUBLIC_TONES = {
    state: _TONES[state] if state not in BEFORE_DECISION or state is S.INFO_REQUESTED else "neutral"
    for state in ApplicationState
}
PIECES = {
    PieceState.EXPECTED: _l("Attendue"),
    PieceState.PROVIDED: _l("Déposée"),
    PieceState.ACCEPTED: _l("Conforme"),
    PieceState.REFUSED: _l("Non conforme"),
    PieceState.EXPIRED: _l("Périmée"),
}
PIECE_TONES = {
    PieceState.EXPECTED: "neutral",
    PieceState.PROVIDED: "ok",
    PieceState.ACCEPTED: "ok",
    PieceState.REFUSED: "err",
    PieceState.EXPIRED: "err",
}
CATEGORIES = {
    ExpenseCategory.SERVICES: _l("Prestation"),
    ExpenseCategory.EQUIPMENT: _l("Équipement"),
    ExpenseCategory.STAFF: _l("Personnel"),
    ExpenseCategory.INDIRECT: _l("Frais indirects"),
    ExpenseCategory.IN_KIND: _l("Apport en nature"),
    ExpenseCategory.OTHER: _l("Autre"),
}
FUNDING_KINDS = {
    FundingKind.OWN: _l("Fonds propres"),
    FundingKind.PUBLIC: _l("Aide publique"),
    FundingKind.EUROPEAN: _l("Aide européenne"),
    FundingKind.PRIVATE: _l("Financeur privé"),
    FundingKind.IN_KIND: _l("Apport en nature"),
}
FUNDING_STATES = {
    FundingState.SOUGHT: _l("Demandé"),
    FundingState.OBTAINED: _l("Obtenu"),
}
STEP_TITLES = {
    "projet": _l("Le projet"), "questions": _l("Les questions du volet"), "donnees": _l("Les données"),
    "budget": _l("Le budget"), "aides": _l("Les aides publiques"), "pieces": _l("Les pièces"), "relecture": _l("Relecture et envoi"),
    "organisme": _l("Votre organisme"),
}  # fmt: skip
AID_REGULATIONS = {
    AidRegulation.GENERAL: _l("De minimis général (2023/2831, ou 1407/2013)"),
    AidRegulation.SIEG: _l("De minimis SIEG (2023/2832, ou 360/2012)"),
    AidRegulation.AGRICULTURE: _l("De minimis agricole (1408/2013)"),
    AidRegulation.FISHERY: _l("De minimis pêche (717/2014)"),
}
COMPANY_LINKS = {
    CompanyLink.VOTES: _l("Plus de la moitié des droits de vote"),
    CompanyLink.APPOINTMENT: _l("Nomme la majorité des dirigeants"),
    CompanyLink.INFLUENCE: _l("Influence dominante par contrat ou par statuts"),
    CompanyLink.AGREEMENT: _l("Contrôle des votes par accord entre associés"),
}
SIZES = {
    UndertakingSize.MICRO: _l("Microentreprise"),
    UndertakingSize.SMALL: _l("Petite entreprise"),
    UndertakingSize.MEDIUM: _l("Moyenne entreprise"),
    UndertakingSize.LARGE: _l("Grande entreprise"),
}
# The titles of the seven commitments of the annex of decree 2021-1947; its text is published by the legal service.
ENGAGEMENTS = (
    _l("Respect des lois de la République"),
    _l("Liberté de conscience"),
    _l("Liberté des membres de l’association"),
    _l("Égalité et non-discrimination"),
    _l("Fraternité et prévention de la violence"),
    _l("Respect de la dignité de la personne humaine"),
    _l("Respect des symboles de la République"),
)
FAULTS = {
    "title_missing": _l("Donnez un titre au projet, par exemple « Carte des fraîcheurs »."),
    "summary_missing": _l("Résumez le projet en une ou deux phrases."),
    "description_missing": _l("Décrivez le projet : le besoin, ce que vous ferez, avec qui."),
    "theme_missing": _l("Choisissez le thème dans la liste."),
    "subdomain_missing": _l("Choisissez le sous-domaine dans la liste."),
    "territory_missing": _l("Choisissez le département où le projet a lieu."),
    "starts_on_missing": _l("Donnez la date de début, par exemple 01/03/2027."),
    "ends_on_missing": _l("Donnez la date de fin, par exemple 31/12/2027."),
    "ends_before_it_starts": _l("Choisissez une date de fin qui vient après le début."),
    "frame_note_missing": _l(
        "Dites à quelle stratégie publique le projet se rattache, par exemple le Plan Climat régional."
    ),
    "answer_missing": _l("Répondez à la question « %(question)s »."),
    "answer_too_long": _l("Raccourcissez la réponse à « %(question)s »."),
    "answer_too_small": _l("Écrivez un nombre plus grand à « %(question)s »."),
    "answer_too_large": _l("Écrivez un nombre plus petit à « %(question)s »."),
    "answer_too_many": _l("Gardez moins de lignes à « %(question)s »."),
    "answer_incomplete": _l("Complétez la réponse à « %(question)s » : %(place)s."),
    "answer_wrong_part": _l("Corrigez la réponse à « %(question)s » : %(place)s."),
    "answer_unknown": _l("Choisissez une réponse de la liste à « %(question)s »."),
    "answer_unreadable": _l("Écrivez de nouveau la réponse à « %(question)s »."),
    "answer_refused": _l(
        "La réponse à « %(question)s » ne permet pas de déposer : corrigez-la, ou relisez les conditions de l’appel."
    ),
    "no_dataset": _l(
        "Nommez au moins un jeu de données que le projet utilise ou ouvre, par exemple « Arbres d’alignement »."
    ),
    "dataset_unnamed": _l("Nommez chaque jeu de données."),
    "no_expense": _l("Écrivez au moins une dépense, par exemple « Relevés thermiques », 14 500,00."),
    "no_request": _l("Écrivez le montant demandé à la Région, par exemple 14 000,00."),
    "gap_missing": _l("Il manque %(amount)s de financements pour équilibrer."),
    "gap_excess": _l("Les financements dépassent les dépenses de %(amount)s : baissez l’un ou complétez l’autre."),
    "label_missing": _l("Nommez chaque dépense et chaque financeur."),
    "amount_missing": _l("Écrivez le montant de chaque dépense et de chaque financement."),
    "aid_activity": _l("Dites si le projet est une activité économique."),
    "aid_sworn": _l("Attestez l’exactitude de la déclaration d’aides : cochez la case."),
    "aid_works": _l("Dites si les travaux ou les achats ont commencé."),
    "aid_works_begun": _l(
        "Cette aide se demande avant le début des travaux ou des achats : écrivez à la Région avant d’aller plus loin."
    ),
    "aid_size": _l("Écrivez l’effectif, puis le chiffre d’affaires et le total du bilan du groupe."),
    "aid_linked": _l("Dites si votre entreprise est liée à d’autres."),
    "aid_no_company": _l("Nommez au moins une entreprise liée, ou répondez que vous n’êtes lié à aucune."),
    "aid_company_siren": _l("Entreprise liée %(n)s : écrivez les 9 chiffres de son SIREN, différent du vôtre."),
    "aid_company_name": _l("Entreprise liée %(n)s : écrivez son nom."),
    "aid_received": _l("Dites si des aides de minimis ont été reçues depuis trois ans."),
    "aid_no_aid": _l("Écrivez au moins une aide reçue, ou répondez qu’il n’y en a pas."),
    "aid_date": _l("Aide reçue %(n)s : écrivez la date de son attribution, par exemple 15/03/2025."),
    "aid_future": _l("Aide reçue %(n)s : sa date d’attribution est à venir, corrigez-la."),
    "aid_authority": _l("Aide reçue %(n)s : écrivez qui l’a accordée."),
    "aid_amount": _l("Aide reçue %(n)s : écrivez son montant, par exemple 12 000,00."),
    "aid_stranger": _l("Aide reçue %(n)s : écrivez le SIREN d’une entreprise du groupe."),
    "aid_passed": _l(
        "La demande passe le plafond des aides de minimis de %(amount)s : demandez %(most)s au plus, ou écrivez à la Région."
    ),
    "piece_missing": _l("Ajoutez la pièce « %(label)s »."),
    "piece_undated": _l("Dites de quel jour est datée la pièce « %(label)s »."),
    "piece_too_old": _l("La pièce « %(label)s » est trop ancienne : ajoutez-en une datée du %(day)s ou d’après."),
    "rule_broken": _l("Une condition de l’appel n’est pas remplie : relisez-la sur la page de l’appel."),
    "commitments": _l("Lisez les engagements et cochez la case."),
    "engagement": _l("Lisez le contrat d’engagement républicain et cochez la case."),
}
LEFT = {
    "theme_gone": _l("Le thème « %(label)s » n’existe pas dans cet appel : choisissez-en un autre."),
    "dates_past": _l("La date de début est passée : revoyez les dates du projet."),
    "question_gone": _l("« %(label)s » : cette question n’est plus posée."),
    "question_changed": _l("« %(label)s » : la question a changé de forme, répondez de nouveau."),
    "answer_unfit": _l("« %(label)s » : votre réponse n’est plus dans les choix proposés."),
    "piece_unwanted": _l("« %(label)s » : cette pièce n’est plus demandée."),
    "piece_refused": _l("« %(label)s » : la pièce avait été refusée, ajoutez-en une autre."),
    "piece_unfit": _l("« %(label)s » : ce format de fichier n’est pas accepté ici."),
    "piece_old": _l("« %(label)s » : la pièce est trop ancienne, ajoutez-en une à jour."),
    "piece_changed": _l("« %(label)s » : le fichier n’a pas pu être copié, ajoutez-le de nouveau."),
    "no_room": _l("« %(label)s » : la place réservée à votre organisme est pleine, le fichier n’est pas copié."),
}
REMARKS = {
    "decision": _l("La décision"),
    "closing": _l("La raison de la clôture"),
    "request": _l("Une demande de compléments"),
    "piece": _l("Une pièce refusée"),
}

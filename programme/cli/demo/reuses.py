"""Demonstration: twenty-two reuses of the region's data, and a few more so that every state is met.

The organisations and figures are fictional, the territories are real.
"""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from programme.accounts import queries as people
from programme.accounts.models import Account
from programme.catalogue.models import Dataset
from programme.cli.demo import pictures
from programme.core import journal, storage
from programme.core.clock import local_day
from programme.core.identifiers import fold
from programme.extensions import db
from programme.organisations.models import Organisation
from programme.organisations.states import OrganisationKind
from programme.projects import services as projects
from programme.projects.models import Project
from programme.reuses import queries, services
from programme.reuses.models import DatasetUse, Reuse, ReuseFlag
from programme.reuses.states import MACHINE, PUBLIC, FlagReason, ReuseKind, ReuseOrigin, ReuseState
from programme.strategy.models import Theme

K, N, S = ReuseKind, OrganisationKind, ReuseState
REUSER = "reutilisateur@startup.example"
STUDENT = "participant@ecole.example"
ASSOCIATION = "porteur@association.example"
OFFICER = "agent@region.example"


@dataclass(frozen=True)
class Example:
    """What is told of one reuse. `data`: title, words to find it in the catalogue, use in one line."""

    title: str
    kind: ReuseKind
    theme: str
    code: str | None
    territory: str
    weeks_ago: int
    summary: str
    why: str
    data: tuple[tuple[str, str, str], ...]
    effect: tuple[str, str] | None = None
    told: str = ""
    missing: str = ""
    by: str = ""
    kind_of_author: OrganisationKind | None = None
    licence: str = ""
    state: ReuseState = S.PUBLISHED


EXAMPLES = (
    Example("Respire Étang", K.MAP, "Environnement et climat", "13", "Étang de Berre", 19,
            "L’air de la cour d’école, heure par heure, et ce qu’il permet : jouer dehors, courir, ou attendre midi.",
            "Autour de l’étang, l’indice du jour ne dit pas ce qui se passe à la récréation de dix heures. Des parents et deux directrices d’école ont demandé une information qu’on lit en une seconde, à l’heure où la décision se prend.\n\nLa carte croise l’indice horaire et l’adresse des écoles. Elle n’affiche aucun nom d’élève, ne mesure personne, et dit clairement quand une donnée manque.",
            (("Indices horaires de la qualité de l’air", "qualité de l’air", "La couleur de chaque point, heure par heure."),
             ("Écoles, collèges et lycées", "écoles", "La place de chaque cour d’école sur la carte.")),
            ("41", "écoles consultent la carte chaque jour"), "Onze écoles ont déplacé leur cours de sport à cause de la carte.",
            "L’indice n’existe pas la nuit : impossible de prévenir avant huit heures.", "Air et Rivages", N.ASSOCIATION, "EUPL-1.2", S.FEATURED),
    Example("Massifs ouverts", K.APPLICATION, "Mer, littoral et montagne", "84", "Luberon", 62,
            "Savoir le matin si le massif est ouvert, et quel sentier prendre.",
            "L’été, l’accès aux massifs change chaque soir pour le lendemain. Les promeneurs découvraient la fermeture sur le parking, barrière baissée. L’application relie l’arrêté du jour aux sentiers, et propose toujours une marche à l’ombre hors massif.",
            (("Accès quotidien aux massifs forestiers", "massifs", "Ouvert, déconseillé ou fermé, massif par massif."),
             ("Sentiers de randonnée balisés", "sentiers randonnée", "Le tracé et la durée de chaque marche.")),
            ("18500", "consultations pendant l’été"), "", "Les sentiers n’ont pas de date de mise à jour : un balisage retiré reste sur la carte.",
            "Collectif Drailles", None, "AGPL-3.0", S.FEATURED),
    Example("Cap Lycée Durance", K.DASHBOARD, "Formation, éducation et emploi", "04", "Durance-Luberon-Verdon", 45,
            "Les temps de car, lycée par lycée, avant de choisir une option.",
            "Une option rare à quarante kilomètres, c’est parfois deux heures de car par jour. Des parents ont voulu que ce temps se voie avant l’inscription, commune par commune.",
            (("Lycées publics et leurs formations", "lycées", "Les options de chaque lycée."),
             ("Horaires des transports scolaires", "transports scolaires", "Le temps de trajet porte à porte.")),
            ("640", "familles ont comparé deux lycées au moins"), "", "", "Parents en chemin", N.ASSOCIATION),
    Example("Métiers en Vue", K.VISUALIZATION, "Formation, éducation et emploi", None, "", 38,
            "Où sont les formations, où sont les offres, et ce qui manque entre les deux.",
            "Une carte d’offres seule attire vers des métiers que personne n’enseigne à côté. En posant les deux sur la même page, les conseillers voient les bassins où il faudrait ouvrir une session.",
            (("Offres d’emploi par bassin", "offres d’emploi", "La demande de chaque bassin, par famille de métiers."),
             ("Répertoire des formations professionnelles", "formations", "Les places ouvertes, par commune.")),
            None, "Deux missions locales ouvrent la carte à chaque premier rendez-vous.",
            "Les offres n’ont pas la durée du contrat.", "", N.PUBLIC_BODY, "ODbL"),
    Example("Quai Fluide", K.APPLICATION, "Mobilité et transports", "13", "Fos-sur-Mer", 52,
            "L’heure à laquelle un camion a une chance d’entrer au port sans attendre.",
            "Les files commencent quand deux escales se suivent de près. L’application lit le programme des escales et conseille un créneau d’arrivée, sans réserver ni contraindre.",
            (("Escales prévues et réalisées", "escales", "L’affluence attendue, quai par quai."),
             ("Passages de poids lourds aux portes", "poids lourds", "Le temps d’attente mesuré aux portes.")),
            ("22", "minutes d’attente en moins, en moyenne, aux heures conseillées"), "", "", "", N.SMALL_COMPANY),
    Example("Neige et Navettes", K.APPLICATION, "Mobilité et transports", "05", "Briançonnais", 41,
            "Monter skier sans voiture : l’état des pistes et la navette qui y mène.",
            "Trois stations, quatre réseaux de navettes, et aucun horaire commun. Deux étudiantes ont réuni les fiches horaires et l’enneigement sur un même écran, lisible sans réseau.",
            (("Enneigement des stations", "enneigement", "La hauteur de neige et les pistes ouvertes."),
             ("Horaires des navettes de station", "navettes", "Le prochain départ et la correspondance du train.")),
            ("3100", "trajets en navette préparés en une saison"), "", "Une station ne publie pas ses remontées fermées.", "Équipe Snowbus", None, "MIT"),
    Example("Ombre Fraîche", K.MAP, "Aménagement et urbanisme", "06", "Nice", 11,
            "Où planter d’abord, rue par rue.",
            "Une rue sans ombre, longue et passante, gagne plus à un arbre qu’un square déjà frais. La carte classe les rues selon la chaleur, l’ombre et le passage, et montre le calcul.",
            (("Arbres d’alignement", "arbres", "L’ombre de chaque rue, saison par saison."),
             ("Îlots de chaleur urbains", "îlots de chaleur", "La température de surface à quinze heures."),
             ("Fréquentation des rues", "fréquentation piétons", "Le nombre de personnes qui profiteraient de l’ombre.")),
            ("12", "rues inscrites au plan de plantation"), "La ville a repris le classement pour son plan de plantation.",
            "", "Atelier Canopée", N.SMALL_COMPANY, "EUPL-1.2", S.FEATURED),
    Example("Toits Lumière", K.SIMULATOR, "Énergies et réseaux", "05", "Hautes-Alpes", 70,
            "Ce que votre toit peut produire, sans donner votre numéro.",
            "Les simulateurs du commerce demandent un téléphone avant de répondre. Celui-ci répond d’abord, explique l’hypothèse d’ensoleillement et s’arrête là.",
            (("Cadastre solaire", "cadastre solaire", "Le rayonnement reçu par chaque pan de toit."),
             ("Bâtiments en trois dimensions", "bâtiments bâti", "La pente, l’orientation et l’ombre des voisins.")),
            ("1900", "toits simulés"), "", "", "", N.GROUPING),
    Example("Marchés de Provence", K.API, "Économie et entreprises", "84", "Vaucluse", 57,
            "Quel marché, quel jour, quels producteurs : une API et sa carte.",
            "Quatorze communes publiaient leurs marchés sous quatorze formes. L’API les rend semblables, chaque nuit, et signale aux communes les lignes qu’elle n’a pas comprises.",
            (("Marchés de plein vent", "marchés", "Le jour, l’heure et la place de chaque marché."),
             ("Producteurs en vente directe", "producteurs vente directe", "Qui vend quoi, sur quel marché.")),
            ("9", "sites de communes affichent l’API"), "", "Huit communes sur quatorze n’indiquent pas les jours fériés.", "Halles communes", None, "Licence Ouverte 2.0"),
    Example("Budget Clair", K.DATA_STORY, "Citoyenneté et démocratie", "05", "Gap", 33,
            "Le budget communal raconté sur une page, et vérifiable.",
            "Une classe de terminale a suivi un euro de taxe foncière jusqu’à une cantine, un chasse-neige et une subvention. Chaque chiffre renvoie à la ligne du fichier publié.",
            (("Budgets de la commune au format SCDL", "budgets", "Chaque montant du récit, avec sa ligne."),
             ("Subventions versées aux associations", "subventions", "La liste des associations aidées et les montants.")),
            ("380", "habitants présents aux deux soirées de lecture"), "", "Les budgets annexes ne sont pas publiés.", "Une classe de terminale de Gap", N.LOCAL_AUTHORITY),
    Example("Plages Veille", K.APPLICATION, "Mer, littoral et montagne", "83", "Var", 24,
            "La qualité de l’eau de chaque plage, et ce que la pluie d’hier y change.",
            "Un prélèvement par semaine ne dit rien du lendemain d’orage. L’application ajoute la turbidité mesurée en continu, et dit quand elle doute.",
            (("Qualité des eaux de baignade", "eaux de baignade", "Le dernier prélèvement officiel."),
             ("Turbidité du littoral", "turbidité", "L’alerte après la pluie, avant le prélèvement.")),
            ("27", "plages suivies chaque jour de la saison"), "", "", "", N.ASSOCIATION),
    Example("Doc’Proche", K.MAP, "Social, santé et sports", "04", "Haute-Provence", 66,
            "Le temps réel pour voir un médecin, village par village, en voiture et en car.",
            "À vol d’oiseau, tout le monde est près d’un cabinet. Par la route en janvier, non. La carte donne les deux temps, et les jours de consultation avancée.",
            (("Professionnels de santé en exercice", "professionnels de santé", "La place et les jours de chaque cabinet."),
             ("Temps d’accès aux soins", "temps d’accès", "Le temps de route, été et hiver.")),
            None, "Trois communes ont déplacé le jour de leur consultation avancée.", "Les remplacements ne figurent pas.", "", N.PUBLIC_BODY),
    Example("Archives Sensibles", K.DATA_STORY, "Culture, patrimoine et tourisme", "13", "Arles", 48,
            "Le Rhône en crue raconté par ceux qui l’ont photographié.",
            "Les fonds numérisés dormaient par cote. En les rangeant par hauteur d’eau, on suit une crue de rue en rue, puis on compare avec la suivante.",
            (("Fonds photographiques numérisés", "fonds numérisés archives", "Les images et leur date."),
             ("Repères de crue", "repères de crue", "La hauteur d’eau de chaque événement.")),
            None, "", "Un quart des images n’a pas de lieu.", "Mémoire du fleuve", N.ASSOCIATION),
    Example("Tri Malin 06", K.APPLICATION, "Environnement et climat", "06", "Pays de Grasse", 15,
            "Le point d’apport le plus proche, et s’il est plein.",
            "Un sac posé devant une colonne pleine coûte un passage de camion. L’application envoie à la colonne d’à côté et prévient la régie.",
            (("Points d’apport volontaire", "points d’apport tri", "La place et le taux de remplissage de chaque colonne."),),
            ("17", "pour cent de dépôts sauvages en moins autour des colonnes suivies"), "", "", "", N.GROUPING, "EUPL-1.2"),
    Example("Flux Vélo", K.VISUALIZATION, "Mobilité et transports", "13", "Aix-Marseille", 16,
            "Ce que trente-huit compteurs disent d’une ville à vélo, jour après jour.",
            "Les totaux annuels cachent la pluie, les vacances et les travaux. La visualisation les montre, puis laisse chacun vérifier l’effet d’une piste ouverte.",
            (("Comptages de vélos", "comptages vélos", "Chaque passage, heure par heure."),),
            None, "", "Deux compteurs en panne six mois ne sont pas signalés comme tels.", "Roue Libre", N.ASSOCIATION, "ODbL", S.FEATURED),
    Example("Chantiers et Commerces", K.DASHBOARD, "Économie et entreprises", "83", "Toulon", 36,
            "Les travaux à venir devant chaque vitrine, avec trois mois d’avance.",
            "Un commerçant apprenait le chantier par l’affiche. Le tableau de bord croise arrêtés de travaux et terrasses, et prévient qui l’a demandé.",
            (("Arrêtés de travaux", "travaux voirie", "Les dates et les rues fermées."),
             ("Terrasses autorisées", "terrasses", "Les commerces concernés.")),
            ("210", "commerces inscrits à l’alerte"), "", "", "", N.CHAMBER),
    Example("Friches Vivantes", K.MAP, "Imagerie et occupation du sol", "13", "Berre", 73,
            "Ce que chaque friche peut devenir, de la ruche au toit.",
            "Une friche n’est pas vide : sol, eau, accès et voisins disent ce qui est possible. La carte met ces quatre lectures côte à côte pour les élus et les porteurs d’idées.",
            (("Inventaire des friches", "friches", "Le contour et l’histoire de chaque site."),
             ("Foncier public mobilisable", "foncier", "À qui appartient le sol.")),
            ("6", "friches reprises depuis la mise en ligne"), "", "", "", N.PUBLIC_BODY),
    Example("École de la donnée", K.TEACHING_MODULE, "Sciences, recherche et innovation", None, "", 13,
            "Six séances pour apprendre à lire un jeu de données, du collège au conseil municipal.",
            "Chaque séance part d’une question du lieu : où tombe la pluie, qui prend le car, combien coûte la cantine. Les fichiers sont ceux du catalogue, jamais des exemples lissés.",
            (("Relevés de pluie", "pluie", "La séance 1 : lire une série et ses trous."),
             ("Horaires des transports scolaires", "transports scolaires", "La séance 3 : compter et comparer."),
             ("Budgets de la commune au format SCDL", "budgets", "La séance 5 : suivre un euro.")),
            ("54", "animatrices et animateurs formés"), "", "", "", N.UNIVERSITY, "CC-BY-SA 4.0"),
    Example("Prénoms du Sud", K.VISUALIZATION, "Citoyenneté et démocratie", "06", "Antibes", 90,
            "Trente ans de prénoms, d’une commune à l’autre.",
            "Un sujet léger pour une leçon sérieuse : une classe a vérifié le fichier selon son schéma, trouvé onze erreurs et les a rendues à la commune.",
            (("Prénoms des nouveau-nés", "prénoms", "Chaque courbe, par commune et par année."),),
            ("11", "erreurs corrigées dans le fichier d’origine"), "", "", "Club données du lycée", None),
    Example("Irrigation Juste", K.AI_MODEL, "Agriculture, sylviculture et pêche", "13", "Crau", 12,
            "Prévoir le besoin d’eau d’un pré de Crau à trois jours, et dire avec quelle certitude.",
            "Le modèle est petit, ouvert et s’entraîne en une heure sur un ordinateur de bureau. Il rend une fourchette, jamais un ordre, et l’irrigant garde la main sur la martelière.",
            (("Relevés de pluie", "pluie", "L’eau tombée, pour apprendre et pour prévoir."),
             ("Réseau des canaux d’irrigation", "canaux irrigation", "Le débit disponible à chaque prise.")),
            None, "", "Les débits de 2021 manquent sur deux canaux.", "", N.ASSOCIATION, "Apache-2.0"),
    Example("Ports de plaisance à quai", K.APPLICATION, "Mer, littoral et montagne", "06", "Cannes", 30,
            "Une place pour la nuit, et la houle qu’il y fera.",
            "Appeler quatre capitaineries avant l’orage n’est pas prudent. L’application montre les anneaux libres et la prévision au port, pas au large.",
            (("Anneaux disponibles", "anneaux ports plaisance", "Les places libres, mises à jour par les ports."),
             ("Météo des ports", "météo ports", "Le vent et la houle à l’entrée.")),
            ("1450", "nuits réservées par téléphone après consultation"), "", "", "", N.MIXED_COMPANY),
    Example("Tiers-lieux voisins", K.MAP, "Équipements, bâtiments et logement", "13", "Alpilles", 5,
            "Un bureau, une imprimante et un café à moins de vingt minutes.",
            "La carte montre les lieux ouverts, et surtout les endroits d’où l’on n’en atteint aucun : c’est là que trois communes cherchent un local.",
            (("Tiers-lieux ouverts au public", "tiers-lieux", "Les horaires et l’équipement de chaque lieu."),
             ("Isochrones routières", "isochrones", "Ce qu’on atteint en vingt minutes.")),
            None, "", "", "Réseau des Alpilles", N.ASSOCIATION),
    Example("Fontaines d’été", K.MAP, "Aménagement et urbanisme", "84", "Avignon", 3,
            "Les points d’eau potable ouverts, à pied.", "Pour les marcheurs, les livreurs et les personnes sans abri, pendant les jours de forte chaleur.",
            (("Fontaines publiques", "fontaines", "La place et la période d’ouverture."),), by="Deux voisines", state=S.SUBMITTED),
    Example("Bibliothèques ouvertes le soir", K.APPLICATION, "Culture, patrimoine et tourisme", "83", "Hyères", 2,
            "Quelle bibliothèque est ouverte après dix-huit heures.", "",
            (("Équipements culturels", "équipements culturels", "Les horaires de chaque bibliothèque."),), by="", state=S.SUBMITTED),
    Example("Prix de l’eau", K.VISUALIZATION, "Environnement et climat", "05", "Hautes-Alpes", 6,
            "Le prix du mètre cube, commune par commune.", "Pour comprendre ce que l’on paie : la ressource, le réseau ou la taxe.",
            (("Tarifs de l’eau potable", "tarifs eau", "Le prix et sa composition."),), by="Atelier public", state=S.INFO_REQUESTED),
    Example("Covoiturage des vallées", K.APPLICATION, "Mobilité et transports", "04", "Ubaye", 96,
            "Partager la route du matin, vallée par vallée.", "Un panneau lumineux annonce les passages aux deux ronds-points.",
            (("Aires de covoiturage", "covoiturage", "Où se retrouver."),), by="Vallées liées", state=S.BROKEN_LINK),
    Example("Loyers lisibles", K.SIMULATOR, "Équipements, bâtiments et logement", "06", "Nice", 19,
            "Un loyer demandé, comparé à ceux du quartier.", "Pour préparer une visite avec un ordre de grandeur.",
            (("Loyers observés", "loyers", "La fourchette du quartier."),), by="Collectif Toit", state=S.FLAGGED),
    Example("Carte des radars", K.MAP, "Mobilité et transports", None, "", 60,
            "Une carte ancienne, retirée à la demande de son auteur.", "",
            (("Réseau routier", "réseau routier", "Le fond de carte."),), by="", state=S.UNPUBLISHED),
    Example("Mon idée d’observatoire", K.IDEA, "Administration et action publique", None, "", 1,
            "Un observatoire des délais de réponse aux demandes de données.", "",
            (("Demandes de données", "demandes", "Le délai de chaque réponse."),), by="", state=S.DRAFT),
)  # fmt: skip

NOTES = {
    S.INFO_REQUESTED: "L’adresse mène à une page de connexion. Donnez une adresse que tout le monde peut ouvrir, ou une capture d’écran.",
    S.UNPUBLISHED: "Retirée à la demande de son auteur : le service a fermé.",
}


def load(at: datetime) -> None:
    """Enter the reuses, the oldest first, inside the caller's transaction."""
    chance = random.Random(7)
    themes = {each.label: each for each in db.session.scalars(select(Theme))}
    persons = {
        email: db.session.scalars(people.by_email(email)).one() for email in (REUSER, STUDENT, ASSOCIATION, OFFICER)
    }
    authors = _Authors()
    for place, example in enumerate(sorted(EXAMPLES, key=lambda each: -each.weeks_ago)):
        # Drafts and proposals stay with the reuser, so that one demonstration account meets every case.
        own = example.state not in PUBLIC or place % 3 == 0
        declarer = persons[REUSER if own else (STUDENT, ASSOCIATION)[place % 2]]
        values = {"theme_id": themes[example.theme].id, "organisation_id": authors.of(example)}
        _enter(example, values, at, chance, declarer=declarer, officer=persons[OFFICER])


def _enter(
    example: Example,
    values: dict[str, Any],
    at: datetime,
    chance: random.Random,
    *,
    declarer: Account,
    officer: Account,
) -> None:
    declared = at - timedelta(weeks=example.weeks_ago, days=chance.randint(4, 9), minutes=chance.randint(0, 500))
    published = declared + timedelta(days=chance.randint(1, 3), hours=chance.randint(0, 7))
    project = db.session.scalars(select(Project).where(Project.title == example.title)).first()
    reuse = services.declare(
        _values(example, published, at, chance) | values | _picture(example, declarer, declared),
        [_use(*each) for each in example.data], by=declarer, at=declared,
        project=project, origin=ReuseOrigin.APPLICATION if project else ReuseOrigin.FREE,
    )  # fmt: skip
    if example.state is S.DRAFT:
        return
    reuse.submitted_at = declared
    _move(reuse, "submit", declarer, declared)
    if example.state is not S.SUBMITTED:
        _follow(reuse, example.state, officer, published, at)
    reuse.moderation_note = NOTES.get(reuse.state, "")


def _follow(reuse: Reuse, state: ReuseState, officer: Account, published: datetime, at: datetime) -> None:
    """Lead a proposal to its state, by the machine's own verbs."""
    if state is S.INFO_REQUESTED:
        _move(reuse, "ask_for_info", officer, published)
        return
    reuse.published_at, reuse.published_year, reuse.updated_at = published, local_day(published).year, published
    _move(reuse, "publish", officer, published)
    projects.make_public(reuse.project, at=published)
    later = at - timedelta(days=2)
    if state is S.FEATURED:
        reuse.featured_at = published
        _move(reuse, "feature", officer, published)
    elif state is S.FLAGGED:
        text = "Le quartier de la gare affiche les loyers de l’année dernière."
        db.session.add(ReuseFlag(reuse=reuse, reason=FlagReason.WRONG_FIGURES, message=text, at=later))
        reuse.flag_count = 1
        _move(reuse, "flag", None, later)
    elif state is S.BROKEN_LINK:
        reuse.broken_since = reuse.updated_at = later
        _move(reuse, "mark_broken", officer, later)
    elif state is S.UNPUBLISHED:
        _move(reuse, "unpublish", officer, later)


def _move(reuse: Reuse, verb: str, by: Account | None, at: datetime) -> None:
    """As the services do, without their mails: nobody is written to about the past."""
    before = reuse.state
    reuse.state = ReuseState(MACHINE.target(before, verb))
    journal.record(f"reuse.{verb}", on=reuse, by=by, at=at, before={"state": before}, after={"state": reuse.state})


def _values(example: Example, published: datetime, at: datetime, chance: random.Random) -> dict[str, Any]:
    """What the declaration says; the effect is measured four to seven months later, three days ago at the latest."""
    measured = min(published + timedelta(days=chance.randint(120, 200)), at - timedelta(days=3))
    figure = example.effect
    name = fold(example.title).replace(" ", "-").replace("'", "")
    return {
        "title": example.title, "kind": example.kind, "summary": example.summary, "description": example.why,
        "url": f"https://{name}.example/", "territory_code": example.code, "territory": example.territory,
        "signature": example.by, "effect_text": example.told, "effect_value": Decimal(figure[0]) if figure else None,
        "effect_unit": figure[1] if figure else "", "effect_on": local_day(measured) if figure else None,
        "missing": example.missing, "licence": example.licence,
        "code_url": f"https://forge.example/{name}" if example.licence else "",
    }  # fmt: skip


def _picture(example: Example, by: Account, at: datetime) -> dict[str, Any]:
    """The picture drawn for this reuse, kept in the store as an upload is."""
    drawn = pictures.picture_of(example.title)
    if drawn is None:
        return {}
    content, shows = drawn
    written = storage.write_bytes(content, f"{fold(example.title).replace(' ', '-')}.webp", "image/webp")
    return {"image": storage.keep(written, by=by, at=at), "image_alt": shows}


class _Authors:
    """Organisations of the right nature, of the territory first; none signs twice while another has not signed."""

    def __init__(self) -> None:
        self.used: dict[int, int] = {}

    def of(self, example: Example) -> int | None:
        """The number of the organisation that proposes this reuse; None: a person does."""
        if example.kind_of_author is None:
            return None
        right = db.session.scalars(
            select(Organisation).where(Organisation.kind == example.kind_of_author).order_by(Organisation.id)
        ).all()
        named = [each for each in right if example.by and fold(example.by) in fold(each.name)]
        if example.by and not named:
            return None  # The signature alone says who.
        first = min(
            named or right, key=lambda each: (self.used.get(each.id, 0), each.territory_code != example.code, each.id)
        )
        self.used[first.id] = self.used.get(first.id, 0) + 1
        return first.id


def _use(title: str, words: str, use: str) -> DatasetUse:
    """A data set of the catalogue when one answers these words, else its name alone."""
    found: Dataset | None = db.session.scalars(queries.dataset_matches(words, 1)).first()
    return DatasetUse(use=use, dataset_id=found.id) if found else DatasetUse(use=use, title=title)

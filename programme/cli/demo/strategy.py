"""The strategy of the demo Region: what the two reference programmes say, with what their sources leave unsaid."""

from datetime import date, datetime
from decimal import Decimal

from programme.core.identifiers import slugify
from programme.core.trame import family_of
from programme.extensions import db
from programme.strategy.models import (
    Award,
    Axis,
    FrameConsistency,
    Indicator,
    IndicatorValue,
    Objective,
    PolicyFrame,
    ProgrammeService,
    RdProgramme,
    RegionalRole,
    Strategy,
    StrategyFrame,
    Subdomain,
    Theme,
)
from programme.strategy.states import Audience, Carrier, FrameLevel, IndicatorMode, RdStage, ThemeSet

PAGE = "Page « Smart Région » de la Région, relevée sans date de publication"
LIVE = "Site de la plateforme régionale de données, page « Stratégie »"
SPRING_2018 = date(2018, 6, 29)

SMART_SUMMARY = """La Région veut un territoire connecté, innovant et exemplaire dans l’application de l’Accord de Paris. Cette ambition, portée par l’exécutif régional, s’appelle « Smart Région ».

Elle tient en trois axes : des réseaux, des services construits sur la donnée, et l’attention à celles et ceux que le numérique laisse de côté."""

AI_SUMMARY = """« Ambition régionale dans l’intelligence artificielle » est un programme d’action pour 2018-2020. Il met l’intelligence artificielle au service de l’emploi : mieux relier les personnes, les formations et les métiers.

Un projet qui s’y rattache dit quelles données personnelles il traite, comment une décision peut être expliquée et qui en répond."""

STRATEGIES = [
    ("smart-region", "Smart Région", SMART_SUMMARY, date(2016, 11, 3),
     [("Le programme et ses données", "/donnees"), ("Les projets soutenus", "/projets-soutenus"),
      ("Les chiffres et leurs sources", "/indicateurs")]),
    ("intelligence-artificielle", "Ambition régionale dans l’intelligence artificielle", AI_SUMMARY, SPRING_2018,
     [("Le programme de recherche Open Emploi", "/strategie/programmes/open-emploi")]),
]  # fmt: skip

AXES = {
    "smart-region": [
        ("1", "Des réseaux partout", Carrier.REGION,
         "Un service numérique n’existe pas sans réseau. La Région accompagne le déploiement du très haut débit et de la téléphonie mobile, et ouvre des points d’accès publics.",
         [("1.1", "Le très haut débit fixe", Carrier.SHARED, "Amener la fibre ou une solution équivalente aux foyers, aux entreprises et aux services publics, avec les Départements et leurs schémas directeurs."),
          ("1.2", "La couverture mobile", Carrier.SHARED, "Réduire les zones où l’on ne capte pas, d’abord là où les déplacements et le secours en dépendent."),
          ("1.3", "Des sites publics en wifi", Carrier.REGION, "Équiper des lieux publics d’un accès libre, dans les gares, les lycées et les lieux d’accueil.")]),
        ("2", "Des services construits sur la donnée", Carrier.SHARED,
         "La donnée, l’innovation ouverte et l’intelligence artificielle servent à bâtir de nouveaux services. Ils sont portés par la Région ou par ses partenaires : c’est l’axe du programme de données ouvertes et intelligentes.",
         [("A", "DataSud, l’infrastructure régionale de données", Carrier.REGION, "Une infrastructure régionale pour les données ouvertes, géographiques et intelligentes. Chaque producteur y publie ; le programme référence ici les jeux par leur titre, leur producteur et leur adresse, sans les recopier."),
          ("B", "Un réseau d’acteurs de la donnée", Carrier.SHARED, "Réunir producteurs, animateurs, réutilisateurs et universitaires, et accompagner les acteurs publics et privés qui ouvrent leurs données. Un même organisme peut tenir plusieurs places."),
          ("C", "Soutenir les initiatives", Carrier.SHARED, "Aider les initiatives publiques et privées de médiation et de libération des données, par un appel à projets permanent et par des événements : défis, hackathons, ateliers."),
          ("D", "Expérimenter", Carrier.SHARED, "Prototyper des cas d’usage, essayer avec des données sur le terrain, recourir à la commande publique d’innovation. Une expérimentation peut prolonger un événement ou un défi.")]),
        ("3", "Un numérique pour tout le monde", Carrier.SHARED,
         "Le numérique ne vaut que s’il n’exclut personne. La Région soutient l’inclusion et combat la fracture numérique, dans les quartiers comme dans les vallées.",
         [("3.1", "L’inclusion", Carrier.SHARED, "Former, accompagner, garder une autre voie que l’écran : une personne, un téléphone, un papier."),
          ("3.2", "La fracture numérique", Carrier.REGION, "Réduire les écarts d’accès, d’équipement et d’usage entre les territoires.")]),
    ],
    "intelligence-artificielle": [
        ("1", "L’intelligence artificielle au service de l’emploi", Carrier.SHARED,
         "Les données de l’emploi et de la formation existent, dispersées. Les rapprocher aide à voir ce qui vient et à s’y préparer.",
         [("1.1", "Un marché du travail plus fluide", Carrier.SHARED, "Rapprocher les offres, les compétences et les formations, pour que les unes et les autres se trouvent."),
          ("1.2", "Des parcours professionnels", Carrier.SHARED, "Éclairer les choix d’orientation et de reconversion par ce que d’autres parcours ont donné."),
          ("1.3", "Moins de tensions", Carrier.SHARED, "Repérer les métiers qui manquent de bras et agir avant que la difficulté ne s’installe.")]),
    ],
}  # fmt: skip

SCANT = """La stratégie commune d’aménagement numérique du territoire est le volet numérique du SRADDET. Elle sert de référence aux acteurs publics sur cinq sujets : la couverture fixe et mobile à très haut débit ; la maîtrise des données et des réseaux par les acteurs publics ; le numérique pour moderniser l’action publique ; l’économie et l’emploi ; la transition énergétique et environnementale.

La date du 29 juin 2018 est la sienne, non celle du SRADDET."""

FRAMES = [
    # code, title, kind, level, adopted on, part of, text, border rule, consistent with
    ("accord-de-paris", "Accord de Paris", "Accord international", FrameLevel.INTERNATIONAL, None, None,
     "L’engagement climatique dont Smart Région veut un territoire exemplaire. Chaque appel et chaque projet dit sa contribution.", None, ()),
    ("orientations-europeennes", "Orientations européennes", "Orientations", FrameLevel.EUROPEAN, None, None,
     "Ce que l’Union attend des politiques numériques et de la donnée, et que ses fonds soutiennent.", None, ()),
    ("feder-2021-2027", "Programme FEDER-FSE+ 2021-2027, « une Europe plus intelligente »", "Programme européen", FrameLevel.EUROPEAN, None, "orientations-europeennes",
     "Le programme régional qui cofinance l’innovation et le numérique avec les fonds européens.", None, ()),
    ("os-1-1", "Objectif spécifique 1.1, recherche et innovation", "Objectif du programme européen", FrameLevel.EUROPEAN, None, "feder-2021-2027",
     "Les équipements et les projets de recherche et d’innovation.",
     "Un équipement de recherche ou d’innovation (centre de données, centre de calcul) et un projet de recherche et développement relèvent de l’objectif 1.1. Le dossier y est réorienté, et la même dépense n’est jamais financée deux fois.", ()),
    ("os-1-2", "Objectif spécifique 1.2, numérisation au profit de la population", "Objectif du programme européen", FrameLevel.EUROPEAN, None, "feder-2021-2027",
     "Des projets intelligents sur le territoire régional : c’est l’objectif des cinq thèmes « territoires intelligents ».", None, ("os-1-1", "os-2-3")),
    ("os-2-3", "Objectif spécifique 2.3, réseaux énergétiques intelligents", "Objectif du programme européen", FrameLevel.EUROPEAN, None, "feder-2021-2027",
     "Les systèmes, les réseaux et le stockage d’énergie.",
     "Un réseau énergétique intelligent relève de l’objectif 2.3, même dans un port. L’échange d’informations entre les acteurs du port reste dans le thème « Ports intelligents ».", ()),
    ("orientations-nationales", "Orientations nationales sur les données publiques", "Orientations", FrameLevel.NATIONAL, None, None,
     "Le droit national fait de l’ouverture la règle pour les données des administrations, sous réserve des secrets protégés et de la vie privée.", None, ("orientations-europeennes",)),
    ("sraddet", "SRADDET", "Schéma régional", FrameLevel.REGIONAL, None, None,
     "Le schéma régional d’aménagement, de développement durable et d’égalité des territoires.", None, ("plan-climat",)),
    ("scant", "Stratégie commune d’aménagement numérique du territoire (SCANT)", "Volet numérique du SRADDET", FrameLevel.REGIONAL, SPRING_2018, "sraddet",
     SCANT, None, ("orientations-nationales", "sdtan")),
    ("plan-climat", "Plan Climat régional", "Plan régional", FrameLevel.REGIONAL, None, None,
     "Les actions de la Région pour le climat. Un dossier dit en quoi il y contribue, ou qu’il n’y contribue pas.", None, ("accord-de-paris",)),
    ("sdtan", "Schémas directeurs territoriaux d’aménagement numérique (SDTAN)", "Schémas des Départements", FrameLevel.LOCAL, None, None,
     "Le déploiement des réseaux, département par département.", None, ()),
]  # fmt: skip

STRATEGY_FRAMES = {
    "smart-region": ("accord-de-paris", "orientations-europeennes", "orientations-nationales", "sraddet", "scant",
                     "plan-climat", "sdtan"),
    "intelligence-artificielle": ("orientations-europeennes", "orientations-nationales"),
}  # fmt: skip

EVERYBODY = (Audience.AUTHORITIES, Audience.COMPANIES, Audience.USERS)
PROS = (Audience.AUTHORITIES, Audience.COMPANIES)
Offer = tuple[str, str, str | None, tuple[Audience, ...]]
ROLES: list[tuple[str, str, str, list[Offer]]] = [
    ("tiers-de-confiance", "Tiers de confiance", "La Région garantit un cadre : des règles connues, des licences claires, des données personnelles protégées, un lieu où chaque producteur garde la main sur ce qu’il publie.",
     [("L’infrastructure DataSud", "publier, décrire et trouver des données ouvertes, géographiques et intelligentes", "/donnees", EVERYBODY),
      ("La convention de partenariat", "un accompagnement à l’ouverture des données du territoire, avec des engagements datés et suivis, sans subvention obligatoire", "/partenaires", (Audience.AUTHORITIES, Audience.COMPANIES))]),
    ("regulateur", "Régulateur", "La Région veille à la cohérence : mêmes standards, mêmes cadres, pas de dépense financée deux fois.",
     [("Les cadres de référence", "dire à quoi un projet contribue et à quelle porte frapper", "/strategie#cadres", PROS)]),
    ("facilitateur", "Facilitateur", "La Région met en relation et lève les obstacles : expertise, formation, mise en commun.",
     [("Le réseau des acteurs de la donnée", "producteurs, animateurs, réutilisateurs, universitaires, et qui joindre", "/partenaires", EVERYBODY),
      ("L’expertise", "un diagnostic, une rencontre, une formation pour préparer une ouverture de données", None, PROS)]),
    ("accelerateur", "Accélérateur", "La Région finance et éprouve : elle aide à passer de l’idée au service qui dure.",
     [("L’appel à projets permanent", "financer une ouverture ou une médiation de données, quatre relèves par an", "/appels", PROS),
      ("Les défis et hackathons", "résoudre en équipe un problème posé par un territoire", "/evenements", EVERYBODY),
      ("Les expérimentations", "prototyper et essayer sur le terrain, par la commande publique d’innovation", None, PROS)]),
]  # fmt: skip

DATA_THEMES = [
    "Agriculture, sylviculture et pêche", "Administration et action publique", "Citoyenneté et démocratie",
    "Économie et entreprises", "Imagerie et occupation du sol", "Limites administratives et référentiels",
    "Mer, littoral et montagne", "Social, santé et sports", "Aménagement et urbanisme",
    "Sciences, recherche et innovation", "Énergies et réseaux", "Équipements, bâtiments et logement",
    "Formation, éducation et emploi", "Culture, patrimoine et tourisme", "Mobilité et transports",
    "Environnement et climat",
]  # fmt: skip

TERRITORY_THEMES = [
    ("e-education", "e-éducation et e-formation", "sillon",
     "Apprendre avec le numérique, de l’école à l’université et tout au long de la vie. La crise sanitaire a montré ce qui tient à distance et ce qui manque. Le dossier précise le niveau, les effectifs et l’académie partenaire.",
     [("ent", "Usages des espaces numériques de travail", "e-lyco, e-primo, e-learning : des usages qui servent vraiment les élèves, les familles et les équipes."),
      ("nouveaux-apprentissages", "Nouvelles façons d’apprendre", "Cours en ligne ouverts, réalité virtuelle, campus numérique."),
      ("parcours-scolaire", "De la scolarité à l’université", "Accompagner les passages d’un niveau à l’autre."),
      ("continuite-pedagogique", "Continuité en temps de crise", "Tirer les leçons de la crise sanitaire pour que l’enseignement continue.")]),
    ("e-administration", "e-administration", "ronde",
     "Une relation simple entre les usagers et leurs services publics, sans que l’écran devienne la seule porte. Le dossier précise les secteurs, le plan d’inclusion, le nombre de collectivités servies et l’hébergement.",
     [("relation-usager", "Relation à l’usager", "Transport, environnement, tourisme, culture, santé, action sociale : des démarches en ligne qui se comprennent."),
      ("appropriation", "Appropriation et inclusion", "Interfaces et plateformes plus simples, réponse à l’illectronisme."),
      ("territoire-federateur", "Le territoire intelligent qui fédère", "Un projet commun à plusieurs services ou à plusieurs collectivités, autour de la donnée."),
      ("informatique-partagee", "Informatique partagée", "Un service d’hébergement et d’outils pour les collectivités sans équipement propre.")]),
    ("e-sante", "e-santé", "ronde",
     "Coordonner les soins et les rendre accessibles là où les soignants manquent. Le dossier précise la fragilité du territoire, le partenaire médical, l’hébergement des données de santé et les personnes concernées.",
     [("coordination", "Coordination des soins", "Relier le social, le médico-social, l’hôpital et la médecine de ville."),
      ("territoires-fragiles", "Accès dans les territoires fragiles", "Amener le soin ou l’avis là où il manque."),
      ("teleconsultation", "Téléconsultation", "Consulter ou demander un avis à distance."),
      ("sante-mobile", "Santé mobile", "Objets connectés et applications, pour les habitants et pour les professionnels."),
      ("resilience", "Résilience en temps de crise", "Des outils qui tiennent quand l’hôpital est sous tension.")]),
    ("tiers-lieux", "Tiers-lieux numériques", "parcelle",
     "Des lieux qui deviennent des plateformes de services, contre l’isolement et pour faire ensemble. Le dossier situe le lieu, dit ses horaires, sa communauté d’usagers, son offre d’inclusion et le lieu le plus proche.",
     [("plateforme-services", "Le lieu, plateforme de services", "Travail partagé, fabrication, accueil de services publics."),
      ("faire-ensemble", "Rompre l’isolement", "Des activités qui réunissent, en milieu rural, périurbain ou urbain."),
      ("quartiers-prioritaires", "Quartiers prioritaires", "Des lieux dans les quartiers de la politique de la ville ou à leur porte."),
      ("transitions", "Transitions", "Démographique, numérique, écologique, productive : le lieu comme point d’appui."),
      ("inclusion", "Projets d’inclusion", "Accompagner les personnes éloignées du numérique.")]),
    ("ports-intelligents", "Ports intelligents", "cote",
     "Des ports connectés, où l’information circule aussi bien que les marchandises : grand port maritime, ports de pêche, ports de plaisance ligériens. Le dossier précise le type de port, les flux, les parties prenantes et les données échangées.",
     [("systeme-portuaire", "Système d’information portuaire", "Un échange d’informations plus facile entre les acteurs du port."),
      ("acheminement", "Pré et post-acheminement", "Relier le quai et l’arrière-pays."),
      ("flux-terrestres", "Flux terrestres", "Camions, trains et visiteurs : prévoir et fluidifier."),
      ("energie-port", "Consommateurs, producteurs, stockage et réseau", "Relier ceux qui produisent, stockent et consomment l’énergie sur le port.")]),
]  # fmt: skip

# code, label, value, unit, on home, definition. The source gives no date for any of them.
FIGURES = [
    ("partenaires-conventionnes", "partenaires sous convention", 50, "partenaires", True,
     "Organismes qui ont signé avec la Région une convention d’accompagnement à l’ouverture de leurs données."),
    ("organismes-producteurs", "organismes producteurs", 118, "organismes", True,
     "Organismes qui publient au moins un jeu de données sur l’infrastructure régionale."),
    ("jeux-de-donnees", "jeux de données", 1480, "jeux de données", True,
     "Jeux de données publiés sur l’infrastructure régionale."),
    ("nouveaux-jeux", "jeux de données nouveaux en six mois", 650, "jeux de données", False,
     "Jeux de données publiés pour la première fois sur l’infrastructure au cours d’un semestre, que la source ne date pas."),
    ("jamais-publies", "de ces nouveaux jeux n’avaient jamais été publiés", 80, "%", False,
     "Part des jeux de données nouveaux en six mois qui n’étaient publiés nulle part auparavant."),
    ("projets-de-reutilisation", "projets de réutilisation soutenus", 32, "projets", True,
     "Projets de réutilisation de données soutenus par le programme."),
    ("prix-nationaux", "prix national de l’open data", 1, "prix", False,
     "Distinctions nationales reçues par le programme : le prix national de l’open data, en 2018."),
    ("programmes-de-recherche", "programmes de recherche et développement", 2, "programmes", False,
     "Programmes de recherche et développement sur les données : FlexGRID Data et Open Emploi."),
]  # fmt: skip

FLEXGRID = """FlexGRID Data porte sur les données de FlexGrid, le programme de la région pour des réseaux électriques intelligents. FlexGrid a été retenu en mars 2016 au terme d’un appel national, avec deux autres programmes, SMILE et YOU&GRID.

Le programme de données répond à une question : quelles données les réseaux, les bâtiments et les véhicules doivent-ils partager pour que l’énergie soit produite, stockée et consommée au bon moment, et sous quelles règles ?"""

OPEN_EMPLOI = """Open Emploi est un contrat de recherche et développement sur l’intelligence artificielle au service de l’emploi et de la formation. Ce n’est pas un concours.

Il s’appuie sur le répertoire régional des données de l’emploi et de la formation, en construction sur DataSud, et sert les objectifs de la stratégie régionale d’intelligence artificielle : un marché du travail plus fluide, des parcours éclairés, moins de tensions."""


def load(at: datetime) -> None:
    """Enter the strategies, frames, roles, themes, figures, research programmes and the award."""
    themes = _themes()
    strategies = _strategies()
    frames = _frames()
    db.session.flush()  # The relations below name rows.
    for slug, codes in STRATEGY_FRAMES.items():
        db.session.add_all(StrategyFrame(strategy_id=strategies[slug].id, frame_id=frames[c].id) for c in codes)
    for row in FRAMES:
        db.session.add_all(FrameConsistency(frame_id=frames[row[0]].id, other_id=frames[other].id) for other in row[8])
    _roles()
    _figures(at)
    _research(themes)
    db.session.flush()  # The rooms above look the themes up.


def _themes() -> dict[str, Theme]:
    made = {
        label: Theme(set=ThemeSet.DATA, code=slugify(label), label=label, drawing=family_of(label), position=rank)
        for rank, label in enumerate(DATA_THEMES, start=1)
    }
    for rank, (code, label, drawing, text, parts) in enumerate(TERRITORY_THEMES, start=1):
        theme = Theme(set=ThemeSet.TERRITORIES, code=code, label=label, text=text, drawing=drawing, position=rank)
        theme.subdomains = [
            Subdomain(code=f"{code}-{part}", label=name, text=words, position=place)
            for place, (part, name, words) in enumerate(parts, start=1)
        ]
        made[label] = theme
    db.session.add_all(made.values())
    return made


def _strategies() -> dict[str, Strategy]:
    made = {}
    for rank, (slug, title, summary, adopted_on, links) in enumerate(STRATEGIES, start=1):
        strategy = Strategy(
            slug=slug, title=title, summary=summary, adopted_on=adopted_on, position=rank,
            act="délibération régionale, numéro non précisé par la source",
            further=[{"label": label, "url": url} for label, url in links],
        )  # fmt: skip
        strategy.axes = [
            Axis(code=code, title=name, carrier=carrier, text=text, position=place, objectives=[
                Objective(code=number, title=aim, carrier=who, text=words, position=order)
                for order, (number, aim, who, words) in enumerate(objectives, start=1)
            ])
            for place, (code, name, carrier, text, objectives) in enumerate(AXES[slug], start=1)
        ]  # fmt: skip
        made[slug] = strategy
    db.session.add_all(made.values())
    return made


def _frames() -> dict[str, PolicyFrame]:
    made: dict[str, PolicyFrame] = {}
    for rank, (code, title, kind, level, adopted_on, parent, text, border, _others) in enumerate(FRAMES, start=1):
        made[code] = PolicyFrame(
            code=code, title=title, kind=kind, level=level, adopted_on=adopted_on, text=text, border_rule=border,
            position=rank, part_of=made[parent] if parent else None,
        )  # fmt: skip
    db.session.add_all(made.values())
    return made


def _roles() -> None:
    for rank, (code, label, text, services) in enumerate(ROLES, start=1):
        role = RegionalRole(code=code, label=label, text=text, position=rank)
        role.services = [
            ProgrammeService(
                title=title, text=words, path=path, audience_codes=[each.value for each in audiences], position=place
            )
            for place, (title, words, path, audiences) in enumerate(services, start=1)
        ]
        db.session.add(role)


def _figures(at: datetime) -> None:
    for rank, (code, label, value, unit, on_home, definition) in enumerate(FIGURES, start=1):
        indicator = Indicator(
            code=code, label=label, unit=unit, mode=IndicatorMode.DECLARED, definition=definition, on_home=on_home,
            position=rank,
        )  # fmt: skip
        db.session.add(indicator)
        db.session.flush()  # Its value names it.
        db.session.add(
            IndicatorValue(
                indicator_id=indicator.id, value=Decimal(value), reference_on=None, source=PAGE, recorded_at=at,
            )
        )  # fmt: skip


def _research(themes: dict[str, Theme]) -> None:
    db.session.add_all([
        RdProgramme(
            slug="flexgrid-data", title="FlexGRID Data", text=FLEXGRID, position=1, stage=None,
            summary="Les données des réseaux électriques intelligents : lesquelles partager, avec qui, sous quelles règles.",
            partners="Région\nGestionnaires de réseaux\nEntreprises et laboratoires du programme FlexGrid",
            budget="Programme FlexGrid dans son ensemble : environ 150 millions d’euros publics et privés, dont 40 millions des gestionnaires de réseaux et un guichet de 50 millions de l’ADEME",
            source="articles de presse de mars 2016 pour FlexGrid ; la part des données n’y est pas chiffrée",
            theme=themes["Énergies et réseaux"],
        ),
        RdProgramme(
            slug="open-emploi", title="Open Emploi", text=OPEN_EMPLOI, position=2, stage=RdStage.RUNNING,
            summary="L’intelligence artificielle appliquée aux données de l’emploi et de la formation.",
            partners="Région\nActeurs de l’emploi, de l’orientation et de la formation",
            deliverables="Répertoire régional des données de l’emploi et de la formation\nOutils d’aide à l’orientation",
            source=LIVE, theme=themes["Formation, éducation et emploi"],
        ),
        Award(
            name="Prix national de l’open data", organisers="La Gazette des communes et OpenDataFrance", year=2018,
            category="Démarche d’animation locale", recipient="la Région, pour son programme de données ouvertes",
            text="Le prix salue l’animation du réseau : des producteurs accompagnés, des événements, des réutilisations.",
        ),
    ])  # fmt: skip

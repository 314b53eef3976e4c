"""The references of the demo Region: 120 data sets of fictional producers, six collections, imports in every state."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import select

from programme.accounts.models import Account
from programme.accounts.states import Role
from programme.catalogue import queries, services
from programme.catalogue.jobs import NEVER_PUBLISHED, REFERENCES
from programme.catalogue.jobs import PRODUCERS as PRODUCERS_COUNT
from programme.catalogue.models import CollectionItem, Dataset, DatasetCollection
from programme.catalogue.states import Completeness, DatasetKind, Granularity, Licence
from programme.extensions import db
from programme.organisations.models import Organisation
from programme.organisations.states import OrganisationKind
from programme.strategy import services as strategy
from programme.strategy.models import Theme

K = OrganisationKind
PRODUCERS = {
    "C": K.LOCAL_AUTHORITY, "G": K.GROUPING, "P": K.PUBLIC_BODY, "A": K.ASSOCIATION, "U": K.UNIVERSITY, "H": K.CHAMBER,
    "S": K.SMALL_COMPANY, "M": K.MIXED_COMPANY, "E": K.STATE_SERVICE,
}  # fmt: skip
"""First letter of a producer's key: its kind; the rest is its department, or nothing for any."""

G = {
    "R": Granularity.REGION, "D": Granularity.DEPARTMENT, "E": Granularity.EPCI, "C": Granularity.COMMUNE,
    "I": Granularity.IRIS, "P": Granularity.PARCEL, "X": Granularity.POINT, "-": Granularity.UNDEFINED,
}  # fmt: skip
N = {"o": DatasetKind.OPEN, "s": DatasetKind.SMART, "g": DatasetKind.GEOGRAPHIC}

# Theme, then one line each: producer, granularity and nature, frequency, title, description.
DATASETS = """
# Environnement et climat
A13 Xs | chaque heure | Indices horaires de la qualité de l’air | Indice de chaque station et de chaque point modélisé, de 1 à 6, avec le polluant qui domine.
A13 Xo | chaque mois | Stations de mesure de l’air | Place, altitude et polluants mesurés par chaque station, avec ses dates d’arrêt.
G06 Xo | chaque semaine | Points d’apport volontaire du tri | Place, flux et taux de remplissage des colonnes de tri.
G06 Co | chaque année | Tonnages de déchets collectés | Poids collecté par flux et par commune depuis 2012.
E05 Co | chaque année | Tarifs de l’eau potable | Prix du mètre cube et sa composition, par service d’eau.
C13 Xo | à l’événement | Repères de crue | Hauteur d’eau et date de chaque événement, avec une photographie quand elle existe.
E Xo | chaque mois | Relevés de pluie des stations départementales | Cumul journalier de chaque pluviomètre et part des jours manquants.
P05 Cg | chaque année | Sites naturels protégés | Contour, statut et gestionnaire de chaque espace protégé.
G13 Do | chaque année | Émissions de gaz à effet de serre par secteur | Inventaire annuel, par secteur et par intercommunalité, avec sa méthode.
# Mobilité et transports
C06 Xs | chaque heure | Comptages de vélos | Passages de chaque compteur, heure par heure, avec les périodes de panne.
G13 Xs | en temps réel | Positions des bus et des tramways | Place et retard de chaque véhicule, au format du point d’accès national.
G84 Xo | chaque semaine | Horaires des transports scolaires | Circuits, arrêts et horaires, par établissement desservi.
G05 Xs | chaque jour en saison | Horaires des navettes de station | Départs, arrêts et correspondances avec le train, de décembre à avril.
P13 Xs | en temps réel | Passages de poids lourds aux portes du port | Nombre de passages et temps d’attente mesuré, porte par porte.
P13 Xo | chaque jour | Escales prévues et réalisées | Navire, quai, arrivée et départ, avec l’écart entre la prévision et le fait.
C83 Xo | chaque trimestre | Aires de covoiturage | Place, nombre de places et accès en transport en commun.
G04 Xg | chaque année | Réseau routier départemental | Tronçons, classement et largeur, avec les limitations de tonnage.
C13 Xs | en temps réel | Places libres dans les parcs de stationnement | Capacité et places libres de chaque parc, toutes les cinq minutes.
G06 Xo | chaque mois | Bornes de recharge des véhicules électriques | Puissance, prises et conditions d’accès, au schéma national.
C05 Xo | chaque trimestre | Arrêts accessibles aux personnes à mobilité réduite | Quai, cheminement et équipements de chaque arrêt, relevés sur place.
# Mer, littoral et montagne
E83 Xo | chaque semaine en saison | Qualité des eaux de baignade | Résultat de chaque prélèvement officiel et interdictions en cours.
A83 Xs | chaque jour | Turbidité du littoral | Mesure satellitaire et bouées, plage par plage, après la pluie.
E84 Cs | chaque jour en été | Accès quotidien aux massifs forestiers | Ouvert, déconseillé ou fermé, massif par massif, publié la veille au soir.
P84 Xg | chaque année | Sentiers de randonnée balisés | Tracé, durée et dénivelé des itinéraires, sans date de mise à jour du balisage.
S05 Xs | chaque jour en saison | Enneigement des stations | Hauteur de neige en bas et en haut, pistes et remontées ouvertes.
M06 Xs | chaque jour | Anneaux disponibles dans les ports de plaisance | Places libres par taille de bateau, telles que les ports les déclarent.
M06 Xs | chaque heure | Météo des ports | Vent, houle et visibilité à l’entrée de chaque port.
P83 Cg | chaque année | Trait de côte et ouvrages | Position du trait de côte, ouvrages et rechargements de plage.
# Formation, éducation et emploi
C Xo | chaque année | Lycées publics et leurs formations | Options, internat et accès de chaque lycée de la région.
C13 Xo | chaque année | Écoles, collèges et lycées | Adresse, effectif et périmètre de chaque établissement.
P Co | chaque jour | Offres d’emploi par bassin | Nombre d’offres par bassin et par famille de métiers, sans donnée nominative.
P Co | chaque mois | Répertoire des formations professionnelles | Sessions, places et lieux des formations financées par la Région.
U13 Ro | chaque année | Insertion des diplômés | Taux d’emploi à douze et trente mois, par mention de diplôme.
P Eo | chaque année | Métiers en tension | Indice de difficulté de recrutement par métier et par bassin.
H84 Co | chaque semestre | Contrats d’apprentissage signés | Nombre de contrats par secteur, par niveau et par commune d’entreprise.
C05 Xo | chaque année | Menus des cantines scolaires | Menus, allergènes et part de produits locaux des cantines communales.
# Énergies et réseaux
G05 Pg | tous les cinq ans | Cadastre solaire | Rayonnement annuel reçu par chaque pan de toit, avec les ombres portées.
G05 Xs | chaque heure | Production des installations solaires publiques | Énergie produite par chaque toit équipé, au pas de l’heure.
G06 Is | chaque trimestre | Consommations d’électricité par quartier | Consommation agrégée, jamais à moins de dix points de livraison.
S13 Xs | chaque heure | Souplesse des bâtiments tertiaires | Puissance qu’un bâtiment peut reporter, mesurée pendant les essais.
S13 Es | chaque heure | Prévisions de charge des postes sources | Charge prévue et mesurée des postes volontaires, pour les essais de réseau intelligent.
G04 Xg | chaque année | Éclairage public | Points lumineux, puissance et horaires d’extinction, commune par commune.
G83 Eg | chaque année | Réseaux de chaleur | Tracé, énergie et bâtiments raccordés de chaque réseau.
G84 Co | chaque année | Déploiement de la fibre | Part des locaux raccordables, par commune et par trimestre.
A05 Co | chaque année | Précarité énergétique des ménages | Part des ménages concernés, par commune, avec la méthode d’estimation.
# Aménagement et urbanisme
C06 Xg | chaque année | Arbres d’alignement | Essence, hauteur et année de plantation de chaque arbre.
G06 Ig | chaque année | Îlots de chaleur urbains | Température de surface à quinze heures, au pas de dix mètres.
S06 Xs | chaque mois | Fréquentation des rues, piétons | Passages estimés par tronçon et par heure, jamais à moins de vingt personnes.
C84 Xo | chaque année | Fontaines publiques | Place, potabilité et période d’ouverture.
G13 Pg | chaque trimestre | Plan local d’urbanisme | Zonage et prescriptions, au standard national.
C04 Xo | chaque mois | Permis de construire accordés | Nature, surface et date, sans le nom des personnes.
G83 Cg | chaque année | Espaces verts ouverts au public | Contour, horaires, jeux et points d’eau.
# Économie et entreprises
C84 Xo | chaque année | Marchés de plein vent | Jours, heures, place et nombre d’étals de chaque marché.
H84 Xo | chaque année | Producteurs en vente directe | Produits, saisons et lieux de vente des producteurs volontaires.
C83 Xo | chaque semaine | Arrêtés de travaux de voirie | Dates, rues fermées et itinéraires de déviation.
C83 Xo | chaque année | Terrasses autorisées | Surface, durée et emplacement de chaque autorisation.
H13 Co | chaque trimestre | Créations et défaillances d’entreprises | Nombre par secteur et par commune, en données brutes.
H06 Xo | chaque année | Locaux commerciaux vacants | Surface, durée de vacance et dernier usage connu.
C13 Co | chaque année | Zones d’activité | Contour, surface disponible et gestionnaire.
S84 Co | chaque mois | Ateliers de réparation | Objets pris en charge, horaires et tarifs des ateliers volontaires.
# Citoyenneté et démocratie
C05 Co | chaque année | Budgets de la commune au format SCDL | Recettes et dépenses votées et réalisées, chapitre par chapitre.
C05 Co | chaque année | Subventions versées aux associations | Bénéficiaire, objet et montant, au format réglementaire.
C06 Co | chaque année | Prénoms des nouveau-nés | Prénoms donnés au moins trois fois, par commune et par année.
C13 Co | à chaque scrutin | Résultats électoraux par bureau | Voix par liste et participation, bureau par bureau.
C84 Co | après chaque séance | Délibérations du conseil | Objet, date et vote de chaque délibération, au format SCDL.
C83 Xo | chaque année | Lieux de vote et leur accès | Adresse, accès aux personnes à mobilité réduite, transports.
C06 Co | chaque mois | Budget participatif : projets et votes | Projets déposés, chiffrés, votés et réalisés.
# Administration et action publique
C Co | chaque mois | Demandes de données et délai de réponse | Objet de chaque demande, date, suite donnée et délai.
C13 Xo | chaque trimestre | Services publics de proximité | Adresse, horaires et démarches possibles sur place.
C05 Xo | chaque trimestre | Maisons de services | Permanences, partenaires et accompagnement numérique.
C Do | chaque mois | Marchés publics de plus de 40 000 euros | Objet, montant et titulaire, au format réglementaire.
P04 Co | chaque année | Agents publics par filière et par âge | Effectifs agrégés des collectivités volontaires.
C84 Co | chaque mois | Signalements sur l’espace public | Nature, place et délai de traitement, sans le nom des personnes.
G83 Co | chaque année | Équipement numérique des communes | Débit, postes, logiciels et hébergement des mairies, pour mutualiser.
# Social, santé et sports
P04 Xo | chaque mois | Professionnels de santé en exercice | Profession, commune et jours de présence des cabinets.
P04 Ig | chaque année | Temps d’accès aux soins | Temps de route jusqu’au soin le plus proche, été et hiver.
C83 Xo | chaque année | Équipements sportifs | Sols, dimensions, éclairage et accès des équipements ouverts.
A13 Xo | chaque trimestre | Structures d’aide alimentaire | Horaires, conditions et capacité des lieux d’accueil.
G05 Xo | chaque année | Places en crèche | Capacité et places ouvertes par structure.
P06 Co | chaque année | Allocataires par type d’aide | Nombre d’allocataires, jamais à moins de cinq personnes.
A84 Xo | chaque trimestre | Lieux d’accompagnement numérique | Aide aux démarches, matériel prêté et langues parlées.
# Culture, patrimoine et tourisme
P13 Co | chaque année | Fonds photographiques numérisés des archives | Images, date et commune des fonds libres de droits.
C83 Xo | chaque semestre | Équipements culturels et leurs horaires | Bibliothèques, musées, salles et leurs jours d’ouverture.
P06 Xo | chaque mois | Fréquentation des sites touristiques | Entrées mensuelles des sites volontaires.
C84 Xo | chaque semaine | Agenda des manifestations culturelles | Date, lieu, tarif et public de chaque manifestation.
P05 Co | chaque année | Hébergements touristiques et capacité | Classement et nombre de lits, par commune.
P13 Xg | chaque année | Monuments et leur périmètre | Monuments protégés, date de protection et périmètre.
A06 Xo | chaque année | Lieux de tournage | Décors, autorisations et contacts, pour les équipes de tournage.
# Agriculture, sylviculture et pêche
H13 Xs | chaque jour | Débits des canaux d’irrigation | Débit mesuré à chaque prise d’eau et droits d’usage.
A13 Xg | chaque année | Réseau des canaux d’irrigation | Tracé, sections et vannes des canaux gérés en commun.
H04 Cg | chaque année | Surfaces certifiées en agriculture biologique | Surface et nombre d’exploitations, par commune et par culture.
E83 Cg | chaque année | Obligations légales de débroussaillement | Zones soumises et profondeur à débroussailler.
H84 Co | chaque semaine en saison | Bulletins de santé du végétal | Pression des maladies et des ravageurs, par culture et par secteur.
P13 Xo | chaque jour | Apports des criées | Poids et prix moyen des espèces débarquées.
P05 Pg | tous les dix ans | Peuplements forestiers publics | Essences, âge et aménagement des forêts publiques.
# Imagerie et occupation du sol
P13 Pg | chaque année | Inventaire des friches | Contour, surface, pollution connue et histoire de chaque site.
P13 Pg | chaque semestre | Foncier public mobilisable | Parcelles publiques, propriétaire et contraintes.
G Pg | tous les trois ans | Photographies aériennes à vingt centimètres | Dalles orthorectifiées et date de prise de vue.
G Pg | tous les cinq ans | Occupation du sol à grande échelle | Nomenclature en 44 postes et changements depuis 2006.
P84 Ig | chaque année | Sols rendus étanches | Part des sols bâtis ou revêtus, par maille de cent mètres.
U13 Xg | tous les dix jours | Indice de végétation par satellite | Moyenne par commune et par décade, avec la part de nuages.
# Limites administratives et référentiels
G Cg | chaque année | Limites des communes et des intercommunalités | Contours millésimés et codes officiels.
G13 Xg | chaque mois | Adresses | Adresses certifiées par les communes, au format de la base nationale.
C06 Ig | chaque année | Quartiers et conseils de quartier | Contours des quartiers vécus et des conseils.
G Pg | chaque trimestre | Parcelles cadastrales | Parcelles et sections, sans le nom des propriétaires.
E Cg | chaque année | Bassins versants et masses d’eau | Contours et codes du référentiel hydrographique.
A05 Cg | chaque année | Noms de lieux en français et en provençal | Toponymes recueillis, graphies et sources.
# Équipements, bâtiments et logement
A13 Xo | chaque trimestre | Tiers-lieux ouverts au public | Horaires, équipement et accueil de chaque lieu.
G Xg | chaque année | Isochrones routières autour des équipements | Zones atteintes en dix, vingt et trente minutes de route.
G05 Xg | tous les cinq ans | Bâtiments en trois dimensions, bâti et toits | Emprise, hauteur, pente et orientation des pans de toit.
A06 Io | chaque année | Loyers observés | Loyer médian par taille et par quartier, à partir de trente références.
G83 Co | chaque année | Logements sociaux et demandes | Parc, rotation et délai moyen d’attribution, par commune.
C13 Xo | chaque mois | Consommations des bâtiments communaux | Eau, gaz et électricité de chaque bâtiment.
C04 Xo | chaque année | Salles à louer pour les associations | Capacité, équipement et tarif des salles communales.
# Sciences, recherche et innovation
U06 Ro | chaque année | Laboratoires et équipements de recherche ouverts | Équipements, conditions d’accès et contacts.
U13 Ro | chaque année | Thèses soutenues dans la région | Sujet, discipline et laboratoire d’accueil.
H06 Xo | chaque année | Entreprises innovantes aidées | Nom, domaine et année, pour les aides publiques.
U84 Xs | chaque heure | Capteurs du campus expérimental | Température, humidité et bruit, salle par salle, sans image ni son conservé.
U13 Ro | à chaque édition | Supports des ateliers de données | Exercices, jeux d’essai et corrigés, libres de reprise.
"""

LICENCES = (
    [Licence.LO_2_0] * 60 + [Licence.ODBL] * 18 + [Licence.CC_BY] * 7 + [Licence.CC_BY_SA] * 4 + [Licence.OTHER_OPEN] * 4
    + [Licence.ODC_BY] * 3 + [Licence.CC0] * 2 + [Licence.OTHER] * 2
)  # fmt: skip
THANKS = [
    "Appel à projets permanent, volet A",
    "Convention d’ouverture des données",
    "Appel à projets permanent, volet B",
]
RESEARCH = {
    "Souplesse des bâtiments tertiaires": "FlexGRID Data",
    "Prévisions de charge des postes sources": "FlexGRID Data",
    "Métiers en tension": "Open Emploi",
}

BELONGS = {
    "Air et Rivages": ("Indices horaires de la qualité de l’air", "Stations de mesure de l’air", "Turbidité du littoral"),
    "Port de commerce": ("Passages de poids lourds aux portes du port", "Escales prévues et réalisées", "Apports des criées"),
    "eaux vives": ("Tarifs de l’eau potable", "Bassins versants et masses d’eau"),
    "Archives": ("Repères de crue", "Fonds photographiques numérisés des archives", "Monuments et leur périmètre"),
    "Parc naturel": ("Sites naturels protégés", "Peuplements forestiers publics", "Sentiers de randonnée balisés"),
    "Canal de la Crau": ("Débits des canaux d’irrigation", "Réseau des canaux d’irrigation"),
    "Neige et Navettes": ("Horaires des navettes de station", "Enneigement des stations"),
    "Agence Santé": ("Professionnels de santé en exercice", "Temps d’accès aux soins", "Allocataires par type d’aide"),
    "Chambre d’agriculture": ("Producteurs en vente directe", "Bulletins de santé du végétal",
                              "Surfaces certifiées en agriculture biologique"),
    "Chambre des métiers": ("Créations et défaillances d’entreprises", "Locaux commerciaux vacants",
                            "Entreprises innovantes aidées"),
    "foncier des Rivages": ("Inventaire des friches", "Foncier public mobilisable", "Trait de côte et ouvrages"),
    "Agence d’urbanisme": ("Fréquentation des sites touristiques", "Sols rendus étanches", "Occupation du sol à grande échelle"),
    "Métropole de la Baie": ("Photographies aériennes à vingt centimètres", "Fréquentation des rues, piétons"),
    "Département": ("Lycées publics et leurs formations", "Écoles, collèges et lycées", "Marchés publics de plus de 40 000 euros",
                    "Agents publics par filière et par âge", "Hébergements touristiques et capacité", "Places en crèche",
                    "Déploiement de la fibre"),
    "Syndicat mixte Énergies": ("Souplesse des bâtiments tertiaires", "Prévisions de charge des postes sources",
                                "Précarité énergétique des ménages"),
    "Université du Sud": ("Offres d’emploi par bassin", "Répertoire des formations professionnelles", "Métiers en tension"),
    "Maison des initiatives": ("Structures d’aide alimentaire", "Lieux d’accompagnement numérique",
                               "Noms de lieux en français et en provençal"),
    "La Forge claire": ("Tiers-lieux ouverts au public",),
    "Fabrique à vélos": ("Ateliers de réparation",),
    "Deux Rives": ("Parcelles cadastrales",),
}  # fmt: skip
"""A part of the name of the demo organisation that fits best, by titles."""

COLLECTIONS = [
    ("repertoire-emploi-formation", "Répertoire régional des données de l’emploi et de la formation",
     "Ce que l’on sait, à l’échelle régionale, des offres, des compétences, des formations et des parcours. Le répertoire est en construction sur DataSud ; il sert la stratégie d’intelligence artificielle.",
     Completeness.PARTIAL, "Les offres et les formations y sont ; les compétences et les parcours manquent encore.",
     "Compétences demandées par les entreprises, par bassin\nParcours des stagiaires après la formation, agrégés\nPlaces libres en apprentissage, en temps utile\nBesoins de recrutement des petites entreprises",
     ("Formation, éducation et emploi",)),
    ("transports", "Grand ensemble : transports",
     "Horaires, fréquentation, réseaux et stationnement : de quoi décrire un déplacement de porte à porte.",
     Completeness.PARTIAL, "Le réseau routier, les cars et le vélo y sont ; les tarifs manquent.",
     "Tarifs des réseaux de transport, au format national\nComptages des piétons hors des centres", ("Mobilité et transports",)),
    ("energie", "Grand ensemble : énergie",
     "Produire, transporter, stocker, consommer : les données qui permettent de le faire au bon moment.",
     Completeness.STARTED, "La production solaire et quelques essais de réseau intelligent y sont.",
     "Consommations de gaz par quartier\nStockages raccordés au réseau", ("Énergies et réseaux",)),
    ("environnement", "Grand ensemble : environnement",
     "L’air, l’eau, les déchets, le climat et les milieux, tels qu’on les mesure.",
     Completeness.PARTIAL, "L’air et les déchets sont suivis ; le bruit manque.",
     "Bruit mesuré le long des grandes voies", ("Environnement et climat", "Mer, littoral et montagne")),
    ("culture", "Grand ensemble : culture",
     "Lieux, œuvres, manifestations et patrimoine.",
     Completeness.STARTED, "Les lieux et l’agenda y sont ; les collections des musées commencent.",
     "Collections des musées, œuvres libres de droits", ("Culture, patrimoine et tourisme",)),
    ("limites", "Référentiels géographiques communs",
     "Les contours et les codes sur lesquels tous les autres jeux s’appuient.",
     Completeness.COMPLETE, "Tous les référentiels convenus entre les producteurs y sont.", "",
     ("Limites administratives et référentiels",)),
]  # fmt: skip


def load(at: datetime) -> None:
    """Enter the references, then the collections, then one import in each state."""
    chance = random.Random(7)
    themes = {theme.label: theme for theme in db.session.scalars(select(Theme))}
    organisations = list(db.session.scalars(select(Organisation).order_by(Organisation.id)))
    for rank, (label, line) in enumerate(_lines()):
        key, frequency, title, text = (part.strip() for part in line.split("|"))
        producer_key, _, codes = key.rpartition(" ")
        dataset = services.create(
            {
                "title": title, "description": text, "frequency": frequency, "theme_id": themes[label].id,
                "producer_id": _producer(organisations, producer_key, title, chance).id, "granularity": G[codes[0]],
                "kind": N[codes[1]], "licence": chance.choice(LICENCES), "is_new": chance.random() < 0.3,
                "opened_through": RESEARCH.get(title, chance.choice(THANKS) if chance.random() < 0.25 else None),
            },
            by=None, at=at - timedelta(days=chance.randint(5, 1900)),
        )  # fmt: skip
        # A few producers have not given the address yet: the page says what happens then.
        dataset.url = None if rank % 40 == 39 else f"https://donnees.example/jeux/{dataset.slug}"
    db.session.flush()  # The collections and the imports look the references up.
    _collections()
    _imports(at, organisations)
    for months in range(12, 0, -1):  # What the nightly job would have counted; it counts today's values too.
        for code in (REFERENCES, NEVER_PUBLISHED, PRODUCERS_COUNT):
            strategy.compute_indicator(code, at=at - timedelta(days=30 * months))


def _lines() -> Iterator[tuple[str, str]]:
    label = ""
    for line in DATASETS.strip().splitlines():
        if line.startswith("# "):
            label = line[2:]
        else:
            yield label, line


def _producer(organisations: list[Organisation], key: str, title: str, chance: random.Random) -> Organisation:
    """The producer that fits this title; failing that one of this kind and department, of this kind, or anybody."""
    fitting = next((name for name, titles in BELONGS.items() if title in titles), None)
    for each in organisations:
        if fitting is not None and fitting in each.name:
            return each
    kind, department = PRODUCERS[key[0]], key[1:]
    of_kind = [each for each in organisations if each.kind is kind]
    near = [each for each in of_kind if not department or each.territory_code == department]
    return chance.choice(near or of_kind or organisations)


def _collections() -> None:
    for rank, (slug, title, text, state, completeness, wanted, labels) in enumerate(COLLECTIONS, start=1):
        collection = DatasetCollection(
            slug=slug,
            title=title,
            description=text,
            state=state,
            completeness=completeness,
            wanted=wanted,
            position=rank,
        )
        inside = select(Dataset).join(Dataset.theme).where(Theme.label.in_(labels)).order_by(Dataset.id)
        collection.items = [CollectionItem(dataset=dataset) for dataset in db.session.scalars(inside)]
        db.session.add(collection)


def _imports(at: datetime, organisations: list[Organisation]) -> None:
    officer = db.session.scalars(
        select(Account).where(Account.grants.any(role=Role.OFFICER_PROGRAMME)).order_by(Account.id)
    ).first()
    if officer is None:
        return
    producer, known = (
        organisations[0].name,
        db.session.scalars(queries.pick_list().with_only_columns(Dataset.title)).first(),
    )
    headings = ["titre", "producteur", "thème", "licence", "granularité", "contact"]
    good = {
        "producteur": producer,
        "thème": "Mobilité et transports",
        "licence": "Licence ouverte 2.0",
        "contact": "oui",
    }
    rows = [
        (2, {"titre": "Arceaux à vélos", "granularité": "Point", **good}),
        (3, {"titre": "Passages à niveau", "granularité": "Quartier", **good}),
        (4, {"titre": "", **good}),
        (5, {"titre": str(known), **good, "producteur": "Syndicat introuvable"}),
    ]
    waiting = services.preview_import("velos-et-voirie.csv", headings, rows, by=officer, at=at - timedelta(days=1))
    kept = services.preview_import(
        "complements-mobilite.csv", headings[:5], [(2, {"titre": "Itinéraires cyclables", **good})], by=officer,
        at=at - timedelta(days=12),
    )  # fmt: skip
    services.apply_import(kept, by=officer, at=at - timedelta(days=12))
    dropped = services.preview_import("essai.csv", headings, rows[2:], by=officer, at=at - timedelta(days=20))
    services.discard_import(dropped, by=officer, at=at - timedelta(days=20))
    assert waiting.closed_at is None

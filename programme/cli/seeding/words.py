"""French words for the filling: titles, summaries and paragraphs that differ, from a few lists."""

from random import Random

FORMS = (
    "Carte", "Atlas", "Observatoire", "Carnet", "Tableau de bord", "Récit", "Guide", "Simulateur", "Baromètre",
    "Inventaire", "Panorama", "Calendrier", "Annuaire", "Relevé", "Portrait", "Mémoire",
)  # fmt: skip
SUBJECTS = (
    "des arbres", "des sentiers", "des fontaines", "de la qualité de l’air", "des marchés", "des écoles",
    "des pistes cyclables", "des forêts", "des rivières", "du bruit", "des toits solaires", "des cantines",
    "des ports", "des plages", "de l’eau potable", "des commerces", "des friches", "des archives", "des budgets",
    "des transports scolaires", "des médecins", "des ateliers vélo", "des bâtiments publics", "de l’éclairage",
    "des déchets", "des récoltes", "des troupeaux", "de l’enneigement", "des crues", "des incendies", "des stades",
    "des bibliothèques", "des festivals", "des emplois", "des formations", "des loyers", "du patrimoine",
    "des espèces protégées", "des bornes de recharge", "des horaires de navettes",
)  # fmt: skip
ROOTS = (
    "Saint-Aubin", "Sainte-Colombe", "Valbonne", "Montfort", "Rochebrune", "Villeneuve", "Châteauneuf", "Beaumont",
    "Clairval", "Belleroche", "Fontvieille", "Grandpré", "Hautecombe", "Lamotte", "Malaucène", "Neuvéglise",
    "Olivières", "Peyrolles", "Quinson", "Riveblanche", "Sauveterre", "Tourrettes", "Ubayette", "Vaugines",
    "Aigueblanche", "Bonpas", "Cadenières", "Durbon", "Esparron", "Fayence-le-Haut", "Garderose", "Isoard-le-Pont",
)  # fmt: skip
RIVERS = (
    "sur-Durance", "sur-Verdon", "les-Alpilles", "du-Var", "la-Montagne", "le-Vieux", "les-Bains", "en-Crau",
    "sur-Ouvèze", "du-Luberon", "en-Queyras", "le-Château", "sous-Ventoux", "de-Provence", "les-Pins", "sur-Argens",
    "la-Rivière", "des-Maures", "en-Champsaur", "du-Littoral",
)  # fmt: skip
PUBLICS = (
    "les familles", "les élèves", "les promeneurs", "les commerçantes", "les maires", "les agricultrices",
    "les pompiers", "les soignantes", "les associations", "les urbanistes", "les personnes âgées", "les cyclistes",
    "les pêcheurs", "les bergers", "les bibliothécaires", "les artisans",
)  # fmt: skip
ACTS = (
    "comprendre", "comparer", "préparer", "choisir", "suivre", "anticiper", "raconter", "mesurer", "partager",
    "vérifier", "corriger", "publier",
)  # fmt: skip
MOMENTS = (
    "chaque matin", "avant l’été", "au fil des saisons", "quand la pluie manque", "la veille d’une réunion", "en un regard",
    "sans réseau", "rue par rue", "commune par commune", "d’une année à l’autre",
)  # fmt: skip
SENTENCES = (
    "Le besoin vient du terrain : {public} cherchent à {act} ce que disent les données {subject}, {moment}.",
    "Jusqu’ici, l’information {subject} dormait dans des tableurs qui ne se parlent pas.",
    "Nous rassemblons les relevés existants, publions ceux qui manquent et décrivons chaque colonne.",
    "Trois ateliers réunissent {public} et les services {of_place}, pour {act} avant de construire.",
    "La méthode est écrite, le code est libre, une commune voisine peut tout reprendre.",
    "Aucune donnée personnelle n’est publiée ; les relevés sont regroupés avant de sortir.",
    "À {place}, on s’en sert déjà pour {act} {moment}.",
    "La mise à jour entre dans le travail ordinaire de deux personnes nommées.",
    "Quand une donnée manque, la page le dit au lieu de deviner.",
    "Une première version a été montrée à {place} ; {public} ont demandé une lecture plus simple.",
    "L’outil marche au clavier, se lit à voix haute et s’imprime proprement.",
    "Les écarts entre communes tiennent d’abord à la façon de compter : une note l’explique.",
    "Ce qui coûte du temps n’est pas l’outil mais l’accord sur les mots, pris avec {public}.",
)
USES = (
    "Le fond de la carte.", "La mesure de chaque jour.", "La comparaison entre communes.", "Les horaires affichés.",
    "Le calcul de l’indice.", "La couleur de chaque rue.", "Le nom et la place de chaque lieu.", "L’évolution depuis 2015.",
)  # fmt: skip
UNITS = (
    "consultations par mois",
    "communes abonnées",
    "écoles concernées",
    "trajets préparés",
    "signalements corrigés",
)
FIRST_NAMES = (
    "Jeanne", "Paul", "Sofia", "Léo", "Mina", "Karim", "Inès", "Louise", "Noé", "Fatou", "Yann", "Hélène", "Marc",
    "Nadia", "Olivier", "Rose", "Thierry", "Awa", "Lucien", "Maëlle",
)  # fmt: skip
LAST_NAMES = (
    "Martin", "Esposito", "Moreau", "Blanchard", "Cohen", "Haddad", "Lambert", "Perrin", "Castel", "Diallo", "Le Goff",
    "Arnaud", "Tessier", "Belkacem", "Garcin", "Delmas", "Nguyen", "Faure", "Giraud", "Benoît",
)  # fmt: skip


def place(number: int) -> str:
    """A town that does not exist, the same for the same number; 640 of them."""
    return f"{ROOTS[number % len(ROOTS)]}-{RIVERS[number // len(ROOTS) % len(RIVERS)]}"


def of(name: str) -> str:
    """« de Valbonne », « d’Olivières »."""
    return f"d’{name}" if name[0] in "AEIOUÉ" else f"de {name}"


def person(number: int) -> str:
    """A first and a last name."""
    return f"{FIRST_NAMES[number % len(FIRST_NAMES)]} {LAST_NAMES[number // len(FIRST_NAMES) % len(LAST_NAMES)]}"


class Story:
    """The words of one project: title, summary, paragraphs, all about the same subject at the same place."""

    def __init__(self, number: int, chance: Random) -> None:
        self.place = place(number * 7 + chance.randrange(640))
        self.subject = SUBJECTS[number % len(SUBJECTS)]
        self.form = FORMS[number // len(SUBJECTS) % len(FORMS)]
        self.public = chance.choice(PUBLICS)
        self.title = f"{self.form} {self.subject} {of(self.place)}"
        self.summary = f"Pour que {self.public} puissent {chance.choice(ACTS)} les données {self.subject}, {chance.choice(MOMENTS)}."
        self._chance = chance

    def text(self, paragraphs: int = 2) -> str:
        """Paragraphs of three sentences."""
        return "\n\n".join(self._paragraph() for _each in range(paragraphs))

    def _paragraph(self) -> str:
        told = self._chance.sample(SENTENCES, 3)
        return " ".join(self._said(each) for each in told)

    def _said(self, sentence: str) -> str:
        return sentence.format(
            public=self.public, act=self._chance.choice(ACTS), subject=self.subject, moment=self._chance.choice(MOMENTS),
            place=self.place, of_place=of(self.place),
        )  # fmt: skip

"""The main tasks of each role on the demonstration, by what a person reads: links, labels, buttons.

Each is a function of a person and of the demonstration; the same words are played with a pointer, with a keyboard only, on
a phone and without script. `person.task(…)` counts the cost; `person.picture(…)` keeps what is seen, for the guide too.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from tests.journeys.server import Instance
from tests.journeys.story import answer_all, answer_check, here, saw
from tests.journeys.story_after import name_dataset
from tests.journeys.travellers import Traveller, number_in

PASSWORD = "Demo-programme-2026"
CALL = "Données du territoire, à ouvrir et à faire vivre"
LONG = (
    "Les îlots de chaleur sont connus, les rues où l’on marche à l’ombre le sont moins. Nous croisons l’inventaire des "
    "arbres, la hauteur des bâtiments et les trajets à pied des écoliers."
)


@dataclass
class Demo:
    """The running demonstration and a folder for the files that people hand in."""

    instance: Instance
    folder: Path

    def piece(self) -> Path:
        """A small real PDF."""
        path = self.folder / "piece.pdf"
        if not path.exists():
            from programme.cli.demo.pieces import tiny_pdf  # The demonstration knows how to write one.

            path.write_bytes(tiny_pdf("piece"))
        return path


Task = Callable[[Traveller, Demo], None]


def sign_in(person: Traveller, email: str) -> None:
    """Sign in from the home page."""
    person.visit("/connexion")
    person.fill("Adresse électronique", email)
    person.fill("Mot de passe", PASSWORD)
    person.press("Me connecter")


# ---- who prepares the calls -------------------------------------------------------------------------------------------


def prepare_a_call(person: Traveller, _demo: Demo) -> None:
    """A draft from four answers, a criterion, a question under a condition, tried as an applicant would."""
    sign_in(person, "agent@region.example")
    with person.task("Préparer un appel"):
        person.visit("/agents/appels")
        person.follow("Préparer un appel")
        person.fill("Comment s’appelle l’appel ?", "Forêts et données")
        person.fill("Son code", f"FORETS-{person.way.upper()}")
        person.choose("Sa nature", "Appel à projets permanent")
        person.choose("Ses thèmes", "Données ouvertes et intelligentes")
        person.press("Créer le brouillon")
        saw(person, "choses manquent avant la publication")
        person.picture("appel-definition", whole=True)
        hub = person.path()
        person.follow("La grille")
        person.follow("Ajouter un critère")
        person.fill("Critère", "Utilité pour les communes forestières")
        person.fill("Poids", "100")
        person.press("Enregistrer")
        saw(person, "Les poids font 100 sur 100.")
    with person.task("Écrire une question et l’essayer"):
        person.visit(hub)
        person.follow("Les questions")
        person.follow("Ajouter une question")
        person.fill("La question", "Quelles forêts sont concernées ?")
        person.choose("Nature de la réponse", "Texte long, avec compteur")
        person.press("Voir")
        person.picture("appel-question")
        person.press("Enregistrer")
        person.follow("Essayer")
        person.press("Vérifier")
        saw(person, "Répondez à cette question.")
        person.picture("appel-essai")


# ---- the public ------------------------------------------------------------------------------------------------------


def learn_whether_it_fits(person: Traveller, _demo: Demo) -> None:
    """From the home page to the answer, without an account."""
    with person.task("Savoir si mon projet convient à l’appel"):
        person.visit("/")
        person.picture("accueil")
        person.follow("Vérifier si mon projet convient")
        answer_check(person)
    person.picture("eligibilite")


def see_who_was_funded(person: Traveller, _demo: Demo) -> None:
    """From the home page to the thread of a project near home, with its amount."""
    with person.task("Lire qui a été aidé, combien, et ce qui en est sorti"):
        person.visit("/")
        person.follow("Projets soutenus")
        person.picture("projets-soutenus")
        person.follow("Respire Étang")
        saw(person, "12 000,00 €")
    person.picture("fil-du-projet", whole=True)


def find_a_reuse(person: Traveller, _demo: Demo) -> None:
    """By a French search."""
    with person.task("Trouver une réutilisation et ses données"):
        person.visit("/")
        person.follow("Réutilisations")
        person.search("Chercher", "l’air de l’étang")
        person.follow("Respire Étang")
        saw(person, "Indices")
    person.picture("reutilisation")


# ---- the applicant ---------------------------------------------------------------------------------------------------


def file_an_application(person: Traveller, demo: Demo) -> None:
    """From the call to the receipt."""
    title = f"Rues à l’ombre, {person.way}"
    sign_in(person, "porteur@commune.example")
    with person.task("Déposer un dossier complet"):
        person.visit("/appels/donnees-du-territoire")
        person.follow("Commencer un dossier")
        person.choose("Quel volet ?", "B.")
        person.fill("Comment s’appelle le projet ?", title)
        person.press("Ouvrir le brouillon")
        _project(person)
        answer_all(person)
        person.fill("Jeu de données 1", "Arbres d’alignement")
        person.fill("À quoi sert le jeu 1", "Base du calcul de l’ombre")
        person.press("Enregistrer et continuer")
        _budget(person)
        person.choose("Le projet est-il une activité économique ?", "Non")
        person.picture("aides")
        person.press("Enregistrer et continuer")
        _pieces(person, demo)
        saw(person, "Votre dossier est prêt à déposer")
        person.picture("relecture")
        person.tick("J’ai lu ces engagements")
        person.press("Déposer le dossier")
        saw(person, "AR-")
    person.picture("accuse")
    number_in(person.text(), r"AR-\d{4}-\d{5}")


def _project(person: Traveller) -> None:
    start = here() + timedelta(days=120)
    person.fill("Le projet en deux phrases", "Où planter d’abord, rue par rue.")
    person.fill("Description", LONG)
    person.fill("Lien avec les stratégies", "Le Plan Climat régional et la stratégie Smart Région.")
    person.choose("Thème", "Aménagement et urbanisme")
    person.choose("Où le projet a-t-il lieu ?", "06")
    person.fill("Début", f"{start:%Y-%m-%d}")
    person.fill("Fin", f"{start + timedelta(days=300):%Y-%m-%d}")
    person.picture("projet")
    person.press("Enregistrer et continuer")


def _budget(person: Traveller) -> None:
    person.fill("Poste 1", "Relevés thermiques, été 2027")
    person.fill("Montant du poste 1", "14 500")
    person.fill("Poste 2", "Chargée de projet, 0,4 temps plein sur 10 mois")
    person.fill("Montant du poste 2", "12 000")
    person.fill("Montant demandé à la Région", "13 250,00")
    person.fill("Financeur 1", "Fonds propres")
    person.fill("Montant du financement 1", "12 250")
    person.recount()
    saw(person, "1 000,00 €")
    person.picture("budget", whole=True)
    person.fill("Montant du financement 1", "13 250")
    person.press("Enregistrer et continuer")


def _pieces(person: Traveller, demo: Demo) -> None:
    for label in person.labels("Fichier : "):
        person.hand_in(label, demo.piece())
    for label in person.labels("Datée du"):
        person.fill(label, f"{here():%Y-%m-%d}")
    person.picture("pieces")
    person.press("Continuer")


def answer_a_request(person: Traveller, demo: Demo) -> None:
    """The piece that is missing, and a word."""
    sign_in(person, "porteur@association.example")
    with person.task("Répondre à une demande de pièces"):
        person.visit("/mon-espace")
        person.picture("mon-espace")
        person.follow("Pollens d’ici")
        if not person.path().endswith("/complements"):
            person.follow("Compléter le dossier")
        person.picture("complements")
        person.hand_in(person.labels("Fichier : ")[0], demo.piece())
        person.fill("Votre réponse", "La pièce demandée est jointe.")
        person.press("Envoyer mes compléments")
        saw(person, "Vos compléments sont envoyés")


def sign_an_agreement(person: Traveller, _demo: Demo) -> None:
    """Read it, then sign."""
    sign_in(person, "porteur@association.example")
    with person.task("Signer la convention d’aide"):
        person.visit("/mes-conventions")
        person.follow("Respire Étang")
        person.picture("convention")
        person.follow("Lire et signer la convention")
        person.fill("Vos prénom et nom", "Jeanne Martin")
        person.fill("Votre qualité", "présidente")
        person.tick("J’ai lu la convention")
        person.picture("signature")
        person.press("Signer la convention")
        saw(person, "Vous avez signé")


# ---- those who treat the files ---------------------------------------------------------------------------------------


def treat_a_file(person: Traveller, _demo: Demo) -> None:
    """From the desk: judge the conditions, declare the file complete."""
    sign_in(person, "instruction@region.example")
    with person.task("Déclarer un dossier complet et recevable"):
        person.visit("/agents")
        person.picture("bureau")
        person.follow("Port piloté par capteurs")
        person.picture("dossier")
        person.press("Déclarer complet et recevable")
        saw(person, "Le dossier est recevable")


def ask_for_a_piece(person: Traveller, _demo: Demo) -> None:
    """Refuse a piece and ask for it again in one message; the clock stops."""
    sign_in(person, "instruction@region.example")
    with person.task("Demander une pièce et arrêter l’horloge"):
        person.visit("/agents")
        person.follow("Cantine transparente")
        person.fill("Ce qui ne convient pas", "La lettre n’est pas signée.")
        person.press("Refuser la pièce")
        person.follow("Demander des compléments")
        person.fill("Message au porteur", "La lettre de demande n’est pas signée : déposez-la signée.")
        person.picture("demande")
        person.press("Envoyer la demande")
        saw(person, "délai suspendu")


def evaluate_on_a_phone(person: Traveller, _demo: Demo) -> None:
    """Declare, read, score the criteria, hand in."""
    sign_in(person, "jury5@region.example")
    with person.task("Évaluer un dossier"):
        person.visit("/evaluations")
        person.picture("evaluations")
        person.follow("Guichet usager mutualisé")
        if "Avez-vous un lien" in person.text():
            person.press("Ouvrir le dossier")
        person.picture("grille")
        for label, kind in person.blanks():
            if kind == "radio":
                person.choose(label, "4" if "Poids" in label else "Favorable")
        person.fill_all("Justification", "Bien argumenté, avec des partenaires nommés.")
        person.picture("notes")
        person.press("Remettre l’évaluation")
        saw(person, "Votre évaluation est remise")


def chair_the_committee(person: Traveller, _demo: Demo) -> None:
    """Read the ranking, open the meeting, give the opinions, close."""
    sign_in(person, "direction@region.example")
    with person.task("Présider le comité, de l’ouverture au relevé"):
        person.visit("/agents/comites")
        person.picture("comites")
        person.follow("Relève de novembre 2026", near="Territoires intelligents")
        person.picture("classement")
        person.follow("Séance du")
        person.press("Ouvrir la séance")
        for title in ("Télé-expertise en EHPAD", "Cloud des petites communes"):
            _opine(person, title)
        person.fill("Relevé de la séance", "Présents : quatre membres. Aucun déport.")
        person.picture("seance")
        person.press("Clore la séance")
        saw(person, "Relevé de la séance")


def _opine(person: Traveller, title: str) -> None:
    """Give the opinion on one file."""
    person.follow(f"Donner l’avis {title}")
    person.choose("Avis du comité", "Favorable")
    person.fill("Montant proposé", "8 000")
    person.fill("Motif de l’avis", "Le projet sert deux communes et ouvre des données attendues.")
    person.press("Enregistrer l’avis")


# ---- partners, participants, reusers -----------------------------------------------------------------------------------


def propose_a_challenge(person: Traveller, _demo: Demo) -> None:
    """A partner's need, for an event to come."""
    sign_in(person, "partenaire@metropole.example")
    with person.task("Proposer un défi"):
        person.visit("/evenements")
        person.follow("Concours Données à quai")
        person.follow("Proposer un défi")
        person.choose("Organisme qui porte le défi", "Métropole des Deux Rives")
        person.fill("Titre du défi", "Où part l’eau ?")
        person.fill("Le besoin", "Savoir où l’eau manque, quartier par quartier.")
        person.picture("defi")
        person.press("Proposer le défi")


def ask_for_a_partnership(person: Traveller, _demo: Demo) -> None:
    """A convention is asked for, with a first data set and a date that can be kept."""
    sign_in(person, "porteur@commune.example")
    with person.task("Demander une convention de partenariat"):
        person.visit("/partenaires")
        person.follow("Demander une convention")
        person.choose("Pour quel organisme", "Commune de Valsereine")
        person.fill("Ce que vous attendez du partenariat", "Publier nos comptages et être aidés pour les formats.")
        person.fill("Personne référente", "Paul Esposito")
        person.fill("Son adresse électronique", "porteur@commune.example")
        person.fill("Jeu de données 1", "Comptages de vélos")
        person.fill("Publié au plus tard le (jeu 1)", f"{here() + timedelta(days=200):%Y-%m-%d}")
        person.picture("partenariat")
        person.press("Envoyer la demande")


def register(person: Traveller, _demo: Demo) -> None:
    """From the agenda to the confirmed place."""
    sign_in(person, "participant@ecole.example")
    with person.task("S’inscrire à un événement"):
        person.visit("/evenements")
        person.picture("agenda")
        person.follow("Concours Données à quai")
        person.picture("evenement")
        person.follow("S’inscrire")
        person.tick("J’ai lu le règlement")
        person.press("M’inscrire")
        saw(person, "Votre place est confirmée")
    person.picture("inscription")


def declare_a_reuse(person: Traveller, _demo: Demo) -> None:
    """One page, three minutes."""
    sign_in(person, "reutilisateur@startup.example")
    with person.task("Déclarer une réutilisation"):
        person.visit("/reutilisations")
        person.follow("Déclarer une réutilisation")
        person.fill("Nom de la réutilisation", f"Quais calmes, {person.way}")
        person.choose("Forme", "Carte")
        person.fill("Adresse où on la trouve", "https://quais.exemple.fr")
        person.fill("Ce que c’est, en une phrase", "Les quais les plus calmes, heure par heure.")
        name_dataset(person, "Comptages des escales", "Le nombre de passages.")
        person.choose("Thème", "Mobilité et transports")
        person.picture("declaration")
        person.press("Envoyer à la Région")
        saw(person, "Région")


def play(task: Task, person: Traveller, demo: Demo) -> None:
    """Play a task and accept no fault of the page meanwhile."""
    task(person, demo)
    assert person.problems == []

"""The second half of the story: conventions, partnership, event, team, reuses, and what the public reads of it all."""

import re
from datetime import timedelta
from io import BytesIO

from pypdf import PdfReader

from tests.journeys.people import Person
from tests.journeys.story import PROJECT, STAFF, Cast, here, join_organisation, saw, sign_in, sign_up
from tests.pages import plain


def agree(cast: Cast) -> None:
    """The grant convention, once the vote is executory: prepared, approved, sent, signed by both, in force."""
    officer, today = cast.person("instruction"), f"{here():%Y-%m-%d}"
    officer.visit("/agents/deliberations")  # The dates of publication and receipt come after the vote.
    officer.fill("Numéro de la délibération", "26-0231")
    officer.fill("Objet", "Appel permanent : attributions")
    for label in ("Date du vote", "Date de publication", "Réception en préfecture"):
        officer.fill(label, today)
    officer.press("Enregistrer")
    saw(officer, "exécutoire")
    officer.visit("/agents/conventions")
    officer.follow(PROJECT)
    cast.memory["agreement"] = officer.path()
    officer.press("Préparer le projet")
    saw(officer, "14 000,00 €")
    _complete_values(officer)
    officer.press("Demander la relecture")
    finance = sign_in(cast, "finance", STAFF["finance"][0])
    finance.visit(cast.memory["agreement"])
    finance.press("Valider le texte")
    director = cast.person("direction")
    director.visit(cast.memory["agreement"])
    director.press("Envoyer à la signature")
    _sign(cast, "porteur", "porteur@canopee.fr", "Jeanne Martin", cast.memory["agreement"])


def _complete_values(officer: Person) -> None:
    """What the template still wants: the numbers that only the house knows."""
    officer.follow("Modifier les valeurs")
    for label, kind in officer.blanks():
        if kind not in ("radio", "checkbox"):
            officer.fill(label, {"date": f"{here():%Y-%m-%d}", "number": "1"}.get(kind, "25-0100 du 12 décembre 2025"))
    officer.press("Enregistrer les valeurs")


def _sign(cast: Cast, name: str, email: str, signatory: str, page: str) -> None:
    """The partner signs first, then the Region, then it is notified."""
    message = cast.instance.wait_mail(email, "Convention à signer")
    person = cast.person(name)
    person.visit("/mes-conventions")
    person.visit(cast.instance.link_in(message, "/mes-conventions/"))
    person.follow("Lire et signer la convention")
    person.fill("Vos prénom et nom", signatory)
    person.fill("Votre qualité", "présidente")
    person.tick("J’ai lu la convention")
    person.press("Signer la convention")
    director = cast.person("direction")
    director.visit(page)
    director.fill("Qui signe", "Maxime Direction")
    director.fill("Sa qualité", "président du conseil régional")
    director.fill("Date de signature", f"{here():%Y-%m-%d}")
    director.press("Enregistrer la signature de la Région")
    officer = cast.person("instruction" if name == "porteur" else "agent")
    officer.visit(page)
    officer.press("Notifier et mettre en vigueur")
    saw(officer, "En vigueur")
    cast.instance.wait_pdf(person, person.path(), "Exemplaire signé")


def partner(cast: Cast) -> None:
    """A partner asks for a convention on line; family A is prepared with its data sets and dated commitments."""
    person = sign_up(cast, "partenaire", "partenaire@metropole.fr", "Sofia Moreau")
    join_organisation(person, 502, "Métropole des Deux Rives", "Groupement de collectivités", "Marseille", "13")
    person.visit("/partenaires/demander")
    person.choose("Pour quel organisme", "Métropole des Deux Rives")
    person.fill("Ce que vous attendez du partenariat", "Publier nos comptages de vélos et être aidés pour les formats.")
    person.fill("Personne référente", "Sofia Moreau")
    person.fill("Son adresse électronique", "partenaire@metropole.fr")
    person.fill("Jeu de données 1", "Comptages de vélos")
    person.fill("Publié au plus tard le (jeu 1)", f"{here() + timedelta(days=200):%Y-%m-%d}")
    person.press("Envoyer la demande")
    agent = cast.person("agent")
    agent.visit("/agents/partenaires")
    agent.follow("Métropole des Deux Rives")
    agent.press("Prendre en charge la demande")
    agent.press("Préparer la convention")
    page = agent.path()
    _deliberate(cast, page)
    _complete_values(agent)
    agent.press("Demander la relecture")
    finance, director = cast.person("finance"), cast.person("direction")
    finance.visit(page)
    finance.press("Valider le texte")
    director.visit(page)
    director.press("Envoyer à la signature")
    _sign(cast, "partenaire", "partenaire@metropole.fr", "Sofia Moreau", page)
    public = cast.person("public")
    public.visit("/partenaires")
    saw(public, "Métropole des Deux Rives")


def _deliberate(cast: Cast, page: str) -> None:
    agent, today = cast.person("agent"), f"{here():%Y-%m-%d}"
    agent.visit(page)
    agent.follow("Enregistrer la délibération")
    agent.fill("Numéro de la délibération", "26-0300")
    agent.fill("Objet", "Convention de partenariat")
    for label in ("Votée le", "Publiée le", "Reçue par le représentant de l’État le"):
        agent.fill(label, today)
    agent.press("Enregistrer la délibération")


def event(cast: Cast) -> None:
    """A hackathon with its challenge and data sets; a place, a team, a prototype, results."""
    agent = cast.person("agent")
    now = here()
    agent.visit("/agents/evenements")
    agent.follow("Préparer un événement")
    agent.choose("Nature de l’événement", "Hackathon")
    for label, value in (
        ("Titre", "L’eau qui reste"), ("En une phrase", "Deux jours pour l’eau des communes."), ("Lieu", "Arles"),
        ("Nombre de places", "2"), ("Règlement", "Le code est libre."),
    ):  # fmt: skip
        agent.fill(label, value)
    for label, days in (
        ("Début", 10), ("Fin", 12), ("Ouverture des inscriptions", -1), ("Clôture des inscriptions", 9),
    ):  # fmt: skip
        agent.fill(label, f"{now + timedelta(days=days):%Y-%m-%dT%H:%M}")
    agent.fill("Personnes par équipe, au moins", "1")
    agent.press("Enregistrer")
    cast.memory["event"] = agent.path().removeprefix("/agents")
    partner = cast.person("partenaire")
    agent.press("Passer en préparation")
    director = cast.person("direction")
    director.visit(f"/agents{cast.memory['event']}")
    director.press("Publier et ouvrir les inscriptions")
    partner.visit(f"{cast.memory['event']}/defis/proposer")
    partner.choose("Organisme qui porte le défi", "Métropole des Deux Rives")
    partner.fill("Titre du défi", "Où part l’eau ?")
    partner.fill("Le besoin", "Savoir où l’eau manque, quartier par quartier.")
    partner.press("Proposer le défi")
    agent.visit(f"/agents{cast.memory['event']}")
    agent.press("Retenir")
    agent.press("Publier", near="Où part l’eau")
    _register(cast)


def _register(cast: Cast) -> None:
    """Two places: the third person waits, and gets the place that is given back."""
    page = cast.memory["event"]
    for name, email in (
        ("participant", "leo@ecole.fr"),
        ("participante", "mina@ecole.fr"),
        ("patient", "noe@ecole.fr"),
    ):
        person = sign_up(cast, name, email, name.capitalize())
        person.visit(f"{page}/inscription")
        person.tick("J’ai lu le règlement")
        person.press("M’inscrire" if name != "patient" else "Rejoindre la liste d’attente")
    saw(cast.person("patient"), "attente")
    cast.person("participante").visit(f"{page}/inscription")
    cast.person("participante").press("Annuler mon inscription")
    cast.instance.wait_mail("noe@ecole.fr", "place")
    patient = cast.person("patient")
    patient.visit(f"{page}/inscription")
    patient.press("Accepter la place")
    saw(patient, "confirmée")


def team(cast: Cast) -> None:
    """A team hands in its prototype and the results are published; one button continues it."""
    page, person, agent = cast.memory["event"], cast.person("participant"), cast.person("agent")
    person.visit(page)
    person.follow("Créer une équipe")
    person.fill("Nom de l’équipe", "Goutte à goutte")
    person.fill("L’idée en une phrase", "Une carte des fuites que tout le monde comprend.")
    person.choose("Défi", "Où part l’eau ?")
    person.press("Créer l’équipe")
    cast.memory["team"] = person.path()
    person.press("Déclarer l’équipe complète")
    agent.visit(f"/agents{page}/equipes")
    agent.press("Valider", near="Goutte à goutte")
    agent.visit(f"/agents{page}")
    agent.press("Clore les inscriptions")
    agent.press("Déclarer l’événement commencé")
    person.visit(cast.memory["team"])
    person.follow("Remettre le prototype")
    person.fill("Ce que vous avez construit", "Une carte des fuites, tenue par les agents de l’eau.")
    person.fill("Adresse de la démonstration", "https://eau.exemple.fr/carte")
    person.press("Remettre le prototype")
    saw(person, "Continuer dans l'appel à projets")
    agent.visit(f"/agents{page}")
    agent.press("Clore les remises et passer à la délibération")
    agent.visit(f"/agents{page}/equipes")
    agent.choose("Décision", "Lauréate")
    agent.press("Noter")
    director = cast.person("direction")
    director.visit(f"/agents{page}")
    director.press("Publier les résultats")
    cast.person("public").visit(cast.memory["team"])
    saw(cast.person("public"), "Lauréate")


def reuse(cast: Cast) -> None:
    """A reuse from the funded project and one from the team: moderated, published, found by a French search."""
    person = cast.person("porteur")
    person.visit("/reutilisations/proposer?projet=ombre-fraiche")
    _declare(person, "Ombre Fraîche, la carte", "https://ombre.exemple.fr")
    other = cast.person("participant")
    other.visit(cast.memory["team"])
    other.follow("Publier comme réutilisation")
    _declare(other, "Carte des fuites", "https://eau.exemple.fr/carte")
    agent = cast.person("agent")
    for title in ("Ombre Fraîche, la carte", "Carte des fuites"):
        agent.visit("/agents/reutilisations")
        agent.follow(title)
        agent.press("Publier")
    public = cast.person("public")
    public.visit("/reutilisations?q=l%27ombre%20fraiche")
    saw(public, "Ombre Fraîche, la carte")
    assert "Carte des fuites" not in public.text()


def _declare(person: Person, title: str, url: str) -> None:
    """Three minutes: what it is, where it is, with which data, one line of use for each."""
    person.fill("Nom de la réutilisation", title)
    person.choose("Forme", "Carte")
    person.fill("Adresse où on la trouve", url)
    person.fill("Ce que c’est, en une phrase", "L’ombre portée, rue par rue, pour savoir où planter.")
    person.choose("Thème", "Aménagement et urbanisme")
    name_dataset(person, "Arbres d’alignement, Ville de Nice", "La place de chaque arbre.")
    person.press("Envoyer à la Région")
    saw(person, "Région")


def name_dataset(person: Person, title: str, use: str) -> None:
    """Say which data the reuse takes, when the catalogue does not hold them or asks what they serve for."""
    if "À quoi sert ce jeu de données" not in person.text():
        person.press("Ajouter un jeu de données qui n’est pas au catalogue")
    for label, _kind in person.blanks():
        if plain(label).startswith("Nom du jeu de données"):
            person.fill(label, title)
        elif plain(label).startswith("À quoi sert ce jeu de données"):
            person.fill(label, use)


def read_it_all(cast: Cast) -> None:
    """The public reads the thread, the awards, the open data, the calendar and checks a document."""
    public = cast.person("public")
    public.visit("/projets/ombre-fraiche")
    for words in (PROJECT, "14 000,00 €", "Ombre Fraîche, la carte"):
        saw(public, words)
    public.visit("/projets-soutenus")
    saw(public, PROJECT)
    assert "L’eau qui reste" in public.fetch("/evenements.ics")
    assert "Carte des fuites" in public.fetch("/reutilisations.atom")
    row = public.fetch("/donnees-ouvertes/subventions.csv").splitlines()[1]
    assert "14000.00" in row
    assert "26-0231" in row
    _check_receipt(cast)


def _check_receipt(cast: Cast) -> None:
    """The receipt is downloaded by its owner; anybody who holds it checks its code."""
    person = cast.person("porteur")
    content = cast.instance.wait_pdf(person, f"/dossiers/{cast.memory['reference']}/accuse-de-reception", "PDF")
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)
    [code] = set(re.findall(r"\b[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{4}\b", text)) - {
        cast.memory["reference"].removeprefix("DT-")
    }
    public = cast.person("public")
    public.visit(f"/verifier/{code}")
    saw(public, cast.memory["receipt"])


CHAPTERS = (agree, partner, event, team, reuse, read_it_all)

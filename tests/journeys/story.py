"""The whole thread, told once: ten people, from an empty database to a published reuse with its open data.

Each chapter is a function of the cast; what people see drives them (labels and buttons), so that the same story is
played over HTTP without script and in a real browser, on both engines.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tests.factories.people import siret
from tests.journeys.people import FIRST, Person
from tests.journeys.server import Instance
from tests.pages import plain

PASSWORD = "une phrase de quatre mots"
STAFF = {
    "agent": ("agent@maregion.fr", "Camille Agent", "officer_programme"),
    "instruction": ("instruction@maregion.fr", "Dominique Instruction", "officer_file"),
    "direction": ("direction@maregion.fr", "Maxime Direction", "direction"),
    "finance": ("finance@maregion.fr", "Claude Finance", "finance"),
    "jury1": ("jury1@maregion.fr", "Inès Jury", ""),
    "jury2": ("jury2@maregion.fr", "Karim Jury", ""),
}
CALL = Path(__file__).resolve().parents[2] / "programme" / "cli" / "demo" / "calls" / "permanent.toml"
PROJECT = "Ombre Fraîche"


def here() -> datetime:
    """The wall clock of the Region, as people read it."""
    return datetime.now(ZoneInfo("Europe/Paris"))


@dataclass
class Cast:
    """Everybody in the story, and what they remember."""

    instance: Instance
    make: Callable[[], Person]
    folder: Path
    people: dict[str, Person] = field(default_factory=dict)
    memory: dict[str, Any] = field(default_factory=dict)

    def person(self, name: str) -> Person:
        """Somebody, with their own browser."""
        if name not in self.people:
            self.people[name] = self.make()
        return self.people[name]

    def pdf(self, name: str) -> Path:
        """A small real PDF to hand in."""
        path = self.folder / f"{name}.pdf"
        if not path.exists():
            from programme.cli.demo.pieces import tiny_pdf  # The demonstration knows how to write one.

            path.write_bytes(tiny_pdf(name))
        return path


def saw(person: Person, words: str) -> None:
    """The person reads these words."""
    assert plain(words) in person.text(), f"« {words} » not seen on {person.path()}:\n{person.text()[:2500]}"


def prepare(cast: Cast) -> None:
    """The operator's commands: accounts of the house, reference content, the call and its session."""
    instance = cast.instance
    instance.flask("db", "upgrade")
    for email, name, role in STAFF.values():
        options = ["--role", role] if role else []
        instance.flask("account", "create", email, "--name", name, *options, "--password", PASSWORD)
    instance.flask("reference", "install")
    instance.flask("call", "install", str(CALL))
    opens, closes = here() - timedelta(days=5), here() + timedelta(days=20)
    instance.flask(
        "call", "session", "PERM-DATA", "--label", "Relève de l’histoire", "--opens", f"{opens:%Y-%m-%dT%H:%M}",
        "--closes", f"{closes:%Y-%m-%dT%H:%M}", "--envelope", "60000",
    )  # fmt: skip
    for verb in ("ask_review", "publish", "open"):
        instance.flask("call", "lead", "PERM-DATA", verb)


def sign_in(cast: Cast, name: str, email: str) -> Person:
    """Sign in with a password."""
    person = cast.person(name)
    person.visit("/connexion")
    if person.path() == "/connexion":  # Somebody who is in already is shown their space.
        person.fill("Adresse électronique", email)
        person.fill("Mot de passe", PASSWORD)
        person.press("Me connecter")
    return person


def sign_up(cast: Cast, name: str, email: str, display_name: str) -> Person:
    """Open an account and confirm the address by the link of the mail."""
    person = cast.person(name)
    person.visit("/inscription")
    person.fill("Prénom et nom", display_name)
    person.fill("Adresse électronique", email)
    person.fill("Mot de passe", PASSWORD)
    person.press("Ouvrir mon compte")
    message = cast.instance.wait_mail(email, "Confirmez")
    person.visit(cast.instance.link_in(message, "/inscription/confirmer/"))
    person.press("Confirmer mon adresse")
    return person


def join_organisation(person: Person, number: int, name: str, kind: str, city: str, territory: str) -> None:
    """Enter one's organisation by its SIRET."""
    person.visit("/compte/organismes/nouveau")
    person.fill("SIRET", siret(number))
    person.fill("Nom de l’organisme", name)
    person.choose("Nature de l’organisme", kind)
    person.fill("Commune du siège", city)
    person.choose("Département du siège", territory)
    person.press("Inscrire l’organisme")
    saw(person, name)


def check_eligibility(cast: Cast) -> None:
    """The public: two minutes, no account."""
    public = cast.person("public")
    public.visit("/appels")
    saw(public, "Données du territoire")
    public.visit("/appels/donnees-du-territoire/eligibilite")
    answer_check(public)


def answer_check(person: Person) -> None:
    """The questions of the check, for a project that fits."""
    person.choose("Que voulez-vous faire ?", "B.")
    person.choose("Qui porte le projet ?", "Association, fondation")
    person.choose("Où le projet a-t-il lieu", "06")
    person.fill("Quand commence-t-il ?", f"{here() + timedelta(days=120):%Y-%m-%d}")
    person.fill("Combien de mois dure-t-il ?", "11")
    person.fill("Combien coûte-t-il en tout ?", "28 000")
    person.fill("Combien demandez-vous à la Région ?", "14 000")
    person.press("Voir le résultat")
    saw(person, "Commencer")


def apply(cast: Cast) -> None:
    """An association files its project and has its receipt."""
    person = sign_up(cast, "porteur", "porteur@canopee.fr", "Jeanne Martin")
    join_organisation(person, 501, "Atelier Canopée", "Association, fondation", "Nice", "06")
    person.visit("/appels/donnees-du-territoire/deposer?volet=B")
    person.choose("Quel volet ?", "B.")
    person.fill("Comment s’appelle le projet ?", PROJECT)
    person.press("Ouvrir le brouillon")
    reference = re.search(r"/dossiers/(DT-[0-9A-Z-]+)/", person.path())
    assert reference, person.path()
    cast.memory["reference"] = reference.group(1)
    _project(person)
    answer_all(person)
    person.fill("Jeu de données 1", "Arbres d’alignement")
    person.fill("À quoi sert le jeu 1", "Base du calcul de l’ombre")
    person.press("Enregistrer et continuer")
    _budget(person)
    _aid(person)
    _pieces(cast, person)
    _hand_in(cast, person)


def _project(person: Person) -> None:
    start = here() + timedelta(days=120)
    person.fill("Le projet en deux phrases", "Où planter d’abord, rue par rue.")
    person.fill("Description", "Nous publions l’ombre portée par tronçon de rue, avec les écoles et les services.")
    person.fill("Lien avec les stratégies", "Le Plan Climat régional et la stratégie Smart Région.")
    person.choose("Thème", "Aménagement et urbanisme")
    person.choose("Où le projet a-t-il lieu ?", "06")
    person.fill("Début", f"{start:%Y-%m-%d}")
    person.fill("Fin", f"{start + timedelta(days=300):%Y-%m-%d}")
    person.press("Enregistrer et continuer")


def answer_all(person: Person) -> None:
    """Answer every question that is asked; some answers open other questions."""
    for _round in range(4):
        for label, kind in person.blanks():
            if kind in ("radio", "checkbox"):
                person.choose(label, "Non" if _is_yes_no(label) else FIRST)
            else:
                person.fill(
                    label, {"number": "3", "date": "2027-06-01"}.get(kind, "Trois ateliers dans les écoles de Nice.")
                )
        person.press("Enregistrer et continuer")
        if not person.path().endswith("/questions"):
            return
    raise AssertionError("questions without end")


def _is_yes_no(label: str) -> bool:
    return plain(label).startswith("Le projet utilise-t-il")


def _budget(person: Person) -> None:
    for number, (label, amount) in enumerate((("Relevés thermiques", "16 000"), ("Ateliers", "à voir")), start=1):
        person.fill(f"Poste {number}", label)
        person.fill(f"Montant du poste {number}", amount)
    person.fill("Montant demandé à la Région", "14 000,00")
    person.fill("Financeur 1", "Fonds propres")
    person.fill("Montant du financement 1", "12 000")
    person.press("Enregistrer et continuer")
    saw(person, "Écrivez un montant en chiffres")  # What was typed comes back, the rest is kept.
    person.fill("Montant du poste 2", "12 000")
    person.recount()
    saw(person, "2 000,00 €")  # What is missing to balance.
    person.fill("Financeur 2", "Ville")
    person.choose("Nature du financement 2", "Aide publique")
    person.fill("Montant du financement 2", "2 000")
    person.press("Enregistrer et continuer")


def _aid(person: Person) -> None:
    """The workshops are sold, and the town gave an aid two years ago."""
    person.choose("Le projet est-il une activité économique ?", "Oui")
    person.choose("Votre entreprise est-elle liée à d’autres ?", "Non")
    person.choose("reçu des aides de minimis depuis trois ans ?", "Oui")
    person.fill("Qui a accordé l’aide 1", "Ville de Nice")
    person.fill("Attribuée le (aide 1)", f"{here() - timedelta(days=700):%Y-%m-%d}")
    person.fill("Montant de l’aide 1, en euros", "288 000")
    person.press("Enregistrer sans continuer")
    saw(person, "demandez 12 000,00 € au plus")  # 14 000 € more would pass the ceiling.
    person.fill("Montant de l’aide 1, en euros", "28 000")
    person.tick("J’atteste, au nom de l’organisme")
    person.press("Enregistrer et continuer")


def _pieces(cast: Cast, person: Person) -> None:
    for label in person.labels("Fichier : "):
        person.hand_in(label, cast.pdf("piece"))
    for label in person.labels("Datée du"):
        person.fill(label, f"{here():%Y-%m-%d}")
    person.press("Continuer")


def _hand_in(cast: Cast, person: Person) -> None:
    saw(person, "Votre dossier est prêt à déposer")
    person.tick("J’ai lu ces engagements")
    person.tick("J’ai lu le contrat d’engagement républicain")
    person.press("Déposer le dossier")
    saw(person, "AR-")
    saw(person, "réputée refusée")
    cast.memory["receipt"] = re.search(r"AR-\d{4}-\d{5}", person.text()).group(0)
    message = cast.instance.wait_mail("porteur@canopee.fr", cast.memory["receipt"])
    assert "réputée refusée" in plain(message.get_body(("plain",)).get_content())


def complete(cast: Cast) -> None:
    """The officer asks for a piece again, the applicant answers, the clock stops and runs again."""
    officer = sign_in(cast, "instruction", STAFF["instruction"][0])
    officer.visit("/agents")
    saw(officer, "Une chose vous attend")
    officer.follow(PROJECT)
    officer.fill("Ce qui ne convient pas", "La lettre n’est pas signée.")
    officer.press("Refuser la pièce")
    officer.follow("Demander des compléments")
    officer.fill("Message au porteur", "La lettre de demande n’est pas signée : déposez-la signée.")
    officer.press("Envoyer la demande")
    saw(officer, "délai suspendu")
    message = cast.instance.wait_mail("porteur@canopee.fr", "signée")
    person = cast.person("porteur")
    person.visit(cast.instance.link_in(message, "/dossiers/"))
    if "complements" not in person.path():
        person.visit(f"/dossiers/{cast.memory['reference']}/complements")
    person.hand_in(person.labels("Fichier : ")[0], cast.pdf("lettre-signee"), "Remplacer")
    person.fill("Votre réponse", "La lettre signée est jointe.")
    person.press("Envoyer mes compléments")
    saw(person, "Vos compléments sont envoyés")


def admit_and_assign(cast: Cast) -> None:
    """Complete and admissible; the pool is filled; two readers get the file."""
    agent = sign_in(cast, "agent", STAFF["agent"][0])
    for name in ("jury1", "jury2"):
        agent.visit("/agents/appels/donnees-du-territoire/vivier")
        agent.fill("Adresse électronique de la personne", STAFF[name][0])
        agent.press("Ajouter au vivier")
        saw(agent, STAFF[name][1])
    officer = cast.person("instruction")
    officer.visit(f"/agents/dossiers/{cast.memory['reference']}")
    officer.press("Déclarer complet et recevable")
    saw(officer, "Le dossier est recevable")
    officer.press("Ouvrir l’instruction")
    officer.follow("Affecter les évaluateurs")
    officer.press("Affecter et prévenir")
    saw(officer, "Les évaluateurs sont prévenus")


def evaluate(cast: Cast) -> None:
    """Two readers declare that they have no conflict, then score with reasons."""
    for name, mark in (("jury1", "4"), ("jury2", "5")):
        message = cast.instance.wait_mail(STAFF[name][0], "confié")
        assert (
            PROJECT not in message.get_body(("plain",)).get_content()
        )  # Conflicts are declared before the name is read in a mail.
        reader = sign_in(cast, name, STAFF[name][0])
        reader.visit("/evaluations")
        reader.follow(PROJECT)
        saw(reader, "Avez-vous un lien avec ce dossier ?")
        reader.press("Ouvrir le dossier")
        saw(reader, "ombre portée par tronçon")
        reader.press("Remettre l’évaluation")
        saw(reader, "Donnez une note et une justification")
        _score(reader, mark)
        reader.press("Remettre l’évaluation")
        saw(reader, "Votre évaluation est remise")


def _score(reader: Person, mark: str) -> None:
    for label, kind in reader.blanks():
        if kind == "radio":
            reader.choose(label, mark if "Poids" in label else "Favorable")
    reader.fill_all("Justification", "Bien argumenté, avec des partenaires nommés.")


def decide(cast: Cast) -> None:
    """Ranking, committee, agenda, decision in silence, deliberation, release with its letter."""
    officer = cast.person("instruction")
    officer.visit(f"/agents/dossiers/{cast.memory['reference']}")
    officer.press("Clore l’évaluation")
    officer.follow("Voir le classement")
    saw(officer, "90,00")  # (80 + 100) / 2
    officer.fill("Date de la séance", f"{here():%Y-%m-%d}")
    officer.fill("Lieu", "Salle 12")
    officer.press("Convoquer un comité")
    officer.press("Ouvrir la séance")
    officer.follow("Donner l’avis")
    officer.choose("Avis du comité", "Favorable")
    officer.fill("Montant proposé", "14 000")
    officer.fill("Motif de l’avis", "Le projet ouvre des données attendues.")
    officer.press("Enregistrer l’avis")
    officer.fill("Relevé de la séance", "Présents : quatre membres. Aucun déport.")
    officer.press("Clore la séance")
    officer.follow("Préparer les décisions")
    officer.press("Inscrire au vote")
    officer.follow("Préparer")
    officer.press("Garder la décision")
    saw(officer, "La décision est préparée")
    person = cast.person("porteur")
    person.visit(f"/dossiers/{cast.memory['reference']}")
    assert "Attribué" not in person.text()  # Nothing is known before the release.
    assert "90,00" not in person.text()
    _vote(cast)


def _vote(cast: Cast) -> None:
    officer, today = cast.person("instruction"), f"{here():%Y-%m-%d}"
    officer.visit("/agents/deliberations")
    officer.fill("Numéro de la délibération", "26-0231")
    officer.fill("Objet", "Appel permanent : attributions")
    officer.fill("Date du vote", today)
    officer.press("Enregistrer")
    director = sign_in(cast, "direction", STAFF["direction"][0])
    director.visit("/agents/comites")
    director.follow("Décisions")
    director.press("Notifier la décision")
    saw(director, "Une décision est notifiée")
    message = cast.instance.wait_mail("porteur@canopee.fr", "est aidé")
    person = cast.person("porteur")
    person.visit(cast.instance.link_in(message, "/dossiers/"))
    saw(person, "Attribué")


CHAPTERS = (check_eligibility, apply, complete, admit_and_assign, evaluate, decide)

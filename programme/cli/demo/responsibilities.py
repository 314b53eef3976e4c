"""Demonstration requests of responsibility: two that wait, one contested, and how three others ended."""

from datetime import datetime, timedelta

from programme.accounts.models import Account
from programme.accounts.states import AccountState
from programme.cli.demo.people import account
from programme.cli.demo.pieces import tiny_pdf
from programme.core import storage
from programme.extensions import db
from programme.organisations import services
from programme.organisations.models import Membership, Organisation
from programme.organisations.states import MembershipRole, MembershipState

GONE = (
    "Notre directeur a quitté l’association en juin et son compte est fermé. J’ai repris ses dossiers, et personne ne peut "
    "m’accepter. Le procès-verbal du conseil d’administration est joint."
)
INTERN = "J’ai fait mon stage dans cette entreprise et je suis son projet."
SILENT = "La personne responsable ne répond plus depuis septembre. La commune doit suivre la convention commune."


def load(at: datetime) -> None:
    """Two people who asked to join in vain, and asked the Region. Inside the caller's transaction."""
    partner, commune = account("partenaire@metropole.example"), account("porteur@commune.example")
    harbours, metropolis = _organisation("Ports de plaisance réunis"), _organisation("Métropole des Deux Rives")
    db.session.add(_gone(harbours, at))
    for person, organisation in ((partner, harbours), (commune, metropolis)):
        services.join(person, organisation, at=at - timedelta(days=12)).reminded_days = 7  # Told in its time.
    db.session.flush()
    services.ask(harbours, GONE, _proof(), by=partner, at=at - timedelta(days=3))
    services.ask(metropolis, SILENT, None, by=commune, at=at - timedelta(days=2))
    _contested(at - timedelta(days=5))
    _ended(at - timedelta(days=60), harbours)


def _contested(at: datetime) -> None:
    """The present owner answers that she is there."""
    start_up = _organisation("Quai Fluide")
    made = services.ask(start_up, INTERN, _proof(), by=account("participant@ecole.example"), at=at)
    services.object_to(made, "Je dirige toujours cette société.", by=account("reutilisateur@startup.example"), at=at)


def _ended(at: datetime, harbours: Organisation) -> None:
    """One given up, one refused with its reason, one granted since nobody was left to ask."""
    officer, asking = account("agent@region.example"), _successor(at)
    given_up = services.ask(harbours, SILENT, _proof(), by=asking, at=at)
    services.withdraw(given_up, by=asking, at=at + timedelta(days=1))
    refused = services.ask(harbours, SILENT, _proof(), by=asking, at=at + timedelta(days=2))
    words = "Rien ne montre que vous travaillez pour cet organisme."
    services.refuse(refused, words, by=officer, at=at + timedelta(days=9))
    rural = _organisation("Maison des initiatives rurales")
    db.session.add(_gone(rural, at))
    db.session.flush()
    granted = services.ask(rural, GONE, _proof(), by=asking, at=at + timedelta(days=3))
    words = "Le procès-verbal vous nomme et la personne responsable est partie."
    services.grant(granted, words, MembershipRole.OWNER, by=officer, at=at + timedelta(days=9))


def _successor(at: datetime) -> Account:
    """Somebody who took over the files of an association."""
    person = Account(
        email="releve@association.example", display_name="Nora Relève", state=AccountState.ACTIVE, created_at=at,
        confirmed_at=at,
    )  # fmt: skip
    db.session.add(person)
    db.session.flush()  # The requests name the person.
    return person


def _gone(organisation: Organisation, at: datetime) -> Membership:
    """An owner whose account is closed."""
    return Membership(
        organisation=organisation, account=account("ancien@region.example"), role=MembershipRole.OWNER,
        state=MembershipState.ACTIVE, since=at - timedelta(days=600),
    )  # fmt: skip


def _proof() -> storage.Written:
    return storage.write_bytes(tiny_pdf("Proces-verbal"), "proces-verbal.pdf", "application/pdf")


def _organisation(name: str) -> Organisation:
    return db.session.query(Organisation).filter_by(name=name).one()

"""Demonstration threads: a question that awaits its answer on each side, files joined, notes of the house, a long exchange."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select

from programme.accounts.models import Account
from programme.applications.models import Application
from programme.applications.services import messages as services
from programme.applications.services.messages import Pen, Words
from programme.applications.states import MessageSide
from programme.cli.demo.people import account
from programme.core import storage
from programme.core.clock import local_day
from programme.core.jobs import Job
from programme.extensions import db

CARRIER, REGION = MessageSide.CARRIER, MessageSide.REGION
LONG = 12
"""Questions of the longest thread, each with its answer: more than a page holds."""


def load(at: datetime) -> None:
    """Threads of the applications whose people have an account. Inside the caller's transaction."""
    officer, commune, association = (
        account(each)
        for each in ("instruction@region.example", "porteur@commune.example", "porteur@association.example")
    )
    _question(_file("Cantine transparente"), commune, officer, at)
    _request(_file("Pollens d’ici"), association, officer, at)
    _long(_file("Respire Étang"), association, officer, at)
    db.session.flush()
    db.session.execute(delete(Job).where(Job.kind == services.TELL))  # All of it was told in its time.


def _file(title: str) -> Application:
    return db.session.scalars(select(Application).where(Application.title == title)).one()


def _say(
    file: Application,
    pen: Pen,
    text: str,
    at: datetime,
    *,
    awaits: bool = False,
    days: int | None = None,
    joined: str = "",
) -> None:
    words = Words(text, awaits, local_day(at + timedelta(days=days)) if days is not None else None)
    if joined:
        draft = services.keep_draft(file, pen, words, at=at)
        db.session.flush()
        content = f"{joined}\n\nDocument de démonstration.\n".encode()
        services.join_file(file, draft, storage.write_bytes(content, f"{joined}.txt", "text/plain"), pen=pen, at=at)
        db.session.flush()
    nonce = f"demo-{file.reference}-{at:%m%d%H%M}-{pen.author.id}-{int(pen.is_internal)}"
    message = services.send(file, pen, words, nonce=nonce, at=at)
    message.announced_at = at  # Told in its time: a demonstration that starts sends nobody the mails of last week.


def _question(file: Application, carrier: Account, officer: Account, at: datetime) -> None:
    ours, theirs = Pen(officer, REGION), Pen(carrier, CARRIER)
    _say(file, ours, "Bonjour,\n\nVotre dossier est bien arrivé. Je le lis cette semaine et je reviens vers vous.", at - timedelta(days=3), joined="calendrier de la relève")  # fmt: skip
    _say(file, theirs, "Bonjour,\n\nMerci. La délibération est votée le 8 décembre : pouvons-nous la joindre après le dépôt ?", at - timedelta(days=1), awaits=True, joined="projet de délibération")  # fmt: skip
    _say(file, Pen(officer, REGION, is_internal=True), "Voir avec les finances si la date du vote convient, avant de répondre.", at - timedelta(hours=2), joined="échange avec les finances")  # fmt: skip


def _request(file: Application, carrier: Account, officer: Account, at: datetime) -> None:
    _say(file, Pen(carrier, CARRIER), "Bonjour,\n\nLe devis signé nous parvient lundi.", at - timedelta(days=2))
    _say(file, Pen(officer, REGION), "Bonjour,\n\nC’est noté. Combien d’écoles le réseau de capteurs couvrira-t-il la première année ?", at - timedelta(hours=5), awaits=True, days=6)  # fmt: skip


def _long(file: Application, carrier: Account, officer: Account, at: datetime) -> None:
    for place in range(LONG):
        asked = at - timedelta(days=40 - 3 * place)
        _say(file, Pen(carrier, CARRIER), f"Bonjour,\n\nOù en est l’étape {place + 1} ?", asked, awaits=True)
        _say(file, Pen(officer, REGION), f"L’étape {place + 1} est faite.", asked + timedelta(days=1))

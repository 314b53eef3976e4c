"""After the kills: what the server acknowledged, against what its database and its folders hold."""

import hashlib
import time
from collections.abc import Sequence
from email import message_from_bytes
from pathlib import Path

from sqlalchemy import Table, func, insert, select, update
from sqlalchemy.exc import DBAPIError, OperationalError

from programme.accounts.models import Account
from programme.agreements.states import AgreementState
from programme.core import documents, storage
from programme.core.clock import now
from programme.core.documents import IssuedDocument
from programme.core.jobs import MAX_ATTEMPTS, Job, JobState
from programme.core.mail import MessageState, OutboxMessage
from programme.core.storage import StoredFile
from programme.core.unit_of_work import unit_of_work
from programme.extensions import db
from programme.reuses.models import Reuse
from tests.factories.agreements import call, deliberation, grant_agreement
from tests.faults.load import Ledger

PATIENCE = 60
JOBS: Table = Job.__table__  # type: ignore[assignment]


def ask_for_documents(batches: int, each: int = 4) -> None:
    """Conventions for the worker to print, in so many jobs."""
    with unit_of_work() as session:
        grant_agreement(AgreementState.SENT, of=call(), vote=deliberation())
        first = session.scalars(select(IssuedDocument)).one()
        table = IssuedDocument.__table__
        row = dict(session.execute(select(table)).mappings().one())
        del row["id"]
        for rank in range(1, batches * each):
            session.execute(insert(table).values(row | {"number": f"COPIE-{rank}", "code": f"COPIE-{rank}"}))  # type: ignore[arg-type]
        session.execute(
            JOBS.delete().where(JOBS.c.kind.like("documents.%"))
        )  # The job of the first: it is in a batch below.
        made = session.scalars(select(IssuedDocument).order_by(IssuedDocument.id)).all()
        assert made[0] is first
        for start in range(0, len(made), each):
            documents.ask_for(made[start : start + each], by=None, at=now())


def end_leases() -> None:
    """The worker that held them is dead: what two minutes would do, at once."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            with db.engine.begin() as connection:
                connection.execute(
                    update(JOBS).where(JOBS.c.state == JobState.RUNNING).values(lease_until=None, state=JobState.QUEUED)
                )
        except OperationalError:  # The database was killed too, and recovers.
            if time.monotonic() > end:
                raise
            time.sleep(0.1)
        else:
            return


def most_tries() -> int:
    """How often the job that was tried most often, of those not done, was begun; as many as allowed without an answer."""
    try:
        db.session.rollback()
        tried = db.session.scalar(select(func.max(Job.attempts)).where(Job.state != JobState.DONE)) or 0
        db.session.rollback()
    except DBAPIError:
        return MAX_ATTEMPTS
    return int(tried)


def wait_for_worker(seconds: float) -> None:
    """Until every mail has left and every document is printed; what is tried again later is due at once."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        db.session.rollback()
        with db.engine.begin() as connection:
            connection.execute(
                update(JOBS).where(JOBS.c.state == JobState.QUEUED, JOBS.c.run_at > now()).values(run_at=now())
            )
        waiting = db.session.scalar(select(func.count()).where(OutboxMessage.state == MessageState.WAITING))
        unprinted = db.session.scalar(select(func.count()).where(IssuedDocument.file_id.is_(None)))
        if not waiting and not unprinted:
            return
        time.sleep(0.5)
    left = db.session.execute(
        select(Job.kind, Job.state, Job.attempts, Job.error).where(Job.state != JobState.DONE)
    ).all()
    raise AssertionError(f"{waiting} mails wait and {unprinted} documents are not printed: {left[:20]}")


def lost(ledger: Ledger) -> list[str]:
    """What the server acknowledged and does not have."""
    db.session.rollback()
    nonces = set(db.session.scalars(select(Reuse.nonce)))
    emails = set(db.session.scalars(select(Account.email)))
    return [each for each in ledger.drafts if each not in nonces] + [
        each for each in ledger.accounts if each not in emails
    ]


def half_files() -> list[str]:
    """Rows whose file is not there whole, and drafts without the picture that they were acknowledged with."""
    wrong = []
    for row in db.session.scalars(select(StoredFile)):
        try:
            whole = hashlib.sha256(storage.read(row.key)).hexdigest() == row.sha256
        except OSError:
            whole = False
        wrong += [] if whole else [row.key]
    return wrong + list(db.session.scalars(select(Reuse.slug).where(Reuse.image_id.is_(None))))


def mails_lost(folder: Path) -> list[str]:
    """Accounts without their mail, and mails of which the row says that they left and that are nowhere."""
    db.session.rollback()
    written = {str(message_from_bytes(path.read_bytes())["Message-ID"]) for path in (folder / "mail").glob("*.eml")}
    rows = db.session.execute(
        select(OutboxMessage.message_id, OutboxMessage.recipient, OutboxMessage.state)
    ).all()  # fmt: skip
    told = {recipient for _number, recipient, _state in rows}
    opened = db.session.scalars(select(Account.email).where(Account.confirmed_at.is_(None)))
    return [number for number, _to, _state in rows if number not in written] + [
        each for each in opened if each not in told
    ]


def twice() -> list[str]:
    """Drafts kept twice for one nonce, documents printed twice."""
    nonces = list(db.session.scalars(select(Reuse.nonce)))
    files = db.session.scalar(select(func.count(StoredFile.id)).where(StoredFile.media_type == "application/pdf")) or 0
    return _repeated(nonces) + ["PDF"] * (files - (db.session.scalar(select(func.count(IssuedDocument.id))) or 0))


def not_printed() -> list[str]:
    """Documents without a whole PDF of their own."""
    made = db.session.scalars(select(IssuedDocument)).all()
    wrong = [each.number for each in made if each.file is None or not _whole(storage.read(each.file.key))]
    return wrong + _repeated([str(each.file_id) for each in made])


def _whole(data: bytes) -> bool:
    return data.startswith(b"%PDF-") and data.rstrip().endswith(b"%%EOF")


def _repeated(values: Sequence[str | None]) -> list[str]:
    return [str(each) for each in set(values) if each is not None and values.count(each) > 1]

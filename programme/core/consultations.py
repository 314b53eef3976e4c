"""Who opened which file, when and by which right: a log for the data protection officer, never for applicants.

A door says what it shows (`note`); the line is written in a short transaction of its own once the page is made and
before it leaves, so that nobody reads without a trace. One line a person, a thing and an hour: after the first opening
an indexed read is all it costs.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from flask import Flask, Response, g
from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from programme.core import jobs
from programme.core.access import current_account
from programme.core.clock import now
from programme.core.columns import UTCDateTime, enum_column
from programme.core.database import writing
from programme.core.personal_data import Basis, personal
from programme.core.unit_of_work import unit_of_work
from programme.extensions import Base, db

KEPT = timedelta(days=365)
"""How long a line is kept: the CNIL's recommendation on logging (deliberation 2021-122) says six to twelve months."""


class Consulted(StrEnum):
    """What was opened."""

    APPLICATION = "application"
    PIECE = "piece"
    LETTER = "letter"
    AGREEMENT = "agreement"
    ATTACHMENT = "attachment"
    ARCHIVE = "archive"


class Standing(StrEnum):
    """By which right it was opened."""

    STAFF = "staff"
    READER = "reader"
    MEMBER = "member"


class Consultation(Base):
    """Somebody opened a file, a piece or a document (« consultation »); once an hour at most for each thing."""

    __tablename__ = "consultation"
    __table_args__ = (
        UniqueConstraint("account_id", "kind", "subject_id", "hour"),
        Index("ix_consultation_reference", "reference"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(
        ForeignKey("account.id", ondelete="CASCADE"),
        info=personal("Savoir qui a ouvert un dossier", basis=Basis.LEGAL_OBLIGATION, months=12),
    )
    kind: Mapped[Consulted] = mapped_column(enum_column(Consulted))
    subject_id: Mapped[int]
    reference: Mapped[str] = mapped_column(String(40))
    standing: Mapped[Standing] = mapped_column(enum_column(Standing))
    roles: Mapped[str] = mapped_column(
        String(200), info=personal("Savoir de quel droit", basis=Basis.LEGAL_OBLIGATION, months=12)
    )
    at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    hour: Mapped[datetime] = mapped_column(UTCDateTime)


def note(kind: Consulted, subject: Any, reference: str | None, standing: Standing) -> None:
    """Say that the page being made opens `subject`, a part of the file called `reference`, to the signed-in person.

    To be called once the policy allowed it; nothing is written when the answer turns out to be an error.
    """
    account = current_account()
    g.consultation = {
        "account_id": account.id,
        "kind": kind,
        "subject_id": subject.id,
        "reference": (reference or "")[:40],
        "standing": standing,
        "roles": ",".join(sorted(account.roles))[:200],
    }


def _write(response: Response) -> Response:
    values = g.pop("consultation", None)
    if values is None or response.status_code >= 400:
        return response
    at = now()
    values |= {"at": at, "hour": at.replace(minute=0, second=0, microsecond=0)}
    with db.session.no_autoflush:  # Read in the page's own transaction, which stays what it is.
        known = db.session.execute(_same(values)).first()
    if known is None:
        insert(values)
    return response


def insert(values: dict[str, Any]) -> None:
    """Write one line, in a transaction of its own; when another request wrote the same meanwhile, that one stays."""
    with writing(db.engine) as connection:
        made = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
        connection.execute(made(Consultation).values(values).on_conflict_do_nothing())


def _same(values: dict[str, Any]) -> Any:
    names = ("account_id", "kind", "subject_id", "hour")
    return select(Consultation.id).where(*(getattr(Consultation, name) == values[name] for name in names))


def sweep(at: datetime) -> int:
    """Take out the lines older than `KEPT`, in the caller's transaction; how many."""
    return db.session.execute(delete(Consultation).where(Consultation.at < at - KEPT)).rowcount  # type: ignore[attr-defined,no-any-return]


@jobs.periodic("consultations.sweep", timedelta(days=1))
def sweep_daily() -> None:
    """The worker's daily round."""
    with unit_of_work():
        sweep(now())


def install(app: Flask) -> None:
    """Write what the doors noted, after each answer is made."""
    app.after_request(_write)

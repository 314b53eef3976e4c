"""Large tables are made by the worker and kept seven days for the person who asked for them."""

import json
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any, cast

from flask import current_app, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import ForeignKey, Select, String, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from programme.core import exports, jobs, storage
from programme.core.access import require
from programme.core.addresses import LARGEST
from programme.core.clock import now
from programme.core.columns import JSONDocument, UTCDateTime, enum_column
from programme.core.errors import NotAllowed, RuleBroken
from programme.core.exports import Column, ExportFormat
from programme.core.jobs import Job, JobState
from programme.core.personal_data import not_personal
from programme.core.unit_of_work import unit_of_work
from programme.extensions import Base, db

if TYPE_CHECKING:  # Only a name for the mapper and the type checker: the floor knows no room.
    from programme.accounts.models import Account

KIND = "exports.make"
LIMIT = 1000
"""Rows that a page waits for; more are a job."""
KEPT = timedelta(days=7)
STEP = 1000
"""Rows between two signs of progress."""
PENDING_LIMIT = 5
"""Exports that one person may have in the making."""
_MAX_PARAMETERS, _MAX_VALUE = 2000, 200

Parameters = Mapping[str, str | int]


@dataclass(frozen=True)
class Table:
    """What a source gives: the name of the file without ending, its title, its columns, its rows read as they are asked for."""

    name: str
    title: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Any]]
    count: int


@dataclass(frozen=True)
class Source:
    """A list that can be exported: who may, and its table. Parameters come from an address: `allows` distrusts them."""

    allows: Callable[["Account", Parameters], bool]
    table: Callable[["Account", Parameters], Table]


_sources: dict[str, Source] = {}


class ExportRequest(Base):
    """A large table asked for by an agent (« export demandé »): which list, in which format, then its file for seven days."""

    __tablename__ = "export_request"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(43), unique=True, default=lambda: secrets.token_urlsafe(24))
    source: Mapped[str] = mapped_column(String(80))
    parameters: Mapped[dict[str, Any]] = mapped_column(JSONDocument)
    format: Mapped[ExportFormat] = mapped_column(enum_column(ExportFormat))
    title: Mapped[str] = mapped_column(String(200))
    row_count: Mapped[int]
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    job_id: Mapped[int | None] = mapped_column(ForeignKey("job.id", ondelete="SET NULL"), index=True)
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"), index=True)
    refusal: Mapped[str | None] = mapped_column(String(300), info=not_personal("Phrase de l’outil"))

    asked_by: Mapped["Account"] = relationship("Account", lazy="raise_on_sql")
    job: Mapped[Job | None] = relationship(lazy="joined")
    file: Mapped[storage.StoredFile | None] = relationship(lazy="joined")

    @property
    def is_pending(self) -> bool:
        """Whether the worker has still to make it or to go on with it."""
        at_work = self.job is not None and self.job.state in (JobState.QUEUED, JobState.RUNNING)
        return self.file_id is None and self.refusal is None and at_work

    @property
    def done_count(self) -> int:
        """Rows written so far."""
        return 0 if self.job is None else self.job.done_count


def source(
    name: str, *, allows: Callable[["Account", Parameters], bool]
) -> Callable[[Callable[["Account", Parameters], Table]], Callable[["Account", Parameters], Table]]:
    """Register the function that gives the table of a list, and who may have it.

    Both are asked again by the worker and `allows` at the time of the download: rights end when they end.
    """

    def register(table: Callable[["Account", Parameters], Table]) -> Callable[["Account", Parameters], Table]:
        _sources[name] = Source(allows, table)
        return table

    return register


def table_of(name: str, parameters: Parameters, account: "Account") -> Table:
    """The table of a list, for this person.

    Raises:
        NotAllowed: no such list, or not for this person.
    """
    found = _sources.get(name)
    if found is None or not found.allows(account, parameters):
        raise NotAllowed
    return found.table(account, parameters)


def answer(name: str, parameters: Parameters, account: "Account") -> ResponseReturnValue:
    """The list in the format of the address: at once, or by the page that asks the worker when it is large.

    Raises:
        NotAllowed: no such list, or not for this person.
    """
    code = exports.chosen()
    table = table_of(name, parameters, account)
    if table.count <= LIMIT:
        return exports.answer(table.name, code, table.columns, table.rows)
    return redirect(url_for("site.exports", liste=name, format=code, parametres=json.dumps(dict(parameters))))


def read_parameters(text: str) -> Parameters:
    """The parameters of a list as an address carries them; anything else than short names and values is none at all."""
    try:
        found = json.loads(text[:_MAX_PARAMETERS])
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) and all(map(_is_fair, [*found, *found.values()])) else {}


def _is_fair(value: object) -> bool:
    """A text or a number that both databases accept: no NUL, no half of a surrogate pair, no number beyond an integer."""
    if isinstance(value, str):
        return len(value) <= _MAX_VALUE and value.isprintable()
    return type(value) is int and 0 <= value <= LARGEST


def of(account: "Account", at: datetime) -> Select[ExportRequest]:
    """The exports that a person asked for and may still have, the newest first."""
    return (
        select(ExportRequest)
        .where(ExportRequest.asked_by_id == account.id, ExportRequest.expires_at > at)
        .order_by(ExportRequest.id.desc())
        .limit(50)
    )


def ask(name: str, parameters: Parameters, code: ExportFormat, *, by: "Account", at: datetime) -> ExportRequest:
    """Ask the worker for a list, in the caller's transaction; the same one already in the making answers for both.

    Raises:
        NotAllowed: no such list, or not for this person.
        RuleBroken: too many are in the making.
    """
    table = table_of(name, parameters, by)
    pending = [each for each in db.session.scalars(of(by, at)) if each.is_pending]
    wanted = (name, dict(parameters), code)
    for each in pending:
        if (each.source, each.parameters, each.format) == wanted:
            return each
    if len(pending) >= PENDING_LIMIT:
        raise RuleBroken(_("Cinq exports sont déjà en préparation : attendez que l’un d’eux soit prêt."))
    made = ExportRequest(
        source=name, parameters=dict(parameters), format=code, title=table.title[:200], row_count=table.count,
        asked_by_id=by.id, asked_at=at, expires_at=at + KEPT,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()  # The job names the row.
    made.job = jobs.enqueue(KIND, {"export": made.id}, at=at, by=by)
    return made


@jobs.handler(KIND, attempts=3)
def make(payload: dict[str, Any]) -> None:
    """Write the file, keep it, give it to the row. A second run finds the file there and does nothing."""
    number = int(payload["export"])
    wanted = db.session.get(ExportRequest, number, populate_existing=True)
    if wanted is None or wanted.file_id is not None or wanted.refusal is not None:
        return
    try:
        written = _written(wanted)
    except RuleBroken as refusal:
        _refuse(number, refusal.message)
    except NotAllowed:
        _refuse(number, _("Vous n’avez plus accès à cette liste."))
    else:
        _give(number, written)


def _written(wanted: ExportRequest) -> storage.Written:
    """The file in the store, written row after row: nothing of the table stays in memory."""
    code, job_id, author = ExportFormat(wanted.format), wanted.job_id, wanted.asked_by_id
    account = cast("Account", db.session.get_one(ExportRequest.asked_by.property.mapper.class_, author))
    table = table_of(wanted.source, wanted.parameters, account)
    with TemporaryFile() as file:
        exports.write(code, table.columns, _counted(table, job_id), file)
        db.session.rollback()  # The reading ends before the file is stored.
        return storage.write_file(file, f"{table.name}.{code}", exports.MEDIA_TYPES[code])


def _counted(table: Table, job_id: int | None) -> Iterator[Sequence[Any]]:
    for number, row in enumerate(table.rows, start=1):
        yield row
        if job_id is not None and number % STEP == 0:
            _progress(job_id, number, max(table.count, number))


def _progress(job_id: int, done: int, total: int) -> None:
    """In a session of its own: the one that reads the table must not be rolled back between two rows."""
    with current_app.app_context():
        jobs.progress(job_id, done, total)


def _refuse(number: int, sentence: str) -> None:
    with unit_of_work() as session:
        if (wanted := session.get(ExportRequest, number, with_for_update={"of": ExportRequest})) is not None:
            wanted.refusal = sentence[:300]


def _give(number: int, written: storage.Written) -> None:
    at = now()
    with unit_of_work() as session:
        wanted = session.get(ExportRequest, number, with_for_update={"of": ExportRequest})
        if wanted is None or wanted.file_id is not None:
            return  # Made twice, after a lost lease: the sweep of files without a row takes the second one.
        kept = storage.keep(written, by=None, at=at)
        kept.scan = storage.ScanState.OURS
        wanted.file, wanted.expires_at = kept, at + KEPT


def to_download(public_id: str, account: "Account", at: datetime) -> storage.StoredFile:
    """The file of an export, for the person who asked for it and still has the right to its list.

    Raises:
        NotAllowed: another person's, over, not ready, or a right that ended: the same answer as absence.
    """
    statement = of(account, at).where(ExportRequest.public_id == public_id)
    wanted = db.session.scalars(statement).one_or_none()
    require(wanted is not None and wanted.file is not None)
    assert wanted is not None
    assert wanted.file is not None
    found = _sources.get(wanted.source)
    require(found is not None and found.allows(account, wanted.parameters))
    return wanted.file


@jobs.periodic("exports.expire", timedelta(hours=1))
def expire() -> None:
    """After seven days the row and its file go; the sweep takes the bytes that no row names any more."""
    with unit_of_work() as session:
        for old in session.scalars(select(ExportRequest).where(ExportRequest.expires_at <= now())).all():
            file = old.file
            session.delete(old)
            session.flush()  # The row that names the file goes before it.
            if file is not None:
                session.delete(file)

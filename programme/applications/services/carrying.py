"""Texts, answers, plan, data sets and pieces go from one file into the draft of another; commitments never do."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from programme.accounts.models import Account
from programme.applications import queries
from programme.applications.models import Application, ApplicationDataset, BudgetLine, FundingSource, Piece
from programme.applications.rules import carrying
from programme.applications.rules.carrying import Left
from programme.applications.services.draft import PROJECT_TEXTS, refresh_pieces
from programme.applications.states import PIECE, PieceState
from programme.calls import queries as calls
from programme.calls.models import Call, CallStrand, RequiredDocument
from programme.core import journal, storage
from programme.core.clock import local_day
from programme.core.errors import RuleBroken
from programme.extensions import db
from programme.questionnaires.rules.formats import types_of
from programme.questionnaires.rules.kinds import FieldKind

GOOD = frozenset({PieceState.PROVIDED, PieceState.ACCEPTED})

Copies = Mapping[int, storage.Written]
"""The copies of the files of a former application, by the number of its piece."""
Named = tuple[bool, str]
"""What names a piece from one call to another: whether a question asks for it, and its code or key."""


@dataclass(frozen=True)
class Wanted:
    """What another call accepts in the place of a piece."""

    accepted: tuple[str, ...]
    max_bytes: int
    valid_months: int | None = None


def wanted(strand: CallStrand, documents: Iterable[RequiredDocument]) -> dict[Named, Wanted]:
    """The pieces that a strand may want: those that its call expects, and the files of its questions."""
    owed: dict[Named, Wanted] = {
        (False, each.code): Wanted(tuple(storage.ACCEPTED), storage.MAX_BYTES, each.valid_months) for each in documents
    }
    asked = [each for each in strand.form_definition.questions if each.kind is FieldKind.FILE]
    return owed | {(True, each.key): Wanted(types_of(each.formats), each.max_megabytes * 1024 * 1024) for each in asked}


def copy_files(source: Application, strand: CallStrand, *, at: datetime) -> dict[int, storage.Written]:
    """Copy in the store the files of the pieces that a strand wants too. To be done before the unit of work.

    Bytes are copied and not shared: each file has its own name, its own analysis and its own retention, so that the end
    of one application never takes a piece away from the other. What no row claims in the end is swept.

    Raises:
        StoreFailing: no room, or the store does not answer.
    """
    owed = wanted(strand, db.session.scalars(calls.documents_of(strand.call_id)))
    copies = {}
    for piece in source.asked_pieces:
        if piece.file is not None and _refusal(piece, owed.get(_name(piece)), at) is None:
            with suppress(FileNotFoundError):  # A file that the store has lost is asked for again.
                data = storage.read(piece.file.key)
                copies[piece.id] = storage.write_bytes(data, piece.file.name, piece.file.media_type)
    return copies


def carry(source: Application, draft: Application, copies: Copies, *, by: Account, at: datetime) -> list[Left]:
    """Put in a draft that was just opened all that it can hold of another file; says what it cannot.

    Both are loaded with their parts, `draft` with its project; `copies` comes from `copy_files`. The commitments are
    accepted anew. A piece keeps the date that it bears and the day on which it was first given, and is judged again.
    """
    left = _carry_texts(source, draft, at)
    draft.answers, behind = carrying.answers(
        source.form_definition.questions, source.answers, draft.form_definition.questions
    )
    _carry_rows(source, draft)
    draft.commitments_accepted = False
    draft.saved_at = at
    return [*left, *behind, *_carry_pieces(source, draft, copies, by=by, at=at)]


def _carry_texts(source: Application, draft: Application, at: datetime) -> list[Left]:
    for name in PROJECT_TEXTS:
        setattr(draft, name, getattr(source, name))
    draft.requested_amount = source.requested_amount if draft.call.asks_money else None
    left = _unfit_texts(source, draft.call, at)
    fits = not any(each.code == "theme_gone" for each in left)
    draft.theme, draft.subdomain = (source.theme, source.subdomain) if fits else (None, None)
    project = draft.project
    project.title, project.summary = draft.title or project.title, draft.summary
    refresh_pieces(draft)
    return left


def _unfit_texts(source: Application, call: Call, at: datetime) -> list[Left]:
    """The theme that the other call does not offer, and dates that have passed, which stay written and are to be read again."""
    left = []
    if source.theme is not None and not call.offers(source.theme):
        left.append(Left("theme_gone", source.theme.label))
    if source.starts_on is not None and source.starts_on < local_day(at):
        left.append(Left("dates_past"))
    return left


def foresee(
    source: Application, call: Call, strand: CallStrand, documents: Iterable[RequiredDocument], *, at: datetime
) -> list[Left]:
    """What a call could not take up of a file, before anything is done; `documents` are the pieces that it expects."""
    owed = wanted(strand, documents)
    _kept, behind = carrying.answers(source.form_definition.questions, source.answers, strand.form_definition.questions)
    refused = [(_refusal(each, owed.get(_name(each)), at), each) for each in source.asked_pieces if each.file]
    return [
        *_unfit_texts(source, call, at), *behind, *(Left(reason, each.label) for reason, each in refused if reason)
    ]  # fmt: skip


def _carry_rows(source: Application, draft: Application) -> None:
    draft.datasets = [
        ApplicationDataset(
            position=each.position, title=each.title, use=each.use, is_opened=each.is_opened, dataset_id=each.dataset_id
        )
        for each in source.datasets
    ]
    draft.budget_lines = [
        BudgetLine(position=each.position, label=each.label, category=each.category, amount=each.amount)
        for each in source.budget_lines
    ]
    draft.funding_sources = [
        FundingSource(position=each.position, label=each.label, kind=each.kind, state=each.state, amount=each.amount)
        for each in source.funding_sources
    ]


def _carry_pieces(
    source: Application, draft: Application, copies: Copies, *, by: Account, at: datetime
) -> Iterator[Left]:
    db.session.flush()  # The journal names the pieces.
    db.session.execute(queries.organisation_lock(draft.organisation.id))
    taken = db.session.scalars(queries.room_taken(draft.organisation.id)).one()
    owed = {_name(each): each for each in draft.pieces}
    for piece in source.asked_pieces:
        if piece.file is None:
            continue
        place = owed.get(_name(piece))
        reason = _refusal(piece, None if place is None else _accepts(place), at)
        if reason is None and place is not None:
            reason = _put(place, piece, copies.get(piece.id), taken, by=by, at=at)
        if reason is None:
            taken += piece.file.size
        else:
            yield Left(reason, piece.label)


def _name(piece: Piece) -> Named:
    return piece.question_key is not None, piece.code


def _accepts(place: Piece) -> Wanted:
    return Wanted(place.accepted, place.max_bytes, place.valid_months)


def _refusal(piece: Piece, place: Wanted | None, at: datetime) -> str | None:
    """Why a piece cannot be taken up; None when it can."""
    if place is None:
        return "piece_unwanted"
    file = piece.file
    if file is None or file.is_infected or piece.state not in GOOD:
        return "piece_refused"
    if file.media_type not in place.accepted or file.size > place.max_bytes:
        return "piece_unfit"
    given_on = piece.dated_on or local_day(piece.provided_at or file.uploaded_at)
    return "piece_old" if carrying.is_too_old(given_on, place.valid_months, local_day(at)) else None


def _put(
    place: Piece, piece: Piece, copy: storage.Written | None, taken: int, *, by: Account, at: datetime
) -> str | None:
    """Put the copy of a piece in its place, `taken` bytes being taken already; says why it could not."""
    assert piece.file is not None
    if copy is None or copy.sha256 != piece.file.sha256:
        return "piece_changed"
    try:
        storage.within_quota(taken, copy.size)
    except RuleBroken:
        return "no_room"
    place.state = PieceState(PIECE.target(place.state, "provide"))
    place.file, place.redacted, place.note = storage.keep(copy, by=by, at=at), None, None
    place.provided_at, place.dated_on = piece.provided_at, piece.dated_on
    journal.record("piece.provided", on=place, by=by, at=at, after={"sha256": copy.sha256, "size": copy.size})
    return None

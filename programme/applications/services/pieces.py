"""Files put in their places, replaced and taken back; what was handed in stays readable behind what replaces it."""

from datetime import date, datetime

from programme.accounts.models import Account
from programme.applications import queries
from programme.applications.models import Piece, PieceVersion
from programme.applications.services.draft import refresh_pieces
from programme.applications.states import PIECE, PieceState
from programme.core import journal, storage
from programme.extensions import db


def provide_piece(piece: Piece, written: storage.Written, *, by: Account, at: datetime) -> None:
    """Put a file in its place. A former one that was handed in becomes a version that both sides can still read.

    Raises:
        RuleBroken: the organisation's share of the store would be passed.
    """
    ensure_room(piece, written.size)
    piece.state = PieceState(PIECE.target(piece.state, "provide"))
    _keep_version(piece, by=by, at=at)
    _put(piece, storage.keep(written, by=by, at=at))
    piece.provided_at, piece.note = at, None
    piece.application.saved_at = at
    journal.record("piece.provided", on=piece, by=by, at=at, after={"sha256": written.sha256, "size": written.size})


def date_piece(piece: Piece, dated_on: date | None, *, by: Account, at: datetime) -> None:
    """Keep the date that a piece bears, as the applicant says it, before or after its file comes."""
    if piece.dated_on == dated_on:
        return
    before, piece.dated_on, piece.application.saved_at = piece.dated_on, dated_on, at
    if piece.application.submitted_at is not None:  # Of a draft, only what is handed in counts.
        said = [None if each is None else each.isoformat() for each in (before, dated_on)]
        journal.record("piece.dated", on=piece, by=by, at=at, before={"dated_on": said[0]}, after={"dated_on": said[1]})


def ensure_room(piece: Piece, size: int) -> None:
    """Whether a file of this size fits in the organisation's share of the store, in the place of what leaves the piece.

    Raises:
        RuleBroken: the share would be passed.
    """
    leaving = 0 if piece.file is None or _was_in_hand(piece) else piece.file.size
    ensure_share(piece.application.organisation_id, size - leaving)


def ensure_share(organisation_id: int, size: int) -> None:
    """Whether the organisation may take so many bytes more; its row stays locked: two files at once are two questions.

    Raises:
        RuleBroken: the share would be passed.
    """
    db.session.execute(queries.organisation_lock(organisation_id))
    storage.within_quota(db.session.scalars(queries.room_taken(organisation_id)).one(), size)


def _was_in_hand(piece: Piece) -> bool:
    """Whether the Region had the file of the piece in hand: it is never lost to it."""
    return piece.application.submitted_at is not None and piece.file is not None


def _put(piece: Piece, file: storage.StoredFile | None) -> None:
    """Another file, or none, in the place of the former. What no row speaks of any more goes: the sweep takes the bytes."""
    useless = [piece.redacted] if _was_in_hand(piece) else [piece.file, piece.redacted]
    piece.file, piece.redacted = file, None
    storage.forget(*useless)


def _keep_version(piece: Piece, *, by: Account, at: datetime) -> None:
    """What the Region had in hand stays readable: only what a draft held and nobody read is lost."""
    if _was_in_hand(piece) and piece.provided_at is not None:
        db.session.add(
            PieceVersion(
                piece=piece, file=piece.file, provided_at=piece.provided_at, replaced_at=at, replaced_by_id=by.id
            )
        )


def take_back_piece(piece: Piece, *, by: Account, at: datetime) -> None:
    """Remove a file from its place."""
    piece.state = PieceState(PIECE.target(piece.state, "take_back"))
    piece.provided_at, piece.dated_on = None, None
    _put(piece, None)
    piece.application.saved_at = at
    journal.record("piece.taken_back", on=piece, by=by, at=at)
    refresh_pieces(piece.application)  # The theme may owe it no more: empty, it would be asked for.

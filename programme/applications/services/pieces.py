"""Files put in their places, replaced and taken back; what was handed in stays readable behind what replaces it."""

from datetime import datetime

from programme.accounts.models import Account
from programme.applications import queries
from programme.applications.models import Piece, PieceVersion
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
    piece.file, piece.redacted = storage.keep(written, by=by, at=at), None
    piece.provided_at, piece.note = at, None
    piece.application.saved_at = at
    journal.record("piece.provided", on=piece, by=by, at=at, after={"sha256": written.sha256, "size": written.size})


def ensure_room(piece: Piece, size: int) -> None:
    """Whether a file of this size fits in the organisation's share of the store; its row is locked meanwhile.

    Raises:
        RuleBroken: the share would be passed.
    """
    db.session.execute(queries.organisation_lock(piece.application.organisation_id))
    storage.within_quota(db.session.scalars(queries.room_taken(piece)).one(), size)


def _keep_version(piece: Piece, *, by: Account, at: datetime) -> None:
    """What the Region had in hand is never lost to it: only what a draft held and nobody read is."""
    deposit = piece.application.submitted_at
    if deposit is not None and piece.file is not None and piece.provided_at is not None:
        db.session.add(
            PieceVersion(
                piece=piece, file=piece.file, provided_at=piece.provided_at, replaced_at=at, replaced_by_id=by.id
            )
        )


def take_back_piece(piece: Piece, *, by: Account, at: datetime) -> None:
    """Remove a file from its place."""
    piece.state = PieceState(PIECE.target(piece.state, "take_back"))
    piece.file, piece.redacted, piece.provided_at = None, None, None
    piece.application.saved_at = at
    journal.record("piece.taken_back", on=piece, by=by, at=at)

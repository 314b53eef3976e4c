"""Redacted copies (« versions caviardées »): what the house releases of a piece to those who read the file blind."""

from datetime import datetime

from flask_babel import gettext as _

from programme.accounts.models import Account
from programme.applications.models import Application, Piece
from programme.applications.states import BEFORE_DECISION
from programme.core import journal, storage
from programme.core.errors import RuleBroken

ACCEPTED = ("application/pdf", *storage.IMAGES)
"""A word processor keeps what was taken out: a copy is a PDF or a picture."""


def release_copy(piece: Piece, written: storage.Written, *, by: Account, at: datetime) -> None:
    """Give blind readers this copy of the piece, in place of a former one, which stays in the store.

    Raises:
        RuleBroken: the file is not read blind (any more), or the piece has no file yet.
    """
    ensure_blind(piece.application)
    if piece.file is None:
        raise RuleBroken(_("Cette pièce n’est pas encore déposée : il n’y a rien à caviarder."))
    former, piece.redacted = piece.redacted, storage.keep(written, by=by, at=at)
    storage.forget(former)
    journal.record(
        "piece.redacted_copy_released", on=piece, by=by, at=at,
        after={"sha256": written.sha256, "size": written.size, "of": piece.file.sha256},
    )  # fmt: skip


def withdraw_copy(piece: Piece, *, by: Account, at: datetime) -> None:
    """Take the copy away from the readers.

    Raises:
        RuleBroken: the file is not read blind (any more).
    """
    ensure_blind(piece.application)
    if piece.redacted is not None:
        former, piece.redacted = piece.redacted, None
        journal.record("piece.redacted_copy_withdrawn", on=piece, by=by, at=at, before={"sha256": former.sha256})
        storage.forget(former)  # What may still have held a name stays nowhere.


def ensure_blind(application: Application) -> None:
    """Copies are released and taken back while readers may read them.

    Raises:
        RuleBroken: the file is not read blind, or it is decided or closed.
    """
    if not application.is_read_blind:
        raise RuleBroken(_("Ce dossier n’est pas lu à l’aveugle : ses évaluateurs ouvrent les pièces elles-mêmes."))
    if application.state not in BEFORE_DECISION:
        raise RuleBroken(_("Ce dossier n’est plus en lecture : ses pièces ne changent plus."))

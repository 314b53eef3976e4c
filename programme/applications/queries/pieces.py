"""Statements about the files of pieces: the one that is held, and those that it replaced."""

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from programme.accounts.models import Account
from programme.applications.models import Application, Piece, PieceVersion
from programme.core.storage import StoredFile


def piece_version(public_id: str) -> Select[PieceVersion]:
    """What a stored file was of a piece, before another one replaced it."""
    return (
        select(PieceVersion)
        .join(StoredFile, StoredFile.id == PieceVersion.file_id)
        .where(StoredFile.public_id == public_id)
        .options(joinedload(PieceVersion.piece).joinedload(Piece.application))
    )


def piece_versions(application_id: int) -> Select[PieceVersion, str | None]:
    """The files that others replaced after the deposit, the last one first, and who replaced each."""
    return (
        select(PieceVersion, Account.display_name)
        .join(Piece, Piece.id == PieceVersion.piece_id)
        .outerjoin(Account, Account.id == PieceVersion.replaced_by_id)
        .where(Piece.application_id == application_id)
        .order_by(PieceVersion.replaced_at.desc(), PieceVersion.id.desc())
    )


def room_taken(piece: Piece) -> Select[int]:
    """Bytes of the files that the pieces of the same organisation hold or held, but for the one that is being filled in."""
    owner, total = piece.application.organisation_id, func.coalesce(func.sum(StoredFile.size), 0)
    held = select(total).join(Piece, Piece.file_id == StoredFile.id).where(Piece.id != piece.id)
    former = (
        select(total)
        .join(PieceVersion, PieceVersion.file_id == StoredFile.id)
        .join(Piece, Piece.id == PieceVersion.piece_id)
    )
    both = (
        each.join(Application, Application.id == Piece.application_id).where(Application.organisation_id == owner)
        for each in (held, former)
    )
    one, other = (each.scalar_subquery() for each in both)
    return select(one + other)

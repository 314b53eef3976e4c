"""Statements about the files of pieces: the one that is held, those that it replaced, and the room that all of them take."""

from sqlalchemy import CompoundSelect, Select, func, select, union_all
from sqlalchemy.orm import joinedload

from programme.accounts.models import Account
from programme.applications.models import Application, Message, MessageDraft, MessageFile, Piece, PieceVersion
from programme.applications.states import ApplicationState, MessageSide
from programme.core.storage import StoredFile
from programme.organisations.models import Membership
from programme.organisations.states import MembershipState


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


def room_taken(organisation_id: int) -> Select[int]:
    """Bytes of all that an organisation handed in, by whatever door: what its pieces hold and held, and what it joins to messages.

    What a member has joined to a message and not sent yet counts too, as long as they can take it off.
    """
    mine = Application.organisation_id == organisation_id
    held = select(Piece.file_id).join(Application, Application.id == Piece.application_id).where(mine)
    former = (
        select(PieceVersion.file_id).join(Piece).join(Application, Application.id == Piece.application_id).where(mine)
    )
    sent = (
        select(MessageFile.file_id)
        .join(Message, Message.id == MessageFile.message_id)
        .join(Application, Application.id == Message.application_id)
        .where(mine, Message.side == MessageSide.CARRIER)
    )
    written = (
        select(MessageFile.file_id)
        .join(MessageDraft, MessageDraft.id == MessageFile.draft_id)
        .join(Application, Application.id == MessageDraft.application_id)
        .join(Membership, Membership.account_id == MessageDraft.author_id)
        .where(
            mine, MessageDraft.is_internal.is_(False), Application.state != ApplicationState.WITHDRAWN,
            Membership.organisation_id == organisation_id, Membership.state == MembershipState.ACTIVE,
        )
    )  # fmt: skip
    every: CompoundSelect[int] = union_all(held.where(Piece.file_id.is_not(None)), former, sent, written)
    return select(func.coalesce(func.sum(StoredFile.size), 0)).where(StoredFile.id.in_(every))

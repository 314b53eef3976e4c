"""Who writes on a draft at this moment."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from programme.core.columns import UTCDateTime
from programme.core.personal_data import personal
from programme.extensions import Base


class Presence(Base):
    """Somebody writes on a step of a draft (« présence »), for the colleagues who have it open too; gone in two minutes."""

    __tablename__ = "presence"

    application_id: Mapped[int] = mapped_column(ForeignKey("application.id", ondelete="CASCADE"), primary_key=True)
    account_id: Mapped[int] = mapped_column(
        ForeignKey("account.id", ondelete="CASCADE"), primary_key=True,
        info=personal("Dire à ses collègues qui modifie le même dossier (deux minutes au plus)", months=1),
    )  # fmt: skip
    step: Mapped[str] = mapped_column(String(20))
    since: Mapped[datetime] = mapped_column(UTCDateTime)
    seen_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)

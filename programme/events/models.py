"""Tables of the events."""

from datetime import datetime
from uuid import uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from programme.accounts.models import Account
from programme.catalogue.models import Dataset
from programme.core import search
from programme.core.columns import UTCDateTime, enum_column
from programme.core.personal_data import Basis, personal
from programme.events.states import (
    SEATING,
    ChallengeState,
    CodeLicence,
    EndReason,
    EventKind,
    EventState,
    RegistrationState,
    TeamResult,
    TeamState,
)
from programme.extensions import Base
from programme.organisations.models import Organisation
from programme.projects.models import Project
from programme.strategy.models import Theme

_LIVE = text("state NOT IN ('declined', 'withdrawn')")
_STILL_IN = text("left_at IS NULL")
_LEADS = text("is_lead AND left_at IS NULL")


@search.indexed("search_text")
class Event(Base):
    """A hackathon, a challenge event or a meetup (« événement »).

    `confirmed_count` and `offered_count` are the places in use; they change by a conditional UPDATE only.
    `published_at` is the first opening of registrations: before it the event is invisible to the public.
    `sequence` rises at each change: calendars and the edit form read it.
    """

    __tablename__ = "event"
    __table_args__ = (
        CheckConstraint("confirmed_count >= 0 AND offered_count >= 0", name="counts_not_negative"),
        CheckConstraint("confirmed_count + offered_count <= capacity", name="places_within_capacity"),
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        CheckConstraint("registration_closes_at > registration_opens_at", name="registration_closes_after_opening"),
        CheckConstraint("team_min >= 1 AND team_max >= team_min", name="team_sizes"),
        CheckConstraint("offer_hours >= 1", name="offer_hours"),
        CheckConstraint(
            "state = 'cancelled' OR (state IN ('idea', 'planned')) = (published_at IS NULL)", name="published"
        ),
        CheckConstraint("(state = 'cancelled') = (cancel_reason IS NOT NULL)", name="reason_iff_cancelled"),
        Index("ix_event_published_at_starts_at", "published_at", "starts_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    uid: Mapped[str] = mapped_column(String(36), unique=True, default=lambda: str(uuid4()))
    kind: Mapped[EventKind] = mapped_column(enum_column(EventKind))
    state: Mapped[EventState] = mapped_column(enum_column(EventState), default=EventState.IDEA)
    title: Mapped[str] = mapped_column(String(160))
    summary: Mapped[str] = mapped_column(String(300), default="")
    description: Mapped[str] = mapped_column(Text, default="")
    schedule: Mapped[str] = mapped_column(Text, default="")
    rules_text: Mapped[str] = mapped_column(Text, default="")
    rules_version: Mapped[int] = mapped_column(default=1)
    place: Mapped[str] = mapped_column(String(160), default="")
    address: Mapped[str] = mapped_column(String(300), default="")
    is_online: Mapped[bool] = mapped_column(default=False)
    territory_code: Mapped[str | None] = mapped_column(String(3))
    theme_id: Mapped[int | None] = mapped_column(ForeignKey("theme.id"))
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ends_at: Mapped[datetime] = mapped_column(UTCDateTime)
    registration_opens_at: Mapped[datetime] = mapped_column(UTCDateTime)
    registration_closes_at: Mapped[datetime] = mapped_column(UTCDateTime)
    capacity: Mapped[int]
    confirmed_count: Mapped[int] = mapped_column(default=0)
    offered_count: Mapped[int] = mapped_column(default=0)
    last_queue_number: Mapped[int] = mapped_column(default=0)
    is_selective: Mapped[bool] = mapped_column(default=False)
    offer_hours: Mapped[int] = mapped_column(default=48)
    team_min: Mapped[int] = mapped_column(default=3)
    team_max: Mapped[int] = mapped_column(default=6)
    published_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    results_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    cancel_reason: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    sequence: Mapped[int] = mapped_column(default=0)
    search_text: Mapped[str] = mapped_column(Text, default="")
    theme: Mapped[Theme | None] = relationship(lazy="joined")
    challenges: Mapped[list["Challenge"]] = relationship(
        lazy="raise_on_sql", back_populates="event", order_by="Challenge.position, Challenge.id"
    )

    @property
    def places_left(self) -> int:
        """Places neither confirmed nor offered."""
        return self.capacity - self.confirmed_count - self.offered_count

    @property
    def has_teams(self) -> bool:
        """Whether people work in teams on challenges."""
        return self.kind is not EventKind.MEETUP

    def takes_registrations(self, at: datetime) -> bool:
        """Whether somebody may register at this instant."""
        return (
            self.state is EventState.REGISTRATION_OPEN
            and self.registration_opens_at <= at < self.registration_closes_at
        )

    def seats_people(self, at: datetime) -> bool:
        """Whether a freed place goes to the next person: never once the event has started."""
        return self.state in SEATING and at < self.starts_at


class Challenge(Base):
    """A need that an organisation brings, with its data (« défi »)."""

    __tablename__ = "challenge"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    title: Mapped[str] = mapped_column(String(160))
    need: Mapped[str] = mapped_column(Text)
    prize: Mapped[str | None] = mapped_column(String(300))
    state: Mapped[ChallengeState] = mapped_column(enum_column(ChallengeState), default=ChallengeState.PROPOSED)
    position: Mapped[int] = mapped_column(default=0)
    proposed_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    event: Mapped[Event] = relationship(lazy="joined", innerjoin=True, back_populates="challenges")
    organisation: Mapped[Organisation] = relationship(lazy="joined", innerjoin=True)
    proposed_by: Mapped[Account | None] = relationship(lazy="raise_on_sql")
    datasets: Mapped[list["ChallengeDataset"]] = relationship(
        lazy="raise_on_sql", cascade="all, delete-orphan", order_by="ChallengeDataset.position"
    )


class ChallengeDataset(Base):
    """A data set brought with a challenge, and a line on what it is good for (« jeu de données du défi »)."""

    __tablename__ = "challenge_dataset"

    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id", ondelete="CASCADE"), primary_key=True)
    dataset_id: Mapped[int] = mapped_column(ForeignKey("dataset.id"), primary_key=True)
    line: Mapped[str] = mapped_column(String(300), default="")
    position: Mapped[int] = mapped_column(default=0)
    dataset: Mapped[Dataset] = relationship(lazy="joined", innerjoin=True)


class Registration(Base):
    """A person's place, or wish of one, in an event (« inscription »): one live at a time.

    `queue_number` is given in order of arrival and never again: the rank shown is the count of those who
    still wait with a number that is not greater.
    """

    __tablename__ = "registration"
    __table_args__ = (
        Index(
            "uq_registration_live", "event_id", "account_id", unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE
        ),
        UniqueConstraint("event_id", "queue_number"),
        CheckConstraint("(state = 'offered') = (offer_expires_at IS NOT NULL)", name="deadline_iff_offered"),
        CheckConstraint("state <> 'waiting' OR queue_number IS NOT NULL", name="number_while_waiting"),
        CheckConstraint("(state IN ('declined', 'withdrawn')) = (ended_at IS NOT NULL)", name="ended_at_iff_ended"),
        CheckConstraint("(ended_at IS NULL) = (end_reason IS NULL)", name="reason_iff_ended"),
        Index("ix_registration_event_id_state", "event_id", "state"),
        Index("ix_registration_account_id", "account_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    state: Mapped[RegistrationState] = mapped_column(enum_column(RegistrationState))
    rules_version: Mapped[int]
    image_rights: Mapped[bool] = mapped_column(
        default=False, info=personal("Savoir qui accepte d’être pris en photo", basis=Basis.CONSENT, months=24)
    )
    motivation: Mapped[str] = mapped_column(
        Text, default="", info=personal("Choisir les personnes quand l’événement est sélectif", months=12)
    )
    skills: Mapped[str] = mapped_column(String(300), default="", info=personal("Aider à former les équipes", months=12))
    wants_team: Mapped[bool] = mapped_column(default=False)
    submitted_at: Mapped[datetime] = mapped_column(UTCDateTime)
    queue_number: Mapped[int | None]
    offer_expires_at: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)
    confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    end_reason: Mapped[EndReason | None] = mapped_column(enum_column(EndReason))
    end_note: Mapped[str | None] = mapped_column(
        Text, info=personal("Dire à la personne pourquoi sa demande est refusée", months=12)
    )
    event: Mapped[Event] = relationship(lazy="joined", innerjoin=True)
    account: Mapped[Account] = relationship(lazy="joined", innerjoin=True)


class Team(Base):
    """People who work together on a challenge (« équipe »); its project is the one thread.

    `result` is the jury's decision, unknown to all but staff until the event publishes its results.
    `members_count` changes by a conditional UPDATE only.
    """

    __tablename__ = "team"
    __table_args__ = (
        CheckConstraint("members_count >= 0 AND members_count <= size_limit", name="size_within_limit"),
        CheckConstraint("state NOT IN ('forming', 'confirmed') OR delivered_at IS NULL", name="not_delivered_yet"),
        CheckConstraint("state IN ('forming', 'confirmed', 'dropped') OR delivered_at IS NOT NULL", name="delivered"),
        Index("ix_team_event_id_state", "event_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), unique=True)
    challenge_id: Mapped[int | None] = mapped_column(ForeignKey("challenge.id"), index=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    pitch: Mapped[str] = mapped_column(String(400), default="")
    join_code: Mapped[str] = mapped_column(String(20), unique=True)
    state: Mapped[TeamState] = mapped_column(enum_column(TeamState), default=TeamState.FORMING)
    size_limit: Mapped[int]
    members_count: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ready_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    delivered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    dropped_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    delivery_summary: Mapped[str] = mapped_column(Text, default="")
    code_url: Mapped[str | None] = mapped_column(String(300))
    code_licence: Mapped[CodeLicence | None] = mapped_column(enum_column(CodeLicence))
    demo_url: Mapped[str | None] = mapped_column(String(300))
    result: Mapped[TeamResult | None] = mapped_column(enum_column(TeamResult))
    prize: Mapped[str | None] = mapped_column(String(200))
    event: Mapped[Event] = relationship(lazy="joined", innerjoin=True)
    project: Mapped[Project] = relationship(lazy="joined", innerjoin=True)
    challenge: Mapped[Challenge | None] = relationship(lazy="joined")
    members: Mapped[list["TeamMember"]] = relationship(
        lazy="raise_on_sql", back_populates="team", order_by="TeamMember.id"
    )
    datasets: Mapped[list["TeamDataset"]] = relationship(
        lazy="raise_on_sql", cascade="all, delete-orphan", order_by="TeamDataset.position"
    )

    @property
    def is_open(self) -> bool:
        """Whether somebody may still join with the code."""
        return self.state is TeamState.FORMING and self.ready_at is None and self.members_count < self.size_limit


class TeamMember(Base):
    """A person in a team (« membre d’équipe »); those who left stay known, with the date."""

    __tablename__ = "team_member"
    __table_args__ = (
        Index(
            "uq_team_member_live", "event_id", "account_id", unique=True, sqlite_where=_STILL_IN,
            postgresql_where=_STILL_IN,
        ),
        Index("uq_team_member_lead", "team_id", unique=True, sqlite_where=_LEADS, postgresql_where=_LEADS),
        Index("ix_team_member_account_id", "account_id"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"), index=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    is_lead: Mapped[bool] = mapped_column(default=False)
    joined_at: Mapped[datetime] = mapped_column(UTCDateTime)
    left_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    team: Mapped[Team] = relationship(lazy="joined", innerjoin=True, back_populates="members")
    account: Mapped[Account] = relationship(lazy="joined", innerjoin=True)


class TeamDataset(Base):
    """A data set that a team used, and how (« jeu de données utilisé »)."""

    __tablename__ = "team_dataset"

    team_id: Mapped[int] = mapped_column(ForeignKey("team.id", ondelete="CASCADE"), primary_key=True)
    dataset_id: Mapped[int] = mapped_column(ForeignKey("dataset.id"), primary_key=True)
    line: Mapped[str] = mapped_column(String(300), default="")
    position: Mapped[int] = mapped_column(default=0)
    dataset: Mapped[Dataset] = relationship(lazy="joined", innerjoin=True)

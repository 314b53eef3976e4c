"""Who is reminded of a date that comes near: the house before silence decides, applicants before a session closes."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta

from sqlalchemy.dialects import postgresql, sqlite

from programme.accounts import queries as people
from programme.accounts.models import Account
from programme.accounts.states import Role
from programme.applications import notifications, queries
from programme.applications.models import Application, Reminder
from programme.applications.rules import reminders
from programme.applications.services.reading import faults
from programme.applications.states import ApplicationState, ReminderKind
from programme.core import mail
from programme.core.clock import at_local, local_day
from programme.core.database import in_turn
from programme.extensions import db
from programme.organisations import queries as network
from programme.strategy.models import ThemeSet


def note(kind: ReminderKind, subject_id: int, threshold: int, *, at: datetime) -> bool:
    """Write that somebody is told now; False when it was said already, be it by another worker at this very moment."""
    insert = sqlite.insert if db.session.get_bind().dialect.name == "sqlite" else postgresql.insert
    row = {"kind": kind, "subject_id": subject_id, "threshold": threshold, "sent_at": at}
    written = insert(Reminder).values(row).on_conflict_do_nothing().returning(Reminder.id)
    return db.session.scalars(written).first() is not None


# ---- before silence decides ------------------------------------------------------------------------


def remind_of_silence(*, at: datetime) -> int:
    """Tell the house of the files on which silence is about to decide, in one mail to each person; says how many leave.

    One round a day, in one transaction: stopped in the middle it was not begun. Each file is told once for each
    threshold (30, 15 and 7 days), to the officer who follows it, else to every officer of files.
    """
    in_turn(db.session(), "applications.silence")
    day = local_day(at)
    if db.session.scalars(queries.reminded_since(ReminderKind.SILENCE, at_local(day, time.min))).first() is not None:
        return 0
    shares: dict[Account, list[Application]] = defaultdict(list)
    told = _Officers()
    for file, threshold in _near(at):
        whom = told.of(file)
        if whom and note(ReminderKind.SILENCE, file.id, threshold, at=at):
            for person in whom:
                shares[person].append(file)
    for person, files in shares.items():
        mail.queue(notifications.silence_near(person, files, day), at=at)
    return len(shares)


def _near(at: datetime) -> list[tuple[Application, int]]:
    """The files whose threshold has come today and was not said yet, the nearest first."""
    today = local_day(at)
    last = today + timedelta(days=max(reminders.SILENCE))
    listed = db.session.scalars(queries.silence_between(today, last)).all()
    said = set(map(tuple, db.session.execute(queries.reminded(ReminderKind.SILENCE, [each.id for each in listed]))))
    found = [(each, reminders.before_silence(each.silence_on, today)) for each in listed if each.silence_on is not None]
    return [(each, threshold) for each, threshold in found if threshold and (each.id, threshold) not in said]


class _Officers:
    """The officers of files with what each must not hear of: what they stepped aside from, what they read blind."""

    def __init__(self) -> None:
        self.people = list(db.session.scalars(people.holders(Role.OFFICER_FILE)))
        self.hidden = {each.id: set(db.session.scalars(queries.hidden_from(each.id))) for each in self.people}

    def of(self, file: Application) -> list[Account]:
        """Who is told of a file: its officer while they may see it, else everybody who may."""
        free = [each for each in self.people if file.id not in self.hidden[each.id]]
        return [each for each in free if each.id == file.officer_id] or free


# ---- before a session closes -----------------------------------------------------------------------


def drafts_to_remind(*, at: datetime) -> list[str]:
    """The references of the drafts whose threshold has come today and was not said yet, the nearest closing first."""
    today = local_day(at)
    last = at_local(today + timedelta(days=max(reminders.CLOSING) + 1), time.min)
    listed = db.session.execute(queries.drafts_closing(at, last)).all()
    said = set(map(tuple, db.session.execute(queries.reminded(ReminderKind.CLOSING, [each.id for each in listed]))))
    due = []
    for number, reference, created_at, closes_at in listed:
        threshold = reminders.before_closing(local_day(closes_at), local_day(created_at), today)
        if threshold is not None and (number, threshold) not in said:
            due.append(reference)
    return due


def remind_of_closing(application: Application, *, at: datetime) -> int:
    """Tell those who may hand the draft in what it still lacks; says how many are told, none when it need not be said.

    Everything is asked again of the locked draft: it may have been handed in, withdrawn or moved since it was listed.
    """
    closes_on = local_day(application.session.closes_at)
    threshold = reminders.before_closing(closes_on, local_day(application.created_at), local_day(at))
    is_draft = application.state is ApplicationState.DRAFT and application.saved_at > application.created_at
    if threshold is None or not is_draft or not application.session.accepts_at(at):
        return 0
    members = [each.account for each in db.session.scalars(network.editors(application.organisation_id))]
    told = [each for each in members if each.is_active]
    if not told or not note(ReminderKind.CLOSING, application.id, threshold, at=at):
        return 0
    lacking = lacking_by_step(application, at)
    for person in told:
        mail.queue(notifications.draft_closing(application, lacking, person.email), at=at)
    return len(told)


def lacking_by_step(application: Application, at: datetime) -> Sequence[tuple[str, int]]:
    """How many points each step still lacks, in the order of the steps; the last reading is nobody's lack."""
    needed = application.call.theme_set is ThemeSet.TERRITORIES
    found: Iterable[str] = (each.step for each in faults(application, at, subdomain_needed=needed))
    return list(Counter(each for each in found if each != "relecture").items())

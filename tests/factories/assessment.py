"""Files on their way to the decision, readers with their evaluations."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from programme.accounts.models import Account
from programme.accounts.states import Role
from programme.applications import services as applications
from programme.applications.models import Application
from programme.assessment import queries, services
from programme.assessment.models import CommitteeMeeting, Deliberation
from programme.assessment.states import Opinion
from programme.evaluation import services as evaluation
from programme.evaluation.models import Evaluation, ReviewPool
from programme.evaluation.states import Recommendation
from programme.extensions import db
from tests.factories.applications import submitted
from tests.factories.people import NOON, account

LATER = NOON + timedelta(days=5)


def fresh(application: Application) -> Application:
    """The same file, loaded whole, as a view would."""
    db.session.flush()
    statement = queries.file(application.reference).execution_options(populate_existing=True)
    return db.session.scalars(statement).one()


def officer(name: str = "Dominique") -> Account:
    """An officer of files."""
    return account(Role.OFFICER_FILE, name=name)


def under_review(by: Account, **values: Any) -> Application:
    """A file declared admissible and open to assignment. Inside a unit of work."""
    file = fresh(submitted(**values))
    applications.admit(file, by=by, at=LATER)
    services.open_review(file, by=by, at=LATER)
    return fresh(file)


def reader(file: Application, name: str = "Inès") -> Account:
    """Somebody in the pool of the file's call. Inside a unit of work."""
    person = account(name=name)
    evaluation.add_to_pool(db.session.get_one(ReviewPool, file.call.pool_id), person, by=None, at=NOON)
    db.session.flush()
    return person


def assigned(file: Application, person: Account, by: Account) -> Evaluation:
    """The person's evaluation of the file, not yet opened. Inside a unit of work."""
    given = services.assign_reader(file, person, by=by, at=LATER)
    db.session.flush()
    return given


def marked(given: Evaluation, mark: int, person: Account) -> Evaluation:
    """Every criterion marked alike, with a reason, and handed in. Inside a unit of work."""
    evaluation.declare_no_conflict(given, by=person, at=LATER)
    marks = {each.id: (mark, "Parce que.") for each in given.grid.criteria}
    evaluation.keep(given, marks, "À suivre.", Recommendation.FAVOURABLE, version=None, at=LATER)
    evaluation.submit(given, by=person, at=LATER)
    return given


def committee_ready(by: Account, marks: tuple[int, ...] = (4, 4), **values: Any) -> Application:
    """A file read by two people and ready for the committee. Inside a unit of work."""
    file = under_review(by, **values)
    for index, mark in enumerate(marks):
        person = reader(file, f"Lectrice {index}")
        marked(assigned(file, person, by), mark, person)
    db.session.flush()
    services.close_scoring(file, by=by, at=LATER)
    return fresh(file)


def sitting(file: Application, by: Account) -> CommitteeMeeting:
    """A committee of the file's session, open. Inside a unit of work."""
    meeting = services.convene(file.session, LATER.date(), "Salle 12", by=by, at=LATER)
    services.hold(meeting, by=by, at=LATER)
    db.session.flush()
    return meeting


def on_agenda(by: Account, **values: Any) -> Application:
    """A file with a favourable opinion, entered for the vote. Inside a unit of work."""
    file = committee_ready(by, **values)
    services.give_opinion(
        sitting(file, by), file, Opinion.FAVOURABLE, "Utile.", Decimal(10_000), row=None, by=by, at=LATER
    )
    services.put_on_agenda(file, by=by, at=LATER)
    return fresh(file)


def deliberation(by: Account, number: str = "26-0231") -> Deliberation:
    """A vote of the day, not yet published. Inside a unit of work."""
    made = services.record_deliberation(number, "Attributions", NOON.date(), None, None, by=by, at=LATER)
    db.session.flush()
    return made

"""Lives of a committee and of a decision; what awaits an officer in each state of a file."""

from datetime import date
from itertools import product

import pytest

from programme.applications.states import ApplicationState as A
from programme.assessment.rules.tasks import Progress, Urgency, task, urgency
from programme.assessment.states import COMMITTEE, DECISION, CommitteeState, DecisionState

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(("state", "verb"), list(product(CommitteeState, COMMITTEE.verbs)))
def test_committee(state, verb):
    allowed = {(CommitteeState.CONVENED, "hold"), (CommitteeState.HELD, "close")}
    assert COMMITTEE.allows(state, verb) == ((state, verb) in allowed)


@pytest.mark.parametrize(("state", "verb"), list(product(DecisionState, DECISION.verbs)))
def test_decision(state, verb):
    assert DECISION.allows(state, verb) == ((state, verb) == (DecisionState.PENDING, "release"))


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (A.DRAFT, None), (A.SUBMITTED, "check"), (A.ADMISSIBLE, "review"), (A.UNDER_REVIEW, "assign"),
        (A.COMMITTEE_READY, "committee"), (A.DEFERRED, "committee"), (A.FAVOURABLE, None), (A.AWARDED, None),
        (A.REJECTED, None), (A.WITHDRAWN, None), (A.ON_AGENDA, None), (A.DROPPED, None),
    ],
)  # fmt: skip
def test_the_next_act_of_the_house(state, expected):
    assert task(state, due_on=None, today=TODAY, progress=Progress()) == expected


def test_a_request_without_answer_is_overdue_the_day_after():
    given = {"state": A.INFO_REQUESTED, "progress": Progress(), "today": TODAY}
    assert task(due_on=date(2026, 11, 23), **given) == "waiting"
    assert task(due_on=date(2026, 11, 22), **given) == "overdue"


@pytest.mark.parametrize(
    ("progress", "expected"),
    [
        (Progress(2, 1, 2), "scoring"),
        (Progress(1, 1, 2), "scoring"),
        (Progress(2, 2, 2), "close_scoring"),
        (Progress(0, 0, 0), "scoring"),
    ],
)
def test_scoring_is_closed_when_every_reader_has_handed_in(progress, expected):
    assert task(A.SCORING, due_on=None, today=TODAY, progress=progress) == expected


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (None, Urgency.LATER), (date(2026, 11, 22), Urgency.LATE), (TODAY, Urgency.TODAY),
        (date(2026, 11, 30), Urgency.WEEK), (date(2026, 12, 1), Urgency.LATER),
    ],
)  # fmt: skip
def test_urgency(day, expected):
    assert urgency(day, TODAY) is expected

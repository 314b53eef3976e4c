"""The order of the knots, and where a project stands."""

from datetime import UTC, datetime

from programme.projects.thread import Step, StepState, with_place

NOON = datetime(2026, 11, 23, 11, tzinfo=UTC)
DONE, HERE, TODO, PROBLEM = StepState.DONE, StepState.HERE, StepState.TODO, StepState.PROBLEM


def places(*states):
    return [
        step.state for step in with_place([Step(f"Étape {rank}", None, state) for rank, state in enumerate(states)])
    ]


def test_the_first_knot_to_come_is_where_the_project_stands():
    assert places(DONE, TODO, TODO) == [DONE, HERE, TODO]


def test_a_room_that_says_where_the_project_stands_is_believed():
    assert places(DONE, TODO, HERE, TODO) == [DONE, TODO, HERE, TODO]


def test_a_thread_that_is_all_behind_has_no_place():
    assert places(DONE, PROBLEM) == [DONE, PROBLEM]
    assert places() == []

"""The whole life of an evaluation."""

from itertools import product

import pytest

from programme.evaluation.states import MACHINE, EvaluationState

S = EvaluationState
ALLOWED = {
    (S.ASSIGNED, "declare_no_conflict"),
    (S.ASSIGNED, "recuse"),
    (S.IN_PROGRESS, "recuse"),
    (S.SUBMITTED, "recuse"),
    (S.IN_PROGRESS, "submit"),
    (S.SUBMITTED, "reopen"),
    (S.SUBMITTED, "lock"),
}


@pytest.mark.parametrize(("state", "verb"), list(product(EvaluationState, MACHINE.verbs)))
def test_transition(state, verb):
    assert MACHINE.allows(state, verb) == ((state, verb) in ALLOWED)

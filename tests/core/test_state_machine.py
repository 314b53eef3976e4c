"""The small machine on which every life in the house is written."""

from enum import StrEnum

import pytest

from programme.core.errors import IllegalTransition, RuleBroken
from programme.core.state_machine import StateMachine, transition


class S(StrEnum):
    A = "a"
    B = "b"
    C = "c"


MACHINE = StateMachine(
    transition("go", of={S.A}, to=S.B),
    transition("go", of={S.B}, to=S.C),
    transition("stop", of={S.A, S.B}, to=S.C),
)


def test_a_verb_leads_to_its_state():
    assert MACHINE.target(S.A, "go") is S.B
    assert MACHINE.target(S.B, "go") is S.C


@pytest.mark.parametrize(("state", "verb"), [(S.C, "go"), (S.C, "stop"), (S.A, "fly")])
def test_a_verb_that_may_not_be_said_is_refused_with_a_sentence(state, verb):
    assert not MACHINE.allows(state, verb)
    with pytest.raises(IllegalTransition, match="changé d’état") as refusal:
        MACHINE.target(state, verb)
    assert (refusal.value.state, refusal.value.verb) == (state, verb)
    assert isinstance(refusal.value, RuleBroken)


def test_verbs_are_listed_once_in_order():
    assert MACHINE.verbs == ["go", "stop"]
    assert MACHINE.allowed(S.A) == ["go", "stop"]
    assert MACHINE.allowed(S.C) == []
    assert len(list(MACHINE)) == 3


def test_two_targets_for_one_state_and_verb_are_a_fault_of_the_code():
    with pytest.raises(ValueError, match="declared twice"):
        StateMachine(transition("go", of={S.A}, to=S.B), transition("go", of={S.A, S.B}, to=S.C))

"""The life of a membership, verb by verb."""

from itertools import product

import pytest

from programme.organisations.states import MACHINE, MembershipState

ALLOWED = {
    ("requested", "accept"),
    ("requested", "end"),
    ("active", "end"),
    ("ended", "ask_again"),
    ("ended", "resume"),
}


@pytest.mark.parametrize(("state", "verb"), list(product(MembershipState, MACHINE.verbs)))
def test_a_verb_is_said_only_in_its_states(state, verb):
    assert MACHINE.allows(state, verb) == ((state, verb) in ALLOWED)

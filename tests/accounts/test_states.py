"""The life of an account, verb by verb."""

from itertools import product

import pytest

from programme.accounts.states import MACHINE, AccountState

ALLOWED = {
    ("unconfirmed", "confirm"),
    ("unconfirmed", "close"),
    ("active", "close"),
    ("closed", "reopen"),
}


@pytest.mark.parametrize(("state", "verb"), list(product(AccountState, MACHINE.verbs)))
def test_a_verb_is_said_only_in_its_states(state, verb):
    assert MACHINE.allows(state, verb) == ((state, verb) in ALLOWED)


def test_the_table_names_every_verb():
    assert {verb for _state, verb in ALLOWED} == set(MACHINE.verbs)

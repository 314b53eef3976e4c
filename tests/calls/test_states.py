"""The lives of a call and of a session, verb by verb."""

from itertools import product

import pytest

from programme.calls.states import CALL, PUBLIC_CALL_STATES, SESSION, CallState, SessionState
from programme.core.errors import IllegalTransition

C, S = CallState, SessionState
ALLOWED_CALL = {
    (C.DRAFT, "ask_review"), (C.IN_REVIEW, "send_back"), (C.IN_REVIEW, "publish"), (C.PUBLISHED, "open"),
    (C.SUSPENDED, "open"), (C.OPEN, "suspend"), (C.OPEN, "close"), (C.SUSPENDED, "close"), (C.CLOSED, "archive"),
    (C.DRAFT, "drop"),
}  # fmt: skip
ALLOWED_SESSION = {
    (S.PLANNED, "open"), (S.OPEN, "close"), (S.CLOSED, "hold_committee"), (S.COMMITTEE_HELD, "vote"), (S.VOTED, "notify"),
}  # fmt: skip


@pytest.mark.parametrize(("state", "verb"), list(product(CallState, CALL.verbs)))
def test_verbs_of_a_call(state, verb):
    assert CALL.allows(state, verb) == ((state, verb) in ALLOWED_CALL)


@pytest.mark.parametrize(("state", "verb"), list(product(SessionState, SESSION.verbs)))
def test_verbs_of_a_session(state, verb):
    assert SESSION.allows(state, verb) == ((state, verb) in ALLOWED_SESSION)


def test_a_suspended_call_opens_again():
    assert CALL.target(C.SUSPENDED, "open") == C.OPEN


def test_a_refused_verb_says_so():
    with pytest.raises(IllegalTransition, match="changé d’état"):
        CALL.target(C.ARCHIVED, "open")


def test_a_draft_is_not_public():
    assert not {C.DRAFT, C.IN_REVIEW, C.DROPPED} & PUBLIC_CALL_STATES
    assert {C.PUBLISHED, C.OPEN, C.SUSPENDED, C.CLOSED, C.ARCHIVED} == PUBLIC_CALL_STATES

"""The four machines, compared verb by verb with tables written by hand."""

from itertools import product

import pytest

from programme.events.labels import (
    CHALLENGE_STATES,
    CHALLENGE_VERBS,
    EVENT_STATES,
    EVENT_VERBS,
    KINDS,
    LICENCES,
    PERIODS,
    REGISTRATION_STATES,
    REGISTRATION_VERBS,
    TEAM_RESULTS,
    TEAM_STATES,
)
from programme.events.states import (
    CHALLENGE_MACHINE,
    EVENT_MACHINE,
    REGISTRATION_MACHINE,
    RESULT_VERBS,
    TEAM_MACHINE,
    ChallengeState,
    CodeLicence,
    EventKind,
    EventState,
    Period,
    RegistrationState,
    TeamResult,
    TeamState,
)

EVENT_ALLOWED = {
    ("idea", "plan"): "planned",
    ("planned", "open_registration"): "registration_open",
    ("registration_closed", "reopen_registration"): "registration_open",
    ("registration_open", "close_registration"): "registration_closed",
    ("registration_open", "start"): "live",
    ("registration_closed", "start"): "live",
    ("live", "start_judging"): "judging",
    ("judging", "publish_results"): "results_published",
    ("results_published", "start_follow_up"): "follow_up",
    ("follow_up", "close"): "closed",
    ("live", "close"): "closed",
    ("idea", "cancel"): "cancelled",
    ("planned", "cancel"): "cancelled",
    ("registration_open", "cancel"): "cancelled",
    ("registration_closed", "cancel"): "cancelled",
    ("live", "cancel"): "cancelled",
}
REGISTRATION_ALLOWED = {
    ("submitted", "open_review"): "under_review",
    ("submitted", "accept"): "confirmed",
    ("under_review", "accept"): "confirmed",
    ("submitted", "queue"): "waiting",
    ("under_review", "queue"): "waiting",
    ("waiting", "offer"): "offered",
    ("offered", "accept_offer"): "confirmed",
    ("offered", "expire"): "withdrawn",
    ("submitted", "decline"): "declined",
    ("under_review", "decline"): "declined",
    ("waiting", "decline"): "declined",
    ("offered", "decline"): "declined",
    ("confirmed", "decline"): "declined",
    ("submitted", "withdraw"): "withdrawn",
    ("under_review", "withdraw"): "withdrawn",
    ("waiting", "withdraw"): "withdrawn",
    ("offered", "withdraw"): "withdrawn",
    ("confirmed", "withdraw"): "withdrawn",
    ("confirmed", "mark_present"): "present",
    ("absent", "mark_present"): "present",
    ("confirmed", "mark_absent"): "absent",
    ("present", "mark_absent"): "absent",
}
TEAM_ALLOWED = {
    ("forming", "confirm"): "confirmed",
    ("confirmed", "deliver"): "delivered",
    ("delivered", "deliver"): "delivered",
    ("delivered", "shortlist"): "finalist",
    ("delivered", "award"): "winner",
    ("finalist", "award"): "winner",
    ("delivered", "mention"): "special_mention",
    ("finalist", "mention"): "special_mention",
    ("delivered", "set_aside"): "not_selected",
    ("finalist", "set_aside"): "not_selected",
    ("forming", "drop"): "dropped",
    ("confirmed", "drop"): "dropped",
}
CHALLENGE_ALLOWED = {
    ("proposed", "accept"): "accepted",
    ("accepted", "publish"): "published",
    ("published", "solve"): "solved",
    ("published", "leave_unsolved"): "unsolved",
    ("solved", "experiment"): "experimented",
}


@pytest.mark.parametrize(
    ("machine", "states", "allowed"),
    [
        (EVENT_MACHINE, EventState, EVENT_ALLOWED),
        (REGISTRATION_MACHINE, RegistrationState, REGISTRATION_ALLOWED),
        (TEAM_MACHINE, TeamState, TEAM_ALLOWED),
        (CHALLENGE_MACHINE, ChallengeState, CHALLENGE_ALLOWED),
    ],
)
def test_each_verb_leads_where_the_table_says_and_nowhere_else(machine, states, allowed):
    said = {
        (state, verb): machine.target(state, verb)
        for state, verb in product(states, machine.verbs)
        if machine.allows(state, verb)
    }
    assert said == allowed


@pytest.mark.parametrize(
    ("codes", "words"),
    [
        (EventState, EVENT_STATES), (RegistrationState, REGISTRATION_STATES), (TeamState, TEAM_STATES),
        (ChallengeState, CHALLENGE_STATES), (EventKind, KINDS), (CodeLicence, LICENCES), (Period, PERIODS),
        (TeamResult, TEAM_RESULTS), (EVENT_MACHINE.verbs, EVENT_VERBS),
    ],
)  # fmt: skip
def test_each_code_has_its_word(codes, words):
    assert set(words) == set(codes)


def test_each_result_of_the_jury_has_its_verb():
    assert {result: TEAM_MACHINE.target(TeamState.DELIVERED, verb) for result, verb in RESULT_VERBS.items()} == {
        result: TeamState(result.value) for result in TeamResult
    }
    assert set(REGISTRATION_VERBS) <= set(REGISTRATION_MACHINE.verbs)
    assert set(CHALLENGE_VERBS) <= set(CHALLENGE_MACHINE.verbs)

"""The whole life of an application and of a piece, verb by verb."""

from itertools import product

import pytest

from programme.applications.labels import FAULTS, PIECES, PUBLIC_STATES, PUBLIC_TONES, STATES, TONES
from programme.applications.states import BEFORE_DECISION, MACHINE, PIECE, ApplicationState, PieceState

S, P = ApplicationState, PieceState
OPINIONS = (S.FAVOURABLE, S.RESERVED, S.DEFERRED, S.UNFAVOURABLE)
ALLOWED = {
    (S.DRAFT, "submit"), (S.DRAFT, "withdraw"),
    (S.SUBMITTED, "request_info"), (S.SUBMITTED, "admit"), (S.SUBMITTED, "declare_inadmissible"),
    (S.SUBMITTED, "redirect"), (S.SUBMITTED, "withdraw"),
    (S.INFO_REQUESTED, "answer_info"), (S.INFO_REQUESTED, "declare_inadmissible"), (S.INFO_REQUESTED, "redirect"),
    (S.INFO_REQUESTED, "withdraw"), (S.INFO_REQUESTED, "drop"),
    (S.ADMISSIBLE, "open_review"), (S.ADMISSIBLE, "redirect"), (S.ADMISSIBLE, "withdraw"),
    (S.UNDER_REVIEW, "open_scoring"), (S.UNDER_REVIEW, "redirect"), (S.UNDER_REVIEW, "withdraw"),
    (S.SCORING, "close_scoring"), (S.SCORING, "withdraw"),
    *product((S.COMMITTEE_READY, *OPINIONS), ("give_favourable", "give_reserved", "defer", "give_unfavourable", "withdraw")),
    *product((S.FAVOURABLE, S.RESERVED, S.UNFAVOURABLE), ("put_on_agenda",)),
    *product((S.SUBMITTED, S.ADMISSIBLE, S.UNDER_REVIEW, S.COMMITTEE_READY, *OPINIONS), ("invite", "not_retain")),
    (S.ON_AGENDA, "take_off_agenda"), (S.ON_AGENDA, "award"), (S.ON_AGENDA, "reject"), (S.ON_AGENDA, "withdraw"),
}  # fmt: skip
ALLOWED_PIECE = {
    *product((P.EXPECTED, P.PROVIDED, P.REFUSED, P.EXPIRED), ("provide",)), (P.PROVIDED, "take_back"),
    (P.PROVIDED, "accept"), (P.REFUSED, "accept"), (P.PROVIDED, "refuse"), (P.ACCEPTED, "refuse"),
    (P.PROVIDED, "expire"), (P.ACCEPTED, "expire"),
}  # fmt: skip


@pytest.mark.parametrize(("state", "verb"), list(product(ApplicationState, MACHINE.verbs)))
def test_verbs_of_an_application(state, verb):
    assert MACHINE.allows(state, verb) == ((state, verb) in ALLOWED)


@pytest.mark.parametrize(("state", "verb"), list(product(PieceState, PIECE.verbs)))
def test_verbs_of_a_piece(state, verb):
    assert PIECE.allows(state, verb) == ((state, verb) in ALLOWED_PIECE)


def test_nothing_moves_after_the_end():
    ends = set(ApplicationState) - {state for state, _verb in ALLOWED}
    assert ends == {
        S.INADMISSIBLE,
        S.AWARDED,
        S.REJECTED,
        S.REDIRECTED,
        S.INVITED,
        S.NOT_RETAINED,
        S.WITHDRAWN,
        S.DROPPED,
    }
    assert not ends & BEFORE_DECISION


def test_the_applicant_reads_plain_words_and_no_inner_state():
    assert set(PUBLIC_STATES) == set(STATES) == set(TONES) == set(PUBLIC_TONES) == set(ApplicationState)
    inner = {S.ADMISSIBLE, S.UNDER_REVIEW, S.SCORING, S.COMMITTEE_READY, *OPINIONS, S.ON_AGENDA}
    assert {str(PUBLIC_STATES[state]) for state in inner} == {"En cours d’instruction"}
    assert {PUBLIC_TONES[state] for state in inner} == {"neutral"}
    assert set(PIECES) == set(PieceState)


def test_the_applicant_reads_the_words_of_the_programme_and_none_of_a_payment_that_cannot_come_yet():
    """The words of the public states; those of the first of two steps stand beside them."""
    told = {state: str(words) for state, words in PUBLIC_STATES.items() if state not in (S.INVITED, S.NOT_RETAINED)}
    assert set(told.values()) == {
        "Brouillon", "Transmis", "Compléments demandés", "En cours d’instruction", "Attribué", "Refusé", "Retiré",
        "Réorienté", "Classé sans suite",
    }  # fmt: skip
    assert [state for state, words in told.items() if words == "Refusé"] == [S.INADMISSIBLE, S.REJECTED]
    assert [state for state, words in told.items() if words == "Transmis"] == [S.SUBMITTED]


def test_every_fault_has_its_sentence():
    assert all(str(sentence) for sentence in FAULTS.values())

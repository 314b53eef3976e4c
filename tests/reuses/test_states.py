"""The life of a reuse, verb by verb."""

from itertools import product

import pytest

from programme.core.errors import IllegalTransition
from programme.reuses.labels import FLAG_REASONS, KINDS, OPENINGS, ORIGINS, STATES, TONES
from programme.reuses.rules.export import NATIONAL_TYPES
from programme.reuses.states import MACHINE, PUBLIC, FlagReason, ReuseKind, ReuseOrigin, ReuseState

S = ReuseState
ALLOWED = {
    (S.DRAFT, "submit"): S.SUBMITTED,
    (S.SUBMITTED, "publish"): S.PUBLISHED,
    (S.SUBMITTED, "ask_for_info"): S.INFO_REQUESTED,
    (S.SUBMITTED, "unpublish"): S.UNPUBLISHED,
    (S.INFO_REQUESTED, "complete"): S.SUBMITTED,
    (S.INFO_REQUESTED, "unpublish"): S.UNPUBLISHED,
    (S.PUBLISHED, "feature"): S.FEATURED,
    (S.PUBLISHED, "flag"): S.FLAGGED,
    (S.PUBLISHED, "mark_broken"): S.BROKEN_LINK,
    (S.PUBLISHED, "unpublish"): S.UNPUBLISHED,
    (S.FEATURED, "unfeature"): S.PUBLISHED,
    (S.FEATURED, "flag"): S.FLAGGED,
    (S.FEATURED, "mark_broken"): S.BROKEN_LINK,
    (S.FEATURED, "unpublish"): S.UNPUBLISHED,
    (S.FLAGGED, "clear_flags"): S.PUBLISHED,
    (S.FLAGGED, "mark_broken"): S.BROKEN_LINK,
    (S.FLAGGED, "unpublish"): S.UNPUBLISHED,
    (S.BROKEN_LINK, "repair"): S.PUBLISHED,
    (S.BROKEN_LINK, "unpublish"): S.UNPUBLISHED,
    (S.UNPUBLISHED, "reopen"): S.SUBMITTED,
}


@pytest.mark.parametrize(("state", "verb"), list(product(ReuseState, MACHINE.verbs)))
def test_each_verb_is_allowed_in_its_states_only(state, verb):
    assert MACHINE.allows(state, verb) == ((state, verb) in ALLOWED)
    if (state, verb) in ALLOWED:
        assert MACHINE.target(state, verb) is ALLOWED[state, verb]
    else:
        with pytest.raises(IllegalTransition):
            MACHINE.target(state, verb)


def test_the_public_sees_what_is_published_even_reported_or_with_a_broken_link():
    assert {S.PUBLISHED, S.FEATURED, S.FLAGGED, S.BROKEN_LINK} == PUBLIC


@pytest.mark.parametrize(
    ("words", "codes"),
    [(KINDS, ReuseKind), (OPENINGS, ReuseKind), (NATIONAL_TYPES, ReuseKind), (STATES, ReuseState), (TONES, ReuseState),
     (ORIGINS, ReuseOrigin), (FLAG_REASONS, FlagReason)],
)  # fmt: skip
def test_every_code_has_its_word(words, codes):
    assert set(words) == set(codes)

"""The whole tables of the three machines, compared with what is written here by hand."""

from itertools import product

import pytest

from programme.agreements.states import (
    COMMITMENT,
    MACHINE,
    PARTNER,
    AgreementState,
    CommitmentState,
    PartnerStatus,
)

AGREEMENT_ALLOWED = {
    ("to_prepare", "prepare"), ("draft", "ask_review"), ("in_review", "send_back"), ("in_review", "approve"),
    ("approved", "send_back"), ("approved", "send"), ("sent", "send_back"), ("sent", "sign_as_partner"),
    ("partner_signed", "sign_as_region"), ("signed", "activate"), ("signed", "terminate"), ("active", "mark_to_renew"),
    ("active", "expire"), ("active", "terminate"), ("to_renew", "renew"), ("to_renew", "expire"),
    ("to_renew", "terminate"),
}  # fmt: skip
PARTNER_ALLOWED = {
    ("prospect", "ask"), ("left", "ask"), ("requested", "review"), ("requested", "decline"), ("under_review", "decline"),
    ("under_review", "activate"), ("active", "suspend"), ("suspended", "resume"), ("active", "leave"),
    ("suspended", "leave"),
}  # fmt: skip
COMMITMENT_ALLOWED = {
    ("planned", "start"), ("planned", "publish"), ("in_preparation", "publish"), ("published", "confirm"),
    ("up_to_date", "confirm"), ("planned", "drop"), ("in_preparation", "drop"),
}  # fmt: skip


@pytest.mark.parametrize(("state", "verb"), list(product(AgreementState, MACHINE.verbs)))
def test_agreement_transition(state, verb):
    assert MACHINE.allows(state, verb) == ((state.value, verb) in AGREEMENT_ALLOWED)


@pytest.mark.parametrize(("state", "verb"), list(product(PartnerStatus, PARTNER.verbs)))
def test_partner_transition(state, verb):
    assert PARTNER.allows(state, verb) == ((state.value, verb) in PARTNER_ALLOWED)


@pytest.mark.parametrize(("state", "verb"), list(product(CommitmentState, COMMITMENT.verbs)))
def test_commitment_transition(state, verb):
    assert COMMITMENT.allows(state, verb) == ((state.value, verb) in COMMITMENT_ALLOWED)


def test_every_state_can_be_reached():
    for machine, states, first in (
        (MACHINE, AgreementState, AgreementState.TO_PREPARE),
        (PARTNER, PartnerStatus, PartnerStatus.PROSPECT),
        (COMMITMENT, CommitmentState, CommitmentState.PLANNED),
    ):
        assert {each.to for each in machine} | {first} == set(states)

"""The network: requests, answers, commitments kept, late or dropped."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from programme.accounts.states import Role
from programme.agreements import services
from programme.agreements.models import PartnershipRequest
from programme.agreements.states import AgreementState as S
from programme.agreements.states import CommitmentState as C
from programme.agreements.states import PartnerStatus
from programme.core.errors import IllegalTransition, RuleBroken
from programme.core.mail import OutboxMessage
from tests.factories.agreements import AT, partner, partnership_agreement
from tests.factories.people import account

pytestmark = pytest.mark.db


def ask_again(request, nonce, person):
    return services.request_partnership(
        request.partnership.organisation, wishes="Encore.", contact_name="Lou", contact_email="lou@exemple.fr",
        datasets=[{"title": "Vélos", "due_on": AT.date()}], nonce=nonce, by=person, at=AT,
    )  # fmt: skip


def test_a_form_sent_twice_makes_one_request(db, unit):
    with unit():
        request = partner()
        assert ask_again(request, request.nonce, account()) is request
    assert len(db.session.scalars(select(PartnershipRequest)).all()) == 1


def test_a_second_request_waits_for_the_first(db, unit):
    with unit():
        request = partner()
        with pytest.raises(RuleBroken, match="déjà chez nous"):
            ask_again(request, "autre", account())


def test_declining_tells_why_and_lets_ask_again(db, unit):
    with unit():
        request, officer = partner(), account(Role.OFFICER_PROGRAMME)
        with pytest.raises(RuleBroken, match="raison"):
            services.lead_partner(request.partnership, "decline", by=officer, at=AT)
        services.lead_partner(request.partnership, "decline", reason="Ces données existent déjà.", by=officer, at=AT)
        assert request.partnership.status is PartnerStatus.PROSPECT
        ask_again(request, "autre", account())
    subjects = [each.subject for each in db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))]
    assert subjects[1] == "La Région ne prépare pas de convention pour le moment"


def test_a_partner_is_suspended_and_comes_back(db, unit):
    with unit():
        request, officer = partner(), account(Role.OFFICER_PROGRAMME)
        partnership_agreement(S.ACTIVE, request=request)
        services.lead_partner(request.partnership, "suspend", by=officer, at=AT)
        services.lead_partner(request.partnership, "resume", by=officer, at=AT)
        assert request.partnership.status is PartnerStatus.ACTIVE
        with pytest.raises(RuleBroken, match="déjà partenaire"):
            ask_again(request, "autre", account())


def test_the_data_sets_of_a_request_become_dated_commitments(db, unit):
    with unit():
        agreement = partnership_agreement()
        assert [(each.title, each.due_on) for each in agreement.commitments] == [
            ("Arrêts 1", AT.date() + timedelta(days=30)), ("Arrêts 2", AT.date() + timedelta(days=90)),
        ]  # fmt: skip
        assert [each["title"] for each in agreement.tables["datasets"]] == ["Arrêts 1", "Arrêts 2"]


def test_being_late_is_computed_from_the_day(db, unit):
    with unit():
        promise = partnership_agreement(S.ACTIVE).commitments[0]
        assert not promise.is_late(promise.due_on)
        assert promise.is_late(promise.due_on + timedelta(days=1))
        services.follow(promise, "publish", by=None, at=AT, url="https://exemple.fr/jeu")
        assert not promise.is_late(promise.due_on + timedelta(days=1))
        assert (promise.state, promise.published_on, promise.url) == (C.PUBLISHED, AT.date(), "https://exemple.fr/jeu")
        services.follow(promise, "confirm", by=None, at=AT)
        assert (promise.state, promise.confirmed_on) == (C.UP_TO_DATE, AT.date())


def test_a_commitment_is_dropped_only_with_a_reason(db, unit):
    with unit():
        promise = partnership_agreement(S.ACTIVE).commitments[0]
        services.follow(promise, "start", by=None, at=AT)
        with pytest.raises(RuleBroken, match="pourquoi"):
            services.follow(promise, "drop", by=None, at=AT)
        services.follow(promise, "drop", by=None, at=AT, reason="Le service a changé d’exploitant.")
        assert (promise.state, promise.is_kept) == (C.DROPPED, False)
        with pytest.raises(IllegalTransition):
            services.follow(promise, "publish", by=None, at=AT)

"""From the award to the end of the convention: what each act does, and what it refuses."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from programme.accounts.states import Role
from programme.agreements import jobs, services
from programme.agreements.models import Agreement
from programme.agreements.states import AgreementFamily as F
from programme.agreements.states import AgreementState as S
from programme.agreements.states import PartnerStatus
from programme.core.clock import local_day, now
from programme.core.errors import IllegalTransition, RuleBroken
from programme.core.journal import JournalEntry
from programme.core.mail import OutboxMessage
from programme.extensions import db as database
from programme.organisations.states import OrganisationKind
from tests.factories.agreements import (
    AT,
    GRANT_VALUES,
    advance,
    award,
    deliberation,
    grant,
    grant_agreement,
    owner_of,
    partner,
    partnership_agreement,
)
from tests.factories.people import account
from tests.pages import plain

pytestmark = pytest.mark.db


def test_templates_are_installed_once(db, unit):
    with unit():
        services.install_templates(at=AT)
        services.install_templates(at=AT)
    versions = [
        (each.family, each.version) for each in db.session.scalars(select(services.templates.AgreementTemplate))
    ]
    assert sorted(versions) == [(F.GRANT, 1), (F.PARTNERSHIP, 1)]


def test_a_template_with_an_unknown_variable_is_refused_with_its_name(db, unit):
    source = {"title": "T {{montant}}", "visas": [], "articles": []}
    with pytest.raises(RuleBroken, match="variable inconnue « montant »"), unit():
        services.publish_template(F.GRANT, source, by=None, at=AT)


def test_a_new_version_leaves_prepared_agreements_on_theirs(db, unit):
    with unit():
        agreement = grant_agreement()
        source = {"title": "Nouveau modèle", "visas": [], "articles": []}
        services.publish_template(F.GRANT, source, by=None, at=AT)
        services.set_values(agreement, {}, frozenset(), version=None, by=None, at=AT)
        assert agreement.template.version == 1
        assert agreement.text["title"] == "Convention attributive de subvention"


def test_an_award_opens_one_convention(db, unit):
    with unit():
        decision = award()
        first = services.open_for_award(decision, by=None, at=AT)
        assert services.open_for_award(decision, by=None, at=AT) is first
        assert (first.state, first.amount, first.deliberation) == (S.TO_PREPARE, Decimal(14000), decision.deliberation)


def test_a_draft_takes_the_facts_of_the_award(db, unit):
    with unit():
        agreement = grant_agreement()
        values = agreement.values
        assert (values["amount"], values["rate"], values["amount_in_words"]) == (
            "14000.00",
            "50.00",
            "quatorze mille euros",
        )
        assert (values["ends_on"], values["evidence_due_on"], values["data_due_on"]) == (
            "2027-08-31",
            "2028-02-29",
            "2028-02-29",
        )
        assert agreement.tables["payments"] == [["advance", "7000.00"], ["balance", "7000.00"]]
        assert {"is_association", "is_private", "has_advance", "opens_data"} <= set(agreement.flags)
        assert [each.title for each in agreement.commitments] == ["Ombre portée 1"]
        assert agreement.tables["budget"]["own_complement"] == "7000.00"


def test_a_draft_without_all_its_values_cannot_be_reviewed(db, unit):
    with unit():
        services.install_templates(at=AT)
        agreement = grant().agreement
        services.prepare(agreement, by=None, at=AT)
        assert "framework_act" in agreement.missing
        with pytest.raises(RuleBroken, match="Il manque 4 valeur"):
            services.ask_review(agreement, by=None, at=AT)
        services.set_values(agreement, GRANT_VALUES, frozenset(agreement.flags), version=None, by=None, at=AT)
        services.ask_review(agreement, by=None, at=AT)
        assert agreement.state is S.IN_REVIEW


def test_facts_that_come_from_records_are_not_editable(db, unit):
    with unit():
        agreement = grant_agreement()
        services.set_values(
            agreement, {"amount": "99999", "organisation_name": "X"}, frozenset(), version=None, by=None, at=AT
        )
        assert agreement.values["amount"] == "14000.00"
        assert agreement.values["organisation_name"] != "X"


def test_the_advance_follows_its_rate(db, unit):
    with unit():
        agreement = grant_agreement()
        services.set_values(agreement, {"advance_rate": "5"}, frozenset(), version=None, by=None, at=AT)
        assert "has_advance" not in agreement.flags
        assert agreement.tables["payments"] == [["single", "14000.00"]]


def test_the_second_of_two_savings_is_told(db, unit):
    with unit():
        agreement = grant_agreement()
        services.set_values(agreement, {"budget_line": "A"}, frozenset(), version=2, by=None, at=AT)
        with pytest.raises(services.Outdated):
            services.set_values(agreement, {"budget_line": "B"}, frozenset(), version=2, by=None, at=AT)


def test_only_a_draft_changes(db, unit):
    with unit():
        agreement = grant_agreement(S.APPROVED)
        with pytest.raises(RuleBroken, match="n’est plus un projet"):
            services.set_values(agreement, {"budget_line": "A"}, frozenset(), version=None, by=None, at=AT)


def test_above_the_threshold_a_private_body_cannot_do_without(db, unit):
    with unit():
        agreement = grant(amount="23001", cost="46002").agreement
        with pytest.raises(RuleBroken, match="article 10"):
            services.waive(agreement, by=None, at=AT)
        assert "is_private_above_threshold" in advance(agreement, S.DRAFT).flags


def test_a_public_body_or_a_small_grant_can_do_without(db, unit):
    with unit():
        public = grant(amount="60000", cost="120000", kind=OrganisationKind.LOCAL_AUTHORITY).agreement
        services.waive(public, by=None, at=AT)
        services.waive(grant(amount="23000", cost="46000").agreement, by=None, at=AT)
    assert db.session.scalars(select(Agreement)).all() == []


def test_the_approval_freezes_the_text_and_its_print(db, unit):
    with unit():
        agreement = grant_agreement(S.APPROVED)
        assert len(agreement.text_sha256) == 64
        before = agreement.text_sha256
        services.send_back(agreement, "Le montant de l’avance est à revoir.", by=None, at=AT)
        assert (agreement.state, agreement.text_sha256, agreement.officer_note) == (
            S.DRAFT,
            None,
            "Le montant de l’avance est à revoir.",
        )
        services.set_values(agreement, {"advance_rate": "30"}, frozenset(agreement.flags), version=None, by=None, at=AT)
        services.ask_review(agreement, by=None, at=AT)
        services.approve(agreement, by=None, at=AT)
        assert agreement.text_sha256 != before


@pytest.mark.parametrize("case", ["none", "not_published"])
def test_nothing_is_sent_before_the_vote_is_recorded_and_executory(db, unit, case):
    with unit():
        agreement = grant_agreement(S.APPROVED)
        agreement.deliberation = None if case == "none" else deliberation(executory=False)
        with pytest.raises(RuleBroken, match="délibération"):
            services.send(agreement, by=None, at=AT)
        assert agreement.state is S.APPROVED


def test_nobody_signs_while_the_vote_is_not_executory(db, unit):
    with unit():
        agreement = grant_agreement(S.SENT)
        agreement.deliberation = deliberation(executory=False)
        with pytest.raises(RuleBroken, match="exécutoire"):
            services.sign_as_partner(
                agreement, name="A", capacity="B", text_sha256=agreement.text_sha256, by=owner_of(agreement), at=AT
            )
        signed = grant_agreement(S.PARTNER_SIGNED)
        signed.deliberation = deliberation(executory=False)
        with pytest.raises(RuleBroken, match="exécutoire"):
            services.sign_as_region(signed, name="A", capacity="B", on=AT.date(), by=None, at=AT)


def test_sending_numbers_without_gaps_issues_a_copy_and_tells_the_owners(db, unit):
    with unit():
        first, second = grant_agreement(S.APPROVED), grant_agreement(S.APPROVED)
        owner = owner_of(first)
        services.send(first, by=None, at=AT)
        services.send(second, by=None, at=AT)
        assert [first.number, second.number] == [f"CV-{AT.year}-0001", f"CV-{AT.year}-0002"]
        assert (first.document.number, first.document.issued_at) == (f"CV-{AT.year}-0001-V1", AT)
        assert "quatorze mille euros" in first.document.html
    mails = db.session.scalars(select(OutboxMessage)).all()
    assert [(each.recipient, plain(each.subject)) for each in mails] == [
        (owner.email, f"Convention à signer : {first.number}, Ombre Fraîche : où planter d'abord")
    ]


def test_a_copy_sent_again_keeps_its_number_and_counts_its_versions(db, unit):
    with unit():
        agreement = grant_agreement(S.SENT)
        number = agreement.number
        services.send_back(agreement, "Erreur de siège.", by=None, at=AT)
        assert agreement.document is None
        advance_again = [services.ask_review, services.approve, services.send]
        for act in advance_again:
            act(agreement, by=None, at=AT)
        assert (agreement.number, agreement.document.number) == (number, f"{number}-V2")


def test_the_region_never_signs_first(db, unit):
    with unit():
        agreement = grant_agreement(S.SENT)
        with pytest.raises(IllegalTransition):
            services.sign_as_region(agreement, name="A", capacity="B", on=AT.date(), by=None, at=AT)


def test_one_signs_the_text_that_the_page_showed(db, unit):
    with unit():
        agreement = grant_agreement(S.SENT)
        with pytest.raises(RuleBroken, match="texte a changé"):
            services.sign_as_partner(
                agreement, name="A", capacity="B", text_sha256="0" * 64, by=owner_of(agreement), at=AT
            )


@pytest.mark.parametrize(("days", "sentence"), [(1, "à venir"), (-1, "après le partenaire")])
def test_the_day_of_the_regions_signature_is_neither_to_come_nor_before_the_partners(db, unit, days, sentence):
    with unit():
        agreement = grant_agreement(S.PARTNER_SIGNED)
        with pytest.raises(RuleBroken, match=sentence):
            services.sign_as_region(
                agreement, name="A", capacity="B", on=AT.date() + timedelta(days=days), by=None, at=AT
            )


def test_the_signed_copy_is_a_second_document_and_names_who_signed(db, unit):
    with unit():
        agreement = grant_agreement(S.SIGNED)
        assert agreement.signed_document.number == agreement.number
        assert "Jean Roux" in agreement.signed_document.html
        assert "Jean Roux" not in agreement.document.html


def test_every_act_is_in_the_journal(db, unit):
    with unit():
        number = grant_agreement(S.ACTIVE).id
    acts = [
        each.act
        for each in db.session.scalars(
            select(JournalEntry)
            .where(JournalEntry.subject_type == "agreement", JournalEntry.subject_id == number)
            .order_by(JournalEntry.id)
        )
    ]
    assert acts == [
        "agreement.opened", "agreement.prepared", "agreement.values_set", "agreement.review_asked", "agreement.approved",
        "agreement.sent", "agreement.partner_signed", "agreement.region_signed", "agreement.activated",
    ]  # fmt: skip


def test_a_partnership_in_force_makes_a_partner_and_its_end_unmakes_it(db, unit):
    with unit():
        request = partner()
        place = request.partnership
        assert place.status is PartnerStatus.REQUESTED
        agreement = partnership_agreement(S.ACTIVE, request=request)
        assert place.status is PartnerStatus.ACTIVE
        services.terminate(agreement, "Le partenaire se retire.", on=AT.date(), by=None, at=AT)
        assert (place.status, agreement.closing_reason) == (PartnerStatus.LEFT, "Le partenaire se retire.")


def test_renewing_goes_further_but_not_too_far(db, unit):
    with unit():
        agreement = partnership_agreement(S.TO_RENEW)
        term = agreement.ends_on
        with pytest.raises(RuleBroken, match="postérieur"):
            services.renew(agreement, term, by=None, at=AT)
        with pytest.raises(RuleBroken, match="terme maximal"):
            services.renew(agreement, term.replace(year=term.year + 10), by=None, at=AT)
        services.renew(agreement, term + timedelta(days=365), by=None, at=AT)
        assert (agreement.state, agreement.ends_on) == (S.ACTIVE, term + timedelta(days=365))


def test_an_agreement_does_not_expire_before_its_term(db, unit):
    with unit():
        agreement = partnership_agreement(S.ACTIVE)
        with pytest.raises(RuleBroken, match="pas encore passé"):
            services.expire(agreement, by=None, at=AT)


def test_the_worker_marks_terms_that_come_near_and_lets_past_ones_expire(db, unit):
    today = local_day(now())
    with unit():
        far, near, past = (partnership_agreement(S.ACTIVE) for _ in range(3))
        far.ends_on, near.ends_on, past.ends_on = (
            today + timedelta(days=200),
            today + timedelta(days=60),
            today - timedelta(days=1),
        )
        ids = [far.id, near.id, past.id]
    jobs.watch_terms()
    jobs.watch_terms()
    states = [database.session.get(Agreement, each).state for each in ids]
    assert states == [S.ACTIVE, S.TO_RENEW, S.EXPIRED]


def test_a_partnership_needs_a_vote_before_its_review(db, unit):
    with unit():
        services.install_templates(at=AT)
        agreement = partnership_agreement(S.TO_PREPARE)
        services.prepare(agreement, by=None, at=AT)
        assert {"deliberation_number", "framework_act"} <= set(agreement.missing)
        services.set_deliberation(
            agreement,
            "26-0900",
            "Partenariats",
            voted_on=AT.date(),
            published_on=None,
            received_on=None,
            by=None,
            at=AT,
        )
        assert "deliberation_number" not in agreement.missing
        with pytest.raises(RuleBroken, match="autre date"):
            services.set_deliberation(
                agreement,
                "26-0900",
                "X",
                voted_on=AT.date() - timedelta(days=1),
                published_on=None,
                received_on=None,
                by=None,
                at=AT,
            )


def test_a_request_needs_to_be_taken_in_charge_first(db, unit):
    with unit():
        request = partner()
        with pytest.raises(RuleBroken, match="en charge"):
            services.open_for_request(request, by=account(Role.OFFICER_PROGRAMME), at=AT)

"""Preparing the text of an agreement from its template, the records and the values that an officer sets."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from programme.accounts.models import Account
from programme.agreements import documents, queries
from programme.agreements.models import Agreement, Commitment, PartnershipRequest
from programme.agreements.rules import facts
from programme.agreements.rules.variables import CHOSEN, editable_variables
from programme.agreements.services import events
from programme.agreements.services.templates import install_templates
from programme.agreements.states import MACHINE, AgreementFamily, AgreementState, CommitmentState, PartnerStatus
from programme.applications.models import Application
from programme.applications.rules.budget import agreement_due
from programme.assessment.models import Decision, Deliberation
from programme.catalogue.models import Licence
from programme.core import journal
from programme.core.clock import local_day
from programme.core.errors import RuleBroken
from programme.core.identifiers import random_code
from programme.core.periods import add_months
from programme.extensions import db

TERM_MONTHS = 36
LONGEST_MONTHS = 72


class Outdated(RuleBroken):
    """A colleague saved the values meanwhile: what was typed is shown again beside what was saved."""

    def __init__(self) -> None:
        super().__init__(
            _("Une autre personne a enregistré ces valeurs entre-temps. Votre saisie est ci-dessous : relisez, puis enregistrez de nouveau pour la garder.")
        )  # fmt: skip


def open_for_award(decision: Decision, *, by: Account | None, at: datetime, reference: str | None = None) -> Agreement:
    """An award calls for a convention: it is put among those to prepare. Said twice, the second time does nothing."""
    known = db.session.scalars(queries.of_decision(decision.id)).one_or_none()
    if known is not None:
        return known
    application = decision.application
    agreement = Agreement(
        reference=reference or f"C-{random_code()}", family=AgreementFamily.GRANT, title=application.title,
        organisation=application.organisation, application=application, decision_id=decision.id,
        project_id=application.project_id, amount=decision.amount, deliberation=decision.deliberation, opened_at=at,
        state=AgreementState.TO_PREPARE, commitments=[],
    )  # fmt: skip
    db.session.add(agreement)
    journal.record("agreement.opened", on=agreement, by=by, at=at, after={"amount": str(decision.amount)})
    return agreement


def open_for_request(
    request: PartnershipRequest, *, by: Account, at: datetime, reference: str | None = None
) -> Agreement:
    """The request of a partner under review becomes a convention to prepare, its data sets dated commitments."""
    partnership = request.partnership
    if partnership.status is not PartnerStatus.UNDER_REVIEW:
        raise RuleBroken(_("Prenez d’abord la demande en charge, puis préparez la convention."))
    if db.session.scalars(queries.of_request(request.id)).first() is not None:
        raise RuleBroken(_("La convention de cette demande est déjà ouverte."))
    organisation = partnership.organisation
    agreement = Agreement(
        reference=reference or f"C-{random_code()}", family=AgreementFamily.PARTNERSHIP, organisation=organisation,
        title=_("Partenariat pour l’ouverture des données, %(name)s", name=organisation.name)[:300],
        request_id=request.id, opened_at=at, state=AgreementState.TO_PREPARE,
        commitments=[
            Commitment(
                title=each["title"], due_on=date.fromisoformat(each["due_on"]), frequency=each["frequency"],
                licence=Licence(each["licence"]), state=CommitmentState.PLANNED,
            )
            for each in request.datasets
        ],
    )  # fmt: skip
    db.session.add(agreement)
    request.answered_at = at
    journal.record("agreement.opened", on=agreement, by=by, at=at)
    return agreement


def waive(agreement: Agreement, *, by: Account, at: datetime) -> None:
    """Do without a convention: the award is carried by its deliberation and letter alone.

    Raises:
        RuleBroken: the law demands a convention (more than 23,000 € to a private body: law 2000-321, art. 10).
    """
    if agreement.state is not AgreementState.TO_PREPARE or agreement.amount is None:
        raise RuleBroken(_("Seule une convention qui reste à préparer peut être écartée."))
    if agreement_due(agreement.amount, is_public_body=agreement.organisation.is_public_body):
        raise RuleBroken(
            _("Au-dessus de 23 000 €, la loi impose une convention avec un organisme de droit privé (loi n° 2000-321, article 10).")
        )  # fmt: skip
    journal.record("agreement.waived", on=agreement, by=by, at=at, before={"decision": agreement.decision_id})
    events.tell("waived", agreement, by, at)
    db.session.delete(agreement)


def prepare(agreement: Agreement, *, by: Account | None, at: datetime) -> None:
    """Take the template in use, fill it from the records, and write a first text."""
    install_templates(at=at)  # Nothing when the Region has its own.
    template = db.session.scalars(queries.latest_template(agreement.family)).one()
    agreement.state = AgreementState(MACHINE.target(agreement.state, "prepare"))
    agreement.template, agreement.prepared_at = template, at
    if agreement.family is AgreementFamily.GRANT:
        _fill_grant(agreement)
    else:
        _fill_partnership(agreement, at)
    rewrite(agreement)
    journal.record("agreement.prepared", on=agreement, by=by, at=at, after={"template": template.version})


def set_values(
    agreement: Agreement, changes: Mapping[str, Any], chosen: frozenset[str], *, version: int | None, by: Account | None,
    at: datetime,
) -> None:  # fmt: skip
    """Change single values and the conditions that an officer chooses, then write the text again.

    Raises:
        RuleBroken: it is no longer a draft; Outdated: somebody saved in between.
    """
    _only_draft(agreement)
    if version is not None and version != agreement.version:
        raise Outdated
    allowed = editable_variables(agreement.family)
    before = {name: agreement.values.get(name, "") for name in allowed}
    kept = {name: facts.kept(value) for name, value in changes.items() if name in allowed}
    agreement.values = {**agreement.values, **kept}
    agreement.flags = sorted((set(agreement.flags) - CHOSEN) | (chosen & CHOSEN))
    rewrite(agreement)
    agreement.version += 1
    changed = sorted(name for name, value in kept.items() if before[name] != value)
    # Names of the changed values only: the values themselves may name people, and live in the agreement.
    journal.record("agreement.values_set", on=agreement, by=by, at=at, after={"names": changed})


def set_deliberation(
    agreement: Agreement, number: str, title: str, *, voted_on: date, published_on: date | None, received_on: date | None,
    by: Account | None, at: datetime,
) -> None:  # fmt: skip
    """Tie a partnership to the vote that authorises it; a vote already known takes the dates that it lacked."""
    _only_draft(agreement)
    known = db.session.scalars(queries.deliberation_numbered(number)).one_or_none()
    if known is None:
        known = Deliberation(
            number=number, title=title, voted_on=voted_on, recorded_at=at, recorded_by_id=None if by is None else by.id
        )
        db.session.add(known)
    elif known.voted_on != voted_on:
        raise RuleBroken(_("La délibération %(number)s est connue avec une autre date de vote.", number=number))
    known.published_on = known.published_on or published_on
    known.received_on = known.received_on or received_on
    agreement.deliberation = known
    rewrite(agreement)
    journal.record("agreement.deliberation_set", on=agreement, by=by, at=at, after={"number": number})


def rewrite(agreement: Agreement) -> None:
    """Derive what depends on other values, then write the text again from the same version of the template."""
    assert agreement.template is not None
    _follow_deliberation(agreement)
    values, flags = dict(agreement.values), set(agreement.flags)
    if agreement.family is AgreementFamily.GRANT:
        assert agreement.amount is not None
        derived = facts.derive_grant(values, flags, agreement.amount)
        agreement.tables = {**agreement.tables, "payments": derived.payments}
        values, flags = derived.values, derived.flags
    else:
        flags = facts.derive_partnership(values, flags, agreement.tables)
    agreement.tables = {**agreement.tables, "datasets": documents.dataset_rows(agreement.commitments)}
    agreement.values, agreement.flags = values, sorted(flags)
    agreement.starts_on, agreement.ends_on = facts.day(values, "starts_on"), facts.day(values, "ends_on")
    rendered = documents.write(agreement.template.source, values, frozenset(flags))
    agreement.text, agreement.missing = rendered.text, list(rendered.missing)


def _only_draft(agreement: Agreement) -> None:
    if agreement.state is not AgreementState.DRAFT:
        raise RuleBroken(_("Ce texte n’est plus un projet : renvoyez-le au projet pour le modifier."))


def _follow_deliberation(agreement: Agreement) -> None:
    vote = agreement.deliberation
    agreement.values = {
        **agreement.values,
        "deliberation_number": vote.number if vote else "",
        "deliberation_on": vote.voted_on.isoformat() if vote else "",
        "deliberation_received_on": vote.received_on.isoformat() if vote and vote.received_on else "",
    }


def _common_values(agreement: Agreement) -> dict[str, str]:
    region, organisation = documents.region(), agreement.organisation
    address = ", ".join(filter(None, (organisation.address, organisation.city)))
    return {
        "region_name": region.legal_name, "region_siret": region.siret, "region_address": region.address,
        "region_department": region.department, "region_email": region.contact_email,
        "region_dpo_email": region.dpo_email, "region_court": region.court, "region_signatory": region.president_title,
        "deliberative_body": region.deliberative_body, "organisation_name": organisation.name,
        "organisation_siret": organisation.siret, "organisation_siren": organisation.siren,
        "organisation_kind": documents.KINDS[organisation.kind], "organisation_rna": organisation.rna or "",
        "organisation_address": address, "representative_name": organisation.representative_name or "",
        "representative_title": organisation.representative_title or "", "platform_name": "DataSud",
        "platform_url": "www.datasud.fr",
    }  # fmt: skip


def _fill_grant(agreement: Agreement) -> None:
    assert agreement.decision_id is not None
    decision = db.session.scalars(queries.decision(agreement.decision_id)).one()
    application = db.session.scalars(queries.application_with_plan(decision.application_id)).one()
    organisation, call = agreement.organisation, application.call
    budget = facts.budget(
        [(each.label, each.category.value, each.amount) for each in application.budget_lines],
        [(each.label, each.kind.value, each.state.value, each.amount) for each in application.funding_sources],
        agreement.amount or Decimal(0),
    )
    agreement.tables = {"budget": budget}
    agreement.flags = facts.grant_flags(organisation.kind, fund=call.fund, is_public_body=organisation.is_public_body)
    agreement.values = {
        **_common_values(agreement),
        **facts.grant_values(
            starts_on=application.starts_on, ends_on=application.ends_on, amount=decision.amount or Decimal(0),
            eligible_cost=decision.eligible_cost, vat_recoverable=organisation.vat_recoverable,
            is_european="is_european" in agreement.flags,
        ),
        "call_title": call.title, "call_code": call.code, "application_reference": application.reference,
        "project_title": application.title, "project_summary": application.summary,
    }  # fmt: skip
    _promise_datasets(agreement, application)


def _promise_datasets(agreement: Agreement, application: Application) -> None:
    due_on = facts.day(agreement.values, "data_due_on")
    opened = [each for each in application.datasets if each.is_opened]
    if due_on is None or not opened:
        return
    agreement.flags = sorted({*agreement.flags, "opens_data"})
    agreement.commitments = [
        Commitment(
            title=each.title,
            due_on=due_on,
            dataset_id=each.dataset_id,
            licence=Licence.LO_2_0,
            frequency="yearly",
            state=CommitmentState.PLANNED,
        )
        for each in opened
    ]


def _fill_partnership(agreement: Agreement, at: datetime) -> None:
    request = db.session.get_one(PartnershipRequest, agreement.request_id)
    today = local_day(at)
    agreement.tables, agreement.flags = {}, []
    agreement.flags = sorted(
        facts.organisation_flags(agreement.organisation.kind, agreement.organisation.is_public_body)
    )
    agreement.values = {
        **_common_values(agreement), "partner_interest": request.wishes, "contact_name": request.contact_name,
        "organisation_dpo": request.contact_email, "starts_on": today.isoformat(),
        "ends_on": add_months(today, TERM_MONTHS).isoformat(),
        "latest_end_on": add_months(today, LONGEST_MONTHS).isoformat(), "notice": "trois mois",
    }  # fmt: skip

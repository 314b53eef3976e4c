"""What can be computed of an application: sums, conditions, what is missing, the legal clock."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from programme.applications import queries
from programme.applications.models import Application, BudgetLine, FundingSource, Piece
from programme.applications.rules import budget, delays, legal_clock, readiness, state_aid, validity
from programme.applications.services import engagement
from programme.applications.states import FundingKind, PieceState
from programme.calls import queries as calls
from programme.calls import services as call_services
from programme.calls.models import EligibilityRule
from programme.calls.rules import eligibility
from programme.calls.states import Check, MoneyAsked
from programme.core.clock import at_local, local_day
from programme.core.periods import add_months
from programme.extensions import db
from programme.organisations.rules import siret
from programme.questionnaires.rules.fields import Question
from programme.questionnaires.rules.values import compared


def totals(application: Application) -> budget.Totals:
    """The sums of the plan."""
    return budget.totals(
        [each.amount for each in application.budget_lines],
        application.requested_amount,
        [(each.kind, each.amount) for each in application.funding_sources],
        is_estimate=application.call.money_asked is MoneyAsked.ESTIMATE,
    )


def facts(application: Application, at: datetime) -> eligibility.Facts:
    """What the automatic conditions look at; what is not written yet stays unknown."""
    sums = totals(application)
    own = sum((e.amount for e in application.funding_sources if e.kind is FundingKind.OWN), Decimal(0))
    public = sums.requested + sum(
        (each.amount for each in application.funding_sources if each.kind in budget.PUBLIC_MONEY), Decimal(0)
    )
    known = sums.cost > 0
    return eligibility.Facts(
        carrier_kind=application.organisation.kind, siret_valid=siret.is_valid(application.organisation.siret),
        theme_chosen=application.theme is not None, territory_code=application.territory_code,
        deposit_on=local_day(application.submitted_at or at), starts_on=application.starts_on,
        ends_on=application.ends_on, cost=sums.cost if known else None, requested=sums.requested if known else None,
        public_total=public, own_funds=own, gap=sums.gap if known else None,
        missing_pieces=len(missing_pieces(application)),
    )  # fmt: skip


def findings(
    application: Application, at: datetime, rules: Sequence[EligibilityRule] | None = None
) -> list[eligibility.Finding]:
    """The automatic conditions with their verdicts; `rules` when the caller has read those of the call."""
    return _judged(application, facts(application, at), rules)


def _judged(
    application: Application, known: eligibility.Facts, rules: Sequence[EligibilityRule] | None
) -> list[eligibility.Finding]:
    if rules is None:
        rules = db.session.scalars(calls.rules_of(application.session.call_id)).all()
    automatic = call_services.automatic_rules(rules, application.strand_id)
    if any(each.check is Check.ANSWERS for each in automatic):
        known = replace(known, answers=_said(application))
    return eligibility.judge(automatic, known)


def _said(application: Application) -> dict[str, Any]:
    """What a condition on answers compares: what is known of the file, and the questions that are asked."""
    asked = answered_questions(application)
    return condition_context(application) | {each.key: compared(each.kind, answer) for each, answer in asked}


def ceilings(application: Application, rules: Sequence[EligibilityRule]) -> dict[str, budget.Ceiling | None]:
    """What the call allows of the Region's share and of public aid together, against the plan."""
    sums = totals(application)
    most = {
        each.check: Decimal(str(each.parameters["percent"]))
        for each in call_services.automatic_rules(rules, application.strand_id)
        if each.check in (Check.RATE_MAX, Check.PUBLIC_SHARE_MAX)
    }
    return {
        "region": budget.ceiling(sums.requested, sums.cost, most.get(Check.RATE_MAX)),
        "public": budget.ceiling(sums.public, sums.cost, most.get(Check.PUBLIC_SHARE_MAX)),
    }


def condition_context(application: Application) -> dict[str, Any]:
    """What the conditions of questions may ask besides the answers."""
    return application.condition_context


def answered_questions(application: Application) -> list[tuple[Question, Any]]:
    """The questions that are asked to this carrier, on this theme, each with its answer, reckoned or stored."""
    return application.answered_questions


def asked_questions(application: Application) -> list[Question]:
    """The questions that are asked, after the answers already given."""
    return [question for question, _answer in answered_questions(application)]


def faults(
    application: Application, at: datetime, *, subdomain_needed: bool, rules: Sequence[EligibilityRule] | None = None
) -> list[readiness.Fault]:
    """What is still missing before the deposit; `rules` when the caller has read those of the call."""
    questions = application.form_definition.questions
    rows: list[BudgetLine | FundingSource] = [*application.budget_lines, *application.funding_sources]
    known = facts(application, at)
    return readiness.faults(
        readiness.Snapshot(
            title=application.title, summary=application.summary, description=application.description,
            theme_chosen=application.theme is not None, subdomain_needed=subdomain_needed,
            subdomain_chosen=application.subdomain is not None, territory_code=application.territory_code,
            starts_on=application.starts_on, ends_on=application.ends_on,
            questions=questions, answers=application.answers_to(questions),
            context=condition_context(application), totals=totals(application),
            empty_labels=sum(not each.label.strip() for each in rows),
            empty_amounts=sum(each.amount == 0 for each in rows),
            missing_pieces=[
                (each.id, each.label)
                for each in application.asked_pieces
                if _is_missing(each) and (each.question_key is None or each.as_answer is not None)
            ],  # The questions say themselves that they have no file.
            dataset_count=len(application.datasets),
            empty_datasets=sum(not each.title.strip() for each in application.datasets),
            findings=_judged(application, known, rules), commitments_accepted=application.commitments_accepted,
            frame_note=application.frame_note, asks_data=application.call.asks_data,
            money=application.call.money_asked, facts=known,
            aid=state_aid.lacks(declaration(application), aid_asked(application, local_day(at))),
            lacks_engagement=engagement.lacks(application, at), stale_pieces=stale_pieces(application.asked_pieces, at),
        )
    )  # fmt: skip


def declaration(application: Application) -> state_aid.Declaration:
    """What the carrier says of its State aid."""
    return state_aid.from_json(application.aid or {})


def aid_asked(application: Application, day: date) -> state_aid.Asked:
    """What decides which questions on State aid are asked, and how they are judged on a day."""
    carrier = application.organisation
    return state_aid.Asked(application.call.aid_regime, carrier.kind, carrier.siren, application.requested_amount, day)


def _is_missing(piece: Piece) -> bool:
    return piece.is_mandatory and piece.state in (
        PieceState.EXPECTED, PieceState.REFUSED, PieceState.EXPIRED,
    )  # fmt: skip


def missing_pieces(application: Application) -> list[str]:
    """The mandatory pieces that have no file, or a refused or expired one."""
    return [each.label for each in application.asked_pieces if _is_missing(each)]


def stale_pieces(pieces: Iterable[Piece], at: datetime) -> list[readiness.Stale]:
    """The pieces that came and whose age is limited, of which no date is said or that are too old on the day of `at`."""
    day = local_day(at)
    return [
        readiness.Stale(each.id, each.label, each.dated_on is not None, validity.good_from(day, each.valid_months))
        for each in pieces
        if each.valid_months is not None
        and each.state in (PieceState.PROVIDED, PieceState.ACCEPTED)
        and not validity.is_good(each.dated_on, each.valid_months, day)
    ]


def ages(application: Application, today: date, later: date | None) -> dict[int, validity.Validity]:
    """What is to be said of the date of each piece whose age is limited and that came, by its number."""
    given_on = local_day(application.submitted_at) if application.submitted_at else today
    return {
        each.id: validity.judge(each.dated_on, each.valid_months, given_on, today, later)
        for each in application.asked_pieces
        if each.valid_months is not None and each.file is not None
    }


def clock(application: Application) -> legal_clock.Clock:
    """The legal clock of an application that was handed in."""
    call = application.call
    assert application.submitted_at is not None
    return legal_clock.run(
        legal_clock.ClockRules(
            call.silence_months, call.silence_accepts, call.silence_starts_when_complete,
            call.silence_suspended_by_request,
        ),
        submitted_on=local_day(application.submitted_at),
        complete_on=local_day(application.complete_at) if application.complete_at else None,
        suspensions=[
            legal_clock.Suspension(
                local_day(each.asked_at), local_day(each.answered_at) if each.answered_at else None
            )
            for each in application.info_requests
        ],
    )  # fmt: skip


def answer_delays(application: Application, at: datetime) -> delays.Delays | None:
    """How long the answers of the same call took, from deposit to decision, in whole days of the Region's zone."""
    since = at_local(add_months(local_day(at), -12 * delays.YEARS), time.min)
    return delays.delays([
        (local_day(decided_at) - local_day(submitted_at)).days
        for submitted_at, decided_at in db.session.execute(queries.answered(application.session.call_id, since))
        if submitted_at is not None and decided_at is not None
    ])  # fmt: skip

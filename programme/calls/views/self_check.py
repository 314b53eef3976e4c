"""The eligibility self-check: what the conditions of a call read, answered without account, nothing kept."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from programme.calls import services
from programme.calls.forms import EligibilityForm, address_of, eligibility_form
from programme.calls.labels import remedy_words
from programme.calls.models import Call, CallStrand
from programme.calls.rules.asking import Asked
from programme.calls.rules.eligibility import Finding, Verdict, broken, judge
from programme.calls.rules.remedies import Lever, Plan, plan
from programme.calls.states import RuleKind
from programme.calls.views import bp
from programme.calls.views.public import load_public, next_session
from programme.core.access import PUBLIC, access
from programme.core.clock import local_day, now
from programme.extensions import db
from programme.strategy import queries as strategy
from programme.strategy.models import Theme


@dataclass(frozen=True)
class Result:
    """What the answers give: each condition, what to change, the other strands that suit, and what the draft takes up."""

    findings: Sequence[Finding]
    broken: Sequence[Finding]
    plan: Plan
    fitting: Sequence[CallStrand]
    carried: dict[str, Any]

    @property
    def says_something(self) -> bool:
        """Whether one condition at least could be checked."""
        return any(each.verdict is not Verdict.UNKNOWN for each in self.findings)


@bp.route("/appels/<slug>/eligibilite", methods=["GET", "POST"])
@access(PUBLIC)
def check_eligibility(slug: str) -> ResponseReturnValue:
    """The questions that the conditions of the call read, no account, nothing kept."""
    call, at = load_public(slug), now()
    strand, offered = _strand(call)
    what = services.asked_in(call, strand) if strand else Asked()
    form = eligibility_form(request.form, what, strands=offered, themes=_themes(call, what))
    result = _result(call, strand, what, form) if strand and what.count and form.submitted() else None
    session = next_session(call, at)
    return render_template(
        "calls/eligibility.html", call=call, form=form, strand=strand, offered=offered, what=what, result=result,
        session=session, is_open=session is not None and session.accepts_at(at), words=remedy_words,
        automatic=services.rules_of(call, strand) if strand else (), judged=_judged(call, strand),
        decides=services.strand_decides(call),
    ), 422 if form.posted and result is None else 200  # fmt: skip


def _strand(call: Call) -> tuple[CallStrand | None, Sequence[CallStrand]]:
    """The strand whose conditions are checked, and those between which the page asks.

    Where the strands ask the same, the choice is one question among the others; where they do not, it comes first.
    """
    if not services.strand_decides(call):
        return call.strands[0], ()
    wanted = request.form.get("strand") or request.args.get("volet")
    chosen = next((each for each in call.strands if each.code == wanted), None)
    first, *others = [services.asked_in(call, each) for each in call.strands]
    if all(each == first for each in others):
        return chosen or call.strands[0], call.strands
    return chosen, ()


def _themes(call: Call, what: Asked) -> list[Theme]:
    """The themes of the call, read only where they are asked."""
    if "theme" not in what.fields:
        return []
    return [each for each in db.session.scalars(strategy.themes(call.theme_set)) if call.offers(each)]


def _judged(call: Call, strand: CallStrand | None) -> list[str]:
    """What a person will look at."""
    ids = {None, strand.id if strand else None}
    return [each.statement for each in call.rules if each.kind is RuleKind.JUDGED and each.strand_id in ids]


def _result(call: Call, strand: CallStrand, what: Asked, form: EligibilityForm) -> Result:
    given, answers, today = form.given, form.answers(what), local_day(now())
    facts = services.facts_of(given, answers, what, strand, today=today)
    rules = services.rules_of(call, strand)
    findings = judge(rules, facts)
    fitting = []
    for other in call.strands if broken(findings) and services.strand_decides(call) else ():
        asks = services.asked_in(call, other)
        known = set(asks.fields) <= set(what.fields) and set(asks.questions) <= set(what.questions)
        there = judge(services.rules_of(call, other), services.facts_of(given, answers, asks, other, today=today))
        fitting += [other] if other is not strand and known and not broken(there) else []
    carried = address_of(form, what, request.form)
    if len(call.strands) == 1 or services.strand_decides(call):
        carried = {"volet": strand.code, **carried}
    return Result(findings, broken(findings), _with_months(plan(rules, facts)), fitting, carried)


def _with_months(found: Plan) -> Plan:
    """The page asks for a length, not for an end: where the start moves, the end goes with it."""
    moves = any(each.lever is Lever.STARTS_FROM for each in found.changes)
    return replace(found, changes=tuple(each for each in found.changes if not (moves and each.lever is Lever.ENDS_ON)))

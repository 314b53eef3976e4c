"""What everybody may read: the calls, one call, the self-check."""

from datetime import date, datetime
from decimal import Decimal

from flask import render_template, request
from flask.typing import ResponseReturnValue

from programme.calls import policy, queries, services
from programme.calls.forms import EligibilityForm
from programme.calls.labels import CALL_STATES, CALL_TONES, KINDS, SESSION_STATES
from programme.calls.models import Call, CallSession
from programme.calls.rules import eligibility
from programme.calls.states import RuleKind, SessionState
from programme.calls.views import bp
from programme.core.access import PUBLIC, access, require, viewer
from programme.core.clock import now
from programme.core.i18n import date_short, datetime_short
from programme.core.trame import trame
from programme.extensions import db
from programme.projects.thread import Step, StepState


@bp.get("/appels")
@access(PUBLIC)
def index() -> ResponseReturnValue:
    """The calls, those that are open first."""
    calls = db.session.scalars(queries.public_calls()).all()
    return render_template(
        "calls/index.html", calls=calls, next_session=next_session, at=now(), states=CALL_STATES, tones=CALL_TONES,
        kinds=KINDS,
    )  # fmt: skip


def next_session(call: Call, at: datetime) -> CallSession | None:
    """The session that accepts applications now, else the next to open."""
    accepting = [each for each in call.sessions if each.accepts_at(at)]
    planned = [each for each in call.sessions if each.state is SessionState.PLANNED and each.closes_at > at]
    return next(iter(accepting + planned), None)


def load_public(slug: str) -> Call:
    """A call that the reader may see; a draft is absent for the public."""
    call = db.one_or_404(queries.by_slug(slug))
    require(policy.can_see(viewer(), call))
    return call


@bp.get("/appels/<slug>")
@access(PUBLIC)
def show(slug: str) -> ResponseReturnValue:
    """One call: for whom, how much, until when, what answer; strands, criteria, pieces, calendar."""
    call, at = load_public(slug), now()
    return render_template(
        "calls/show.html", call=call, session=next_session(call, at), at=at, calendar=_calendar(call, at),
        drawing=trame(call.slug, "cote", 900, 420), states=CALL_STATES, tones=CALL_TONES, kinds=KINDS,
        judged=[each for each in call.rules if each.kind is RuleKind.JUDGED],
        automatic=[each for each in call.rules if each.kind is RuleKind.AUTOMATIC],
    )  # fmt: skip


def _calendar(call: Call, at: datetime) -> list[Step]:
    steps = []
    for session in call.sessions:
        here = session.accepts_at(at)
        done = session.closes_at <= at
        state = StepState.HERE if here else StepState.DONE if done else StepState.TODO
        dates = [
            f"comité le {date_short(session.committee_on)}" if session.committee_on else "",
            f"vote le {date_short(session.vote_on)}" if session.vote_on else "",
        ]
        steps.append(
            Step(
                label=f"{session.label} : dépôt jusqu’au {datetime_short(session.closes_at)}", at=session.closes_at,
                state=state, note=", ".join(filter(None, dates)) or None,
                when=None if here else str(SESSION_STATES[session.state]),
            )
        )  # fmt: skip
    return steps


@bp.route("/appels/<slug>/eligibilite", methods=["GET", "POST"])
@access(PUBLIC)
def check_eligibility(slug: str) -> ResponseReturnValue:
    """Six questions, no account, nothing kept."""
    call = load_public(slug)
    form = EligibilityForm(request.form, call=call)
    findings = _findings(call, form) if form.submitted() else None
    return render_template(
        "calls/eligibility.html", call=call, form=form, findings=findings, session=next_session(call, now()),
        broken=eligibility.broken(findings or []), judged=[each for each in call.rules if each.kind is RuleKind.JUDGED],
    ), 422 if form.posted and findings is None else 200  # fmt: skip


def _findings(call: Call, form: EligibilityForm) -> list[eligibility.Finding]:
    strand = next(each for each in call.strands if each.code == form.strand.data)
    start = date(2001, 1, 1)  # Only the length counts here: any first day of a month gives the same answer.
    requested = form.requested.data or Decimal(0)
    facts = eligibility.Facts(
        carrier_kind=form.carrier_kind.data, territory_code=form.territory_code.data, starts_on=start,
        ends_on=eligibility.add_months(start, form.months.data), cost=form.cost.data, requested=requested,
        public_total=requested + (form.other_public.data or Decimal(0)),
    )  # fmt: skip
    return eligibility.judge(services.automatic_rules(call.rules, strand.id), facts)

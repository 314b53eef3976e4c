"""What everybody may read: the calls, one call, the self-check."""

from datetime import date, datetime
from decimal import Decimal

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from programme.calls import policy, queries, services
from programme.calls.forms import EligibilityForm
from programme.calls.labels import CALL_STATES, CALL_TONES, KINDS, SESSION_STATES
from programme.calls.models import Call, CallSession
from programme.calls.rules import eligibility
from programme.calls.states import RuleKind, SessionState
from programme.calls.views import bp
from programme.core.access import PUBLIC, access, require, viewer
from programme.core.clock import local, now
from programme.core.i18n import date_short, datetime_short, month_hour
from programme.core.periods import add_months
from programme.core.trame import trame
from programme.evaluation.models import Criterion
from programme.extensions import db
from programme.organisations.labels import KINDS as CARRIERS
from programme.projects.thread import Step, StepState


@bp.get("/appels")
@access(PUBLIC)
def index() -> ResponseReturnValue:
    """The calls, those that are open first, with their next deadline."""
    at = now()
    page = db.paginate(queries.public_calls(), per_page=30, max_per_page=30)
    listed = [(call, next_session(call, at)) for call in page.items]
    accepting = [(call, session) for call, session in listed if session is not None and session.accepts_at(at)]
    return render_template(
        "calls/index.html", page=page, accepting=[_ticket(*each) for each in accepting], at=at, states=CALL_STATES,
        others=[(call, session) for call, session in listed if (call, session) not in accepting], tones=CALL_TONES,
        kinds=KINDS, page_url=lambda number: url_for(".index", page=number),
    )  # fmt: skip


def _ticket(call: Call, session: CallSession) -> dict[str, str]:
    """A row of the agenda: the day on which the deposit ends, and the call."""
    there = local(session.closes_at)
    return {
        "day": str(there.day), "month_hour": month_hour(session.closes_at), "datetime": there.isoformat(),
        "title": call.title, "href": url_for(".show", slug=call.slug), "text": call.promise,
        "status_label": str(CALL_STATES[call.state]), "status_tone": CALL_TONES[call.state],
    }  # fmt: skip


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
        drawing=trame(call.slug, "cote", 900, 460), states=CALL_STATES, tones=CALL_TONES, kinds=KINDS,
        carrier_words=lambda kinds: " ; ".join(str(CARRIERS[kind]) for kind in kinds), criteria=_criteria(call),
        judged=[each for each in call.rules if each.kind is RuleKind.JUDGED],
        automatic=[each for each in call.rules if each.kind is RuleKind.AUTOMATIC],
    )  # fmt: skip


def _criteria(call: Call) -> list[tuple[str, str, list[Criterion | None]]]:
    """Each criterion once, in order: its words, and what it weighs in each strand (None: not asked there)."""
    grids = [{each.code: each for each in strand.grid.criteria} for strand in call.strands]
    known = {code: each for grid in reversed(grids) for code, each in grid.items()}
    order = dict.fromkeys(code for grid in grids for code in grid)
    return [(known[code].label, known[code].help, [grid.get(code) for grid in grids]) for code in order]


def _calendar(call: Call, at: datetime) -> list[Step]:
    """The sessions as a thread: the last one that is over, the accepting one, those to come."""
    over = [each for each in call.sessions if each.closes_at <= at]
    return [_knot(each, at) for each in call.sessions if each not in over[:-1]]


def _knot(session: CallSession, at: datetime) -> Step:
    here = session.accepts_at(at)
    dates = [
        _("Comité le %(day)s.", day=date_short(session.committee_on)) if session.committee_on else "",
        _("Vote le %(day)s.", day=date_short(session.vote_on)) if session.vote_on else "",
    ]
    return Step(
        label=session.label, at=session.closes_at, note=" ".join(filter(None, dates)) or None,
        state=StepState.HERE if here else StepState.DONE if session.closes_at <= at else StepState.TODO,
        when=_("Dépôt jusqu’au %(instant)s", instant=datetime_short(session.closes_at))
        + ("" if here else f" · {SESSION_STATES[session.state]}"),
    )  # fmt: skip


@bp.route("/appels/<slug>/eligibilite", methods=["GET", "POST"])
@access(PUBLIC)
def check_eligibility(slug: str) -> ResponseReturnValue:
    """Six questions, no account, nothing kept."""
    call, at = load_public(slug), now()
    form = EligibilityForm(request.form, call=call)
    findings = _findings(call, form) if form.submitted() else None
    session = next_session(call, at)
    return render_template(
        "calls/eligibility.html", call=call, form=form, findings=findings, session=session,
        is_open=session is not None and session.accepts_at(at), broken=eligibility.broken(findings or []),
        judged=[each for each in call.rules if each.kind is RuleKind.JUDGED], known=_known(form) if findings else {},
    ), 422 if form.posted and findings is None else 200  # fmt: skip


def _known(form: EligibilityForm) -> dict[str, str]:
    """What the start of an application can take from the answers, for its address."""
    given = {"volet": form.strand.data, "territoire": form.territory_code.data, "demande": form.requested.data}
    return {name: str(value) for name, value in given.items() if value}


def _findings(call: Call, form: EligibilityForm) -> list[eligibility.Finding]:
    strand = next(each for each in call.strands if each.code == form.strand.data)
    start = date(2001, 1, 1)  # Only the length counts here: any first day of a month gives the same answer.
    requested = form.requested.data or Decimal(0)
    facts = eligibility.Facts(
        carrier_kind=form.carrier_kind.data, territory_code=form.territory_code.data, starts_on=start,
        ends_on=add_months(start, form.months.data or 0), cost=form.cost.data, requested=requested,
        public_total=requested + (form.other_public.data or Decimal(0)),
    )  # fmt: skip
    return eligibility.judge(services.automatic_rules(call.rules, strand.id), facts)

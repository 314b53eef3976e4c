"""What everybody may read: the calls, one call."""

from datetime import datetime

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from programme.calls import policy, queries, services
from programme.calls.labels import CALL_STATES, CALL_TONES, KINDS, takes
from programme.calls.models import Call, CallRevision, CallSession
from programme.calls.states import RuleKind, SessionState
from programme.calls.views import bp
from programme.core import public_pages
from programme.core.access import PUBLIC, access, require, viewer
from programme.core.clock import local, now
from programme.core.i18n import date_long, date_short, hour, month_hour
from programme.core.trame import trame
from programme.evaluation.models import Criterion
from programme.extensions import db
from programme.grants import queries as grants
from programme.organisations.labels import KINDS as CARRIERS
from programme.projects.thread import Step, StepState
from programme.strategy import queries as strategy


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
    call = db.one_or_404(queries.public_page(slug))
    require(policy.can_see(viewer(), call))
    return call


@bp.get("/appels/<slug>")
@access(PUBLIC)
def show(slug: str) -> ResponseReturnValue:
    """One call: for whom, how much, until when, what answer; strands, criteria, pieces, calendar."""
    return public_pages.answer(lambda: _page(slug))


def _page(slug: str) -> str:
    call, at = load_public(slug), now()
    session = next_session(call, at)
    return render_template(
        "calls/show.html", call=call, session=session, at=at, calendar=_calendar(session, at),
        later=[each for each in call.sessions if session is not None and each.closes_at > session.closes_at],
        drawing=trame(call.slug, "cote", 900, 460), states=CALL_STATES, tones=CALL_TONES, kinds=KINDS,
        carrier_words=lambda kinds: " ; ".join(str(CARRIERS[kind]) for kind in kinds), criteria=_criteria(call),
        judged=[each for each in call.rules if each.kind is RuleKind.JUDGED], revisions=_revisions(call),
        themes=[each for each in db.session.scalars(strategy.themes(call.theme_set)) if call.offers(each)],
        versions=[each for each in call.regulations if each.number is not None],
        ways_in=db.session.scalars(queries.leading_to(call.id)).all() if call.by_invitation else (),
        funded=db.session.execute(grants.totals(grants.Filters(call_slug=call.slug))).one(),
        automatic=[each for each in call.rules if each.kind is RuleKind.AUTOMATIC], check_length=services.check_length(call),
        effort=services.effort_of(call), takes=takes,
    )  # fmt: skip


def _revisions(call: Call) -> list[CallRevision]:
    """What changed since the publication, the newest first."""
    return list(db.session.scalars(queries.published_revisions(call.id)))


def _criteria(call: Call) -> list[tuple[str, str, list[Criterion | None]]]:
    """Each criterion once, in order: its words, and what it weighs in each strand (None: not asked there)."""
    grids = [{each.code: each for each in strand.grid.criteria} for strand in call.strands]
    known = {code: each for grid in reversed(grids) for code, each in grid.items()}
    order = dict.fromkeys(code for grid in grids for code in grid)
    return [(known[code].label, known[code].help, [grid.get(code) for grid in grids]) for code in order]


def _calendar(session: CallSession | None, at: datetime) -> list[Step]:
    """The way of one file through a session: opening, end of the deposit, reading, committee, vote."""
    if session is None:
        return []
    closing = f"{date_long(session.closes_at)}, {hour(session.closes_at)}"
    receipt = _("Vous recevez un accusé de réception dans la minute.")
    knots = [(date_short(session.opens_at), _("Ouverture du dépôt"), None), (closing, _("Fin du dépôt"), receipt)]
    if session.committee_on:
        reading = _("S’il manque une pièce, la Région vous la demande.")
        knots.append((_("jusqu’au comité"), _("Lecture des dossiers"), reading))
        opinion = _("Il donne un avis sur chaque dossier.")
        knots.append((date_short(session.committee_on), _("Comité de sélection"), opinion))
    if session.vote_on:
        knots.append((date_short(session.vote_on), _("Vote de la commission permanente"), None))
    here = 1 if session.opens_at <= at else 0
    states = [StepState.DONE] * here + [StepState.HERE] + [StepState.TODO] * len(knots)
    return [
        Step(label, None, state, note=note, when=when[0].upper() + when[1:])
        for (when, label, note), state in zip(knots, states, strict=False)
    ]

"""The programme in one page: what is open, what comes, what was made, how much."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from programme.calls import queries as calls
from programme.calls.labels import KINDS
from programme.calls.models import Call, CallSession
from programme.calls.states import CallKind, SessionState
from programme.core import i18n, public_pages
from programme.core.access import PUBLIC, access
from programme.core.clock import local, local_day, now
from programme.events import queries as events
from programme.events.labels import EVENT_STATES
from programme.events.models import Event
from programme.extensions import db
from programme.projects.thread import Step, StepState
from programme.reuses import queries as reuses
from programme.site.page_context import drawing
from programme.site.views import bp
from programme.strategy import queries as strategy
from programme.strategy.labels import figure_item

AGENDA_LENGTH = 5
REUSES = 5


class Opening(NamedTuple):
    """A call with the sessions that one may still aim at, the nearest first."""

    call: Call
    sessions: list[CallSession]

    @property
    def accepting(self) -> bool:
        """Whether the nearest session takes applications now."""
        return self.sessions[0].state is SessionState.OPEN


@bp.get("/")
@access(PUBLIC)
def home() -> ResponseReturnValue:
    """What is open now, what comes, the newest reuses, the thread explained, the key figures."""
    return public_pages.answer(_page)


def _page() -> str:
    at = now()
    openings = _openings(db.session.scalars(calls.public_calls()).all(), at)
    main = next((each for each in openings if each.accepting), None)
    coming = db.session.scalars(events.open_now(at).limit(AGENDA_LENGTH)).all()
    return render_template(
        "site/home.html", main=main, at=at, days_left=_days_left(main, at), kinds=KINDS, thread_steps=_thread_steps(),
        agenda=_agenda(coming, [each for each in openings if each is not main], at), poster_drawing=drawing(1440, 620),
        reuses=db.session.scalars(reuses.newest(REUSES)).all(), reuse_count=db.session.scalar(reuses.public_count()),
        **_figures([figure_item(*row) for row in db.session.execute(strategy.home_figures())]),
    )  # fmt: skip


def _figures(items: list[dict[str, str]]) -> dict[str, Any]:
    """The key figures; what all their notes say alike (date, source) is said once, under them."""
    notes = {each["note"] for each in items}
    if len(items) < 2 or len(notes) > 1:
        return {"figures": items, "figures_note": None}
    return {"figures": [each | {"note": ""} for each in items], "figures_note": notes.pop()}


def _openings(found: Sequence[Call], at: datetime) -> list[Opening]:
    """The calls that take applications or will, the permanent one first, then by nearest deadline."""
    listed = []
    for call in found:
        accepting = [each for each in call.sessions if each.accepts_at(at)]
        planned = [each for each in call.sessions if each.state is SessionState.PLANNED and each.closes_at > at]
        if accepting or planned:
            listed.append(Opening(call, accepting + planned))
    return sorted(
        listed,
        key=lambda each: (not each.accepting, each.call.kind is not CallKind.PERMANENT, each.sessions[0].closes_at),
    )


def _days_left(main: Opening | None, at: datetime) -> int:
    return (local_day(main.sessions[0].closes_at) - local_day(at)).days if main else 0


def _agenda(coming: Sequence[Event], openings: list[Opening], at: datetime) -> list[dict[str, Any]]:
    """Events and call sessions together, by date."""
    rows = [(each.starts_at, _event_row(each, at)) for each in coming]
    rows += [(each.sessions[0].closes_at, _session_row(each)) for each in openings]
    return [row for _day, row in sorted(rows, key=lambda row: row[0])][:AGENDA_LENGTH]


def _row(instant: datetime, *, title: str, href: str, text: str, label: str, tone: str) -> dict[str, Any]:
    return {
        "day": local(instant).day, "month_hour": i18n.month_hour(instant), "datetime": local(instant).isoformat(),
        "title": title, "href": href, "text": text, "status_label": label, "status_tone": tone,
    }  # fmt: skip


def _event_row(event: Event, at: datetime) -> dict[str, Any]:
    label, tone = str(EVENT_STATES[event.state]), "neutral"
    if event.takes_registrations(at):
        tone = "ok"
        if event.places_left <= 0:
            label = _("Complet, liste d’attente ouverte")
        elif not event.is_selective:
            places = i18n.plural(_("%(count)s place"), _("%(count)s places"), event.places_left)
            label = _("Inscriptions ouvertes, %(places)s", places=places % {"count": event.places_left})
    href = url_for("events.show", slug=event.slug)
    return _row(event.starts_at, title=event.title, href=href, text=event.summary, label=label, tone=tone)


def _session_row(opening: Opening) -> dict[str, Any]:
    session = opening.sessions[0]
    label, tone = _("Dépôt ouvert"), "ok"
    if not opening.accepting:
        label, tone = _("Ouvre le %(day)s", day=i18n.date_short(session.opens_at)), "neutral"
    title, text = _("Appel « %(title)s »", title=opening.call.title), opening.call.promise.split("\n")[0]
    href = url_for("calls.show", slug=opening.call.slug)
    return _row(session.closes_at, title=title, href=href, text=text, label=label, tone=tone)


def _thread_steps() -> list[Step]:
    """The stages of any project, to explain the thread."""
    done, here, todo = StepState.DONE, StepState.HERE, StepState.TODO
    return [
        Step(_("Donnée"), None, done, note=_("ouverte par un producteur")),
        Step(_("Défi"), None, done, note=_("posé par un territoire")),
        Step(_("Équipe"), None, done, note=_("en deux jours")),
        Step(_("Dossier"), None, here, note=_("déposé à l’appel")),
        Step(_("Subvention"), None, todo, note=_("votée, conventionnée")),
        Step(_("Réutilisation"), None, todo, note=_("publiée")),
        Step(_("Effet"), None, todo, note=_("mesuré, un an après")),
    ]

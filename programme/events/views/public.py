"""What everybody sees: the list of events and the page of one."""

from enum import StrEnum
from functools import lru_cache
from typing import Any, TypeVar

from flask import current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from programme.core import trame
from programme.core.access import PUBLIC, access, require, viewer
from programme.core.clock import now
from programme.events import policy, queries
from programme.events.labels import KINDS, PERIODS
from programme.events.models import Event
from programme.events.states import SHOWN_CHALLENGES, TEAM_WORK, EventKind, Period
from programme.events.views import bp
from programme.extensions import db

Code = TypeVar("Code", bound=StrEnum)
PER_PAGE = 20


def code_or_none(codes: type[Code], text: str | None) -> Code | None:
    """The code of a filter; an unknown one filters nothing."""
    return codes(text) if text in list(codes) else None


@bp.get("/evenements")
@access(PUBLIC)
def index() -> ResponseReturnValue:
    """The events to come, then the past ones."""
    kind, period = code_or_none(EventKind, request.args.get("nature")), code_or_none(Period, request.args.get("etat"))
    territory, text = request.args.get("territoire", ""), request.args.get("q", "").strip()
    at = now()
    found = queries.published(at=at, kind=kind, territory=territory, period=period, text=text)
    page = db.paginate(found, per_page=PER_PAGE, max_per_page=PER_PAGE)
    chosen: dict[str, Any] = {"nature": kind, "etat": period, "territoire": territory or None, "q": text or None}
    groups = [
        (_("À venir et en cours"), [each for each in page if each.ends_at >= at]),
        (_("Passés"), [each for each in page if each.ends_at < at]),
    ]
    return render_template(
        "events/index.html", page=page, groups=groups, at=at, chosen=chosen, chips=_chips(chosen), territories=_territories(),
        page_url=lambda number: url_for(".index", page=number, **chosen),
    )  # fmt: skip


def _territories() -> dict[str, str]:
    return {each.code: each.name for each in current_app.config["REGION"].territories}


def _chips(chosen: dict[str, Any]) -> list[tuple[str, list[dict[str, Any]]]]:
    def row(name: str, words: dict[Any, Any], every: str) -> list[dict[str, Any]]:
        others = {key: value for key, value in chosen.items() if key != name}
        every_chip = {"label": every, "href": url_for(".index", **others), "current": chosen[name] is None}
        return [every_chip] + [
            {"label": label, "href": url_for(".index", **others, **{name: code}), "current": chosen[name] == code}
            for code, label in words.items()
        ]

    return [
        (_("Filtrer par état"), row("etat", PERIODS, _("Tous"))),
        (_("Filtrer par nature"), row("nature", KINDS, _("Toutes les natures"))),
    ]


@bp.get("/evenements/<slug>")
@access(PUBLIC)
def show(slug: str) -> ResponseReturnValue:
    """One event: what, when, where, the challenges and their data, the places left, the teams."""
    event = db.one_or_404(queries.page(slug))
    require(policy.can_see(viewer(), event))
    return render_template(
        "events/show.html", event=event, **_mine(event),
        challenges=[each for each in event.challenges if each.state in SHOWN_CHALLENGES],
        teams=db.session.scalars(queries.public_teams(event.id)).all() if event.has_teams else [],
        waiting=db.session.scalar(queries.waiting_count(event.id)), **_page_words(event),
    )  # fmt: skip


def _mine(event: Event) -> dict[str, Any]:
    """The visitor's own registration and team."""
    account = viewer()
    if account is None:
        return {"mine": None, "my_team": None}
    place = db.session.scalars(queries.live_membership(event.id, account.id)).one_or_none()
    mine = db.session.scalars(queries.live_registration(event.id, account.id)).one_or_none()
    return {"mine": mine, "my_team": place and place.team}


def _page_words(event: Event) -> dict[str, Any]:
    return {
        "is_open": event.takes_registrations(now()),
        "teams_form": event.has_teams and event.state in TEAM_WORK,
        "can_propose": policy.can_propose_challenge(viewer(), event),
        "on_desk": policy.can_read_desk(viewer()),
        "knows_results": policy.knows_results(event),
        "territory": _territories().get(event.territory_code or ""),
        "drawing": _drawing(event.slug),
    }


@lru_cache(maxsize=64)
def _drawing(slug: str) -> str:
    """The event's drawing: always the same for the same event, so a process may remember it."""
    return trame.trame(f"event:{slug}", "cote", 900, 460)

"""The board of silence: the files that are about to be decided by nobody's decision."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from programme.accounts.policy import staff
from programme.applications import queries as applications
from programme.applications.models import Application
from programme.assessment import policy, queries
from programme.assessment.labels import STOPS, WINDOWS
from programme.assessment.rules import silence as rules
from programme.assessment.views import bp
from programme.calls.models import Call
from programme.core.access import access, current_account
from programme.core.addresses import whole_number
from programme.core.clock import today
from programme.core.i18n import plural
from programme.extensions import db

PER_PAGE = 50


@bp.get("/agents/silence")
@access(staff(*policy.HOLDERS))
def silence() -> ResponseReturnValue:
    """The files on which silence decides within 30 days, the nearest first, then those on which it has."""
    account, day = current_account(), today()
    until = day + timedelta(days=max(rules.WINDOWS))
    calls = db.session.scalars(queries.call_options()).all()
    officers = dict(db.session.execute(applications.officers_near_silence(account.id, until)).all())
    chosen = _chosen(calls, officers)
    listed = db.paginate(
        applications.near_silence(account.id, day, until, **chosen), per_page=PER_PAGE, max_per_page=PER_PAGE, count=False
    )  # fmt: skip
    counts = _counts(db.session.execute(applications.near_silence_by_day(account.id, until, **chosen)).all(), day)
    listed.total = counts.total()
    return render_template(
        "assessment/silence.html", page=listed, groups=_groups(_files(listed.items), day), counts=counts, calls=calls,
        officers=officers, chosen=chosen, today=day, stops=_stops, left=_left, windows=WINDOWS,
        page_url=lambda number: url_for(".silence", page=number, appel=chosen["call_id"], instruction=chosen["officer_id"]),
    )  # fmt: skip


def _chosen(calls: Sequence[Call], officers: Mapping[int, str]) -> dict[str, int | None]:
    """The filters of the address, those that exist; officer 0: a file that nobody follows."""
    call, officer = (whole_number(request.args.get(name, "")) for name in ("appel", "instruction"))
    return {
        "call_id": call if call in {each.id for each in calls} else None,
        "officer_id": officer if officer == 0 or officer in officers else None,
    }


def _files(numbers: Sequence[int]) -> list[Application]:
    """The files of a page, in its order."""
    read = {each.id: each for each in db.session.scalars(applications.on_board(numbers))}
    return [read[number] for number in numbers]


def _counts(days: Sequence[Any], day: date) -> Counter[int]:
    counted: Counter[int] = Counter()
    for silence_on, count in days:
        if silence_on is not None and (window := rules.window(silence_on, day)) is not None:
            counted[window] += count
    return counted


def _groups(files: Sequence[Application], day: date) -> list[tuple[int, list[Application]]]:
    """The files of a page by the group they belong to, in the order of the list."""
    of = {each.id: rules.window(each.silence_on, day) for each in files if each.silence_on is not None}
    return [(window, [each for each in files if of.get(each.id) == window]) for window in rules.WINDOWS]


def _stops(file: Application) -> str:
    """What the house can do about the clock, in words. A refusal by silence gives way to a decision, an acceptance stays."""
    if file.silence_on is not None and file.silence_on < today():
        if file.call.silence_accepts:
            return _("Le délai est passé : l’accord est acquis")
        return _("Notifier une décision, qui remplace le refus tacite")
    acts = rules.stops(
        file.state, suspended_by_request=file.call.silence_suspended_by_request,
        starts_when_complete=file.call.silence_starts_when_complete,
    )  # fmt: skip
    words = _(" ; ").join(str(STOPS[each]) for each in acts)
    return words[:1].upper() + words[1:]


def _left(file: Application) -> str:
    """How far the day of silence is, in words."""
    days = (file.silence_on - today()).days if file.silence_on is not None else 0
    if days == 0:
        return _("aujourd’hui")
    if days < 0:
        return plural("depuis un jour", "depuis %(count)s jours", -days) % {"count": -days}
    return plural("dans un jour", "dans %(count)s jours", days) % {"count": days}

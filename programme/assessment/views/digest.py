"""The desk by mail, in the morning of a working day: what is late, due today or within the week. Silent when nothing is."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from programme.accounts import queries as people
from programme.accounts.models import Account
from programme.applications import queries as applications
from programme.applications.rules.reminders import MORNING, ROOM
from programme.applications.services import reminders
from programme.applications.states import ReminderKind
from programme.assessment import notifications
from programme.assessment.labels import URGENCIES
from programme.assessment.rules.tasks import PRESSING, Urgency
from programme.assessment.views.desk import HOLDERS, Thing, things
from programme.core import jobs, mail
from programme.core.clock import local, local_day, now
from programme.core.i18n import day_short
from programme.core.unit_of_work import unit_of_work
from programme.core.working_days import is_working_day
from programme.extensions import db

COUNTED = {
    Urgency.LATE: _l("%(count)s en retard"),
    Urgency.TODAY: _l("%(count)s pour aujourd’hui"),
    Urgency.WEEK: _l("%(count)s cette semaine"),
}


@jobs.periodic("assessment.send_digests", timedelta(minutes=30))
def send_digests() -> None:
    """One short transaction for each person: what was sent before a stop stays sent, the rest is for the next turn."""
    at = now()
    if local(at).time() < MORNING or not is_working_day(local_day(at)):
        return
    for number in _not_told(local_day(at)):
        # The desk is a page: its addresses are made as for one.
        with current_app.test_request_context(base_url=current_app.config["PUBLIC_URL"]), unit_of_work():
            tell(db.session.get_one(Account, number), at=at)


def _not_told(day: date) -> list[int]:
    """Those who have a desk and were not told today."""
    listed = [each.id for each in db.session.scalars(people.holders(*HOLDERS))]
    said = {
        number
        for number, told_on in db.session.execute(applications.reminded(ReminderKind.DIGEST, listed))
        if told_on == day.toordinal()
    }
    return [each for each in listed if each not in said]


def tell(person: Account, *, at: datetime) -> bool:
    """Send what presses to one person, once a day; says whether a mail leaves. Inside a unit of work."""
    day = local_day(at)
    db.session.execute(applications.forget_told(ReminderKind.DIGEST, person.id, before=day.toordinal()))
    if not reminders.note(ReminderKind.DIGEST, person.id, day.toordinal(), at=at):
        return False
    pressing = [each for each in things(person) if each.urgency in PRESSING]
    if pressing:
        groups = [
            (str(URGENCIES[urgency]), [_line(each) for each in pressing[:ROOM] if each.urgency is urgency])
            for urgency in PRESSING
        ]
        more = max(len(pressing) - ROOM, 0)
        mail.queue(notifications.digest(person, _summary(pressing), groups, more), at=at)
    return bool(pressing)


def _line(thing: Thing) -> str:
    """« Vérifier les pièces : « Carte des fraîcheurs », Ville de Valbonne (DT-1234), au plus tard le 3 déc. »."""
    about = f"{thing.note} ({thing.reference})" if thing.reference else thing.note
    said = _("%(expected)s : « %(title)s », %(about)s", expected=thing.expected, title=thing.title, about=about)
    return said if thing.due is None else _("%(said)s, pour le %(day)s", said=said, day=day_short(thing.due))


def _summary(pressing: Sequence[Thing]) -> str:
    """« À traiter : 3 en retard, 1 pour aujourd’hui »."""
    counts = [(words, sum(each.urgency is urgency for each in pressing)) for urgency, words in COUNTED.items()]
    return _(
        "À traiter : %(counts)s", counts=", ".join(str(words) % {"count": count} for words, count in counts if count)
    )

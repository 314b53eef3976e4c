"""What the gallery adds to a project's timeline: its reuses, then their measured effect."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta

from flask import url_for
from flask_babel import format_date
from flask_babel import gettext as _

from programme.accounts.models import Account
from programme.core.clock import at_local, local_day
from programme.core.i18n import date_short, number
from programme.extensions import db
from programme.projects.models import Project
from programme.projects.thread import Step, StepState, contribute
from programme.reuses import policy, queries
from programme.reuses.models import Reuse
from programme.reuses.states import ReuseState

FIRST_READING = timedelta(days=182)
"""The effect is asked for six months after publication."""


def _seen(project: Project, viewer: Account | None) -> list[Reuse]:
    return [each for each in db.session.scalars(queries.of_project(project.id)) if policy.can_see(viewer, each)]


@contribute(60)
def reuses(project: Project, viewer: Account | None) -> Iterable[Step]:
    """Each reuse that the reader may see; one to come when a public project has none yet."""
    seen = _seen(project, viewer)
    if not seen and project.public_since is not None:
        yield Step(_("Réutilisation"), None, StepState.TODO, note=_("À publier dans la galerie."))
    for reuse in seen:
        href = url_for("reuses.show", slug=reuse.slug)
        if reuse.published_at is not None and reuse.is_public:
            broken = reuse.state is ReuseState.BROKEN_LINK
            note = _("« %(title)s » : le lien ne répond plus.", title=reuse.title) if broken else reuse.title
            state = StepState.PROBLEM if broken else StepState.DONE
            yield Step(_("Réutilisation publiée"), reuse.published_at, state, href, note, date_short(reuse.published_at))
        else:
            yield Step(_("Réutilisation"), None, StepState.HERE, href, f"{reuse.title} : {reuse.state_label}")


@contribute(70)
def effects(project: Project, viewer: Account | None) -> Iterable[Step]:
    """The effect of each published reuse, measured or to come."""
    for reuse in _seen(project, viewer):
        if not reuse.is_public or reuse.published_at is None:
            continue
        if reuse.effect_on is not None:
            yield _measured(reuse, at_local(reuse.effect_on, time(12)))
        elif not reuse.has_effect:
            month = format_date(local_day(reuse.published_at + FIRST_READING), "MMMM y")
            yield Step(
                _("Effet mesuré"), None, StepState.TODO, when=_("Prévu en %(month)s", month=month),
                note=_("Premier relevé six mois après la publication."),
            )  # fmt: skip


def _measured(reuse: Reuse, at: datetime) -> Step:
    figure = f"{number(reuse.effect_value)} {reuse.effect_unit}" if reuse.effect_value is not None else reuse.effect_text
    return Step(_("Effet mesuré"), at, StepState.DONE, note=figure, when=date_short(reuse.effect_on))

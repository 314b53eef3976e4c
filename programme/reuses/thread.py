"""What the gallery adds to other pages: to a project's timeline its reuses and their effect, to a data set its uses."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta

from flask import url_for
from flask_babel import format_date
from flask_babel import gettext as _

from programme.accounts.models import Account
from programme.catalogue.models import Dataset
from programme.catalogue.services import Use, contribute_uses
from programme.core.clock import at_local, local_day, now
from programme.core.i18n import date_short, number, plural
from programme.extensions import db
from programme.projects.models import Project
from programme.projects.thread import Step, StepState, contribute
from programme.reuses import policy, queries
from programme.reuses.models import Reuse
from programme.reuses.states import ReuseState

FIRST_READING = timedelta(days=182)
"""The effect is asked for six months after publication."""


@contribute(60)
def reuses(project: Project, viewer: Account | None) -> Iterable[Step]:
    """Each reuse that the reader may see, then its effect, measured or to come.

    A public project without reuse shows one to come.
    """
    seen = [each for each in db.session.scalars(queries.of_project(project.id)) if policy.can_see(viewer, each)]
    if not seen and project.public_since is not None:
        yield Step(_("Réutilisation"), None, StepState.TODO, note=_("À publier dans la galerie."))
    yield from _data(project, [each for each in seen if each.is_public])
    for reuse in seen:
        yield _step(reuse)
    for reuse in seen:
        if reuse.is_public and reuse.published_at is not None:
            yield from _effect(reuse, reuse.published_at)


def _data(project: Project, published: list[Reuse]) -> Iterable[Step]:
    """What it was built on, before everything else: the data sets of the catalogue that its reuses name."""
    known = {line.dataset.slug: line.dataset for reuse in published for line in reuse.datasets if line.dataset}
    if not known:
        return
    links = tuple((each.title, url_for("catalogue.show", slug=slug)) for slug, each in known.items())
    label = plural(_("Jeu de données ouvert"), _("Jeux de données ouverts"), len(known))
    yield Step(
        label, project.created_at - timedelta(seconds=1), StepState.DONE, links[0][1] if len(links) == 1 else None,
        " ; ".join(title for title, _href in links), _("Au départ"), stage=_("Données"), name=label,
        links=links,
    )  # fmt: skip


def _step(reuse: Reuse) -> Step:
    href = url_for("reuses.show", slug=reuse.slug)
    if reuse.published_at is None or not reuse.is_public:
        told = f"{reuse.title} : {reuse.state_label}"
        return Step(_("Réutilisation"), None, StepState.HERE, href, told, stage=_("Réutilisation"), name=reuse.title)
    broken = reuse.state is ReuseState.BROKEN_LINK
    note = _("« %(title)s » : le lien ne répond plus.", title=reuse.title) if broken else reuse.title
    state = StepState.PROBLEM if broken else StepState.DONE
    image = (url_for("reuses.image", slug=reuse.slug), reuse.image_alt) if reuse.image_id else None
    return Step(
        _("Réutilisation publiée"), reuse.published_at, state, href, note, date_short(reuse.published_at),
        stage=_("Réutilisation"), name=reuse.title, image=image,
    )  # fmt: skip


def _effect(reuse: Reuse, published_at: datetime) -> Iterable[Step]:
    if reuse.effect_on is not None:
        yield _measured(reuse, at_local(reuse.effect_on, time(12)))
    elif not reuse.has_effect:
        expected = published_at + FIRST_READING
        month = format_date(local_day(expected), "MMMM y")
        when = _("Prévu en %(month)s", month=month) if expected > now() else _("Attendu depuis %(month)s", month=month)
        note = _("Premier relevé six mois après la publication.")
        yield Step(_("Effet mesuré"), None, StepState.TODO, when=when, note=note, stage=_("Effet"))


def _measured(reuse: Reuse, at: datetime) -> Step:
    figure = (
        f"{number(reuse.effect_value)} {reuse.effect_unit}" if reuse.effect_value is not None else reuse.effect_text
    )
    return Step(
        _("Effet mesuré"), at, StepState.DONE, note=figure, when=date_short(reuse.effect_on), stage=_("Effet"),
        name=reuse.effect_unit or _("Effet mesuré"), figure=number(reuse.effect_value) if reuse.effect_unit else None,
    )  # fmt: skip


@contribute_uses
def uses(dataset: Dataset, viewer: Account | None) -> Iterable[Use]:
    """What the gallery says was done with a data set: every reader sees the published reuses only."""
    for line in db.session.scalars(queries.uses_of_dataset(dataset.id)):
        reuse = line.reuse
        yield Use(
            str(reuse.kind_label), f"{reuse.title} : {line.use}" if line.use else reuse.title,
            url_for("reuses.show", slug=reuse.slug), reuse.author or None,
            local_day(reuse.published_at) if reuse.published_at else None,
        )  # fmt: skip

"""The one thread of a project: what the reader may see of it, in order, and where it may go next."""

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from programme.accounts.models import Account
from programme.applications import policy as deposits
from programme.calls import queries as calls
from programme.core.access import PUBLIC, access, require, viewer
from programme.core.clock import now
from programme.core.trame import DEFAULT_FAMILY, FAMILIES, trame
from programme.extensions import db
from programme.projects import queries, thread
from programme.projects.models import Project
from programme.projects.thread import StepState
from programme.reuses import policy as gallery
from programme.site.views import bp


@bp.get("/projets/<slug>")
@access(PUBLIC)
def project(slug: str) -> ResponseReturnValue:
    """Public once a first public fact exists; before, only who sees one of its parts sees the project."""
    found, account = db.one_or_404(queries.by_slug(slug)), viewer()
    steps = thread.with_place(thread.steps(found, account))
    require(found.public_since is not None or bool(steps))
    family = FAMILIES.get(found.theme.label, DEFAULT_FAMILY) if found.theme else DEFAULT_FAMILY
    return render_template(
        "site/project.html", project=found, steps=steps, done=sum(step.state is StepState.DONE for step in steps),
        drawing=trame(found.slug, family, 900, 460, thread=False), acts=_next_acts(found, account) if account else [],
    )  # fmt: skip


def _next_acts(found: Project, account: Account) -> list[tuple[str, str]]:
    """The doors of the next stage, with what is known filled in, for who may carry the project on: (words, address)."""
    acts = []
    if deposits.can_continue(account, found):
        session = db.session.scalars(calls.accepting(now()).limit(1)).first()
        if session is not None:
            href = url_for("applications.start", slug=session.call.slug, projet=found.slug)
            acts.append((_("Déposer un dossier pour ce projet"), href))
    if gallery.can_continue(account, found):
        acts.append((_("Publier comme réutilisation"), url_for("reuses.propose", projet=found.slug)))
    return acts

"""The author's doors: declare, correct, complete. One page, no script needed, nothing typed is ever lost."""

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from programme.core import storage
from programme.core.access import SIGNED_IN, access, current_account, require
from programme.core.clock import now
from programme.core.errors import RuleBroken, StaleForm
from programme.core.forms import form_data
from programme.core.identifiers import random_token
from programme.core.storage import StoredFile
from programme.core.unit_of_work import unit_of_work
from programme.events import policy as event_policy
from programme.events import queries as events
from programme.extensions import db
from programme.organisations import queries as network
from programme.organisations.models import Organisation
from programme.organisations.states import MembershipRole, MembershipState
from programme.projects import queries as projects
from programme.projects.models import Project
from programme.reuses import policy, queries, services
from programme.reuses.forms import ReuseForm
from programme.reuses.models import Reuse
from programme.reuses.states import MACHINE, ReuseOrigin, ReuseState
from programme.reuses.views import bp

SEND = "envoyer"
KEEP = "garder"


@bp.route("/reutilisations/proposer", methods=["GET", "POST"])
@access(SIGNED_IN)
def propose() -> ResponseReturnValue:
    """Declare a reuse, free or as the next step of a project."""
    continued = _continued()
    form = _form(None, continued)
    if not form.posted or _not_finished(form):
        return _page(form, None, continued)
    try:
        with unit_of_work():
            reuse = _declared(form)
            slug, state = reuse.slug, reuse.state
    except RuleBroken as refusal:
        form.form_errors.append(refusal.message)
        return _page(form, None, _continued())
    flash(_said(state), "success")
    return redirect(url_for(".show", slug=slug))


@bp.route("/reutilisations/<slug>/modifier", methods=["GET", "POST"])
@access(SIGNED_IN)
def edit(slug: str) -> ResponseReturnValue:
    """Correct one's own reuse, or complete it as the Region asked."""
    reuse = _editable(queries.by_slug(slug))
    form = _form(reuse, Continued())
    if not form.posted or _not_finished(form):
        return _page(form, reuse, Continued())
    try:
        return _kept(slug, form)
    except RuleBroken as refusal:
        form.form_errors.append(refusal.message)
        return _page(form, _editable(queries.by_slug(slug)), Continued())


def _kept(slug: str, form: Any) -> ResponseReturnValue:
    with unit_of_work():
        reuse = _editable(queries.for_update(slug))
        if form.version.data != str(reuse.version):
            return _page(form, reuse, Continued(), conflict=True)
        _corrected(form, reuse)
        state = reuse.state
    flash(_said(state), "success")
    return redirect(url_for(".show", slug=slug))


# ---- what the two doors share


def _editable(statement: Any) -> Reuse:
    reuse: Reuse = db.one_or_404(statement)
    require(policy.can_edit(current_account(), reuse))
    return reuse


@dataclass(frozen=True)
class Continued:
    """What the declaration continues: a project, reached by itself or through the team that built it."""

    project: Project | None = None
    origin: ReuseOrigin = ReuseOrigin.FREE
    team: Any = None

    def known(self) -> dict[str, Any]:
        """What is already known is filled in."""
        if self.project is None:
            return {"territory": ""}
        project, team = self.project, self.team
        built = {
            "summary": team.pitch[:240], "url": team.demo_url or "", "code_url": team.code_url or "",
            "licence": (team.code_licence or "").upper(), "signature": team.name,
            "datasets": [{"dataset_id": str(each.dataset_id), "use": each.line[:240]} for each in team.datasets],
        } if team else {"summary": project.summary[:240]}  # fmt: skip
        return built | {
            "title": project.title, "theme_id": str(project.theme_id or ""), "territory": project.territory or "",
            "organisation_id": str(project.organisation_id or ""),
        }  # fmt: skip


def _continued() -> Continued:
    """What the address asks to continue, if the person may act for it: `?projet=` or `?equipe=`."""
    account = current_account()
    if slug := request.args.get("equipe"):
        team = db.one_or_404(events.team_by_slug(slug))
        require(event_policy.membership(account, team) is not None)
        return Continued(team.project, ReuseOrigin.TEAM, team)
    if slug := request.args.get("projet"):
        project: Project = db.one_or_404(projects.by_slug(slug))
        built_by = db.session.scalars(events.team_of_project(project.id)).one_or_none()
        member = built_by is not None and event_policy.membership(account, built_by) is not None
        require(member or policy.can_continue(account, project))
        return Continued(project, ReuseOrigin.APPLICATION)
    return Continued()


def _form(reuse: Reuse | None, continued: Continued) -> ReuseForm:
    form = ReuseForm(form_data(), obj=reuse, data=ReuseForm.initial(reuse) if reuse else continued.known())
    form.offer(db.session.scalars(queries.themes()).all(), _own_organisations(reuse))
    form.nonce.data = form.nonce.data or random_token()
    if form.posted:
        _keep_image(form)
    return form


def _own_organisations(reuse: Reuse | None) -> list[Organisation]:
    """Those for which the person writes, and the one that already proposes the reuse."""
    links = db.session.scalars(network.memberships_of(current_account().id)).all()
    own = [
        link.organisation
        for link in links
        if link.state is MembershipState.ACTIVE and link.role is not MembershipRole.READER
    ]
    known = reuse.organisation if reuse else None
    return own if known is None or known in own else [*own, known]


def _keep_image(form: ReuseForm) -> None:
    """Put a chosen picture in the store at once, since a browser forgets it when the page comes back."""
    chosen = form.image.data
    if not getattr(chosen, "filename", ""):
        return
    try:
        written = storage.write(chosen.stream, chosen.filename, accepted=storage.IMAGES)
        with unit_of_work():
            row = services.keep_picture(written, by=current_account(), at=now())
        form.image_token.data, form.image_removed.data = row.public_id, False
    except RuleBroken as refusal:
        form.image.process_errors = [refusal.message]
    except StaleForm:  # The form's own error says so; the picture is to be chosen again.
        return


def _image(form: ReuseForm, reuse: Reuse | None) -> StoredFile | None:
    """The picture that the form names: the reuse's own, or one that this person has put in the store."""
    if not form.has_image:
        return None
    row = db.session.scalars(queries.image(form.image_token.data)).one_or_none()
    own = row is not None and row.uploaded_by_id == current_account().id
    return row if own or (row and reuse and reuse.image_id == row.id) else None


def _not_finished(form: ReuseForm) -> bool:
    """Whether the page comes back: a button of the list of data sets, or something to correct."""
    button = request.form.get("act", SEND)
    if form.press(button):
        return True
    return not (form.ready_as_draft() if button == KEEP else form.ready())


def _page(form: ReuseForm, reuse: Reuse | None, continued: Continued, *, conflict: bool = False) -> ResponseReturnValue:
    """The form; 422 when something is to be corrected, 409 when somebody else saved meanwhile."""
    searched = form.dataset_query.data or ""
    numbers = [entry.form.number or 0 for entry in form.datasets.entries]
    if conflict and reuse:
        form.version.data = str(reuse.version)
    page = render_template(
        "reuses/form.html", form=form, reuse=reuse, project=continued.project, conflict=conflict, searched=searched,
        matches=db.session.scalars(queries.dataset_matches(searched)).all() if searched else [],
        known={each.id: each for each in db.session.scalars(queries.datasets_by_id(numbers))},
        begins=reuse is None or reuse.state is ReuseState.DRAFT,
        initial=ReuseForm.initial(reuse) if conflict and reuse else {},
    )  # fmt: skip
    wrong = form.errors or form.form_errors
    return page, 409 if conflict else 422 if wrong else 200


def _declared(form: ReuseForm) -> Reuse:
    """The new reuse; the same form sent twice gives the first result."""
    account, at, continued = current_account(), now(), _continued()
    known = db.session.scalars(queries.by_nonce(form.nonce.data or "", account.id)).one_or_none()
    if known is not None:
        return known
    reuse = services.declare(
        form.values() | {"image": _image(form, None)}, form.uses(), by=account, at=at, project=continued.project,
        origin=continued.origin, nonce=(form.nonce.data or "")[:43],
    )  # fmt: skip
    if request.form.get("act") != KEEP:
        services.submit(reuse, by=account, at=at)
    return reuse


def _corrected(form: ReuseForm, reuse: Reuse) -> None:
    account, at = current_account(), now()
    services.edit(reuse, form.values() | {"image": _image(form, reuse)}, form.uses(), by=account, at=at)
    if request.form.get("act") == KEEP:
        return
    if MACHINE.allows(reuse.state, "submit"):
        services.submit(reuse, by=account, at=at)
    elif MACHINE.allows(reuse.state, "complete"):
        services.complete(reuse, by=account, at=at)


def _said(state: ReuseState) -> str:
    """What happened, in the words of the next page."""
    sentences = {
        ReuseState.DRAFT: _("Votre brouillon est gardé. Vous seul le voyez."),
        ReuseState.SUBMITTED: _("La Région a reçu votre réutilisation. Elle la lit avant de la publier."),
        ReuseState.INFO_REQUESTED: _("Vos réponses sont gardées. Envoyez-les quand elles sont complètes."),
    }
    return str(sentences.get(state, _("Vos changements sont enregistrés et visibles.")))

"""Opening a draft, then saying what the project is."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.exc import IntegrityError

from programme.applications import policy, queries, services
from programme.applications.forms import ProjectForm, StartForm
from programme.applications.labels import PUBLIC_STATES
from programme.applications.models import Application
from programme.applications.views import bp
from programme.applications.views.steps import (
    FormStep,
    answered,
    deadline,
    differences,
    go_on,
    needs_subdomain,
    step_page,
    version_of,
)
from programme.calls import policy as call_policy
from programme.calls import queries as calls
from programme.calls import services as call_services
from programme.calls.forms import read_back
from programme.calls.labels import takes
from programme.calls.models import Call, CallSession, CallStrand
from programme.core.access import SIGNED_IN, access, current_account, require
from programme.core.clock import now
from programme.core.errors import RuleBroken
from programme.core.forms import DayField
from programme.core.identifiers import random_token
from programme.core.periods import add_months
from programme.core.unit_of_work import unit_of_work
from programme.extensions import db
from programme.organisations import queries as network
from programme.organisations.forms import ELSEWHERE
from programme.organisations.models import Membership
from programme.organisations.policy import is_editor
from programme.organisations.states import MembershipRole, MembershipState
from programme.projects import queries as projects
from programme.projects.models import Project
from programme.strategy import queries as strategy


@bp.route("/appels/<slug>/deposer", methods=["GET", "POST"])
@access(SIGNED_IN)
def start(slug: str) -> ResponseReturnValue:
    """Open a draft; a project given in the address is continued, what is known already is filled in."""
    call = db.one_or_404(calls.by_slug(slug))
    require(call_policy.can_see(current_account(), call))
    memberships = _acting()
    form = StartForm(request.form, call=call, memberships=memberships, data=_known())
    form.nonce.data = (form.nonce.data or random_token())[:43]
    if form.posted and memberships and form.validate():
        try:
            return _open(call, form)
        except RuleBroken as refusal:
            form.form_errors.append(refusal.message)
    return _start_page(call, memberships, form)


def _start_page(call: Call, memberships: list[Membership], form: StartForm) -> ResponseReturnValue:
    at = now()
    session = db.session.scalars(calls.accepting(at, call.id)).first()
    return render_template(
        "applications/start.html", form=form, call=call, session=session, memberships=memberships,
        deadline=deadline(session, at) if session else None, following=_following(call, session),
        closed_to_others=call.by_invitation and not services.is_invited(_continued(), call.id),
        already=_already(session, memberships) if session else [], states=PUBLIC_STATES,
        time=lambda: takes(call_services.effort_of(call)),
    ), 422 if form.posted else 200  # fmt: skip


def _already(session: CallSession, memberships: list[Membership]) -> list[Application]:
    """The files that the person's organisations have in this session already: a second one is rarely meant, never refused."""
    ids = [each.organisation_id for each in memberships]
    return list(db.session.scalars(queries.live_in(session.id, ids)))


def _following(call: Call, session: Any) -> Any:
    """The next session, when none accepts applications now."""
    return None if session is not None else db.session.scalars(calls.next_sessions(call.id, now())).first()


def _acting() -> list[Membership]:
    """The organisations for which the person may file."""
    return [
        each
        for each in db.session.scalars(network.memberships_of(current_account().id))
        if each.state is MembershipState.ACTIVE and each.role is not MembershipRole.READER
    ]


def _known() -> dict[str, Any]:
    project = _continued()
    return {"strand": request.args.get("volet"), "title": project.title if project else None}


def _continued() -> Project | None:
    """The project given in the address, if the person may carry it on; a foreign one is as if absent."""
    slug = request.args.get("projet")
    project = db.session.scalars(projects.by_slug(slug)).one_or_none() if slug else None
    return project if project is not None and policy.can_continue(current_account(), project) else None


def _carried(call: Call, strand: CallStrand) -> dict[str, Any]:
    """The answers of the self-check, read anew by its own form: an address is somebody's to write."""
    themes = {each.code: each for each in db.session.scalars(strategy.themes(call.theme_set)) if call.offers(each)}
    what = call_services.asked_in(call, strand, db.session.scalars(calls.rules_of(call.id)).all())
    form = read_back(request.args, what, themes.values())
    given, start = form.given, form.given.get("starts_on")
    end = add_months(start, given["months"]) if start and given.get("months") else None
    known = {
        "territory_code": None if given.get("territory_code") == ELSEWHERE else given.get("territory_code"),
        "theme": themes.get(given.get("theme") or ""), "requested_amount": given.get("requested"), "starts_on": start,
        "ends_on": end if end and end.year in DayField.YEARS else None,
        "answers": form.answers(what),
    }  # fmt: skip
    return {name: value for name, value in known.items() if value not in (None, {})}


def _told(application: Application) -> str:
    """That the draft is open, and what the answers of the self-check filled in."""
    count = len(application.answers or {})
    found = [
        words
        for words, value in [
            (_("le territoire"), application.territory_code), (_("le thème"), application.theme),
            (_("les dates"), application.starts_on), (_("le montant demandé"), application.requested_amount),
            (ngettext("%(num)s réponse", "%(num)s réponses", count), count),
        ]
        if value
    ]  # fmt: skip
    said = _("Votre brouillon est ouvert : il est gardé à chaque étape, vous pouvez fermer et revenir.")
    return f"{said} " + _("Déjà rempli : %(what)s. Relisez-le.", what=", ".join(found)) if found else said


def _open(call: Call, form: StartForm) -> ResponseReturnValue:
    """Open the draft, or find again the one that the first click opened."""
    try:
        with unit_of_work():
            application = _first_result(form) or _new(call, form)
    except IntegrityError:  # The other click committed first: the nonce is unique for a person.
        found = _first_result(form)
        if found is None:
            raise
        application = found
    else:
        flash(_told(application), "success")
    return redirect(url_for(".project_step", reference=application.reference))


def _first_result(form: StartForm) -> Application | None:
    return db.session.scalars(queries.by_nonce(form.nonce.data or "", current_account().id)).one_or_none()


def _new(call: Call, form: StartForm) -> Application:
    at = now()
    session = db.session.scalars(calls.accepting(at, call.id)).first()
    if session is None:
        raise RuleBroken(_("Le dépôt n’est pas ouvert pour cet appel."))
    organisation = db.one_or_404(network.by_slug(form.organisation.data or ""))
    require(is_editor(current_account(), organisation.id))
    strand = db.one_or_404(calls.strand(session.call_id, form.strand.data or ""))
    return services.start(
        session, strand, organisation, form.title.data or "", by=current_account(), at=at, project=_continued(),
        nonce=form.nonce.data, known=_carried(session.call, strand),
    )  # fmt: skip


@bp.route("/dossiers/<reference>/projet", methods=["GET", "POST"])
@access(SIGNED_IN)
def project_step(reference: str) -> ResponseReturnValue:
    """What the project is, where and when."""
    return answered(_PROJECT, reference)


def _project_form(application: Application) -> ProjectForm:
    listed, own = db.session.scalars(queries.themes_of(application.call.theme_set)).unique(), application.theme
    # A file keeps the theme that it was written on, even when the call no longer offers it.
    themes = [each for each in listed if application.call.offers(each) or each is own]
    return ProjectForm(request.form, themes=themes, data=_saved_project(application))


def _project_page(application: Application, form: ProjectForm, status: int) -> ResponseReturnValue:
    return step_page(
        application, "projet", status, form=form, with_subdomains=needs_subdomain(application),
        conflict=differences(form, _project_texts(application)) if status == 409 else [],
    )  # fmt: skip


def _project_texts(application: Application) -> dict[str, Any]:
    return {
        **{name: getattr(application, name) for name in services.PROJECT_TEXTS},
        "theme": application.theme.code if application.theme else "",
        "subdomain": application.subdomain.code if application.subdomain else "",
    }


def _saved_project(application: Application) -> dict[str, Any]:
    return {**_project_texts(application), "version": application.version}


def _keep_project(application: Application, form: ProjectForm) -> None:
    """Fields that can be read are kept; the others stay as they were saved."""
    values = {name: form[name].data for name in services.PROJECT_TEXTS if not form[name].errors}
    nullable = ("starts_on", "ends_on", "territory_code")
    values = {name: (value or None) if name in nullable else (value or "") for name, value in values.items()}
    theme, subdomain = application.theme, application.subdomain
    if not form.subdomain.errors:
        subdomain = form.subdomains.get(form.subdomain.data or "")
    if not form.theme.errors and not form.subdomain.errors:
        theme = form.themes.get(form.theme.data or (subdomain.theme.code if subdomain else ""))
    services.save_project(application, values, theme=theme, subdomain=subdomain, version=version_of(form), at=now())


_PROJECT = FormStep(
    _project_form, _keep_project, _project_page, lambda reference, _form: go_on(reference, "projet"),
    queries.texts_for_update,
)  # fmt: skip

"""Opening a draft, then saying what the project is and answering the questions."""

from itertools import groupby
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from programme.applications import policy, queries, services
from programme.applications.forms import ProjectForm, QuestionsBase, StartForm
from programme.applications.models import Application
from programme.applications.views import bp
from programme.applications.views.steps import (
    deadline,
    differences,
    go_on,
    kept,
    load_draft,
    needs_subdomain,
    renew,
    short,
    step_page,
    version_of,
)
from programme.calls import policy as call_policy
from programme.calls import queries as calls
from programme.calls.models import Call
from programme.core import short_answers
from programme.core.access import SIGNED_IN, access, current_account, require
from programme.core.clock import now
from programme.core.errors import RuleBroken
from programme.core.forms import parse_amount
from programme.core.identifiers import random_token
from programme.core.unit_of_work import unit_of_work
from programme.extensions import db
from programme.organisations import queries as network
from programme.organisations.models import Membership
from programme.organisations.policy import is_editor
from programme.organisations.states import MembershipRole, MembershipState
from programme.projects import queries as projects
from programme.projects.models import Project
from programme.questionnaires.forms import answers_from, data_from, form_class
from programme.questionnaires.rules.fields import Question


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
    ), 422 if form.posted else 200  # fmt: skip


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


def _carried() -> dict[str, Any]:
    """The answers of the self-check, as far as they can be read."""
    known: dict[str, Any] = {}
    if len(request.args.get("territoire", "")) in (2, 3):
        known["territory_code"] = request.args["territoire"]
    try:
        known["requested_amount"] = parse_amount(request.args.get("demande", ""))
    except ValueError:
        return known
    return known if known["requested_amount"] >= 0 else {}


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
        flash(_("Votre brouillon est ouvert : il est gardé à chaque étape, vous pouvez fermer et revenir."), "success")
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
        nonce=form.nonce.data, known=_carried(),
    )  # fmt: skip


@bp.route("/dossiers/<reference>/projet", methods=["GET", "POST"])
@access(SIGNED_IN)
def project_step(reference: str) -> ResponseReturnValue:
    """What the project is, where and when."""
    if request.method == "GET":
        application = load_draft(reference)
        return _project_page(application, _project_form(application))
    saving = kept(reference, _project_form, _keep_project, queries.texts_for_update)
    if short_answers.wanted():
        return short(saving)
    if saving.status is None:
        return go_on(reference, "projet")
    application = load_draft(reference)
    renew(saving.form, application)
    conflict = differences(saving.form, _project_texts(application)) if saving.status == 409 else []
    return _project_page(application, saving.form, saving.status, conflict)


def _project_form(application: Application) -> ProjectForm:
    themes = db.session.scalars(queries.themes_of(application.call.theme_set)).unique().all()
    return ProjectForm(request.form, themes=themes, data=_saved_project(application))


def _project_page(
    application: Application, form: ProjectForm, status: int = 200, conflict: Any = ()
) -> ResponseReturnValue:
    with_subdomains = needs_subdomain(application)
    return step_page(application, "projet", status, form=form, conflict=conflict, with_subdomains=with_subdomains)


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


@bp.route("/dossiers/<reference>/questions", methods=["GET", "POST"])
@access(SIGNED_IN)
def questions_step(reference: str) -> ResponseReturnValue:
    """The questions of the strand and of the theme."""
    if request.method == "GET":
        application = load_draft(reference)
        return _questions_page(application, _questions_form(application))
    saving = kept(reference, _questions_form, _keep_answers, queries.answers_for_update)
    if short_answers.wanted():
        return short(saving)
    application = load_draft(reference)
    if saving.status is None:
        return _after_questions(application, saving.form.questions)
    renew(saving.form, application)
    saved = data_from(application.answers, saving.form.questions)
    conflict = differences(saving.form, saved) if saving.status == 409 else []
    return _questions_page(application, saving.form, saving.status, conflict)


def _questions_form(application: Application) -> Any:
    """The questions that are shown; the form knows them."""
    questions = _shown(services.asked_questions(application))
    saved = data_from(application.answers, questions)
    form = form_class(questions, QuestionsBase)(request.form, data={**saved, "version": application.version})
    form.questions = questions
    return form


def _shown(asked: list[Question]) -> list[Question]:
    """Those that were on the page that is sent: an answer saved meanwhile may have opened others."""
    keys = set(request.form.getlist("shown"))
    return [each for each in asked if each.key in keys] if keys else asked


def _questions_page(application: Application, form: Any, status: int = 200, conflict: Any = ()) -> ResponseReturnValue:
    """The questions under the titles of their sections, in order."""
    sections = [(title, list(group)) for title, group in groupby(form.questions, key=lambda each: each.section)]
    return step_page(
        application, "questions", status, form=form, questions=form.questions, sections=sections, conflict=conflict
    )


def _keep_answers(application: Application, form: Any) -> None:
    given = {**application.answers, **answers_from(form, form.questions)}
    filled = {key: value for key, value in given.items() if value is not None}
    services.save_answers(application, filled, version=version_of(form), at=now())


def _after_questions(application: Application, shown: list[Question]) -> ResponseReturnValue:
    """An answer may open other questions: the person meets them before going on."""
    keys = {each.key for each in shown}
    opened = [each for each in services.asked_questions(application) if each.key not in keys]
    if opened and request.form.get("action") == "next":
        flash(_("Vos réponses ouvrent d’autres questions : répondez-y ci-dessous."), "info")
        return redirect(
            url_for(".questions_step", reference=application.reference, _anchor=f"question-{opened[0].key}")
        )
    return go_on(application.reference, "questions")

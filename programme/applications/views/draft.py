"""The steps of a draft: each page keeps what can be read and shows again, as typed, what cannot."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from programme.applications import policy, queries, services
from programme.applications.forms import BudgetForm, DatasetsForm, ProjectForm, StartForm, blank_rows
from programme.applications.models import Application
from programme.applications.rules.budget import ZERO
from programme.applications.states import ExpenseCategory, FundingKind, FundingState
from programme.applications.views import bp
from programme.applications.views.own import load, plan
from programme.calls import policy as call_policy
from programme.calls import queries as calls
from programme.calls.models import Call
from programme.catalogue import queries as catalogue
from programme.core.access import SIGNED_IN, access, current_account, require
from programme.core.clock import now
from programme.core.forms import BaseForm
from programme.core.unit_of_work import unit_of_work
from programme.extensions import db
from programme.organisations import queries as network
from programme.organisations.policy import is_editor
from programme.organisations.states import MembershipRole, MembershipState
from programme.projects import queries as projects
from programme.questionnaires.forms import answers_from, data_from, form_class
from programme.strategy import queries as strategy

STEPS = ("projet", "questions", "donnees", "budget", "pieces", "relecture")


def step_titles() -> dict[str, str]:
    """The steps in words."""
    return {
        "projet": _("Le projet"), "questions": _("Les questions du volet"), "donnees": _("Les données"),
        "budget": _("Le budget"), "pieces": _("Les pièces"), "relecture": _("Relecture et envoi"),
    }  # fmt: skip


def step_page(application: Application, step: str, status: int = 200, **context: Any) -> ResponseReturnValue:
    """One step of the draft, with the thread of steps and the bar."""
    remaining = services.faults(application, now(), subdomain_needed=bool(application.call.theme_set == "territories"))
    open_steps = {each.step for each in remaining}
    endpoints = {
        "projet": ".project_step", "questions": ".questions_step", "donnees": ".datasets_step",
        "budget": ".budget_step", "pieces": ".pieces_step", "relecture": ".review_step",
    }  # fmt: skip
    titles = step_titles()
    items = [
        (titles[each], url_for(endpoints[each], reference=application.reference), each not in open_steps)
        for each in STEPS
    ]
    return render_template(
        f"applications/steps/{step}.html", application=application, step=step, items=items, titles=titles,
        faults=remaining, at=now(), **context,
    ), status  # fmt: skip


def load_draft(reference: str) -> Application:
    """A draft that the person may fill in."""
    application = load(reference)
    require(policy.can_edit(current_account(), application))
    return application


def go_on(reference: str, step: str) -> ResponseReturnValue:
    """Where the pressed button leads: save and stay, go on, or go back."""
    move = {"next": 1, "previous": -1}.get(request.form.get("action", ""), 0)
    place = min(max(STEPS.index(step) + move, 0), len(STEPS) - 1)
    endpoints = ("project_step", "questions_step", "datasets_step", "budget_step", "pieces_step", "review_step")
    return redirect(url_for(f".{endpoints[place]}", reference=reference))


def save(reference: str, form: BaseForm, keep: Callable[[Application], None]) -> bool:
    """Keep what was typed, in one transaction; False when a colleague saved the same page meanwhile."""
    try:
        with unit_of_work():
            application = db.one_or_404(queries.for_update(reference))
            require(policy.can_edit(current_account(), application))
            keep(application)
    except services.Outdated as refusal:
        form.form_errors.append(refusal.message)
        return False
    return True


def version_of(form: Any) -> int | None:
    """The version that the page was made from."""
    return int(form.version.data) if str(form.version.data or "").isdigit() else None


@bp.route("/appels/<slug>/deposer", methods=["GET", "POST"])
@access(SIGNED_IN)
def start(slug: str) -> ResponseReturnValue:
    """Open a draft; a project given in the address is continued."""
    call = db.one_or_404(calls.by_slug(slug))
    require(call_policy.can_see(current_account(), call))
    memberships = [
        each
        for each in db.session.scalars(network.memberships_of(current_account().id))
        if each.state is MembershipState.ACTIVE and each.role is not MembershipRole.READER
    ]
    session = db.session.scalars(calls.accepting(now(), call.id)).first()
    form = StartForm(request.form, call=call, memberships=memberships, data=_known())
    if session is None or not memberships or not form.submitted():
        return render_template(
            "applications/start.html", form=form, call=call, session=session, memberships=memberships
        ), 422 if form.posted else 200
    return _open(call, session.id, form)


def _known() -> dict[str, Any]:
    project = db.session.scalars(projects.by_slug(request.args.get("projet", ""))).one_or_none()
    return {"strand": request.args.get("volet"), "title": project.title if project else None}


def _open(call: Call, session_id: int, form: StartForm) -> ResponseReturnValue:
    with unit_of_work():
        session = db.one_or_404(calls.session(session_id))
        organisation = db.one_or_404(network.by_slug(form.organisation.data or ""))
        require(is_editor(current_account(), organisation.id))
        strand = db.one_or_404(calls.strand(session.call_id, form.strand.data or ""))
        project = db.session.scalars(projects.by_slug(request.args.get("projet", ""))).one_or_none()
        application = services.start(
            session, strand, organisation, form.title.data or "", by=current_account(), at=now(), project=project
        )
    flash(_("Votre brouillon est ouvert : il est gardé à chaque étape, vous pouvez fermer et revenir."), "success")
    return redirect(url_for(".project_step", reference=application.reference))


@bp.route("/dossiers/<reference>/projet", methods=["GET", "POST"])
@access(SIGNED_IN)
def project_step(reference: str) -> ResponseReturnValue:
    """What the project is, where and when."""
    application = load_draft(reference)
    themes = list(db.session.scalars(queries.themes_of(application.call.theme_set)))
    known = {
        **{name: getattr(application, name) for name in services.PROJECT_TEXTS}, "version": application.version,
        "theme": application.theme.code if application.theme else "",
        "subdomain": application.subdomain.code if application.subdomain else "",
    }  # fmt: skip
    form = ProjectForm(request.form, themes=themes, data=known)
    if form.posted:
        valid = form.validate()
        if not form.csrf_token.errors and save(reference, form, lambda each: _keep_project(each, form)) and valid:
            return go_on(reference, "projet")
        application = load_draft(reference)
        _renew(form, application)
    return step_page(application, "projet", 422 if form.posted else 200, form=form)


def _keep_project(application: Application, form: ProjectForm) -> None:
    theme = db.session.scalars(strategy.theme_by_code(form.theme.data or "")).one_or_none()
    subdomain = db.session.scalars(queries.subdomain_by_code(form.subdomain.data or "")).one_or_none()
    if subdomain is not None and theme is not None and subdomain.theme_id != theme.id:
        subdomain = None
    values = {name: form[name].data for name in services.PROJECT_TEXTS if not form[name].errors}
    values = {name: ("" if value is None and not name.endswith("_on") else value) for name, value in values.items()}
    values["territory_code"] = values.get("territory_code") or None
    services.save_project(
        application, values, theme=theme, subdomain=subdomain, version=version_of(form), at=now()
    )


def _renew(form: Any, application: Application) -> None:
    """The page that comes back is made from what is saved now: a second « save » keeps the typed text."""
    form.version.data = str(application.version)
    form.version.raw_data = None


@bp.route("/dossiers/<reference>/questions", methods=["GET", "POST"])
@access(SIGNED_IN)
def questions_step(reference: str) -> ResponseReturnValue:
    """The questions of the strand and of the theme."""
    application = load_draft(reference)
    context = {**services.condition_context(application), **application.answers}
    questions = [each for each in application.form_definition.questions if each.is_asked(context)]
    form = form_class(questions)(request.form, data=data_from(application.answers, questions))
    if form.posted:
        valid = form.validate()

        def keep(each: Application) -> None:
            answers = {**each.answers, **answers_from(form, questions)}
            emptied = {q.key for q in questions if form[f"q_{q.key}"].data in (None, "", [])}
            kept = {key: value for key, value in answers.items() if key not in emptied}
            services.save_answers(each, kept, version=None, at=now())

        if not form.csrf_token.errors and save(reference, form, keep) and valid:
            return go_on(reference, "questions")
    return step_page(application, "questions", 422 if form.posted else 200, form=form, questions=questions)


@bp.route("/dossiers/<reference>/donnees", methods=["GET", "POST"])
@access(SIGNED_IN)
def datasets_step(reference: str) -> ResponseReturnValue:
    """The data sets that the project uses or opens."""
    application = load_draft(reference)
    rows = [{"title": e.title, "use": e.use, "is_opened": e.is_opened} for e in application.datasets]
    form = DatasetsForm(request.form, data={"rows": rows, "version": application.version})
    if form.posted:
        valid = form.validate()

        def keep(each: Application) -> None:
            typed = [row.form for row in form.rows if row.form.title.data]
            given = [(row.title.data[:250], (row.use.data or "")[:300], bool(row.is_opened.data)) for row in typed]
            services.save_datasets(each, given, version=version_of(form), at=now())

        if not form.csrf_token.errors and save(reference, form, keep) and valid and request.form.get("action") != "add":
            return go_on(reference, "donnees")
        application = load_draft(reference)
        _renew(form, application)
    blank_rows(form.rows, len(form.rows) + 1 if request.form.get("action") == "add" else max(2, len(form.rows)))
    titles = [title for _id, title, _producer in db.session.execute(catalogue.pick_list())]
    return step_page(application, "donnees", 422 if form.errors else 200, form=form, titles=titles)


@bp.route("/dossiers/<reference>/budget", methods=["GET", "POST"])
@access(SIGNED_IN)
def budget_step(reference: str) -> ResponseReturnValue:
    """Expenses and financing plan, in exact money."""
    application = load_draft(reference)
    form = BudgetForm(request.form, data=_known_budget(application))
    action = request.form.get("action")
    if form.posted:
        valid = form.validate()
        if not form.csrf_token.errors and save(reference, form, lambda each: _keep_budget(each, form)) and valid:
            if action not in ("add_line", "add_source"):
                return go_on(reference, "budget")
        application = load_draft(reference)
        _renew(form, application)
    blank_rows(form.lines, len(form.lines) + 1 if action == "add_line" else max(3, len(form.lines)))
    blank_rows(form.sources, len(form.sources) + 1 if action == "add_source" else max(2, len(form.sources)))
    return step_page(application, "budget", 422 if form.errors else 200, form=form, plan=plan(application))


def _known_budget(application: Application) -> dict[str, Any]:
    return {
        "version": application.version, "requested": application.requested_amount,
        "lines": [{"label": e.label, "category": e.category, "amount": e.amount} for e in application.budget_lines],
        "sources": [
            {"label": e.label, "kind": e.kind, "state": e.state, "amount": e.amount} for e in application.funding_sources
        ],
    }  # fmt: skip


def _keep_budget(application: Application, form: BudgetForm) -> None:
    """Rows that hold a readable amount or a name are kept; an unreadable amount stays on the page, as typed."""
    lines = [row.form for row in form.lines if row.form.label.data or row.form.amount.data]
    sources = [row.form for row in form.sources if row.form.label.data or row.form.amount.data]
    requested = application.requested_amount if form.requested.errors else form.requested.data
    services.save_budget(
        application,
        [((row.label.data or "")[:200], ExpenseCategory(row.category.data), row.amount.data or ZERO) for row in lines],
        requested,
        [
            ((row.label.data or "")[:200], FundingKind(row.kind.data), FundingState(row.state.data), row.amount.data or ZERO)
            for row in sources
        ],
        version=version_of(form), at=now(),
    )  # fmt: skip

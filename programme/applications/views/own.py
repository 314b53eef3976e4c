"""The applicant's space: my applications, one application, its files."""

from flask import Response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from programme.applications import documents, policy, queries, services
from programme.applications.labels import (
    CATEGORIES,
    FUNDING_STATES,
    PIECE_TONES,
    PIECES,
    PUBLIC_STATES,
    PUBLIC_TONES,
)
from programme.applications.models import Application
from programme.applications.states import ApplicationState
from programme.applications.views import bp
from programme.calls import queries as calls
from programme.core import storage
from programme.core.access import SIGNED_IN, access, current_account, require
from programme.core.clock import now
from programme.extensions import db
from programme.projects import thread


def load(reference: str) -> Application:
    """An application that the person may see as an applicant; absent otherwise."""
    application = db.one_or_404(queries.whole(reference))
    require(policy.can_see(current_account(), application))
    return application


def plan(application: Application) -> dict[str, object]:
    """The budget as the component wants it."""
    region = [("Région (cette demande)", FUNDING_STATES["sought"], application.requested_amount or 0)]
    return {
        "lines": [(each.label, CATEGORIES[each.category], each.amount) for each in application.budget_lines],
        "sources": region
        + [(each.label, FUNDING_STATES[each.state], each.amount) for each in application.funding_sources],
        "totals": services.totals(application),
    }


@bp.get("/mes-dossiers")
@access(SIGNED_IN)
def index() -> ResponseReturnValue:
    """The applications of my organisations."""
    listed = db.paginate(queries.mine(current_account().id), per_page=30, max_per_page=30)
    return render_template(
        "applications/index.html", page=listed, states=PUBLIC_STATES, tones=PUBLIC_TONES,
        sessions=db.session.scalars(calls.accepting(now())).all(),
    )  # fmt: skip


@bp.get("/dossiers/<reference>")
@access(SIGNED_IN)
def show(reference: str) -> ResponseReturnValue:
    """One application: where it is, what comes next, what was handed in."""
    application = load(reference)
    account = current_account()
    if application.state is ApplicationState.DRAFT and policy.can_edit(account, application):
        return redirect(url_for(".project_step", reference=reference))
    return render_template(
        "applications/show.html", application=application, states=PUBLIC_STATES, tones=PUBLIC_TONES,
        receipt=documents.receipt(application) if application.submitted_at else None, plan=plan(application),
        clock=services.clock(application) if application.submitted_at else None, pieces=PIECES, piece_tones=PIECE_TONES,
        steps=thread.steps(application.project, account), questions=asked(application),
        can_answer=policy.can_answer(account, application), can_withdraw=policy.can_withdraw(account, application),
    )  # fmt: skip


def asked(application: Application) -> list[tuple[str, object]]:
    """The questions that were asked, with the answers in words."""
    context = {**services.condition_context(application), **application.answers}
    shown = []
    for question in application.form_definition.questions:
        if question.is_asked(context):
            answer = application.answers.get(question.key)
            words = dict(question.options) | {"yes": "Oui", "no": "Non"}
            text = ", ".join(words.get(each, each) for each in answer) if isinstance(answer, list) else answer
            shown.append((question.label, words.get(str(text), text)))
    return shown


@bp.get("/dossiers/<reference>/accuse-de-reception")
@access(SIGNED_IN)
def receipt(reference: str) -> ResponseReturnValue:
    """The receipt on screen, with every item of the law."""
    application = load(reference)
    require(application.submitted_at is not None)
    return render_template(
        "applications/receipt.html", application=application, receipt=documents.receipt(application)
    )


@bp.get("/dossiers/<reference>/accuse-de-reception.pdf")
@access(SIGNED_IN)
def receipt_pdf(reference: str) -> Response | ResponseReturnValue:
    """The receipt as issued."""
    application = load(reference)
    require(application.receipt is not None)
    assert application.receipt is not None
    if application.receipt.file is None:
        return render_template("applications/pdf_in_progress.html", application=application), 202
    return storage.answer(application.receipt.file)


@bp.get("/dossiers/pieces/<public_id>")
@access(SIGNED_IN)
def piece_file(public_id: str) -> Response:
    """A piece, for the organisation's members."""
    piece = db.one_or_404(queries.piece_file(public_id))
    require(policy.can_see(current_account(), piece.application))
    assert piece.file is not None
    return storage.answer(piece.file)

"""The rules of a call as a PDF: put there by those who define it, downloaded by everybody, version by version."""

from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from programme.accounts.policy import staff
from programme.accounts.states import Role
from programme.calls import policy, queries, services
from programme.calls.forms.steps import RegulationForm
from programme.calls.models import Call
from programme.calls.states import DEFINABLE
from programme.calls.views import bp
from programme.calls.views.definition import change, load, may_change
from programme.core import storage
from programme.core.access import PUBLIC, access, current_account, require, viewer
from programme.core.clock import now
from programme.core.errors import RuleBroken
from programme.core.forms import form_data
from programme.extensions import db

PDF = "application/pdf"


@bp.route("/agents/appels/<slug>/definition/reglement", methods=["GET", "POST"])
@access(staff(Role.OFFICER_PROGRAMME, Role.DIRECTION))
def define_regulation(slug: str) -> ResponseReturnValue:
    """The rules of the call: those in force, those that a change brings, the former ones."""
    form = RegulationForm(form_data() if request.method == "POST" else None)
    require(not form.posted or policy.can_define(current_account()))
    if form.posted and form.validate():
        try:
            _keep(slug, form.file.data)
        except RuleBroken as refusal:
            form.file.errors = [*form.file.errors, refusal.message]
        else:
            flash(_("Règlement enregistré."), "success")
            return redirect(url_for(".define_regulation", slug=slug))
    return _page(load(slug), form)


def _page(call: Call, form: RegulationForm) -> ResponseReturnValue:
    given = services.working_document(call)["regulation"]
    waiting = [each for each in call.regulations if each.number is None and given]
    return render_template(
        "calls/define_regulation.html", call=call, form=form, definable=may_change(call), is_draft=call.state in DEFINABLE,
        waiting=next((each for each in reversed(waiting) if each.file.sha256 == given["sha256"]), None),
        published=[each for each in reversed(call.regulations) if each.number is not None],
    ), 422 if form.posted else 200  # fmt: skip


def _keep(slug: str, upload: Any) -> None:
    """Put the file in the store, before any transaction, then in the document of the call."""
    if not isinstance(upload, FileStorage) or not upload.filename:
        raise RuleBroken(_("Choisissez un fichier PDF sur votre appareil."))
    written = storage.write(upload.stream, upload.filename, accepted=(PDF,))

    def put(document: dict[str, Any], call: Call) -> None:
        document["regulation"] = services.add_regulation(call, written, by=current_account(), at=now())

    change(slug, "regulation", put)


@bp.post("/agents/appels/<slug>/definition/reglement/retirer")
@access(staff(Role.OFFICER_PROGRAMME))
def take_back_regulation(slug: str) -> ResponseReturnValue:
    """Take back what is not published: a draft has no rules any more, a published call keeps those in force."""

    def back(document: dict[str, Any], call: Call) -> None:
        document["regulation"] = None if call.state in DEFINABLE else services.definition_of(call)["regulation"]

    try:
        change(slug, "regulation", back)
    except RuleBroken as refusal:
        flash(refusal.message, "error")
    else:
        flash(_("Le fichier est retiré."), "success")
    return redirect(url_for(".define_regulation", slug=slug))


@bp.get("/appels/<slug>/reglement/<public_id>")
@access(PUBLIC)
def regulation(slug: str, public_id: str) -> Response:
    """One version of the rules: the published ones for everybody, the others for those who define the call."""
    call = load(slug)
    require(policy.can_see(viewer(), call))
    found = db.one_or_404(queries.regulation_file(call.id, public_id))
    require(found.number is not None or policy.can_see_prepared(viewer()))
    return storage.answer(found.file)

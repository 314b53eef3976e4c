"""Large exports: the agent asks, sees how far they are, downloads them."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from programme.accounts.policy import ANY_STAFF
from programme.core import export_jobs, storage
from programme.core.access import access, current_account, require
from programme.core.clock import now
from programme.core.errors import RuleBroken
from programme.core.exports import FORMATS, ExportFormat
from programme.core.unit_of_work import unit_of_work
from programme.extensions import db
from programme.site.views import bp


@bp.get("/agents/exports")
@access(ANY_STAFF)
def exports() -> ResponseReturnValue:
    """One's own exports; with a list in the address, the question whether to prepare it."""
    name = request.args.get("liste", "")
    parameters = export_jobs.read_parameters(request.args.get("parametres", ""))
    wanted = export_jobs.table_of(name, parameters, current_account()) if name else None
    rows = db.session.scalars(export_jobs.of(current_account(), now())).all()
    return render_template(
        "site/exports.html", rows=rows, formats=FORMATS, wanted=wanted, limit=export_jobs.LIMIT, fields=_fields(),
        pending=any(each.is_pending for each in rows),
    )  # fmt: skip


def _fields() -> dict[str, Any]:
    return {key: request.values.get(key, "")[:2000] for key in ("liste", "format", "parametres")}


def _format() -> ExportFormat:
    code = request.form.get("format", "")
    require(code in {each.value for each in ExportFormat})
    return ExportFormat(code)


@bp.post("/agents/exports")
@access(ANY_STAFF)
def ask_export() -> ResponseReturnValue:
    """Have a large list prepared."""
    fields, code = _fields(), _format()
    try:
        with unit_of_work():
            parameters = export_jobs.read_parameters(fields["parametres"])
            export_jobs.ask(fields["liste"], parameters, code, by=current_account(), at=now())
    except RuleBroken as refusal:
        flash(refusal.message, "error")
    else:
        flash(_("L’export est demandé : il se prépare, et vous pouvez continuer votre travail."), "success")
    return redirect(url_for(".exports"))


@bp.get("/agents/exports/<public_id>")
@access(ANY_STAFF)
def download_export(public_id: str) -> ResponseReturnValue:
    """The file, for the person who asked for it only."""
    return storage.answer(export_jobs.to_download(public_id, current_account(), now()))

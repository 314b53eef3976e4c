"""Checking a receipt or an issued document by its code: what it is and its fingerprint, never its content."""

import json
from datetime import timedelta
from typing import Any

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from programme.core import limits, seal
from programme.core.access import PUBLIC, access
from programme.core.clock import now
from programme.core.documents import IssuedDocument
from programme.core.errors import RuleBroken
from programme.core.forms import form_data
from programme.core.unit_of_work import unit_of_work
from programme.extensions import db
from programme.site import queries
from programme.site.forms import CODE, SealedFileForm, normal_code
from programme.site.labels import DOCUMENT_KINDS
from programme.site.views import bp

TRIES_PER_HOUR = 60


@bp.get("/verifier")
@access(PUBLIC)
def verify() -> ResponseReturnValue:
    """Ask for the code; a given one leads to its own page."""
    if given := request.args.get("code", "").strip():
        return redirect(url_for(".verify_code", code=normal_code(given) or "-"))
    return _page("", None, None)


def _page(code: str, document: IssuedDocument | None, refusal: str | None) -> str:
    return render_template("site/verify.html", code=code, document=document, refusal=refusal, kinds=DOCUMENT_KINDS)


def _one_try_more() -> str | None:
    """Each try counts, found or not, so that nobody walks through the codes; the sentence when there were too many."""
    try:
        with unit_of_work():
            limits.count("verify", request.remote_addr or "", at=now(), limit=TRIES_PER_HOUR, window=timedelta(hours=1))
    except RuleBroken as refusal:
        return refusal.message
    return None


@bp.get("/verifier/cles.json")
@access(PUBLIC)
def keys() -> ResponseReturnValue:
    """The public key with which sealed data are checked, far from here and later."""
    return Response(json.dumps(seal.keys(), indent=1), content_type="application/jwk-set+json")


@bp.route("/verifier/fichier", methods=["GET", "POST"])
@access(PUBLIC)
def verify_file() -> ResponseReturnValue:
    """Whether the signed data of a receipt are as they were issued. Nothing of the file is kept."""
    form = SealedFileForm(form_data())
    if form.posted and (refusal := _one_try_more()):
        form.form_errors.append(refusal)
        return _file_page(form, 429)
    if not form.submitted():
        return _file_page(form, 422 if form.posted else 200)
    try:
        found = seal.opened("accuse", form.read())
    except seal.NotSealed:
        form.file.errors = [
            _("Ce fichier n’est pas un accusé de la Région, ou il a été changé depuis, même d’un signe.")
        ]
        return _file_page(form, 422)
    return _file_page(form, 200, found)


def _file_page(form: SealedFileForm, status: int, sealed: Any = None) -> ResponseReturnValue:
    known = queries.document_by_code(str(sealed.get("check_code"))) if sealed else None
    document = None if known is None else db.session.scalars(known).one_or_none()
    return render_template("site/verify_file.html", form=form, sealed=sealed, document=document), status


@bp.get("/verifier/<code>")
@access(PUBLIC)
def verify_code(code: str) -> ResponseReturnValue:
    """What the code stands for."""
    wanted = normal_code(code)
    if refusal := _one_try_more():
        return _page(wanted, None, refusal), 429
    document = db.session.scalars(queries.document_by_code(wanted)).one_or_none() if CODE.fullmatch(wanted) else None
    return _page(wanted, document, None), 200 if document else 404

"""Who opened which file: for the administrator and the data protection officer."""

from collections.abc import Iterator
from typing import Any

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from programme.accounts.labels import ROLES
from programme.accounts.policy import staff
from programme.accounts.states import Role
from programme.core import exports
from programme.core.access import access
from programme.core.clock import now
from programme.core.consultations import Consultation
from programme.core.exports import CellKind, Column
from programme.extensions import db
from programme.site import queries
from programme.site.labels import CONSULTED, STANDINGS
from programme.site.queries import ConsultationFilters
from programme.site.views import bp

PER_PAGE = 50


def _asked() -> dict[str, str]:
    found = {name: request.args.get(name, "").strip()[:80] for name in ("personne", "dossier")}
    return {name: text for name, text in found.items() if text}


def _filters() -> ConsultationFilters:
    text, asked = request.args.get("avant", ""), _asked()
    before = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
    return ConsultationFilters(asked.get("personne", ""), asked.get("dossier", ""), before)


def _right(line: Consultation) -> str:
    """By which right: how the person stands to the file, and the roles they held then."""
    standing = str(STANDINGS[line.standing])
    held = ", ".join(str(ROLES[Role(code)]) for code in line.roles.split(",") if code in set(Role))
    return _("%(standing)s (%(roles)s)", standing=standing, roles=held) if held else standing


@bp.get("/agents/consultations")
@access(staff(Role.ADMIN, Role.DPO))
def consultations() -> ResponseReturnValue:
    """The openings, newest first; a page begins after the last line of the one before."""
    asked, filters = _asked(), _filters()
    rows = db.session.execute(queries.consultations(filters).limit(PER_PAGE + 1)).all()
    kept: dict[str, Any] = dict(asked)
    older = url_for(".consultations", **kept, avant=rows[PER_PAGE - 1][0].id) if len(rows) > PER_PAGE else None
    return render_template(
        "site/consultations.html", rows=rows[:PER_PAGE], asked=asked, older=older, things=CONSULTED, right=_right,
        newest=url_for(".consultations", **kept) if filters.before else None,
        export=url_for(".export_consultations", **kept),
    )  # fmt: skip


@bp.get("/agents/consultations/export")
@access(staff(Role.ADMIN, Role.DPO))
def export_consultations() -> Response:
    """The same lines as a table, all of them, in the format of the address."""
    columns = [
        Column(_("Ouvert le"), CellKind.INSTANT), Column(_("Par")), Column(_("Adresse")), Column(_("De quel droit")),
        Column(_("Ce qui est ouvert")), Column(_("Dossier")),
    ]  # fmt: skip
    code = exports.chosen()
    return exports.answer(f"consultations-{now():%Y-%m-%d}", code, columns, _lines(_filters()))


def _lines(filters: ConsultationFilters) -> Iterator[list[Any]]:
    statement = queries.consultations(filters).execution_options(yield_per=1000)
    for line, name, email in db.session.execute(statement):
        yield [line.at, name, email, _right(line), str(CONSULTED[line.kind]), line.reference]

"""Who opened which file: for the administrator and the data protection officer."""

from collections.abc import Iterator, Mapping
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import Select, func, select

from programme.accounts.labels import ROLES
from programme.accounts.models import Account
from programme.accounts.policy import staff
from programme.accounts.states import Role
from programme.core import export_jobs
from programme.core.access import access, current_account
from programme.core.clock import now
from programme.core.consultations import Consultation
from programme.core.exports import CellKind, Column
from programme.extensions import db
from programme.site import queries
from programme.site.labels import CONSULTED, STANDINGS
from programme.site.queries import ConsultationFilters
from programme.site.views import bp

PER_PAGE = 50
LOG_READERS = (Role.ADMIN, Role.DPO)


NAMES = ("personne", "dossier")


def _asked(given: Mapping[str, str | int]) -> dict[str, str]:
    found = {name: str(given.get(name, "")).strip()[:80] for name in NAMES}
    return {name: text for name, text in found.items() if text}


def _filters(asked: Mapping[str, str], before: int | None = None) -> ConsultationFilters:
    return ConsultationFilters(asked.get("personne", ""), asked.get("dossier", ""), before)


def _before() -> int | None:
    text = request.args.get("avant", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _right(line: Consultation) -> str:
    """By which right: how the person stands to the file, and the roles they held then."""
    standing = str(STANDINGS[line.standing])
    held = ", ".join(str(ROLES[Role(code)]) for code in line.roles.split(",") if code in set(Role))
    return _("%(standing)s (%(roles)s)", standing=standing, roles=held) if held else standing


@bp.get("/agents/consultations")
@access(staff(*LOG_READERS))
def consultations() -> ResponseReturnValue:
    """The openings, newest first; a page begins after the last line of the one before."""
    asked = _asked(request.args)
    filters = _filters(asked, _before())
    rows = db.session.execute(queries.consultations(filters).limit(PER_PAGE + 1)).all()
    kept: dict[str, Any] = dict(asked)
    older = url_for(".consultations", **kept, avant=rows[PER_PAGE - 1][0].id) if len(rows) > PER_PAGE else None
    return render_template(
        "site/consultations.html", rows=rows[:PER_PAGE], asked=asked, older=older, things=CONSULTED, right=_right,
        newest=url_for(".consultations", **kept) if filters.before else None,
    )  # fmt: skip


def _may_export(account: Account, _parameters: export_jobs.Parameters) -> bool:
    return account.has_role(*LOG_READERS)


@export_jobs.source("site.consultations", allows=_may_export)
def consultations_table(_account: Account, parameters: export_jobs.Parameters) -> export_jobs.Table:
    """The openings that answer the filters, all of them, newest first."""
    columns = [
        Column(_("Ouvert le"), CellKind.INSTANT), Column(_("Par")), Column(_("Adresse")), Column(_("De quel droit")),
        Column(_("Ce qui est ouvert")), Column(_("Dossier")),
    ]  # fmt: skip
    statement = queries.consultations(_filters(_asked(parameters)))
    count = db.session.execute(select(func.count()).select_from(statement.order_by(None).subquery())).scalar_one()
    return export_jobs.Table(f"consultations-{now():%Y-%m-%d}", _("Consultations"), columns, _lines(statement), count)


def _lines(statement: Select[Consultation, str, str]) -> Iterator[list[Any]]:
    for line, name, email in db.session.execute(statement.execution_options(yield_per=1000)):
        yield [line.at, name, email, _right(line), str(CONSULTED[line.kind]), line.reference]


@bp.get("/agents/consultations/export")
@access(staff(*LOG_READERS))
def export_consultations() -> ResponseReturnValue:
    """The same lines as a table, in the format of the address."""
    return export_jobs.answer("site.consultations", _asked(request.args), current_account())

"""The budget from a spreadsheet and back: what is pasted or sent is understood line by line, shown, then confirmed."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from flask import Response, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug.datastructures import FileStorage

from programme.applications import services
from programme.applications.forms import MAX_ROWS, CopiedForm, UnderstoodForm
from programme.applications.labels import CATEGORIES, FUNDING_KINDS, FUNDING_STATES
from programme.applications.models import Application, BudgetLine, FundingSource
from programme.applications.rules.budget import ZERO
from programme.applications.rules.budget_words import Part, Source, code_of, state_of, words
from programme.applications.rules.figures import Trouble
from programme.applications.rules.paste import Line, Reason, Understood, understand
from programme.applications.states import ExpenseCategory, FundingKind, FundingState
from programme.applications.views import bp
from programme.applications.views.own import load
from programme.applications.views.steps import kept, load_draft, renew, version_of
from programme.core import exports, short_answers, tables
from programme.core.access import SIGNED_IN, access
from programme.core.clock import now
from programme.core.errors import RuleBroken
from programme.core.exports import CellKind, Column
from programme.core.forms import form_data
from programme.core.i18n import NARROW, money

MOST_SIGNS = 200_000
"""Signs of what one pastes: forty rows have four thousand."""
MOST_LINES = 500
"""Lines that are understood one by one, of which a table keeps far fewer."""
TROUBLES = {
    Trouble.MISSING: _l("Montant vide : écrivez-le."),
    Trouble.UNREADABLE: _l("Ce n’est pas un montant : écrivez-le en chiffres, par exemple 1 500,00."),
    Trouble.AMBIGUOUS: _l("Ce montant se lit de deux façons : écrivez-le par exemple 1 234,00 ou 1,23."),
    Trouble.NEGATIVE: _l("Montant négatif : écrivez un montant positif, ou ne reprenez pas la ligne."),
    Trouble.FRACTION: _l("Plus de deux chiffres après la virgule : arrondissez au centime."),
}
REASONS = {
    Reason.HEADING: _l("titres"),
    Reason.TOTAL: _l("total : il se calcule tout seul"),
    Reason.BLANK: _l("ni poste ni montant"),
}
PARTS = {
    Part.EXPENSE: _l("Dépense"),
    Part.REQUEST: _l("Demande à la Région"),
    Part.FUNDING: _l("Autre financement"),
}


def _known() -> Any:
    return words(CATEGORIES, FUNDING_KINDS, FUNDING_STATES)


# ---- reading -------------------------------------------------------------------------------------


@bp.route("/dossiers/<reference>/budget/tableur", methods=["GET", "POST"])
@access(SIGNED_IN)
def copied(reference: str) -> ResponseReturnValue:
    """Paste cells or send a file; then what was understood of it, to be confirmed. A script that pastes gets it as JSON."""
    application, form = load_draft(reference), CopiedForm(form_data())
    if not form.submitted():
        return _copied_page(application, form, 422 if form.posted else 200)
    try:
        grid, found = _read(form)
    except RuleBroken as refusal:
        form.form_errors.append(refusal.message)
        return (
            short_answers.refused(refusal.message, 422)
            if short_answers.wanted()
            else _copied_page(application, form, 422)
        )
    if short_answers.wanted():
        return _rows_of(found, Part(form.part.data))
    return _understood_page(application, _confirmation(application, found), found=found, grid=grid)


def _read(form: CopiedForm) -> tuple[tables.Grid, Understood]:
    """The cells and what they say.

    Raises:
        RuleBroken: they cannot be read, or say nothing of a budget.
    """
    grid = _grid(form)
    found = understand(grid.rows, Part(form.part.data), _known())
    _refuse_many(found)
    return grid, found


def _grid(form: CopiedForm) -> tables.Grid:
    """The cells.

    Raises:
        RuleBroken: nothing was pasted nor sent, or it is no table.
    """
    file, text = form.file.data, form.text.data or ""
    if isinstance(file, FileStorage) and file.filename:
        return tables.read_grid(file.stream.read(tables.MOST_BYTES + 1), file.filename, max_rows=MOST_LINES)
    if len(text) > MOST_SIGNS:
        raise RuleBroken(_("Ce texte est trop long : envoyez plutôt le fichier du tableur."))
    if not text.strip():
        raise RuleBroken(_("Collez des cellules, ou choisissez un fichier."))
    return tables.pasted(text, max_rows=MOST_LINES)


def _refuse_many(found: Understood) -> None:
    if not found.lines:
        raise RuleBroken(_("Aucune ligne de budget n’a été trouvée dans ces cellules."))
    expenses = sum(each.part is Part.EXPENSE for each in found.lines)
    if max(expenses, len(found.lines) - expenses) > MAX_ROWS:
        raise RuleBroken(
            _("Un tableau tient %(most)s lignes au plus : regroupez des postes, ou joignez le détail en pièce.", most=MAX_ROWS)
        )  # fmt: skip


def _copied_page(application: Application, form: CopiedForm, status: int) -> ResponseReturnValue:
    if not form.posted and request.args.get("quoi") == Part.FUNDING:
        form.part.data = Part.FUNDING.value
    return render_template("applications/copied.html", application=application, form=form), status


# ---- in place, for the script --------------------------------------------------------------------


def _rows_of(found: Understood, part: Part) -> ResponseReturnValue:
    """The rows as the fields of the table of this part take them, and what to say of them."""
    if part is Part.EXPENSE and any(each.part is not part for each in found.lines):
        return short_answers.refused(
            _("Ces cellules mêlent dépenses et financements : reprenez-les par « Coller depuis un tableur »."), 422
        )  # fmt: skip
    lines = [_as_funding(each) if part is Part.FUNDING else each for each in found.lines]
    named = "category" if part is Part.EXPENSE else "kind"
    rows = [
        {"label": each.label, named: each.code, "amount": _amount_typed(each)}
        | ({"state": each.state} if each.state else {})
        for each in lines
    ]
    return jsonify(rows=rows, message=" ".join(_said(lines, found)))


def _as_funding(line: Line) -> Line:
    """Pasted in the table of the other fundings, a row is one of them."""
    if line.part is Part.FUNDING:
        return line
    code, source = code_of(Part.FUNDING, "", line.label, _known())
    return Line(
        line.number, line.copied, Part.FUNDING, line.label, code, source, state_of("", _known()), line.typed, line.amount,
        line.trouble,
    )  # fmt: skip


def _amount_typed(line: Line) -> str:
    """The amount as the field shows it; what cannot be taken, as it stood."""
    return line.typed if line.amount is None else f"{line.amount:,.2f}".replace(",", NARROW).replace(".", ",")


def _said(lines: Sequence[Line], found: Understood) -> list[str]:
    """What was done with the rows, in sentences."""
    said = [ngettext("%(num)s ligne collée.", "%(num)s lignes collées.", len(lines))]
    aside = [each for each in found.left_out if each.reason is not Reason.HEADING]
    if aside:
        said.append(_("Laissé de côté : %(rows)s.", rows=" ; ".join(each.copied for each in aside)))
    if found.columns_aside:
        said.append(_("Colonnes non reprises : %(names)s.", names=", ".join(found.columns_aside)))
    if wrong := sum(each.trouble is not None for each in lines):
        said.append(ngettext("%(num)s montant à corriger.", "%(num)s montants à corriger.", wrong))
    if any(each.source is not Source.SAID for each in lines):
        said.append(_("Vérifiez les natures."))
    return said


# ---- the confirmation ----------------------------------------------------------------------------


def _confirmation(application: Application, found: Understood) -> UnderstoodForm:
    """The form that shows each row as it was understood."""
    rows = [
        {
            "take": True, "copied": each.copied, "label": each.label, "amount": each.amount,
            "code": each.part.value if each.part is Part.REQUEST else f"{each.part}:{each.code}",
            "state": each.state or FundingState.SOUGHT,
        }
        for each in found.lines
    ]  # fmt: skip
    form = UnderstoodForm(None, data={"rows": rows, "version": application.version})
    for row, line in zip(form.rows, found.lines, strict=True):
        if line.trouble is not None:
            row.form.amount.raw_data = [line.typed]
            row.form.amount.errors = [str(TROUBLES[line.trouble])]
    return form


def _understood_page(
    application: Application, form: UnderstoodForm, status: int = 200, *, found: Understood | None = None,
    grid: tables.Grid | None = None,
) -> ResponseReturnValue:  # fmt: skip
    codes = [row.form.code.data or "" for row in form.rows]
    return render_template(
        "applications/understood.html", application=application, form=form, found=found, grid=grid,
        sources=[each.source for each in found.lines] if found else [],
        has_funding=any(each.startswith(Part.FUNDING) for each in codes),
        reasons=REASONS, saved=_saved(application) if status == 409 else "",
    ), status  # fmt: skip


def _saved(application: Application) -> str:
    rows: list[BudgetLine | FundingSource] = [*application.budget_lines, *application.funding_sources]
    return ", ".join(f"{each.label} : {money(each.amount)}" for each in rows) or _("(vide)")


@bp.post("/dossiers/<reference>/budget/tableur/reprendre")
@access(SIGNED_IN)
def take_copied(reference: str) -> ResponseReturnValue:
    """Put in the budget the rows that the person keeps."""
    saving = kept(reference, lambda _draft: UnderstoodForm(request.form), _keep)
    if saving.status is not None or saving.form.form_errors:
        application = load_draft(reference)
        renew(saving.form, application)
        return _understood_page(application, saving.form, saving.status or 422)
    taken = sum(bool(row.form.take.data) for row in saving.form.rows)
    flash(ngettext("%(num)s ligne est dans le budget.", "%(num)s lignes sont dans le budget.", taken), "success")
    return redirect(url_for(".budget_step", reference=reference))


def _keep(application: Application, form: UnderstoodForm) -> None:
    """Keep the rows that are taken, all or none, beside those that are written or instead of them; else the form says why not."""
    if form.errors:
        return
    taken: dict[str, list[Any]] = {part: [] for part in Part}
    for row in form.rows:
        if row.form.take.data:
            taken[row.form.code.data.partition(":")[0]].append(row.form)
    asked = [row.amount.data for row in taken[Part.REQUEST]] or [application.requested_amount]
    lines = _beside(form, application.budget_lines, taken[Part.EXPENSE], _expense)
    sources = _beside(form, application.funding_sources, taken[Part.FUNDING], _funding)
    if len(asked) > 1:
        form.form_errors.append(_("Deux lignes disent le montant demandé à la Région : n’en reprenez qu’une."))
    elif max(len(lines), len(sources)) > MAX_ROWS:
        form.form_errors.append(
            _("Avec ce qui est écrit, cela fait plus de %(n)s lignes : reprenez-en moins.", n=MAX_ROWS)
        )
    else:
        services.save_budget(application, lines, asked[0], sources, version=version_of(form), at=now())


def _beside(form: UnderstoodForm, written: Sequence[Any], rows: Sequence[Any], tell: Callable[[Any], Any]) -> list[Any]:
    """The rows of a table: those that are written, unless the new ones take their place, then the new ones."""
    former = [] if form.how.data == "replace" and rows else [_as_saved(each) for each in written]
    return [*former, *[tell(row) for row in rows]]


def _as_saved(row: BudgetLine | FundingSource) -> tuple[Any, ...]:
    if isinstance(row, BudgetLine):
        return row.label, row.category, row.amount
    return row.label, row.kind, row.state, row.amount


def _expense(row: Any) -> tuple[str, ExpenseCategory, Decimal]:
    return row.label.data or "", ExpenseCategory(row.code.data.partition(":")[2]), row.amount.data or ZERO


def _funding(row: Any) -> tuple[str, FundingKind, FundingState, Decimal]:
    kind = FundingKind(row.code.data.partition(":")[2])
    return row.label.data or "", kind, FundingState(row.state.data), row.amount.data or ZERO


# ---- files ---------------------------------------------------------------------------------------


def _table() -> list[Column]:
    """The columns of the file, whose titles `understand` knows."""
    return [
        Column(_("Partie")), Column(_("Poste ou financeur")), Column(_("Nature")), Column(_("État")),
        Column(_("Montant"), CellKind.MONEY),
    ]  # fmt: skip


@bp.get("/dossiers/<reference>/budget/fichier")
@access(SIGNED_IN)
def budget_file(reference: str) -> Response:
    """The budget and the financing plan as a table (`?format=xlsx`, `ods` or `csv`), which comes back as it left."""
    application = load(reference)
    return exports.answer(f"budget-{reference}", exports.chosen(), _table(), _rows_written(application))


def _rows_written(application: Application) -> list[tuple[Any, ...]]:
    """Each row, then the two totals as plain amounts: no cell that leaves the house is a formula."""
    expense, funding, sums = PARTS[Part.EXPENSE], PARTS[Part.FUNDING], services.totals(application)
    return [
        *[(expense, each.label, CATEGORIES[each.category], "", each.amount) for each in application.budget_lines],
        (_("Total"), _("Total des dépenses"), "", "", sums.cost),
        (PARTS[Part.REQUEST], _("Région, cette demande"), "", "", application.requested_amount),
        *[
            (funding, each.label, FUNDING_KINDS[each.kind], FUNDING_STATES[each.state], each.amount)
            for each in application.funding_sources
        ],
        (_("Total"), _("Total des financements"), "", "", sums.funding),
    ]


@bp.get("/dossiers/<reference>/budget/modele")
@access(SIGNED_IN)
def budget_template(reference: str) -> Response:
    """An empty table to fill in elsewhere, with a row for each nature of the call."""
    load_draft(reference)
    rows = [(PARTS[Part.EXPENSE], "", label, "", None) for label in CATEGORIES.values()]
    rows.append((PARTS[Part.REQUEST], _("Région, cette demande"), "", "", None))
    sought = FUNDING_STATES[FundingState.SOUGHT]
    rows += [(PARTS[Part.FUNDING], "", label, sought, None) for label in FUNDING_KINDS.values()]
    return exports.answer(f"modele-budget-{reference}", exports.chosen(), _table(), rows)

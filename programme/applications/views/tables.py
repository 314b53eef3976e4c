"""The two steps made of rows: the data sets, the budget. A row that can be read in part is kept in part."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from programme.applications import services
from programme.applications.forms import MAX_ROWS, BudgetForm, DatasetsForm, blank_rows
from programme.applications.models import Application, BudgetLine, FundingSource
from programme.applications.rules import budget
from programme.applications.rules.budget_words import Part
from programme.applications.states import ExpenseCategory, FundingKind, FundingState
from programme.applications.views import bp
from programme.applications.views.own import plan
from programme.applications.views.steps import (
    ENDPOINTS,
    FormStep,
    answered,
    call_rules,
    go_on,
    step_page,
    version_of,
)
from programme.calls.labels import remedy_words
from programme.calls.models import EligibilityRule
from programme.calls.rules.eligibility import Verdict, broken
from programme.calls.rules.remedies import OF_DATES, Remedy
from programme.calls.rules.remedies import plan as planned
from programme.calls.states import Check, MoneyAsked
from programme.catalogue import queries as catalogue
from programme.core.access import SIGNED_IN, access
from programme.core.clock import now
from programme.core.i18n import money
from programme.extensions import db

Code = TypeVar("Code", bound=StrEnum)


def _wanted(name: str, least: int) -> int:
    """How many rows the address asks for, within bounds."""
    return min(max(request.args.get(name, 0, type=int), least), MAX_ROWS)


def _with_row(reference: str, step: str, name: str, count: int, anchor: str) -> ResponseReturnValue:
    """The same step, saved, with one more empty row to write on."""
    rows: dict[str, Any] = {name: count + 1}
    return redirect(url_for(ENDPOINTS[step], reference=reference, _anchor=f"{anchor}-{count}-label", **rows))


@bp.route("/dossiers/<reference>/donnees", methods=["GET", "POST"])
@access(SIGNED_IN)
def datasets_step(reference: str) -> ResponseReturnValue:
    """The data sets that the project uses or opens."""
    return answered(_DATASETS, reference)


def _datasets_form(application: Application) -> DatasetsForm:
    rows = [{"label": e.title, "use": e.use, "is_opened": e.is_opened} for e in application.datasets]
    return DatasetsForm(request.form, data={"rows": rows, "version": application.version})


def _datasets_page(application: Application, form: DatasetsForm, status: int) -> ResponseReturnValue:
    extra = 1 if request.form.get("action") == "add" else 0
    blank_rows(form.rows, max(_wanted("lignes", 2), len(form.rows) + extra))
    saved = ", ".join(each.title for each in application.datasets if each.title)
    return step_page(
        application, "donnees", status, form=form,
        known=[title for _id, title, _producer in db.session.execute(catalogue.pick_list())],
        conflict=[(_("Jeux de données"), saved or _("(vide)"))] if status == 409 else [],
    )  # fmt: skip


def _after_datasets(reference: str, form: DatasetsForm) -> ResponseReturnValue:
    if request.form.get("action") == "add":
        return _with_row(reference, "donnees", "lignes", _filled(form.rows), "rows")
    return go_on(reference, "donnees")


def _filled(entries: Any) -> int:
    return sum(1 for row in entries if _is_filled(row.form))


def _is_filled(row: Any) -> bool:
    """Whether something was typed on the row, even something that cannot be read."""
    texts = [row.label.data, row.use.data if "use" in row else None]
    return any(texts) or ("amount" in row and bool(row.amount.data or row.amount.errors))


def _keep_datasets(application: Application, form: DatasetsForm) -> None:
    given = [
        ((row.form.label.data or "")[:250], (row.form.use.data or "")[:300], bool(row.form.is_opened.data))
        for row in form.rows
        if _is_filled(row.form)
    ]
    services.save_datasets(application, given, version=version_of(form), at=now())


_DATASETS = FormStep(_datasets_form, _keep_datasets, _datasets_page, _after_datasets)


@bp.route("/dossiers/<reference>/budget", methods=["GET", "POST"])
@access(SIGNED_IN)
def budget_step(reference: str) -> ResponseReturnValue:
    """Expenses and financing plan, in exact money."""
    return answered(_BUDGET, reference)


def _budget_form(application: Application) -> BudgetForm:
    return BudgetForm(request.form, data=_saved_budget(application))


_COPIED = {"copy_lines": Part.EXPENSE.value, "copy_sources": Part.FUNDING.value}


def _after_budget(reference: str, form: BudgetForm) -> ResponseReturnValue:
    action = request.form.get("action")
    if action == "add_line":
        return _with_row(reference, "budget", "depenses", _filled(form.lines), "lines")
    if action == "add_source":
        return _with_row(reference, "budget", "financements", _filled(form.sources), "sources")
    if action in ("copy_lines", "copy_sources"):
        return redirect(url_for(".copied", reference=reference, quoi=_COPIED[action]))
    return go_on(reference, "budget")


def _balance(application: Application) -> dict[str, str]:
    """The bars and the gap, as just saved, for the script that saves while one writes."""
    rules = call_rules(application)
    return {
        "balance": render_template(
            "applications/steps/_balance.html", plan=plan(application), ceilings=services.ceilings(application, rules),
            limits=limits(application, rules),
        )
    }  # fmt: skip


@dataclass(frozen=True)
class Limits:
    """What the call asks of the amounts: each condition in words with its verdict, and what would meet those that are not."""

    lines: Sequence[tuple[str, Verdict]]
    changes: Sequence[str]


def limits(application: Application, rules: Sequence[EligibilityRule]) -> Limits:
    """The limits of the amounts; what to change holds together, to the cent, and is said once some limit is passed."""
    at, is_full = now(), application.call.money_asked is MoneyAsked.FULL
    every = services.findings(application, at, rules)
    found = [each for each in every if each.rule.check in _OF_AMOUNTS]
    changes: tuple[Remedy, ...] = ()
    if broken(found):
        changes = planned([each.rule for each in every], services.facts(application, at), balanced=is_full).changes
    return Limits(
        [(each.rule.refusal or each.rule.statement if each.verdict is Verdict.BROKEN else each.rule.statement, each.verdict)
         for each in found],
        [remedy_words(each) for each in changes if each.lever not in OF_DATES],
    )  # fmt: skip


_OF_AMOUNTS = {
    Check.COST_MIN, Check.REQUEST_MIN, Check.REQUEST_MAX, Check.RATE_MAX, Check.PUBLIC_SHARE_MAX, Check.OWN_SHARE_MIN,
}  # fmt: skip


def _budget_page(application: Application, form: BudgetForm, status: int) -> ResponseReturnValue:
    action, rules = request.form.get("action"), call_rules(application)
    blank_rows(form.lines, max(_wanted("depenses", 3), len(form.lines) + (action == "add_line")))
    blank_rows(form.sources, max(_wanted("financements", 2), len(form.sources) + (action == "add_source")))
    agreement = budget.agreement_due(
        application.requested_amount, is_public_body=application.organisation.is_public_body
    )
    return step_page(
        application, "budget", status, form=form, plan=plan(application), agreement_due=agreement,
        rules=rules, limits=limits(application, rules),
        conflict=_saved_rows(application) if status == 409 else [],
    )  # fmt: skip


def _saved_rows(application: Application) -> list[tuple[str, str]]:
    """What a colleague saved, in words."""
    named: list[tuple[str, list[Any]]] = [
        (_("Dépenses"), [*application.budget_lines]), (_("Autres financements"), [*application.funding_sources]),
    ]  # fmt: skip
    rows = [(label, ", ".join(f"{each.label} : {money(each.amount)}" for each in lines)) for label, lines in named]
    rows.append((_("Montant demandé à la Région"), money(application.requested_amount)))
    return [(label, text or _("(vide)")) for label, text in rows]


def _saved_budget(application: Application) -> dict[str, Any]:
    rows = (application.budget_lines, application.funding_sources, application.requested_amount)
    return {"version": application.version, **budget_data(*rows)}


def budget_data(
    lines: Sequence[BudgetLine], sources: Sequence[FundingSource], requested: Decimal | None
) -> dict[str, Any]:
    """A budget as values of its form."""
    return {
        "requested": requested,
        "lines": [{"label": e.label, "category": e.category, "amount": e.amount} for e in lines],
        "sources": [{"label": e.label, "kind": e.kind, "state": e.state, "amount": e.amount} for e in sources],
    }


def _keep_budget(application: Application, form: BudgetForm) -> None:
    """Keep each row as far as it can be read: an unreadable amount leaves the one that was saved under that name."""
    rows: list[BudgetLine | FundingSource] = [*application.budget_lines, *application.funding_sources]
    lines, sources = budget_rows(form, {each.label: each.amount for each in rows})
    requested = application.requested_amount if form.requested.errors else form.requested.data
    services.save_budget(application, lines, requested, sources, version=version_of(form), at=now())


def budget_rows(form: BudgetForm, before: dict[str, Decimal]) -> tuple[list[services.Expense], list[services.Funding]]:
    """The rows that say something; `before`: the amounts that were saved, by the name of their row."""
    lines = [row.form for row in form.lines if _is_filled(row.form)]
    sources = [row.form for row in form.sources if _is_filled(row.form)]
    return [(_label(row), _code(row.category, ExpenseCategory.OTHER), _amount(row, before)) for row in lines], [
        (_label(row), _code(row.kind, FundingKind.OWN), _code(row.state, FundingState.SOUGHT), _amount(row, before))
        for row in sources
    ]


_BUDGET = FormStep(_budget_form, _keep_budget, _budget_page, _after_budget, fragments=_balance)


def _label(row: Any) -> str:
    return (row.label.data or "")[:200]


def _amount(row: Any, before: dict[str, Decimal]) -> Decimal:
    if row.amount.errors:
        return before.get(_label(row), budget.ZERO)
    return row.amount.data or budget.ZERO


def _code(field: Any, otherwise: Code) -> Code:
    """The chosen code; a forged one is refused by the form and replaced here."""
    return otherwise if field.errors else type(otherwise)(field.data)

"""Staff doors: declare figures, follow new ones, change the words of the strategy."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from programme.core.access import access, current_account, require
from programme.core.clock import now
from programme.core.errors import RuleBroken
from programme.core.unit_of_work import unit_of_work
from programme.extensions import db
from programme.strategy import labels, policy, queries, services
from programme.strategy.forms import IndicatorForm, PartForm, ValueForm
from programme.strategy.states import Carrier, IndicatorKind
from programme.strategy.views import bp

KINDS = "any(strategie, axe, objectif, cadre, role, theme, 'sous-domaine', programme)"


@bp.get("/agents/indicateurs")
@access(policy.WRITERS)
def indicator_desk() -> ResponseReturnValue:
    """Every indicator with the value that holds today."""
    indicators = db.session.scalars(queries.indicators()).all()
    current = {indicator.id: value for indicator, value in db.session.execute(queries.current_values())}
    undated = sum(1 for value in current.values() if value.reference_on is None)
    return render_template(
        "strategy/indicator_desk.html", indicators=indicators, current=current, undated=undated, labels=labels
    )


@bp.route("/agents/indicateurs/nouveau", methods=["GET", "POST"])
@access(policy.WRITERS)
def define_indicator() -> ResponseReturnValue:
    """Start to follow a new figure."""
    form = IndicatorForm(request.form)
    if not form.submitted():
        return render_template("strategy/define_indicator.html", form=form), 422 if form.posted else 200
    with unit_of_work():
        require(policy.can_write_figures(current_account()))
        indicator = services.define_indicator(
            form.label.data, form.unit.data, form.definition.data, IndicatorKind(form.kind.data),
            on_home=form.on_home.data, by=current_account(), at=now(),
        )  # fmt: skip
    flash(_("L’indicateur est créé. Ajoutez sa première valeur."), "success")
    return redirect(url_for(".add_value", code=indicator.code))


@bp.route("/agents/indicateurs/<code>", methods=["GET", "POST"])
@access(policy.WRITERS)
def add_value(code: str) -> ResponseReturnValue:
    """The history of a figure, and a new value."""
    form = ValueForm(request.form)
    if not form.submitted():
        return _value_page(code, form, 422 if form.posted else 200)
    try:
        with unit_of_work():
            require(policy.can_write_figures(current_account()))
            _declare(code, form)
    except RuleBroken as refusal:
        form.form_errors.append(refusal.message)
        return _value_page(code, form, 422)
    flash(_("La valeur est enregistrée. Les valeurs passées restent dans l’historique."), "success")
    return redirect(url_for(".add_value", code=code))


def _declare(code: str, form: ValueForm) -> None:
    assert form.value.data is not None
    services.add_value(
        db.one_or_404(queries.indicator_for_update(code)), form.value.data, reference_on=form.reference_on.data,
        source=form.source.data, note=form.note.data, by=current_account(), at=now(),
    )  # fmt: skip


def _value_page(code: str, form: ValueForm, status: int) -> ResponseReturnValue:
    indicator = db.one_or_404(queries.indicator(code))
    values = db.session.scalars(queries.history(200, indicator.id)).all()
    return render_template(
        "strategy/add_value.html", indicator=indicator, values=values, form=form, labels=labels
    ), status


@bp.get("/agents/strategie")
@access(policy.WRITERS)
def strategy_desk() -> ResponseReturnValue:
    """Every text of the strategy, with the way to change it."""
    read = db.session.scalars
    return render_template(
        "strategy/strategy_desk.html", strategies=read(queries.strategies()).unique().all(),
        frames=read(queries.frames()).unique().all(), roles=read(queries.roles()).unique().all(),
        themes=read(queries.themes_with_subdomains()).unique().all(), programmes=read(queries.rd_programmes()).all(),
    )  # fmt: skip


@bp.route(f"/agents/strategie/<{KINDS}:kind>/<int:number>", methods=["GET", "POST"])
@access(policy.WRITERS)
def rewrite(kind: str, number: int) -> ResponseReturnValue:
    """Change the words or the act of one part."""
    thing = db.one_or_404(queries.part(kind, number))
    columns = queries.PARTS[kind][1]
    form = PartForm(request.form, data={name: getattr(thing, column) for name, column in columns.items()})
    form.keep(set(columns))
    if not form.submitted():
        return render_template("strategy/rewrite.html", form=form, name=form.title.data), 422 if form.posted else 200
    with unit_of_work():
        require(policy.can_write_strategy(current_account()))
        thing = db.one_or_404(queries.part_for_update(kind, number))
        services.rewrite(thing, _written(form, columns), by=current_account(), at=now())
    flash(_("Le texte est enregistré. Il est publié dès maintenant."), "success")
    return redirect(url_for(".strategy_desk"))


def _written(form: PartForm, columns: dict[str, str]) -> dict[str, Any]:
    values = {column: form[name].data for name, column in columns.items()}
    if "carrier" in values:
        values["carrier"] = Carrier(values["carrier"])
    return {column: None if value == "" else value for column, value in values.items()}

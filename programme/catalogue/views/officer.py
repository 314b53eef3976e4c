"""Staff doors: enter and change references, import lists of them."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from programme.catalogue import labels, policy, queries, services, sources
from programme.catalogue.forms import DatasetForm, ImportForm
from programme.catalogue.models import Dataset, DatasetImport
from programme.catalogue.queries import Filters
from programme.catalogue.views import bp
from programme.core.access import access, current_account, require
from programme.core.addresses import whole_number
from programme.core.clock import now
from programme.core.errors import RuleBroken
from programme.core.forms import form_data
from programme.core.storage import clean_name
from programme.core.unit_of_work import unit_of_work
from programme.extensions import db
from programme.strategy import queries as strategy
from programme.strategy.states import ThemeSet

SHOWN_LINES = 200


@bp.get("/agents/donnees")
@access(policy.WRITERS)
def desk() -> ResponseReturnValue:
    """Every reference, searched by words; the last lists sent."""
    text = request.args.get("q", "")[:200]
    page = db.paginate(queries.search(Filters(text=text)), per_page=50, max_per_page=50, error_out=False)
    imports = db.session.scalars(queries.imports().limit(5)).all()
    return render_template("catalogue/desk.html", page=page, text=text, imports=imports, labels=labels)


def _form(known: dict[str, Any], *, typed: bool = True) -> DatasetForm:
    form = DatasetForm(request.form if typed else None, data=known)
    themes = db.session.scalars(strategy.themes(ThemeSet.DATA)).all()
    producers = [(number, name) for number, name in db.session.execute(queries.producers())]
    form.offer(producers, [(theme.id, theme.label) for theme in themes])
    return form


def _page(form: DatasetForm, dataset: Dataset | None, refusal: str | None = None) -> ResponseReturnValue:
    if refusal is not None:
        form.title.errors = [refusal]
    return render_template("catalogue/edit.html", form=form, dataset=dataset), 422 if form.posted else 200


@bp.route("/agents/donnees/nouveau", methods=["GET", "POST"])
@access(policy.WRITERS)
def create() -> ResponseReturnValue:
    """Enter a reference."""
    form = _form({"version": "1"})
    if not form.submitted():
        return _page(form, None)
    try:
        with unit_of_work():
            require(policy.can_write(current_account()))
            dataset = services.create(form.values, by=current_account(), at=now())
    except RuleBroken as refusal:
        return _page(form, None, refusal.message)
    flash(_("La fiche est publiée."), "success")
    return redirect(url_for(".show", slug=dataset.slug))


@bp.route("/agents/donnees/<slug>", methods=["GET", "POST"])
@access(policy.WRITERS)
def edit(slug: str) -> ResponseReturnValue:
    """Change a reference."""
    dataset = db.one_or_404(queries.by_slug(slug))
    form = _form(_written(dataset))
    if not form.submitted():
        return _page(form, dataset)
    try:
        with unit_of_work():
            _change(slug, form)
    except services.Overtaken as refusal:
        return _overtaken(slug, form, refusal)
    except RuleBroken as refusal:
        return _page(form, dataset, refusal.message)
    flash(_("La fiche est enregistrée."), "success")
    return redirect(url_for(".show", slug=slug))


def _change(slug: str, form: DatasetForm) -> None:
    require(policy.can_write(current_account()))
    dataset = db.one_or_404(queries.by_slug_for_update(slug))
    version = whole_number(form.version.data) or 0
    services.edit(dataset, form.values, version=version, by=current_account(), at=now())


def _written(dataset: Dataset) -> dict[str, Any]:
    names = ("title", "url", "description", "kind", "licence", "granularity", "frequency", "is_new", "opened_through")
    numbers = {name: str(getattr(dataset, name)) for name in ("producer_id", "theme_id", "version")}
    return {name: getattr(dataset, name) for name in names} | numbers


def _overtaken(slug: str, form: DatasetForm, refusal: RuleBroken) -> ResponseReturnValue:
    """What was typed stays in the form, beside what the other person wrote; sending again keeps what was typed."""
    dataset = db.one_or_404(queries.by_slug(slug))
    current = _form(_written(dataset), typed=False)
    theirs = [
        (field.label.text, _shown(current, field.name))
        for field in form
        if field.name not in ("csrf_token", "version") and _shown(form, field.name) != _shown(current, field.name)
    ]
    form.version.raw_data, form.version.data = None, str(dataset.version)
    return render_template(
        "catalogue/edit.html", form=form, dataset=dataset, theirs=theirs, refusal=refusal.message
    ), 409


def _shown(form: DatasetForm, name: str) -> str:
    """The value of a field in words."""
    field = form[name]
    if isinstance(field.data, bool):
        return str(_("oui") if field.data else _("non"))
    named = {str(option.value): str(option.label) for option in getattr(field, "choices", None) or []}
    return named.get(str(field.data), str(field.data or "")) or str(_("(vide)"))


@bp.route("/agents/donnees/import", methods=["GET", "POST"])
@access(policy.WRITERS)
def send_list() -> ResponseReturnValue:
    """Send a list, to see it line by line before anything is entered."""
    form = ImportForm(form_data())
    if not form.submitted():
        return render_template("catalogue/send_list.html", form=form), 422 if form.posted else 200
    try:
        headings, rows = sources.read_list(form.file.data.read())
        with unit_of_work():
            require(policy.can_write(current_account()))
            name = clean_name(form.file.data.filename)
            made = services.preview_import(name, headings, rows, by=current_account(), at=now())
    except RuleBroken as refusal:
        form.file.errors = [refusal.message]
        return render_template("catalogue/send_list.html", form=form), 422
    return redirect(url_for(".show_import", number=made.id))


@bp.get("/agents/donnees/import/<int:number>")
@access(policy.WRITERS)
def show_import(number: int) -> ResponseReturnValue:
    """A list, line by line: what will be entered, what is wrong and where."""
    made = db.one_or_404(queries.import_by_id(number))
    return render_template("catalogue/show_import.html", made=made, labels=labels, limit=SHOWN_LINES)


@bp.post("/agents/donnees/import/<int:number>/<any(enregistrer, abandonner):verb>")
@access(policy.WRITERS)
def close_import(number: int, verb: str) -> ResponseReturnValue:
    """Enter the rows without fault, or drop the list."""
    act = {"enregistrer": services.apply_import, "abandonner": services.discard_import}[verb]
    try:
        with unit_of_work():
            require(policy.can_write(current_account()))
            made = db.one_or_404(queries.import_for_update(number))
            act(made, by=current_account(), at=now())
    except RuleBroken as refusal:
        flash(refusal.message, "error")
        return redirect(url_for(".show_import", number=number))
    flash(_closed(made, verb), "success")
    return redirect(url_for(".desk"))


def _closed(made: DatasetImport, verb: str) -> str:
    if verb == "abandonner":
        return str(_("La liste est abandonnée : rien n’a été enregistré."))
    return f"{labels.import_result(made.added_count, made.updated_count)}."

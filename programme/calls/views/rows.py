"""The lists of a call on the screen: see them, write one row, move it, take it away."""

from collections.abc import Iterator
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from programme.accounts.policy import staff
from programme.accounts.states import Role
from programme.calls import policy, services
from programme.calls.forms.conditions import Askable, ConditionForm
from programme.calls.forms.question import QuestionForm
from programme.calls.labels import fault_words
from programme.calls.models import Call
from programme.calls.rules import definition as rules
from programme.calls.rules import traps
from programme.calls.views import bp
from programme.calls.views.definition import Overtaken, change, load, may_change
from programme.calls.views.parts import LISTS, Listing, rows_at, total_weight
from programme.core.access import access, current_account, require
from programme.core.addresses import whole_number
from programme.core.errors import RuleBroken
from programme.evaluation.scoring import MARK_MAX
from programme.extensions import db
from programme.organisations.labels import KINDS as CARRIERS
from programme.questionnaires.forms import data_from, form_class, spare_rows
from programme.questionnaires.rules.fields import CONTEXT_KEYS, Question
from programme.questionnaires.rules.kinds import NUMBERS, SUMMED, FieldKind, wider
from programme.strategy import queries as strategy
from programme.strategy.models import Theme

ORDERED = NUMBERS | {FieldKind.DAY}
NEW = "new"
"""The version of a row that is not kept yet."""
ACTS = ("monter", "descendre", "placer", "dupliquer", "retirer")


def _listed(call: Call, name: str) -> tuple[Listing, dict[str, Any], rules.Path, str | None]:
    """The list, the document, where the list stands in it, and the strand that the address names (the first one, if none)."""
    if name not in LISTS:
        abort(404)
    listing, document = LISTS[name], services.working_document(call)
    first = document["strands"][0]["code"] if document["strands"] else None
    strand = request.args.get("volet", first) if listing.of_strand else None
    try:
        return listing, document, listing.path(document, strand), strand
    except LookupError:
        abort(404)


@bp.get("/agents/appels/<slug>/liste/<name>")
@access(staff(Role.OFFICER_PROGRAMME, Role.DIRECTION))
def define_list(slug: str, name: str) -> ResponseReturnValue:
    """One list of the call, in order."""
    call = load(slug)
    listing, document, path, strand = _listed(call, name)
    rows = rows_at(document, path)
    lacking = rules.lacking(document)
    found = rules.places([*lacking, *traps.traps(document)], *path)
    return render_template(
        "calls/define_list.html", call=call, name=name, listing=listing, rows=rows, strand=strand, strands=document["strands"],
        version=rules.version_of(rows), definable=may_change(call), scale=_scale(document, strand), weights=total_weight(rows) if name == "grille" else None,
        found=[(each.path[len(path)] if len(each.path) > len(path) else None, fault_words(each, [one["code"] for one in document["strands"]]), each in lacking) for each in found],
    )  # fmt: skip


@bp.route("/agents/appels/<slug>/liste/<name>/<int:place>", methods=["GET", "POST"])
@access(staff(Role.OFFICER_PROGRAMME, Role.DIRECTION))
def define_row(slug: str, name: str, place: int) -> ResponseReturnValue:
    """Write one row; the place after the last one is that of a new row."""
    call = load(slug)
    listing, document, path, strand = _listed(call, name)
    rows, several = rows_at(document, path), len(document["strands"]) > 1
    form = _row_form(call, listing, document, rows, place, scale=_scale(document, strand))
    require(not form.posted or policy.can_define(current_account()))
    status = _written(slug, name, path, form) if form.posted else 200
    if form.posted and status == 200 and request.form.get("action") != "preview":
        return _after(slug, name, place, strand)
    named = {"name": name, "listing": listing, "strand": strand, "place": place, "several": several}
    return _row_page(call, form, rows, named, status)


def _row_page(
    call: Call, form: Any, rows: list[dict[str, Any]], named: dict[str, Any], status: int
) -> ResponseReturnValue:  # fmt: skip
    place, labels = named["place"], [named["listing"].label(each) for each in rows]
    preview, previewing = _previewed(form, rows, place), request.form.get("action") == "preview"
    if previewing:
        _forgive(form)
    # When one only looks, nothing was asked to be kept, so that nothing is refused.
    return render_template(
        "calls/define_row.html", call=call, form=form, is_new=place == len(rows), preview=preview,
        label="".join(labels[place : place + 1]), others=labels[:place] + labels[place + 1 :], definable=may_change(call),
        list_version=rules.version_of(rows), previewing=previewing, **named,
    ), 200 if previewing else status  # fmt: skip


def _forgive(form: Any) -> None:
    """Who only looks is told nothing of what lacks: the rest is still to be written."""
    for field in form:
        field.errors = []
    for row in getattr(form, "comparisons", None) or ():
        row.form.value.errors = []


def _row_form(
    call: Call, listing: Listing, document: Any, rows: list[dict[str, Any]], place: int, *, scale: int
) -> Any:
    if place > len(rows):
        abort(404)
    former = rows[place] if place < len(rows) else {}
    more: dict[str, Any] = {"strands": document["strands"], "themes": _themes(call), "scale": scale}
    if issubclass(listing.form, ConditionForm):
        earlier = rows[:place] if listing.form is QuestionForm else _all_questions(document)
        more |= {"askable": _askable(document, earlier, more["themes"]), "former": former}
    form = listing.form(request.form, data=listing.form.known(former) if former else None, **more)
    named = "key" if listing.form is QuestionForm else "code"
    form.taken = [each[named] for other, each in enumerate(rows) if other != place and named in each]
    form.taken += CONTEXT_KEYS if listing.form is QuestionForm else ()
    if listing.form is QuestionForm:
        form.numbers = list(_numbers(rows[:place]))
    if not form.posted:
        form.version.data = rules.version_of(former) if former else NEW
        form.row_name.data = _name_of(former) if former else ""
    return form


def _all_questions(document: Any) -> list[dict[str, Any]]:
    """Every question of the call once, whatever its strand."""
    known: dict[str, dict[str, Any]] = {}
    for each in (*document["strands"], document):
        known |= {asked["key"]: asked for asked in each.get("questions", []) if asked["key"] not in known}
    return list(known.values())


def _scale(document: Any, strand: str | None) -> int:
    """The best mark of the grid of a strand."""
    found = (int(each.get("scale", MARK_MAX)) for each in document["strands"] if each["code"] == strand)
    return next(found, MARK_MAX)


def _numbers(earlier: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """What a calculation may name, and its words."""
    for each in map(Question.from_json, earlier):
        if each.kind in NUMBERS:
            yield each.key, each.label
        for column in each.columns:
            if column.kind in SUMMED:
                yield f"sum({each.key}.{column.key})", f"{each.label}, {column.label}"


def _themes(call: Call) -> list[Theme]:
    return list(db.session.scalars(strategy.themes(call.theme_set)))


def _askable(document: Any, earlier: list[dict[str, Any]], themes: list[Theme]) -> list[Askable]:
    """What a condition may ask: what is known of the file, then the questions before this one."""
    known = [
        Askable("strand", _("Le volet"), tuple((each["code"], each["title"]) for each in document["strands"])),
        Askable("theme", _("Le thème"), tuple((each.code, each.label) for each in themes)),
        Askable(
            "carrier_kind", _("La nature du porteur"), tuple((code.value, str(said)) for code, said in CARRIERS.items())
        ),
        Askable(
            "carrier_family",
            _("La famille du porteur"),
            (("company", _("Entreprise")), ("public", _("Organisme public")), ("other", _("Autre"))),
        ),
        Askable("requested_amount", _("Le montant demandé"), (), is_ordered=True),
    ]
    yes_no = (("yes", _("Oui")), ("no", _("Non")))
    questions = [Question.from_json(each) for each in earlier]
    return known + [
        Askable(
            each.key, each.label, yes_no if each.kind is FieldKind.YES_NO else each.options, each.kind in ORDERED,
            wider(each.levels),
        )
        for each in questions
    ]  # fmt: skip


def _written(slug: str, name: str, path: rules.Path, form: Any) -> int:
    """Keep the row: 200 when it is kept (or only previewed), else why not, said on the form."""
    if not form.validate():
        return 422
    try:
        if request.form.get("action") != "preview":
            change(slug, name, lambda document, _call: _put(document, name, path, form))
    except RuleBroken as refusal:
        form.form_errors.append(refusal.message)
        return 409 if isinstance(refusal, Overtaken) else 422
    except ValueError:
        form.form_errors.append(
            _("Cette question ne se lit pas. Vérifiez le calcul (ses clés viennent de questions placées avant), les bornes, et que deux choix ou deux colonnes n’ont pas le même nom.")
        )  # fmt: skip
        return 422
    return 200


def _put(document: dict[str, Any], name: str, path: rules.Path, form: Any) -> None:
    """Write the row where it stands now, whatever moved meanwhile; a new one comes last.

    Raises:
        Overtaken: somebody changed this very row, or took it away; the form then says what a second save will do.
    """
    rows, seen = rows_at(document, path), form.version.data
    place = next((n for n, each in enumerate(rows) if rules.version_of(each) == seen), None)
    if place is None and seen != NEW:
        place = next(
            (n for n, each in enumerate(rows) if _name_of(each) and _name_of(each) == form.row_name.data), None
        )
        form.version.data = NEW if place is None else rules.version_of(rows[place])
        raise Overtaken(_gone() if place is None else _changed(LISTS[name].label(rows[place])))
    place = len(rows) if place is None else place
    former = rows[place] if place < len(rows) else {}
    rows[place : place + 1] = [form.item(former)]
    if name == "volets" and former and former["code"] != form.code.data:
        rules.rename_strand(document, former["code"], form.code.data)


def _name_of(row: dict[str, Any]) -> str | None:
    return row.get("key") or row.get("code")


def _gone() -> str:
    return _(
        "Cette ligne a été changée ou retirée entre-temps. Enregistrez de nouveau pour l’ajouter à la suite des autres."
    )


def _changed(label: str) -> str:
    return _(
        "Cette ligne a changé entre-temps (« %(label)s ») : enregistrez de nouveau pour garder la vôtre.", label=label
    )


def _after(slug: str, name: str, place: int, strand: str | None) -> ResponseReturnValue:
    flash(_("Enregistré."), "success")
    if request.form.get("action") == "another":
        return redirect(url_for(".define_row", slug=slug, name=name, place=place + 1, volet=strand))
    return redirect(url_for(".define_list", slug=slug, name=name, volet=strand, _anchor=f"row-{place}"))


def _previewed(form: Any, rows: list[dict[str, Any]], place: int) -> tuple[Question, Any] | None:
    """The question as the form says it now, and the form that would ask it; None when it does not read, or in another list."""
    if not isinstance(form, QuestionForm) or (form.posted and form.errors) or not form.label.data:
        return None
    try:
        question = Question.from_json({**form.item(rows[place] if place < len(rows) else {}), "show_if": None})
    except ValueError:
        return None
    shown = form_class([question])(None, data=data_from({}, [question]))
    spare_rows(shown, [question], {})
    return question, shown


@bp.post("/agents/appels/<slug>/liste/<name>/<int:place>/<act>")
@access(staff(Role.OFFICER_PROGRAMME))
def move_row(slug: str, name: str, place: int, act: str) -> ResponseReturnValue:
    """Move a row up or down, copy it, or take it away."""
    if act not in ACTS:
        abort(404)
    _listing, document, path, strand = _listed(load(slug), name)
    if place >= len(rows_at(document, path)):
        abort(404)
    try:
        change(slug, name, lambda kept, _call: _acted(rows_at(kept, path), place, act))
    except RuleBroken as refusal:
        flash(refusal.message, "error")
        return redirect(url_for(".define_list", slug=slug, name=name, volet=strand))
    there = _there(place, act)
    if there is None:
        flash(_("Ligne copiée.") if act == "dupliquer" else _("Ligne retirée."), "success")
    anchor = None if there is None else f"row-{there}"
    return redirect(url_for(".define_list", slug=slug, name=name, volet=strand, _anchor=anchor))


def _acted(rows: list[dict[str, Any]], place: int, act: str) -> None:
    if rules.version_of(rows) != request.form.get("version"):
        raise Overtaken(_("Cette liste a changé entre-temps : relisez-la, puis recommencez."))
    row = rows[place]
    if act == "dupliquer":
        rows.insert(place + 1, {**row, **_named_otherwise(row, rows)})
        return
    rows.pop(place)
    if (there := _there(place, act)) is not None:
        rows.insert(there, row)


def _there(place: int, act: str) -> int | None:
    """Where a row goes, counted without it; None: it stays, or goes away."""
    wanted = whole_number(request.form.get("place", "")) if act == "placer" else None
    return {"monter": max(place - 1, 0), "descendre": place + 1, "placer": place if wanted is None else wanted}.get(act)


def _named_otherwise(row: dict[str, Any], rows: list[dict[str, Any]]) -> dict[str, str]:
    """A key or a code of its own, for the copy of a row that has one; the shortest codes, those of strands, have ten signs."""
    name = "key" if "key" in row else "code"
    if name not in row:
        return {}
    taken = {each[name] for each in rows}
    stem = row[name][:7] if "criteria" in row else row[name][:36]
    return {name: next(each for number in range(2, len(rows) + 3) if (each := f"{stem}{number}") not in taken)}

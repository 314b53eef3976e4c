"""A questionnaire that travels: the questions of a strand as a file, or taken from another strand, of this call or another."""

from typing import Any

from flask import Response, abort, flash, json, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from programme.accounts.policy import staff
from programme.accounts.states import Role
from programme.calls import queries, services
from programme.calls.forms.questionnaire import OF_FILE, QuestionnaireForm
from programme.calls.labels import fault_words
from programme.calls.models import Call
from programme.calls.rules import questionnaire as rules
from programme.calls.views import bp
from programme.calls.views.definition import change, json_of, load
from programme.calls.views.parts import LISTS, rows_at
from programme.core.access import PUBLIC, access
from programme.core.errors import RuleBroken
from programme.core.forms import form_data
from programme.extensions import db

Questions = list[dict[str, Any]]
_SAID = 20
"""Faults of a file that are said at once."""


@bp.route("/agents/appels/<slug>/questionnaire/<strand>", methods=["GET", "POST"])
@access(staff(Role.OFFICER_PROGRAMME))
def take_questions(slug: str, strand: str) -> ResponseReturnValue:
    """Add to a strand the questions of another one, or those of a file."""
    call = load(slug)
    document = services.working_document(call)
    _questions_of(document, strand)
    form = QuestionnaireForm(form_data() if request.method == "POST" else None)
    form.offer(_sources(call, document, strand))
    if form.posted and form.validate():
        questions, faults = _asked(form, call, document)
        try:
            if not faults:
                return _taken(slug, strand, questions)
        except RuleBroken as refusal:
            faults = [refusal.message]
        form.form_errors = faults
    return _page(call, document, strand, form)


def _page(call: Call, document: Any, strand: str, form: QuestionnaireForm) -> ResponseReturnValue:
    return render_template(
        "calls/define_questionnaire.html", call=call, strand=strand, form=form, several=len(document["strands"]) > 1,
        listed=LISTS["questions"].title,
    ), 422 if form.posted else 200  # fmt: skip


def _questions_of(document: Any, strand: str) -> Questions:
    """The questions of a strand of a document; absent when it has no such strand."""
    try:
        return rows_at(document, LISTS["questions"].path(document, strand))
    except LookupError:
        abort(404)


def _sources(call: Call, document: Any, strand: str) -> list[tuple[str, str]]:
    """The strands that questions may be taken from: (place, words), those of this call first."""
    own = [
        (f"{call.slug}/{each['code']}", _("Cet appel, volet %(code)s. %(title)s", code=each["code"], title=each["title"]))
        for each in document["strands"] if each["code"] != strand and each.get("questions")
    ]  # fmt: skip
    return own + [
        (f"{other}/{code}", _("%(call)s, volet %(code)s. %(title)s", call=title, code=code, title=of_strand))
        for other, title, code, of_strand in db.session.execute(queries.strands_elsewhere(call.id))
    ]


def _asked(form: QuestionnaireForm, call: Call, document: Any) -> tuple[Questions, list[str]]:
    """The questions that are to be added, and why they cannot be."""
    if form.source.data == OF_FILE:
        found, refusal = json_of(form.document.data)
        faults = [refusal] if refusal else [fault_words(each) for each in rules.faults(found)[:_SAID]]
        return [] if faults else found["questions"], faults
    slug, _sep, code = (form.source.data or "").rpartition("/")
    there = document if slug == call.slug else services.definition_of(load(slug))
    return _questions_of(there, code), []


def _taken(slug: str, strand: str, questions: Questions) -> ResponseReturnValue:
    """Put them after those that are there; one whose key is there already is left."""
    new: Questions = []

    def put(document: dict[str, Any], _call: Call) -> None:
        rows = _questions_of(document, strand)
        new.extend(rules.added(rows, questions))
        rows += new

    change(slug, "questions", put)
    said, left = (
        ngettext("%(num)s question ajoutée.", "%(num)s questions ajoutées.", len(new)),
        len(questions) - len(new),
    )
    if left:
        said += " " + ngettext("%(num)s y était déjà.", "%(num)s y étaient déjà.", left)
    flash(said, "success" if new else "info")
    return redirect(url_for(".define_list", slug=slug, name="questions", volet=strand))


@bp.get("/agents/appels/<slug>/questionnaire/<strand>/export")
@access(staff(Role.OFFICER_PROGRAMME, Role.DIRECTION))
def give_questions(slug: str, strand: str) -> Response:
    """The questions of a strand as a file, which another strand or another Region may take."""
    call = load(slug)
    document = services.working_document(call)
    title = next((each["title"] for each in document["strands"] if each["code"] == strand), "")
    given = {"title": f"{call.title} : {title}", "questions": _questions_of(document, strand)}
    answer = Response(json.dumps(given, ensure_ascii=False, indent=1), content_type="application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="questionnaire-{call.slug}-{strand}.json"'
    return answer


@bp.get("/donnees-ouvertes/questionnaire.schema.json")
@access(PUBLIC)
def questionnaire_schema() -> Response:
    """The JSON Schema of the file of a questionnaire."""
    return Response(
        json.dumps(rules.QUESTIONNAIRE_SCHEMA, ensure_ascii=False, indent=1), content_type="application/schema+json"
    )

"""Trying the questions of a strand as an applicant would: nothing is kept. And the schema of the document of a call."""

from itertools import groupby
from typing import Any

from flask import Response, abort, json, render_template, request
from flask.typing import ResponseReturnValue

from programme.accounts.policy import staff
from programme.accounts.states import Role
from programme.calls import services
from programme.calls.models import Call
from programme.calls.rules.schema import CALL_SCHEMA
from programme.calls.views import bp
from programme.calls.views.definition import load
from programme.core.access import PUBLIC, access
from programme.core.forms import parse_amount
from programme.extensions import db
from programme.organisations.labels import KINDS as CARRIERS
from programme.organisations.states import OrganisationKind, family_of
from programme.questionnaires.forms import answers_from, form_class, sentence, spare_rows
from programme.questionnaires.rules.fields import Question, asked, questions_from
from programme.questionnaires.rules.validation import check
from programme.strategy import queries as strategy


@bp.route("/agents/appels/<slug>/essai", methods=["GET", "POST"])
@access(staff(Role.OFFICER_PROGRAMME, Role.DIRECTION))
def try_questions(slug: str) -> ResponseReturnValue:
    """The questions of a strand: those that the answers so far ask, and what is missing or wrong. Nothing is kept."""
    call = load(slug)
    document = services.working_document(call)
    wanted = request.args.get("volet")
    strand = next((each for each in document["strands"] if wanted in (None, each["code"])), None)
    if strand is None:
        abort(404)
    questions = questions_from([*strand.get("questions", []), *document.get("questions", [])])
    form = form_class(questions)(request.form if request.method == "POST" else None)
    form.strand_code = strand["code"]
    return _tried(call, document, form, questions)


def _adding(form: Any) -> str:
    """The table to which a row is added, by its button; nothing else is a table."""
    name = request.form.get("action", "").removeprefix("add-")
    return name if name in form and hasattr(form[name], "append_entry") else ""


def _tried(call: Call, document: Any, form: Any, questions: list[Question]) -> ResponseReturnValue:
    context, adding = _context(form.strand_code), _adding(form)
    answers = answers_from(form, questions, {}) if form.posted and form.validate() else {}
    for fault in check(questions, answers, context) if form.posted and not adding else ():
        form["q_" + fault.question.key].errors = [sentence(fault)]
    spare_rows(form, questions, {adding: len(form[adding].entries) + 1} if adding else {})
    shown = asked(questions, answers, context)
    return render_template(
        "calls/try_questions.html", call=call, strand=form.strand_code, form=form, hidden=len(questions) - len(shown),
        sections=[(title, list(group)) for title, group in groupby(shown, key=lambda each: each.section)], known=None,
        totals={each.key: [] for each in shown}, several=len(document["strands"]) > 1, carriers=CARRIERS, questions=shown,
        themes=db.session.scalars(strategy.themes(call.theme_set)).all(), given=request.args,
    ), 422 if form.posted and form.errors else 200  # fmt: skip


def _context(strand: str) -> dict[str, Any]:
    """What conditions may ask besides the answers, as the person who tries them chose it."""
    given = {name: request.args.get(name, "") for name in ("theme", "carrier_kind", "requested_amount")}
    if given["carrier_kind"] in set(OrganisationKind):
        given["carrier_family"] = family_of(OrganisationKind(given["carrier_kind"]))
    try:
        given["requested_amount"] = str(parse_amount(given["requested_amount"]))
    except ValueError:
        given["requested_amount"] = ""
    return {"strand": strand, **{name: value for name, value in given.items() if value}}


@bp.get("/donnees-ouvertes/appel.schema.json")
@access(PUBLIC)
def schema() -> Response:
    """The JSON Schema of the document of a call."""
    return Response(json.dumps(CALL_SCHEMA, ensure_ascii=False, indent=1), content_type="application/schema+json")

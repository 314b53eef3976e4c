"""The questions of a draft: those that are asked now, kept as far as they can be read, some of them made of rows."""

from collections.abc import Mapping
from itertools import groupby
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import escape

from programme.applications import queries, services
from programme.applications.forms import QuestionsBase
from programme.applications.labels import PIECE_TONES, PIECES
from programme.applications.models import Application, Piece
from programme.applications.views import bp
from programme.applications.views.pieces import keep_chosen, take_back_file
from programme.applications.views.steps import go_on, kept, load_draft, renew, short, step_page, version_of
from programme.catalogue import queries as catalogue
from programme.core import short_answers, storage
from programme.core.access import SIGNED_IN, access
from programme.core.clock import now
from programme.extensions import db
from programme.questionnaires import documents
from programme.questionnaires.forms import (
    PREFIX,
    answers_from,
    data_from,
    filled_rows,
    form_class,
    spare_rows,
    tied_titles,
    titles_of,
)
from programme.questionnaires.rules.fields import Question
from programme.questionnaires.rules.kinds import UNTYPED, FieldKind

_ADD = "add-"
"""Before the name of the field whose « Ajouter une ligne » was pressed."""
_JOIN, _TAKE_BACK = "join-", "take-back-"
"""Before the number of the piece whose « Joindre » or « Retirer » was pressed: the words that were typed are kept with it."""


@bp.route("/dossiers/<reference>/questions", methods=["GET", "POST"])
@access(SIGNED_IN)
def questions_step(reference: str) -> ResponseReturnValue:
    """The questions of the strand and of the theme."""
    if request.method == "GET":
        application = load_draft(reference)
        return _page(application, _form(application))
    saving = kept(reference, _form, _keep, queries.answers_for_update)
    if short_answers.wanted():
        return short(saving, _reckoned)
    refused = _keep_files(reference, saving.form)
    application = load_draft(reference)
    if saving.status is None and not refused:
        return _after(application, saving.form)
    renew(saving.form, application)
    return _page(application, saving.form, saving.status or 422, refused)


def _keep_files(reference: str, form: Any) -> dict[int, str]:
    """Keep the files that came with the words, without script; gives the refusals, by the number of the piece."""
    if form.csrf_token.errors or not any(each.filename for each in request.files.values()):
        return {}
    return keep_chosen(reference, _files(load_draft(reference)).values())


def _files(application: Application) -> dict[str, Piece]:
    """The pieces of the questions that ask for a file, by the key of the question."""
    return {each.question_key: each for each in application.asked_pieces if each.question_key is not None}


def _form(application: Application) -> Any:
    """The questions that are shown; the form knows them."""
    questions = shown(services.asked_questions(application))
    saved = data_from(application.answers_to(questions), questions)
    form = form_class(questions, QuestionsBase)(request.form, data={**saved, "version": application.version})
    form.questions = questions
    return form


def shown(asked: list[Question]) -> list[Question]:
    """Those that were on the page that is sent: an answer saved meanwhile may have opened others."""
    keys = set(request.form.getlist("shown"))
    return [each for each in asked if each.key in keys] if keys else asked


def _page(
    application: Application, form: Any, status: int = 200, refused: Mapping[int, str] | None = None
) -> ResponseReturnValue:
    """The questions under the titles of their sections, in order; `refused`: why a file was not kept, by its piece."""
    files = _files(application)
    for key, piece in files.items():
        if PREFIX + key in form and refused and piece.id in refused:
            form[PREFIX + key].errors = [refused[piece.id]]
    conflict = _differences(application, form) if status == 409 else []
    spare_rows(form, form.questions, wanted_rows(form))
    sections = [(title, list(group)) for title, group in groupby(form.questions, key=lambda each: each.section)]
    totals = {each.key: documents.totals(each, application.answers.get(each.key)) for each in form.questions}
    asks_datasets = any(each.kind is FieldKind.DATASETS for each in form.questions)
    return step_page(
        application, "questions", status, form=form, questions=form.questions, sections=sections, conflict=conflict,
        totals=totals, known=titles() if asks_datasets else None, files=_controls(application, files),
    )  # fmt: skip


def _controls(application: Application, files: Mapping[str, Piece]) -> dict[str, dict[str, Any]]:
    """What the control of each file shows besides its piece."""
    return {
        key: {
            "piece": each, "state": PIECES[each.state], "tone": PIECE_TONES[each.state],
            "endings": storage.endings(each.accepted), "reference": application.reference,
        }
        for key, each in files.items()
    }  # fmt: skip


def titles() -> list[str]:
    """What the catalogue proposes while one types."""
    return [title for _id, title, _producer in db.session.execute(catalogue.pick_list())]


def wanted_rows(form: Any) -> dict[str, int]:
    """How many rows each table shows: as the address asks, and one more where it was asked for."""
    found = {name: request.args.get(name, 0, type=int) for name in request.args if name.startswith(PREFIX)}
    if added := added_table(form):
        found[added] = len(form[added]) + 1
    return found


def added_table(form: Any) -> str:
    """The table whose « Ajouter une ligne » was pressed; empty when none was."""
    action = request.form.get("action", "")
    name = action.removeprefix(_ADD)
    return name if name != action and name in form and hasattr(form[name], "entries") else ""


def _differences(application: Application, form: Any) -> list[tuple[str, str]]:
    """What a colleague saved where it differs from what was typed: (question, saved answer in words)."""
    typed = answers_from(form, form.questions, catalogued(application, form))
    return [
        (each.label, documents.in_words(each, application.answers.get(each.key)) or _("(vide)"))
        for each in form.questions
        if each.kind not in UNTYPED and typed.get(each.key) != application.answers.get(each.key)
    ]


def catalogued(application: Application, form: Any) -> dict[str, str]:
    """The slugs of the data sets that were typed, by title; one that was tied stays so when the catalogue renames it."""
    titles = titles_of(form, form.questions)
    tied = tied_titles(application.answers, form.questions)
    return tied | dict(db.session.execute(queries.datasets_titled(titles)).all()) if titles else {}


def _keep(application: Application, form: Any) -> None:
    given = {**application.answers, **answers_from(form, form.questions, catalogued(application, form))}
    filled = {key: value for key, value in given.items() if value is not None}
    services.save_answers(application, filled, version=version_of(form), at=now())


def _reckoned(application: Application) -> dict[str, str]:
    """What is reckoned of the answers just saved, for the script that saves while one writes."""
    found = {}
    for each, answer in services.answered_questions(application):
        if each.kind is FieldKind.CALCULATED:
            found[PREFIX + each.key] = str(escape(documents.in_words(each, answer) or _("pas encore")))
        for column, words in zip(each.columns, documents.totals(each, answer), strict=False):
            found[f"{PREFIX}{each.key}-total-{column.key}"] = str(escape(words))
    return found


def _after(application: Application, form: Any) -> ResponseReturnValue:
    """One more row; or the questions that an answer opened, which the person meets before going on; or the next step."""
    action = request.form.get("action", "")
    for key, piece in _files(application).items():
        if action == f"{_TAKE_BACK}{piece.id}" and piece.file is not None:
            take_back_file(application.reference, piece.id)
        if action in (f"{_TAKE_BACK}{piece.id}", f"{_JOIN}{piece.id}"):
            return redirect(url_for(".questions_step", reference=application.reference, _anchor=f"question-{key}"))
    if added := added_table(form):
        rows: dict[str, Any] = {added: filled_rows(form[added]) + 1}
        return redirect(url_for(".questions_step", reference=application.reference, _anchor=added, **rows))
    keys = {each.key for each in form.questions}
    opened = [each for each in services.asked_questions(application) if each.key not in keys]
    if opened and action == "next":
        flash(_("Vos réponses ouvrent d’autres questions : répondez-y ci-dessous."), "info")
        return redirect(
            url_for(".questions_step", reference=application.reference, _anchor=f"question-{opened[0].key}")
        )
    return go_on(application.reference, "questions")

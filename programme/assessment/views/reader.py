"""The reader's space: only their files, conflicts declared before opening, the grid beside the text."""

from collections.abc import Sequence
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from programme.applications.models import Application
from programme.applications.queries import piece_file, redacted_copy
from programme.applications.states import OPINIONS, ApplicationState
from programme.assessment import queries, services
from programme.assessment.labels import PLACES
from programme.assessment.rules.passages import passage
from programme.assessment.views import again, bp, reading
from programme.assessment.views.reading import Heading
from programme.core import consultations, short_answers, storage
from programme.core.access import SIGNED_IN, access, current_account, require
from programme.core.addresses import whole_number
from programme.core.clock import now
from programme.core.consultations import Consulted, Standing
from programme.core.errors import RuleBroken
from programme.core.forms import csrf_token
from programme.core.i18n import hour
from programme.core.unit_of_work import unit_of_work
from programme.evaluation import policy
from programme.evaluation import queries as evaluations
from programme.evaluation import services as evaluation
from programme.evaluation.forms import EvaluationForm, RecusalForm, data_from, form_class, marks_from, name_lacking
from programme.evaluation.labels import STATES, TONES, mark_words
from programme.evaluation.models import Evaluation, Grid
from programme.evaluation.scoring import SoFar, so_far
from programme.evaluation.states import EvaluationState, Recommendation, SubjectKind
from programme.extensions import db

# From here on the committee has begun: what a reader handed in stays as it is.
_CLOSED = {ApplicationState.COMMITTEE_READY, ApplicationState.ON_AGENDA, *OPINIONS}


@bp.get("/evaluations")
@access(SIGNED_IN)
def my_evaluations() -> ResponseReturnValue:
    """My files: those to open, to finish, handed in."""
    mine = db.session.scalars(evaluations.mine(current_account().id).limit(200)).all()
    return render_template("assessment/my_evaluations.html", rows=_with_files(mine), states=STATES, tones=TONES)


def _with_files(mine: Sequence[Evaluation]) -> list[tuple[Evaluation, Heading]]:
    ids = [each.subject_id for each in mine if each.subject_kind is SubjectKind.APPLICATION]
    files = reading.headings(db.session.scalars(queries.by_ids(ids)).all())
    return [(each, files[each.subject_id]) for each in mine if each.subject_id in files]


def _load(evaluation_id: int) -> Evaluation:
    found = db.one_or_404(evaluations.whole(evaluation_id))
    require(policy.can_see(current_account(), found))
    return found


def _file(given: Evaluation) -> Application:
    [application] = db.session.scalars(queries.by_ids([given.subject_id])).all()
    return db.one_or_404(queries.file(application.reference))


@bp.get("/evaluations/<int:evaluation_id>")
@access(SIGNED_IN)
def evaluate(evaluation_id: int) -> ResponseReturnValue:
    """Before the declaration: the question of conflicts; after it: the file and the grid."""
    given = _load(evaluation_id)
    if given.state is EvaluationState.ASSIGNED:
        return _declare_page(given, RecusalForm())
    return _grid_page(given, form_class(given.grid)(data=data_from(given)))


def _declare_page(given: Evaluation, form: RecusalForm, status: int = 200) -> ResponseReturnValue:
    [file] = reading.headings([_file(given)]).values()
    return render_template("assessment/declare.html", evaluation=given, file=file, form=form), status


def _grid_page(
    given: Evaluation, form: EvaluationForm, status: int = 200, aside: RecusalForm | None = None
) -> ResponseReturnValue:
    file = _file(given)
    consultations.note(Consulted.APPLICATION, file, file.reference, Standing.READER)
    shown, order = reading.of(file), list(db.session.scalars(evaluations.my_order(current_account().id)))
    return render_template(
        "assessment/evaluate.html", evaluation=given, dossier=shown, form=form, aside=aside or RecusalForm(),
        passages=_passages(given.grid, shown.answers), so_far=_so_far(form, given.grid), order=order,
        place=order.index(given.id), can_recuse=policy.can_recuse(current_account(), given),
        marks=mark_words(given.grid.scale), states=STATES, tones=TONES, can_mark=policy.can_mark(current_account(), given),
        can_reopen=policy.can_reopen(current_account(), given) and file.state not in _CLOSED,
        again=again.for_reader(file, current_account()),
    ), status  # fmt: skip


def _passages(grid: Grid, questions: Sequence[Any]) -> dict[int, str]:
    """Criterion -> anchor of the part of the file that speaks of it."""
    parts: dict[str, list[str]] = {}
    for each in questions:
        parts.setdefault(each.section, []).append(each.label)
    places = [(anchor, str(words)) for anchor, words in PLACES.items()]
    places += [
        (f"partie-{number}", f"{section} {' '.join(labels)}")
        for number, (section, labels) in enumerate(parts.items(), start=1)
    ]
    return {each.id: passage(each.label, each.help, places) for each in grid.criteria}


def _so_far(form: EvaluationForm, grid: Grid) -> SoFar:
    marks = {number: mark for number, (mark, _why) in marks_from(form, grid).items() if mark is not None}
    return so_far({each.code: marks[each.id] for each in grid.criteria if each.id in marks}, grid.weighted, grid.scale)


@bp.post("/evaluations/<int:evaluation_id>/sans-conflit")
@access(SIGNED_IN)
def declare(evaluation_id: int) -> ResponseReturnValue:
    """No link with the file: it opens."""
    with unit_of_work():
        given = db.one_or_404(evaluations.for_update(evaluation_id))
        require(policy.can_declare(current_account(), given))
        evaluation.declare_no_conflict(given, by=current_account(), at=now())
    return redirect(url_for(".evaluate", evaluation_id=evaluation_id))


@bp.post("/evaluations/<int:evaluation_id>/deport")
@access(SIGNED_IN)
def recuse(evaluation_id: int) -> ResponseReturnValue:
    """Step aside: nothing of the file is visible any more."""
    given = _load(evaluation_id)
    form = RecusalForm(request.form)
    if not form.validate():
        return _declare_page(given, form, 422) if given.declared_at is None else _ask_again(given, form)
    with unit_of_work():
        given = db.one_or_404(evaluations.for_update(evaluation_id))
        require(policy.can_recuse(current_account(), given))
        services.recuse(given, _file(given), form.reason.data or "", by=current_account(), at=now())
    flash(_("Votre déport est enregistré : ce dossier ne vous est plus montré."), "success")
    return redirect(url_for(".my_evaluations"))


def _ask_again(given: Evaluation, aside: RecusalForm) -> ResponseReturnValue:
    """Beside the grid, as it was last kept: what lacks to step aside."""
    return _grid_page(given, form_class(given.grid)(data=data_from(given)), 422, aside)


@bp.post("/evaluations/<int:evaluation_id>")
@access(SIGNED_IN)
def mark(evaluation_id: int) -> ResponseReturnValue:
    """Keep the marks; hand in when asked and complete."""
    given = _to_mark(evaluation_id)
    form = form_class(given.grid)(request.form)
    valid = form.validate()
    if short_answers.wanted():
        return _short(evaluation_id, form)
    if form.csrf_token.errors:
        return _grid_page(given, form, 422)
    try:
        kept = _keep(evaluation_id, form)
        if valid and request.form.get("action") == "submit":
            return _hand_in(evaluation_id)
    except RuleBroken as refusal:
        form.form_errors.append(refusal.message)
        return _refused(evaluation_id, form)
    return _kept(evaluation_id) if valid else _grid_page(kept, form, 422)


def _kept(evaluation_id: int) -> ResponseReturnValue:
    flash(_("Enregistré à %(hour)s. L’évaluation n’est pas encore remise.", hour=hour(now())), "success")
    return redirect(url_for(".evaluate", evaluation_id=evaluation_id))


def _to_mark(evaluation_id: int) -> Evaluation:
    given = _load(evaluation_id)
    require(policy.can_mark(current_account(), given))
    return given


def _short(evaluation_id: int, form: EvaluationForm) -> ResponseReturnValue:
    """The answer to the script that saves while one writes."""
    if form.csrf_token.errors:
        return short_answers.stale(csrf_token())
    try:
        given = _keep(evaluation_id, form)
    except RuleBroken:
        said = _(
            "Cette évaluation a été enregistrée dans une autre fenêtre. Enregistrez pour voir votre texte et relire."
        )
        return short_answers.refused(said, 409)
    sentence = _("Enregistré à %(hour)s.", hour=hour(now()))
    total = render_template("assessment/_so_far.html", so_far=_so_far(form, given.grid))
    return short_answers.kept(form, sentence, token=csrf_token(), version=given.version, **{"total-so-far": total})


def _refused(evaluation_id: int, form: EvaluationForm) -> ResponseReturnValue:
    fresh = _load(evaluation_id)
    form.version.data, form.version.raw_data = str(fresh.version), None
    if request.form.get("action") == "submit":
        name_lacking(form, fresh.grid)
    return _grid_page(fresh, form, 422)


def _keep(evaluation_id: int, form: EvaluationForm) -> Evaluation:
    with unit_of_work():
        given = db.one_or_404(evaluations.for_update(evaluation_id))
        require(policy.can_mark(current_account(), given))
        evaluation.keep(
            given, marks_from(form, given.grid), form.comment.data or "",
            Recommendation(form.recommendation.data) if form.recommendation.data in set(Recommendation) else None,
            version=whole_number(form.version.data), at=now(),
        )  # fmt: skip
    return given


def _hand_in(evaluation_id: int) -> ResponseReturnValue:
    with unit_of_work():
        given = db.one_or_404(evaluations.for_update(evaluation_id))
        require(policy.can_mark(current_account(), given))
        evaluation.submit(given, by=current_account(), at=now())
    flash(_("Votre évaluation est remise : vous pouvez la reprendre jusqu’au comité."), "success")
    return redirect(url_for(".my_evaluations"))


@bp.post("/evaluations/<int:evaluation_id>/reprendre")
@access(SIGNED_IN)
def reopen(evaluation_id: int) -> ResponseReturnValue:
    """Take back what was handed in, until the committee."""
    with unit_of_work():
        given = db.one_or_404(evaluations.for_update(evaluation_id))
        require(policy.can_reopen(current_account(), given) and _file(given).state not in _CLOSED)
        evaluation.reopen(given, by=current_account(), at=now())
    return redirect(url_for(".evaluate", evaluation_id=evaluation_id))


@bp.get("/evaluations/<int:evaluation_id>/pieces/<public_id>")
@access(SIGNED_IN)
def reader_piece(evaluation_id: int, public_id: str) -> Response:
    """A piece of the file, once the absence of conflict is declared; in a blind reading, its redacted copy alone."""
    given = _load(evaluation_id)
    require(policy.can_open(current_account(), given))
    whole = _file(given)
    blind = whole.is_read_blind
    piece = db.one_or_404(redacted_copy(public_id) if blind else piece_file(public_id))
    require(piece in whole.asked_pieces and not piece.is_confidential and not (blind and piece.bears_identity))
    file = piece.redacted if blind else piece.file
    assert file is not None
    consultations.note(Consulted.PIECE, piece, piece.application.reference, Standing.READER)
    return storage.answer(file)

"""What the page shows, what the server checks and what is printed are the same questions, in the same order, whatever is answered."""

import re
from collections import Counter
from decimal import Decimal

import pytest
from flask import render_template
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import html
from werkzeug.datastructures import MultiDict

from programme.applications import documents as receipts
from programme.applications import services
from programme.applications.forms import QuestionsBase
from programme.applications.models import Application, Piece
from programme.applications.states import PieceState
from programme.applications.views import own
from programme.applications.views.questions import _controls
from programme.calls.models import CallStrand
from programme.core.storage import ScanState, StoredFile
from programme.organisations.models import Organisation
from programme.organisations.states import OrganisationKind
from programme.questionnaires import documents
from programme.questionnaires.forms import PREFIX, answers_from, data_from, form_class, spare_rows
from programme.questionnaires.models import FormDefinition
from programme.questionnaires.rules.fields import Question, answered, asked, questions_from
from programme.questionnaires.rules.kinds import UNTYPED, FieldKind
from programme.questionnaires.rules.validation import check, found, kept
from programme.strategy.models import Theme
from tests.factories.people import NOON
from tests.questionnaires.strategies import CONTEXTS, answers, pieces, questionnaires

pytestmark = pytest.mark.slow
MANY = settings(
    max_examples=200,
    deadline=None,
    report_multiple_bugs=False,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def _piece(key: str, how: str) -> Piece:
    """The piece of a question: expected, held, or held and found infected."""
    if how == "none":
        return Piece(id=1, question_key=key, state=PieceState.EXPECTED)
    scan = ScanState.INFECTED if how == "infected" else ScanState.SAFE
    file = StoredFile(
        public_id="p", name="plan.pdf", size=1200, sha256="0" * 64, media_type="application/pdf", scan=scan
    )
    return Piece(id=1, question_key=key, state=PieceState.PROVIDED, file=file, provided_at=NOON)


@st.composite
def applications(draw):
    """A draft that no database holds: its questionnaire, its carrier and theme, its answers."""
    stored, context = draw(questionnaires()), draw(CONTEXTS)
    return Application(
        pieces=[_piece(key, how) for key, how in draw(pieces(stored)).items()],
        form_definition=FormDefinition(questions_json=stored), answers=draw(answers(stored)),
        requested_amount=context["amount"], theme=Theme(code=context["theme"]) if context["theme"] else None,
        organisation=Organisation(kind=OrganisationKind(context["carrier"])), strand=CallStrand(code="A"),
    )  # fmt: skip


def drawn(app, shown: list[Question], answers: dict, application: Application | None = None) -> html.HtmlElement:
    """The questions on a page, by the template of the step."""
    files = {} if application is None else {each.question_key: each for each in application.pieces}
    with app.test_request_context():
        form = form_class(shown, QuestionsBase)(None, data=data_from(answers, shown))
        spare_rows(form, shown, {})
        totals = {each.key: documents.totals(each, answers.get(each.key)) for each in shown}
        text = render_template(
            "applications/steps/_questions.html",
            form=form,
            sections=[("", shown)],
            totals=totals,
            known=[],
            title="Q",
            files=_controls(Application(reference="DT-1"), files),
        )
    return html.fromstring(f"<form>{text}</form>")


def on_page(app, questions, application) -> list[str]:
    """The keys of the questions that the page shows, each with its field."""
    given = application.answers_to(questions)
    shown = asked(questions, given, services.condition_context(application))
    tree = drawn(app, shown, given, application)
    keys = tree.xpath("//input[@name='shown']/@value")
    for key in keys:
        assert tree.xpath(f"//div[@id='question-{key}']//*[starts-with(@name, 'q_{key}') or @id='q_{key}']"), key
    return keys


def checked(_app, questions, application) -> list[tuple[str, str]]:
    """The keys of the questions with which the check finds fault."""
    faults = check(questions, application.answers_to(questions), services.condition_context(application))
    return [(each.question.key, each.code) for each in faults]


def printed(app, questions, application) -> list[str]:
    """The keys of the questions that the PDF and the pages print."""
    pairs = answered(questions, application.answers_to(questions), services.condition_context(application))
    with app.test_request_context():
        labels = [each.label for each in documents.printed(pairs)]
    return [f"k{label.removeprefix('Question ')}" for label in labels]


def agree(app, application, *, careless: str = "") -> bool:
    """Whether the three ways have the same questions; the `careless` one forgets the conditions: the guard that must be seen."""
    questions = application.form_definition.questions
    given = {way: [each.unconditional for each in questions] if way == careless else questions for way in WAYS}
    page = on_page(app, given["page"], application)
    pairs = {q.key: (q, a) for q, a in services.answered_questions(application)}
    expected = [(key, fault.code) for key in page if key in pairs and (fault := found(*pairs[key])) is not None]
    return page == printed(app, given["print"], application) and expected == checked(app, given["check"], application)


WAYS = ("page", "check", "print")


@MANY
@given(application=applications())
def test_the_page_the_check_and_the_print_agree(app, application):
    assert agree(app, application)
    with app.test_request_context():
        told = own.asked(application)
        receipt = receipts.answers.data(services.answered_questions(application))
    assert [each.label for each in told] == [each["label"] for each in receipt]
    assert [each["key"] for each in receipt] == on_page(app, application.form_definition.questions, application)


@pytest.mark.parametrize("way", WAYS)
def test_a_way_that_forgets_the_conditions_is_seen(app, way):
    stored = [
        {"key": "k0", "label": "Question 0", "kind": "yes_no"},
        {"key": "k1", "label": "Question 1", "kind": "text", "show_if": ["k0", "yes"]},
    ]
    application = Application(
        form_definition=FormDefinition(questions_json=stored), answers={"k0": "no"}, requested_amount=None, theme=None,
        organisation=Organisation(kind=OrganisationKind.ASSOCIATION), strand=CallStrand(code="A"),
    )  # fmt: skip
    assert agree(app, application)
    assert not agree(app, application, careless=way)


def test_what_is_generated_holds_every_kind_and_meets_every_case():
    kinds, met = Counter(), Counter()

    @settings(MANY, max_examples=600, derandomize=True, database=None)
    @given(applications())
    def count(application):
        questions, context = application.form_definition.questions, services.condition_context(application)
        given = application.answers_to(questions)
        pairs, faults = answered(questions, given, context), check(questions, given, context)
        kinds.update(each.kind for each in questions)
        met.update(fault.code for fault in faults)
        met.update(
            opened=sum(each.show_if is not None for each, _answer in pairs), hidden=len(questions) - len(pairs),
            reckoned=sum(bool(each.formula) and answer is not None for each, answer in pairs),
            in_part=sum(bool(each.part) for each in faults), in_row=sum(each.code == "missing" and each.row is not None for each in faults),
        )  # fmt: skip

    count()
    assert set(kinds) == set(FieldKind)
    wanted = {
        "opened",
        "hidden",
        "reckoned",
        "in_part",
        "in_row",
        "missing",
        "refused",
        "too_small",
        "too_large",
        "unknown",
        "unreadable",
    }
    assert {each for each in wanted if met[each] == 0} == set()


@MANY
@given(application=applications(), data=st.data())
def test_what_a_condition_hides_counts_nowhere(app, application, data):
    questions, context = application.form_definition.questions, services.condition_context(application)
    before = answered(questions, application.answers, context)
    shown = {each.key for each, _answer in before}
    assert set(kept(questions, application.answers, context)) <= shown
    others = data.draw(answers(application.form_definition.questions_json))
    changed = {key: each for key, each in others.items() if key not in shown}
    changed |= {key: each for key, each in application.answers.items() if key in shown}
    assert answered(questions, changed, context) == before
    assert check(questions, changed, context) == check(questions, application.answers, context)


@MANY
@given(application=applications())
def test_what_is_reckoned_is_the_same_on_the_page_and_in_print(app, application):
    pairs = services.answered_questions(application)
    tree = drawn(app, [each for each, _answer in pairs], application.answers_to([each for each, _answer in pairs]))
    with app.test_request_context():
        for each, answer in pairs:
            if each.kind is FieldKind.CALCULATED:
                [words] = tree.xpath(f"//output[@id='q_{each.key}']")
                assert words.text_content() == documents.in_words(each, answer) or (answer is None and words.text == "pas encore")  # fmt: skip
                assert answer is None or isinstance(answer, Decimal)


def without_mark(words: str) -> bool:
    """Whether the page says nothing that lets a cell stay empty."""
    return "(facultatif)" not in words


@MANY
@given(application=applications())
def test_a_cell_that_the_page_lets_stay_empty_is_one_that_the_check_and_the_print_do(app, application):
    pairs = services.answered_questions(application)
    tables = {each.key: (each, answer) for each, answer in pairs if each.kind is FieldKind.TABLE}
    if not tables:
        return
    tree = drawn(app, [each for each, _answer in pairs], application.answers_to([each for each, _answer in pairs]))
    for key, (question, answer) in tables.items():
        inside = tree.xpath(f"//div[@id='question-{key}']//table")[0]
        headings = [without_mark(each.text_content()) for each in inside.xpath(".//thead//th")]
        cells = [without_mark(each.text_content()) for each in inside.xpath(".//tbody/tr[1]//label")]
        assert headings == cells == [each.required for each in question.columns]
        assert not inside.xpath(".//*[@required or @aria-required]"), "a row that says nothing is no fault"
        with app.test_request_context():
            [told] = documents.printed([(question, answer)])
        fault = found(question, answer)
        if fault is None and told.grid:
            assert all(words for row in told.grid.rows for words, wanted in zip(row, headings, strict=True) if wanted)
        elif fault is not None and fault.code == "missing" and fault.row:
            place = [each.key for each in question.columns].index(fault.part)
            assert (headings[place], told.grid.rows[fault.row - 1][place]) == (True, "")


# ---- nothing is lost on the way ---------------------------------------------------------------------


@MANY
@given(questionnaires())
def test_a_question_is_written_as_it_is_read(stored):
    for each in questions_from(stored):
        assert Question.from_json(each.to_json()) == each
        assert each.to_json().keys() <= {*each.to_json(), "required"} - ({"required"} if each.formula else set())


def sent(tree: html.HtmlElement) -> MultiDict:
    """What a browser sends of the page."""
    pairs = []
    for each in tree.xpath("//input[@name][not(@type='file')] | //select | //textarea"):
        if each.tag == "select":
            chosen = each.xpath("option[@selected]") or each.xpath("option")[:1]
            pairs += [(each.get("name"), option.get("value")) for option in chosen]
        elif each.tag == "textarea":
            # The parser of a browser drops the first line end.
            pairs.append((each.get("name"), re.sub(r"\A\r?\n", "", each.text or "")))
        elif each.get("type") not in ("radio", "checkbox") or each.get("checked") is not None:
            pairs.append((each.get("name"), each.get("value", "")))
    return MultiDict(pairs)


@MANY
@given(stored=questionnaires(), data=st.data())
def test_a_page_sent_back_as_it_came_changes_no_answer(app, stored, data):
    questions = questions_from(stored)
    given = data.draw(answers(stored, bad=False))
    shown = asked(questions, given, {})
    wanted = {each.key: given.get(each.key) for each in shown if each.kind not in UNTYPED}
    with app.test_request_context(method="POST"):
        form = form_class(shown)(None, data=data_from(given, shown))
        assert answers_from(form, shown) == wanted
        again = form_class(shown)(sent(drawn(app, shown, given)))
        again.validate()
        assert {name: errors for name, errors in again.errors.items() if name.startswith(PREFIX)} == {}
        assert answers_from(again, shown) == wanted

"""Whatever question is stored, opened in the editor and sent back untouched it is the same question: nobody damages what they only look at."""

import pytest
from hypothesis import HealthCheck, given, settings
from lxml import html
from werkzeug.datastructures import MultiDict

from programme.calls.forms.conditions import Askable
from programme.calls.forms.question import QuestionForm
from programme.questionnaires.rules.fields import CONTEXT_KEYS, Question, questions_from
from programme.questionnaires.rules.kinds import FieldKind, wider
from tests.journeys.people import _fields
from tests.questionnaires.strategies import questionnaires

YES_NO = (("yes", "Oui"), ("no", "Non"))


def askable(earlier):
    """What a condition may ask: the context, then the questions before."""
    known = [Askable(each, each) for each in sorted(CONTEXT_KEYS)]
    return known + [
        Askable(e.key, e.label, YES_NO if e.kind is FieldKind.YES_NO else e.options, levels=wider(e.levels))
        for e in earlier
    ]


def sent_back(form):
    """What a browser sends of a form that nobody touched."""
    page = html.fromstring("<form>" + "".join(str(each()) for each in form) + "</form>")
    return MultiDict(_fields(page))


@pytest.fixture(scope="module")
def inside(app):
    """Inside the application, where the words of the form are."""
    with app.test_request_context("/", method="POST"):
        yield


@given(questionnaires())
@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_a_question_that_is_opened_and_sent_back_untouched_is_the_same(inside, stored):
    read = questions_from(stored)
    for place, question in enumerate(read):
        item, asked = question.to_json(), askable(read[:place])
        shown = QuestionForm(None, data=QuestionForm.known(item), askable=asked, former=item)
        form = QuestionForm(sent_back(shown), askable=asked, former=item)
        assert form.validate(), (item, form.errors)
        assert form.item(item) == item


def test_control_a_word_that_is_changed_is_seen(inside):
    item = Question.from_json(
        {"key": "a", "label": "A", "kind": "choice", "options": [["x", "X"], ["y", "Y"]]}
    ).to_json()
    data = sent_back(QuestionForm(None, data=QuestionForm.known(item)))
    data["options"] = "X\nZ"
    form = QuestionForm(data)
    assert form.validate()
    assert form.item(item) != item

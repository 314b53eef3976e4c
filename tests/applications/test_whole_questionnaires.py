"""A whole questionnaire through the real doors: the page, its form sent back, the last reading, the deposit, the PDF of the file.

Generated ones, with answers good and bad: what is on the page is what is asked at the deposit and what is printed, whatever
the answers open and hide. `make campaign NAME=questionnaires` plays 200.
"""

import io
import os
import re
from collections import Counter
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from programme.applications import queries
from programme.applications.services import printing
from programme.applications.states import ApplicationState, PieceState
from programme.core import pdf
from programme.core.unit_of_work import unit_of_work
from programme.questionnaires.rules.fields import questions_from
from programme.questionnaires.rules.kinds import UNTYPED, FieldKind
from programme.strategy.states import ThemeSet
from tests.factories import applications, calls
from tests.factories.people import NOON, account, visitor_for
from tests.questionnaires.strategies import answers, good, questionnaires
from tests.questionnaires.test_agreement import sent

MANY = int(os.environ.get("QUESTIONNAIRES", "8"))
QUESTION = re.compile(r"Question (\d+)\b")


def own(question):
    """The question with measures of its own: the strategy of this database has none."""
    measures = question.get("indicators", [])
    said = [each if isinstance(each, dict) else {"code": each} for each in measures]
    kept = [{"label": each["code"], **each} for each in said]
    return {**question, "indicators": kept} if measures else question


@st.composite
def cases(draw):
    """The stored questions, the answers of a draft, all of them right or any, and which files it has."""
    stored = [own(each) for each in draw(questionnaires())]
    files = [each["key"] for each in stored if each["kind"] == "file"]
    if draw(st.booleans()):
        right = {each.key: draw(good(each)) for each in questions_from(stored) if each.kind not in UNTYPED}
        return stored, right, dict.fromkeys(files, True)
    return stored, draw(answers(stored)), {key: draw(st.booleans()) for key in files}


def drafted(stored, given, held):
    """A draft that lacks nothing but answers to these questions."""
    with unit_of_work():
        person = account(name="Camille")
        strand = {**calls.definition()["strands"][0], "questions": stored}
        call = calls.open_call(strands=[strand], rules=[], documents=[])
        made = applications.ready_draft(
            by=person, to=call.sessions[0], theme=applications.theme(theme_set=ThemeSet.DATA)
        )
        made.answers = {each["key"]: given[each["key"]] for each in stored if given.get(each["key"]) is not None and FieldKind(each["kind"]) not in UNTYPED}  # fmt: skip
        for piece in made.pieces:
            if piece.question_key and not held[piece.question_key]:
                piece.file, piece.state, piece.provided_at = None, PieceState.EXPECTED, None
        return person, made.reference


class Played:
    """One questionnaire played by a person through the doors."""

    def __init__(self, app, db, person, reference):
        self.visitor, self.db, self.reference = visitor_for(app, person), db, reference

    def page(self, step):
        """A step of the draft."""
        return self.visitor.get(f"/dossiers/{self.reference}/{step}")

    def shown(self):
        """The numbers of the questions on the page."""
        return [each.removeprefix("k") for each in self.page("questions").tree.xpath("//input[@name='shown']/@value")]

    def send_back(self):
        """Send the page of the questions as a browser has it, until it opens nothing more."""
        for _round in range(10):
            before = self.shown()
            [form] = self.page("questions").tree.xpath("//form[@data-autosave]")
            answer = self.visitor.client.post(f"/dossiers/{self.reference}/questions", data=sent(form))
            assert answer.status_code in (302, 422), answer.status_code
            if self.shown() == before:
                return
        raise AssertionError("the page never comes to rest")

    def blamed(self):
        """The numbers of the questions with which the last reading finds fault."""
        hrefs = self.page("relecture").tree.xpath("//main//a/@href")
        parts = [urlsplit(each) for each in hrefs]
        return {
            each.fragment.removeprefix("question-")
            for each in parts
            if each.path.endswith("/questions") and each.fragment
        }

    def hand_in(self):
        """The act of deposit; gives the state that follows."""
        path = f"/dossiers/{self.reference}/relecture"
        data = {"csrf_token": self.visitor.token(path), "commitments": "y", "engagement": "y"}
        assert self.visitor.client.post(path, data=data).status_code in (302, 422)
        return self.whole().state

    def whole(self):
        """The application as it is kept."""
        self.db.session.rollback()
        return self.db.session.scalars(queries.whole(self.reference).execution_options(populate_existing=True)).one()

    def printed(self):
        """The numbers of the questions in the PDF of the whole file, made by the real printer and read by another reader."""
        made = PdfReader(io.BytesIO(pdf.render(printing.page(self.whole()))))
        text = "\n".join(each.extract_text() for each in made.pages)
        return list(
            dict.fromkeys(QUESTION.findall(text))
        )  # A question that asks for a file is named again among the pieces.


def agree(played, *, hide=None):
    """Play one; gives (on the page, printed, whether the last reading blamed one, the state). `hide`: what a careless page forgets."""
    played.send_back()
    shown = [each for each in played.shown() if each != hide]
    blamed = played.blamed()
    state = played.hand_in()
    assert (state is ApplicationState.SUBMITTED) == (not blamed), (state, blamed)
    printed = played.printed()
    return shown == printed, bool(blamed), len(shown)


@pytest.mark.db
@pytest.mark.slow
def test_page_deposit_and_pdf_agree_on_whole_questionnaires(app, db):
    met = Counter()

    @settings(
        max_examples=MANY,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(cases())
    def play(case):
        later = timedelta(
            seconds=met["questionnaires"]
        )  # Random numbers are the same at each turn: the hour tells mails apart.
        with time_machine.travel(NOON + later, tick=False):
            equal, blamed, shown = agree(Played(app, db, *drafted(*case)))
        assert equal
        met.update(questionnaires=1, shown=shown, hidden=len(case[0]) - shown, refused=blamed, accepted=not blamed)

    play()
    print(
        f"{met['questionnaires']} questionnaires: {met['shown']} questions shown, {met['hidden']} hidden; {met['accepted']} handed in, {met['refused']} refused for an answer; page, deposit and PDF agree"
    )
    assert min(met["shown"], met["accepted"], met["refused"]) > 0
    assert met["hidden"] > 0 or MANY < 100


@pytest.mark.db
def test_control_a_page_that_forgets_a_question_is_seen(app, db):
    stored = [
        {"key": "k0", "label": "Question 0", "kind": "text"},
        {"key": "k1", "label": "Question 1", "kind": "text"},
    ]
    with time_machine.travel(NOON, tick=False):
        equal, blamed, shown = agree(Played(app, db, *drafted(stored, {"k0": "Oui", "k1": "Non"}, {})), hide="1")
    assert (equal, blamed, shown) == (False, False, 1)

"""How long a file takes to write, from what its call asks. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from programme.questionnaires.rules.fields import Question
from programme.questionnaires.rules.kinds import FieldKind

K = FieldKind
PROJECT, DATA, BUDGET, ESTIMATE, AID, REVIEW = 30, 10, 45, 15, 15, 10
PIECE, SHORT = 5, 2
LONG = {
    K.LONG_TEXT: 12, K.MARKDOWN: 15, K.TABLE: 15, K.INDICATORS: 10, K.DATASETS: 5, K.FILE: PIECE, K.CALCULATED: 0,
}  # fmt: skip
"""Minutes by kind of question, where it is not answered at once."""


@dataclass(frozen=True)
class Effort:
    """What a file asks of who fills it in: its steps, its questions, its mandatory pieces, and minutes, to the half hour above."""

    steps: int
    questions: int
    pieces: int
    minutes: int


def effort(questions: Iterable[Question], pieces: int, *, asks_data: bool, money: int, asks_aid: bool) -> Effort:
    """The effort of a file; `pieces`: how many are mandatory, `money`: minutes of the budget, 0 when none is asked.

    Basis: the house's own estimate, for somebody who knows the project and has the figures at hand. A long text is about
    150 words, written at 15 words a minute and read again; a piece is found and joined, not made; the project itself is
    one long description, a summary and dates. Questions that wait for a condition are not counted: most files do not meet
    them. To be corrected when the time from opening to deposit has been observed.
    """
    asked = [each for each in questions if each.show_if is None and each.kind is not K.CALCULATED]
    fixed = PROJECT + REVIEW + (DATA if asks_data else 0) + (AID if asks_aid else 0) + money
    total = fixed + pieces * PIECE + sum(LONG.get(each.kind, SHORT) for each in asked)
    steps = (
        4 + bool(asks_data) + bool(money) + bool(asks_aid)
    )  # Project, questions, pieces and review are in every file.
    return Effort(steps, len(asked), pieces, -(-total // 30) * 30)

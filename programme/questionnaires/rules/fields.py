"""What a question is: its kind, its limits, and when it is asked."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from programme.questionnaires.rules.conditions import Condition, condition_from, keys_of

CONTEXT_KEYS = frozenset({"theme", "strand", "carrier_kind", "carrier_family", "requested_amount"})
"""What a condition may ask besides the answers; the room that asks the questions gives the values."""


class FieldKind(StrEnum):
    """Kind of an answer."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    NUMBER = "number"
    MONEY = "money"
    DAY = "day"
    YES_NO = "yes_no"
    CHOICE = "choice"
    CHOICES = "choices"


@dataclass(frozen=True)
class Question:
    """One question. `show_if`: it is asked only when this condition holds.

    `must_be` is the only acceptable answer of a yes/no question on which eligibility depends, `minimum` the
    smallest acceptable number or amount; `refusal` is the sentence shown when either is not met. `section` is the
    title under which the question stands. `identity_bearing`: its answer says who carries the project, so that a
    blind reading withholds it.
    """

    key: str
    label: str
    kind: FieldKind
    hint: str = ""
    required: bool = True
    options: tuple[tuple[str, str], ...] = ()
    max_length: int = 2000
    show_if: Condition | None = None
    must_be: str | None = None
    minimum: int | None = None
    refusal: str = ""
    section: str = ""
    identity_bearing: bool = False

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Question":
        """A question from its stored form.

        Raises:
            ValueError: an unknown kind or key.
        """
        known = dict(value)
        try:
            return cls(
                key=known.pop("key"),
                label=known.pop("label"),
                kind=FieldKind(known.pop("kind")),
                options=tuple((str(code), str(label)) for code, label in known.pop("options", [])),
                show_if=condition_from(shown) if (shown := known.pop("show_if", None)) else None,
                **known,
            )
        except (KeyError, TypeError) as error:
            raise ValueError(f"not a question: {value}") from error

    def is_asked(self, context: Mapping[str, Any]) -> bool:
        """Whether the question is asked, given the other answers."""
        return self.show_if is None or self.show_if.holds(context)


def questions_from(stored: Iterable[Mapping[str, Any]]) -> list[Question]:
    """The questions of a definition, in order.

    Raises:
        ValueError: two questions share a key, or a condition names no earlier question and no context key.
    """
    questions = [Question.from_json(each) for each in stored]
    known = set(CONTEXT_KEYS)
    for question in questions:
        if question.key in known:
            raise ValueError(f"two questions share the key {question.key}")
        for needed in keys_of(question.show_if) if question.show_if else ():
            if needed not in known:
                raise ValueError(f"{question.key} depends on {needed}, which is not asked before it")
        known.add(question.key)
    return questions


def asked(questions: Iterable[Question], answers: Mapping[str, Any], context: Mapping[str, Any]) -> list[Question]:
    """The questions that are asked, in order. An old answer to a question that is hidden now opens no other one."""
    seen = dict(context)
    found = []
    for question in questions:
        if question.is_asked(seen):
            found.append(question)
            if question.key in answers:
                seen[question.key] = answers[question.key]
    return found

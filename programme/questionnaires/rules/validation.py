"""Whether answers are acceptable: the same pure rule while one types, at submission, and years later."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from programme.organisations.rules import siret
from programme.questionnaires.rules import bounds, values
from programme.questionnaires.rules.columns import Column
from programme.questionnaires.rules.fields import Question, answered
from programme.questionnaires.rules.kinds import TEXTS, UNTYPED, FieldKind, Level
from programme.questionnaires.rules.territories import place_fault

K = FieldKind


@dataclass(frozen=True)
class Fault:
    """Why an answer is not acceptable, and where in it: `row` from 1, `part` a column, an indicator or a part by its key."""

    code: str
    row: int | None = None
    part: str = ""


@dataclass(frozen=True)
class Missing:
    """One question whose answer is missing or wrong; `code` says why, `question` which, `row` and `part` where in it."""

    question: Question
    code: str
    row: int | None = None
    part: str = ""

    @property
    def own_words(self) -> str:
        """The sentence that the questionnaire gives for this; empty when it leaves it to the house."""
        return self.question.refusal if self.code in ("refused", "too_small", "too_large") else ""

    @property
    def anchor(self) -> str:
        """The identifier of the field to go to, as the form of questions names it."""
        field, kind = f"q_{self.question.key}", self.question.kind
        if kind in (K.YES_NO, K.CHOICE, K.CHOICES):
            return f"{field}-0"  # A group of choices is reached by its first one.
        if kind is K.TABLE:
            return f"{field}-{(self.row or 1) - 1}-c_{self.part or self.question.columns[0].key}"
        if kind is K.DATASETS:
            return f"{field}-{(self.row or 1) - 1}-title"
        if kind is K.INDICATORS:
            code, _dot, name = (self.part or f"{self.question.indicators[0].code}.baseline").rpartition(".")
            return f"{field}-m_{code}-{name}"
        return field if kind not in (K.ORGANISATION, K.TERRITORY) else f"{field}-{self._small_part()}"

    def _small_part(self) -> str:
        """The part of a territory or an organisation that is at fault, as the form names it."""
        levels = self.question.levels
        if self.question.kind is K.ORGANISATION:
            return self.part or "name"
        if self.part in ("", "level"):
            return "level" if len(levels) > 1 else "department" if levels[0] is Level.DEPARTMENT else "name"
        return "department" if levels == (Level.DEPARTMENT,) else self.part


def check(questions: Iterable[Question], answers: Mapping[str, Any], context: Mapping[str, Any]) -> list[Missing]:
    """What is missing or wrong in a complete set of answers. `context` holds what conditions may ask besides."""
    judged = ((question, found(question, answer)) for question, answer in answered(questions, answers, context))
    return [Missing(question, fault.code, fault.row, fault.part) for question, fault in judged if fault is not None]


def fault(question: Question, answer: Any) -> str | None:
    """Why this answer is not acceptable; None when it is.

    One of `missing`, `refused`, `too_long`, `too_small`, `too_large`, `too_many`, `unknown`, `unreadable`, `mismatch`.
    """
    judged = found(question, answer)
    return None if judged is None else judged.code


def found(question: Question, answer: Any) -> Fault | None:
    """Why this answer is not acceptable, and where in it. What nobody types is never missing."""
    if question.kind is K.FILE:
        # Whether it is of an accepted kind was judged when it came: it is there, or it is not.
        return Fault("missing") if question.required and not values.is_file(answer) else None
    if values.is_empty(answer):
        return Fault("missing") if question.required and question.kind is not K.CALCULATED else None
    if question.kind in _WHOLE:
        return _WHOLE[question.kind](question, answer)
    if question.must_be is not None and answer != question.must_be:
        return Fault("refused")
    code = _scalar(question, answer) or _bounds(question, answer)
    return None if code is None else Fault(code)


def _scalar(given: Question | Column, answer: Any) -> str | None:
    """What is wrong with a text, a number, an amount, a day or a choice, alone or in a cell."""
    if given.kind in TEXTS:
        return "unreadable" if not isinstance(answer, str) else "too_long" if len(answer) > given.max_length else None
    if given.kind is K.YES_NO:
        return None if answer in ("yes", "no") else "unknown"
    if given.kind in (K.CHOICE, K.CHOICES):
        chosen = answer if given.kind is K.CHOICES and isinstance(answer, list | tuple) else [answer]
        return None if all(isinstance(each, str) and each in dict(given.options) for each in chosen) else "unknown"
    return None if _readable(given, answer) else "unreadable"


def _readable(given: Question | Column, answer: Any) -> bool:
    if given.kind is K.DAY:
        try:
            return date.fromisoformat(str(answer)).isoformat() == answer
        except ValueError:
            return False
    number = values.decimal(answer)
    if number is None or given.kind is K.CALCULATED:
        return number is not None
    exponent = number.as_tuple().exponent
    assert isinstance(exponent, int)  # A stored number is finite.
    return abs(number) <= bounds.LARGEST + 1 and -exponent <= (2 if given.kind is K.MONEY else given.decimals)


def _bounds(question: Question, answer: Any) -> str | None:
    if question.minimum is None and question.maximum is None:
        return None
    number = values.decimal(answer) or Decimal(0)
    if question.minimum is not None and number < question.minimum:
        return "too_small"
    return "too_large" if question.maximum is not None and number > question.maximum else None


def _table(question: Question, answer: Any) -> Fault | None:
    """The first cell that is missing or wrong; a row typed in part is named."""
    listed = values.rows(answer)
    if not listed:
        return Fault("unreadable")
    if len(listed) > question.max_rows:
        return Fault("too_many")
    for place, row in enumerate(listed, start=1):
        for column in question.columns:
            code = _cell(column, row.get(column.key))
            if code is not None:
                return Fault(code, place, column.key)
    return None


def _cell(column: Column, value: Any) -> str | None:
    if values.is_empty(value):
        return "missing" if column.required else None
    return _scalar(column, value)


def _territory(question: Question, answer: Any) -> Fault | None:
    wrong = place_fault(answer, question.levels)
    return None if wrong is None else Fault(wrong[0], part=wrong[1])


def _organisation(question: Question, answer: Any) -> Fault | None:
    """A name, and a SIRET whose key is right; the name alone when the question says so."""
    number, name = _part(answer, "siret"), _part(answer, "name")
    if not number and question.siret_required:
        return Fault("missing", part="siret")
    if number and not siret.is_valid(number):
        return Fault("unreadable", part="siret")
    if not name:
        return Fault("missing", part="name")
    return Fault("too_long", part="name") if len(name) > bounds.CELL else None


def _part(answer: Any, name: str) -> str:
    return str(answer.get(name) or "") if isinstance(answer, Mapping) else ""


def _datasets(question: Question, answer: Any) -> Fault | None:
    listed = values.rows(answer)
    if not listed:
        return Fault("unreadable")
    if len(listed) > question.max_rows:
        return Fault("too_many")
    for place, row in enumerate(listed, start=1):
        title = str(row.get("title") or "")
        if not title or len(title) > bounds.CELL:
            return Fault("too_long" if title else "missing", place, "title")
    return None


def _indicators(question: Question, answer: Any) -> Fault | None:
    """Where one starts from and where one goes, for each indicator when the question is required."""
    if not isinstance(answer, Mapping):
        return Fault("unreadable")
    for measure in question.indicators:
        given = answer.get(measure.code)
        for name in ("baseline", "target"):
            said = given.get(name) if isinstance(given, Mapping) else None
            if values.is_empty(said):
                if question.required:
                    return Fault("missing", part=f"{measure.code}.{name}")
            elif values.decimal(said) is None:
                return Fault("unreadable", part=f"{measure.code}.{name}")
    return None


_WHOLE: dict[FieldKind, Callable[[Question, Any], Fault | None]] = {
    K.TABLE: _table, K.TERRITORY: _territory, K.ORGANISATION: _organisation, K.DATASETS: _datasets,
    K.INDICATORS: _indicators,
}  # fmt: skip
"""The kinds whose answer is made of parts."""


def kept(questions: Iterable[Question], answers: Mapping[str, Any], context: Mapping[str, Any]) -> dict[str, Any]:
    """The answers to the questions that are asked: what a condition hides does not count, what nobody types is not kept."""
    asked = answered(questions, answers, context)
    return {each.key: answers[each.key] for each, _answer in asked if each.key in answers and each.kind not in UNTYPED}

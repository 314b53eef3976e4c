"""What a question is: its kind, its limits, and when it is asked."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from dataclasses import fields as fields_of
from decimal import Decimal
from typing import Any

from programme.questionnaires.rules import bounds, values
from programme.questionnaires.rules.columns import Column, Measure
from programme.questionnaires.rules.conditions import Condition, condition_from, keys_of
from programme.questionnaires.rules.formulas import Formula, Need, formula
from programme.questionnaires.rules.kinds import NEEDED, NUMBERS, OWN, SHARED, SUMMED, FieldKind, Format, Level

CONTEXT_KEYS = frozenset({"theme", "strand", "carrier_kind", "carrier_family", "requested_amount"})
"""What a condition may ask besides the answers; the room that asks the questions gives the values."""


@dataclass(frozen=True)
class Question:
    """One question. `show_if`: it is asked only when this condition holds.

    `hint` helps to answer, `example` is shown apart, `purpose` says why a personal datum is asked. `must_be` is the only
    acceptable answer of a yes/no question on which eligibility depends, `minimum` and `maximum` bound a number or an
    amount; `refusal` is the sentence shown when one of them is not met. `section` is the title under which the question
    stands. `identity_bearing`: its answer says who carries the project, so that a blind reading withholds it.
    `confidential`: its answer is read by the Region alone, never by those who evaluate. `formats`: what a file may be, none
    for all that the store takes.
    """

    key: str
    label: str
    kind: FieldKind
    hint: str = ""
    required: bool = True
    options: tuple[tuple[str, str], ...] = ()
    max_length: int = bounds.ANSWER
    show_if: Condition | None = None
    must_be: str | None = None
    minimum: Decimal | None = None
    refusal: str = ""
    section: str = ""
    identity_bearing: bool = False
    example: str = ""
    purpose: str = ""
    confidential: bool = False
    maximum: Decimal | None = None
    unit: str = ""
    decimals: int = 0
    columns: tuple[Column, ...] = ()
    max_rows: int = bounds.ROWS
    formula: str = ""
    levels: tuple[Level, ...] = ()
    siret_required: bool = True
    indicators: tuple[Measure, ...] = ()
    formats: tuple[Format, ...] = ()
    max_megabytes: int = bounds.MEGABYTES

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Question":
        """A question from its stored form.

        Raises:
            ValueError: an unknown kind or key, what another kind alone may say, a part that is too long or malformed.
        """
        known = dict(value)
        try:
            kind = FieldKind(known.pop("kind"))
        except KeyError as error:
            raise ValueError(f"not a question: {value}") from error
        allowed, needed = _SAYS[kind]
        if not known.keys() <= allowed or not needed <= known.keys():
            raise ValueError(f"not a question: {value}")
        if kind is FieldKind.CALCULATED:
            known["required"] = False
        made = cls(kind=kind, **{name: _READ[name](given) for name, given in known.items()})
        made._ensure_sound()
        return made

    def _ensure_sound(self) -> None:
        """What holds two parts of a question together."""
        if self.minimum is not None and self.maximum is not None and self.minimum > self.maximum:
            raise ValueError(f"{self.key}: the minimum is over the maximum")
        for codes in (
            [each.key for each in self.columns],
            [each.code for each in self.indicators],
            self.levels,
            self.formats,
        ):
            if len(set(codes)) < len(codes):
                raise ValueError(f"{self.key}: two parts of it share a code")
        if self.formula:
            formula(self.formula)

    def to_json(self) -> dict[str, Any]:
        """The stored form, without what goes without saying."""
        found: dict[str, Any] = {"key": self.key, "label": self.label, "kind": self.kind.value}
        for each in fields_of(self):
            given = getattr(self, each.name)
            if each.name not in found and given != each.default and (self.formula == "" or each.name != "required"):
                found[each.name] = _WRITTEN.get(each.name, _same)(given)
        return found

    @property
    def reckoning(self) -> Formula:
        """The formula of a calculated question, read.

        Raises:
            ValueError: it does not read.
        """
        return formula(self.formula)

    @property
    def unconditional(self) -> "Question":
        """The same question, always asked."""
        return replace(self, show_if=None)

    def is_asked(self, context: Mapping[str, Any]) -> bool:
        """Whether the question is asked, given the other answers."""
        return self.show_if is None or self.show_if.holds(context)


_SAYS = {
    kind: (
        {*SHARED, *OWN[kind]} - {"kind"} - ({"required"} if kind is FieldKind.CALCULATED else set()),
        {"key", "label", *filter(None, [NEEDED.get(kind)])},
    )
    for kind in FieldKind
}
"""Kind -> what its questions may say, and what they must."""


def _same(given: Any) -> Any:
    return given


def _texts(most: int, least: int = 0) -> Callable[[Any], str]:
    return lambda given: bounds.text(given, most, least=least)


def _wholes(least: int, most: int) -> Callable[[Any], int]:
    return lambda given: bounds.whole(given, least, most)


def _must_be(given: Any) -> str:
    if given not in ("yes", "no"):
        raise ValueError(f"neither yes nor no: {given!r}")
    return str(given)


_READ: dict[str, Callable[[Any], Any]] = {
    "key": lambda given: bounds.matching(given, bounds.KEY), "label": _texts(bounds.LABEL, 1),
    "hint": _texts(bounds.SENTENCE), "example": _texts(bounds.SENTENCE), "purpose": _texts(bounds.SENTENCE),
    "refusal": _texts(bounds.SENTENCE), "section": _texts(bounds.SECTION), "unit": _texts(bounds.UNIT),
    "formula": _texts(bounds.FORMULA, 1), "required": bounds.flag, "identity_bearing": bounds.flag,
    "confidential": bounds.flag, "siret_required": bounds.flag, "must_be": _must_be, "options": bounds.pairs,
    "minimum": bounds.number, "maximum": bounds.number, "max_length": _wholes(1, bounds.ANSWER_MOST),
    "decimals": _wholes(0, bounds.DECIMALS), "max_rows": _wholes(1, bounds.ROWS_MOST),
    "show_if": lambda given: None if given is None else condition_from(given),
    "columns": lambda given: tuple(map(Column.from_json, bounds.parts(given, bounds.COLUMNS))),
    "levels": lambda given: tuple(map(Level, bounds.parts(given, len(Level)))),
    "indicators": lambda given: tuple(map(Measure.from_json, bounds.parts(given, bounds.MEASURES))),
    "formats": lambda given: tuple(map(Format, bounds.parts(given, len(Format)))),
    "max_megabytes": _wholes(1, bounds.MEGABYTES),
}  # fmt: skip


def _each_written(given: Any) -> list[Any]:
    return [each.to_json() for each in given]


_WRITTEN: dict[str, Callable[[Any], Any]] = {
    "options": lambda given: [list(each) for each in given], "show_if": lambda given: given.to_json(),
    "minimum": lambda given: format(given, "f"), "maximum": lambda given: format(given, "f"),
    "columns": _each_written, "indicators": _each_written, "levels": lambda given: [each.value for each in given],
    "formats": lambda given: [each.value for each in given],
}  # fmt: skip


def questions_from(stored: Iterable[Mapping[str, Any]]) -> list[Question]:
    """The questions of a definition, in order.

    Raises:
        ValueError: two questions share a key, a condition names no earlier question and no context key, or a formula
            names what no earlier question can count.
    """
    questions = [Question.from_json(each) for each in stored]
    known = set(CONTEXT_KEYS)
    counted: set[Need] = set()
    for question in questions:
        if question.key in known:
            raise ValueError(f"two questions share the key {question.key}")
        for needed in keys_of(question.show_if) if question.show_if else ():
            if needed not in known:
                raise ValueError(f"{question.key} depends on {needed}, which is not asked before it")
        for need in question.reckoning.needs if question.formula else ():
            if need not in counted:
                raise ValueError(f"{question.key} reckons with {need}, which nothing before it counts")
        known.add(question.key)
        counted |= _counted(question)
    return questions


def _counted(question: Question) -> set[Need]:
    """What a later formula may take of this question."""
    if question.kind in NUMBERS:
        return {Need(question.key)}
    return {Need(question.key, each.key) for each in question.columns if each.kind in SUMMED}


def answered(
    questions: Iterable[Question], answers: Mapping[str, Any], context: Mapping[str, Any]
) -> list[tuple[Question, Any]]:
    """The questions that are asked, in order, each with its answer: the stored one, or what is reckoned of the others.

    The one walk that the page, the validation and the print share. An old answer to a question that is hidden now opens
    no other one and counts in no formula.
    """
    seen = dict(context)
    counted: dict[Need, Decimal | None] = {}
    found = []
    for question in questions:
        if question.is_asked(seen):
            answer = answers.get(question.key)
            if question.formula:
                answer = question.reckoning.value(counted, question.decimals)
            found.append((question, answer))
            seen[question.key] = values.compared(question.kind, answer)
            counted |= values.counted(question.kind, question.key, [each.key for each in question.columns], answer)
    return found


def asked(questions: Iterable[Question], answers: Mapping[str, Any], context: Mapping[str, Any]) -> list[Question]:
    """The questions that are asked, in order."""
    return [question for question, _answer in answered(questions, answers, context)]

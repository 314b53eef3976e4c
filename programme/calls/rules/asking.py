"""What the self-check of a call asks: what its automatic conditions read, and nothing else. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from programme.calls.rules.eligibility import Rule
from programme.calls.states import Check
from programme.questionnaires.rules.conditions import condition_from, keys_of
from programme.questionnaires.rules.fields import Question
from programme.questionnaires.rules.kinds import FieldKind

MONEY = ("cost", "requested", "other_public", "own_funds")
FIELDS = ("carrier_kind", "territory_code", "theme", "starts_on", "months", *MONEY)
"""Everything that a self-check may ask besides the questions of the call, in the order of the page."""
NO_THEME = "none"
"""Typed by the list, never stored: none of the themes of the call suits."""

_READ = {
    Check.CARRIER_KIND: ("carrier_kind",), Check.TERRITORY: ("territory_code",), Check.THEME_CHOSEN: ("theme",),
    Check.START_AFTER_DEPOSIT: ("starts_on",), Check.END_AFTER_DEPOSIT: ("starts_on", "months"),
    Check.DURATION_MAX: ("months",), Check.COST_MIN: ("cost",), Check.REQUEST_MIN: ("requested",),
    Check.REQUEST_MAX: ("requested",), Check.RATE_MAX: ("cost", "requested"),
    Check.PUBLIC_SHARE_MAX: ("cost", "requested", "other_public"), Check.OWN_SHARE_MIN: ("cost", "own_funds"),
}  # fmt: skip
"""What each check reads; a valid SIRET, a balanced plan and complete pieces are seen in the file alone."""

_CONTEXT = {
    "theme": "theme", "carrier_kind": "carrier_kind", "carrier_family": "carrier_kind", "requested_amount": "requested",
}  # fmt: skip

K = FieldKind
SHORT = frozenset({K.TEXT, K.NUMBER, K.MONEY, K.DAY, K.YES_NO, K.CHOICE, K.CHOICES, K.TERRITORY, K.ORGANISATION})
"""The questions that are answered in a moment: a table, a long text or a file waits for the file."""


@dataclass(frozen=True)
class Asked:
    """The fields that are asked, in their order, and the questions of the call that its conditions read.

    `questions` are all those that decide, reckoned ones included; `typed` those that are on the page.
    """

    fields: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()

    @property
    def typed(self) -> list[Question]:
        """The questions to answer on the page."""
        return [each for each in self.questions if each.kind in SHORT]

    @property
    def count(self) -> int:
        """How many answers the page asks for."""
        return len(self.fields) + len(self.typed)


def asked(rules: Iterable[Rule], questions: Iterable[Question], *, money: bool = True) -> Asked:
    """What these conditions read; no amount where the call asks for none (`money`)."""
    fields: set[str] = set()
    keys: set[str] = set()
    for each in rules:
        fields |= set(_READ.get(each.check, ()))
        if each.check is Check.ANSWERS:
            keys |= set(keys_of(condition_from(each.parameters["condition"])))
    found = []
    for question in reversed(list(questions)):  # Backwards: a question depends on earlier ones only.
        if question.key in keys:
            found.append(question)
            keys |= set(keys_of(question.show_if)) if question.show_if else set()
            keys |= {need.key for need in question.reckoning.needs} if question.formula else set()
    fields |= {field for key, field in _CONTEXT.items() if key in keys}
    left = set() if money else set(MONEY)
    return Asked(tuple(each for each in FIELDS if each in fields - left), tuple(reversed(found)))

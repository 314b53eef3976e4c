"""What a question is made of inside: the columns of a table, the indicators that a project commits to. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from programme.questionnaires.rules import bounds
from programme.questionnaires.rules.kinds import CELLS, FieldKind

_COLUMN = ("key", "label", "kind", "options", "required", "unit", "decimals")


@dataclass(frozen=True)
class Column:
    """One column of a table. `required`: a row of which something is written must have this cell too."""

    key: str
    label: str
    kind: FieldKind
    options: tuple[tuple[str, str], ...] = ()
    required: bool = True
    unit: str = ""
    decimals: int = 0
    max_length: int = bounds.CELL
    """The same for all columns: what is longer belongs in a question of its own."""

    @classmethod
    def from_json(cls, value: Any) -> "Column":
        """A column from its stored form.

        Raises:
            ValueError: an unknown kind, a choice without options, a word of another kind of column.
        """
        known = bounds.mapping(value, _COLUMN)
        kind = FieldKind(known.get("kind", ""))
        foreign = {"options"} - ({"options"} if kind is FieldKind.CHOICE else set())
        foreign |= set() if kind is FieldKind.NUMBER else {"unit", "decimals"}
        if kind not in CELLS or foreign & set(known) or (kind is FieldKind.CHOICE and "options" not in known):
            raise ValueError(f"not a column: {value!r}")
        return cls(
            bounds.matching(known.get("key"), bounds.KEY), bounds.text(known.get("label"), bounds.LABEL, least=1), kind,
            bounds.pairs(known["options"]) if "options" in known else (), bounds.flag(known.get("required", True)),
            bounds.text(known.get("unit", ""), bounds.UNIT), bounds.whole(known.get("decimals", 0), 0, bounds.DECIMALS),
        )  # fmt: skip

    def to_json(self) -> dict[str, Any]:
        """The stored form, without what goes without saying."""
        found: dict[str, Any] = {"key": self.key, "label": self.label, "kind": self.kind.value}
        if self.options:
            found["options"] = [list(each) for each in self.options]
        if not self.required:
            found["required"] = False
        return found | {name: value for name in ("unit", "decimals") if (value := getattr(self, name))}


@dataclass(frozen=True)
class Measure:
    """One indicator (« indicateur »): one of the strategy by its code, or the questionnaire's own, with its label.

    The label and the unit of one of the strategy are written into the version when it is published, so that what was
    asked does not change with the strategy.
    """

    code: str
    label: str = ""
    unit: str = ""

    @classmethod
    def from_json(cls, value: Any) -> "Measure":
        """An indicator from its stored form: an object, or its code alone.

        Raises:
            ValueError: it is none.
        """
        known: Mapping[str, Any] = {"code": value} if isinstance(value, str) else value
        known = bounds.mapping(known, ("code", "label", "unit"))
        return cls(
            bounds.matching(known.get("code"), bounds.CODE), bounds.text(known.get("label", ""), bounds.LABEL),
            bounds.text(known.get("unit", ""), bounds.UNIT),
        )  # fmt: skip

    def to_json(self) -> dict[str, Any]:
        """The stored form."""
        return {"code": self.code} | {name: said for name in ("label", "unit") if (said := getattr(self, name))}

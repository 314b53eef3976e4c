"""What the applicant was told of a former file, kept beside the new one while it is corrected. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from programme.applications.rules.carrying import Left

PLACES = {"request": "pieces", "piece": "pieces"}
"""Kind of a remark -> the step that it is about; the others are about the project."""


@dataclass(frozen=True)
class Remark:
    """One thing that the Region told: `kind` is `decision`, `closing`, `request` or `piece`; `about` names the piece."""

    kind: str
    text: str
    said_on: date | None = None
    items: tuple[str, ...] = ()
    about: str = ""

    @property
    def step(self) -> str:
        """The step of the draft that it is about."""
        return PLACES.get(self.kind, "projet")


@dataclass(frozen=True)
class Pinned:
    """What stands beside a file taken up again (« remarques épinglées »).

    `number` counts the presentations, this one included; `former` is the last file that was handed in, None when none was.
    """

    number: int
    former: int | None
    told: Sequence[Remark] = ()
    left: Sequence[Left] = ()

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Pinned":
        """From its stored form."""
        told = [
            Remark(
                kind=each["kind"], text=each["text"], items=tuple(each["items"]), about=each["about"],
                said_on=date.fromisoformat(each["said_on"]) if each["said_on"] else None,
            )
            for each in stored["told"]
        ]  # fmt: skip
        return cls(stored["number"], stored["former"], told, [Left(**each) for each in stored["left"]])

    def to_json(self) -> dict[str, Any]:
        """The stored form."""
        told = [
            asdict(each) | {"items": list(each.items), "said_on": each.said_on.isoformat() if each.said_on else None}
            for each in self.told
        ]
        return {
            "number": self.number, "former": self.former, "told": told, "left": [asdict(each) for each in self.left],
        }  # fmt: skip

    @property
    def steps(self) -> frozenset[str]:
        """The steps that have something to read again."""
        behind = {"pieces" if each.code.startswith("piece") else _LEFT.get(each.code, "projet") for each in self.left}
        return frozenset(each.step for each in self.told) | behind


_LEFT = {
    "question_gone": "questions",
    "question_changed": "questions",
    "answer_unfit": "questions",
    "no_room": "pieces",
}

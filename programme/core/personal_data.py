"""What each personal column is for: the register and the privacy page are made from these annotations."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Basis(StrEnum):
    """Legal basis of a processing (GDPR, article 6)."""

    PUBLIC_TASK = "public_task"
    CONTRACT = "contract"
    CONSENT = "consent"
    LEGAL_OBLIGATION = "legal_obligation"


class Fate(StrEnum):
    """What becomes of the value at the end of its retention."""

    ERASED = "erased"
    ANONYMISED = "anonymised"
    ARCHIVED = "archived"


@dataclass(frozen=True)
class Annotation:
    """Why a personal value is kept, on which basis, for how long (months after last use) and what follows."""

    purpose: str
    basis: Basis
    months: int
    fate: Fate


def personal(
    purpose: str, *, basis: Basis = Basis.PUBLIC_TASK, months: int = 60, fate: Fate = Fate.ERASED
) -> dict[str, Any]:
    """The `info` of a column that holds a personal value. `purpose` is a short French phrase, shown as it is."""
    return {"personal": Annotation(purpose, basis, months, fate)}


def not_personal(reason: str) -> dict[str, Any]:
    """The `info` of a column whose name looks personal and whose content is not."""
    return {"not_personal": reason}

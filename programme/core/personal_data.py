"""What each personal column is for: the register and the privacy page are made from these annotations."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from programme.extensions import Base


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


@dataclass(frozen=True)
class RegisterLine:
    """One line of the register: the thing in French (from its docstring), the column's code, what is said of it."""

    thing: str
    table: str
    column: str
    annotation: Annotation


def register() -> Iterator[RegisterLine]:
    """Every personal column of every table, by table: the privacy page is made of it."""
    for mapper in sorted(Base.registry.mappers, key=lambda each: each.local_table.name):  # type: ignore[attr-defined]
        named = re.search("« (.+?) »", mapper.class_.__doc__ or "")
        for column in mapper.local_table.columns:  # type: ignore[attr-defined]
            if annotation := column.info.get("personal"):
                table = mapper.local_table.name  # type: ignore[attr-defined]
                yield RegisterLine(named[1] if named else table, table, column.name, annotation)

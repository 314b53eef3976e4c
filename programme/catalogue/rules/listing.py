"""What a row of an imported list says: headings and words of people become codes, faults are named, nothing is guessed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import urlsplit

from programme.core.identifiers import fold, slugify

LIMITS = {"title": 250, "description": 4000, "url": 500, "frequency": 60, "opened_through": 120}

HEADINGS = {
    "titre": "title", "title": "title", "nom": "title", "intitule": "title",
    "producteur": "producer", "producer": "producer", "organisme": "producer", "organization": "producer",
    "siret": "producer", "siret-producteur": "producer",
    "adresse": "url", "url": "url", "lien": "url", "page": "url",
    "theme": "theme", "categorie": "theme",
    "nature": "kind", "kind": "kind", "type": "kind",
    "licence": "licence", "license": "licence", "licence-titre": "licence",
    "granularite": "granularity", "granularity": "granularity", "maille": "granularity",
    "frequence": "frequency", "frequency": "frequency", "mise-a-jour": "frequency",
    "description": "description", "resume": "description", "notes": "description",
    "nouveau": "is_new", "is-new": "is_new", "jamais-publie": "is_new",
    "ouvert-grace-a": "opened_through", "opened-through": "opened_through",
}  # fmt: skip
"""The headings that are understood, folded, and the column each one fills."""

_YES = {"oui", "o", "1", "vrai", "true", "x", "yes"}
_NO = {"non", "n", "0", "faux", "false", "", "no"}


class FaultCode(StrEnum):
    """What is wrong with a cell."""

    TITLE_MISSING = "title_missing"
    TOO_LONG = "too_long"
    PRODUCER_MISSING = "producer_missing"
    PRODUCER_UNKNOWN = "producer_unknown"
    THEME_MISSING = "theme_missing"
    THEME_UNKNOWN = "theme_unknown"
    URL_WRONG = "url_wrong"
    CODE_UNKNOWN = "code_unknown"
    YES_NO = "yes_no"
    TWICE = "twice"


@dataclass(frozen=True)
class Fault:
    """One fault: its code, the column and the text that was read; for TWICE the text is the earlier line."""

    code: FaultCode
    column: str
    text: str = ""


@dataclass(frozen=True)
class Choices:
    """What the words of a list may name: from folded words to codes, identifiers or slugs."""

    producers: Mapping[str, int]
    themes: Mapping[str, int]
    codes: Mapping[str, Mapping[str, str]]


@dataclass
class Line:
    """One row of the list, read: the values to keep, the faults found."""

    number: int
    values: dict[str, str | int | bool] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


def column_of(heading: str) -> str | None:
    """The column that a heading fills, None when it is not understood (the column is then left aside)."""
    return HEADINGS.get(slugify(heading))


def read_lines(rows: Iterable[tuple[int, Mapping[str, str]]], choices: Choices) -> list[Line]:
    """Read each row (its line, its cells by heading); a data set said twice is a fault of its second row."""
    seen: dict[tuple[str, ...], int] = {}
    lines: list[Line] = []
    for number, cells in rows:
        line = _read(number, cells, choices)
        key = _identity(line)
        if key is not None and seen.setdefault(key, number) != number:
            line.faults.append(Fault(FaultCode.TWICE, "title", str(seen[key])))
        lines.append(line)
    return lines


def _identity(line: Line) -> tuple[str, ...] | None:
    if line.faults:
        return None
    return (fold(str(line.values["title"])), str(line.values["producer_id"]))


def _read(number: int, cells: Mapping[str, str], choices: Choices) -> Line:
    line = Line(number)
    texts: dict[str, str] = {}
    for heading, text in cells.items():
        column = column_of(heading)
        if column is not None and text.strip():
            texts.setdefault(column, text.strip())
    _texts(line, texts)
    _named(line, texts.get("producer", ""), "producer", choices.producers)
    _named(line, texts.get("theme", ""), "theme", choices.themes)
    _coded(line, texts, choices.codes)
    _yes_no(line, texts.get("is_new", ""))
    return line


def _texts(line: Line, texts: Mapping[str, str]) -> None:
    if "title" not in texts:
        line.faults.append(Fault(FaultCode.TITLE_MISSING, "title"))
    for column, limit in LIMITS.items():
        text = texts.get(column, "")
        if len(text) > limit:
            line.faults.append(Fault(FaultCode.TOO_LONG, column, str(limit)))
        line.values[column] = text[:limit]
    if texts.get("url") and not is_web_address(texts["url"]):
        line.faults.append(Fault(FaultCode.URL_WRONG, "url", texts["url"][:80]))


def _named(line: Line, text: str, column: str, known: Mapping[str, int]) -> None:
    missing, unknown = {
        "producer": (FaultCode.PRODUCER_MISSING, FaultCode.PRODUCER_UNKNOWN),
        "theme": (FaultCode.THEME_MISSING, FaultCode.THEME_UNKNOWN),
    }[column]
    if not text:
        line.faults.append(Fault(missing, column))
        return
    found = known.get(key_of(text))
    if found is None:
        line.faults.append(Fault(unknown, column, text[:80]))
        return
    line.values[f"{column}_id"] = found


def _coded(line: Line, texts: Mapping[str, str], codes: Mapping[str, Mapping[str, str]]) -> None:
    for column, known in codes.items():
        text = texts.get(column)
        if text is None:
            continue
        code = known.get(key_of(text))
        if code is None:
            line.faults.append(Fault(FaultCode.CODE_UNKNOWN, column, text[:80]))
        else:
            line.values[column] = code


def _yes_no(line: Line, text: str) -> None:
    word = fold(text)
    if word not in _YES | _NO:
        line.faults.append(Fault(FaultCode.YES_NO, "is_new", text[:80]))
    line.values["is_new"] = word in _YES


def key_of(text: str) -> str:
    """The form under which words of people are compared: « Licence ouverte 2.0 » and « licence-ouverte 2.0 » meet."""
    return slugify(text, limit=250)


def is_web_address(text: str) -> bool:
    """Whether the text is a full http or https address."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and "." in parts.netloc and not any(char.isspace() for char in text)

"""From a template to the text of an agreement: conditions, numbering, variables. Pure.

A template is data. A place for a value is written {{name}}; {{article.key}} and {{annex.key}} give the number of an
article or annex, known only once the conditions have been applied. Nothing else is interpreted: no expression, no code.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from programme.agreements.rules.variables import known_flags, known_variables
from programme.agreements.states import AgreementFamily

TABLES = frozenset({"", "project", "budget", "payments", "datasets", "region_datasets", "indicators"})
_MARK = re.compile(r"\{\{\s*([a-z_]+)(?:\.([a-z_]+))?\s*\}\}")
_BRACE = re.compile(r"\{\{|\}\}")
# « L. 1611-4 », « n° 2000-321 » and « annexe 2 » are not cut at the end of a line.
_TIED = re.compile(r"(\b[LDR]\.|n°|\barticles?|\bannexe) (?=\d)")
MISSING = "……………"


@dataclass(frozen=True)
class Fault:
    """What is wrong in a template: a code, the place, and the name that is not known."""

    code: str
    place: str
    name: str


class FaultyTemplate(ValueError):
    """The template cannot be kept; `faults` lists everything that is wrong."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("; ".join(f"{each.place}: {each.code} {each.name}" for each in faults))
        self.faults = faults


@dataclass(frozen=True)
class Block:
    """A paragraph, with the lines of its list if any, and its conditions."""

    text: str
    items: tuple[str, ...] = ()
    when: frozenset[str] = frozenset()
    unless: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Part:
    """An article or an annex; `table` names the table that the house draws in an annex."""

    key: str
    title: str
    blocks: tuple[Block, ...]
    table: str = ""
    when: frozenset[str] = frozenset()
    unless: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Source:
    """A template, parsed."""

    title: str
    preamble: tuple[Block, ...]
    visas: tuple[Block, ...]
    articles: tuple[Part, ...]
    annexes: tuple[Part, ...]


def parse(data: Mapping[str, Any]) -> Source:
    """Read the JSON form of a template.

    Raises:
        FaultyTemplate: a part is missing or is not of the expected shape.
    """
    try:
        return Source(
            title=str(data["title"]), preamble=_blocks(data.get("preamble", [])), visas=_blocks(data["visas"]),
            articles=tuple(map(_part, data["articles"])), annexes=tuple(map(_part, data.get("annexes", []))),
        )  # fmt: skip
    except (KeyError, TypeError, AttributeError) as error:
        raise FaultyTemplate([Fault("shape", "template", str(error))]) from error


def _blocks(listed: Iterable[Any]) -> tuple[Block, ...]:
    return tuple(
        Block(each)
        if isinstance(each, str)
        else Block(each["text"], tuple(each.get("items", ())), _names(each, "when"), _names(each, "unless"))
        for each in listed
    )


def _names(each: Mapping[str, Any], key: str) -> frozenset[str]:
    return frozenset(each.get(key, ()))


def _part(each: Mapping[str, Any]) -> Part:
    return Part(
        str(each["key"]), str(each["title"]), _blocks(each.get("paragraphs", ())), str(each.get("table", "")),
        _names(each, "when"), _names(each, "unless"),
    )  # fmt: skip


def check(source: Source, family: AgreementFamily) -> list[Fault]:
    """Everything that forbids to keep a template: unknown variable, condition, reference or table, key given twice."""
    faults: list[Fault] = []
    names, flags = known_variables(family), known_flags(family)
    keys = {"article": [each.key for each in source.articles], "annex": [each.key for each in source.annexes]}
    for kind, listed in keys.items():
        faults += [Fault("twice", kind, key) for key in sorted({key for key in listed if listed.count(key) > 1})]
    for place, text in _texts(source):
        for name, reference in _MARK.findall(text):
            if reference and (name not in keys or reference not in keys[name]):
                faults.append(Fault("reference", place, f"{name}.{reference}"))
            elif not reference and name not in names:
                faults.append(Fault("variable", place, name))
        if _BRACE.search(_MARK.sub("", text)):
            faults.append(Fault("braces", place, text[:60]))
    faults += [Fault("flag", place, flag) for place, flag in _conditions(source) if flag not in flags]
    faults += [Fault("table", each.key, each.table) for each in source.annexes if each.table not in TABLES]
    return faults


def _texts(source: Source) -> Iterator[tuple[str, str]]:
    yield "title", source.title
    for place, blocks in _places(source):
        for block in blocks:
            yield place, block.text
            for item in block.items:
                yield place, item
    for part in (*source.articles, *source.annexes):
        yield part.key, part.title


def _places(source: Source) -> Iterator[tuple[str, tuple[Block, ...]]]:
    yield "preamble", source.preamble
    yield "visas", source.visas
    for part in (*source.articles, *source.annexes):
        yield part.key, part.blocks


def _conditions(source: Source) -> Iterator[tuple[str, str]]:
    for place, blocks in _places(source):
        for block in blocks:
            for flag in sorted(block.when | block.unless):
                yield place, flag
    for part in (*source.articles, *source.annexes):
        for flag in sorted(part.when | part.unless):
            yield part.key, flag


@dataclass(frozen=True)
class Rendered:
    """The text of an agreement as JSON values, and the names that had no value."""

    text: dict[str, Any]
    missing: tuple[str, ...]


def render(source: Source, values: Mapping[str, str], flags: frozenset[str]) -> Rendered:
    """Apply the conditions, number what remains, put the values in (already written as they are to be read).

    A value that is absent leaves a dotted line and is listed in `missing`.

    Raises:
        FaultyTemplate: a reference leads to an article or annex that the conditions have taken out.
    """
    articles = [each for each in source.articles if _kept(each, flags)]
    annexes = [each for each in source.annexes if _kept(each, flags)]
    writer = _Writer(
        values,
        {
            "article": {each.key: number for number, each in enumerate(articles, 1)},
            "annex": {each.key: number for number, each in enumerate(annexes, 1)},
        },
    )
    text = {
        "title": writer.write(source.title),
        "preamble": writer.blocks(source.preamble, flags),
        "visas": writer.blocks(source.visas, flags),
        "articles": [writer.part(each, number, flags) for number, each in enumerate(articles, 1)],
        "annexes": [writer.part(each, number, flags) for number, each in enumerate(annexes, 1)],
    }
    if writer.lost:
        raise FaultyTemplate(writer.lost)
    return Rendered(text, tuple(dict.fromkeys(writer.missing)))


def _kept(each: Block | Part, flags: frozenset[str]) -> bool:
    return each.when <= flags and not each.unless & flags


class _Writer:
    """Puts values and numbers into texts, and remembers what was missing."""

    def __init__(self, values: Mapping[str, str], numbers: dict[str, dict[str, int]]) -> None:
        self.values = values
        self.numbers = numbers
        self.missing: list[str] = []
        self.lost: list[Fault] = []

    def write(self, text: str) -> str:
        return _TIED.sub("\\1\u00a0", _MARK.sub(self._fill, text))

    def _fill(self, mark: re.Match[str]) -> str:
        name, reference = mark.group(1), mark.group(2)
        if reference:
            number = self.numbers.get(name, {}).get(reference)
            if number is None:
                self.lost.append(Fault("reference", "render", f"{name}.{reference}"))
                return MISSING
            return str(number)
        value = self.values.get(name, "")
        if not value:
            self.missing.append(name)
            return MISSING
        return value

    def blocks(self, blocks: Iterable[Block], flags: frozenset[str]) -> list[dict[str, Any]]:
        return [
            {"text": self.write(each.text), "items": [self.write(item) for item in each.items]}
            for each in blocks
            if _kept(each, flags)
        ]

    def part(self, part: Part, number: int, flags: frozenset[str]) -> dict[str, Any]:
        return {
            "key": part.key, "number": number, "title": self.write(part.title), "table": part.table,
            "blocks": self.blocks(part.blocks, flags),
        }  # fmt: skip

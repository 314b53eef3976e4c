"""The hand-written table of expectations, read; each line crossed with the people and the states makes the tries."""

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any
from zlib import crc32

from flask import Flask

from tests.matrix.objects import samples
from tests.matrix.world import ANONYMOUS, LINKS, OTHERS, STAFF, World

TABLE = Path(__file__).with_name("expected.txt")
LINE = re.compile(r"(GET|POST)\s+([\w.]+)(?:\[([^\]]*)\])?\s+([\w-]+)(?:@(\S*))?\s+(\S.*)")
OUTSIDE = (ANONYMOUS, "closed", "unconfirmed")
RELATED = ("assigned", "lead", "mate", "rival", "registered", "author")
SIGNED = (*STAFF, *LINKS, *(each for each in OTHERS if each not in OUTSIDE), *RELATED)
EVERYBODY = (*OUTSIDE, *SIGNED)
FILES = {"file", "recused"}
HOLDERS = FILES | {"programme", "direction"}
GROUPS = {
    "all": {*EVERYBODY}, "signed": {*SIGNED}, "members": {"owner", "editor", "reader"}, "editors": {"owner", "editor"},
    "files": FILES, "staff": {*STAFF}, "holders": HOLDERS, "desk": HOLDERS | {"finance"}, "nobody": set[str](),
} | {each: {each} for each in EVERYBODY}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One line of the table."""

    method: str
    endpoint: str
    given: tuple[tuple[str, str], ...]
    kind: str
    states: tuple[str, ...]
    who: frozenset[str]

    @property
    def door(self) -> tuple[str, str, tuple[tuple[str, str], ...], str]:
        """What the lines of one door share."""
        return self.method, self.endpoint, self.given, self.kind

    def speaks_of(self, state: str) -> bool:
        """Whether the line names this state."""
        return not self.states or any(fnmatchcase(state, each) for each in self.states)


@dataclass(frozen=True)
class Try:
    """One person at one door, on one thing."""

    method: str
    endpoint: str
    path: str
    who: str
    account_id: int | None
    expected: str
    label: str
    public: bool
    data: dict[str, str] = field(default_factory=dict, compare=False)


def lines() -> list[Line]:
    """The table, as written."""
    read = []
    for text in TABLE.read_text(encoding="utf-8").splitlines():
        if not text.strip() or text.startswith("#"):
            continue
        found = LINE.fullmatch(text.strip())
        assert found is not None, f"a line that cannot be read: {text}"
        method, endpoint, given, kind, states, who = found.groups()
        names = who.split()
        assert all(name in GROUPS for name in names), f"an unknown person: {text}"
        pairs = tuple((name.strip(), value.strip()) for name, value in (each.split("=") for each in (given or "").split(",") if each))  # fmt: skip
        allowed = frozenset[str]().union(*(GROUPS[name] for name in names))
        read.append(Line(method, endpoint, pairs, kind, tuple(filter(None, (states or "").split(","))), allowed))
    return read


def rules_written() -> dict[str, str]:
    """Endpoint -> rule of its door, as written by hand in the access table."""
    text = (TABLE.parents[1] / "architecture" / "access.txt").read_text(encoding="utf-8")
    rows = [line.split("#")[0].split() for line in text.splitlines()]
    return {row[0]: row[2] for row in rows if row}


def doors(app: Flask) -> set[tuple[str, str]]:
    """Each method of each endpoint of the application."""
    return {
        (method, rule.endpoint)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def paths_of(app: Flask, endpoint: str, method: str, values: dict[str, Any]) -> Iterator[tuple[str, set[str]]]:
    """The addresses of an endpoint with these values, and the names that each used; none when a value is missing."""
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules(endpoint):
        if method in (rule.methods or ()) and all(values.get(name) is not None for name in rule.arguments):
            with suppress(ValueError):  # The other rule of the endpoint takes this word.
                built = rule.build({name: values[name] for name in rule.arguments}, append_unknown=False)
                if built is not None and adapter.test(built[1], method):
                    yield built[1], set(rule.arguments)


def _expected(line: Line | None, who: str, *, public: bool) -> str:
    if line is not None and who in line.who:
        return "open"
    return "sign-in" if who in OUTSIDE and not public else "hidden"


def tries(world: World, endpoints: Sequence[str] | None = None) -> Iterator[Try]:
    """Every try of the table, or of these endpoints."""
    things, written, access = samples(str(world.filled)), lines(), rules_written()
    for door in dict.fromkeys(line.door for line in written if endpoints is None or line.endpoint in endpoints):
        method, endpoint, given, kind = door
        own = [line for line in written if line.door == door]
        public = access[endpoint] == "public"
        for state, thing in things.get(kind, {}).items():
            line = next((each for each in own if each.speaks_of(state)), None)
            values = {name: thing[name] if value == "*" else value for name, value in given}
            for path, used in paths_of(world.app, endpoint, method, thing | values):
                data = {name: str(value) for name, value in values.items() if name not in used}
                for who in EVERYBODY:
                    number = thing.get(f"_{who}") if who in RELATED else world.account_of(who)
                    if number is None and who != ANONYMOUS:
                        continue
                    label = f"{method} {endpoint}{dict(given) or ''} {kind}@{state} by {who}"
                    expected = _expected(line, who, public=public)
                    yield Try(method, endpoint, path, who, number, expected, label, public, data)


PART = int(os.environ.get("MATRIX_PART", "15"))
"""One try in so many is part of the suite; 1 in the campaign: all of them."""


def share(every: Sequence[Try], part: int = PART) -> list[Try]:
    """One try in `part`, always the same, and at least one of each door, person and expectation."""
    kept, met = [], set()
    for each in every:
        sort = (each.method, each.endpoint, tuple(sorted(each.data.items())), each.who, each.expected)
        if sort not in met or crc32(each.label.encode()) % part == 0:
            met.add(sort)
            kept.append(each)
    return kept


def outcome(world: World, each: Try) -> str:
    """What the door answered: open, sign-in, hidden, or the number of another answer."""
    answer = world.knock(each.account_id, each.method, each.path, each.data)
    place = answer.headers.get("Location", "")
    if answer.status_code == 302 and place.startswith("/connexion") and not each.public:
        return "sign-in"
    if answer.status_code in (404, 410):
        return "hidden"
    return "open" if answer.status_code in (200, 202, 302, 303, 409, 422, 429, 501) else str(answer.status_code)


def wrong(world: World, chosen: Sequence[Try]) -> list[str]:
    """The tries whose answer is not the expected one, in words."""
    found = []
    for each in chosen:
        got = outcome(world, each)
        if got != each.expected:
            found.append(f"{each.label}: {got} instead of {each.expected} ({each.path})")
    return found

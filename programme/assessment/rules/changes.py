"""What changed between two presentations of a project, word by word: pure."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

AROUND = 8
"""Words kept on each side of a change; the rest of what did not change is left out."""
WORDS_AT_MOST = 800
"""Over this many words a text is compared by sentences: word by word the time grows with the square."""
_SENTENCE = re.compile(r"[^.!?\n]*[.!?\n]*\s*")


class Part(StrEnum):
    """What became of a part of a text: kept, taken out, put in, or left out of what is shown."""

    SAME = "same"
    OUT = "out"
    IN = "in"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Change:
    """One thing that differs: what it is called, and its parts in order."""

    label: str
    parts: tuple[tuple[Part, str], ...]


def changes(before: Iterable[tuple[str, str]], after: Iterable[tuple[str, str]]) -> list[Change]:
    """The texts that differ, by their labels: those of the new presentation in order, then those that are gone."""
    was, is_now = dict(before), dict(after)
    labels = [*is_now, *(each for each in was if each not in is_now)]
    found = ((each, was.get(each, ""), is_now.get(each, "")) for each in labels)
    return [Change(label, tuple(_parts(old, new))) for label, old, new in found if old.split() != new.split()]


def _parts(old: str, new: str) -> Iterator[tuple[Part, str]]:
    a, b = _tokens(old, new)
    for tag, start, end, other, other_end in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if tag == "equal":
            yield from _same(a[start:end], is_first=start == 0, is_last=end == len(a) and other_end == len(b))
            continue
        if end > start:
            yield Part.OUT, "".join(a[start:end])
        if other_end > other:
            yield Part.IN, "".join(b[other:other_end])


def _tokens(old: str, new: str) -> tuple[list[str], list[str]]:
    """Both texts cut alike: by words with the space that follows, or by sentences when they are long."""
    if max(len(old.split()), len(new.split())) > WORDS_AT_MOST:
        return [e for e in _SENTENCE.findall(old) if e], [e for e in _SENTENCE.findall(new) if e]
    return re.findall(r"\S+\s*", old), re.findall(r"\S+\s*", new)


def _same(tokens: list[str], *, is_first: bool, is_last: bool) -> Iterator[tuple[Part, str]]:
    """What did not change, near the changes only."""
    head = [] if is_first else tokens[:AROUND]
    tail = [] if is_last else tokens[max(len(head), len(tokens) - AROUND) :]
    if head:
        yield Part.SAME, "".join(head)
    if len(head) + len(tail) < len(tokens):
        yield Part.SKIPPED, ""
    if tail:
        yield Part.SAME, "".join(tail)


def moved(before: Mapping[str, str], after: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """The lines of two tables that differ: name, value before, value after; an empty value where there was no such line."""
    names = [*after, *(each for each in before if each not in after)]
    return [(each, before.get(each, ""), after.get(each, "")) for each in names if before.get(each) != after.get(each)]

"""Why a row was found: the piece of its text around the words looked for, with these words set apart. Pure."""

from typing import NamedTuple

from programme.core.search.words import Word, composed, located, terms

READ = 20_000
"""Characters of a text in which an extract is looked for."""
_BEFORE = 60
_MOST_FOUND = 50


class Part(NamedTuple):
    """A piece of an extract; `is_found`: it is one of the words looked for. Plain text, escaped by the page."""

    text: str
    is_found: bool


def extract(text: str, query: str, *, width: int = 240) -> list[Part]:
    """The piece of the text, of about `width` characters, that says the most of the words; [] when it says none.

    The earliest of equals; cut between words, with « … » where something is left out.
    """
    wanted = terms(query)
    text = composed(text[:READ])
    found = [word for word in located(text) if word.stem.startswith(tuple(wanted))][:_MOST_FOUND] if wanted else []
    if not found:
        return []
    start, end = _window(text, _best(found, wanted, width), width)
    return _marked(text, [word for word in found if start <= word.start and word.end <= end], start, end)


def _best(found: list[Word], wanted: list[str], width: int) -> Word:
    """The word from which the most of the wanted ones follow within the width."""

    def said(first: Word) -> int:
        near = [word.stem for word in found if first.start <= word.start and word.end <= first.start + width - _BEFORE]
        return sum(any(stem.startswith(each) for stem in near) for each in wanted)

    return max(found, key=said)


def _window(text: str, first: Word, width: int) -> tuple[int, int]:
    """Where the piece begins and ends: some words before the first found, none cut in two unless it is very long."""
    if len(text) <= width:
        return 0, len(text)
    start = max(0, min(first.start - _BEFORE, len(text) - width))
    if start and (space := text.find(" ", start, first.start)) >= 0:
        start = space + 1
    end = min(len(text), max(start + width, first.end))
    if end < len(text) and (space := text.rfind(" ", first.end, end)) >= 0:
        end = space
    return start, end


def _marked(text: str, found: list[Word], start: int, end: int) -> list[Part]:
    parts = [Part("… ", False)] if start else []
    place = start
    for word in found:
        parts += [Part(text[place : word.start], False), Part(text[word.start : word.end], True)]
        place = word.end
    parts += [Part(text[place:end], False), Part(" …" if end < len(text) else "", False)]
    return [part for part in parts if part.text]

"""French search that finds the same rows on both engines: folded, stemmed words in one text column."""

import re
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, and_

from programme.core.identifiers import fold

_ELISION = re.compile(r"\b(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu)'", re.IGNORECASE)
_WORD = re.compile(r"[a-z0-9]+")
_EMPTY = frozenset(
    [
        "a",
        "au",
        "aux",
        "avec",
        "ce",
        "ces",
        "dans",
        "de",
        "des",
        "du",
        "elle",
        "en",
        "et",
        "eux",
        "il",
        "je",
        "la",
        "le",
        "les",
        "leur",
        "lui",
        "ma",
        "mais",
        "me",
        "meme",
        "mes",
        "moi",
        "mon",
        "ne",
        "nos",
        "notre",
        "nous",
        "on",
        "ou",
        "par",
        "pas",
        "pour",
        "qu",
        "que",
        "qui",
        "sa",
        "se",
        "ses",
        "son",
        "sur",
        "ta",
        "te",
        "tes",
        "toi",
        "ton",
        "tu",
        "un",
        "une",
        "vos",
        "votre",
        "vous",
    ]
)


@lru_cache(maxsize=1)
def _stemmer() -> Any:
    from snowballstemmer import stemmer  # Loads every language: a third of a second that only a search pays.

    return stemmer("french")


@lru_cache(maxsize=32768)
def _stem(word: str) -> str:
    """The stem of one word; kept, since a list of five thousand titles says the same words again and again."""
    # The French stemmer wants its accents; folding afterwards makes « vélos » and « velo » meet.
    stem = str(_stemmer().stemWord(fold(_stemmer().stemWord(word))))
    # It leaves the plural of words in -o, -u and the like (« vélos », « menus », « jeux »): a last s or x goes too.
    return re.sub(r"(?<=\w{3})[sx]$", "", stem)


def words(text: str) -> list[str]:
    """The stems of a text, in order, without elided articles and empty words."""
    bare = _ELISION.sub(" ", text.replace("’", "'"))
    stems = (_stem(word) for word in re.findall(r"[^\W_]+", bare.casefold()))
    return [stem for stem in stems if stem not in _EMPTY]


def document(*parts: str | None) -> str:
    """The text to keep in a `search_text` column: each stem once, between spaces."""
    stems = dict.fromkeys(stem for part in parts if part for stem in words(part))
    return f" {' '.join(stems)} "


def matches(column: Any, text: str, *, limit: int = 8) -> ColumnElement[bool] | None:
    """The condition that every word of the search begins a stem of the row; None for an empty search.

    Any text is accepted; at most `limit` words count.
    """
    stems = [stem for stem in dict.fromkeys(words(text[:1000])) if _WORD.search(stem)][:limit]
    if not stems:
        return None
    return and_(*(column.contains(f" {stem}", autoescape=True) for stem in stems))

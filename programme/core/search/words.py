"""The one normalisation of the search: a text becomes the folded stems of its French words. Pure.

Both engines index what this makes and nothing else, which is why they find the same rows.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from programme.core.identifiers import fold

LONGEST_WORD = 60
"""Characters of a word that count: PostgreSQL refuses a lexeme over 2,046 bytes, and no word is so long."""
LONGEST_TEXT = 200_000
"""Bytes of stems kept of one row: PostgreSQL refuses a tsvector over 1 MB."""

MOST_WORDS = 8
"""Words of a search that count."""
MOST_CHARACTERS = 1000
"""Characters of a search that are read."""

# An elided word with its apostrophe is skipped whole; otherwise a word is a run of letters and digits of any script.
_WORD = re.compile(r"\b(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu)['’ʼ]|([^\W_]+)", re.IGNORECASE)
_MARK = re.compile(r"[\W_]+")
_SAYS_NOTHING = (
    "a au aux avec ce ces dans de des du elle en et eux il je la le les leur lui ma mais me meme mes moi mon ne nos "
    "notre nous on ou par pas pour qu que qui sa se ses son sur ta te tes toi ton tu un une vos votre vous"
)
_EMPTY = frozenset(_SAYS_NOTHING.split())


class Word(NamedTuple):
    """A word of a text: its stem and where it stands, in characters."""

    stem: str
    start: int
    end: int


@lru_cache(maxsize=1)
def _stemmer() -> Any:
    from snowballstemmer import stemmer  # Loads every language: a third of a second that only a search pays.

    return stemmer("french")


@lru_cache(maxsize=32768)
def _stem(word: str) -> str:
    """The stem of one word, "" for an empty one; kept, since lists of titles say the same words again and again."""
    if fold(word) in _EMPTY:
        return ""
    # The French stemmer wants its accents; folding afterwards makes « vélos » and « velo » meet.
    stem = str(_stemmer().stemWord(fold(_stemmer().stemWord(word))))
    # It leaves the plural of words in -o, -u and the like (« vélos », « menus », « jeux »): a last s or x goes too.
    stem = re.sub(r"(?<=\w{3})[sx]$", "", stem)
    # Folding may take a compatibility sign apart (« ½ » is 1, a bar, 2): what separates words is not kept in one.
    stem = _MARK.sub("", stem)[:LONGEST_WORD]
    return "" if stem in _EMPTY else stem


def composed(text: str) -> str:
    """The text with each accent on its letter (some systems write them apart): offsets of `located` are in this one."""
    return unicodedata.normalize("NFC", text)


def located(text: str) -> Iterator[Word]:
    """The words of a composed text, in order, without elided articles and empty words."""
    for found in _WORD.finditer(text):
        if (word := found[1]) and (stem := _stem(word[:LONGEST_WORD].casefold())):
            yield Word(stem, found.start(), found.end())


def words(text: str) -> list[str]:
    """The stems of a text, in order, without elided articles and empty words."""
    return [word.stem for word in located(composed(text))]


def document(*parts: str | None) -> str:
    """The text to keep in a `search_text` column: each stem once, between spaces; at most LONGEST_TEXT bytes."""
    kept: dict[str, None] = {}
    size = 0
    for word in (word for part in parts if part for word in located(composed(part))):
        if word.stem not in kept:
            size += len(word.stem.encode()) + 1
            if size > LONGEST_TEXT:
                break
            kept[word.stem] = None
    return f" {' '.join(kept)} "


def terms(text: str, *, limit: int = MOST_WORDS) -> list[str]:
    """The stems that a search looks for: those of its first words, each once."""
    return list(dict.fromkeys(words(text[:MOST_CHARACTERS])))[:limit]

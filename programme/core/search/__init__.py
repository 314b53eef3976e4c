"""French search behind one function: the same rows on both engines, from an index kept in the writer's transaction.

A room keeps the stems of a row in a column (`document`), declares it (`indexed`), asks for rows (`matches`) and shows
why they were found (`extract`). See docs/decisions/0014-search.md.
"""

from programme.core.search.extracts import Part, extract
from programme.core.search.index import INDEXED, indexed, is_of_an_index, keep, mend
from programme.core.search.matching import is_common, matches
from programme.core.search.words import document, terms, words

__all__ = [
    "INDEXED",
    "Part",
    "document",
    "extract",
    "indexed",
    "is_common",
    "is_of_an_index",
    "keep",
    "matches",
    "mend",
    "terms",
    "words",
]

"""Which part of a file speaks of a criterion, so that the reader goes straight to it. Pure."""

import re
import unicodedata
from collections.abc import Sequence

STEM_LENGTH = 6
_WORD = re.compile(r"[^\W\d_]{5,}")


def _stems(text: str) -> set[str]:
    plain = "".join(each for each in unicodedata.normalize("NFD", text.casefold()) if not unicodedata.combining(each))
    return {word[:STEM_LENGTH] for word in _WORD.findall(plain)}


def passage(label: str, help_text: str, places: Sequence[tuple[str, str]]) -> str:
    """The place whose words meet the criterion's most often; a word of its label counts twice, the first place wins a tie.

    `places` are (anchor, words), in the order of the file; there is at least one.
    """
    strong, weak = _stems(label), _stems(help_text)

    def met(place: tuple[str, str]) -> int:
        words = _stems(place[1])
        return 2 * len(words & strong) + len(words & weak)

    return max(places, key=met)[0]

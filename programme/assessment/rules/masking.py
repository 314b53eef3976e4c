"""Hiding in a text what says who carries a project: known names, and whatever reaches or numbers somebody. Pure."""

import re
from collections.abc import Iterable

from programme.core.identifiers import fold

SHORTEST = 3
"""A known name under this many letters is not looked for: it would be found in every other sentence."""

# Words that say the sort of body and not which one: « Commune de Gap » is also recognised by « Gap » alone.
_SORTS = frozenset({
    "agence", "agglomeration", "amicale", "association", "bureau", "centre", "college", "comite", "commune",
    "communaute", "communes", "compagnie", "conseil", "cooperative", "departement", "departemental", "ecole",
    "entreprise", "etablissement", "federation", "fondation", "groupe", "groupement", "institut", "lycee", "mairie",
    "maison", "metropole", "ministere", "office", "pays", "pole", "public", "publique", "regie", "region", "regional",
    "regionale", "sa", "sarl", "sas", "scic", "scop", "service", "services", "societe", "syndicat", "union",
    "universite", "urbaine", "ville", "a", "au", "aux", "d", "de", "des", "du", "en", "et", "l", "la", "le", "les",
    "pour", "sur",
})  # fmt: skip
_REACHES = re.compile(
    r"""
      [\w.+-]+\s?(?:@|\[at\]|\(at\)|\sarobase\s)\s?[\w-]+(?:\.[\w-]+)+            # an e-mail address
    | (?:https?://|www\.)[^\s<>«»"]+                                             # the address of a page
    | (?<![\w.])(?:(?:\+|00)33[\s.-]?(?:\(0\))?|0)[\s.-]?[1-9](?:[\s.\-]?\d{2}){4}(?!\d)   # a French telephone number
    | \b[A-Z]{2}\d{2}(?:[\s]?[A-Z0-9]{4}){3,7}(?:[\s]?[A-Z0-9]{1,3})?\b          # an IBAN
    | (?<!\d)\d{3}[\s.]?\d{3}[\s.]?\d{3}[\s.]?\d{5}(?!\d)                        # a SIRET
    | \bW\d{9}\b                                                                 # the number of an association (RNA)
    """,
    re.VERBOSE,
)


def distinctive(name: str) -> str:
    """What a name keeps without the words for its sort: « Gap » for « Commune de Gap »; empty when nothing is left."""
    kept = [word for word in re.findall(r"\w+", name) if fold(word) not in _SORTS]
    return " ".join(kept)


def _pattern(names: Iterable[str]) -> re.Pattern[str] | None:
    """Any of the names on folded text, whatever stands between their words; the longest is tried first."""
    found = {tuple(re.findall(r"[a-z0-9]+", fold(name))) for name in names}
    written = [r"[^a-z0-9]*".join(each) for each in found if len("".join(each)) >= SHORTEST]
    if not written:
        return None
    return re.compile(rf"(?<![a-z0-9])(?:{'|'.join(sorted(written, key=len, reverse=True))})(?![a-z0-9])")


def _folded(text: str) -> tuple[str, list[int]]:
    """The text folded sign by sign, and from which sign of the text each of its signs comes."""
    signs, places = [], []
    for place, sign in enumerate(text):
        plain = sign.lower() if sign.isascii() else fold(sign)
        signs.append(plain)
        places += [place] * len(plain)
    return "".join(signs), places


class Mask:
    """What hides the known names of one file in its texts; `word` stands in their place."""

    def __init__(self, names: Iterable[str | None], word: str) -> None:
        self.word = word
        self.names = sorted({each.strip() for each in names if each and each.strip()})
        self._known = _pattern([*self.names, *(distinctive(each) for each in self.names)])

    def __call__(self, text: str) -> str:
        """The text without the names, addresses and numbers that say who wrote it."""
        text = _REACHES.sub(self.word, text)
        if self._known is None:
            return text
        folded, places = _folded(text)
        for found in reversed(list(self._known.finditer(folded))):
            start, end = places[found.start()], places[found.end() - 1] + 1
            text = text[:start] + self.word + text[end:]
        return text

    def title(self, text: str, otherwise: str) -> str:
        """A title without the names; `otherwise` when nothing else was in it."""
        hidden = self(text)
        left = [word for word in re.findall(r"\w+", hidden.replace(self.word, " ")) if fold(word) not in _SORTS]
        return hidden if left else otherwise

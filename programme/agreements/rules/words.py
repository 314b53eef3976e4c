"""Amounts in French words, as conventions write them beside the figures. Pure."""

from decimal import Decimal

_UNITS = [
    "zéro",
    "un",
    "deux",
    "trois",
    "quatre",
    "cinq",
    "six",
    "sept",
    "huit",
    "neuf",
    "dix",
    "onze",
    "douze",
    "treize",
    "quatorze",
    "quinze",
    "seize",
    "dix-sept",
    "dix-huit",
    "dix-neuf",
]
_TENS = {
    2: "vingt",
    3: "trente",
    4: "quarante",
    5: "cinquante",
    6: "soixante",
    7: "soixante",
    8: "quatre-vingt",
    9: "quatre-vingt",
}


def number_in_words(number: int) -> str:
    """A whole number from 0 to 999,999,999 in words, in the traditional spelling.

    Raises:
        ValueError: the number is out of these bounds.
    """
    if not 0 <= number < 1_000_000_000:
        raise ValueError(number)
    millions, rest = divmod(number, 1_000_000)
    thousands, units = divmod(rest, 1000)
    parts = []
    if millions:
        parts.append(f"{_below_thousand(millions)} million{'s' if millions > 1 else ''}")
    if thousands:
        # « cent » and « vingt » take no s before « mille ».
        parts.append("mille" if thousands == 1 else f"{_below_thousand(thousands, plural=False)} mille")
    if units or not parts:
        parts.append(_below_thousand(units))
    return " ".join(parts)


def _below_thousand(number: int, *, plural: bool = True) -> str:
    hundreds, rest = divmod(number, 100)
    if not hundreds:
        return _below_hundred(rest, plural=plural)
    head = "cent" if hundreds == 1 else f"{_UNITS[hundreds]} cent"
    if not rest:
        return f"{head}s" if hundreds > 1 and plural else head
    return f"{head} {_below_hundred(rest, plural=plural)}"


def _below_hundred(number: int, *, plural: bool) -> str:
    if number < 20:
        return _UNITS[number]
    ten, unit = divmod(number, 10)
    if ten in {7, 9}:
        unit += 10
    if not unit:
        return "quatre-vingts" if ten == 8 and plural else _TENS[ten]
    link = " et " if unit in {1, 11} and ten < 8 else "-"
    return f"{_TENS[ten]}{link}{_UNITS[unit]}"


def euros_in_words(amount: Decimal) -> str:
    """« quatorze mille euros », « douze euros et cinquante centimes »."""
    euros, cents = divmod(int(amount * 100), 100)
    joint = "d’" if euros and euros % 1_000_000 == 0 else ""
    written = f"{number_in_words(euros)} {joint}euro{'s' if euros > 1 else ''}"
    if cents:
        written += f" et {number_in_words(cents)} centime{'s' if cents > 1 else ''}"
    return written

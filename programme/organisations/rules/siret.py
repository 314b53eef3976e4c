"""The SIRET and the SIREN: digits whose key must fall right (INSEE; La Poste is an exception to Luhn's key)."""

import re

from stdnum.exceptions import ValidationError
from stdnum.fr import siren as undertaking
from stdnum.fr import siret


def clean(text: str) -> str:
    """The digits of a SIRET as people write it, with spaces or dots."""
    return re.sub(r"[\s\u00a0\u202f.]", "", text)


def is_valid(text: str) -> bool:
    """Whether it has fourteen digits and a right key."""
    if not re.fullmatch("[0-9]{14}", clean(text)):
        return False
    try:
        siret.validate(clean(text))
    except ValidationError:
        return False
    return True


def is_siren(text: str) -> bool:
    """Whether these are nine digits, written together, with a right key."""
    return re.fullmatch("[0-9]{9}", text, re.ASCII) is not None and undertaking.is_valid(text)


def siren(text: str) -> str:
    """The nine digits that name the undertaking."""
    return clean(text)[:9]


def shown(text: str) -> str:
    """« 231 300 021 00012 », with no-break spaces."""
    digits = clean(text)
    return "\u00a0".join((digits[0:3], digits[3:6], digits[6:9], digits[9:14]))

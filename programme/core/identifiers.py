"""Random and readable identifiers: references, slugs, one-use tokens."""

import hashlib
import re
import secrets
import unicodedata

# No letter that is read as a digit: 0 O 1 I L are out. 31 symbols, about 4.95 bits each.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def random_code(groups: int = 2, size: int = 4) -> str:
    """A random code to read aloud, such as « K7QM-42XP »; each group of four carries about 19.8 bits."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(size)) for _ in range(groups))


def random_token() -> str:
    """A 256-bit token for a link or a cookie."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """What is kept of a token: its SHA-256, in hexadecimal; the token itself is never stored."""
    return hashlib.sha256(token.encode()).hexdigest()


def fold(text: str) -> str:
    """Lower case without accents or ligatures: what a search compares and a sort orders by."""
    text = text.replace("œ", "oe").replace("Œ", "OE").replace("æ", "ae").replace("Æ", "AE").replace("’", "'")
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(char for char in decomposed if not unicodedata.combining(char)).casefold()


def slugify(text: str, *, limit: int = 60) -> str:
    """A readable address part: letters, digits and hyphens, at most `limit` characters; never empty."""
    slug = re.sub(r"[^a-z0-9]+", "-", fold(text)).strip("-")[:limit].strip("-")
    return slug or "sans-titre"


def slug_stem(text: str) -> str:
    """What the slugs that one title may get have in common: they differ by the number at their end."""
    return slugify(text).rstrip("-0123456789")


def unique_slug(text: str, taken: set[str], *, limit: int = 60) -> str:
    """A slug that is not in `taken`: the number that follows makes the difference.

    Two people may choose at once: `database.in_turn` with `slug_stem` before `taken` is read.
    """
    base = slugify(text, limit=limit)
    slug, number = base, 2
    while slug in taken:
        slug = f"{base}-{number}"
        number += 1
    return slug

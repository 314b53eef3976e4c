"""Forms of the site's own pages; they are sent by GET and write nothing."""

import re

from programme.core.identifiers import ALPHABET

CODE = re.compile(f"[{ALPHABET}]{{4}}-[{ALPHABET}]{{4}}")


def normal_code(text: str) -> str:
    """A check code as it is kept, from what a person reads aloud: « k7qm 42xp » gives « K7QM-42XP »."""
    signs = re.sub(r"[^A-Z0-9]", "", text.upper())[:20]
    return f"{signs[:4]}-{signs[4:]}" if len(signs) > 4 else signs

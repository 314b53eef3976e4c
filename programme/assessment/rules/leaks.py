"""What a redacted copy still says of who carries the project: in its properties, or in text left under a black box. Pure.

It reads what can be read without drawing the page: the bytes as they are and the compressed streams of a PDF. Letters
that a font renumbers, and what is only drawn, stay for the person who redacts.
"""

import re
import zlib
from collections.abc import Iterable, Iterator
from itertools import islice

from programme.core.identifiers import fold

SHORTEST = 5
"""Under this many letters a name would be found by chance in the bytes of a picture."""
MOST = 64 * 1024 * 1024
"""How many bytes are unpacked at most: what would swell beyond it is not read further."""
STREAMS = 4000
"""How many streams are opened at most; a page has one, a picture another."""
_STREAM = re.compile(rb"stream\r?\n")
_BETWEEN = rb"[^0-9A-Za-z]{1,8}"
"""What stands between two words: spaces, apostrophes in any coding, and the zeros of UTF-16."""
_ESCAPED = re.compile(rb"\\([0-7]{1,3}|[^0-7])", re.DOTALL)
_HEXADECIMAL = re.compile(rb"<([0-9A-Fa-f\s]{8,})>")
_STRING = re.compile(rb"\(((?:\\.|[^()\\])*)\)")


def names_left(data: bytes, names: Iterable[str]) -> list[str]:
    """The names that the file still holds, in UTF-8, Latin 1, UTF-16 or hexadecimal, in any case, with or without accents."""
    wanted = {each: _patterns(each) for each in names if len(re.sub(r"\W", "", each)) >= SHORTEST}
    found: set[str] = set()
    for part in map(bytes.lower, _parts(data)):
        found |= {n for n, ways in wanted.items() if n not in found and any(each.search(part) for each in ways)}
    return sorted(found)


def _patterns(name: str) -> list[re.Pattern[bytes]]:
    """The ways in which lowered bytes may hold a name; one pattern each, since a search for one beginning is quick."""
    words = re.findall(r"\w+", name)
    ways = [_BETWEEN.join(b"".join(map(_eight_bits, word)) for word in words)]
    for text in dict.fromkeys((name, name.upper(), fold(name))):
        parts = [word.encode("utf-16-be", "ignore").lstrip(b"\x00") for word in re.findall(r"\w+", text)]
        ways.append(_BETWEEN.join(map(re.escape, parts)))
    return [re.compile(each.lower()) for each in dict.fromkeys(ways)]


def _eight_bits(sign: str) -> bytes:
    """A letter in UTF-8, in Latin 1, without its accent, or lost as a question mark."""
    if sign.isascii():
        return re.escape(sign.encode())
    return b"(?:[\x80-\xff?]{1,3}|" + re.escape(fold(sign).encode("ascii", "ignore")) + b")"


def _parts(data: bytes) -> Iterator[bytes]:
    yield data
    yield _said(data)
    room, bytes_ = MOST, memoryview(data)
    for start in islice(_STREAM.finditer(data), STREAMS):
        try:
            part = zlib.decompressobj().decompress(bytes_[start.end() :], room)
        except zlib.error:
            continue
        yield part
        yield _said(part)
        room -= len(part)
        if room <= 0:
            return


def _said(part: bytes) -> bytes:
    """The strings of a PDF, joined: a page writes a word in pieces, and a property in signs told by their number."""
    signs = (re.sub(rb"\s", b"", each).decode() for each in _HEXADECIMAL.findall(part))
    told = [bytes.fromhex(each[: len(each) // 2 * 2]) for each in signs]
    return b"".join([_ESCAPED.sub(_sign, b"".join(_STRING.findall(part))), *told])


def _sign(found: re.Match[bytes]) -> bytes:
    code = found[1]
    return bytes([int(code, 8) & 255]) if code[0] in b"01234567" else code

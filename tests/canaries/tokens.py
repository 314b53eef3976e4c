"""Unique words to plant in what must stay hidden, and the ways in which bytes may hold them."""

import base64
import html
import json
import zipfile
from dataclasses import dataclass, field
from io import BytesIO
from itertools import count
from urllib.parse import quote

from pypdf import PdfReader

_SIGNS = "bcdfghjkmnpqrstvwxz"


def core(number: int) -> str:
    """A word of nine consonants, which no language and no random name holds."""
    found = ""
    for _place in range(4):
        number, rest = divmod(number, len(_SIGNS))
        found += _SIGNS[rest]
    return f"Qxz{found}wq"


@dataclass
class Tokens:
    """The tokens planted: where each was planted, and the bytes that betray it."""

    planted: dict[str, str] = field(default_factory=dict)
    needles: dict[str, list[bytes]] = field(default_factory=dict)
    _number: count = field(default_factory=lambda: count(1))

    def word(self, place: str) -> str:
        """A new token: a word with an accent and a sign that each encoding writes in its own way."""
        plain = core(next(self._number))
        self.plant(place, plain, f"{plain} d’été & Cie")
        return f"{plain} d’été & Cie"

    def bare(self, place: str) -> str:
        """A new token without ornament, for a file's name or an address of mail."""
        plain = core(next(self._number))
        self.plant(place, plain, plain)
        return plain

    def plant(self, place: str, plain: str, whole: str) -> None:
        """Look for this too: a number, a name that exists already."""
        assert plain not in self.planted
        self.planted[plain] = place
        self.needles[plain] = sorted({each.lower() for each in written(plain, whole)})

    def found(self, content: bytes) -> set[str]:
        """The tokens that the bytes hold, in one of the six encodings."""
        low = content.lower()
        begun = {needle[:3] for needles in self.needles.values() for needle in needles}
        if not any(each in low for each in begun):  # Nine tries instead of a thousand, on most pages.
            return set()
        return {token for token, needles in self.needles.items() if any(needle in low for needle in needles)}


def written(plain: str, whole: str) -> list[bytes]:
    """Plain, HTML, URL, JSON, UTF-16 both ways, and base64 whatever comes before."""
    ways = [plain.encode(), html.escape(whole).encode(), quote(whole).encode(), json.dumps(whole)[1:-1].encode()]
    ways += [plain.encode("utf-16-le"), plain.encode("utf-16-be")]
    for shift in range(3):  # A run of base64 depends on where the word begins among three bytes.
        coded = base64.b64encode(b"\0" * shift + plain.encode()).decode()
        ways.append(coded[(0, 2, 3)[shift] :].rstrip("=")[:-1].encode())
    if plain.isdigit() and len(plain) == 14:
        ways += [" ".join((plain[:3], plain[3:6], plain[6:9])).encode(), plain[:9].encode()]
    return ways


def opened(content: bytes) -> bytes:
    """The bytes with what they wrap: each entry of an archive, the text and the properties of a PDF."""
    if content[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(BytesIO(content)) as archive:
            inside = [archive.read(each) + each.filename.encode() for each in archive.infolist()]
        return b"\n".join([content, *inside])
    if content[:5] == b"%PDF-":
        reader = PdfReader(BytesIO(content))
        texts = [page.extract_text() for page in reader.pages] + [str(reader.metadata or "")]
        xmp = reader.xmp_metadata
        texts.append(str(getattr(xmp, "dc_title", "")) if xmp else "")
        streams = [each.get_data() for each in (page.get_contents() for page in reader.pages) if each is not None]
        return b"\n".join([content, *streams, *(text.encode() for text in texts)])
    return content

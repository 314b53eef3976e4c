"""The size of a picture, read from its first bytes: nothing is decoded."""

import struct
from io import BytesIO

MAX_PIXELS = 40_000_000


def pixels(data: bytes) -> int:
    """How many pixels the picture would have once decoded; 0 when its header cannot be read."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _webp(data)  # Pillow would prepare the whole canvas of a WebP when it opens it.
    from PIL import JpegImagePlugin, PngImagePlugin  # Only those who send a picture pay for it.

    # The classes themselves: `Image.open` warns of large pictures, and a filter of warnings is not safe with threads.
    png = data[:8] == b"\x89PNG\r\n\x1a\n"
    reader = PngImagePlugin.PngImageFile if png else JpegImagePlugin.JpegImageFile
    try:
        with reader(BytesIO(data)) as picture:
            width, height = picture.size
    except (OSError, SyntaxError, ValueError, IndexError, KeyError, TypeError, OverflowError, struct.error):
        return 0
    return int(width * height)


def _webp(data: bytes) -> int:
    """Width by height, from the first chunk (RFC 9649, sections 2.5 to 2.7)."""
    chunk, body = data[12:16], data[20:]
    if len(body) < 10:
        return 0
    if chunk == b"VP8X":
        return (int.from_bytes(body[4:7], "little") + 1) * (int.from_bytes(body[7:10], "little") + 1)
    if chunk == b"VP8L" and body[0] == 0x2F:
        bits = int.from_bytes(body[1:5], "little")
        return ((bits & 0x3FFF) + 1) * ((bits >> 14 & 0x3FFF) + 1)
    if chunk == b"VP8 " and body[3:6] == b"\x9d\x01\x2a":
        width, height = struct.unpack("<HH", body[6:10])
        return int((width & 0x3FFF) * (height & 0x3FFF))
    return 0

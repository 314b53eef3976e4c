"""Pictures: their size, read from the first bytes without decoding anything; their smaller copies, made by the worker."""

import struct
from io import BytesIO

MAX_PIXELS = 40_000_000
QUALITY = 78
"""Of a copy, in WebP, from 0 to 100."""
PROFILE_BYTES = 4096
"""The largest colour profile that a copy keeps; a camera's own has some 500."""


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


def shrunk(data: bytes, width: int) -> bytes | None:
    """A copy in WebP at most `width` pixels wide, upright, without what a camera writes (place, hour, name, preview).

    A narrower picture keeps its width. None when the picture cannot be decoded, or has more than `MAX_PIXELS`.
    """
    from PIL import Image, ImageFile, ImageOps  # Only the worker decodes.

    if not 0 < pixels(data) <= MAX_PIXELS:
        return None
    ImageFile.LOAD_TRUNCATED_IMAGES = False  # A library that is only imported may have set it for the whole process.
    try:
        with Image.open(BytesIO(data), formats=("PNG", "JPEG", "WEBP")) as opened:
            profile = opened.info.get("icc_profile") or b""
            opened.draft("RGB", (2 * width, 2 * width))  # A JPEG is decoded at a half, a quarter or an eighth.
            picture = ImageOps.exif_transpose(opened)
            picture = picture.convert("RGBA" if "A" in picture.getbands() or "transparency" in opened.info else "RGB")
    except (OSError, SyntaxError, ValueError, IndexError, KeyError, TypeError, OverflowError, struct.error):
        return None
    picture.thumbnail((width, 4 * width))
    out = BytesIO()
    picture.save(
        out, "WEBP", quality=QUALITY, icc_profile=profile if len(profile) <= PROFILE_BYTES else b"", exif=b"", xmp=b""
    )
    return out.getvalue()


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

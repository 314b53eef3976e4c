"""Pieces as people hand them in: a name in the text, in the properties, in the picture's own notes."""

from io import BytesIO

from PIL import Image, PngImagePlugin
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

from tests.faults.hostile_files import office, zipped

_CORE = (
    '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:creator>{}</dc:creator><cp:lastModifiedBy>{}</cp:lastModifiedBy>'
    "</cp:coreProperties>"
)


def pdf(text: str, **properties: str) -> bytes:
    """One page that says `text`, with the properties of a document (Author, Title…), its stream compressed."""
    writer = PdfWriter()
    page = writer.add_blank_page(200, 200)
    font = DictionaryObject(
        {NameObject("/Type"): NameObject("/Font"), NameObject("/Subtype"): NameObject("/Type1"),
         NameObject("/BaseFont"): NameObject("/Helvetica")}
    )  # fmt: skip
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): DictionaryObject({NameObject("/F"): font})})
    drawn = DecodedStreamObject()
    drawn.set_data(b"BT /F 12 Tf 10 100 Td (" + text.encode("latin-1", "replace") + b") Tj ET")
    page[NameObject("/Contents")] = writer._add_object(drawn.flate_encode())
    if properties:
        writer.add_metadata({f"/{name}": value for name, value in properties.items()})
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def docx(text: str, author: str, editor: str) -> bytes:
    """A word processor's file, with its author and who last touched it."""
    return office(
        ("docProps/core.xml", _CORE.format(author.replace("&", "&amp;"), editor.replace("&", "&amp;"))),
        body=f"<w:t>{text.replace('&', '&amp;')}</w:t>",
    )  # fmt: skip


def odt(text: str, author: str) -> bytes:
    """A text of the other suite."""
    return zipped(
        ("mimetype", "application/vnd.oasis.opendocument.text"), ("content.xml", f"<t>{text}</t>"),
        ("meta.xml", f"<creator>{author}</creator>"),
    )  # fmt: skip


def jpeg(artist: str, copyright_: str) -> bytes:
    """A photograph with the notes of the camera (EXIF)."""
    picture, notes, out = Image.new("RGB", (8, 8)), Image.Exif(), BytesIO()
    notes[0x013B], notes[0x8298] = artist, copyright_
    picture.save(out, "JPEG", exif=notes)
    return out.getvalue()


def png(words: str) -> bytes:
    """A drawing with a text of its own."""
    notes, out = PngImagePlugin.PngInfo(), BytesIO()
    notes.add_text("Author", words)
    Image.new("RGB", (8, 8)).save(out, "PNG", pnginfo=notes)
    return out.getvalue()

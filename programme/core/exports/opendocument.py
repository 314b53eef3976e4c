"""ODS, row after row: a ZIP whose table is written as it is read (docs/decisions/0010-one-writer-of-tables.md)."""

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import IO, Any
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from programme.core.exports.cells import CellKind, Column, clean, refuse_full, shortened, typed

MEDIA_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
_URN = "urn:oasis:names:tc:opendocument:xmlns:"
_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
_MANIFEST = (
    f'{_DECLARATION}<manifest:manifest xmlns:manifest="{_URN}manifest:1.0" manifest:version="1.2">'
    f'<manifest:file-entry manifest:full-path="/" manifest:version="1.2" manifest:media-type="{MEDIA_TYPE}"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
)
_DAY = (
    '<number:day number:style="long"/><number:text>/</number:text><number:month number:style="long"/>'
    '<number:text>/</number:text><number:year number:style="long"/>'
)
_HOUR = (
    '<number:text> </number:text><number:hours number:style="long"/><number:text>:</number:text>'
    '<number:minutes number:style="long"/>'
)
_STYLES = (
    '<number:currency-style style:name="n-money" number:language="fr" number:country="FR">'
    '<number:number number:decimal-places="2" number:min-decimal-places="2" number:min-integer-digits="1" number:grouping="true"/>'
    "<number:text>\u00a0</number:text>"
    '<number:currency-symbol number:language="fr" number:country="FR">€</number:currency-symbol></number:currency-style>'
    f'<number:date-style style:name="n-date">{_DAY}</number:date-style>'
    f'<number:date-style style:name="n-instant">{_DAY}{_HOUR}</number:date-style>'
    '<style:style style:name="head" style:family="table-cell"><style:text-properties fo:font-weight="bold"/></style:style>'
) + "".join(
    f'<style:style style:name="{name}" style:family="table-cell" style:data-style-name="n-{name}"/>'
    for name in ("money", "date", "instant")
)
_OPENING = (
    f'{_DECLARATION}<office:document-content xmlns:office="{_URN}office:1.0" xmlns:table="{_URN}table:1.0" '
    f'xmlns:text="{_URN}text:1.0" xmlns:style="{_URN}style:1.0" xmlns:number="{_URN}datastyle:1.0" '
    f'xmlns:fo="{_URN}xsl-fo-compatible:1.0" office:version="1.2">'
    f"<office:automatic-styles>{_STYLES}</office:automatic-styles><office:body><office:spreadsheet>"
    '<table:table table:name="Export">'
)
_CLOSING = "</table:table></office:spreadsheet></office:body></office:document-content>"
_EMPTY = "<table:table-cell/>"
_SPACES = re.compile("^ +| {2,}|\t| $")


def write_ods(columns: Sequence[Column], rows: Iterable[Sequence[Any]], target: IO[bytes]) -> None:
    """Write the table as a spreadsheet of one sheet.

    Raises:
        RuleBroken: more rows than a sheet holds.
    """
    with ZipFile(target, "w") as archive:
        archive.writestr(_entry("mimetype", ZIP_STORED), MEDIA_TYPE)  # First and plain: by it the type is recognised.
        archive.writestr(_entry("META-INF/manifest.xml"), _MANIFEST)
        with archive.open(_entry("content.xml"), "w", force_zip64=True) as content:
            content.write(_OPENING.encode())
            for text in _lines(columns, rows):
                content.write(text.encode())
            content.write(_CLOSING.encode())


def _entry(name: str, method: int = ZIP_DEFLATED) -> ZipInfo:
    entry = ZipInfo(name)
    entry.compress_type = method
    return entry


def _lines(columns: Sequence[Column], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    titles = "".join(_text(shortened(clean(column.label)), ' table:style-name="head"') for column in columns)
    yield f'<table:table-column table:number-columns-repeated="{len(columns)}"/>'
    yield f"<table:table-header-rows><table:table-row>{titles}</table:table-row></table:table-header-rows>"
    for line, row in enumerate(rows, start=1):
        refuse_full(line)
        cells = (_cell(*typed(column.kind, value)) for column, value in zip(columns, row, strict=True))
        yield f"<table:table-row>{''.join(cells)}</table:table-row>"


def _cell(kind: CellKind, value: Any) -> str:
    """One cell by its type. No attribute is ever made of a text, and no cell ever has a formula."""
    if kind is CellKind.TEXT:
        return _text(shortened(value)) if value else _EMPTY
    if kind is CellKind.MONEY:
        return _valued(f'currency" office:currency="EUR" office:value="{_figure(value)}', "money")
    if kind is CellKind.NUMBER:
        return _valued(f'float" office:value="{_figure(value)}')
    return _valued(f'date" office:date-value="{value.isoformat()}', kind)


def _valued(attributes: str, style: str = "") -> str:
    named = f' table:style-name="{style}"' if style else ""
    return f'<table:table-cell office:value-type="{attributes}"{named}/>'


def _figure(value: float | Decimal) -> str:
    return format(value, "f") if isinstance(value, Decimal) else repr(value)


def _text(text: str, style: str = "") -> str:
    paragraphs = "".join(f"<text:p>{_SPACES.sub(_space, escape(line))}</text:p>" for line in text.split("\n"))
    return f'<table:table-cell office:value-type="string"{style}>{paragraphs}</table:table-cell>'


def _space(found: re.Match[str]) -> str:
    """Spaces that XML would swallow, written as the format wants them."""
    return "<text:tab/>" if found[0] == "\t" else f'<text:s text:c="{len(found[0])}"/>'

"""How an export is sent: CSV as it is made, workbooks from a temporary file."""

from collections.abc import Iterable, Iterator, Sequence
from io import SEEK_END
from tempfile import SpooledTemporaryFile
from typing import IO, Any, cast

from flask import Response, abort, request, stream_with_context
from flask_babel import lazy_gettext as _l

from programme.core.exports.cells import Column, ExportFormat
from programme.core.exports.delimited import csv_chunks, published_text
from programme.core.exports.opendocument import write_ods
from programme.core.exports.workbook import write_xlsx

FORMATS = {ExportFormat.CSV: _l("CSV"), ExportFormat.XLSX: _l("Excel"), ExportFormat.ODS: _l("LibreOffice")}
MEDIA_TYPES = {
    ExportFormat.CSV: "text/csv",
    ExportFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ExportFormat.ODS: "application/vnd.oasis.opendocument.spreadsheet",
}
_IN_MEMORY = 1024 * 1024
_CHUNK = 64 * 1024


def chosen() -> ExportFormat:
    """The format in the address, CSV when it says none; one that does not exist is an absent page."""
    code = request.args.get("format", ExportFormat.CSV)
    return ExportFormat(code) if code in {each.value for each in ExportFormat} else abort(404)


def write(code: ExportFormat, columns: Sequence[Column], rows: Iterable[Sequence[Any]], target: IO[bytes]) -> None:
    """Write the table into a binary file, in constant memory.

    Raises:
        RuleBroken: more rows than a sheet of the format holds.
    """
    if code is ExportFormat.XLSX:
        write_xlsx(columns, rows, target)
    elif code is ExportFormat.ODS:
        write_ods(columns, rows, target)
    else:
        for chunk in csv_chunks(columns, rows):
            target.write(chunk)


def answer(name: str, code: ExportFormat, columns: Sequence[Column], rows: Iterable[Sequence[Any]]) -> Response:
    """The table as a download. `name` has no ending.

    A CSV is sent while the rows are read, in the reading transaction of the request, which ends with the answer.
    """
    if code is ExportFormat.CSV:
        response = Response(stream_with_context(csv_chunks(columns, rows)), content_type="text/csv; charset=utf-8")
    else:
        response = _from_file(code, columns, rows)
    response.headers.set("Content-Disposition", "attachment", filename=f"{name}.{code}")
    return response


def _from_file(code: ExportFormat, columns: Sequence[Column], rows: Iterable[Sequence[Any]]) -> Response:
    """A workbook is complete before its first byte leaves: its table of contents comes last."""
    file = cast(IO[bytes], SpooledTemporaryFile(max_size=_IN_MEMORY))  # noqa: SIM115 - closed with the answer
    write(code, columns, rows, file)
    size = file.seek(0, SEEK_END)
    file.seek(0)
    response = Response(_chunks(file), content_type=MEDIA_TYPES[code])
    response.content_length = size
    response.call_on_close(file.close)
    return response


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while chunk := file.read(_CHUNK):
            yield chunk


def published_csv(name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Response:
    """Open data in the form of its published schema, whole, so that the answer can have its ETag."""
    response = Response(published_text(header, rows), content_type="text/csv; charset=utf-8")
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response

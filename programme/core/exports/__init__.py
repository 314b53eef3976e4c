"""The one writer of tables that leave the house: CSV, XLSX and ODS, from rows to chunks, none of it ever a formula."""

from programme.core.exports.answers import FORMATS, MEDIA_TYPES, answer, chosen, published_csv, write
from programme.core.exports.cells import CellKind, Column, ExportFormat
from programme.core.exports.delimited import csv_chunks
from programme.core.exports.opendocument import write_ods
from programme.core.exports.workbook import write_xlsx

__all__ = [
    "FORMATS",
    "MEDIA_TYPES",
    "CellKind",
    "Column",
    "ExportFormat",
    "answer",
    "chosen",
    "csv_chunks",
    "published_csv",
    "write",
    "write_ods",
    "write_xlsx",
]

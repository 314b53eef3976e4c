"""Files that people hand in: written durably first, then the row; random names, type read from the content."""

from programme.core.room import out_of_room
from programme.core.storage import partials
from programme.core.storage import scanning as _scanning  # noqa: F401 - registers the worker's tasks
from programme.core.storage import sweep as _sweep  # noqa: F401 - likewise
from programme.core.storage.content import ACCEPTED, IMAGES, MAX_BYTES, endings, sniff
from programme.core.storage.depot import (
    StoreFailing,
    forget,
    keep,
    put_part,
    read,
    store,
    write,
    write_bytes,
    write_file,
)
from programme.core.storage.local import root
from programme.core.storage.models import ScanState, StoredFile, Written
from programme.core.storage.names import clean_name, safe_name
from programme.core.storage.quotas import within_quota
from programme.core.storage.scanning import when_infected
from programme.core.storage.serving import answer

__all__ = [
    "ACCEPTED",
    "IMAGES",
    "MAX_BYTES",
    "ScanState",
    "StoreFailing",
    "StoredFile",
    "Written",
    "answer",
    "clean_name",
    "endings",
    "forget",
    "keep",
    "out_of_room",
    "partials",
    "put_part",
    "read",
    "root",
    "safe_name",
    "sniff",
    "store",
    "when_infected",
    "within_quota",
    "write",
    "write_bytes",
    "write_file",
]

"""No room left: how the system, SQLite and PostgreSQL say it."""

import errno
import sqlite3

from sqlalchemy.exc import DBAPIError

_SYSTEM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_POSTGRESQL = {"53100"}
"""disk_full, in the list of codes of its manual."""


def out_of_room(fault: BaseException | None) -> bool:
    """Whether a fault, or one that it came from, says that a disk, a quota or a database is full."""
    while fault is not None:
        cause = fault.orig if isinstance(fault, DBAPIError) else fault
        if isinstance(cause, OSError) and cause.errno in _SYSTEM:
            return True
        if isinstance(cause, sqlite3.Error) and getattr(cause, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_FULL:
            return True
        if getattr(cause, "sqlstate", None) in _POSTGRESQL:
            return True
        fault = fault.__cause__ or fault.__context__
    return False

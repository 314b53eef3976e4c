"""The place of a page in a long list, as the pagination component reads it."""

from dataclasses import dataclass

from flask import abort, request
from flask_sqlalchemy.pagination import Pagination


@dataclass(frozen=True)
class PageOf:
    """A page of a list: its number from 1, how many there are, how many rows in all."""

    number: int
    total_pages: int
    total: int
    has_prev: bool
    has_next: bool

    @classmethod
    def of(cls, found: Pagination) -> "PageOf":
        """The place of what was found."""
        return cls(found.page, found.pages, found.total or 0, found.has_prev, found.has_next)

    @classmethod
    def asked(cls, total: int, size: int) -> "PageOf":
        """The page that the address asks for in a list of so many rows; absent beyond the last one."""
        asked, pages = request.args.get("page", "1"), -(-total // size)
        number = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 10 else 0
        if not 1 <= number <= max(1, pages):
            abort(404)
        return cls(number, pages, total, number > 1, number < pages)

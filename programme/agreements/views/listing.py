"""What every list page of this room shares: codes read from the address, links to pages."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from types import SimpleNamespace
from typing import Any, TypeVar
from urllib.parse import urlencode

Code = TypeVar("Code", bound=StrEnum)


def code_of(enum: type[Code], text: str | None) -> Code | None:
    """The code written in the address, None when it is absent or unknown."""
    return enum(text) if text in {each.value for each in enum} else None


def address(path: str, arguments: Mapping[str, Any], **changes: Any) -> str:
    """The same page with some arguments changed; None or empty takes an argument out, and the page starts again."""
    kept = {**{name: arguments[name] for name in arguments if name != "page"}, **changes}
    query = urlencode({name: value for name, value in kept.items() if value})
    return f"{path}?{query}" if query else path


def pages(page: Any, path: str, arguments: Mapping[str, Any]) -> SimpleNamespace:
    """What the pagination component wants: where one is, and the address of a page."""
    url: Callable[[int], str] = lambda number: address(path, arguments, page=number if number > 1 else None)  # noqa: E731
    return SimpleNamespace(
        number=page.page,
        total_pages=page.pages,
        total=page.total,
        has_prev=page.has_prev,
        has_next=page.has_next,
        url=url,
    )

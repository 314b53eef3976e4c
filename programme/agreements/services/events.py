"""What upper rooms ask to be told: an agreement is signed, is in force, or is done without."""

from collections.abc import Callable
from datetime import datetime

from programme.accounts.models import Account
from programme.agreements.models import Agreement

Listener = Callable[[Agreement, Account | None, datetime], None]
_listeners: dict[str, list[Listener]] = {"signed": [], "activated": [], "waived": []}


def register_listener(event: str, function: Listener) -> None:
    """Call `function(agreement, by, at)` inside the transaction of each « signed », « activated » or « waived »."""
    if function not in _listeners[event]:
        _listeners[event].append(function)


def tell(event: str, agreement: Agreement, by: Account | None, at: datetime) -> None:
    """Tell whoever asked."""
    for function in _listeners[event]:
        function(agreement, by, at)

"""When a message may be taken back, and when the other side is told of it. Pure."""

from datetime import datetime, timedelta

BURST = timedelta(minutes=10)
"""How long the mail about a message waits: one mail then tells of all that came, and none of what was taken back."""
MAX_FILES = 10
"""Files joined to one message."""
MAX_SIGNS = 10_000
"""Length of one message, in signs."""


def may_be_withdrawn(*, sent_at: datetime, at: datetime, is_withdrawn: bool, is_read: bool) -> bool:
    """Whether its author may still take a message back: within `BURST`, and nobody else has read it."""
    return not is_withdrawn and not is_read and at - sent_at < BURST


def begins_a_burst(*, at: datetime, unannounced_since: datetime | None) -> bool:
    """Whether a mail must be asked for: no message of the same side that waits for its own was sent less than `BURST` ago.

    An older one lost its mail (the task was abandoned): waiting for it would silence the thread for good.
    """
    return unannounced_since is None or at - unannounced_since >= BURST

"""What the journal commits to: one canonical form and its SHA-256, so that nobody changes an entry unseen. Pure."""

import hashlib
import hmac
import json
import secrets
from datetime import UTC, datetime
from typing import Any

GENESIS = "0" * 64
"""What the first entry follows."""
FORM = "programme-journal-1"
"""First field of what is hashed: another form of the entries will bear another name."""
_EXACT = 2**53


def new_salt() -> str:
    """A salt for one entry: 128 bits, so that an erased value cannot be found again by trying."""
    return secrets.token_hex(16)


def canonical(value: Any) -> str:
    """The one text of a JSON value, the same from Python, SQLite's JSON and PostgreSQL's JSONB.

    Keys are sorted; a whole number is written as such whether it came back as 2 or 2.0.
    """
    plain = json.loads(json.dumps(value))
    return json.dumps(_numbers(plain), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def _numbers(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _numbers(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_numbers(each) for each in value]
    if isinstance(value, int | float) and not isinstance(value, bool):
        return int(value) if abs(value) <= _EXACT and value == int(value) else float(value)
    return value


def content_digest(salt: str, before: Any, after: Any) -> str:
    """What the chain keeps of the values: a keyed digest that says nothing once the salt is erased (64 hex digits)."""
    text = canonical([before, after]).encode()
    return hmac.new(bytes.fromhex(salt), text, hashlib.sha256).hexdigest()


def entry_digest(
    sequence: int,
    at: datetime,
    actor_id: int | None,
    act: str,
    subject: tuple[str, int],
    *,
    content: str,
    previous: str,
) -> str:
    """The SHA-256 of one entry (64 hex digits); `content` is its `content_digest`, `previous` the former's digest."""
    instant = at.astimezone(UTC).isoformat(timespec="microseconds")
    fields = [FORM, sequence, instant, actor_id, act, *subject, content, previous]
    return hashlib.sha256(canonical(fields).encode()).hexdigest()

"""What of a published call may change, and what of it was changed: pure.

Once the deposit has been open, those who answer rely on what they read: what decides who is eligible, which pieces are
mandatory, how files are scored and what silence means does not change under them (equal treatment of applicants; the
receipt says it). Words and help, optional pieces, the questions of drafts to come, and a later closing may.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from programme.calls.rules.definition import Fault, Path
from programme.evaluation.scoring import MARK_MAX

Document = Mapping[str, Any]
NAMED = ("code", "slug", "kind", "theme_set")
"""What names a call: it never changes once it is published."""
RELIED_ON = (
    "readers_per_file", "spread_alert", "favourable_from", "reserved_from", "silence_months", "silence_accepts",
    "silence_starts_when_complete", "silence_suspended_by_request", "blind_reading", "by_invitation", "money_asked",
    "aid_regime", "asks_data", "award_ceiling",
)  # fmt: skip
"""How files are read and what silence means: settled once the deposit has been open."""


def frozen(before: Document, after: Document, *, has_opened: bool, at: datetime) -> list[Fault]:
    """The changes that a published call may not bear; `has_opened`: its deposit has been open at least once."""
    return list(_frozen(before, after, has_opened, at))


def _frozen(before: Document, after: Document, has_opened: bool, at: datetime) -> Iterator[Fault]:
    for name in (*NAMED, *(RELIED_ON if has_opened else ())):
        # A change begun before a release knows nothing of what the release added: it is the call's own.
        if before.get(name) != after.get(name, before.get(name)):
            yield Fault((name,), "frozen")
    if before.get("regulation") and not after.get("regulation", before["regulation"]):
        yield Fault(("regulation",), "gone", {"label": before["regulation"]["name"]})
    if has_opened:
        if bool(before.get("leads_to")) != bool(after.get("leads_to", before.get("leads_to"))):
            yield Fault(("leads_to",), "frozen")  # Another full file may be asked for; an award is no invitation.
        yield from _strands(before, after)
        yield from _rules(before["rules"], after["rules"])
        yield from _kept(("documents",), before["documents"], after["documents"])
        yield from _pieces(before["documents"], after["documents"])
        yield from _sessions(before["sessions"], after["sessions"], at)


def _kept(path: Path, before: Any, after: Any) -> Iterator[Fault]:
    """Rows with a code may get new words and neighbours; none may go."""
    codes = {each["code"] for each in after}
    for each in before:
        if each["code"] not in codes:
            yield Fault(path, "gone", {"label": each.get("label") or each.get("title")})


def _strands(before: Document, after: Document) -> Iterator[Fault]:
    yield from _kept(("strands",), before["strands"], after["strands"])
    known = {each["code"]: each for each in before["strands"]}
    for place, strand in enumerate(after["strands"]):
        if strand["code"] in known and _weights(strand) != _weights(known[strand["code"]]):
            yield Fault(("strands", place, "criteria"), "frozen")


def _weights(strand: Document) -> list[tuple[str, Decimal, Any]]:
    scale = ("", Decimal(strand.get("scale", MARK_MAX)), None)
    return [scale] + [(each["code"], Decimal(str(each["weight"])), each.get("floor")) for each in strand["criteria"]]


def _pieces(before: Any, after: Any) -> Iterator[Fault]:
    """No piece becomes mandatory, by a new row, a new word or for more people, under those whose draft is ready."""
    known = {each["code"]: each for each in before}
    for place, now in enumerate(after):
        was = known.get(now["code"], {"mandatory": False})
        wider = was.get("mandatory") and _plain(was, "carriers", "themes", "strand") != _plain(
            now, "carriers", "themes", "strand"
        )
        if now.get("mandatory", True) and (not was.get("mandatory", True) or wider):
            yield Fault(("documents", place), "mandatory")


def _rules(before: Any, after: Any) -> Iterator[Fault]:
    """Conditions keep what they check, their place and their number; only their words change."""
    for place in range(max(len(before), len(after))):
        was, now = (rows[place] if place < len(rows) else None for rows in (before, after))
        if (
            was is None
            or now is None
            or _plain(was, "check", "parameters", "strand") != _plain(now, "check", "parameters", "strand")
        ):
            yield Fault(("rules", place), "frozen")


def _plain(row: Document, *names: str) -> list[Any]:
    """Parts of a row such that two that say the same are equal: lists of codes have no order, « 50.00 » is 50."""
    return [_same(row.get(name)) for name in names]


def _same(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _same(each) for name, each in value.items()}
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return sorted(value)
    try:
        return Decimal(str(value)) if isinstance(value, int | str) and not isinstance(value, bool) else value
    except InvalidOperation:
        return value


def _sessions(before: Any, after: Any, at: datetime) -> Iterator[Fault]:
    for place, was in enumerate(before):
        now = after[place] if place < len(after) else None
        opens, closes = (datetime.fromisoformat(was[name]) for name in ("opens_at", "closes_at"))
        if now is None:
            yield Fault(("sessions", place), "gone", {"label": was["label"]})
        elif opens <= at and datetime.fromisoformat(now["opens_at"]) != opens:
            yield Fault(("sessions", place, "opens_at"), "begun")
        elif opens <= at and datetime.fromisoformat(now["closes_at"]) < closes:
            yield Fault(("sessions", place, "closes_at"), "shortened")
        elif closes <= at and datetime.fromisoformat(now["closes_at"]) != closes:
            yield Fault(("sessions", place, "closes_at"), "over")
        elif Decimal(now["envelope"]) < Decimal(was["envelope"]) and opens <= at:
            yield Fault(("sessions", place, "envelope"), "shortened")


def changed(before: Document, after: Document) -> list[Path]:
    """The parts that are not what they were, in the order of the document: what a person reads before it is published."""
    found: list[Path] = []
    for name in after:
        if name == "strands":
            found += [each for place in range(len(after["strands"])) for each in _changed_strand(before, after, place)]
            found += [("strands",)] if len(before["strands"]) > len(after["strands"]) else []
        elif name in ("rules", "documents", "sessions"):
            rows = after[name]
            found += [
                (name, place)
                for place, each in enumerate(rows)
                if place >= len(before[name]) or _same(each) != _same(before[name][place])
            ]
            found += [(name,)] if len(before[name]) > len(rows) else []
        elif _same(before.get(name)) != _same(after[name]) if name == "objectives" else before.get(name) != after[name]:
            found.append((name,))
    return found


def _changed_strand(before: Document, after: Document, place: int) -> Iterator[Path]:
    was = before["strands"][place] if place < len(before["strands"]) else {}
    for name, value in after["strands"][place].items():
        if name in ("criteria", "questions") and was.get(name):
            yield from _changed_rows(("strands", place, name), was[name], value)
        elif was.get(name) != value:
            yield ("strands", place, name)


def _changed_rows(path: Path, before: Any, after: Any) -> Iterator[Path]:
    """The rows that are new or other, wherever they stand; the list itself when rows only went away or changed places."""
    was, now = ({each.get("key", each.get("code")): each for each in rows} for rows in (before, after))
    found: list[Path] = [(*path, place) for place, (name, each) in enumerate(now.items()) if was.get(name) != each]
    yield from found
    kept = [name for name in now if name in was]
    if len(kept) < len(was) or kept != [name for name in was if name in now] or (before != after and not found):
        yield path

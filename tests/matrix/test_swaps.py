"""One's own addresses with the other's identifier inside: the answer is that of an identifier that nobody bears."""

import hashlib
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import pytest
from lxml import html

from programme.applications import policy
from tests.matrix.table import lines, paths_of
from tests.matrix.twins import CANARY, build_twins
from tests.matrix.world import opened

pytestmark = pytest.mark.slow
UNKNOWN = {
    "reference": "DT-QQQQ-QQQQ", "piece_id": 987654, "public_id": "Q" * 32, "commitment_id": 987654, "slug": "inconnu-inconnu",
    "account_id": 987654,
}  # fmt: skip
# Doors of members only: no role of staff nor the public is asked there.
ROOMS = (
    "applications.",
    "agreements.",
    "organisations.",
    "assessment.letter",
    "reuses.edit",
    "reuses.show",
    "reuses.image",
)
PUBLIC_REUSES = ("published", "featured", "flagged", "broken_link", "unpublished")
LONG_ENOUGH = 8
"""Signs of a reference or a token: a short number may stand anywhere in a page."""
TABLES = (
    "application",
    "piece",
    "agreement",
    "commitment",
    "reuse",
    "organisation",
    "membership",
    "stored_file",
    "project",
)


@dataclass(frozen=True)
class Swap:
    """A door of A's with B's identifier, and the same with an unknown one."""

    method: str
    endpoint: str
    name: str
    path: str
    unknown: str
    data: dict[str, Any] = field(default_factory=dict, compare=False)


@pytest.fixture(scope="module")
def twins(world, tmp_path_factory):
    folder = tmp_path_factory.mktemp("twins")
    database, mine, theirs = build_twins(world.filled, folder)
    placed = world.filled.parent / f"twins-{os.getpid()}.sqlite3"
    shutil.move(database, placed)
    with opened(placed, folder) as made:
        yield made, mine, theirs


def swaps(app, mine, theirs) -> Iterator[Swap]:
    """Every door of a member, on every thing, one identifier at a time."""
    for method, endpoint, given, _kind in dict.fromkeys(line.door for line in lines()):
        if not endpoint.startswith(ROOMS):
            continue
        for (kind, state), thing in mine.things.items():
            if endpoint.split(".")[0] not in (f"{kind}s", "assessment") or (kind == "reuse" and state in PUBLIC_REUSES and endpoint != "reuses.edit"):  # fmt: skip
                continue
            other = theirs.things[kind, state]
            own = thing | dict(given)
            for _path, used in paths_of(app, endpoint, method, own):
                for name in sorted(used & {*UNKNOWN} & {*thing}):
                    [(path, _)] = paths_of(app, endpoint, method, own | {name: other[name]}) or [("", set())]
                    [(unknown, _)] = paths_of(app, endpoint, method, own | {name: UNKNOWN[name]})
                    yield Swap(method, endpoint, name, path, unknown, {k: v for k, v in given if k not in used})


def plain(answer, path: str) -> str:
    """The page without the address that was asked for."""
    text = answer.get_data(as_text=True)
    for part in sorted({path, *path.split("/")}, key=len, reverse=True):
        if part == path or (len(part) >= LONG_ENOUGH and (part.upper() == part or "-" in part)):
            text = text.replace(part, "…")
    return text


def leaks(world, account_id, every) -> list[str]:
    """The swaps whose answer says more than that of an unknown identifier."""
    found = []
    for each in every:
        theirs = world.knock(account_id, each.method, each.path, each.data)
        nobody = world.knock(account_id, each.method, each.unknown, each.data)
        body = plain(theirs, each.path)
        if theirs.status_code != nobody.status_code or body != plain(nobody, each.unknown) or CANARY in body:
            found.append(f"{each.method} {each.path} [{each.name}]: {theirs.status_code}, unknown {nobody.status_code}")
    return found


def test_the_others_identifier_says_no_more_than_an_unknown_one(twins):
    world, mine, theirs = twins
    every = list(swaps(world.app, mine, theirs))
    print(f"{len(every)} swaps")
    assert len(every) >= 400
    assert leaks(world, mine.account_id, every) == []


def test_ones_own_identifier_opens(twins):
    """The control of the world: A's own things do open, and B's texts are on B's own pages."""
    world, mine, theirs = twins
    for side in (mine, theirs):
        for (kind, state), thing in side.things.items():
            if kind == "application" and state != "draft":
                answer = world.knock(side.account_id, "GET", f"/dossiers/{thing['reference']}")
                assert (answer.status_code, side.word in answer.get_data(as_text=True)) == (200, True), state


def test_a_view_that_forgets_whose_thing_it_is_is_caught(twins, monkeypatch):
    """The control: with the question of membership taken out, the same swaps leak."""
    world, mine, theirs = twins
    every = [each for each in swaps(world.app, mine, theirs) if each.endpoint == "applications.show"]
    monkeypatch.setattr(policy, "can_see", lambda *_: True)
    assert len(leaks(world, mine.account_id, every)) == len(every) > 10


# ---- identifiers inside forms and queries -----------------------------------------------------------------------------


def fields_of(page) -> list[tuple[str, dict[str, str]]]:
    """Each form of a page that writes: its address (empty: the page's), its fields as they are filled in."""
    forms = html.fromstring(page.get_data(as_text=True)).xpath("//form[translate(@method,'POST','post')='post']")
    return [(form.get("action") or "", dict(form.form_values())) for form in forms]


def state_of(database, theirs) -> str:
    """A digest of all that is B's, and of what hangs on it."""
    total = hashlib.sha256()
    with closing(sqlite3.connect(database)) as connection:
        for table in TABLES:
            for row in connection.execute(f"SELECT * FROM {table} ORDER BY id"):
                if CANARY in str(row) or theirs.organisation_id in (row[1:2] if table == "membership" else ()):
                    total.update(repr(row).encode())
        for table in ("application", "agreement", "reuse", "challenge"):
            query = f"SELECT count(*) FROM {table} WHERE organisation_id = ?"
            total.update(repr(connection.execute(query, (theirs.organisation_id,)).fetchone()).encode())
    return total.hexdigest()


def form_swaps(world, mine, theirs) -> Iterator[tuple[str, dict[str, Any]]]:
    """The forms that A opens, each with one of its identifiers replaced by B's."""
    reuse, their_reuse = mine.things["reuse", "draft"], theirs.things["reuse", "draft"]
    with closing(sqlite3.connect(world.filled)) as connection:
        query = "SELECT f.public_id FROM stored_file f WHERE f.name LIKE ?"
        tokens = [row[0] for row in connection.execute(query, (f"{CANARY}%",))][:20]
        event = connection.execute(
            "SELECT slug FROM event WHERE state = 'registration_open' AND kind <> 'meetup'"
        ).fetchone()
        call = connection.execute("SELECT slug FROM call WHERE state = 'open' ORDER BY id").fetchone()
    for page in ("/reutilisations/proposer", f"/reutilisations/{reuse['slug']}/modifier"):
        [(_action, values), *_rest] = [
            each for each in fields_of(world.knock(mine.account_id, "GET", page)) if "title" in each[1]
        ]
        filled = values | {"title": "Essai", "summary": "Essai", "act": "garder"}
        for token in tokens:
            yield page, filled | {"image_token": token}
        yield page, filled | {"organisation_id": str(theirs.organisation_id)}
    for query, value in (("projet", their_reuse["slug"]), *(("projet", each["project"]) for (kind, _s), each in theirs.things.items() if kind == "application")):  # fmt: skip
        yield f"/reutilisations/proposer?{query}={value}", {"title": "Essai", "act": "garder"}
        yield f"/appels/{call[0]}/deposer?{query}={value}", {"title": "Essai"}
    yield f"/appels/{call[0]}/deposer", {"title": "Essai", "organisation": str(theirs.organisation_id), "organisation_id": str(theirs.organisation_id)}  # fmt: skip
    yield f"/evenements/{event[0]}/defis/proposer", {"title": "Essai", "need": "Essai", "organisation_id": str(theirs.organisation_id)}  # fmt: skip
    yield "/partenaires/demander", {"organisation_id": str(theirs.organisation_id), "organisation": str(theirs.organisation_id)}  # fmt: skip
    for (kind, state), thing in mine.things.items():
        other = theirs.things[kind, state]
        if kind == "application" and thing["piece_id"]:
            yield f"/dossiers/{thing['reference']}/complements", {f"file-{other['piece_id']}": "x", "action": "send", "answer": "x"}  # fmt: skip


def test_the_others_identifier_in_a_form_changes_and_shows_nothing(twins):
    world, mine, theirs = twins
    before, count, found = state_of(world.database, theirs), 0, []
    for path, data in form_swaps(world, mine, theirs):
        count += 1
        for method in ("GET", "POST"):
            states: list[str] = []
            answer = world.knock(mine.account_id, method, path, data, look=lambda: states.append(state_of(world.database, theirs)))  # noqa: B023  # fmt: skip
            if (
                CANARY in answer.get_data(as_text=True)
                or any(each != before for each in states)
                or answer.status_code >= 500
            ):
                found.append(f"{method} {path} {answer.status_code}")
    print(f"{count} swaps in forms")
    assert count > 60
    assert found == []

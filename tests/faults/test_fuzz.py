"""Any post to any form: refused with a sentence, kept, or absent, never a fault of ours. Seeded and bounded."""

import os
import random
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from lxml import html

from programme.core.forms import BaseForm
from tests.matrix.conftest import world  # noqa: F401 - the same filled database, once for the run
from tests.matrix.table import lines, tries

pytestmark = pytest.mark.slow
POSTS = int(os.environ.get("FUZZ_POSTS", "3000"))
SECONDS = float(os.environ.get("FUZZ_SECONDS", "60"))
SEED = int(os.environ.get("FUZZ_SEED", "20261123"))
HOSTILE = (
    "", " ", "\x00", "a" * 5000, "9" * 400, "-1", "0", "1e308", "NaN", "²", "٣", "2026-02-30", "0001-01-01", "9999-12-31",
    "31/12/2026", "'; DROP TABLE account; --", "<script>alert(1)</script>", "{{ 7 * 7 }}", "%(count)s %s %", "../../etc/passwd",
    "http://[::1", "https://example.org/" + "é" * 300, "javascript:alert(1)", "\ud7ff\uffff", "e\u0301\u202e", "on", "y",
    "1 500,00 €", "=1+1", "\r\nSet-Cookie: a=b", "None", "[]", '{"a": 1}', "a@b", "é@exemple.fr", "99999999999999",
)  # fmt: skip
STATES = int(os.environ.get("FUZZ_STATES", "2"))
"""In how many states of its thing each door is sent to."""
NAMES = (
    "version",
    "action",
    "act",
    "verb",
    "nonce",
    "organisation_id",
    "image_token",
    "csrf_token",
    "shown",
    "datasets-0-id",
)


@dataclass(frozen=True)
class Door:
    """A form in front of somebody who may send it: who, where, the fields that it has with what they hold."""

    account_id: int | None
    path: str
    fields: tuple[tuple[str, str], ...]
    endpoint: str


def _numbered(form: type[BaseForm]) -> list[str]:
    """The names of a form's fields, as its class declares them."""
    return [name for name, each in vars(form).items() if hasattr(each, "field_class")]


def declared_fields() -> list[str]:
    """The fields of every form class of the product."""
    found: set[str] = set(NAMES)
    todo = [BaseForm]
    while todo:
        form = todo.pop()
        todo += form.__subclasses__()
        found.update(_numbered(form))
    return sorted(found)


def doors(site, *endpoints: str) -> Iterator[Door]:
    """Each door that is sent to, once for each state where the table lets somebody in; its fields are those of its pages."""
    opened: dict[tuple[int | None, str], Any] = {}
    seen: Counter[tuple[str, ...]] = Counter()
    for each in tries(site, endpoints or {line.endpoint for line in lines() if line.method == "POST"}):
        if each.method != "POST" or each.expected != "open" or not seen[each.endpoint, each.path] < 1:
            continue
        seen[each.endpoint, each.path] += 1
        seen[each.endpoint,] += 1
        if seen[each.endpoint,] > STATES:
            continue
        page = (each.account_id, each.path)
        if page not in opened:
            answer = site.knock(each.account_id, "GET", each.path)
            opened[page] = answer.get_data(as_text=True) if answer.status_code == 200 else ""
        yield Door(each.account_id, each.path, tuple((list(each.data.items())) + _fields(opened[page])), each.endpoint)


def _fields(page: str) -> list[tuple[str, str]]:
    if "<form" not in page:
        return []
    tree = html.fromstring(page.encode())
    found = []
    for form in tree.xpath("//form[translate(@method,'POST','post')='post']"):
        found += [(name, value or "") for name, value in form.form_values() if name != "csrf_token"]
        found += [(name, "") for name in form.inputs.keys() if name and name != "csrf_token"]  # noqa: SIM118 - lxml's own mapping
    return list(dict(reversed(found)).items())


def bodies(door: Door, declared: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    """A body for that door: most fields as they are, some hostile, some missing, some that it does not have."""
    text = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=40), st.integers().map(str), st.dates().map(str))
    own = [name for name, _value in door.fields]
    changed = st.dictionaries(st.sampled_from(own or declared), text, min_size=1, max_size=6)
    added = st.dictionaries(st.sampled_from(declared), text, max_size=3)
    dropped = st.sets(st.sampled_from(own), max_size=2) if own else st.just(set())
    return st.builds(
        lambda kept, more, less: {n: v for n, v in {**dict(door.fields), **more, **kept}.items() if n not in less},
        changed, added, dropped,
    )  # fmt: skip


def fuzz(site, posts: int, seconds: float, chosen: list[Door] | None = None) -> tuple[Counter[int], list[str]]:
    """Send so many posts, or as many as the time allows; how many of each answer, and the faults in words."""
    every, declared = chosen or list(doors(site)), declared_fields()
    random.Random(SEED).shuffle(every)
    counts: Counter[int] = Counter()
    faults: list[str] = []
    end = time.process_time() + seconds
    share = -(-posts // len(every))

    def send(door: Door, data: dict[str, Any]) -> None:
        if time.process_time() > end or counts.total() >= posts:
            return
        try:
            answer = site.knock(door.account_id, "POST", door.path, data)
        except Exception as error:
            site.restore()
            counts[500] += 1
            faults.append(f"{door.endpoint} {door.path} {data!r:.600}: {error!r:.300}")
            return
        counts[answer.status_code] += 1
        body = answer.get_data()
        if answer.status_code >= 500 or b"Traceback (most recent call last)" in body:
            faults.append(f"{door.endpoint} {door.path} {data!r:.600}: {answer.status_code}")

    for place, door in enumerate(every):

        @seed(SEED + place)
        @settings(
            max_examples=share, deadline=None, database=None, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(data=bodies(door, declared))
        def run(data: dict[str, Any]) -> None:
            send(door, data)  # noqa: B023 - run at once

        run()
    return counts, faults


def test_no_post_to_any_form_is_a_fault(world):  # noqa: F811
    counts, faults = fuzz(world, POSTS, SECONDS)
    print(f"{counts.total()} posts: {dict(sorted(counts.items()))}")
    if faults or counts.total() < 500 or counts[422] < 100:  # Not `assert`: the file also says so under `python -O`.
        pytest.fail("\n".join([f"{counts.total()} posts: {counts}", *faults]))


def test_a_view_that_trusts_a_field_is_caught(world, monkeypatch):  # noqa: F811
    """The control: a number read without care, as a hurried hand would write it."""
    from flask import request

    view = world.app.view_functions["accounts.sign_up"]

    def careless() -> Any:
        int(request.form.get("display_name", "0"))
        return view()

    careless.__access__ = view.__access__
    monkeypatch.setitem(world.app.view_functions, "accounts.sign_up", careless)
    only = list(doors(world, "accounts.sign_up"))
    _counts, faults = fuzz(world, 40, 30, only)
    if not any("ValueError" in each for each in faults):
        pytest.fail("the careless view went unseen")

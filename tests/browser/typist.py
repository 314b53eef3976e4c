"""A person who types on a step of a draft, key by key, and the faults that may come at any of them.

The draft stands on a real server and is read back from its database. The browser's clock is Playwright's: what waits a
second and a half waits for the test to say so, while requests take the time they take.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
from lxml import html
from sqlalchemy import delete, update

from programme.applications.models import Application
from programme.core.clock import now
from programme.core.forms import parse_amount
from programme.core.identifiers import digest
from programme.core.sessions import WebSession
from programme.core.unit_of_work import unit_of_work
from programme.extensions import db
from programme.organisations.states import MembershipRole
from tests.factories import applications, calls
from tests.factories.people import account, member, organisation
from tests.faults.crowd import key_of, sign_in
from tests.faults.real_server import RealServer, running

STEP = "questions"
FOCUS = """place => { const e = document.querySelector(place); e.focus();
if (e.matches("textarea, [type=text]")) e.setSelectionRange(e.value.length, e.value.length) }"""
LINE = ".sticky-bar [role=status]"
JSON = {"Accept": "application/json"}
QUESTIONS: list[dict[str, Any]] = [
    {"key": "story", "label": "Que voulez-vous faire ?", "kind": "long_text"},
    {"key": "name", "label": "Où ?", "kind": "text"},
    {"key": "people", "label": "Combien de personnes ?", "kind": "number"},
    {"key": "when", "label": "Quand ?", "kind": "choice", "options": [["summer", "L’été"], ["winter", "L’hiver"]]},
    {"key": "who", "label": "Avec qui ?", "kind": "choices", "options": [["town", "La ville"], ["school", "L’école"]]},
    {
        "key": "works", "label": "Les travaux", "kind": "table",
        "columns": [
            {"key": "what", "label": "Quoi", "kind": "text"}, {"key": "count", "label": "Combien", "kind": "number", "required": False},
        ],
    },
    {"key": "colleague", "label": "Ce que dit la collègue", "kind": "text", "required": False},
]  # fmt: skip


@dataclass(frozen=True)
class Key:
    """One gesture of the keyboard: on which control, which key, and what the draft should hold of it; `types`: it writes a sign."""

    place: str
    press: str
    hold: Callable[[dict[str, Any]], None]
    types: bool = True


def _char(place: str, char: str, key: str) -> Key:
    def hold(typed: dict[str, Any]) -> None:
        typed[key] = typed.get(key, "") + char

    return Key(f"[name='{place}']", char, hold)


def _cell(rank: int, column: str, char: str) -> Key:
    def hold(typed: dict[str, Any]) -> None:
        rows = typed.setdefault("works", [])
        while len(rows) <= rank:
            rows.append({})
        rows[rank][column] = rows[rank].get(column, "") + char

    return Key(f"[name='q_works-{rank}-c_{column}']", char, hold)


def _box(key: str, value: str, hold: Callable[[dict[str, Any]], None]) -> Key:
    return Key(f"[name='q_{key}'][value='{value}']", "Space", hold, types=False)


def _put(key: str, value: Any) -> Callable[[dict[str, Any]], None]:
    return lambda typed: typed.__setitem__(key, value)


def script() -> list[Key]:
    """What is typed: prose with accents and a new line, a name, a number, a choice, boxes, and rows that come and go."""
    return [
        *(_char("q_story", each, "story") for each in "L’été, 37 °C :\nœuvrer à « l’ombre » & <b>"),
        *(_char("q_name", each, "name") for each in "Forêt"),
        _box("when", "summer", _put("when", "summer")),
        *(_char("q_people", each, "people") for each in "1250"),
        _box("who", "town", _put("who", ["town"])),
        _box("who", "school", _put("who", ["town", "school"])),
        _box("when", "winter", _put("when", "winter")),
        *(_cell(0, "what", each) for each in "Arbre"),
        *(_cell(0, "count", each) for each in "12"),
        Key("[data-add-row] button", "Enter", lambda _typed: None, types=False),
        *(_cell(1, "what", each) for each in "Banc"),
        _box("who", "town", _put("who", ["school"])),
        Key("[data-remove-row]", "Enter", lambda typed: typed["works"].pop(0), types=False),
        *(_cell(0, "count", each) for each in "7"),
        *(_char("q_story", each, "story") for each in " Fin."),
    ]


@dataclass
class World:
    """One draft, its two authors, and the browser of the first."""

    place: RealServer
    context: Any
    reference: str
    me: int
    colleague: int
    typed: dict[str, Any] = field(default_factory=dict)
    page: Any = None
    focused: str = ""
    held: list[Any] = field(default_factory=list)
    turn: int = 0

    def again(self) -> int:
        """A number that was not given before."""
        self.turn += 1
        return self.turn

    @property
    def address(self) -> str:
        """The step."""
        return f"{self.place.root}/dossiers/{self.reference}/{STEP}"

    def open(self) -> None:
        """The step in a new tab."""
        self.page = self.context.new_page()
        answer = self.page.goto(self.address)
        assert answer.ok, (self.place.folder / "serve.log").read_text()[-3000:]
        self.focused = ""

    def press(self, key: Key) -> None:
        """One gesture, as a keyboard makes it: the caret stays at the end of what was typed."""
        if key.place != self.focused:
            self.page.evaluate(FOCUS, key.place)
            self.focused = key.place
        if key.types and key.press != "\n":
            self.page.keyboard.type(key.press)
        else:
            self.page.keyboard.press(key.press if not key.types else "Enter")
        key.hold(self.typed)

    def pass_by(self, milliseconds: int) -> None:
        """So much time goes by in the browser."""
        self.page.clock.run_for(milliseconds)

    def state(self) -> str:
        """What the bar says of the text: `ok`, `saving`, `warn`, `err` (told, tried again), `halted` (told, for good) or `dirty`."""
        tone, link, saving = self.page.evaluate(
            """line => { const e = document.querySelector(line), w = document.querySelector('[data-autosave-words]');
            return [e.className, /ailleurs entre-temps|ne s’enregistre plus/.test(e.textContent), e.textContent === w.dataset.saving] }""",
            LINE,
        )
        if saving:
            return "saving"
        if "--err" in tone:
            return "halted" if link else "err"
        return "ok" if "--ok" in tone else "warn" if "--warn" in tone else "dirty"

    def until(self, *states: str) -> str:
        """Wait for the answer to what was sent."""
        for _turn in range(2000):
            if (found := self.state()) in states:
                return found
            self.page.wait_for_timeout(5)
        raise AssertionError(f"the bar stays at « {self.page.locator(LINE).text_content()} »")

    def settle(self) -> str:
        """Give it all the time it asks for: what the bar says in the end."""
        for _turn in range(12):
            self.until("ok", "warn", "err", "halted", "dirty")
            found = self.state()
            if found in ("ok", "warn", "halted"):
                return found
            self.pass_by(1600 if found == "dirty" else 16000)
        return self.state()

    # ---- what came of it ------------------------------------------------------------------------------

    def stored(self) -> dict[str, Any]:
        """The answers in the database."""
        db.session.rollback()
        found = db.session.scalar(db.select(Application.answers).where(Application.reference == self.reference))
        return {key: value for key, value in (found or {}).items() if key != "colleague"}

    def expected(self) -> dict[str, Any]:
        """The answers as typed, in the shape of the database: white space at both ends of a text is nobody's word."""
        found: dict[str, Any] = {}
        for key, value in self.typed.items():
            if key == "works":
                rows = [
                    {name: int(parse_amount(cell)) if name == "count" else cell.strip() for name, cell in row.items()}
                    for row in value
                ]
                value = [row for row in rows if row]
            elif isinstance(value, str):
                value = int(parse_amount(value)) if key == "people" else value.strip()
            if value:
                found[key] = value
        return found

    def on_page(self) -> dict[str, Any]:
        """What the page still holds."""
        fields = self.page.evaluate(
            "[...new FormData(document.querySelector('form[data-autosave]'))].filter(([n]) => n.startsWith('q_'))"
        )
        typed: dict[str, Any] = {}
        for name, value in fields:
            if not value or name == "q_colleague":
                continue
            key, *rest = name.removeprefix("q_").split("-")
            if rest:
                rows = typed.setdefault(key, [])
                while len(rows) <= int(rest[0]):
                    rows.append({})
                rows[int(rest[0])][rest[1].removeprefix("c_")] = value
            elif key == "who":
                typed.setdefault(key, []).append(value)
            else:
                typed[key] = value.replace("\r\n", "\n")
        return World(self.place, None, "", 0, 0, typed).expected()

    # ---- mending --------------------------------------------------------------------------------------

    def both_texts(self, theirs: str) -> None:
        """The button leads to the page that shows both texts; pressed again, mine is kept."""
        button = self.page.get_by_role("button", name="Enregistrer et continuer")
        with self.page.expect_navigation():
            button.click()
        assert theirs in self.page.locator("main").inner_text(), "the colleague’s text is shown"
        assert self.on_page() == self.expected(), f"mine is not in the fields: {self.on_page()} {self.expected()}"
        with self.page.expect_navigation():
            self.page.get_by_role("button", name="Enregistrer et continuer").click()
        self.page.goto(self.address)
        self.focused = ""
        self._read_back()

    def _read_back(self) -> None:
        """The page was made from the database, which keeps no white space at the ends of a text: one types on from there."""
        self.typed |= {key: value.strip() for key, value in self.typed.items() if isinstance(value, str)}

    def reopened(self) -> bool:
        """A new tab on the step; whether a text was offered back, which is then taken."""
        self.open()
        offer = self.page.get_by_role("button", name="Reprendre ce texte")
        if not offer.count():
            self._read_back()
            return False
        offer.click()
        return True

    def save_beside(self, text: str, key: str, person: int | None = None) -> None:
        """Somebody else, or the same person elsewhere, saves the step with another text in one field."""
        with httpx.Client(base_url=self.place.root, cookies={"session": key_of(person or self.colleague)}) as client:
            form = html.fromstring(client.get(self.address).text).xpath("//form[@data-autosave]")[0]
            values: dict[str, list[str]] = {}
            for name, value in form.form_values():
                values.setdefault(name, []).append(value)
            values |= {f"q_{key}": [text], "action": ["autosave"]}
            answer = client.post(self.address, data=values, headers=JSON)
            assert answer.status_code == 200, answer.text


@contextmanager
def world(backend: str, folder: Path, chromium: Any) -> Iterator[World]:
    """A server of two processes, a draft of two members, the browser of one of them."""
    RealServer.workers, before = 2, RealServer.workers
    try:
        with running(backend, folder) as place:
            with unit_of_work():
                at = now()
                strand = calls.definition()["strands"][0] | {"questions": QUESTIONS}
                made = calls.open_call(
                    opens_at=at - timedelta(days=9), closes_at=at + timedelta(days=9), strands=[strand]
                )
                me, colleague, of = account(name="Camille Roux"), account(name="Sacha Petit"), organisation("Gap")
                member(me, of)
                member(colleague, of, MembershipRole.EDITOR)
                draft = applications.draft(by=me, of=of, to=made.sessions[0], at=at)
                sign_in([me, colleague])
                numbers = draft.reference, me.id, colleague.id
            context = chromium.new_context(base_url=place.root, locale="fr-FR", reduced_motion="reduce")
            context.set_default_timeout(10_000)
            context.add_cookies([{"name": "session", "value": key_of(numbers[1]), "url": place.root}])
            context.clock.install()
            yield World(place, context, *numbers)
            context.set_offline(True)
            context.close()
    finally:
        RealServer.workers = before


def empty(there: World) -> None:
    """The draft as new, and a fresh tab on it."""
    with unit_of_work():
        values = {"answers": {}, "version": Application.version + 1}
        db.session.execute(update(Application).where(Application.reference == there.reference).values(values))
    there.typed = {}
    if there.page:
        with suppress(Exception):
            there.page.close()
    there.open()
    there.page.evaluate(
        "Object.keys(localStorage).filter(k => k.startsWith('draft')).forEach(k => localStorage.removeItem(k))"
    )


def end_session(there: World) -> None:
    """The session is over, as after twelve hours."""
    with unit_of_work():
        db.session.execute(delete(WebSession).where(WebSession.key_digest == digest(key_of(there.me))))


def new_session(there: World) -> None:
    """The person signed in again, in another tab: another token."""
    at = now()
    content = json.dumps({"csrf": f"{there.again():040d}", "_user_id": str(there.me), "_fresh": True})
    with unit_of_work():
        db.session.execute(delete(WebSession).where(WebSession.key_digest == digest(key_of(there.me))))
        db.session.add(
            WebSession(
                key_digest=digest(key_of(there.me)), account_id=there.me, content=content, created_at=at, seen_at=at,
                expires_at=at + timedelta(hours=12),
            )
        )  # fmt: skip

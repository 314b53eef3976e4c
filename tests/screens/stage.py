"""The ground of the screens' proof: one demonstration, one browser, one validator; states are opened on it."""

import json
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from lxml import html

from tests.demonstration import DATABASE
from tests.journeys.server import ROOT, Instance

HERE = Path(__file__).parent
PICTURES = ROOT / "build" / "screens"
PASSWORD = "Demo-programme-2026"
WIDTHS = (320, 768, 1440)
NODE_MODULES = ROOT / "node_modules"
LONG = (
    "Anticonstitutionnellement, l’interopérabilité des géoréférencements intercommunaux de Saint-Rémy-en-Bouzemont-Saint-"
    "Genest-et-Isson : « comprendre, mutualiser, documenter » les données hydrométéorologiques"
)

# What a word between braces of a path stands for; references are drawn at random, so they are asked to the database.
QUERIES = {
    "application": "SELECT reference FROM application WHERE :key IN (title, state) ORDER BY title = :key DESC, id LIMIT 1",
    "agreement": "SELECT g.reference FROM agreement g JOIN organisation o ON o.id = g.organisation_id "
    "WHERE :key IN (g.family || '/' || g.state, o.slug) ORDER BY g.id LIMIT 1",
    "evaluation": "SELECT e.id FROM evaluation e JOIN account a ON a.id = e.reviewer_id "
    "WHERE a.email || '/' || e.state = :key ORDER BY e.id LIMIT 1",
    "session": "SELECT s.id FROM call_session s JOIN call c ON c.id = s.call_id WHERE c.slug || '/' || s.state = :key "
    "ORDER BY s.id LIMIT 1",
    "meeting": "SELECT id FROM committee_meeting WHERE state = :key ORDER BY id DESC LIMIT 1",
    "partnership": "SELECT id FROM partnership WHERE status = :key ORDER BY id LIMIT 1",
    "import": "SELECT id FROM dataset_import WHERE state = :key ORDER BY id LIMIT 1",
    "account": "SELECT id FROM account WHERE email = :key",
    "ownership": "SELECT r.id FROM ownership_request r JOIN organisation o ON o.id = r.organisation_id WHERE o.slug = :key ORDER BY r.id LIMIT 1",
    "taken_up": "SELECT n.reference FROM application n JOIN application f ON f.id = n.continued_from_id WHERE f.title = :key "
    "ORDER BY n.id DESC LIMIT 1",
    "challenge": "SELECT e.slug || '/defis/' || c.id FROM challenge c JOIN event e ON e.id = c.event_id WHERE c.state = :key "
    "ORDER BY c.id DESC LIMIT 1",
    "document": "SELECT code FROM issued_document WHERE kind = :key ORDER BY id LIMIT 1",
    "mail": "SELECT id FROM outbox_message WHERE subject LIKE '%' || :key || '%' ORDER BY id DESC LIMIT 1",
    "opinion": "SELECT m.id || '/avis/' || a.reference FROM committee_meeting m JOIN application a ON a.session_id = m.session_id "
    "WHERE m.state = 'held' AND a.state = :key ORDER BY m.id DESC LIMIT 1",
    "row": "SELECT id FROM :table ORDER BY id LIMIT 1",
}  # fmt: skip
# Two participants whom the demonstration gives no password: one has a team in an event that is on, one has none yet.
TEAM_MEMBER, ALONE = "equipe@exemple.example", "inscrite@exemple.example"
_WITH_PASSWORD = (
    "UPDATE account SET email = :text, state = 'active', confirmed_at = created_at, password_hash = "
    "(SELECT password_hash FROM account WHERE email = 'participant@ecole.example') WHERE id = "
)
GUESTS = {
    TEAM_MEMBER: "(SELECT m.account_id FROM team_member m JOIN team t ON t.id = m.team_id WHERE t.slug = 'lacets' LIMIT 1)",
    ALONE: "(SELECT r.account_id FROM registration r JOIN event e ON e.id = r.event_id WHERE e.slug = "
    "'concours-donnees-a-quai' AND r.state = 'confirmed' LIMIT 1)",
}  # fmt: skip
# Long names in a few records, so that their pages and lists are seen with them.
LONG_RECORDS = (
    "UPDATE reuse SET title = :text, summary = :text WHERE slug = 'tri-malin-06'",
    "UPDATE event SET title = :text, summary = :text, place = :text WHERE slug = 'rencontre-des-producteurs-de-donnees'",
    "UPDATE organisation SET name = :text, representative_name = :text WHERE slug = 'societe-des-eaux-vives'",
    "UPDATE application SET title = :text, summary = :text WHERE state = 'withdrawn'",
    "UPDATE project SET title = :text, summary = :text WHERE slug = 'covoiturage-de-vallee'",
    "UPDATE dataset SET title = :text WHERE slug = 'aires-de-covoiturage'",
    "UPDATE call SET title = :text, promise = :text WHERE slug = 'observatoires-mobilite'",
    "UPDATE account SET display_name = :text WHERE email = 'jury6@region.example'",
    "UPDATE team SET name = :text, pitch = :text WHERE slug = 'sel-et-sable'",
)


REFERENCE = r"\{(\w+):([^}]+)\}"


@dataclass(frozen=True)
class State:
    """A page as somebody meets it: who (an account of the demonstration, or nobody), where, after which act."""

    name: str
    path: str
    who: str = ""
    act: Callable[["Stage", Any], None] | None = None
    status: int = 200
    media: str = ""
    """forced (colours), noscript, or zoom (200 % text)."""
    mail: bool = False
    """The HTML part of a mail, not a page of the site."""


@dataclass
class Sight:
    """An open state: the page, the last document that the server sent, and what the console said."""

    page: Any
    context: Any
    console: list[str] = field(default_factory=list)
    answers: list[Any] = field(default_factory=list)

    @property
    def answer(self) -> Any:
        """The last document received."""
        return self.answers[-1]

    def close(self) -> None:
        """Leave nothing open."""
        self.context.close()


class Validator:
    """html-validate in one process of Node for all the pages."""

    def __init__(self) -> None:
        node = shutil.which("node") or str(ROOT / ".venv" / "bin" / "node")
        self.process = subprocess.Popen(
            [node, str(HERE / "validate.mjs")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, text=True
        )

    def errors(self, name: str, body: str, *, mail: bool = False) -> list[str]:
        """What is wrong with the source of a page."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps({"name": name, "html": body, "mail": mail}) + "\n")
        self.process.stdin.flush()
        return [str(each) for each in json.loads(self.process.stdout.readline())]

    def close(self) -> None:
        """End the process."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait(timeout=10)
        self.process.stdout.close()


class Stage:
    """A demonstration that runs, and a browser in front of it."""

    def __init__(self, instance: Instance, chromium: Any) -> None:
        self.instance = instance
        self.database = instance.folder / DATABASE
        try:
            self.instance.start()
        except AssertionError:
            self.instance.stop()
            raise
        for statement in LONG_RECORDS:
            self.write(statement, text=LONG)
        for email, who in GUESTS.items():
            self.write(_WITH_PASSWORD + who, text=email)
        self.browser = chromium
        self.known: dict[str, str] = {}
        self.validator = Validator()
        self.sources = [
            (NODE_MODULES / "axe-core" / "axe.min.js").read_text(encoding="utf-8"),
            (NODE_MODULES / "html_codesniffer" / "build" / "HTMLCS.js").read_text(encoding="utf-8"),
        ]
        self.measures = (HERE / "page.js").read_text(encoding="utf-8")
        self.sessions: dict[str, Any] = {"": None}
        self.application: Any = None
        PICTURES.mkdir(parents=True, exist_ok=True)

    def close(self) -> None:
        """Stop what was started."""
        self.validator.close()
        self.instance.stop()

    # ---- the records ----------------------------------------------------------------------------

    def read(self, statement: str, **values: str) -> list[tuple[Any, ...]]:
        """Rows of the demonstration's database."""
        connection = sqlite3.connect(self.database, timeout=10)
        try:
            return connection.execute(statement, values).fetchall()
        finally:
            connection.close()

    def write(self, statement: str, **values: str) -> None:
        """Change the demonstration's database, outside the product."""
        connection = sqlite3.connect(self.database, timeout=20)
        try:
            with connection:
                assert connection.execute(statement, values).rowcount, f"nothing changed: {statement}"
        finally:
            connection.close()

    def find(self, path: str) -> str:
        """A path whose words in braces are replaced by what the database holds."""

        def value(match: re.Match[str]) -> str:
            found = self.known.get(match[0]) or self._held(match[1], match[2])
            assert found, f"the demonstration holds no {match[1]} « {match[2]} »"
            return found

        return re.sub(REFERENCE, value, path)

    def learn(self, paths: Iterable[str]) -> None:
        """Find what the paths name before any act: a title or a state may be another afterwards."""
        for path in paths:
            for kind, key in re.findall(REFERENCE, path):
                if found := self._held(kind, key):
                    self.known[f"{{{kind}:{key}}}"] = found

    def _held(self, kind: str, key: str) -> str | None:
        statement = QUERIES[kind].replace(":table", key) if kind == "row" else QUERIES[kind]
        rows = self.read(statement, **({} if kind == "row" else {"key": key}))
        return str(rows[0][0]) if rows else None

    def link(self, path: str, **fields: str) -> str:
        """The path of the link that a mail brings after a form without account was sent."""
        with httpx.Client(base_url=self.instance.root, follow_redirects=True) as client:
            tree = html.fromstring(client.get(path).text)
            form = next(each for each in tree.forms if set(fields) <= set(each.fields.keys()))
            answer = client.post(path, data={**{k: v or "" for k, v in form.fields.items()}, **fields})
            assert answer.status_code == 200, answer.text[-2000:]
        return self.mailed(fields["email"])

    def mailed(self, email: str) -> str:
        """The path of the link in the last mail to an address."""
        rows = self.read("SELECT text FROM outbox_message WHERE recipient = :to ORDER BY id DESC LIMIT 1", to=email)
        found = re.search(rf"{re.escape(self.instance.root)}(\S+)", rows[0][0])
        assert found, rows[0][0]
        return found.group(1)

    def error_page(self, code: int) -> str:
        """The house's page for a status."""
        from flask import render_template  # The application is made here only for these pages.

        import config
        from programme import create_app

        if self.application is None:
            self.application = create_app(
                config.Testing, VAR=self.database.parent, SQLALCHEMY_DATABASE_URI=f"sqlite:///{self.database}"
            )
        with self.application.test_request_context("/"):
            return render_template(f"errors/{code}.html")

    # ---- the pages ------------------------------------------------------------------------------

    def session(self, who: str) -> Any:
        """The cookies of a signed-in account; each signs in once."""
        if who not in self.sessions:
            context = self.browser.new_context(locale="fr-FR", java_script_enabled=False)
            page = context.new_page()
            page.goto(f"{self.instance.root}/connexion")
            page.fill("main input[name=email]", who)
            page.fill("main input[name=password]", PASSWORD)
            with page.expect_navigation():
                page.click("main form:has(input[name=password]) button[type=submit]")
            assert "/connexion" not in page.url, page.inner_text("main")
            self.sessions[who] = context.storage_state()
            context.close()
        return self.sessions[who]

    def look(self, who: str, width: int, mode: str, media: str = "") -> Sight:
        """A fresh window for a person: its width in pixels, light or dark."""
        context = self.browser.new_context(
            viewport={"width": width, "height": 900}, locale="fr-FR", color_scheme=mode, reduced_motion="reduce",
            forced_colors="active" if media == "forced" else "none", storage_state=self.session(who),
        )  # fmt: skip
        sight = Sight(context.new_page(), context)
        sight.page.set_default_timeout(30_000)
        if media == "noscript":  # The page's own scripts do not arrive; those that measure still run.
            sight.page.route(re.compile(r"\.js(\?|$)"), lambda route: route.abort())
        sight.page.on("console", lambda each: sight.console.append(each.text) if each.type == "error" else None)
        sight.page.on("pageerror", lambda each: sight.console.append(str(each)))
        sight.page.on("response", lambda each: sight.answers.append(each) if _is_document(each, sight.page) else None)
        return sight

    def open(self, state: State, width: int, mode: str) -> Sight:
        """Go to a state."""
        sight = self.look(state.who, width, mode, state.media)
        if state.media == "zoom":
            sight.context.new_cdp_session(sight.page).send(
                "Page.setFontSizes", {"fontSizes": {"standard": 32, "fixed": 26}}
            )
        if state.mail:
            self._show_mail(sight, state)
        else:
            sight.page.goto(self.instance.root + self.find(state.path))
        if state.act:
            state.act(self, sight.page)
        sight.page.wait_for_load_state()
        return sight

    def _show_mail(self, sight: Sight, state: State) -> None:
        """The HTML part of a mail of the outbox, alone in a window."""
        rows = self.read(QUERIES["mail"].replace("SELECT id", "SELECT html"), key=state.path)
        assert rows, f"the demonstration sent no mail « {state.path} »"
        sight.page.route(
            "**/__mail", lambda route: route.fulfill(body=rows[0][0], content_type="text/html; charset=utf-8")
        )
        sight.page.goto(f"{self.instance.root}/__mail")


def _is_document(answer: Any, page: Any) -> bool:
    request = answer.request
    return bool(request.is_navigation_request() and request.frame == page.main_frame and not 300 <= answer.status < 400)

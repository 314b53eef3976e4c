"""Everything that one person can reach: pages by their links, files, refusals, and the mails that they were sent."""

import re
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from flask import Flask
from lxml import html

from programme.accounts.models import Account
from programme.core.mail import OutboxMessage
from programme.extensions import db as database
from tests.canaries.tokens import Tokens, opened
from tests.factories.people import visitor_for
from tests.pages import Visitor

_LINK = "//@href | //@src | //form[not(@method) or translate(@method,'GET','get')='get']/@action"
_NOT_FOLLOWED = re.compile(r"^/(static|deconnexion|identite)")
MOST = 250
"""Answers that one crawl reads at most: nobody of these worlds reaches so many."""


@dataclass
class Crawl:
    """A person who reads all that comes their way, and what was found in it."""

    visitor: Visitor
    tokens: Tokens
    hits: dict[str, set[str]] = field(default_factory=dict)
    read: set[str] = field(default_factory=set)
    asked: set[str] = field(default_factory=set)
    searches: set[str] = field(default_factory=set)
    mails: int = 0

    def look(self, where: str, content: bytes) -> None:
        """Search the bytes, and what they wrap; a word that was asked for may come back."""
        self.read.add(where)
        for token in self.tokens.found(opened(content)) - self.tokens.found(where.encode()):
            self.hits.setdefault(f"{self.tokens.planted[token]} ({token})", set()).add(where)

    def get(self, path: str) -> bytes:
        """Ask for one address, whatever the answer: its status line, its headers and its body are read."""
        self.asked.add(path)
        body = self._answered(f"GET {path}", self.visitor.client.get(path, follow_redirects=True))
        if b'name="q"' in body:
            self.searches.add(path.partition("?")[0])
        return body

    def search(self, beginning: str) -> None:
        """Ask every search field that was met: one that finds something shows the whole word."""
        for path in sorted(self.searches):
            self.get(f"{path}?q={beginning}")

    def post(self, path: str, data: dict[str, str], form: str) -> bytes:
        """Send a form and read what comes back, refusals included."""
        values = data | {"csrf_token": self.visitor.token(form)}
        return self._answered(f"POST {path}", self.visitor.client.post(path, data=values, follow_redirects=True))

    def _answered(self, where: str, answer: object) -> bytes:
        body: bytes = answer.get_data()  # type: ignore[attr-defined]
        head = f"{answer.status}\n{answer.headers}\n{answer.request.path}"  # type: ignore[attr-defined]
        self.look(where, body)
        self.look(where, head.encode())
        answer.close()  # type: ignore[attr-defined]
        return body

    def follow(self, *starts: str) -> None:
        """Every page that leads from these ones, breadth first."""
        waiting, seen = list(starts), set(starts)
        while waiting and len(seen) < MOST:
            path = waiting.pop(0)
            for found in links(path, self.get(path)):
                if found not in seen and not _NOT_FOLLOWED.match(found):
                    seen.add(found)
                    waiting.append(found)

    def mails_of(self, person: Account) -> None:
        """Every mail that waits for this person or went to them."""
        for each in database.session.query(OutboxMessage).filter_by(recipient=person.email):
            self.mails += 1
            whole = [str(getattr(each, column.name)) for column in OutboxMessage.__table__.columns]
            self.look(f"mail {each.id}", "\n".join(whole).encode())


def links(path: str, body: bytes) -> list[str]:
    """The addresses of this site that a page names."""
    if b"<html" not in body[:600].lower():
        return []
    found = []
    for href in html.fromstring(body).xpath(_LINK):
        parts = urlsplit(urljoin(f"http://localhost{path}", str(href)))
        if parts.netloc == "localhost" and parts.scheme == "http":
            found.append(parts.path + (f"?{parts.query}" if parts.query else ""))
    return found


def somebody(app: Flask, tokens: Tokens, person: Account | None) -> Crawl:
    """A crawl as this person; as the public without one."""
    visitor = Visitor(app) if person is None else visitor_for(app, person)
    return Crawl(visitor, tokens)

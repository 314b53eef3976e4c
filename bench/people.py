"""Signed-in people and their forms, for requests that a server takes for those of browsers."""

import json
import secrets
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import Flask
from lxml import html

from bench import load
from programme import create_app
from programme.accounts.models import Account
from programme.applications.models import Application, Piece
from programme.applications.states import ApplicationState
from programme.cli.demo.people import PASSWORD
from programme.cli.demo.pieces import tiny_pdf
from programme.cli.seeding.ground import DOMAIN
from programme.core.clock import now
from programme.core.identifiers import digest
from programme.core.sessions import LIFETIME, WebSession
from programme.evaluation.models import Evaluation
from programme.evaluation.states import EvaluationState
from programme.extensions import db
from programme.organisations.models import Membership

OFFICER = "agent@region.example"
TREATS = "instruction@region.example"
ROOT = "https://127.0.0.1"


@dataclass(frozen=True)
class Draft:
    """A draft and the person who writes it."""

    reference: str
    piece_id: int
    cookie: str


class People:
    """The people of one database, in an application of this process with the servers' secret."""

    def __init__(self, address: str, var: str) -> None:
        self.app: Flask = create_app(SQLALCHEMY_DATABASE_URI=address, VAR=var, STORAGE_FOLDER=f"{var}/files")
        self._content: dict[str, Any] = {}

    def close(self) -> None:
        """Leave the database."""
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()

    def browser(self, email: str) -> Any:
        """A test client of this process where the person is signed in by the real door."""
        client = self.app.test_client()
        token = html.fromstring(client.get("/connexion", base_url=ROOT).text).xpath(
            "//input[@name='csrf_token']/@value"
        )[0]
        values = {"csrf_token": token, "email": email, "password": PASSWORD}
        answer = client.post("/connexion", data=values, base_url=ROOT)
        if answer.status_code not in (302, 303):
            raise RuntimeError(f"{email} does not enter: {answer.status_code}")
        return client

    def cookie(self, account_id: int) -> str:
        """A session of this account, made like the one that the door gave to the first person; one CSRF token for all."""
        if not self._content:
            client = self.browser(f"membre-{self._first_member():06d}@{DOMAIN}")
            client.get("/compte", base_url=ROOT)
            key = client.get_cookie("session", domain="127.0.0.1").value
            with self.app.app_context():
                row = db.session.execute(
                    sa.select(WebSession.content).where(WebSession.key_digest == digest(key))
                ).one()
            self._content = json.loads(row[0])
        made, at = secrets.token_urlsafe(32), now()
        values = {
            "key_digest": digest(made), "account_id": account_id, "created_at": at, "seen_at": at, "expires_at": at + LIFETIME,
            "content": json.dumps(self._content | {"_user_id": str(account_id)}),
        }  # fmt: skip
        with self.app.app_context(), db.engine.begin() as connection:
            connection.execute(sa.insert(WebSession).values(values))
        return made

    def _first_member(self) -> int:
        with self.app.app_context():
            email = db.session.scalar(
                sa.select(sa.func.min(Account.email)).where(Account.email.like(f"membre-%@{DOMAIN}"))
            )
        return int(str(email)[7:13])

    def number(self, email: str) -> int:
        """The number of an account."""
        with self.app.app_context():
            return db.session.scalars(sa.select(Account.id).where(Account.email == email)).one()

    def drafts(self, count: int) -> list[Draft]:
        """So many drafts of different organisations, each with its person signed in."""
        statement = (
            sa.select(sa.func.min(Application.reference), Membership.account_id, sa.func.min(Piece.id))
            .join(Membership, Membership.organisation_id == Application.organisation_id)
            .join(Piece, Piece.application_id == Application.id)
            .where(Application.state == ApplicationState.DRAFT, Membership.account_id.in_(_members()))
            .group_by(Membership.account_id)
            .limit(count)
        )
        with self.app.app_context():
            rows = db.session.execute(statement).all()
            pieces = dict(
                db.session.execute(
                    sa.select(Application.reference, sa.func.min(Piece.id))
                    .join(Piece, Piece.application_id == Application.id)
                    .where(Application.reference.in_([row[0] for row in rows]))
                    .group_by(Application.reference)
                ).all()
            )
        return [Draft(reference, pieces[reference], self.cookie(account)) for reference, account, _piece in rows]

    def evaluations(self, count: int) -> list[tuple[int, str]]:
        """So many evaluations that are being written, of different readers, each with its reader signed in."""
        statement = (
            sa.select(sa.func.min(Evaluation.id), Evaluation.reviewer_id)
            .where(Evaluation.state == EvaluationState.IN_PROGRESS)
            .group_by(Evaluation.reviewer_id)
            .limit(count)
        )
        with self.app.app_context():
            rows = db.session.execute(statement).all()
        return [(number, self.cookie(reader)) for number, reader in rows]


def _members() -> Any:
    return sa.select(Account.id).where(Account.email.like(f"membre-%@{DOMAIN}"))


def form_of(port: int, path: str, cookie: str, action: str) -> dict[str, str]:
    """The fields of a form as its page gives them, without the version: two saves in a row are no conflict here."""
    page = html.fromstring(load.one(port, load.get(path, cookie)).decode())
    for form in page.forms:
        if (form.get("action") or path) == action and form.method == "POST":
            return {name: str(value) for name, value in form.form_values() if name not in ("version", "action")}
    raise RuntimeError(f"no form to {action} on {path}")


def saves(port: int, draft: Draft) -> list[tuple[str, bytes]]:
    """Two saves of the first step of a draft, which differ so that each one writes."""
    path = f"/dossiers/{draft.reference}/projet"
    fields = form_of(port, path, draft.cookie, path)
    return [
        ("save", load.post(path, fields | {"summary": f"Une carte tenue par celles et ceux qui marchent, version {turn}."}, draft.cookie))
        for turn in ("une", "deux")
    ]  # fmt: skip


def autosaves(port: int, draft: Draft) -> list[tuple[str, bytes]]:
    """Two saves of the first step as its script sends them while one types."""
    path = f"/dossiers/{draft.reference}/projet"
    fields = form_of(port, path, draft.cookie, path) | {"action": "autosave"}
    return [
        ("autosave", load.post(path, fields | {"summary": f"Une carte tenue par celles et ceux qui marchent, frappe {turn}."}, draft.cookie, "Accept: application/json\r\n"))
        for turn in ("une", "deux")
    ]  # fmt: skip


def piece(port: int, draft: Draft) -> tuple[str, bytes]:
    """A piece of one megabyte."""
    page = f"/dossiers/{draft.reference}/pieces"
    path, fields = f"{page}/{draft.piece_id}", form_of(port, page, draft.cookie, page)
    file = tiny_pdf(draft.reference + " " + "piece " * 170_000)
    return "upload", load.upload(
        path, {"csrf_token": fields["csrf_token"]}, f"file-{draft.piece_id}", file, draft.cookie
    )


def reviews(port: int, evaluation: int, cookie: str) -> list[tuple[str, bytes]]:
    """Two saves of an evaluation, which differ."""
    path = f"/evaluations/{evaluation}"
    fields = form_of(port, path, cookie, path)
    return [
        ("review", load.post(path, fields | {"comment": f"Un dossier clair, relu {turn} fois."}, cookie))
        for turn in ("une", "deux")
    ]

"""A filled demonstration with one person of each sort, given back as it was after every try that wrote something."""

import hmac
import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha1
from pathlib import Path
from typing import Any

import time_machine
from flask import Flask
from sqlalchemy import event

import config
from programme import create_app
from programme.accounts.models import Account
from programme.accounts.states import AccountState, Role
from programme.cli.demonstration import fill
from programme.core.identifiers import digest
from programme.core.unit_of_work import unit_of_work
from programme.evaluation.models import PoolMember, Recusal, ReviewPool
from programme.evaluation.states import SubjectKind
from programme.extensions import db
from programme.organisations.models import Membership, Organisation
from programme.organisations.states import MembershipRole, MembershipState
from tests.factories import people

AT = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
SEED = "0" * 40
STAFF = {
    "programme": Role.OFFICER_PROGRAMME, "file": Role.OFFICER_FILE, "recused": Role.OFFICER_FILE,
    "direction": Role.DIRECTION, "elected": Role.ELECTED, "finance": Role.FINANCE, "admin": Role.ADMIN, "dpo": Role.DPO,
}  # fmt: skip
LINKS = {
    "owner": (MembershipRole.OWNER, MembershipState.ACTIVE), "editor": (MembershipRole.EDITOR, MembershipState.ACTIVE),
    "reader": (MembershipRole.READER, MembershipState.ACTIVE), "asked": (MembershipRole.OWNER, MembershipState.REQUESTED),
    "left": (MembershipRole.OWNER, MembershipState.ENDED),
}  # fmt: skip
OTHERS = ("other", "alone", "juror", "closed", "unconfirmed")
ANONYMOUS = "anonymous"


def email_of(who: str) -> str:
    """The address of a person of the matrix."""
    return f"essai-{who}@exemple.fr"


def _make_people() -> None:
    """One person of each sort. Inside a unit of work."""
    own = list(db.session.query(Organisation))
    for name, role in STAFF.items():
        people.account(role, email=email_of(name), name=f"Essai {name}")
    for name, (member_role, state) in LINKS.items():
        made = people.account(email=email_of(name), name=f"Essai {name}")
        for organisation in own:
            db.session.add(Membership(organisation=organisation, account=made, role=member_role, state=state, since=AT))
    states = {"closed": AccountState.CLOSED, "unconfirmed": AccountState.UNCONFIRMED}
    made_others = {
        name: people.account(email=email_of(name), name=f"Essai {name}", state=states.get(name, AccountState.ACTIVE))
        for name in OTHERS
    }
    people.member(made_others["other"], people.organisation("Organisme étranger"))
    for pool in db.session.query(ReviewPool):
        db.session.add(PoolMember(pool_id=pool.id, account_id=made_others["juror"].id))
    from programme.applications.models import Application

    recused = db.session.query(Account).filter_by(email=email_of("recused")).one()
    for application in db.session.query(Application):
        db.session.add(
            Recusal(
                account_id=recused.id,
                subject_kind=SubjectKind.APPLICATION,
                subject_id=application.id,
                reason="Lien",
                declared_at=AT,
            )
        )


def key_of(account_id: int | None) -> str:
    """The session cookie of an account, or of the visitor without one."""
    return f"matrix-{account_id or 0}"


def open_sessions(database: Path) -> None:
    """A session for everybody, with a known seed for its token; documents that wait for the worker get some bytes."""
    at = AT.replace(tzinfo=None).isoformat(" ", "microseconds")
    until = (AT + timedelta(hours=12)).replace(tzinfo=None).isoformat(" ", "microseconds")
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("DELETE FROM web_session")
        for (number,) in [*connection.execute("SELECT id FROM account"), (None,)]:
            content = {"csrf": SEED} | ({"_user_id": str(number), "_fresh": True} if number else {})
            connection.execute(
                "INSERT INTO web_session (key_digest, account_id, content, created_at, seen_at, expires_at) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                (digest(key_of(number)), number, json.dumps(content), at, at, until),
            )
        connection.execute(
            "UPDATE issued_document SET file_id = (SELECT min(id) FROM stored_file) WHERE file_id IS NULL"
        )
        # The file of a reader who has not declared yet has something to open too, were the door left open.
        connection.execute(
            "UPDATE piece SET redacted_id = file_id WHERE id = (SELECT p.id FROM piece p JOIN evaluation e ON "
            "e.subject_id = p.application_id AND e.state = 'assigned' WHERE p.file_id IS NOT NULL AND p.question_key IS NULL LIMIT 1)"
        )
        connection.execute("DELETE FROM job WHERE id > (SELECT min(id) FROM job)")
        connection.execute(
            "UPDATE job SET asked_by_id = (SELECT id FROM account WHERE email = ?)", (email_of("owner"),)
        )


def application_on(folder: Path, database: Path) -> Flask:
    """The product, as a demonstration, on that database."""
    return create_app(
        config.Testing, SQLALCHEMY_DATABASE_URI=f"sqlite:///{database}", VAR=folder, DEMO=True, MAIL_FOLDER=str(folder / "mail"),
        STORAGE_FOLDER=str(folder / "files"),
    )  # fmt: skip


def build(folder: Path) -> Path:
    """Fill a database once; its path."""
    database = folder / "filled.sqlite3"
    made = application_on(folder, database)
    with time_machine.travel(AT, tick=False), made.app_context():
        db.create_all()
        fill()
        with unit_of_work():
            _make_people()
        db.session.remove()
        db.engine.dispose()
    open_sessions(database)
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return database


class World:
    """The product in front of a copy of the filled database."""

    def __init__(self, filled: Path, folder: Path) -> None:
        self.filled = filled
        self.database = folder / "tried.sqlite3"
        shutil.copyfile(filled, self.database)
        self.app = application_on(filled.parent, self.database)
        self.client = self.app.test_client(use_cookies=False)
        self.tries = 0
        self._dirty = False
        with self.app.app_context():
            event.listen(db.engine, "commit", self._note)
        with closing(sqlite3.connect(filled)) as connection:
            self.accounts = dict(connection.execute("SELECT email, id FROM account"))
        self.token = "##" + hmac.new(self.app.config["SECRET_KEY"].encode(), SEED.encode(), sha1).hexdigest()

    def _note(self, _connection: Any) -> None:
        self._dirty = True

    def account_of(self, who: str) -> int | None:
        """The number of a person of the matrix; None for the visitor without an account."""
        return None if who == ANONYMOUS else int(self.accounts[email_of(who)])

    def knock(
        self, account_id: int | None, method: str, path: str, data: dict[str, Any] | None = None,
        look: Callable[[], object] | None = None,
    ) -> Any:  # fmt: skip
        """One request by that person; what it wrote is undone, after `look` has seen it."""
        self.tries += 1
        values = {**(data or {}), "csrf_token": self.token} if method == "POST" else None
        with time_machine.travel(AT + timedelta(minutes=1), tick=False):
            answer = self.client.open(
                path, method=method, data=values, headers={"Cookie": f"session={key_of(account_id)}"}
            )
            answer.get_data()
            answer.close()
        if self._dirty:
            if look is not None:
                look()
            self.restore()
        return answer

    def restore(self) -> None:
        """The database as it was filled."""
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()
        for ending in ("-wal", "-shm"):
            Path(f"{self.database}{ending}").unlink(missing_ok=True)
        shutil.copyfile(self.filled, self.database)
        self._dirty = False

    def close(self) -> None:
        """Leave nothing open."""
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()


@contextmanager
def opened(filled: Path, folder: Path) -> Iterator[World]:
    """A world that is closed afterwards."""
    made = World(filled, folder)
    try:
        yield made
    finally:
        made.close()

"""Two complete organisations side by side: A, whose owner knocks, and B, whose every text is a canary."""

import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from programme.core.identifiers import digest
from tests.matrix.world import open_sessions

CANARY = "Canari-secret-de-B"
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_numbers = count(1)


@dataclass
class Side:
    """One of the two: its owner, its organisation, and its things by kind and state."""

    account_id: int
    organisation_id: int
    word: str
    things: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)


def _fresh(length: int = 8) -> str:
    return digest(f"jumeau {next(_numbers)}")[:length].upper().translate(str.maketrans("01", "XY"))


class Cloner:
    """Copies rows of a filled database."""

    def __init__(self, connection: sqlite3.Connection, files: Path) -> None:
        self.connection = connection
        self.files = files

    def copy(self, table: str, row_id: int, **changes: Any) -> int:
        """A copy of one row, with these values instead; the number of the copy."""
        row = dict(self.connection.execute(f"SELECT * FROM {table} WHERE id = ?", (row_id,)).fetchone())
        del row["id"]
        row |= {name: value for name, value in changes.items() if name in row}
        names, places = ", ".join(f'"{name}"' for name in row), ", ".join("?" * len(row))
        made = self.connection.execute(f"INSERT INTO {table} ({names}) VALUES ({places})", tuple(row.values()))
        assert made.lastrowid is not None
        return made.lastrowid

    def copies(self, table: str, column: str, old: int, new: int, **changes: Any) -> list[int]:
        """Copies of the rows that hang on a copied one."""
        rows = self.connection.execute(f"SELECT id FROM {table} WHERE {column} = ?", (old,)).fetchall()
        return [self.copy(table, each["id"], **{column: new}, **changes) for each in rows]

    def file(self, row_id: int | None, side: Side) -> int | None:
        """A stored file of the side's own, with its word inside."""
        if row_id is None:
            return None
        old = str(self.connection.execute("SELECT key FROM stored_file WHERE id = ?", (row_id,)).fetchone()["key"])
        new = old[:4] + _fresh(40).lower() + old[44:]
        [path] = self.files.rglob(Path(old).name)
        target = path.with_name(Path(new).name)
        target.write_bytes(path.read_bytes() + side.word.encode())
        return self.copy(
            "stored_file", row_id, key=new, public_id=_fresh(32), name=f"{side.word}.pdf", size=target.stat().st_size,
            uploaded_by_id=side.account_id,
        )  # fmt: skip

    def document(self, row_id: int | None, side: Side) -> int | None:
        """An issued document of the side's own."""
        if row_id is None:
            return None
        old = self.connection.execute("SELECT file_id FROM issued_document WHERE id = ?", (row_id,)).fetchone()
        return self.copy(
            "issued_document", row_id, code=_fresh(12), number=f"J-{_fresh()}", title=side.word, html=side.word,
            file_id=self.file(old["file_id"], side),
        )  # fmt: skip

    def application(self, row: sqlite3.Row, side: Side) -> dict[str, Any]:
        """An application with its project, pieces, requests and decision."""
        texts = {name: f"{side.word} {name}" for name in ("title", "summary", "description")}
        own = {"organisation_id": side.organisation_id, "created_by_id": side.account_id, "nonce": _fresh(20)}
        project = self.copy(
            "project", row["project_id"], **texts, **own, slug=f"jumeau-{_fresh().lower()}", public_since=None
        )
        reference = f"DT-{_fresh(4)}-{_fresh(4)}"
        new = self.copy(
            "application", row["id"], **texts, **own, project_id=project, reference=reference,
            receipt_number=row["receipt_number"] and f"J-{_fresh()}", receipt_id=self.document(row["receipt_id"], side),
        )  # fmt: skip
        self.copies("budget_line", "application_id", row["id"], new, label=side.word)
        self.copies("info_request", "application_id", row["id"], new, message=side.word, answer=side.word)
        pieces = self.copies("piece", "application_id", row["id"], new, note=side.word)
        public_id = None
        for piece in pieces:
            old = self.connection.execute("SELECT file_id FROM piece WHERE id = ?", (piece,)).fetchone()["file_id"]
            copied = self.file(old, side)
            self.connection.execute("UPDATE piece SET file_id = ? WHERE id = ?", (copied, piece))
            if copied is not None:
                public_id = self.connection.execute(
                    "SELECT public_id FROM stored_file WHERE id = ?", (copied,)
                ).fetchone()[0]
        for decision in self.copies("decision", "application_id", row["id"], new, reason=side.word):
            letter = self.connection.execute("SELECT letter_id FROM decision WHERE id = ?", (decision,)).fetchone()[0]
            changed = (self.document(letter, side), decision)
            self.connection.execute("UPDATE decision SET letter_id = ? WHERE id = ?", changed)
        return {
            "reference": reference, "piece_id": pieces[0] if pieces else None, "public_id": public_id, "id": new,
            "project": self.connection.execute("SELECT slug FROM project WHERE id = ?", (project,)).fetchone()[0],
        }  # fmt: skip

    def agreement(self, row: sqlite3.Row, side: Side) -> dict[str, Any]:
        """An agreement with its documents and commitments."""
        reference = f"C-{_fresh(4)}-{_fresh(4)}"
        new = self.copy(
            "agreement", row["id"], organisation_id=side.organisation_id, reference=reference, title=side.word,
            number=row["number"] and f"J-{_fresh()}", application_id=None, decision_id=None, project_id=None, request_id=None,
            document_id=self.document(row["document_id"], side), signed_document_id=self.document(row["signed_document_id"], side),
        )  # fmt: skip
        found = self.copies("commitment", "agreement_id", row["id"], new, title=side.word)
        return {"reference": reference, "commitment_id": found[0] if found else None}

    def reuse(self, row: sqlite3.Row, side: Side) -> dict[str, Any]:
        """A reuse of the side's organisation."""
        texts = {
            name: f"{side.word} {name}" for name in ("title", "summary", "description", "signature", "moderation_note")
        }
        own = {
            "organisation_id": side.organisation_id,
            "created_by_id": side.account_id,
            "declarer_id": side.account_id,
        }
        slug = f"jumelle-{_fresh().lower()}"
        project = self.copy("project", row["project_id"], **texts, **own, slug=slug, public_since=None)
        image = self.file(row["image_id"], side)
        self.copy(
            "reuse",
            row["id"],
            **texts,
            **own,
            slug=slug,
            project_id=project,
            nonce=_fresh(20),
            image_id=image,
            url_key=row["url_key"] and _fresh(40).lower(),
        )
        return {"slug": slug, "_image_id": image}


def _side(connection: sqlite3.Connection, cloner: Cloner, word: str, number: int) -> Side:
    person = connection.execute("SELECT id FROM account WHERE email = 'essai-alone@exemple.fr'").fetchone()["id"]
    body = connection.execute("SELECT id FROM organisation ORDER BY id LIMIT 1").fetchone()["id"]
    owner = cloner.copy("account", person, email=f"jumeau{number}@exemple.fr", display_name=word)
    house = cloner.copy(
        "organisation", body, name=word, sort_name=word.lower(), slug=f"jumeau-{number}", siret=f"0000{number}000000000",
        description=word, representative_name=word,
    )  # fmt: skip
    link = connection.execute("SELECT id FROM membership WHERE role = 'owner' AND state = 'active' LIMIT 1").fetchone()[
        "id"
    ]
    cloner.copy("membership", link, organisation_id=house, account_id=owner)
    side = Side(owner, house, word)
    side.things["organisation", "any"] = {"slug": f"jumeau-{number}", "account_id": owner}
    for kind, column in (("application", "state"), ("agreement", "family || '/' || state"), ("reuse", "state")):
        rows = connection.execute(f"SELECT *, {column} AS full_state FROM {kind} ORDER BY id").fetchall()
        first = {row["full_state"]: row for row in reversed(rows) if CANARY not in row["title"]}
        for state, row in first.items():
            side.things[kind, state] = getattr(cloner, kind)(row, side)
    return side


def build_twins(filled: Path, folder: Path) -> tuple[Path, Side, Side]:
    """A copy of the filled database with both organisations in it."""
    database = folder / "twins.sqlite3"
    shutil.copyfile(filled, database)
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.row_factory = sqlite3.Row
        cloner = Cloner(connection, filled.parent / "files")
        mine = _side(connection, cloner, "Texte de A", 1)
        theirs = _side(connection, cloner, CANARY, 2)
    open_sessions(database)
    return database, mine, theirs

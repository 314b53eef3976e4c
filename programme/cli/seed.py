"""`flask seed --size N`: as many applications and reuses as a Region never had, to measure and to try at full size."""

import time
from datetime import datetime
from decimal import Decimal
from random import Random

import click
from flask.cli import with_appcontext
from sqlalchemy import func, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

import config
from programme.accounts.models import Account
from programme.accounts.services import hash_password
from programme.agreements import services as agreements
from programme.calls.models import CallSession
from programme.cli.demo import calls_demo, catalogue, people, strategy
from programme.cli.seeding import ground
from programme.cli.seeding.bulk import Bulk
from programme.cli.seeding.dossiers import Dossiers
from programme.cli.seeding.gallery import Gallery
from programme.cli.seeding.ground import Ground
from programme.core.clock import now
from programme.core.database import writing
from programme.core.unit_of_work import unit_of_work
from programme.extensions import db
from programme.organisations.models import Organisation

CHUNK = 2000
"""Files of one transaction."""


@click.command("seed")
@click.option("--size", type=click.IntRange(1, 1_000_000), required=True, help="Applications, and as many reuses.")
@click.option("--seed", "number", default=1, show_default=True, help="The same number gives the same filling.")
@click.option("--force", is_flag=True, help="Even in production, even beside real records.")
@with_appcontext
def command(size: int, number: int, *, force: bool) -> None:
    """Add a large filling to a database that holds no real record."""
    if not force and (refusal := why_not()):
        raise click.ClickException(f"{refusal} Rien n’est ajouté (--force passe outre).")
    began = time.perf_counter()
    fill(size, number)
    click.echo(f"{size} dossiers et {size} réutilisations ajoutés en {time.perf_counter() - began:.0f} s.")


def why_not() -> str:
    """Why this database must not be filled; empty when it may."""
    if _in_production():
        return "Cette instance est une production."
    real = select(func.count()).select_from(Organisation).where(Organisation.is_demo.is_(False))
    people_there = select(func.count()).select_from(Account).where(Account.email.not_like("%.example"))
    if db.session.scalar(real) or db.session.scalar(people_there):
        return "Cette base contient des organismes ou des comptes réels."
    return ""


def _in_production() -> bool:
    return config.selected() is config.Production


def fill(size: int, number: int = 1, at: datetime | None = None) -> None:
    """So many applications and reuses; on an empty database, what they stand on first.

    The same number, size and day give the same rows but for passwords and the salts of the journal.

    Raises:
        click.ClickException: the database has accounts but not the call that the files answer.
    """
    at = (at or now()).replace(minute=0, second=0, microsecond=0)
    if db.session.scalar(select(func.count()).select_from(Account)) == 0:
        _base(at)
    # A production keeps no account whose password is public.
    password = None if _in_production() else hash_password(people.PASSWORD)
    with Session(db.engine) as reading:
        call = ground.load_call(reading)
        if call is None:
            raise click.ClickException(f"Aucun appel n’a le code {ground.CALL} : chargez d’abord la démonstration.")
        chance = Random(f"{number}/{call.sessions[-1].number}")
        reading.expunge_all()  # What is read stays readable while the writing goes on in transactions of its own.
        with writing(db.engine) as connection, Session(connection) as asking:
            bulk = Bulk(connection)
            laid = ground.lay(bulk, asking, call, size, chance=chance, at=at, password=password)
            asking.expunge_all()
            bulk.write()
    for start in range(0, size, CHUNK):
        _chunk(laid, range(start, min(start + CHUNK, size)), chance)


def _chunk(laid: Ground, ranks: range, chance: Random) -> None:
    """Some applications and as many reuses, in one transaction."""
    with writing(db.engine) as connection:
        bulk = Bulk(connection)
        files = Dossiers(bulk, laid, chance)
        gallery = Gallery(bulk, laid, chance)
        for rank in ranks:
            files.make(rank)
            gallery.make(files.awarded)
        bulk.write()
        for session_id, amount in files.committed.items():
            _commit_amount(connection, session_id, amount)


def _commit_amount(connection: Connection, session_id: int, amount: Decimal) -> None:
    """What the votes of a session took from its envelope, which grows with them."""
    wanted = CallSession.__table__.c
    connection.execute(
        update(CallSession)
        .where(wanted.id == session_id)
        .values(committed_amount=wanted.committed_amount + amount, envelope_amount=wanted.envelope_amount + amount)
    )


def _base(at: datetime) -> None:
    """The accounts, the strategy, the catalogue and the calls of the demonstration, without its files."""
    with unit_of_work():
        for each in (people, strategy, catalogue, calls_demo):
            each.load(at)
            db.session.flush()  # The next one finds what this one made.
        agreements.install_templates(at=at)

"""`flask demo load`: the demonstration Region, once, only where DEMO=1."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from importlib import import_module

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import func, select

from programme.accounts.models import Account
from programme.core.clock import now
from programme.core.jobs import Job
from programme.core.unit_of_work import unit_of_work
from programme.extensions import db

ROOMS = (
    "people", "strategy", "catalogue", "calls_demo", "events", "first_hackathon", "applications", "assessment", "messages",
    "agreements", "grants", "reuses", "two_steps", "prize", "responsibilities", "second_chance",
)  # fmt: skip
group = AppGroup("demo", help="Demonstration data.")


def loaders() -> list[Callable[[datetime], None]]:
    """Each room's demonstration, ground floor first."""
    return [import_module(f"programme.cli.demo.{room}").load for room in ROOMS]


@group.command("load")
def load() -> None:
    """Fill an empty database with the demonstration; does nothing when there is an account."""
    if not current_app.config["DEMO"]:
        raise click.ClickException("La démonstration ne se charge qu’avec DEMO=1 : ses comptes sont publics.")
    click.echo("Démonstration chargée." if fill() else "La base contient déjà des comptes : rien n’est ajouté.")


def fill() -> bool:
    """Load every room's demonstration in one transaction; False when the database has accounts already."""
    if db.session.scalar(select(func.count()).select_from(Account)):
        return False
    at = now()
    with unit_of_work(), _all_kept():
        for each in loaders():
            each(at)
            db.session.flush()  # The next room finds what this one made.
        _spread_renderings(at)
    return True


@contextmanager
def _all_kept() -> Iterator[None]:
    """Look for no garbage meanwhile: thousands of rows are made and all stay, and to look through them costs a sixth of the time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _spread_renderings(at: datetime) -> None:
    """One old document every two seconds, the newest first: what a visitor asks meanwhile is not kept waiting."""
    waiting = select(Job).where(Job.kind == "documents.render").order_by(Job.id.desc())
    for place, job in enumerate(db.session.scalars(waiting)):
        job.run_at = at + timedelta(seconds=2 * place)

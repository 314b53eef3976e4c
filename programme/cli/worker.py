"""`flask worker`: does the jobs, sends the mail, until it is asked to stop."""

import signal
from types import FrameType

import click
from flask import current_app
from flask.cli import with_appcontext

from programme.core import database, jobs
from programme.extensions import db


@click.command("worker")
@click.option("--once", is_flag=True, help="Do what is due, then stop.")
@with_appcontext
def command(once: bool) -> None:
    """Run the worker."""
    database.refuse_weak_durability(db.engine)
    if once:
        click.echo(f"{jobs.run_until_idle()} tâche(s) faite(s).")
        return
    stopping = False

    def stop(_signal: int, _frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    current_app.logger.info("worker started")
    jobs.work_forever(lambda: stopping)

"""`flask serve`: bring the database up to date, then run the application server and the worker together."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import FrameType

import click
import flask_migrate
from flask import current_app
from flask.cli import with_appcontext

from programme.cli import demonstration
from programme.core import database, pdf
from programme.extensions import db

SETTINGS = Path(__file__).resolve().parents[2] / "deploy" / "gunicorn.conf.py"
SHORT_LIFE, SHORT_LIVES = 5.0, 3
"""Seconds, and how often in a row: after that a program that dies is not started again."""


@click.command("serve")
@click.option("--workers", default=2, show_default=True, help="Application processes.")
@with_appcontext
def command(workers: int) -> None:
    """Prepare and start everything; Ctrl+C stops everything."""
    port = current_app.config["PORT"]
    flask_migrate.upgrade()
    database.refuse_weak_durability(db.engine)
    if current_app.config["DEMO"]:
        demonstration.fill()
    db.session.remove()
    db.engine.dispose()
    bind = os.environ.get("BIND") or f"127.0.0.1:{port}"
    web = [
        sys.executable, "-m", "gunicorn", "--config", str(SETTINGS), "--bind", bind, "--workers", str(workers), "wsgi:app",
    ]  # fmt: skip
    worker = [sys.executable, "-m", "flask", "--app", "wsgi", "worker"]
    _run([web, worker], port)


class _Kept:
    """A command that is started again when it dies, unless it dies as soon as it starts."""

    def __init__(self, command: list[str]) -> None:
        self.command = command
        self.short_lives = 0
        self._start()

    def _start(self) -> None:
        self.process = subprocess.Popen(self.command)
        self.began = time.monotonic()

    def alive(self) -> bool:
        """Whether the command runs, started again if need be; False when it is of no use."""
        if self.process.poll() is None:
            return True
        self.short_lives = self.short_lives + 1 if time.monotonic() - self.began < SHORT_LIFE else 0
        if self.short_lives >= SHORT_LIVES:
            return False
        click.echo(f"  Un programme s’est arrêté (état {self.process.returncode}) : il est relancé.", err=True)
        self._start()
        return True


def _run(commands: list[list[str]], port: int) -> None:
    """Start the commands, say when the first page answers, start again one that dies, stop all when asked.

    Raises:
        click.ClickException: a command ends as soon as it starts, several times.
    """
    stopping = False

    def stop(_signal: int, _frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    running = [_Kept(command) for command in commands]
    try:
        announced = False
        while not stopping and all(process.alive() for process in running):
            if not announced and _answers(port):
                _announce(port)
                announced = True
            time.sleep(0.2)
    finally:
        for each in running:
            each.process.terminate()
        for each in running:
            each.process.wait(timeout=30)
    if not stopping:
        raise click.ClickException("Un des deux programmes s’est arrêté : voir le message ci-dessus.")


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/sante", timeout=2) as answer:
            return bool(answer.status == 200)
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


def _announce(port: int) -> None:
    click.echo(f"\n  Programme répond : http://127.0.0.1:{port}\n")
    if current_app.config["DEMO"]:
        from programme.cli.demo import people  # Only the demonstration has public accounts.

        click.echo(f"  Comptes de démonstration, mot de passe {people.PASSWORD} :")
        for email, name, *_ in (*people.STAFF, *people.JURY, *people.OTHERS):
            click.echo(f"    {email:36} {name}")
        click.echo(f"\n  Courriels envoyés : http://127.0.0.1:{port}/demonstration/courriels")
    if not pdf.available():
        click.echo("\n  PDF indisponibles : il manque Pango. Voir scripts/system-packages et README.md.")
    click.echo("  Ctrl+C pour arrêter.\n")

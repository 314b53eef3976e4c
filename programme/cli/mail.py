"""`flask mail …`: mails that came back."""

import sys
from pathlib import Path

import click
from flask.cli import with_appcontext

from programme.core import bounces
from programme.core.clock import now
from programme.core.unit_of_work import unit_of_work


@click.group("mail")
def group() -> None:
    """Mails of the house."""


@group.command("bounces")
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
@with_appcontext
def read_bounces(folder: Path | None) -> None:
    """Read returned mails from the Maildir FOLDER, or one from the standard input, and mark what came back."""
    reports = bounces.unread(folder) if folder else [("", sys.stdin.buffer.read(bounces.MAX_REPORT + 1))]
    marked = 0
    for key, report in reports:
        bounce = bounces.read(report)
        if bounce is not None:
            with unit_of_work():
                marked += bounces.mark(bounce, at=now())
        if folder is not None:
            bounces.put_away(folder, key)  # After the commit: read twice does no harm, not at all would.
    click.echo(f"{len(reports)} message(s) lu(s), {marked} courriel(s) revenu(s).")

"""`flask files`: what lies in the store and that nobody names."""

import click
from flask.cli import AppGroup

from programme.core.storage import sweep

group = AppGroup("files", help="The store of files.")


@group.command("sweep")
@click.option("--dry-run", is_flag=True, help="Say what would be removed, remove nothing.")
def sweep_files(dry_run: bool) -> None:
    """Remove the files older than a day that no row names (an upload that was never kept)."""
    if not dry_run:
        click.echo(f"{sweep.sweep()} fichier(s) sans ligne retiré(s).")
        return
    found = [key for batch in sweep.orphans() for key in batch]
    for key in found:
        click.echo(key)
    click.echo(f"{len(found)} fichier(s) sans ligne, rien n’est retiré.")

"""`flask journal verify`: reads the journal again from its first entry and names the first that is not as written."""

import re

import click
from flask.cli import with_appcontext

from programme.core.journal_verification import ChainBroken, ChainFault, verify
from programme.extensions import db

FAULTS = {
    ChainFault.ALTERED: "L’écriture n° {n} n’est plus celle qui a été écrite.",
    ChainFault.MISSING: "L’écriture n° {n} manque.",
    ChainFault.INSERTED: "L’écriture n° {n} a été ajoutée hors de la chaîne.",
    ChainFault.TRUNCATED: "La fin manque à partir de l’écriture n° {n}.",
    ChainFault.ERASED_UNSAID: "L’écriture n° {n} a été effacée sans acte qui le dise.",
    ChainFault.HEAD_LOST: "La tête de la chaîne a disparu ; la dernière écriture présente est la n° {n}.",
    ChainFault.HEAD_UNKNOWN: "L’écriture n° {n} n’a pas l’empreinte que vous aviez notée.",
}


@click.group("journal")
def group() -> None:
    """The journal of acts."""


def _noted(_context: click.Context, _option: click.Parameter, value: str | None) -> tuple[int, str] | None:
    if value is None:
        return None
    found = re.fullmatch(r"(\d{1,9}):([0-9a-f]{64})", value)
    if found is None:
        raise click.BadParameter("un numéro, deux points, les 64 signes de l’empreinte")
    return int(found[1]), found[2]


@group.command("verify")
@click.option("--noted", metavar="NUMBER:DIGEST", callback=_noted, help="A head written down elsewhere, checked too.")
@with_appcontext
def command(noted: tuple[int, str] | None) -> None:
    """Check the whole chain; exit code 1 when it does not hold."""
    try:
        found = verify(db.session(), noted)
    except ChainBroken as broken:
        click.echo(FAULTS[broken.fault].format(n=broken.sequence), err=True)
        raise SystemExit(1) from broken
    click.echo(f"Journal intact : {found.entries} écriture(s), dont {found.erased} au contenu effacé.")
    if found.entries:
        click.echo(f"Tête à noter : {found.entries}:{found.digest}")

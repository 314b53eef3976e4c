"""`flask reference install`: what an instance starts from, strategy, themes, key figures, agreement templates."""

import click
from flask.cli import AppGroup
from sqlalchemy import func, select

from programme.agreements import services as agreements
from programme.cli.demo import strategy
from programme.core.clock import now
from programme.core.unit_of_work import unit_of_work
from programme.extensions import db
from programme.strategy.models import Theme

group = AppGroup("reference", help="Reference content of a new instance.")


@group.command("install")
def install() -> None:
    """Enter the strategy, the two lists of themes, the key figures and the agreement templates, once."""
    if db.session.scalar(select(func.count()).select_from(Theme)):
        click.echo("Le contenu de référence est déjà là : rien n’est ajouté.")
        return
    at = now()
    with unit_of_work():
        strategy.load(at)
        agreements.install_templates(at=at)
    click.echo("Contenu de référence installé.")

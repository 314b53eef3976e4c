"""`flask account …`: the first administrator and other accounts made by the operator."""

import click
from flask.cli import AppGroup

from programme.accounts import services
from programme.accounts.states import Role
from programme.core.clock import now
from programme.core.errors import RuleBroken
from programme.core.unit_of_work import unit_of_work

group = AppGroup("account", help="Create accounts.")


@group.command("create")
@click.argument("email")
@click.option("--name", required=True, help="First and last name.")
@click.option("--role", "roles", multiple=True, type=click.Choice([role.value for role in Role]), help="Staff role.")
@click.password_option(help="At least 12 characters.")
def create(email: str, name: str, roles: tuple[str, ...], password: str) -> None:
    """Create a confirmed account with the given staff roles."""
    if len(password) < 12:
        raise click.ClickException("Le mot de passe doit avoir 12 signes au moins.")
    hashed = services.hash_password(password)
    try:
        with unit_of_work():
            services.create_account(email, name, hashed, frozenset(map(Role, roles)), at=now())
    except RuleBroken as refusal:
        raise click.ClickException(refusal.message) from refusal
    click.echo(f"Compte créé : {email}")

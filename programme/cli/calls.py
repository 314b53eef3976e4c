"""`flask call …`: install a call from its file, plan its sessions, say the verbs of its life."""

import json
import tomllib
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import wraps
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup

from programme.calls import queries, services
from programme.calls.labels import fault_words
from programme.calls.models import Call
from programme.calls.rules import definition as rules
from programme.calls.states import CALL
from programme.core.clock import now, region_zone
from programme.core.errors import RuleBroken
from programme.core.forms import parse_amount
from programme.core.unit_of_work import unit_of_work
from programme.extensions import db

group = AppGroup("call", help="Install calls and plan their sessions.")


class WallClock(click.ParamType[datetime]):
    """An hour of the Region, such as « 2026-11-30T12:00 », as a UTC instant."""

    name = "hour"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Read it; the zone is the Region's."""
        if isinstance(value, datetime):
            return value
        try:
            return datetime.fromisoformat(value).replace(tzinfo=region_zone()).astimezone(UTC)
        except ValueError:
            self.fail(f"« {value} » : écrivez une date et une heure, par exemple 2026-11-30T12:00.", param, ctx)


class Amount(click.ParamType[Decimal]):
    """An amount in euros."""

    name = "amount"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Decimal:
        """Read it."""
        try:
            return parse_amount(str(value))
        except ValueError:
            self.fail(f"« {value} » : écrivez un montant, par exemple 120000.", param, ctx)


class Day(click.ParamType[date]):
    """A day, such as « 2027-02-26 »."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Read it."""
        try:
            return value if isinstance(value, date) else date.fromisoformat(value)
        except ValueError:
            self.fail(f"« {value} » : écrivez un jour, par exemple 2027-02-26.", param, ctx)


def _plainly(act: Callable[..., None]) -> Callable[..., None]:
    """Say a refusal of the trade as a sentence, not as a fault."""

    @wraps(act)
    def acting(*args: Any, **kwargs: Any) -> None:
        try:
            act(*args, **kwargs)
        except RuleBroken as refusal:
            raise click.ClickException(refusal.message) from refusal

    return acting


def _call(code: str) -> Call:
    call = db.session.scalars(queries.by_code(code)).one_or_none()
    if call is None:
        raise click.ClickException(f"Aucun appel n’a le code {code}.")
    return call


@group.command("install")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_plainly
def install(file: Path) -> None:
    """Make a draft call from a TOML file (see programme/cli/demo/calls) or from the JSON that « export » wrote."""
    try:
        text = file.read_text(encoding="utf-8")
        definition = rules.read(text) if file.suffix == ".json" else tomllib.loads(text, parse_float=str)
        if found := rules.faults(definition):
            raise click.ClickException("\n".join([f"{file} ne décrit pas un appel :", *map(fault_words, found[:20])]))
        with unit_of_work():
            if db.session.scalars(queries.by_code(definition["code"])).one_or_none() is not None:
                raise click.ClickException(f"L’appel {definition['code']} est déjà installé.")
            call = services.install(definition, at=now())
    except (AttributeError, KeyError, TypeError, ValueError) as fault:  # A TOML or JSON fault is a ValueError too.
        raise click.ClickException(f"{file} ne décrit pas un appel : {fault}") from fault
    click.echo(f"Appel installé en brouillon : {call.code}, {call.title}")


@group.command("export")
@click.argument("code")
def export(code: str) -> None:
    """Write a call as JSON: strands, grids, questions, rules, pieces and calendar."""
    call = db.session.scalars(queries.by_slug(_call(code).slug)).one()
    click.echo(json.dumps(services.definition_of(call), ensure_ascii=False, indent=2))


@group.command("session")
@click.argument("code")
@click.option("--label", required=True, help="Name shown to everybody.")
@click.option("--opens", "opens_at", type=WallClock(), required=True, help="2026-09-01T09:00, hour of the Region.")
@click.option("--closes", "closes_at", type=WallClock(), required=True, help="2026-11-30T12:00, hour of the Region.")
@click.option("--envelope", type=Amount(), required=True, help="Amount in euros.")
@click.option("--committee", "committee_on", type=Day(), help="Day of the committee.")
@click.option("--vote", "vote_on", type=Day(), help="Day of the vote.")
@_plainly
def session(
    code: str, *, label: str, opens_at: datetime, closes_at: datetime, envelope: Decimal, committee_on: date | None,
    vote_on: date | None,
) -> None:  # fmt: skip
    """Plan a session of a call; it opens and closes by itself."""
    if opens_at >= closes_at:
        raise click.ClickException("La relève doit ouvrir avant de fermer.")
    with unit_of_work():
        planned = services.plan_session(
            _call(code), label=label, opens_at=opens_at, closes_at=closes_at, envelope=envelope,
            committee_on=committee_on, vote_on=vote_on, at=now(),
        )  # fmt: skip
    click.echo(f"Relève {planned.number} prévue : {planned.label}")


@group.command("lead")
@click.argument("code")
@click.argument("verb", type=click.Choice(CALL.verbs))
@_plainly
def lead(code: str, verb: str) -> None:
    """Say one of the verbs of a call's life."""
    with unit_of_work():
        call = _call(code)
        services.lead(call, verb, by=None, at=now())
    click.echo(f"{call.code} : {call.state.value}")

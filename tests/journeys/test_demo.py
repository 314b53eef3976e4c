"""The demonstration Region: every state of every machine, and the volumes that the field report asks for."""

from enum import StrEnum
from importlib import import_module
from pkgutil import walk_packages

import pytest
from sqlalchemy import Column, Enum, func, select

import programme
from programme.agreements.models import Agreement
from programme.agreements.states import AgreementFamily
from programme.applications import services
from programme.applications.models import Application, Piece, PieceVersion
from programme.applications.rules.state_aid import lacks
from programme.applications.services import engagement
from programme.calls.models import Call
from programme.calls.states import AidRegime
from programme.catalogue.models import Dataset
from programme.cli import demonstration
from programme.core.clock import local_day
from programme.core.jobs import JobState
from programme.core.mail import MessageState
from programme.core.state_machine import StateMachine
from programme.events.models import Event, Team
from programme.extensions import Base
from programme.organisations.models import Organisation
from programme.reuses.models import Reuse

pytestmark = pytest.mark.slow  # Loaded once, on the embedded database.

# What a demonstration that has just been loaded does not hold, and why.
ABSENT: dict[StrEnum, str] = {
    JobState.RUNNING: "a worker holds the job, and none runs during the loading",
    JobState.DONE: "the worker's first minutes bring it",
    JobState.FAILED: "only an outage brings it: a shown failure would ring the health page's alarm",
    JobState.ABANDONED: "an administrator decides it on a task that failed",
    MessageState.REFUSED: "only a mail server brings it",
    MessageState.ABANDONED: "an administrator decides it on a mail that was refused",
    MessageState.SENT: "the worker sends the queue; nothing leaves during the loading",
}
LEAST = {Organisation: 60, Call: 2, Application: 36, Dataset: 120, Reuse: 22, Event: 3, Team: 24}


def machines() -> dict[str, StateMachine]:
    """Every machine of the product, by the place where it is written."""
    found: dict[str, StateMachine] = {}
    for module in walk_packages(programme.__path__, "programme."):
        if module.name.endswith(".states") or module.name.startswith("programme.core."):
            found |= {
                f"{module.name}.{name}": each
                for name, each in vars(import_module(module.name)).items()
                if isinstance(each, StateMachine)
            }
    return found


def states(machine: StateMachine) -> type[StrEnum]:
    """The enumeration whose members the machine goes through."""
    [found] = {type(state) for each in machine for state in (*each.of, each.to)}
    return found


def columns(codes: type[StrEnum]) -> list[Column[object]]:
    """The columns that hold this enumeration."""
    return [
        each
        for table in Base.metadata.tables.values()
        for each in table.columns
        if isinstance(each.type, Enum) and each.type.enum_class is codes
    ]


def test_every_state_of_every_machine_is_shown_and_the_volumes_are_reached(db):
    assert demonstration.fill()
    missing = []
    for place, machine in machines().items():
        codes = states(machine)
        held = {state for each in columns(codes) for state in db.session.scalars(select(each).distinct())}
        assert columns(codes), f"no table holds the states of {place}"
        missing += [f"{place}: {state}" for state in codes if state not in held and state not in ABSENT]
    counted = {table.__name__: db.session.scalar(select(func.count()).select_from(table)) for table in LEAST}
    partners = select(func.count()).where(Agreement.family == AgreementFamily.PARTNERSHIP)
    assert missing == []
    assert {
        table.__name__: counted[table.__name__] for table, least in LEAST.items() if counted[table.__name__] < least
    } == {}
    assert db.session.scalar(partners) >= 12
    check_declarations(db)
    [former] = db.session.scalars(select(PieceVersion))
    piece = db.session.get_one(Piece, former.piece_id)
    assert former.file_id != piece.file_id, "a piece was replaced, and its earlier file is kept"
    assert former.replaced_at == piece.provided_at
    assert not demonstration.fill()


def check_declarations(db):
    """Every file handed in declares its State aid where its call asks for it, and an association its engagement."""
    files = [each for each in db.session.scalars(select(Application)) if each.submitted_at is not None]
    aided = [each for each in files if each.call.aid_regime is not AidRegime.NONE]
    codes = {
        each.title: [
            lack.code
            for lack in lacks(services.declaration(each), services.aid_asked(each, local_day(each.submitted_at)))
        ]
        for each in aided
    }
    assert {title: found for title, found in codes.items() if found} == {"Neige et Navettes": ["aid_passed"]}
    said = [services.declaration(each) for each in aided]
    assert any(each.companies for each in said)
    assert any(each.received for each in said)
    assert any(each.has_activity is False for each in said)
    for each in files:
        owes = engagement.is_owed(each)
        assert (each.engagement_version is not None) is owes, each.title
        assert not owes or engagement.taken(each, local_day(each.submitted_at)) is not None, each.title

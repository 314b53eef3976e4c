"""What a reader is shown is a list written by hand: a new key, or a new column, fails until somebody decides."""

from collections import defaultdict
from dataclasses import fields
from pathlib import Path

import pytest
from flask import template_rendered

from programme.applications.models import Application
from programme.applications.views.own import Answer
from programme.assessment.views import reading
from programme.core.unit_of_work import unit_of_work
from programme.extensions import Base
from programme.extensions import db as database
from tests.factories import calls
from tests.factories.assessment import assigned, marked, officer, reader, under_review
from tests.factories.people import visitor_for

LINES = {
    line.split()[0]: line.split()[1:]
    for line in Path(__file__).with_name("fields.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
}
TABLES = sorted({name.split(".")[0] for name in LINES if "." in name})


def named(line: str) -> list[str]:
    return [each.split(":")[0] for each in LINES[line]]


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("reader", reading.OPEN),
        ("blind", reading.BLIND),
        ("list", reading.HEADING),
        ("blind-list", reading.BLIND_HEADING),
    ],
)
def test_each_reader_is_shown_the_keys_of_the_list(line, shown):
    assert set(shown) == set(named(line))
    assert set(shown) <= {each.name for each in fields(reading.Reading)}


@pytest.mark.parametrize(
    ("line", "kind"), [("answer", Answer), ("dataset", reading.DatasetRead), ("piece", reading.PieceRead)]
)
def test_what_they_hold_is_listed_too(line, kind):
    assert [each.name for each in fields(kind)] == named(line)


def test_no_other_key_can_be_filled():
    assert {each.name for each in fields(reading.Reading)} == {*named("reader"), "is_blind"}
    assert set(named("blind")) - {"is_blind"} == set(named("reader")) - {"carrier"}


@pytest.mark.parametrize("table", TABLES)
def test_every_column_is_shown_masked_or_withheld(table):
    said = defaultdict(list)
    for name, columns in LINES.items():
        if name.startswith(f"{table}."):
            for column in columns:
                said[column].append(name)
    assert {column: names for column, names in said.items() if len(names) > 1} == {}
    assert set(said) == {column.name for column in Base.metadata.tables[table].columns}


@pytest.mark.slow
@pytest.mark.parametrize("blind", [True, False])
def test_no_template_of_the_reader_holds_the_application_itself(app, db, blind):
    with unit_of_work():
        by = officer()
        file = under_review(by, to=calls.open_call(blind_reading=blind).sessions[0])
        person = reader(file, "Inès")
        number = assigned(file, person, by).id
        other = under_review(by, to=file.session)
        marked(assigned(other, person, by), 3, person)
    visitor = visitor_for(app, person)
    held: list[tuple[str, str]] = []

    def look(_sender, template, context, **_rest):
        held.extend((template.name, key) for key, value in context.items() if _holds(value))

    with template_rendered.connected_to(look, app):
        visitor.get("/evaluations")
        visitor.get(f"/evaluations/{number}")
        visitor.post(f"/evaluations/{number}/sans-conflit", {}, form=f"/evaluations/{number}")
        visitor.post(f"/evaluations/{number}/deport", {"reason": ""}, form=f"/evaluations/{number}", status=422)
    assert held == []
    with template_rendered.connected_to(look, app):
        visitor_for(app, by).get(f"/agents/dossiers/{file.reference}")
    assert held, "the control: an officer's page holds it"
    database.session.rollback()


def _holds(value: object) -> bool:
    """Whether an application stands there, alone or in a list of rows."""
    if isinstance(value, list | tuple):
        return any(_holds(each) for each in value)
    return isinstance(value, Application)

"""The feed and the open data, read back by the programs that others use."""

import csv
import json
from datetime import date, timedelta
from decimal import Decimal
from io import StringIO

import feedparser
import frictionless
import pytest

from programme.core.unit_of_work import unit_of_work
from programme.reuses import queries
from programme.reuses.rules.export import FIELDS
from programme.reuses.states import PUBLIC, ReuseKind, ReuseState
from tests.factories import reuses as make
from tests.factories.people import NOON, organisation

pytestmark = pytest.mark.db
FOLDER = "/donnees-ouvertes/reutilisations"


def entries(visitor):
    answer = visitor().client.get("/reutilisations.atom")
    assert answer.mimetype == "application/atom+xml"
    feed = feedparser.parse(answer.data)
    assert not feed.bozo
    return feed


def test_the_feed_gives_the_newest_first_with_stable_numbers(visitor, db):
    with unit_of_work():
        old, new = (
            make.reuse("Ancienne", at=NOON - timedelta(days=9)),
            make.reuse("Neuve <b> & co", summary="L’air & l’eau <i>"),
        )
        number = new.id
    feed = entries(visitor)
    assert feed.version == "atom10"
    assert [each.title for each in feed.entries] == ["Neuve <b> & co", "Ancienne"]
    first = feed.entries[0]
    assert first.id == f"tag:localhost,2026-11-23:reutilisation:{number}"
    assert first.link == f"http://localhost/reutilisations/{new.slug}"
    assert first.updated == "2026-11-23T11:00:00+00:00"
    assert first.summary == "L’air & l’eau <i>"
    assert feed.feed.updated == first.updated
    with unit_of_work():
        again = db.session.scalars(queries.for_update(old.slug)).one()
        again.title, again.updated_at = "Renommée", NOON + timedelta(days=1)
    later = entries(visitor)
    assert {each.id for each in later.entries} == {each.id for each in feed.entries}
    assert later.feed.updated == "2026-11-24T11:00:00+00:00"


def test_an_empty_feed_is_a_feed(visitor):
    assert entries(visitor).entries == []


@pytest.mark.parametrize("state", ReuseState)
def test_only_what_is_public_leaves(visitor, state):
    with unit_of_work():
        make.reuse("Respire Étang", state)
    expected = 1 if state in PUBLIC else 0
    assert len(entries(visitor).entries) == expected
    assert len(json.loads(visitor().get(f"{FOLDER}.json").body)) == expected
    assert len(list(csv.DictReader(StringIO(visitor().get(f"{FOLDER}.csv").body.decode())))) == expected


@pytest.fixture
def files(visitor, tmp_path):
    """The three documents as somebody would download them."""
    with unit_of_work():
        used = make.dataset("Indices horaires")
        make.reuse(
            "=Respire, « Étang »",
            ReuseState.FEATURED,
            datasets=(used,),
            organisation=organisation("Air ; Rivages"),
            effect_value=Decimal("12.5"),
            effect_unit="écoles",
            effect_on=date(2026, 5, 31),
            effect_text="Elles jouent.",
            description="Deux\nlignes",
            signature="Léa Personne",
        )
        make.reuse("Rompue", ReuseState.BROKEN_LINK, territory_code=None, kind=ReuseKind.API)
    for suffix in ("csv", "json", "schema.json"):
        (tmp_path / f"reutilisations.{suffix}").write_bytes(visitor().client.get(f"{FOLDER}.{suffix}").data)
    return tmp_path


def test_the_csv_obeys_its_schema(files):
    schema = frictionless.Schema.from_descriptor(json.loads((files / "reutilisations.schema.json").read_text()))
    with frictionless.system.use_context(trusted=True):
        report = frictionless.Resource(path=str(files / "reutilisations.csv"), schema=schema).validate()
    assert report.flatten(["rowNumber", "fieldName", "message"]) == []
    assert report.tasks[0].stats["rows"] == 2


def test_the_json_obeys_the_same_schema(files):
    rows = json.loads((files / "reutilisations.json").read_text())
    schema = frictionless.Schema.from_descriptor(json.loads((files / "reutilisations.schema.json").read_text()))
    assert [list(row) for row in rows] == [[field["name"] for field in FIELDS]] * 2
    for row in rows:
        for field in schema.fields:
            value = row[field.name]
            cell = {True: "oui", False: "non"}.get(value, value) if field.type == "boolean" else value
            assert not field.required or cell not in (None, ""), field.name
            assert cell is None or field.create_cell_reader()(cell)[1] is None, (field.name, cell)
    assert rows[0]["datasets"][0]["use"] == "Pour la couche 0."
    assert (rows[0]["effect_value"], rows[0]["effect_date"], rows[0]["featured"]) == (12.5, "2026-05-31", True)


def test_no_name_of_a_person_leaves(files):
    for suffix in ("csv", "json"):
        assert "Léa Personne" not in (files / f"reutilisations.{suffix}").read_text()


def test_each_file_points_to_its_schema(visitor):
    for suffix in ("csv", "json"):
        answer = visitor().client.get(f"{FOLDER}.{suffix}")
        assert 'rel="describedby"' in answer.headers["Link"]
        assert answer.headers["ETag"]
        again = visitor().client.get(f"{FOLDER}.{suffix}", headers={"If-None-Match": answer.headers["ETag"]})
        assert again.status_code == 304


@pytest.mark.parametrize("size", [1, 3])
@pytest.mark.parametrize("suffix", ["csv", "json"])
def test_the_export_asks_two_questions_whatever_its_size(visitor, count_queries, size, suffix):
    with unit_of_work():
        for _ in range(size):
            make.reuse(datasets=(make.dataset(),), organisation=organisation())
    with count_queries(2):
        visitor().get(f"{FOLDER}.{suffix}")


@pytest.mark.reference
def test_the_columns_of_the_national_export_have_their_place(reference):
    theirs = (
        (reference / "reuses" / "reuse-export.sample.csv").read_text(encoding="utf-8-sig").splitlines()[0].split(";")
    )
    ours = {field["name"] for field in FIELDS}
    renamed = {"topic": "theme", "archived": "link_broken", "organization_id": "organization_siret"}
    left_out = {"owner", "owner_id", "tags"} | {each for each in theirs if each.startswith("metric.")} - {
        "metric.datasets"
    }
    assert {renamed.get(each, each) for each in theirs} - left_out <= ours
    kinds = json.loads((reference / "reuses" / "reuse-types.json").read_text())
    types = next(field for field in FIELDS if field["name"] == "type")["constraints"]["enum"]
    assert {each["id"] for each in kinds} == set(types)

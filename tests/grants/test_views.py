"""The public list of awards, and the file that the law asks for."""

import csv
import json
from datetime import timedelta
from io import StringIO

import pytest
from frictionless import Resource, Schema

from programme.agreements.states import AgreementState as S
from programme.grants import sources
from programme.grants.rules import scdl
from programme.organisations.rules import siret
from programme.organisations.states import OrganisationKind
from programme.strategy.models import Theme, ThemeSet
from tests.factories.agreements import AT, advance, award, call, deliberation, grant
from tests.factories.people import organisation
from tests.pages import plain

pytestmark = pytest.mark.db
CSV, SCHEMA = "/donnees-ouvertes/subventions.csv", "/donnees-ouvertes/subventions.schema.json"


@pytest.mark.parametrize("size", [1, 3])
def test_the_list_asks_as_much_whatever_its_size(unit, visitor, count_queries, size):
    with unit():
        for _each in range(size):
            grant()
    someone = visitor()
    with count_queries(8):
        page = someone.get("/projets-soutenus")
    assert page.h1.startswith("Un projet soutenu, 14 000 €" if size == 1 else "3 projets soutenus, 42 000 €")


def test_an_award_that_is_not_released_is_nowhere(unit, visitor):
    with unit():
        award(title="Secret encore")
    assert visitor().get("/projets-soutenus").h1 == "Aucun projet soutenu ne répond"
    assert "Secret" not in visitor().client.get(CSV).text


def test_search_filters_and_order(unit, visitor):
    with unit():
        theme = Theme(set=ThemeSet.DATA, code="eau", label="Eau", drawing="cote")
        first = grant(title="Compter les vélos", of=call(code="VELO", title="Mobilités"), amount="5000", cost="10000")
        grant(title="Boire la pluie", kind=OrganisationKind.LOCAL_AUTHORITY, amount="20000", cost="40000", theme=theme)
        slug, year = first.call.slug, first.voted_on.year
    someone = visitor()
    for query, bikes, rain in (
        ("q=velo", True, False), ("q=pluies", False, True), (f"appel={slug}", True, False), ("theme=eau", False, True),
        ("porteur=local_authority", False, True), ("territoire=06", True, True), ("territoire=44", False, False),
        (f"annee={year}", True, True), ("annee=1999", False, False), ("annee=x&porteur=y&tri=z", True, True),
    ):  # fmt: skip
        text = someone.get(f"/projets-soutenus?{query}").text
        assert ("Compter les vélos" in text, "Boire la pluie" in text) == (bikes, rain), query
    assert "20 000 €" in someone.get("/projets-soutenus?q=pluie").h1
    by_amount = someone.get("/projets-soutenus?tri=amount").text
    assert by_amount.index("Boire la pluie") < by_amount.index("Compter les vélos")
    smallest = someone.get("/projets-soutenus?tri=smallest").text
    assert smallest.index("Compter les vélos") < smallest.index("Boire la pluie")


def test_what_is_asked_is_said_and_taken_off_one_by_one_or_at_once(unit, visitor):
    with unit():
        grant(title="Compter les vélos")
    page = visitor().get("/projets-soutenus?territoire=06&q=velo&tri=amount")
    chips = page.tree.xpath("//ul[@aria-label='Filtres actifs']//a")
    assert [each.get("href") for each in chips] == [
        "/projets-soutenus?territoire=06&tri=amount",
        "/projets-soutenus?q=velo&tri=amount",
        "/projets-soutenus",
    ]
    assert "Retirer le filtre : Alpes-Maritimes" in page.text
    assert not visitor().get("/projets-soutenus").tree.xpath("//ul[@aria-label='Filtres actifs']")


def test_headings_sort_and_keep_the_filters(unit, visitor):
    with unit():
        grant()
    heads = visitor().get("/projets-soutenus?territoire=06").tree.xpath("//th[@aria-sort]")
    assert [(each.get("aria-sort"), each.find("a").get("href")) for each in heads] == [
        ("none", "/projets-soutenus?territoire=06&tri=title"),
        ("descending", "/projets-soutenus?territoire=06&tri=oldest"),
        ("none", "/projets-soutenus?territoire=06&tri=amount"),
    ]


def test_every_department_has_its_sum_and_leads_to_its_list(unit, visitor):
    with unit():
        grant(amount="5000", cost="10000")
        grant(amount="800", cost="1600")
    page = visitor().get("/projets-soutenus?territoire=13")
    links = page.tree.xpath("//figure[@id='carte']//table//a")
    assert next(each.get("href") for each in links) == "/projets-soutenus?territoire=06"
    first = page.tree.xpath("//figure[@id='carte']//table/tbody/tr")[0]
    assert [plain(each.text_content()) for each in first] == ["Alpes-Maritimes", "2", "5 800 €"]
    assert [each.get("href") for each in links if each.get("aria-current")] == ["/projets-soutenus?territoire=13"]


@pytest.mark.parametrize("built", [True, False])
def test_the_map_is_drawn_when_its_outlines_are_built_and_the_table_opens_when_they_are_not(
    app, unit, visitor, tmp_path, monkeypatch, built
):
    outline = {"path": "M0 0l9 9 0 9z", "box": [0, 0, 9, 18], "label": [4, 9]}
    (tmp_path / "build").mkdir()
    if built:
        (tmp_path / "build" / "departments.json").write_text(json.dumps({"departments": {"06": outline}}))
    monkeypatch.setattr(app, "static_folder", str(tmp_path))
    with unit():
        grant()
    page = visitor().get("/projets-soutenus")
    assert len(page.tree.xpath("//figure[@id='carte']//path")) == int(built)
    assert bool(page.tree.xpath("//figure[@id='carte']/details[@open]")) is not built
    assert ("Contours : Victor Cazanave" in page.text) is built


def test_strange_words_in_the_address_are_only_words(visitor):
    visitor().get("/projets-soutenus?endpoint=x&_external=1&code=2&number=3&tri=zzz")


def test_an_empty_list_says_what_to_do(visitor):
    page = visitor().get("/projets-soutenus?q=rien&page=40")
    assert "Ôtez un filtre" in page.text


def rows(visitor):
    response = visitor().client.get(CSV)
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert response.headers["ETag"]
    return response, list(csv.DictReader(StringIO(response.get_data(as_text=True))))


@pytest.fixture
def published(unit):
    """Three awards: signed above the threshold, small without convention, with a very long title."""
    with unit():
        vote = deliberation(number="26-0231")
        signed = grant(
            amount="30000",
            cost="60000",
            vote=vote,
            of=call(code="PERM-DATA"),
            to=organisation("Atelier « Ombre », Nice", rna="W062000001"),
        )
        advance(signed.agreement, S.ACTIVE)
        grant(amount="800", cost="1600", vote=vote)
        grant(title="Très long titre " * 12, vote=vote, kind=OrganisationKind.LOCAL_AUTHORITY)


def test_the_file_has_every_award_with_its_facts(published, visitor):
    _response, listed = rows(visitor)
    assert list(listed[0]) == list(scdl.COLUMNS)
    first, small, long = listed
    assert first["objet"].endswith("(appel PERM-DATA)")
    assert (first["montant"], first["referenceDecision"], first["rnaBeneficiaire"]) == (
        "30000.00",
        "26-0231",
        "W062000001",
    )
    assert (first["dateConvention"], small["dateConvention"]) == (str(AT.date()), str((AT - timedelta(days=20)).date()))
    assert (first["notificationUE"], first["pourcentageSubvention"], first["conditionsVersement"]) == (
        "non",
        "1.00",
        "échelonné",
    )
    assert first["datesPeriodeVersement"] == f"{AT.date()}/2028-02-29"
    assert (small["montant"], len(long["objet"]) <= 256) == ("800.00", True)
    assert {first["idAttribuant"]} == {"23130002100012"}


def test_every_siret_of_the_file_has_a_right_key(published, visitor):
    _response, listed = rows(visitor)
    assert all(siret.is_valid(each[column]) for each in listed for column in ("idAttribuant", "idBeneficiaire"))
    assert not siret.is_valid("23130002100013")


def validate(text, schema, tmp_path):
    (tmp_path / "subventions.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
    report = Resource(path="subventions.csv", basepath=str(tmp_path), schema=Schema.from_descriptor(schema)).validate()
    return [(error.type, getattr(error, "field_name", "")) for task in report.tasks for error in task.errors]


def broken(body):
    """The same file with a wrong date, a wrong yes-or-no and a share above one."""
    text = body.decode()
    return text.replace(f",{AT.date()},", ",16/10/2026,", 1).replace(",non,1.00,", ",peut-être,1.50,", 1)


@pytest.mark.reference
@pytest.mark.slow
def test_the_file_is_valid_against_the_national_schema_and_a_broken_row_is_not(published, visitor, reference, tmp_path):
    schema = json.loads((reference / "scdl" / "subventions-2.1.1.schema.json").read_text(encoding="utf-8"))
    body = rows(visitor)[0].get_data()
    assert validate(body, schema, tmp_path) == []
    found = {name for _type, name in validate(broken(body), schema, tmp_path)}
    assert {"dateConvention", "notificationUE", "pourcentageSubvention"} <= found


@pytest.mark.slow
def test_the_file_is_valid_against_the_schema_beside_it_and_a_broken_row_is_not(published, visitor, tmp_path):
    schema = json.loads(visitor().client.get(SCHEMA).get_data())
    assert schema == sources.schema()
    body = rows(visitor)[0].get_data()
    assert validate(body, schema, tmp_path) == []
    assert {name for _type, name in validate(broken(body), schema, tmp_path)} >= {"dateConvention", "notificationUE"}


def test_the_file_is_answered_by_its_etag(published, visitor):
    first, _listed = rows(visitor)
    again = visitor().client.get(CSV, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.reference
def test_our_schema_has_the_columns_of_the_national_one(reference):
    national = json.loads((reference / "scdl" / "subventions-2.1.1.schema.json").read_text(encoding="utf-8"))
    theirs = {each["name"]: each for each in national["fields"]}
    ours = {each["name"]: each for each in sources.schema()["fields"]}
    assert list(ours) == list(theirs)
    for name, field in ours.items():
        assert field["type"] == theirs[name]["type"], name
        assert field.get("constraints", {}).get("required") == theirs[name].get("constraints", {}).get("required"), name

"""The journal, for the administrator and the data protection officer."""

import ast
from datetime import timedelta
from pathlib import Path

import pytest

from programme.accounts.states import Role
from programme.core import journal
from programme.core.unit_of_work import unit_of_work
from programme.reuses.states import ReuseState
from programme.site.labels import ACTS, SUBJECTS
from programme.site.views.journal import PER_PAGE
from tests.factories.people import NOON, account, organisation, signed_in
from tests.factories.reuses import reuse

pytestmark = pytest.mark.db


def rows(page):
    return [" ".join(each.text_content().split()) for each in page.tree.xpath("//tbody/tr")]


def write(count, act="trial.done"):
    with unit_of_work():
        actor, thing = account(name="Camille"), organisation()
        for index in range(count):
            journal.record(
                act, on=thing, by=actor, at=NOON + timedelta(minutes=index), before={"state": "draft"},
                after={"state": "open", "roles": ["a", "b"], "rank": index},
            )  # fmt: skip
        return thing.id


def test_the_anonymous_visitor_is_led_to_sign_in(visitor):
    assert visitor().get("/agents/journal").path == "/connexion"


@pytest.mark.parametrize("role", [*Role, None])
def test_only_administration_and_data_protection_read_it(app, db, role):
    person, _number = signed_in(app, *([role] if role else []))
    person.get("/agents/journal", status=200 if role in (Role.ADMIN, Role.DPO) else 404)


def test_an_entry_says_who_what_when_and_the_change(app, db):
    dpo, _number = signed_in(app, Role.DPO)
    number = write(1)
    page = dpo.get("/agents/journal?acte=trial")
    [row] = rows(page)
    assert row.startswith("trial.done 23 novembre 2026 à 12")
    assert f"Camille Organisme n° {number}" in row.replace("\u00a0", " ")
    assert "État : draft → open" in row.replace("\u00a0", " ")
    assert "a, b" in row


def test_an_entry_names_people_and_public_things_and_no_draft(app, db):
    dpo, _number = signed_in(app, Role.DPO)
    with unit_of_work():
        person = account(name="Ines Marin")
        shown, draft = reuse(title="Carte vue"), reuse(title="Carte cachée", state=ReuseState.DRAFT)
        for thing in (person, organisation(name="Ville de Test"), shown, draft):
            journal.record("trial.named", on=thing, by=None, at=NOON)
    text = dpo.get("/agents/journal?acte=trial.named").text
    assert [each in text for each in ("Ines Marin", "Ville de Test", "Carte vue", "Carte cachée")] == [True] * 3 + [
        False
    ]


def test_the_machine_is_named_as_such(app, db):
    dpo, _number = signed_in(app, Role.DPO)
    with unit_of_work():
        journal.record("trial.machine", on=organisation(), by=None, at=NOON)
    assert "la machine" in rows(dpo.get("/agents/journal?acte=trial.machine"))[0]


def test_filters_by_act_thing_and_number(app, db):
    dpo, _number = signed_in(app, Role.DPO)
    first, second = write(2, "trial.one"), write(1, "trial.two")
    assert len(rows(dpo.get("/agents/journal?acte=trial"))) == 3
    assert len(rows(dpo.get("/agents/journal?acte=trial.two"))) == 1
    assert len(rows(dpo.get(f"/agents/journal?objet=organisation&numero={first}"))) == 2
    assert len(rows(dpo.get(f"/agents/journal?objet=organisation&numero={second}"))) == 1
    assert "Aucune écriture ne répond" in dpo.get("/agents/journal?acte=rien").text


@pytest.mark.parametrize(
    "query", ["avant=x", "numero=-1", "numero=99999999999", "acte=%25", "objet=%27", "avant=٣", "acte=" + "a" * 500]
)
def test_any_filter_is_only_a_filter(app, db, query):
    dpo, _number = signed_in(app, Role.DPO)
    dpo.get(f"/agents/journal?{query}")


def test_pages_follow_each_other_without_gap_even_when_new_entries_come(app, db):
    dpo, _number = signed_in(app, Role.DPO)
    write(2 * PER_PAGE + 7)
    seen, path = [], "/agents/journal?acte=trial"
    while path:
        page = dpo.get(path)
        seen += [row.split("rank :")[-1].replace("\u00a0", " ").split()[0] for row in rows(page)]
        write(3, "other.act")
        path = page.tree.xpath("string(//a[@rel='next']/@href)")
    assert len(seen) == len(set(seen)) == 2 * PER_PAGE + 7
    assert page.tree.xpath("//a[contains(., 'Les plus récentes')]")


@pytest.mark.parametrize("size", [1, 3])
def test_the_journal_asks_as_much_for_one_as_for_three(app, db, size, count_queries):
    dpo, _number = signed_in(app, Role.DPO)
    write(size)
    db.session.remove()
    with count_queries(4):
        dpo.get("/agents/journal")


def recorded_acts():
    for path in (Path(__file__).resolve().parents[2] / "programme").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            recording = isinstance(node, ast.Call) and ast.unparse(node.func) == "journal.record"
            if recording and isinstance(node.args[0], ast.Constant):
                yield node.args[0].value


def test_every_act_that_the_code_records_has_its_word():
    assert not {act for act in recorded_acts() if act.rpartition(".")[2] not in ACTS}


def test_acts_states_roles_dates_and_amounts_are_read_in_french(app, db):
    dpo, _number = signed_in(app, Role.DPO)
    with unit_of_work():
        journal.record(
            "organisation.described", on=organisation(), by=account(name="Camille"), at=NOON, before={"amount": "14000"},
            after={"amount": "15000.50", "voted_on": "2026-06-12", "roles": ["dpo"]},
        )  # fmt: skip
    [row] = rows(dpo.get("/agents/journal?acte=description"))
    row = row.replace("\u202f", " ").replace("\u00a0", " ")
    assert row.startswith("Description modifiée ")
    assert "Montant : 14 000,00 € → 15 000,50 €" in row
    assert "Vote du : 12 juin 2026" in row
    assert "Rôles : Protection des données" in row


def test_things_have_words_for_the_filter():
    assert {"application", "agreement", "call", "reuse", "registration"} <= SUBJECTS.keys()

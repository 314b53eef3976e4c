"""A budget from a spreadsheet: shown as it was understood, then put in the draft, all or nothing."""

from decimal import Decimal
from io import BytesIO

import pytest

from programme.applications import queries, services
from programme.applications.states import ExpenseCategory, FundingKind, FundingState
from programme.core.exports import CellKind, Column, ExportFormat, write
from programme.core.tables import read_grid
from programme.core.unit_of_work import unit_of_work
from tests.factories import applications
from tests.factories.people import NOON, account, visitor_for

pytestmark = pytest.mark.db
CELLS = "Poste\tNature\tHT\tMontant\nCapteurs\t\t10\t1 234,56\nÉtude\tPersonnel\t20\tbeaucoup\nTotal\t\t\t5"


@pytest.fixture(autouse=True)
def _at_noon(freeze):
    """The sessions of these tests accept applications at NOON."""


@pytest.fixture
def made(app, db):
    """A draft with an expense, the person who opened it, and the address of the page."""
    with unit_of_work():
        person = account(name="Camille")
        draft = applications.draft(by=person)
        services.save_budget(
            draft, [("Relevés", ExpenseCategory.SERVICES, Decimal(10))], Decimal(5),
            [("Ville", FundingKind.PUBLIC, FundingState.OBTAINED, Decimal("2.50"))], version=None, at=NOON,
        )  # fmt: skip
    return visitor_for(app, person), draft, f"/dossiers/{draft.reference}/budget/tableur"


def kept(db, draft):
    db.session.rollback()
    return db.session.scalars(queries.whole(draft.reference)).one()


def sent(page):
    """The form of the confirmation as it stands."""
    found = {}
    for each in page.tree.xpath("//main//form//*[@name]"):
        if each.tag == "select":
            found[each.get("name")] = each.xpath("string(.//option[@selected]/@value)")
        elif each.tag == "textarea":
            found[each.get("name")] = each.text or ""
        elif each.get("type") not in ("checkbox", "radio") or each.get("checked") is not None:
            found[each.get("name")] = each.get("value") or ""
    return found


def lines(draft):
    return [(each.label, each.category.value, str(each.amount)) for each in draft.budget_lines]


def test_what_was_understood_is_shown_and_nothing_is_kept_yet(db, made):
    person, draft, path = made
    page = person.post(path, {"text": CELLS, "part": "expense"})
    assert page.h1 == "2 lignes comprises"
    for words in ("Ligne 4, total", "Colonne : HT", "Devinée : vérifiez-la", "Ce n'est pas un montant"):
        assert words in page.text
    assert lines(kept(db, draft)) == [("Relevés", "services", "10.00")]


def test_it_is_confirmed_once_corrected(db, made):
    person, draft, path = made
    values = sent(person.post(path, {"text": CELLS, "part": "expense"}))
    page = person.post(f"{path}/reprendre", values, form=path, status=422)
    assert "Capteurs" in page.body.decode()
    assert "beaucoup" in page.body.decode()
    assert lines(kept(db, draft)) == [("Relevés", "services", "10.00")]
    page = person.post(f"{path}/reprendre", {**values, "rows-1-amount": "12,5"}, form=path)
    assert (page.h1, page.flashes[0]) == ("Le budget", "2 lignes sont dans le budget.")
    assert lines(kept(db, draft)) == [
        ("Relevés", "services", "10.00"), ("Capteurs", "equipment", "1234.56"), ("Étude", "staff", "12.50"),
    ]  # fmt: skip


def test_a_row_left_unticked_is_neither_judged_nor_taken(db, made):
    person, draft, path = made
    values = sent(person.post(path, {"text": CELLS, "part": "expense"}))
    del values["rows-1-take"]
    person.post(f"{path}/reprendre", {**values, "how": "replace"}, form=path)
    saved = kept(db, draft)
    assert lines(saved) == [("Capteurs", "equipment", "1234.56")]
    assert [each.label for each in saved.funding_sources] == ["Ville"]
    assert saved.requested_amount == Decimal("5.00")


def test_a_colleagues_save_meanwhile_is_a_conflict_that_loses_nothing(db, made):
    person, draft, path = made
    values = sent(person.post(path, {"text": "Capteurs\t12", "part": "expense"}))
    with unit_of_work():
        services.save_budget(
            kept(db, draft), [("Autre", ExpenseCategory.OTHER, Decimal(3))], None, [], version=None, at=NOON
        )
    page = person.post(f"{path}/reprendre", values, form=path, status=409)
    assert "Autre : 3,00 €" in page.text
    assert lines(kept(db, draft)) == [("Autre", "other", "3.00")]
    person.post(f"{path}/reprendre", sent(page), form=path)
    assert [label for label, *_rest in lines(kept(db, draft))] == ["Autre", "Capteurs"]


def test_two_requests_to_the_region_are_one_too_many(db, made):
    person, draft, path = made
    values = sent(person.post(path, {"text": "Région\t12\nRégion\t13", "part": "funding"}))
    page = person.post(f"{path}/reprendre", values, form=path, status=422)
    assert "n'en reprenez qu'une" in page.text
    del values["rows-0-take"]
    person.post(f"{path}/reprendre", values, form=path)
    assert kept(db, draft).requested_amount == Decimal("13.00")


def test_more_rows_than_a_table_holds_are_refused_whole(db, made):
    person, draft, path = made
    assert "60 lignes au plus" in person.post(path, {"text": "a\t1\n" * 61, "part": "expense"}, status=422).text
    values = sent(person.post(path, {"text": "a\t1\n" * 60, "part": "expense"}))
    assert "plus de 60 lignes" in person.post(f"{path}/reprendre", values, form=path, status=422).text
    assert len(kept(db, draft).budget_lines) == 1


@pytest.mark.parametrize(
    "data", [{}, {"text": " \n"}, {"text": "Total\t5"}, {"text": "x" * 200_001}, {"file": "texte"}]
)
def test_nothing_to_read_is_said(made, data):
    person, _draft, path = made
    assert "à revoir" in person.post(path, {"part": "expense", **data}, status=422).text


# ---- files ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["xlsx", "ods", "csv"])
def test_the_budget_leaves_and_comes_back_as_it_was(db, made, code):
    person, draft, path = made
    file = person.client.get(f"/dossiers/{draft.reference}/budget/fichier?format={code}").data
    page = person.post(path, {"file": (BytesIO(file), f"budget.{code}"), "part": "expense"})
    assert page.text.count("total : il se calcule tout seul") == 2
    person.post(f"{path}/reprendre", {**sent(page), "how": "replace"}, form=path)
    saved = kept(db, draft)
    assert lines(saved) == [("Relevés", "services", "10.00")]
    assert [(e.label, e.kind, e.state, str(e.amount)) for e in saved.funding_sources] == [
        ("Ville", FundingKind.PUBLIC, FundingState.OBTAINED, "2.50")
    ]
    assert saved.requested_amount == Decimal("5.00")


def test_the_model_has_a_row_for_each_nature_and_comes_back_empty(made):
    person, draft, path = made
    file = person.client.get(f"/dossiers/{draft.reference}/budget/modele?format=xlsx").data
    rows = read_grid(file, "modele.xlsx").rows
    assert len(rows) == 1 + len(ExpenseCategory) + 1 + len(FundingKind)
    page = person.post(path, {"file": (BytesIO(file), "modele.xlsx"), "part": "expense"})
    assert page.h1 == "1 ligne comprise"
    assert page.text.count("ni poste ni montant") == len(ExpenseCategory) + len(FundingKind)


def test_a_label_that_looks_like_a_formula_leaves_as_a_text(app, db, made):
    person, draft, _path = made
    with unit_of_work():
        services.save_budget(
            kept(db, draft), [("=1+1", ExpenseCategory.OTHER, Decimal(3))], None, [], version=None, at=NOON
        )
    file = person.client.get(f"/dossiers/{draft.reference}/budget/fichier?format=csv").data.decode()
    assert ";'=1+1;" in file


def test_a_workbook_of_several_sheets_says_which_one_is_read(made):
    person, _draft, path = made
    out = BytesIO()
    write(ExportFormat.XLSX, [Column("Poste"), Column("Montant", CellKind.MONEY)], [("Capteurs", Decimal(3))], out)
    assert "Capteurs" in person.post(path, {"file": (BytesIO(out.getvalue()), "a.xlsx"), "part": "expense"}).text


# ---- for the script -------------------------------------------------------------------------------


def asked(person, path, text, part="expense"):
    data = {"text": text, "part": part, "csrf_token": person.token(path)}
    person._arrive()
    return person.client.post(path, data=data, headers={"Accept": "application/json"})


def test_the_script_gets_rows_and_a_sentence(made):
    person, _draft, path = made
    answer = asked(person, path, "Capteurs\t1,234.50\nÉtude\t-5\nTotal\t9")
    assert answer.json["rows"] == [
        {"label": "Capteurs", "category": "equipment", "amount": "1\u202f234,50"},
        {"label": "Étude", "category": "services", "amount": "-5"},
    ]
    for words in ("2 lignes collées.", "Total | 9", "1 montant à corriger.", "Vérifiez les natures."):
        assert words in answer.json["message"]


def test_in_the_table_of_other_fundings_each_row_is_one(made):
    person, _draft, path = made
    answer = asked(person, path, "Région\t12\nFEDER obtenu\t3", "funding")
    assert [(each["kind"], each["state"]) for each in answer.json["rows"]] == [
        ("public", "sought"),
        ("european", "sought"),
    ]


def test_the_script_is_told_why_nothing_is_pasted(made):
    person, _draft, path = made
    mixed = asked(person, path, "Partie\tPoste\tMontant\nDépense\ta\t1\nAutre financement\tb\t2")
    assert (mixed.status_code, "mêlent" in mixed.json["message"]) == (422, True)
    assert asked(person, path, "Total\t3").status_code == 422


# ---- what the call allows -------------------------------------------------------------------------


def test_each_limit_of_the_call_is_shown_and_what_to_change_to_the_cent(app, db):
    with unit_of_work():
        person = account(name="Camille")
        draft = applications.ready_draft(by=person, requested_amount=Decimal("20000.00"))
    visitor = visitor_for(app, person)
    for step in ("budget", "relecture"):
        assert "Demandez 13 250,00 € au plus." in visitor.get(f"/dossiers/{draft.reference}/{step}").text

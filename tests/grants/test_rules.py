"""The pure rules of the published rows."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from programme.grants.rules import scdl

ROW = scdl.Row(
    giver_name="Région", giver_siret="23130002100012", signed_on=date(2026, 6, 26), decision_reference="26-0231",
    beneficiary_name="Atelier", beneficiary_siret="38047555800058", beneficiary_rna="W380475558", purpose="Carte (appel X)",
    amount=Decimal("14000.00"), conditions="échelonné", period="2026-06-26/2027-08-31", is_de_minimis=False,
    share=Decimal("1.00"), scheme="X",
)  # fmt: skip


def test_a_right_row_has_no_fault():
    assert list(scdl.faults(ROW)) == []
    assert len(ROW.cells()) == len(scdl.COLUMNS) == 16


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"giver_siret": "23130002100013"}, "idAttribuant"), ({"beneficiary_siret": "38047555800059"}, "idBeneficiaire"),
        ({"beneficiary_rna": "380475558"}, "rnaBeneficiaire"), ({"purpose": "x" * 257}, "objet"), ({"purpose": ""}, "objet"),
        ({"amount": Decimal(0)}, "montant"), ({"conditions": ""}, "conditionsVersement"),
        ({"period": "2026"}, "datesPeriodeVersement"), ({"share": Decimal("1.01")}, "pourcentageSubvention"),
        ({"beneficiary_name": ""}, "nomBeneficiaire"),
    ],
)  # fmt: skip
def test_a_wrong_row_names_its_column(change, column):
    assert list(scdl.faults(replace(ROW, **change))) == [column]


def test_the_key_of_la_poste_is_an_exception_that_is_known():
    assert list(scdl.faults(replace(ROW, beneficiary_siret="35600000000048"))) == []


@pytest.mark.parametrize("title", ["Court", "Long " * 100, "Deux\nlignes  et espaces"])
def test_the_purpose_keeps_the_code_of_the_call(title):
    text = scdl.purpose(title, "PERM-DATA")
    assert text.endswith(" (appel PERM-DATA)")
    assert len(text) <= 256
    assert "\n" not in text


def test_a_period_is_one_day_or_two():
    day = date(2026, 6, 26)
    assert scdl.period(day, None) == scdl.period(day, day) == "2026-06-26"
    assert scdl.period(day, date(2027, 1, 1)) == "2026-06-26/2027-01-01"

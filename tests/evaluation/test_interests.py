"""When a declared tie meets a file, and how long it counts."""

from datetime import date

import pytest

from programme.evaluation.rules.interests import concerns, still_counts

SIREN = "123456782"


@pytest.mark.parametrize(
    ("name", "siren", "met"),
    [
        ("Commune de Gap", None, True), ("gap", None, True), ("Ville de GAP, Hautes-Alpes", None, False),
        ("La Commune de Gap (mairie)", None, True), ("Gapençais", None, False), ("Tout autre", SIREN, True),
        ("Tout autre", "987654321", False), ("de", None, False), ("Office de tourisme du lac", None, True), ("!", None, False),
    ],
)  # fmt: skip
def test_a_tie_meets_a_name_or_a_number(name, siren, met):
    assert concerns(name, siren, names=["Commune de Gap", "Office de tourisme du lac"], sirens=[SIREN]) is met


@pytest.mark.parametrize(
    ("ended", "day", "counts"),
    [
        (None, date(2040, 1, 1), True), (date(2024, 5, 2), date(2027, 5, 1), True), (date(2024, 5, 2), date(2027, 5, 2), False),
        (date(2024, 2, 29), date(2027, 2, 27), True), (date(2024, 2, 29), date(2027, 2, 28), False),
    ],
)  # fmt: skip
def test_a_tie_counts_three_years_after_its_end(ended, day, counts):
    assert still_counts(ended, day) is counts

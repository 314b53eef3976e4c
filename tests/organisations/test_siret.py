"""The SIRET: fourteen digits and a key, and the one exception to the key."""

import pytest

from programme.organisations.rules import siret


@pytest.mark.parametrize(
    "text",
    [
        "23130002100012",
        "231 300 021 00012",
        " 231.300.021.00012 ",
        "231\u202f300\u202f021\u00a000012",
        "35600000000048",  # La Poste's head office follows the usual key.
        "35600000049837",  # Its other sites do not: their digits add up to a multiple of five.
    ],
)
def test_a_right_siret(text):
    assert siret.is_valid(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "23130002100013",  # a wrong key
        "32130002100012",  # two digits exchanged
        "2313000210001",  # thirteen digits
        "231300021000121",  # fifteen
        "2313000210001O",  # a letter
        "35600000049838",  # La Poste, not a multiple of five
        "٢٣١٣٠٠٠٢١٠٠٠١٢",  # digits of another script
        "23130002100012; DROP TABLE",
        "-3130002100012",
    ],
)
def test_a_wrong_siret(text):
    assert not siret.is_valid(text)


def test_every_single_wrong_digit_is_seen():
    right = "23130002100012"
    for place, digit in enumerate(right):
        for other in "0123456789":
            if other != digit:
                assert not siret.is_valid(right[:place] + other + right[place + 1 :])


def test_how_it_is_shown_and_cut():
    assert siret.shown("23130002100012") == "231\u00a0300\u00a0021\u00a000012"
    assert siret.siren("231 300 021 00012") == "231300021"

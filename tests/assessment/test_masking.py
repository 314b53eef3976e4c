"""What a mask hides in a text, and what it lets stand; what is still found in a redacted copy."""

import os

import pytest

from programme.assessment.rules.leaks import names_left
from programme.assessment.rules.masking import Mask, distinctive
from tests.canaries import files

MASK = Mask(["Commune de Gap", "L’Œuvre des Écrins", "Claire Dupont", "123 456 782 00012", "123 456 782"], "[x]")


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("La commune de GAP ouvre ses données", "La [x] ouvre ses données"),
        ("à Gap, Gap-Tallard et l’agape", "à [x], [x]-Tallard et l’agape"),
        ("l'œuvre des ecrins, L’OEUVRE DES ÉCRINS", "[x], [x]"),
        ("claire  dupont et Claire Martin", "[x] et Claire Martin"),
        ("écrire à a.b@gap.fr, ou a.b [at] gap.fr", "écrire à [x], ou [x]"),
        ("voir https://gap.fr/x et www.gap.fr", "voir [x] et [x]"),
        ("04 92 00 00 00, +33 (0)4 92 00 00 00, 0492000000", "[x], [x], [x]"),
        ("SIRET 123 456 782 00012, SIREN 123456782", "SIRET [x], SIREN [x]"),
        ("FR76 3000 4000 0312 3456 7890 143", "[x]"),
        ("l’association W051234567", "l’association [x]"),
    ],
)
def test_it_hides_names_and_what_reaches_somebody(text, hidden):
    assert MASK(text) == hidden


@pytest.mark.parametrize(
    "text", ["120 000 000 € sur 36 mois", "le 12/03/2027 à 10 h 30", "", "gapençais", "98 765 431"]
)
def test_it_lets_the_rest_stand(text):
    assert MASK(text) == text


def test_an_empty_mask_hides_no_name():
    assert Mask([None, " ", "de"], "[x]")("La commune de Gap") == "La commune de Gap"


@pytest.mark.parametrize(
    ("title", "shown"),
    [("Vélos de Gap", "Vélos de [x]"), ("Commune de Gap", "DT-1"), ("La commune de Gap !", "DT-1"), ("Gap, Claire Dupont", "DT-1")],
)  # fmt: skip
def test_a_title_that_is_only_a_name_gives_way_to_the_reference(title, shown):
    assert MASK.title(title, "DT-1") == shown


def test_the_words_for_a_sort_of_body_say_nothing():
    assert distinctive("Commune de Gap") == "Gap"
    assert distinctive("Communauté de communes") == ""
    assert distinctive("SAS Les Vélos du Lac") == "Vélos Lac"


NAME = "Association d’Été du Queyras"


@pytest.mark.parametrize(
    "data",
    [
        files.pdf("rien", Author=NAME), files.pdf("rien", Title=NAME.upper()), files.pdf(f"Compte de {NAME}"),
        files.pdf("Association d'Ete du Queyras"), files.jpeg(NAME, "x"), files.png(NAME), NAME.encode("utf-16"),
        b"<" + NAME.encode("utf-16-be").hex().upper().encode() + b">", b"[(Association d) -20 (' Ete du Quey) 3 (ras)] TJ",
    ],
)  # fmt: skip
def test_a_name_left_in_a_copy_is_found(data):
    assert names_left(data, [NAME, "999 999 999"]) == [NAME]


@pytest.mark.parametrize(
    "data", [files.pdf("Association masquée", Author="Région"), files.jpeg("x", "y"), b"", os.urandom(200_000)]
)
def test_a_clean_copy_passes(data):
    assert names_left(data, [NAME, "Ubu", "123456782"]) == []

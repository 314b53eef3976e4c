"""What a row of an imported list says, and the life of an import: pure."""

from itertools import product

import pytest

from programme.catalogue.rules.listing import Choices, Fault, FaultCode, column_of, is_web_address, key_of, read_lines
from programme.catalogue.states import MACHINE, ImportState

CHOICES = Choices(
    producers={"commune-de-gap": 4, "13002526500013": 5},
    themes={"mobilite-et-transports": 7},
    codes={"kind": {"donnees-ouvertes": "open"}, "licence": {"odbl": "odbl"}, "granularity": {"commune": "commune"}},
)
GOOD = {"Titre": "Comptages de vélos", "Producteur": "Commune de Gap", "Thème": "Mobilité et transports"}
F = FaultCode
S = ImportState
ALLOWED = {(S.PREVIEWED, "apply"), (S.PREVIEWED, "discard")}


@pytest.mark.parametrize(("state", "verb"), list(product(ImportState, MACHINE.verbs)))
def test_an_import_is_entered_or_dropped_once(state, verb):
    assert MACHINE.allows(state, verb) == ((state, verb) in ALLOWED)


def read(**cells):
    return read_lines([(2, GOOD | {name.replace("_", " "): text for name, text in cells.items()})], CHOICES)[0]


def test_a_minimal_row_is_enough():
    line = read()
    assert line.faults == []
    assert (line.values["title"], line.values["producer_id"], line.values["theme_id"]) == ("Comptages de vélos", 4, 7)
    assert line.values["is_new"] is False


def test_a_producer_is_known_by_its_siret():
    assert read(Producteur="130 025 265 00013").faults == [Fault(F.PRODUCER_UNKNOWN, "producer", "130 025 265 00013")]
    assert read(Producteur="13002526500013").values["producer_id"] == 5


def test_words_become_codes():
    line = read(Nature="données ouvertes", Licence="ODbL", Granularité="commune", Nouveau="Oui")
    assert line.faults == []
    assert [line.values[name] for name in ("kind", "licence", "granularity", "is_new")] == [
        "open",
        "odbl",
        "commune",
        True,
    ]


@pytest.mark.parametrize(("cells", "fault"), [
    ({"Titre": ""}, Fault(F.TITLE_MISSING, "title")),
    ({"Titre": "x" * 251}, Fault(F.TOO_LONG, "title", "250")),
    ({"Producteur": ""}, Fault(F.PRODUCER_MISSING, "producer")),
    ({"Producteur": "Inconnu"}, Fault(F.PRODUCER_UNKNOWN, "producer", "Inconnu")),
    ({"Thème": ""}, Fault(F.THEME_MISSING, "theme")),
    ({"Thème": "Cuisine"}, Fault(F.THEME_UNKNOWN, "theme", "Cuisine")),
    ({"Adresse": "exemple.fr"}, Fault(F.URL_WRONG, "url", "exemple.fr")),
    ({"Adresse": "javascript:alert(1)"}, Fault(F.URL_WRONG, "url", "javascript:alert(1)")),
    ({"Licence": "maison"}, Fault(F.CODE_UNKNOWN, "licence", "maison")),
    ({"Nouveau": "peut-être"}, Fault(F.YES_NO, "is_new", "peut-être")),
])  # fmt: skip
def test_each_fault_names_its_column_and_what_was_read(cells, fault):
    assert read(**cells).faults == [fault]


def test_every_fault_of_a_row_is_told_at_once():
    line = read_lines([(2, {"Titre": "", "Producteur": "", "Thème": "Cuisine"})], CHOICES)[0]
    assert [fault.code for fault in line.faults] == [F.TITLE_MISSING, F.PRODUCER_MISSING, F.THEME_UNKNOWN]


def test_a_data_set_said_twice_names_the_first_line():
    first, second = read_lines([(2, GOOD), (9, GOOD | {"Titre": "comptages de velos"})], CHOICES)
    assert first.faults == []
    assert second.faults == [Fault(F.TWICE, "title", "2")]


@pytest.mark.parametrize(("heading", "column"), [
    ("Titre", "title"), (" THÈME ", "theme"), ("ouvert_grâce_à", "opened_through"), ("Licence", "licence"), ("contact", None),
])  # fmt: skip
def test_headings_are_understood_whatever_their_case_and_accents(heading, column):
    assert column_of(heading) == column


@pytest.mark.parametrize(("text", "right"), [
    ("https://www.exemple.fr/donnees?a=1", True), ("http://exemple.fr", True), ("ftp://exemple.fr", False), ("https://", False),
    ("https://un deux.fr", False), ("https://[", False),
])  # fmt: skip
def test_an_address_is_whole(text, right):
    assert is_web_address(text) is right


def test_words_of_people_meet():
    assert key_of("Licence Ouverte 2.0") == key_of("licence-ouverte 2.0")

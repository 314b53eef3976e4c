"""French search: the same set on both engines, whatever is typed."""

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, Text, insert, select

from programme.core import search

METADATA = MetaData()
NOTE = Table("search_trial", METADATA, Column("id", Integer, primary_key=True), Column("search_text", Text))
search.keep(NOTE, "search_text")
TEXTS = {
    1: "Pistes cyclables et vélos en libre-service",
    2: "Qualité de l’air des écoles",
    3: "L'eau qui reste : étangs et canaux",
    4: "Œuvres et musées",
    5: "Données ouvertes, 100 % libres_",
    6: "Les élus et l’aménagement",
}
EXPECTED = {
    "velo": {1},
    "VÉLO": {1},
    "vélos": {1},
    "qualite air": {2},
    "l'air": {2},
    "d’air": {2},
    "école": {2},
    "ecoles": {2},
    "étang": {3},
    "canaux": {3},
    "eau": {3},
    "oeuvre": {4},
    "œuvre": {4},
    "musée": {4},
    "donnée ouverte": {5},
    "100": {5},
    "amenagements": {6},
    "air eau": set(),
    "introuvable": set(),
    "cycl": {1},
}
HOSTILE = [
    "%", "_", "\\", "'", '"', "';DROP TABLE search_trial;--", "a" * 5000, "* AND (", "é" * 300, "\u202e", "🙂", "<script>",
    "NEAR/3", "-", "l'", "%air%", "a_r",
]  # fmt: skip
# A sign between letters separates words; the words are then searched as any others.
HOSTILE_FINDS = {"%air%": {2}, "a_r": {3}}


def test_words_lose_elision_plural_accents_and_empty_words():
    assert search.words("L’été des vélos") == search.words("ete velo")
    assert search.words("de la et l'") == []
    assert search.words("Œuvres jeux menus") == search.words("oeuvre jeu menu")


def test_an_empty_search_has_no_condition():
    for text in ("", "   ", "de la", "?!"):
        assert search.matches(NOTE.c.search_text, text) is None


def test_a_document_holds_each_stem_once():
    text = search.document("vélo vélos", None, "Vélo")
    assert text.count(search.words("vélo")[0]) == 1
    assert text.startswith(" ")
    assert text.endswith(" ")


@pytest.fixture
def connection(db):
    METADATA.create_all(db.engine)
    with db.engine.connect() as opened:
        opened.execute(insert(NOTE), [{"id": key, "search_text": search.document(text)} for key, text in TEXTS.items()])
        yield opened
        opened.rollback()
    METADATA.drop_all(db.engine)


def found(connection, text):
    condition = search.matches(NOTE.c.search_text, text)
    return set(TEXTS) if condition is None else set(connection.scalars(select(NOTE.c.id).where(condition)))


@pytest.mark.db
@pytest.mark.parametrize("text", EXPECTED)
def test_the_same_rows_on_both_engines(connection, text):
    assert found(connection, text) == EXPECTED[text]


@pytest.mark.db
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_only_text(connection, text):
    signs_only = not search.words(text)
    assert found(connection, text) == (set(TEXTS) if signs_only else HOSTILE_FINDS.get(text, set()))

"""What a list shows of a text that was found: a piece of it around the words, the words set apart."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from programme.core import search

LONG = (
    "Le relevé des comptages est publié chaque semaine par la métropole, avec les capteurs du centre et ceux des quais. "
    "Une carte en tire les pistes cyclables les plus empruntées, heure par heure, et les points noirs signalés par les "
    "associations d’usagers. Les vélos en libre-service y figurent avec leurs stations. Le code est ouvert."
)


def shown(parts):
    return "".join(f"[{part.text}]" if part.is_found else part.text for part in parts)


def test_a_short_text_comes_whole_with_its_words_marked():
    assert shown(search.extract("L’air des écoles", "école AIR")) == "L’[air] des [écoles]"


def test_a_long_text_is_cut_between_words_around_the_first_found():
    found = shown(search.extract(LONG, "cyclable", width=120))
    assert found.startswith("… ")
    assert found.endswith(" …")
    assert "pistes [cyclables] les plus" in found
    assert len(found) < 140
    assert all(word in LONG for word in found.replace("[", "").replace("]", "").strip("… ").split())


def test_the_piece_that_says_the_most_of_the_words_is_preferred():
    assert "[vélos] en libre-[service]" in shown(search.extract(LONG, "vélo service carte", width=120))


def test_a_text_that_says_none_gives_nothing():
    for asked in ("tramway", "", "de la", "\x00", "%"):
        assert search.extract(LONG, asked) == []
    assert search.extract("", "air") == []


def test_an_accent_written_apart_is_marked_with_its_letter():
    assert shown(search.extract("Une e\u0301cole", "ecole")) == "Une [école]"


def test_nothing_is_escaped_or_lost_here():
    """The page escapes; the parts are the text."""
    assert shown(search.extract("<b>air</b> & eau", "air")) == "<b>[air]</b> & eau"


def test_ten_megabytes_are_not_read_to_the_end():
    assert shown(search.extract("air " + "x" * 10_000_000, "air")).startswith("[air] ")
    assert search.extract("é " * 5_000_000, "air") == []


@given(st.text(max_size=400), st.text(max_size=40), st.integers(70, 300))
def test_whatever_the_text_the_parts_are_a_piece_of_it(text, asked, width):
    parts = search.extract(text, asked, width=width)
    piece = "".join(part.text for part in parts).removeprefix("… ").removesuffix(" …")
    assert piece in unicodedata.normalize("NFC", text)
    stems = tuple(search.terms(asked))
    for part in parts:
        if part.is_found:
            assert any(stem.startswith(stems) for stem in search.words(part.text))
    assert not parts or any(part.is_found for part in parts)

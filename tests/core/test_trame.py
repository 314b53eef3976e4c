"""The drawing of a record: the same for ever, small, without colour, and different for each record."""

from __future__ import annotations

import gzip
import hashlib
import math
import random
import xml.etree.ElementTree as ET

import pytest

from programme.core import trame as drawing
from programme.core.trame import FAMILIES, family_of, printed_trame, trame

ALL_FAMILIES = sorted(set(FAMILIES.values()))
KEYS = ["respire-etang", "DT-2026-0098", "perm-data"]

# Fingerprints of one drawing a family. A change here redraws every record: raise VERSION with it.
KNOWN = {
    "cote": "ca7384d961a6",
    "parcelle": "b06b6208496e",
    "relief": "40509150b35e",
    "reseau": "42db216e7aef",
    "ronde": "0984ca054bfb",
    "sillon": "f4028c036be4",
}


def test_each_theme_has_one_of_six_families() -> None:
    assert len(FAMILIES) == 16
    assert ALL_FAMILIES == ["cote", "parcelle", "relief", "reseau", "ronde", "sillon"]


def test_a_theme_of_the_region_s_own_gets_the_default_family() -> None:
    assert family_of("Mer, littoral et montagne") == "cote"
    assert family_of("Thème inventé") == family_of(None) == drawing.DEFAULT_FAMILY


@pytest.mark.parametrize("family", ALL_FAMILIES)
def test_the_drawing_is_the_one_known(family: str) -> None:
    assert hashlib.sha256(trame("respire-etang", family).encode()).hexdigest()[:12] == KNOWN[family]


@pytest.mark.parametrize("family", ALL_FAMILIES)
@pytest.mark.parametrize("key", KEYS)
def test_a_drawing_is_small_and_well_formed(family: str, key: str) -> None:
    svg = trame(key, family)
    ET.fromstring(svg)
    assert 1_200 < len(svg) < 8_000
    assert len(gzip.compress(svg.encode())) < 2_600


@pytest.mark.parametrize("family", ALL_FAMILIES)
def test_two_records_have_two_drawings(family: str) -> None:
    assert len({trame(key, family) for key in KEYS}) == len(KEYS)


@pytest.mark.parametrize("family", ALL_FAMILIES)
def test_a_drawing_has_no_colour_no_style_and_is_hidden_from_readers(family: str) -> None:
    svg = trame("x", family)
    assert "#" not in svg
    assert "style" not in svg
    assert 'aria-hidden="true"' in svg


def test_a_new_version_draws_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    before = trame("x", "relief")
    monkeypatch.setattr(drawing, "VERSION", "next")
    assert trame("x", "relief") != before


def test_the_thread_can_be_left_out_and_leaves_the_ground_as_it_was() -> None:
    with_thread, without = trame("x", "cote"), trame("x", "cote", thread=False)
    assert "t-thread" in with_thread
    assert "t-thread" not in without
    assert with_thread.startswith(without.removesuffix("</svg>"))


def test_the_size_and_the_class_are_the_ones_asked_for() -> None:
    svg = trame("x", "sillon", 1400, 320, css_class="trame wide")
    assert 'viewBox="0 0 1400 320"' in svg
    assert 'class="trame wide t-sillon"' in svg


def test_a_printed_margin_carries_its_colours_and_an_upright_thread() -> None:
    svg = printed_trame("CV-2026-0042", "relief", line="#17616d", thread="#ffc93c", casing="#19282c")
    ET.fromstring(svg)
    assert "#ffc93c" in svg
    start, end = svg.split('class="t-thread" d="M')[1].split('"')[0].split("C")
    assert start.split()[1] == "-4"
    assert end.split()[-1] == "1192"


def test_an_unknown_family_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown family"):
        trame("x", "spirale")


@pytest.mark.parametrize("density", [0.02, 0.1, 0.6, 1])
def test_the_nearest_stations_are_those_of_a_plain_search(density: float) -> None:
    chance = random.Random(density)
    places = {
        (column, row): (column * 10.0, row * 10.0 - 5)
        for column in range(13)
        for row in range(40)
        if chance.random() < density
    }
    for place, station in places.items():
        others = [other for other in places.values() if other != station]
        plain = sorted(others, key=lambda other, here=station: (math.dist(here, other), other))[:3]
        assert drawing._nearest(places, place, 3, 10) == plain

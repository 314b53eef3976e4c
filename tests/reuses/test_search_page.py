"""The gallery searched: an order of ours, whole from page to page, and the words marked where they are said."""

from datetime import timedelta
from urllib.parse import quote

import pytest

from programme.core import search
from programme.core.unit_of_work import unit_of_work
from programme.extensions import db as database
from programme.reuses import queries
from programme.reuses.queries import Filters
from programme.reuses.states import ReuseState
from tests.factories import reuses as make
from tests.factories.people import NOON

pytestmark = pytest.mark.db
S = ReuseState
HOSTILE = [
    "'",
    '"',
    "%",
    "NEAR(",
    "* OR *",
    "\\",
    "<script>",
    "a' | !b",
    "🙂",
    "مرحبا",
    "de la",
    "x" * 300,
    "%00",
    "%ED%A0%80",
]


def titles(page):
    return [each.text_content() for each in page.tree.xpath("//h3[contains(@class,'card__title')]")]


def many_reuses():
    """Titles that say the word and texts that say it, working and broken, some of the same instant."""
    states = [S.PUBLISHED, S.BROKEN_LINK, S.FEATURED, S.PUBLISHED]
    for number in range(14):
        title = f"Pistes {number}" if number % 3 else f"Carte {number}"
        summary = "Les pistes cyclables de la vallée." if number != 9 else "Autre chose."
        make.reuse(title, states[number % 4], summary=summary, at=NOON + timedelta(hours=number // 2))
    make.reuse("Pistes en brouillon", S.DRAFT, summary="Pistes.")


@pytest.mark.parametrize("is_common", [False, True])
@pytest.mark.parametrize("text", ["", "piste", "cyclable vallee", "introuvable"])
def test_pages_put_together_are_the_whole_list_in_its_order(db, text, is_common):
    with unit_of_work():
        many_reuses()
    filters = Filters(text, is_common=is_common)
    whole = [each.title for each in database.session.scalars(queries.gallery(filters))]
    ranks = list(database.session.execute(queries.found_by_rank(filters)).one())
    assert sum(ranks) == len(whole) == (0 if text == "introuvable" else 14 if not text else 13)
    for size in (1, 4, 50):
        shown = [
            each.title
            for start in range(0, len(whole) + 1, size)
            for part in queries.page(filters, start=start, size=size, ranks=ranks)
            for each in database.session.scalars(part)
        ]
        assert shown[: len(whole)] == whole


def test_the_title_weighs_more_then_a_working_link_then_the_date_then_the_number(visitor):
    with unit_of_work():
        make.reuse("Carte des quais", summary="Des vélos.", at=NOON + timedelta(hours=3))
        make.reuse("Vélos, ancienne", at=NOON)
        make.reuse("Vélos, lien rompu", S.BROKEN_LINK, at=NOON + timedelta(hours=2))
        make.reuse("Vélos, même heure", at=NOON)
        make.reuse("Vélos, récente", at=NOON + timedelta(hours=1))
    page = visitor().get("/reutilisations?q=velo")
    assert titles(page) == [
        "Vélos, récente", "Vélos, même heure", "Vélos, ancienne", "Vélos, lien rompu", "Carte des quais",
    ]  # fmt: skip


def test_the_words_are_marked_in_the_summary_else_in_the_description_and_escaped(visitor):
    with unit_of_work():
        make.reuse("Respire Étang", summary="L’air <b>des écoles</b>.", description="Des capteurs sur les toits.")
    reader = visitor()
    page = reader.get("/reutilisations?q=ecole")
    assert [each.text_content() for each in page.tree.xpath("//mark")] == ["écoles"]
    assert "&lt;b&gt;des <mark>écoles</mark>&lt;/b&gt;" in page.body.decode()
    page = reader.get("/reutilisations?q=capteur")
    assert [each.text_content() for each in page.tree.xpath("//mark")] == ["capteurs"]
    page = reader.get("/reutilisations?q=respire")
    assert not page.tree.xpath("//mark"), "only the title says it: the summary stays"
    assert "L'air" in page.text


@pytest.mark.parametrize("text", HOSTILE)
def test_any_text_is_answered(visitor, text):
    with unit_of_work():
        make.reuse("Vélos")
        make.dataset("Comptages de vélos")
    reader = visitor()
    for path in ("/reutilisations", "/donnees", "/partenaires", "/evenements", "/projets-soutenus"):
        assert reader.get(f"{path}?q={quote(text)}").status == 200


def test_a_search_asks_a_fixed_number_of_questions(visitor, count_queries):
    with unit_of_work():
        make.theme("Air")
    reader = visitor()
    for size in (1, 3):
        with unit_of_work():
            for number in range(size):
                make.reuse(f"Vélos {size} {number}")
        common = 1 if database.engine.dialect.name == "sqlite" else 0
        with count_queries(3 + common):
            reader.get("/reutilisations?q=velo")


def test_words_that_are_common_are_known_to_be(db, monkeypatch):
    monkeypatch.setattr("programme.core.search.matching.COMMON", 2)
    with unit_of_work():
        for number in range(3):
            make.reuse(f"Vélos {number}")
        make.reuse("Navettes")
    from programme.reuses.models import Reuse

    known = [search.is_common(database.session, Reuse.search_text, text) for text in ("velo", "navette", "", "de la")]
    assert known == [database.engine.dialect.name == "sqlite", False, False, False]

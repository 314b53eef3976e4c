"""The living page of the components: complete, valid in every variant, for staff only."""

from pathlib import Path

import pytest

from programme.accounts.states import Role
from tests.factories.people import signed_in

pytestmark = pytest.mark.db
PATH = "/agents/composants"
TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
# The skeleton of pages, of mails, and the words of scripts: not pieces that a page composes.
FRAMES = {"mail.html", "mail_text.html", "enhance.html"}


@pytest.fixture
def officer(app, db):
    return signed_in(app, Role.OFFICER_PROGRAMME)[0]


@pytest.mark.parametrize("query", ["", "?theme=dark", "?theme=light&text=200", "?theme=x&text=y"])
def test_the_page_is_valid_in_every_variant(officer, query):
    page = officer.get(PATH + query)
    assert page.h1 == "Chaque pièce de l'interface, dans tous ses états"
    assert page.tree.get("data-theme") == ("dark" if "dark" in query else "light" if "light" in query else None)
    assert ("text-200" in page.tree.xpath("//body")[0].get("class")) is ("text=200" in query)


def test_the_index_leads_to_every_component_and_to_nothing_else(officer):
    tree = officer.get(PATH).tree
    links = [each.get("href") for each in tree.xpath("//nav[@class='specimens']//a")]
    shown = [f"#{each.get('id')}" for each in tree.xpath("//section[contains(@class, 'specimen')]")]
    assert sorted(links) == sorted(shown)
    assert len(shown) > 25


def test_each_component_says_when_to_use_it_when_not_and_how(officer):
    for section in officer.get(PATH).tree.xpath("//section[contains(@class, 'specimen')]"):
        terms = [each.text for each in section.xpath("./dl/div/dt")]
        assert terms == ["Pour", "Pas pour"], section.get("id")
        assert section.xpath("./pre/code")[0].text, section.get("id")


def test_every_file_of_components_is_shown():
    shown = "".join(each.read_text(encoding="utf-8") for each in (TEMPLATES / "site" / "components").glob("*.html"))
    files = {each.name for each in (TEMPLATES / "components").glob("*.html")} - FRAMES
    assert {each for each in files if f"components/{each}" not in shown} == set()


def test_the_foot_of_the_agents_pages_leads_there_and_nobody_else_enters(officer, visitor, app):
    assert PATH in officer.get("/agents/indicateurs").links()
    signed_in(app)[0].get(PATH, status=404)
    assert PATH not in visitor().get("/").links()

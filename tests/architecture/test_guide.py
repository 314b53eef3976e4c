"""The user's guide is true: its words in bold are words of the screen, its pictures and links exist."""

import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir

from tests.architecture.test_words import KEYWORDS, ROOT
from tests.pages import plain

GUIDE = ROOT / "docs" / "guide"
PAGES = sorted(GUIDE.glob("*.md"))
METHODS = [("programme/**.py", "python"), ("templates/**.*", "jinja2")]


@pytest.fixture(scope="module")
def words():
    """Every message of the product, as it is read."""
    found = set()
    for _file, _line, message, *_rest in extract_from_dir(str(ROOT), METHODS, keywords=KEYWORDS):
        found |= {plain(text) for text in (message if isinstance(message, tuple) else (message,))}
    return found


def text(page: Path) -> str:
    return re.sub(r"\s+", " ", page.read_text(encoding="utf-8"))


@pytest.mark.parametrize("page", PAGES, ids=lambda each: each.name)
def test_a_word_in_bold_is_a_word_of_the_screen(page, words):
    said = [plain(each) for each in re.findall(r"\*\*(.+?)\*\*", text(page))]
    assert [each for each in said if each not in words] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda each: each.name)
def test_every_picture_and_link_of_the_guide_exists(page):
    targets = re.findall(r"\]\(([^)#]+)\)", text(page))
    assert [each for each in targets if not (GUIDE / each).exists()] == []


def test_every_page_is_in_the_summary_and_every_picture_is_shown():
    shown = {each for page in PAGES for each in re.findall(r"\]\((images/[^)]+)\)", text(page))}
    assert shown == {f"images/{each.name}" for each in (GUIDE / "images").glob("*.png")}
    summary = text(GUIDE / "README.md")
    assert [each.name for each in PAGES if each.name != "README.md" and f"({each.name})" not in summary] == []


def test_a_word_that_no_screen_says_would_be_seen(words):
    assert plain("Envoyer par télécopie") not in words

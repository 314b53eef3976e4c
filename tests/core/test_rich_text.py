"""The one sanitiser: what a person types is drawn from a closed list, and runs nothing."""

import html5lib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from programme.core.rich_text import TAGS, drawn


@pytest.mark.parametrize(
    ("typed", "html"),
    [
        ("Un **mot** et *un autre*.", "<p>Un <strong>mot</strong> et <em>un autre</em>.</p>"),
        ("# Titre\n\nTexte", "<p><strong>Titre</strong></p>\n<p>Texte</p>"),
        ("- un\n- deux", "<ul>\n<li>un</li>\n<li>deux</li>\n</ul>"),
        ("une\ndeux", "<p>une<br>\ndeux</p>"),
        ("2 < 3 & 4", "<p>2 &lt; 3 &amp; 4</p>"),
        ("", ""),
        (None, ""),
    ],
)
def test_what_is_typed_is_drawn(typed, html):
    assert drawn(typed).strip() == html


@pytest.mark.parametrize(
    "typed",
    [
        "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[a](javascript:alert(1))", "![a](https://ailleurs.example/a.png)",
        "[a](data:text/html,x)", "<a href='https://x' onclick='y'>z</a>", "<style>*{}</style>", "<iframe src=x></iframe>", "<javascript:alert(1)>",
        "```html\n<script>alert(1)</script>\n```", "| a | b |\n|---|---|\n| c | d |", "<!-- x -->", "&#60;script&#62;",
    ],
)  # fmt: skip
def test_nothing_that_is_typed_runs_or_asks_another_host(typed):
    tree = html5lib.parseFragment(drawn(typed), namespaceHTMLElements=False)
    assert {each.tag for each in tree.iter()} - {"DOCUMENT_FRAGMENT"} <= TAGS
    assert all(name in ("href", "rel", "start") for each in tree.iter() for name in each.attrib)
    assert all(each.get("href", "https:").startswith(("http:", "https:", "mailto:")) for each in tree.iter("a"))


def test_a_link_tells_its_target_nothing():
    assert (
        drawn("[ici](https://ailleurs.example/)")
        == '<p><a href="https://ailleurs.example/" rel="nofollow noopener noreferrer">ici</a></p>\n'
    )


@settings(max_examples=150, deadline=None)
@given(st.text("ab<>/\"'=()[]!*_`#-&;: \n\tjavscriptonloadhef", max_size=80))
def test_whatever_is_typed_stays_within_the_list(typed):
    tree = html5lib.parseFragment(drawn(typed), namespaceHTMLElements=False)
    assert {each.tag for each in tree.iter()} - {"DOCUMENT_FRAGMENT"} <= TAGS
    assert all(each.get("href", "https:").startswith(("http:", "https:", "mailto:")) for each in tree.iter("a"))

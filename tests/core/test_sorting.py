"""Headings that sort keep every filter, and say their order."""

import pytest

from programme.core.sorting import sortable, with_query


def test_a_changed_address_keeps_the_filters_and_restarts_at_the_first_page(app):
    with app.test_request_context("/projets-soutenus?territoire=13&q=eau%20vive&page=3&tri=title"):
        assert with_query(tri="amount") == "/projets-soutenus?territoire=13&q=eau+vive&tri=amount"
        assert with_query(territoire=None, q=None, tri=None) == "/projets-soutenus"


def test_a_filter_given_twice_is_kept_twice(app):
    with app.test_request_context("/reutilisations?theme=mer&theme=air"):
        assert with_query(tri="titre") == "/reutilisations?theme=mer&theme=air&tri=titre"


def test_no_word_of_the_query_can_be_taken_for_a_word_of_the_house(app):
    with app.test_request_context("/projets-soutenus?endpoint=site.home&_external=1&_anchor=x"):
        assert with_query(tri="title") == "/projets-soutenus?endpoint=site.home&_external=1&_anchor=x&tri=title"


@pytest.mark.parametrize(
    ("current", "direction", "asked"),
    [("up", "ascending", "down"), ("down", "descending", "up"), ("other", "none", "down"), ("", "none", "down")],
)
def test_a_heading_says_its_order_and_leads_to_the_other(app, current, direction, asked):
    with app.test_request_context("/x-list"):
        label, numeric, sort = sortable("Aide", True, up="up", down="down", current=current)
        assert (label, numeric, sort["direction"]) == ("Aide", True, direction)
        assert sort["href"].endswith(f"?tri={asked}")


def test_a_column_with_one_order_stays_in_it(app):
    with app.test_request_context("/x-list?tri=title"):
        assert sortable("Titre", False, up="title", current="title")[2] == {
            "href": "/x-list?tri=title",
            "direction": "ascending",
        }


def test_a_column_of_words_starts_by_its_beginning(app):
    with app.test_request_context("/x-list"):
        assert sortable("Vote", False, up="oldest", down="newest", current="title")[2]["href"] == "/x-list?tri=oldest"
        assert sortable("Vote", False, down="newest", current="title")[2]["href"] == "/x-list?tri=newest"

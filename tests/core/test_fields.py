"""Exact numbers as French writes them; a value that nobody types; a line that grows."""

from decimal import Decimal

import pytest
import wtforms
from werkzeug.datastructures import MultiDict

from programme.core.fields import ExactNumberField, LineField, ReckonedField, parse_number


class Form(wtforms.Form):
    whole = ExactNumberField("Nombre")
    share = ExactNumberField("Part", decimals=2, unit="%")
    free = ExactNumberField("Valeur", decimals=4, free=True)
    line = LineField("Ligne")
    sum = ReckonedField("Somme", words=lambda value: f"{value} €")


@pytest.mark.parametrize(
    ("text", "decimals", "value"),
    [
        ("12", 0, "12"), ("1 234 567", 0, "1234567"), ("1\u202f234,5", 2, "1234.50"), ("-3,25", 2, "-3.25"), ("\u22123,25", 2, "-3.25"),
        ("12.5", 1, "12.5"), (" 7 ", 3, "7.000"), ("0,0001", 4, "0.0001"), ("-0", 0, "0"), ("9" * 12, 0, "9" * 12),
    ],
)  # fmt: skip
def test_a_number_is_read_as_people_write_it(text, decimals, value):
    assert format(parse_number(text, decimals), "f") == value


@pytest.mark.parametrize(
    ("text", "decimals"),
    [("12,5", 0), ("12,505", 2), ("douze", 0), ("1e3", 2), ("9" * 13, 0), ("1,2,3", 2), ("", 0), ("--1", 0), ("١٢", 0), ("12,", 2), (",5", 2), ("NaN", 2)],
)  # fmt: skip
def test_what_is_not_such_a_number_is_refused(text, decimals):
    with pytest.raises(ValueError, match=r".*"):
        parse_number(text, decimals)


@pytest.fixture
def typed(app):
    def make(**values):
        made = Form(MultiDict(values))
        made.validate()
        return made

    with app.test_request_context(method="POST"):
        yield make


def test_what_was_typed_comes_back_as_it_was_with_a_sentence(typed):
    made = typed(whole="12,5", share="beaucoup")
    assert made.whole.errors == ["Écrivez un nombre entier, par exemple 12."]
    assert made.share.errors == ["Écrivez un nombre en chiffres, par exemple 12,50."]
    assert 'value="beaucoup"' in made.share()
    assert made.share.data is None


def test_a_value_is_whole_or_exact_and_shown_in_french(typed):
    made = typed(whole="1 200", share="12,5", free="12,50")
    assert (made.whole.data, made.share.data, format(made.free.data, "f")) == (1200, Decimal("12.50"), "12.5")
    shown = Form(data={"whole": 1200, "share": Decimal("1234.5"), "free": Decimal("12.5")})
    assert [shown[name]._value() for name in ("whole", "share", "free")] == ["1\u202f200", "1\u202f234,50", "12,5"]
    assert Form()["free"]._value() == ""
    assert typed(free="1200").free.data == 1200


def test_an_empty_number_is_none(typed):
    assert (typed(whole=" ").whole.data, typed(whole=" ").whole.errors) == (None, [])


def test_nothing_is_read_for_what_nobody_types(app):
    with app.test_request_context(method="POST"):
        made = Form(MultiDict({"sum": "99"}), data={"sum": 3})
    assert made.sum.data == 3
    assert made.sum(**{"class": "x", "value": "99"}) == '<output class="x" id="sum" name="sum">3 €</output>'


def test_what_nobody_types_is_escaped(app):
    with app.test_request_context():
        assert "<b>" not in Form(data={"sum": "<b>"}).sum()


def test_a_line_is_one_line(typed):
    assert typed(line=" un\r\ndeux  trois ").line.data == "un deux trois"

"""Amounts of spreadsheets: read exactly, in French and in English, and never guessed."""

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programme.applications.rules.figures import Amount, Trouble, Way, is_figure, read_amount, way_of

cents = st.integers(0, 10**14 - 1)
SEPARATORS = {Way.COMMA: [" ", "\u00a0", "\u202f", ".", ""], Way.POINT: [" ", ",", ""]}


def written(amount: int, way: Way, separator: str, decimals: int) -> str:
    """An amount in cents as a person writes it."""
    whole, part = divmod(amount, 100)
    digits = re.sub(r"(?<=\d)(?=(\d{3})+$)", separator, str(whole))
    mark = "," if way is Way.COMMA else "."
    return digits + (f"{mark}{part:02d}"[: decimals + 1] if decimals else "")


@given(cents, st.sampled_from(Way), st.data())
def test_what_is_written_to_the_cent_is_read_to_the_cent(amount, way, data):
    separator = data.draw(st.sampled_from(SEPARATORS[way]))
    before = data.draw(st.sampled_from(["", "€ ", "EUR "]))
    after = data.draw(st.sampled_from(["", " €", "\u202f€", " euros", " € TTC"]))
    text = before + written(amount, way, separator, 2) + after
    assert read_amount(text) == read_amount(text, way) == Amount(Decimal(amount) / 100)


def oracle(text: str) -> set[Decimal]:
    """Every value that a grammar of each language gives to a text of digits, spaces and marks."""
    found = set()
    for mark, other in ((",", r"\."), (r"\.", ",")):
        match = re.fullmatch(rf"(\d+|\d{{1,3}}(?: \d{{3}})+|\d{{1,3}}(?:{other}\d{{3}})+)(?:{mark}(\d+))?", text)
        if match:
            found.add(Decimal(re.sub(r"\D", "", match[1]) + "." + (match[2] or "0")))
    return found


@given(st.text("0123456789., ", min_size=1, max_size=14).filter(lambda text: text.strip() == text != ""))
def test_a_text_is_read_when_all_grammars_agree_and_only_then(text):
    values, found = oracle(text), read_amount(text)
    if len(values) > 1:
        assert found.trouble is Trouble.AMBIGUOUS
    elif not values or (value := values.pop()) >= 10**12:
        assert found.trouble is Trouble.UNREADABLE
    elif value * 100 % 1:
        assert found.trouble is Trouble.FRACTION
    else:
        assert found.value == value


@pytest.mark.parametrize(
    ("cell", "trouble"),
    [
        ("", Trouble.MISSING), ("  ", Trouble.MISSING), ("€", Trouble.UNREADABLE), ("beaucoup", Trouble.UNREADABLE),
        ("12 k€", Trouble.UNREADABLE), ("3 x 500", Trouble.UNREADABLE), ("1e5", Trouble.UNREADABLE), ("٣", Trouble.UNREADABLE),
        ("12 34", Trouble.UNREADABLE), ("1 234.567,00", Trouble.UNREADABLE), ("#REF!", Trouble.UNREADABLE),
        ("-5", Trouble.NEGATIVE), ("\u22125,00", Trouble.NEGATIVE), ("(1 234,56 €)", Trouble.NEGATIVE), ("5-", Trouble.NEGATIVE),
        ("1,234", Trouble.AMBIGUOUS), ("1.234", Trouble.AMBIGUOUS), ("1234,567", Trouble.FRACTION),
        (Decimal("1.234"), Trouble.FRACTION), (Decimal(-1), Trouble.NEGATIVE), (Decimal(10) ** 12, Trouble.UNREADABLE),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_says_why(cell, trouble):
    assert read_amount(cell) == Amount(trouble=trouble)


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("1 234,56 €", "1234.56"), ("1,234.56", "1234.56"), ("1234.5", "1234.50"), ("1'234.50", "1234.50"), ("-0", "0.00"),
        ("0", "0.00"), (Decimal("1234.5"), "1234.50"), ("12.50 EUR HT", "12.50"), ("+12", "12.00"), ("1.234.567", "1234567.00"),
    ],
)  # fmt: skip
def test_the_forms_of_every_day(cell, value):
    assert read_amount(cell) == Amount(Decimal(value))
    assert not read_amount(cell).value.is_signed()


def test_a_column_says_how_its_figures_are_written():
    assert way_of(["1 234,56", "1,234"]) is Way.COMMA
    assert way_of(["1,234.56", "1,234"]) is Way.POINT
    assert way_of(["1,234", "2.500", "12", Decimal(3)]) is None
    assert way_of(["1,5", "2.5"]) is None
    assert read_amount("1,234", Way.POINT) == Amount(Decimal("1234.00"))
    assert read_amount("1,234", Way.COMMA).trouble is Trouble.FRACTION


def test_a_figure_is_one_even_when_it_is_no_amount():
    assert all(map(is_figure, ["-5", "1,234", Decimal("0.001"), "3"]))
    assert not any(map(is_figure, ["", "trois", "Lot 3"]))

"""What a form reads: amounts, days, numbers, texts; and what a box shows when a page is opened."""

from datetime import date
from decimal import Decimal

import pytest
import wtforms
from werkzeug.datastructures import MultiDict

from programme.core.forms import BaseForm, DayField, MoneyField, NumberField, TextField, at_most, options, parse_amount


class Trial(BaseForm):
    amount = MoneyField("Montant")
    day = DayField("Jour")
    number = NumberField("Nombre")
    text = TextField("Texte", [at_most(5)])
    boxes = wtforms.SelectMultipleField("Boîtes", choices=options({"a": "A", "b": "B"}))
    agreed = wtforms.BooleanField("Accord")


@pytest.fixture
def request_of(app):
    def opened(**values):
        with app.test_request_context(method="POST", data=values):
            form = Trial(MultiDict(values) if values else MultiDict(), data={"boxes": ["b"], "agreed": True})
            form.validate()
            return form

    return opened


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1500", "1500.00"),
        ("1 500", "1500.00"),
        ("1\u202f500,00\u00a0€", "1500.00"),
        ("1 500,5 €", "1500.50"),
        ("1500.05", "1500.05"),
        ("0", "0.00"),
        ("-12,30", "-12.30"),
        ("999999999999,99", "999999999999.99"),
        ("  14 000,00 ", "14000.00"),
    ],
)
def test_an_amount_as_people_write_it(text, amount):
    parsed = parse_amount(text)
    assert (parsed, parsed.as_tuple().exponent) == (Decimal(amount), -2)


@pytest.mark.parametrize(
    "text",
    ["", "   ", "à voir", "1,234", "1.500,00", "1,500.00", "12,345,6", "1e5", "NaN", "Infinity", "∞", "--1", "1-", "+5",
     "1000000000000", "0x10", "٣", "12€50", "=1+1", "1_000", "5 %"],
)  # fmt: skip
def test_what_is_not_an_amount(text):
    if text == "12€50":
        assert parse_amount(text) == Decimal("1250.00"), "the sign of the euro is skipped wherever it stands"
        return
    with pytest.raises(ValueError):
        parse_amount(text)


@pytest.mark.parametrize(
    ("field", "typed", "value", "error"),
    [
        ("amount", "1 500,00", Decimal("1500.00"), None),
        ("amount", "", None, None),
        ("amount", "beaucoup", None, "Écrivez un montant en chiffres, par exemple 1 500,00."),
        ("amount", "-5", None, "Écrivez un montant positif, par exemple 1 500,00."),
        ("day", "2027-03-01", date(2027, 3, 1), None),
        ("day", "01/03/2027", date(2027, 3, 1), None),
        ("day", "", None, None),
        ("day", "30/02/2027", None, "Écrivez une date, par exemple 01/03/2027."),
        ("day", "demain", None, "Écrivez une date, par exemple 01/03/2027."),
        ("day", "1800-01-01", date(1800, 1, 1), None),
        ("day", "0027-03-01", None, "Écrivez une date, par exemple 01/03/2027."),
        ("day", "9999-12-31", None, "Écrivez une date, par exemple 01/03/2027."),
        ("number", "1 200", 1200, None),
        ("number", "", None, None),
        ("number", "12,5", None, "Écrivez un nombre entier, par exemple 12."),
        ("text", "  été ", "été", None),
        ("text", "printemps", "printemps", "5 signes au plus : il y en a 4 de trop."),
    ],
)
def test_a_field_reads_or_says_how_to_write(request_of, field, typed, value, error):
    form = request_of(**{field: typed})
    assert form[field].data == value
    assert list(form[field].errors) == ([error] if error else [])


@pytest.mark.parametrize(("field", "typed"), [("amount", "beaucoup"), ("day", "demain"), ("number", "12,5")])
def test_what_cannot_be_read_comes_back_as_typed(request_of, field, typed):
    assert request_of(**{field: typed})[field]._value() == typed


def test_an_opened_page_shows_the_known_boxes(app):
    with app.test_request_context():
        form = Trial(MultiDict(), data={"boxes": ["b"], "agreed": True})
    assert (form.boxes.data, form.agreed.data) == (["b"], True)


def test_a_sent_form_without_a_box_empties_it(request_of):
    form = request_of(text="x")
    assert (form.boxes.data, form.agreed.data) == ([], False)


def test_options_name_their_empty_line():
    assert [(each.value, each.label) for each in options({"a": "A"}, empty="—")] == [("", "—"), ("a", "A")]


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        ("14000", "14\u202f000,00"),
        ("999999999999.99", "999\u202f999\u202f999\u202f999,99"),
        ("7.5", "7,50"),
        (None, ""),
    ],
)
def test_a_known_amount_is_shown_as_one_writes_it_and_reads_back(app, amount, shown):
    known = amount and Decimal(amount)
    with app.test_request_context():
        assert Trial(data={"amount": known}).amount._value() == shown
    if shown:
        assert parse_amount(shown) == known

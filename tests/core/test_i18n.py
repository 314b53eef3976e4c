"""French as it is written on screen."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from flask_babel import force_locale
from jinja2 import DictLoader
from markupsafe import Markup

from programme.core import i18n

N, H = "\u202f", "\u00a0"


@pytest.fixture(autouse=True)
def _in_french(app):
    with app.test_request_context("/"):
        yield


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("Où ? Ici ; là !", f"Où{N}? Ici{N}; là{N}!"),
        ("« œuvre »", f"«{N}œuvre{N}»"),
        ("À noter : ceci", f"À noter{H}: ceci"),
        ("50 % de 1 500 €", f"50{N}% de 1{N}500{N}€"),
        ("l'eau, aujourd'hui", "l’eau, aujourd’hui"),
        ("12:30, https://x.fr/a?b=c;d", "12:30, https://x.fr/a?b=c;d"),
        ("1 234 567 habitants", f"1{N}234{N}567 habitants"),
        ("13000 Marseille", "13000 Marseille"),
        ("au %(phone)s, à %(share)s %", f"au %(phone)s, à %(share)s{N}%"),
        ("au 04 12 34 56 78.", f"au 04{H}12{H}34{H}56{H}78."),
        ("", ""),
    ],
)
def test_typography(given, written):
    assert i18n.typo(given) == written
    assert i18n.typo(written) == written, "a second time changes nothing"


def test_typography_keeps_the_trust_of_what_it_gets():
    assert not isinstance(i18n.typo("<b>"), Markup)
    assert i18n.typo(Markup("<b>x</b> ?")) == Markup(f"<b>x</b>{N}?")
    assert i18n.typo(None) == ""


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        ("14000", f"14{N}000,00{N}€"),
        ("0.5", f"0,50{N}€"),
        ("1234567.89", f"1{N}234{N}567,89{N}€"),
        ("-12.3", f"-12,30{N}€"),
    ],
)
def test_amounts_have_narrow_spaces(amount, written):
    assert i18n.money(Decimal(amount)) == written


def test_what_is_absent_is_a_dash():
    assert [
        i18n.money(None),
        i18n.number(None),
        i18n.percent(None),
        i18n.date_long(None),
        i18n.datetime_long(None),
    ] == ["–"] * 5


def test_numbers_and_shares():
    assert i18n.number(1480) == f"1{N}480"
    assert i18n.number(Decimal("6.25"), 1) == "6,2"
    assert i18n.percent(Decimal("68.9")) == f"68,9{N}%"
    assert i18n.percent(50, 0) == f"50{N}%"


def test_dates_are_long_and_the_first_is_premier():
    assert i18n.date_long(date(2026, 11, 23)) == "lundi 23 novembre 2026"
    assert i18n.date_long(date(2027, 3, 1)) == "lundi 1er mars 2027"
    assert i18n.date_short(date(2027, 8, 1)) == "1er août 2027"
    assert i18n.date_short(date(2027, 8, 11)) == "11 août 2027"


@pytest.mark.parametrize(
    ("instant", "written"),
    [
        (datetime(2026, 11, 23, 11, 0, tzinfo=UTC), f"lundi 23 novembre 2026 à 12{N}h{N}00 (heure de Paris)"),
        (datetime(2026, 7, 31, 22, 5, tzinfo=UTC), f"samedi 1er août 2026 à 0{N}h{N}05 (heure de Paris)"),
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), f"dimanche 25 octobre 2026 à 2{N}h{N}30 (heure de Paris)"),
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), f"dimanche 25 octobre 2026 à 2{N}h{N}30 (heure de Paris)"),
    ],
)
def test_instants_are_shown_in_the_zone_of_the_region(instant, written):
    assert i18n.datetime_long(instant) == written


def test_sizes_of_files():
    assert i18n.file_size(12) == f"12{N}octets"
    assert i18n.file_size(214_300) == f"214{N}ko"
    assert i18n.file_size(6_200_000) == f"6,2{N}Mo"


def test_paragraphs_escape_what_people_type():
    assert i18n.paragraphs("Un <script> ?\nsuite\n\n\nDeux") == (f"<p>Un &lt;script&gt;{N}?<br>suite</p>\n<p>Deux</p>")
    assert i18n.paragraphs(None) == ""


def test_english_keeps_its_own_spaces(app):
    with app.test_request_context("/"), force_locale("en"):
        assert i18n.typo("Where ?") == "Where ?"


def test_a_language_without_catalogue_is_not_promised(app):
    with app.test_request_context("/?lang=en"):
        assert i18n.select_locale() == "fr"


@pytest.mark.parametrize(
    ("written", "drawn"),
    [
        (f"<p>Le 1er{H}mars</p>", f"<p>Le 1<sup>er</sup>{H}mars</p>"),
        ("<p>Du 1er au 1er.</p>", "<p>Du 1<sup>er</sup> au 1<sup>er</sup>.</p>"),
        ("<title>Le 1er mars</title>", "<title>Le 1er mars</title>"),
        ('<a title="le 1er, a > b" href="/1er">1er</a>', '<a title="le 1er, a > b" href="/1er">1<sup>er</sup></a>'),
        ("<option>1er mars</option>", "<option>1er mars</option>"),
        ("<textarea>1er\n<b>1er</b></textarea>", "<textarea>1er\n<b>1er</b></textarea>"),
        ("<svg><text>1er mars</text></svg> 1er", "<svg><text>1er mars</text></svg> 1<sup>er</sup>"),
        ("<svg><svg>1er</svg><text>1er</text></svg>1er", "<svg><svg>1er</svg><text>1er</text></svg>1<sup>er</sup>"),
        ("<svg/>1er", "<svg/>1<sup>er</sup>"),
        ("<!-- 1er --><code>1er</code>", "<!-- 1er --><code>1er</code>"),
        ("<p>21er, 1ere, x1er</p>", "<p>21er, 1ere, x1er</p>"),
        ("<p>Le 2 mars</p>", f"<p>Le 2{H}mars</p>"),
        ("<p>Le 1er mars</p>", f"<p>Le 1<sup>er</sup>{H}mars</p>"),
        ("<p>2 marsouins, 3 maires</p>", "<p>2 marsouins, 3 maires</p>"),
        ('<a title="le 2 mars">2 mars</a>', f'<a title="le 2 mars">2{H}mars</a>'),
        (
            "<textarea>2 mars</textarea><svg><text>2 mars</text></svg>",
            "<textarea>2 mars</textarea><svg><text>2 mars</text></svg>",
        ),
    ],
)
def test_the_first_of_a_month_is_raised_and_days_keep_their_month_in_the_text_of_a_page_only(written, drawn):
    assert i18n.raise_ordinals(written) == drawn


def test_every_html_template_raises_it_and_no_other(app, tmp_path):
    env = app.jinja_env.overlay(loader=DictLoader(dict.fromkeys(("a.html", "a.txt"), "Le {{ day|date_short }}")))
    first = date(2027, 3, 1)
    assert env.get_template("a.html").render(day=first) == f"Le 1<sup>er</sup>{H}mars 2027"
    assert env.get_template("a.txt").render(day=first) == "Le 1er mars 2027"


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        ("93500", f"93{N}500{N}€"),
        ("93500.5", f"93{N}500,50{N}€"),
        ("0", f"0{N}€"),
        ("1234567.89", f"1,2{N}M€"),
        ("-2500000", f"-2,5{N}M€"),
    ],
)
def test_a_round_amount_has_no_cents_when_it_has_none(amount, written):
    assert i18n.money_round(Decimal(amount)) == written


def test_a_mark_of_time_says_its_unit():
    day = date(2026, 3, 2)
    written = [i18n.axis_date(day, unit).replace(H, " ") for unit in ("year", "month", "month_alone", "day")]
    assert written == ["2026", "mars 2026", "mars", "2 mars"]
    assert i18n.axis_date(date(2026, 11, 1)).replace(H, " ") == "1er nov."

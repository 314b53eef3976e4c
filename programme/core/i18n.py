"""French as it is written: amounts, dates, typography; and the language of the screen."""

import re
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from flask import Flask, g, request
from flask_babel import format_date, format_decimal, format_percent, get_locale, get_translations, gettext
from flask_babel import lazy_gettext as _l
from jinja2 import Template
from markupsafe import Markup, escape

from programme.core.clock import local, region_zone
from programme.extensions import babel

NARROW = "\u202f"
HARD = "\u00a0"
MONTH_LABELS = ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.")
_zone_note = _l("heure de Paris")


def is_french() -> bool:
    """Whether the screen is in French, also when nobody asked (commands, the worker)."""
    try:
        # What Flask-Babel found for this request: asked on every word of a page, its own way to it costs ten times more.
        locale = getattr(g.get("_flask_babel"), "babel_locale", None) or get_locale()
    except RuntimeError:  # No application at all.
        return True
    return locale is None or locale.language == "fr"


def plural(one: str, many: str, count: int) -> str:
    """The form for a count; the French source has no catalogue, and in French zero is singular."""
    if is_french():
        return one if count < 2 else many
    return get_translations().ungettext(one, many, count)


def typo(text: Any) -> Any:
    """French typography: narrow no-break spaces before ; ? ! » %, no-break before « : », curly apostrophes."""
    if text is None:
        return ""
    plain = str(text)
    if is_french():
        plain = french_spaces(plain)
    return Markup(plain) if hasattr(text, "__html__") else plain  # noqa: S704 - same trust as what came in


def french_spaces(text: str) -> str:
    """The spaces of French typography, on a text that has ordinary ones. Addresses and times are left alone."""
    return _spaced_again(text) if len(text) <= _LABEL else _spaced(text)


def _spaced(text: str) -> str:
    text = re.sub(r"(?<=\w)'(?=\w)", "’", text)
    # A placeholder « %(name)s » is a word to come, not a sign.
    text = re.sub(r"[ \u00a0]([;?!»€]|%(?!\())", NARROW + r"\1", text)
    text = re.sub(r"(?<=\d)[ \u00a0]h\b", NARROW + "h", text)
    text = re.sub(rf"(?<=\d{NARROW}h)[ \u00a0](?=\d\d\b)", NARROW, text)
    text = re.sub(r"« ", "«" + NARROW, text)
    text = re.sub(r"[ ](:)(?=\s|$)", HARD + r"\1", text)
    text = re.sub(r"\b0\d(?: \d\d){4}\b", lambda found: found[0].replace(" ", HARD), text)
    return re.sub(r"(?<=\d) (?=\d{3}\b)", NARROW, text)


_LABEL = 120
_spaced_again = lru_cache(maxsize=8192)(_spaced)
"""Labels and titles come back on every page: eight substitutions each time were a third of a list's time."""


def money(amount: Decimal | None) -> str:
    """« 14 000,00 € », with narrow no-break spaces."""
    if amount is None:
        return "–"
    return f"{format_decimal(amount, format='#,##0.00')}{NARROW}€".replace(HARD, NARROW)


def money_round(amount: Decimal | None) -> str:
    """An amount as one says it on a chart or in a title: « 93 500 € », « 1,2 M€ »; cents only when there are some."""
    if amount is None:
        return "–"
    if abs(amount) >= 1_000_000:
        return f"{number(amount / 1_000_000, 1)}{NARROW}M€"
    return money(amount) if amount % 1 else f"{number(amount, 0)}{NARROW}€"


def number(value: Any, digits: int | None = None) -> str:
    """A number with French separators; `digits` fixes the decimals."""
    if value is None:
        return "–"
    if type(value) is int and digits is None and is_french():
        return f"{value:,}".replace(",", NARROW)
    pattern = "#,##0.###" if digits is None else "#,##0" + ("." + "0" * digits if digits else "")
    return format_decimal(value, format=pattern).replace(HARD, NARROW)


def percent(share: Any, digits: int = 1) -> str:
    """A share given in percent (50 → « 50,0 % »)."""
    if share is None:
        return "–"
    text = format_percent(Decimal(share) / 100, format="#,##0" + ("." + "0" * digits if digits else "") + " %")
    return text.replace(HARD, NARROW).replace(" ", NARROW)


def _day(value: date | datetime) -> date:
    return local(value).date() if isinstance(value, datetime) else value


def date_long(value: date | datetime | None) -> str:
    """« lundi 23 novembre 2026 » ; the first of a month is written « 1er »."""
    if value is None:
        return "–"
    return _first(format_date(_day(value), "EEEE d MMMM y"))


def date_short(value: date | datetime | None) -> str:
    """« 23 novembre 2026 »."""
    if value is None:
        return "–"
    return _first(format_date(_day(value), "d MMMM y"))


def day_short(value: date | None) -> str:
    """« Ven. 20 novembre »: a near date in a row, without its year."""
    if value is None:
        return "–"
    text = _first(format_date(_day(value), "EEE d MMMM"))
    return text[:1].upper() + text[1:]


def _first(text: str) -> str:
    return re.sub(r"\b1 (?=[^\W\d])", "1er ", text).replace(" ", " ")


def axis_date(value: date, unit: str = "day") -> str:
    """The word of a mark on a time axis: « 2026 », « janv. 2026 », « avr. », « 3 mars »."""
    if unit == "year":
        return format_date(value, "y")
    pattern = {"month": "MMM y", "month_alone": "MMM"}.get(unit, "d MMM")
    return _first(format_date(value, pattern)).replace(" ", HARD)


def hour(value: datetime) -> str:
    """« 12 h 00 », in the Region's zone."""
    there = local(value)
    return f"{there.hour}{NARROW}h{NARROW}{there.minute:02d}"


def datetime_long(value: datetime | None) -> str:
    """« lundi 23 novembre 2026 à 12 h 00 (heure de Paris) »."""
    if value is None:
        return "–"
    zone = f" ({_zone_note})" if str(region_zone()) == "Europe/Paris" else f" ({region_zone()})"
    return f"{date_long(value)} {gettext('à')} {hour(value)}{zone}"


def datetime_short(value: datetime | None) -> str:
    """« 23 novembre 2026 à 12 h 00 »."""
    return "–" if value is None else f"{date_short(value)} {gettext('à')} {hour(value)}"


def day_hour(value: datetime | None) -> str:
    """« lundi 30 novembre à 12 h »: a near deadline on a phone, without its year; the minutes when there are some."""
    if value is None:
        return "–"
    there = local(value)
    at = hour(value) if there.minute else f"{there.hour}{NARROW}h"
    return f"{_first(format_date(there.date(), 'EEEE d MMMM'))} {gettext('à')} {at}"


def month_name(value: date | datetime) -> str:
    """« novembre »: the second line of a day written large."""
    return format_date(_day(value), "MMMM")


def month_hour(value: datetime) -> str:
    """« novembre, 9 h », « novembre, 9 h 30 »: the second line of a date ticket."""
    return f"{format_date(_day(value), 'MMMM')}, {hour(value).removesuffix(f'{NARROW}00')}"


def in_words(count: int) -> str:
    """« deux », « trois »… up to twelve, as a sentence says it; figures for one and above, which agree with a noun."""
    words = gettext("deux trois quatre cinq six sept huit neuf dix onze douze").split()
    return words[count - 2] if 2 <= count <= len(words) + 1 else number(count)


def file_size(size: int) -> str:
    """« 214 ko », « 6,2 Mo »."""
    if size < 1000:
        return f"{size}{NARROW}octets"
    if size < 1_000_000:
        return f"{round(size / 1000)}{NARROW}ko"
    return f"{number(Decimal(size) / 1_000_000, 1)}{NARROW}Mo"


def paragraphs(text: str | None) -> Markup:
    """Plain text typed by a person, as paragraphs: escaped, blank lines separate."""
    blocks = re.split(r"\n\s*\n", (text or "").strip())
    return Markup("\n").join(
        Markup("<p>{}</p>").format(Markup("<br>").join(escape(typo(line)) for line in block.split("\n")))
        for block in blocks
        if block
    )


_MONTHS = "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre"
_TO_DRAW = re.compile(rf"1er(?!\w)|\d (?:{_MONTHS})\b", re.IGNORECASE)
_SIGNS = ("1er", *(f" {month}" for month in _MONTHS.split("|")))
_MARKUP = re.compile(
    r"<!--.*?-->|<(title|textarea|option|script|style|pre|code)\b.*?</\1\s*>|<(?:\"[^\"]*\"|'[^']*'|[^'\">])*>"
    r"|(?<![\w,.])1er(?!\w)"
    rf"|(?:(?<=\d)|(?<=1er)) (?=(?:{_MONTHS})\b)",
    re.DOTALL | re.IGNORECASE,
)


def raise_ordinals(page: str) -> str:
    """Draw « 1er » with a superscript in the text of an HTML page, and keep a day on the line of its month; attributes
    and elements of plain text keep both as they are.

    The words of dates stay plain strings everywhere (titles, messages, text of mails, catalogues): this is drawing,
    and it is added once the page is written.
    """
    lowered = page.lower()  # A dozen plain searches cost a hundredth of the expression's walk through the drawings.
    if not any(sign in lowered for sign in _SIGNS) or not _TO_DRAW.search(page):
        return page
    drawings = 0  # How many drawings are open: one may stand in another, and none knows superscripts.

    def written(match: re.Match[str]) -> str:
        nonlocal drawings
        found = match[0]
        if found == " ":
            return found if drawings else HARD
        if found == "1er":
            return found if drawings else "1<sup>er</sup>"
        if found[:4].lower() == "<svg" and not found.endswith("/>"):
            drawings += 1
        elif found[:5].lower() == "</svg":
            drawings -= 1
        return found

    text, drawn = _lifted(page)
    parts = _MARKUP.sub(written, text).split(_LIFTED)
    return "".join(part + drawing for part, drawing in zip(parts, [*drawn, ""], strict=True))


_LIFTED = "\x00"
"""Stands for a drawing; no page holds this sign, which is refused at the door."""


def _lifted(page: str) -> tuple[str, list[str]]:
    """The page without its drawings, and these in order: nothing changes in them, and they are most of a gallery."""
    kept: list[str] = []
    drawn: list[str] = []
    place = 0
    while (start := page.find("<svg", place)) >= 0 and (end := _end_of_drawing(page, start)) > 0:
        kept.append(page[place:start])
        drawn.append(page[start:end])
        place = end
    kept.append(page[place:])
    return _LIFTED.join(kept), drawn


def _end_of_drawing(page: str, start: int) -> int:
    """Where a drawing ends, those inside it included; -1 when it is left to the expression (closed at once, or never)."""
    if page[page.find(">", start) - 1] == "/" or _LIFTED in page:
        return -1
    depth, place = 1, start + 4
    while depth:
        close = page.find("</svg>", place)
        if close < 0:
            return -1
        inner = page.find("<svg", place, close)
        depth, place = (depth + 1, inner + 4) if inner >= 0 else (depth - 1, close + 6)
    return place


class HouseTemplate(Template):
    """A template whose HTML has raised ordinals; texts of mails and feeds are left as written."""

    def render(self, *args: Any, **kwargs: Any) -> str:
        """Render, then raise the ordinals when it is HTML."""
        text = super().render(*args, **kwargs)
        return raise_ordinals(text) if (self.name or "").endswith(".html") else text


def select_locale() -> str:
    """French, unless the visitor asked with `?lang=en` for English, and it is there."""
    wanted = request.args.get("lang") if request else None
    return "en" if wanted == "en" and any(each.language == "en" for each in translations_there()) else "fr"


def translations_there() -> list[Any]:
    """The languages that have a catalogue, French apart."""
    return babel.list_translations()  # type: ignore[no-any-return]


def install(app: Flask) -> None:
    """Bind the language, the filters, and French typography on every translated sentence of a template."""
    babel.init_app(app, locale_selector=select_locale, timezone_selector=lambda: app.config["TIME_ZONE"])
    app.jinja_env.template_class = HouseTemplate
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda text: french_spaces(text) if is_french() else typo(gettext(text)),  # The source has no catalogue.
        lambda one, many, count: typo(plural(one, many, count)),
        newstyle=True,
    )
    for function in (
        typo, money, money_round, number, percent, axis_date, date_long, date_short, day_short, day_hour, hour, datetime_long, datetime_short, month_name, month_hour,
        in_words, file_size, paragraphs,
    ):  # fmt: skip
        app.jinja_env.filters[function.__name__] = function

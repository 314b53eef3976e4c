"""Answers in words: what the applicant reads again, what the Region and its readers read, what the PDF prints.

All of them are fed by `printed`, and so show the same questions in the same order.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup

from programme.core import rich_text
from programme.core.i18n import NARROW, date_short, file_size, money, number
from programme.organisations.rules import siret
from programme.questionnaires.labels import LEVELS, YES_NO
from programme.questionnaires.rules import values
from programme.questionnaires.rules.columns import Column
from programme.questionnaires.rules.fields import Question
from programme.questionnaires.rules.formulas import sum_of
from programme.questionnaires.rules.kinds import SUMMED, FieldKind, Level

K = FieldKind
_COMMUNE_CODE = re.compile(r" \([0-9][0-9AB][0-9]{3}\)$")


@dataclass(frozen=True)
class Grid:
    """An answer in rows: headings as (words, whether numbers stand under it), cells in words, totals or nothing."""

    headings: Sequence[tuple[str, bool]]
    rows: Sequence[Sequence[str]]
    foot: Sequence[str] = ()


@dataclass(frozen=True)
class Answer:
    """One answer in words, under the section of its question.

    `text` says all of it, for what is plain text; `grid` and `links` (title, slug in the catalogue or None) show it better.
    `is_rich`: the text is Markdown. `is_confidential`: only the Region reads it. `is_withheld`: nothing of it is told here.
    `former`: what was said before each correction, as (the day of that in words, text).
    `bears_identity`: it says who carries the project or with whom; an organisation always does, and so may the name of a file.
    """

    section: str
    label: str
    text: str
    is_long: bool
    bears_identity: bool = False
    is_confidential: bool = False
    is_withheld: bool = False
    is_rich: bool = False
    grid: Grid | None = None
    links: Sequence[tuple[str, str | None]] = field(default=())
    former: Sequence[tuple[str, str]] = field(default=())

    @property
    def html(self) -> Markup:
        """A text that is Markdown, drawn by the house's one sanitiser."""
        return rich_text.drawn(self.text)

    def masked(self, mask: Callable[[str], str]) -> "Answer":
        """The same answer with each of its texts through a mask, and without a way to the catalogue.

        The code of a commune goes with its name: it says as much.
        """

        def masked(text: str) -> str:
            said = mask(text)
            return _COMMUNE_CODE.sub("", said) if said != text else said

        text, former = masked(self.text), [(day, masked(said)) for day, said in self.former]
        rows = [[mask(cell) for cell in row] for row in self.grid.rows] if self.grid else []
        grid = replace(self.grid, rows=rows) if self.grid else None
        return replace(
            self, text=text, grid=grid, links=[(mask(title), None) for title, _slug in self.links], former=former
        )

    def withheld(self) -> "Answer":
        """The question alone."""
        return replace(self, text="", grid=None, links=(), former=(), is_withheld=True)


def printed(asked: Iterable[tuple[Question, Any]]) -> list[Answer]:
    """The questions that were asked (`rules.fields.answered`), in order, with the answers in words."""
    return [
        Answer(
            each.section, each.label, in_words(each, answer),
            is_long=each.kind in (K.LONG_TEXT, K.TABLE, K.DATASETS, K.INDICATORS), bears_identity=each.identity_bearing or each.kind in (K.ORGANISATION, K.FILE),
            is_confidential=each.confidential, is_rich=each.kind is K.MARKDOWN, grid=_grid(each, answer),
            links=_links(each, answer),
        )
        for each, answer in asked
    ]  # fmt: skip


def data(asked: Iterable[tuple[Question, Any]]) -> list[dict[str, Any]]:
    """The same for machines: each question with its answer as it is stored; what is reckoned as a decimal text."""
    return [
        {
            "key": each.key, "label": each.label, "kind": each.kind.value,
            "answer": format(answer, "f") if isinstance(answer, Decimal) else answer,
        }
        for each, answer in asked
    ]  # fmt: skip


def in_words(question: Question, answer: Any) -> str:
    """An answer as people read it; empty when there is none."""
    if values.is_empty(answer):
        return ""
    if question.kind in _WORDS:
        return _WORDS[question.kind](question, answer)
    return _scalar(question, answer)


def _scalar(given: Question | Column, answer: Any) -> str:
    """A text, a number, an amount, a day or a choice in words; what does not read so is shown as it was stored."""
    if values.is_empty(answer):
        return ""
    if given.kind in (K.NUMBER, K.MONEY, K.CALCULATED):
        found = values.decimal(answer)
        return str(answer) if found is None else _counted(given, found)
    if given.kind is K.DAY:
        try:
            return date_short(date.fromisoformat(str(answer)))
        except ValueError:
            return str(answer)
    words = dict(given.options) | ({code: str(said) for code, said in YES_NO.items()} if given.kind is K.YES_NO else {})
    if given.kind is K.CHOICES and isinstance(answer, list | tuple):
        return ", ".join(words.get(str(each), str(each)) for each in answer)
    return words.get(str(answer), str(answer))


def _counted(given: Question | Column, found: Decimal) -> str:
    """« 1 234,50 habitants »; an amount, or a number whose unit is the euro, as amounts are written."""
    if given.kind is K.MONEY or (given.unit == "€" and given.decimals == 2):
        return money(found)
    return f"{number(found, given.decimals)}{NARROW}{given.unit}" if given.unit else number(found, given.decimals)


def _table(question: Question, answer: Any) -> str:
    """One line a row: « Poste : Capteurs ; Montant : 12,00 € »."""
    lines = []
    for row in values.rows(answer):
        said = [(each.label, _scalar(each, row.get(each.key))) for each in question.columns]
        lines.append(" ; ".join(f"{label} : {words}" for label, words in said if words))
    return "\n".join(lines) or str(answer)


def _territory(_question: Question, answer: Any) -> str:
    given = values.parts(answer)
    said, name, code = (values.text(given.get(each)) for each in ("level", "name", "code"))
    level = str(LEVELS[Level(said)]) if said in set(Level) else ""
    place = f"{name} ({code})" if name and code else name or code
    return (_("%(level)s : %(place)s", level=level, place=place) if level and place else place or level) or str(answer)


def _organisation(_question: Question, answer: Any) -> str:
    name, number = (values.text(values.parts(answer).get(each)) for each in ("name", "siret"))
    said = _("SIRET %(siret)s", siret=siret.shown(number).strip()) if number else ""
    return ", ".join(each for each in (name, said) if each) or str(answer)


def _datasets(_question: Question, answer: Any) -> str:
    return "\n".join(map(_title, values.rows(answer))) or str(answer)


def _file(_question: Question, answer: Any) -> str:
    """« plan.pdf (214 ko) »; its SHA-256 stands with the pieces."""
    name, size = values.text(values.parts(answer).get("name")), values.parts(answer).get("size")
    return f"{name} ({file_size(size)})" if name and isinstance(size, int) else name or str(answer)


def _title(row: Mapping[str, Any]) -> str:
    return values.text(row.get("title")) or values.text(row.get("slug")) or "–"


def _indicators(question: Question, answer: Any) -> str:
    lines = [
        _("%(name)s : départ %(before)s, cible %(after)s", name=name, before=before or "–", after=after or "–")
        for name, before, after in _measured(question, answer)
    ]
    return "\n".join(lines) or str(answer)


_WORDS: dict[FieldKind, Callable[[Question, Any], str]] = {
    K.TABLE: _table, K.TERRITORY: _territory, K.ORGANISATION: _organisation, K.DATASETS: _datasets,
    K.INDICATORS: _indicators, K.FILE: _file,
}  # fmt: skip


def _measured(question: Question, answer: Any) -> list[tuple[str, str, str]]:
    """(indicator, where one starts from, where one goes) in words, for those of which something is said."""
    found = []
    for each in question.indicators:
        said = values.parts(values.parts(answer).get(each.code))
        if not values.is_empty(said):
            before, after = (_measure(said.get(name), each.unit) for name in ("baseline", "target"))
            found.append((each.label or each.code, before, after))
    return found


def _measure(said: Any, unit: str) -> str:
    if values.is_empty(said):
        return ""
    found = values.decimal(said)
    if found is None:
        return str(said)
    exponent = found.as_tuple().exponent
    digits = number(found, -exponent if isinstance(exponent, int) and exponent < 0 else 0)
    return f"{digits}{NARROW}{unit}" if unit else digits


def _grid(question: Question, answer: Any) -> Grid | None:
    """A table or indicators, for a page that draws tables; totals of the columns that are added up."""
    if question.kind is K.INDICATORS:
        rows = _measured(question, answer)
        return Grid([(_("Indicateur"), False), (_("Départ"), True), (_("Cible"), True)], rows) if rows else None
    listed = values.rows(answer) if question.kind is K.TABLE else []
    if not listed:
        return None
    return Grid(
        [(each.label, each.kind in SUMMED) for each in question.columns],
        [[_scalar(each, row.get(each.key)) for each in question.columns] for row in listed],
        totals(question, answer),
    )


def totals(question: Question, answer: Any) -> list[str]:
    """The totals of a table in words, one a column, empty where nothing is added up; nothing when no column is."""
    if not any(each.kind in SUMMED for each in question.columns):
        return []
    sums = [sum_of(answer, each.key, values.decimal) if each.kind in SUMMED else None for each in question.columns]
    return ["" if found is None else _counted(each, found) for each, found in zip(question.columns, sums, strict=True)]


def _links(question: Question, answer: Any) -> list[tuple[str, str | None]]:
    if question.kind is not K.DATASETS:
        return []
    return [(_title(each), values.text(each.get("slug")) or None) for each in values.rows(answer)]

"""Between what is stored and what a form of questions holds: answers become values of its fields, and values answers."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from flask import current_app

from programme.core.forms import BaseForm
from programme.organisations.rules import siret
from programme.questionnaires.forms.parts import COLUMN, MEASURE
from programme.questionnaires.rules import values
from programme.questionnaires.rules.columns import Column
from programme.questionnaires.rules.fields import Question, answered
from programme.questionnaires.rules.kinds import UNTYPED, FieldKind, Level
from programme.questionnaires.rules.territories import clean

PREFIX = "q_"
K = FieldKind
Known = Mapping[str, str]
"""Title of a data set -> its slug in the catalogue."""


def data_from(answers: Mapping[str, Any], questions: Iterable[Question]) -> dict[str, Any]:
    """The stored answers, as values of the form's fields; what is reckoned is reckoned of the others.

    The questions are those that are asked: their conditions are not looked at again.
    """
    shown = list(questions)
    reckoned = {each.key: value for each, value in answered([_always(each) for each in shown], answers, {})}
    return {PREFIX + each.key: _value(each, reckoned[each.key]) for each in shown}


def _always(question: Question) -> Question:
    return question if question.show_if is None else question.unconditional


def _value(question: Question, answer: Any) -> Any:
    if values.is_empty(answer):
        return None
    into = _INTO.get(question.kind)
    return _scalar(question, answer) if into is None else into(question, answer)


def _scalar(given: Question | Column, answer: Any) -> Any:
    """A text, a number, an amount, a day or a choice; what was stored otherwise, by another version, shows nothing."""
    if given.kind in (K.NUMBER, K.MONEY, K.CALCULATED):
        number = values.decimal(answer)
        return int(number) if number is not None and given.kind is K.NUMBER and not given.decimals else number
    if given.kind is not K.DAY:
        return answer
    try:
        return date.fromisoformat(str(answer))
    except ValueError:
        return None


def _table_in(question: Question, answer: Any) -> Any:
    listed = values.rows(answer)[: question.max_rows]
    return [{COLUMN + each.key: _scalar(each, row.get(each.key)) for each in question.columns} for row in listed]


def _territory_in(_question: Question, answer: Any) -> Any:
    said = {name: values.text(each) for name, each in values.parts(answer).items()}
    if said.get("level") == Level.DEPARTMENT:
        return {"level": said["level"], "department": said.get("code")}
    return {name: said.get(name) for name in ("level", "name", "code")}


def _indicators_in(question: Question, answer: Any) -> Any:
    found = {}
    for each in question.indicators:
        given = values.parts(values.parts(answer).get(each.code))
        found[MEASURE + each.code] = {name: values.decimal(given.get(name)) for name in ("baseline", "target")}
    return found


def _datasets_in(question: Question, answer: Any) -> Any:
    return [{"title": values.text(each.get("title"))} for each in values.rows(answer)][: question.max_rows]


def _organisation_in(_question: Question, answer: Any) -> Any:
    name, number = (values.text(values.parts(answer).get(each)) for each in ("name", "siret"))
    return {"name": name, "siret": siret.shown(number).strip() if number else None}


_INTO: dict[FieldKind, Callable[[Question, Any], Any]] = {
    K.TABLE: _table_in, K.TERRITORY: _territory_in, K.INDICATORS: _indicators_in,
    K.DATASETS: _datasets_in, K.ORGANISATION: _organisation_in,
}  # fmt: skip


# ---- from the form ------------------------------------------------------------------------------------


def answers_from(form: BaseForm, questions: Iterable[Question], known: Known | None = None) -> dict[str, Any]:
    """The answers to store: plain JSON values; None for an emptied one, nothing for one that cannot be read.

    Of an answer made of parts, those that can be read are kept. `known` ties the titles of data sets to the catalogue.
    """
    found: dict[str, Any] = {}
    for question in questions:
        field = form[PREFIX + question.key]
        if question.kind in _OUT:
            found[question.key] = _OUT[question.kind](question, field, known or {}) or None
        elif not field.errors and question.kind not in UNTYPED:
            found[question.key] = _plain(field.data)
    return found


def _plain(value: Any) -> Any:
    """A value of a field as it is stored."""
    if value in (None, "", []):
        return None
    return format(value, "f") if isinstance(value, Decimal) else value.isoformat() if isinstance(value, date) else value


def _read(form: Any, names: Mapping[str, str]) -> dict[str, Any]:
    """What can be read of a nested form, under these other names; nothing for an empty field."""
    plain = {given: _plain(form[name].data) for name, given in names.items() if name in form and not form[name].errors}
    return {name: value for name, value in plain.items() if value is not None}


def _table_out(question: Question, field: Any, _known: Known) -> Any:
    names = {COLUMN + each.key: each.key for each in question.columns}
    return [row for each in field for row in [_read(each.form, names)] if row]


def _datasets_out(_question: Question, field: Any, known: Known) -> Any:
    titles = [row["title"] for each in field for row in [_read(each.form, {"title": "title"})] if row]
    return [{"title": each, "slug": known[each]} if each in known else {"title": each} for each in titles]


def _territory_out(question: Question, field: Any, _known: Known) -> Any:
    form = field.form
    level = form.level_given
    if level == Level.DEPARTMENT:
        code = _read(form, {"department": "code"}).get("code")
        names = {each.code: each.name for each in current_app.config["REGION"].territories}
        return {"level": level, "code": code, "name": names[code]} if code in names else _alone(question, level)
    said = _read(form, {"name": "name", "code": "code"})
    if "code" in said:
        said["code"] = clean(said["code"])
    return {**_alone(question, level), **said} if not said else {**({"level": level} if level else {}), **said}


def _alone(question: Question, level: str) -> dict[str, str]:
    """A level that was chosen while nothing else is said; the only one was not chosen."""
    return {"level": level} if level and len(question.levels) > 1 else {}


def _organisation_out(_question: Question, field: Any, _known: Known) -> Any:
    said = _read(field.form, {"siret": "siret", "name": "name"})
    return {**said, "siret": siret.clean(said["siret"])} if "siret" in said else said


def _indicators_out(question: Question, field: Any, _known: Known) -> Any:
    names = {"baseline": "baseline", "target": "target"}
    said = {each.code: _read(field.form[MEASURE + each.code].form, names) for each in question.indicators}
    return {code: each for code, each in said.items() if each}


_OUT: dict[FieldKind, Callable[[Question, Any, Known], Any]] = {
    K.TABLE: _table_out, K.DATASETS: _datasets_out, K.TERRITORY: _territory_out, K.ORGANISATION: _organisation_out,
    K.INDICATORS: _indicators_out,
}  # fmt: skip


# ---- rows -----------------------------------------------------------------------------------------------


def titles_of(form: BaseForm, questions: Iterable[Question]) -> list[str]:
    """The titles of data sets that were typed, to look them up in the catalogue."""
    lists = [form[PREFIX + each.key] for each in questions if each.kind is K.DATASETS]
    return [row.form.title.data for field in lists for row in field if row.form.title.data]


def tied_titles(answers: Mapping[str, Any], questions: Iterable[Question]) -> dict[str, str]:
    """Title -> slug of the data sets that stored answers tie to the catalogue."""
    listed = (row for each in questions if each.kind is K.DATASETS for row in values.rows(answers.get(each.key)))
    return {values.text(row.get("title")): slug for row in listed if (slug := values.text(row.get("slug")))}


def filled_rows(field: Any) -> int:
    """How many rows hold something, even something that cannot be read."""
    return sum(any(cell.data not in (None, "") or cell.errors for cell in row.form) for row in field)


def spare_rows(form: BaseForm, questions: Iterable[Question], wanted: Mapping[str, int]) -> None:
    """Show at least two rows of each table, or as many as are `wanted` under the name of its field; never too many."""
    for each in questions:
        if each.kind in (K.TABLE, K.DATASETS):
            field = form[PREFIX + each.key]
            while len(field.entries) < min(max(wanted.get(PREFIX + each.key, 0), 2), each.max_rows):
                field.append_entry()

"""A right answer to any question, for demonstrations and for seeds of any size: the same each time. Pure."""

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from programme.questionnaires.rules.columns import Column
from programme.questionnaires.rules.fields import Question
from programme.questionnaires.rules.kinds import FieldKind, Level

K = FieldKind
_PLACES = {
    Level.DEPARTMENT: {"level": "department", "code": "05", "name": "Hautes-Alpes"},
    Level.EPCI: {"level": "epci", "code": "200054807", "name": "Métropole d’Aix-Marseille-Provence"},
    Level.COMMUNE: {"level": "commune", "code": "05061", "name": "Gap"},
}


def plausible(question: Question) -> Any:
    """An answer that `validation.check` accepts; None for what is reckoned, and for a file, which is handed in as a piece."""
    if question.kind is K.TABLE:
        row = {each.key: _one(each, Decimal(4)) for each in question.columns}
        return [row] * min(2, question.max_rows)
    if question.kind is K.INDICATORS:
        return {each.code: {"baseline": "0", "target": "120"} for each in question.indicators}
    whole: dict[FieldKind, Any] = {
        K.TERRITORY: _PLACES[question.levels[0]] if question.levels else None, K.CALCULATED: None,
        K.ORGANISATION: {"siret": "23130002100012", "name": "Région Démonstration"},
        K.DATASETS: [{"title": "Relevés de terrain"}], K.YES_NO: question.must_be or "no", K.FILE: None,
    }  # fmt: skip
    if question.kind in whole:
        return whole[question.kind]
    return _one(question, _within(question))


def _one(given: Question | Column, number: Decimal) -> Any:
    if given.kind is K.NUMBER:
        return str(number.quantize(Decimal(1).scaleb(-given.decimals))) if given.decimals else int(number)
    if given.kind is K.MONEY:
        return f"{number:.2f}"
    plain = {K.DAY: "2027-03-01", K.YES_NO: "no"}
    if given.kind in plain:
        return plain[given.kind]
    if given.kind in (K.CHOICE, K.CHOICES):
        codes = [code for code, _label in given.options]
        return codes[0] if given.kind is K.CHOICE else codes[:2]
    return "Les communes voisines, depuis 2019."[: given.max_length]


def _within(question: Question) -> Decimal:
    """A number or an amount between the limits of the question, with its decimals."""
    step = Decimal(1).scaleb(-2 if question.kind is K.MONEY else -question.decimals)
    found = Decimal(2500) if question.kind is K.MONEY else Decimal(4)
    if question.minimum is not None:
        found = max(found, question.minimum.quantize(step, ROUND_CEILING))
    return found if question.maximum is None else min(found, question.maximum.quantize(step, ROUND_FLOOR))

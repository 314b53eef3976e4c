"""« Datée du »: the day that a piece bears, where the call limits its age; kept beside its file, never in its way."""

from collections.abc import Callable, Iterable
from typing import Any, cast

import wtforms
from flask import request
from flask_babel import gettext as _
from sqlalchemy import Select
from wtforms.validators import Optional, ValidationError

from programme.applications import queries, services
from programme.applications.models import Application, Piece
from programme.applications.rules import validity
from programme.core.access import current_account
from programme.core.clock import now, today
from programme.core.forms import BaseForm, DayField
from programme.core.i18n import date_short
from programme.core.unit_of_work import unit_of_work

_PREFIX = "dated_"


class DatesForm(BaseForm):
    """The dates of the pieces of a draft; one field for each whose age is limited."""

    version = wtforms.HiddenField()


def name(piece: Piece) -> str:
    """The name of the field of a piece."""
    return f"{_PREFIX}{piece.id}"


def _not_to_come(_form: Any, field: Any) -> None:
    if field.data is not None and field.data > today():
        raise ValidationError(_("Cette date est à venir : écrivez celle qui figure sur la pièce."))


def _field(piece: Piece) -> DayField:
    label, hint = _("Date de la pièce « %(label)s »", label=piece.label), ""
    if piece.application.submitted_at is None and piece.valid_months:
        first = date_short(validity.good_from(today(), piece.valid_months))
        hint = _("Le %(day)s ou après, pour un dépôt aujourd’hui.", day=first)
    return DayField(label, [Optional(), _not_to_come], description=hint)


def with_dates(base: type[BaseForm], pieces: Iterable[Piece]) -> type[BaseForm]:
    """A form with, besides its own fields, the date of each of these pieces whose age is limited."""
    made = {name(each): _field(each) for each in pieces if each.valid_months}
    return cast(type[BaseForm], type("Dated", (base,), made))


def saved(pieces: Iterable[Piece]) -> dict[str, Any]:
    """The dates that are kept, as values of the form."""
    return {name(each): each.dated_on for each in pieces if each.valid_months}


def read(application: Application) -> Any:
    """The dates of the pieces of a draft, as they are saved or sent."""
    pieces = [each for each in application.asked_pieces if each.question_key is None]
    made = with_dates(DatesForm, pieces)
    return made(request.form, data={**saved(pieces), "version": application.version})


def keep(application: Application, form: Any) -> None:
    """Keep each date that came and can be read."""
    keep_of(application.asked_pieces, form)


def keep_of(pieces: Iterable[Piece], form: Any) -> None:
    """The same, of these pieces alone."""
    for each in pieces:
        if name(each) in request.form and name(each) in form and form[name(each)].validate(form):
            services.date_piece(each, form[name(each)].data, by=current_account(), at=now())


def kept_alone(reference: str, draft: Callable[[Select[Application]], Application]) -> bool:
    """Keep the dates of a form that came without a file; whether one of them changed."""
    with unit_of_work():
        application = draft(queries.for_update(reference))
        before = saved(application.asked_pieces)
        keep(application, read(application))
        return saved(application.asked_pieces) != before

"""The field of a day and an hour, typed in the Region's time."""

from datetime import UTC, datetime
from typing import Any

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from programme.core.clock import local, region_zone

YEARS = 2000, 2099
"""Beyond, a typing error is likelier than a plan, and the calendars of the database and of Python end somewhere."""


class InstantField(wtforms.DateTimeLocalField):
    """A day and hour of the Region, read as a UTC instant; without the native control: « 12/03/2027 09:00 »."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("format", ["%Y-%m-%dT%H:%M", "%d/%m/%Y %H:%M", "%Y-%m-%d %H:%M"])
        kwargs.setdefault("description", _l("Jour et heure, par exemple 12/03/2027 09:00, à l’heure de la Région."))
        super().__init__(*args, **kwargs)

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else local(self.data).strftime("%Y-%m-%dT%H:%M")

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the typed instant.

        Raises:
            ValueError: with the sentence to show.
        """
        self.data = None
        if not valuelist or not str(valuelist[0]).strip():
            return
        try:
            super().process_formdata([str(valuelist[0]).strip()])
        except ValueError:
            raise ValueError(_("Écrivez un jour et une heure, par exemple 12/03/2027 09:00.")) from None
        self.data = self._instant(self.data)

    def _instant(self, typed: Any) -> datetime:
        """The instant of what was typed; an hour that comes twice is the first one.

        Raises:
            ValueError: a year of another age, or an hour that the change to summer time leaves out.
        """
        self.data = None
        if not YEARS[0] <= typed.year <= YEARS[1]:
            raise ValueError(_("Écrivez une année entre 2000 et 2099."))
        instant: datetime = typed.replace(tzinfo=region_zone()).astimezone(UTC)
        if local(instant).replace(tzinfo=None) != typed:
            raise ValueError(_("Cette heure n’existe pas : cette nuit-là, on passe à l’heure d’été."))
        return instant

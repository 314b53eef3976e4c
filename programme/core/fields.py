"""Fields beyond those of `core.forms`: exact numbers as French writes them, values that nobody types, lines that grow."""

import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import wtforms
from flask_babel import gettext as _
from markupsafe import Markup
from wtforms.utils import unset_value
from wtforms.widgets import TextInput, html_params

from programme.core.forms import LongTextField
from programme.core.i18n import NARROW


def parse_number(text: str, decimals: int = 0) -> Decimal:
    """A number as people write it: « 1 500 », « 12,5 », « -3.25 »; exact, with `decimals` decimals.

    Raises:
        ValueError: it is not a number of at most twelve digits and so many decimals.
    """
    bare = re.sub(r"[\s\u00a0\u202f]", "", text).replace("\u2212", "-").replace(",", ".")
    if not re.fullmatch(r"-?[0-9]{1,12}" + (rf"(\.[0-9]{{1,{decimals}}})?" if decimals else ""), bare, re.ASCII):
        raise ValueError(text)
    return Decimal(bare).quantize(Decimal(1).scaleb(-decimals)) + 0  # No « -0 ».


class ExactNumberField(wtforms.Field):
    """A number with its unit, exact to `decimals`, shown as « 1 234,50 »; what was typed comes back as it was typed.

    `data` is whole when there are no decimals, else a Decimal; with `free`, as many decimals are kept as were typed.
    """

    widget = TextInput()

    def __init__(self, *args: Any, decimals: int = 0, unit: str = "", free: bool = False, **kwargs: Any) -> None:
        self.decimals, self.unit, self._free = decimals, unit, free
        kwargs["render_kw"] = {
            "inputmode": "decimal" if decimals else "numeric", "autocomplete": "off", **(kwargs.get("render_kw") or {}),
        }  # fmt: skip
        super().__init__(*args, **kwargs)

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        if self.data is None:
            return ""
        shown = f"{self.data:,f}" if self._free else f"{self.data:,.{self.decimals}f}"
        return shown.replace(",", NARROW).replace(".", ",")

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Read the typed number.

        Raises:
            ValueError: with the sentence to show.
        """
        self.data = None
        if not valuelist or not str(valuelist[0]).strip():
            return
        try:
            number = parse_number(str(valuelist[0]), self.decimals)
        except ValueError:
            raise ValueError(self._sentence()) from None
        if self._free:
            number = number.quantize(Decimal(1)) if number % 1 == 0 else number.normalize()
        self.data = number if self.decimals else int(number)

    def _sentence(self) -> str:
        if not self.decimals:
            return _("Écrivez un nombre entier, par exemple 12.")
        example = f"12,{'5'.ljust(self.decimals, '0')}"
        return _("Écrivez un nombre en chiffres, par exemple %(example)s.", example=example)


class ReckonedWidget:
    """Shows what nobody types: an `output`, whose text a script may renew."""

    def __call__(self, field: Any, **kwargs: Any) -> Markup:
        """The element, with the value in words."""
        said = {name: value for name, value in kwargs.items() if name in ("class", "aria-describedby") and value}
        attributes = Markup(html_params(id=field.id, name=field.name, **said))  # noqa: S704 - escaped by WTForms
        return Markup("<output {}>{}</output>").format(attributes, field.words)


class ReckonedField(wtforms.Field):
    """A value that the house reckons and shows among the fields; what is sent under its name is never read."""

    widget = ReckonedWidget()

    def __init__(self, *args: Any, words: Callable[[Any], str] = str, **kwargs: Any) -> None:
        self._words = words
        super().__init__(*args, **kwargs)

    @property
    def words(self) -> str:
        """The value as people read it."""
        return self._words(self.data)

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        """Take the value that is given by the house alone."""
        super().process(None, data, extra_filters)


def one_line(value: str | None) -> str | None:
    """Filter: a line that grows on the screen is still one line."""
    return " ".join(value.split()) if isinstance(value, str) else value


class LineField(LongTextField):
    """One line of text, all of it readable on a phone: the box grows with what is written."""

    def __init__(self, *args: Any, filters: Sequence[Any] = (), **kwargs: Any) -> None:
        kwargs["render_kw"] = {"rows": 1, **(kwargs.get("render_kw") or {})}
        super().__init__(*args, filters=(one_line, *filters), **kwargs)

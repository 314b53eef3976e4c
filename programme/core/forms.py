"""The base of every form, its token against forged requests, and fields that read French."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, cast

import wtforms
from flask import Flask, abort, current_app, g, has_request_context, request, session
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from wtforms.csrf.session import SessionCSRF
from wtforms.fields.choices import SelectChoice
from wtforms.validators import StopValidation, ValidationError
from wtforms.widgets import TextInput

from programme.core.access import rule_of
from programme.core.addresses import LARGEST
from programme.core.i18n import NARROW

UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}


class BaseForm(wtforms.Form):
    """A form with a token tied to the session. Validate here, never save here."""

    class Meta:
        """Settings of WTForms: no time limit but the session's."""

        csrf = True
        csrf_class = SessionCSRF
        csrf_time_limit: timedelta | None = None
        locales = ("fr",)

        @property
        def csrf_secret(self) -> bytes:
            """The application's secret key signs the tokens."""
            return str(current_app.config["SECRET_KEY"]).encode()

        @property
        def csrf_context(self) -> Any:
            """Flask's session holds the seed of the token."""
            return session

        def wrap_formdata(self, _form: Any, formdata: Any) -> Any:
            """An empty body is no body: a page that is only opened shows the known values, boxes included."""
            return formdata or None

    def __init__(self, formdata: Any = None, *args: Any, **kwargs: Any) -> None:
        # WTForms takes an empty form for one sent empty: on a page that is only opened, it would clear boxes and numbers.
        if has_request_context() and request.method not in UNSAFE and formdata is request.form:
            formdata = None
        super().__init__(formdata, *args, **kwargs)

    def validate(self, extra_validators: Any = None) -> bool:
        """Also refuse a stale token, with a sentence that says what to do; what was typed is kept."""
        valid = super().validate(extra_validators)
        if self.csrf_token.errors:
            self.csrf_token.errors = [
                _("Votre session a changé depuis l’ouverture de cette page. Relisez, puis envoyez de nouveau.")
            ]
            self.form_errors.append(self.csrf_token.errors[0])
        return bool(valid)

    @property
    def posted(self) -> bool:
        """Whether the present request sends a form."""
        return request.method in UNSAFE

    def submitted(self) -> bool:
        """Whether the form was sent and is valid."""
        return self.posted and self.validate()


class NestedForm(wtforms.Form):
    """A group of fields inside another form: no token of its own."""

    class Meta:
        """French messages, no token."""

        csrf = False
        locales = ("fr",)


def csrf_token() -> str:
    """The token to put in a form made by hand."""
    return cast(str, cast(Any, BaseForm()).csrf_token.current_token)


def form_data() -> Any:
    """The fields and files of the request together, for the constructor of a form; None when nothing is sent."""
    if request.method not in UNSAFE:
        return None
    return wtforms_data()


def wtforms_data() -> Any:
    """Fields and files merged, as WTForms wants them."""
    from werkzeug.datastructures import CombinedMultiDict  # Only here: a detail of how the request is read.

    return CombinedMultiDict([request.files, request.form])


def check_token() -> None:
    """Before each unsafe request: refuse a forged one, mark a stale one so that nothing can be written.

    A request from another site (by Sec-Fetch-Site, else by Origin) is refused with 400. A request of this
    site with an old token is let through to its view: the form comes back filled in with a new token, and
    `unit_of_work` refuses to open.
    """
    if request.method not in UNSAFE or request.endpoint is None:
        return
    if getattr(rule_of(current_app.view_functions[request.endpoint]), "name", "") == "token":
        return
    if _foreign():
        abort(400)
    form = BaseForm(request.form, data=None)
    field = cast(Any, form).csrf_token
    field.data = request.form.get("csrf_token") or request.headers.get("X-CSRF-Token")
    g.stale_form = not field.validate(form)


def token_is_stale() -> bool:
    """Whether the present request carries a token that is no longer its session's: it can write nothing."""
    return bool(g.get("stale_form", False))


def _foreign() -> bool:
    fetch_site = request.headers.get("Sec-Fetch-Site")
    if fetch_site is not None:
        return fetch_site not in ("same-origin", "none")
    origin = request.headers.get("Origin")
    if origin is not None:
        return origin.rstrip("/") not in (request.host_url.rstrip("/"), current_app.config["PUBLIC_URL"])
    return not request.form.get("csrf_token") and not request.headers.get("X-CSRF-Token")


def install(app: Flask) -> None:
    """Check the token of each unsafe request; give templates `csrf_token()`."""
    app.before_request(check_token)
    app.jinja_env.globals["csrf_token"] = csrf_token
    app.jinja_env.globals["row_template"] = row_template


# ---- fields -------------------------------------------------------------------------------------


def strip(value: str | None) -> str | None:
    """Filter: white space at both ends goes, line ends become one kind, NUL (which PostgreSQL refuses) goes."""
    return value.strip().replace("\r\n", "\n").replace("\x00", "") if isinstance(value, str) else value


def required(message: Any) -> Any:
    """Validator: something must be written or chosen; `message` says what to do."""
    return wtforms.validators.DataRequired(message)


def typed(message: Any) -> Any:
    """Validator for numbers, amounts and days: something must be typed; what cannot be read keeps its own sentence."""

    def check(_form: Any, field: Any) -> None:
        if not field.raw_data or not str(field.raw_data[0]).strip():
            field.errors[:] = []
            raise StopValidation(message)
        if field.process_errors:
            raise StopValidation

    check.field_flags = {"required": True}  # type: ignore[attr-defined]
    return check


def at_most(limit: int) -> Any:
    """Validator: at most `limit` characters; the message gives the excess."""

    def check(_form: Any, field: Any) -> None:
        length = len(field.data or "")
        if length > limit:
            raise ValidationError(
                _("%(limit)s signes au plus : il y en a %(excess)s de trop.", limit=limit, excess=length - limit)
            )

    check.field_flags = {"maxlength": limit}  # type: ignore[attr-defined]
    return check


class TextField(wtforms.StringField):
    """One line of text, without white space at its ends."""

    def __init__(self, *args: Any, filters: Sequence[Any] = (), **kwargs: Any) -> None:
        super().__init__(*args, filters=(strip, *filters), **kwargs)


class LongTextField(wtforms.TextAreaField):
    """Several lines of text, without white space at its ends."""

    def __init__(self, *args: Any, filters: Sequence[Any] = (), **kwargs: Any) -> None:
        super().__init__(*args, filters=(strip, *filters), **kwargs)


_AMOUNT = re.compile(r"^-?[0-9]{1,12}([.,][0-9]{1,2})?\Z")


def parse_amount(text: str) -> Decimal:
    """An amount as people write it: « 1 500 », « 1 500,00 € », « 1500.5 ».

    Raises:
        ValueError: it is not an amount with at most two decimals and twelve digits before them.
    """
    bare = re.sub(r"[\s\u00a0\u202f€]", "", text)
    if not _AMOUNT.match(bare):
        raise ValueError(text)
    try:
        return Decimal(bare.replace(",", ".")).quantize(Decimal("0.01"))
    except InvalidOperation as error:  # pragma: no cover - the pattern already refuses it
        raise ValueError(text) from error


class PointsField(wtforms.Field):
    """A share or a weight, exact to the hundredth, shown as « 12,5 »; what was typed comes back as it was typed."""

    widget = TextInput()
    _unreadable = _l("Écrivez un nombre, par exemple 12,5.")
    _negative = _l("Écrivez un nombre positif, par exemple 12,5.")

    def _value(self) -> str:
        return str(self.raw_data[0]) if self.raw_data else "" if self.data is None else self._shown(self.data)

    def _shown(self, value: Decimal) -> str:
        return f"{value.normalize():f}".replace(".", ",")

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Read the typed amount.

        Raises:
            ValueError: with the sentence to show.
        """
        self.data = None
        if not valuelist or not str(valuelist[0]).strip():
            return
        try:
            self.data = parse_amount(str(valuelist[0]))
        except ValueError:
            raise ValueError(str(self._unreadable)) from None
        if self.data < 0:
            self.data = None
            raise ValueError(str(self._negative))


class MoneyField(PointsField):
    """An amount in euros, exact to the cent, shown as « 14 000,00 »."""

    is_money = True
    _unreadable = _l("Écrivez un montant en chiffres, par exemple 1 500,00.")
    _negative = _l("Écrivez un montant positif, par exemple 1 500,00.")

    def _shown(self, value: Decimal) -> str:
        return f"{value:,.2f}".replace(",", NARROW).replace(".", ",")


class DayField(wtforms.DateField):
    """A day: the native control sends 2027-03-01; without it people write 01/03/2027. Both are read.

    A year outside YEARS is a slip of the fingers, and one day more may be no date at all.
    """

    YEARS = range(1800, 2200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("format", ["%Y-%m-%d", "%d/%m/%Y"])
        super().__init__(*args, **kwargs)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the typed day.

        Raises:
            ValueError: with the sentence to show.
        """
        if valuelist and not str(valuelist[0]).strip():
            self.data = None
            return
        try:
            super().process_formdata(valuelist)
            if self.data is not None and self.data.year not in self.YEARS:
                raise ValueError
        except ValueError:
            self.data = None
            raise ValueError(_("Écrivez une date, par exemple 01/03/2027.")) from None


class NumberField(wtforms.IntegerField):
    """A whole number."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the typed number.

        Raises:
            ValueError: with the sentence to show.
        """
        if valuelist and not str(valuelist[0]).strip():
            self.data = None
            return
        try:
            self.data = int(re.sub(r"[\s\u00a0\u202f]", "", str(valuelist[0]))) if valuelist else None
        except ValueError:
            self.data = None
            raise ValueError(_("Écrivez un nombre entier, par exemple 12.")) from None
        if self.data is not None and abs(self.data) > LARGEST:
            self.data = None
            raise ValueError(_("Ce nombre est trop grand : %(most)s au plus.", most=LARGEST))


def options(labels: Mapping[Any, Any] | Iterable[tuple[Any, Any]], *, empty: Any = None) -> list[SelectChoice]:
    """Choices of a list, from code -> label; `empty` is the label of a first line without value."""
    pairs = labels.items() if isinstance(labels, Mapping) else labels
    listed = [SelectChoice(value=str(getattr(code, "value", code)), label=label) for code, label in pairs]
    return listed if empty is None else [SelectChoice(value="", label=empty), *listed]


def row_template(entries: Any) -> Any:
    """An empty row of a FieldList whose number is « __n__ »: the script that adds a row writes the number."""
    blank = entries.unbound_field.bind(
        form=None, name=f"{entries.short_name}-__n__", id=f"{entries.id}-__n__", prefix="", _meta=entries.meta,
    )  # fmt: skip
    blank.process(None)
    return blank


def choice(label: Any, choices: Any, message: Any | None = None, **kwargs: Any) -> wtforms.SelectField:
    """A required choice in a list; the first, empty line asks for it."""
    wording = message or _l("Choisissez dans la liste.")
    return wtforms.SelectField(label, choices=choices, validators=[required(wording)], validate_choice=True, **kwargs)


def no_script(markup: str) -> Markup:
    """Mark as safe a fragment built by the house itself (never a person's text)."""
    return Markup(markup)  # noqa: S704 - the callers are the house's own drawings

"""Forms of the people: sign-up, sign-in, passwords."""

import re
from typing import Any

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import ValidationError

from programme.accounts.labels import ROLES
from programme.core.forms import BaseForm, TextField, at_most, options, required

MIN_PASSWORD = 12


def valid_email(_form: Any, field: Any) -> None:
    """An address that mail can reach, by its shape only: the confirmation link does the rest."""
    if not re.fullmatch(r"[^@\s<>,;\"]{1,64}@[^@\s<>,;\"]+\.[^@\s<>,;\".]{2,}", field.data or ""):
        raise ValidationError(_("Écrivez une adresse électronique, par exemple prenom.nom@organisme.fr."))


def long_enough(_form: Any, field: Any) -> None:
    """Length is what protects (CNIL deliberation 2022-100: 12 signs with limits on attempts)."""
    if len(field.data or "") < MIN_PASSWORD:
        raise ValidationError(
            _("Choisissez au moins %(count)s signes : une phrase de quatre mots convient.", count=MIN_PASSWORD)
        )
    if len(field.data or "") > 200:
        raise ValidationError(_("Choisissez 200 signes au plus."))


def email_field(label: Any = None) -> TextField:
    """The address field, filled in by browsers."""
    return TextField(
        label or _l("Adresse électronique"), [required(_l("Écrivez votre adresse électronique.")), valid_email, at_most(254)],
        render_kw={"type": "email", "autocomplete": "email"},
    )  # fmt: skip


def new_password_field(label: Any = None) -> wtforms.PasswordField:
    """A password being chosen."""
    return wtforms.PasswordField(
        label or _l("Mot de passe"), [required(_l("Choisissez un mot de passe.")), long_enough],
        description=_l("12 signes au moins. Une phrase de quatre mots est facile à retenir et difficile à deviner."),
        render_kw={"autocomplete": "new-password"},
    )  # fmt: skip


class SignUpForm(BaseForm):
    """Open an account."""

    display_name = TextField(
        _l("Prénom et nom"), [required(_l("Écrivez votre prénom et votre nom.")), at_most(120)],
        render_kw={"autocomplete": "name"},
    )  # fmt: skip
    email = email_field()
    password = new_password_field()


class SignInForm(BaseForm):
    """Sign in with a password."""

    email = email_field()
    password = wtforms.PasswordField(
        _l("Mot de passe"), [required(_l("Écrivez votre mot de passe."))],
        render_kw={"autocomplete": "current-password"},
    )  # fmt: skip


class EmailForm(BaseForm):
    """Ask for a link by mail."""

    email = email_field()


class NewPasswordForm(BaseForm):
    """Choose a new password."""

    password = new_password_field(_l("Nouveau mot de passe"))


class ProfileForm(BaseForm):
    """The name shown to others."""

    display_name = TextField(
        _l("Prénom et nom"), [required(_l("Écrivez votre prénom et votre nom.")), at_most(120)],
        render_kw={"autocomplete": "name"},
    )  # fmt: skip


class ChangePasswordForm(BaseForm):
    """A new password, with the old one as proof."""

    current = wtforms.PasswordField(
        _l("Mot de passe actuel"), [required(_l("Écrivez votre mot de passe actuel."))],
        render_kw={"autocomplete": "current-password"},
    )  # fmt: skip
    password = new_password_field(_l("Nouveau mot de passe"))


class RolesForm(BaseForm):
    """The staff roles of an account."""

    roles = wtforms.SelectMultipleField(
        _l("Rôles"), choices=options(ROLES),
        option_widget=wtforms.widgets.CheckboxInput(), widget=wtforms.widgets.ListWidget(prefix_label=False),
    )  # fmt: skip

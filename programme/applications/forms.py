"""Forms of the draft. Nothing is required while one writes: the deposit checks everything."""

from collections.abc import Sequence
from typing import Any

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import Optional, ValidationError

from programme.applications.labels import CATEGORIES, FAULTS, FUNDING_KINDS, FUNDING_STATES
from programme.calls.models import Call, CallStrand
from programme.core.forms import (
    BaseForm,
    DayField,
    LongTextField,
    MoneyField,
    NestedForm,
    TextField,
    at_most,
    choice,
    options,
    required,
)
from programme.organisations.forms import territory_choices
from programme.organisations.models import Membership
from programme.strategy.models import Theme

MAX_ROWS = 60
"""Rows of a table of the draft: more of them belong in a joined file."""


def strand_label(strand: CallStrand, count: int) -> str:
    """« A. Infrastructures » ; the only strand of a call needs no letter."""
    return strand.title if count == 1 else f"{strand.code}. {strand.title}"


class StartForm(BaseForm):
    """Open a draft: who carries it, which strand, what it is called. `nonce` makes two clicks one draft."""

    nonce = wtforms.HiddenField()
    organisation = choice(_l("Quel organisme porte le projet ?"), [], _l("Choisissez l’organisme qui dépose."))
    strand = wtforms.RadioField(
        _l("Quel volet ?"), validators=[required(_l("Choisissez un volet : il décide des questions et des pièces."))]
    )
    title = TextField(
        _l("Comment s’appelle le projet ?"), [required(_l("Donnez un titre au projet, par exemple « Carte des fraîcheurs ».")), at_most(200)],
        description=_l("Vous pourrez le changer jusqu’au dépôt."),
    )  # fmt: skip

    def __init__(self, *args: Any, call: Call, memberships: list[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organisation.choices = options([(each.organisation.slug, each.organisation.name) for each in memberships])
        self.strand.choices = options([(each.code, strand_label(each, len(call.strands))) for each in call.strands])
        if len(call.strands) == 1 and not self.strand.data:
            self.strand.data = call.strands[0].code
        if len(memberships) == 1 and not self.organisation.data:
            self.organisation.data = memberships[0].organisation.slug


class ProjectForm(BaseForm):
    """What the project is, where and when."""

    version = wtforms.HiddenField()
    title = TextField(_l("Titre du projet"), [at_most(200)])
    summary = LongTextField(
        _l("Le projet en deux phrases"), [at_most(400)], render_kw={"rows": 3},
        description=_l("Ce texte sera public si le projet est aidé."),
    )  # fmt: skip
    description = LongTextField(
        _l("Description"), [at_most(6000)], render_kw={"rows": 12},
        description=_l("Le besoin, ce que vous ferez, avec qui, et ce que cela changera."),
    )  # fmt: skip
    theme = wtforms.SelectField(_l("Thème"), choices=[], validators=[Optional()])
    subdomain = wtforms.SelectField(_l("Sous-domaine"), choices=[], validators=[Optional()])
    territory_code = wtforms.SelectField(_l("Où le projet a-t-il lieu ?"), choices=[], validators=[Optional()])
    starts_on = DayField(_l("Début"), [Optional()])
    ends_on = DayField(_l("Fin"), [Optional()])
    frame_note = LongTextField(
        _l("Lien avec les stratégies de la Région"), [Optional(), at_most(1500)], render_kw={"rows": 4},
        description=_l("Par exemple : la stratégie Smart Région, le Plan Climat, le schéma de votre département."),
    )  # fmt: skip

    def __init__(self, *args: Any, themes: Sequence[Theme], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.themes = {each.code: each for each in themes}
        self.subdomains = {sub.code: sub for theme in themes for sub in theme.subdomains}
        self.theme.choices = options([(each.code, each.label) for each in themes], empty="")
        self.subdomain.choices = options(
            [(sub.code, f"{theme.label} : {sub.label}") for theme in themes for sub in theme.subdomains], empty=""
        )
        self.territory_code.choices = territory_choices()

    def validate_subdomain(self, field: Any) -> None:
        """A sub-domain belongs to its theme; chosen alone, it says the theme."""
        theme = self.subdomains[field.data].theme if field.data in self.subdomains else None
        if theme is not None and self.theme.data and self.theme.data != theme.code:
            raise ValidationError(
                _("Ce sous-domaine appartient au thème « %(theme)s » : changez l’un ou l’autre.", theme=theme.label)
            )


class QuestionsBase(BaseForm):
    """What the form of questions holds besides its questions."""

    version = wtforms.HiddenField()


def one_line(value: str | None) -> str | None:
    """Filter: a line that grows on the screen is still one line."""
    return " ".join(value.split()) if isinstance(value, str) else value


def line_field(label: Any, limit: int) -> LongTextField:
    """One line of text, all of it readable on a phone: the box grows with what is written."""
    return LongTextField(label, [at_most(limit)], filters=(one_line,), render_kw={"rows": 1})


class DatasetRow(NestedForm):
    """One data set."""

    label = TextField(_l("Jeu de données"), [at_most(250)])
    use = line_field(_l("À quoi il sert"), 300)
    is_opened = wtforms.BooleanField(_l("Ouvert par le projet"))


class DatasetsForm(BaseForm):
    """The data sets that the project uses or opens."""

    version = wtforms.HiddenField()
    rows = wtforms.FieldList(wtforms.FormField(DatasetRow), label=_l("Jeux de données"), max_entries=MAX_ROWS)


class ExpenseRow(NestedForm):
    """One expense."""

    label = line_field(_l("Poste"), 200)
    category = wtforms.SelectField(_l("Nature"), choices=options(CATEGORIES))
    amount = MoneyField(_l("Montant"))


class SourceRow(NestedForm):
    """One funding besides the Region's."""

    label = line_field(_l("Financeur"), 200)
    kind = wtforms.SelectField(_l("Nature"), choices=options(FUNDING_KINDS))
    state = wtforms.SelectField(_l("État"), choices=options(FUNDING_STATES))
    amount = MoneyField(_l("Montant"))


class BudgetForm(BaseForm):
    """Expenses, request, other fundings."""

    version = wtforms.HiddenField()
    lines = wtforms.FieldList(wtforms.FormField(ExpenseRow), label=_l("Poste"), max_entries=MAX_ROWS)
    requested = MoneyField(_l("Montant demandé à la Région"), render_kw={"inputmode": "decimal"})
    sources = wtforms.FieldList(wtforms.FormField(SourceRow), label=_l("Financeur"), max_entries=MAX_ROWS)


class SubmitForm(BaseForm):
    """The commitments, then the deposit."""

    commitments = wtforms.BooleanField(
        _l("J’ai lu ces engagements et je les prends au nom de l’organisme"), [required(FAULTS["commitments"])]
    )


class AnswerForm(BaseForm):
    """The answer to a request for pieces; files come beside it, one a piece."""

    answer = LongTextField(
        _l("Votre réponse"),
        [required(_l("Écrivez au moins une phrase, par exemple : la lettre signée est jointe.")), at_most(3000)],
        render_kw={"rows": 5},
    )  # fmt: skip
    version = wtforms.HiddenField()


def blank_rows(entries: Any, wanted: int) -> None:
    """Show at least `wanted` rows, the last ones empty; never more than may be kept."""
    while len(entries.entries) < min(wanted, MAX_ROWS):
        entries.append_entry()

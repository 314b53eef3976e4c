"""Forms of the draft. Nothing is required while one writes: the deposit checks everything."""

from collections.abc import Sequence
from typing import Any

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.fields.choices import SelectChoice
from wtforms.validators import NumberRange, Optional, ValidationError

from programme.applications.labels import (
    AID_REGULATIONS,
    CATEGORIES,
    COMPANY_LINKS,
    FAULTS,
    FUNDING_KINDS,
    FUNDING_STATES,
)
from programme.applications.rules.budget_words import Part
from programme.applications.rules.messages import MAX_SIGNS
from programme.applications.states import FundingState
from programme.calls.models import Call, CallStrand
from programme.core.forms import (
    BaseForm,
    DayField,
    LongTextField,
    MoneyField,
    NestedForm,
    NumberField,
    TextField,
    at_most,
    choice,
    options,
    required,
    typed,
)
from programme.organisations.forms import territory_choices
from programme.organisations.models import Membership
from programme.strategy.models import Theme

PARTS_COPIED = {Part.EXPENSE: _l("Des dépenses"), Part.FUNDING: _l("Des financements")}
CODES_COPIED = [
    *[SelectChoice(f"{Part.EXPENSE}:{code}", label, optgroup=_l("Dépense")) for code, label in CATEGORIES.items()],
    SelectChoice(Part.REQUEST.value, _l("Montant demandé à la Région"), optgroup=_l("Région")),
    *[
        SelectChoice(f"{Part.FUNDING}:{code}", label, optgroup=_l("Autre financement"))
        for code, label in FUNDING_KINDS.items()
    ],
]
"""Natures by part of the budget, for copied rows."""
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


class CopiedForm(BaseForm):
    """Cells copied from a spreadsheet, or its file."""

    part = wtforms.RadioField(
        _l("Qu’y a-t-il dans ces cellules ?"), choices=options(PARTS_COPIED), default=Part.EXPENSE
    )
    text = LongTextField(
        _l("Les cellules copiées"), render_kw={"rows": 8},
        description=_l("Dans votre tableur, sélectionnez les lignes, copiez-les, puis collez-les ici."),
    )  # fmt: skip
    file = wtforms.FileField(
        _l("Ou le fichier du tableur"), description=_l("Excel, LibreOffice ou CSV ; la première feuille est lue."),
        render_kw={"accept": ".xlsx,.ods,.csv,.txt"},
    )  # fmt: skip


class UnderstoodRow(NestedForm):
    """A copied row as it was understood; `code` is « part:nature ». One that is not taken is not judged."""

    take = wtforms.BooleanField(_l("Reprendre"), default=True)
    copied = wtforms.HiddenField()
    label = line_field(_l("Poste ou financeur"), 200)
    code = wtforms.SelectField(_l("Nature"), choices=CODES_COPIED)
    state = wtforms.SelectField(_l("État"), choices=options(FUNDING_STATES), default=FundingState.SOUGHT)
    amount = MoneyField(_l("Montant"))

    def validate(self, extra_validators: Any = None) -> bool:
        """Nothing of a row that stays behind needs to be right."""
        return not self.take.data or bool(super().validate(extra_validators))


class UnderstoodForm(BaseForm):
    """What was understood of copied cells, to be confirmed."""

    version = wtforms.HiddenField()
    rows = wtforms.FieldList(wtforms.FormField(UnderstoodRow), label=_l("Ligne"), max_entries=2 * MAX_ROWS + 1)
    how = wtforms.RadioField(
        _l("Où les mettre ?"), choices=options([("add", _l("À la suite de ce qui est écrit")), ("replace", _l("À la place de ce qui est écrit"))]),
        default="add",
    )  # fmt: skip


YES_NO = [("yes", _l("Oui")), ("no", _l("Non"))]


def yes_no(label: Any, **kwargs: Any) -> wtforms.RadioField:
    """A question that nothing answers for the person."""
    return wtforms.RadioField(label, choices=options(YES_NO), validators=[Optional()], **kwargs)


class CompanyRow(NestedForm):
    """One company linked to the carrier."""

    label = line_field(_l("Entreprise"), 200)
    siren = TextField(_l("SIREN"), [at_most(20)], render_kw={"inputmode": "numeric", "autocomplete": "off"})
    link = wtforms.SelectField(_l("Lien"), choices=options(COMPANY_LINKS))


class ReceivedRow(NestedForm):
    """One aid received by a company of the group."""

    label = line_field(_l("Qui l’a accordée"), 200)
    granted_on = DayField(_l("Date d’attribution"), [Optional()])
    regulation = wtforms.SelectField(_l("Règlement"), choices=options(AID_REGULATIONS))
    siren = TextField(
        _l("SIREN de l’entreprise"), [at_most(20)], render_kw={"inputmode": "numeric", "autocomplete": "off"}
    )
    amount = MoneyField(_l("Montant"))


class AidForm(BaseForm):
    """What the carrier says of its State aid; the page asks what applies."""

    version = wtforms.HiddenField()
    has_activity = yes_no(
        _l("Le projet est-il une activité économique ?"),
        description=_l("Oui s’il consiste à vendre des biens ou des services sur un marché, même sans bénéfice. Non pour une mission de service public gratuite."),
    )  # fmt: skip
    works_begun = yes_no(
        _l("Les travaux ou les achats du projet ont-ils commencé ?"),
        description=_l("Un devis ou une étude ne compte pas ; un bon de commande signé compte."),
    )
    staff = NumberField(
        _l("Combien de personnes travaillent dans le groupe ?"), [Optional(), NumberRange(0, 10_000_000, _l("Écrivez un nombre positif."))],
        description=_l("En équivalents temps plein sur l’année, avec les entreprises liées."), render_kw={"inputmode": "numeric"},
    )  # fmt: skip
    turnover = MoneyField(_l("Chiffre d’affaires annuel du groupe"))
    balance = MoneyField(_l("Total du bilan du groupe"))
    is_linked = yes_no(
        _l("Votre entreprise est-elle liée à d’autres ?"),
        description=_l("Oui si l’une décide pour l’autre : majorité des votes, nomination des dirigeants, contrat, accord entre associés."),
    )  # fmt: skip
    companies = wtforms.FieldList(wtforms.FormField(CompanyRow), label=_l("Entreprise liée"), max_entries=MAX_ROWS)
    has_received = yes_no(
        _l("Votre entreprise, ou une entreprise liée, a-t-elle reçu des aides de minimis depuis trois ans ?"),
        description=_l("La lettre d’attribution le dit : « aide de minimis ». Comptez toutes les administrations."),
    )
    received = wtforms.FieldList(wtforms.FormField(ReceivedRow), label=_l("Aide reçue"), max_entries=MAX_ROWS)
    is_sworn = wtforms.BooleanField(
        _l("J’atteste, au nom de l’organisme, que cette déclaration est exacte et complète")
    )


class SubmitForm(BaseForm):
    """The commitments, then the deposit."""

    commitments = wtforms.BooleanField(
        _l("J’ai lu ces engagements et je les prends au nom de l’organisme"), [required(FAULTS["commitments"])]
    )
    engagement = wtforms.BooleanField(
        _l("J’ai lu le contrat d’engagement républicain et j’y souscris au nom de l’organisme"), [required(FAULTS["engagement"])]
    )  # fmt: skip

    def __init__(self, *args: Any, asks_engagement: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not asks_engagement:
            del self.engagement


class EngagementForm(BaseForm):
    """A new version of the republican engagement."""

    version = DayField(
        _l("En vigueur à partir du"), [typed(_l("Écrivez une date, par exemple 02/01/2027."))],
        description=_l("La date qui nomme la version : celle du texte officiel, ou celle de sa reprise."),
    )  # fmt: skip
    body = LongTextField(
        _l("Texte"),
        [required(_l("Collez le texte exact de l’annexe du décret.")), at_most(20_000)],
        render_kw={"rows": 16},
    )


class TakeUpForm(BaseForm):
    """Take a file up again: in which session, when several accept it."""

    place = wtforms.RadioField(_l("Où le présenter ?"), validators=[required(_l("Choisissez une relève."))])

    def __init__(self, *args: Any, places: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.place.choices = options(places)
        if places and not self.place.data and not self.posted:
            self.place.data = places[0][0]


class AnswerForm(BaseForm):
    """The answer to a request for pieces; files come beside it, one a piece."""

    answer = LongTextField(
        _l("Votre réponse"),
        [required(_l("Écrivez au moins une phrase, par exemple : la lettre signée est jointe.")), at_most(3000)],
        render_kw={"rows": 5},
    )  # fmt: skip
    version = wtforms.HiddenField()


class MessageForm(BaseForm):
    """A message of the thread of a file; files come beside it, one at a time. `nonce` makes two clicks one message."""

    nonce = wtforms.HiddenField()
    text = LongTextField(
        _l("Votre message"), [required(_l("Écrivez votre message : un fichier part toujours avec quelques mots.")), at_most(MAX_SIGNS)],
        render_kw={"rows": 6},
    )  # fmt: skip
    awaits_answer = wtforms.BooleanField(_l("J’attends une réponse"))
    answer_by = DayField(_l("Au plus tard le"), [Optional()])


class NoteForm(BaseForm):
    """A note that the Region keeps for itself."""

    nonce = wtforms.HiddenField()
    text = LongTextField(
        _l("Votre note"), [required(_l("Écrivez la note : un fichier y est toujours joint avec quelques mots.")), at_most(MAX_SIGNS)],
        render_kw={"rows": 6},
    )  # fmt: skip


def blank_rows(entries: Any, wanted: int) -> None:
    """Show at least `wanted` rows, the last ones empty; never more than may be kept."""
    while len(entries.entries) < min(wanted, MAX_ROWS):
        entries.append_entry()

"""Forms of the events."""

from collections.abc import Iterable, Sequence
from typing import Any

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import NumberRange, Optional, Regexp, ValidationError

from programme.core.forms import (
    BaseForm,
    LongTextField,
    NestedForm,
    NumberField,
    TextField,
    at_most,
    choice,
    options,
    required,
)
from programme.core.instants import InstantField
from programme.events.labels import KINDS, LICENCES, TEAM_RESULTS
from programme.events.models import Event
from programme.organisations.forms import territory_choices

Line = tuple[int, str]


def _instant(label: Any) -> InstantField:
    return InstantField(label, [wtforms.validators.InputRequired(_l("Écrivez le jour et l’heure."))])


def _number(label: Any, least: int, most: int, **kwargs: Any) -> NumberField:
    message = _l("Écrivez un nombre entre %(least)s et %(most)s.", least=least, most=most)
    return NumberField(label, [wtforms.validators.InputRequired(message), NumberRange(least, most, message)], **kwargs)


def _web_address(label: Any, **kwargs: Any) -> TextField:
    starts = Regexp(r"^https?://[^\s]+$", message=_l("Commencez par https://, par exemple https://exemple.fr/demo."))
    return TextField(label, [Optional(), at_most(300), starts], **kwargs)


class EventForm(BaseForm):
    """Everything an agent says of an event. `version` refuses to overwrite what somebody else saved meanwhile."""

    version = wtforms.HiddenField(default="0")
    kind = choice(_l("Nature de l’événement"), options(KINDS, empty=""))
    title = TextField(_l("Titre"), [required(_l("Écrivez le titre de l’événement.")), at_most(160)])
    summary = TextField(
        _l("En une phrase"), [required(_l("Dites en une phrase ce qui s’y passe et pour qui.")), at_most(300)]
    )
    description = LongTextField(_l("Présentation"), [Optional(), at_most(6000)])
    schedule = LongTextField(
        _l("Programme"), [Optional(), at_most(4000)],
        description=_l("Une ligne par moment, par exemple : 9 h 00, accueil des équipes."),
    )  # fmt: skip
    starts_at = _instant(_l("Début"))
    ends_at = _instant(_l("Fin"))
    place = TextField(_l("Lieu"), [Optional(), at_most(160)])
    address = TextField(_l("Adresse"), [Optional(), at_most(300)])
    is_online = wtforms.BooleanField(_l("On peut participer à distance"))
    territory_code = wtforms.SelectField(_l("Département"), choices=[], validate_choice=True)
    theme_id = wtforms.SelectField(_l("Thème"), choices=[], validate_choice=True)
    registration_opens_at = _instant(_l("Ouverture des inscriptions"))
    registration_closes_at = _instant(_l("Clôture des inscriptions"))
    capacity = _number(_l("Nombre de places"), 1, 5000)
    is_selective = wtforms.BooleanField(
        _l("Inscription sur sélection"), description=_l("Les demandes attendent alors la décision d’un agent.")
    )
    offer_hours = _number(
        _l("Délai pour accepter une place libérée, en heures"), 1, 336, default=48,
        description=_l("Passé ce délai, la place va à la personne suivante de la liste d’attente."),
    )  # fmt: skip
    team_min = _number(_l("Personnes par équipe, au moins"), 1, 30, default=3)
    team_max = _number(_l("Personnes par équipe, au plus"), 1, 30, default=6)
    rules_text = LongTextField(
        _l("Règlement"), [Optional(), at_most(20000)],
        description=_l("Accepté à l’inscription. S’il change après la publication, il prend un nouveau numéro de version."),
    )  # fmt: skip

    def __init__(self, *args: Any, themes: Iterable[tuple[int, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.territory_code.choices = territory_choices(_("Toute la région, ou ailleurs"))
        self.theme_id.choices = options(themes, empty=_("Aucun"))

    def validate_ends_at(self, field: InstantField) -> None:
        """An event ends after its start."""
        if field.data and self.starts_at.data and field.data <= self.starts_at.data:
            raise ValidationError(_("La fin vient après le début."))

    def validate_registration_closes_at(self, field: InstantField) -> None:
        """Registrations close after their opening and before the event ends."""
        if field.data and self.registration_opens_at.data and field.data <= self.registration_opens_at.data:
            raise ValidationError(_("La clôture vient après l’ouverture."))
        if field.data and self.ends_at.data and field.data > self.ends_at.data:
            raise ValidationError(_("Les inscriptions se closent avant la fin de l’événement."))

    def validate_team_max(self, field: NumberField) -> None:
        """The larger size is not the smaller."""
        if field.data and self.team_min.data and field.data < self.team_min.data:
            raise ValidationError(_("Le maximum ne peut pas être inférieur au minimum."))

    def values(self) -> dict[str, Any]:
        """What the service keeps, by column."""
        values = {name: value for name, value in self.data.items() if name not in ("csrf_token", "version")}
        values["territory_code"] = values["territory_code"] or None
        values["theme_id"] = int(values["theme_id"]) if values["theme_id"] else None
        return {name: "" if value is None and name in _TEXTS else value for name, value in values.items()}


_TEXTS = frozenset({"description", "schedule", "place", "address", "rules_text"})


class ReasonForm(BaseForm):
    """A verb with the reason that people read."""

    reason = LongTextField(_l("Motif"), [Optional(), at_most(1000)])


class RegistrationForm(BaseForm):
    """Ask for a place."""

    rules_version = wtforms.HiddenField()
    motivation = LongTextField(
        _l("Pourquoi voulez-vous participer ?"), [at_most(1500)], description=_l("Quelques phrases suffisent.")
    )
    skills = TextField(
        _l("Vos compétences"), [Optional(), at_most(300)],
        description=_l("Par exemple : cartographie, hydrologie, design, développement web."),
    )  # fmt: skip
    wants_team = wtforms.BooleanField(_l("Je cherche une équipe : mes compétences peuvent être dites aux équipes"))
    accept_rules = wtforms.BooleanField(
        _l("J’ai lu le règlement et je l’accepte"), [required(_l("Acceptez le règlement pour vous inscrire."))]
    )
    image_rights = wtforms.BooleanField(
        _l("J’accepte d’apparaître sur les photos et les vidéos que la Région publie"),
        description=_l("Vous pouvez refuser et participer ; vous pouvez changer d’avis en écrivant à la Région."),
    )

    def __init__(self, *args: Any, event: Event, **kwargs: Any) -> None:
        super().__init__(*args, data={"rules_version": str(event.rules_version)}, **kwargs)
        if not event.has_teams:
            del self.wants_team
            del self.skills
        self.must_motivate = event.is_selective

    def validate_motivation(self, field: LongTextField) -> None:
        """A selective event chooses on it."""
        if self.must_motivate and not field.data:
            raise ValidationError(_("Dites pourquoi vous voulez participer : les places sont données sur ce texte."))


class DatasetLineForm(NestedForm):
    """A data set and a line on its use."""

    dataset = wtforms.SelectField(_l("Jeu de données"), choices=[], validate_choice=False)
    line = TextField(_l("Ce qu’il apporte"), [at_most(300)])

    def validate_dataset(self, field: wtforms.SelectField) -> None:
        """One of the list, or none."""
        if field.data and field.data not in {each.value for each in field.choices}:
            raise ValidationError(_("Choisissez dans la liste."))

    def validate_line(self, field: TextField) -> None:
        """A line alone names nothing."""
        if field.data and not self.dataset.data:
            raise ValidationError(_("Choisissez le jeu de données dont parle cette ligne."))


class _WithDatasets(BaseForm):
    """A form with lines of data sets; empty lines are left out."""

    datasets: Any

    def __init__(self, *args: Any, catalogue: Sequence[tuple[int, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = options(catalogue, empty=_("Aucun"))
        for entry in self.datasets:
            entry.form.dataset.choices = choices

    def lines(self) -> tuple[Line, ...]:
        """The chosen data sets, each with its line."""
        return tuple(
            (int(entry.form.dataset.data), entry.form.line.data or "") for entry in self.datasets
            if entry.form.dataset.data
        )  # fmt: skip


def blank_lines(lines: Sequence[Any], spare: int = 2) -> list[dict[str, str]]:
    """What is already chosen, then spare empty lines, for a form that works without script."""
    known = [{"dataset": str(each.dataset_id), "line": each.line} for each in lines]
    return known + [{"dataset": "", "line": ""}] * spare


class ChallengeForm(_WithDatasets):
    """Bring a challenge: whose, what need, which data, what prize."""

    organisation_id = choice(_l("Organisme qui porte le défi"), [])
    title = TextField(_l("Titre du défi"), [required(_l("Écrivez le titre du défi.")), at_most(160)])
    need = LongTextField(
        _l("Le besoin"), [required(_l("Décrivez le besoin : qui le rencontre, où, ce qui changerait.")), at_most(4000)]
    )
    prize = TextField(
        _l("Prix ou suite proposée"), [Optional(), at_most(300)],
        description=_l("Par exemple : trois mois d’expérimentation avec nos équipes."),
    )  # fmt: skip
    datasets = wtforms.FieldList(
        wtforms.FormField(DatasetLineForm), _l("Jeux de données"), min_entries=3, max_entries=12
    )

    def __init__(self, *args: Any, organisations: Iterable[tuple[int, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organisation_id.choices = options(organisations, empty="")


class TeamForm(BaseForm):
    """Start a team."""

    name = TextField(_l("Nom de l’équipe"), [required(_l("Donnez un nom à l’équipe.")), at_most(120)])
    pitch = TextField(
        _l("L’idée en une phrase"), [required(_l("Dites en une phrase ce que vous voulez faire.")), at_most(400)]
    )
    challenge_id = wtforms.SelectField(_l("Défi"), choices=[], validate_choice=True)

    def __init__(self, *args: Any, challenges: Iterable[tuple[int, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.challenge_id.choices = options(challenges, empty=_("Aucun pour l’instant"))


class JoinForm(BaseForm):
    """Enter a team with its code."""

    code = TextField(
        _l("Code d’entrée"), [required(_l("Écrivez le code que l’équipe vous a donné.")), at_most(20)],
        description=_l("Huit signes, par exemple K7QM-42XP."), render_kw={"autocomplete": "off"},
    )  # fmt: skip


class DeliveryForm(_WithDatasets):
    """Hand in what the team built."""

    summary = LongTextField(
        _l("Ce que vous avez construit"),
        [required(_l("Décrivez le prototype : pour qui, ce qu’il fait, ce qui reste à faire.")), at_most(4000)],
    )
    code_url = _web_address(_l("Adresse du code"))
    code_licence = wtforms.SelectField(_l("Licence du code"), choices=options(LICENCES, empty=""), validate_choice=True)
    demo_url = _web_address(_l("Adresse de la démonstration"))
    datasets = wtforms.FieldList(
        wtforms.FormField(DatasetLineForm), _l("Jeux de données utilisés"), min_entries=3, max_entries=12
    )

    def validate_code_licence(self, field: wtforms.SelectField) -> None:
        """Code without a licence cannot be reused."""
        if self.code_url.data and not field.data:
            raise ValidationError(_("Choisissez la licence : sans elle, personne ne peut reprendre votre code."))


class DecisionForm(BaseForm):
    """What the jury decided of a team."""

    result = wtforms.SelectField(
        _l("Décision"), choices=options(TEAM_RESULTS, empty=_l("Pas encore décidé")), validate_choice=True,
    )  # fmt: skip
    prize = TextField(_l("Prix"), [Optional(), at_most(200)])

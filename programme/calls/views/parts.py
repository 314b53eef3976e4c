"""The parts of a call that the screens define: which form, where in the document, in which words."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from programme.calls.forms.question import QuestionForm
from programme.calls.forms.rows import CriterionForm, PieceForm, RowForm, SessionForm, StrandForm
from programme.calls.forms.rule import RuleForm
from programme.calls.forms.steps import ObjectivesForm, StepsForm, ThemesForm
from programme.calls.forms.texts import SettingsForm, TextsForm
from programme.calls.labels import CHECKS, MONEY, QUESTION_KINDS
from programme.calls.rules.definition import Path, weight
from programme.calls.rules.traps import Step
from programme.calls.states import Check, MoneyAsked
from programme.core.i18n import datetime_short, money
from programme.questionnaires.rules.kinds import FieldKind
from programme.strategy.models import Theme

Item = Mapping[str, Any]
FORMS: dict[str, tuple[Any, type[TextsForm | SettingsForm | StepsForm | ThemesForm | ObjectivesForm]]] = {
    "textes": (_l("Les textes"), TextsForm),
    "reglages": (_l("La lecture et l’horloge légale"), SettingsForm),
    "etapes": (_l("Les étapes et le budget demandé"), StepsForm),
    "themes": (_l("Les thèmes proposés"), ThemesForm),
    "objectifs": (_l("Les objectifs de la stratégie"), ObjectivesForm),
}


def form_of(key: str) -> str:
    """The form that holds this key of the document."""
    held = (code for code, (_title, made) in FORMS.items() if any(key in names for _words, names in made.SECTIONS))
    return next(held, "textes")


def steps_note(document: Item, steps: Mapping[str, Step]) -> str:
    """« Mène à « Dossier complet ». Une estimation »: what the part on the steps says, in a line."""
    said = [str(MONEY[MoneyAsked(document["money_asked"])])]
    if document["leads_to"] in steps:
        said.insert(0, _("Mène à « %(title)s »", title=steps[document["leads_to"]].title))
    if document["by_invitation"]:
        said.insert(0, _("Sur invitation"))
    return ". ".join(said) + "."


def themes_note(document: Item, themes: Mapping[str, Theme]) -> str:
    """« Agriculture, Eau »: the themes that the call offers, in a line; how many when there are more."""
    offered = [each for code, each in themes.items() if code in document["theme_codes"]]
    if not document["theme_codes"]:
        return _("Tous ceux de la liste.")
    if len(offered) > 4:
        return _("%(count)s thèmes sur %(all)s", count=len(offered), all=len(themes))
    return ", ".join(each.label for each in offered)


@dataclass(frozen=True)
class Listing:
    """A list of the call. `of_strand`: each strand has its own. `label` and `note` say what a row is."""

    title: Any
    one: Any
    key: str
    form: type[RowForm]
    label: Callable[[Item], str]
    note: Callable[[Item], str]
    new: Any
    empty: Any
    lead: Any
    of_strand: bool = False

    def path(self, document: Item, strand: str | None) -> Path:
        """Where the list stands in the document.

        Raises:
            LookupError: no strand has this code.
        """
        if not self.of_strand:
            return (self.key,)
        codes = [each["code"] for each in document["strands"]]
        if strand not in codes:
            raise LookupError(strand)
        return ("strands", codes.index(strand), self.key)


def rows_at(document: Item, path: Path) -> list[dict[str, Any]]:
    """The rows of the list at this place of the document, themselves: changing them changes it."""
    found: Any = document
    for key in path:
        found = found[key]
    rows: list[dict[str, Any]] = found
    return rows


def row_label(document: Item, path: Path) -> str:
    """The words of the row that stands at this place; empty for anything that is no row of a list."""
    *start, place = path
    listing = next((each for each in LISTS.values() if start and each.key == start[-1]), None)
    return listing.label(rows_at(document, tuple(start))[place]) if listing and isinstance(place, int) else ""


def _strand(each: Item) -> str:
    criteria, questions = len(each["criteria"]), len(each["questions"])
    return _(
        "%(criteria)s, %(questions)s", criteria=ngettext("%(num)s critère", "%(num)s critères", criteria),
        questions=ngettext("%(num)s question", "%(num)s questions", questions),
    )  # fmt: skip


def _criterion(each: Item) -> str:
    said = _("poids %(weight)s", weight=format_decimal(Decimal(str(each["weight"])).normalize()))
    return (
        said
        if each.get("floor") is None
        else _("%(said)s, note éliminatoire %(floor)s", said=said, floor=each["floor"])
    )


def _question(each: Item) -> str:
    said = [str(QUESTION_KINDS[FieldKind(each["kind"])])]
    if not each.get("required", True):
        said.append(_("facultative"))
    if each.get("show_if"):
        said.append(_("sous condition"))
    if each.get("identity_bearing"):
        said.append(_("cachée à l’aveugle"))
    if each.get("confidential"):
        said.append(_("confidentielle"))
    return " · ".join(said)


def _check(each: Item) -> str:
    """« Le projet dure au plus 36 mois »: what the machine verifies, with its figure: the public sentence may say another one."""
    said, held = str(CHECKS[Check(each["check"])]), each.get("parameters", {})
    figures = [held[name] for name in ("months", "amount", "percent") if name in held]
    return said.replace("…", format_decimal(Decimal(str(figures[0])))) if figures else said


def _rule(each: Item) -> str:
    said = _("jugée par une personne") if "check" not in each else _("automatique : %(check)s", check=_check(each))
    return said if "strand" not in each else _("%(said)s · volet %(code)s", said=said, code=each["strand"])


def _piece(each: Item) -> str:
    said = [_("obligatoire") if each.get("mandatory", True) else _("facultative")]
    if each.get("valid_months"):
        said.append(ngettext("de moins d’un mois", "de moins de %(num)s mois", each["valid_months"]))
    if "strand" in each:
        said.append(_("volet %(code)s", code=each["strand"]))
    if each.get("carriers") or each.get("themes"):
        said.append(_("pour certains porteurs ou thèmes"))
    return " · ".join(said)


def _session(each: Item) -> str:
    known = SessionForm.known(each)
    return _(
        "du %(start)s au %(end)s, %(amount)s", start=datetime_short(known["opens_at"]),
        end=datetime_short(known["closes_at"]), amount=money(known["envelope"]),
    )  # fmt: skip


LISTS: dict[str, Listing] = {
    "volets": Listing(
        _l("Les volets"), _l("Volet"), "strands", StrandForm, lambda each: f"{each['code']}. {each['title']}", _strand,
        _l("Ajouter un volet"), _l("Aucun volet"), _l("Chaque volet a sa grille et ses questions. Un appel simple n’en a qu’un."),
    ),
    "grille": Listing(
        _l("La grille"), _l("Critère"), "criteria", CriterionForm, lambda each: str(each["label"]), _criterion,
        _l("Ajouter un critère"), _l("Aucun critère"), _l("Les poids des critères font 100 ensemble ; le volet dit la meilleure note."), True,
    ),
    "questions": Listing(
        _l("Les questions"), _l("Question"), "questions", QuestionForm, lambda each: str(each["label"]), _question,
        _l("Ajouter une question"), _l("Aucune question"),
        _l("Le titre, le résumé, le calendrier, le budget et les pièces sont déjà demandés : n’ajoutez que ce qui est propre à l’appel."), True,
    ),
    "conditions": Listing(
        _l("Les conditions"), _l("Condition"), "rules", RuleForm, lambda each: str(each["statement"]), _rule,
        _l("Ajouter une condition"), _l("Aucune condition"), _l("Ce qui rend un projet éligible : vérifié par la machine, ou jugé par une personne."),
    ),
    "pieces": Listing(
        _l("Les pièces"), _l("Pièce"), "documents", PieceForm, lambda each: str(each["label"]), _piece,
        _l("Ajouter une pièce"), _l("Aucune pièce"), _l("N’y mettez pas ce qu’un registre public dit déjà : extrait Kbis, avis SIRENE, statuts."),
    ),
    "calendrier": Listing(
        _l("Le calendrier"), _l("Relève"), "sessions", SessionForm, lambda each: str(each["label"]), _session,
        _l("Ajouter une relève"), _l("Aucune relève"), _l("Un appel permanent a plusieurs relèves dans l’année ; les autres n’en ont qu’une."),
    ),
}  # fmt: skip


def total_weight(criteria: Sequence[Item]) -> Decimal:
    """What the weights of a grid make together."""
    return sum((weight(each["weight"]) for each in criteria), Decimal(0)).normalize()

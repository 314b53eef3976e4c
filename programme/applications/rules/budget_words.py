"""The words by which a spreadsheet of a budget names its columns, its rows and their natures: pure, compared without accents."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from programme.applications.states import ExpenseCategory, FundingKind, FundingState

Code = ExpenseCategory | FundingKind


class Part(StrEnum):
    """Which part of the budget a row belongs to (« partie du budget »)."""

    EXPENSE = "expense"
    REQUEST = "request"
    FUNDING = "funding"


class Field(StrEnum):
    """What a column holds."""

    PART = "part"
    LABEL = "label"
    CODE = "code"
    STATE = "state"
    AMOUNT = "amount"


class Source(StrEnum):
    """Where the nature of a row comes from: it was said, guessed from the words, or nothing tells it."""

    SAID = "said"
    GUESSED = "guessed"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Words:
    """The house's own words for its codes, as the screen shows them, folded."""

    codes: Mapping[Part, Mapping[str, Code]] = field(default_factory=dict)
    states: Mapping[str, FundingState] = field(default_factory=dict)


def words(
    expenses: Mapping[ExpenseCategory, object], fundings: Mapping[FundingKind, object],
    states: Mapping[FundingState, object],
) -> Words:  # fmt: skip
    """Make the words of the screen, from code to label, ready to be compared."""
    return Words(
        {
            Part.EXPENSE: {fold(str(label)): code for code, label in expenses.items()},
            Part.FUNDING: {fold(str(label)): code for code, label in fundings.items()},
        },
        {fold(str(label)): code for code, label in states.items()},
    )


def fold(text: str) -> str:
    """Small letters without accents, words separated by one space."""
    plain = "".join(each for each in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(each))
    return " ".join(re.findall(r"[a-z0-9&%]+", plain))


# Titles of columns, tried in this order: « nature de la depense » is no label, « total demande » is no state.
_HEADINGS: Sequence[tuple[Field, str]] = (
    (Field.PART, r"partie|section"),
    (Field.CODE, r"nature|categorie|type|famille|rubrique"),
    (Field.AMOUNT, r"montants?|totaux|total|couts?|prix|sommes?|euros?|eur|budget|ttc|ht|amount|cost"),
    (Field.STATE, r"etat|statut|obtenu|acquis|situation"),
    (
        Field.LABEL,
        (
            r"postes?|libelles?|intitules?|designation|depenses?|objet|financeurs?|financements?|sources?|origine|ressources?|"
            r"recettes?|description|label|item"
        ),
    ),
)
_VALUED = r"(?:apports?|contributions?|valoris\w*)\b.*\b(?:nature|benevol\w*)|benevol\w*|mises? a disposition"
_EXPENSES: Sequence[tuple[ExpenseCategory, str]] = (
    (ExpenseCategory.IN_KIND, _VALUED),
    (
        ExpenseCategory.INDIRECT,
        r"indirect\w*|frais generaux|frais de structure|charges? de structure|forfait de structure|frais de siege",
    ),
    (
        ExpenseCategory.STAFF,
        (
            r"personnels?|salair\w*|salari\w*|remuneration\w*|charges? sociales?|chargee? de mission|stagiaires?|"
            r"masse salariale|traitements?|cotisations?|animateurs?|animatrices?|alternan\w*"
        ),
    ),
    (
        ExpenseCategory.EQUIPMENT,
        (
            r"equipements?|materiels?|capteurs?|serveurs?|ordinateurs?|investissements?|machines?|outillages?|"
            r"immobilisations?|vehicules?|mobiliers?|bornes?|ecrans?|tablettes?"
        ),
    ),
    (
        ExpenseCategory.SERVICES,
        (
            r"prestat\w*|sous traitances?|sous traitants?|etudes?|conseils?|developpements?|hebergements?|licences?|"
            r"formations?|communication|honoraires?|maintenance|assistance|logiciels?|impressions?|graphis\w*|releves?|"
            r"deplacements?|locations?"
        ),
    ),
)
_FUNDINGS: Sequence[tuple[FundingKind, str]] = (
    (FundingKind.IN_KIND, _VALUED),
    (
        FundingKind.EUROPEAN,
        r"europe|europeens?|europeennes?|feder|fse|feader|leader|interreg|erasmus\w*|ue",
    ),
    (
        FundingKind.OWN,
        (
            r"fonds propres?|autofinancement|auto financement|ressources? propres?|apports?|tresorerie|cotisations?|"
            r"ventes?|recettes? propres?"
        ),
    ),
    (
        FundingKind.PUBLIC,
        (
            r"etat|departement\w*|communes?|ville|mairie|metropole|agglomeration|communaute|epci|ademe|drac|dreal|dreets|"
            r"bpifrance|anct|prefecture|regions?|collectivites?|public|publique|publics|publiques|cnc|anr|cci|caf|"
            r"agence de l eau|subventions?"
        ),
    ),
    (
        FundingKind.PRIVATE,
        (
            r"fondations?|mecen\w*|banques?|banque|emprunts?|prets?|prives?|privees?|entreprises?|sponsors?|dons?|"
            r"financement participatif"
        ),
    ),
)
_STATES: Sequence[tuple[FundingState, str]] = (
    (
        FundingState.OBTAINED,
        r"obtenue?s?|acquise?s?|accordee?s?|notifiee?s?|confirmee?s?|votee?s?|attribuee?s?",
    ),
    (
        FundingState.SOUGHT,
        r"demandee?s?|sollicitee?s?|esperee?s?|prevue?s?|en cours|en attente|a demander|previsionnel\w*",
    ),
)
_PARTS: Sequence[tuple[Part, str]] = (
    (Part.REQUEST, r"demande a la region|montant demande a la region|region cette demande"),
    (Part.EXPENSE, r"depenses?|charges?|emplois?"),
    (Part.FUNDING, r"(?:autres? )?financements?|recettes?|ressources?|produits?"),
)
_TOTAL = re.compile(r"(?:sous )?tota(?:l|ux)\b|montants? tota(?:l|ux)\b|couts? tota(?:l|ux)\b|ensemble\Z")
_REQUEST = re.compile(
    r"montant demande(?: a la region)?|region|conseil regional|region cette demande|demande a la region|"
    r"subvention (?:regionale )?demandee(?: a la region)?"
)


def _which(given: Sequence[tuple[StrEnum, str]], folded: str, *, whole: bool = False) -> StrEnum | None:
    """The first code whose words are the whole text, or stand in it."""
    for code, pattern in given:
        if re.fullmatch(pattern, folded) if whole else re.search(rf"\b(?:{pattern})\b", folded):
            return code
    return None


def heading_of(text: str) -> Field | None:
    """What the title of a column announces."""
    found = _which(_HEADINGS, fold(text))
    return found if isinstance(found, Field) else None


def is_total(text: str) -> bool:
    """Whether a row adds up others: « Total », « Sous-total 1 », « TOTAL DES DEPENSES »."""
    return bool(_TOTAL.match(fold(text)))


def names_part(text: str) -> bool:
    """Whether a cell is the name of a part of the budget."""
    return _which(_PARTS, fold(text), whole=True) is not None


def names_state(text: str, known: Words) -> bool:
    """Whether a cell is the state of a funding and nothing else."""
    return fold(text) in known.states or _which(_STATES, fold(text), whole=True) is not None


def names_code(text: str, known: Words) -> bool:
    """Whether a cell is a nature in the words of the screen."""
    return any(fold(text) in codes for codes in known.codes.values())


def part_of(said: str, label: str, otherwise: Part) -> Part:
    """The part of a row; among the fundings, the row of what is asked of the Region is the request."""
    found = _which(_PARTS, fold(said), whole=True)
    if isinstance(found, Part):
        return found
    return Part.REQUEST if otherwise is Part.FUNDING and _REQUEST.fullmatch(fold(label)) else otherwise


def code_of(part: Part, said: str, label: str, known: Words) -> tuple[Code | None, Source]:
    """The nature of a row, as it is said, else as its words let guess, else the one that says the least."""
    if part is Part.REQUEST:
        return None, Source.SAID
    folded, patterns = fold(said), _EXPENSES if part is Part.EXPENSE else _FUNDINGS
    if folded in known.codes.get(part, {}):
        return known.codes[part][folded], Source.SAID
    for text in (folded, fold(label)):
        found = _which(patterns, text)
        if isinstance(found, ExpenseCategory | FundingKind):
            return found, Source.GUESSED
    return ExpenseCategory.OTHER if part is Part.EXPENSE else FundingKind.OWN, Source.UNKNOWN


def state_of(said: str, known: Words) -> FundingState:
    """Whether a funding is obtained; sought while nothing says it."""
    found = known.states.get(fold(said)) or _which(_STATES, fold(said))
    return found if isinstance(found, FundingState) else FundingState.SOUGHT

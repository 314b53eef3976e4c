"""The shape of the document of a call, as a JSON Schema (draft 2020-12): published, and checked before a call is read.

Lengths are those of the columns: what the schema accepts, the database takes.
"""

from typing import Any

from programme.calls.states import AidRegime, CallKind, Check, MoneyAsked
from programme.evaluation.scoring import SCALE_LEAST, SCALE_MOST
from programme.organisations.states import OrganisationKind
from programme.questionnaires.rules.schema import CONDITION_SCHEMA, QUESTION_SCHEMA
from programme.strategy.states import ThemeSet

AMOUNT = r"^[0-9]{1,12}(\.[0-9]{1,2})?$"
INSTANT = r"^20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2})$"
DAY = r"^20[0-9]{2}-[0-9]{2}-[0-9]{2}$"
MOST_QUESTIONS = 120
LONG = 20_000
"""Signs of a long text: a règlement has ten thousand."""

Schema = dict[str, Any]


def _text(most: int, *, least: int = 0, pattern: str | None = None) -> Schema:
    bounded: Schema = {"type": "string", "maxLength": most}
    if least:
        bounded["minLength"] = least
    return bounded if pattern is None else {**bounded, "pattern": pattern}


def _whole(least: int, most: int) -> Schema:
    return {"type": "integer", "minimum": least, "maximum": most}


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _list(items: Schema, most: int) -> Schema:
    return {"type": "array", "items": items, "maxItems": most}


def _codes(codes: Any) -> Schema:
    return {"type": "string", "enum": [each.value for each in codes]}


def _object(required: tuple[str, ...], **properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}


_POINTS = {"anyOf": [_whole(0, 100), _text(6, pattern=r"^[0-9]{1,3}(\.[0-9]{1,2})?$")]}
_EUROS = {"anyOf": [_whole(0, 10**12 - 1), _text(20, pattern=AMOUNT)]}
_CODE = _text(40, least=1, pattern=r"^[a-z][a-z0-9_-]*$")
_STRAND = _text(10, least=1, pattern=r"^[A-Za-z0-9]+$")

CRITERION = _object(
    ("code", "label", "weight"),
    code=_CODE, label=_text(200), help=_text(2000), weight=_POINTS, floor=_or_null(_whole(1, SCALE_MOST)),
    guidance=_list(_text(300), SCALE_MOST + 1),
)  # fmt: skip
STRAND = _object(
    ("code", "title", "summary", "criteria"),
    code=_STRAND, title=_text(200), summary=_text(2000), scale=_whole(SCALE_LEAST, SCALE_MOST),
    criteria=_list(CRITERION, 30), questions=_list(QUESTION_SCHEMA, MOST_QUESTIONS),
)  # fmt: skip
PARAMETERS = _object(
    (),
    kinds=_list(_codes(OrganisationKind), len(OrganisationKind)), codes=_list(_text(10), 120), months=_whole(1, 240),
    amount=_EUROS, percent=_POINTS, condition=CONDITION_SCHEMA,
)  # fmt: skip
RULE = _object(
    ("statement",),
    strand=_STRAND, check=_codes(Check), parameters=PARAMETERS, statement=_text(1000), refusal=_text(1000),
    redirect_to=_text(200),
)  # fmt: skip
DOCUMENT = _object(
    ("code", "label"),
    strand=_STRAND, code=_text(60, least=1, pattern=r"^[a-z][a-z0-9_-]*$"), label=_text(200), hint=_text(1000),
    mandatory={"type": "boolean"}, carriers=_list(_codes(OrganisationKind), len(OrganisationKind)),
    themes=_list(_text(60), 60), valid_months=_or_null(_whole(1, 120)),
)  # fmt: skip
SESSION = _object(
    ("label", "opens_at", "closes_at", "envelope"),
    label=_text(120), opens_at=_text(40, pattern=INSTANT), closes_at=_text(40, pattern=INSTANT),
    envelope=_text(20, pattern=AMOUNT), committee_on=_or_null(_text(10, pattern=DAY)), vote_on=_or_null(_text(10, pattern=DAY)),
)  # fmt: skip
ENVELOPES: Schema = {
    "type": "object", "propertyNames": {"pattern": r"^20[0-9]{2}$"}, "additionalProperties": _text(20, pattern=AMOUNT),
}  # fmt: skip
"""Year of the vote -> euros."""
REGULATION = _object(("name", "sha256"), name=_text(255), sha256=_text(64, least=64, pattern=r"^[0-9a-f]+$"))
"""The rules as a PDF: their name and their digest, by which they are recognised; the file does not travel with the document."""
CALL_SCHEMA: Schema = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Call for projects",
    "description": "A whole call: texts, settings, strands, grids, questions, rules, pieces and sessions.",
    **_object(
        (
            "code", "slug", "title", "kind", "theme_set", "promise", "description", "audience", "amounts", "answer_delay",
            "expenses", "fund", "appeal_text", "receipt_service", "algorithm_notice", "strands", "rules", "documents",
        ),
        code=_text(40, least=1, pattern=r"^[A-Za-z0-9][A-Za-z0-9-]*$"), slug=_text(80, least=1, pattern=r"^[a-z0-9][a-z0-9-]*$"),
        title=_text(200), kind=_codes(CallKind), theme_set=_codes(ThemeSet), theme_codes=_list(_text(60, least=1), 60), promise=_text(600), description=_text(LONG),
        audience=_text(600), amounts=_text(600), answer_delay=_text(200), expenses=_text(LONG), fund=_text(120),
        contacts=_text(1000), appeal_text=_text(LONG), receipt_service=_text(1000), algorithm_notice=_text(LONG),
        annual_envelopes=ENVELOPES, award_ceiling=_or_null(_text(20, pattern=AMOUNT)), readers_per_file=_whole(1, 9), blind_reading={"type": "boolean"},
        spread_alert=_whole(1, 100), favourable_from=_whole(0, 100), reserved_from=_whole(0, 100), silence_months=_whole(1, 24),
        silence_accepts={"type": "boolean"}, silence_starts_when_complete={"type": "boolean"},
        silence_suspended_by_request={"type": "boolean"}, figures_are_fictional={"type": "boolean"},
        strands=_list(STRAND, 12), questions=_list(QUESTION_SCHEMA, MOST_QUESTIONS), rules=_list(RULE, 80), documents=_list(DOCUMENT, 60),
        sessions=_list(SESSION, 60), leads_to=_or_null(_text(40, least=1)), by_invitation={"type": "boolean"},
        money_asked=_codes(MoneyAsked), asks_data={"type": "boolean"}, aid_regime=_codes(AidRegime), objectives=_list(_text(130, least=1), 40), regulation=_or_null(REGULATION),
    ),
}  # fmt: skip

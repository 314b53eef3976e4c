"""The stored form of a question as a JSON Schema (2020-12): what `Question.from_json` accepts structurally. Pure.

It holds no reference, so that it can stand as it is inside the schema of a whole call. What a schema cannot say (a
formula that reads, a minimum under its maximum, codes all different) stays with `fields.questions_from`.
"""

from typing import Any

from programme.questionnaires.rules import bounds
from programme.questionnaires.rules.conditions import DEPTH, How
from programme.questionnaires.rules.kinds import CELLS, NEEDED, OWN, SHARED, FieldKind, Format, Level

Schema = dict[str, Any]


def _text(most: int, least: int = 0) -> Schema:
    return {"type": "string", "minLength": least, "maxLength": most}


def _list(items: Schema, most: int) -> Schema:
    return {"type": "array", "items": items, "minItems": 1, "maxItems": most}


def _whole(least: int, most: int) -> Schema:
    return {"type": "integer", "minimum": least, "maximum": most}


def _object(properties: Schema, required: list[str], **more: Any) -> Schema:
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False, **more}


_KEY: Schema = {"type": "string", "pattern": bounds.KEY}
_FLAG: Schema = {"type": "boolean"}
_SAID: Schema = {"oneOf": [_text(bounds.SAID, 1), {"type": "integer"}]}
_LIMIT: Schema = {"oneOf": [{"type": "string", "pattern": bounds.LIMIT}, {"type": "integer"}]}
_NUMBER: Schema = {
    "oneOf": [{"type": "string", "pattern": bounds.NUMBER}, _whole(-bounds.LARGEST, bounds.LARGEST)]
}  # fmt: skip
_OPTIONS = _list(
    {
        "type": "array", "prefixItems": [_text(bounds.OPTION_CODE, 1), _text(bounds.LABEL, 1)], "items": False,
        "minItems": 2,
    },
    bounds.OPTIONS,
)  # fmt: skip
_COMPARED: dict[How, Schema] = {
    How.IS: _SAID, How.IS_NOT: _SAID, How.ONE_OF: _list(_text(bounds.SAID), bounds.OPTIONS), How.AT_LEAST: _LIMIT,
    How.AT_MOST: _LIMIT, How.ANSWERED: {"const": True},
}  # fmt: skip
_COMPARISON = _object(
    {"key": _KEY, **{how.value: value for how, value in _COMPARED.items()}}, ["key"], minProperties=2, maxProperties=2
)
_SHORT: Schema = {
    "type": "array", "prefixItems": [_KEY, _text(bounds.SAID, 1)], "items": False, "minItems": 2,
}  # fmt: skip


def _condition(depth: int) -> Schema:
    """A condition of at most `depth` groups within groups, written out: a reference would not travel."""
    forms = [_SHORT, _COMPARISON]
    if depth:
        group: Schema = {"type": "object", "minProperties": 1, "maxProperties": 1, "additionalProperties": False}
        forms.append({**group, "patternProperties": {"^(all|any)$": _list(_condition(depth - 1), bounds.PARTS)}})
    return {"anyOf": forms}


CONDITION_SCHEMA = _condition(DEPTH)


def _when(name: str, values: list[str], then: Schema) -> Schema:
    return {"if": {"properties": {name: {"enum": values}}, "required": [name]}, "then": then}


_COLUMN = _object(
    {
        "key": _KEY, "label": _text(bounds.LABEL, 1), "kind": {"enum": [each.value for each in CELLS]}, "options": _OPTIONS,
        "required": _FLAG, "unit": _text(bounds.UNIT), "decimals": _whole(0, bounds.DECIMALS),
    },
    ["key", "label", "kind"],
    allOf=[
        _when("kind", ["choice"], {"required": ["options"]}),
        _when("kind", [each.value for each in CELLS if each != "choice"], {"properties": {"options": False}}),
        _when("kind", [each.value for each in CELLS if each != "number"], {"properties": {"unit": False, "decimals": False}}),
    ],
)  # fmt: skip
_MEASURE: Schema = {
    "anyOf": [
        {"type": "string", "pattern": bounds.CODE},
        _object(
            {
                "code": {"type": "string", "pattern": bounds.CODE},
                "label": _text(bounds.LABEL),
                "unit": _text(bounds.UNIT),
            },
            ["code"],
        ),
    ]
}
_PROPERTIES: Schema = {
    "key": _KEY, "label": _text(bounds.LABEL, 1), "kind": {"enum": [each.value for each in FieldKind]},
    "hint": _text(bounds.SENTENCE), "example": _text(bounds.SENTENCE), "purpose": _text(bounds.SENTENCE),
    "required": _FLAG, "section": _text(bounds.SECTION), "show_if": {"anyOf": [CONDITION_SCHEMA, {"type": "null"}]},
    "identity_bearing": _FLAG, "confidential": _FLAG, "max_length": _whole(1, bounds.ANSWER_MOST),
    "unit": _text(bounds.UNIT), "decimals": _whole(0, bounds.DECIMALS), "minimum": _NUMBER, "maximum": _NUMBER,
    "refusal": _text(bounds.SENTENCE), "must_be": {"enum": ["yes", "no"]}, "options": _OPTIONS,
    "columns": _list(_COLUMN, bounds.COLUMNS), "max_rows": _whole(1, bounds.ROWS_MOST),
    "formula": _text(bounds.FORMULA, 1),
    "levels": {**_list({"enum": [each.value for each in Level]}, len(Level)), "uniqueItems": True},
    "siret_required": _FLAG, "indicators": _list(_MEASURE, bounds.MEASURES),
    "formats": {**_list({"enum": [each.value for each in Format]}, len(Format)), "uniqueItems": True},
    "max_megabytes": _whole(1, bounds.MEGABYTES),
}  # fmt: skip


def _of(kind: FieldKind) -> Schema:
    """What a question of this kind must say, and must not."""
    foreign = [name for name in _PROPERTIES if name not in SHARED and name not in OWN[kind]]
    if kind is FieldKind.CALCULATED:
        foreign.append("required")
    then: Schema = {"properties": dict.fromkeys(foreign, False)}
    return _when("kind", [kind.value], {**then, "required": [NEEDED[kind]]} if kind in NEEDED else then)


QUESTION_SCHEMA: Schema = _object(_PROPERTIES, ["key", "label", "kind"], allOf=[_of(each) for each in FieldKind])
"""One question, as it is stored, sent and read back."""

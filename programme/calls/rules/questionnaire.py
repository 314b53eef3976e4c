"""The file of a questionnaire: its shape, and what of it joins the questions of a strand. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from programme.calls.rules.definition import Fault, shape, unsound
from programme.calls.rules.schema import MOST_QUESTIONS, Schema
from programme.questionnaires.rules.schema import QUESTION_SCHEMA

QUESTIONNAIRE_SCHEMA: Schema = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Questionnaire",
    "description": "Questions in their order; each is named by its key, and a condition names keys of questions before it.",
    "type": "object",
    "properties": {
        "title": {"type": "string", "maxLength": 600},
        "questions": {"type": "array", "items": QUESTION_SCHEMA, "maxItems": MOST_QUESTIONS},
    },
    "required": ["questions"],
    "additionalProperties": False,
}


def faults(document: Any) -> list[Fault]:
    """Why the document is no questionnaire; whether its conditions name questions is known once it is in its strand."""
    return unsound(document) or shape(document, QUESTIONNAIRE_SCHEMA)


def added(rows: Sequence[Mapping[str, Any]], questions: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The questions that join those of a strand, in their order: a key names one question only, the first."""
    taken = {each["key"] for each in rows}
    found = []
    for each in questions:
        if each["key"] not in taken:
            taken.add(each["key"])
            found.append(each)
    return found

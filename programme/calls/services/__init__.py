"""What the Region does with a call: define it and lead it through its life."""

from programme.calls.services.definition import blank, definition_of, duplicate, free_name, install, redefine
from programme.calls.services.life import automatic_rules, lead, lead_session, plan_session, turn_sessions
from programme.calls.services.references import add_regulation, forget_waiting, objectives, path_of, steps, unknown
from programme.calls.services.revision import (
    drop_revision,
    note_told,
    publish_revision,
    register_revision_listener,
    revise,
    working_document,
)

__all__ = [
    "add_regulation",
    "automatic_rules",
    "blank",
    "definition_of",
    "drop_revision",
    "duplicate",
    "forget_waiting",
    "free_name",
    "install",
    "lead",
    "lead_session",
    "note_told",
    "objectives",
    "path_of",
    "plan_session",
    "publish_revision",
    "redefine",
    "register_revision_listener",
    "revise",
    "steps",
    "turn_sessions",
    "unknown",
    "working_document",
]

"""What the Region does with a call: define it and lead it through its life."""

from programme.calls.services.definition import blank, definition_of, duplicate, free_name, install, redefine
from programme.calls.services.envelope import take
from programme.calls.services.life import automatic_rules, lead, lead_session, plan_session, turn_sessions
from programme.calls.services.references import (
    add_regulation,
    forget_waiting,
    objectives,
    path_of,
    steps,
    themes,
    unknown,
)
from programme.calls.services.revision import (
    drop_revision,
    note_told,
    publish_revision,
    register_revision_listener,
    revise,
    working_document,
)
from programme.calls.services.self_check import asked_in, check_length, effort_of, facts_of, rules_of, strand_decides

__all__ = [
    "add_regulation",
    "asked_in",
    "automatic_rules",
    "blank",
    "check_length",
    "definition_of",
    "drop_revision",
    "duplicate",
    "effort_of",
    "facts_of",
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
    "rules_of",
    "steps",
    "strand_decides",
    "take",
    "themes",
    "turn_sessions",
    "unknown",
    "working_document",
]

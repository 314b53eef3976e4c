"""What an applicant, then the Region, does with an application."""

from programme.applications.services.agenda import calendar_key, change_calendar_key, deadlines, holder
from programme.applications.services.deposit import (
    accept_commitments,
    answer_info,
    issue_receipt,
    keep_answer,
    submit,
    withdraw,
)
from programme.applications.services.draft import (
    PROJECT_TEXTS,
    Outdated,
    carry_over,
    provide_piece,
    refresh_pieces,
    save_answers,
    save_budget,
    save_datasets,
    save_project,
    start,
    take_back_piece,
    written,
)
from programme.applications.services.officer import admit, close, request_info
from programme.applications.services.reading import (
    answer_delays,
    answered_questions,
    asked_questions,
    ceilings,
    clock,
    condition_context,
    facts,
    faults,
    findings,
    missing_pieces,
    totals,
)
from programme.applications.services.reminders import drafts_to_remind, remind_of_closing, remind_of_silence

__all__ = [
    "PROJECT_TEXTS", "Outdated", "accept_commitments", "admit", "answer_delays", "answer_info", "answered_questions", "asked_questions",
    "calendar_key", "carry_over", "ceilings", "change_calendar_key", "clock", "close", "condition_context", "deadlines", "drafts_to_remind", "facts", "faults", "findings", "holder", "issue_receipt", "keep_answer", "missing_pieces",
    "provide_piece", "refresh_pieces", "remind_of_closing", "remind_of_silence", "request_info", "save_answers", "save_budget", "save_datasets", "save_project",
    "start", "submit", "take_back_piece", "totals", "withdraw", "written",
]  # fmt: skip

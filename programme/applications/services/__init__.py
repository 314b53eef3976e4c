"""What an applicant, then the Region, does with an application."""

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

__all__ = [
    "PROJECT_TEXTS", "Outdated", "accept_commitments", "admit", "answer_info", "asked_questions", "carry_over", "ceilings",
    "clock", "close", "condition_context", "facts", "faults", "findings", "issue_receipt", "keep_answer", "missing_pieces",
    "provide_piece", "refresh_pieces", "request_info", "save_answers", "save_budget", "save_datasets", "save_project",
    "start", "submit", "take_back_piece", "totals", "withdraw", "written",
]  # fmt: skip

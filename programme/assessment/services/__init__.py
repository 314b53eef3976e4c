"""Use cases of this room: instruction, then committee and decision."""

from programme.assessment.services.decision import (
    close_meeting,
    convene,
    give_opinion,
    hold,
    order,
    prepare,
    put_on_agenda,
    record_deliberation,
    register_award_listener,
    release,
    thresholds,
)
from programme.assessment.services.instruction import (
    accept_piece,
    accept_pieces,
    add_reviewer,
    assign_reader,
    close_scoring,
    judge_rule,
    open_review,
    recuse,
    refuse_piece,
    remove_reviewer,
    suggest_readers,
    take_charge,
)
from programme.assessment.services.interests import declare_interest
from programme.assessment.services.redaction import release_copy, withdraw_copy
from programme.assessment.services.remarks import decision_told

__all__ = [
    "accept_piece",
    "accept_pieces",
    "add_reviewer",
    "assign_reader",
    "close_meeting",
    "close_scoring",
    "convene",
    "decision_told",
    "declare_interest",
    "give_opinion",
    "hold",
    "judge_rule",
    "open_review",
    "order",
    "prepare",
    "put_on_agenda",
    "record_deliberation",
    "recuse",
    "refuse_piece",
    "register_award_listener",
    "release",
    "release_copy",
    "remove_reviewer",
    "suggest_readers",
    "take_charge",
    "thresholds",
    "withdraw_copy",
]  # fmt: skip

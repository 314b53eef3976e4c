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
)
from programme.assessment.services.instruction import (
    accept_piece,
    assign_reader,
    close_scoring,
    judge_rule,
    open_review,
    recuse,
    refuse_piece,
    suggest_readers,
    take_charge,
)

__all__ = [
    "accept_piece", "assign_reader", "close_meeting", "close_scoring", "convene", "give_opinion", "hold", "judge_rule",
    "open_review", "order", "prepare", "put_on_agenda", "record_deliberation", "recuse", "refuse_piece",
    "register_award_listener", "release", "suggest_readers", "take_charge",
]  # fmt: skip

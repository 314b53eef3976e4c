"""A request opens again what it names and nothing else; what is corrected replaces what was said when it is sent."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from programme.accounts.models import Account
from programme.applications.models import Application, BudgetLine, FundingSource, InfoRequest, Piece
from programme.applications.rules import readiness, reopening
from programme.applications.rules.reopening import Reopened
from programme.applications.services.reading import faults, stale_pieces
from programme.applications.states import PIECE, ExpenseCategory, FundingKind, FundingState, PieceState
from programme.calls.states import MoneyAsked
from programme.core import journal
from programme.core.errors import RuleBroken
from programme.questionnaires.rules.fields import Question, asked
from programme.questionnaires.rules.kinds import UNTYPED, FieldKind


class NotReady(RuleBroken):
    """What was reopened is not as it must be yet; `faults` say what is left, as before a deposit."""

    def __init__(self, found: list[readiness.Fault]) -> None:
        super().__init__(_("Il reste des points à revoir avant l’envoi."))
        self.faults = found


@dataclass(frozen=True)
class Choices:
    """What the Region may ask to see again, each as (name in the request, label)."""

    pieces: list[tuple[str, str]]
    questions: list[tuple[str, str]]
    budget: list[tuple[str, str]]

    @property
    def labels(self) -> dict[str, str]:
        """The label of each name."""
        return dict([*self.pieces, *self.questions, *self.budget])


def choices(application: Application) -> Choices:
    """The pieces that are not found right yet, the questions that are typed, the budget if the call asks for one."""
    pieces = [each for each in application.asked_pieces if PIECE.allows(each.state, "provide")]
    questions = [each for each, _answer in application.answered_questions if each.kind not in UNTYPED]
    budget = [(reopening.BUDGET, _("Le budget"))] if application.call.money_asked is not MoneyAsked.NONE else []
    return Choices(
        [(reopening.piece(each.id), each.label) for each in pieces],
        [(reopening.question(each.key), each.label) for each in questions], budget,
    )  # fmt: skip


def open_again(request: InfoRequest, application: Application, names: Iterable[str]) -> None:
    """Note in a request what it opens, and how the answers and the budget were when it did.

    A name that is none of `choices` is a demand in words, which opens nothing.
    """
    labels = choices(application).labels
    given = list(dict.fromkeys(names))
    request.items = [labels.get(each, each) for each in given]
    lapsed = [each.id for each in application.asked_pieces if each.state is PieceState.EXPIRED]
    request.asked = [each for each in given if each in labels]
    request.asked += [reopening.fresh(each) for each in lapsed if reopening.piece(each) in request.asked]
    opened = Reopened.of(request.asked)
    if opened.corrects:
        shown = [each.key for each, _answer in application.answered_questions]
        request.before = {"answers": dict(application.answers), "shown": shown, "budget": budget_of(application)}
        request.written = {}


def reopened(request: InfoRequest) -> Reopened:
    """What a request opens."""
    return Reopened.of(request.asked)


def reopened_pieces(application: Application) -> list[Piece]:
    """The pieces that the last request opens, in order."""
    named = reopened(application.info_requests[-1]).pieces
    return [each for each in application.asked_pieces if each.id in named]


def reopened_questions(application: Application) -> list[Question]:
    """The questions that the last request opens, and those that no one was asked before an answer was corrected."""
    request = application.info_requests[-1]
    named = reopened(request)
    if not named.corrects:
        return []
    questions = application.form_definition.questions
    answers = {**application.answers_to(questions), **corrected_answers(request)}
    context = dict(application.condition_context)
    if "budget" in (request.written or {}):
        context["requested_amount"] = _amount((request.written or {})["budget"]["requested"])
    shown = set((request.before or {}).get("shown", []))
    return [
        each
        for each in asked(questions, answers, context)
        if each.kind is not FieldKind.FILE and (each.key in named.questions or each.key not in shown)
    ]


def corrected_answers(request: InfoRequest) -> dict[str, Any]:
    """The answers as they are being corrected; None takes one away."""
    found: dict[str, Any] = (request.written or {}).get("answers", {})
    return found


def budget_of(application: Application) -> dict[str, Any]:
    """The budget as a request keeps it."""
    return {
        "requested": _text(application.requested_amount),
        "lines": [[each.label, each.category.value, _text(each.amount)] for each in application.budget_lines],
        "sources": [
            [each.label, each.kind.value, each.state.value, _text(each.amount)] for each in application.funding_sources
        ],
    }  # fmt: skip


def rows_of(budget: Mapping[str, Any]) -> tuple[list[BudgetLine], list[FundingSource], Decimal | None]:
    """The rows that a kept budget says, in no session, and the request."""
    lines = [
        BudgetLine(position=n, label=label, category=ExpenseCategory(category), amount=Decimal(amount))
        for n, (label, category, amount) in enumerate(budget["lines"])
    ]
    sources = [
        FundingSource(
            position=n, label=label, kind=FundingKind(kind), state=FundingState(state), amount=Decimal(amount)
        )
        for n, (label, kind, state, amount) in enumerate(budget["sources"])
    ]
    return lines, sources, _amount(budget["requested"])


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:.2f}"


def _amount(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def ensure_answered(application: Application, at: datetime) -> None:
    """Everything that the last request opens is there.

    Raises:
        RuleBroken: a piece has not come since the request.
        NotReady: one has no date or is too old.
    """
    request = application.info_requests[-1]
    pieces, fresh = reopened_pieces(application), reopened(request).fresh
    lacking = [each.label for each in pieces if each.state is not PieceState.PROVIDED or not came_since(each, request)]
    if lacking:
        raise RuleBroken(_("Ajoutez d’abord : %(labels)s.", labels=", ".join(lacking)))
    days = [(each, at if each.id in fresh else application.submitted_at or at) for each in pieces]
    found = readiness.of_dates([stale for each, day in days for stale in stale_pieces([each], day)])
    if found:
        raise NotReady(found)


def came_since(piece: Piece, request: InfoRequest) -> bool:
    """Whether the file of a piece came after the request."""
    return piece.provided_at is not None and piece.provided_at >= request.asked_at


def correct(application: Application, *, by: Account, at: datetime) -> None:
    """Put what was corrected in the place of what was said; the request keeps both.

    Raises:
        NotReady: an answer is missing or wrong, or the budget would not be accepted at a deposit.
    """
    request = application.info_requests[-1]
    opened = reopened(request)
    if not opened.corrects:
        return
    before = _sums(application)
    keys = [each.key for each in reopened_questions(application) if each.kind not in UNTYPED]
    _replace(application, corrected_answers(request), (request.written or {}).get("budget"), set(keys), opened)
    found = _faults(application, set(keys), opened, at)
    if found:
        raise NotReady(found)
    application.version += 1
    journal.record(
        "application.corrected", on=application, by=by, at=at, before=before if opened.budget else {},
        after={"questions": keys, **(_sums(application) if opened.budget else {})},
    )  # fmt: skip


def _replace(
    application: Application, answers: Mapping[str, Any], budget: Mapping[str, Any] | None, keys: set[str], opened: Reopened
) -> None:  # fmt: skip
    given = {**application.answers, **{key: value for key, value in answers.items() if key in keys}}
    application.answers = {key: value for key, value in given.items() if value is not None}
    if opened.budget and budget is not None:
        application.budget_lines, application.funding_sources, application.requested_amount = rows_of(budget)


def _faults(application: Application, keys: set[str], opened: Reopened, at: datetime) -> list[readiness.Fault]:
    """What is wrong with what was reopened, and with nothing else: the rest was accepted at the deposit."""
    wrong = {f"q_{key}" for key in keys}
    return [
        each
        for each in faults(application, application.submitted_at or at, subdomain_needed=False)
        if (each.step == "budget" and opened.budget) or (each.step == "questions" and _names(each, wrong))
    ]


def _names(fault: readiness.Fault, anchors: set[str]) -> bool:
    return fault.anchor is not None and any(
        fault.anchor == each or fault.anchor.startswith(f"{each}-") for each in anchors
    )


def _sums(application: Application) -> dict[str, Any]:
    """What a journal may say of a budget: its two sums."""
    cost = sum((each.amount for each in application.budget_lines), Decimal(0))
    return {"cost": _text(cost), "requested": _text(application.requested_amount)}

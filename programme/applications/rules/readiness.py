"""What an application still lacks before it may be handed in: one pure rule for the review page and the deposit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from programme.applications.rules.budget import Totals
from programme.applications.rules.state_aid import Lack
from programme.calls.rules.eligibility import Facts, Finding, Verdict
from programme.calls.rules.remedies import OF_DATES, Remedy, plan
from programme.calls.states import Check, MoneyAsked
from programme.questionnaires.rules.fields import Question
from programme.questionnaires.rules.validation import check


@dataclass(frozen=True)
class Fault:
    """One thing to mend: on which step, a code with its values, or a sentence given by the call.

    `anchor` is the identifier of the field on the page of the step, None when the step itself is the place.
    """

    step: str
    code: str
    values: Mapping[str, Any] = field(default_factory=dict)
    sentence: str | None = None
    anchor: str | None = None


@dataclass(frozen=True)
class Snapshot:
    """All that decides, gathered from the records."""

    title: str
    summary: str
    description: str
    theme_chosen: bool
    subdomain_needed: bool
    subdomain_chosen: bool
    territory_code: str | None
    starts_on: date | None
    ends_on: date | None
    questions: Sequence[Question]
    answers: Mapping[str, Any]
    context: Mapping[str, Any]
    totals: Totals
    empty_labels: int
    empty_amounts: int
    missing_pieces: Sequence[tuple[int, str]]
    dataset_count: int
    empty_datasets: int
    findings: Sequence[Finding]
    commitments_accepted: bool
    frame_note: str
    facts: Facts | None = None
    aid: Sequence[Lack] = ()
    lacks_engagement: bool = False
    asks_data: bool = True
    money: MoneyAsked = MoneyAsked.FULL
    stale_pieces: Sequence["Stale"] = ()


@dataclass(frozen=True)
class Stale:
    """A piece whose age is limited and that is not good: its number, its label, and the date from which it would be.

    `is_dated`: it bears one, which is too early; else nobody said it yet.
    """

    number: int
    label: str
    is_dated: bool
    good_from: date


def of_dates(pieces: Sequence[Stale]) -> list[Fault]:
    """What to mend of the dates of pieces."""
    return [
        Fault(
            "pieces", "piece_too_old" if each.is_dated else "piece_undated",
            {"label": each.label, "day": each.good_from}, anchor=f"dated_{each.number}",
        )
        for each in pieces
    ]  # fmt: skip


def faults(snapshot: Snapshot) -> list[Fault]:
    """Everything that prevents the deposit, step by step; empty when the application is ready."""
    return [
        *_project(snapshot),
        *_questions(snapshot),
        *_data(snapshot),
        *_budget(snapshot),
        *[Fault("aides", each.code, each.values, anchor=each.anchor) for each in snapshot.aid],
        *[
            Fault("pieces", "piece_missing", {"label": label}, anchor=f"piece-{number}")
            for number, label in snapshot.missing_pieces
        ],
        *of_dates(snapshot.stale_pieces),
        *_conditions(snapshot),
        *([] if snapshot.commitments_accepted else [Fault("relecture", "commitments", anchor="commitments")]),
        *([Fault("relecture", "engagement", anchor="engagement")] if snapshot.lacks_engagement else []),
    ]


def _conditions(given: Snapshot) -> list[Fault]:
    """The conditions of the call that do not hold; the first of a step says what to change there for all of them."""
    found = [
        Fault(step, "rule_broken", sentence=each.rule.refusal or each.rule.statement, anchor=_PLACES.get(step))
        for each in given.findings
        if each.verdict is Verdict.BROKEN and each.rule.check not in _SAID_ELSEWHERE
        for step in [_step_of(each)]
    ]
    said = set()
    for place, fault in enumerate(found):
        if fault.step not in said and (changes := _changes(given, fault.step)):
            found[place] = replace(fault, values={"changes": changes})
        said.add(fault.step)
    return found


def _changes(given: Snapshot, step: str) -> tuple[Remedy, ...]:
    """What to change on a step so that, with what is to change on the other, the conditions are met."""
    if given.facts is None or step not in ("projet", "budget"):
        return ()
    whole = plan([each.rule for each in given.findings], given.facts, balanced=given.money is MoneyAsked.FULL)
    return tuple(each for each in whole.changes if (each.lever in OF_DATES) == (step == "projet"))


_PLACES = {"budget": "balance"}


# These conditions of the call are also said field by field, more precisely.
_SAID_ELSEWHERE = frozenset({Check.PLAN_BALANCED, Check.PIECES_COMPLETE, Check.THEME_CHOSEN})
_ANCHORS = {"territory": "territory_code"}


def _project(given: Snapshot) -> list[Fault]:
    wanted = {
        "title": given.title.strip(),
        "summary": given.summary.strip(),
        "description": given.description.strip(),
        "theme": given.theme_chosen,
        "subdomain": given.subdomain_chosen or not given.subdomain_needed,
        "territory": given.territory_code,
        "starts_on": given.starts_on,
        "ends_on": given.ends_on,
        "frame_note": given.frame_note.strip(),
    }
    found = [
        Fault("projet", f"{name}_missing", anchor=_ANCHORS.get(name, name))
        for name, value in wanted.items()
        if not value
    ]
    if given.starts_on and given.ends_on and given.ends_on <= given.starts_on:
        found.append(Fault("projet", "ends_before_it_starts", anchor="ends_on"))
    return found


def _questions(given: Snapshot) -> list[Fault]:
    """Each question once; where only a part of its answer is at fault, the view says which (`place`)."""
    found = []
    for each in check(given.questions, given.answers, given.context):
        values: dict[str, Any] = {"question": each.question.label}
        code = f"answer_{each.code}"
        if each.part:
            values["place"], code = each, "answer_incomplete" if each.code == "missing" else "answer_wrong_part"
        found.append(Fault("questions", code, values, each.own_words or None, each.anchor))
    return found


def _data(given: Snapshot) -> list[Fault]:
    if not given.asks_data:
        return []
    if not given.dataset_count:
        return [Fault("donnees", "no_dataset", anchor="rows-0-label")]
    return [Fault("donnees", "dataset_unnamed", anchor="rows-0-label")] if given.empty_datasets else []


def _budget(given: Snapshot) -> list[Fault]:
    totals = given.totals
    if given.money is MoneyAsked.NONE:
        return []
    if totals.cost <= 0:
        return [Fault("budget", "no_expense", anchor="lines-0-label")]
    found = []
    if totals.requested <= 0:
        found.append(Fault("budget", "no_request", anchor="requested"))
    if given.money is MoneyAsked.FULL and totals.gap > 0:
        found.append(Fault("budget", "gap_missing", {"amount": totals.gap}, anchor="balance"))
    if given.money is MoneyAsked.FULL and totals.gap < 0:
        found.append(Fault("budget", "gap_excess", {"amount": -totals.gap}, anchor="balance"))
    if given.empty_labels:
        found.append(Fault("budget", "label_missing"))
    if given.empty_amounts:
        found.append(Fault("budget", "amount_missing"))
    return found


_PROJECT_CHECKS = frozenset({Check.TERRITORY, Check.START_AFTER_DEPOSIT, Check.END_AFTER_DEPOSIT, Check.DURATION_MAX})
_CARRIER_CHECKS = frozenset({Check.CARRIER_KIND, Check.SIRET_VALID})


def _step_of(finding: Finding) -> str:
    if finding.rule.check in _CARRIER_CHECKS:
        return "organisme"
    if finding.rule.check is Check.ANSWERS:
        return "questions"
    return "projet" if finding.rule.check in _PROJECT_CHECKS else "budget"

"""What an application still lacks before it may be handed in: one pure rule for the review page and the deposit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from programme.applications.rules.budget import Totals
from programme.calls.rules.eligibility import Finding, Verdict
from programme.questionnaires.rules.fields import Question
from programme.questionnaires.rules.validation import check


@dataclass(frozen=True)
class Fault:
    """One thing to mend: on which step, a code with its values, or a sentence given by the call."""

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
    missing_pieces: Sequence[str]
    dataset_count: int
    findings: Sequence[Finding]
    commitments_accepted: bool


def faults(snapshot: Snapshot) -> list[Fault]:
    """Everything that prevents the deposit, step by step; empty when the application is ready."""
    return [
        *_project(snapshot),
        *_questions(snapshot),
        *_data(snapshot),
        *_budget(snapshot),
        *[Fault("pieces", "piece_missing", {"label": label}) for label in snapshot.missing_pieces],
        *[
            Fault(_step_of(each), "rule_broken", sentence=each.rule.refusal or each.rule.statement)
            for each in snapshot.findings
            if each.verdict is Verdict.BROKEN and each.rule.check != "plan_balanced"
        ],
        *([] if snapshot.commitments_accepted else [Fault("relecture", "commitments")]),
    ]


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
    }
    found = [Fault("projet", f"{name}_missing", anchor=name) for name, value in wanted.items() if not value]
    if given.starts_on and given.ends_on and given.ends_on <= given.starts_on:
        found.append(Fault("projet", "ends_before_it_starts", anchor="ends_on"))
    return found


def _questions(given: Snapshot) -> list[Fault]:
    return [
        Fault("questions", f"answer_{each.code}", {"question": each.question.label}, each.question.refusal or None
              if each.code == "refused" else None, anchor=f"q_{each.question.key}")
        for each in check(given.questions, given.answers, given.context)
    ]  # fmt: skip


def _data(given: Snapshot) -> list[Fault]:
    return [] if given.dataset_count else [Fault("donnees", "no_dataset")]


def _budget(given: Snapshot) -> list[Fault]:
    totals = given.totals
    if totals.cost <= 0:
        return [Fault("budget", "no_expense")]
    found = []
    if totals.requested <= 0:
        found.append(Fault("budget", "no_request", anchor="requested"))
    if totals.gap > 0:
        found.append(Fault("budget", "gap_missing", {"amount": totals.gap}))
    if totals.gap < 0:
        found.append(Fault("budget", "gap_excess", {"amount": -totals.gap}))
    if given.empty_labels:
        found.append(Fault("budget", "label_missing"))
    return found


def _step_of(finding: Finding) -> str:
    project = {"territory", "start_after_deposit", "duration_max"}
    return "projet" if finding.rule.check in project else "organisme" if finding.rule.check == "carrier_kind" else "budget"

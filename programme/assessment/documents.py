"""The letters of a decision: what each says, gathered once for the PDF and the mail."""

import textwrap
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from programme.assessment.models import Decision, Deliberation
from programme.assessment.states import Outcome
from programme.core.documents import instant

ADDRESS_LINES = 6
ADDRESS_SIGNS = 38


@dataclass(frozen=True)
class Letter:
    """A notification: the decision in the first sentence, its reason in the second, what one can do in the third."""

    reference: str
    organisation: str
    representative: str
    window: tuple[str, ...]
    project_title: str
    call_title: str
    is_award: bool
    amount: Decimal | None
    eligible_cost: Decimal
    rate: Decimal | None
    reason: str
    deliberation_number: str
    voted_on: date
    deposited_at: datetime
    appeal_text: str
    algorithm_notice: str
    needs_agreement: bool
    fictional: bool


def window(name: str, person: str | None, street: str | None, city: str | None) -> tuple[str, ...]:
    """The address in the window of the envelope: six lines of 38 signs at most, the town last (NF Z 10-011)."""
    last = [city] if city else []
    room = ADDRESS_LINES - len(last)
    streets = [line for part in (street or "").split(", ") for line in _cut(part)][: room - 2]
    room -= len(streets)
    people = _cut(_("à l’attention de %(name)s", name=person))[: room - 1] if person else []
    names = _cut(name)[: room - len(people)]
    return (*names, *people, *streets, *last)


def _cut(text: str) -> list[str]:
    return textwrap.wrap(text, ADDRESS_SIGNS, break_on_hyphens=False)


def letter(decision: Decision, deliberation: Deliberation, *, needs_agreement: bool) -> Letter:
    """The letter of a decision."""
    application = decision.application
    organisation = application.organisation
    assert application.submitted_at is not None
    rate = None
    if decision.amount is not None and decision.eligible_cost:
        rate = (100 * decision.amount / decision.eligible_cost).quantize(Decimal("0.01"))
    return Letter(
        reference=application.reference, organisation=organisation.name,
        representative=organisation.representative_name or "",
        window=window(
            organisation.name, organisation.representative_name, organisation.address, organisation.city
        ),
        project_title=application.title, call_title=application.call.title,
        is_award=decision.outcome is Outcome.AWARD, amount=decision.amount, eligible_cost=decision.eligible_cost,
        rate=rate, reason=decision.reason, deliberation_number=deliberation.number, voted_on=deliberation.voted_on,
        deposited_at=application.submitted_at, appeal_text=application.call.appeal_text,
        algorithm_notice=application.call.algorithm_notice, needs_agreement=needs_agreement,
        fictional=application.call.figures_are_fictional,
    )  # fmt: skip


def data(content: Letter) -> dict[str, Any]:
    """What the PDF of a letter carries for machines: the same amounts as its text, in euros with two decimals."""
    return {
        "application": content.reference, "organisation": content.organisation, "project_title": content.project_title,
        "call_title": content.call_title, "decision": "award" if content.is_award else "reject",
        "amount": None if content.amount is None else f"{content.amount:.2f}",
        "eligible_cost": f"{content.eligible_cost:.2f}", "rate": None if content.rate is None else f"{content.rate:.2f}",
        "currency": "EUR", "reason": content.reason, "deliberation": {"number": content.deliberation_number, "voted_on": content.voted_on.isoformat()},
        "deposited_at": instant(content.deposited_at), "appeal": content.appeal_text,
    }  # fmt: skip

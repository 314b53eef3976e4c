"""Asking to enter the network, and how officers answer."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _

from programme.accounts.models import Account
from programme.agreements import notifications, queries
from programme.agreements.models import Partnership, PartnershipRequest
from programme.agreements.services import network
from programme.agreements.states import PARTNER, PartnerStatus
from programme.catalogue.models import Licence
from programme.core import journal, mail
from programme.core.errors import RuleBroken
from programme.extensions import db
from programme.organisations.models import Organisation


def request_partnership(
    organisation: Organisation, *, wishes: str, contact_name: str, contact_email: str,
    datasets: Sequence[Mapping[str, Any]], nonce: str, by: Account, at: datetime,
) -> PartnershipRequest:  # fmt: skip
    """Ask for a convention: sent twice, the second time answers with the first request.

    Raises:
        RuleBroken: the organisation is already a partner or has a request that waits.
    """
    known = db.session.scalars(queries.request_by_nonce(nonce)).one_or_none()
    if known is not None:
        return known
    partnership = network.place_of(organisation, at=at)
    if not PARTNER.allows(partnership.status, "ask"):
        raise RuleBroken(_refusal(partnership.status))
    request = PartnershipRequest(
        partnership=partnership, wishes=wishes, contact_name=contact_name, contact_email=contact_email, nonce=nonce,
        datasets=[_row(each) for each in datasets], asked_at=at, asked_by_id=by.id,
    )  # fmt: skip
    db.session.add(request)
    network.move(partnership, "ask", by=by, at=at)
    journal.record("partnership_request.asked", on=request, by=by, at=at, after={"datasets": len(request.datasets)})
    mail.queue(notifications.request_received(by, request), at=at)
    return request


def _refusal(status: PartnerStatus) -> str:
    if status in {PartnerStatus.REQUESTED, PartnerStatus.UNDER_REVIEW}:
        return _("La demande de cet organisme est déjà chez nous : une personne vous répond.")
    return _("Cet organisme est déjà partenaire : ajoutez un jeu de données depuis votre convention.")


def _row(each: Mapping[str, Any]) -> dict[str, str]:
    due_on = each["due_on"]
    return {
        "title": str(each["title"]), "due_on": due_on.isoformat() if isinstance(due_on, date) else str(due_on),
        "frequency": str(each.get("frequency") or "yearly"), "licence": str(each.get("licence") or Licence.LO_2_0.value),
    }  # fmt: skip


def lead_partner(partnership: Partnership, verb: str, *, by: Account, at: datetime, reason: str = "") -> None:
    """An officer takes a request in charge, declines it, suspends, resumes or ends a partnership.

    Raises:
        RuleBroken: a request is declined without a reason.
    """
    if verb == "decline":
        _decline(partnership, reason, at)
    network.move(partnership, verb, by=by, at=at)


def _decline(partnership: Partnership, reason: str, at: datetime) -> None:
    if not reason.strip():
        raise RuleBroken(_("Donnez la raison : elle est envoyée à la personne qui a fait la demande."))
    request = next((each for each in partnership.requests if each.answered_at is None), None)
    if request is None:
        raise RuleBroken(_("La convention de cette demande est déjà ouverte."))
    request.answered_at, request.answer = at, reason
    mail.queue(notifications.request_declined(request), at=at)

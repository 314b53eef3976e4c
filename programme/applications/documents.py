"""The receipt: every item that the law wants, gathered once for the screen, the mail and the PDF."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from flask_babel import gettext as _

from programme.applications.models import Application


@dataclass(frozen=True)
class Receipt:
    """Accusé de réception (CRPA L112-3, R112-5 and, for a request made on line, R112-11-1)."""

    number: str
    reference: str
    received_at: datetime
    call_title: str
    project_title: str
    organisation: str
    siret: str
    requested_amount: Decimal | None
    silence_on: date | None
    silence_accepts: bool
    silence_rule: str
    clock_note: str
    appeal_text: str
    service: str
    pieces: tuple[tuple[str, str, str], ...]


def receipt(application: Application) -> Receipt:
    """The receipt of an application that was handed in."""
    call = application.call
    assert application.receipt_number is not None
    assert application.submitted_at is not None
    return Receipt(
        number=application.receipt_number, reference=application.reference, received_at=application.submitted_at,
        call_title=call.title, project_title=application.title, organisation=application.organisation.name,
        siret=application.organisation.siret, requested_amount=application.requested_amount,
        silence_on=application.silence_on, silence_accepts=call.silence_accepts, silence_rule=_silence_rule(application),
        clock_note=_clock_note(application), appeal_text=call.appeal_text, service=call.receipt_service,
        pieces=tuple(
            (piece.required_document.label, piece.file.name, piece.file.sha256)
            for piece in application.pieces
            if piece.file is not None
        ),
    )  # fmt: skip


def _silence_rule(application: Application) -> str:
    """Whether silence accepts or refuses, and after how long (R112-5, 2° and 3°)."""
    months = application.call.silence_months
    if application.call.silence_accepts:
        return _(
            "Sans réponse de la Région dans un délai de %(months)s mois, votre demande est réputée acceptée.",
            months=months,
        )
    return _(
        "Sans réponse de la Région dans un délai de %(months)s mois, votre demande est réputée refusée.", months=months
    )


def _clock_note(application: Application) -> str:
    """The date holds provided that the request is complete (R112-11-1), and a request for pieces suspends it."""
    notes = [_("Cette date vaut sous réserve que votre demande soit complète.")]
    if application.call.silence_starts_when_complete:
        notes.append(
            _("Si la Région déclare votre dossier complet plus tard, le délai court à partir de ce jour : vous en êtes averti par courriel.")
        )  # fmt: skip
    if application.call.silence_suspended_by_request:
        notes.append(_("Une demande de pièces manquantes suspend le délai jusqu’à leur réception."))
    return " ".join(notes)

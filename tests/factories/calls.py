"""A small complete call: one strand, a grid of two criteria, one question, one mandatory piece, one open session."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from sqlalchemy import inspect

from programme.calls import services
from programme.calls.models import Call, CallSession
from programme.calls.states import CallState, SessionState
from programme.extensions import db
from tests.factories.people import NOON

_number = count(1)
OPENS = NOON - timedelta(days=60)
CLOSES = NOON + timedelta(days=7)
_PATH = {
    CallState.DRAFT: (),
    CallState.IN_REVIEW: ("ask_review",),
    CallState.PUBLISHED: ("ask_review", "publish"),
    CallState.OPEN: ("ask_review", "publish", "open"),
    CallState.SUSPENDED: ("ask_review", "publish", "open", "suspend"),
    CallState.CLOSED: ("ask_review", "publish", "open", "close"),
    CallState.ARCHIVED: ("ask_review", "publish", "open", "close", "archive"),
    CallState.DROPPED: ("drop",),
}


def definition(**values: Any) -> dict[str, Any]:
    """A call as `services.install` reads it; any key may be given otherwise."""
    index = next(_number)
    return {
        "slug": f"appel-{index}", "code": f"APPEL-{index}", "title": f"Appel {index}", "kind": "permanent",
        "theme_set": "data", "fund": "Budget régional", "promise": "Pour ouvrir des données.",
        "description": "Un appel d’essai.", "audience": "Tout le monde", "amounts": "50 % des dépenses",
        "answer_delay": "En trois mois", "expenses": "Prestations et salaires.",
        "appeal_text": "Recours dans les deux mois devant le tribunal administratif de Marseille.",
        "receipt_service": "Direction du numérique\n1 place de l’Hémicycle, 13000 Marseille\ndonnees@region.example\n04 00 00 00 00",
        "algorithm_notice": "La note est calculée par un traitement algorithmique (CRPA, article L311-3-1).",
        "favourable_from": 60, "reserved_from": 50,
        "strands": [
            {
                "code": "A", "title": "Ouvrir", "summary": "Ouvrir des données.",
                "criteria": [
                    {"code": "interest", "label": "Intérêt régional", "weight": 60},
                    {"code": "value", "label": "Valeur des données", "weight": 40, "floor": 2},
                ],
                "questions": [{"key": "uses", "label": "Qui s’en servira ?", "kind": "long_text", "section": "Usages"}],
            }
        ],
        "rules": [
            {
                "check": "rate_max", "parameters": {"percent": 50}, "statement": "La demande ne dépasse pas 50 %.",
                "refusal": "La Région finance 50 % au plus.",
            },
            {"check": "plan_balanced", "statement": "Le plan est équilibré."},
            {"statement": "Une autre structure en profite.", "refusal": "Le projet ne sert que son porteur."},
        ],
        "documents": [{"code": "rib", "label": "Relevé d’identité bancaire", "hint": "De moins de trois mois."}],
        **values,
    }  # fmt: skip


def call(state: CallState = CallState.OPEN, **values: Any) -> Call:
    """A call without session, in the given state. Inside a unit of work."""
    made = services.install(definition(**values), at=NOON - timedelta(days=90))
    for verb in _PATH[state]:
        services.lead(made, verb, by=None, at=NOON - timedelta(days=80))
    db.session.flush()
    return made


def session(
    of: Call, *, state: SessionState = SessionState.OPEN, opens_at: datetime = OPENS, closes_at: datetime = CLOSES,
    envelope: Decimal = Decimal(100_000), label: str = "Relève d’essai",
) -> CallSession:  # fmt: skip
    """A session of a call. Inside a unit of work."""
    if "sessions" in inspect(of).unloaded:
        db.session.refresh(of, ["sessions"])
    made = services.plan_session(
        of, label=label, opens_at=opens_at, closes_at=closes_at, envelope=envelope, committee_on=date(2027, 2, 9),
        vote_on=date(2027, 2, 26), at=NOON - timedelta(days=85),
    )  # fmt: skip
    made.state = state
    db.session.flush()
    return made


def open_call(
    *, opens_at: datetime = OPENS, closes_at: datetime = CLOSES, envelope: Decimal = Decimal(100_000), **values: Any
) -> Call:
    """An open call with one session that accepts applications at NOON. Inside a unit of work.

    `values` replace keys of the definition (`strands`, `rules`, `documents`, texts, `silence_months`…).
    """
    made = call(**values)
    session(made, opens_at=opens_at, closes_at=closes_at, envelope=envelope)
    return made

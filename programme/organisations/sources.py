"""The company registry (« Recherche d’entreprises »): asked when its address is configured, never required."""

import re
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy.exc import IntegrityError

from programme.core import http
from programme.core.unit_of_work import unit_of_work
from programme.extensions import db
from programme.organisations import queries
from programme.organisations.models import CompanyAnswer
from programme.organisations.rules.company import Absence, Company, hidden
from programme.organisations.states import AnswerStatus

PUBLIC, CEASED, CLOSED = "O", "C", "F"
"""Codes of the national directory: shown to everybody; an undertaking that ceased; an establishment that closed."""
_NOT_SHOWN = re.compile(r"^\[?(?:ND|NON[- ]DIFFUSIBLE)\]?$", re.IGNORECASE)


def plugged_in() -> bool:
    """Whether the instance has a registry to ask (`COMPANY_REGISTRY_URL`)."""
    return bool(current_app.config["COMPANY_REGISTRY_URL"])


def company_of(siret: str) -> Company | Absence:
    """Ask the registry about a SIRET of fourteen digits, now, and outside of any transaction.

    An answer about another SIRET than the one asked is none: the registry searches texts, and might find this number elsewhere.
    """
    if not plugged_in():
        return Absence.UNAVAILABLE
    try:
        answer = http.get_json(f"{current_app.config['COMPANY_REGISTRY_URL']}/search", {"q": siret})
    except http.OutsideFault:
        return Absence.UNAVAILABLE
    if not isinstance(answer, dict) or not isinstance(answer.get("results"), list):
        return Absence.UNAVAILABLE
    found = [(each, place) for each in _objects(answer["results"]) for place in _places(each, siret)]
    return _company(*found[0], siret) if found else Absence.UNKNOWN


def kept(siret: str, *, at: datetime) -> Company | Absence | None:
    """The answer that is kept and still fresh, if any."""
    answer = db.session.scalars(queries.registry_answer(siret)).one_or_none()
    if answer is None or answer.fetched_at <= at - CompanyAnswer.FRESH:
        return None
    return answer.company or Absence.UNKNOWN


def answer_on(siret: str, *, at: datetime) -> Company | Absence:
    """The fresh answer, else the one that the registry gives now, which is kept; outside of any transaction."""
    known = kept(siret, at=at)
    if known is not None:
        return known
    found = company_of(siret)
    if found is not Absence.UNAVAILABLE:
        with unit_of_work():
            keep(siret, found, at=at)
    return found


def keep(siret: str, found: Company | Absence, *, at: datetime) -> None:
    """Keep an answer in the place of the one before; that there was none is never kept."""
    if found is Absence.UNAVAILABLE:
        return
    values: dict[str, Any] = {"status": AnswerStatus.UNKNOWN, "document": {}, "fetched_at": at}
    if isinstance(found, Company):
        values |= {"status": AnswerStatus.FOUND, "document": asdict(found)}
    try:
        with db.session.begin_nested():
            row = db.session.scalars(queries.registry_answer(siret).with_for_update()).one_or_none()
            if row is None:
                db.session.add(CompanyAnswer(siret=siret, **values))
            else:
                row.status, row.document, row.fetched_at = values["status"], values["document"], at
    except (
        IntegrityError
    ):  # On PostgreSQL somebody else may keep the same answer at the same instant: theirs is as good.
        return


# ---- reading the answer -------------------------------------------------------------------------


def _objects(values: Any) -> Iterator[dict[str, Any]]:
    """What a list of the answer holds, without what has no place there."""
    return (each for each in (values if isinstance(values, list) else []) if isinstance(each, dict))


def _places(company: dict[str, Any], siret: str) -> Iterator[dict[str, Any]]:
    """The establishments of a company that have this SIRET: its seat, or those that the search found."""
    seat = company.get("siege")
    every = [seat, *_objects(company.get("matching_etablissements"))]
    return (each for each in every if isinstance(each, dict) and each.get("siret") == siret)


def _company(company: dict[str, Any], place: dict[str, Any], siret: str) -> Company:
    """One establishment. Who asked the national institute not to be shown stays hidden here."""
    category = _text(company.get("nature_juridique"), 4)
    active = company.get("etat_administratif") != CEASED and place.get("etat_administratif") != CLOSED
    shown = company.get("statut_diffusion") == PUBLIC
    if not shown or place.get("statut_diffusion_etablissement", PUBLIC) != PUBLIC:
        return hidden(siret, category, is_active=active)
    return Company(
        siret, name=_text(company.get("nom_complet") or company.get("nom_raison_sociale"), 200), legal_category=category,
        commune_code=_text(place.get("commune"), 5), commune=_text(place.get("libelle_commune"), 100),
        postcode=_text(place.get("code_postal"), 5), address=_text(place.get("adresse"), 300), is_active=active,
    )  # fmt: skip


def _text(value: Any, limit: int) -> str:
    """A text of the answer as every database can keep it, on one line; empty when it is not shown."""
    if not isinstance(value, str):
        return ""
    line = " ".join(value.replace("\x00", " ").encode("utf-8", "replace").decode().split())[:limit]
    return "" if _NOT_SHOWN.match(line) else line

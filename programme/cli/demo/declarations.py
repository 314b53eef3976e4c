"""What demonstration carriers declare: their State aid, mostly none, and the republican engagement of associations."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import select

from programme.applications.models import Application, EngagementAcceptance
from programme.applications.rules import state_aid
from programme.applications.rules.state_aid import AidRegulation, Company, CompanyLink, Declaration, Received
from programme.applications.services import engagement
from programme.calls.states import AidRegime
from programme.cli.demo.people import fictional_siret
from programme.core import journal
from programme.core.clock import local_day
from programme.extensions import db
from programme.organisations.models import Membership
from programme.organisations.states import MembershipRole

LINKED = fictional_siret(901)[:9]
# By title: days before the deposit, who granted it, euros, for the linked company or for the carrier itself.
RECEIVED: Mapping[str, tuple[tuple[int, str, int, bool], ...]] = {
    "Doc’Proche en vallée": ((420, "Département des Alpes-de-Haute-Provence", 12_000, False),),
    "Tri Malin 06": ((700, "Région Démonstration", 40_000, True), (95, "Ville de Grasse", 8_500, False)),
    # With what it asks it passes the ceiling, as a file of before the step can.
    "Neige et Navettes": (
        (610, "Région Démonstration", 180_000, False), (150, "Département des Hautes-Alpes", 115_000, False),
    ),
    "Fuites en clair": ((1_500, "Agence de l’eau", 90_000, False), (300, "Métropole des Deux Rives", 25_000, False)),
}  # fmt: skip
SELLING = frozenset({"Halles ouvertes"})
"""Projects of carriers that are no company and sell something all the same."""


def declared(application: Application, day: date) -> Declaration:
    """The whole declaration of a carrier that hands in on this day; aid older than three years does not count."""
    title, siren = application.title, application.organisation.siren
    is_company = application.organisation.kind in state_aid.COMPANIES
    if not is_company and title not in SELLING:
        return Declaration(has_activity=False)
    aids = [
        Received(day - timedelta(days=days), authority, AidRegulation.GENERAL, Decimal(euros), LINKED if linked else siren)
        for days, authority, euros, linked in RECEIVED.get(title, ())
    ]  # fmt: skip
    is_linked = any(each.siren == LINKED for each in aids)
    return Declaration(
        has_activity=None if is_company else True, is_linked=is_linked, has_received=bool(aids), received=aids,
        companies=[Company(LINKED, "Tri Malin Collecte", CompanyLink.VOTES)] if is_linked else [], is_sworn=True,
    )  # fmt: skip


def declare(application: Application, deposit: datetime) -> None:
    """Write the declaration of a file, where its call asks for one."""
    if application.call.aid_regime is not AidRegime.NONE:
        application.aid = state_aid.to_json(declared(application, local_day(deposit)))


def engage(application: Application, deposit: datetime) -> None:
    """Take the republican engagement of an association that hands in, the first time for it and for its next files."""
    if not engagement.is_owed(application):
        return
    text = engagement.text_on(local_day(deposit))
    application.engagement_version = text.version
    if engagement.taken(application, local_day(deposit)) is not None:
        return
    made = EngagementAcceptance(
        organisation_id=application.organisation_id, version=text.version, sha256=text.digest, accepted_at=deposit,
        accepted_by_id=_owner(application.organisation_id),
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()  # The journal names its number.
    after = {"version": text.version.isoformat(), "sha256": text.digest}
    journal.record("engagement.accepted", on=made, by=None, at=deposit, after=after)


def _owner(organisation_id: int) -> int | None:
    """Who leads the organisation; most of the demonstration have nobody with an account."""
    return db.session.scalars(
        select(Membership.account_id).where(
            Membership.organisation_id == organisation_id, Membership.role == MembershipRole.OWNER
        )
    ).first()

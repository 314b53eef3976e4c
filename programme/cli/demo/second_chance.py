"""A demonstration file that was not admissible, taken up again: the draft stands beside what the Region said."""

from datetime import datetime

from sqlalchemy import select

from programme.applications import queries, services
from programme.applications.models import Application
from programme.cli.demo.people import account
from programme.extensions import db
from programme.organisations.models import Membership
from programme.organisations.states import MembershipRole, MembershipState


def load(at: datetime) -> None:
    """The draft of somebody who has an account. Inside the caller's transaction."""
    partner = account("partenaire@metropole.example")
    reference = db.session.scalars(
        select(Application.reference).where(Application.title == "Atlas des ateliers vélo")
    ).one()
    former = db.session.scalars(queries.whole(reference).execution_options(populate_existing=True)).one()
    member = Membership(
        organisation=former.organisation, account=partner, role=MembershipRole.EDITOR, state=MembershipState.ACTIVE,
        since=former.created_at,
    )  # fmt: skip
    db.session.add(member)
    [place, *_others] = services.places(former, at)
    copies = services.copy_files(former, place.strand, at=at)
    services.take_up(former, place.session, place.strand, copies, by=partner, at=at)

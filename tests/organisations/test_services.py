"""Joining and leading an organisation, without a page."""

import re
import threading
from datetime import timedelta
from functools import partial

import pytest
import time_machine
from sqlalchemy import func, select

from programme.accounts.models import Account
from programme.accounts.states import AccountState
from programme.core.clock import now
from programme.core.errors import IllegalTransition, RuleBroken
from programme.core.journal import JournalEntry
from programme.core.mail import OutboxMessage
from programme.core.unit_of_work import unit_of_work
from programme.extensions import db as database
from programme.organisations import policy, queries, services
from programme.organisations.models import Membership, Organisation
from programme.organisations.states import (
    ActorCategory,
    MembershipRole,
    MembershipState,
    OrganisationKind,
)
from tests.factories.people import NOON, account, member, organisation, siret

pytestmark = pytest.mark.db
OWNER, EDITOR, READER = MembershipRole.OWNER, MembershipRole.EDITOR, MembershipRole.READER


def enter(person, number, name="Commune de Gap"):
    return services.create_or_join(
        person, number, name, OrganisationKind.LOCAL_AUTHORITY, city="Gap", territory_code="05", at=NOON
    )


def recipients(db):
    return list(db.session.scalars(select(OutboxMessage.recipient).order_by(OutboxMessage.id)))


def test_the_first_person_owns_the_organisation_and_the_next_one_asks(db):
    with unit_of_work():
        first, second = account(email="first@exemple.fr"), account(email="second@exemple.fr")
        link = enter(first, "231 300 021 00012")
        assert (link.role, link.state, link.organisation.siret) == (OWNER, MembershipState.ACTIVE, "23130002100012")
        asked = enter(second, "23130002100012", "Another name")
        assert (asked.organisation_id, asked.state) == (link.organisation_id, MembershipState.REQUESTED)
        assert not policy.is_member(second, link.organisation_id), "a request opens nothing"
    assert recipients(db) == ["first@exemple.fr"]
    assert db.session.scalar(select(func.count()).select_from(Organisation)) == 1


def test_two_organisations_of_one_name_have_two_addresses(db):
    with unit_of_work():
        one, two = enter(account(), siret(901)), enter(account(), siret(902))
    assert [one.organisation.slug, two.organisation.slug] == ["commune-de-gap", "commune-de-gap-2"]


def test_a_wrong_siret_is_refused(db):
    with pytest.raises(RuleBroken, match="SIRET"), unit_of_work():
        enter(account(), "23130002100013")


def test_one_does_not_ask_twice(db):
    with unit_of_work():
        person, of = account(), organisation()
        member(account(), of)
        services.join(person, of, at=NOON)
        with pytest.raises(RuleBroken, match="déjà demandé"):
            services.join(person, of, at=NOON)


def test_an_owner_accepts_with_a_role_and_the_person_is_told(db):
    with unit_of_work():
        owner, person, of = account(), account(email="person@exemple.fr"), organisation()
        member(owner, of)
        link = services.join(person, of, at=NOON)
        services.accept(link, READER, by=owner, at=NOON)
        assert (link.state, link.role) == (MembershipState.ACTIVE, READER)
        assert policy.is_member(person, of.id)
        assert not policy.is_editor(person, of.id)
        with pytest.raises(IllegalTransition):
            services.accept(link, OWNER, by=owner, at=NOON)
        assert link.role is READER
    assert recipients(db)[-1] == "person@exemple.fr"


def test_a_role_is_changed_for_members_only(db):
    with unit_of_work():
        owner, person, of = account(), account(), organisation()
        member(owner, of)
        link = services.join(person, of, at=NOON)
        with pytest.raises(IllegalTransition):
            services.set_role(link, OWNER, by=owner, at=NOON)


@pytest.mark.parametrize("act", ["reader", "end"])
def test_the_last_owner_stays(db, act):
    with unit_of_work():
        owner, of = account(), organisation()
        link = member(owner, of)
        member(account(), of, EDITOR)
        leave = services.end if act == "end" else partial(services.set_role, role=READER)
        with pytest.raises(RuleBroken, match="un organisme en garde toujours une"):
            leave(link, by=owner, at=NOON)
        member(account(), of, OWNER)
        services.end(link, by=owner, at=NOON)
    assert link.state is MembershipState.ENDED


def test_somebody_who_only_asks_is_no_second_owner(db):
    with unit_of_work():
        owner, of = account(), organisation()
        link = member(owner, of)
        asked = member(account(), of, OWNER)
        asked.state = MembershipState.REQUESTED
        with pytest.raises(RuleBroken):
            services.end(link, by=owner, at=NOON)


def test_an_invitation_does_not_lower_a_member(db):
    with unit_of_work():
        owner, of = account(email="owner@exemple.fr"), organisation()
        member(owner, of)
        with pytest.raises(RuleBroken, match="déjà membre"):
            services.invite(of, "Owner@exemple.fr", READER, by=owner, at=NOON)
    assert policy.is_owner(owner, of.id)


def letter_to(db, email):
    return db.session.scalars(
        select(OutboxMessage).where(OutboxMessage.recipient == email).order_by(OutboxMessage.id.desc())
    ).first()


def token_sent_to(db, email):
    return re.search(r"/compte/invitation/(\S+)", letter_to(db, email).text)[1]


def test_a_colleague_gets_the_same_letter_with_or_without_an_account(db):
    emails = ["known@exemple.fr", "unknown@exemple.fr", "asleep@exemple.fr"]
    with unit_of_work():
        owner, of = account(), organisation("Canal de Manosque")
        member(owner, of)
        known = account(email="known@exemple.fr")
        account(email="asleep@exemple.fr", state=AccountState.UNCONFIRMED)
        for email in emails:
            services.invite(of, email, EDITOR, by=owner, at=NOON)
        assert not policy.is_member(known, of.id), "nobody enters unasked"
    assert recipients(db) == emails
    texts = {re.sub(r"invitation/\S+", "…", letter_to(db, email).text) for email in emails}
    assert len(texts) == 1
    assert "Canal de Manosque" in letter_to(db, "unknown@exemple.fr").subject


def test_an_invitation_serves_once_and_only_while_its_author_leads(db):
    with unit_of_work():
        owner, other, guest, of = account(), account(), account(email="guest@exemple.fr"), organisation()
        member(owner, of)
        member(other, of)
        services.invite(of, "guest@exemple.fr", READER, by=owner, at=now())
    token = token_sent_to(db, "guest@exemple.fr")
    with unit_of_work():
        services.set_role(db.session.scalars(queries.membership(of.id, owner.id)).one(), READER, by=other, at=now())
        with pytest.raises(RuleBroken, match="n’est plus valable"):
            services.enter(token, guest, at=now())
        services.set_role(db.session.scalars(queries.membership(of.id, owner.id)).one(), OWNER, by=other, at=now())
        link = services.enter(token, guest, at=now())
        assert (link.role, link.state) == (READER, MembershipState.ACTIVE)
        services.end(link, by=owner, at=now())
        with pytest.raises(RuleBroken, match="déjà servi"):
            services.enter(token, guest, at=now())


def test_an_invitation_ends_after_fourteen_days(db):
    with time_machine.travel(NOON, tick=False) as clock:
        with unit_of_work():
            owner, guest, of = account(), account(email="guest@exemple.fr"), organisation()
            member(owner, of)
            services.invite(of, "guest@exemple.fr", READER, by=owner, at=now())
            token = token_sent_to(db, "guest@exemple.fr")
        clock.shift(timedelta(days=14, seconds=1))
        with unit_of_work(), pytest.raises(RuleBroken, match="n’est plus valable"):
            services.enter(token, guest, at=now())
        clock.shift(timedelta(seconds=-1))
        with unit_of_work():
            assert services.enter(token, guest, at=now()).state is MembershipState.ACTIVE


def test_who_asks_to_join_is_accepted_in_the_list(db):
    with unit_of_work():
        owner, person, of = account(), account(email="asks@exemple.fr"), organisation()
        member(owner, of)
        services.join(person, of, at=NOON)
        with pytest.raises(RuleBroken, match="acceptez-la dans la liste"):
            services.invite(of, "asks@exemple.fr", READER, by=owner, at=NOON)


def test_invitations_are_counted(db):
    with unit_of_work():
        owner, of = account(), organisation()
        member(owner, of)
        for index in range(services.INVITATIONS_PER_DAY):
            services.invite(of, f"c{index}@exemple.fr", EDITOR, by=owner, at=NOON)
        with pytest.raises(RuleBroken, match="Trop d’essais"):
            services.invite(of, "more@exemple.fr", EDITOR, by=owner, at=NOON)
        services.invite(of, "more@exemple.fr", EDITOR, by=owner, at=NOON + timedelta(days=1, seconds=1))


def test_who_left_may_ask_again_or_be_taken_back(db):
    with unit_of_work():
        owner, person, of = account(), account(email="back@exemple.fr"), organisation()
        member(owner, of)
        link = member(person, of, OWNER)
        services.end(link, by=owner, at=NOON)
        assert not policy.is_member(person, of.id)
        again = services.join(person, of, at=NOON)
        assert (again.id, again.state) == (link.id, MembershipState.REQUESTED)
        assert not policy.is_owner(person, of.id)
        services.end(link, by=owner, at=NOON)
        services.invite(of, "back@exemple.fr", READER, by=owner, at=now())
        services.enter(token_sent_to(db, "back@exemple.fr"), person, at=now())
    assert (link.state, link.role) == (MembershipState.ACTIVE, READER)


def test_every_act_is_recorded(db):
    with unit_of_work():
        owner, person, of = account(), account(), organisation()
        member(owner, of)
        link = services.join(person, of, at=NOON)
        services.accept(link, READER, by=owner, at=NOON)
        services.set_role(link, EDITOR, by=owner, at=NOON)
        services.end(link, by=owner, at=NOON)
    entries = db.session.scalars(select(JournalEntry).order_by(JournalEntry.id)).all()
    assert [each.act for each in entries] == [
        "membership.requested", "membership.accepted", "membership.role_set", "membership.ended",
    ]  # fmt: skip
    assert (entries[2].before, entries[2].after) == ({"role": "reader"}, {"role": "editor"})


def test_an_organisation_describes_itself_by_a_closed_list(db):
    with unit_of_work():
        of = organisation()
        before = of.siret
        services.describe(
            of, {"name": "Éco-Lab", "siret": "0" * 14, "website": "", "city": "Digne"}, by=account(), at=NOON
        )
        services.set_categories(of, {ActorCategory.PRODUCER, ActorCategory.REUSER})
        services.set_categories(of, {ActorCategory.REUSER})
    assert (of.name, of.sort_name, of.siret, of.website, of.city) == ("Éco-Lab", "eco-lab", before, None, "Digne")
    assert [each.category for each in of.categories] == [ActorCategory.REUSER]


def test_two_owners_who_leave_at_once_do_not_leave_nobody(app, db):
    with unit_of_work():
        people, of = [account(), account()], organisation()
        for person in people:
            member(person, of)
        slug, numbers = of.slug, [each.id for each in people]
    barrier, outcomes = threading.Barrier(2), []

    def leave(number: int) -> None:
        with app.app_context():
            barrier.wait()
            try:
                with unit_of_work():
                    held = database.session.scalars(queries.for_update(slug)).one()
                    link = database.session.scalars(queries.membership(held.id, number)).one()
                    services.end(link, by=database.session.get_one(Account, number), at=NOON)
                outcomes.append("left")
            except RuleBroken:
                outcomes.append("stays")

    threads = [threading.Thread(target=leave, args=(number,)) for number in numbers]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(outcomes) == ["left", "stays"]
    db.session.rollback()
    active = select(func.count()).where(Membership.state == MembershipState.ACTIVE, Membership.role == OWNER)
    assert db.session.scalar(active) == 1


def test_requests_to_join_are_counted(db):
    """Each writes to all who lead the organisation: asking and giving up in turn flooded them."""
    with unit_of_work():
        of, person = organisation("Commune de Gap"), account()
        member(account(), of)
        for _each in range(services.JOINS_PER_DAY):
            services.end(services.join(person, of, at=NOON), by=person, at=NOON)
        with pytest.raises(RuleBroken, match="Trop"):
            services.join(person, of, at=NOON)
        services.join(person, of, at=NOON + timedelta(days=1, seconds=1))

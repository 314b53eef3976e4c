"""Leaving an organisation, handing its responsibility over, and taking it back."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from programme.accounts.states import AccountState
from programme.core.errors import RuleBroken
from programme.core.journal import JournalEntry
from programme.core.mail import OutboxMessage
from programme.core.unit_of_work import unit_of_work
from programme.organisations import queries, services
from programme.organisations.models import Handover, Membership
from programme.organisations.states import MembershipRole, MembershipState
from tests.factories import applications
from tests.factories.people import NOON, account, member, organisation, visitor_for

pytestmark = pytest.mark.db
OWNER, EDITOR, READER = MembershipRole.OWNER, MembershipRole.EDITOR, MembershipRole.READER


@pytest.fixture(autouse=True)
def freeze():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def house(db):
    """An organisation, the person in charge and a colleague who writes."""
    with unit_of_work():
        of = organisation("Commune de Gap")
        owner, colleague = account(name="Camille", email="camille@gap.fr"), account(name="Lou", email="lou@gap.fr")
        member(owner, of)
        member(colleague, of, EDITOR)
    return of, owner, colleague


def link(db, of, person) -> Membership:
    db.session.rollback()
    return db.session.scalars(queries.membership(of.id, person.id)).one()


def roles(db, of, *people) -> list:
    return [(each.role, each.state) for each in (link(db, of, person) for person in people)]


def mails(db) -> list[tuple[str, str]]:
    db.session.rollback()
    return [(each.recipient, each.subject) for each in db.session.scalars(select(OutboxMessage))]


def acts(db) -> list[str]:
    return list(db.session.scalars(select(JournalEntry.act).order_by(JournalEntry.id)))


# ---- leaving ------------------------------------------------------------------------------------


def test_a_member_leaves_after_reading_what_stays_and_the_owners_are_told(app, db, house):
    of, owner, colleague = house
    with unit_of_work():
        applications.draft(by=colleague, of=of)
    visitor, path = visitor_for(app, colleague), f"/compte/organismes/{of.slug}/quitter"
    page = visitor.get(path)
    assert "Le brouillon en cours reste à l'organisme" in page.text
    visitor.post(path, {}, form=path)
    assert roles(db, of, colleague) == [(EDITOR, MembershipState.ENDED)]
    assert [to for to, subject in mails(db) if "a quitté" in subject] == [owner.email]
    visitor.get(f"/compte/organismes/{of.slug}", status=404)
    visitor.get(path, status=404)


def test_the_only_owner_is_led_to_hand_over_first_and_cannot_leave(app, db, house):
    of, owner, _colleague = house
    visitor, path = visitor_for(app, owner), f"/compte/organismes/{of.slug}/quitter"
    page = visitor.get(path)
    assert page.h1 == "Transmettez d'abord la responsabilité"
    assert f"/compte/organismes/{of.slug}/transmettre" in page.links()
    visitor.post(path, {}, form=f"/compte/organismes/{of.slug}")
    assert roles(db, of, owner) == [(OWNER, MembershipState.ACTIVE)]


def test_a_stranger_and_a_person_who_only_asked_find_no_such_pages(app, db, house):
    of, _owner, _colleague = house
    with unit_of_work():
        stranger, asking = account(), account()
        services.join(asking, of, at=NOON)
    for person in (stranger, asking):
        visitor = visitor_for(app, person)
        for page in ("quitter", "transmettre", "demander-la-responsabilite"):
            visitor.get(f"/compte/organismes/{of.slug}/{page}", status=404)


# ---- handing over -------------------------------------------------------------------------------


def handed(db, of, owner, colleague, then=EDITOR) -> int:
    with unit_of_work() as session:
        giver, receiver = (session.scalars(queries.membership(of.id, each.id)).one() for each in (owner, colleague))
        return services.hand_over(giver, receiver, then, by=giver.account, at=NOON).id


def test_the_responsibility_goes_to_a_colleague_in_one_act_and_everybody_concerned_is_told(app, db, house):
    of, owner, colleague = house
    with unit_of_work() as session:
        other = account(name="Noé", email="noe@gap.fr")
        member(other, session.merge(of))
    visitor, path = visitor_for(app, owner), f"/compte/organismes/{of.slug}/transmettre"
    visitor.post(path, {"receiver": str(colleague.id), "then": "editor"}, form=path)
    assert roles(db, of, owner, colleague) == [(EDITOR, MembershipState.ACTIVE), (OWNER, MembershipState.ACTIVE)]
    told = [to for to, subject in mails(db) if "est transmise" in subject]
    assert sorted(told) == ["camille@gap.fr", "lou@gap.fr", "noe@gap.fr"]
    assert "handover.made" in acts(db)
    visitor.get(path, status=404)


def test_who_hands_over_may_leave_in_the_same_act_and_cannot_come_back(app, db, house):
    of, owner, colleague = house
    number = handed(db, of, owner, colleague, None)
    assert roles(db, of, owner, colleague) == [(OWNER, MembershipState.ENDED), (OWNER, MembershipState.ACTIVE)]
    made = db.session.get(Handover, number)
    with pytest.raises(RuleBroken):
        services.undo(made, link(db, of, owner), link(db, of, colleague), by=owner, at=NOON)
    visitor_for(app, owner).post(f"/compte/organismes/{of.slug}/transmettre/annuler", {}, form="/compte", status=404)


@pytest.mark.parametrize("who", ["stranger", "asking", "oneself", "owner"])
def test_only_a_live_member_who_is_no_owner_receives_it(db, house, who):
    of, owner, colleague = house
    with unit_of_work() as session:
        person = {"stranger": account, "asking": account}.get(who, lambda: owner if who == "oneself" else colleague)()
        if who == "asking":
            services.join(person, session.merge(of), at=NOON)
        if who == "owner":
            session.scalars(queries.membership(of.id, colleague.id)).one().role = OWNER
    if who == "stranger":
        with unit_of_work() as session:
            assert session.scalars(queries.membership(of.id, person.id)).one_or_none() is None
        return
    with pytest.raises(RuleBroken):
        handed(db, of, owner, person)


def test_who_handed_over_takes_it_back_within_seven_days(app, db, house, freeze):
    of, owner, colleague = house
    handed(db, of, owner, colleague)
    freeze.move_to(NOON + timedelta(days=6, hours=23))
    visitor = visitor_for(app, owner)
    home = f"/compte/organismes/{of.slug}"
    assert "Reprendre la responsabilité" in visitor.get(home).text
    visitor.post(f"{home}/transmettre/annuler", {}, form=home)
    assert roles(db, of, owner, colleague) == [(OWNER, MembershipState.ACTIVE), (EDITOR, MembershipState.ACTIVE)]
    assert "handover.undone" in acts(db)
    assert "Reprendre la responsabilité" not in visitor.get(home).text


@pytest.mark.parametrize("why", ["late", "removed", "changed", "passed on", "twice"])
def test_it_cannot_be_taken_back_too_late_or_once_the_roles_have_changed(db, house, why):
    of, owner, colleague = house
    number = handed(db, of, owner, colleague)
    at = NOON + timedelta(days=7) if why == "late" else NOON + timedelta(days=1)
    with unit_of_work() as session:
        giver, receiver = (session.scalars(queries.membership(of.id, each.id)).one() for each in (owner, colleague))
        if why == "removed":
            services.end(giver, by=colleague, at=NOON)
        elif why == "changed":
            services.set_role(giver, READER, by=colleague, at=NOON)
        elif why == "passed on":
            services.hand_over(receiver, giver, READER, by=colleague, at=NOON)
        elif why == "twice":
            services.undo(session.get(Handover, number), giver, receiver, by=owner, at=at)
    with pytest.raises(RuleBroken), unit_of_work() as session:
        giver, receiver = (session.scalars(queries.membership(of.id, each.id)).one() for each in (owner, colleague))
        services.undo(session.get(Handover, number), giver, receiver, by=owner, at=at)


def test_an_editor_hands_nothing_over(app, db, house):
    of, owner, colleague = house
    visitor = visitor_for(app, colleague)
    path = f"/compte/organismes/{of.slug}/transmettre"
    visitor.get(path, status=404)
    visitor.post(path, {"receiver": str(owner.id), "then": "editor"}, form=f"/compte/organismes/{of.slug}", status=404)


def test_with_nobody_to_receive_it_the_page_says_what_to_do(app, db):
    with unit_of_work():
        of, owner = organisation(), account()
        member(owner, of)
    page = visitor_for(app, owner).get(f"/compte/organismes/{of.slug}/transmettre")
    assert "Invitez une personne" in page.text


# ---- requests to join that wait -----------------------------------------------------------------


def test_owners_are_reminded_after_three_days_then_the_person_is_told_after_seven_each_once(db, house):
    of, owner, _colleague = house
    with unit_of_work() as session:
        asking = account(name="Ana", email="ana@gap.fr")
        services.join(asking, session.merge(of), at=NOON)
    sent = {}
    for hours in (71, 72, 73, 167, 168, 200, 500):
        with unit_of_work():
            sent[hours] = services.remind_of_requests(NOON + timedelta(hours=hours))
    assert sent == {71: 0, 72: 1, 73: 0, 167: 0, 168: 1, 200: 0, 500: 0}
    assert [to for to, subject in mails(db) if "attend votre réponse" in subject] == [owner.email]
    assert [to for to, subject in mails(db) if "reste sans réponse" in subject] == ["ana@gap.fr"]


def test_a_new_request_starts_the_reminders_again(db, house):
    of, owner, _colleague = house
    with unit_of_work() as session:
        asking = account()
        joined = services.join(asking, session.merge(of), at=NOON)
        services.remind_of_requests(NOON + timedelta(days=8))
        services.end(joined, by=owner, at=NOON + timedelta(days=9))
        services.join(asking, session.merge(of), at=NOON + timedelta(days=10))
        assert services.remind_of_requests(NOON + timedelta(days=13)) == 1


def test_an_owner_sees_who_waits_in_their_own_space(app, db, house):
    of, owner, _colleague = house
    with unit_of_work() as session:
        for name in ("Ana", "Bo"):
            services.join(account(name=name), session.merge(of), at=NOON)
    page = visitor_for(app, owner).get("/mon-espace")
    assert "Ana" in page.text
    assert "Bo" in page.text


def test_an_owner_whose_account_is_closed_leads_nobody(app, db, house):
    of, owner, _colleague = house
    with unit_of_work():
        gone = member(account(name="Paul", state=AccountState.CLOSED), of)
        mine = db.session.scalars(queries.membership(of.id, owner.id)).one()
        with pytest.raises(RuleBroken, match="Nommez"):
            services.leave(mine, by=owner, at=NOON)
        with pytest.raises(RuleBroken, match="Nommez"):
            services.set_role(mine, EDITOR, by=owner, at=NOON)
        services.set_role(gone, EDITOR, by=owner, at=NOON)  # The one who is gone may be anything.
        with pytest.raises(RuleBroken, match="fermé"):
            services.hand_over(mine, gone, EDITOR, by=owner, at=NOON)
    page = visitor_for(app, owner).get(f"/compte/organismes/{of.slug}/transmettre")
    assert "Lou" in page.text
    assert "Paul" not in page.text

"""An organisation whose owner is gone: a member asks the Region, the owners may object, the Region answers in writing."""

import io
from datetime import timedelta
from itertools import product

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from programme.accounts.states import AccountState, Role
from programme.core.errors import IllegalTransition, RuleBroken
from programme.core.journal import JournalEntry
from programme.core.mail import MessageState, OutboxMessage
from programme.core.unit_of_work import unit_of_work
from programme.organisations import policy, queries, services
from programme.organisations.models import OwnershipRequest
from programme.organisations.rules.domains import Domain, host_of, judge
from programme.organisations.states import OWNERSHIP, MembershipRole, MembershipState, OwnershipRequestState
from tests.factories.applications import PDF
from tests.factories.people import NOON, account, member, organisation, signed_in, visitor_for

OWNER, EDITOR, READER = MembershipRole.OWNER, MembershipRole.EDITOR, MembershipRole.READER
S = OwnershipRequestState
WEEK = timedelta(days=7)
ALLOWED = {
    (S.WAITING, "object"), (S.WAITING, "grant"), (S.WAITING, "refuse"), (S.WAITING, "withdraw"),
    (S.OBJECTED, "grant"), (S.OBJECTED, "refuse"), (S.OBJECTED, "withdraw"),
}  # fmt: skip


@pytest.fixture(autouse=True)
def freeze():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.mark.parametrize(("state", "verb"), list(product(S, sorted(OWNERSHIP.verbs))))
def test_the_life_of_a_request_is_this_table(state, verb):
    assert OWNERSHIP.allows(state, verb) == ((state, verb) in ALLOWED)


@pytest.mark.parametrize(
    ("address", "site", "others", "said"),
    [
        ("lou@gap.fr", "https://www.gap.fr", [], Domain.SITE),
        ("lou@mairie.gap.fr", "https://gap.fr/contact", [], Domain.SITE),
        ("lou@autre.fr", "https://gap.fr", ["zoe@autre.fr"], Domain.COLLEAGUES),
        ("lou@gmail.com", "https://gmail.com", ["zoe@gmail.com"], Domain.PUBLIC),
        ("lou@autre.fr", None, [], Domain.OTHER),
        ("lou@xgap.fr", "https://gap.fr", [], Domain.OTHER),
        ("lou@a.fr", "https://[malformed", [], Domain.OTHER),
    ],
)
def test_what_the_domain_of_an_address_says(address, site, others, said):
    assert judge(address, site, others) is said
    assert host_of("https://WWW.Gap.fr/x") == "gap.fr"


@pytest.fixture
def house(db):
    """An organisation, the person in charge, who does not answer, and a colleague who writes."""
    with unit_of_work():
        of = organisation("Commune de Gap", website="https://gap.fr")
        owner, colleague = account(name="Camille", email="camille@gap.fr"), account(name="Lou", email="lou@gap.fr")
        member(owner, of)
        member(colleague, of, EDITOR)
    return of, owner, colleague


def asked(of, by, at=NOON) -> int:
    with unit_of_work() as session:
        made = services.ask(session.merge(of), "La responsable est partie.", None, by=session.merge(by), at=at)
        return made.id


def request(db, number) -> OwnershipRequest:
    db.session.rollback()
    return db.session.scalars(queries.ownership_request(number)).one()


def mails(db) -> list[tuple[str, str]]:
    db.session.rollback()
    return [(each.recipient, each.subject) for each in db.session.scalars(select(OutboxMessage))]


def decide(number, verb, by, at, former=OWNER) -> None:
    with unit_of_work() as session:
        found = session.scalars(queries.ownership_request_for_update(number)).one()
        if verb == "grant":
            services.grant(found, "Vu le procès-verbal.", former, by=by, at=at)
        else:
            services.refuse(found, "Rien ne le prouve.", by=by, at=at)


# ---- asking -------------------------------------------------------------------------------------


@pytest.mark.db
def test_a_member_asks_with_a_proof_and_both_sides_are_told(app, db, house):
    of, owner, colleague = house
    visitor, path = visitor_for(app, colleague), f"/compte/organismes/{of.slug}/demander-la-responsabilite"
    proof = (io.BytesIO(PDF), "proces-verbal.pdf")
    page = visitor.post(path, {"explanation": "Camille est partie.", "proof": proof}, form=path)
    assert page.h1 == "Votre demande est à l'étude"
    [made] = db.session.scalars(select(OwnershipRequest)).all()
    assert (made.state, made.account_id, made.proof.name) == (S.WAITING, colleague.id, "proces-verbal.pdf")
    told = dict(mails(db))
    assert set(told) == {owner.email, colleague.email}
    assert "ownership_request.asked" in db.session.scalars(select(JournalEntry.act)).all()


@pytest.mark.db
def test_a_text_in_the_place_of_the_proof_and_a_program_are_refused_in_words(app, db, house):
    of, _owner, colleague = house
    visitor, path = visitor_for(app, colleague), f"/compte/organismes/{of.slug}/demander-la-responsabilite"
    visitor.post(path, {"explanation": "", "proof": "texte"}, form=path, status=422)
    program = (io.BytesIO(b"\x7fELF\x02\x01\x01" + bytes(64)), "outil.pdf")
    visitor.post(path, {"explanation": "Partie.", "proof": program}, form=path, status=422)
    assert db.session.scalars(select(OwnershipRequest)).all() == []
    visitor.post(path, {"explanation": "Partie.", "proof": "texte"}, form=path)
    assert db.session.scalars(select(OwnershipRequest)).one().proof is None


@pytest.mark.db
@pytest.mark.parametrize(("days", "status"), [(6.9, 404), (7, 200)])
def test_who_asked_to_join_may_turn_to_the_region_after_seven_days_without_an_answer(app, db, house, days, status):
    of, _owner, _colleague = house
    with unit_of_work() as session:
        asking = account()
        services.join(asking, session.merge(of), at=NOON - timedelta(days=days))
    visitor_for(app, asking).get(f"/compte/organismes/{of.slug}/demander-la-responsabilite", status=status)


@pytest.mark.db
def test_an_organisation_that_exists_and_one_that_does_not_answer_a_stranger_alike(app, db, house):
    of, _owner, _colleague = house
    visitor, _number = signed_in(app)
    known = visitor.get(f"/compte/organismes/{of.slug}/demander-la-responsabilite", status=404)
    unknown = visitor.get("/compte/organismes/nulle-part/demander-la-responsabilite", status=404)
    assert known.text == unknown.text


@pytest.mark.db
def test_one_request_waits_at_a_time_and_three_a_year_are_enough(db, house):
    of, _owner, colleague = house
    with unit_of_work():
        agent = account(Role.OFFICER_PROGRAMME)
    number = asked(of, colleague)
    with pytest.raises(RuleBroken, match="déjà à l’étude"):
        asked(of, colleague, NOON + timedelta(days=1))
    for turn in (1, 2, 3):
        decide(number, "refuse", agent, NOON + turn * timedelta(days=10))
        if turn < 3:
            number = asked(of, colleague, NOON + turn * timedelta(days=10))
    with pytest.raises(RuleBroken, match="plusieurs demandes"):
        asked(of, colleague, NOON + timedelta(days=40))


@pytest.mark.db
def test_the_database_itself_holds_one_live_request(db, house):
    of, _owner, colleague = house
    asked(of, colleague)
    with pytest.raises(IntegrityError), unit_of_work() as session:
        session.add(
            OwnershipRequest(organisation_id=of.id, account_id=colleague.id, explanation="Encore.", asked_at=NOON)
        )


@pytest.mark.db
def test_a_request_is_given_up_by_its_own_person_only(app, db, house):
    of, owner, colleague = house
    number = asked(of, colleague)
    path = f"/compte/organismes/{of.slug}/demandes/{number}/abandonner"
    visitor_for(app, owner).post(path, {}, form="/compte", status=404)
    visitor_for(app, colleague).post(path, {}, form=f"/compte/organismes/{of.slug}/demander-la-responsabilite")
    assert request(db, number).state is S.WITHDRAWN


# ---- objecting ----------------------------------------------------------------------------------


@pytest.mark.db
def test_a_present_owner_objects_and_the_region_reads_both(app, db, house):
    of, owner, colleague = house
    number = asked(of, colleague)
    home = visitor_for(app, owner)
    assert "Lou demande à la Région" in home.get(f"/compte/organismes/{of.slug}").text
    assert "la responsabilité de Commune de Gap" in home.get("/mon-espace").text
    path = f"/compte/organismes/{of.slug}/demandes/{number}"
    page = home.get(path)
    assert "La responsable est partie." in page.text
    home.post(path, {"why": ""}, form=path, status=422)
    home.post(path, {"why": "Je suis toujours là."}, form=path)
    assert request(db, number).state is S.OBJECTED
    assert "Je suis toujours là." not in visitor_for(app, colleague).get(f"/compte/organismes/{of.slug}").text
    with unit_of_work():
        agent = account(Role.OFFICER_PROGRAMME)
    assert "Je suis toujours là." in visitor_for(app, agent).get(f"/agents/organismes/demandes/{number}").text


@pytest.mark.db
def test_a_colleague_and_another_organisation_cannot_object(app, db, house):
    of, _owner, colleague = house
    number = asked(of, colleague)
    with unit_of_work():
        other, foreign = organisation(), account()
        member(foreign, other)
    for person, slug in ((colleague, of.slug), (foreign, of.slug), (foreign, other.slug)):
        visitor_for(app, person).get(f"/compte/organismes/{slug}/demandes/{number}", status=404)


# ---- deciding -----------------------------------------------------------------------------------


@pytest.mark.db
def test_it_is_granted_after_seven_days_without_objection_and_nobody_is_taken_out(db, house):
    of, owner, colleague = house
    number = asked(of, colleague)
    with unit_of_work():
        agent = account(Role.OFFICER_PROGRAMME)
    with pytest.raises(RuleBroken, match="peuvent encore"):
        decide(number, "grant", agent, NOON + WEEK - timedelta(seconds=1))
    decide(number, "grant", agent, NOON + WEEK)
    found = {each.account_id: each.role for each in db.session.scalars(queries.members(of.id))}
    assert found == {owner.id: OWNER, colleague.id: OWNER}
    assert (owner.email, "Réponse de la Région sur Commune de Gap") in mails(db)
    assert (colleague.email, "Vous êtes responsable de Commune de Gap") in mails(db)
    entry = db.session.scalars(select(JournalEntry).where(JournalEntry.act == "ownership_request.granted")).one()
    assert entry.after == {"former": "owner"}


@pytest.mark.db
def test_nothing_is_granted_to_somebody_who_has_left(db, house):
    of, _owner, colleague = house
    number = asked(of, colleague)
    with unit_of_work() as session:
        agent = account(Role.OFFICER_PROGRAMME)
        session.merge(colleague).state = AccountState.CLOSED
    with pytest.raises(RuleBroken, match="fermé"):
        decide(number, "grant", agent, NOON + WEEK)


@pytest.mark.db
def test_the_former_owner_may_become_an_editor(db, house):
    of, owner, colleague = house
    number = asked(of, colleague)
    with unit_of_work():
        agent = account(Role.ADMIN)
    decide(number, "grant", agent, NOON + WEEK, EDITOR)
    found = {each.account_id: each.role for each in db.session.scalars(queries.members(of.id))}
    assert found == {owner.id: EDITOR, colleague.id: OWNER}


@pytest.mark.db
@pytest.mark.parametrize("why", ["closed", "refused", "none", "objected"])
def test_it_need_not_wait_when_no_owner_can_be_reached_or_one_has_spoken(db, house, why):
    of, owner, colleague = house
    number = asked(of, colleague)
    with unit_of_work() as session:
        agent = account(Role.OFFICER_PROGRAMME)
        if why == "closed":
            session.merge(owner).state = AccountState.CLOSED
        elif why == "refused":
            for sent in session.scalars(select(OutboxMessage).where(OutboxMessage.recipient == owner.email)):
                sent.state, sent.refused_at = MessageState.REFUSED, NOON
        elif why == "none":
            session.scalars(queries.membership(of.id, owner.id)).one().state = MembershipState.ENDED
        else:
            services.object_to(session.get(OwnershipRequest, number), "Non.", by=owner, at=NOON)
    decide(number, "grant", agent, NOON + timedelta(hours=1))
    assert request(db, number).state is S.GRANTED


@pytest.mark.db
def test_who_only_asked_to_join_becomes_a_member_in_charge(db, house):
    of, _owner, _colleague = house
    with unit_of_work() as session:
        asking, agent = account(), account(Role.OFFICER_PROGRAMME)
        services.join(asking, session.merge(of), at=NOON - timedelta(days=10))
    number = asked(of, asking)
    decide(number, "grant", agent, NOON + WEEK)
    link = db.session.scalars(queries.membership(of.id, asking.id)).one()
    assert (link.role, link.state) == (OWNER, MembershipState.ACTIVE)


@pytest.mark.db
def test_it_is_refused_at_any_time_with_a_reason_and_nothing_changes(db, house):
    of, owner, colleague = house
    number = asked(of, colleague)
    with unit_of_work():
        agent = account(Role.OFFICER_PROGRAMME)
    decide(number, "refuse", agent, NOON)
    assert request(db, number).reason == "Rien ne le prouve."
    found = {each.account_id: each.role for each in db.session.scalars(queries.members(of.id))}
    assert found == {owner.id: OWNER, colleague.id: EDITOR}
    with pytest.raises(IllegalTransition):
        decide(number, "grant", agent, NOON + WEEK)


@pytest.mark.db
def test_a_party_does_not_decide(app, db, house):
    of, _owner, _colleague = house
    with unit_of_work() as session:
        agent = account(Role.OFFICER_PROGRAMME)
        member(agent, session.merge(of), READER)
    number = asked(of, agent)
    with pytest.raises(RuleBroken, match="un collègue"):
        decide(number, "grant", agent, NOON + WEEK)
    assert not policy.can_decide(agent, request(db, number))
    visitor = visitor_for(app, agent)
    assert "un collègue décide" in visitor.get(f"/agents/organismes/demandes/{number}").text
    visitor.get(f"/agents/organismes/demandes/{number}/justificatif", status=404)


@pytest.mark.db
@pytest.mark.parametrize("role", sorted(Role))
def test_only_the_mission_and_the_administration_read_and_answer(app, db, house, role):
    of, _owner, colleague = house
    number = asked(of, colleague)
    visitor, _person = signed_in(app, role)
    status = 200 if role in policy.DECIDERS else 404
    visitor.get("/agents/organismes/demandes", status=status)
    visitor.get(f"/agents/organismes/demandes/{number}", status=status)


@pytest.mark.db
def test_an_agent_answers_from_the_page_that_shows_the_facts(app, db, house, freeze):
    of, owner, colleague = house
    number = asked(of, colleague)
    with unit_of_work():
        agent = account(Role.OFFICER_PROGRAMME)
    visitor, path = visitor_for(app, agent), f"/agents/organismes/demandes/{number}"
    page = visitor.get(path)
    assert "même domaine que le site" in page.text
    assert "camille@gap.fr" in page.text
    assert "jamais" in page.text
    assert "Commune de Gap" in visitor.get("/agents/a-traiter").text
    answer = {"outcome": "grant", "former": "editor", "reason": "Vu le procès-verbal."}
    refused = visitor.post(path, answer, form=path, status=422)
    assert "peuvent encore s'opposer" in refused.text
    visitor.post(path, {"outcome": "", "former": "owner", "reason": ""}, form=path, status=422)
    freeze.move_to(NOON + WEEK)
    visitor = visitor_for(app, agent)
    visitor.post(path, answer, form=path)
    assert request(db, number).state is S.GRANTED
    assert "Vu le procès-verbal." in visitor.get(path).text
    assert "Commune de Gap" not in visitor.get("/agents/a-traiter").text
    again = visitor.post(path, answer, form="/agents/organismes/demandes")
    assert "Cette demande a déjà reçu sa réponse" in again.text
    assert owner.id


@pytest.mark.db
@pytest.mark.parametrize("size", [1, 3])
def test_the_list_asks_the_same_questions_whatever_its_size(db, count_queries, size):
    for _each in range(size):
        with unit_of_work():
            of, person = organisation(), account()
            member(person, of, EDITOR)
        asked(of, person)
    with count_queries(1):
        listed = db.session.scalars(queries.ownership_requests()).unique().all()
        assert len([(each.organisation.name, each.account.display_name) for each in listed]) == size


@pytest.mark.db
def test_the_list_is_filtered_by_state_those_that_wait_first(app, db, house):
    of, _owner, colleague = house
    with unit_of_work():
        agent = account(Role.OFFICER_PROGRAMME)
        other, person = organisation("Autre organisme"), account()
        member(person, other, EDITOR)
    first = asked(of, colleague)
    asked(other, person, NOON + timedelta(hours=1))
    decide(first, "refuse", agent, NOON + timedelta(hours=2))
    visitor = visitor_for(app, agent)
    page = visitor.get("/agents/organismes/demandes")
    assert page.text.index("Autre organisme") < page.text.index("Commune de Gap")
    only = visitor.get("/agents/organismes/demandes?etat=refused")
    assert "Autre organisme" not in only.text
    assert "Commune de Gap" in only.text

"""Teams: started, joined, validated, handed in, judged; and what the event does with them."""

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from programme.core.clock import now
from programme.core.errors import IllegalTransition, RuleBroken
from programme.core.mail import OutboxMessage
from programme.core.unit_of_work import unit_of_work
from programme.events import policy, queries
from programme.events.models import TeamMember
from programme.events.services import challenges, lifecycle, registrations, teams
from programme.events.states import (
    ChallengeState,
    CodeLicence,
    EventKind,
    EventState,
    RegistrationState,
    TeamResult,
    TeamState,
)
from programme.events.thread import parts
from programme.extensions import db as database
from programme.projects.thread import StepState
from tests.factories import events as make
from tests.factories.people import account, organisation

pytestmark = [pytest.mark.db, pytest.mark.usefixtures("db")]
T = TeamState


@pytest.fixture
def event(db):
    with unit_of_work():
        return make.event(capacity=20)


def confirmed(event, count=1):
    people = [make.registration(event).account for _each in range(count)]
    return people if count > 1 else people[0]


def delivery(*numbers):
    return teams.Delivery(
        "Une carte des fuites.",
        "https://exemple.fr/code",
        CodeLicence.EUPL,
        None,
        tuple((n, "Le fond") for n in numbers),
    )


def test_a_team_starts_a_project_that_is_not_public_yet(unit, event):
    with unit():
        lead = confirmed(event)
        team = teams.create(event, "Les Sourciers", "Compter les fuites.", None, by=lead, at=now())
        member = policy.membership(lead, team)
    assert (team.slug, team.state, team.members_count) == ("les-sourciers", T.FORMING, 1)
    assert (team.project.title, team.project.public_since) == ("Les Sourciers", None)
    assert member is not None
    assert member.is_lead


def test_a_confirmed_place_is_needed_to_be_in_a_team(unit, event):
    with unit():
        stranger = account()
        waiting = make.registration(event, state=RegistrationState.WAITING).account
        for person in (stranger, waiting):
            with pytest.raises(RuleBroken, match="inscription confirmée"):
                teams.create(event, "Sources", "Idée", None, by=person, at=now())


def test_a_meetup_has_no_teams(unit, db):
    with unit():
        meetup = make.event(kind=EventKind.MEETUP)
        with pytest.raises(RuleBroken, match="ne se forment pas"):
            teams.create(meetup, "Sources", "Idée", None, by=confirmed(meetup), at=now())


def test_one_joins_with_the_code_until_the_team_is_full(unit, event):
    with unit():
        people = confirmed(event, 4)
        team = make.team(event, people[0])
        teams.join(event, team.join_code.lower(), by=people[1], at=now())
        teams.join(event, team.join_code, by=people[2], at=now())
        with pytest.raises(RuleBroken, match="complet"):
            teams.join(event, team.join_code, by=people[3], at=now())
        with pytest.raises(RuleBroken, match="code"):
            teams.join(event, "XXXX-XXXX", by=people[3], at=now())
        with pytest.raises(RuleBroken, match="déjà dans une équipe"):
            teams.create(event, "Autre", "Idée", None, by=people[1], at=now())
    assert team.members_count == 3


def test_the_table_refuses_a_person_in_two_teams_of_an_event(unit, event):
    with unit():
        person = confirmed(event)
        make.team(event, person)
        other = make.team(event)
        number, other_id, event_id = person.id, other.id, event.id
    with pytest.raises(IntegrityError), unit() as session:
        session.add(TeamMember(team_id=other_id, event_id=event_id, account_id=number, joined_at=now()))


def test_the_lead_leaves_and_the_oldest_member_leads_on(unit, event):
    with unit():
        people = confirmed(event, 3)
        team = make.team(event, *people)
        teams.leave(team, people[0], by=people[0], at=now())
        assert policy.can_lead(people[1], team)
        assert team.members_count == 2
        teams.create(event, "Autre", "Idée", None, by=people[0], at=now())
        teams.leave(team, people[1], by=people[1], at=now())
        teams.leave(team, people[2], by=people[2], at=now())
    assert (team.state, team.members_count) == (T.DROPPED, 0)


def test_giving_up_the_place_leaves_the_team(unit, event):
    with unit():
        people = confirmed(event, 2)
        team = make.team(event, *people)
        mine = unit_place(event, people[0])
        registrations.withdraw(mine, by=people[0], at=now())
        assert policy.membership(people[0], team) is None
    assert (team.state, team.members_count) == (T.FORMING, 1)


def unit_place(event, person):
    return database.session.scalars(queries.live_registration(event.id, person.id)).one()


def test_staff_validates_a_complete_team_and_its_project_is_public(unit, event, db):
    with unit():
        people, officer = confirmed(event, 2), account()
        team = make.team(event, people[0])
        with pytest.raises(RuleBroken, match="déclare complète"):
            teams.confirm(team, by=officer, at=now())
        with pytest.raises(RuleBroken, match="au moins 2"):
            teams.declare_ready(team, by=people[0], at=now())
        teams.join(event, team.join_code, by=people[1], at=now())
        teams.declare_ready(team, by=people[0], at=now())
        with pytest.raises(RuleBroken, match="complet"):
            teams.join(event, team.join_code, by=confirmed(event), at=now())
        assert not policy.can_see_team(None, team)
        teams.confirm(team, by=officer, at=now())
    assert team.state is T.CONFIRMED
    assert policy.can_see_team(None, team)
    assert len(db.session.scalars(select(OutboxMessage)).all()) == 2


def test_a_team_hands_in_and_corrects_while_the_event_is_live(unit, db):
    with unit():
        event = make.event(EventState.LIVE)
        person, first, second = confirmed(event), make.dataset(), make.dataset()
        team = make.team(event, person, state=T.CONFIRMED)
        teams.deliver(team, delivery(first.id), by=person, at=now())
        teams.deliver(team, delivery(first.id, second.id), by=person, at=now())
        assert [each.dataset_id for each in team.datasets] == [first.id, second.id]
        event.state = EventState.JUDGING
        with pytest.raises(RuleBroken, match="pas ouverte"):
            teams.deliver(team, delivery(), by=person, at=now())
        with pytest.raises(RuleBroken, match="remis"):
            teams.leave(team, person, by=person, at=now())
    assert (team.state, team.code_licence) == (T.DELIVERED, CodeLicence.EUPL)


def judged_event():
    event = make.event(EventState.JUDGING, capacity=20)
    won, lost = make.challenge(event), make.challenge(event)
    made = {
        "winner": make.team(event, confirmed(event), state=T.DELIVERED, challenge=won),
        "mention": make.team(event, confirmed(event), state=T.DELIVERED, challenge=lost),
        "nothing": make.team(event, confirmed(event), state=T.DELIVERED),
        "late": make.team(event, confirmed(event), state=T.CONFIRMED),
    }
    return event, won, lost, made


def test_the_jury_decides_in_secret_and_the_event_publishes(unit, db):
    with unit():
        officer = account()
        event, won, lost, made = judged_event()
        teams.decide(made["winner"], TeamResult.WINNER, "Prix de la Région", by=officer, at=now())
        teams.decide(made["mention"], TeamResult.SPECIAL_MENTION, None, by=officer, at=now())
        assert made["winner"].state is T.DELIVERED
        with pytest.raises(RuleBroken, match="remis"):
            teams.decide(made["late"], TeamResult.WINNER, None, by=officer, at=now())
        lifecycle.move(event, "publish_results", by=officer, at=now())
    assert {name: team.state for name, team in made.items()} == {
        "winner": T.WINNER, "mention": T.SPECIAL_MENTION, "nothing": T.NOT_SELECTED, "late": T.DROPPED,
    }  # fmt: skip
    assert (won.state, lost.state) == (ChallengeState.SOLVED, ChallengeState.UNSOLVED)
    assert event.results_at is not None
    subjects = [each.subject for each in db.session.scalars(select(OutboxMessage))]
    assert len(subjects) == 3
    with unit(), pytest.raises(RuleBroken):
        teams.decide(made["winner"], TeamResult.NOT_SELECTED, None, by=officer, at=now())


def test_the_thread_shows_challenge_team_prototype_and_result(unit, db, app):
    with unit():
        event = make.event(EventState.LIVE)
        person = confirmed(event)
        team = make.team(
            event, person, challenge=make.challenge(event, title="Fuites"), name="Sources", state=T.CONFIRMED
        )
    with app.test_request_context():
        assert [(each.label, each.state) for each in parts(team.project, None)] == [
            ("Défi : Fuites", StepState.DONE), ("Équipe Sources", StepState.DONE),
            ("Prototype à remettre", StepState.HERE), ("Résultat", StepState.TODO),
        ]  # fmt: skip
        with unit():
            team = db.session.scalars(queries.team_for_update(team.slug)).one()
            teams.deliver(team, delivery(), by=person, at=now())
            lifecycle.move(event, "start_judging", by=person, at=now())
            teams.decide(team, TeamResult.FINALIST, None, by=person, at=now())
        assert [each.label for each in parts(team.project, None)][-2:] == ["Prototype remis", "Résultat"]
        with unit():
            lifecycle.move(event, "publish_results", by=person, at=now())
        last = parts(team.project, None)[-1]
    assert (last.label, last.state) == ("Résultat : finaliste", StepState.DONE)


def test_a_forming_team_shows_nothing_of_its_thread_to_others(unit, db, app, event):
    with unit():
        person = confirmed(event)
        team = make.team(event, person)
    with app.test_request_context():
        assert parts(team.project, None) == []
        assert next(each.label for each in parts(team.project, person)) == f"Équipe {team.name}"


# ---- the event's life ---------------------------------------------------------------------------


def values_of(event):
    return {column: getattr(event, column) for column in lifecycle.COLUMNS}


def test_a_new_event_is_an_idea_with_an_address_of_its_own(unit, db):
    with unit():
        officer, model = account(), make.event()
        values = values_of(model) | {"title": "Nouveau"}
        first = lifecycle.create(values, by=officer, at=now())
        second = lifecycle.create(values, by=officer, at=now())
    assert (first.state, first.published_at) == (EventState.IDEA, None)
    assert (first.slug, second.slug) == ("nouveau-2", "nouveau-3")
    assert first.uid != second.uid


def test_opening_needs_rules_and_makes_the_event_visible(unit, db):
    with unit():
        officer, event = account(), make.event(EventState.PLANNED, rules_text="")
        with pytest.raises(RuleBroken, match="règlement"):
            lifecycle.move(event, "open_registration", by=officer, at=now())
        event.rules_text = "Règlement."
        assert not policy.can_see(None, event)
        lifecycle.move(event, "open_registration", by=officer, at=now())
    assert policy.can_see(None, event)
    assert event.sequence == 1


def test_cancelling_writes_to_everybody_who_is_still_in(unit, db):
    with unit():
        officer, event = account(), make.event()
        for state in (RegistrationState.CONFIRMED, RegistrationState.WAITING, RegistrationState.WITHDRAWN):
            make.registration(event, state=state)
        with pytest.raises(RuleBroken, match="pourquoi"):
            lifecycle.move(event, "cancel", by=officer, at=now())
        lifecycle.move(event, "cancel", by=officer, at=now(), reason="Alerte rouge.")
    assert event.state is EventState.CANCELLED
    mails = db.session.scalars(select(OutboxMessage)).all()
    assert len(mails) == 2
    assert all("Alerte rouge." in each.text for each in mails)


@pytest.mark.parametrize(
    ("kind", "verb", "sentence"),
    [(EventKind.MEETUP, "start_judging", "délibération"), (EventKind.HACKATHON, "close", "délibération")],
)
def test_a_meetup_closes_and_a_hackathon_is_judged(unit, db, kind, verb, sentence):
    with unit():
        event = make.event(EventState.LIVE, kind=kind)
        with pytest.raises(RuleBroken, match=sentence):
            lifecycle.move(event, verb, by=account(), at=now())


def test_new_rules_have_a_new_version_once_the_event_is_public(unit, db):
    with unit():
        officer, event = account(), make.event()
        lifecycle.edit(event, values_of(event), by=officer, at=now())
        assert event.rules_version == 1
        lifecycle.edit(event, values_of(event) | {"rules_text": "Autre."}, by=officer, at=now())
    assert (event.rules_version, event.sequence) == (2, 2)


def test_a_verb_said_twice_is_refused(unit, db):
    with unit():
        officer, event = account(), make.event()
        lifecycle.move(event, "close_registration", by=officer, at=now())
        with pytest.raises(IllegalTransition):
            lifecycle.move(event, "close_registration", by=officer, at=now())


def test_a_challenge_is_proposed_kept_published_or_dismissed(unit, event, db):
    with unit():
        officer, partner, owner, data = account(), account(), organisation(), make.dataset()
        need = challenges.Need("Fuites", "Les compter.", None, owner.id, ((data.id, "Les débits"),))
        kept = challenges.propose(event, need, by=partner, at=now())
        other = challenges.propose(event, need, by=partner, at=now())
        challenges.move(kept, "accept", by=officer, at=now())
        challenges.move(kept, "publish", by=officer, at=now())
        with pytest.raises(RuleBroken, match="déjà retenu"):
            challenges.dismiss(kept, "Non.", by=officer, at=now())
        challenges.dismiss(other, "Pas de données.", by=officer, at=now())
    assert [each.dataset.title for each in kept.datasets] == [data.title]
    assert db.session.scalars(queries.open_challenges(event.id)).all() == [kept]
    assert "Pas de données." in db.session.scalars(select(OutboxMessage)).one().text

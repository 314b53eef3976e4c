"""Teams: made by their members, validated by staff, handed in, told the results."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import update

from programme.accounts.models import Account
from programme.core import journal, limits, mail
from programme.core.errors import RuleBroken
from programme.core.identifiers import random_code, slugify, unique_slug
from programme.events import notifications, queries
from programme.events.models import Challenge, Event, Registration, Team, TeamDataset, TeamMember
from programme.events.states import (
    MAY_TEAM_UP,
    RESULT_VERBS,
    TEAM_MACHINE,
    TEAM_WORK,
    CodeLicence,
    EventState,
    TeamResult,
    TeamState,
)
from programme.extensions import db
from programme.projects import services as projects

JOIN_TRIES_PER_HOUR = 20


def create(event: Event, name: str, pitch: str, challenge: Challenge | None, *, by: Account, at: datetime) -> Team:
    """Start a team, led by the person: it starts the project that will follow it everywhere.

    Raises:
        RuleBroken: the event has no teams now, the person has no confirmed place or already has a team.
    """
    _check_may_team_up(event, by)
    project = projects.start(name, at=at, by=by, theme_id=event.theme_id, summary=pitch, territory=event.place or None)
    taken = set(db.session.scalars(queries.team_slugs_like(slugify(name))).all())
    team = Team(
        event=event, project=project, challenge=challenge, slug=unique_slug(name, taken), name=name, pitch=pitch,
        join_code=random_code(), state=TeamState.FORMING, size_limit=event.team_max, created_at=at, members_count=0,
    )  # fmt: skip
    db.session.add(team)
    journal.record("team.created", on=team, by=by, at=at)
    _add(team, by, at=at, is_lead=True)
    return team


def _check_may_team_up(event: Event, account: Account) -> None:
    if not event.has_teams or event.state not in TEAM_WORK:
        raise RuleBroken(_("Les équipes de cet événement ne se forment pas en ce moment."))
    # The person's own registration is locked, so that two acts of the same person follow each other.
    place = db.session.scalars(
        queries.live_registration(event.id, account.id).with_for_update(of=Registration)
    ).one_or_none()
    if place is None or place.state not in MAY_TEAM_UP:
        raise RuleBroken(_("Il faut une inscription confirmée à l’événement pour entrer dans une équipe."))
    if db.session.scalars(queries.live_membership(event.id, account.id)).first() is not None:
        raise RuleBroken(_("Vous êtes déjà dans une équipe de cet événement : quittez-la d’abord."))


def _add(team: Team, account: Account, *, at: datetime, is_lead: bool = False) -> TeamMember:
    db.session.flush()  # The UPDATE below needs the team's row.
    entered = db.session.execute(
        update(Team)
        .where(Team.id == team.id, Team.members_count < Team.size_limit)
        .values(members_count=Team.members_count + 1)
        .returning(Team.id)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if entered is None:
        raise RuleBroken(_("Cette équipe est au complet."))
    db.session.refresh(team, attribute_names=["members_count"])
    member = TeamMember(team=team, event_id=team.event_id, account=account, is_lead=is_lead, joined_at=at)
    db.session.add(member)
    return member


def note_join_try(account: Account, *, at: datetime) -> None:
    """Count an attempt at a join code: codes cannot be guessed one after the other."""
    limits.count("join_team", str(account.id), at=at, limit=JOIN_TRIES_PER_HOUR, window=timedelta(hours=1))


def join(event: Event, code: str, *, by: Account, at: datetime) -> Team:
    """Enter a team with the code that a member gave.

    Raises:
        RuleBroken: unknown code, team complete, or the person may not be in a team.
    """
    _check_may_team_up(event, by)
    team = db.session.scalars(queries.team_by_code(event.id, code)).one_or_none()
    if team is None or team.state is TeamState.DROPPED:
        raise RuleBroken(_("Ce code ne correspond à aucune équipe de cet événement : vérifiez-le avec l’équipe."))
    if not team.is_open:
        raise RuleBroken(_("Cette équipe est au complet."))
    _add(team, by, at=at)
    journal.record("team.joined", on=team, by=by, at=at)
    return team


def leave(team: Team, account: Account, *, by: Account | None, at: datetime) -> None:
    """A member leaves: the oldest member leads on; a team without anybody gives up.

    Raises:
        RuleBroken: the team has handed in, or the person is not in it.
    """
    if team.state not in (TeamState.FORMING, TeamState.CONFIRMED):
        raise RuleBroken(_("L’équipe a remis son prototype : sa composition ne change plus."))
    members = db.session.scalars(queries.live_members(team.id)).all()
    leaving = next((each for each in members if each.account_id == account.id), None)
    if leaving is None:
        raise RuleBroken(_("Vous n’êtes pas dans cette équipe."))
    leaving.left_at = at
    _add_to_count(team, -1)
    journal.record("team.left", on=team, by=by, at=at)
    rest = [each for each in members if each is not leaving]
    if not rest:
        drop(team, by=by, at=at)
    elif leaving.is_lead:
        db.session.flush()  # The old lead goes first: a team has one lead at a time.
        rest[0].is_lead = True


def _add_to_count(team: Team, change: int) -> None:
    db.session.flush()  # Pending changes first, since the row is read again below.
    db.session.execute(
        update(Team)
        .where(Team.id == team.id)
        .values(members_count=Team.members_count + change)
        .execution_options(synchronize_session=False)
    )
    db.session.refresh(team, attribute_names=["members_count"])


def leave_by_registration(registration: Registration, *, by: Account | None, at: datetime) -> None:
    """Somebody who gives up their place in the event also leaves their team, if it still works."""
    place = db.session.scalars(queries.live_membership(registration.event_id, registration.account_id)).one_or_none()
    if place is not None and place.team.state in (TeamState.FORMING, TeamState.CONFIRMED):
        leave(place.team, registration.account, by=by, at=at)


def declare_ready(team: Team, *, by: Account, at: datetime) -> None:
    """The lead says that the team is complete: staff may validate it, nobody joins any more.

    Raises:
        RuleBroken: too few members.
    """
    TEAM_MACHINE.target(team.state, "confirm")
    _check_size(team)
    team.ready_at = at
    journal.record("team.declared_ready", on=team, by=by, at=at)


def _check_size(team: Team) -> None:
    least = team.event.team_min
    if team.members_count < least:
        raise RuleBroken(
            _("Il faut au moins %(count)s personnes dans une équipe : partagez le code d’entrée.", count=least)
        )


def _become(team: Team, verb: str, *, by: Account | None, at: datetime) -> None:
    before = team.state
    team.state = TeamState(TEAM_MACHINE.target(before, verb))
    journal.record(f"team.{verb}", on=team, by=by, at=at, before={"state": before}, after={"state": team.state})


def confirm(team: Team, *, by: Account, at: datetime) -> None:
    """Staff validates the team: its project is public from now on.

    Raises:
        RuleBroken: the lead has not declared the team complete, or it has too few members.
    """
    if team.ready_at is None and team.state is TeamState.FORMING:
        raise RuleBroken(_("Attendez que l’équipe se déclare complète : elle le fait sur sa page."))
    _check_size(team)
    _become(team, "confirm", by=by, at=at)
    team.confirmed_at = at
    projects.make_public(team.project, at=at)
    for member in db.session.scalars(queries.live_members(team.id)):
        mail.queue(notifications.team_confirmed(team, member.account.email), at=at)


def drop(team: Team, *, by: Account | None, at: datetime) -> None:
    """The team gives up: its members are free to enter another one."""
    _become(team, "drop", by=by, at=at)
    team.dropped_at = at
    for member in db.session.scalars(queries.live_members(team.id)):
        member.left_at = at


@dataclass(frozen=True)
class Delivery:
    """What a team hands in; `datasets` are (number of the data set, a line on its use)."""

    summary: str
    code_url: str | None
    code_licence: CodeLicence | None
    demo_url: str | None
    datasets: tuple[tuple[int, str], ...]


def deliver(team: Team, delivery: Delivery, *, by: Account, at: datetime) -> None:
    """Hand in, or correct what was handed in, while the event is live.

    Raises:
        RuleBroken: the event does not receive prototypes now.
    """
    if team.event.state is not EventState.LIVE:
        raise RuleBroken(_("La remise des prototypes n’est pas ouverte."))
    team.datasets.clear()
    db.session.flush()  # The old lines go before the new ones, which may name the same data sets.
    team.datasets.extend(
        TeamDataset(dataset_id=number, line=line, position=index)
        for index, (number, line) in enumerate(dict(delivery.datasets).items())
    )
    team.delivery_summary, team.demo_url = delivery.summary, delivery.demo_url
    team.code_url, team.code_licence = delivery.code_url, delivery.code_licence
    team.delivered_at = team.delivered_at or at
    _become(team, "deliver", by=by, at=at)


def decide(team: Team, result: TeamResult | None, prize: str | None, *, by: Account, at: datetime) -> None:
    """Note the jury's decision; nobody outside staff sees it before the results are published.

    Raises:
        RuleBroken: the jury does not sit now, or the team has handed nothing in.
    """
    if team.event.state is not EventState.JUDGING or team.state is not TeamState.DELIVERED:
        raise RuleBroken(_("La décision se note pendant la délibération, pour une équipe qui a remis son prototype."))
    before = team.result
    team.result, team.prize = result, prize or None
    journal.record("team.decided", on=team, by=by, at=at, before={"result": before}, after={"result": result})


def publish_result(team: Team, *, by: Account, at: datetime) -> None:
    """The decision becomes the team's state; without decision it is not selected; without prototype it gave up."""
    if team.state in (TeamState.FORMING, TeamState.CONFIRMED):
        drop(team, by=by, at=at)
        return
    if team.state is not TeamState.DELIVERED:
        return
    team.result = team.result or TeamResult.NOT_SELECTED
    _become(team, RESULT_VERBS[team.result], by=by, at=at)
    projects.make_public(team.project, at=at)
    for member in db.session.scalars(queries.live_members(team.id)):
        mail.queue(notifications.team_result(team, member.account.email), at=at)

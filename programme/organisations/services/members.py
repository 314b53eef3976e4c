"""Joining and leading organisations."""

from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from programme.accounts import queries as people
from programme.accounts.models import Account
from programme.core import jobs, journal, limits, mail, signed
from programme.core.errors import IllegalTransition, RuleBroken
from programme.core.identifiers import fold, slugify, unique_slug
from programme.extensions import db
from programme.organisations import notifications, queries, sources
from programme.organisations.models import Membership, Organisation, OrganisationCategory
from programme.organisations.rules import siret as siret_rule
from programme.organisations.states import (
    MACHINE,
    ActorCategory,
    MembershipRole,
    MembershipState,
    OrganisationKind,
)

CHECK = "organisations.check_siret"
"""The job that asks the company registry about the SIRET of an organisation."""
LOOK_UPS_PER_HOUR = 60
INVITATIONS_PER_DAY = 30
JOINS_PER_DAY = 20
"""Requests to join that a person may make: each writes to all who manage an organisation."""
INVITATION = "organisations.invitation"
INVITATION_LIFETIME = timedelta(days=14)
DESCRIBED = frozenset(
    {
        "name", "address", "city", "territory_code", "website", "description", "representative_name",
        "representative_title", "rna",
    }
)  # fmt: skip


def create(
    siret: str, name: str, kind: OrganisationKind, *, city: str | None, territory_code: str | None, at: datetime,
    by: Account | None = None, is_demo: bool = False,
) -> Organisation:  # fmt: skip
    """Enter an organisation in the network.

    Raises:
        RuleBroken: the SIRET is wrong or already known.
    """
    if not siret_rule.is_valid(siret):
        raise RuleBroken(_("Ce SIRET n’est pas valable : vérifiez ses 14 chiffres."))
    if db.session.scalars(queries.by_siret(siret)).first() is not None:
        raise RuleBroken(_("Cet organisme est déjà inscrit : demandez à le rejoindre."))
    taken = set(db.session.scalars(queries.slugs_like(slugify(name))).all())
    organisation = Organisation(
        siret=siret_rule.clean(siret), name=name, sort_name=fold(name)[:200], slug=unique_slug(name, taken), kind=kind,
        city=city, territory_code=territory_code, created_at=at, is_demo=is_demo,
    )  # fmt: skip
    try:
        with db.session.begin_nested():
            db.session.add(organisation)
    except IntegrityError as error:  # On PostgreSQL somebody else may enter it at the same instant.
        raise RuleBroken(_("Cet organisme vient d’être inscrit : envoyez de nouveau pour le rejoindre.")) from error
    journal.record("organisation.created", on=organisation, by=by, at=at, after={"siret": organisation.siret})
    check_later(organisation.siret, at=at)
    return organisation


def check_later(siret: str, *, at: datetime) -> None:
    """Have the worker ask the registry about a SIRET, unless its answer is fresh or already awaited."""
    if not sources.plugged_in() or sources.kept(siret, at=at) is not None:
        return
    if db.session.scalars(queries.waiting_checks(CHECK, siret)).first() is None:
        jobs.enqueue(CHECK, {"siret": siret}, at=at)


def count_look_up(by: Account, *, at: datetime) -> None:
    """Count a question to the registry, which is somebody else's machine.

    Raises:
        RuleBroken: the person asked too often in the last hour.
    """
    limits.count("registry", str(by.id), at=at, limit=LOOK_UPS_PER_HOUR, window=timedelta(hours=1))


def create_or_join(
    account: Account, siret: str, name: str, kind: OrganisationKind, *, city: str | None, territory_code: str | None,
    at: datetime,
) -> Membership:  # fmt: skip
    """The first person to enter a SIRET owns the organisation; the next ones ask its owners."""
    known = db.session.scalars(queries.by_siret(siret)).one_or_none()
    if known is not None:
        return join(account, known, at=at)
    organisation = create(siret, name, kind, city=city, territory_code=territory_code, at=at, by=account)
    return add_member(organisation, account, MembershipRole.OWNER, at=at, by=account)


def add_member(
    organisation: Organisation, account: Account, role: MembershipRole, *, at: datetime, by: Account | None
) -> Membership:
    """Make somebody a member at once, or again."""
    if organisation.id is None or account.id is None:
        db.session.flush()  # The membership ties two rows.
    link = db.session.scalars(queries.membership(organisation.id, account.id)).one_or_none()
    if link is None:
        link = Membership(organisation=organisation, account=account, since=at, state=MembershipState.ACTIVE, role=role)
        db.session.add(link)
    elif link.state is MembershipState.ACTIVE:
        raise RuleBroken(_("Cette personne est déjà membre : changez son rôle dans la liste."))
    else:
        verb = "resume" if link.state is MembershipState.ENDED else "accept"
        link.role, link.state = role, MembershipState(MACHINE.target(link.state, verb))
    journal.record("membership.added", on=link, by=by, at=at, after={"role": role})
    return link


def join(account: Account, organisation: Organisation, *, at: datetime) -> Membership:
    """Ask to join; with no owner left, the Region's officers decide.

    Raises:
        RuleBroken: the person asked already, is a member, or asked too often today.
    """
    link = db.session.scalars(queries.membership(organisation.id, account.id)).one_or_none()
    if link is not None and link.state is not MembershipState.ENDED:
        raise RuleBroken(_("Vous avez déjà demandé à rejoindre cet organisme, ou vous en êtes membre."))
    limits.count("join", str(account.id), at=at, limit=JOINS_PER_DAY, window=timedelta(days=1))
    if link is None:
        link = Membership(
            organisation=organisation, account=account, role=MembershipRole.EDITOR, since=at,
            state=MembershipState.REQUESTED,
        )  # fmt: skip
        db.session.add(link)
    else:
        link.state, link.since, link.reminded_days = MembershipState(MACHINE.target(link.state, "ask_again")), at, 0
    journal.record("membership.requested", on=link, by=account, at=at)
    for owner in db.session.scalars(queries.owners(organisation.id)):
        mail.queue(notifications.membership_requested(owner.account, link), at=at)
    return link


def accept(link: Membership, role: MembershipRole, *, by: Account, at: datetime) -> None:
    """An owner lets somebody in."""
    link.state = MembershipState(MACHINE.target(link.state, "accept"))
    link.role = role
    journal.record("membership.accepted", on=link, by=by, at=at, after={"role": role})
    mail.queue(notifications.membership_accepted(link), at=at)


def set_role(link: Membership, role: MembershipRole, *, by: Account, at: datetime) -> None:
    """Change what a member may do; an organisation keeps at least one owner."""
    if link.state is not MembershipState.ACTIVE:
        raise IllegalTransition(link.state, "set_role")
    _keep_one_owner(link, role)
    journal.record("membership.role_set", on=link, by=by, at=at, before={"role": link.role}, after={"role": role})
    link.role = role


def end(link: Membership, *, by: Account, at: datetime) -> None:
    """Somebody leaves: their drafts stay with the organisation."""
    _keep_one_owner(link, None)
    link.state = MembershipState(MACHINE.target(link.state, "end"))
    journal.record("membership.ended", on=link, by=by, at=at)


def leave(link: Membership, *, by: Account, at: datetime) -> None:
    """Somebody leaves by themselves: what they wrote stays, and the owners are told.

    Raises:
        RuleBroken: they are the only person in charge.
    """
    was_member = link.state is MembershipState.ACTIVE
    end(link, by=by, at=at)
    if was_member:
        for owner in db.session.scalars(queries.owners(link.organisation_id)):
            mail.queue(notifications.member_left(owner.account, link), at=at)


def _keep_one_owner(link: Membership, role: MembershipRole | None) -> None:
    """Two owners who leave at the same instant wait for each other: the view locked the organisation's row.

    An owner whose account is closed leads nobody: they do not count beside the one who leaves.
    """
    owners = db.session.scalars(queries.owners(link.organisation_id)).all()
    left = [each for each in owners if each.id != link.id and each.account.is_active]
    if role is not MembershipRole.OWNER and link.id in {each.id for each in owners} and not left:
        raise RuleBroken(_("Nommez d’abord une autre personne responsable : un organisme en garde toujours une."))


def invite(organisation: Organisation, email: str, role: MembershipRole, *, by: Account, at: datetime) -> None:
    """Write to a colleague; who has an account and who has none get the same letter, and nobody enters unasked.

    Raises:
        RuleBroken: already in the list of members, or too many invitations today.
    """
    limits.count("invite", str(by.id), at=at, limit=INVITATIONS_PER_DAY, window=timedelta(days=1))
    link = db.session.scalars(queries.membership_by_email(organisation.id, people.normal_email(email))).one_or_none()
    if link is not None and link.state is MembershipState.ACTIVE:
        raise RuleBroken(_("Cette personne est déjà membre : changez son rôle dans la liste."))
    if link is not None and link.state is MembershipState.REQUESTED:
        raise RuleBroken(_("Cette personne a demandé à rejoindre l’organisme : acceptez-la dans la liste."))
    values = [organisation.id, people.normal_email(email), role, by.id, _standing(link)]
    mail.queue(notifications.invited(email, organisation, by, signed.write(INVITATION, values)), at=at)
    journal.record("membership.invited", on=organisation, by=by, at=at)


def _standing(link: Membership | None) -> str:
    """What the membership was at the invitation: once it has changed, the same link opens nothing more."""
    return "" if link is None else f"{link.state} {link.since.isoformat()}"


def invitation(token: str) -> tuple[int, str, MembershipRole, int, str]:
    """What an invitation says: organisation, address, role, who invited, standing at the time.

    Raises:
        RuleBroken: it is not one of ours, or too old.
    """
    try:
        number, email, role, inviter, standing = signed.read(INVITATION, token, lifetime=INVITATION_LIFETIME)
    except signed.BadLink as error:
        raise RuleBroken(_("Cette invitation n’est plus valable : demandez-en une nouvelle.")) from error
    return number, email, MembershipRole(role), inviter, standing


def enter(token: str, person: Account, *, at: datetime) -> Membership:
    """The invited person enters, once, with the role that was chosen, while who invited still manages the organisation.

    Raises:
        RuleBroken: the invitation is another person's, was used, or is over.
    """
    number, email, role, inviter, standing = invitation(token)
    if email != person.email:
        raise RuleBroken(_("Cette invitation est pour une autre adresse : connectez-vous avec celle qui l’a reçue."))
    organisation = db.session.scalars(queries.by_id_for_update(number)).one()
    link = db.session.scalars(queries.membership(number, person.id)).one_or_none()
    owners = {each.account_id for each in db.session.scalars(queries.owners(number))}
    if _standing(link) != standing or inviter not in owners:
        raise RuleBroken(_("Cette invitation a déjà servi, ou n’est plus valable : demandez-en une nouvelle."))
    entered = add_member(organisation, person, role, at=at, by=person)
    entered.since = at
    return entered


def set_categories(organisation: Organisation, categories: set[ActorCategory]) -> None:
    """The organisation's places in the network."""
    organisation.categories = [each for each in organisation.categories if each.category in categories]
    held = {each.category for each in organisation.categories}
    organisation.categories += [OrganisationCategory(category=each) for each in sorted(categories - held)]


def describe(organisation: Organisation, values: dict[str, str | None], *, by: Account, at: datetime) -> None:
    """What the organisation says of itself; names of columns are a closed list."""
    for column in values.keys() & DESCRIBED:
        setattr(organisation, column, values[column] or None)
    organisation.sort_name = fold(organisation.name)[:200]
    journal.record("organisation.described", on=organisation, by=by, at=at)
    check_later(organisation.siret, at=at)

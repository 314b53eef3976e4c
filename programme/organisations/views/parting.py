"""Leaving an organisation, or giving its responsibility to a colleague: each with its consequences in words."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from programme.applications import queries as applications
from programme.applications.states import BEFORE_DECISION, ApplicationState
from programme.core.access import SIGNED_IN, access, current_account, require
from programme.core.clock import now
from programme.core.errors import RuleBroken
from programme.core.unit_of_work import unit_of_work
from programme.extensions import db
from programme.organisations import policy, queries, services
from programme.organisations.forms import HandOverForm
from programme.organisations.labels import ROLES
from programme.organisations.models import Handover, Membership, Organisation
from programme.organisations.states import MembershipRole, MembershipState
from programme.organisations.views import bp


def own_link(organisation: Organisation) -> Membership:
    """The live membership of the person; absent without one."""
    link = db.session.scalars(queries.membership(organisation.id, current_account().id)).one_or_none()
    require(link is not None and link.state is MembershipState.ACTIVE)
    assert link is not None
    return link


def files(organisation: Organisation) -> tuple[int, int]:
    """How many drafts the organisation has, and how many files that wait for a decision."""
    counts = dict(db.session.execute(applications.states_of_organisation(organisation.id)).all())
    return counts.get(ApplicationState.DRAFT, 0), sum(counts.get(each, 0) for each in BEFORE_DECISION)


@bp.route("/compte/organismes/<slug>/quitter", methods=["GET", "POST"])
@access(SIGNED_IN)
def leave(slug: str) -> ResponseReturnValue:
    """Leave: what stays, what one no longer sees, then the act."""
    organisation = db.one_or_404(queries.by_slug(slug))
    own_link(organisation)
    if request.method == "GET":
        return _leave_page(organisation)
    try:
        with unit_of_work():
            link = own_link(db.one_or_404(queries.for_update(slug)))
            services.leave(link, by=current_account(), at=now())
    except RuleBroken as refusal:
        flash(refusal.message, "error")
        return redirect(url_for(".leave", slug=slug))
    flash(_("Vous avez quitté l’organisme : ses dossiers ne vous sont plus montrés."), "success")
    return redirect(url_for("accounts.account"))


def _leave_page(organisation: Organisation) -> ResponseReturnValue:
    others = _others(organisation)
    owners = [each for each in others if each.role is MembershipRole.OWNER]
    drafts, waiting = files(organisation)
    alone = policy.is_owner(current_account(), organisation.id) and not owners
    return render_template(
        "organisations/leave.html", organisation=organisation, others=others, owners=owners, is_last_owner=alone,
        drafts=drafts, waiting=waiting,
    )  # fmt: skip


def _others(organisation: Organisation) -> list[Membership]:
    """The other live members, but for those who left the platform itself: they lead nobody and receive nothing."""
    members = db.session.scalars(queries.members(organisation.id)).all()
    me = current_account().id
    live = [each for each in members if each.state is MembershipState.ACTIVE and each.account.is_active]
    return [each for each in live if each.account_id != me]


@bp.route("/compte/organismes/<slug>/transmettre", methods=["GET", "POST"])
@access(SIGNED_IN)
def hand_over(slug: str) -> ResponseReturnValue:
    """Give one's responsibility to a member, in one act."""
    organisation = db.one_or_404(queries.by_slug(slug))
    require(policy.is_owner(current_account(), organisation.id))
    members = [each for each in _others(organisation) if each.role is not MembershipRole.OWNER]
    form = HandOverForm(request.form, members=members)
    if members and form.submitted():
        try:
            return _handed_over(slug, int(form.receiver.data), form.role)
        except RuleBroken as refusal:
            form.form_errors.append(refusal.message)
    page = render_template("organisations/hand_over.html", organisation=organisation, form=form, members=members)
    return page, 422 if form.posted else 200


def _handed_over(slug: str, receiver_id: int, then: MembershipRole | None) -> ResponseReturnValue:
    with unit_of_work():
        organisation = db.one_or_404(queries.for_update(slug))
        require(policy.is_owner(current_account(), organisation.id))
        receiver = db.one_or_404(queries.membership(organisation.id, receiver_id))
        services.hand_over(own_link(organisation), receiver, then, by=current_account(), at=now())
        name = receiver.account.display_name
    flash(_("La responsabilité est transmise à %(name)s, qui reçoit un courriel.", name=name), "success")
    return redirect(url_for("accounts.account") if then is None else url_for(".show", slug=slug))


def to_take_back(organisation: Organisation) -> Handover | None:
    """What the person gave and may still take back."""
    me = current_account().id
    made = db.session.scalars(queries.last_handover(organisation.id, me)).one_or_none()
    if made is None or made.undone_at is not None or now() >= made.handed_at + Handover.UNDO:
        return None
    links = [db.session.scalars(queries.membership(organisation.id, each)).one() for each in (me, made.receiver_id)]
    return made if services.stands(made, *links) else None


@bp.post("/compte/organismes/<slug>/transmettre/annuler")
@access(SIGNED_IN)
def take_back(slug: str) -> ResponseReturnValue:
    """Take back what one gave, within seven days."""
    try:
        with unit_of_work():
            organisation = db.one_or_404(queries.for_update(slug))
            giver = own_link(organisation)
            made = db.one_or_404(queries.last_handover(organisation.id, giver.account_id))
            receiver = db.one_or_404(queries.membership(organisation.id, made.receiver_id))
            services.undo(made, giver, receiver, by=current_account(), at=now())
    except RuleBroken as refusal:
        flash(refusal.message, "error")
    else:
        flash(_("Vous êtes de nouveau responsable de l’organisme."), "success")
    return redirect(url_for(".show", slug=slug))


def role_words(role: MembershipRole) -> str:
    """« Rédaction »: a role without what it allows."""
    return str(ROLES[role]).split(" : ", maxsplit=1)[0]

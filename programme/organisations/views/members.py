"""A member's doors: enter an organisation, describe it, manage its members."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from programme.core import pace
from programme.core.access import SIGNED_IN, access, current_account, require
from programme.core.addresses import own_page
from programme.core.clock import now
from programme.core.errors import RuleBroken
from programme.core.unit_of_work import unit_of_work
from programme.extensions import db
from programme.organisations import policy, queries, services, sources
from programme.organisations.forms import DescriptionForm, InviteForm, OrganisationForm, RegistryForm
from programme.organisations.labels import CATEGORIES, KINDS, MEMBERSHIP_STATES, ROLES
from programme.organisations.models import Handover, Membership, Organisation, OwnershipRequest
from programme.organisations.rules import siret
from programme.organisations.rules.company import Absence, Company
from programme.organisations.states import ActorCategory, MembershipRole, MembershipState, OrganisationKind
from programme.organisations.views import bp
from programme.organisations.views.parting import to_take_back


@bp.route("/compte/organismes/nouveau", methods=["GET", "POST"])
@access(SIGNED_IN)
def create() -> ResponseReturnValue:
    """Enter one's organisation by its SIRET, or ask to join it."""
    form = OrganisationForm(request.form)
    if form.asks_registry():
        return _create_page(form, _look_up(form, form.siret.data or ""))
    if not form.submitted():
        return _create_page(form)
    try:
        with unit_of_work():
            link = services.create_or_join(
                current_account(), form.siret.data or "", form.name.data or "", OrganisationKind(form.kind.data),
                city=form.city.data, territory_code=form.territory(), at=now(),
            )  # fmt: skip
    except RuleBroken as refusal:
        form.siret.errors = [refusal.message]
        return _create_page(form)
    return _welcome(link)


def _create_page(form: OrganisationForm, found: Company | Absence | None = None) -> ResponseReturnValue:
    asked = sources.plugged_in()
    page = render_template("organisations/create.html", form=form, found=found, has_registry=asked)
    return page, 422 if form.posted and found is None else 200


def _look_up(form: RegistryForm, number: str) -> Company | Absence | None:
    """What the registry says of a SIRET, put where nothing is written yet; None when the form says why it was not asked."""
    if not form.may_ask():
        return None
    try:
        with unit_of_work():
            services.count_look_up(current_account(), at=now())
    except RuleBroken as refusal:
        form.form_errors.append(refusal.message)
        return None
    found = sources.answer_on(siret.clean(number), at=now())
    if isinstance(found, Company):
        form.fill_in(found)
    return found


def _welcome(link: Membership) -> ResponseReturnValue:
    if link.state is MembershipState.REQUESTED:
        flash(_("Cet organisme est déjà inscrit : ses responsables ont reçu votre demande."), "success")
        return redirect(url_for("accounts.account"))
    flash(_("Votre organisme est inscrit."), "success")
    return redirect(own_page(request.args.get("next")) or url_for(".show", slug=link.organisation.slug))


@bp.get("/compte/organismes/<slug>")
@access(SIGNED_IN)
def show(slug: str) -> ResponseReturnValue:
    """The organisation as its members see it."""
    organisation = db.one_or_404(queries.by_slug(slug))
    require(policy.is_member(current_account(), organisation.id))
    return _page(organisation, _description(organisation), InviteForm())


def _description(organisation: Organisation) -> DescriptionForm:
    """The form filled in with what is known; the boxes want codes, not rows."""
    known = {name: getattr(organisation, name) for name in services.DESCRIBED}
    return DescriptionForm(data=known | {"categories": [each.category for each in organisation.categories]})


def _page(
    organisation: Organisation, form: DescriptionForm, invite: InviteForm, status: int = 200,
    found: Company | Absence | None = None,
) -> ResponseReturnValue:  # fmt: skip
    return render_template(
        "organisations/show.html", organisation=organisation, form=form, invite=invite, roles=ROLES, kinds=KINDS,
        found=found, has_registry=sources.plugged_in(),
        states=MEMBERSHIP_STATES, members=db.session.scalars(queries.members(organisation.id)).all(),
        categories=CATEGORIES, siret=siret, **_parting(organisation),
    ), status  # fmt: skip


def _parting(organisation: Organisation) -> dict[str, Any]:
    """For an owner, what is asked of the Region about the organisation; for another member, what they gave and may take back."""
    if policy.is_owner(current_account(), organisation.id):
        mine = queries.objectionable(current_account().id).where(OwnershipRequest.organisation_id == organisation.id)
        asked = db.session.scalars(mine).all()
        return {"is_owner": True, "handed": None, "asked_for": asked, "objection": OwnershipRequest.OBJECTION}
    handed = to_take_back(organisation)
    until = handed and handed.handed_at + Handover.UNDO
    return {"is_owner": False, "handed": handed, "undo_until": until, "asked_for": []}


def _owned(slug: str) -> Organisation:
    """The organisation, for its owners; locked, since most of these doors change its members."""
    organisation: Organisation = db.one_or_404(queries.for_update(slug))
    require(policy.is_owner(current_account(), organisation.id))
    return organisation


@bp.post("/compte/organismes/<slug>/presentation")
@access(SIGNED_IN)
def describe(slug: str) -> ResponseReturnValue:
    """Save what the organisation says of itself."""
    form = DescriptionForm(request.form)
    if form.asks_registry() or not form.validate():
        return _not_described(slug, form)
    with unit_of_work():
        organisation = _owned(slug)
        services.describe(organisation, form.data, by=current_account(), at=now())
        services.set_categories(organisation, set(map(ActorCategory, form.categories.data or [])))
    flash(_("La présentation est enregistrée."), "success")
    return redirect(url_for(".show", slug=slug))


def _not_described(slug: str, form: DescriptionForm) -> ResponseReturnValue:
    """The page again: the description is wrong, or the registry was asked about it."""
    organisation = db.one_or_404(queries.by_slug(slug))
    require(policy.is_owner(current_account(), organisation.id))
    found = _look_up(form, organisation.siret) if form.asks_registry() else None
    return _page(organisation, form, InviteForm(), 422 if found is None else 200, found)


@bp.post("/compte/organismes/<slug>/invitations")
@access(SIGNED_IN)
def invite(slug: str) -> ResponseReturnValue:
    """Invite a colleague."""
    form = InviteForm(request.form)
    if not form.validate():
        return _not_invited(slug, form)
    try:
        with pace.even(), unit_of_work():
            services.invite(
                _owned(slug), form.email.data or "", MembershipRole(form.role.data), by=current_account(), at=now()
            )
    except RuleBroken as refusal:
        form.email.errors = [refusal.message]
        return _not_invited(slug, form)
    flash(_("C’est fait : cette personne reçoit un courriel."), "success")
    return redirect(url_for(".show", slug=slug))


def _not_invited(slug: str, form: InviteForm) -> ResponseReturnValue:
    organisation = db.one_or_404(queries.by_slug(slug))
    require(policy.is_owner(current_account(), organisation.id))
    return _page(organisation, _description(organisation), form, 422)


@bp.route("/compte/invitation/<token>", methods=["GET", "POST"])
@access(SIGNED_IN)
def enter(token: str) -> ResponseReturnValue:
    """Answer an invitation: a button, so that opening the letter's link makes nobody a member."""
    try:
        if request.method == "GET":
            number, _email, role, *_rest = services.invitation(token)
            organisation = db.one_or_404(queries.by_id(number))
            return render_template("organisations/enter.html", token=token, organisation=organisation, role=ROLES[role])
        with unit_of_work():
            slug = services.enter(token, current_account(), at=now()).organisation.slug
    except RuleBroken as refusal:
        flash(refusal.message, "error")
        return redirect(url_for("accounts.account"))
    return _entered(slug)


def _entered(slug: str) -> ResponseReturnValue:
    flash(_("Vous êtes membre de cet organisme : ses dossiers sont dans votre espace."), "success")
    return redirect(url_for(".show", slug=slug))


@bp.post("/compte/organismes/<slug>/membres/<int:account_id>/<any(accepter, role):verb>")
@access(SIGNED_IN)
def change_member(slug: str, account_id: int, verb: str) -> ResponseReturnValue:
    """Let somebody in, or change what they may do."""
    role = request.form.get("role", MembershipRole.EDITOR)
    act = {"accepter": services.accept, "role": services.set_role}[verb]
    try:
        with unit_of_work():
            link = db.one_or_404(queries.membership(_owned(slug).id, account_id))
            if role not in set(MembershipRole):
                raise RuleBroken(_("Choisissez un rôle dans la liste."))
            act(link, MembershipRole(role), by=current_account(), at=now())
    except RuleBroken as refusal:
        flash(refusal.message, "error")
    else:
        flash(_("C’est enregistré."), "success")
    return redirect(url_for(".show", slug=slug))


@bp.post("/compte/organismes/<slug>/membres/<int:account_id>/retirer")
@access(SIGNED_IN)
def end_member(slug: str, account_id: int) -> ResponseReturnValue:
    """Refuse somebody, end their membership, or leave."""
    try:
        with unit_of_work():
            link = db.one_or_404(queries.membership(db.one_or_404(queries.for_update(slug)).id, account_id))
            require(policy.can_end(current_account(), link))
            services.end(link, by=current_account(), at=now())
    except RuleBroken as refusal:
        flash(refusal.message, "error")
    else:
        flash(_("C’est enregistré."), "success")
    leaving = account_id == current_account().id
    return redirect(url_for("accounts.account") if leaving else url_for(".show", slug=slug))

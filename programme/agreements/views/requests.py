"""Asking for a convention, and how officers treat the requests."""

from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from programme.accounts.policy import staff
from programme.accounts.states import Role
from programme.agreements import policy, queries, services
from programme.agreements.forms import PartnershipForm, ReasonForm
from programme.agreements.labels import FREQUENCIES, LICENCES, PARTNER_STATUSES, PARTNER_TONES, PARTNER_VERBS
from programme.agreements.models import Partnership
from programme.agreements.states import PARTNER, PartnerStatus
from programme.agreements.views import bp
from programme.agreements.views.listing import address, code_of, pages
from programme.core.access import SIGNED_IN, access, current_account, require
from programme.core.clock import now, today
from programme.core.errors import RuleBroken
from programme.core.forms import options
from programme.core.identifiers import random_token
from programme.core.unit_of_work import unit_of_work
from programme.extensions import db
from programme.organisations import queries as network
from programme.organisations.models import Organisation
from programme.organisations.states import MembershipRole, MembershipState

OFFICERS = staff(Role.OFFICER_PROGRAMME, Role.DIRECTION)
SLUGS = {
    "review": "prendre-en-charge",
    "decline": "decliner",
    "suspend": "suspendre",
    "resume": "reprendre",
    "leave": "sortie",
}
VERB_OF = {slug: verb for verb, slug in SLUGS.items()}
PER_PAGE = 25


@bp.route("/partenaires/demander", methods=["GET", "POST"])
@access(SIGNED_IN)
def ask_partnership() -> ResponseReturnValue:
    """A member asks for a convention: wishes, contact, data sets with dates."""
    organisations = _acting_for()
    form = _partnership_form(organisations)
    if not form.submitted():
        page = render_template("agreements/ask.html", form=form, organisations=organisations)
        return page, 422 if form.posted else 200
    try:
        with unit_of_work():
            _ask(form)
    except RuleBroken as refusal:
        form.organisation.errors = [refusal.message]
        return render_template("agreements/ask.html", form=form, organisations=organisations), 422
    flash(_("Votre demande est arrivée. Une personne vous répond par courriel."), "success")
    return redirect(url_for(".mine"))


def _partnership_form(organisations: list[Organisation]) -> PartnershipForm:
    person = current_account()
    only = organisations[0].slug if len(organisations) == 1 else None
    known = {
        "nonce": random_token(), "contact_name": person.display_name, "contact_email": person.email, "organisation": only,
    }  # fmt: skip
    form = PartnershipForm(request.form, data=known)
    form.organisation.choices = options(((each.slug, each.name) for each in organisations), empty="")
    return form


def _acting_for() -> list[Organisation]:
    links = db.session.scalars(network.memberships_of(current_account().id)).all()
    return [
        each.organisation
        for each in links
        if each.state is MembershipState.ACTIVE and each.role is not MembershipRole.READER
    ]


def _ask(form: PartnershipForm) -> None:
    organisation = db.one_or_404(network.by_slug(form.organisation.data or ""))
    require(policy.can_ask_partnership(current_account(), organisation.id))
    services.request_partnership(
        organisation, wishes=form.wishes.data or "", contact_name=form.contact_name.data or "",
        contact_email=form.contact_email.data or "", datasets=form.rows(), nonce=(form.nonce.data or random_token())[:60],
        by=current_account(), at=now(),
    )  # fmt: skip


@bp.get("/agents/partenaires")
@access(OFFICERS)
def partner_requests() -> ResponseReturnValue:
    """Requests and partners, by status."""
    status = code_of(PartnerStatus, request.args.get("statut"))
    page = db.paginate(queries.requests(status), per_page=PER_PAGE, max_per_page=PER_PAGE, error_out=False)
    counted = db.session.execute(queries.counts_by_status()).all()
    counts = {each: count for each, count, _waiting in counted}
    path = url_for(".partner_requests")
    return render_template(
        "agreements/partner_requests.html", page=page, chips=_chips(path, counts, status), statuses=PARTNER_STATUSES, tones=PARTNER_TONES,
        waiting=sum(waiting for _status, _count, waiting in counted), pages=pages(page, path, request.args),
    )  # fmt: skip


def _chips(path: str, counts: dict[PartnerStatus, int], status: PartnerStatus | None) -> list[dict[str, Any]]:
    every = {"label": _("Tous"), "href": path, "count": sum(counts.values()), "current": status is None}
    return [every] + [
        {
            "label": PARTNER_STATUSES[each],
            "href": address(path, {}, statut=each.value),
            "count": counts[each],
            "current": each is status,
        }
        for each in PartnerStatus
        if counts.get(each)
    ]


@bp.get("/agents/partenaires/<int:partnership_id>")
@access(OFFICERS)
def partner_request(partnership_id: int) -> ResponseReturnValue:
    """One partner: what it asked for, its conventions, what to do."""
    return _page(db.one_or_404(queries.partnership(partnership_id)), None)


def _page(partnership: Partnership, wrong: ReasonForm | None) -> ResponseReturnValue:
    account = current_account()
    verbs = [
        verb for verb in PARTNER.allowed(partnership.status) if policy.can_lead_partner(account, partnership, verb)
    ]
    waiting = next((each for each in partnership.requests if each.answered_at is None), None)
    return render_template(
        "agreements/partner_request.html", partnership=partnership, waiting=waiting, verbs=verbs, slugs=SLUGS,
        verb_labels=PARTNER_VERBS, statuses=PARTNER_STATUSES, tones=PARTNER_TONES, frequencies=FREQUENCIES,
        licences=LICENCES, form=wrong or ReasonForm(), today=today(), day=date.fromisoformat,
        can_open=waiting is not None and partnership.status is PartnerStatus.UNDER_REVIEW and account.has_role(Role.OFFICER_PROGRAMME),
        agreements=db.session.scalars(queries.desk_of_organisation(partnership.organisation_id)).all(),
    ), 422 if wrong else 200  # fmt: skip


@bp.post(
    "/agents/partenaires/<int:partnership_id>/<any('prendre-en-charge', decliner, suspendre, reprendre, sortie):slug>"
)
@access(OFFICERS)
def lead_partner(partnership_id: int, slug: str) -> ResponseReturnValue:
    """Say one of the verbs of a partner's life."""
    verb, form = VERB_OF[slug], ReasonForm(request.form)
    if verb == "decline" and not form.validate():
        return _page(db.one_or_404(queries.partnership(partnership_id)), form)
    try:
        with unit_of_work():
            partnership = db.one_or_404(queries.partnership_for_update(partnership_id))
            PARTNER.target(partnership.status, verb)
            require(policy.can_lead_partner(current_account(), partnership, verb))
            services.lead_partner(partnership, verb, reason=form.reason.data or "", by=current_account(), at=now())
    except RuleBroken as refusal:
        flash(refusal.message, "error")
    else:
        flash(_("C’est fait : « %(state)s ».", state=str(PARTNER_STATUSES[partnership.status])), "success")
    return redirect(url_for(".partner_request", partnership_id=partnership_id))


@bp.post("/agents/partenaires/<int:partnership_id>/convention")
@access(staff(Role.OFFICER_PROGRAMME))
def open_agreement(partnership_id: int) -> ResponseReturnValue:
    """The request becomes a convention, whose text is written at once from the template."""
    try:
        with unit_of_work():
            reference = _open(partnership_id)
    except RuleBroken as refusal:
        flash(refusal.message, "error")
        return redirect(url_for(".partner_request", partnership_id=partnership_id))
    flash(_("Le projet de convention est écrit : relisez-le, puis complétez les valeurs."), "success")
    return redirect(url_for(".show", reference=reference))


def _open(partnership_id: int) -> str:
    partnership = db.one_or_404(queries.partnership_for_update(partnership_id))
    waiting = next((each for each in partnership.requests if each.answered_at is None), None)
    if waiting is None:
        raise RuleBroken(_("La convention de cette demande est déjà ouverte."))
    agreement = services.open_for_request(waiting, by=current_account(), at=now())
    services.prepare(agreement, by=current_account(), at=now())
    return agreement.reference

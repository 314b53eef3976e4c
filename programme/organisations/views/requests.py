"""For the Region: the requests of responsibility, with what helps to decide."""

from collections.abc import Sequence
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from programme.accounts.policy import staff
from programme.core import storage
from programme.core.access import access, current_account, require
from programme.core.clock import now
from programme.core.errors import RuleBroken
from programme.core.unit_of_work import unit_of_work
from programme.extensions import db
from programme.organisations import policy, queries, services, sources
from programme.organisations.forms import DecisionForm
from programme.organisations.labels import DOMAINS, KINDS, POINTS, REQUEST_STATES, REQUEST_TONES, ROLES
from programme.organisations.models import Membership, OwnershipRequest
from programme.organisations.rules import domains, siret
from programme.organisations.states import MembershipRole, MembershipState, OwnershipRequestState
from programme.organisations.views import bp
from programme.organisations.views.parting import files

PER_PAGE = 50


@bp.get("/agents/organismes/demandes")
@access(staff(*policy.DECIDERS))
def requests() -> ResponseReturnValue:
    """Every request, those that wait first; by state."""
    wanted = request.args.get("etat", "")
    state = OwnershipRequestState(wanted) if wanted in set(OwnershipRequestState) else None
    counts = dict(db.session.execute(queries.ownership_counts()).all())
    chips = [{"label": _("Toutes"), "href": url_for(".requests"), "count": sum(counts.values()), "current": not state}]
    chips += [
        {"label": label, "href": url_for(".requests", etat=each.value), "count": counts[each], "current": each is state}
        for each, label in REQUEST_STATES.items() if counts.get(each)
    ]  # fmt: skip
    page = db.paginate(queries.ownership_requests(state), per_page=PER_PAGE, max_per_page=PER_PAGE)
    return render_template(
        "organisations/requests.html", page=page, chips=chips, states=REQUEST_STATES, tones=REQUEST_TONES,
        until=OwnershipRequest.OBJECTION, open_count=sum(counts.get(e, 0) for e in REQUEST_STATES if e in ("waiting", "objected")),
        page_url=lambda number: url_for(".requests", etat=state and state.value, page=number),
    )  # fmt: skip


@bp.route("/agents/organismes/demandes/<int:number>", methods=["GET", "POST"])
@access(staff(*policy.DECIDERS))
def ownership_request(number: int) -> ResponseReturnValue:
    """One request: what is said, what is known, then the answer."""
    asked, form = db.one_or_404(queries.ownership_request(number)), DecisionForm(request.form)
    if request.method == "POST" and not policy.is_open(asked):
        return _too_late(number)
    if form.submitted():
        try:
            return _decided(number, form)
        except RuleBroken as refusal:
            form.form_errors.append(refusal.message)
    ends = services.objections_end(asked) if policy.is_open(asked) else None
    return render_template(
        "organisations/request.html", asked=asked, form=form, states=REQUEST_STATES, tones=REQUEST_TONES, kinds=KINDS,
        points=POINTS, siret=siret, has_registry=sources.plugged_in(), roles=ROLES, ends=ends,
        is_early=ends is not None and now() < ends, can_decide=policy.can_decide(current_account(), asked), **_facts(asked),
    ), 422 if form.posted else 200  # fmt: skip


def _facts(asked: OwnershipRequest) -> dict[str, Any]:
    """What helps to decide: the address, the owners and whether they can be reached, the files that depend on it."""
    organisation = asked.organisation
    members: Sequence[Membership] = db.session.scalars(queries.members(organisation.id)).all()
    live = [each for each in members if each.state is MembershipState.ACTIVE]
    owners = [each for each in live if each.role is MembershipRole.OWNER]
    others = [each.account.email for each in live if each.account_id != asked.account_id]
    drafts, waiting = files(organisation)
    return {
        "domain": DOMAINS[domains.judge(asked.account.email, organisation.website, others)], "owners": owners,
        "own_link": next((each for each in members if each.account_id == asked.account_id), None),
        "unreachable": services.unreachable([each.account for each in owners]), "members": live,
        "drafts": drafts, "waiting": waiting,
        "others_open": db.session.scalars(queries.others_open(organisation.id, asked.id)).all(),
        "before": [
            each for each in db.session.scalars(queries.requests_of(organisation.id, asked.account_id)) if each is not asked
        ],
    }  # fmt: skip


def _too_late(number: int) -> ResponseReturnValue:
    flash(_("Cette demande a déjà reçu sa réponse, ou la personne l’a retirée : elle est ci-dessous."), "error")
    return redirect(url_for(".ownership_request", number=number))


def _decided(number: int, form: DecisionForm) -> ResponseReturnValue:
    by, at, reason = current_account(), now(), form.reason.data or ""
    with unit_of_work():
        found = db.one_or_404(queries.ownership_request(number))
        db.one_or_404(queries.by_id_for_update(found.organisation_id))  # Its members change one act after the other.
        asked = db.one_or_404(queries.ownership_request_for_update(number))
        if not policy.is_open(asked):
            return _too_late(number)
        if form.outcome.data == "grant":
            services.grant(asked, reason, MembershipRole(form.former.data), by=by, at=at)
        else:
            services.refuse(asked, reason, by=by, at=at)
    flash(_("Votre réponse est envoyée aux deux côtés."), "success")
    return redirect(url_for(".requests"))


@bp.get("/agents/organismes/demandes/<int:number>/justificatif")
@access(staff(*policy.DECIDERS))
def request_proof(number: int) -> Response:
    """The proof, for those who decide; never for a party."""
    asked = db.one_or_404(queries.ownership_request(number))
    require(asked.proof is not None and not policy.is_member(current_account(), asked.organisation_id))
    assert asked.proof is not None
    return storage.answer(asked.proof)

"""Asking the Region for the responsibility of an organisation, and objecting to it."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from programme.core import storage
from programme.core.access import SIGNED_IN, access, current_account, require
from programme.core.clock import now
from programme.core.errors import RuleBroken
from programme.core.unit_of_work import unit_of_work
from programme.extensions import db
from programme.organisations import policy, queries, services
from programme.organisations.forms import ObjectionForm, OwnershipForm
from programme.organisations.labels import REQUEST_STATES, REQUEST_TONES
from programme.organisations.models import Organisation, OwnershipRequest
from programme.organisations.views import bp

PROOFS = ("application/pdf", *storage.IMAGES)


def _asked(organisation: Organisation) -> list[OwnershipRequest]:
    """What the person asked of this organisation; it is as if absent for who may not ask and never did."""
    account = current_account()
    asked = list(db.session.scalars(queries.requests_of(organisation.id, account.id)))
    link = db.session.scalars(queries.membership(organisation.id, account.id)).one_or_none()
    require(bool(asked) or policy.can_ask_ownership(link, now()))
    return asked


@bp.route("/compte/organismes/<slug>/demander-la-responsabilite", methods=["GET", "POST"])
@access(SIGNED_IN)
def ask_ownership(slug: str) -> ResponseReturnValue:
    """Explain why, with a proof if there is one; then follow the request."""
    organisation = db.one_or_404(queries.by_slug(slug))
    asked, form = _asked(organisation), OwnershipForm(request.form)
    form.proof.data = request.files.get("proof")
    if form.submitted():
        try:
            return _sent(slug, form)
        except RuleBroken as refusal:
            form.form_errors.append(refusal.message)
    return render_template(
        "organisations/ask_ownership.html", organisation=organisation, form=form, asked=asked,
        live=next((each for each in asked if policy.is_open(each)), None), states=REQUEST_STATES, tones=REQUEST_TONES,
        until=OwnershipRequest.OBJECTION, may_ask=_may_ask(organisation),
    ), 422 if form.posted else 200  # fmt: skip


def _may_ask(organisation: Organisation) -> bool:
    link = db.session.scalars(queries.membership(organisation.id, current_account().id)).one_or_none()
    return policy.can_ask_ownership(link, now())


def _sent(slug: str, form: OwnershipForm) -> ResponseReturnValue:
    upload, proof = form.proof.data, None
    if isinstance(upload, FileStorage) and upload.filename:
        proof = storage.write(upload.stream, upload.filename, accepted=PROOFS)
    with unit_of_work():
        organisation = db.one_or_404(queries.for_update(slug))
        require(_may_ask(organisation))
        services.ask(organisation, form.explanation.data or "", proof, by=current_account(), at=now())
    flash(_("Votre demande est envoyée : la Région vous répond par courriel."), "success")
    return redirect(url_for(".ask_ownership", slug=slug))


@bp.post("/compte/organismes/<slug>/demandes/<int:number>/abandonner")
@access(SIGNED_IN)
def withdraw_request(slug: str, number: int) -> ResponseReturnValue:
    """Give one's request up."""
    with unit_of_work():
        asked = _request(slug, number, lock=True)
        require(policy.can_withdraw_request(current_account(), asked))
        services.withdraw(asked, by=current_account(), at=now())
    flash(_("Votre demande est abandonnée."), "success")
    return redirect(url_for("accounts.account"))


@bp.route("/compte/organismes/<slug>/demandes/<int:number>", methods=["GET", "POST"])
@access(SIGNED_IN)
def object_to(slug: str, number: int) -> ResponseReturnValue:
    """For the present owners: who asks, and what to answer."""
    asked, form = _request(slug, number), ObjectionForm(request.form)
    require(policy.is_owner(current_account(), asked.organisation_id))
    if policy.can_object(current_account(), asked) and form.submitted():
        with unit_of_work():
            asked = _request(slug, number, lock=True)
            require(policy.can_object(current_account(), asked))
            services.object_to(asked, form.why.data or "", by=current_account(), at=now())
        flash(_("Votre réponse est transmise à la Région."), "success")
        return redirect(url_for(".show", slug=slug))
    return render_template(
        "organisations/object_to.html", asked=asked, form=form, organisation=asked.organisation, states=REQUEST_STATES,
        tones=REQUEST_TONES, can_object=policy.can_object(current_account(), asked),
        until=asked.asked_at + OwnershipRequest.OBJECTION,
    ), 422 if form.posted else 200  # fmt: skip


def _request(slug: str, number: int, *, lock: bool = False) -> OwnershipRequest:
    statement = queries.ownership_request_for_update(number) if lock else queries.ownership_request(number)
    found: OwnershipRequest = db.one_or_404(statement)
    require(found.organisation.slug == slug)
    return found

"""Doors of those who sign: the agreements of one's organisations, the signature, the commitments."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from programme.agreements import documents, policy, queries, services
from programme.agreements.forms import CommitmentForm, SignForm
from programme.agreements.labels import (
    COMMITMENT_STATES,
    COMMITMENT_TONES,
    COMMITMENT_VERBS,
    FAMILIES,
    FREQUENCIES,
    LICENCES,
    STATES,
    TONES,
)
from programme.agreements.models import Agreement, Commitment
from programme.agreements.states import COMMITMENT
from programme.agreements.views import bp
from programme.core import consultations, storage
from programme.core.access import SIGNED_IN, access, current_account, require
from programme.core.clock import now, today
from programme.core.consultations import Consulted, Standing
from programme.core.errors import RuleBroken
from programme.core.forms import no_script
from programme.core.trame import trame
from programme.core.unit_of_work import unit_of_work
from programme.extensions import db
from programme.projects import thread
from programme.projects.models import Project
from programme.projects.thread import Step

VERBS = {"commencer": "start", "publier": "publish", "confirmer": "confirm", "abandonner": "drop"}


@bp.get("/mes-conventions")
@access(SIGNED_IN)
def mine() -> ResponseReturnValue:
    """The agreements of my organisations, what waits for me first."""
    agreements = db.session.scalars(queries.mine(current_account().id)).unique().all()
    return render_template(
        "agreements/mine.html", agreements=agreements, states=STATES, tones=TONES, families=FAMILIES, today=today(),
    )  # fmt: skip


def load(reference: str) -> Agreement:
    """An agreement that this person may see."""
    agreement = db.one_or_404(queries.by_reference(reference))
    require(policy.can_see(current_account(), agreement))
    return agreement


@bp.get("/mes-conventions/<reference>")
@access(SIGNED_IN)
def member_page(reference: str) -> ResponseReturnValue:
    """One agreement: its state, its text, its PDF, its commitments."""
    return _page(load(reference))


def _page(agreement: Agreement, form: CommitmentForm | None = None, failed: int | None = None) -> ResponseReturnValue:
    account = current_account()
    open_to_acts = {each.id: _verbs(each) for each in agreement.commitments if policy.can_follow(account, each)}
    return render_template(
        "agreements/member.html", agreement=agreement, states=STATES, tones=TONES, families=FAMILIES, today=today(),
        can_sign=policy.can_sign(account, agreement), verbs=open_to_acts, verb_labels=COMMITMENT_VERBS,
        slugs={code: slug for slug, code in VERBS.items()}, commitment_states=COMMITMENT_STATES,
        commitment_tones=COMMITMENT_TONES, frequencies=FREQUENCIES, licences=LICENCES, form=form or CommitmentForm(),
        failed=failed, steps=thread_of(agreement),
    ), 422 if failed else 200  # fmt: skip


def thread_of(agreement: Agreement) -> list[Step]:
    """The project's timeline, as the reader may see it; none for a partnership, which has no project."""
    project = db.session.get(Project, agreement.project_id) if agreement.project_id else None
    return thread.steps(project, current_account()) if project is not None else []


def _verbs(commitment: Commitment) -> list[str]:
    return COMMITMENT.allowed(commitment.state)


@bp.route("/mes-conventions/<reference>/signer", methods=["GET", "POST"])
@access(SIGNED_IN)
def sign(reference: str) -> ResponseReturnValue:
    """The confirmation page names the text, its version and the amount; then the organisation signs."""
    agreement = db.one_or_404(queries.by_reference(reference))
    require(policy.can_sign(current_account(), agreement))
    form = SignForm(request.form, data=_signatory(agreement))
    if not form.submitted():
        return _sheet(agreement, form)
    try:
        with unit_of_work():
            _sign(reference, form)
    except RuleBroken as refusal:
        flash(refusal.message, "error")
        return redirect(url_for(".sign", reference=reference))
    flash(_("Votre signature est enregistrée. La Région signe et vous envoie l’exemplaire signé."), "success")
    return redirect(url_for(".member_page", reference=reference))


def _sheet(agreement: Agreement, form: SignForm) -> ResponseReturnValue:
    """The text on its paper, with the drawing of its number in the margin as on the issued document."""
    drawing = trame(agreement.number or agreement.reference, documents.drawing(agreement), 240, 1500)
    return render_template(
        "agreements/sign.html", agreement=agreement, form=form, families=FAMILIES, drawing=no_script(drawing)
    ), 422 if form.posted else 200


def _signatory(agreement: Agreement) -> dict[str, str | None]:
    organisation = agreement.organisation
    return {
        "name": organisation.representative_name, "capacity": organisation.representative_title,
        "text_sha256": agreement.text_sha256,
    }  # fmt: skip


def _sign(reference: str, form: SignForm) -> None:
    agreement = db.one_or_404(queries.for_update(reference))
    require(policy.can_sign(current_account(), agreement))
    services.sign_as_partner(
        agreement, name=form.name.data or "", capacity=form.capacity.data or "", text_sha256=form.text_sha256.data or "",
        by=current_account(), at=now(),
    )  # fmt: skip


@bp.get("/mes-conventions/<reference>/<any(a_signer, signee):copy>.pdf")
@access(SIGNED_IN)
def pdf(reference: str, copy: str) -> ResponseReturnValue:
    """The issued bytes, as an attachment, to members of the organisation and to staff only."""
    agreement = load(reference)
    document = agreement.signed_document if copy == "signee" else agreement.document
    require(document is not None)
    assert document is not None
    if document.file is None:
        flash(_("Le PDF est en cours de fabrication : redemandez-le dans quelques secondes."), "warning")
        return redirect(url_for(".member_page", reference=reference))
    standing = Standing.STAFF if policy.can_use_desk(current_account()) else Standing.MEMBER
    consultations.note(Consulted.AGREEMENT, agreement, agreement.reference, standing)
    return storage.answer(document.file)


@bp.post(
    "/mes-conventions/<reference>/engagements/<int:commitment_id>/<any(commencer, publier, confirmer, abandonner):verb>"
)
@access(SIGNED_IN)
def follow(reference: str, commitment_id: int, verb: str) -> ResponseReturnValue:
    """Say how a commitment stands."""
    form = CommitmentForm(request.form)
    if not form.validate():
        return _page(load(reference), form, commitment_id)
    try:
        with unit_of_work():
            _follow(reference, commitment_id, VERBS[verb], form)
    except RuleBroken as refusal:
        flash(refusal.message, "error")
    else:
        flash(_("C’est enregistré."), "success")
    return redirect(url_for(".member_page", reference=reference))


def _follow(reference: str, commitment_id: int, verb: str, form: CommitmentForm) -> None:
    commitment = db.one_or_404(queries.commitment(commitment_id))
    require(commitment.agreement.reference == reference and policy.can_follow(current_account(), commitment))
    services.follow(commitment, verb, url=form.url.data, reason=form.reason.data or "", by=current_account(), at=now())

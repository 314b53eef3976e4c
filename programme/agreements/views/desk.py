"""The agents' desk of agreements: list, one page per agreement, its next act."""

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from programme.accounts.policy import staff
from programme.accounts.states import Role
from programme.agreements import policy, queries, services
from programme.agreements.forms import (
    DeliberationForm,
    ReasonForm,
    RegionSignatureForm,
    RenewForm,
    TerminateForm,
    typed,
    values_form,
)
from programme.agreements.labels import (
    ACTS,
    COMMITMENT_STATES,
    COMMITMENT_TONES,
    CONDITIONS,
    FAMILIES,
    FREQUENCIES,
    LICENCES,
    STATES,
    TONES,
    VARIABLE_LABELS,
    VERBS,
)
from programme.agreements.models import Agreement
from programme.agreements.rules import facts
from programme.agreements.rules.variables import CHOSEN, VARIABLES, Kind, editable_variables
from programme.agreements.states import MACHINE, AgreementFamily, AgreementState
from programme.agreements.views import bp
from programme.agreements.views.listing import address, code_of, pages
from programme.agreements.views.member import thread_of
from programme.applications import queries as applications
from programme.applications import services as reading
from programme.applications.rules.budget import agreement_due
from programme.core import jobs
from programme.core.access import access, current_account, require
from programme.core.addresses import whole_number
from programme.core.clock import now, today
from programme.core.errors import RuleBroken
from programme.core.forms import BaseForm
from programme.core.unit_of_work import unit_of_work
from programme.extensions import db

DESK = staff(*policy.DESK)
PER_PAGE = 50
BATCHES = ("agreements.send_batch", "documents.render_batch")
SLUGS = {
    "prepare": "preparer", "ask_review": "relecture", "send_back": "renvoyer", "approve": "valider", "send": "envoyer",
    "sign_as_region": "signer", "activate": "notifier", "mark_to_renew": "a-renouveler", "renew": "renouveler",
    "expire": "echeance", "terminate": "resilier",
}  # fmt: skip
VERB_OF = {slug: verb for verb, slug in SLUGS.items()}
FORMS: dict[str, type[BaseForm]] = {
    "send_back": ReasonForm, "sign_as_region": RegionSignatureForm, "renew": RenewForm, "terminate": TerminateForm,
}  # fmt: skip


@bp.get("/agents/conventions")
@access(DESK)
def desk() -> ResponseReturnValue:
    """Every agreement, by state."""
    state = code_of(AgreementState, request.args.get("etat"))
    family = code_of(AgreementFamily, request.args.get("famille"))
    text = request.args.get("q", "")[:200]
    sort = code_of(queries.Sort, request.args.get("tri")) or queries.Sort.WAITING
    statement = queries.desk(state=state, family=family, text=text, sort=sort)
    page = db.paginate(statement, per_page=PER_PAGE, max_per_page=PER_PAGE, error_out=False)
    return render_template(
        "agreements/desk.html", page=page, state=state, sort=sort, family=family, text=text, states=STATES, tones=TONES,
        families=FAMILIES, chips=_chips(state, family), today=today(), pages=pages(page, url_for(".desk"), request.args),
        next_acts=_next_acts(list(page.items)), late=db.session.scalars(queries.late_commitments(today()).limit(20)).all(),
        **({"to_send": _to_send(), "batch": _batch()} if current_account().has_role(Role.DIRECTION) else {}),
    )  # fmt: skip


def _batch() -> jobs.Job | None:
    """The batch that this person started and that is still at work."""
    mine = jobs.of(current_account(), since=now())
    return next((each for each in mine if each.kind in BATCHES), None)


def _to_send() -> list[Agreement]:
    """The approved agreements that this person may send now, in the order of their approval."""
    approved = db.session.scalars(queries.desk(state=AgreementState.APPROVED)).all()
    mine = [each for each in approved if policy.can_lead(current_account(), each, "send")]
    executory = [each for each in mine if each.deliberation is not None and each.deliberation.is_executory_on(today())]
    return sorted(executory, key=lambda each: (each.approved_at, each.id))


@bp.post("/agents/conventions/envoyer-validees")
@access(staff(Role.DIRECTION))
def send_all() -> ResponseReturnValue:
    """Have every approved agreement whose vote is executory sent, in one job."""
    try:
        with unit_of_work():
            services.send_all(_to_send(), by=current_account(), at=now())
    except RuleBroken as refusal:
        flash(refusal.message, "error")
    else:
        flash(_("Les conventions partent l’une après l’autre : cette page dit où elles en sont."), "success")
    return redirect(url_for(".desk"))


def _chips(state: AgreementState | None, family: AgreementFamily | None) -> list[dict[str, Any]]:
    counts: dict[AgreementState, int] = dict(db.session.execute(queries.counts_by_state(family)).all())
    path, arguments = url_for(".desk"), request.args
    every = {
        "label": _("Toutes"),
        "href": address(path, arguments, etat=None),
        "count": sum(counts.values()),
        "current": state is None,
    }
    return [every] + [
        {
            "label": STATES[each],
            "href": address(path, arguments, etat=each.value),
            "count": counts[each],
            "current": each is state,
        }
        for each in AgreementState
        if counts.get(each)
    ]


def _next_acts(agreements: list[Agreement]) -> dict[int, str]:
    """What waits for this person on each agreement, in words."""
    acts = {each.id: _next_verb(each) for each in agreements}
    return {number: str(VERBS[verb]) for number, verb in acts.items() if verb is not None}


def _next_verb(agreement: Agreement) -> str | None:
    return policy.next_verb(current_account(), agreement, today())


def _is_past(agreement: Agreement) -> bool:
    return agreement.ends_on is not None and agreement.ends_on < today()


@bp.get("/agents/conventions/<reference>")
@access(DESK)
def show(reference: str) -> ResponseReturnValue:
    """One agreement: clauses, values, commitments, history, next act."""
    return page_of(db.one_or_404(queries.by_reference(reference)))


def page_of(agreement: Agreement, wrong: tuple[str, BaseForm] | None = None) -> ResponseReturnValue:
    """The page; `wrong` is the verb whose form came back with errors."""
    account = current_account()
    verbs = [verb for verb in MACHINE.allowed(agreement.state) if policy.can_lead(account, agreement, verb)]
    if not _is_past(agreement) and "expire" in verbs:
        verbs.remove("expire")
    forms = {verb: _form(verb, agreement) for verb in verbs if verb in FORMS} | (dict([wrong]) if wrong else {})
    known = {*CONDITIONS} & {*agreement.flags}
    return render_template(
        "agreements/agreement.html", agreement=agreement, verbs=verbs, next_verb=_next_verb(agreement), slugs=SLUGS, verb_labels=VERBS, forms=forms,
        states=STATES, tones=TONES, families=FAMILIES, acts=ACTS, today=today(), conditions=[CONDITIONS[each] for each in sorted(known)],
        missing=[VARIABLE_LABELS[each] for each in agreement.missing], compulsory=_compulsory(agreement),
        can_edit=policy.can_edit(account, agreement), can_waive=policy.can_waive(account, agreement),
        can_set_deliberation=policy.can_set_deliberation(account, agreement),
        commitment_states=COMMITMENT_STATES, commitment_tones=COMMITMENT_TONES, frequencies=FREQUENCIES, licences=LICENCES,
        history=db.session.execute(queries.history(Agreement.__tablename__, [agreement.id])).all(),
        steps=thread_of(agreement), lapsed=_lapsed(agreement),
    ), 422 if wrong else 200  # fmt: skip


_TO_SIGN = {
    AgreementState.TO_PREPARE, AgreementState.DRAFT, AgreementState.IN_REVIEW, AgreementState.APPROVED,
}  # fmt: skip


def _lapsed(agreement: Agreement) -> list[tuple[str, date]]:
    """The pieces of the file that are no longer good and their last day, until the agreement leaves for its signature."""
    if agreement.application is None or agreement.state not in _TO_SIGN:
        return []
    file = db.session.scalars(applications.with_pieces(agreement.application.reference)).one()
    ages = reading.ages(file, today(), None)
    found = [(each.label, ages[each.id].good_until) for each in file.asked_pieces if each.id in ages]
    return [(label, last) for label, last in found if last is not None and last < today()]


def _compulsory(agreement: Agreement) -> bool:
    return agreement.amount is not None and agreement_due(
        agreement.amount, is_public_body=agreement.organisation.is_public_body
    )


def _form(verb: str, agreement: Agreement) -> BaseForm:
    data: dict[str, Any] = {"on": today()}
    if verb == "sign_as_region":
        data["capacity"] = agreement.values.get("region_signatory", "").capitalize()
    return FORMS[verb](request.form if request.method == "POST" else None, data=data)


@bp.post(
    "/agents/conventions/<reference>/<any(preparer, relecture, renvoyer, valider, envoyer, signer, notifier, 'a-renouveler', renouveler, echeance, resilier):slug>"
)
@access(DESK)
def lead(reference: str, slug: str) -> ResponseReturnValue:
    """Say one of the verbs of an agreement's life."""
    verb = VERB_OF[slug]
    agreement = db.one_or_404(queries.by_reference(reference))
    require(policy.can_lead(current_account(), agreement, verb) or not MACHINE.allows(agreement.state, verb))
    form = _form(verb, agreement) if verb in FORMS else None
    if form is not None and not form.validate():
        return page_of(agreement, (verb, form))
    return _acted(reference, lambda each: _lead(each, verb, form))


def _acted(reference: str, act: Callable[[Agreement], None]) -> ResponseReturnValue:
    try:
        with unit_of_work():
            agreement = db.one_or_404(queries.for_update(reference))
            act(agreement)
    except RuleBroken as refusal:
        flash(refusal.message, "error")
    else:
        flash(_("C’est fait : « %(state)s ».", state=str(STATES[agreement.state])), "success")
    return redirect(url_for(".show", reference=reference))


def _lead(agreement: Agreement, verb: str, form: BaseForm | None) -> None:
    MACHINE.target(agreement.state, verb)
    require(policy.can_lead(current_account(), agreement, verb))
    typed_values = {} if form is None else {name: value for name, value in form.data.items() if name != "csrf_token"}
    reason = typed_values.pop("reason", None)
    until = typed_values.pop("until", None)
    texts = [each for each in (reason, until) if each is not None]
    getattr(services, verb)(agreement, *texts, **typed_values, by=current_account(), at=now())


@bp.post("/agents/conventions/<reference>/sans-convention")
@access(DESK)
def waive(reference: str) -> ResponseReturnValue:
    """Let the award stand without a convention, when the law allows it."""
    try:
        with unit_of_work():
            agreement = db.one_or_404(queries.for_update(reference))
            require(policy.can_waive(current_account(), agreement))
            services.waive(agreement, by=current_account(), at=now())
    except RuleBroken as refusal:
        flash(refusal.message, "error")
        return redirect(url_for(".show", reference=reference))
    flash(_("L’aide est attribuée sans convention."), "success")
    return redirect(url_for(".desk"))


@bp.route("/agents/conventions/<reference>/valeurs", methods=["GET", "POST"])
@access(DESK)
def values(reference: str) -> ResponseReturnValue:
    """Change single values while it is a draft; the text follows."""
    agreement = db.one_or_404(queries.by_reference(reference))
    require(policy.can_edit(current_account(), agreement))
    form = values_form(agreement.family)(request.form if request.method == "POST" else None, data=_present(agreement))
    if not form.submitted():
        return _values_page(agreement, form, 422 if form.posted else 200)
    try:
        with unit_of_work():
            _set_values(db.one_or_404(queries.for_update(reference)), form)
    except services.Outdated as refusal:
        return _outdated(reference, form, refusal)
    flash(_("Les valeurs sont enregistrées et le texte est à jour."), "success")
    return redirect(url_for(".show", reference=reference))


def _values_page(
    agreement: Agreement, form: BaseForm, status: int, saved: list[Any] | None = None
) -> ResponseReturnValue:
    names = editable_variables(agreement.family)
    groups = {"long": [each for each in names if VARIABLES[each].kind is Kind.LONG]}
    groups["short"] = [each for each in names if each not in groups["long"]]
    return render_template(
        "agreements/values.html", agreement=agreement, form=form, groups=groups, families=FAMILIES, saved=saved or [],
    ), status  # fmt: skip


def _present(agreement: Agreement) -> dict[str, Any]:
    """The values as the form's fields want them."""
    read: dict[str, Any] = {"version": agreement.version, "conditions": sorted(set(agreement.flags) & CHOSEN)}
    for name in editable_variables(agreement.family):
        read[name] = facts.typed(VARIABLES[name].kind, agreement.values.get(name, ""))
    return read


def _set_values(agreement: Agreement, form: Any) -> None:
    require(policy.can_edit(current_account(), agreement))
    services.set_values(
        agreement, typed(form, editable_variables(agreement.family)), frozenset(form.conditions.data or ()),
        version=whole_number(form.version.data), by=current_account(), at=now(),
    )  # fmt: skip


def _outdated(reference: str, form: Any, refusal: RuleBroken) -> ResponseReturnValue:
    """Both texts: what was typed in the form, what was saved beside it."""
    agreement = db.one_or_404(queries.by_reference(reference))
    stored = _present(agreement)
    saved = [
        (VARIABLE_LABELS[name], stored[name])
        for name in editable_variables(agreement.family)
        if (form[name].data or "") != (stored[name] or "")
    ]
    form.version.data, form.version.raw_data = agreement.version, None
    form.form_errors.append(refusal.message)
    return _values_page(agreement, form, 409, saved)


@bp.route("/agents/conventions/<reference>/deliberation", methods=["GET", "POST"])
@access(DESK)
def deliberation(reference: str) -> ResponseReturnValue:
    """Record the vote that authorises a partnership."""
    agreement = db.one_or_404(queries.by_reference(reference))
    require(policy.can_set_deliberation(current_account(), agreement))
    form = DeliberationForm(request.form, obj=agreement.deliberation)
    if not form.submitted():
        return render_template(
            "agreements/deliberation.html", agreement=agreement, form=form
        ), 422 if form.posted else 200
    given = {name: value for name, value in form.data.items() if name != "csrf_token"}
    return _acted(reference, lambda each: _set_deliberation(each, given))


def _set_deliberation(agreement: Agreement, given: dict[str, Any]) -> None:
    require(policy.can_set_deliberation(current_account(), agreement))
    number, title = given.pop("number"), given.pop("title")
    services.set_deliberation(agreement, number, title, **given, by=current_account(), at=now())

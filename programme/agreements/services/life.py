"""The life of an agreement from the review to its end. Nobody signs before the vote is recorded and executory."""

from collections.abc import Sequence
from datetime import date, datetime

from flask_babel import gettext as _

from programme.accounts.models import Account
from programme.agreements import documents, notifications, queries
from programme.agreements.labels import FAMILIES
from programme.agreements.models import Agreement, AgreementTemplate
from programme.agreements.rules import facts
from programme.agreements.services import network
from programme.agreements.services.drafting import rewrite
from programme.agreements.services.events import register_listener, tell
from programme.agreements.states import MACHINE, AgreementFamily, AgreementState
from programme.core import documents as issued
from programme.core import jobs, journal, mail
from programme.core.clock import local_day
from programme.core.errors import RuleBroken
from programme.core.jobs import Job
from programme.core.numbering import next_number
from programme.extensions import db
from programme.organisations import queries as members

__all__ = ["register_listener"]


def _go(agreement: Agreement, verb: str) -> None:
    agreement.state = AgreementState(MACHINE.target(agreement.state, verb))


def ask_review(agreement: Agreement, *, by: Account | None, at: datetime) -> None:
    """The officer hands the text to finance and legal.

    Raises:
        RuleBroken: values are missing, or expenses and resources of the plan differ.
    """
    MACHINE.target(agreement.state, "ask_review")
    rewrite(agreement)
    if agreement.missing:
        raise RuleBroken(
            _("Il manque %(count)s valeur(s) dans le texte : complétez-les d’abord.", count=len(agreement.missing))
        )
    if agreement.family is AgreementFamily.GRANT and not agreement.tables["budget"]["is_balanced"]:
        raise RuleBroken(_("Les ressources dépassent les dépenses : corrigez le plan de financement du dossier."))
    _go(agreement, "ask_review")
    agreement.officer_note = None
    journal.record("agreement.review_asked", on=agreement, by=by, at=at)


def send_back(agreement: Agreement, reason: str, *, by: Account | None, at: datetime) -> None:
    """The text returns to the officer; a copy already sent can no longer be signed."""
    before = agreement.state
    _go(agreement, "send_back")
    agreement.text_sha256 = agreement.approved_at = agreement.sent_at = agreement.document = None
    agreement.officer_note = reason
    journal.record("agreement.sent_back", on=agreement, by=by, at=at, before={"state": before})


def approve(agreement: Agreement, *, by: Account | None, at: datetime) -> None:
    """Finance and legal approve: from now on the text is frozen and known by its print."""
    _go(agreement, "approve")
    agreement.approved_at = at
    agreement.text_sha256 = documents.fingerprint(agreement)
    journal.record("agreement.approved", on=agreement, by=by, at=at, after={"text_sha256": agreement.text_sha256})


def _check_vote(agreement: Agreement, day: date) -> None:
    """No signature before the vote is recorded and executory.

    A convention signed before is void and nothing cures it afterwards (CE, 20 January 1989, Ville de Millau).
    """
    if agreement.deliberation is None:
        raise RuleBroken(_("Enregistrez d’abord la délibération qui autorise cette convention."))
    if not agreement.deliberation.is_executory_on(day):
        raise RuleBroken(
            _("La délibération %(number)s n’est pas encore exécutoire : il faut sa publication et sa réception par le représentant de l’État.", number=agreement.deliberation.number)
        )  # fmt: skip


def send(agreement: Agreement, *, by: Account | None, at: datetime, in_batch: bool = False) -> None:
    """Number the agreement, issue the copy to sign, and tell those who sign for the organisation.

    With `in_batch` the caller prints the copy.
    """
    state = AgreementState(MACHINE.target(agreement.state, "send"))
    _check_vote(agreement, local_day(at))
    if agreement.number is None:
        year = local_day(at).year
        agreement.number = f"CV-{year}-{next_number('agreement', year):04d}"
    agreement.issue_count += 1
    agreement.sent_at = at
    copy = f"{agreement.number}-V{agreement.issue_count}"
    agreement.document = _issue(agreement, copy, signed=False, at=at, in_batch=in_batch)
    agreement.state = state  # Last: the database wants the number and the document of what is sent.
    journal.record("agreement.sent", on=agreement, by=by, at=at, after={"number": agreement.number})
    for owner in db.session.scalars(members.owners(agreement.organisation_id)):
        mail.queue(notifications.to_sign(owner.account, agreement), at=at)


def send_all(agreements: Sequence[Agreement], *, by: Account, at: datetime) -> Job:
    """Ask the worker to send approved agreements and to print their copies, in one job that can be taken up again.

    Raises:
        RuleBroken: none is given, or the vote of one of them is not executory.
    """
    if not agreements:
        raise RuleBroken(_("Aucune convention validée n’attend d’être envoyée."))
    for agreement in agreements:
        _check_vote(agreement, local_day(at))
    job = jobs.enqueue("agreements.send_batch", {}, at=at, by=by)
    db.session.flush()  # The job says how far it is under its own number.
    job.payload = {"job": job.id, "by": by.id, "agreements": [each.reference for each in agreements]}
    return job


def _issue(
    agreement: Agreement, number: str, *, signed: bool, at: datetime, in_batch: bool = False
) -> issued.IssuedDocument:
    template = db.session.get_one(AgreementTemplate, agreement.template_id)
    return issued.issue(
        "agreement", label="Convention", number=number, on=agreement, at=at, template="agreements/agreement.html",
        title=f"{FAMILIES[agreement.family]} {agreement.number}, {agreement.title}"[:300],
        drawing=documents.drawing(agreement), in_batch=in_batch, data_name="convention.json",
        data=documents.data(agreement, template.version, signed=signed),
        context={"paper": documents.paper(agreement, signed=signed)},
    )  # fmt: skip


def sign_as_partner(
    agreement: Agreement, *, name: str, capacity: str, text_sha256: str, by: Account, at: datetime
) -> None:
    """The organisation signs first, on the very text that the page showed.

    Raises:
        RuleBroken: the text changed since the page was opened, or the vote is not executory.
    """
    MACHINE.target(agreement.state, "sign_as_partner")
    if text_sha256 != agreement.text_sha256:
        raise RuleBroken(_("Le texte a changé depuis l’ouverture de cette page : relisez-le avant de signer."))
    _check_vote(agreement, local_day(at))
    _go(agreement, "sign_as_partner")
    agreement.partner_signed_at, agreement.partner_signed_by_id = at, by.id
    agreement.partner_signatory, agreement.partner_capacity = name, capacity
    journal.record("agreement.partner_signed", on=agreement, by=by, at=at, after={"text_sha256": text_sha256})


def sign_as_region(
    agreement: Agreement, *, name: str, capacity: str, on: date, by: Account | None, at: datetime
) -> None:
    """Record the Region's signature, the last of the two, and issue the signed copy.

    Raises:
        RuleBroken: the day is to come or before the partner's signature, or the vote was not executory that day.
    """
    MACHINE.target(agreement.state, "sign_as_region")
    assert agreement.partner_signed_at is not None
    if on > local_day(at):
        raise RuleBroken(_("La date de signature est à venir : enregistrez-la le jour venu."))
    if on < local_day(agreement.partner_signed_at):
        raise RuleBroken(
            _("La Région signe après le partenaire : donnez une date qui n’est pas antérieure à la sienne.")
        )
    _check_vote(agreement, on)
    _go(agreement, "sign_as_region")
    agreement.region_signed_on, agreement.region_signatory, agreement.region_capacity = on, name, capacity
    assert agreement.number is not None
    agreement.signed_document = _issue(agreement, agreement.number, signed=True, at=at)
    journal.record("agreement.region_signed", on=agreement, by=by, at=at, after={"on": on.isoformat()})
    tell("signed", agreement, by, at)


def activate(agreement: Agreement, *, by: Account | None, at: datetime) -> None:
    """Notify the signed agreement: it takes effect, and a partner enters the network."""
    _go(agreement, "activate")
    agreement.activated_at = at
    journal.record("agreement.activated", on=agreement, by=by, at=at)
    if agreement.family is AgreementFamily.PARTNERSHIP:
        network.enter(agreement.organisation_id, by=by, at=at)
    tell("activated", agreement, by, at)
    for person in db.session.scalars(queries.members_to_tell(agreement.organisation_id)):
        mail.queue(notifications.in_force(person, agreement), at=at)


def mark_to_renew(agreement: Agreement, *, by: Account | None, at: datetime) -> None:
    """The term comes near: the officer and the partner have to say whether they go on."""
    _go(agreement, "mark_to_renew")
    journal.record("agreement.marked_to_renew", on=agreement, by=by, at=at)


def renew(agreement: Agreement, until: date, *, by: Account | None, at: datetime) -> None:
    """Both sides go on until a later day, within the longest term of the agreement.

    Raises:
        RuleBroken: the day is not later than the term, or is past the longest term.
    """
    MACHINE.target(agreement.state, "renew")
    if agreement.ends_on is not None and until <= agreement.ends_on:
        raise RuleBroken(_("Donnez un terme postérieur au terme actuel."))
    longest = facts.day(agreement.values, "latest_end_on")
    if longest is not None and until > longest:
        raise RuleBroken(_("La convention ne peut pas durer au-delà de son terme maximal : préparez-en une nouvelle."))
    _go(agreement, "renew")
    before, agreement.ends_on = agreement.ends_on, until
    journal.record(
        "agreement.renewed", on=agreement, by=by, at=at, before={"ends_on": facts.kept(before)},
        after={"ends_on": until.isoformat()},
    )  # fmt: skip


def expire(agreement: Agreement, *, by: Account | None, at: datetime) -> None:
    """The term has come.

    Raises:
        RuleBroken: the term is still to come.
    """
    MACHINE.target(agreement.state, "expire")
    if agreement.ends_on is not None and agreement.ends_on >= local_day(at):
        raise RuleBroken(_("Le terme de la convention n’est pas encore passé."))
    _go(agreement, "expire")
    journal.record("agreement.expired", on=agreement, by=by, at=at)
    _leave_network(agreement, by, at)


def terminate(agreement: Agreement, reason: str, *, on: date, by: Account | None, at: datetime) -> None:
    """End the agreement before its term; data already published stay, with the licences already given."""
    _go(agreement, "terminate")
    agreement.terminated_on, agreement.closing_reason = on, reason
    journal.record("agreement.terminated", on=agreement, by=by, at=at, after={"on": on.isoformat()})
    _leave_network(agreement, by, at)


def _leave_network(agreement: Agreement, by: Account | None, at: datetime) -> None:
    if agreement.family is AgreementFamily.PARTNERSHIP:
        network.leave(agreement.organisation_id, by=by, at=at)

"""What an applicant does with an application, from the first line to the deposit and the answers."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from programme.accounts.models import Account
from programme.applications import documents, notifications, queries
from programme.applications.models import (
    Application,
    ApplicationDataset,
    BudgetLine,
    FundingSource,
    InfoRequest,
    Piece,
)
from programme.applications.rules import budget, legal_clock, readiness
from programme.applications.states import (
    MACHINE,
    PIECE,
    ApplicationState,
    ExpenseCategory,
    FundingKind,
    FundingState,
    PieceState,
)
from programme.calls import queries as calls
from programme.calls import services as call_services
from programme.calls.models import CallSession, CallStrand, RequiredDocument
from programme.calls.rules import eligibility
from programme.core import documents as issued
from programme.core import journal, mail, storage
from programme.core.clock import local_day
from programme.core.errors import RuleBroken
from programme.core.identifiers import random_code
from programme.core.numbering import next_number
from programme.extensions import db
from programme.organisations import queries as network
from programme.organisations.models import Organisation
from programme.projects import services as projects
from programme.projects.models import Project

PROJECT_TEXTS = ("title", "summary", "description", "frame_note", "territory_code", "starts_on", "ends_on")


def start(
    session: CallSession, strand: CallStrand, organisation: Organisation, title: str, *, by: Account, at: datetime,
    project: Project | None = None,
) -> Application:  # fmt: skip
    """Open a draft, on a project that exists or on a new one; the organisation owns it."""
    if not session.accepts_at(at):
        raise RuleBroken(_("Le dépôt n’est pas ouvert pour cette relève."))
    project = project or projects.start(title, at=at, by=by, organisation_id=organisation.id)
    application = Application(
        reference=f"DT-{random_code()}", session=session, strand=strand, organisation=organisation, project=project,
        form_definition=strand.form_definition, title=title, summary=project.summary, theme_id=project.theme_id,
        created_by_id=by.id, created_at=at, saved_at=at, state=ApplicationState.DRAFT,
    )  # fmt: skip
    db.session.add(application)
    journal.record("application.started", on=application, by=by, at=at)
    refresh_pieces(application)
    return application


def refresh_pieces(application: Application) -> None:
    """Expect the pieces that this strand, carrier and theme owe; a piece that is no longer owed goes if it is empty."""
    owed = [each for each in db.session.scalars(calls.documents_of(application.session.call_id)) if _owes(application, each)]
    held = {each.required_document_id for each in application.pieces}
    for piece in list(application.pieces):
        if piece.state is PieceState.EXPECTED and piece.required_document_id not in {each.id for each in owed}:
            application.pieces.remove(piece)
    application.pieces += [
        Piece(required_document=each, state=PieceState.EXPECTED) for each in owed if each.id not in held
    ]


def _owes(application: Application, document: RequiredDocument) -> bool:
    return document.applies_to(
        strand_id=application.strand.id,
        carrier_kind=application.organisation.kind,
        theme_code=application.theme.code if application.theme else None,
    )


def _touch(application: Application, version: int | None, at: datetime) -> None:
    if version is not None and version != application.version:
        raise Outdated
    application.version += 1
    application.saved_at = at


class Outdated(RuleBroken):
    """A colleague saved the same page meanwhile: what was typed is shown again beside what was saved."""

    def __init__(self) -> None:
        super().__init__(
            _("Une autre personne a enregistré cette page entre-temps. Votre texte est ci-dessous : relisez, puis enregistrez de nouveau pour le garder.")
        )  # fmt: skip


def save_project(
    application: Application, values: Mapping[str, Any], *, theme: Any, subdomain: Any, version: int | None, at: datetime
) -> None:
    """Keep what is said of the project; the thread takes its title and summary from its draft."""
    _touch(application, version, at)
    for name in PROJECT_TEXTS:
        if name in values:
            setattr(application, name, values[name])
    application.theme, application.subdomain = theme, subdomain
    project = application.project
    project.title, project.summary = application.title or project.title, application.summary
    if theme is not None:
        project.theme_id = theme.id
    refresh_pieces(application)


def save_answers(application: Application, answers: Mapping[str, Any], *, version: int | None, at: datetime) -> None:
    """Keep the answers to the themed questions."""
    _touch(application, version, at)
    application.answers = dict(answers)


def save_datasets(
    application: Application, rows: Iterable[tuple[str, str, bool]], *, version: int | None, at: datetime
) -> None:
    """Keep the data sets used or opened: (title, use, opened); a known title is tied to the catalogue."""
    _touch(application, version, at)
    application.datasets = [
        ApplicationDataset(
            position=position, title=title, use=use, is_opened=opened,
            dataset=db.session.scalars(queries.dataset_titled(title)).first(),
        )
        for position, (title, use, opened) in enumerate(rows)
    ]  # fmt: skip


def save_budget(
    application: Application, lines: Sequence[tuple[str, ExpenseCategory, Decimal]], requested: Decimal | None,
    sources: Sequence[tuple[str, FundingKind, FundingState, Decimal]], *, version: int | None, at: datetime,
) -> None:  # fmt: skip
    """Keep the expenses and the financing plan."""
    _touch(application, version, at)
    application.requested_amount = requested
    application.budget_lines = [
        BudgetLine(position=position, label=label, category=category, amount=amount)
        for position, (label, category, amount) in enumerate(lines)
    ]
    application.funding_sources = [
        FundingSource(position=position, label=label, kind=kind, state=state, amount=amount)
        for position, (label, kind, state, amount) in enumerate(sources)
    ]


def provide_piece(piece: Piece, written: storage.Written, *, by: Account, at: datetime) -> None:
    """Put a file in its place; a former one is replaced and stays in the store."""
    piece.state = PieceState(PIECE.target(piece.state, "provide"))
    piece.file = storage.keep(written, by=by, at=at)
    piece.provided_at, piece.note = at, None
    piece.application.saved_at = at
    journal.record(
        "piece.provided", on=piece, by=by, at=at, after={"sha256": written.sha256, "size": written.size}
    )


def take_back_piece(piece: Piece, *, by: Account, at: datetime) -> None:
    """Remove a file from its place."""
    piece.state = PieceState(PIECE.target(piece.state, "take_back"))
    piece.file, piece.provided_at = None, None
    piece.application.saved_at = at
    journal.record("piece.taken_back", on=piece, by=by, at=at)


def totals(application: Application) -> budget.Totals:
    """The sums of the plan."""
    return budget.totals(
        [each.amount for each in application.budget_lines],
        application.requested_amount,
        [(each.kind, each.amount) for each in application.funding_sources],
    )


def facts(application: Application, at: datetime) -> eligibility.Facts:
    """What the automatic conditions look at."""
    sums = totals(application)
    own = sum((e.amount for e in application.funding_sources if e.kind is FundingKind.OWN), Decimal(0))
    public = sums.requested + sum(
        (each.amount for each in application.funding_sources if each.kind in budget.PUBLIC_MONEY), Decimal(0)
    )
    known = sums.cost > 0
    return eligibility.Facts(
        carrier_kind=application.organisation.kind, territory_code=application.territory_code,
        deposit_on=local_day(application.submitted_at or at), starts_on=application.starts_on,
        ends_on=application.ends_on, cost=sums.cost if known else None, requested=sums.requested if known else None,
        public_total=public, own_funds=own, gap=sums.gap if known else None,
    )  # fmt: skip


def findings(application: Application, at: datetime) -> list[eligibility.Finding]:
    """The automatic conditions with their verdicts."""
    rules = db.session.scalars(calls.rules_of(application.session.call_id)).all()
    return eligibility.judge(call_services.automatic_rules(rules, application.strand_id), facts(application, at))


def condition_context(application: Application) -> dict[str, Any]:
    """What the conditions of questions may ask besides the answers."""
    return {
        "theme": application.theme.code if application.theme else "",
        "carrier_kind": application.organisation.kind.value,
        "strand": application.strand.code,
    }


def faults(application: Application, at: datetime, *, subdomain_needed: bool) -> list[readiness.Fault]:
    """What is still missing before the deposit."""
    labels = [each.label for each in (*application.budget_lines, *application.funding_sources)]
    return readiness.faults(
        readiness.Snapshot(
            title=application.title, summary=application.summary, description=application.description,
            theme_chosen=application.theme is not None, subdomain_needed=subdomain_needed,
            subdomain_chosen=application.subdomain is not None, territory_code=application.territory_code,
            starts_on=application.starts_on, ends_on=application.ends_on,
            questions=application.form_definition.questions, answers=application.answers,
            context=condition_context(application), totals=totals(application),
            empty_labels=sum(not label.strip() for label in labels), missing_pieces=missing_pieces(application),
            dataset_count=len(application.datasets), findings=findings(application, at),
            commitments_accepted=application.commitments_accepted,
        )
    )  # fmt: skip


def missing_pieces(application: Application) -> list[str]:
    """The mandatory pieces that have no file, or a refused one."""
    return [
        each.required_document.label
        for each in application.pieces
        if each.required_document.is_mandatory and each.state in (PieceState.EXPECTED, PieceState.REFUSED)
    ]


def accept_commitments(application: Application, accepted: bool, *, at: datetime) -> None:
    """Tick or untick the commitments."""
    application.commitments_accepted = accepted
    application.saved_at = at


def submit(application: Application, *, by: Account, at: datetime, subdomain_needed: bool = False) -> None:
    """Hand the application in: everything is checked again, the clock starts, the receipt is issued.

    The instant is the server's at the start of the request (`at`). Sources: CRPA L112-3, R112-5, R112-11-1.
    """
    target = MACHINE.target(application.state, "submit")
    if not application.session.accepts_at(at):
        raise RuleBroken(
            _("La relève est close : votre brouillon est gardé, vous pourrez le déposer à la relève suivante.")
        )
    remaining = faults(application, at, subdomain_needed=subdomain_needed)
    if remaining:
        raise RuleBroken(_("Il reste des points à revoir avant le dépôt : ils sont listés ci-dessous."))
    application.state = ApplicationState(target)
    application.submitted_at = application.saved_at = at
    year = local_day(at).year
    application.receipt_number = f"AR-{year}-{next_number('receipt', year):05d}"
    application.silence_on = clock(application).silence_on
    journal.record(
        "application.submitted", on=application, by=by, at=at, after={"receipt": application.receipt_number}
    )
    issue_receipt(application, at=at)


def issue_receipt(application: Application, *, at: datetime) -> None:
    """Freeze the receipt as a PDF and send it to those who act for the organisation."""
    content = documents.receipt(application)
    application.receipt = issued.issue(
        "receipt", label=_("Accusé de réception"), number=content.number,
        title=_("Accusé de réception de votre demande"), template="applications/receipt.html", on=application, at=at,
        context={"receipt": content},
    )  # fmt: skip
    for link in db.session.scalars(network.editors(application.organisation_id)):
        mail.queue(notifications.receipt(application, content, link.account.email), at=at)


def clock(application: Application) -> legal_clock.Clock:
    """The legal clock of an application that was handed in."""
    call = application.call
    assert application.submitted_at is not None
    return legal_clock.run(
        legal_clock.ClockRules(
            call.silence_months, call.silence_accepts, call.silence_starts_when_complete,
            call.silence_suspended_by_request,
        ),
        submitted_on=local_day(application.submitted_at),
        complete_on=local_day(application.complete_at) if application.complete_at else None,
        suspensions=[
            legal_clock.Suspension(
                local_day(each.asked_at), local_day(each.answered_at) if each.answered_at else None
            )
            for each in application.info_requests
        ],
    )  # fmt: skip


def request_info(
    application: Application, message: str, items: Sequence[str], due_on: date, *, by: Account, at: datetime
) -> InfoRequest:
    """Ask for what is missing, in one act that suspends the clock (CRPA L114-5): list, time and effect are written."""
    if due_on <= local_day(at):
        raise RuleBroken(_("Laissez au moins un jour pour répondre."))
    application.state = ApplicationState(MACHINE.target(application.state, "request_info"))
    request = InfoRequest(message=message, items=list(items), asked_at=at, due_on=due_on, asked_by_id=by.id)
    application.info_requests.append(request)
    application.silence_on = clock(application).silence_on
    journal.record(
        "application.info_requested", on=application, by=by, at=at, after={"items": list(items), "due": str(due_on)}
    )
    for link in db.session.scalars(network.editors(application.organisation_id)):
        mail.queue(notifications.info_requested(application, request, link.account.email), at=at)
    return request


def answer_info(application: Application, answer: str, *, by: Account, at: datetime) -> None:
    """Send the missing pieces and explanations: the clock runs again."""
    lacking = missing_pieces(application)
    if lacking:
        raise RuleBroken(_("Ajoutez d’abord : %(labels)s.", labels=", ".join(lacking)))
    application.state = ApplicationState(MACHINE.target(application.state, "answer_info"))
    request = application.info_requests[-1]
    request.answered_at, request.answer = at, answer
    application.saved_at = at
    application.silence_on = clock(application).silence_on
    journal.record("application.info_answered", on=application, by=by, at=at)
    if application.officer_id is not None:
        officer = db.session.get_one(Account, application.officer_id)
        mail.queue(notifications.info_answered(application, officer.email), at=at)


def admit(application: Application, *, by: Account, at: datetime) -> None:
    """Declare the application complete and admissible: it is not a promise; the clock's date is known."""
    application.state = ApplicationState(MACHINE.target(application.state, "admit"))
    application.complete_at = at
    application.silence_on = clock(application).silence_on
    journal.record(
        "application.admitted", on=application, by=by, at=at, after={"silence_on": str(application.silence_on)}
    )
    for link in db.session.scalars(network.editors(application.organisation_id)):
        mail.queue(notifications.admissible(application, link.account.email), at=at)


def close(application: Application, verb: str, reason: str, *, by: Account, at: datetime) -> None:
    """Declare inadmissible, redirect or drop: the file ends here, with its reason."""
    before = application.state
    application.state = ApplicationState(MACHINE.target(application.state, verb))
    application.closing_reason = reason
    application.silence_on = None
    journal.record(f"application.{verb}", on=application, by=by, at=at, before={"state": before})
    for link in db.session.scalars(network.editors(application.organisation_id)):
        mail.queue(notifications.inadmissible(application, link.account.email), at=at)


def withdraw(application: Application, *, by: Account, at: datetime) -> None:
    """The applicant gives up."""
    before = application.state
    application.state = ApplicationState(MACHINE.target(application.state, "withdraw"))
    application.silence_on = None
    journal.record("application.withdrawn", on=application, by=by, at=at, before={"state": before})
    if application.submitted_at is not None:
        for link in db.session.scalars(network.editors(application.organisation_id)):
            mail.queue(notifications.withdrawn(application, link.account.email), at=at)

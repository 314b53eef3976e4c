"""The draft: opened, filled in by several people, carried to the next session when one has closed."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from programme.accounts.models import Account
from programme.applications import queries
from programme.applications.models import Application, ApplicationDataset, BudgetLine, FundingSource, Piece
from programme.applications.queries import again, invitations
from programme.applications.rules import state_aid
from programme.applications.states import (
    ApplicationState,
    ExpenseCategory,
    FundingKind,
    FundingState,
    PieceState,
    ReminderKind,
)
from programme.calls import queries as calls
from programme.calls.models import Call, CallSession, CallStrand, RequiredDocument
from programme.core import journal
from programme.core.errors import RuleBroken
from programme.core.identifiers import random_code
from programme.extensions import db
from programme.organisations.models import Organisation
from programme.projects import services as projects
from programme.projects.models import Project
from programme.questionnaires.rules.kinds import FieldKind
from programme.strategy.models import Theme

EVERY_STEP = "all"
"""In `Application.step_versions`: from which version no step of a page made before may be saved."""
Expense = tuple[str, ExpenseCategory, Decimal]
Funding = tuple[str, FundingKind, FundingState, Decimal]
PROJECT_TEXTS = ("title", "summary", "description", "frame_note", "territory_code", "starts_on", "ends_on")


class Outdated(RuleBroken):
    """A colleague saved the same page meanwhile: what was typed is shown again beside what was saved."""

    def __init__(self) -> None:
        super().__init__(
            _("Cette page a été enregistrée entre-temps, par une autre personne ou dans un autre onglet. Votre texte est ci-dessous : relisez, puis enregistrez de nouveau pour le garder.")
        )  # fmt: skip


def start(
    session: CallSession, strand: CallStrand, organisation: Organisation, title: str, *, by: Account, at: datetime,
    project: Project | None = None, nonce: str | None = None, known: Mapping[str, Any] | None = None,
) -> Application:  # fmt: skip
    """Open a draft, on a project that exists or on a new one; the organisation owns it.

    `nonce` comes from the page of the form: sent twice, it opens one draft only. `known` holds what is known already
    (`territory_code`, `theme`, `starts_on`, `ends_on`, `requested_amount`, `answers`).
    """
    if not session.accepts_at(at):
        raise RuleBroken(_("Le dépôt n’est pas ouvert pour cette relève."))
    if session.call.by_invitation and not is_invited(project, session.call_id):
        raise RuleBroken(
            _("On entre dans cet appel sur invitation : la Région invite les projets retenus à la première étape.")
        )
    return open_draft(session, strand, organisation, title, by=by, at=at, project=project, nonce=nonce, known=known)


def is_invited(project: Project | None, call_id: int) -> bool:
    """Whether the Region invited the project to hand in a full file to this call."""
    return project is not None and db.session.scalars(invitations.to(project.id, call_id)).first() is not None


def open_draft(
    session: CallSession, strand: CallStrand, organisation: Organisation, title: str, *, by: Account, at: datetime,
    project: Project | None = None, nonce: str | None = None, known: Mapping[str, Any] | None = None,
) -> Application:  # fmt: skip
    """Open a draft without asking whether the session accepts: an invitation comes before the deposit opens."""
    project = project or projects.start(title, at=at, by=by, organisation_id=organisation.id)
    application = Application(
        reference=f"DT-{random_code()}", session=session, strand=strand, organisation=organisation, project=project,
        form_definition=strand.form_definition, title=title, summary=project.summary,
        created_by_id=by.id, created_at=at, saved_at=at, state=ApplicationState.DRAFT, nonce=nonce, pieces=[],
        datasets=[], budget_lines=[], funding_sources=[], info_requests=[],
        **{"theme": _offered(session.call, project.theme), **(known or {})},
    )  # fmt: skip
    if not session.call.asks_money:
        application.requested_amount = None  # The self-check may have asked it before the call did not.
    db.session.add(application)
    journal.record("application.started", on=application, by=by, at=at)
    refresh_pieces(application)
    return application


def _offered(call: Call, theme: Theme | None) -> Theme | None:
    return theme if theme is not None and call.offers(theme) else None


def refresh_pieces(application: Application) -> None:
    """Expect the pieces that this strand, carrier and theme owe; a piece that is no longer owed goes if it is empty.

    A question that asks for a file has its piece from the beginning: whether it counts is read from the answers.
    """
    owed = [
        each for each in db.session.scalars(calls.documents_of(application.session.call_id)) if _owes(application, each)
    ]
    files = [each.key for each in application.form_definition.questions if each.kind is FieldKind.FILE]
    wanted = {(each.id, None) for each in owed} | {(None, key) for key in files}
    held = {(each.required_document_id, each.question_key) for each in application.pieces}
    for piece in list(application.pieces):
        if piece.state is PieceState.EXPECTED and (piece.required_document_id, piece.question_key) not in wanted:
            application.pieces.remove(piece)
    application.pieces += [
        Piece(required_document=each, state=PieceState.EXPECTED) for each in owed if (each.id, None) not in held
    ]
    application.pieces += [
        Piece(question_key=key, state=PieceState.EXPECTED) for key in files if (None, key) not in held
    ]


def _owes(application: Application, document: RequiredDocument) -> bool:
    return document.applies_to(
        strand_id=application.strand.id,
        carrier_kind=application.organisation.kind,
        theme_code=application.theme.code if application.theme else None,
    )


def _touch(application: Application, step: str, version: int | None, at: datetime) -> None:
    """Count one save of a step. What a colleague saved on another step since the page was made is no conflict."""
    saved = application.step_versions
    last = max(saved.get(step, 0), saved.get(EVERY_STEP, 0))
    if version is not None and not last <= version <= application.version:
        raise Outdated
    application.version += 1
    application.step_versions = {**saved, step: application.version}
    application.saved_at = at


def written(application: Application) -> tuple[Any, ...]:
    """All that the steps of a draft hold, to compare before and after."""
    return (
        *(getattr(application, name) for name in PROJECT_TEXTS), application.theme, application.subdomain,
        application.requested_amount, dict(application.answers), application.aid,
        [(each.title, each.use, each.is_opened) for each in application.datasets],
        [(each.label, each.category, each.amount) for each in application.budget_lines],
        [(each.label, each.kind, each.state, each.amount) for each in application.funding_sources],
    )  # fmt: skip


def save_project(
    application: Application,
    values: Mapping[str, Any],
    *,
    theme: Any,
    subdomain: Any,
    version: int | None,
    at: datetime,
) -> None:
    """Keep what is said of the project; the thread takes its title and summary from its draft."""
    _touch(application, "project", version, at)
    for name in PROJECT_TEXTS:
        if name in values:
            setattr(application, name, values[name])
    same_theme = theme is application.theme
    application.theme, application.subdomain = theme, subdomain
    project = application.project
    project.title, project.summary = application.title or project.title, application.summary
    if theme is not None:
        project.theme_id = theme.id
    if not same_theme:
        refresh_pieces(application)


def save_answers(application: Application, answers: Mapping[str, Any], *, version: int | None, at: datetime) -> None:
    """Keep the answers to the themed questions."""
    _touch(application, "answers", version, at)
    application.answers = dict(answers)


def save_datasets(
    application: Application, rows: Iterable[tuple[str, str, bool]], *, version: int | None, at: datetime
) -> None:
    """Keep the data sets used or opened: (title, use, opened); a known title is tied to the catalogue."""
    _touch(application, "datasets", version, at)
    application.datasets = [
        ApplicationDataset(
            position=position, title=title, use=use, is_opened=opened,
            dataset=db.session.scalars(queries.dataset_titled(title)).first() if title else None,
        )
        for position, (title, use, opened) in enumerate(rows)
    ]  # fmt: skip


def save_budget(
    application: Application, lines: Sequence[Expense], requested: Decimal | None, sources: Sequence[Funding], *,
    version: int | None, at: datetime,
) -> None:  # fmt: skip
    """Keep the expenses and the financing plan."""
    _touch(application, "budget", version, at)
    application.requested_amount = requested
    application.budget_lines = [
        BudgetLine(position=position, label=label, category=category, amount=amount)
        for position, (label, category, amount) in enumerate(lines)
    ]
    application.funding_sources = [
        FundingSource(position=position, label=label, kind=kind, state=state, amount=amount)
        for position, (label, kind, state, amount) in enumerate(sources)
    ]


def save_aid(application: Application, said: state_aid.Declaration, *, version: int | None, at: datetime) -> None:
    """Keep what the carrier says of its State aid."""
    _touch(application, "aid", version, at)
    application.aid = state_aid.to_json(said)


def carry_over(application: Application, session: CallSession, *, by: Account, at: datetime) -> None:
    """Move a draft whose session is over to another session of the same call; everything written stays.

    Raises:
        RuleBroken: it is no draft, its own session is not over, or the other one is over or of another call.
    """
    left = application.session
    if application.state is not ApplicationState.DRAFT or not left.is_over(at):
        raise RuleBroken(_("Ce dossier n’a pas à changer de relève."))
    if session.call_id != left.call_id or session.is_over(at):
        raise RuleBroken(_("Cette relève ne peut pas recevoir le dossier."))
    former = application.continued_from_id
    if former is not None and db.session.scalars(again.continuation(former, session.id)).first() is not None:
        raise RuleBroken(_("Le même dossier est déjà repris dans cette relève : continuez l’autre brouillon."))
    application.session = session
    application.saved_at = at
    application.version += 1
    application.step_versions = {EVERY_STEP: application.version}
    db.session.execute(queries.forget_reminders(ReminderKind.CLOSING, application.id))  # Another closing is before it.
    journal.record(
        "application.carried_over", on=application, by=by, at=at,
        before={"session": left.number}, after={"session": session.number},
    )  # fmt: skip

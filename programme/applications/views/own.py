"""The applicant's space: my applications, one application, its receipt, its files."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask import Response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from programme.applications import documents, policy, queries, services
from programme.applications.labels import (
    CATEGORIES,
    FUNDING_STATES,
    PIECE_TONES,
    PIECES,
    PUBLIC_STATES,
    PUBLIC_TONES,
)
from programme.applications.models import Application, BudgetLine, FundingSource, Piece, PieceVersion
from programme.applications.queries import again, invitations
from programme.applications.rules import budget
from programme.applications.services import messages as threads
from programme.applications.states import BEFORE_DECISION, WITHOUT_AWARD, ApplicationState, FundingState, MessageSide
from programme.applications.views import bp
from programme.calls import queries as calls
from programme.calls.states import MoneyAsked
from programme.core import consultations, mail, storage
from programme.core.access import SIGNED_IN, access, current_account, require
from programme.core.clock import local_day, now, today
from programme.core.consultations import Consulted, Standing
from programme.core.i18n import date_short, datetime_short
from programme.extensions import db
from programme.projects import thread
from programme.questionnaires.documents import Answer

URGENT_DAYS = 7


def load(reference: str) -> Application:
    """An application that the person may see as an applicant; absent otherwise."""
    application = db.one_or_404(queries.whole(reference))
    require(policy.can_see(current_account(), application))
    return application


def plan(application: Application) -> dict[str, Any]:
    """The budget as the component wants it; `former`: each as it was before a correction, with the day of that."""
    rows = (application.budget_lines, application.funding_sources, application.requested_amount)
    former = [
        (each.day, plan_of(application, *services.rows_of(each.budget)))
        for each in services.former_budgets(application)
    ]
    return {**plan_of(application, *rows), "former": former}  # fmt: skip


def plan_of(
    application: Application, lines: Sequence[BudgetLine], sources: Sequence[FundingSource], requested: Decimal | None
) -> dict[str, Any]:
    """A budget that these rows say, as the component wants it."""
    asked_for = (_("Région, cette demande"), FUNDING_STATES[FundingState.SOUGHT], requested or 0)
    return {
        "lines": [(each.label, CATEGORIES[each.category], each.amount) for each in lines],
        "sources": [asked_for, *[(each.label, FUNDING_STATES[each.state], each.amount) for each in sources]],
        "totals": budget.totals(
            [each.amount for each in lines], requested, [(each.kind, each.amount) for each in sources],
            is_estimate=application.call.money_asked is MoneyAsked.ESTIMATE,
        ),
    }  # fmt: skip


@bp.get("/mes-dossiers")
@access(SIGNED_IN)
def index() -> ResponseReturnValue:
    """The applications of my organisations."""
    listed = db.paginate(queries.mine(current_account().id), per_page=30, max_per_page=30)
    at = now()
    return render_template(
        "applications/index.html", page=listed, states=PUBLIC_STATES, tones=PUBLIC_TONES,
        next_acts={each.id: _next_act(each) for each in listed.items}, at=at,
        threads=threads.tallies(current_account(), [each.id for each in listed.items], MessageSide.CARRIER),
        sessions=[each for each in db.session.scalars(calls.accepting(at)) if not each.call.by_invitation], page_url=lambda number: url_for(".index", page=number),
        calendar=mail.link("applications.calendar", cle=services.calendar_key(current_account().id)),
    )  # fmt: skip


def _next_act(application: Application) -> str:
    """What comes next, in a sentence."""
    if application.state is ApplicationState.DRAFT:
        if application.session.is_over(now()):
            return _("La relève est close : choisissez la suivante.")
        return _("À déposer avant le %(instant)s.", instant=datetime_short(application.session.closes_at))
    words = waiting_words(application, today())
    if application.state is ApplicationState.INFO_REQUESTED and application.info_requests:
        asked_for = _("Complétez au plus tard le %(day)s.", day=date_short(application.info_requests[-1].due_on))
        return f"{asked_for} {words.said}" if words is not None and words.has_decided else asked_for
    if words is not None:
        return f"{words.said} {words.then}".strip()
    if application.state is ApplicationState.INVITED:
        return _("Le dossier complet est ouvert.")
    if application.state is ApplicationState.AWARDED:
        return _("La suite est dans vos conventions.")
    return ""


@bp.get("/dossiers/<reference>")
@access(SIGNED_IN)
def show(reference: str) -> ResponseReturnValue:
    """One application: where it is, what comes next, what was handed in."""
    application = load(reference)
    account, clock = current_account(), silence(application, today())
    if policy.can_edit(account, application):
        return redirect(url_for(".project_step", reference=reference))
    return render_template(
        "applications/show.html", application=application, states=PUBLIC_STATES, tones=PUBLIC_TONES, today=today(),
        plan=plan(application), clock=clock, appeal=appeal(application, clock, today()), pieces=PIECES, versions=versions(application), piece_tones=PIECE_TONES,
        delays=services.answer_delays(application, now()) if clock else None,
        steps=thread.steps(application.project, account), answers=asked(application),
        aid=documents.aid_rows(application, local_day(application.submitted_at or application.saved_at)),
        can_answer=policy.can_answer(account, application), can_write=policy.can_write_message(account, application), can_withdraw=policy.can_withdraw(account, application),
        course=course(application), next_words=next_words(application), **_steps_of(application),
        can_take_up=policy.can_take_up(account, application, now()), live=_live(application),
        tally=threads.tallies(account, [application.id], MessageSide.CARRIER).get(application.id),
    )  # fmt: skip


def _live(application: Application) -> Application | None:
    """The live file that takes this one up, when it ended."""
    over = application.state in WITHOUT_AWARD or application.state is ApplicationState.DEFERRED
    return db.session.scalars(again.continuations(application.id)).first() if over else None


def _steps_of(application: Application) -> dict[str, Application | None]:
    """The two steps of a call, each from the page of the other: the full file of an invitation, and what it came from."""
    led, former = application.call.leads_to_id, application.continued_from_id
    invited = led is not None and application.state is ApplicationState.INVITED
    came = db.session.get(Application, former) if former is not None and application.call.by_invitation else None
    return {
        "full_file": db.session.scalars(invitations.full_file(application.id, led)).first()
        if invited and led
        else None,
        "interest": came if came is not None and came.state is ApplicationState.INVITED else None,
    }


_CHECKED = {ApplicationState.SUBMITTED, ApplicationState.INFO_REQUESTED}
_ENDED = {
    ApplicationState.INADMISSIBLE: 1, ApplicationState.DROPPED: 1, ApplicationState.REDIRECTED: 2,
    ApplicationState.REJECTED: 3,
}  # fmt: skip


def course(application: Application) -> list[thread.Step]:
    """From the deposit to the agreement, in the applicant's words: never an inner state, nor an opinion."""
    if application.submitted_at is None or application.state is ApplicationState.WITHDRAWN:
        return []
    session, state = application.session, application.state
    if application.call.is_first_step:
        return _first_course(application)
    place = 1 if state in _CHECKED else 4 if state is ApplicationState.AWARDED else _ENDED.get(state, 2)
    named = [
        (_("Dépôt"), date_short(application.submitted_at)),
        (_("Vérification des pièces"), None),
        (_("Étude et comité"), _expected(session.committee_on) if place <= 2 else _held(session.committee_on)),
        (_("Vote"), date_short(application.decided_at) if application.decided_at else _expected(session.vote_on)),
        (_("Convention et versement"), None),
    ]
    return [
        thread.Step(label=label, at=None, when=when, state=_knot(index, place, ended=state in _ENDED))
        for index, (label, when) in enumerate(named[: place + 1] if state in _ENDED else named)
    ]


_ANSWERED = {ApplicationState.INVITED, ApplicationState.NOT_RETAINED}


def _first_course(application: Application) -> list[thread.Step]:
    """The way of an expression of interest: it ends by an answer, invitation or not, and never by a vote."""
    state = application.state
    place = 3 if state in _ANSWERED else 1 if state in _CHECKED else 2
    ended = state in _ENDED or state is ApplicationState.NOT_RETAINED
    answered = {ApplicationState.INVITED: _("Invitation"), ApplicationState.NOT_RETAINED: _("Projet non retenu")}
    named = [
        (_("Dépôt"), date_short(application.submitted_at)),
        (_("Vérification"), None),
        (_("Étude"), None),
        (answered.get(state, _("Réponse de la Région")), _held(application.decided_at)),
        (
            _("Dossier complet") if state is ApplicationState.INVITED else _("Dossier complet, si vous êtes invité"),
            None,
        ),
    ]
    return [
        thread.Step(label=label, at=None, when=when, state=_knot(index, place, ended=ended))
        for index, (label, when) in enumerate(named[: place + 1] if ended else named)
    ]


def _expected(day: date | None) -> str | None:
    if day is None:
        return None
    words = _("prévu le %(day)s") if day >= today() else _("était prévu le %(day)s")
    return words % {"day": date_short(day)}


def _held(day: date | datetime | None) -> str | None:
    return date_short(day) if day else None


def _knot(index: int, place: int, *, ended: bool) -> thread.StepState:
    if index < place:
        return thread.StepState.DONE
    if index > place:
        return thread.StepState.TODO
    return thread.StepState.PROBLEM if ended else thread.StepState.HERE


def waiting_words(application: Application, day: date) -> documents.SilenceWords | None:
    """What the clock says of a file that has no decision; None for the others (draft, decided, withdrawn)."""
    if application.submitted_at is None or application.state not in BEFORE_DECISION:
        return None
    return documents.silence_words(application.silence_on, accepts=application.call.silence_accepts, day=day)


def next_words(application: Application) -> str:
    """What the Region does now, as a title; empty once silence has decided, which the page says itself."""
    words = waiting_words(application, today())
    if words is not None and words.has_decided:
        return ""
    if application.state is ApplicationState.SUBMITTED:
        return _("La Région vérifie vos pièces")
    if application.state is ApplicationState.INFO_REQUESTED:
        return _("La Région attend votre réponse")
    if application.state in BEFORE_DECISION:
        return _("La Région étudie votre dossier")
    return ""


@dataclass(frozen=True)
class Silence:
    """The clock of silence as the page shows it."""

    words: documents.SilenceWords
    fraction: float
    suspended: bool
    urgent: bool


def silence(application: Application, day: date) -> Silence | None:
    """How far the clock has run and what silence means; None when it does not run (draft, decided, withdrawn)."""
    words = waiting_words(application, day)
    if words is None or application.submitted_at is None:
        return None
    clock = services.clock(application)
    start = clock.starts_on or local_day(application.submitted_at)
    if clock.silence_on is None:
        return Silence(words, 0.5, suspended=True, urgent=False)
    length = max((clock.silence_on - start).days, 1)
    urgent = (clock.days_left(day) or 0) < URGENT_DAYS
    return Silence(words, (day - start).days / length, suspended=False, urgent=urgent)


_CONTESTED = {
    ApplicationState.REJECTED, ApplicationState.INADMISSIBLE, ApplicationState.NOT_RETAINED, ApplicationState.DROPPED,
}  # fmt: skip


def appeal(application: Application, clock: Silence | None, day: date) -> tuple[str, str] | None:
    """What the call says of appeals, and where the window ends when its first day is known; None when nothing is contested."""
    text = application.call.appeal_text
    if clock is not None and clock.words.appeal_until is not None and application.silence_on is not None:
        return text, documents.appeal_words(application.silence_on, by_silence=True, day=day)
    if application.state not in _CONTESTED:
        return None
    told = application.decided_at
    return text, documents.appeal_words(local_day(told), by_silence=False, day=day) if told else ""


def asked(application: Application) -> list[Answer]:
    """The questions that were asked, with the answers in words, and what was said before each correction."""
    return services.printed_answers(application)


@bp.get("/dossiers/<reference>/accuse-de-reception")
@access(SIGNED_IN)
def receipt(reference: str) -> ResponseReturnValue:
    """The receipt on screen, with every item of the law, as it was issued."""
    application = load(reference)
    require(application.receipt is not None)
    assert application.receipt is not None
    issued = documents.as_issued(application.receipt)
    if issued is None:
        return redirect(url_for(".receipt_pdf", reference=reference))
    return render_template(
        "applications/receipt.html", application=application, receipt=issued, course=course(application)
    )


@bp.get("/dossiers/<reference>/accuse-de-reception.pdf")
@access(SIGNED_IN)
def receipt_pdf(reference: str) -> Response | ResponseReturnValue:
    """The receipt as issued."""
    application = load(reference)
    require(application.receipt is not None)
    assert application.receipt is not None
    if application.receipt.file is None:
        return render_template("applications/pdf_in_progress.html", application=application), 202
    return storage.answer(application.receipt.file)


@bp.get("/dossiers/<reference>/accuse-de-reception.json")
@access(SIGNED_IN)
def receipt_data(reference: str) -> Response:
    """The receipt as signed data, which anybody can check with the published key and nothing else."""
    application = load(reference)
    require(application.receipt is not None)
    assert application.receipt is not None
    answer = Response(documents.sealed(application.receipt), content_type="application/json; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{application.receipt.number}.json"'
    return answer


@bp.get("/dossiers/pieces/<public_id>")
@access(SIGNED_IN)
def piece_file(public_id: str) -> Response:
    """A piece, for the organisation's members: the file that it holds, or one that it held when it was handed in."""
    piece, file = held(public_id)
    require(policy.can_see(current_account(), piece.application))
    consultations.note(Consulted.PIECE, piece, piece.application.reference, Standing.MEMBER)
    return storage.answer(file, to_giver=True)


def held(public_id: str) -> tuple[Piece, storage.StoredFile]:
    """A stored file, and the piece that holds it or held it; absent when there is none."""
    piece = db.session.scalars(queries.piece_file(public_id)).one_or_none()
    if piece is not None and piece.file is not None:
        return piece, piece.file
    former = db.one_or_404(queries.piece_version(public_id))
    return former.piece, former.file


def versions(application: Application) -> dict[int, list[tuple[PieceVersion, str | None]]]:
    """What was handed in and then replaced, by the number of its piece: each version, and who replaced it."""
    found: dict[int, list[tuple[PieceVersion, str | None]]] = {}
    if application.submitted_at is not None:
        for version, by in db.session.execute(queries.piece_versions(application.id)):
            found.setdefault(version.piece_id, []).append((version, by))
    return found

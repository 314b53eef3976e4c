"""Evaluations, committees, decisions and letters of the demonstration applications."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, selectinload

from programme.accounts.models import Account
from programme.applications.models import Application, Piece
from programme.applications.states import ApplicationState
from programme.assessment import services
from programme.assessment.models import CommitteeMeeting, Deliberation
from programme.assessment.states import CommitteeState, Opinion, Outcome
from programme.calls.models import Call, CallSession
from programme.calls.states import SessionState
from programme.cli.demo.applications import AUGUST, LOIRE, SUD
from programme.cli.demo.people import JURY, account
from programme.cli.demo.pieces import tiny_pdf
from programme.core import storage
from programme.core.clock import local_day
from programme.evaluation import services as evaluation
from programme.evaluation.models import Evaluation, ReviewPool
from programme.evaluation.states import EvaluationState, Recommendation, SubjectKind
from programme.extensions import db

S = ApplicationState
# Mean quality out of 5 that the readers see in each file; the rest stands around 3.9.
QUALITY = {
    "Refonte du site communal": 1.6, "Bornes connectées du port": 2.1, "Doc’Proche en vallée": 2.9,
    "Marchés de Provence": 2.8, "Chantiers et Commerces": 2.9, "Plages Veille": 3.1, "Tri Malin 06": 2.4,
    "Respire Étang": 4.6, "Ombre Fraîche": 4.3, "Flux Vélo": 4.4, "Cloud des petites communes": 4.2,
    "Sentiers partagés": 4.5, "Fuites en clair": 4.3, "Bus de soirée": 3.4, "Halles ouvertes": 3.5, "Ruches témoins": 3.3,
    "Patrimoine en poche": 2.2, "Ronde des stades": 1.9,
}  # fmt: skip
WHY = {
    0: "Ce point n’est pas traité.", 1: "Quelques mots, sans engagement.", 2: "L’intention est là, la preuve manque.",
    3: "Correct : la méthode est décrite, les délais sont courts.", 4: "Bien argumenté, avec des partenaires nommés.",
    5: "Exemplaire : d’autres territoires peuvent reprendre la démarche.",
}  # fmt: skip
TO_AGENDA = {SessionState.NOTIFIED, SessionState.VOTED}
WANTED = {
    S.SCORING, S.COMMITTEE_READY, S.FAVOURABLE, S.RESERVED, S.DEFERRED, S.UNFAVOURABLE, S.ON_AGENDA, S.AWARDED,
    S.REJECTED,
}  # fmt: skip


def load(at: datetime) -> None:
    """Play the life of each file up to the state that its sketch announces."""
    chance = Random(11)
    jury = [account(email) for email, _name in JURY]
    officer, direction = account("instruction@region.example"), account("direction@region.example")
    for call in db.session.scalars(select(Call).where(Call.code.in_(["PERM-DATA", "FEDER-TI"]))):
        for person in jury:
            evaluation.add_to_pool(db.session.get_one(ReviewPool, call.pool_id), person, by=officer, at=call.created_at)
    db.session.flush()  # The pools are read below.
    wanted = _wanted_states()
    files = list(
        db.session.scalars(select(Application).where(Application.state == S.ADMISSIBLE).order_by(Application.id))
    )
    august = {each.title for each in AUGUST}
    others = Random(19)  # The marks of the other files do not depend on those added to fill a ranking.
    for index, file in enumerate(sorted(files, key=lambda each: each.title in august)):
        target = wanted[file.title]
        if target is S.UNDER_REVIEW or target in WANTED:
            services.open_review(file, by=officer, at=_after(file, 12, at))
        if target in WANTED:
            _read(file, target, index, jury, officer, others if file.title in august else chance, at)
    _read_blind(account("jury6@region.example"), officer, at)
    db.session.flush()  # The committees look at the files by session.
    for session in db.session.scalars(select(CallSession).where(CallSession.state != SessionState.PLANNED)):
        _decide(session, wanted, officer, direction, at)


def _read_blind(tied: Account, officer: Account, at: datetime) -> None:
    """A reader's declared tie, and a copy without names of one piece of a file that is read blind."""
    db.session.flush()  # The evaluations are looked at.
    services.declare_interest(tied, "Coopérative des Communs numériques", None, at=at - timedelta(days=40))
    asked = select(Piece).join(Piece.application).options(contains_eager(Piece.application))
    held = asked.where(Application.title == "Guichet usager mutualisé", Piece.file_id.is_not(None))
    for piece in db.session.scalars(held.order_by(Piece.id).limit(1)):
        drawn = tiny_pdf(f"{piece.application.reference} noms et signatures masques")
        name = f"{piece.application.reference}-{piece.code}-caviarde.pdf"
        services.release_copy(
            piece, storage.write_bytes(drawn, name, "application/pdf"), by=officer, at=_after(piece.application, 14, at)
        )


def _wanted_states() -> dict[str, ApplicationState]:
    """What the sketches announce."""
    return {each.title: each.state for each in (*SUD, *LOIRE, *AUGUST)}


def _after(file: Application, days: int, at: datetime) -> datetime:
    assert file.submitted_at is not None
    return min(file.submitted_at + timedelta(days=days), at - timedelta(hours=6))


def _read(
    file: Application, target: S, index: int, jury: list[Account], officer: Account, chance: Random, at: datetime
) -> None:
    readers = [jury[index % 6], jury[(index + 1 + index // 6) % 6]]
    if readers[0] is readers[1]:
        readers[1] = jury[(index + 2) % 6]
    due = _after(file, 45, at) + timedelta(days=10)
    given = [services.assign_reader(file, r, by=officer, at=_after(file, 14, at), due_at=due) for r in readers]
    if file.title == "ENT primaire partagé":  # One reader steps aside, one has not begun.
        evaluation.declare_no_conflict(given[0], by=readers[0], at=_after(file, 20, at))
        services.recuse(
            given[0], file, "Je siège au conseil d’administration de l’école.", by=readers[0], at=_after(file, 21, at)
        )
        return
    for place, each in enumerate(given):
        if file.title == "Guichet usager mutualisé" and place == 1:
            _begin(each, readers[1], _after(file, 22, at))
            return
        _mark(each, file, readers[place], chance, _after(file, 25 + place, at))
    if target is not S.SCORING:
        services.close_scoring(file, by=officer, at=_after(file, 50, at))


def _begin(given: Evaluation, reader: Account, at: datetime) -> None:
    """A grid half filled in, as somebody left it in the evening."""
    evaluation.declare_no_conflict(given, by=reader, at=at)
    criteria = given.grid.criteria
    marks: dict[int, tuple[int | None, str]] = {
        each.id: (mark, WHY[mark]) for each, mark in zip(criteria, (4, 5, 3, 4), strict=False)
    }
    evaluation.keep(given, marks, "", None, version=None, at=at)


def _mark(given: Evaluation, file: Application, reader: Account, chance: Random, at: datetime) -> None:
    evaluation.declare_no_conflict(given, by=reader, at=at)
    quality = QUALITY.get(file.title, 3.9)
    marks = {}
    for criterion in given.grid.criteria:
        mark = min(5, max(0, round(chance.gauss(quality, 0.6))))
        marks[criterion.id] = (mark, WHY[mark])
    opinion = (
        Recommendation.FAVOURABLE
        if quality >= 3.4
        else Recommendation.RESERVED
        if quality >= 2.6
        else Recommendation.UNFAVOURABLE
    )
    evaluation.keep(
        given, marks, "Projet utile ; à suivre sur la tenue des données dans le temps.", opinion, version=None, at=at
    )
    evaluation.submit(given, by=reader, at=at)
    assert given.state is EvaluationState.SUBMITTED
    assert given.subject_kind is SubjectKind.APPLICATION


def _decide(session: CallSession, wanted: dict[str, S], officer: Account, direction: Account, at: datetime) -> None:
    if session.state is SessionState.CLOSED and session.call.code == "FEDER-TI":
        services.convene(session, local_day(at) + timedelta(days=9), "Salle des délibérations", by=officer, at=at)
        return
    if session.state not in {*TO_AGENDA, SessionState.COMMITTEE_HELD} or session.call.code != "PERM-DATA":
        return
    files = list(
        db.session.scalars(
            select(Application).where(
                Application.session_id == session.id, Application.state == S.COMMITTEE_READY
            )
            .options(selectinload(Application.budget_lines), selectinload(Application.funding_sources))
            .order_by(Application.id)
        )
    )  # fmt: skip
    held = session.committee_on or date.today()
    when = session.closes_at + timedelta(days=71)
    meeting = CommitteeMeeting(
        session=session, held_on=held, place="Hôtel de Région, salle 12", state=CommitteeState.HELD
    )
    db.session.add(meeting)
    db.session.flush()  # Opinions name the meeting.
    _opinions(meeting, files, wanted, officer, min(when, at))
    meeting.state = CommitteeState.CLOSED
    meeting.minutes = (
        "Présents : quatre membres sur cinq. Aucun déport en séance. La discussion a porté sur la tenue des données après "
        "l’aide et sur les dossiers situés près du seuil."
    )
    if session.state in TO_AGENDA:
        _vote(session, files, wanted, officer, direction, at)
    else:  # Its sitting is over; another one, of the next session, is open.
        db.session.add(
            CommitteeMeeting(
                session=session, held_on=held + timedelta(days=7), place="En visioconférence", state=CommitteeState.HELD
            )
        )


def _opinions(
    meeting: CommitteeMeeting, files: list[Application], wanted: dict[str, S], officer: Account, at: datetime
) -> None:
    rows = {row.entry.application_id: row for row in services.order(meeting.session, files)}
    opinions = {
        S.REJECTED: Opinion.UNFAVOURABLE, S.UNFAVOURABLE: Opinion.UNFAVOURABLE, S.RESERVED: Opinion.RESERVED,
        S.DEFERRED: Opinion.DEFERRED,
    }  # fmt: skip
    reasons = {
        Opinion.FAVOURABLE: "Le projet ouvre des données attendues, avec des usagers nommés et un calendrier tenable.",
        Opinion.RESERVED: "Le projet est utile ; la tenue des données après l’aide reste à préciser.",
        Opinion.DEFERRED: "Le comité demande une lettre du producteur des données et reverra le dossier.",
        Opinion.UNFAVOURABLE: "L’apport en données est faible au regard de l’appel et les usages ne sont pas décrits.",
    }
    for file in files:
        opinion = opinions.get(wanted[file.title], Opinion.FAVOURABLE)
        if wanted[file.title] is S.ON_AGENDA and file.title == "Tri Malin 06":
            opinion = Opinion.UNFAVOURABLE
        proposed = file.requested_amount if opinion in (Opinion.FAVOURABLE, Opinion.RESERVED) else None
        services.give_opinion(
            meeting, file, opinion, reasons[opinion], proposed, row=rows.get(file.id), by=officer, at=at
        )


def _vote(
    session: CallSession, files: list[Application], wanted: dict[str, S], officer: Account, direction: Account,
    at: datetime,
) -> None:  # fmt: skip
    voted_on = min(session.vote_on or local_day(at), local_day(at) - timedelta(days=3))
    when = session.closes_at + timedelta(days=90)
    for file in files:
        services.put_on_agenda(file, by=officer, at=min(when, at))
        rejected = wanted[file.title] is S.REJECTED or file.title == "Tri Malin 06"
        services.prepare(
            file, Outcome.REJECT if rejected else Outcome.AWARD,
            None if rejected else Decimal(file.requested_amount or 0),
            "L’apport en données est faible au regard de l’appel et les usages ne sont pas décrits."
            if rejected
            else "Le projet ouvre des données attendues, avec des usagers nommés et un calendrier tenable.",
            by=officer, at=min(when, at),
        )  # fmt: skip
    notified = session.state is SessionState.NOTIFIED
    deliberation = services.record_deliberation(
        f"{voted_on:%y}-{200 + session.id:04d}", f"Appel permanent, {session.label.lower()} : attributions", voted_on,
        voted_on + timedelta(days=2) if notified else None, voted_on + timedelta(days=1) if notified else None,
        by=officer, at=at,
    )  # fmt: skip
    if notified:
        _release(session, deliberation, direction, min(session.closes_at + timedelta(days=107), at))


def _release(session: CallSession, deliberation: Deliberation, direction: Account, at: datetime) -> None:
    services.release(session, deliberation, by=direction, at=at)

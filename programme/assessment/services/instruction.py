"""Completeness, admissibility, assignment: what an officer does with a file before the committee."""

from datetime import datetime

from flask_babel import gettext as _

from programme.accounts.models import Account
from programme.applications import services as applications
from programme.applications.models import Application, Piece, RuleJudgement
from programme.applications.rules.validity import Age
from programme.applications.states import MACHINE, PIECE, ApplicationState, PieceState
from programme.assessment import notifications, queries
from programme.assessment.services.conflicts import conflicts
from programme.calls.models import Call, EligibilityRule
from programme.core import journal, mail
from programme.core.clock import local_day
from programme.core.errors import RuleBroken
from programme.core.i18n import date_short
from programme.evaluation import queries as evaluations
from programme.evaluation import services as evaluation
from programme.evaluation.models import Evaluation, Recusal, ReviewPool
from programme.evaluation.states import EvaluationState, SubjectKind
from programme.extensions import db

SUBJECT = SubjectKind.APPLICATION


def take_charge(application: Application, officer: Account, *, at: datetime) -> None:
    """Name the officer who follows the file: the applicant's answers go to them."""
    if application.officer_id is None:
        application.officer_id = officer.id
        journal.record("application.taken_in_charge", on=application, by=officer, at=at, after={"officer": officer.id})


def accept_piece(piece: Piece, *, by: Account, at: datetime) -> None:
    """The piece is what was expected."""
    piece.state = PieceState(PIECE.target(piece.state, "accept"))
    piece.note = None
    journal.record("piece.accepted", on=piece, by=by, at=at)


def accept_pieces(application: Application, *, by: Account, at: datetime) -> None:
    """All the pieces received and not yet examined are what was expected.

    Raises:
        RuleBroken: nothing waits to be examined.
    """
    waiting = [each for each in application.asked_pieces if each.state is PieceState.PROVIDED]
    if not waiting:
        raise RuleBroken(_("Aucune pièce n’attend d’être examinée."))
    for each in waiting:
        accept_piece(each, by=by, at=at)


def refuse_piece(piece: Piece, note: str, *, by: Account, at: datetime) -> None:
    """The piece is not what was expected: the note says why and goes into the request."""
    if not note.strip():
        raise RuleBroken(_("Dites en une phrase ce qui ne convient pas dans cette pièce."))
    piece.state = PieceState(PIECE.target(piece.state, "refuse"))
    piece.note = note
    journal.record("piece.refused", on=piece, by=by, at=at)


def expire_piece(piece: Piece, *, by: Account, at: datetime) -> None:
    """The piece has grown too old, for the deposit or since: it goes into the request, and a more recent one is waited for.

    Raises:
        RuleBroken: it is still good, or its age does not matter.
    """
    found = applications.ages(piece.application, local_day(at), None).get(piece.id)
    if found is None or found.age not in (Age.TOO_OLD, Age.LAPSED) or found.good_until is None:
        raise RuleBroken(_("Cette pièce est encore valable."))
    piece.state = PieceState(PIECE.target(piece.state, "expire"))
    piece.note = _("Valable jusqu’au %(day)s.", day=date_short(found.good_until))
    journal.record("piece.expired", on=piece, by=by, at=at, after={"good_until": found.good_until.isoformat()})


def judge_rule(
    application: Application, rule: EligibilityRule, is_met: bool, note: str, *, by: Account, at: datetime
) -> None:
    """An officer's answer to a judged rule; a « no » needs a reason."""
    if not is_met and not note.strip():
        raise RuleBroken(_("Dites pourquoi cette condition n’est pas remplie."))
    judgement = db.session.scalars(queries.judgement(application.id, rule.id)).one_or_none()
    if judgement is None:
        judgement = RuleJudgement(application_id=application.id, rule_id=rule.id)
        db.session.add(judgement)
    judgement.is_met, judgement.note, judgement.judged_at, judgement.judged_by_id = is_met, note, at, by.id
    journal.record("application.rule_judged", on=application, by=by, at=at, after={"rule": rule.id, "met": is_met})


def open_review(application: Application, *, by: Account, at: datetime) -> None:
    """The instruction begins."""
    application.state = ApplicationState(MACHINE.target(application.state, "open_review"))
    take_charge(application, by, at=at)
    journal.record("application.review_opened", on=application, by=by, at=at)


def add_reviewer(call: Call, person: Account | None, *, by: Account, at: datetime) -> None:
    """Enter somebody in the call's pool: the role of reviewer is given there."""
    if person is None or not person.is_active:
        raise RuleBroken(_("Aucun compte ouvert n’a cette adresse : demandez à cette personne de s’inscrire d’abord."))
    if call.pool_id is None:
        raise RuleBroken(_("Cet appel n’a pas de vivier."))
    if person.id in {each.id for each in db.session.scalars(evaluations.pool_members(call.pool_id))}:
        raise RuleBroken(_("%(name)s est déjà dans le vivier.", name=person.display_name))
    evaluation.add_to_pool(db.session.get_one(ReviewPool, call.pool_id), person, by=by, at=at)


def remove_reviewer(call: Call, account_id: int, *, by: Account, at: datetime) -> None:
    """Take somebody out of the pool; their evaluations stay."""
    member = db.session.scalars(evaluations.pool_member(call.pool_id or 0, account_id)).one_or_none()
    if member is not None:
        db.session.delete(member)
        journal.record("call.reviewer_removed", on=call, by=by, at=at, after={"account": account_id})


def suggest_readers(application: Application, wanted: int, *, at: datetime) -> list[Account]:
    """The least loaded people of the call's pool who neither read the file already, nor stepped aside, nor are tied to it."""
    pool_id = application.call.pool_id
    if pool_id is None:
        return []
    load = dict(db.session.execute(evaluations.loads(pool_id)).all())
    given = {each.reviewer_id for each in db.session.scalars(evaluations.of_subject(SUBJECT, application.id))}
    aside = {each.account_id for each in application.recusals}
    pool = db.session.scalars(evaluations.pool_members(pool_id)).all()
    out = given | aside | conflicts(application, pool, at=at).keys()
    free = [person for person in pool if person.id not in out]
    return sorted(free, key=lambda person: (load.get(person.id, 0), person.id))[:wanted]


def assign_reader(
    application: Application, reviewer: Account, *, by: Account, at: datetime, due_at: datetime | None = None
) -> Evaluation:
    """Give the file to a reader of the call's pool; the first assignment opens the scoring."""
    pool = db.session.scalars(evaluations.pool_members(application.call.pool_id or 0)).all()
    if reviewer.id not in {person.id for person in pool}:
        raise RuleBroken(_("%(name)s ne fait pas partie du vivier de cet appel.", name=reviewer.display_name))
    if refusal := conflicts(application, [reviewer], at=at).get(reviewer.id):
        raise RuleBroken(refusal)
    if application.state is ApplicationState.UNDER_REVIEW:
        application.state = ApplicationState(MACHINE.target(application.state, "open_scoring"))
        journal.record("application.scoring_opened", on=application, by=by, at=at)
    if application.state is not ApplicationState.SCORING:
        raise RuleBroken(_("Ouvrez d’abord l’instruction de ce dossier."))
    given = evaluation.assign(SUBJECT, application.id, application.strand.grid, reviewer, by=by, at=at, due_at=due_at)
    db.session.flush()  # The mail links to the evaluation's number.
    mail.queue(notifications.assigned(reviewer, given), at=at)
    return given


def recuse(given: Evaluation, application: Application, reason: str, *, by: Account, at: datetime) -> Recusal:
    """A reader steps aside: the officer learns that another one is needed, not why."""
    recusal = evaluation.recuse(given, reason, by=by, at=at)
    if application.officer_id is not None:
        officer = db.session.get_one(Account, application.officer_id)
        mail.queue(notifications.recused(officer, application), at=at)
    return recusal


def close_scoring(application: Application, *, by: Account, at: datetime) -> None:
    """Lock the evaluations: the file is ready for the committee when it has enough readings."""
    target = MACHINE.target(application.state, "close_scoring")
    listed = db.session.scalars(evaluations.of_subject(SUBJECT, application.id)).all()
    waiting = [e for e in listed if e.state in (EvaluationState.ASSIGNED, EvaluationState.IN_PROGRESS)]
    if waiting:
        names = ", ".join(each.reviewer.display_name for each in waiting)
        raise RuleBroken(_("Il manque l’évaluation de %(names)s.", names=names))
    done = sum(each.state in (EvaluationState.SUBMITTED, EvaluationState.LOCKED) for each in listed)
    wanted = application.call.readers_per_file
    if done < wanted:
        raise RuleBroken(_("Il faut %(wanted)s évaluations, il y en a %(done)s.", wanted=wanted, done=done))
    evaluation.lock(SUBJECT, application.id, by=by, at=at)
    application.state = ApplicationState(target)
    journal.record("application.scoring_closed", on=application, by=by, at=at)

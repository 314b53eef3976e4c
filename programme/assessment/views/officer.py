"""The officer's desk, the list of files, one file."""

from dataclasses import dataclass
from typing import Any

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Select

from programme.accounts.models import Account
from programme.accounts.policy import staff
from programme.applications import documents
from programme.applications import services as applications
from programme.applications.labels import PIECE_TONES, PIECES, STATES, TONES
from programme.applications.models import Application
from programme.applications.queries import invitations
from programme.applications.queries.messages import waiting_for
from programme.applications.rules.validity import Validity
from programme.applications.services import messages as threads
from programme.applications.states import MACHINE, ApplicationState, MessageSide
from programme.applications.views.own import held, plan, versions
from programme.assessment import policy, queries
from programme.assessment.labels import ACTS, AGES, OPINIONS
from programme.assessment.models import Decision
from programme.assessment.views import again, bp, reading
from programme.assessment.views.desk import clock_text, read_clock
from programme.calls.models import EligibilityRule
from programme.calls.states import RuleKind
from programme.core import consultations, recent, storage
from programme.core.access import access, current_account, require
from programme.core.clock import now, today
from programme.core.consultations import Consulted, Standing
from programme.evaluation import queries as evaluations
from programme.evaluation.labels import RECOMMENDATIONS
from programme.evaluation.labels import STATES as EVALUATION_STATES
from programme.evaluation.labels import TONES as EVALUATION_TONES
from programme.evaluation.states import EvaluationState, SubjectKind
from programme.extensions import db
from programme.organisations import sources as registry
from programme.organisations.labels import KINDS, POINTS
from programme.organisations.rules import siret
from programme.projects import thread

_DECIDED = {ApplicationState.ON_AGENDA, ApplicationState.AWARDED, ApplicationState.REJECTED}


@bp.get("/agents/dossiers", endpoint="applications")
@access(staff(*policy.LISTERS))
def list_applications() -> ResponseReturnValue:
    """Every file, filtered by call and state, searched, sorted."""
    account = current_account()
    state = request.args.get("etat", "")
    asked_sort = request.args.get("tri", "")
    sort = queries.Sort(asked_sort) if asked_sort in set(queries.Sort) else queries.Sort.DEPOSIT
    calls = db.session.scalars(queries.call_options()).all()
    call = next((each.id for each in calls if str(each.id) == request.args.get("appel")), None)
    text, chosen = request.args.get("q", ""), ApplicationState(state) if state in set(ApplicationState) else None
    statement, waiting = _waiting(queries.applications(account.id, call_id=call, state=chosen, text=text, sort=sort))
    page = recent.page_of(statement, ("files", account.id, call, chosen, text, waiting), 50)
    return render_template(
        "assessment/applications.html", page=page, states=STATES, tones=TONES, counts=_counts(account.id), calls=calls,
        state=state, sort=sort, call=call, text=text, can_open=account.has_role(*policy.READERS), waiting=waiting,
        threads=threads.tallies(account, [each.id for each in page.items], MessageSide.REGION),
    )  # fmt: skip


def _waiting(statement: Select[Application]) -> tuple[Select[Application], str]:
    """The list narrowed to the threads that wait for an answer of the Region or of the carrier, and the word of the filter."""
    wanted = request.args.get("reponse", "")
    side = {"region": MessageSide.REGION, "porteur": MessageSide.CARRIER}.get(wanted)
    if side is None or not current_account().has_role(*policy.READERS):
        return statement, ""
    return statement.where(Application.id.in_(waiting_for(side))), wanted


def _counts(account_id: int) -> dict[ApplicationState, int]:
    """How many files of each state the person may see."""
    return recent.kept(
        ("files by state", account_id), lambda: dict(db.session.execute(queries.counts(account_id)).all()), at_once=True
    )


def load(reference: str) -> Application:
    """A file that this person of the house may open; absent otherwise."""
    application = db.one_or_404(queries.file(reference))
    require(policy.can_read(current_account(), application))
    return application


@dataclass(frozen=True)
class Wrong:
    """What was typed about a piece or a rule and refused: shown again at its place with the sentence."""

    kind: str
    number: int
    text: str
    choice: str = ""
    message: str = ""

    @property
    def place(self) -> str:
        """Its anchor on the file."""
        return f"{'condition' if self.kind == 'rule' else 'piece'}-{self.number}"


def _rules(application: Application) -> list[EligibilityRule]:
    return list(db.session.scalars(queries.rules(application.session.call_id)))


def judged_rules(application: Application, rules: list[EligibilityRule] | None = None) -> list[EligibilityRule]:
    """The conditions of the call that an officer answers, for this file's strand; `rules` when they are read already."""
    known = _rules(application) if rules is None else rules
    return [r for r in known if r.kind is RuleKind.JUDGED and r.strand_id in (None, application.strand_id)]


def file_page(application: Application, status: int = 200, wrong: Wrong | None = None) -> ResponseReturnValue:
    """One file: what it says, where it stands, what can be done."""
    account, rules, read = current_account(), _rules(application), read_clock(application)
    return render_template(
        "assessment/file.html", file=application, plan=plan(application), dossier=reading.whole(application),
        aid=documents.aid_rows(application, today()), states=STATES, tones=TONES, pieces=PIECES, piece_tones=PIECE_TONES, clock=read, versions=versions(application), ages=_ages(application), age_words=AGES,
        clock_text=clock_text(read, accepts=application.call.silence_accepts) if read else "", decision=_decision(application),
        findings=applications.findings(application, now(), rules), judged=judged_rules(application, rules), today=today(),
        judgements={each.rule_id: each for each in application.rule_judgements}, **_readings(application, account),
        history=db.session.execute(queries.history(application.id)).all(),
        steps=thread.steps(application.project, account), acts=ACTS, opinions=OPINIONS,
        can={verb: policy.can_treat(account, application, verb) for verb in MACHINE.verbs},
        can_answer_interest=policy.can_answer_interest(account, application), **_two_steps(application, account),
        can_judge=policy.can_judge_pieces(account, application), can_redact=policy.can_redact(account, application),
        wrong=wrong, can_rank=policy.can_rank(account), has_registry=registry.plugged_in(), siret=siret, points=POINTS,
        kinds=KINDS, again=again.for_staff(application, account),
        tally=threads.tallies(account, [application.id], MessageSide.REGION).get(application.id),
    ), status  # fmt: skip


def _ages(application: Application) -> dict[int, Validity]:
    """How old each piece is whose age is limited, for the deposit, today and the next committee."""
    if not any(each.valid_months for each in application.asked_pieces):
        return {}
    days = [each.held_on for each in db.session.scalars(queries.meetings_of(application.session_id))]
    return applications.ages(application, today(), min((each for each in days if each >= today()), default=None))


def _two_steps(application: Application, account: Account) -> dict[str, Application | None]:
    """The other step of a call of two, if this person may read it: what came before, what the invitation opened."""
    led, former = application.call.leads_to_id, application.continued_from_id
    opened = db.session.scalars(invitations.full_file(application.id, led)).first() if led is not None else None
    came = db.session.get(Application, former) if former is not None and application.call.by_invitation else None
    return {"full_file": opened, "interest": came if came is not None and policy.can_read(account, came) else None}


def _decision(application: Application) -> Decision | None:
    """The decision, once there can be one."""
    if application.state not in _DECIDED:
        return None
    found: Decision | None = db.session.scalars(queries.decision_on(application.id)).one_or_none()
    return found


def _readings(application: Application, account: Account) -> dict[str, Any]:
    """The readers' marks and the recusals, for those who may read them."""
    if not policy.can_read_evaluations(account):
        return {"readings": [], "recusals": [], "can_read_evaluations": False}
    readings = db.session.scalars(evaluations.readings(SubjectKind.APPLICATION, application.id)).all()
    own = [each for each in readings if each.reviewer_id == account.id]
    if any(each.state is not EvaluationState.LOCKED for each in own):
        readings = own  # A reader of the house sees nobody else's marks before they are locked.
    return {
        "readings": readings,
        "recusals": application.recusals,
        "evaluation_states": EVALUATION_STATES, "evaluation_tones": EVALUATION_TONES,
        "recommendations": RECOMMENDATIONS, "can_read_evaluations": True,
    }  # fmt: skip


@bp.get("/agents/dossiers/<reference>")
@access(staff(*policy.READERS))
def show(reference: str) -> ResponseReturnValue:
    """One file."""
    file = load(reference)
    consultations.note(Consulted.APPLICATION, file, file.reference, Standing.STAFF)
    return file_page(file)


@bp.get("/agents/dossiers/pieces/<public_id>")
@access(staff(*policy.READERS))
def piece(public_id: str) -> Response:
    """A piece of a file, for the house: as it is, or as it was handed in before."""
    found, file = held(public_id)
    require(policy.can_read(current_account(), found.application))
    consultations.note(Consulted.PIECE, found, found.application.reference, Standing.STAFF)
    return storage.answer(file)

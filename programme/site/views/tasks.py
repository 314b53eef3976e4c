"""Jobs and mails that failed or wait, for the administrator: the error in words, « Relancer » and « Abandonner »."""

from typing import Any

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from programme.accounts.policy import staff
from programme.accounts.states import Role
from programme.core import jobs, journal, mail
from programme.core.access import SIGNED_IN, access, current_account, require
from programme.core.clock import now
from programme.core.errors import RuleBroken
from programme.core.jobs import Job
from programme.core.mail import OutboxMessage
from programme.core.unit_of_work import unit_of_work
from programme.extensions import db
from programme.site import queries
from programme.site.queries import TaskList
from programme.site.task_labels import FAULTS, JOB_ERRORS, JOB_KINDS, JOB_STATES, TASK_LISTS
from programme.site.views import bp

PER_PAGE = 50


def _fault(error: str | None) -> tuple[str, str]:
    """The sentence for what is kept of a failure, and the machine's own words after it."""
    code, _space, words = (error or "").partition(" ")
    name = code.rstrip(":")
    if name == "Undelivered":
        return _fault(words)
    return str(FAULTS.get(name, JOB_ERRORS.get(name, _("La tâche a échoué pour une raison inconnue.")))), words


def _asked() -> tuple[TaskList, str]:
    wanted = request.args.get("liste", "")
    return TaskList(wanted) if wanted in set(TaskList) else TaskList.FAILED, request.args.get("q", "").strip()[:80]


def _kinds(text: str) -> list[str]:
    """The codes of the kinds whose words hold what was typed."""
    return [code for code, word in JOB_KINDS.items() if text.casefold() in str(word).casefold()] if text else []


@bp.get("/agents/taches")
@access(staff(Role.ADMIN))
def tasks() -> ResponseReturnValue:
    """One of four lists, the one that needs somebody first."""
    chosen, text = _asked()
    page = db.paginate(queries.tasks(chosen, text, _kinds(text)), per_page=PER_PAGE, max_per_page=PER_PAGE)
    counts = db.session.execute(queries.task_counts()).one()
    parts = [(TASK_LISTS[each], url_for(".tasks", liste=each), counts[index]) for index, each in enumerate(TaskList)]
    return render_template(
        "site/tasks.html", page=page, chosen=chosen, text=text, parts=parts, kinds=JOB_KINDS, fault=_fault,
        mails=chosen in queries.MAIL_LISTS, running=jobs.JobState.RUNNING, now=now(),
        address=lambda number: url_for(".tasks", liste=chosen, q=text or None, page=number),
    )  # fmt: skip


def _act(statement: Any, verb: Any, done: str, record: str) -> ResponseReturnValue:
    """Load with a lock, do, note in the journal; a refusal is a sentence on the list."""
    try:
        with unit_of_work():
            thing = db.one_or_404(statement)
            before = thing.state
            verb(thing, at=now())
            journal.record(
                record, on=thing, by=current_account(), at=now(), before={"state": before}, after={"state": thing.state}
            )
    except RuleBroken as refusal:
        flash(refusal.message, "error")
    else:
        flash(done, "success")
    return redirect(url_for(".tasks", liste=_asked()[0]))


@bp.post("/agents/taches/<int:number>/relancer")
@access(staff(Role.ADMIN))
def relaunch_job(number: int) -> ResponseReturnValue:
    """Do the job now, with all its attempts again."""
    return _act(queries.locked(Job, number), jobs.relaunch, _("La tâche est relancée."), "job.relaunched")


@bp.post("/agents/taches/<int:number>/abandonner")
@access(staff(Role.ADMIN))
def abandon_job(number: int) -> ResponseReturnValue:
    """The job will not be done."""
    return _act(queries.locked(Job, number), jobs.abandon, _("La tâche est abandonnée."), "job.abandoned")


@bp.post("/agents/taches/courriels/<int:number>/relancer")
@access(staff(Role.ADMIN))
def relaunch_mail(number: int) -> ResponseReturnValue:
    """Send the mail again, under the same number."""
    done = _("Le courriel est remis dans la file d’envoi.")
    return _act(queries.locked(OutboxMessage, number), mail.relaunch, done, "outbox_message.relaunched")


@bp.post("/agents/taches/courriels/<int:number>/abandonner")
@access(staff(Role.ADMIN))
def abandon_mail(number: int) -> ResponseReturnValue:
    """The mail will not be sent."""
    done = _("Le courriel est abandonné : il ne partira pas.")
    return _act(queries.locked(OutboxMessage, number), mail.abandon, done, "outbox_message.abandoned")


@bp.get("/mon-espace/taches/<int:number>")
@access(SIGNED_IN)
def my_task(number: int) -> ResponseReturnValue:
    """How far a job is, for the person who started it; for anybody else it does not exist."""
    job = db.session.get(Job, number)
    require(job is not None and job.asked_by_id == current_account().id)
    assert job is not None
    return jsonify(
        state=job.state, words=str(JOB_STATES[job.state]), kind=str(JOB_KINDS.get(job.kind, job.kind)),
        done=job.done_count, total=job.total_count,
    )  # fmt: skip

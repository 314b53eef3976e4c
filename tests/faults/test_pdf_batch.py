"""A batch of documents whose worker is killed in the middle: taken up again, none is made twice and none is missing."""

import os
import re
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from programme.accounts.states import Role
from programme.agreements import services as agreements
from programme.agreements.models import Agreement
from programme.agreements.queries import for_update
from programme.agreements.states import AgreementState as S
from programme.assessment import services as assessment
from programme.assessment.models import Decision
from programme.assessment.states import Outcome
from programme.core import documents, jobs, pdf, storage
from programme.core.clock import now
from programme.core.documents import IssuedDocument
from programme.core.jobs import Job, JobState
from programme.core.mail import OutboxMessage
from programme.core.storage import StoredFile
from programme.core.unit_of_work import unit_of_work
from tests.factories.agreements import AT, call, deliberation, grant_agreement
from tests.factories.assessment import LATER, officer, on_agenda
from tests.factories.assessment import deliberation as vote
from tests.factories.people import account

pytestmark = [pytest.mark.db, pytest.mark.slow]
ROOT = Path(__file__).resolve().parents[2]
COUNT, PATIENCE = 5, 120
WORKER = """
import sys, config
from programme import create_app
from programme.core import jobs
app = create_app(config.Testing, SQLALCHEMY_DATABASE_URI=sys.argv[1], VAR=sys.argv[2], STORAGE_FOLDER=sys.argv[3], MAIL_FOLDER=sys.argv[4])
with app.app_context():
    jobs.work_forever(lambda: False)
"""


class Worker:
    """A worker in a process of its own, on the database and the files of the test."""

    def __init__(self, app):
        names = ("SQLALCHEMY_DATABASE_URI", "VAR", "STORAGE_FOLDER", "MAIL_FOLDER")
        self.process = subprocess.Popen(
            [sys.executable, "-c", WORKER, *(str(app.config[each]) for each in names)], cwd=ROOT,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def kill(self):
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait(10)


@pytest.fixture
def worker(app, db):
    made = []
    app.config["TOUCHED"].all()  # Its periodic tasks write too, where this process does not see it.

    def start():
        made.append(Worker(app))
        return made[-1]

    yield start
    for each in made:
        if each.process.poll() is None:
            each.kill()


def wait_until(db, condition, what):
    """Ask the database until it holds; other sessions write meanwhile."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        db.session.rollback()
        db.session.expire_all()
        if condition():
            db.session.rollback()
            return
        db.session.rollback()
        time.sleep(0.02)
    pytest.fail(f"after {PATIENCE} s: {what}")


def lease_ends():
    """As after two minutes: nobody has heard of the worker that was killed."""
    with unit_of_work() as session:
        session.execute(
            update(Job).where(Job.state == JobState.RUNNING).values(lease_until=now() - timedelta(seconds=1))
        )


def printed(db):
    return db.session.scalar(
        select(func.count()).select_from(IssuedDocument).where(IssuedDocument.file_id.is_not(None))
    )


def at_rest(db):
    """No job of documents waits or runs; the tick of other kinds does not matter."""
    kinds = ("agreements.send_batch", "documents.render_batch", "documents.render")
    waiting = Job.kind.in_(kinds) & Job.state.in_([JobState.QUEUED, JobState.RUNNING])
    return db.session.scalar(select(func.count()).select_from(Job).where(waiting)) == 0


def whole(document):
    data = storage.read(document.file.key)
    return data.startswith(b"%PDF-") and data.rstrip().endswith(b"%%EOF")


def approved(count):
    """Agreements ready to be sent, of one vote, and the director who sends them."""
    with unit_of_work():
        of, voted = call(), deliberation()
        made = [grant_agreement(S.APPROVED, of=of, vote=voted, title=f"Projet {rank}") for rank in range(count)]
        return [each.reference for each in made], account(Role.DIRECTION).id


def ask_to_send(references, director):
    from programme.accounts.models import Account

    with unit_of_work() as session:
        listed = [session.scalars(select(Agreement).where(Agreement.reference == each)).one() for each in references]
        return agreements.send_all(listed, by=session.get_one(Account, director), at=now()).id


def test_a_batch_of_conventions_killed_twice_is_sent_and_printed_once(app, db, worker):
    references, director = approved(COUNT)
    ask_to_send(references, director)
    first = worker()
    sent = select(func.count()).select_from(Agreement).where(Agreement.state == S.SENT)
    wait_until(db, lambda: db.session.scalar(sent) >= 2, "two conventions are sent")
    first.kill()
    lease_ends()
    second = worker()
    wait_until(db, lambda: printed(db) >= 1, "a copy is printed")
    second.kill()
    lease_ends()
    worker()
    wait_until(db, lambda: printed(db) == COUNT and at_rest(db), "every copy is printed")
    made = db.session.scalars(
        select(Agreement).where(Agreement.reference.in_(references)).order_by(Agreement.approved_at, Agreement.id)
    ).all()
    numbers = [int(each.number.rsplit("-", 1)[1]) for each in made]
    assert numbers == list(range(numbers[0], numbers[0] + COUNT))
    copies = db.session.scalars(select(IssuedDocument).where(IssuedDocument.kind == "agreement")).all()
    assert sorted(each.number for each in copies) == sorted(f"{each.number}-V1" for each in made)
    assert all(whole(each) for each in copies)
    assert len({each.file_id for each in copies}) == COUNT == db.session.scalar(select(func.count(StoredFile.id)))
    print(f"{COUNT} conventions in a batch whose worker was killed twice: none twice, none missing")


def test_letters_leave_with_their_decisions_in_one_act_and_are_printed_in_one_job(app, db, worker):
    with unit_of_work():
        by = officer()
        file = on_agenda(by)
        assessment.prepare(file, Outcome.REJECT, None, "Les usages ne sont pas décrits.", by=by, at=LATER)
        assessment.release(file.session, vote(by), by=by, at=LATER)
    decision = db.session.scalars(select(Decision)).one()
    letter = db.session.get_one(IssuedDocument, decision.letter_id)
    [job] = db.session.scalars(select(Job).where(Job.kind == "documents.render_batch")).all()
    assert job.payload == {"job": job.id, "documents": [letter.id]}
    assert job.asked_by_id is not None
    assert re.fullmatch(r"NT-\d{4}-\d{5}", letter.number)
    assert db.session.scalar(select(func.count(OutboxMessage.id))) >= 1
    with unit_of_work() as session:
        session.execute(update(Job).where(Job.id == job.id).values(run_at=now()))  # The act is dated of a day to come.
    worker()
    wait_until(db, lambda: printed(db) >= 1 and at_rest(db), "the letter is printed")
    assert whole(db.session.get_one(IssuedDocument, letter.id))


def test_control_a_batch_that_asks_nobody_whether_it_is_made_makes_twice(app, db):
    """Without the question « is there a PDF already? » the second run prints again: the count above sees it."""
    with unit_of_work():
        grant_agreement(S.SENT, of=call(), vote=deliberation())
    document = db.session.scalars(select(IssuedDocument)).one()
    made = pdf.render(document.html)
    for _run in range(2):
        with unit_of_work():
            storage.keep(storage.write_bytes(made, "x.pdf", "application/pdf"), by=None, at=now())
    assert db.session.scalar(select(func.count(StoredFile.id))) == 2


def test_the_same_batch_run_again_does_nothing(db):
    with unit_of_work():
        grant_agreement(S.SENT, of=call(), vote=deliberation())
    number = db.session.scalars(select(IssuedDocument.id)).one()
    with unit_of_work() as session:
        documents.ask_for([session.get_one(IssuedDocument, number)], by=None, at=now())
    payload = dict(db.session.scalars(select(Job).where(Job.kind == "documents.render_batch")).one().payload)
    for _run in range(2):
        db.session.rollback()
        documents.render_batch(payload)
    documents.render({"document": number})
    db.session.expire_all()
    assert db.session.scalar(select(func.count(StoredFile.id))) == 1


def test_one_that_cannot_be_printed_stays_to_make_and_holds_back_none(db):
    with unit_of_work():
        of, voted = call(), deliberation()
        for rank in range(3):
            grant_agreement(S.SENT, of=of, vote=voted, title=f"Projet {rank}")
    listed = db.session.scalars(select(IssuedDocument).order_by(IssuedDocument.id)).all()
    ids = [each.id for each in listed]
    with unit_of_work() as session:
        spoilt = session.get_one(IssuedDocument, ids[1])
        spoilt.html = spoilt.html.replace("<h1>", '<img src="http://127.0.0.1:9/x.png"><h1>')
        session.execute(update(Job).values(state=JobState.DONE, finished_at=now()))
        documents.ask_for([session.get_one(IssuedDocument, each) for each in ids], by=None, at=now())
    jobs.run_until_idle(2)
    db.session.rollback()
    db.session.expire_all()
    assert [db.session.get_one(IssuedDocument, each).ready for each in ids] == [True, False, True]
    lone = db.session.scalars(select(Job).where(Job.kind == "documents.render").order_by(Job.id.desc())).first()
    assert lone.state is JobState.QUEUED
    assert "reste à produire : il demande un fichier ou une adresse hors de l’application" in lone.error
    batch = db.session.scalars(select(Job).where(Job.kind == "documents.render_batch")).one()
    assert (batch.state, batch.done_count, batch.total_count) == (JobState.DONE, 3, 3)


def test_a_vote_that_is_not_executory_sends_no_batch(db):
    from programme.core.errors import RuleBroken

    with unit_of_work() as session:
        director = account(Role.DIRECTION)
        made = grant_agreement(S.APPROVED, of=call(), vote=deliberation())
        made.deliberation.published_on = None
        with pytest.raises(RuleBroken, match="exécutoire"):
            agreements.send_all([made], by=director, at=AT)
        with pytest.raises(RuleBroken, match="Aucune"):
            agreements.send_all([], by=director, at=AT)
        assert session.scalars(select(Job).where(Job.kind == "agreements.send_batch")).all() == []


def test_a_colleague_who_sent_it_meanwhile_is_not_followed_by_a_second_sending(db):
    references, director = approved(1)
    ask_to_send(references, director)
    with unit_of_work() as session:
        agreements.send(session.scalars(for_update(references[0])).one(), by=None, at=now())
    jobs.run_until_idle()
    db.session.rollback()
    db.session.expire_all()
    one = db.session.scalars(select(Agreement).where(Agreement.reference == references[0])).one()
    assert (one.state, one.issue_count) == (S.SENT, 1)

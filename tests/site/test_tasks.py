"""The administrator's page of jobs and mails: what failed, why in words, and what to do."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from programme.accounts.states import Role
from programme.core import jobs, mail
from programme.core.clock import now
from programme.core.jobs import Job, JobState
from programme.core.journal import JournalEntry
from programme.core.mail import Mail, MessageState, OutboxMessage
from programme.core.smtp import MailFault
from programme.core.unit_of_work import unit_of_work
from programme.site.task_labels import FAULTS, JOB_KINDS
from programme.site.views.tasks import PER_PAGE
from tests.factories.people import account, signed_in

pytestmark = pytest.mark.db


def failed(count=1, error="TimeoutError: slow"):
    with unit_of_work() as session:
        made = [jobs.enqueue("documents.render", {"document": n}, at=now()) for n in range(count)]
        for each in made:
            each.state, each.error, each.attempts, each.finished_at = JobState.FAILED, error, 8, now()
        session.flush()
        return [each.id for each in made]


def refused(error="address 550 5.1.1 no such person", to="lea@exemple.fr"):
    with unit_of_work():
        row = mail.queue(Mail(to, "Votre reçu", "Bonjour.", "<p>Bonjour.</p>"), at=now())
        mail.refuse(row, error, at=now())
        return row.id


def read(db, model, number):
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(model, number)


DOORS = ["/agents/taches/{job}/relancer", "/agents/taches/{job}/abandonner", "/agents/taches/courriels/{mail}/relancer",
         "/agents/taches/courriels/{mail}/abandonner"]  # fmt: skip


@pytest.mark.parametrize("role", [*Role, None])
def test_only_the_administration_sees_and_decides(app, db, role):
    person, _number = signed_in(app, *([role] if role else []))
    admin = role is Role.ADMIN
    [job], message = failed(), refused()
    person.get("/agents/taches", status=200 if admin else 404)
    token = person.get("/compte").token()
    for door in DOORS:
        answer = person.client.post(door.format(job=job, mail=message), data={"csrf_token": token})
        assert answer.status_code == (302 if admin else 404)
    if not admin:
        assert read(db, Job, job).state is JobState.FAILED
        assert read(db, OutboxMessage, message).state is MessageState.REFUSED


def test_what_is_absent_is_as_what_is_forbidden(app, db):
    person, _number = signed_in(app, Role.ADMIN)
    token = person.get("/compte").token()
    for door in DOORS:
        answer = person.client.post(door.format(job=999999, mail=999999), data={"csrf_token": token})
        assert answer.status_code == 404


def test_a_failed_job_says_why_and_is_done_again(app, db):
    admin, number = signed_in(app, Role.ADMIN)
    [job] = failed()
    page = admin.get("/agents/taches")
    assert "Fabrication d'un document PDF" in page.text
    assert "Un service n'a pas répondu à temps." in page.text
    admin.post(f"/agents/taches/{job}/relancer", {"csrf_token": page.token()})
    again = read(db, Job, job)
    assert (again.state, again.attempts, again.finished_at) == (JobState.QUEUED, 0, None)
    entry = db.session.scalars(select(JournalEntry).where(JournalEntry.subject_type == "job")).one()
    assert (entry.act, entry.actor_id, entry.before, entry.after) == (
        "job.relaunched", number, {"state": "failed"}, {"state": "queued"},
    )  # fmt: skip


def test_an_abandoned_job_leaves_the_list_and_is_not_done(app, db):
    admin, _number = signed_in(app, Role.ADMIN)
    [job] = failed()
    page = admin.post(f"/agents/taches/{job}/abandonner", {"csrf_token": admin.get("/agents/taches").token()})
    assert "La tâche est abandonnée." in page.text
    assert "Rien ici" in page.text
    assert not jobs.run_next()
    page = admin.post(f"/agents/taches/{job}/relancer", {"csrf_token": admin.get("/agents/taches").token()})
    assert "a changé d'état" in page.text
    assert read(db, Job, job).state is JobState.ABANDONED


def test_a_running_job_is_left_to_its_worker(app, db):
    admin, _number = signed_in(app, Role.ADMIN)
    with unit_of_work() as session:
        made = jobs.enqueue("documents.render", {"document": 1}, at=now() - timedelta(seconds=1))
        session.flush()
        job = made.id
    jobs._claim(now(), "busy")
    page = admin.get("/agents/taches?liste=taches")
    assert "elle se fait" in page.text
    page = admin.post(f"/agents/taches/{job}/abandonner", {"csrf_token": admin.get("/compte").token()})
    assert "a changé d'état" in page.text
    assert read(db, Job, job).state is JobState.RUNNING


def test_a_refused_mail_is_sent_again_once_under_the_same_number(app, db):
    admin, _number = signed_in(app, Role.ADMIN)
    message = refused()
    page = admin.get("/agents/taches?liste=refuses")
    assert "lea@exemple.fr" in page.text
    assert "refuse cette adresse : joignez la personne autrement" in page.text
    for _twice in range(2):
        admin.post(f"/agents/taches/courriels/{message}/relancer", {"csrf_token": admin.get("/compte").token()})
    assert db.session.scalars(select(Job.state)).all() == [JobState.QUEUED]
    assert read(db, OutboxMessage, message).state is MessageState.WAITING
    assert jobs.run_until_idle() == 1
    assert read(db, OutboxMessage, message).state is MessageState.SENT


def test_an_abandoned_mail_never_leaves(app, db):
    admin, _number = signed_in(app, Role.ADMIN)
    with unit_of_work():
        message = mail.queue(Mail("lea@exemple.fr", "Votre reçu", "Bonjour.", "<p>Bonjour.</p>"), at=now()).id
    page = admin.get("/agents/taches?liste=courriels")
    assert "Il va partir." in page.text
    admin.post(f"/agents/taches/courriels/{message}/abandonner", {"csrf_token": page.token()})
    assert jobs.run_until_idle() == 0
    assert read(db, OutboxMessage, message).state is MessageState.ABANDONED


def test_lists_are_filtered_and_in_pages(app, db):
    admin, _number = signed_in(app, Role.ADMIN)
    failed(PER_PAGE)
    failed(1, "OSError: disk")
    assert "51 tâches" in admin.get("/agents/taches").text
    page = admin.get("/agents/taches?page=2")
    assert len(page.tree.xpath("//tbody/tr")) == 1
    assert "1 tâche" in admin.get("/agents/taches?q=OSError").text
    assert "51 tâches" in admin.get("/agents/taches?q=document").text
    assert "Rien ne répond" in admin.get("/agents/taches?q=zzz").text
    admin.get("/agents/taches?liste=inconnue&page=99999", status=404)
    refused(to="noe@exemple.fr")
    assert "1 courriel" in admin.get("/agents/taches?liste=refuses&q=noe").text


@pytest.mark.parametrize("size", [1, 3])
def test_the_page_asks_the_same_number_of_questions_whatever_its_size(app, db, count_queries, size):
    admin, _number = signed_in(app, Role.ADMIN)
    failed(size)
    admin.get("/agents/taches")
    db.session.remove()
    with count_queries(5):
        admin.get("/agents/taches")


def test_every_kind_of_job_and_every_fault_has_its_words(app):
    ours = {kind for kind in jobs._handlers if not kind.startswith("trial.")}
    assert ours - set(JOB_KINDS) == set()
    assert set(FAULTS) == set(MailFault)


def test_the_person_who_started_a_job_reads_how_far_it_is(app, db):
    person, number = signed_in(app)
    with unit_of_work() as session:
        mine = jobs.enqueue("documents.render", {}, at=now(), by=session.get_one(account().__class__, number))
        other = jobs.enqueue("documents.render", {}, at=now(), by=account())
        session.flush()
        ours, others = mine.id, other.id
    jobs.progress(ours, 3, 10)
    told = person.client.get(f"/mon-espace/taches/{ours}").get_json()
    assert (told["state"], told["words"], told["done"], told["total"]) == ("queued", "En attente", 3, 10)
    for absent in (others, 999999):
        assert person.client.get(f"/mon-espace/taches/{absent}").status_code == 404

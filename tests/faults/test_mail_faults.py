"""A mail server that refuses, hangs, drips and cuts: nothing is lost, nothing leaves for an act that was undone."""

import random
import smtplib
import time
from contextlib import suppress
from email.message import EmailMessage

import pytest
from sqlalchemy import select, update

from programme.core import jobs, mail, smtp
from programme.core.clock import now
from programme.core.jobs import Job, JobState
from programme.core.mail import Mail, MessageState, OutboxMessage
from programme.core.smtp import MailFault
from programme.core.unit_of_work import unit_of_work
from tests.faults.servers import FAULTS, PostOffice

pytestmark = [pytest.mark.db, pytest.mark.slow]
STEP = 0.12
COUNT = 100
KEPT_UNKNOWN = {("text", "hang"), ("text", "drip"), ("text", "cut")}


class Undone(Exception):
    """The act is rolled back."""


@pytest.fixture
def office(app, monkeypatch):
    monkeypatch.setattr(mail, "SMTP_STEP_SECONDS", STEP)
    monkeypatch.setitem(app.config, "MAIL_FOLDER", None)
    with PostOffice() as opened:
        for name, value in (("server", "127.0.0.1"), ("port", opened.port), ("suppress", False)):
            monkeypatch.setattr(app.extensions["mail"], name, value)
        yield opened


def drawn(count=COUNT):
    """So many faults, each kind at least once as long as there is room, in a chance order that is always the same."""
    chance = random.Random(2026)
    plan = (FAULTS * (count // len(FAULTS) + 1))[:count]
    chance.shuffle(plan)
    return plan


def letter(recipient):
    return Mail(recipient, "Votre reçu", "Bonjour.\n.\nUn point seul.\n", "<p>Bonjour.</p>")


def act(recipient, *, undone=False):
    with suppress(Undone), unit_of_work():
        mail.queue(letter(recipient), at=now())
        if undone:
            raise Undone


def work(rounds=40):
    """The worker, for whom the waits between two attempts are over at once."""
    for _ in range(rounds):
        jobs.run_until_idle()
        with unit_of_work() as session:
            again = session.execute(update(Job).where(Job.state == JobState.QUEUED).values(run_at=now()))
        if not again.rowcount:
            return
    raise AssertionError("the queue does not end")


def rows(db):
    db.session.rollback()
    return db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all()


def row(db):
    db.session.expire_all()
    [only] = rows(db)
    return only


def test_a_hundred_faults_lose_nothing_and_send_nothing_for_an_undone_act(db, office):
    plan = drawn()
    office.plan = list(plan)
    for index in range(COUNT):
        act(f"tenu{index}@exemple.fr")
        act(f"defait{index}@exemple.fr", undone=True)
    work()
    assert not office.plan, "every fault was met"
    kept: dict[str, list] = {}
    for each in office.letters:
        kept.setdefault(each.recipients[0], []).append(each)
    met = {}
    for each in office.conversations:
        for recipient in each.recipients:
            met.setdefault(recipient, []).append(each.fault)
    sent, refused = [], []
    for each in rows(db):
        (sent if each.state is MessageState.SENT else refused).append(each)
        assert {str(one.letter["Message-ID"]) for one in kept.get(each.recipient, [])} <= {each.message_id}
        if len(kept.get(each.recipient, [])) > 1:
            assert KEPT_UNKNOWN & set(met[each.recipient]), "sent twice although the server had answered"
    assert len(sent) + len(refused) == COUNT
    assert [each for each in sent if each.recipient not in kept] == [], "lost"
    assert {each.recipient for each in refused} == {
        recipient for recipient, faults in met.items() if ("rcpt", "never") in faults
    }
    assert all(each.state is MessageState.REFUSED and each.last_error.startswith("address 550") for each in refused)
    assert [recipient for recipient in [*kept, *met] if recipient.startswith("defait")] == []
    twice = sum(len(each) - 1 for each in kept.values())
    assert 0 < twice <= sum(fault in KEPT_UNKNOWN for fault in plan)
    print(f"faults {COUNT}: sent {len(sent)}, refused {len(refused)}, lost 0, for undone acts 0, twice {twice}")


def test_control_a_naive_sender_loses_and_sends_for_undone_acts(db, office):
    """It sends during the act and looks at no failure: the counts above would see it."""
    office.plan = [fault for fault in drawn() if fault[1] != "drip"]  # Its limits would let a drip hold it for ever.
    believed = []
    for index in range(COUNT):
        for recipient, undone in ((f"tenu{index}@exemple.fr", False), (f"defait{index}@exemple.fr", True)):
            with suppress(Undone), unit_of_work():
                message = EmailMessage()
                message["To"] = recipient
                with (
                    suppress(OSError, smtplib.SMTPException),
                    smtplib.SMTP("127.0.0.1", office.port, timeout=STEP) as line,
                ):
                    line.sendmail("a@exemple.fr", [recipient], message.as_bytes())
                believed.append(recipient)
                if undone:
                    raise Undone
    kept = {each.recipients[0] for each in office.letters}
    assert [each for each in believed if each.startswith("tenu") and each not in kept], "the control loses"
    assert [each for each in kept if each.startswith("defait")], "the control sends for an act that was undone"


@pytest.mark.parametrize(
    ("fault", "known_as"),
    [
        (("connect", "hang"), MailFault.TIMEOUT),
        (("connect", "drip"), MailFault.TIMEOUT),
        (("connect", "cut"), MailFault.CUT),
        (("ehlo", "drip"), MailFault.TIMEOUT),
        (("mail", "later"), MailFault.LATER),
        (("mail", "never"), MailFault.SERVER),
        (("rcpt", "later"), MailFault.LATER),
        (("rcpt", "hang"), MailFault.TIMEOUT),
        (("data", "garbage"), MailFault.SERVER),
        (("text", "drip"), MailFault.TIMEOUT),
        (("text", "never"), MailFault.SERVER),
    ],
)
def test_a_fault_has_its_name_costs_one_step_at_most_and_the_mail_waits(db, office, fault, known_as):
    office.plan = [fault]
    act("lea@exemple.fr")
    began = time.monotonic()
    assert jobs.run_next()
    assert time.monotonic() - began < STEP + 1
    waiting = row(db)
    assert waiting.state is MessageState.WAITING
    assert waiting.last_error.split()[0] == known_as
    work()
    delivered = row(db)
    assert (delivered.state, delivered.last_error) == (MessageState.SENT, None)


def test_a_server_slow_at_every_step_meets_the_limit_of_the_whole(office):
    """Each answer comes in time, the whole does not."""
    server = smtp.Server("127.0.0.1", office.port, "exemple.fr", step=5, total=0.3)
    office.plan = [("ehlo", "drip")]
    began = time.monotonic()
    with pytest.raises(smtp.Undelivered) as refusal:
        smtp.deliver(server, sender="a@exemple.fr", recipient="b@exemple.fr", content=b"Subject: x\n\nx\n")
    assert refusal.value.fault is MailFault.TIMEOUT
    assert time.monotonic() - began < 1.5


def test_a_mail_that_left_is_not_sent_again_because_the_goodbye_failed(db, office):
    office.plan = [("text", "cut-after-answer")]
    act("lea@exemple.fr")
    work()
    assert len(office.letters) == 1
    assert row(db).state is MessageState.SENT


def test_a_domain_with_accents_is_said_in_its_ascii_form(db, office):
    act("lea@école.example")
    work()
    assert [each.recipients for each in office.letters] == [["lea@xn--cole-9oa.example"]]


def test_a_lone_point_does_not_end_the_text(db, office):
    act("lea@exemple.fr")
    work()
    [kept] = office.letters
    assert "Un point seul." in kept.letter.get_body(("plain",)).get_content()


def test_an_address_that_the_server_will_never_take_is_kept_as_refused_without_naming_it(db, office):
    office.plan = [("rcpt", "never")]
    act("lea@exemple.fr")
    work()
    refused = row(db)
    assert (refused.state, refused.last_error) == (MessageState.REFUSED, "address 550 5.1.1 no such person")
    assert refused.refused_at is not None
    assert office.letters == []


@pytest.mark.parametrize("recipient", ["léa@exemple.fr", "a\r\nRCPT TO:<mal@exemple.fr>@exemple.fr"])
def test_an_address_that_cannot_be_said_never_blocks_the_queue(db, office, recipient):
    act(recipient)
    act("lea@exemple.fr")
    work()
    assert [each.recipients for each in office.conversations] == [["lea@exemple.fr"]]
    assert [each.state for each in rows(db)] == [MessageState.REFUSED, MessageState.SENT]


def test_after_its_last_attempt_a_mail_is_refused_not_forgotten(db, office, monkeypatch):
    monkeypatch.setitem(jobs._rules, "mail.send", jobs.Rules(attempts=2, gave_up=mail._given_up))
    office.plan = [("mail", "later")] * 2
    act("lea@exemple.fr")
    work()
    tired = row(db)
    assert (tired.state, tired.last_error) == (MessageState.REFUSED, "later 451 4.3.0 try again later")
    with unit_of_work() as session:
        mail.relaunch(session.scalars(select(OutboxMessage)).one(), at=now())
    work()
    assert row(db).state is MessageState.SENT
    assert len(office.letters) == 1

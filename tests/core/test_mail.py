"""Mail, over a real SMTP conversation on the loopback: what arrives, what is tried again, what never leaves."""

import email
import email.policy
import socket
from datetime import timedelta

import pytest
import time_machine
from aiosmtpd.controller import Controller
from sqlalchemy import select

from programme.accounts import services
from programme.core import jobs, mail
from programme.core.clock import now
from programme.core.mail import Mail, MessageState, OutboxMessage
from programme.core.unit_of_work import unit_of_work
from tests.factories.people import NOON

pytestmark = pytest.mark.db


class Postman:
    """Keeps what it is given; `answer` is said to each message."""

    def __init__(self):
        self.letters = []
        self.answer = "250 OK"
        self.asked = 0

    async def handle_DATA(self, _server, _session, envelope):
        self.asked += 1
        if self.answer.startswith("250"):
            letter = email.message_from_bytes(envelope.content, policy=email.policy.default)
            self.letters.append((envelope.mail_from, envelope.rcpt_tos, letter))
        return self.answer


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def lead_to(app, monkeypatch, port):
    """Send by SMTP to this port of the loopback; the extension sends nothing by itself under test."""
    monkeypatch.setitem(app.config, "MAIL_FOLDER", None)
    for name, value in (("server", "127.0.0.1"), ("port", port), ("suppress", False)):
        monkeypatch.setattr(app.extensions["mail"], name, value)


@pytest.fixture
def postman(app, monkeypatch):
    handler = Postman()
    controller = Controller(handler, hostname="127.0.0.1", port=free_port(), ready_timeout=10)
    controller.start()
    lead_to(app, monkeypatch, controller.port)
    yield handler
    controller.stop()


def queue(text="Bonjour Léa,\n\nL’été à l’étang : 1 500 €.\n"):
    with unit_of_work():
        return mail.queue(Mail("lea@exemple.fr", "Reçu : l’œuvre d’été", text, f"<p>{text}</p>"), at=now())


def kept(db):
    db.session.rollback()
    db.session.expire_all()
    return db.session.scalars(select(OutboxMessage)).one()


def test_a_queued_mail_is_sent_with_its_accents_and_its_number(db, app, postman):
    row = queue()
    assert jobs.run_next()
    [(sender, recipients, letter)] = postman.letters
    assert recipients == ["lea@exemple.fr"]
    assert sender == app.config["MAIL_FROM"]
    assert letter["Subject"] == "Reçu : l’œuvre d’été"
    assert letter["Message-ID"] == row.message_id
    assert letter["From"].addresses[0].display_name == "Région Démonstration"
    assert letter["Reply-To"] == app.config["REGION"].contact_email
    assert letter.get_body(("plain",)).get_content().split() == row.text.split()
    assert "L’été à l’étang" in letter.get_body(("html",)).get_content()
    sent = kept(db)
    assert (sent.state, sent.sent_at is None) == (MessageState.SENT, False)


def test_a_whole_mail_of_the_house_arrives(db, postman):
    with unit_of_work():
        services.sign_up("lea@exemple.fr", "Léa Œuvrard", "hash", at=now())
    jobs.run_until_idle()
    [(_sender, _recipients, letter)] = postman.letters
    assert letter["Subject"] == "Confirmez votre adresse pour ouvrir votre compte"
    plain, html = (letter.get_body((kind,)).get_content() for kind in ("plain", "html"))
    assert "au nom de Léa Œuvrard" in " ".join(plain.split())
    assert "au nom de Léa Œuvrard" in " ".join(html.split())
    assert "http://localhost/inscription/confirmer/" in plain
    assert max(len(line) for line in plain.splitlines() if "http" not in line) <= 78


@pytest.mark.parametrize("answer", ["451 4.3.0 Try again later", "550 5.7.1 Not you", "421 4.7.0 Closing"])
def test_a_server_that_refuses_is_asked_again_and_nothing_is_lost(db, postman, answer):
    with time_machine.travel(now(), tick=False) as clock:
        row = queue()
        postman.answer = answer
        for _ in range(3):
            assert jobs.run_next()
            assert kept(db).state is MessageState.WAITING
            clock.shift(3600)
        postman.answer = "250 OK"
        assert jobs.run_next()
    assert [letter["Message-ID"] for _, _, letter in postman.letters] == [row.message_id]
    assert kept(db).state is MessageState.SENT


def test_a_server_that_is_away_is_asked_again(db, app, postman, monkeypatch):
    with time_machine.travel(now(), tick=False) as clock:
        queue()
        away = app.extensions["mail"].port
        monkeypatch.setattr(app.extensions["mail"], "port", 1)
        assert jobs.run_next()
        assert kept(db).state is MessageState.WAITING
        monkeypatch.setattr(app.extensions["mail"], "port", away)
        clock.shift(60)
        assert jobs.run_next()
    assert len(postman.letters) == 1


def test_a_rolled_back_act_sends_nothing(db, postman):
    with pytest.raises(KeyError), unit_of_work():
        mail.queue(Mail("lea@exemple.fr", "Jamais", "x", "<p>x</p>"), at=NOON)
        raise KeyError
    assert jobs.run_until_idle() == 0
    assert postman.letters == []


def test_a_mail_that_was_sent_is_not_sent_again(db, postman):
    row = queue()
    jobs.run_until_idle()
    mail.send({"message": row.id})
    assert len(postman.letters) == 1


def test_a_worker_that_dies_after_sending_sends_the_same_number_again(db, postman):
    with time_machine.travel(now(), tick=False) as clock:
        row = queue()
        jobs._claim(now(), "dies")
        mail._transport(kept(db))
        clock.shift(jobs.LEASE + timedelta(seconds=1))
        jobs.run_until_idle()
    assert [letter["Message-ID"] for _, _, letter in postman.letters] == [row.message_id] * 2


def test_a_silent_server_does_not_hold_the_worker(db, app, monkeypatch):
    monkeypatch.setattr(mail, "SMTP_STEP_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        lead_to(app, monkeypatch, silent.getsockname()[1])
        queue()
        assert jobs.run_next()
    assert kept(db).state is MessageState.WAITING


def test_a_subject_never_holds_a_line_end(db):
    made = mail.compose("organisations/invited", to="x@exemple.fr", organisation=_Named("A\nBcc: mal@exemple.fr"),
                        by=_Named("B"), token="1")  # fmt: skip
    assert "\n" not in made.subject


class _Named:
    def __init__(self, name):
        self.name = self.display_name = name


def test_links_come_from_the_configuration_never_from_the_request(app, db):
    with app.test_request_context("/", headers={"Host": "mal.example"}):
        assert mail.link("accounts.sign_in") == "http://localhost/connexion"

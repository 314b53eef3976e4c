"""Mails that come back: reports of mail servers as they are really written (RFC 3464)."""

import mailbox

import pytest
from sqlalchemy import select

from programme.core import bounces, jobs, mail
from programme.core.clock import now
from programme.core.mail import Mail, MessageState, OutboxMessage
from programme.core.unit_of_work import unit_of_work

REPORT = """\
From: MAILER-DAEMON@mx.example\r
To: ne-pas-repondre@region.example\r
Subject: Undelivered Mail Returned to Sender\r
MIME-Version: 1.0\r
Content-Type: multipart/report; report-type=delivery-status; boundary="XX"\r
\r
--XX\r
Content-Type: text/plain\r
\r
I could not deliver your message.\r
--XX\r
Content-Type: message/delivery-status\r
\r
Reporting-MTA: dns; mx.example\r
\r
Final-Recipient: rfc822; lea@exemple.fr\r
Action: {action}\r
Status: 5.1.1\r
Diagnostic-Code: smtp; 550 5.1.1 <lea@exemple.fr>: user unknown\r
\r
--XX\r
Content-Type: {kind}\r
\r
From: ne-pas-repondre@region.example\r
Message-ID: {number}\r
Subject: =?utf-8?q?Votre_re=C3=A7u?=\r
\r
--XX--\r
"""


def report(number, action="failed", kind="message/rfc822"):
    return REPORT.format(number=number, action=action, kind=kind).encode()


@pytest.fixture
def sent(db):
    with unit_of_work():
        number = mail.queue(Mail("lea@exemple.fr", "Votre reçu", "Bonjour.", "<p>Bonjour.</p>"), at=now()).message_id
    jobs.run_until_idle()
    return number


def row(db):
    db.session.rollback()
    db.session.expire_all()
    return db.session.scalars(select(OutboxMessage)).one()


@pytest.mark.parametrize("kind", ["message/rfc822", "text/rfc822-headers"])
def test_a_report_names_the_mail_and_the_reason(kind):
    bounce = bounces.read(report("<1@region.example>", kind=kind))
    assert (bounce.message_id, bounce.reply) == ("<1@region.example>", "5.1.1 550 5.1.1 <lea@exemple.fr>: user unknown")


@pytest.mark.parametrize("junk", [b"", b"\x00\xff" * 50, b"Subject: absent\r\n\r\nJe suis en vacances.", report("<1@x>", "delayed"),
                                  report("<1@x>", "delivered"), report(""), b"x" * (bounces.MAX_REPORT + 1)])  # fmt: skip
def test_what_is_no_definitive_failure_is_left(junk):
    assert bounces.read(junk) is None


@pytest.mark.db
def test_a_mail_that_came_back_is_refused_without_its_address_in_the_words(app, db, sent):
    done = app.test_cli_runner().invoke(args=["mail", "bounces"], input=report(sent))
    assert done.exit_code == 0, done.output
    assert "1 message(s) lu(s), 1 courriel(s) revenu(s)." in done.output
    back = row(db)
    assert (back.state, back.last_error) == (MessageState.REFUSED, "bounce 5.1.1 550 5.1.1 <…>: user unknown")
    assert back.sent_at is not None
    again = app.test_cli_runner().invoke(args=["mail", "bounces"], input=report(sent))
    assert "0 courriel(s)" in again.output


@pytest.mark.db
def test_a_folder_is_read_once_and_the_mails_of_others_are_left(app, db, sent, tmp_path):
    box = mailbox.Maildir(str(tmp_path / "box"))
    for content in (report("<other@elsewhere.example>"), b"Subject: absent\n\nPlus tard.\n", report(sent)):
        box.add(content)
    done = app.test_cli_runner().invoke(args=["mail", "bounces", str(tmp_path / "box")])
    assert "3 message(s) lu(s), 1 courriel(s) revenu(s)." in done.output
    assert row(db).state is MessageState.REFUSED
    again = app.test_cli_runner().invoke(args=["mail", "bounces", str(tmp_path / "box")])
    assert "0 message(s) lu(s)" in again.output
    assert len(box) == 3

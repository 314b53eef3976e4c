"""STARTTLS with the mail server: a certificate that nobody vouches for, a server without it, a handshake that hangs."""

import ssl
import time

import pytest

from programme.core import smtp
from programme.core.smtp import MailFault
from tests.faults.servers import PostOffice


@pytest.fixture
def office(identity):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(identity)
    with PostOffice(context) as opened:
        yield opened


def deliver(office, ca_file=None, **limits):
    server = smtp.Server("127.0.0.1", office.port, "exemple.fr", tls=True, ca_file=ca_file, **limits)
    smtp.deliver(server, sender="a@exemple.fr", recipient="b@exemple.fr", content=b"Subject: x\n\nx\n")


def test_a_trusted_server_is_given_the_mail_under_cover(office, identity):
    deliver(office, str(identity))
    [kept] = office.letters
    assert kept.secure


def test_a_server_that_nobody_vouches_for_is_given_nothing(office):
    with pytest.raises(smtp.Undelivered) as refusal:
        deliver(office)
    assert refusal.value.fault is MailFault.INSECURE
    assert not any(each.recipients or each.letter for each in office.conversations)


def test_a_server_without_tls_is_given_nothing():
    with PostOffice() as plain:
        with pytest.raises(smtp.Undelivered) as refusal:
            deliver(plain)
        assert not any(each.recipients for each in plain.conversations)
    assert refusal.value.fault is MailFault.INSECURE


def test_a_handshake_that_hangs_ends_in_time(office, identity):
    office.plan = [("tls", "hang")]
    began = time.monotonic()
    with pytest.raises(smtp.Undelivered) as refusal:
        deliver(office, str(identity), step=0.3, total=1)
    assert refusal.value.fault is MailFault.TIMEOUT
    assert time.monotonic() - began < 2

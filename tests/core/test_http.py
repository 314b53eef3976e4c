"""The one door to other machines: whatever the other one does, the caller goes on in time, and asks nobody else."""

import contextlib
import json
import ssl
import threading
import time
from datetime import UTC, datetime

import pytest
import time_machine
from sqlalchemy import func, select

import config
from programme.core import http
from programme.core.limits import Attempt
from programme.core.unit_of_work import WriteOutsideUnitOfWork, unit_of_work
from tests.factories.people import NOON
from tests.organisations.fake_registry import LIMIT, LONG, Mood, lasts, registry

pytestmark = pytest.mark.db


@pytest.fixture
def server():
    with registry() as opened:
        opened.body = b'{"here": [1, "\xc3\xa9"]}'
        yield opened


@pytest.fixture
def outside(app, db, server, monkeypatch):
    """The settings name this server, and a small limit."""
    monkeypatch.setitem(app.config, "COMPANY_REGISTRY_URL", server.address)
    monkeypatch.setitem(app.config, "OUTGOING_SECONDS", LIMIT)
    return app.config


def ask(server, path="/search", **query):
    return http.get_json(f"{server.address}{path}", query or {"q": "1"})


def failures(db):
    return db.session.scalar(select(func.count()).select_from(Attempt))


def test_a_service_is_asked_and_its_value_read(outside, server):
    assert ask(server, q="a b&é") == {"here": [1, "é"]}
    [(path, headers)] = server.asked
    assert path == "/search?q=a+b%26%C3%A9"
    assert headers["User-Agent"] == "Programme (+http://localhost)"


# ---- time and size ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mood", "kind"),
    [
        (Mood.SLOW, http.Unreachable),
        (Mood.DRIPPING, http.Unreachable),
        (Mood.DRIPPING_HEADERS, http.Unreachable),
        (Mood.CUT, http.Unreachable),
        (Mood.SHORT, http.Unreadable),
        (Mood.BUSY, http.Refused),
        (Mood.BROKEN, http.Refused),
        (Mood.PAGE, http.Unreadable),
        (Mood.LARGE, http.Unreadable),
        (Mood.MOVED, http.Refused),
    ],
)
def test_each_fault_has_its_name_and_ends_in_time(outside, server, mood, kind):
    server.mood = mood
    with lasts(LIMIT + 2), pytest.raises(http.OutsideFault) as fault:
        ask(server)
    assert type(fault.value) is kind


@pytest.mark.slow
@pytest.mark.parametrize("mood", [Mood.SLOW, Mood.DRIPPING])
def test_control_with_a_long_limit_the_slow_ones_answer_and_take_their_time(outside, server, mood):
    server.mood, outside["OUTGOING_SECONDS"] = mood, 10
    began = time.perf_counter()
    assert ask(server)
    assert time.perf_counter() - began > LONG - 0.2


def test_a_machine_that_is_not_there(outside, server, monkeypatch):
    monkeypatch.setitem(outside, "COMPANY_REGISTRY_URL", "http://127.0.0.1:9")
    with lasts(LIMIT + 2), pytest.raises(http.Unreachable):
        http.get_json("http://127.0.0.1:9/search", {})


def test_a_name_that_is_looked_up_for_ever_holds_nobody(outside, server, monkeypatch):
    over = threading.Event()
    monkeypatch.setattr("socket.getaddrinfo", lambda *_args, **_kwargs: over.wait(5) and [])
    with lasts(LIMIT + 2), pytest.raises(http.Unreachable):
        ask(server)
    over.set()


def test_no_connection_is_left_open_behind_the_caller(outside, server):
    before = threading.active_count()
    server.mood = Mood.DRIPPING
    with pytest.raises(http.Unreachable):
        ask(server)
    for _turn in range(10):  # Left alone, the server would drip for longer than this.
        if threading.active_count() <= before + 1:  # The server's own thread may still drip.
            return
        time.sleep(0.05)
    pytest.fail("the exchange goes on")


def test_an_answer_of_one_megabyte_is_read_and_one_byte_more_is_not(outside, server):
    server.body = b'"' + b"x" * (http.LARGEST - 2) + b'"'
    assert len(ask(server)) == http.LARGEST - 2
    server.body += b" "
    with pytest.raises(http.Unreadable):
        ask(server)


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"<html>", b'{"a": NaN}', b"-Infinity", b'"\xff\xfe"', b"[" * 100_000, b"1" * 5000],
)
def test_what_is_no_json_is_unreadable(outside, server, body):
    server.body = body
    with pytest.raises(http.Unreadable):
        ask(server)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("5", 5), ("", None), ("soon", None), ("-3", None), ("9" * 30, None), ("Mon, 23 Nov 2026 11:00:07 GMT", 7)],
)
def test_the_time_to_wait_is_read(header, seconds):
    with time_machine.travel(NOON, tick=False):
        assert http._seconds(header) == seconds


def test_a_refusal_says_its_number_and_the_time_to_wait(outside, server):
    server.mood = Mood.BUSY
    with pytest.raises(http.Refused) as refused:
        ask(server)
    assert (refused.value.status, refused.value.retry_after) == (429, 5)


# ---- whom it asks -------------------------------------------------------------------------------


def test_a_redirection_is_not_followed(outside, server):
    with registry() as other:
        server.mood, server.elsewhere = Mood.MOVED, other.address
        with pytest.raises(http.Refused) as refused:
            ask(server)
        assert refused.value.status == 302
        assert (len(server.asked), other.asked) == (1, [])
        outside["COMPANY_REGISTRY_URL"] = other.address
        ask(other)
        assert len(other.asked) == 1, "control: the other machine notes who asks"


@pytest.mark.parametrize(
    "address",
    [
        "https://registry.example/search",
        "http://127.0.0.1:1/search",
        "http://localhost:{port}/search",
        "http://someone@127.0.0.1:{port}/search",
        "http://127.0.0.1:{port}@registry.example/search",
        "ftp://127.0.0.1:{port}/search",
        "file:///etc/hostname",
    ],
)
def test_only_the_machines_of_the_settings_are_asked(outside, server, address):
    with pytest.raises(http.NotAllowed):
        http.get_json(address.format(port=server.server_port), {})
    assert server.asked == []


def test_nothing_is_asked_without_a_setting_nor_in_clear_in_production(outside, server, monkeypatch):
    monkeypatch.setitem(outside, "LOOPBACK_IN_CLEAR", False)
    with pytest.raises(http.NotAllowed):
        ask(server)
    monkeypatch.setitem(outside, "LOOPBACK_IN_CLEAR", True)
    monkeypatch.setitem(outside, "COMPANY_REGISTRY_URL", "")
    with pytest.raises(http.NotAllowed):
        ask(server)
    assert server.asked == []


@pytest.mark.parametrize(
    ("kind", "address", "accepted"),
    [
        (config.Production, "", True),
        (config.Production, "https://registry.example", True),
        (config.Production, "https://registry.example:8443/v3/", True),
        (config.Production, "http://registry.example", False),
        (config.Production, "http://127.0.0.1:8000", False),
        (config.Development, "http://127.0.0.1:8000", True),
        (config.Development, "http://[::1]:8000/v3", True),
        (config.Development, "http://registry.example", False),
        (config.Development, "https://someone:secret@registry.example", False),
        (config.Development, "https://registry.example/search?q=", False),
        (config.Development, "registry.example", False),
    ],
)
def test_an_address_that_is_none_refuses_the_start(monkeypatch, kind, address, accepted):
    monkeypatch.setattr(kind, "COMPANY_REGISTRY_URL", address)
    refusal = contextlib.nullcontext() if accepted else pytest.raises(config.MissingSetting, match="COMPANY_REGISTRY")
    with refusal:
        kind.check_outgoing()


def test_nobody_waits_for_another_machine_with_a_transaction_open(outside, server):
    with pytest.raises(WriteOutsideUnitOfWork), unit_of_work():
        ask(server)
    assert server.asked == []


# ---- under TLS ----------------------------------------------------------------------------------


@pytest.mark.parametrize("trusted", [True, False])
def test_a_certificate_that_nobody_vouches_for_is_no_answer(outside, identity, monkeypatch, trusted):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(identity)
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(identity))
    with registry(context) as secured:
        address = secured.address.replace("http:", "https:")
        outside["COMPANY_REGISTRY_URL"], outside["OUTGOING_SECONDS"] = address, 3
        expected = contextlib.nullcontext() if trusted else pytest.raises(http.Unreachable, match="CertVerification")
        with expected:
            assert http.get_json(f"{address}/search", {"q": "1"})["total_results"] == 0
        assert len(secured.asked) == int(trusted)


# ---- a host that fails --------------------------------------------------------------------------


def fail(server, times):
    for _turn in range(times):
        with pytest.raises(http.OutsideFault):
            ask(server)


def test_a_host_that_fails_three_times_in_a_row_is_left_alone_then_asked_again(outside, server):
    with time_machine.travel(NOON, tick=False) as clock:
        server.mood = Mood.BROKEN
        fail(server, 3)
        assert len(server.asked) == 3
        server.mood = Mood.SOUND
        clock.shift(29)
        with pytest.raises(http.Unreachable, match="left alone"):
            ask(server)
        assert len(server.asked) == 3
        clock.shift(2)
        assert ask(server)
        assert ask(server)


def test_control_two_failures_or_failures_far_apart_leave_it_asked(outside, server, db):
    with time_machine.travel(NOON, tick=False) as clock:
        server.mood = Mood.BROKEN
        fail(server, 2)
        clock.shift(61)
        fail(server, 2)
        assert len(server.asked) == 4
        assert failures(db) == 2, "what is too old is not kept"
        server.mood = Mood.SOUND
        ask(server)
        assert failures(db) == 0, "an answer ends the row"
        server.mood = Mood.BROKEN
        fail(server, 2)
        assert len(server.asked) == 7


def test_a_host_that_still_fails_is_left_alone_again(outside, server):
    with time_machine.travel(NOON, tick=False) as clock:
        server.mood = Mood.PAGE
        fail(server, 5)
        assert len(server.asked) == 3
        clock.shift(31)
        fail(server, 3)
        assert len(server.asked) == 4


def test_a_question_that_is_wrong_is_no_failure_of_the_host(outside, server, db):
    server.status = 404
    fail(server, 5)
    assert (len(server.asked), failures(db)) == (5, 0)


def test_every_process_knows_since_the_failures_are_in_the_database(outside, server, db):
    server.mood = Mood.BROKEN
    fail(server, 2)
    with unit_of_work() as session:  # As another process would note its own.
        known = session.scalars(select(Attempt.subject_digest)).first()
        session.add(Attempt(subject_digest=known, at=datetime.now(UTC)))
    fail(server, 1)
    assert len(server.asked) == 2
    assert str(server.server_port) not in json.dumps(db.session.scalars(select(Attempt.subject_digest)).all())

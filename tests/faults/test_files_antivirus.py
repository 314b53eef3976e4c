"""The antivirus: every fault of the scanner leaves a file pending, and pending or infected means closed to staff."""

import io
import socket
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

import config
from programme.accounts.states import Role
from programme.applications.models import Application
from programme.applications.states import ApplicationState
from programme.core import jobs, storage
from programme.core.jobs import Job
from programme.core.mail import OutboxMessage
from programme.core.storage import ScanState, StoredFile, antivirus, scanning
from programme.core.unit_of_work import unit_of_work
from tests.factories import applications
from tests.factories.people import NOON, account, signed_in, visitor_for
from tests.faults.fake_clamd import EICAR, Mood, clamd
from tests.pages import plain

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
FAULTS = [Mood.SLOW, Mood.TRUNCATED, Mood.CUT, Mood.SMALL, Mood.FAULTY, Mood.CHATTY]
BIG = PDF + b"\0" * 300_000


def ask(server, data, seconds=1.0):
    return antivirus.scan(data, address=server.address, seconds=seconds)


@pytest.mark.parametrize("data", [PDF, BIG, b"", b"x" * 65_536, b"x" * 65_537])
def test_a_sound_file_is_safe_and_arrives_whole(data):
    with clamd() as server:
        assert ask(server, data).is_safe
        assert server.read == [data]


def test_an_infected_file_is_named():
    with clamd() as server:
        assert ask(server, BIG + EICAR).threat == "Eicar-Test-Signature"


def test_a_socket_of_the_machine_serves_as_well(tmp_path):
    with clamd(str(tmp_path / "clamd.ctl")) as server:
        assert ask(server, EICAR).threat == "Eicar-Test-Signature"


@pytest.mark.parametrize("mood", FAULTS)
def test_a_faulty_scanner_gives_no_verdict(mood):
    with clamd(mood=mood) as server, pytest.raises(antivirus.ScannerUnavailable):
        ask(server, BIG, seconds=0.3)


def test_control_the_same_scanner_answers_when_it_is_sound_again():
    with clamd(mood=Mood.TRUNCATED) as server:
        server.mood = Mood.SOUND
        assert ask(server, BIG, seconds=0.3).is_safe


def test_a_stopped_scanner_gives_no_verdict(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    for address in (f"tcp://127.0.0.1:{port}", f"unix://{tmp_path}/none.ctl"):
        with pytest.raises(antivirus.ScannerUnavailable):
            antivirus.scan(PDF, address=address, seconds=0.3)


@pytest.mark.parametrize(
    "answer", ["OK", "stream: OK\nstream: X FOUND", "stream:  FOUND", "x: OK", "stream: OK FOUNDER", ""]
)
def test_only_the_documented_answers_are_a_verdict(answer):
    with pytest.raises(antivirus.ScannerUnavailable):
        antivirus._verdict(answer)


def test_production_starts_without_scanner_only_when_told_so(monkeypatch):
    for name in ("SECRET_KEY", "PUBLIC_URL", "TRUSTED_HOSTS", "DATABASE_URL", "MAIL_SERVER", "MAIL_FROM"):
        monkeypatch.setenv(name, "x" * 40)
    monkeypatch.delenv("ACCEPT_UNSCANNED_FILES", raising=False)
    with pytest.raises(config.MissingSetting, match="antivirus"):
        config.Production.check()
    monkeypatch.setattr(config.Production, "CLAMD_ADDRESS", "tcp://clamd:3310")
    config.Production.check()
    monkeypatch.setattr(config.Production, "CLAMD_ADDRESS", "clamd:3310")
    with pytest.raises(config.MissingSetting, match="CLAMD_ADDRESS"):
        config.Production.check()


@pytest.fixture
def scanner(app, db, monkeypatch):
    """An instance with a scanner, at noon."""
    with clamd() as server, time_machine.travel(NOON, tick=False) as clock:
        monkeypatch.setitem(app.config, "CLAMD_ADDRESS", server.address)
        monkeypatch.setitem(app.config, "CLAMD_SECONDS", 0.3)
        server.clock = clock
        yield server


def give(data=PDF, by=None, name="a.pdf"):
    with unit_of_work():
        return storage.keep(storage.write_bytes(data, name, "application/pdf"), by=by, at=NOON).key


def state(db, key):
    db.session.rollback()
    db.session.expire_all()
    return db.session.scalars(select(StoredFile.scan).where(StoredFile.key == key)).one()


@pytest.mark.db
def test_the_worker_opens_what_is_safe_and_closes_what_is_not(db, scanner):
    safe, bad = give(), give(PDF + EICAR)
    assert (state(db, safe), state(db, bad)) == (ScanState.PENDING, ScanState.PENDING)
    jobs.run_until_idle()
    assert (state(db, safe), state(db, bad)) == (ScanState.SAFE, ScanState.INFECTED)


@pytest.mark.db
@pytest.mark.parametrize("mood", FAULTS)
def test_a_fault_leaves_the_file_pending_and_a_sound_scanner_drains_the_queue(db, scanner, mood):
    scanner.mood = mood
    key = give(BIG)
    jobs.run_until_idle()
    assert state(db, key) is ScanState.PENDING
    scanner.mood = Mood.SOUND
    scanner.clock.shift(timedelta(hours=2))
    jobs.run_until_idle()
    assert state(db, key) is ScanState.SAFE


@pytest.mark.db
def test_a_file_whose_job_gave_up_gets_another_and_only_one(db, scanner):
    key = give()
    with unit_of_work() as session:
        for job in session.scalars(select(Job).where(Job.kind == "files.scan")):
            session.delete(job)
    scanning.rescan()
    jobs.run_until_idle()
    assert state(db, key) is ScanState.PENDING, "too young: its own job may be on its way"
    scanner.clock.shift(timedelta(minutes=11))
    scanning.rescan()
    scanning.rescan()
    assert len(db.session.scalars(select(Job).where(Job.kind == "files.scan")).all()) == 1
    jobs.run_until_idle()
    assert state(db, key) is ScanState.SAFE


@pytest.mark.db
@pytest.mark.parametrize("known", [each for each in ScanState if each is not ScanState.PENDING])
def test_a_verdict_changes_only_what_is_pending(db, scanner, known):
    key = give()
    with unit_of_work() as session:
        session.scalars(select(StoredFile).where(StoredFile.key == key)).one().scan = known
    for threat in (None, "Late"):
        assert not scanning.conclude(key, antivirus.Verdict(threat), at=NOON)
    assert state(db, key) is known


@pytest.mark.db
def test_the_job_run_twice_asks_once_and_tells_once(db, scanner):
    with unit_of_work():
        person = account(email="camille@a.fr")
    key = give(PDF + EICAR, by=person, name="budget 2026.pdf")
    for _ in range(2):
        scanning.scan({"key": key})
    assert scanner.asked == 1
    mails = db.session.scalars(select(OutboxMessage)).all()
    assert [each.recipient for each in mails] == ["camille@a.fr"]
    assert "budget 2026.pdf" in plain(mails[0].text)
    assert "infecté" in mails[0].subject


@pytest.fixture
def handed_in(app, db, scanner):
    """An application handed in while the scanner was slow, its applicant, an officer."""
    with unit_of_work():
        person = account(name="Camille")
        made = applications.submitted(by=person)
        reference, piece = made.reference, made.pieces[0].file.public_id
    officer, _number = signed_in(app, Role.OFFICER_FILE)
    return reference, piece, visitor_for(app, person), officer


def judge(db, threat, public_id):
    key = db.session.scalars(select(StoredFile.key).where(StoredFile.public_id == public_id)).one()
    assert scanning.conclude(key, antivirus.Verdict(threat), at=NOON)


@pytest.mark.db
def test_the_deposit_never_waits_for_the_scanner(db, handed_in, scanner):
    reference, *_rest = handed_in
    made = db.session.scalars(select(Application).where(Application.reference == reference)).one()
    assert made.state is ApplicationState.SUBMITTED
    assert scanner.asked == 0


@pytest.mark.db
def test_staff_wait_for_the_verdict_and_the_giver_does_not(db, handed_in):
    reference, piece, applicant, officer = handed_in
    assert "analyse en cours" in plain(officer.get(f"/agents/dossiers/{reference}").text)
    assert "analyse en cours" in plain(officer.get(f"/agents/dossiers/pieces/{piece}", status=422).text)
    assert applicant.client.get(f"/dossiers/pieces/{piece}").data.startswith(b"%PDF")
    judge(db, None, piece)
    assert officer.client.get(f"/agents/dossiers/pieces/{piece}").data.startswith(b"%PDF")


@pytest.mark.db
def test_nobody_opens_an_infected_file_and_its_giver_is_told_on_the_page(db, handed_in):
    reference, piece, applicant, officer = handed_in
    judge(db, "Win.Test", piece)
    assert "fichier infecté, retiré" in plain(officer.get(f"/agents/dossiers/{reference}").text)
    assert "fichier infecté, retiré" in plain(applicant.get(f"/dossiers/{reference}").text)
    for who, path in ((officer, "/agents/dossiers/pieces/"), (applicant, "/dossiers/pieces/")):
        page = who.get(f"{path}{piece}", status=422)
        assert "fichier infecté, retiré" in plain(page.text)


@pytest.mark.db
def test_a_new_file_takes_the_place_of_an_infected_one(app, db, scanner):
    with unit_of_work():
        person = account(name="Camille")
        draft = applications.ready_draft(by=person)
        reference, piece_id, public_id = draft.reference, draft.pieces[0].id, draft.pieces[0].file.public_id
    judge(db, "Win.Test", public_id)
    applicant, path = visitor_for(app, person), f"/dossiers/{reference}/pieces"
    assert "Envoyez-en un autre" in plain(applicant.get(path).text)
    values = {"csrf_token": applicant.token(path), f"file-{piece_id}": (io.BytesIO(PDF), "sain.pdf")}
    assert applicant.client.post(f"{path}/{piece_id}", data=values).status_code == 302
    assert "Envoyez-en un autre" not in plain(applicant.get(path).text)


@pytest.mark.db
def test_control_without_scanner_a_file_opens_and_says_so(app, db):
    with unit_of_work():
        made = applications.submitted(by=account())
        reference, piece = made.reference, made.pieces[0].file.public_id
    officer, _number = signed_in(app, Role.OFFICER_FILE)
    assert "non analysé" in plain(officer.get(f"/agents/dossiers/{reference}").text)
    assert officer.client.get(f"/agents/dossiers/pieces/{piece}").data.startswith(b"%PDF")

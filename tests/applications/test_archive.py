"""The whole file taken away: names that every system accepts, the bytes of the store, nobody else's, no note for the carrier."""

import io
import json
import tracemalloc
import zipfile
from hashlib import sha256

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from programme.accounts.models import RoleGrant
from programme.accounts.states import Role
from programme.applications.models import Application, FilePrint, Piece
from programme.applications.rules import archive as rules
from programme.applications.services import archive as services
from programme.applications.services import printing
from programme.core import jobs, storage
from programme.core.consultations import Consultation, Consulted
from programme.core.storage import ScanState, StoredFile
from programme.core.unit_of_work import unit_of_work
from programme.extensions import db as database
from programme.organisations.states import MembershipRole
from tests.factories import calls
from tests.factories.applications import PDF, draft, submitted
from tests.factories.assessment import assigned, fresh, officer, reader, under_review
from tests.factories.messages import asked_by_carrier, said
from tests.factories.people import NOON, account, member, organisation, signed_in, visitor_for

NOTE, QUESTION = "Note du service, entre nous.", "Combien d’écoles ?"


# ---- pure ------------------------------------------------------------------------------------------


@given(st.text(max_size=300), st.text(max_size=300))
def test_a_name_stays_in_its_folder_and_suits_every_system(label, original):
    name = rules.entry_name("pieces", 3, label, original)
    folder, _slash, rest = name.partition("/")
    assert (folder, rest[:2]) == ("pieces", "03")
    assert not set(rest) & set('<>:"/\\|?*\0\n\r')
    assert ".." not in name.split("/")
    assert not rest.endswith((".", " "))
    assert len(name) <= 150


@pytest.mark.parametrize(
    ("label", "original", "expected"),
    [
        ("RIB", "rib.pdf", "pieces/01-RIB-rib.pdf"),
        ("Statuts : à jour", "../../etc/passwd", "pieces/01-Statuts - à jour-passwd"),
        ("CON", "nul.pdf", "pieces/01-CON-nul.pdf"),
        ("", "a\u202egnp.exe", "pieces/01-agnp.exe"),
    ],
)
def test_names_are_read_by_people(label, original, expected):
    assert rules.entry_name("pieces", 1, label, original) == expected


def test_the_size_is_known_before_the_first_byte_leaves():
    entries = [
        services.Entry(name, NOON, len(data), sha256(data).hexdigest(), data=data)
        for name, data in (("a.txt", b"x" * 1000), ("é/à.pdf", b""), ("c.bin", bytes(range(256)) * 40))
    ]
    written = b"".join(services.stream(entries, lambda _key: b""))
    assert len(written) == rules.zip_size((each.name, each.size) for each in entries)
    with zipfile.ZipFile(io.BytesIO(written)) as archive:
        assert archive.testzip() is None
        assert [(each.filename, each.flag_bits & 0x08) for each in archive.infolist()] == [
            ("a.txt", 0),
            ("é/à.pdf", 0),
            ("c.bin", 0),
        ]
    assert rules.zip_size([("a", 2**31)]) is None


def test_a_file_cut_in_the_store_breaks_the_download_off():
    entry = services.Entry("a.pdf", NOON, 10, "", key="k")
    with pytest.raises(OSError, match="10"):
        list(services.stream([entry], lambda _key: b"short"))


def test_forty_pieces_of_twenty_megabytes_never_stand_in_memory_together():
    size = 20 * 1024 * 1024
    entries = [services.Entry(f"pieces/{place:02d}.pdf", NOON, size, "", key="k") for place in range(40)]
    tracemalloc.start()
    try:
        total = sum(len(part) for part in services.stream(entries, lambda _key: bytes(size)))
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert total > 40 * size
    assert peak < 5 * size


# ---- the pages -------------------------------------------------------------------------------------


@pytest.fixture
def noon(db):
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def file(app, noon):
    """A file with an exchange and a note: its reference, Camille, an officer."""
    with unit_of_work():
        camille, nadia = account(name="Camille"), officer("Nadia")
        made = submitted(by=camille)
        said(made, nadia, QUESTION, files=(("plan de l’école.pdf", PDF + b"plan", "application/pdf"),))
        said(made, nadia, NOTE, is_internal=True, files=(("secret.pdf", PDF + b"secret", "application/pdf"),))
        asked_by_carrier(made, camille, "Douze.")
        reference = made.reference
    return reference, visitor_for(app, camille), visitor_for(app, nadia)


def opened(visitor, address: str) -> zipfile.ZipFile:
    answer = visitor.get(address)
    assert int(answer.response.headers["Content-Length"]) == len(answer.body)
    archive = zipfile.ZipFile(io.BytesIO(answer.body))
    assert archive.testzip() is None
    return archive


def ours(reference: str) -> str:
    return f"/dossiers/{reference}/dossier.zip"


def theirs(reference: str) -> str:
    return f"/agents/dossiers/{reference}/dossier.zip"


@pytest.mark.db
def test_the_archive_holds_the_bytes_of_the_store_and_says_their_digests(file):
    reference, camille, _nadia = file
    archive = opened(camille, ours(reference))
    readme = archive.read("LISEZ-MOI.txt").decode("utf-8-sig")
    pieces = {each.file.sha256 for each in database.session.query(Piece).filter(Piece.file_id.is_not(None))}
    found = {sha256(archive.read(name)).hexdigest(): name for name in archive.namelist()}
    assert pieces <= set(found)
    for digest, name in found.items():
        assert name == "LISEZ-MOI.txt" or (name in readme and digest in readme), name
    assert "messages/01-plan de l’école.pdf" in archive.namelist()
    assert archive.read("messages/01-plan de l’école.pdf") == PDF + b"plan"
    data = json.loads(archive.read("donnees.json"))
    assert (data["reference"], data["requested_amount"]) == (reference, "13250.00")
    assert data["answers"][0]["answer"] == "Les services de voirie et les écoles."


@pytest.mark.db
def test_the_note_of_the_region_is_in_its_own_archive_and_in_no_other(file):
    reference, camille, nadia = file
    own, other = opened(nadia, theirs(reference)), opened(camille, ours(reference))
    whole = {archive: b"".join(archive.read(name) for name in archive.namelist()) for archive in (own, other)}
    assert NOTE.encode() in whole[own], "the control: the officer's archive has it"
    assert b"secret" in whole[own]
    assert NOTE.encode() not in whole[other]
    assert b"secret" not in whole[other]
    assert QUESTION.encode() in whole[other]
    assert "NOTE INTERNE" not in camille.get(f"/dossiers/{reference}/telechargement").text


@pytest.mark.db
def test_what_is_infected_or_not_analysed_is_left_out_and_the_readme_says_so(file):
    reference, camille, _nadia = file
    with unit_of_work():
        [piece] = database.session.query(Piece).filter(Piece.file_id.is_not(None))
        joined = database.session.query(StoredFile).filter_by(name="plan de l’école.pdf").one()
        piece.file.scan, joined.scan = ScanState.INFECTED, ScanState.PENDING
    archive = opened(camille, ours(reference))
    readme = archive.read("LISEZ-MOI.txt").decode("utf-8-sig")
    assert [each for each in archive.namelist() if each.startswith(("pieces/", "messages/"))] == []
    assert "fichier infecté, retiré" in readme
    assert "messages/01-plan de l’école.pdf" in readme
    assert "analyse par l’antivirus en cours" in readme


@pytest.mark.db
def test_nobody_else_takes_it_away(app, file):
    reference, camille, nadia = file
    with unit_of_work():
        other, louis = account(), account(name="Louis")
        member(other, organisation("Autre"))
        carrier = database.session.query(Application).filter_by(reference=reference).one().organisation
        member(louis, carrier, MembershipRole.READER)
    strangers = [visitor_for(app, other), nadia, signed_in(app, Role.ADMIN)[0]]
    for visitor in strangers:
        for end in ("dossier.zip", "dossier.pdf", "telechargement"):
            visitor.get(f"/dossiers/{reference}/{end}", status=404)
    for visitor in (visitor_for(app, other), camille, signed_in(app, Role.ELECTED)[0]):
        visitor.get(theirs(reference), status=404)
    assert opened(visitor_for(app, louis), ours(reference)).namelist()[0] == "LISEZ-MOI.txt"


@pytest.mark.db
def test_the_right_is_asked_again_at_each_download(app, file):
    reference, _camille, nadia = file
    opened(nadia, theirs(reference))
    with unit_of_work():
        database.session.query(RoleGrant).filter_by(role=Role.OFFICER_FILE).delete()
    nadia.get(theirs(reference), status=404)


@pytest.mark.db
def test_who_reads_blind_takes_nothing_away(app, noon):
    with unit_of_work():
        by = officer()
        blind = under_review(by, to=calls.open_call(blind_reading=True).sessions[0])
        person = reader(blind, "Inès")
        assigned(blind, person, by)
        person.grants.append(RoleGrant(role=Role.OFFICER_FILE, granted_at=NOON))
        reference = blind.reference
    visitor_for(app, person).get(theirs(reference), status=404)
    assert opened(visitor_for(app, by), theirs(reference)), "the control: another officer does"


@pytest.mark.db
def test_each_download_is_in_the_log_once(file):
    reference, _camille, nadia = file
    for _time in range(2):
        opened(nadia, theirs(reference))
    database.session.rollback()  # The line is written in a transaction of its own.
    [line] = database.session.query(Consultation).filter_by(kind=Consulted.ARCHIVE)
    assert line.reference == reference


# ---- the print -------------------------------------------------------------------------------------


def prints() -> list[tuple[bool, str]]:
    database.session.rollback()
    return [(each.file_id is not None, each.digest) for each in database.session.query(FilePrint)]


@pytest.mark.slow
def test_the_print_is_made_by_the_worker_and_goes_into_the_archive(file):
    reference, camille, nadia = file
    page = camille.post(f"/dossiers/{reference}/telechargement")
    assert "Le PDF du dossier se prépare" in page.text
    assert page.tree.xpath("//*[@data-waiting]")
    assert "telechargement" in camille.get(f"/dossiers/{reference}/dossier.pdf").path
    jobs.run_until_idle()
    answer = camille.get(f"/dossiers/{reference}/dossier.pdf")
    assert answer.body.startswith(b"%PDF")
    assert answer.body == opened(nadia, theirs(reference)).read("dossier.pdf"), "one print for both sides"
    assert answer.body == opened(camille, ours(reference)).read("dossier.pdf")


def test_it_is_asked_for_once_and_made_again_when_the_file_changes(app, file, monkeypatch):
    reference, camille, _nadia = file
    monkeypatch.setattr(printing.pdf, "render", lambda html: b"%PDF-1.7 " + sha256(html.encode()).digest())
    for _time in range(2):
        camille.post(f"/dossiers/{reference}/telechargement")
    assert database.session.query(jobs.Job).filter_by(kind=printing.PRINT).count() == 1
    jobs.run_until_idle()
    [(made, digest)] = prints()
    assert made
    camille.post(f"/dossiers/{reference}/telechargement")
    assert database.session.query(jobs.Job).filter_by(kind=printing.PRINT).count() == 1, "the file is the same"
    with unit_of_work():
        database.session.query(Application).filter_by(reference=reference).one().summary = "Autre résumé."
    assert "pas encore fait" in camille.get(f"/dossiers/{reference}/telechargement").text
    assert "dossier.pdf" not in opened(camille, ours(reference)).namelist()
    former = database.session.query(FilePrint).one().file.key
    camille.post(f"/dossiers/{reference}/telechargement")
    jobs.run_until_idle()
    [(made, other)] = prints()
    assert made
    assert other != digest
    assert database.session.query(StoredFile).filter_by(key=former).count() == 0


def test_a_draft_is_printed_as_empty_as_it_is(db):
    with unit_of_work():
        begun = draft(title="À peine commencé")
        assert "À peine commencé" in printing.page(begun, NOON)
        assert printing.digest_of(begun) == printing.digest_of(begun), "nothing in it moves by itself"
        assert services.data(begun)["requested_amount"] is None


def test_the_print_says_no_word_of_the_thread(file):
    reference, _camille, _nadia = file
    application = fresh(database.session.query(Application).filter_by(reference=reference).one())
    html = printing.page(application, NOON)
    assert NOTE not in html
    assert QUESTION not in html
    assert "Les services de voirie et les écoles." in html


def test_a_print_without_its_file_is_no_print(app, file):
    """The sweep of the store takes only what no row names: the print's bytes stay as long as its row."""
    reference, camille, _nadia = file
    camille.post(f"/dossiers/{reference}/telechargement")
    with unit_of_work():
        row = database.session.query(FilePrint).one()
        row.file = storage.keep(storage.write_bytes(PDF, "x.pdf", "application/pdf"), by=None)
    assert storage.read(database.session.query(FilePrint).one().file.key) == PDF

"""No room left, at five points: a clear refusal, nothing corrupt, and what was kept is still read."""

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from programme.core import storage
from programme.core.storage.local import LocalStore
from programme.core.unit_of_work import unit_of_work
from tests.factories import applications
from tests.factories.people import account, visitor_for
from tests.pages import plain

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
BIG = PDF + bytes(300_000)


@pytest.fixture
def small(app, tmp_path, monkeypatch):
    """A store on a file system of the given size, in an application context."""
    mounted = []

    def mount(options):
        folder = tmp_path / "store"
        folder.mkdir()
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", options, "none", str(folder)], capture_output=True, check=False
        )
        if done.returncode:
            pytest.skip("this machine lets nobody mount a small file system")
        mounted.append(folder)
        monkeypatch.setitem(app.config, "STORAGE_FOLDER", str(folder))
        return folder

    with app.test_request_context("/"):
        yield mount
    for folder in mounted:
        subprocess.run(["umount", str(folder)], check=True)


def left_overs(folder):
    return [each for each in folder.rglob("*") if each.is_file()]


def refused(data=BIG):
    with pytest.raises(storage.StoreFailing, match="la place manque") as refusal:
        storage.write(io.BytesIO(data), "budget.pdf")
    assert "« budget.pdf »" in refusal.value.message
    return refusal


def test_point_1_no_room_for_the_bytes(small):
    folder = small("size=200k")
    kept = storage.write(io.BytesIO(PDF), "a.pdf")
    refused()
    assert [each.name for each in left_overs(folder)] == [kept.key.split("/")[1]]
    assert storage.read(kept.key) == PDF
    assert storage.write(io.BytesIO(PDF), "b.pdf").size == len(PDF), "what fits is kept again at once"


def test_point_2_no_room_for_a_folder(small):
    folder = small("size=1m,nr_inodes=1")
    refused(PDF)
    assert left_overs(folder) == []


def test_point_3_no_room_for_the_name_of_a_file(small):
    folder = small("size=1m,nr_inodes=2")
    refused(PDF)  # The folder takes the last place.
    assert left_overs(folder) == []


def test_point_4_a_limit_on_the_size_of_files(tmp_path):
    """In a process of its own, which may write 100 kB a file: the writing stops in the middle."""
    code = """
import resource, sys
from pathlib import Path
from programme.core.storage import out_of_room
from programme.core.storage.local import LocalStore
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
store = LocalStore(Path(sys.argv[1]))
store.put("aa/" + "0" * 40, b"x" * 99_000)
try:
    store.put("aa/" + "1" * 40, b"x" * 300_000)
except OSError as fault:
    print(out_of_room(fault))
"""
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True, cwd=root,
        env=os.environ | {"PYTHONPATH": str(root)},
    )  # fmt: skip
    assert done.stdout.strip() == "True"
    assert [(each.name, each.stat().st_size) for each in left_overs(tmp_path)] == [("0" * 40, 99_000)]


@pytest.mark.db
def test_point_5_through_the_page_the_sentence_is_beside_the_piece_and_the_draft_is_whole(app, db, small):
    with unit_of_work():
        person = account()
        draft = applications.ready_draft(by=person)
        reference, number = draft.reference, draft.pieces[0].id
    before = draft.pieces[0].file.public_id
    small("size=200k")
    visitor, path = visitor_for(app, person), f"/dossiers/{reference}/pieces"
    values = {"csrf_token": visitor.token(path), f"file-{number}": (io.BytesIO(BIG), "budget.pdf")}
    answer = visitor.client.post(f"{path}/{number}", data=values)
    assert answer.status_code == 422
    assert "la place manque sur nos serveurs" in plain(answer.text)
    answer.close()
    db.session.expire_all()
    assert applications_piece(db, reference).file.public_id == before


def applications_piece(db, reference):
    from programme.applications import queries

    return db.session.scalars(queries.whole(reference)).unique().one().pieces[0]


def test_a_failure_of_another_kind_says_so(app, tmp_path, monkeypatch):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    monkeypatch.setitem(app.config, "STORAGE_FOLDER", str(blocked))
    with app.test_request_context("/"), pytest.raises(storage.StoreFailing, match="ne répond pas"):
        storage.write(io.BytesIO(PDF), "a.pdf")


def test_control_a_writing_that_does_not_clean_up_leaves_half_a_file(small):
    folder = small("size=200k")
    with pytest.raises(OSError), (folder / "naive").open("wb") as handle:
        handle.write(BIG)
        handle.flush()
    assert [each.name for each in left_overs(folder)] == ["naive"]


@pytest.mark.slow
def test_each_file_is_synced_then_named_then_its_folder_synced(tmp_path):
    """The order that a power cut asks for, seen from outside the process."""
    trace = tmp_path / "trace"
    code = "import sys; from pathlib import Path; from programme.core.storage.local import LocalStore as S\n"
    code += "s = S(Path(sys.argv[1])); s.put('aa/' + '0' * 40, b'x')"
    root = Path(__file__).resolve().parents[2]
    try:
        subprocess.run(
            ["strace", "-f", "-e", "trace=fsync,rename,openat", "-o", str(trace), sys.executable, "-c", code,
             str(tmp_path / "store")], check=True, capture_output=True, cwd=root, env=os.environ | {"PYTHONPATH": str(root)},
        )  # fmt: skip
    except FileNotFoundError:
        pytest.skip("no strace")
    calls = [line.split(" ", 1)[1].split("(")[0].strip() for line in trace.read_text().splitlines() if "(" in line]
    written = [each for each in calls if each in ("fsync", "rename")]
    assert written == ["fsync", "fsync", "fsync", "rename", "fsync"], "root, its parent, the file; its name; its folder"


def test_the_local_store_reads_what_it_wrote(tmp_path):
    store = LocalStore(tmp_path / "new" / "store")
    store.put("aa/" + "0" * 40, PDF)
    assert store.read("aa/" + "0" * 40) == PDF
    assert [key for key, _at in store.objects()] == ["aa/" + "0" * 40]
    store.delete(["aa/" + "0" * 40, "aa/none"])
    assert list(store.objects()) == []

"""Pictures of the gallery: a telephone fetches a copy of its size, without what a camera wrote; the original stays."""

import io
import secrets
from datetime import timedelta

import pytest
from PIL import Image
from sqlalchemy import func, select, update

from programme.core import jobs, storage
from programme.core.clock import now
from programme.core.jobs import Job, JobState
from programme.core.storage import ScanState, StoredFile, pictures
from programme.core.storage.sweep import orphans
from programme.core.unit_of_work import unit_of_work
from programme.reuses import jobs as worker
from programme.reuses import services
from programme.reuses.models import WIDTHS, Reuse, ReuseThumbnail
from tests.factories import reuses as make
from tests.factories.people import account

pytestmark = pytest.mark.db
GIVEN = "/reutilisations/respire-etang/image"
PLACE, ORIENTATION, MAKER = 0x8825, 0x0112, 0x010F


def photograph(size=(1600, 1200), form="JPEG", orientation=6):
    """A noisy picture, lying on its side, with the place where it was taken."""
    picture = Image.frombytes("RGB", (64, 64), secrets.token_bytes(64 * 64 * 3)).resize(size)
    said = Image.Exif()
    said[ORIENTATION], said[MAKER] = orientation, "Appareil de Léa"
    said.get_ifd(PLACE)[2] = (43.0, 17.0, 48.0)
    out = io.BytesIO()
    picture.save(out, form, exif=said, quality=95)
    return out.getvalue()


def opened(data):
    return Image.open(io.BytesIO(data))


def given(data, *, name="carte.jpg", media_type="image/jpeg", shown=True):
    """A picture that somebody sent, and the reuse that shows it."""
    written = storage.write_bytes(data, name, media_type)
    with unit_of_work():
        row = services.keep_picture(written, by=account(), at=now())
        if shown:
            make.reuse("Respire Étang", image=row, image_alt="Une carte.")
        return row.id


def copies(db):
    db.session.expire_all()
    found = dict(db.session.execute(select(ReuseThumbnail.width, ReuseThumbnail.file_id)).all())
    db.session.rollback()
    return found


# ---- the copy itself -----------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_copy_is_narrow_upright_light_and_says_nothing_of_the_camera(form):
    data = photograph(form=form)
    assert PLACE in opened(data).getexif()  # The control: the original says it.
    for width in WIDTHS:
        copy = pictures.shrunk(data, width)
        picture = opened(copy)
        assert (picture.format, picture.size) == ("WEBP", (width, width * 1600 // 1200))
        assert (dict(picture.getexif()), "exif" in picture.info, "xmp" in picture.info) == ({}, False, False)
        assert b"Appareil" not in copy
        assert len(copy) < len(data) / 2


def test_a_narrow_picture_keeps_its_width_and_its_transparency():
    out = io.BytesIO()
    Image.new("RGBA", (200, 100), (10, 20, 30, 0)).save(out, "PNG")
    copy = opened(pictures.shrunk(out.getvalue(), 480))
    assert (copy.size, copy.convert("RGBA").getpixel((5, 5))[3]) == ((200, 100), 0)


def test_a_very_tall_picture_is_bounded_too():
    assert opened(pictures.shrunk(photograph((20, 16_000), "PNG", 1), 480)).height <= 4 * 480


@pytest.mark.parametrize(
    "data",
    [b"", b"GIF89a" + bytes(40), b"\x89PNG\r\n\x1a\n" + bytes(60), photograph()[:900], b"<svg xmlns='x'/>"],
    ids=["nothing", "another kind", "no header", "cut", "svg"],
)
def test_what_cannot_be_read_gives_no_copy(data):
    assert pictures.shrunk(data, 480) is None


def test_a_picture_with_too_many_dots_is_not_decoded():
    out = io.BytesIO()
    Image.new("1", (8000, 8000)).save(out, "PNG")
    assert len(out.getvalue()) < 50_000
    assert pictures.shrunk(out.getvalue(), 480) is None


# ---- through the worker --------------------------------------------------------------------------


def test_the_original_is_served_until_the_copies_are_made_then_each_width_its_copy(visitor, db):
    data = photograph()
    given(data)
    asked = [f"{GIVEN}?largeur={width}" for width in WIDTHS]
    assert [visitor().client.get(each).data for each in asked] == [data, data]
    jobs.run_until_idle()
    for width, path in zip(WIDTHS, asked, strict=True):
        answer = visitor().client.get(path)
        assert (answer.status_code, answer.mimetype, opened(answer.data).width) == (200, "image/webp", width)
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert visitor().client.get(path, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    for other in ("", "?largeur=481", "?largeur=-1", "?largeur=x", "?largeur=99999999999999999999"):
        assert visitor().client.get(GIVEN + other).data == data
    assert db.session.get(StoredFile, copies(db)[480]).scan is ScanState.OURS


@pytest.mark.parametrize("path", ["/", "/reutilisations", "/reutilisations/respire-etang"])
def test_every_page_that_shows_it_offers_both_widths_and_the_room_it_has(visitor, path):
    given(photograph())
    jobs.run_until_idle()
    [picture] = visitor().get(path).tree.xpath("//img[@alt='Une carte.']")
    offered = [each.strip().split(" ") for each in picture.get("srcset").split(",")]
    assert [word for _address, word in offered] == [f"{width}w" for width in WIDTHS]
    assert [opened(visitor().client.get(address).data).width for address, _word in offered] == list(WIDTHS)
    assert picture.get("src") == offered[-1][0]
    assert picture.get("sizes").endswith("92vw")


def test_the_job_done_twice_makes_two_files_and_no_more(db):
    given(photograph())
    [payload] = db.session.scalars(select(Job.payload).where(Job.kind == services.SHRINK)).all()
    db.session.rollback()
    for _run in range(2):
        worker.shrink(payload)
    assert db.session.scalar(select(func.count(StoredFile.id))) == 1 + len(WIDTHS)


def test_a_picture_that_cannot_be_read_is_served_as_it_is_and_tried_once(visitor, db):
    data = photograph()[:900]
    given(data)
    jobs.run_until_idle()
    assert copies(db) == dict.fromkeys(WIDTHS)
    assert visitor().client.get(f"{GIVEN}?largeur=480").data == data
    worker.catch_up()
    assert jobs.run_until_idle() == 0


def test_older_pictures_get_their_copies_from_the_periodic_task(db):
    given(photograph())
    with unit_of_work() as session:
        session.execute(update(Job).values(state=JobState.DONE, finished_at=now()))
    worker.catch_up()
    worker.catch_up()  # One job each, however often it is asked.
    assert jobs.run_until_idle() == 1
    assert set(copies(db)) == set(WIDTHS)


def test_a_picture_not_analysed_yet_waits_and_an_infected_one_loses_its_copies(visitor, db):
    source = given(photograph())
    scanned(source, ScanState.PENDING)
    jobs.run_until_idle()
    assert copies(db) == {}
    scanned(source, ScanState.SAFE)
    worker.catch_up()
    jobs.run_until_idle()
    assert set(copies(db)) == set(WIDTHS)
    scanned(source, ScanState.INFECTED)
    visitor().get(f"{GIVEN}?largeur=480", 404)
    worker.catch_up()
    assert copies(db) == {}


def scanned(number, state):
    with unit_of_work() as session:
        session.execute(update(StoredFile).where(StoredFile.id == number).values(scan=state))


def test_copies_of_a_picture_that_no_reuse_shows_go_a_day_later_and_the_sweep_takes_their_bytes(db):
    given(photograph())
    jobs.run_until_idle()
    keys = {db.session.get(StoredFile, each).key for each in copies(db).values()}
    worker.catch_up()
    assert swept() & keys == set()  # A row names each of them.
    with unit_of_work() as session:
        session.execute(update(Reuse).values(image_id=None, image_alt=""))
    worker.catch_up()
    assert set(copies(db)) == set(WIDTHS)  # Perhaps a form that somebody is still filling in.
    with unit_of_work() as session:
        session.execute(update(StoredFile).values(uploaded_at=now() - worker.GRACE - timedelta(hours=1)))
    worker.catch_up()
    assert copies(db) == {}
    assert db.session.scalar(select(func.count(StoredFile.id))) == 1
    assert swept() & keys == keys


def swept():
    """What the sweep would remove: other tests have left files in the same store."""
    return {key for batch in orphans(timedelta(seconds=-5)) for key in batch}


def test_another_picture_has_other_copies(visitor, db):
    given(photograph())
    jobs.run_until_idle()
    first = visitor().client.get(f"{GIVEN}?largeur=480").data
    other = given(photograph(), shown=False)
    with unit_of_work() as session:
        session.execute(update(Reuse).values(image_id=other))
    jobs.run_until_idle()
    second = visitor().client.get(f"{GIVEN}?largeur=480").data
    assert (opened(second).width, second != first) == (480, True)

"""A large file is sent in parts: what came before a cut is not sent again, and nobody fills the store with beginnings."""

import hashlib
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from programme.applications import queries, services
from programme.applications.rules import reopening
from programme.core import storage
from programme.core.storage import sweep
from programme.core.storage.models import PartialFile
from programme.core.storage.partials import AT_ONCE, LIFE, PART, Announced, received
from programme.core.unit_of_work import unit_of_work
from programme.extensions import db as database
from tests.factories import applications
from tests.factories.people import NOON, account, member, visitor_for
from tests.factories.uploads import multipart

pytestmark = pytest.mark.db
CONTENT = applications.PDF[:-1] + b"%" * (2 * PART) + b"\n%%EOF\n"


@pytest.fixture(autouse=True)
def _at_noon(freeze):
    """The sessions of these tests accept applications at NOON."""


class Sender:
    """A browser that sends one file in parts, as upload.js does."""

    def __init__(self, visitor, reference, number, content=CONTENT, name="plan.pdf", stamp="1764"):
        self.visitor, self.reference, self.number = visitor, reference, number
        self.content, self.name, self.stamp = content, name, stamp
        self.page = f"/dossiers/{reference}/pieces"
        self.token = visitor.token(self.page)

    def part(self, offset, part=b"", *, status=200, **values):
        """Send a part from there on; what the server answers."""
        said = {"csrf_token": self.token, "name": self.name, "size": len(self.content), "stamp": self.stamp}
        body = multipart({**said, "offset": offset, **values}, "part", "blob", part)
        self.visitor._arrive()
        answer = self.visitor.client.post(f"{self.page}/{self.number}/envoi", **body)
        assert answer.status_code == status, answer.get_data(as_text=True)[:300]
        return answer.get_json()

    def all_from(self, offset):
        """Send all that did not come; the last answer."""
        while True:
            said = self.part(offset, self.content[offset : offset + PART])
            offset = said["received"]
            if offset == len(self.content):
                return said

    def hand_in(self, envoi, status=200):
        return self.visitor.post(
            f"{self.page}/{self.number}", {f"envoi-{self.number}": envoi}, form=self.page, status=status
        )


@pytest.fixture
def draft(app, db):
    with unit_of_work():
        person = account(name="Camille")
        made = applications.draft(by=person)
    return visitor_for(app, person), made.reference, first(made.reference).id


@pytest.fixture
def sender(draft):
    return Sender(*draft)


def first(reference):
    database.session.rollback()
    return database.session.scalars(queries.whole(reference)).one().pieces[0]


@pytest.fixture
def objects(app):
    """How many things lie in the store that did not before the test."""
    before = {key for key, _at in storage.store().objects()}
    return lambda: len({key for key, _at in storage.store().objects()} - before)


def rows():
    database.session.rollback()
    return database.session.scalar(select(func.count()).select_from(PartialFile))


def test_a_file_in_parts_becomes_the_very_file(sender, draft, objects):
    page = sender.hand_in(sender.all_from(0)["envoi"])
    assert "plan.pdf" in page.text
    assert first(draft[1]).file.sha256 == hashlib.sha256(CONTENT).hexdigest()
    assert (rows(), objects()) == (0, 1), "nothing is left of the parts"


def test_after_a_cut_it_goes_on_where_it_was(sender):
    sender.part(0, CONTENT[:PART])
    assert sender.part(0)["received"] == PART, "an empty part asks how far it went"
    sender.hand_in(sender.all_from(PART)["envoi"])


def test_a_part_that_came_and_whose_answer_was_lost_is_taken_once(sender, draft):
    for _again in range(2):
        assert sender.part(0, CONTENT[:PART])["received"] == PART
    sender.hand_in(sender.all_from(PART)["envoi"])
    assert first(draft[1]).file.sha256 == hashlib.sha256(CONTENT).hexdigest()


@pytest.mark.parametrize("offset", [1, PART - 1, PART + 1, 2 * PART])
def test_a_lie_on_the_offset_writes_nothing(sender, offset, objects):
    sender.part(0, CONTENT[:PART])
    before = objects()
    assert sender.part(offset, b"x" * 10)["received"] == PART
    assert objects() == before


@pytest.mark.parametrize(
    ("offset", "part", "values"),
    [(0, b"x" * (PART + 1), {}), (-1, b"x", {}), (len(CONTENT), b"x", {}), (0, b"x", {"size": "0"}), (0, b"xx", {"size": "1"})],
)  # fmt: skip
def test_what_no_browser_sends_is_refused(sender, offset, part, values, objects):
    assert "ne se suit pas" in sender.part(offset, part, status=422, **values)["message"].replace("\u202f", " ")
    assert (rows(), objects()) == (0, 0)


def test_a_file_that_is_too_large_or_beyond_the_share_is_refused_before_it_leaves(app, draft, monkeypatch):
    sender = Sender(*draft)
    assert "20" in sender.part(0, status=422, size=str(20 * 1024 * 1024 + 1))["message"]
    monkeypatch.setitem(app.config, "STORAGE_QUOTA_MB", 1)
    assert "votre organisme" in sender.part(0, status=422)["message"]
    assert rows() == 0


def test_what_is_not_complete_is_not_handed_in(sender, draft):
    envoi = sender.part(0, CONTENT[:PART])["envoi"]
    assert "n'est pas complet" in sender.hand_in(envoi, status=422).text
    assert first(draft[1]).file is None


def test_the_content_is_read_at_the_end_as_for_a_whole_file(draft):
    sender = Sender(*draft, content=b"MZ\x90\x00" + b"\x00" * PART)
    assert "n'est pas d'un type accepté" in sender.hand_in(sender.all_from(0)["envoi"], status=422).text
    assert first(draft[1]).file is None


def test_another_file_begins_again_and_leaves_nothing_of_the_first(draft, objects):
    Sender(*draft).part(0, CONTENT[:PART])
    other = Sender(*draft, stamp="1765")
    assert other.part(0)["received"] == 0
    assert (rows(), objects()) == (1, 0)
    other.hand_in(other.all_from(0)["envoi"])


def test_two_windows_that_send_the_same_file_go_on_together(draft):
    one, other = Sender(*draft), Sender(*draft)
    one.part(0, CONTENT[:PART])
    assert other.part(0, CONTENT[:PART])["received"] == PART
    assert other.part(PART, CONTENT[PART : 2 * PART])["received"] == 2 * PART
    assert one.part(PART, CONTENT[PART : 2 * PART])["received"] == 2 * PART
    one.hand_in(one.all_from(2 * PART)["envoi"])


def test_the_beginnings_of_a_person_are_few_whatever_they_open(app, db, objects):
    with unit_of_work():
        person = account(name="Camille")
        made = [applications.draft(by=person, title=f"Dossier {n}") for n in range(AT_ONCE + 2)]
    visitor = visitor_for(app, person)
    senders = [Sender(visitor, each.reference, first(each.reference).id) for each in made]
    for each in senders:
        each.part(0, CONTENT[:PART])
    assert (rows(), objects()) == (AT_ONCE, AT_ONCE)
    assert senders[0].part(0)["received"] == 0, "the oldest was ended"


def test_only_who_may_provide_sends_and_only_for_themselves(app, draft):
    visitor, reference, number = draft
    envoi = Sender(visitor, reference, number).all_from(0)["envoi"]
    with unit_of_work():
        stranger, colleague = account(), account(name="Dominique")
        member(colleague, database.session.scalars(queries.whole(reference)).one().organisation)
    other = Sender(visitor_for(app, colleague), reference, number)
    assert other.part(0)["received"] == 0, "a colleague's file is theirs"
    assert "n'est pas complet" in other.hand_in(envoi, status=422).text
    intruder = visitor_for(app, stranger)
    intruder.post(f"/dossiers/{reference}/pieces/{number}/envoi", {"size": "9"}, form="/connexion/lien", status=404)


def test_a_stale_page_gets_a_new_token_and_writes_nothing(sender, objects):
    sender.token = "another"
    assert sender.part(0, CONTENT[:PART], status=412)["csrf"]
    assert (rows(), objects()) == (0, 0)


def test_a_text_in_the_place_of_a_part_is_a_question(sender):
    values = {"csrf_token": sender.token, "name": "a.pdf", "size": "9", "stamp": "1", "offset": "0", "part": "text"}
    answer = sender.visitor.client.post(f"{sender.page}/{sender.number}/envoi", data=values)
    assert answer.get_json()["received"] == 0


def test_what_nobody_finishes_begins_again_and_is_forgotten(draft, freeze):
    """Its parts are orphans from then on, which the sweep of the store removes."""
    Sender(*draft).part(0, CONTENT[:PART])
    [row] = database.session.scalars(select(PartialFile)).all()
    file = Announced.of(row.account_id, row.place, row.name, row.size, row.stamp)
    assert received(file, NOON + LIFE - timedelta(minutes=1)) == PART
    assert received(file, NOON + LIFE) == 0
    freeze.move_to(NOON + LIFE - timedelta(minutes=1))
    sweep.every_day()
    assert rows() == 1
    freeze.move_to(NOON + LIFE + timedelta(minutes=1))
    sweep.every_day()
    assert rows() == 0


def test_the_answer_to_a_request_takes_a_file_in_parts_too(app, db):
    with unit_of_work():
        person = account(name="Camille")
        officer = account()
        made = applications.submitted(by=person, officer_id=officer.id)
        services.request_info(
            made,
            "Le RIB est illisible.",
            [reopening.piece(made.pieces[0].id)],
            (NOON + timedelta(days=9)).date(),
            by=officer,
            at=NOON,
        )
    number, page = first(made.reference).id, f"/dossiers/{made.reference}/complements"
    visitor = visitor_for(app, person)
    sender = Sender(visitor, made.reference, number)
    sender.token = visitor.token(page)
    envoi = sender.all_from(0)["envoi"]
    visitor.post(page, {f"envoi-{number}": envoi, "action": "keep"})
    assert first(made.reference).file.sha256 == hashlib.sha256(CONTENT).hexdigest()
    assert rows() == 0

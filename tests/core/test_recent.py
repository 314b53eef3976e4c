"""What is kept a moment: right while nobody acts, made again after an act, never somebody else's page."""

import gzip

import pytest

from programme.core import journal, recent
from programme.core.clock import now
from programme.core.unit_of_work import unit_of_work
from programme.reuses.states import ReuseState
from tests.factories import reuses as make
from tests.factories.people import account, signed_in

pytestmark = pytest.mark.db


@pytest.fixture
def keeping(app, monkeypatch):
    """Figures are kept, as in a production; for so long that only the journal decides."""
    monkeypatch.setitem(app.config, "COUNTS_KEPT_SECONDS", 0.0001)
    app.extensions.pop("programme_recent", None)
    yield
    app.extensions.pop("programme_recent", None)


def act():
    with unit_of_work():
        who = account()
        journal.record("account.created", on=who, by=None, at=now())


def counted(made, key="answers"):
    return recent.kept(key, lambda: made.append(1) or len(made))


def test_the_same_question_is_counted_once_while_nobody_acts(app, db, keeping):
    made = []
    with app.test_request_context():
        assert [counted(made) for _each in range(3)] == [1, 1, 1]
        assert counted(made, key="other") == 2


def test_an_act_makes_it_counted_again(app, db, keeping):
    made = []
    with app.test_request_context():
        counted(made)
        act()
        assert counted(made) == 2


def test_nothing_is_kept_when_the_setting_is_zero(app, db):
    made = []
    with app.test_request_context():
        assert [counted(made), counted(made)] == [1, 2]


def test_it_is_counted_again_after_a_while_even_without_an_act(app, db, keeping, monkeypatch):
    made = []
    monkeypatch.setattr(recent, "LONGEST", 0.0)
    with app.test_request_context():
        assert [counted(made), counted(made)] == [1, 2]


def test_only_the_last_asked_for_stay(app, db, keeping, monkeypatch):
    made = []
    monkeypatch.setattr(recent, "MOST", 2)
    with app.test_request_context():
        for key in ("a", "b", "c", "a"):
            counted(made, key=key)
    assert len(made) == 4


def test_a_publication_is_on_the_page_of_the_next_reader(visitor, keeping):
    with unit_of_work():
        make.reuse("Respire Étang")
    reader = visitor()
    assert "Respire Étang" in reader.get("/reutilisations").text
    with unit_of_work():
        published = make.reuse("Ombre Fraîche", state=ReuseState.PUBLISHED)
        journal.record("reuse.publish", on=published, by=None, at=now())
    assert "Ombre Fraîche" in reader.get("/reutilisations").text


def test_a_page_kept_for_everybody_costs_one_question(visitor, keeping, count_queries):
    with unit_of_work():
        make.reuse("Respire Étang")
        journal.record("account.created", on=account(), by=None, at=now())
    visitor().get("/reutilisations")
    with count_queries(1):
        visitor().get("/reutilisations")


def test_what_a_signed_in_person_reads_is_theirs_alone(app, visitor, keeping):
    with unit_of_work():
        make.reuse("Respire Étang")
    visitor().get("/reutilisations")
    person, _number = signed_in(app, name="Camille Roux")
    assert "Camille Roux" in person.get("/reutilisations").text
    assert "Camille Roux" not in visitor().get("/reutilisations").text


def test_the_compressed_page_is_the_same_page(visitor, keeping):
    with unit_of_work():
        make.reuse("Respire Étang")
    plain = visitor().client.get("/reutilisations")
    zipped = visitor().client.get("/reutilisations", headers={"Accept-Encoding": "gzip"})
    assert zipped.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in zipped.headers["Vary"]
    assert gzip.decompress(zipped.data) == plain.data
    again = visitor().client.get("/reutilisations", headers={"If-None-Match": plain.headers["ETag"]})
    assert again.status_code == 304

"""The calendar of one's own dates: opened by its key alone, read by the library and by a small reader, revocable."""

from datetime import date, timedelta

import pytest
from icalendar import Calendar

from programme.accounts.models import Account
from programme.accounts.states import AccountState
from programme.applications import queries, services
from programme.applications.models import Application
from programme.applications.states import ApplicationState
from programme.core import signed
from programme.core.unit_of_work import unit_of_work
from programme.organisations.models import Membership
from programme.organisations.states import MembershipRole, MembershipState
from tests.events.test_calendar import minimal_reader
from tests.factories import applications, calls
from tests.factories.assessment import officer
from tests.factories.messages import asked_by_carrier, said
from tests.factories.people import NOON, account, member, organisation, visitor_for

pytestmark = pytest.mark.db
CLOSES = NOON + timedelta(days=20)


@pytest.fixture
def made(app, db, freeze):
    """A person with a draft, a file that awaits pieces, a deposited file, and somebody else with another draft."""
    with unit_of_work():
        person, commune = account(name="Camille"), organisation("Commune de Gap")
        member(person, commune)
        call = calls.open_call(closes_at=CLOSES, title="Données ; eau, été")
        to = call.sessions[0]
        draft = applications.draft(by=person, of=commune, to=to, title="Brouillon « d’eau », un")
        asked = applications.submitted(by=person, of=commune, to=to, title="À compléter")
        services.request_info(asked, "Le devis.", ["Devis"], date(2026, 12, 10), by=person, at=NOON)
        waiting = applications.submitted(by=person, of=commune, to=to, title="Attendu")
        applications.draft(to=to, title="D’autrui")
    return person, {"draft": draft, "asked": asked, "waiting": waiting}


def fetch(visitor, person, status=200):
    with_key = f"/mes-dossiers.ics?cle={services.calendar_key(person.id)}"
    answer = visitor().client.get(with_key)
    assert answer.status_code == status
    return answer


def entries(visitor, person):
    return {each["SUMMARY"]: each for each in minimal_reader(fetch(visitor, person).get_data())}


def test_both_readers_find_the_dates_of_ones_own_files_and_no_other(visitor, made):
    person, files = made
    answer = fetch(visitor, person)
    assert answer.content_type == "text/calendar; charset=utf-8"
    assert answer.headers["Cache-Control"] == "private, no-cache"
    ours = minimal_reader(answer.get_data())
    theirs = Calendar.from_ical(answer.get_data()).walk("VEVENT")
    assert [each["SUMMARY"] for each in ours] == [str(each["summary"]) for each in theirs] == [
        "Compléments à envoyer : À compléter", "Dépôt à faire : Brouillon « d’eau », un",
        "Refus tacite sans réponse : Attendu",
    ]  # fmt: skip
    assert [each["dtstart"].dt for each in theirs] == [date(2026, 12, 10), CLOSES, date(2027, 1, 23)]
    assert [each["DTSTART"] for each in ours] == ["20261210", "20261213T110000Z", "20270123"]
    assert [each.get("DTEND") for each in ours] == ["20261211", None, "20270124"]
    assert ours[1]["URL"] == f"http://localhost/dossiers/{files['draft'].reference}"
    assert ours[1]["DESCRIPTION"].startswith("Données ; eau, été\n\nhttp://localhost/dossiers/")
    assert len({each["UID"] for each in ours}) == 3


def test_an_awaited_answer_is_there_by_its_day_whatever_the_file_became_and_leaves_once_given(visitor, made, db):
    person, files = made
    with unit_of_work():
        desk = officer()
        ended = db.session.get_one(Application, files["waiting"].id)
        said(ended, desk, awaits=True, answer_by=date(2026, 12, 4))
        said(ended, desk, awaits=True)
        ended.state, ended.decided_at = ApplicationState.AWARDED, NOON
    found = entries(visitor, person)
    assert set(found) - {"Compléments à envoyer : À compléter", "Dépôt à faire : Brouillon « d’eau », un"} == {
        "Réponse à envoyer : Attendu"
    }
    entry = found["Réponse à envoyer : Attendu"]
    assert (entry["DTSTART"], entry["DTEND"]) == ("20261204", "20261205")
    assert entry["URL"] == f"http://localhost/dossiers/{files['waiting'].reference}"
    with unit_of_work():
        asked_by_carrier(db.session.get_one(Application, files["waiting"].id), person)
    assert "Réponse à envoyer : Attendu" not in entries(visitor, person)


def test_a_date_that_moves_keeps_its_identity(visitor, made, db):
    person, files = made
    before = entries(visitor, person)
    with unit_of_work():
        db.session.get_one(Application, files["draft"].id).session.closes_at = CLOSES + timedelta(days=1)
        db.session.get_one(Application, files["waiting"].id).silence_on = date(2027, 2, 1)
    after = entries(visitor, person)
    assert {name: each["UID"] for name, each in before.items()} == {name: each["UID"] for name, each in after.items()}
    assert after["Refus tacite sans réponse : Attendu"]["DTSTART"] == "20270201"


def test_what_is_over_leaves_the_calendar(visitor, made, db, freeze):
    person, files = made
    with unit_of_work():
        db.session.get_one(Application, files["waiting"].id).state = ApplicationState.WITHDRAWN
        db.session.get_one(Application, files["asked"].id).state = ApplicationState.DROPPED
    freeze.move_to(CLOSES)
    assert entries(visitor, person) == {}


def test_an_accord_is_not_called_a_refusal(visitor, made, db):
    person, files = made
    with unit_of_work():
        db.session.get_one(Application, files["waiting"].id).call.silence_accepts = True
    assert "Accord tacite sans réponse : Attendu" in entries(visitor, person)


def test_a_reader_follows_the_dates_and_a_former_member_no_longer(visitor, made, db):
    person, _files = made
    with unit_of_work():
        link = db.session.query(Membership).filter_by(account_id=person.id).one()
        link.role = MembershipRole.READER
    assert len(entries(visitor, person)) == 3
    with unit_of_work():
        db.session.get_one(Membership, link.id).state = MembershipState.ENDED
    assert entries(visitor, person) == {}


def test_only_the_right_key_opens_it_and_the_session_does_not(app, visitor, made):
    person, _files = made
    key = services.calendar_key(person.id)
    for wrong in (
        "", "x", key[:-1], key + "x", key.swapcase(), signed.write("applications.agenda", [person.id, 0]),
        signed.write_lasting("other", [person.id, 0]), signed.write_lasting("applications.agenda", [person.id, 1]),
        signed.write_lasting("applications.agenda", [person.id + 999, 0]), signed.write_lasting("applications.agenda", ["a"]),
    ):  # fmt: skip
        assert visitor().client.get("/mes-dossiers.ics", query_string={"cle": wrong}).status_code == 404, wrong
    assert visitor_for(app, person).client.get("/mes-dossiers.ics").status_code == 404
    assert visitor().client.get("/mes-dossiers.ics", query_string={"cle": key}).status_code == 200, "the control"


def test_a_closed_account_has_no_calendar(visitor, made, db):
    person, _files = made
    fetch(visitor, person)
    with unit_of_work():
        db.session.get_one(Account, person.id).state = AccountState.CLOSED
    fetch(visitor, person, 404)


def test_the_page_shows_an_address_that_stays_and_changes_it(app, visitor, made):
    person, _files = made
    own = visitor_for(app, person)

    def shown():
        return str(own.get("/mes-dossiers").tree.xpath("//input[@id='agenda-address']/@value")[0])

    first = shown()
    assert first == shown()
    assert first.startswith("http://localhost/mes-dossiers.ics?cle=")
    path = first.removeprefix("http://localhost")
    assert visitor().client.get(path).status_code == 200
    page = own.post("/mes-dossiers/agenda", form="/mes-dossiers")
    assert any("L'adresse de votre agenda est changée" in each for each in page.flashes)
    assert visitor().client.get(path).status_code == 404
    second = shown()
    own.post("/mes-dossiers/agenda", form="/mes-dossiers")
    assert len({first, second, shown()}) == 3
    assert visitor().client.get(second.removeprefix("http://localhost")).status_code == 404
    assert visitor().client.get(shown().removeprefix("http://localhost")).status_code == 200


def test_changing_ones_address_changes_nobody_elses(app, visitor, made):
    person, _files = made
    with unit_of_work():
        other = account()
    visitor_for(app, other).post("/mes-dossiers/agenda", form="/mes-dossiers")
    fetch(visitor, person)
    assert visitor().client.post("/mes-dossiers/agenda").status_code in (302, 400)


def test_an_agenda_that_has_the_file_is_told_so(visitor, made):
    person, _files = made
    tag = fetch(visitor, person).headers["ETag"]
    path = f"/mes-dossiers.ics?cle={services.calendar_key(person.id)}"
    assert visitor().client.get(path, headers={"If-None-Match": tag}).status_code == 304


@pytest.mark.parametrize("size", [1, 3])
def test_the_calendar_asks_as_much_for_one_file_as_for_three(app, db, visitor, freeze, count_queries, size):
    with unit_of_work():
        person, commune = account(), organisation()
        member(person, commune)
        for _each in range(size):
            asked = applications.submitted(by=person, of=commune)
            said(asked, account(), awaits=True, answer_by=date(2026, 12, 4))
        path = f"/mes-dossiers.ics?cle={services.calendar_key(person.id)}"
    assert db.session.scalars(queries.calendar_key(person.id)).first() is None
    client = visitor().client
    db.session.rollback()
    with count_queries(6):
        answer = client.get(path)
    assert len(minimal_reader(answer.get_data())) == 2 * size

"""Large exports: asked once, made by the worker, kept seven days for the person who asked, whose rights are asked again."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select, update

from programme.accounts.models import Account, RoleGrant
from programme.accounts.states import Role
from programme.core import export_jobs, jobs, storage
from programme.core.clock import now
from programme.core.errors import NotAllowed, RuleBroken
from programme.core.export_jobs import ExportRequest, Table
from programme.core.exports import Column, ExportFormat
from programme.core.jobs import Job, JobState
from programme.core.storage import StoredFile
from programme.core.unit_of_work import unit_of_work
from tests.factories import events as make
from tests.factories.assessment import LATER, committee_ready
from tests.factories.assessment import officer as assessor
from tests.factories.people import NOON, account, signed_in

pytestmark = pytest.mark.db
ROWS = 2_500
PAGE = "/agents/exports"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as moved:
        yield moved


@pytest.fixture(autouse=True)
def trial(monkeypatch):
    """A list of 2,500 lines, or of as many as its parameters say, for agents of the programme."""
    table = {"rows": lambda count: ([str(number), "=1+1"] for number in range(count)), "asked": 0}

    def make_table(_account, parameters):
        table["asked"] += 1
        count = int(parameters.get("count", ROWS))
        return Table("essai", "Liste d’essai", [Column("N"), Column("Texte")], table["rows"](count), count)

    def allows(who, parameters):
        return who.has_role(Role.OFFICER_PROGRAMME) and parameters.get("secret") != "yes"

    monkeypatch.setitem(export_jobs._sources, "trial", export_jobs.Source(allows, make_table))
    return table


@pytest.fixture
def officer(app, db):
    return signed_in(app, Role.OFFICER_PROGRAMME)


def wanted(parameters='{"count": 2500}', code="csv", name="trial"):
    return {"liste": name, "format": code, "parametres": parameters}


def ask(visitor, **values):
    return visitor.post(PAGE, wanted(**values), form=f"{PAGE}?liste=trial&format=csv&parametres=%7B%7D")


def request_of(db):
    db.session.rollback()
    return db.session.scalars(select(ExportRequest).order_by(ExportRequest.id.desc()).limit(1)).one_or_none()


def test_a_large_export_is_asked_made_and_downloaded(officer, db):
    visitor, _who = officer
    page = visitor.get(PAGE, query_string=wanted())
    assert "Cette liste compte 2 500 lignes" in page.text
    assert request_of(db) is None, "a page that is read changes nothing"
    page = ask(visitor)
    assert "0 sur 2 500 lignes" in page.text
    assert jobs.run_until_idle() == 1
    page = visitor.get(PAGE)
    assert "Prêt" in page.text
    (href,) = [each for each in page.links() if each.startswith(f"{PAGE}/")]
    answer = visitor.get(href).response
    lines = answer.get_data().decode("utf-8-sig").splitlines()
    assert (lines[0], lines[1], len(lines)) == ("N;Texte", "0;'=1+1", ROWS + 1)
    assert answer.headers["Content-Disposition"] == "attachment; filename=essai.csv"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("code", ExportFormat)
def test_the_file_has_the_format_asked(officer, db, code):
    ask(officer[0], code=code)
    jobs.run_until_idle()
    made = request_of(db)
    data = storage.read(made.file.key)
    assert made.file.name == f"essai.{code}"
    assert made.file.scan is storage.ScanState.OURS
    assert (data[:2] == b"PK") is (code is not ExportFormat.CSV)


def test_progress_is_seen_while_the_rows_are_read(officer, db, trial):
    visitor, _who = officer
    seen = []

    def rows(count):
        for number in range(count):
            if number == 2_100:
                with db.engine.connect() as other:
                    seen.append(other.execute(select(Job.done_count, Job.total_count, Job.state)).one())
            yield [str(number), ""]

    trial["rows"] = rows
    ask(visitor)
    jobs.run_until_idle()
    assert seen == [(2_000, ROWS, JobState.RUNNING)]


def test_the_same_list_asked_twice_is_made_once(officer, db):
    ask(officer[0])
    ask(officer[0])
    assert db.session.scalar(select(func.count()).select_from(ExportRequest)) == 1
    ask(officer[0], code="ods")
    assert db.session.scalar(select(func.count()).select_from(ExportRequest)) == 2


def test_a_sixth_export_waits(officer, db):
    for count in range(5):
        ask(officer[0], parameters=f'{{"count": {2000 + count}}}')
    assert "Cinq exports sont déjà en préparation" in ask(officer[0], parameters='{"count": 3000}').text
    assert db.session.scalar(select(func.count()).select_from(Job)) == 5


def test_an_export_asked_by_an_act_that_fails_is_never_made(db):
    with unit_of_work():
        who = account(Role.OFFICER_PROGRAMME)
    with pytest.raises(RuleBroken), unit_of_work():
        export_jobs.ask("trial", {}, ExportFormat.CSV, by=db.session.merge(who), at=now())
        raise RuleBroken("no")
    assert jobs.run_until_idle() == 0
    assert request_of(db) is None


def made_for(db, visitor):
    ask(visitor)
    jobs.run_until_idle()
    return f"{PAGE}/{request_of(db).public_id}"


def test_only_the_person_who_asked_downloads_it(app, officer, db, visitor):
    href = made_for(db, officer[0])
    officer[0].get(href)
    for other in (Role.OFFICER_PROGRAMME, Role.ADMIN, Role.DPO, Role.DIRECTION):
        colleague = signed_in(app, other)[0]
        absent = colleague.get(f"{PAGE}/nothing", status=404)
        assert colleague.get(href, status=404).text == absent.text
        assert "Liste d'essai" not in colleague.get(PAGE).text
    signed_in(app)[0].get(href, status=404)
    assert visitor().get(href).path == "/connexion"


def test_a_right_that_ended_closes_the_file(officer, db):
    visitor, who = officer
    href = made_for(db, visitor)
    with unit_of_work() as session:
        session.execute(update(RoleGrant).where(RoleGrant.account_id == who).values(role=Role.DPO))
    visitor.get(href, status=404)


def test_a_right_that_ended_before_the_worker_came_leaves_no_file(officer, db):
    visitor, who = officer
    ask(visitor)
    with unit_of_work() as session:
        session.execute(update(RoleGrant).where(RoleGrant.account_id == who).values(role=Role.DPO))
    jobs.run_until_idle()
    assert request_of(db).file_id is None
    assert "Vous n'avez plus accès à cette liste" in visitor.get(PAGE).text
    assert db.session.scalar(select(func.count()).select_from(StoredFile)) == 0


@pytest.mark.parametrize(
    "values",
    [
        {"name": "nothing"}, {"parameters": '{"secret": "yes"}'}, {"code": "pdf"}, {"code": ""}, {"name": ""},
    ],
)  # fmt: skip
def test_what_may_not_be_asked_is_absent(officer, db, values):
    officer[0].post(PAGE, wanted(**values), form=f"{PAGE}?liste=trial&parametres=%7B%7D", status=404)
    assert request_of(db) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[",
        "[1]",
        '{"a": {"b": 1}}',
        '{"a": [1]}',
        "[" * 3000,
        '"x"',
        "null",
        r'{"event": "\u0000"}',
        r'{"event": "\ud800"}',
        '{"session": 99999999999999}',
        '{"session": true}',
        '{"session": 1.5}',
    ],
)
def test_parameters_that_are_none_are_none(text):
    assert export_jobs.read_parameters(text) == {}


def test_after_seven_days_it_is_gone(officer, db, clock):
    href = made_for(db, officer[0])
    clock.shift(timedelta(days=7) - timedelta(minutes=1))
    export_jobs.expire()
    assert request_of(db) is not None
    clock.shift(timedelta(minutes=2))
    assert list(db.session.scalars(select(ExportRequest))), "still there: the address alone is closed"
    with pytest.raises(NotAllowed):
        export_jobs.to_download(href.rpartition("/")[2], db.session.get_one(Account, officer[1]), now())
    export_jobs.expire()
    assert request_of(db) is None
    assert db.session.scalar(select(func.count()).select_from(StoredFile)) == 0


def test_a_job_done_twice_gives_one_file(officer, db, trial):
    made_for(db, officer[0])
    first, asked = request_of(db).file_id, trial["asked"]
    export_jobs.make({"export": request_of(db).id})
    assert (request_of(db).file_id, trial["asked"]) == (first, asked)
    export_jobs.make({"export": 999})


def test_two_workers_that_finish_the_same_export_keep_one_file(officer, db):
    ask(officer[0])
    number = request_of(db).id
    written = [storage.write_bytes(b"x", "essai.csv", "text/csv") for _each in range(2)]
    for each in written:
        export_jobs._give(number, each)
    assert db.session.scalars(select(StoredFile.key)).all() == [written[0].key]


def test_a_list_too_long_for_a_sheet_says_so_and_is_not_tried_again(officer, db, monkeypatch):
    from programme.core.exports import cells

    monkeypatch.setattr(cells, "MAX_ROWS", 1_000)
    ask(officer[0], code="xlsx")
    assert jobs.run_until_idle() == 1
    assert "demandez le format CSV" in officer[0].get(PAGE).text
    assert request_of(db).file_id is None


def test_a_failure_is_tried_again_then_told(officer, db, trial, clock):
    def broken(_count):
        raise OSError("disk")
        yield []

    trial["rows"] = broken
    ask(officer[0])
    for _attempt in range(3):
        jobs.run_until_idle()
        clock.shift(3600)
    assert "La préparation a échoué" in officer[0].get(PAGE).text
    assert request_of(db).file_id is None


@pytest.mark.parametrize("size", [1, 3])
def test_the_page_asks_the_same_questions_whatever_the_number(officer, db, count_queries, size):
    with unit_of_work():
        who = db.session.get_one(Account, officer[1])
        for count in range(size):
            export_jobs.ask("trial", {"count": 2000 + count}, ExportFormat.CSV, by=who, at=now())
    officer[0].get(PAGE)
    with count_queries(QUERIES):
        officer[0].get(PAGE)


QUERIES = 3


def test_a_short_list_comes_at_once_in_each_format_and_a_long_one_is_asked(app, officer, db, monkeypatch):
    with unit_of_work():
        event = make.event()
        make.registration(event, account(name="Ève Martin"), motivation="=2+2")
        make.registration(event, account(name="Zoé Martin"))
        slug = event.slug
    door = f"/agents/evenements/{slug}/inscriptions/export"
    for code in ExportFormat:
        answer = officer[0].get(f"{door}?format={code}").response
        assert answer.headers["Content-Disposition"] == f"attachment; filename=inscriptions-{slug}.{code}"
    officer[0].get(f"{door}?format=pdf", status=404)
    monkeypatch.setattr(export_jobs, "LIMIT", 1)
    page = officer[0].get(f"{door}?format=xlsx")
    assert page.path == PAGE
    assert "Cette liste compte 2 lignes" in page.text
    page = officer[0].post(
        PAGE, wanted(f'{{"event": "{slug}"}}', "xlsx", "events.registrations"), form=PAGE + "?liste=trial&parametres={}"
    )
    jobs.run_until_idle()
    assert request_of(db).file.name == f"inscriptions-{slug}.xlsx"
    files_officer = signed_in(app, Role.OFFICER_FILE)[0]
    files_officer.get(PAGE, query_string=wanted(f'{{"event": "{slug}"}}', "xlsx", "events.registrations"), status=404)


def test_the_ranking_is_exported_in_each_format_and_prepared_when_it_is_long(app, db, monkeypatch):
    with time_machine.travel(LATER, tick=False):
        with unit_of_work():
            file = committee_ready(assessor())
            session, title = file.session_id, file.title
        door = f"/agents/releves/{session}/classement/export"
        person = signed_in(app, Role.OFFICER_FILE)[0]
        text = person.get(door).body.decode("utf-8-sig")
        assert text.startswith("Rang;Référence;Dossier;Organisme;Zone;Note sur 100")
        assert title in text
        assert [person.get(f"{door}?format={code}").response.mimetype for code in ("xlsx", "ods")] == [
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "application/vnd.oasis.opendocument.spreadsheet",
        ]
        assert person.get("/agents/a-traiter/export").body.decode("utf-8-sig").startswith("Échéance;Urgence;Tâche")
        person.get("/agents/releves/999/classement/export", status=404)
        monkeypatch.setattr(export_jobs, "LIMIT", 0)
        asked = wanted(f'{{"session": {session}}}', "ods", "assessment.ranking")
        assert person.get(f"{door}?format=ods").path == PAGE
        person.post(PAGE, asked, form=f"{PAGE}?liste=assessment.ranking&parametres=%7B%22session%22%3A{session}%7D")
        jobs.run_until_idle()
        assert request_of(db).file.name.startswith("classement-")
        signed_in(app, Role.DPO)[0].get(PAGE, query_string=asked, status=404)

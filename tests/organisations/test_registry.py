"""The company registry beside the form: it fills in, it warns, and whatever happens to it, nobody is stopped."""

import json
import sys
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from programme.applications.models import Application
from programme.core import jobs
from programme.core.clock import now
from programme.core.jobs import Job, JobState
from programme.core.unit_of_work import unit_of_work
from programme.organisations import jobs as organisation_jobs
from programme.organisations import services, sources
from programme.organisations.models import CompanyAnswer, Organisation
from programme.organisations.rules.company import Absence, Company
from programme.organisations.states import AnswerStatus, OrganisationKind
from tests.factories import calls
from tests.factories.people import NOON, account, member, organisation, signed_in, siret
from tests.organisations.fake_registry import LIMIT, LONG, OUTAGES, Mood, lasts, registry, whole

pytestmark = pytest.mark.db
GAP = "23130002100012"
NEW = "/compte/organismes/nouveau"
TYPED = {"siret": GAP, "name": "Ville de Gap", "kind": "local_authority", "city": "Gap", "territory_code": "05"}
SILENT = "Le registre ne répond pas : écrivez le nom vous-même, nous vérifierons plus tard."
_connected: list[object] = []
_listening = [False]


def _note(event, arguments):
    if event == "socket.connect" and _listening[0]:
        _connected.append(arguments[1])


sys.addaudithook(_note)  # It cannot be taken out again; it notes nothing but when it is asked to.


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def asked(app, db, monkeypatch):
    """A registry that knows the commune of Gap, and that the settings name."""
    with registry() as opened:
        opened.knows(GAP, "COMMUNE DE GAP")
        monkeypatch.setitem(app.config, "COMPANY_REGISTRY_URL", opened.address)
        monkeypatch.setitem(app.config, "OUTGOING_SECONDS", LIMIT)
        yield opened


@pytest.fixture
def connections():
    """Every machine to which Python connects meanwhile (the database's own library is not Python)."""
    _connected.clear()
    _listening[0] = True
    yield _connected
    _listening[0] = False


def value(page, name):
    return page.tree.xpath(
        f"string(//input[@name='{name}']/@value | //select[@name='{name}']/option[@selected]/@value)"
    )


def said(page):
    [region] = page.tree.xpath("//*[@id='registre'][@role='status']")
    return " ".join(region.text_content().replace("\u00a0", " ").replace("\u202f", " ").replace("’", "'").split())


def look_up(person, path=NEW, form=None, status=200, **values):
    return person.post(path, {"act": "chercher"} | values, form=form, status=status)


def answers(db):
    db.session.rollback()
    return db.session.scalars(select(CompanyAnswer)).all()


def checks(db):
    db.session.rollback()
    return db.session.scalars(select(Job).where(Job.kind == services.CHECK).order_by(Job.id)).all()


# ---- looking up ---------------------------------------------------------------------------------


def test_a_siret_alone_fills_in_the_form(app, db, asked):
    person, _number = signed_in(app)
    page = look_up(person, siret=" 231 300 021 00012")
    assert said(page).startswith(
        "D'après le registre : COMMUNE DE GAP, 8 RUE DES TOHAGUES 05000 GAP. Ce qui était vide est rempli"
    )
    assert [value(page, name) for name in ("name", "kind", "city", "territory_code")] == [
        "COMMUNE DE GAP", "local_authority", "Gap", "05",
    ]  # fmt: skip
    assert not page.tree.xpath("//*[@role='alert']"), "nothing is said to be wrong before the form is sent"
    assert db.session.scalar(select(func.count()).select_from(Organisation)) == 0
    assert [path for path, _headers in asked.asked] == [f"/search?q={GAP}"]


def test_what_was_typed_stays(app, db, asked):
    person, _number = signed_in(app)
    typed = {"name": "Ville de Gap", "kind": "grouping", "city": "", "territory_code": "none"}
    page = look_up(person, siret=GAP, **typed)
    assert [value(page, name) for name in typed] == ["Ville de Gap", "grouping", "Gap", "none"]
    assert "COMMUNE DE GAP" in said(page)


def test_an_organisation_of_elsewhere_is_outside_the_region(app, db, asked):
    asked.knows("13002526500013", "DINUM", place={"commune": "75107", "libelle_commune": "PARIS 7"})
    person, _number = signed_in(app)
    page = look_up(person, siret="13002526500013")
    assert (value(page, "city"), value(page, "territory_code")) == ("Paris", "none")


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Écrivez le SIRET de votre organisme."),
        ("123", "Un SIRET a 14 chiffres"),
        ("23130002100013", "Ce SIRET n'existe pas"),
    ],
)
def test_the_check_digits_are_judged_before_anybody_is_asked(app, db, asked, typed, sentence):
    person, _number = signed_in(app)
    page = look_up(person, siret=typed, name="Ville de Gap", status=422)
    assert sentence in page.text
    assert "Écrivez la commune du siège." not in page.text
    assert value(page, "name") == "Ville de Gap"
    assert asked.asked == []


def test_a_stale_page_asks_nobody(app, db, asked):
    person, _number = signed_in(app)
    page = look_up(person, siret=GAP, csrf_token="old", status=422)
    assert "Votre session a changé" in page.text
    assert asked.asked == []


def test_a_closed_establishment_is_warned_and_not_blocked(app, db, asked):
    for closed in ({"etat_administratif": "C"}, {"place": {"etat_administratif": "F"}}):
        asked.knows(siret(801), "OLD COMPANY", **closed)
        person, _number = signed_in(app)
        page = look_up(person, siret=siret(801))
        assert said(page).startswith("D'après le registre, cet établissement est fermé.")
        assert value(page, "name") == "OLD COMPANY"
        with unit_of_work() as session:
            session.delete(session.scalars(select(CompanyAnswer)).one())
    assert person.post(NEW, TYPED | {"siret": siret(801)}).flashes == ["Votre organisme est inscrit."]


@pytest.mark.parametrize(
    "hidden",
    [{"statut_diffusion": "P"}, {"statut_diffusion": None}, {"place": {"statut_diffusion_etablissement": "P"}}],
)
def test_who_asked_not_to_be_shown_is_neither_shown_nor_kept(app, db, asked, hidden):
    asked.knows(siret(802), "ANNE SECRET", nature_juridique="1000", **hidden)
    person, _number = signed_in(app)
    page = look_up(person, siret=siret(802))
    assert said(page) == "Le registre connaît ce SIRET et ne publie pas le nom : écrivez-le vous-même."
    assert "SECRET" not in page.text
    assert [value(page, name) for name in ("name", "city")] == ["", ""]
    [kept] = answers(db)
    assert kept.company == Company(siret(802), legal_category="1000", is_hidden=True)
    assert "SECRET" not in json.dumps(kept.document)
    assert "TOHAGUES" not in json.dumps(kept.document)


def test_only_what_an_officer_compares_is_kept(app, db, asked):
    person, _number = signed_in(app)
    look_up(person, siret=GAP)
    [kept] = answers(db)
    assert (kept.status, kept.company.name, kept.fetched_at) == (AnswerStatus.FOUND, "COMMUNE DE GAP", NOON)
    assert "ANNE" not in json.dumps(kept.document), "directors are not"


@pytest.mark.parametrize("mood", [Mood.SOUND, Mood.OTHER])
def test_a_number_that_the_registry_does_not_know_never_gives_another_ones_name(app, db, asked, mood):
    asked.mood = mood
    person, _number = signed_in(app)
    page = look_up(person, siret=siret(803))
    assert said(page).startswith("Le registre ne connaît pas ce SIRET.")
    assert value(page, "name") == ""
    assert [(each.siret, each.status) for each in answers(db)] == [(siret(803), AnswerStatus.UNKNOWN)]


def test_an_establishment_beside_the_seat_is_found(app, db, asked):
    asked.knows(GAP, "COMMUNE DE GAP")
    [result] = asked.known[GAP]["results"]
    result["siege"] = result["siege"] | {"siret": siret(804), "libelle_commune": "NICE"}
    person, _number = signed_in(app)
    assert value(look_up(person, siret=GAP), "city") == "Gap"


def test_an_answer_is_asked_once_a_week(app, db, asked, clock):
    person, _number = signed_in(app)
    look_up(person, siret=GAP)
    clock.shift(timedelta(days=6, hours=23))
    other, _number = signed_in(app)
    look_up(other, siret=GAP)
    assert len(asked.asked) == 1
    clock.shift(timedelta(hours=1))
    asked.knows(GAP, "GAP NOUVELLE")
    other, _number = signed_in(app)
    assert value(look_up(other, siret=GAP), "name") == "GAP NOUVELLE"
    assert [each.company.name for each in answers(db)] == ["GAP NOUVELLE"]


def test_a_person_asks_sixty_times_an_hour_at_most(app, db, asked, monkeypatch):
    monkeypatch.setattr(services.members, "LOOK_UPS_PER_HOUR", 2)
    person, _number = signed_in(app)
    for _turn in range(2):
        look_up(person, siret=siret(805))
    page = look_up(person, siret=siret(805), name="Ville de Gap", status=422)
    assert "Trop d'essais." in page.text
    assert value(page, "name") == "Ville de Gap"


@pytest.mark.reference
@pytest.mark.parametrize(
    ("name", "number", "expected"),
    [
        ("commune", "20006541500016", ("COMMUNE DE LA HAGUE", "La Hague", "50", OrganisationKind.LOCAL_AUTHORITY)),
        ("dinum", "13002526500013", ("DIRECTION INTERMINISTERIELLE DU NUMERIQUE (DINUM)", "Paris", "75", OrganisationKind.STATE_SERVICE)),
    ],
)  # fmt: skip
def test_the_recorded_answers_are_read(asked, reference, name, number, expected):
    asked.body = (reference / "orgs" / f"recherche-entreprises-{name}.json").read_bytes()
    found = sources.company_of(number)
    assert (found.name, found.town, found.department, found.kind) == expected
    assert (found.is_active, found.is_hidden) == (True, False)
    [recorded] = json.loads(asked.body)["results"]
    [ours] = asked.known[GAP]["results"]
    assert set(ours) <= set(recorded), "the fake registry speaks the recorded format"
    assert set(ours["siege"]) <= set(recorded["siege"])


@pytest.mark.parametrize(
    "body",
    [
        [],
        None,
        {"results": None},
        {"results": {"siege": {"siret": GAP}}},
        {"results": [None, 3, []]},
        {"results": [{"siege": None, "matching_etablissements": "x"}]},
        {"results": [{"siege": {"siret": 23130002100012}}]},
        whole({"siege": {"siret": GAP}}),
        whole({"siege": {"siret": GAP}, "statut_diffusion": "O", "nom_complet": ["x"], "nature_juridique": {}}),
        whole({"siege": {"siret": GAP, "commune": "\ud800\u0000" * 9}, "statut_diffusion": "O", "nom_complet": "\u0000\ud83d x" * 300}),
    ],
)  # fmt: skip
def test_an_answer_of_any_form_is_read_or_not_and_never_fails(app, db, asked, body):
    asked.body = json.dumps(body).encode()
    person, _number = signed_in(app)
    page = look_up(person, siret=GAP)
    assert said(page)
    assert person.post(NEW, TYPED).flashes == ["Votre organisme est inscrit."]


# ---- whatever happens ---------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("mood", [*OUTAGES, "down"])
def test_whatever_happens_to_the_registry_one_enters_and_opens_a_draft_in_time(
    app, db, asked, connections, monkeypatch, mood
):
    with unit_of_work():
        call = calls.open_call()
    person, _number = signed_in(app)
    with registry() as elsewhere:
        asked.elsewhere, asked.mood = elsewhere.address, mood
        if mood == "down":
            monkeypatch.setitem(app.config, "COMPANY_REGISTRY_URL", "http://127.0.0.1:9")
        with lasts(LIMIT + 3):
            page = look_up(person, **TYPED)
            assert said(page) == SILENT
            assert value(page, "name") == "Ville de Gap"
            assert person.post(NEW, TYPED).path == "/compte/organismes/ville-de-gap"
            opened = {"organisation": "ville-de-gap", "strand": "A", "title": "Carte", "nonce": "n" * 20}
            assert person.post(f"/appels/{call.slug}/deposer", opened).h1 == "Le projet"
        assert elsewhere.asked == []
    assert db.session.scalar(select(func.count()).select_from(Application)) == 1
    assert answers(db) == [], "a silence is never kept as an answer"
    assert [each.payload for each in checks(db)] == [{"siret": GAP}]
    assert {tuple(each)[:2] for each in connections} == {("127.0.0.1", 9 if mood == "down" else asked.server_port)}


@pytest.mark.slow
def test_control_without_the_limit_a_slow_registry_holds_the_page(app, db, asked, monkeypatch):
    monkeypatch.setitem(app.config, "OUTGOING_SECONDS", 10)
    asked.mood = Mood.SLOW
    person, _number = signed_in(app)
    with pytest.raises(AssertionError, match=r"[4-9]\.\d+ s"), lasts(LONG - 0.1):
        assert "COMMUNE DE GAP" in said(look_up(person, siret=GAP))


def test_without_a_registry_the_page_has_no_button_and_nothing_is_asked(app, db, connections):
    person, _number = signed_in(app)
    page = person.get(NEW)
    assert not page.tree.xpath("//*[@id='registre'] | //button[@value='chercher']")
    assert value(look_up(person, siret=GAP, name="Ville de Gap"), "name") == "Ville de Gap"
    assert person.post(NEW, TYPED).flashes == ["Votre organisme est inscrit."]
    organisation_jobs.catch_up()
    assert (checks(db), answers(db), connections) == ([], [], [])


# ---- the worker asks later ----------------------------------------------------------------------


def test_an_organisation_that_was_looked_up_needs_no_check(app, db, asked):
    person, _number = signed_in(app)
    look_up(person, siret=GAP)
    person.post(NEW, TYPED)
    assert checks(db) == []


def test_the_worker_asks_later_and_later_until_the_registry_answers(app, db, asked, clock):
    person, _number = signed_in(app)
    asked.mood = Mood.BROKEN
    person.post(NEW, TYPED)
    jobs.run_until_idle()
    [job] = checks(db)
    assert (job.state, job.attempts, job.error) == (JobState.QUEUED, 1, "RegistrySilent: ")
    assert answers(db) == []
    asked.mood = Mood.SOUND
    jobs.run_until_idle()
    assert len(asked.asked) == 1, "not before its hour"
    clock.shift(6)
    jobs.run_until_idle()
    [job] = checks(db)
    assert job.state is JobState.DONE
    [found] = answers(db)
    assert (found.siret, found.company.name) == (GAP, "COMMUNE DE GAP")
    assert db.session.scalars(select(Organisation.name)).one() == "Ville de Gap", "nothing is applied"


def test_run_twice_the_job_asks_once_and_without_a_registry_it_ends(app, db, asked, monkeypatch):
    organisation_jobs.check_siret({"siret": GAP})
    organisation_jobs.check_siret({"siret": GAP})
    assert len(asked.asked) == 1
    monkeypatch.setitem(app.config, "COMPANY_REGISTRY_URL", "")
    organisation_jobs.check_siret({"siret": siret(806)})
    assert len(answers(db)) == 1


def test_a_check_is_rolled_back_with_the_act(app, db, asked):
    class Stop(Exception):
        pass

    def stopped():
        services.create(GAP, "Gap", OrganisationKind.LOCAL_AUTHORITY, city="Gap", territory_code="05", at=NOON)
        raise Stop

    with pytest.raises(Stop), unit_of_work():
        stopped()
    assert checks(db) == []


def test_saving_ten_times_while_the_registry_is_out_waits_for_one_check(app, db, asked):
    person, _number = signed_in(app)
    asked.mood = Mood.BROKEN
    path = person.post(NEW, TYPED).path
    for _turn in range(3):
        person.post(f"{path}/presentation", {"name": "Gap", "city": "Gap", "territory_code": "05"}, form=path)
    assert len(checks(db)) == 1


def test_organisations_never_checked_or_long_ago_are_asked_about_a_few_at_once(app, db, asked, clock, monkeypatch):
    monkeypatch.setattr(organisation_jobs, "AT_ONCE", 2)
    with unit_of_work():
        numbers = [organisation().siret for _ in range(3)]
    organisation_jobs.catch_up()
    organisation_jobs.catch_up()
    assert [each.payload["siret"] for each in checks(db)] == numbers[:2], "not while others wait"
    jobs.run_until_idle()
    organisation_jobs.catch_up()
    jobs.run_until_idle()
    assert sorted(each.siret for each in answers(db)) == sorted(numbers)
    organisation_jobs.catch_up()
    assert len(checks(db)) == 3
    clock.shift(timedelta(days=31))
    organisation_jobs.catch_up()
    assert len(checks(db)) == 5


def test_an_answer_about_a_siret_that_nobody_entered_is_erased_after_a_week(app, db, asked, clock):
    person, _number = signed_in(app)
    look_up(person, siret=siret(807))
    look_up(person, **TYPED)
    person.post(NEW, TYPED)
    clock.shift(timedelta(days=6))
    organisation_jobs.catch_up()
    assert len(answers(db)) == 2
    clock.shift(timedelta(days=2))
    organisation_jobs.catch_up()
    assert [each.siret for each in answers(db)] == [GAP]


def test_the_same_answer_kept_twice_is_one_row(app, db, asked):
    with unit_of_work():
        sources.keep(GAP, Absence.UNKNOWN, at=NOON)
        sources.keep(GAP, Company(GAP, "GAP"), at=now())
        sources.keep(GAP, Absence.UNAVAILABLE, at=now())
    assert [each.company.name for each in answers(db)] == ["GAP"]


# ---- correcting ---------------------------------------------------------------------------------


@pytest.fixture
def owned(app, db, asked):
    person, _number = signed_in(app)
    with unit_of_work():
        of = organisation("Ville de Gap", OrganisationKind.LOCAL_AUTHORITY)
        member(db.session.get_one(type(account()), _number), of)
        of.city = None
        asked.knows(of.siret, "COMMUNE DE GAP")
        path = f"/compte/organismes/{of.slug}"
    return person, path


def test_the_owner_looks_up_while_correcting_and_saves_nothing_by_it(app, db, owned):
    person, path = owned
    values = {"name": "Gap la neuve", "city": "", "address": "", "territory_code": "05", "description": "De l’eau."}
    page = look_up(person, f"{path}/presentation", form=path, **values)
    assert "COMMUNE DE GAP" in said(page)
    assert [value(page, name) for name in ("name", "city", "address")] == [
        "Gap la neuve", "Gap", "8 RUE DES TOHAGUES 05000 GAP",
    ]  # fmt: skip
    assert "De l'eau." in page.text
    db.session.rollback()
    assert db.session.scalars(select(Organisation.name)).one() == "Ville de Gap"


def test_only_the_owner_looks_up_there(app, db, owned, asked):
    _person, path = owned
    stranger, _number = signed_in(app)
    look_up(stranger, f"{path}/presentation", form="/compte", name="x", status=404)
    assert asked.asked == []

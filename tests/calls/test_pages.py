"""What everybody reads of the calls."""

from datetime import timedelta

import pytest

from programme.accounts.states import Role
from programme.calls.states import CallState, SessionState
from programme.core.unit_of_work import unit_of_work
from tests.factories import calls
from tests.factories.people import signed_in

pytestmark = pytest.mark.db


@pytest.fixture(autouse=True)
def _at_noon(freeze):
    """The calls of these tests accept applications at NOON."""


@pytest.mark.parametrize("size", [1, 3])
def test_the_list_asks_as_much_for_one_call_as_for_three(app, db, visitor, count_queries, size):
    with unit_of_work():
        for _each in range(size):
            calls.open_call()
    db.session.rollback()
    with count_queries(4):
        page = visitor().get("/appels")
    assert page.text.count("Pour ouvrir des données.") == size


def test_the_list_says_what_is_open_and_what_is_not(db, visitor):
    with unit_of_work():
        calls.open_call(title="Données du territoire")
        calls.call(CallState.CLOSED, title="Ancien appel")
        calls.call(CallState.DRAFT, title="Appel secret")
    page = visitor().get("/appels")
    assert page.h1 == "Un appel attend vos projets"
    assert "30novembre, 12 h" in page.text
    assert "Ancien appel" in page.text
    assert "Appel secret" not in page.text


def test_an_empty_list_says_what_comes_next(db, visitor):
    page = visitor().get("/appels")
    assert page.h1 == "Aucun appel n'est ouvert pour le moment"
    assert "Le prochain appel paraîtra ici" in page.text


def test_the_page_of_a_call_gives_the_four_answers(db, visitor):
    with unit_of_work():
        made = calls.open_call(audience="Les communes\net leurs groupements", silence_months=2)
    page = visitor().get(f"/appels/{made.slug}")
    for words in (
        "Les communes", "et leurs groupements", "50 % des dépenses", "Lundi 30 novembre 2026", "à 12 h 00",
        "En trois mois", "vote prévu le 26 février 2027", "La demande ne dépasse pas 50 %.", "Intérêt régional",
        "Relevé d'identité bancaire", "Une autre structure en profite.", "est réputé refusé", "Commencer un dossier",
        "CRPA, article L311-3-1",
    ):  # fmt: skip
        assert words in page.text


def test_a_closed_call_promises_no_date(db, visitor):
    with unit_of_work():
        made = calls.call(CallState.CLOSED)
    page = visitor().get(f"/appels/{made.slug}")
    assert "Le dépôt est clos" in page.text
    assert "Aucune relève" not in page.text
    assert not page.tree.xpath("//*[@id='calendrier'] | //a[@href='#calendrier']")


@pytest.mark.parametrize(
    ("state", "status"),
    [(CallState.DRAFT, 404), (CallState.IN_REVIEW, 404), (CallState.PUBLISHED, 200), (CallState.SUSPENDED, 200),
     (CallState.CLOSED, 200), (CallState.ARCHIVED, 200)],
)  # fmt: skip
def test_a_draft_call_is_absent_for_the_public(db, visitor, state, status):
    with unit_of_work():
        made = calls.call(state)
    for path in (f"/appels/{made.slug}", f"/appels/{made.slug}/eligibilite"):
        visitor().get(path, status=status)


@pytest.mark.parametrize(("role", "status"), [(Role.OFFICER_PROGRAMME, 200), (Role.DPO, 404)])
def test_the_house_reads_a_draft_call_except_the_dpo(app, db, role, status):
    with unit_of_work():
        made = calls.call(CallState.DRAFT)
    signed_in(app, role)[0].get(f"/appels/{made.slug}", status=status)


def test_the_calendar_follows_one_file_and_names_the_sessions_after(db, visitor):
    with unit_of_work():
        made = calls.open_call()
        calls.session(
            made, state=SessionState.PLANNED, opens_at=calls.CLOSES, closes_at=calls.CLOSES + timedelta(90),
            label="Relève de février",
        )  # fmt: skip
    page = visitor().get(f"/appels/{made.slug}")
    knots = page.tree.xpath("//ol[@aria-label='Étapes de la relève']/li")
    assert [each.get("class") for each in knots] == ["is-done", "is-here", "is-todo", "is-todo", "is-todo"]
    assert [each.xpath("string(.//*[@class='thread__label']/text())") for each in knots] == [
        "Ouverture du dépôt", "Fin du dépôt", "Lecture des dossiers", "Comité de sélection",
        "Vote de la commission permanente",
    ]  # fmt: skip
    assert [each.text_content() for each in page.tree.xpath("//table[caption='Les relèves suivantes']//strong")] == [
        "Relève de février"
    ]


def test_a_planned_session_says_when_it_opens(db, visitor):
    with unit_of_work():
        made = calls.call()
        calls.session(made, state=SessionState.PLANNED, opens_at=calls.CLOSES, closes_at=calls.CLOSES.replace(month=12))
    page = visitor().get(f"/appels/{made.slug}")
    assert "Le dépôt n'est pas ouvert" in page.text
    assert "Commencer un dossier" not in page.text


@pytest.mark.parametrize("size", [1, 3])
def test_the_desk_asks_as_much_for_one_call_as_for_three(app, db, count_queries, size):
    with unit_of_work():
        for _each in range(size):
            calls.open_call()
    agent, _number = signed_in(app, Role.OFFICER_PROGRAMME)
    with count_queries(7):
        page = agent.get("/agents/appels")
    assert page.text.count("Relève d'essai") == size


@pytest.mark.parametrize(
    ("role", "state", "verb", "status", "after"),
    [(Role.OFFICER_PROGRAMME, CallState.DRAFT, "ask_review", 200, CallState.IN_REVIEW),
     (Role.OFFICER_PROGRAMME, CallState.IN_REVIEW, "publish", 404, CallState.IN_REVIEW),
     (Role.DIRECTION, CallState.IN_REVIEW, "publish", 200, CallState.PUBLISHED),
     (Role.DIRECTION, CallState.IN_REVIEW, "send_back", 200, CallState.DRAFT),
     (Role.DIRECTION, CallState.PUBLISHED, "open", 404, CallState.PUBLISHED),
     (Role.OFFICER_FILE, CallState.PUBLISHED, "open", 404, CallState.PUBLISHED),
     (Role.OFFICER_PROGRAMME, CallState.OPEN, "explode", 404, CallState.OPEN)],
)  # fmt: skip
def test_officers_run_a_call_and_the_direction_publishes_it(app, db, role, state, verb, status, after):
    with unit_of_work():
        made = calls.call(state)
    signed_in(app, role)[0].post(f"/agents/appels/{made.slug}/{verb}", form="/agents/appels", status=status)
    db.session.refresh(db.session.merge(made))
    assert db.session.get_one(type(made), made.id).state is after


def test_the_second_of_two_officers_reads_a_sentence(app, db):
    with unit_of_work():
        made = calls.call(CallState.OPEN)
    agent, _number = signed_in(app, Role.OFFICER_PROGRAMME)
    assert "Suspendu" in agent.post(f"/agents/appels/{made.slug}/suspend", form="/agents/appels").text
    page = agent.post(f"/agents/appels/{made.slug}/suspend", form="/agents/appels")
    assert any("changé d'état" in each for each in page.flashes)


def test_the_desk_is_for_agents(app, db, visitor):
    assert visitor().get("/agents/appels").path == "/connexion"
    signed_in(app)[0].get("/agents/appels", status=404)
    signed_in(app, Role.DPO)[0].get("/agents/appels", status=404)


def test_what_a_call_says_besides_is_on_its_page(db, visitor):
    criteria = [{"code": "a", "label": "Intérêt", "weight": 100, "guidance": ["Rien de neuf", "", "Utile à d’autres"]}]
    strand = {**calls.definition()["strands"][0], "criteria": criteria}
    documents = [
        {"code": "rib", "label": "RIB", "valid_months": 3},
        {"code": "avis", "label": "Avis", "hint": "Signé.", "valid_months": 1},
    ]
    with unit_of_work():
        slug = calls.open_call(
            strands=[strand],
            documents=documents,
            contacts="Service des données\n04 00 00 00 01",
            annual_envelopes={"2027": "250000.00", "2028": "1.00"},
        ).slug
    text = visitor().get(f"/appels/{slug}").text
    assert "La Région y consacre 100 000,00 € pour cette relève (Budget régional)." in text
    assert "En 2027, l'appel dispose de 250 000,00 € en tout." in text
    assert "Service des données" in text
    assert "04 00 00 00 01" in text
    assert "0 : Rien de neuf" in text
    assert "2 : Utile à d'autres" in text
    assert "De moins de 3 mois au jour du dépôt." in text
    assert "Signé. De moins d'un mois au jour du dépôt." in text

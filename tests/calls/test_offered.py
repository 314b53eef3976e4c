"""What a call asks of its files, which themes it offers, how much it gives each year; and what of it is a trap."""

from datetime import timedelta
from decimal import Decimal

import pytest

from programme.accounts.states import Role
from programme.applications import services as drafts
from programme.calls import queries, services
from programme.calls.rules import definition as rules
from programme.calls.rules.traps import traps
from programme.calls.states import CallState
from programme.core.unit_of_work import unit_of_work
from programme.strategy.states import ThemeSet
from tests.calls.test_screens import found, sent
from tests.factories import applications, calls
from tests.factories.people import NOON, account, signed_in, visitor_for

pytestmark = pytest.mark.db
PRIZE = {"kind": "prize", "money_asked": "none", "asks_data": False, "documents": [], "rules": []}


@pytest.fixture(autouse=True)
def _at_noon(freeze):
    """The sessions of these tests accept applications at NOON."""


@pytest.fixture
def draft(db):
    """The address of a draft call."""
    with unit_of_work():
        return f"/agents/appels/{calls.call(CallState.DRAFT).slug}"


def codes(document):
    return {each.code for each in traps(document)}


# ---- what is asked --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "money", "data"),
    [("prize", "none", False), ("interest", "estimate", False), ("themed", "full", True), ("permanent", "full", True)],
)
def test_a_new_call_asks_what_its_kind_needs(db, agent, kind, money, data):
    agent.post("/agents/appels/nouveau", {"title": "Prix", "code": "PRIX", "kind": kind, "theme_set": "data"})
    call = found(db, "prix")
    assert (call.money_asked, call.asks_data) == (money, data)


def test_a_document_that_says_nothing_of_data_asks_for_it_unless_it_leads_on(db):
    with unit_of_work():
        calls.call(CallState.DRAFT, code="FULL")
        first = calls.call(CallState.DRAFT, kind="interest", leads_to="FULL", documents=[], rules=[])
        assert (calls.call(CallState.DRAFT).asks_data, first.asks_data) == (True, False)


def test_whether_data_sets_are_asked_is_a_setting_like_another(db, agent, draft):
    page = agent.get(f"{draft}/definition/etapes")
    typed = sent(page, award_ceiling="5 000", money_asked="none")
    assert typed.pop("asks_data")
    agent.post(f"{draft}/definition/etapes", typed)
    call = found(db, draft)
    assert (call.asks_data, call.award_ceiling, call.asks_money) == (False, Decimal(5000), False)
    assert services.definition_of(call)["award_ceiling"] == "5000.00"


def test_a_candidature_lacks_neither_budget_nor_data_sets(app, db, visitor):
    with unit_of_work():
        person = account(name="Camille")
        session = calls.open_call(**PRIZE).sessions[0]
        file = applications.ready_draft(by=person, to=session, requested_amount=None)
        file.datasets, file.budget_lines, file.funding_sources = [], [], []
        db.session.flush()
        slug, reference = session.call.slug, file.reference
    mine = visitor_for(app, person)
    start = mine.get(f"/appels/{slug}/deposer").text
    assert "Quatre étapes : le projet, les questions, les pièces, la relecture." in start
    assert "Comptez une heure" in start
    assert mine.get(f"/dossiers/{reference}/donnees").path == f"/dossiers/{reference}/pieces"
    told = visitor().get(f"/appels/{slug}").text
    assert "Comptez une heure" in told
    assert "Prêt à concourir" in told
    with unit_of_work():
        whole = db.session.scalars(applications.queries.for_update(reference)).one()
        drafts.submit(whole, by=person, at=NOON)
    assert whole.receipt_number


# ---- the envelope of each year --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "stored"),
    [("2027 : 480 000\n\n 2026:0,10 ", {"2027": "480000.00", "2026": "0.10"}), ("", {}),
     ("2027 : 480 000\n2027 : 1", None), ("27 : 1", None), ("2027 480", None), ("2027 : -1", None), ("2027 : beaucoup", None)],
)  # fmt: skip
def test_an_amount_a_year_one_a_line(db, agent, draft, typed, stored):
    page = agent.get(f"{draft}/definition/textes")
    status = 422 if stored is None else 200
    page = agent.post(f"{draft}/definition/textes", sent(page, annual_envelopes=typed), status=status)
    assert found(db, draft).annual_envelopes == (stored or {})
    if stored is None:
        assert "écrivez une année et son montant" in page.text
    else:
        shown = agent.get(f"{draft}/definition/textes").tree.xpath("string(//textarea[@name='annual_envelopes'])")
        assert len(shown.split("\n")) >= len(stored)


def test_the_page_gives_the_envelope_of_the_session_and_of_its_year(db, visitor):
    with unit_of_work():
        one = calls.open_call(annual_envelopes={"2027": "300000"}, envelope=Decimal(70_000))
        calls.session(one, closes_at=NOON + timedelta(days=90), envelope=Decimal("81000.50"), label="Relève d’après")
        slug = one.slug
    text = visitor().get(f"/appels/{slug}").text
    assert "La Région y consacre 70 000,00 € pour cette relève (Budget régional)." in text
    assert "En 2027, l'appel dispose de 300 000,00 € en tout." in text
    assert "81 000,50 €" in text


# ---- the themes offered ----------------------------------------------------------------------------


def test_a_call_offers_some_themes_of_its_list_and_a_file_keeps_its_own(app, db, agent, visitor):
    with unit_of_work():
        water, air, soil = (applications.theme(code) for code in ("eau", "air", "sols"))
        applications.theme("ports", ThemeSet.TERRITORIES)
        person, made = account(name="Camille"), calls.open_call()
        file = applications.ready_draft(by=person, to=made.sessions[0], theme=soil)
        slug, reference, hub = made.slug, file.reference, f"/agents/appels/{made.slug}"
    assert "Air ; Eau ; Sols." in visitor().get(f"/appels/{slug}").text
    page = agent.get(f"{hub}/definition/themes")
    assert "Ports" not in page.text
    agent.post(f"{hub}/definition/themes", sent(page, theme_codes=[water.code, air.code]))
    assert "Air, Eau" in agent.get(f"{hub}/definition").text
    direction = signed_in(app, Role.DIRECTION)[0]
    form = sent(direction.get(f"{hub}/definition"), changes="Deux thèmes.")
    direction.post(f"{hub}/modification", form)
    text = visitor().get(f"/appels/{slug}").text
    assert "Air ; Eau." in text
    options = (
        visitor_for(app, person)
        .get(f"/dossiers/{reference}/projet")
        .tree.xpath("//select[@name='theme']/option/@value")
    )
    assert set(options) == {"", "air", "eau", "sols"}  # Its own, and those of the call.
    with unit_of_work():
        session = db.session.scalars(queries.by_slug(slug)).one().sessions[0]
        other = applications.draft(by=person, to=session, title="Autre").reference
    page = visitor_for(app, person).get(f"/dossiers/{other}/projet")
    assert page.tree.xpath("//select[@name='theme']/option/@value") == ["", "air", "eau"]


def test_a_theme_of_another_list_or_unknown_is_left_out_and_said(db):
    with unit_of_work():
        applications.theme("eau")
        applications.theme("ports", ThemeSet.TERRITORIES)
        document = calls.definition(theme_codes=["eau", "ports", "lune"])
        call = services.install(document, at=NOON)
        assert call.theme_codes == ["eau"]
        assert services.unknown(document) == ["le thème ports", "le thème lune"]


def test_every_theme_ticked_is_no_choice(db, agent, draft):
    with unit_of_work():
        for code in ("eau", "air"):
            applications.theme(code)
    page = agent.get(f"{draft}/definition/themes")
    agent.post(f"{draft}/definition/themes", sent(page, theme_codes=["eau", "air"]))
    assert found(db, draft).theme_codes == []


# ---- traps ------------------------------------------------------------------------------------------


def a_session(**values):
    return {
        "label": "R", "opens_at": "2027-01-04T08:00:00+00:00", "closes_at": "2027-03-29T10:00:00+00:00",
        "envelope": "4000000.00", "committee_on": None, "vote_on": None, **values,
    }  # fmt: skip


def test_sessions_that_promise_more_than_the_year_are_a_trap():
    voted_later = a_session(vote_on="2028-01-10")
    document = calls.definition(
        annual_envelopes={"2027": "8000000", "2028": "100"}, sessions=[a_session(), a_session(), voted_later]
    )
    [fault] = [each for each in traps(document) if each.code == "year_exceeded"]
    assert fault.path == ("annual_envelopes",)
    assert fault.values == {"year": "2028", "together": Decimal(4_000_000), "most": Decimal(100)}
    enough = {**document, "annual_envelopes": {"2027": "8000000", "2028": "4000000"}}
    assert "year_exceeded" not in codes(enough)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"kind": "themed", "sessions": [a_session(), a_session()]}, "themed_sessions"),
        ({"kind": "prize", "sessions": [a_session()]}, "prize_budget"),
    ],
)
def test_a_kind_that_does_not_do_what_it_says_is_a_trap(values, code):
    assert code in codes(calls.definition(**values))
    others = {"kind": "permanent", **{name: value for name, value in values.items() if name != "kind"}}
    assert code not in codes(calls.definition(**others))


@pytest.mark.parametrize("kind", ["territory", "organisation"])
@pytest.mark.parametrize(
    ("blind", "hidden", "is_trap"), [(True, False, True), (True, True, False), (False, False, False)]
)
def test_an_answer_that_says_who_carries_is_a_trap_of_a_blind_reading(kind, blind, hidden, is_trap):
    extra = {"levels": ["commune"]} if kind == "territory" else {}
    question = {"key": "where", "label": "Lieu ?", "kind": kind, "section": "Lieu", "identity_bearing": hidden, **extra}
    strand = {**calls.definition()["strands"][0], "questions": [question]}
    document = calls.definition(blind_reading=blind, strands=[strand])
    assert rules.faults(document) == []
    assert ("named_in_blind" in codes(document)) is is_trap


def test_the_page_of_a_published_call_shows_its_traps(db, agent):
    with unit_of_work():
        made = calls.open_call(kind="themed", annual_envelopes={"2027": "150000"})
        calls.session(made, closes_at=NOON + timedelta(days=90), label="Encore une")
        slug = made.slug
    text = agent.get(f"/agents/appels/{slug}/definition").text
    assert "Calendrier : 2 relèves pour un appel thématique" in text
    assert "en 2027, les relèves promettent 200 000 € pour une enveloppe de 150 000 €." in text


# ---- a judged condition -----------------------------------------------------------------------------


def test_where_a_judged_condition_leads_is_asked_on_a_new_one_and_on_a_saved_one(db, agent, draft):
    page = agent.get(f"{draft}/liste/conditions/3")
    assert page.tree.xpath("//input[@name='redirect_to'][not(@type='hidden')]")
    agent.post(
        f"{draft}/liste/conditions/3", sent(page, statement="Ce n’est pas de la recherche.", redirect_to="OS 1.1")
    )
    page = agent.get(f"{draft}/liste/conditions/3")
    assert page.tree.xpath("//input[@name='redirect_to'][not(@type='hidden')]/@value") == ["OS 1.1"]
    assert not agent.get(f"{draft}/liste/conditions/0").tree.xpath("//input[@name='redirect_to']")  # Automatic.


# ---- the desk ---------------------------------------------------------------------------------------


def test_the_desk_counts_drafts_and_deposits_of_the_open_sessions(app, db, agent):
    with unit_of_work():
        person = account(name="Camille")
        session = calls.open_call().sessions[0]
        for title in ("Une", "Deux"):
            applications.draft(by=person, to=session, title=title)
        applications.submitted(by=person, to=session, title="Trois")
        gone = applications.submitted(by=person, to=session, title="Quatre")
        drafts.withdraw(gone, by=person, at=NOON)
        calls.open_call()
    text = agent.get("/agents/appels").text
    assert "1 dossier déposé, 2 brouillons" in text
    assert "aucun dossier déposé, aucun brouillon" in text


def test_a_session_that_is_over_is_not_counted(db, agent):
    with unit_of_work():
        one = calls.open_call()
        call = db.session.scalars(queries.by_slug(one.slug)).one()
        call.sessions[0].state = "closed"
    assert "brouillon" not in agent.get("/agents/appels").tree.xpath("string(//table)")

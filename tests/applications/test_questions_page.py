"""The step of questions, with every kind of them: rows without script, what is reckoned, data sets of the catalogue."""

import pytest

from programme.applications import queries, services
from programme.core.unit_of_work import unit_of_work
from programme.extensions import db as database
from tests.factories import applications, calls, catalogue
from tests.factories.people import NOON, account, visitor_for
from tests.factories.questionnaires import ANSWERS, EACH_KIND
from tests.questionnaires.test_agreement import sent

pytestmark = pytest.mark.db
JSON = {"Accept": "application/json"}


@pytest.fixture(autouse=True)
def _at_noon(freeze):
    """The sessions of these tests accept applications at NOON."""


@pytest.fixture
def made(app, db):
    """A draft that is asked one question of each kind, the address of the step, and the person who opened it."""
    with unit_of_work():
        strand = calls.definition()["strands"][0] | {"questions": EACH_KIND}
        person = account(name="Camille")
        draft = applications.draft(by=person, to=calls.open_call(strands=[strand]).sessions[0])
        services.save_answers(draft, ANSWERS, version=None, at=NOON)
    return visitor_for(app, person), draft.reference, f"/dossiers/{draft.reference}/questions"


def answers(reference):
    database.session.rollback()
    return database.session.scalars(queries.whole(reference)).one().answers


def rows(page, key):
    return page.tree.xpath(f"//fieldset[@id='q_{key}']//tbody/tr")


def test_a_page_sent_back_as_it_came_changes_nothing(made):
    visitor, reference, path = made
    form = sent(visitor.get(path).tree.xpath("//form[@data-autosave]")[0])
    visitor.post(path, {**form.to_dict(flat=False), "action": "save"})
    assert answers(reference) == ANSWERS


def test_what_is_said_of_a_question_stands_beside_its_field(made):
    visitor, _reference, path = made
    page = visitor.get(path)
    assert "Par exemple : la halle aux grains" in page.text
    assert "Confidentiel : lu par la Région seulement." in page.text
    [field] = page.tree.xpath("//input[@id='q_name']")
    for name in field.get("aria-describedby").split():
        assert page.tree.xpath(f"//*[@id='{name}']"), name
    [group] = page.tree.xpath("//fieldset[.//input[@name='q_health']]")
    assert group.get("aria-describedby").split() == ["q_health-purpose", "q_health-confidential"]


def test_a_row_is_added_without_script_and_what_was_typed_is_kept(made):
    visitor, reference, path = made
    assert len(rows(visitor.get(path), "works")) == 2
    typed = {
        "q_works-0-c_what": "Capteurs",
        "q_works-1-c_what": "Câblage",
        "q_works-2-c_what": "Pose",
        "action": "add-q_works",
    }
    page = visitor.post(path, typed)
    assert [each["what"] for each in answers(reference)["works"]] == ["Capteurs", "Câblage", "Pose"]
    assert page.path == path
    assert len(rows(page, "works")) == 4
    page = visitor.post(path, typed | {"q_works-3-c_what": "Essais"})
    assert len(rows(page, "works")) == 4, "never more rows than may be kept"


def test_a_button_that_no_table_has_adds_nothing(made):
    visitor, _reference, path = made
    for action in ("add-q_name", "add-version", "add-", "add-zz", "q_works"):
        page = visitor.post(path, {"q_works-0-c_what": "Capteurs", "action": action})
        assert (page.path, len(rows(page, "works"))) == (path, 2)
    assert len(rows(visitor.get(f"{path}?q_works=99&q_name=9&q_sources=zz"), "works")) == 4


def test_a_row_that_cannot_be_read_in_part_is_kept_in_part_and_shown_as_typed(made):
    visitor, reference, path = made
    typed = {
        "q_works-0-c_what": "Capteurs",
        "q_works-0-c_cost": "à voir",
        "q_works-0-c_on": "",
        "action": "add-q_works",
    }
    page = visitor.post(path, typed, status=422)
    assert answers(reference)["works"] == [{"what": "Capteurs"}]
    assert page.tree.xpath("//input[@id='q_works-0-c_cost']/@value") == ["à voir"]
    assert len(rows(page, "works")) == 2
    assert "#q_works-0-c_cost" in page.tree.xpath("//div[@id='error-summary']//a/@href")


def test_a_title_of_the_catalogue_is_tied_to_its_page_and_another_one_is_kept(app, made):
    visitor, reference, path = made
    with unit_of_work():
        slug = catalogue.dataset("Comptages de vélos").slug
    page = visitor.get(path)
    assert "Comptages de vélos" in page.tree.xpath("//datalist[@id='known-datasets']/option/@value")
    visitor.post(path, {"q_sources-0-title": "Comptages de vélos", "q_sources-1-title": "Nos relevés"})
    assert answers(reference)["sources"] == [{"title": "Comptages de vélos", "slug": slug}, {"title": "Nos relevés"}]
    page = visitor.get(f"/dossiers/{reference}/relecture")
    assert page.tree.xpath(f"//a[@href='/donnees/{slug}']") or page.tree.xpath(f"//a[contains(@href, '{slug}')]")


def test_what_is_reckoned_follows_what_is_saved(made):
    visitor, reference, path = made
    values = {
        "q_area": "10",
        "q_works-0-c_what": "Capteurs",
        "q_works-0-c_cost": "1 000",
        "q_price": "3",
        "action": "next",
    }
    page = visitor.post(path, {key: each for key, each in values.items() if key != "action"})
    assert page.tree.xpath("string(//output[@id='q_price'])").replace("\u202f", " ") == "100,00 €"
    assert "price" not in answers(reference)
    token = visitor.token(path)
    visitor._arrive()
    short = visitor.client.post(
        path, data={**values, "q_area": "0,5", "action": "autosave", "csrf_token": token}, headers=JSON
    )
    assert {key: words for key, words in short.json["fragments"].items() if key.startswith("q_")} == {
        "q_price": "2\u202f000,00\u202f€", "q_works-total-what": "", "q_works-total-count": "", "q_works-total-cost": "1\u202f000,00\u202f€",
        "q_works-total-on": "",
    }  # fmt: skip
    shown = [each["key"] for each in EACH_KIND if each["key"] != "costly"]
    page = visitor.post(path, values | {"q_area": "0,5", "shown": shown})
    assert "Vos réponses ouvrent d'autres questions" in page.text
    assert "Pourquoi ce coût" in page.text


def test_a_colleagues_answers_are_shown_in_words_where_they_differ(made):
    visitor, reference, path = made
    form = sent(visitor.get(path).tree.xpath("//form[@data-autosave]")[0]).to_dict(flat=False)
    with unit_of_work():
        draft = database.session.scalars(queries.for_update(reference)).one()
        other = {"works": [{"what": "Clôture", "count": 1, "cost": "5.00"}], "rent": "9.00"}
        services.save_answers(draft, ANSWERS | other, version=None, at=NOON)
    page = visitor.post(path, {**form, "q_name": ["Autre"]}, status=409)
    said = [each.text_content() for each in page.tree.xpath("//div[contains(@class, 'message--warn')]//dt")]
    assert said == ["Nom du lieu", "Loyer annuel", "Les travaux"]
    assert "Poste : Clôture" in page.text


def test_the_last_reading_names_the_part_that_lacks_and_leads_to_it(made):
    visitor, reference, path = made
    with unit_of_work():
        draft = database.session.scalars(queries.for_update(reference)).one()
        lacking = {
            "works": [{"what": "Clôture", "count": 1}],
            "where": {"level": "commune", "name": "Gap"},
            "rent": "60000.00",
            "goals": {},
        }
        services.save_answers(draft, ANSWERS | lacking, version=None, at=NOON)
    page = visitor.get(f"/dossiers/{reference}/relecture")
    for words, anchor in (
        ("Complétez la réponse à « Les travaux » : ligne 1, Coût.", "q_works-0-c_cost"), ("Complétez la réponse à « Où ? » : code.", "q_where-code"),
        ("Le loyer dépasse le plafond.", "q_rent"), ("Répondez à la question « Vos objectifs ».", "q_goals-m_visits-baseline"),
    ):  # fmt: skip
        assert words in page.text
        assert f"{path}#{anchor}" in page.links()
        assert visitor.get(path).tree.xpath(f"//*[@id='{anchor}']")


def test_the_last_reading_shows_tables_with_their_totals(made):
    visitor, reference, _path = made
    page = visitor.get(f"/dossiers/{reference}/relecture")
    assert "2 410,00 €" in page.text
    assert page.tree.xpath("//dd//strong[text()='mesurer']")
    assert "Commune : Gap (05061)" in page.text


@pytest.mark.parametrize("size", [1, 3])
def test_a_save_asks_as_much_whatever_the_rows(app, made, count_queries, size):
    visitor, _reference, path = made
    token = visitor.token(path)
    data = {"csrf_token": token, "action": "autosave"}
    data |= {f"q_sources-{place}-title": f"Jeu {place}" for place in range(size)}
    data |= {f"q_works-{place}-c_what": f"Poste {place}" for place in range(size)}
    visitor._arrive()
    with count_queries(9):  # The last two: a question asks for a file, which is a piece; who else writes on the draft.
        assert visitor.client.post(path, data=data, headers=JSON).status_code == 200

"""The fields of each kind: what is typed is kept as far as it can be read, what is kept comes back as it was."""

import pytest
from lxml import html
from werkzeug.datastructures import MultiDict

from programme.core.forms import row_template
from programme.questionnaires.forms import (
    SENTENCES,
    answers_from,
    data_from,
    filled_rows,
    form_class,
    sentence,
    spare_rows,
    titles_of,
)
from programme.questionnaires.rules.fields import Question, asked, questions_from
from programme.questionnaires.rules.validation import check
from tests.factories.questionnaires import ANSWERS, EACH_KIND

TYPED = {
    "q_name": " La  criée ", "q_method": "- **un**", "q_area": "1\u202f120,5", "q_rent": "12 000", "q_health": "yes", "q_price": "99",
    "q_works-0-c_what": "Capteurs", "q_works-0-c_count": "12", "q_works-0-c_cost": "1 800,00", "q_works-0-c_on": "01/03/2027",
    "q_works-1-c_what": "", "q_works-1-c_cost": "", "q_works-2-c_what": "Câblage", "q_works-2-c_cost": "à voir",
    "q_where-level": "commune", "q_where-name": "Gap", "q_where-code": "05 061", "q_partner-name": "Région", "q_partner-siret": "231 300 021 00012",
    "q_sources-0-title": "Arbres", "q_sources-1-title": " ", "q_sources-2-title": "Une  liste\nà nous",
    "q_goals-m_visits-baseline": "0", "q_goals-m_visits-target": "12 500", "q_goals-m_events-target": "beaucoup",
}  # fmt: skip
READ = {
    "name": "La  criée", "method": "- **un**", "area": "1120.50", "rent": "12000.00", "health": "yes",
    "works": [{"what": "Capteurs", "count": 12, "cost": "1800.00", "on": "2027-03-01"}, {"what": "Câblage"}],
    "where": {"level": "commune", "name": "Gap", "code": "05061"}, "partner": {"siret": "23130002100012", "name": "Région"},
    "sources": [{"title": "Arbres", "slug": "arbres-13"}, {"title": "Une liste à nous"}], "goals": {"visits": {"baseline": "0", "target": "12500"}},
}  # fmt: skip


@pytest.fixture
def shown():
    return asked(questions_from(EACH_KIND), {}, {})


@pytest.fixture
def sent(app, shown):
    """Makes the form of each kind with what was typed."""

    def make(listed=None, **typed):
        made = form_class(listed or shown)(MultiDict(typed))
        made.validate()
        return made

    with app.test_request_context(method="POST"):
        yield make


def test_each_part_that_can_be_read_is_kept(sent, shown):
    form = sent(**TYPED)
    found = answers_from(form, shown, {"Arbres": "arbres-13"})
    assert {key: answer for key, answer in found.items() if answer is not None} == READ
    assert "price" not in found
    assert titles_of(form, shown) == ["Arbres", "Une liste à nous"]


def test_what_cannot_be_read_stays_as_typed_with_its_sentence(sent):
    form = sent(**TYPED)
    assert form.errors["q_works"] == [{}, {}, {"c_cost": ["Écrivez un montant en chiffres, par exemple 1 500,00."]}]
    assert list(form.errors["q_goals"]) == ["m_events"]
    assert 'value="à voir"' in str(form.q_works[2].form.c_cost())
    assert filled_rows(form.q_works) == 2


def test_stored_answers_come_back_as_they_were(app, shown):
    with app.test_request_context():
        form = form_class(shown)(data=data_from(ANSWERS, shown))
        assert answers_from(form, shown) == {
            key: answer for key, answer in ANSWERS.items() if key in {each.key for each in shown}
        }
        assert form.q_price.words == "20,00\u202f€"
        assert form.q_area._value() == "120,50"
        assert form.q_partner.form.siret._value() == "231\u00a0300\u00a0021\u00a000012"


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ({"q_where-department": "05"}, {"level": "department", "code": "05", "name": "Hautes-Alpes"}),
        ({"q_where-level": "department", "q_where-department": "05", "q_where-name": "Gap"}, {"level": "department", "code": "05", "name": "Hautes-Alpes"}),
        ({"q_where-level": "department"}, {"level": "department"}),
        ({"q_where-level": "epci", "q_where-code": "200 054 807", "q_where-name": "Métropole"}, {"level": "epci", "code": "200054807", "name": "Métropole"}),
        ({"q_where-level": "commune", "q_where-code": "2a004", "q_where-name": "Ajaccio"}, {"level": "commune", "code": "2A004", "name": "Ajaccio"}),
        ({"q_where-level": "commune", "q_where-code": "2004", "q_where-name": "Ajaccio"}, {"level": "commune", "name": "Ajaccio"}),
        ({"q_where-name": "Ajaccio"}, {"name": "Ajaccio"}), ({}, None),
    ],
)  # fmt: skip
def test_a_territory_is_chosen_or_typed(sent, shown, typed, answer):
    assert answers_from(sent(**typed), shown)["where"] == answer


@pytest.mark.parametrize(
    ("levels", "typed", "answer"),
    [
        (["department"], {"q_w-department": "13"}, {"level": "department", "code": "13", "name": "Bouches-du-Rhône"}), (["department"], {}, None), (["commune"], {}, None),
        (["commune"], {"q_w-name": "Gap", "q_w-code": "05061"}, {"level": "commune", "name": "Gap", "code": "05061"}), (["epci"], {"q_w-name": "Métropole"}, {"level": "epci", "name": "Métropole"}),
    ],
)  # fmt: skip
def test_one_level_alone_is_not_asked_for(sent, levels, typed, answer):
    listed = [Question.from_json({"key": "w", "label": "Où ?", "kind": "territory", "levels": levels})]
    form = sent(listed, **typed)
    assert "level" not in form.q_w.form
    assert answers_from(form, listed)["w"] == answer


def test_wrong_codes_say_what_to_do(sent):
    form = sent(**{"q_where-level": "epci", "q_where-code": "123456789", "q_partner-siret": "1"})
    assert form.errors["q_where"]["code"][0].startswith("Écrivez le SIREN de l’intercommunalité")
    assert form.errors["q_partner"]["siret"][0].startswith("Vérifiez ce SIRET")


def test_rows_to_write_on_are_shown_within_the_most(app, shown):
    with app.test_request_context():
        form = form_class(shown)(data=data_from({}, shown))
        spare_rows(form, shown, {"q_works": 99, "q_sources": 0})
        assert (len(form.q_works), len(form.q_sources)) == (4, 2)
        assert row_template(form.q_works).form.c_what.name == "q_works-__n__-c_what"


def test_rows_beyond_the_most_are_not_kept(sent, shown):
    rows = {f"q_sources-{place}-title": f"Jeu {place}" for place in range(5)}
    assert len(answers_from(sent(**rows), shown)["sources"]) == 3


def test_each_fault_has_its_sentence_and_says_where(app):
    listed = questions_from(EACH_KIND)
    wrong = ANSWERS | {"rent": "60000.00", "area": "200000", "works": [{"what": "a", "count": 2, "cost": "1.00"}] * 5, "where": {"level": "commune", "code": "05061"}}  # fmt: skip
    with app.test_request_context():
        found = {each.question.key: sentence(each) for each in check(listed, wrong, {})}
    assert found == {
        "rent": "Le loyer dépasse le plafond.", "area": str(SENTENCES["too_large"]), "works": str(SENTENCES["too_many"]),
        "where": "Complétez cette réponse : nom.",
    }  # fmt: skip


def test_no_key_takes_the_name_of_a_part_of_the_form(sent):
    names = ["data", "errors", "validate", "meta", "populate_obj", "form"]
    columns = [{"key": each, "label": each, "kind": "text"} for each in names]
    stored = [{"key": each, "label": each, "kind": "table", "columns": columns} for each in names]
    stored.append({"key": "process", "label": "P", "kind": "indicators", "indicators": names})
    listed = questions_from(stored)
    form = sent(listed, **{"q_data-0-c_errors": "un", "q_process-m_data-target": "2"})
    assert answers_from(form, listed)["data"] == [{"errors": "un"}]
    assert answers_from(form, listed)["process"] == {"data": {"target": "2"}}


def test_what_nobody_types_has_no_box(sent):
    assert html.fromstring(str(sent(**TYPED).q_price())).tag == "output"

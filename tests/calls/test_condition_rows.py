"""A condition is written in words: choices that hold a comma, several at once, places by their names; what is written reads back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programme.applications import services as applying
from programme.calls.forms.conditions import Askable
from programme.calls.states import CallState
from programme.core.unit_of_work import unit_of_work
from programme.questionnaires.rules import gazetteer
from programme.questionnaires.rules.kinds import Level, wider
from tests.calls.test_screens import document, sent
from tests.factories import applications, calls
from tests.factories.people import NOON

WORDS = ("Oui", "Oui, en partie", "en partie", "Non ; à prévoir", "Non", "à revoir", "Été, automne", "Œuvre", "12, 5")
CHOICE = Askable("retour", "Un retour ?", tuple((f"c{place}", words) for place, words in enumerate(WORDS)))
PLACE = Askable("area", "Où ?", levels=wider([Level.COMMUNE]))
SOME = st.lists(st.sampled_from([code for code, _words in CHOICE.answers]), min_size=1, unique=True)


@given(SOME)
def test_choices_that_hold_a_comma_read_back_as_they_are_written(codes):
    assert CHOICE.read(CHOICE.words(codes, several=True), several=True) == codes


@given(SOME.map(lambda codes: codes[:1]))
def test_one_choice_reads_back_whatever_it_holds(codes):
    assert CHOICE.read(CHOICE.words(codes, several=False), several=False) == codes
    assert CHOICE.read(CHOICE.words(codes, several=True), several=True) == codes


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("oui, en partie", ["c1"]), ("OUI ; en partie", ["c0", "c2"]), ("c4, ete, automne", ["c4", "c6"]),
        ("Oui, en partie ; Non ; à prévoir ; Œuvre", ["c1", "c3", "c7"]), ("Non, oui", ["c4", "c0"]), ("oeuvre;", ["c7"]),
    ],
)  # fmt: skip
def test_several_choices_are_read_as_people_write_them(typed, codes):
    assert CHOICE.read(typed, several=True) == codes


@pytest.mark.parametrize("typed", ["peut-être", "Oui ; peut-être", "Oui Non", "ouistiti"])
def test_what_is_no_choice_is_refused(typed):
    with pytest.raises(ValueError, match=r"."):
        CHOICE.read(typed, several=True)


@given(st.lists(st.text("aé, '.0", min_size=1).map(str.strip).filter(lambda t: t.strip(",") == t != ""), min_size=1))
def test_texts_that_hold_a_comma_read_back_as_they_are_written(texts):
    free = Askable("why", "Pourquoi ?")
    assert free.read(free.words(texts, several=True), several=True) == texts


def test_a_strand_without_title_is_not_what_nothing_names():
    with pytest.raises(ValueError, match=r"^$"):
        Askable("strand", "Le volet", (("A", ""),)).read("", several=False)


# ---- places ----------------------------------------------------------------------------------------


def test_every_place_reads_back_by_the_name_that_is_shown():
    everything = [each.code for each in gazetteer.places()]
    assert PLACE.read(PLACE.words(everything, several=True), several=True) == everything


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("gap ; cc serre poncon ; vaucluse", ["05061", "200067742", "84"]), ("Mirabeau (84076)", ["84076"]), ("05061, 13", ["05061", "13"]),
        ("St Rémy de Provence", ["13100"]), ("99999", ["99999"]), ("200 067 825", ["200067825"]),
    ],
)  # fmt: skip
def test_places_are_written_by_their_names_or_codes(typed, codes):
    assert PLACE.read(typed, several=True) == codes


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("Gap ; Mirabeau", "Plusieurs lieux ont ce nom : écrivez-le avec son code. Mirabeau (04122), Mirabeau (84076)."),
        ("Gape", "« Gape » n’est pas un lieu de la région à cette échelle : vérifiez-le, ou écrivez son code."),
        (" ", "Écrivez une valeur qui se compare."),
    ],
)  # fmt: skip
def test_a_name_that_no_place_or_several_have_is_said(app, typed, said):
    with app.test_request_context():
        try:
            assert PLACE.read(typed, several=True) == []
            wrong = typed
        except ValueError as refused:
            wrong = str(refused)
        assert PLACE.advice(wrong) == said


def test_a_condition_names_no_place_that_is_smaller_than_the_answers():
    grouping = Askable("area", "Où ?", levels=wider([Level.EPCI]))
    assert grouping.read("CC Serre-Ponçon ; 05", several=True) == ["200067742", "05"]
    with pytest.raises(ValueError, match=r"^Gap$"):
        grouping.read("Gap", several=True)


# ---- on the screen ---------------------------------------------------------------------------------

QUESTIONS = [
    {"key": "retour", "label": "Un retour ?", "kind": "choice", "options": [["o", "Oui"], ["p", "Oui, en partie"], ["n", "Non"]]},
    {"key": "area", "label": "Quelle commune, quelle intercommunalité ?", "kind": "territory", "levels": ["commune", "epci"]},
    {"key": "why", "label": "Pourquoi ?", "kind": "text"},
]  # fmt: skip


@pytest.fixture
def draft(db):
    with unit_of_work():
        strand = {**calls.definition()["strands"][0], "questions": QUESTIONS}
        return f"/agents/appels/{calls.call(CallState.DRAFT, slug='rivieres', strands=[strand]).slug}"


@pytest.mark.db
@pytest.mark.parametrize("where", ["questions", "conditions"])
@pytest.mark.parametrize(
    ("key", "how", "typed", "kept", "shown"),
    [
        ("retour", "one_of", "Oui, en partie ; Non", {"one_of": ["p", "n"]}, "Oui, en partie ; Non"),
        ("retour", "is", "oui, en partie", {"is": "p"}, "Oui, en partie"),
        ("area", "one_of", "gap ; 84", {"one_of": ["05061", "84"]}, "Gap, Vaucluse"),
        ("area", "is_not", "CC Serre-Ponçon", {"is_not": "200067742"}, "CC Serre-Ponçon"),
    ],
)
def test_a_comparison_is_kept_by_codes_and_shown_in_words(db, agent, draft, where, key, how, typed, kept, shown):
    place, row = 2, {}
    if where == "conditions":
        place, row = len(document(db, draft)["rules"]), {"check": "answers", "statement": "Au bon endroit."}
    address = f"{draft}/liste/{where}/{place}"
    page = agent.post(address, sent(agent.get(address), action="preview", **row))  # The rows are there.
    agent.post(
        address, sent(page, **{"comparisons-0-key": key, "comparisons-0-how": how, "comparisons-0-value": typed})
    )
    assert condition(document(db, draft), place, where) == {"key": key, **kept}
    page = agent.get(address)
    assert page.tree.xpath("//input[@name='comparisons-0-value']/@value") == [shown]
    assert "séparées par des points-virgules" in page.text
    assert page.tree.xpath("//datalist/option[@value='CC Serre-Ponçon']")
    # The first row is read again when the second one comes.
    agent.post(address, sent(page, **{"comparisons-1-key": "area", "comparisons-1-how": "answered"}))
    first, _second = condition(document(db, draft), place, where)["all"]
    assert first == {"key": key, **kept}


def condition(whole, place, where):
    """The condition that is kept."""
    if where == "questions":
        return whole["strands"][0]["questions"][place]["show_if"]
    return whole["rules"][place]["parameters"]["condition"]


RULE = {"check": "answers", "statement": "Autour du lac.", "refusal": "L’appel est pour les communes du lac."}


@pytest.mark.db
@pytest.mark.parametrize(
    ("answer", "refused"),
    [
        ({"level": "commune", "code": "05061", "name": "Gap"}, True),  # Of another grouping, in no department that is named.
        ({"level": "commune", "code": "05044", "name": "Crots"}, False),
        ({"level": "epci", "code": "200067742", "name": "CC Serre-Ponçon"}, False),
        ({"level": "commune", "code": "84007", "name": "Avignon"}, False),
        ({"level": "epci", "code": "200054807", "name": "Métropole d’Aix-Marseille-Provence"}, False),  # It has Pertuis.
        ({"level": "commune"}, False), (None, False),
    ],
)  # fmt: skip
def test_a_rule_names_groupings_and_departments_and_an_answer_is_in_them(db, freeze, answer, refused):
    with unit_of_work():
        strand = {**calls.definition()["strands"][0], "questions": QUESTIONS}
        rule = {**RULE, "parameters": {"condition": {"key": "area", "one_of": ["200067742", "84"]}}}
        made = applications.draft(to=calls.open_call(strands=[strand], rules=[rule]).sessions[0])
        made.answers = {"area": answer} if answer else {}
        said = [
            each for each in applying.faults(made, NOON, subdomain_needed=False) if each.sentence == RULE["refusal"]
        ]
        assert [each.step for each in said] == (["questions"] if refused else [])

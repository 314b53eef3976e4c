"""The screens of a call that is being defined: what is refused and kept, what two people do at once, who may, what the applicant will see."""

import io
import json

import pytest
from jsonschema import Draft202012Validator
from sqlalchemy import func, select

from programme.accounts.states import Role
from programme.calls import queries, services
from programme.calls.models import Call
from programme.calls.states import CallState
from programme.calls.views import definition as definition_views
from programme.core.journal import JournalEntry
from programme.core.unit_of_work import unit_of_work
from tests.factories import calls
from tests.factories.people import signed_in

pytestmark = pytest.mark.db
QUESTIONS = [
    {"key": "uses", "label": "Qui s’en servira ?", "kind": "long_text", "section": "Usages"},
    {"key": "ai", "label": "De l’intelligence artificielle ?", "kind": "yes_no", "section": "Usages"},
    {"key": "why", "label": "Pourquoi ?", "kind": "text", "section": "Usages", "show_if": {"key": "ai", "is": "yes"}},
]


@pytest.fixture
def draft(db):
    """The address of a draft call of one strand with three questions."""
    with unit_of_work():
        strand = {**calls.definition()["strands"][0], "questions": QUESTIONS}
        slug = calls.call(CallState.DRAFT, title="Données des rivières", strands=[strand]).slug
    return f"/agents/appels/{slug}"


def found(db, slug):
    db.session.rollback()
    return db.session.scalars(queries.by_slug(slug.rsplit("/", 1)[-1])).one()


def document(db, slug):
    return json.loads(json.dumps(services.definition_of(found(db, slug))))


def sent(page, **values):
    """The fields of the page's own form, some of them otherwise, as a browser sends them."""
    [form] = page.tree.xpath("//main//form[.//input[@name='version'] and @novalidate]")
    data = {}
    for name, value in form.form_values():
        data.setdefault(name, []).append(value)
    return {**data, **{name: value for name, value in values.items() if value is not None}}


# ---- a new call ----------------------------------------------------------------------------------


NEW = {"title": "Forêts et données", "code": "forets-27", "kind": "themed", "theme_set": "data"}


def test_four_answers_make_a_draft_that_says_what_it_lacks(db, agent):
    page = agent.post("/agents/appels/nouveau", NEW)
    assert page.path == "/agents/appels/forets-et-donnees/definition"
    call = found(db, "forets-et-donnees")
    assert (call.state, call.code, call.kind, len(call.strands)) == (CallState.DRAFT, "FORETS-27", "themed", 1)
    assert "9 choses manquent avant la publication" in page.text
    assert "Volet A, grille : ajoutez au moins une ligne." in page.text


def test_a_code_that_is_taken_is_said_and_what_is_typed_stays(db, agent):
    with unit_of_work():
        calls.call(code="FORETS-27")
    page = agent.post("/agents/appels/nouveau", NEW, status=422)
    assert "Un autre appel a déjà ce code." in page.text.replace("'", "’")
    assert page.tree.xpath("//input[@name='title']/@value") == ["Forêts et données"]
    assert db.session.scalar(select(func.count()).select_from(Call)) == 1


@pytest.mark.parametrize(
    ("field", "value"), [("title", ""), ("title", "x" * 191), ("code", "É T É"), ("kind", "fête"), ("theme_set", "")]
)
def test_what_cannot_begin_a_call_is_refused(db, agent, field, value):
    agent.post("/agents/appels/nouveau", {**NEW, field: value}, status=422)
    assert db.session.scalar(select(func.count()).select_from(Call)) == 0


def test_two_calls_of_the_same_title_have_two_addresses(db, agent):
    agent.post("/agents/appels/nouveau", NEW)
    page = agent.post("/agents/appels/nouveau", {**NEW, "code": "AUTRE"})
    assert page.path == "/agents/appels/forets-et-donnees-2/definition"


def test_a_draft_that_lacks_something_is_not_sent_to_validation(db, agent):
    agent.post("/agents/appels/nouveau", NEW)
    page = agent.post("/agents/appels/forets-et-donnees/ask_review")
    assert "Il manque 9 choses à l'appel" in page.text
    assert found(db, "forets-et-donnees").state is CallState.DRAFT


# ---- the document ---------------------------------------------------------------------------------


def upload(agent, body, status=200):
    file = body if isinstance(body, bytes) else json.dumps(body).encode()
    return agent.post("/agents/appels/importer", {"document": (io.BytesIO(file), "appel.json")}, status=status)


def test_a_document_makes_a_draft_under_a_name_of_its_own(db, agent, draft):
    written = document(db, draft)
    page = upload(agent, written)
    assert "Brouillon créé sous le code" in page.text
    again = document(db, page.path.removesuffix("/definition"))
    assert {**again, "code": "", "slug": ""} == {**written, "code": "", "slug": ""}
    assert again["code"] == f"{written['code']}-2"


def wrong(**changed):
    return {**calls.definition(), **changed}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "Ce n'est pas du JSON"), (b"{", "Ce n'est pas du JSON"), (b"\xff\xfe", "Ce n'est pas du JSON"),
        (b"[" * 100_000, "Ce n'est pas du JSON"), ([], "Ce n'est pas une valeur du bon type"), ({}, "Une information manque (code, slug,"),
        (wrong(title="x" * 201), "Titre : 200 signes au plus."), (wrong(kind="fête"), "Nature : ce n'est pas un des codes"),
        (wrong(readers_per_file=True), "ce n'est pas une valeur du bon type"),
        (wrong(sql="DROP TABLE"), "Une information n'est pas connue (sql)."),
        (wrong(strands=[{"code": "A", "title": "", "summary": "", "criteria": [], "questions": [{"key": "a", "label": "b", "kind": "c"}]}]), "Volet 1, question 1"),
        (wrong(strands=[{"code": "A", "title": "", "summary": "", "criteria": []}] * 2), "Volet 2, code : le code A est donné deux fois."),
        (wrong(rules=[{"check": "rate_max", "statement": "x"}]), "Condition 1, paramètres : il manque le paramètre"),
        (wrong(rules=[{"strand": "Z", "statement": "x"}]), "Condition 1, volet : aucun volet n'a le code Z."),
        (wrong(sessions=[{"label": "x", "opens_at": "2027-01-01T00:00:00", "closes_at": "2027-01-02T00:00:00+01:00", "envelope": "1"}]), "Relève 1, ouverture"),
        (wrong(sessions=[{"label": "x", "opens_at": "2027-02-30T00:00:00Z", "closes_at": "2027-03-02T00:00:00Z", "envelope": "1"}]), "Relève 1, ouverture : écrivez une date"),
        (wrong(sessions=[{"label": "x", "opens_at": "2027-03-02T00:00:00Z", "closes_at": "2027-03-02T00:00:00Z", "envelope": "1"}]), "la fermeture suit l'ouverture"),
        (wrong(sessions=[{"label": "x", "opens_at": "2027-03-02T00:00:00Z", "closes_at": "2027-03-03T00:00:00Z", "envelope": "1e9"}]), "Relève 1, enveloppe"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_call_is_refused_with_every_reason_and_makes_nothing(db, agent, body, said):
    page = upload(agent, body, status=422)
    assert said in page.text
    assert db.session.scalar(select(func.count()).select_from(Call)) == 0


def test_a_file_too_large_is_not_read(db, agent, monkeypatch):
    monkeypatch.setattr(definition_views, "LARGEST_FILE", 100)
    assert "de 2 Mo au plus" in upload(agent, wrong(), status=422).text


def test_the_schema_is_published_and_says_what_the_reading_says(db, visitor, draft):
    answer = visitor().client.get("/donnees-ouvertes/appel.schema.json")
    schema = json.loads(answer.data)
    Draft202012Validator.check_schema(schema)
    assert Draft202012Validator(schema).is_valid(document(db, draft))
    assert not Draft202012Validator(schema).is_valid({**document(db, draft), "title": 3})


# ---- one part at a time ---------------------------------------------------------------------------


def test_texts_are_kept_and_journaled_once(db, agent, draft):
    page = agent.get(f"{draft}/definition/textes")
    agent.post(
        f"{draft}/definition/textes", sent(page, promise="Pour les rivières.", annual_envelopes="2027 : 250 000,50")
    )
    call = found(db, draft)
    assert (call.promise, call.annual_envelopes) == ("Pour les rivières.", {"2027": "250000.50"})
    [entry] = db.session.scalars(select(JournalEntry).where(JournalEntry.act == "call.redefined")).all()
    assert entry.after == {"part": "texts"}


def test_what_two_people_change_in_one_part_is_shown_to_the_second_who_loses_nothing(db, agent, app, draft):
    mine, theirs = agent.get(f"{draft}/definition/textes"), agent.get(f"{draft}/definition/textes")
    agent.post(f"{draft}/definition/textes", sent(theirs, promise="La leur."))
    page = agent.post(f"{draft}/definition/textes", sent(mine, promise="La mienne."), status=409)
    assert "Cette partie a changé" in page.text
    assert "La leur." in page.text
    assert page.tree.xpath("//textarea[@name='promise']")[0].text.strip() == "La mienne."
    agent.post(f"{draft}/definition/textes", sent(page))
    assert found(db, draft).promise == "La mienne."


def test_two_people_on_two_parts_do_not_meet(db, agent, draft):
    texts, settings = agent.get(f"{draft}/definition/textes"), agent.get(f"{draft}/definition/reglages")
    agent.post(f"{draft}/definition/textes", sent(texts, promise="Autre."))
    agent.post(f"{draft}/definition/reglages", sent(settings, readers_per_file="3", blind_reading="y"))
    call = found(db, draft)
    assert (call.promise, call.readers_per_file, call.blind_reading) == ("Autre.", 3, True)


@pytest.mark.parametrize(
    ("field", "value"),
    [("readers_per_file", "0"), ("readers_per_file", "deux"), ("silence_months", "25"), ("favourable_from", "101"), ("reserved_from", "61")],
)  # fmt: skip
def test_a_setting_that_cannot_be_is_refused(db, agent, draft, field, value):
    page = agent.get(f"{draft}/definition/reglages")
    agent.post(f"{draft}/definition/reglages", sent(page, **{field: value}), status=422)
    assert document(db, draft)[field] == calls.definition().get(field, document(db, draft)[field])


@pytest.mark.parametrize("state", [CallState.CLOSED, CallState.ARCHIVED, CallState.DROPPED])
def test_a_call_that_is_over_is_shown_and_no_longer_changes(db, agent, state):
    with unit_of_work():
        address = f"/agents/appels/{calls.call(state, promise='Pour voir.').slug}"
    assert "Sa définition ne change plus" in agent.get(f"{address}/definition").text
    page = agent.get(f"{address}/definition/textes")
    refused = agent.post(f"{address}/definition/textes", sent(page, promise="Autre."), status=422)
    assert "sa définition ne change plus" in refused.text
    assert found(db, address).promise == "Pour voir."
    page = agent.get(f"{address}/liste/pieces")
    agent.post(f"{address}/liste/pieces/0/retirer", {"version": "x"})
    assert len(found(db, address).required_documents) == 1


# ---- lists ----------------------------------------------------------------------------------------


def keys(db, draft):
    return [each["key"] for each in document(db, draft)["strands"][0]["questions"]]


def act(agent, draft, place, verb, name="questions", *, to=""):
    page = agent.get(f"{draft}/liste/{name}/{place}")
    version = page.tree.xpath("//form[contains(@action, '/dupliquer')]//input[@name='version']/@value")[0]
    return agent.post(f"{draft}/liste/{name}/{place}/{verb}", {"version": version, "place": to})


def test_rows_move_are_copied_and_go(db, agent, draft):
    act(agent, draft, 1, "monter")
    assert keys(db, draft) == ["ai", "uses", "why"]
    act(agent, draft, 0, "dupliquer")
    assert keys(db, draft) == ["ai", "ai2", "uses", "why"]
    act(agent, draft, 1, "descendre")
    act(agent, draft, 2, "retirer")
    assert keys(db, draft) == ["ai", "uses", "why"]


def test_a_question_on_which_another_depends_does_not_move_behind_it(db, agent, draft):
    page = act(agent, draft, 1, "descendre")
    assert "nomme une question qui ne vient pas avant" in page.text
    assert keys(db, draft) == ["uses", "ai", "why"]


def test_two_clicks_on_one_button_take_one_row_away(db, agent, draft):
    page = agent.get(f"{draft}/liste/conditions")
    version = page.tree.xpath("//input[@name='version']/@value")[0]
    for _click in range(2):
        agent.post(f"{draft}/liste/conditions/0/retirer", {"version": version})
    assert [each["statement"] for each in document(db, draft)["rules"]] == [
        "Le plan est équilibré.",
        "Une autre structure en profite.",
    ]


def test_a_strand_that_goes_takes_its_grid_and_the_rules_stay_readable(db, agent, draft):
    agent.post(
        f"{draft}/liste/volets/1",
        {**sent(agent.get(f"{draft}/liste/volets/1")), "code": "B", "title": "Réutiliser", "summary": ""},
    )
    page = agent.get(f"{draft}/liste/conditions/3")
    agent.post(f"{draft}/liste/conditions/3", sent(page, statement="Pour B.", refusal="", strand="B", check=""))
    assert document(db, draft)["rules"][3]["strand"] == "B"
    refused = act(agent, draft, 1, "retirer", "volets")
    assert "aucun volet n'a le code B" in refused.text
    page = agent.get(f"{draft}/liste/questions/0?volet=B")
    agent.post(
        f"{draft}/liste/questions/0?volet=B",
        sent(page, label="Pour B ?", **{"comparisons-0-key": "strand", "comparisons-0-value": "Réutiliser"}),
    )
    agent.post(f"{draft}/liste/volets/1", sent(agent.get(f"{draft}/liste/volets/1"), code="R"))
    renamed = document(db, draft)
    assert (renamed["rules"][3]["strand"], renamed["strands"][1]["questions"][0]["show_if"]) == (
        "R",
        {"key": "strand", "is": "R"},
    )
    act(agent, draft, 3, "retirer", "conditions")
    act(agent, draft, 1, "retirer", "volets")
    assert [each["code"] for each in document(db, draft)["strands"]] == ["A"]


# ---- two people at once: nobody's words go under another's name -------------------------------------


def test_two_new_questions_written_at_once_are_two_questions(db, agent, draft):
    mine, theirs = agent.get(f"{draft}/liste/questions/3"), agent.get(f"{draft}/liste/questions/3")
    agent.post(f"{draft}/liste/questions/3", sent(theirs, label="La leur ?"))
    agent.post(f"{draft}/liste/questions/3", sent(mine, label="La mienne ?"))
    assert keys(db, draft) == ["uses", "ai", "why", "la_leur", "la_mienne"]


def test_a_question_that_moved_meanwhile_is_found_again(db, agent, draft):
    page = agent.get(f"{draft}/liste/questions/0")
    act(agent, draft, 0, "descendre")
    agent.post(f"{draft}/liste/questions/0", sent(page, label="Changée ?"))
    assert [(each["key"], each["label"]) for each in document(db, draft)["strands"][0]["questions"]][:2] == [
        ("ai", "De l’intelligence artificielle ?"), ("uses", "Changée ?"),
    ]  # fmt: skip


def test_a_question_that_another_changed_says_so_then_gives_way_to_the_second_save(db, agent, draft):
    page = agent.get(f"{draft}/liste/questions/0")
    agent.post(f"{draft}/liste/questions/0", sent(agent.get(f"{draft}/liste/questions/0"), label="La leur ?"))
    again = agent.post(f"{draft}/liste/questions/0", sent(page, label="La mienne ?"), status=409)
    assert "Cette ligne a changé entre-temps (« La leur ? »)" in again.text
    agent.post(f"{draft}/liste/questions/0", sent(again))
    assert stored(db, draft, 0)["label"] == "La mienne ?"


@pytest.mark.parametrize("name", ["questions", "conditions"])
def test_a_row_that_another_took_away_never_replaces_the_one_that_came_in_its_place(db, agent, draft, name):
    field = {"questions": "label", "conditions": "statement"}[name]
    page = agent.get(f"{draft}/liste/{name}/0")
    act(agent, draft, 0, "retirer", name)
    again = agent.post(f"{draft}/liste/{name}/0", sent(page, **{field: "La mienne"}), status=409)
    assert "retirée entre-temps" in again.text
    before = rows(db, draft, name)
    agent.post(f"{draft}/liste/{name}/0", sent(again))
    after = rows(db, draft, name)
    assert (after[:-1], after[-1][field]) == (before, "La mienne")


def rows(db, draft, name):
    found_ = document(db, draft)
    return found_["rules"] if name == "conditions" else found_["strands"][0]["questions"]


def test_texts_that_two_people_change_in_two_fields_are_both_kept(db, agent, draft):
    mine, theirs = agent.get(f"{draft}/definition/textes"), agent.get(f"{draft}/definition/textes")
    agent.post(f"{draft}/definition/textes", sent(theirs, audience="La leur."))
    agent.post(f"{draft}/definition/textes", sent(mine, contacts="La mienne."))
    assert (document(db, draft)["audience"], document(db, draft)["contacts"]) == ("La leur.", "La mienne.")


def test_after_a_conflict_the_second_save_takes_nothing_that_one_did_not_write(db, agent, draft):
    mine, theirs = agent.get(f"{draft}/definition/textes"), agent.get(f"{draft}/definition/textes")
    agent.post(f"{draft}/definition/textes", sent(theirs, audience="La leur.", promise="La leur aussi."))
    again = agent.post(f"{draft}/definition/textes", sent(mine, promise="La mienne."), status=409)
    agent.post(f"{draft}/definition/textes", sent(again))
    assert (document(db, draft)["audience"], document(db, draft)["promise"]) == ("La leur.", "La mienne.")


def test_weights_that_do_not_make_a_hundred_are_said_where_they_are(db, agent, draft):
    page = agent.get(f"{draft}/liste/grille/0")
    agent.post(f"{draft}/liste/grille/0", sent(page, weight="50,5", guidance="Rien\nPeu"))
    assert document(db, draft)["strands"][0]["criteria"][0] == {
        "code": "interest", "label": "Intérêt régional", "help": "", "weight": "50.5", "floor": None, "guidance": ["Rien", "Peu"],
    }  # fmt: skip
    assert "Les poids font 90,5 sur 100." in agent.get(f"{draft}/liste/grille").text
    assert "les poids font 90,5 au lieu de 100" in agent.get(f"{draft}/definition").text


# ---- one question ---------------------------------------------------------------------------------


def question(agent, draft, place, status=200, **values):
    page = agent.get(f"{draft}/liste/questions/{place}")
    return agent.post(f"{draft}/liste/questions/{place}", sent(page, **values), status=status)


def stored(db, draft, place):
    return document(db, draft)["strands"][0]["questions"][place]


def test_each_kind_is_written_by_words_and_keeps_its_codes(db, agent, draft):
    question(agent, draft, 3, label="Quelle licence ?", kind="choice", options="Licence ouverte\nODbL", section="Droit")
    assert stored(db, draft, 3) == {
        "key": "quelle_licence", "label": "Quelle licence ?", "kind": "choice", "section": "Droit",
        "options": [["licence_ouverte", "Licence ouverte"], ["odbl", "ODbL"]],
    }  # fmt: skip
    question(agent, draft, 3, options="ODbL\nCC BY\nLicence ouverte", label="Sous quelle licence ?")
    assert stored(db, draft, 3)["options"] == [
        ["odbl", "ODbL"],
        ["cc_by", "CC BY"],
        ["licence_ouverte", "Licence ouverte"],
    ]
    assert stored(db, draft, 3)["key"] == "quelle_licence"
    question(
        agent,
        draft,
        4,
        label="Les dépenses",
        kind="table",
        columns="Poste : texte\nCoût : montant\nVisites : nombre visites\nPublic : choix Jeunes, Familles",
        max_rows="5",
    )
    assert stored(db, draft, 4)["columns"] == [
        {"key": "poste", "label": "Poste", "kind": "text"}, {"key": "cout", "label": "Coût", "kind": "money"},
        {"key": "visites", "label": "Visites", "kind": "number", "unit": "visites"},
        {"key": "public", "label": "Public", "kind": "choice", "options": [["jeunes", "Jeunes"], ["familles", "Familles"]]},
    ]  # fmt: skip
    question(
        agent,
        draft,
        5,
        label="Coût par visite",
        kind="calculated",
        formula="sum(les_depenses.cout) / sum(les_depenses.visites)",
        unit="€",
    )
    assert stored(db, draft, 5)["formula"].startswith("sum(les_depenses.cout)")
    question(agent, draft, 6, label="Où ?", kind="territory", levels=["commune", "epci"])
    assert sorted(stored(db, draft, 6)["levels"]) == ["commune", "epci"]
    question(
        agent,
        draft,
        7,
        label="Combien d’habitants ?",
        kind="number",
        unit="habitants",
        minimum="1 000,5",
        maximum="2 000",
    )
    assert [stored(db, draft, 7)[name] for name in ("unit", "minimum", "maximum")] == ["habitants", "1000.5", "2000"]


def test_a_condition_is_written_in_the_words_of_the_answers(db, agent, draft):
    rows = {"comparisons-0-key": "ai", "comparisons-0-how": "is", "comparisons-0-value": "non",
            "comparisons-1-key": "requested_amount", "comparisons-1-how": "at_least", "comparisons-1-value": "50 000"}  # fmt: skip
    question(agent, draft, 2, joined="any", **rows)
    assert stored(db, draft, 2)["show_if"] == {
        "any": [{"key": "ai", "is": "no"}, {"key": "requested_amount", "at_least": "50000"}]
    }
    page = agent.get(f"{draft}/liste/questions/2")
    assert page.tree.xpath("//input[@name='comparisons-0-value']/@value") == ["Non"]


@pytest.mark.parametrize(
    "values",
    [
        {"label": ""}, {"label": "x" * 301}, {"kind": "choice", "options": ""}, {"kind": "choice", "options": "Un\nUn"},
        {"kind": "table", "columns": "Poste"}, {"kind": "table", "columns": ""}, {"kind": "territory"},
        {"kind": "calculated", "formula": ""}, {"kind": "calculated", "formula": "__import__('os')"},
        {"kind": "calculated", "formula": "uses * 2"}, {"kind": "number", "minimum": "beaucoup"},
        {"kind": "number", "minimum": "5", "maximum": "4"}, {"kind": "indicators", "indicators": ""}, {"kind": "secret"},
        {"comparisons-0-key": "ai", "comparisons-0-value": "peut-être"}, {"comparisons-0-key": "why", "comparisons-0-value": "x"},
        {"comparisons-0-key": "requested_amount", "comparisons-0-how": "at_least", "comparisons-0-value": "beaucoup"},
        {"comparisons-0-key": "requested_amount", "comparisons-0-how": "is", "comparisons-0-value": "50 000"},
        {"comparisons-0-key": "ai", "comparisons-0-how": "at_least", "comparisons-0-value": "3"},
        {"comparisons-1-value": "oui"},
        {"nested": "{"}, {"nested": '{"all": []}'}, {"nested": '{"key": "why", "is": "x"}'},
    ],
)  # fmt: skip
def test_a_question_that_does_not_read_is_refused_and_what_is_typed_stays(db, agent, draft, values):
    before = document(db, draft)
    page = question(agent, draft, 2, status=422, **{"label": "Gardé tel quel ?", **values})
    assert page.tree.xpath("//*[@id='error-summary']")
    if "label" not in values:
        assert page.tree.xpath("//textarea[@name='label']")[0].text.strip() == "Gardé tel quel ?"
    assert document(db, draft) == before


def test_the_preview_shows_the_question_and_keeps_nothing(db, agent, draft):
    before = document(db, draft)
    page = question(
        agent, draft, 3, label="Sous quelle licence ?", kind="choice", options="ODbL\nCC BY", action="preview"
    )
    shown = page.tree.xpath("//*[@id='question-preview']")[0]
    assert [each.text_content().strip() for each in shown.xpath(".//label")] == ["ODbL", "CC BY"]
    assert document(db, draft) == before


def test_a_change_of_kind_that_is_undone_loses_nothing(db, agent, draft):
    page = question(agent, draft, 3, label="Laquelle ?", kind="choice", options="ODbL\nCC BY", action="preview")
    page = agent.post(f"{draft}/liste/questions/3", sent(page, kind="text", action="preview"))
    page = agent.post(f"{draft}/liste/questions/3", sent(page, kind="choice", action="preview"))
    assert page.tree.xpath("//textarea[@name='options']")[0].text.split() == ["ODbL", "CC", "BY"]


# ---- trying ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["questions", "conditions"])
def test_enter_in_a_line_of_text_saves(db, agent, draft, name):
    page = agent.get(f"{draft}/liste/{name}/0")
    [form] = page.tree.xpath("//main//form[.//input[@name='row_name']]")
    first = form.xpath(".//button[not(@type) or @type='submit']")[0]
    assert (first.get("name"), first.get("aria-hidden")) == (None, "true"), (
        "the button that saves comes first, for the Enter key"
    )


def test_the_keys_of_a_calculation_are_shown(db, agent, draft):
    question(agent, draft, 3, label="Les dépenses", kind="table", columns="Coût : montant")
    page = question(agent, draft, 4, label="Total", kind="calculated", formula="x", action="preview")
    assert "sum(les_depenses.cout)" in page.text


def test_a_question_whose_words_are_those_of_the_file_gets_another_key(db, agent, draft):
    question(agent, draft, 3, label="Theme")
    assert stored(db, draft, 3)["key"] == "theme_2"


@pytest.mark.parametrize("action", ["add-q_uses", "add-csrf_token", "add-", "add-x"])
def test_trying_takes_no_odd_button(db, agent, draft, action):
    agent.post(f"{draft}/essai", {"q_uses": "x", "q_ai": "no", "action": action}, status=200)


def test_trying_imagines_the_file(db, agent, draft):
    question(
        agent,
        draft,
        2,
        **{"comparisons-0-key": "requested_amount", "comparisons-0-how": "at_least", "comparisons-0-value": "5 000"},
    )
    assert "Pourquoi ?" not in agent.get(f"{draft}/essai").text
    assert "Pourquoi ?" in agent.get(f"{draft}/essai?requested_amount=5+000,00").text


def test_trying_says_what_is_missing_opens_what_a_condition_opens_and_keeps_nothing(db, agent, draft):
    page = agent.get(f"{draft}/essai")
    assert "Une question attend que sa condition soit vraie." in page.text
    page = agent.post(f"{draft}/essai", {"q_uses": "Les pêcheurs", "q_ai": "yes"}, status=422)
    assert "Pourquoi ?" in page.text
    page = agent.post(f"{draft}/essai", {"q_uses": "Les pêcheurs", "q_ai": "yes", "q_why": "Compter"})
    assert "Rien ne manque" in page.text
    assert (
        db.session.scalar(select(func.count()).select_from(JournalEntry).where(JournalEntry.act.like("application%")))
        == 0
    )


# ---- who -------------------------------------------------------------------------------------------


PAGES = ("definition", "definition/textes", "definition/reglages", "liste/questions", "liste/questions/0", "essai")


def test_who_treats_files_does_not_see_how_a_call_is_defined(app, db, draft):
    person, _number = signed_in(app, Role.OFFICER_FILE)
    for address in (*PAGES, "liste/pieces/0"):
        person.get(f"{draft}/{address}", status=404)
    person.get("/agents/appels/nouveau", status=404)
    assert "Préparer un appel" not in person.get("/agents/appels").text


def test_the_direction_reads_everything_and_changes_nothing(app, db, draft):
    person, _number = signed_in(app, Role.DIRECTION)
    for address in PAGES:
        page = person.get(f"{draft}/{address}")
        assert "Enregistrer" not in [each.text_content().strip() for each in page.tree.xpath("//main//button")]
    before = document(db, draft)
    for address in PAGES[1:5]:
        person.post(
            f"{draft}/{address}",
            sent(person.get(f"{draft}/definition/textes")),
            status=404 if address != "liste/questions" else 405,
        )
    person.post(f"{draft}/liste/questions/0/retirer", {"version": "x"}, status=404)
    assert document(db, draft) == before


@pytest.mark.parametrize("size", [1, 3])
def test_the_pages_ask_the_same_whatever_the_size(db, agent, draft, count_queries, size):
    for _turn in range(size - 1):
        act(agent, draft, 0, "dupliquer")
        act(agent, draft, 0, "dupliquer", "conditions")
    with count_queries(11):
        agent.get(f"{draft}/definition")
    with count_queries(10):
        agent.get(f"{draft}/liste/questions")

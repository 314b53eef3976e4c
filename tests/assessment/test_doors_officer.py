"""The officer's doors: who enters, what each form refuses and keeps, how many statements the lists take."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from programme.accounts.states import Role
from programme.applications.models import Application, Piece, RuleJudgement
from programme.applications.states import ApplicationState, PieceState
from programme.assessment import services
from programme.assessment.labels import ACTS
from programme.assessment.queries import Sort
from programme.calls.models import EligibilityRule
from programme.calls.states import RuleKind
from programme.core import journal
from programme.core.unit_of_work import unit_of_work
from programme.evaluation import queries as evaluations
from programme.evaluation.models import Evaluation
from programme.extensions import db as database
from tests.factories import calls
from tests.factories.applications import submitted
from tests.factories.assessment import LATER, assigned, fresh, marked, officer, on_agenda, reader, under_review
from tests.factories.people import NOON, account, signed_in, visitor_for

pytestmark = pytest.mark.db
FILE, PROGRAMME, DIRECTION = Role.OFFICER_FILE, Role.OFFICER_PROGRAMME, Role.DIRECTION
FINANCE, ELECTED, DPO, ADMIN = Role.FINANCE, Role.ELECTED, Role.DPO, Role.ADMIN
DUE = str(LATER.date() + timedelta(days=15))


@pytest.fixture(autouse=True)
def _five_days_later(db):
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def file(db):
    """An application handed in five days ago."""
    with unit_of_work():
        return submitted().reference


def path(reference, end=""):
    return f"/agents/dossiers/{reference}{end}"


def kept(reference):
    database.session.rollback()
    return database.session.scalars(select(Application).where(Application.reference == reference)).one()


def kept_now(reference):
    """The file, inside the running unit of work."""
    return database.session.scalars(select(Application).where(Application.reference == reference)).one()


def handed_in_piece(reference):
    return database.session.scalars(select(Piece).where(Piece.application_id == kept(reference).id)).first()


def judged_rule():
    return database.session.scalars(select(EligibilityRule).where(EligibilityRule.kind == RuleKind.JUDGED)).first()


def ready_for_readers(count=2):
    with unit_of_work():
        file = under_review(officer())
        people = [reader(file, f"Lectrice {place}") for place in range(count)]
        return file.reference, [each.id for each in people]


def recused_officer(build=submitted):
    """A file and an officer who stepped aside from it, with another file that they still see."""
    with unit_of_work():
        by, me = officer(), account(FILE, PROGRAMME, name="Mina Déport")
        session = calls.open_call().sessions[0]
        file = under_review(by, to=session, title="Carte cachée")
        submitted(to=session, title="Carte visible")
        services.recuse(_given_to(file, me, by), file, "Ma sœur y travaille.", by=me, at=LATER)
        return me, file.reference, session.id


def _given_to(file, person, by):
    from programme.evaluation import services as evaluation
    from programme.evaluation.models import ReviewPool

    evaluation.add_to_pool(database.session.get_one(ReviewPool, file.call.pool_id), person, by=None, at=LATER)
    database.session.flush()
    return assigned(file, person, by)


# ---- who enters -----------------------------------------------------------------------------------

READ = ["", "/lettre.pdf"]
ACT = ["/demander-des-complements", "/irrecevable", "/reorienter", "/classer", "/evaluateurs", "/decision"]
POST = ["/recevable", "/instruction", "/clore-evaluation", "/regles/1", "/pieces/1/accepter", "/pieces/1/refuser"]


@pytest.mark.parametrize("end", [*READ, *ACT])
def test_nobody_unknown_and_no_applicant_opens_a_page_of_the_house(app, visitor, file, end):
    assert visitor().get(path(file, end)).path == "/connexion"
    with unit_of_work():
        owner = database.session.get_one(Application, kept(file).id).created_by_id
        owner = database.session.get_one(type(account()), owner)
    for person in (signed_in(app)[0], visitor_for(app, owner), signed_in(app, DPO)[0], signed_in(app, ELECTED)[0]):
        person.get(path(file, end), status=404)


def test_the_lists_open_to_their_roles_only(app, visitor, file):
    who = {"/agents/a-traiter": {FILE, PROGRAMME, DIRECTION, FINANCE},
           "/agents/dossiers": {FILE, PROGRAMME, DIRECTION, FINANCE, ELECTED}}  # fmt: skip
    for address, roles in who.items():
        assert visitor().get(address).path == "/connexion"
        signed_in(app)[0].get(address, status=404)
        for role in Role:
            signed_in(app, role)[0].get(address, status=200 if role in roles else 404)


@pytest.mark.parametrize("end", [*ACT, *POST])
def test_only_the_officer_of_files_acts(app, file, end):
    for role in (PROGRAMME, DIRECTION, FINANCE):
        person, _number = signed_in(app, role)
        person.post(path(file, end), {}, form="/agents/dossiers", status=404)
    assert kept(file).state is ApplicationState.SUBMITTED


def test_the_finances_read_the_file_but_neither_marks_nor_readers(app):
    with unit_of_work():
        by = officer()
        file = under_review(by)
        person = reader(file, "Inès Lectrice")
        marked(assigned(file, person, by), 4, person)
        reference = file.reference
    for role, sees in ((FILE, True), (PROGRAMME, True), (DIRECTION, False), (FINANCE, False)):
        text = signed_in(app, role)[0].get(path(reference)).text
        assert ("Inès Lectrice" in text, "80,00" in text) == (sees, sees), role
    assert "Carte des fraîcheurs" in signed_in(app, ELECTED)[0].get("/agents/dossiers").text
    assert path(reference) not in signed_in(app, ELECTED)[0].get("/agents/dossiers").links()


def test_a_draft_is_not_the_houses_business(app):
    from tests.factories.applications import draft

    with unit_of_work():
        reference = draft(title="Secret encore").reference
    person, _number = signed_in(app, FILE)
    person.get(path(reference), status=404)
    assert "Secret encore" not in person.get("/agents/dossiers").text
    assert person.get("/agents/dossiers").h1 == "0 dossier déposé"


def test_who_stepped_aside_finds_nothing_of_the_file_anywhere(app):
    me, reference, session_id = recused_officer()
    person = visitor_for(app, me)
    for end in ("", *ACT):
        person.get(path(reference, end), status=404)
    for end in POST:
        person.post(path(reference, end), {}, form="/agents/dossiers", status=404)
    for address in (
        "/agents/a-traiter", "/agents/dossiers", "/agents/dossiers?q=cach%C3%A9e", "/agents/dossiers?etat=scoring",
        f"/agents/releves/{session_id}/classement", f"/agents/releves/{session_id}/decisions", "/evaluations",
    ):  # fmt: skip
        assert "cachée" not in person.get(address).text, address
    assert person.get("/agents/dossiers").h1 == "1 dossier déposé"
    assert person.get("/agents/a-traiter").h1 == "Une chose vous attend"
    assert "Évaluation en cours" not in " ".join(person.get("/agents/dossiers").text.split("Filtrer par état")[-1:])


# ---- lists ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1, 3])
@pytest.mark.parametrize(("address", "statements"), [("/agents/a-traiter", 7), ("/agents/dossiers", 7)])
def test_a_list_asks_as_much_whatever_its_size(app, count_queries, size, address, statements):
    with unit_of_work():
        by, session = officer(), calls.open_call().sessions[0]
        for place in range(size):
            file = under_review(by, to=session, title=f"Projet {place}")
            assigned(file, reader(file, f"Lectrice {place}"), by)
    person, _number = signed_in(app, FILE)
    with count_queries(statements):
        page = person.get(address)
    assert len(page.tree.xpath("//tbody//tr[contains(., 'Projet ')]")) == size


@pytest.mark.parametrize("size", [1, 3])
def test_the_file_asks_as_much_whatever_its_history(app, count_queries, size):
    reference, people = ready_for_readers(3)
    with unit_of_work():
        by, file = officer(), fresh(kept_now(reference))
        for number in people[:size]:
            person = database.session.get_one(type(by), number)
            marked(assigned(file, person, by), 3, person)
    person, _number = signed_in(app, FILE)
    with count_queries(22):  # Two of them note the first opening in the hour.
        page = person.get(path(reference))
    assert page.text.count("60,00") == size


def test_the_desk_says_what_is_to_do_and_filters_by_task(app, file):
    reference, _people = ready_for_readers()
    person, _number = signed_in(app, FILE)
    page = person.get("/agents/a-traiter")
    assert page.h1 == "2 choses vous attendent"
    shown = person.get("/agents/a-traiter?tache=assign").links()
    assert path(reference) in shown
    assert path(file) not in shown
    assert "Rien à traiter ici" not in person.get("/agents/a-traiter?tache=inconnue").text


def test_the_list_filters_searches_and_sorts(app, file):
    with unit_of_work():
        submitted(title="Pluie 100 % utile")
    person, _number = signed_in(app, FILE)
    assert "Pluie" not in person.get("/agents/dossiers?etat=awarded").text
    assert "Carte des fraîcheurs" not in person.get("/agents/dossiers?q=pluie").text
    only = person.get("/agents/dossiers?q=100+%25")
    assert ("Pluie" in only.text, "Carte des fraîcheurs" in only.text) == (True, False)
    assert "Aucun dossier ne correspond" in person.get("/agents/dossiers?q=neige").text
    for sort in (*Sort, "inconnu"):
        assert "Pluie" in person.get(f"/agents/dossiers?tri={sort}").text
    person.get("/agents/dossiers?appel=99999999999999999999&etat=inconnu")
    person.get("/agents/dossiers?page=99999999", status=404)


@pytest.mark.parametrize(
    ("sort", "first"), [("titre", "Carte des fraîcheurs"), ("depot", "Zone calme"), ("ancien", "Carte des fraîcheurs")]
)
def test_the_headings_of_the_list_sort_it_and_keep_its_filters(app, file, sort, first):
    with unit_of_work():
        submitted(title="Zone calme", at=NOON + timedelta(minutes=5))
    person, _number = signed_in(app, FILE)
    page = person.get(f"/agents/dossiers?etat=submitted&tri={sort}")
    assert page.tree.xpath("//tbody/tr[1]/th/a")[0].text_content() == first
    assert page.tree.xpath("//input[@name='tri']/@value") == ([sort] if sort != "depot" else [])
    assert all("etat=submitted" in each for each in page.tree.xpath("//a[@class='sort']/@href"))


@pytest.mark.parametrize("address", ["/agents/releves/%s/classement", "/agents/comites/%s", "/evaluations/%s"])
def test_a_number_too_large_is_an_absence(app, db, address):
    signed_in(app, FILE)[0].get(address % ("9" * 30), status=404)


# ---- pieces and rules -----------------------------------------------------------------------------


def test_a_piece_is_accepted_then_refused_with_its_reason(app, file):
    person, _number = signed_in(app, FILE)
    piece = handed_in_piece(file)
    page = person.post(path(file, f"/pieces/{piece.id}/accepter"), {}, form=path(file))
    assert page.flashes == ["L'examen de la pièce est enregistré."]
    assert handed_in_piece(file).state is PieceState.ACCEPTED
    page = person.post(path(file, f"/pieces/{piece.id}/refuser"), {"note": "Illisible."}, form=path(file))
    assert "Illisible." in page.text
    assert handed_in_piece(file).state is PieceState.REFUSED


def test_the_officer_comes_back_to_the_piece_that_was_examined(app, file):
    person, _number = signed_in(app, FILE)
    piece = handed_in_piece(file)
    form = {"csrf_token": person.get(path(file)).tree.xpath("//input[@name='csrf_token']/@value")[0]}
    answer = person.client.post(path(file, f"/pieces/{piece.id}/accepter"), data=form)
    assert answer.location.endswith(f"#piece-{piece.id}")


def test_all_the_pieces_received_are_accepted_in_one_act_and_only_once(app, file):
    person, _number = signed_in(app, FILE)
    page = person.post(path(file, "/pieces/accepter"), {}, form=path(file))
    assert page.flashes == ["Toutes les pièces reçues sont conformes."]
    assert handed_in_piece(file).state is PieceState.ACCEPTED
    assert "À examiner" not in page.text
    page = person.post(path(file, "/pieces/accepter"), {}, form=path(file))
    assert page.flashes == ["Aucune pièce n'attend d'être examinée."]


@pytest.mark.parametrize("role", [PROGRAMME, DIRECTION])
def test_only_an_officer_accepts_the_pieces(app, file, role):
    person, _number = signed_in(app, role)
    person.post(path(file, "/pieces/accepter"), {}, form="/compte", status=404)
    assert handed_in_piece(file).state is PieceState.PROVIDED


@pytest.mark.parametrize(("note", "words"), [("", "ce qui ne convient pas"), ("x" * 501, "500 signes au plus")])
def test_a_refusal_without_a_good_reason_keeps_what_was_typed(app, file, note, words):
    person, _number = signed_in(app, FILE)
    piece = handed_in_piece(file)
    page = person.post(path(file, f"/pieces/{piece.id}/refuser"), {"note": note}, form=path(file), status=422)
    assert words in page.text
    assert page.tree.xpath(f"//input[@id='note-{piece.id}']/@value") == [note]
    assert page.tree.findtext(".//title").startswith("Erreur")
    assert handed_in_piece(file).state is PieceState.PROVIDED


def test_a_piece_of_another_file_is_absent(app, file):
    with unit_of_work():
        other = submitted(title="Autre").reference
    foreign = handed_in_piece(other)
    person, _number = signed_in(app, FILE)
    person.post(path(file, f"/pieces/{foreign.id}/accepter"), {}, form=path(file), status=404)
    person.post(path(file, f"/regles/{judged_rule().id + 1000}"), {"is_met": "yes"}, form=path(file), status=404)
    assert handed_in_piece(other).state is PieceState.PROVIDED


def test_a_piece_opens_for_the_house_only(app, visitor, file):
    public_id = handed_in_piece(file).file.public_id
    address = f"/agents/dossiers/pieces/{public_id}"
    assert signed_in(app, FINANCE)[0].get(address).body.startswith(b"%PDF")
    assert visitor().get(address).path == "/connexion"
    for role in ((), (ELECTED,), (DPO,)):
        signed_in(app, *role)[0].get(address, status=404)
    me, hidden, _session = recused_officer()
    visitor_for(app, me).get(f"/agents/dossiers/pieces/{handed_in_piece(hidden).file.public_id}", status=404)


def test_a_rule_is_answered_and_a_no_says_why(app, file):
    person, _number = signed_in(app, FILE)
    rule = judged_rule().id
    address = path(file, f"/regles/{rule}")
    assert "Choisissez oui ou non." in person.post(address, {"note": "À voir."}, form=path(file), status=422).text
    page = person.post(address, {"is_met": "no", "note": ""}, form=path(file), status=422)
    assert "Dites pourquoi cette condition n'est pas remplie." in page.text
    assert page.tree.xpath("//input[@name='is_met'][@checked]/@value") == ["no"]
    long = "y" * 1001
    page = person.post(address, {"is_met": "yes", "note": long}, form=path(file), status=422)
    assert page.tree.xpath(f"//input[@id='rule-{rule}']/@value") == [long]
    page = person.post(address, {"is_met": "no", "note": "Il ne sert que lui."}, form=path(file))
    assert "Il ne sert que lui." in page.text
    [answer] = database.session.scalars(select(RuleJudgement)).all()
    assert (answer.is_met, answer.note) == (False, "Il ne sert que lui.")


# ---- requests, admissibility, end -----------------------------------------------------------------


def test_a_request_stops_the_clock_and_keeps_what_was_typed(app, file):
    person, _number = signed_in(app, FILE)
    address = path(file, "/demander-des-complements")
    for due, words in (("", "Donnez une date limite."), ("2026-11-01", "à venir"), ("demain", "Écrivez une date")):
        page = person.post(address, {"message": "Il manque le RIB.", "due_on": due}, status=422)
        assert words in page.text
        assert page.tree.xpath("//textarea[@name='message']")[0].text.strip() == "Il manque le RIB."
    assert "Écrivez ce qui manque" in person.post(address, {"message": "", "due_on": DUE}, status=422).text
    page = person.post(address, {"message": "Il manque le RIB.", "due_on": DUE})
    assert page.flashes == ["La demande est envoyée : le délai est suspendu."]
    assert kept(file).state is ApplicationState.INFO_REQUESTED
    assert "Il manque le RIB." in page.text


def test_an_item_that_was_not_proposed_is_refused(app, file):
    person, _number = signed_in(app, FILE)
    data = {"message": "M", "due_on": DUE, "items": "Mon passeport"}
    person.post(path(file, "/demander-des-complements"), data, status=422)
    assert kept(file).state is ApplicationState.SUBMITTED


def test_what_is_not_examined_is_named_before_the_file_is_declared_complete(app, file):
    person, _number = signed_in(app, FILE)

    def button():
        return person.get(path(file)).tree.xpath("//form[contains(@action, '/recevable')]/button")[0]

    assert "button--second" in button().get("class")
    assert "n’ont pas encore été examinées" in button().get("data-confirm")
    person.post(path(file, "/pieces/accepter"), {}, form=path(file))
    for each in person.get(path(file)).tree.xpath("//form[contains(@action, '/regles/')]/@action"):
        person.post(each, {"is_met": "yes", "note": ""}, form=path(file))
    assert "button--second" not in button().get("class")
    assert button().get("data-confirm") is None


def test_admission_then_instruction(app, file):
    person, number = signed_in(app, FILE)
    assert "recevable" in person.post(path(file, "/recevable"), {}, form=path(file)).flashes[0]
    assert kept(file).officer_id == number
    assert person.post(path(file, "/instruction"), {}, form=path(file)).flashes == ["L'instruction est ouverte."]
    assert kept(file).state is ApplicationState.UNDER_REVIEW


@pytest.mark.parametrize(
    ("end", "state"), [("irrecevable", "inadmissible"), ("reorienter", "redirected"), ("classer", "dropped")]
)
def test_a_file_ends_with_a_reason_that_is_kept(app, file, end, state):
    person, _number = signed_in(app, FILE)
    if end == "classer":  # Only a file whose applicant does not answer is dropped.
        person.post(path(file, "/demander-des-complements"), {"message": "M", "due_on": DUE})
    assert "Écrivez le motif." in person.post(path(file, f"/{end}"), {"reason": "  "}, status=422).text
    long = "z" * 3001
    page = person.post(path(file, f"/{end}"), {"reason": long}, status=422)
    assert page.tree.xpath("//textarea[@name='reason']")[0].text.strip() == long
    person.post(path(file, f"/{end}"), {"reason": "Hors du champ de l’appel."})
    assert (kept(file).state, kept(file).closing_reason) == (state, "Hors du champ de l’appel.")


def test_the_second_of_two_officers_reads_a_sentence(app, file):
    first, second = signed_in(app, FILE)[0], signed_in(app, FILE)[0]
    first.post(path(file, "/recevable"), {}, form=path(file))
    assert "a changé d'état" in second.post(path(file, "/recevable"), {}, form=path(file)).flashes[0]
    first.post(path(file, "/instruction"), {}, form=path(file))
    assert "a changé d'état" in second.post(path(file, "/instruction"), {}, form=path(file)).flashes[0]
    piece = handed_in_piece(file)
    assert "a changé" in second.post(path(file, f"/pieces/{piece.id}/accepter"), {}, form=path(file)).flashes[0]
    for end in ("/demander-des-complements", "/irrecevable"):
        assert "a changé d'état" in second.get(path(file, end), status=409).text
    assert kept(file).state is ApplicationState.UNDER_REVIEW


# ---- readers --------------------------------------------------------------------------------------


def test_readers_are_chosen_among_the_free_ones_with_a_date_to_come(app):
    reference, people = ready_for_readers(3)
    person, _number = signed_in(app, FILE)
    address = path(reference, "/evaluateurs")
    assert len(person.get(address).tree.xpath("//input[@name='readers'][@checked]")) == 2
    page = person.post(address, {"due_on": "01/11/2026", "readers": str(people[2])}, status=422)
    assert "Choisissez une date à venir." in page.text
    assert page.tree.xpath("//input[@name='due_on']/@value") == ["01/11/2026"]
    assert page.tree.xpath("//input[@name='readers'][@checked]/@value") == [str(people[2])]
    assert "au moins une personne" in person.post(address, {"due_on": DUE}, status=422).text
    person.post(address, {"readers": "999999"}, status=422)
    page = person.post(address, {"due_on": DUE, "readers": [str(each) for each in people[:2]]})
    assert page.flashes == ["Les évaluateurs sont prévenus."]
    given = database.session.scalars(select(Evaluation.reviewer_id)).all()
    assert sorted(given) == sorted(people[:2])
    assert kept(reference).state is ApplicationState.SCORING


def test_a_pool_without_anybody_says_what_to_do(app):
    reference, _people = ready_for_readers(0)
    assert "n'a plus personne de libre" in signed_in(app, FILE)[0].get(path(reference, "/evaluateurs")).text


def test_scoring_closes_when_every_reader_has_answered(app):
    with unit_of_work():
        by = officer()
        file = under_review(by)
        one, two = reader(file, "Une"), reader(file, "Deux")
        marked(assigned(file, one, by), 4, one)
        second = assigned(file, two, by)
        reference, second_id = file.reference, second.id
    person, _number = signed_in(app, FILE)
    page = person.post(path(reference, "/clore-evaluation"), {}, form=path(reference))
    assert page.flashes == ["Il manque l'évaluation de Deux."]
    with unit_of_work():
        again = evaluations.whole(second_id).execution_options(populate_existing=True)
        waiting = database.session.scalars(again).one()
        marked(waiting, 4, waiting.reviewer)
    page = person.post(path(reference, "/clore-evaluation"), {}, form=path(reference))
    assert "prêt pour le comité" in page.flashes[0]
    assert kept(reference).state is ApplicationState.COMMITTEE_READY


def test_the_history_names_the_person_and_the_act_in_words(app):
    with unit_of_work():
        reference = on_agenda(officer("Dominique Faure")).reference
    person, _number = signed_in(app, FILE)
    text = person.get(path(reference)).text.split("Histoire")[-1]
    assert "Déclaré complet et recevable" in text
    assert "Avis du comité : favorable" in text
    assert "Dominique Faure" in text
    acts = database.session.scalars(
        select(journal.JournalEntry.act).where(journal.JournalEntry.subject_type == "application")
    )
    assert set(acts) <= set(ACTS)

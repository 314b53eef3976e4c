"""Filling in a draft: nothing typed is ever lost, two people do not overwrite each other."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from programme.accounts.models import Account
from programme.applications import queries
from programme.applications.models import Application
from programme.applications.states import ApplicationState, ExpenseCategory
from programme.calls.models import CallSession
from programme.calls.states import CallState
from programme.core.unit_of_work import unit_of_work
from programme.organisations.states import MembershipRole
from programme.projects import services as projects
from programme.strategy.models import Subdomain
from programme.strategy.states import ThemeSet
from tests.factories import applications, calls
from tests.factories.people import NOON, account, member, organisation, signed_in, visitor_for
from tests.pages import plain

pytestmark = pytest.mark.db
STEPS = ("projet", "questions", "donnees", "budget", "pieces", "relecture")


@pytest.fixture(autouse=True)
def _at_noon(freeze):
    """The sessions of these tests accept applications at NOON."""


@pytest.fixture
def made(app, db):
    """A draft, and the person who opened it."""
    with unit_of_work():
        person = account(name="Camille")
        draft = applications.draft(by=person)
    return visitor_for(app, person), draft


def kept(db, draft: Application) -> Application:
    db.session.rollback()
    return db.session.scalars(queries.whole(draft.reference)).one()


def source(page) -> str:
    return plain(page.body.decode())


# ---- opening ------------------------------------------------------------------------------------


def beginner(app, db, **values):
    with unit_of_work():
        person, commune = account(), organisation("Commune de Gap")
        member(person, commune)
        call = calls.open_call(**values)
    return visitor_for(app, person), commune, call


def test_a_draft_is_opened_with_what_the_self_check_knows(app, db):
    person, commune, call = beginner(app, db)
    path = f"/appels/{call.slug}/deposer?volet=A&territoire=13&demande=10000.00"
    form = person.get(path)
    assert "lundi 30 novembre 2026 à 12 h 00 (heure de Paris)" in form.text
    page = person.post(path, {"organisation": commune.slug, "strand": "A", "title": "Carte", "nonce": "n" * 20})
    assert page.h1 == "Le projet"
    opened = db.session.scalars(select(Application)).one()
    assert (opened.territory_code, str(opened.requested_amount), opened.title) == ("13", "10000.00", "Carte")


def test_two_clicks_open_one_draft(app, db):
    person, commune, call = beginner(app, db)
    path = f"/appels/{call.slug}/deposer"
    values = {"organisation": commune.slug, "strand": "A", "title": "Carte", "nonce": "n" * 20}
    first, second = person.post(path, values), person.post(path, values)
    assert first.path == second.path
    assert db.session.scalar(select(func.count()).select_from(Application)) == 1


def test_the_nonce_of_somebody_else_opens_nothing_of_theirs(app, db):
    person, commune, call = beginner(app, db)
    with unit_of_work():
        other = applications.draft(nonce="x" * 20)
    values = {"organisation": commune.slug, "strand": "A", "title": "Carte", "nonce": "x" * 20}
    response = person.client.post(
        f"/appels/{call.slug}/deposer", data={**values, "csrf_token": person.token(f"/appels/{call.slug}/deposer")}
    )
    assert other.reference not in response.headers.get("Location", "")


@pytest.mark.parametrize(
    ("field", "words"), [("title", "Donnez un titre"), ("organisation", "Choisissez l'organisme"), ("strand", "volet")]
)
def test_a_wrong_start_comes_back(app, db, field, words):
    base = calls.definition()["strands"][0]
    person, commune, call = beginner(app, db, strands=[base, {**base, "code": "B"}])
    with unit_of_work():
        member(db.session.scalars(select(Account)).first(), organisation("Association Rivages"))
    values = {"organisation": commune.slug, "strand": "A", "title": "Carte des lieux", field: ""}
    page = person.post(f"/appels/{call.slug}/deposer", values, status=422)
    assert words in page.text
    assert 'value="Carte des lieux"' in source(page) or field == "title"
    assert db.session.scalar(select(func.count()).select_from(Application)) == 0


def test_without_an_organisation_one_is_invited_to_enter_it(app, db):
    with unit_of_work():
        call = calls.open_call()
    page = signed_in(app)[0].get(f"/appels/{call.slug}/deposer")
    assert page.h1 == "Inscrivez d'abord votre organisme"
    assert f"/compte/organismes/nouveau?next=/appels/{call.slug}/deposer" in page.links()


def test_a_closed_deposit_says_when_the_next_opens(app, db, freeze):
    freeze.move_to(calls.CLOSES)
    person, commune, call = beginner(app, db)
    with unit_of_work():
        calls.session(
            call,
            state="planned",
            opens_at=calls.CLOSES + timedelta(1),
            closes_at=calls.CLOSES + timedelta(90),
            label="Suivante",
        )
    page = person.get(f"/appels/{call.slug}/deposer")
    assert page.h1 == "Le dépôt n'est pas ouvert"
    assert "Suivante" in page.text
    person.post(
        f"/appels/{call.slug}/deposer", {"organisation": commune.slug, "strand": "A", "title": "Carte"}, status=422
    )
    assert db.session.scalar(select(func.count()).select_from(Application)) == 0


def test_a_draft_call_is_absent(app, db):
    with unit_of_work():
        call = calls.call(CallState.DRAFT)
    signed_in(app)[0].get(f"/appels/{call.slug}/deposer", status=404)


@pytest.mark.parametrize("mine", [True, False])
def test_a_project_is_carried_on_by_those_who_made_it(app, db, mine):
    person, commune, call = beginner(app, db)
    with unit_of_work():
        other = organisation("Association Rivages")
        project = projects.start("Flux Vélo", at=NOON, by=None, organisation_id=commune.id if mine else other.id)
    path = f"/appels/{call.slug}/deposer?projet={project.slug}"
    assert ("Flux Vélo" in source(person.get(path))) is mine
    person.post(path, {"organisation": commune.slug, "strand": "A", "title": "La suite"})
    assert (db.session.scalars(select(Application)).one().project_id == project.id) is mine


# ---- who may ------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", STEPS)
def test_a_stranger_finds_nothing(app, db, made, step):
    with unit_of_work():
        stranger = account()
        member(stranger, organisation("Autre organisme"))
    for method in ("get", "post"):
        kwargs = {"form": "/mes-dossiers"} if method == "post" and step != "pieces" else {}
        if method == "post" and step == "pieces":
            continue
        getattr(visitor_for(app, stranger), method)(f"/dossiers/{made[1].reference}/{step}", status=404, **kwargs)


@pytest.mark.parametrize("step", STEPS)
def test_a_reader_reads_and_does_not_fill_in(app, db, made, step):
    with unit_of_work():
        reader = account()
        member(reader, db.session.merge(made[1].organisation), MembershipRole.READER)
    visitor = visitor_for(app, reader)
    visitor.get(f"/dossiers/{made[1].reference}/{step}", status=404)
    page = visitor.get(f"/dossiers/{made[1].reference}")
    assert "Ce brouillon n'est pas déposé" in page.text
    assert "Retirer ce dossier" not in page.text


@pytest.mark.parametrize("step", STEPS)
def test_an_anonymous_visitor_signs_in_first(db, visitor, made, step):
    assert visitor().get(f"/dossiers/{made[1].reference}/{step}").path == "/connexion"


def test_each_step_is_a_page(made):
    person, draft = made
    for step in STEPS:
        page = person.get(f"/dossiers/{draft.reference}/{step}")
        assert "Il reste 7 jours et 0 h." in page.text
        assert "Enregistré à 12 h 00" in page.text


# ---- the project --------------------------------------------------------------------------------

GOOD = {
    "title": "Carte des lieux frais", "summary": "Où se mettre au frais.", "description": "Mesurer.", "theme": "",
    "territory_code": "05", "starts_on": "2027-03-01", "ends_on": "01/09/2027", "frame_note": "L’axe 2.",
}  # fmt: skip


def test_the_project_is_kept_and_gives_its_title_to_the_thread(db, made):
    person, draft = made
    page = person.post(f"/dossiers/{draft.reference}/projet", {**GOOD, "action": "next"})
    assert page.h1 == "Les questions du volet"
    saved = kept(db, draft)
    assert (saved.title, str(saved.ends_on), saved.project.title) == (GOOD["title"], "2027-09-01", GOOD["title"])


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("starts_on", "bientôt", "Écrivez une date"),
        ("summary", "x" * 401, "1 de trop"),
        ("theme", "zzz", "choix valide"),
    ],
)
def test_what_cannot_be_read_comes_back_as_typed_and_the_rest_is_kept(db, made, field, typed, words):
    person, draft = made
    page = person.post(f"/dossiers/{draft.reference}/projet", {**GOOD, field: typed}, status=422)
    assert words in page.text
    assert typed in source(page) or field == "theme"
    saved = kept(db, draft)
    assert saved.title == GOOD["title"]
    assert getattr(saved, field) in ("", None)


def test_the_page_that_came_back_may_be_saved_again(db, made):
    person, draft = made
    path = f"/dossiers/{draft.reference}/projet"
    page = person.post(path, {**GOOD, "starts_on": "bientôt", "version": "1"}, status=422)
    version = page.tree.xpath("//input[@name='version']/@value")[0]
    person.post(path, {**GOOD, "version": version})
    assert str(kept(db, draft).starts_on) == "2027-03-01"


@pytest.fixture
def themed(app, db):
    """A draft of a call whose themes have sub-domains."""
    with unit_of_work():
        for code in ("e-sante", "tiers-lieux"):
            theme = applications.theme(code, ThemeSet.TERRITORIES)
            db.session.add(Subdomain(theme_id=theme.id, code=f"{code}-x", label=f"Sous-domaine {code}"))
        person = account()
        draft = applications.draft(by=person, to=calls.open_call(theme_set="territories").sessions[0])
    return visitor_for(app, person), draft


def test_a_sub_domain_chosen_alone_says_its_theme(db, themed):
    person, draft = themed
    person.post(f"/dossiers/{draft.reference}/projet", {**GOOD, "subdomain": "e-sante-x"})
    saved = kept(db, draft)
    assert (saved.theme.code, saved.subdomain.code) == ("e-sante", "e-sante-x")


def test_a_sub_domain_of_another_theme_is_said_not_dropped(db, themed):
    person, draft = themed
    values = {**GOOD, "theme": "tiers-lieux", "subdomain": "e-sante-x"}
    page = person.post(f"/dossiers/{draft.reference}/projet", values, status=422)
    assert "Ce sous-domaine appartient au thème « E-sante »" in page.text
    assert kept(db, draft).title == GOOD["title"]


# ---- two people ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("step", "theirs", "mine", "seen"),
    [
        ("projet", {**GOOD, "title": "Le titre de Sacha"}, {**GOOD, "title": "Mon titre"}, "Le titre de Sacha"),
        ("questions", {"q_uses": "La réponse de Sacha"}, {"q_uses": "Ma réponse"}, "La réponse de Sacha"),
        ("donnees", {"rows-0-label": "Le jeu de Sacha"}, {"rows-0-label": "Mon jeu"}, "Le jeu de Sacha"),
        ("budget", {"lines-0-label": "Le poste de Sacha", "lines-0-category": "staff", "lines-0-amount": "10"},
         {"lines-0-label": "Mon poste", "lines-0-category": "staff", "lines-0-amount": "20"}, "Le poste de Sacha : 10,00 €"),
    ],
)  # fmt: skip
def test_the_second_to_save_sees_both_texts_and_loses_nothing(db, made, step, theirs, mine, seen):
    person, draft = made
    path = f"/dossiers/{draft.reference}/{step}"
    version = str(draft.version)
    person.post(path, {**theirs, "version": version})
    page = person.post(path, {**mine, "version": version}, status=409)
    assert "Cette page a été enregistrée entre-temps, par une autre personne ou dans un autre onglet." in page.text
    own = next(value for key, value in mine.items() if key.endswith(("title", "uses", "label")))
    assert own in source(page)
    assert seen in page.text
    again = page.tree.xpath("//input[@name='version']/@value")[0]
    person.post(path, {**mine, "version": again})
    assert own in source(person.get(path))


def test_two_people_on_two_steps_do_not_meet(db, made):
    person, draft = made
    version = str(draft.version)
    places = ("projet", GOOD), ("donnees", {"rows-0-label": "Un jeu"}), ("questions", {"q_uses": "Une réponse"})
    for step, words in places:
        person.post(f"/dossiers/{draft.reference}/{step}", {**words, "version": version})
    for step, words in places:  # The first of them, come back to a page made before: saved since, by whomever.
        person.post(f"/dossiers/{draft.reference}/{step}", {**words, "title": "Autre", "rows-0-label": "Autre",
                    "q_uses": "Autre", "version": version}, status=409)  # fmt: skip
    person.post(f"/dossiers/{draft.reference}/budget", {"lines-0-label": "Un poste", "version": "999"}, status=409)


# ---- questions ----------------------------------------------------------------------------------


def asking(app, db, questions):
    with unit_of_work():
        base = calls.definition()["strands"][0]
        call = calls.open_call(strands=[{**base, "questions": questions}])
        person = account()
        draft = applications.draft(by=person, to=call.sessions[0])
    return visitor_for(app, person), draft


AI = [
    {"key": "ai", "label": "Utilisez-vous l’IA ?", "kind": "yes_no", "section": "Éthique"},
    {"key": "why", "label": "Pour quoi ?", "kind": "text", "section": "Éthique", "show_if": ["ai", "yes"]},
    {"key": "people", "label": "Combien de personnes ?", "kind": "number", "section": "Cibles"},
]


def test_an_answer_that_opens_a_question_leads_to_it(app, db):
    person, draft = asking(app, db, AI)
    path = f"/dossiers/{draft.reference}/questions"
    assert "Pour quoi" not in person.get(path).text
    page = person.post(path, {"q_ai": "yes", "q_people": "12", "action": "next"})
    assert page.path == path
    assert "Vos réponses ouvrent d'autres questions" in page.text
    assert "Pour quoi" in page.text
    page = person.post(path, {"q_ai": "yes", "q_why": "Trier", "q_people": "12", "action": "next"})
    assert page.h1 == "Les données"
    assert kept(db, draft).answers == {"ai": "yes", "why": "Trier", "people": 12}


def test_an_unreadable_answer_keeps_the_one_that_was_saved(app, db):
    person, draft = asking(app, db, AI)
    path = f"/dossiers/{draft.reference}/questions"
    person.post(path, {"q_ai": "no", "q_people": "12"})
    page = person.post(path, {"q_ai": "no", "q_people": "beaucoup"}, status=422)
    assert 'value="beaucoup"' in source(page)
    assert kept(db, draft).answers == {"ai": "no", "people": 12}
    person.post(path, {"q_ai": "no", "q_people": ""})
    assert kept(db, draft).answers == {"ai": "no"}


# ---- rows ---------------------------------------------------------------------------------------


def test_a_row_typed_in_part_is_kept_in_part(db, made):
    person, draft = made
    person.post(
        f"/dossiers/{draft.reference}/donnees",
        {"rows-0-use": "La carte", "rows-1-label": "Arbres", "rows-1-is_opened": "y"},
    )
    assert [(each.title, each.use, each.is_opened) for each in kept(db, draft).datasets] == [
        ("", "La carte", False), ("Arbres", "", True),
    ]  # fmt: skip


def test_a_row_is_added_without_losing_the_others(db, made):
    person, draft = made
    path = f"/dossiers/{draft.reference}/donnees"
    page = person.post(path, {"rows-0-label": "Arbres", "rows-1-label": "Bancs", "action": "add"})
    assert len(page.tree.xpath("//input[contains(@name,'-label')][not(ancestor::template)]")) == 3
    assert "Arbres" in source(page)


def test_the_number_of_rows_is_bounded(made):
    person, draft = made
    page = person.get(f"/dossiers/{draft.reference}/budget?depenses=100000&financements=-5")
    assert (
        len(
            page.tree.xpath(
                "//textarea[starts-with(@name,'lines-')][contains(@name,'-label')][not(ancestor::template)]"
            )
        )
        == 60
    )


BUDGET = {
    "lines-0-label": "Relevés", "lines-0-category": "services", "lines-0-amount": "14 500,00",
    "lines-1-label": "Chargée de projet", "lines-1-category": "staff", "lines-1-amount": "12 000 €",
    "requested": "13 250,00", "sources-0-label": "Agglomération", "sources-0-kind": "public",
    "sources-0-state": "sought", "sources-0-amount": "5000",
}  # fmt: skip


def test_the_budget_is_added_up_by_the_server(db, made):
    person, draft = made
    page = person.post(f"/dossiers/{draft.reference}/budget", {**BUDGET, "action": "save"})
    for words in (
        "26 500,00 €", "Il manque 8 250,00 € de financements", "Financements : Région, Agglomération",
        "Part de la Région : 50,0 %, le maximum permis.", "Aides publiques réunies : 68,9 %",
    ):  # fmt: skip
        assert words in page.text
    assert [each.category for each in kept(db, draft).budget_lines] == [ExpenseCategory.SERVICES, ExpenseCategory.STAFF]


def test_an_unreadable_amount_comes_back_and_leaves_the_saved_one(db, made):
    person, draft = made
    path = f"/dossiers/{draft.reference}/budget"
    person.post(path, BUDGET)
    page = person.post(path, {**BUDGET, "lines-0-amount": "à voir", "requested": "13 000"}, status=422)
    assert "Écrivez un montant en chiffres, par exemple 1 500,00." in page.text
    assert 'value="à voir"' in source(page)
    saved = kept(db, draft)
    assert [str(each.amount) for each in saved.budget_lines] == ["14500.00", "12000.00"]
    assert str(saved.requested_amount) == "13000.00"


def test_a_forged_code_is_a_sentence_not_a_fault(made):
    person, draft = made
    person.post(f"/dossiers/{draft.reference}/budget", {**BUDGET, "lines-0-category": "gifts"}, status=422)


def test_a_large_request_of_a_private_body_announces_the_agreement(app, db):
    with unit_of_work():
        person, private = account(), organisation("Association Rivages")
        member(person, private)
        draft = applications.draft(by=person, of=private, requested_amount=Decimal(23001))
    assert (
        "signe une convention avec la Région"
        in visitor_for(app, person).get(f"/dossiers/{draft.reference}/budget").text
    )


def test_a_stale_session_writes_nothing_and_keeps_the_text(db, made):
    person, draft = made
    page = person.post(f"/dossiers/{draft.reference}/projet", {**GOOD, "csrf_token": "ancien"}, status=422)
    assert "Votre session a changé" in page.text
    assert GOOD["title"] in source(page)
    assert kept(db, draft).title == "Carte des fraîcheurs"
    assert kept(db, draft).state is ApplicationState.DRAFT


def test_a_line_that_grows_on_the_screen_is_kept_as_one_line(db, made):
    person, draft = made
    path = f"/dossiers/{draft.reference}/budget"
    person.post(path, {**BUDGET, "lines-0-label": "Relevés\r\n thermiques,  été", "action": "save"})
    assert kept(db, draft).budget_lines[0].label == "Relevés thermiques, été"


def test_the_bar_of_a_step_holds_the_saved_state_the_time_left_and_one_act(made):
    person, draft = made
    for step in ("projet", "budget", "pieces", "relecture"):
        [bar] = person.get(f"/dossiers/{draft.reference}/{step}").tree.xpath("//div[@class='sticky-bar']")
        assert "Enregistré" in bar.xpath("string(.//p[@role='status'])")
        assert bar.xpath("string(.//p[@class='sticky-bar__aside'])")
        acts = bar.xpath(".//button[not(@hidden)] | .//a")
        assert len([each for each in acts if not each.xpath("ancestor::template")]) == 1


def test_my_files_name_their_organisation_only_when_there_are_several(made, db):
    person, draft = made
    column = "//th[@scope='col' and normalize-space()='Organisme']"
    assert not person.get("/mes-dossiers").tree.xpath(column)
    with unit_of_work():
        applications.draft(
            by=db.session.get_one(Account, draft.created_by_id), to=db.session.get_one(CallSession, draft.session_id)
        )
    assert person.get("/mes-dossiers").tree.xpath(column)


def test_an_empty_budget_is_not_said_to_be_balanced(made):
    person, draft = made
    balance = "//div[@id='balance']"
    [empty] = person.get(f"/dossiers/{draft.reference}/budget").tree.xpath(balance)
    assert "à l’équilibre" not in empty.text_content()
    person.post(f"/dossiers/{draft.reference}/budget", {**BUDGET, "sources-0-amount": "13 250,00", "action": "save"})
    [written] = person.get(f"/dossiers/{draft.reference}/budget").tree.xpath(balance)
    assert "à l’équilibre" in written.text_content()

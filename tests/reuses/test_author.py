"""Declaring, correcting, completing one's own reuse, without script."""

from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import select

from programme.core.storage import StoredFile
from programme.core.unit_of_work import unit_of_work
from programme.events.models import TeamDataset
from programme.organisations.states import MembershipRole
from programme.projects.models import Project
from programme.reuses.models import Reuse, ReuseDataset
from programme.reuses.states import ReuseOrigin, ReuseState
from tests.factories import events
from tests.factories import reuses as make
from tests.factories.people import NOON, account, member, organisation, visitor_for
from tests.reuses.test_gallery import PNG

pytestmark = pytest.mark.db
S = ReuseState
PROPOSE = "/reutilisations/proposer"


@pytest.fixture
def author(app, db):
    with unit_of_work():
        person = account(name="Léa")
    return person


@pytest.fixture
def browser(app, author):
    return visitor_for(app, author)


@pytest.fixture
def theme(db):
    with unit_of_work():
        return make.theme().id


def answers(theme, **changed):
    return {
        "title": "Respire Étang", "kind": "map", "url": "https://respire.example/", "summary": "L’air de la cour d’école.",
        "theme_id": str(theme), "territory_code": "13", "territory": "Étang de Berre", "organisation_id": "",
        "datasets-0-dataset_id": "", "datasets-0-title": "Indices horaires", "datasets-0-url": "https://air.example/",
        "datasets-0-use": "La couleur de chaque point.", "act": "envoyer",
    } | changed  # fmt: skip


def only(db):
    db.session.rollback()
    return db.session.scalars(select(Reuse)).one()


def lines(db):
    rows = db.session.scalars(select(ReuseDataset).order_by(ReuseDataset.position))
    return [(each.dataset_id, each.title, each.use) for each in rows]


@pytest.mark.parametrize("path", [PROPOSE, "/reutilisations/respire-etang/modifier"])
def test_a_stranger_signs_in_first(visitor, path):
    assert visitor().client.get(path).headers["Location"].startswith("/connexion")


def test_a_reuse_is_declared_in_one_page(browser, theme, db, author):
    page = browser.post(PROPOSE, answers(theme))
    assert "La Région a reçu votre réutilisation" in page.text
    reuse = only(db)
    assert (reuse.state, reuse.origin, reuse.declarer_id) == (S.SUBMITTED, ReuseOrigin.FREE, author.id)
    assert lines(db) == [(None, "Indices horaires", "La couleur de chaque point.")]


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"title": ""}, "Donnez un nom à la réutilisation."),
        ({"kind": ""}, "Choisissez une forme."),
        ({"url": "respire"}, "Écrivez une adresse complète"),
        ({"url": "javascript:alert(1)"}, "Écrivez une adresse complète"),
        ({"summary": ""}, "Dites en une phrase"),
        ({"summary": "x" * 241}, "1 de trop"),
        ({"theme_id": ""}, "Choisissez un thème."),
        ({"datasets-0-use": ""}, "Dites en une ligne à quoi sert"),
        ({"datasets-0-title": ""}, "Écrivez le nom du jeu de données"),
        ({"datasets-0-url": "x"}, "Écrivez une adresse complète"),
        ({"effect_value": "41"}, "Ajoutez ce que ce chiffre compte"),
        ({"effect_value": "beaucoup"}, "Écrivez un nombre"),
        ({"effect_on": "2199-01-01"}, "La date du relevé est à venir"),
        ({"organisation_id": "999"}, "Au nom de"),
    ],
)
def test_what_is_wrong_is_said_and_what_is_typed_is_kept(browser, theme, db, changed, sentence):
    page = browser.post(PROPOSE, answers(theme, missing="Gardez-moi", **changed), status=422)
    assert sentence in page.text
    assert page.tree.xpath("//title")[0].text.startswith("Erreur")
    assert "Gardez-moi" in page.text
    for name, value in changed.items():
        field = page.tree.xpath(f"//*[@name='{name}']")[0]
        assert (field.get("value") or "") == value or field.tag == "select"
    assert db.session.scalars(select(Reuse)).all() == []


def test_without_data_set_the_page_says_how_to_add_one(browser, theme):
    typed = {name: value for name, value in answers(theme).items() if not name.startswith("datasets")}
    assert "Ajoutez au moins un jeu de données" in browser.post(PROPOSE, typed, status=422).text


def test_a_data_set_is_searched_chosen_and_removed_by_plain_buttons(browser, theme, db):
    with unit_of_work():
        air = make.dataset("Indices horaires de la qualité de l’air")
        make.dataset("Comptages de vélos")
        number = str(air.id)
    typed = {name: value for name, value in answers(theme).items() if not name.startswith("datasets")}
    page = browser.post(PROPOSE, typed | {"act": "chercher", "dataset_query": "qualité air"})
    assert page.tree.xpath("//button[starts-with(@value,'ajouter:') and not(@value='ajouter:autre')]/@value") == [
        f"ajouter:{number}"
    ]
    assert page.tree.xpath("//input[@name='title']/@value") == ["Respire Étang"]
    page = browser.post(PROPOSE, typed | {"act": f"ajouter:{number}", "dataset_query": "qualité air"})
    assert page.tree.xpath("//input[@name='datasets-0-dataset_id']/@value") == [number]
    twice = browser.post(
        PROPOSE, typed | {"act": f"ajouter:{number}", "datasets-0-dataset_id": number, "datasets-0-use": "Là"}
    )
    assert len(twice.tree.xpath("//input[contains(@name,'dataset_id')]")) == 1
    gone = browser.post(PROPOSE, typed | {"act": "retirer:0", "datasets-0-dataset_id": number, "datasets-0-use": "Là"})
    assert gone.tree.xpath("//input[contains(@name,'dataset_id')]") == []
    other = browser.post(PROPOSE, typed | {"act": "ajouter:autre"})
    assert len(other.tree.xpath("//input[@name='datasets-0-title']")) == 1
    browser.post(PROPOSE, typed | {"act": "envoyer", "datasets-0-dataset_id": number, "datasets-0-use": "La couleur."})
    assert lines(db) == [(int(number), "", "La couleur.")]


def test_a_search_without_result_says_what_to_do(browser, theme):
    page = browser.post(PROPOSE, answers(theme, act="chercher", dataset_query="licornes"))
    assert "Aucun jeu de données du catalogue ne correspond à « licornes »." in page.text


def test_the_same_form_sent_twice_makes_one_reuse(browser, theme, db):
    typed = answers(theme, nonce="un-jeton")
    browser.post(PROPOSE, typed)
    browser.post(PROPOSE, typed)
    assert only(db).nonce == "un-jeton"


def test_an_address_already_known_is_refused_with_the_text_kept(browser, theme, db):
    with unit_of_work():
        make.reuse("Une autre", url="https://www.respire.example")
    page = browser.post(PROPOSE, answers(theme, missing="Gardez-moi"), status=422)
    assert "Cette adresse est déjà celle d'une réutilisation connue" in page.text
    assert "Gardez-moi" in page.text


def test_a_draft_needs_a_title_only(browser, theme, db):
    empty = dict.fromkeys(answers(theme), "")
    page = browser.post(PROPOSE, empty | {"act": "garder"}, status=422)
    assert "Donnez un nom" in page.text
    assert "Choisissez une forme" not in page.text
    page = browser.post(
        PROPOSE,
        {"title": "Une idée", "act": "garder", "theme_id": "", "kind": "", "organisation_id": "", "territory_code": ""},
    )
    assert "Votre brouillon est gardé." in page.text
    assert only(db).state is S.DRAFT
    page = browser.post(PROPOSE, {"title": "Une autre", "url": "x y", "act": "garder"}, status=422)
    assert "Écrivez une adresse complète" in page.text


def test_a_draft_is_finished_later(browser, theme, db):
    browser.post(PROPOSE, answers(theme, act="garder"))
    page = browser.post("/reutilisations/respire-etang/modifier", answers(theme, version="1"))
    assert "La Région a reçu" in page.text
    assert only(db).state is S.SUBMITTED


def picture(data=PNG, name="carte.png"):
    return (BytesIO(data), name)


def test_an_image_needs_its_description_and_survives_the_return_of_the_page(browser, theme, db):
    page = browser.post(PROPOSE, answers(theme, image=picture()), status=422)
    assert "Décrivez l'image en une phrase" in page.text
    assert "Une image est jointe." in page.text
    token = page.tree.xpath("//input[@name='image_token']/@value")[0]
    browser.post(PROPOSE, answers(theme, image_token=token, image_alt="Une carte."))
    assert (only(db).image_alt, db.session.get(StoredFile, only(db).image_id).public_id) == ("Une carte.", token)
    page = browser.get("/reutilisations/respire-etang")
    assert page.tree.xpath("//img[@alt='Une carte.']")


@pytest.mark.parametrize("data", [b"%PDF-1.7 rien", b"<svg onload='x'/>", b""])
def test_what_is_no_picture_is_refused(browser, theme, db, data):
    page = browser.post(PROPOSE, answers(theme, image=picture(data), image_alt="Une carte."), status=422)
    assert "carte.png" in page.text
    assert db.session.scalars(select(StoredFile)).all() == []


def test_somebody_else_s_file_is_not_attached(app, browser, theme, db):
    with unit_of_work():
        stranger = account()
    token = visitor_for(app, stranger).post(PROPOSE, answers(theme, image=picture()), status=422)
    value = token.tree.xpath("//input[@name='image_token']/@value")[0]
    browser.post(PROPOSE, answers(theme, image_token=value, image_alt="Une carte."))
    assert only(db).image_id is None


def test_one_proposes_for_one_s_organisation_only(app, browser, author, theme, db):
    with unit_of_work():
        mine, read_only, other = organisation("La mienne"), organisation("Lecture"), organisation("Autre")
        member(author, mine, MembershipRole.EDITOR)
        member(author, read_only, MembershipRole.READER)
        numbers = (mine.id, read_only.id, other.id)
    offered = browser.get(PROPOSE).tree.xpath("//select[@name='organisation_id']/option/@value")
    assert offered == ["", str(numbers[0])]
    for number in numbers[1:]:
        browser.post(PROPOSE, answers(theme, organisation_id=str(number)), status=422)
    browser.post(PROPOSE, answers(theme, organisation_id=str(numbers[0])))
    assert only(db).organisation_id == numbers[0]


def test_a_project_is_continued_with_what_it_knows(browser, author, theme, db):
    with unit_of_work():
        project = Project(
            title="Mon projet", slug="mon-projet", summary="Résumé.", created_at=NOON, created_by_id=author.id
        )
        db.session.add(project)
    path = f"{PROPOSE}?projet=mon-projet"
    page = browser.get(path)
    assert page.tree.xpath("//input[@name='title']/@value") == ["Mon projet"]
    assert page.tree.xpath("//input[@name='summary']/@value") == ["Résumé."]
    browser.post(path, answers(theme))
    assert (only(db).project_id, only(db).origin) == (project.id, ReuseOrigin.APPLICATION)


@pytest.mark.parametrize("by", ["equipe", "projet"])
def test_any_member_of_a_team_continues_its_project(app, browser, author, theme, db, by):
    with unit_of_work():
        used = make.dataset("Indices horaires")
        team = events.team(events.event(), account(), author, demo_url="https://demo.example/")
        team.datasets.append(TeamDataset(dataset_id=used.id, line="La couleur."))
        project, slug = team.project_id, {"equipe": team.slug, "projet": team.project.slug}[by]
        stranger, number = account(), str(used.id)
    path = f"{PROPOSE}?{by}={slug}"
    visitor_for(app, stranger).get(path, 404)
    page = browser.get(path)
    if by == "equipe":
        assert page.tree.xpath("//input[@name='url']/@value") == ["https://demo.example/"]
        assert page.tree.xpath("//input[@name='datasets-0-dataset_id']/@value") == [number]
        assert page.tree.xpath("//input[@name='datasets-0-use']/@value") == ["La couleur."]
    browser.post(path, answers(theme))
    assert (only(db).project_id, only(db).origin.value) == (project, {"equipe": "team", "projet": "application"}[by])


def test_somebody_else_s_project_is_not_continued(browser, db):
    with unit_of_work():
        db.session.add(Project(title="Autre", slug="autre", created_at=NOON, created_by_id=account().id))
    browser.get(f"{PROPOSE}?projet=autre", 404)
    browser.get(f"{PROPOSE}?projet=inconnu", 404)
    browser.get(f"{PROPOSE}?equipe=inconnue", 404)


def test_the_region_s_request_is_answered(browser, author, theme, db):
    with unit_of_work():
        make.reuse(
            "Respire Étang", S.INFO_REQUESTED, declarer=author, moderation_note="Une adresse ouverte, s’il vous plaît."
        )
    path = "/reutilisations/respire-etang/modifier"
    assert "Une adresse ouverte" in browser.get(path).text
    browser.post(path, answers(theme, version="1", act="garder"))
    assert only(db).state is S.INFO_REQUESTED
    browser.post(path, answers(theme, version="2"))
    assert only(db).state is S.SUBMITTED


def test_a_published_reuse_is_corrected_at_once(browser, author, theme, db):
    with unit_of_work():
        make.reuse("Respire Étang", declarer=author)
    path = "/reutilisations/respire-etang/modifier"
    page = browser.get(path)
    assert page.tree.xpath("//input[@name='datasets-0-title']/@value") == ["Relevés de terrain"]
    page = browser.post(
        path, answers(theme, version="1", effect_value="12,5", effect_unit="minutes", effect_on="2026-05-31")
    )
    assert "Vos changements sont enregistrés et visibles." in page.text
    assert (str(only(db).effect_value), only(db).state) == ("12.50", S.PUBLISHED)
    assert browser.get(path).tree.xpath("//input[@name='effect_value']/@value") == ["12,5"]


def test_a_new_address_repairs_a_broken_link(browser, author, theme, db):
    with unit_of_work():
        make.reuse("Respire Étang", S.BROKEN_LINK, declarer=author)
    browser.post("/reutilisations/respire-etang/modifier", answers(theme, version="1", url="https://neuve.example/"))
    assert only(db).state is S.PUBLISHED


def test_two_people_at_once_the_second_loses_nothing(browser, author, theme, db):
    with unit_of_work():
        make.reuse("Respire Étang", declarer=author, version=7, territory="Berre-l’Étang")
    path = "/reutilisations/respire-etang/modifier"
    page = browser.post(path, answers(theme, version="6", summary="Mon texte."), status=409)
    assert "Une autre personne a enregistré cette fiche entre-temps" in page.text
    assert "Berre-l'Étang" in page.text
    assert page.tree.xpath("//input[@name='summary']/@value") == ["Mon texte."]
    assert page.tree.xpath("//input[@name='version']/@value") == ["7"]
    assert only(db).version == 7
    browser.post(path, answers(theme, version="7", summary="Mon texte."))
    assert only(db).summary == "Mon texte."


def test_only_its_authors_edit_a_reuse(app, db, theme):
    with unit_of_work():
        home = organisation()
        colleague, reader, stranger = account(), account(), account()
        member(colleague, home, MembershipRole.EDITOR)
        member(reader, home, MembershipRole.READER)
        make.reuse("Respire Étang", organisation=home)
    for person, status in ((colleague, 200), (reader, 404), (stranger, 404)):
        visitor_for(app, person).get("/reutilisations/respire-etang/modifier", status)
    visitor_for(app, stranger).post("/reutilisations/respire-etang/modifier", answers(theme, version="1"), status=404)


def test_a_withdrawn_reuse_is_not_edited(browser, author, db):
    with unit_of_work():
        make.reuse("Respire Étang", S.UNPUBLISHED, declarer=author)
    browser.get("/reutilisations/respire-etang/modifier", 404)
    browser.get("/reutilisations/respire-etang")


def test_an_old_page_writes_nothing_and_keeps_the_text(browser, theme, db):
    page = browser.post(PROPOSE, answers(theme, csrf_token="vieux", missing="Gardez-moi"), status=422)
    assert "Gardez-moi" in page.text
    assert db.session.scalars(select(Reuse)).all() == []


def test_dates_of_a_declaration_are_those_of_the_server(browser, theme, db):
    browser.post(PROPOSE, answers(theme))
    reuse = only(db)
    assert reuse.created_at == reuse.submitted_at
    assert reuse.created_at - NOON != timedelta(0)

"""The pages of the catalogue: what everybody reads, what the officers write."""

from io import BytesIO

import pytest
from sqlalchemy import select

from programme.accounts.states import Role
from programme.catalogue import services
from programme.catalogue.models import Dataset, DatasetImport
from programme.catalogue.states import Completeness, ImportState, Licence
from programme.core.unit_of_work import unit_of_work
from tests.factories import catalogue as make
from tests.factories import strategy
from tests.factories.people import account, organisation, signed_in

pytestmark = pytest.mark.db


@pytest.mark.parametrize("size", [1, 3])
def test_the_list_asks_four_times_whatever_its_size(db, visitor, count_queries, size):
    with unit_of_work():
        made = tuple(make.dataset(is_new=True, opened_through="Appel permanent") for _ in range(size))
        make.collection(datasets=made)
    reader = visitor()
    with count_queries(4):
        page = reader.get("/donnees")
    assert page.text.count("ouvert grâce à : Appel permanent") == size


@pytest.mark.parametrize("size", [1, 3])
def test_the_desk_asks_as_much_whatever_its_size(app, db, count_queries, size):
    with unit_of_work():
        for _ in range(size):
            make.dataset()
    officer, _ = signed_in(app, Role.OFFICER_PROGRAMME)
    officer.get("/agents/donnees")
    with count_queries(5):
        officer.get("/agents/donnees")


def test_the_list_is_searched_filtered_and_sorted(db, visitor):
    with unit_of_work():
        theme = strategy.theme("Mobilité et transports", code="mobilite")
        make.dataset("Comptages de vélos", theme=theme, licence=Licence.ODBL)
        make.dataset("Arbres d’alignement")
    reader = visitor()
    page = reader.get("/donnees?q=vélo&theme=mobilite&licence=odbl&tri=newest")
    assert "1 jeu de données" in page.text
    assert page.tree.xpath("//input[@name='theme'][@value='mobilite']/@checked")
    assert page.tree.xpath("//input[@name='tri']/@value") == ["newest"]
    without_theme = next(
        href for href in page.links() if "licence=odbl" in href and "theme" not in href and "tri" in href
    )
    assert "Comptages de vélos" in reader.get(without_theme).text
    assert "2 jeux de données" in reader.get("/donnees?licence=nimporte&tri=nimporte&page=abc").text


def test_a_search_without_answer_says_how_to_widen_it(db, visitor):
    with unit_of_work():
        make.dataset()
    page = visitor().get("/donnees?q=dirigeable&theme=inconnu")
    assert "Retirez un filtre" in page.text


def test_an_empty_catalogue_says_how_data_come(db, visitor):
    assert "Aucun jeu de données n'est encore référencé." in visitor().get("/donnees").text


def test_pages_are_bounded(db, visitor):
    with unit_of_work():
        producer, theme = organisation(), strategy.theme()
        for _ in range(26):
            make.dataset(producer=producer, theme=theme)
    page = visitor().get("/donnees?per_page=1000")
    assert "Page 1 sur 2" in page.text
    assert len(page.tree.xpath("//tbody/tr")) == 24
    assert len(visitor().get("/donnees?page=2").tree.xpath("//tbody/tr")) == 2
    assert "Aucun jeu de données ne répond" in visitor().get("/donnees?page=9").text


def test_a_reference_leads_to_its_platform_and_to_what_was_done(db, visitor, monkeypatch):
    monkeypatch.setattr(services, "_use_finders", [])
    services.contribute_uses(
        lambda _of, _viewer: [services.Use("Réutilisation", "Flux Vélo", "/reutilisations/flux-velo")]
    )
    with unit_of_work():
        made = make.dataset(
            "Comptages de vélos", producer=organisation("Commune de Gap"), url="https://donnees.example/velos",
            opened_through="Appel permanent", is_new=True, licence=Licence.ODBL,
        )  # fmt: skip
        collection = make.collection("Transports", (made,))
    page = visitor().get(f"/donnees/{made.slug}")
    for words in ("Commune de Gap", "Ouvert grâce à : Appel permanent", "Flux Vélo", "ODbL 1.0", "Jamais publié"):
        assert words in page.text
    for href in (
        "https://donnees.example/velos",
        "/reutilisations/flux-velo",
        f"/donnees/collections/{collection.slug}",
    ):
        assert href in page.links()
    assert "Modifier la fiche" not in page.text


def test_a_reference_without_address_or_use_says_what_to_do(app, db, visitor, monkeypatch):
    monkeypatch.setattr(services, "_use_finders", [])
    with unit_of_work():
        made = make.dataset()
    page = visitor().get(f"/donnees/{made.slug}")
    assert "n'est pas encore connue" in page.text
    assert "/reutilisations/proposer" in page.links()
    officer, _ = signed_in(app, Role.OFFICER_PROGRAMME)
    assert "Modifier la fiche" in officer.get(f"/donnees/{made.slug}").text


@pytest.mark.parametrize("path", ["/donnees/rien", "/donnees/collections/rien"])
def test_what_is_unknown_is_absent(db, visitor, path):
    visitor().get(path, status=404)


def test_a_collection_says_what_is_there_and_what_is_wanted(db, visitor):
    with unit_of_work():
        made = make.collection(
            "Emploi et formation", (make.dataset("Offres d’emploi"),), state=Completeness.PARTIAL,
            completeness="Les offres y sont.", wanted="Compétences demandées\n\nPlaces libres",
        )  # fmt: skip
        empty = make.collection("Vide")
    page = visitor().get(f"/donnees/collections/{made.slug}")
    for words in (
        "Offres d'emploi",
        "Collection partielle",
        "Les offres y sont.",
        "Compétences demandées",
        "Places libres",
    ):
        assert words in page.text
    assert "encore vide" in visitor().get(f"/donnees/collections/{empty.slug}").text


STAFF_DOORS = ["/agents/donnees", "/agents/donnees/nouveau", "/agents/donnees/import"]


@pytest.mark.parametrize("path", STAFF_DOORS)
def test_staff_doors_lead_a_stranger_to_the_sign_in_page(db, visitor, path):
    assert visitor().get(path).path == "/connexion"


@pytest.mark.parametrize("path", STAFF_DOORS)
@pytest.mark.parametrize("roles", [(), (Role.FINANCE,), (Role.OFFICER_FILE,), (Role.DIRECTION,)])
def test_staff_doors_do_not_exist_for_others(app, db, path, roles):
    person, _ = signed_in(app, *roles)
    person.get(path, status=404)


def sent(producer, theme, **values):
    return {
        "title": "Comptages de vélos", "producer_id": str(producer.id), "theme_id": str(theme.id), "kind": "smart",
        "licence": "odbl", "granularity": "point", "url": "https://donnees.example/velos", "version": "1",
        "frequency": "", "description": "", "opened_through": "", **values,
    }  # fmt: skip


@pytest.fixture
def ground(db):
    with unit_of_work():
        return organisation("Commune de Gap"), strategy.theme("Mobilité et transports")


def test_an_officer_enters_a_reference(app, ground, db):
    officer, _ = signed_in(app, Role.OFFICER_PROGRAMME)
    page = officer.post("/agents/donnees/nouveau", sent(*ground, is_new="y", opened_through="Appel permanent"))
    assert page.path == "/donnees/comptages-de-velos"
    kept = db.session.scalars(select(Dataset)).one()
    assert (kept.licence, kept.is_new, kept.opened_through) == (Licence.ODBL, True, "Appel permanent")
    page = officer.post("/agents/donnees/nouveau", sent(*ground), status=422)
    assert "déjà une fiche de ce titre" in page.text


def test_a_wrong_reference_comes_back_as_typed(app, ground, db):
    officer, _ = signed_in(app, Role.OFFICER_PROGRAMME)
    page = officer.post("/agents/donnees/nouveau", sent(*ground, title="", url="exemple.fr", theme_id=""), status=422)
    for sentence in ("Écrivez le titre", "Écrivez l'adresse entière", "Choisissez le thème"):
        assert sentence in page.text
    assert page.tree.xpath("//input[@name='url']/@value") == ["exemple.fr"]
    assert db.session.scalars(select(Dataset)).all() == []


def test_an_officer_changes_a_reference(app, ground, db):
    officer, _ = signed_in(app, Role.OFFICER_PROGRAMME)
    officer.post("/agents/donnees/nouveau", sent(*ground))
    page = officer.post("/agents/donnees/comptages-de-velos", sent(*ground, title="Passages de vélos"))
    assert page.h1 == "Passages de vélos"
    assert page.path == "/donnees/comptages-de-velos"
    page = officer.post("/agents/donnees/comptages-de-velos", sent(*ground, title="", version="2"), status=422)
    assert "Écrivez le titre" in page.text


def test_the_second_editor_sees_both_texts_and_may_send_again(app, ground, db):
    officer, _ = signed_in(app, Role.OFFICER_PROGRAMME)
    officer.post("/agents/donnees/nouveau", sent(*ground))
    path = "/agents/donnees/comptages-de-velos"
    officer.post(path, sent(*ground, frequency="chaque heure"))
    page = officer.post(path, sent(*ground, description="Mon texte."), status=409)
    assert "Une autre personne a modifié cette fiche" in page.text
    assert "chaque heure" in page.text
    assert "Mon texte." in page.text
    version = page.tree.xpath("//input[@name='version']/@value")[0]
    officer.post(path, sent(*ground, description="Mon texte.", version=version))
    assert db.session.scalars(select(Dataset)).one().description == "Mon texte."


CSV = "titre;producteur;thème\nAires de covoiturage;Commune de Gap;Mobilité et transports\nSans producteur;;Mobilité et transports\n"


def send(officer, data, name="liste.csv", status=200):
    return officer.post("/agents/donnees/import", {"file": (BytesIO(data), name)}, status=status)


def test_a_list_is_shown_line_by_line_then_entered(app, ground, db):
    officer, _ = signed_in(app, Role.OFFICER_PROGRAMME)
    page = send(officer, CSV.encode("cp1252"))
    assert page.h1 == "1 ligne prête à enregistrer, 1 à corriger"
    assert "Le producteur manque : écrivez son nom ou son SIRET." in page.text
    assert "Ajout" in page.text
    assert db.session.scalars(select(Dataset)).all() == []
    done = officer.post(f"{page.path}/enregistrer", form=page.path)
    assert "1 fiche ajoutée." in done.flashes
    assert "Aires de covoiturage" in done.text
    again = officer.post(f"{page.path}/enregistrer", form="/agents/donnees/import")
    assert any("a changé d'état" in text for text in again.flashes)
    assert "1 fiche ajoutée" in again.h1


def test_a_list_is_dropped(app, ground, db):
    officer, _ = signed_in(app, Role.OFFICER_PROGRAMME)
    page = send(officer, CSV.encode())
    officer.post(f"{page.path}/abandonner", form=page.path)
    assert db.session.scalars(select(DatasetImport)).one().state is ImportState.DISCARDED
    assert officer.get(page.path).h1 == "Cette liste a été abandonnée"


def test_an_unreadable_list_is_explained_and_nothing_is_kept(app, ground, db):
    officer, _ = signed_in(app, Role.OFFICER_PROGRAMME)
    assert "pas un texte" in send(officer, b"\x00\x01", status=422).text
    assert "Aucune colonne n'est reconnue" in send(officer, b"a;b\n1;2\n", status=422).text
    page = officer.post("/agents/donnees/import", {}, status=422)
    officer.post("/agents/donnees/import", {"file": "des mots à la place d’un fichier"}, status=422)
    assert "Choisissez le fichier à lire." in page.text
    assert db.session.scalars(select(DatasetImport)).all() == []


def test_an_import_of_somebody_else_does_not_exist_outside_the_team(app, db):
    with unit_of_work() as session:
        made = DatasetImport(file_name="x.csv", lines=[], created_by=account(), created_at=make.NOON)
        session.add(made)
    stranger, _ = signed_in(app)
    stranger.get(f"/agents/donnees/import/{made.id}", status=404)
    stranger.post(f"/agents/donnees/import/{made.id}/enregistrer", form="/compte", status=404)

"""References are entered, changed and imported; what was done with a data set is told by the rooms above."""

import json
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from programme.accounts.states import Role
from programme.catalogue import jobs, queries, services, sources
from programme.catalogue.models import Dataset, DatasetImport
from programme.catalogue.queries import Filters
from programme.catalogue.states import DatasetKind, Granularity, ImportState, Licence
from programme.core.errors import IllegalTransition, RuleBroken
from programme.core.journal import JournalEntry
from programme.core.unit_of_work import unit_of_work
from tests.factories import catalogue as make
from tests.factories import strategy
from tests.factories.people import NOON, account, organisation

pytestmark = pytest.mark.db


@pytest.fixture
def ground(db):
    """An officer, a producer and a theme."""
    with unit_of_work():
        return account(Role.OFFICER_PROGRAMME), organisation("Commune de Gap"), strategy.theme("Mobilité et transports")


def enter(ground, title="Comptages de vélos", **values):
    officer, producer, theme = ground
    with unit_of_work():
        return services.create(
            {"title": title, "producer_id": producer.id, "theme_id": theme.id, **values}, by=officer, at=NOON
        )


def found(text):
    from programme.extensions import db

    return [each.title for each in db.session.scalars(queries.search(Filters(text=text)))]


def test_a_reference_is_found_by_its_words_its_producer_and_its_theme(ground):
    dataset = enter(ground, description="Passages par heure.", url="")
    assert (dataset.slug, dataset.url, dataset.licence) == ("comptages-de-velos", None, Licence.LO_2_0)
    for text in ("vélo", "GAP", "mobilités", "heures passage", ""):
        assert found(text) == ["Comptages de vélos"]
    assert found("bateau") == []


def test_the_same_title_of_the_same_producer_is_refused(ground):
    enter(ground)
    with pytest.raises(RuleBroken, match="déjà une fiche"):
        enter(ground, "Comptages de velos")


def test_a_reference_never_takes_the_address_of_a_page(ground):
    assert enter(ground, "Collections").slug == "collections-2"
    assert enter(ground, "Import").slug == "import-2"


def test_an_edit_keeps_the_address_and_tells_the_journal(ground, db):
    officer, producer, theme = ground
    dataset = enter(ground)
    values = {"title": "Passages de vélos", "producer_id": producer.id, "theme_id": theme.id, "licence": "odbl"}
    with unit_of_work() as session:
        services.edit(session.get_one(Dataset, dataset.id), values, version=1, by=officer, at=NOON)
    kept = db.session.scalars(select(Dataset)).one()
    assert (kept.slug, kept.title, kept.version) == ("comptages-de-velos", "Passages de vélos", 2)
    assert found("passage") == ["Passages de vélos"]
    entry = db.session.scalars(select(JournalEntry).where(JournalEntry.act == "dataset.edited")).one()
    assert entry.after == {"title": "Passages de vélos", "licence": "odbl"}


def test_the_second_of_two_editors_is_told(ground):
    officer, producer, theme = ground
    dataset = enter(ground)
    values = {"title": "Autre", "producer_id": producer.id, "theme_id": theme.id}
    with pytest.raises(services.Overtaken, match="Une autre personne"), unit_of_work() as session:
        services.edit(session.get_one(Dataset, dataset.id), values, version=0, by=officer, at=NOON)


CSV = """titre;producteur;thème;adresse;licence;contact
Aires de covoiturage;Commune de Gap;Mobilité et transports;https://donnees.example/aires;ODbL;oui
Sans thème;Commune de Gap;;;;
Comptages de vélos;Commune de Gap;mobilite et transports;;Licence Ouverte 2.0;
"""


def preview(ground, data=None):
    headings, rows = sources.read_list(CSV.encode() if data is None else data)
    with unit_of_work():
        return services.preview_import("liste.csv", headings, rows, by=ground[0], at=NOON)


def test_a_preview_enters_nothing_and_says_what_it_would_do(ground, db):
    enter(ground)
    made = preview(ground)
    assert [(line["number"], line["update"]) for line in made.good_lines] == [(2, False), (4, True)]
    assert [(line["number"], line["faults"]) for line in made.faulty_lines] == [(3, ["Le thème manque."])]
    assert made.left_aside == ["contact"]
    assert len(db.session.scalars(select(Dataset)).all()) == 1


def test_an_applied_list_adds_and_updates_once(ground, db):
    enter(ground, licence="odbl")
    made = preview(ground)
    with unit_of_work() as session:
        services.apply_import(session.get_one(DatasetImport, made.id), by=ground[0], at=NOON)
    kept = {each.title: each for each in db.session.scalars(select(Dataset))}
    assert set(kept) == {"Aires de covoiturage", "Comptages de vélos"}
    assert kept["Comptages de vélos"].licence is Licence.LO_2_0
    assert kept["Aires de covoiturage"].slug == "aires-de-covoiturage"
    done = db.session.scalars(select(DatasetImport)).one()
    assert (done.state, done.added_count, done.updated_count) == (ImportState.APPLIED, 1, 1)
    with pytest.raises(IllegalTransition), unit_of_work() as session:
        services.apply_import(session.get_one(DatasetImport, made.id), by=ground[0], at=NOON)


def test_the_same_list_sent_again_adds_nothing(ground, db):
    for _ in range(2):
        made = preview(ground)
        with unit_of_work() as session:
            services.apply_import(session.get_one(DatasetImport, made.id), by=ground[0], at=NOON)
    assert len(db.session.scalars(select(Dataset)).all()) == 2


def test_a_dropped_list_enters_nothing(ground, db):
    made = preview(ground)
    with unit_of_work() as session:
        services.discard_import(session.get_one(DatasetImport, made.id), by=ground[0], at=NOON)
    assert db.session.scalars(select(Dataset)).all() == []


@pytest.mark.parametrize(("data", "sentence"), [
    (b"colonne;autre\n1;2\n", "Aucune colonne"), (b"titre;theme\n", "pas de ligne"), (b"{", "ne se lit pas"),
    (b'{"a": 1}', "pas de liste"), (b"[1]", "pas un objet"), (b"[" * 100_000, "ne se lit pas"),
])  # fmt: skip
def test_a_list_that_cannot_be_read_is_explained(ground, data, sentence):
    with pytest.raises(RuleBroken, match=sentence):
        preview(ground, data)


def test_a_json_list_is_read_like_a_csv(ground):
    rows = [{"titre": "Adresses", "producteur": "Commune de Gap", "thème": "Mobilité et transports", "nouveau": True}]
    made = preview(ground, json.dumps(rows).encode())
    assert made.good_lines[0]["values"]["is_new"] is True


def test_the_answer_of_a_ckan_catalogue_is_read(ground):
    package = {
        "title": "Canispaces", "notes": "Lieux\n\nréservés.", "license_id": "lov2", "license_title": "Licence Ouverte 2.0",
        "url": "https://donnees.example/canispaces", "organization": {"title": "Commune de Gap", "name": "gap"},
        "groups": [{"title": "Mobilité et transports"}], "datatype": ["Données géographiques"],
    }  # fmt: skip
    made = preview(ground, json.dumps({"success": True, "result": {"count": 1, "results": [package]}}).encode())
    values = made.good_lines[0]["values"]
    assert (values["kind"], values["licence"], values["title"]) == ("geographic", "lo_2_0", "Canispaces")


@pytest.mark.reference
def test_the_recorded_answer_of_the_regional_platform_is_read(ground, reference):
    with unit_of_work():
        organisation("Communauté d’Agglomération de Gap-Tallard-Durance")
        for label in ("Environnement et climat", "Équipements, bâtiments et logement"):
            strategy.theme(label)
    made = preview(ground, (reference / "ckan" / "datasud-package_search-2025-07-30.json").read_bytes())
    assert len(made.lines) == 7
    assert all("Producteur inconnu" not in " ".join(line["faults"]) for line in made.lines)
    assert made.good_lines


def test_the_filters_meet_and_their_counts_leave_their_own_filter_out(ground, db):
    enter(ground, licence="odbl", is_new=True)
    enter(ground, "Aires de covoiturage", opened_through="Appel")
    with unit_of_work():
        make.dataset("Arbres", theme=strategy.theme("Environnement et climat"), kind=DatasetKind.GEOGRAPHIC,
                     granularity=Granularity.POINT)  # fmt: skip
    theme = ground[2].code
    assert len(db.session.scalars(queries.search(Filters(themes=(theme,)))).all()) == 2
    assert len(db.session.scalars(queries.search(Filters(themes=(theme,), licences=(Licence.ODBL,)))).all()) == 1
    assert [each.title for each in db.session.scalars(queries.search(Filters(only_new=True)))] == ["Comptages de vélos"]
    assert [each.title for each in db.session.scalars(queries.search(Filters(only_opened=True)))] == [
        "Aires de covoiturage"
    ]
    rows = [tuple(row) for row in db.session.execute(queries.facets(Filters(themes=(theme,))))]
    assert {label: count for facet, _code, label, count in rows if facet == "theme"} == {
        "Mobilité et transports": 2, "Environnement et climat": 1,
    }  # fmt: skip
    assert {code: count for facet, code, _label, count in rows if facet == "licence"} == {"odbl": 1, "lo_2_0": 1}
    assert {facet: count for facet, _code, _label, count in rows if facet in ("new", "opened")} == {
        "new": 1,
        "opened": 1,
    }


def test_rooms_above_say_what_was_done_with_a_data_set(ground, monkeypatch):
    monkeypatch.setattr(services, "_use_finders", [])
    dataset = enter(ground)
    services.contribute_uses(lambda of, _viewer: [
        services.Use("Réutilisation", f"Carte de {of.title}", "/reutilisations/carte", on=date(2025, 1, 1)),
        services.Use("Projet", "Projet sans date", "/projets/x"),
    ])  # fmt: skip
    services.contribute_uses(
        lambda _of, viewer: [services.Use("Équipe", "Équipe", "/equipes/x", on=date(2026, 1, 1))] if viewer else []
    )
    assert [use.title for use in services.uses_of(dataset, None)] == ["Carte de Comptages de vélos", "Projet sans date"]
    assert next(use.title for use in services.uses_of(dataset, ground[0])) == "Équipe"


def test_the_pick_list_gives_number_title_and_producer(ground, db):
    dataset = enter(ground)
    enter(ground, "Aires de covoiturage")
    assert [tuple(row) for row in db.session.execute(queries.pick_list("velo"))] == [
        (dataset.id, "Comptages de vélos", "Commune de Gap")
    ]
    assert [row[1] for row in db.session.execute(queries.pick_list())] == ["Aires de covoiturage", "Comptages de vélos"]


def test_the_nightly_figures_count_what_was_known_at_their_instant(ground):
    enter(ground, is_new=True)
    enter(ground, "Aires de covoiturage")
    before, after = NOON - timedelta(days=1), NOON + timedelta(days=1)
    assert [jobs._references(at) for at in (before, after)] == [0, 2]
    assert jobs._never_published(before) is None
    assert str(jobs._never_published(after)) == "50.0"
    assert jobs._producers(after) == 1

"""The one thread of a project: who sees it, and which parts."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from programme.accounts.models import Account
from programme.core.clock import now
from programme.core.unit_of_work import unit_of_work
from programme.events.states import TeamState
from programme.projects import services
from programme.reuses.states import ReuseState
from tests.factories import applications, calls, events, reuses
from tests.factories.people import NOON, account, organisation, signed_in

pytestmark = pytest.mark.db


def test_an_unknown_project_is_absent(visitor):
    visitor().get("/projets/nulle-part", status=404)


def test_a_project_without_a_public_fact_is_absent(visitor, db):
    with unit_of_work():
        slug = services.start("Carte des fraîcheurs", at=NOON, by=account()).slug
    visitor().get(f"/projets/{slug}", status=404)


def test_a_public_project_shows_its_parts(visitor, db):
    with unit_of_work():
        of = events.event(title="Hackathon de l’eau")
        team = events.team(of, account(), account(), state=TeamState.WINNER, name="Les Gouttes")
        team.project.summary = "Une carte des fontaines."
        slug = team.project.slug
    page = visitor().get(f"/projets/{slug}")
    assert page.h1 == "Les Gouttes"
    assert "Une carte des fontaines." in page.text
    assert "Équipe Les Gouttes" in page.text
    assert page.tree.xpath("//ol[contains(@class,'thread')]/li")
    assert "Cette page n'est pas publique" not in page.text


def test_members_see_the_draft_thread_and_others_do_not(app, visitor, db):
    person, number = signed_in(app)
    stranger, _other = signed_in(app)
    with unit_of_work():
        made = applications.draft(by=db.session.get_one(Account, number), title="Carte des fraîcheurs")
        slug, reference = made.project.slug, made.reference
    page = person.get(f"/projets/{slug}")
    assert f"Dossier {reference}" in page.text
    assert "Cette page n'est pas publique" in page.text
    stranger.get(f"/projets/{slug}", status=404)
    visitor().get(f"/projets/{slug}", status=404)


def test_the_public_never_sees_a_dossier_on_a_public_thread(app, visitor, db):
    person, number = signed_in(app)
    with unit_of_work():
        made = applications.draft(by=db.session.get_one(Account, number))
        services.make_public(made.project, at=NOON)
        slug, reference = made.project.slug, made.reference
    assert reference in person.get(f"/projets/{slug}").text
    assert reference not in visitor().get(f"/projets/{slug}").text


def test_the_summary_is_text_not_markup(visitor, db):
    with unit_of_work():
        made = services.start(
            "<b>Carte</b>",
            at=NOON,
            by=account(),
            summary="<script>alert(1)</script>",
            organisation_id=organisation("A & B").id,
        )
        services.make_public(made, at=NOON)
        slug = made.slug
    page = visitor().get(f"/projets/{slug}")
    assert page.h1 == "<b>Carte</b>"
    assert not page.tree.xpath("//main//script")
    assert "A & B" in page.text


def test_a_reuse_appears_once_published(visitor, app, db):
    with unit_of_work():
        made = services.start("Carte", at=NOON, by=account())
        services.make_public(made, at=NOON)
        slug = made.slug
        hidden = reuses.reuse("Cachée", ReuseState.DRAFT)
        hidden.project_id = made.id
        shown = reuses.reuse("Montrée")
        shown.project_id = made.id
    page = visitor().get(f"/projets/{slug}")
    assert "Montrée" in page.text
    assert "Cachée" not in page.text


def test_a_whole_story_reads_from_data_to_effect(visitor, db):
    with unit_of_work():
        made = reuses.reuse(
            "Ombre Fraîche", datasets=(reuses.dataset("Arbres d’alignement"),), at=NOON - timedelta(days=200),
            effect_value=Decimal(12), effect_unit="rues au plan de plantation", effect_on=date(2026, 11, 1),
        )  # fmt: skip
        slug = made.project.slug
    page = visitor().get(f"/projets/{slug}")
    stages = [each.text_content() for each in page.tree.xpath("//p[@class='thread__stage']")]
    assert stages == ["Données", "Réutilisation", "Effet"]
    assert page.tree.xpath("string(//*[@class='thread__figure'])") == "12"
    assert "Trois étapes déjà faites" in page.text
    assert not page.tree.xpath("//main//*[@aria-current='step']")


def test_the_public_gets_no_door_to_the_next_stage_and_who_began_the_project_does(app, visitor, db):
    person, number = signed_in(app)
    with unit_of_work():
        slug_of_call = calls.open_call(opens_at=now() - timedelta(days=1), closes_at=now() + timedelta(days=9)).slug
        made = services.start("Carte", at=NOON, by=db.session.get_one(Account, number))
        services.make_public(made, at=NOON)
        slug = made.slug
    doors = {f"/appels/{slug_of_call}/deposer?projet={slug}", f"/reutilisations/proposer?projet={slug}"}
    assert doors <= set(person.get(f"/projets/{slug}").links())
    assert not doors & set(visitor().get(f"/projets/{slug}").links())
    stranger, _other = signed_in(app)
    assert not doors & set(stranger.get(f"/projets/{slug}").links())


@pytest.mark.parametrize("size", [1, 3])
def test_the_page_asks_as_much_for_one_reuse_as_for_three(visitor, count_queries, db, size):
    with unit_of_work():
        first = reuses.reuse(datasets=(reuses.dataset(),))
        slug = first.project.slug
        for _more in range(size - 1):
            reuses.reuse(datasets=(reuses.dataset(),)).project_id = first.project_id
    db.session.remove()
    someone = visitor()
    with count_queries(6):
        someone.get(f"/projets/{slug}")

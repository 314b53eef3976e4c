"""The demonstration's reuses meet every state."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from programme.cli.demo import pictures
from programme.cli.demo import reuses as demo
from programme.core import storage
from programme.core.mail import OutboxMessage
from programme.core.trame import FAMILIES
from programme.core.unit_of_work import unit_of_work
from programme.organisations.states import OrganisationKind
from programme.reuses.models import Reuse
from programme.reuses.states import PUBLIC, ReuseKind, ReuseState
from tests.factories import reuses as make
from tests.factories.people import NOON, account, organisation

pytestmark = pytest.mark.db


@pytest.fixture
def loaded(db):
    with unit_of_work():
        for label, drawing in FAMILIES.items():
            make.theme(label, drawing=drawing)
        for email in (demo.REUSER, demo.STUDENT, demo.ASSOCIATION, demo.OFFICER):
            account(email=email)
        for kind in OrganisationKind:
            organisation(kind=kind)
        make.dataset("Comptages de vélos")
        demo.load(NOON)
    return db.session.scalars(select(Reuse).order_by(Reuse.id)).all()


@pytest.mark.slow
def test_every_state_and_twenty_two_reuses_at_least(loaded, db):
    assert {each.state for each in loaded} == set(ReuseState)
    assert sum(each.is_public for each in loaded) >= 22
    assert len({each.kind for each in loaded}) >= len(ReuseKind) // 2
    assert all(each.created_at < NOON for each in loaded)
    oldest = min(each.published_at for each in loaded if each.state in PUBLIC)
    assert NOON - timedelta(days=800) < oldest < NOON - timedelta(days=500)
    assert sum(each.effect_value is not None for each in loaded) >= 10
    assert all(each.effect_on is None or each.effect_on < NOON.date() for each in loaded)
    assert db.session.scalar(select(func.count()).select_from(OutboxMessage)) == 0


def test_the_pictures_are_light_and_always_the_same():
    for title in ("Respire Étang", "Flux Vélo", "Ombre Fraîche"):
        content, shows = pictures.picture_of(title)
        assert (content, shows) == pictures.picture_of(title)
        assert storage.sniff(content, "carte.webp") == "image/webp"
        assert 1_000 < len(content) < 15_000
        assert len(shows) <= 240
    assert pictures.picture_of("Budget Clair") is None


@pytest.mark.slow
def test_three_reuses_have_a_picture_and_the_others_their_drawing(loaded, visitor):
    assert sorted(each.title for each in loaded if each.image_id) == ["Flux Vélo", "Ombre Fraîche", "Respire Étang"]
    assert all(each.drawing for each in loaded if each.is_public)
    assert visitor().client.get("/reutilisations/flux-velo/image").data[:4] == b"RIFF"


@pytest.mark.slow
def test_its_page_of_the_gallery_is_whole(loaded, visitor):
    page = visitor().get("/reutilisations?q=vélo")
    assert "Flux Vélo" in page.text
    assert "Comptages de vélos" in visitor().get("/reutilisations/flux-velo").text

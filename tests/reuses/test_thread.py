"""What a project's timeline and a data set's page tell of its reuses."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from programme.catalogue import services as catalogue
from programme.core import storage
from programme.core.unit_of_work import unit_of_work
from programme.projects import thread
from programme.projects.models import Project
from programme.projects.thread import StepState
from programme.reuses.states import ReuseState
from tests.factories import reuses as make
from tests.factories.people import NOON, account
from tests.reuses.test_gallery import PNG

pytestmark = pytest.mark.db
S = ReuseState


def steps(app, project, viewer=None):
    with app.test_request_context():
        return [(step.label, step.state, step.at is None) for step in thread.steps(project, viewer)]


def test_a_published_reuse_and_its_effect_to_come_are_two_knots(app, db):
    with unit_of_work():
        project = make.reuse().project
    assert steps(app, project) == [
        ("Réutilisation publiée", StepState.DONE, False),
        ("Effet mesuré", StepState.TODO, True),
    ]


def test_a_measured_effect_is_a_dated_knot(app, db):
    with unit_of_work():
        made = make.reuse(
            at=NOON - timedelta(days=300), effect_value=Decimal(41), effect_unit="écoles", effect_on=date(2026, 5, 31)
        )
    with app.test_request_context():
        effect = thread.steps(made.project, None)[-1]
    assert (effect.label, effect.state, effect.note, effect.when) == (
        "Effet mesuré",
        StepState.DONE,
        "41 écoles",
        "31 mai 2026",
    )


def test_what_is_not_published_is_seen_by_its_author_only(app, db):
    with unit_of_work():
        author = account()
        project = make.reuse(state=S.SUBMITTED, declarer=author).project
    assert steps(app, project) == []
    assert steps(app, project, author) == [("Réutilisation", StepState.HERE, True)]


def test_a_public_project_without_reuse_shows_the_knot_to_come(app, db):
    with unit_of_work():
        project = Project(title="P", slug="p", created_at=NOON, public_since=NOON)
        db.session.add(project)
    assert steps(app, project) == [("Réutilisation", StepState.TODO, True)]


def test_the_data_sets_come_first_and_the_picture_goes_with_the_reuse(app, db):
    with unit_of_work():
        trees, heat = make.dataset("Arbres"), make.dataset("Chaleur")
        made = make.reuse("Ombre Fraîche", datasets=(trees, heat))
        make.reuse("Cachée", S.SUBMITTED, datasets=(make.dataset("Secret"),)).project_id = made.project_id
        made.image = storage.keep(storage.write_bytes(PNG, "carte.png", "image/png"), by=None, at=NOON)
        made.image_alt = "Une carte"
        slugs = [trees.slug, heat.slug]
    with app.test_request_context():
        first, second = thread.steps(made.project, None)[:2]
    assert first.label == "Jeux de données ouverts"
    assert first.links == (("Arbres", f"/donnees/{slugs[0]}"), ("Chaleur", f"/donnees/{slugs[1]}"))
    assert (second.name, second.image) == ("Ombre Fraîche", (f"/reutilisations/{made.slug}/image", "Une carte"))


def test_a_data_set_outside_the_catalogue_is_no_knot(app, db):
    with unit_of_work():
        project = make.reuse().project
    assert steps(app, project)[0][0] == "Réutilisation publiée"


def test_a_broken_link_is_a_problem(app, db):
    with unit_of_work():
        project = make.reuse(state=S.BROKEN_LINK).project
    assert steps(app, project)[0] == ("Réutilisation publiée", StepState.PROBLEM, False)


def test_a_data_set_s_page_tells_its_published_uses(app, db):
    with unit_of_work():
        used = make.dataset()
        make.reuse("Respire Étang", datasets=(used,))
        make.reuse("Cachée", S.SUBMITTED, datasets=(used,))
    with app.test_request_context():
        found = catalogue.uses_of(used, None)
    assert [(use.kind, use.title, use.href) for use in found] == [
        ("Carte", "Respire Étang : Pour la couche 0.", "/reutilisations/respire-etang")
    ]

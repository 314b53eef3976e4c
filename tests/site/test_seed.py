"""`flask seed` fills a database with what the product itself could have written, and only where nothing real stands."""

import pytest
from sqlalchemy import func, select, text

from programme.accounts.models import Account
from programme.applications.models import Application
from programme.applications.states import ApplicationState
from programme.cli import seed
from programme.cli.demo.people import PASSWORD
from programme.cli.seeding import ground
from programme.core import journal_verification
from programme.core.unit_of_work import unit_of_work
from programme.evaluation.models import Evaluation
from programme.evaluation.states import EvaluationState
from programme.grants.models import Grant
from programme.reuses.models import Reuse
from programme.reuses.states import PUBLIC, ReuseState
from tests.factories.people import account, organisation
from tests.pages import Visitor

pytestmark = pytest.mark.db
SIZE = 200


def seeded(app, *more):
    return app.test_cli_runner().invoke(args=["seed", "--size", str(SIZE), *more])


def count(db, model, *conditions):
    return db.session.scalar(select(func.count()).select_from(model).where(*conditions))


def one_of_each(db, model, address, states):
    return [
        db.session.scalar(select(address).where(model.state == state).order_by(model.id.desc()).limit(1)) for state in states
    ]  # fmt: skip


def staff(app, email):
    visitor = Visitor(app)
    visitor.sign_in(email, PASSWORD)
    return visitor


def test_what_it_writes_holds_together_and_opens(app, db):
    said = seeded(app)
    assert said.exit_code == 0, said.output
    assert f"{SIZE} dossiers et {SIZE} réutilisations" in said.output
    assert count(db, Application) == count(db, Reuse) == SIZE
    assert count(db, Evaluation, Evaluation.state == EvaluationState.LOCKED) == 3 * SIZE // 10
    assert count(db, Grant) == count(db, Application, Application.state == ApplicationState.AWARDED) > 0
    assert journal_verification.verify(db.session()).entries >= 2 * SIZE
    if db.engine.dialect.name == "sqlite":
        assert db.session.execute(text("PRAGMA foreign_key_check")).all() == []
    _public_pages_open(db, Visitor(app))
    _staff_pages_open(db, staff(app, "agent@region.example"))
    _its_people_enter(app, db)
    with unit_of_work() as session:  # On PostgreSQL too, the numbers given by the filling are not given again.
        session.add(organisation())


def _public_pages_open(db, reader):
    shown = sorted(PUBLIC)
    for slug in one_of_each(db, Reuse, Reuse.slug, [each for each in shown if count(db, Reuse, Reuse.state == each)]):
        reader.get(f"/reutilisations/{slug}")
    for path in ("/", "/reutilisations?q=carte&page=1", "/projets-soutenus", f"/appels/{_call(db).slug}"):
        reader.get(path)
    found = reader.get("/reutilisations?page=2")
    assert len(found.tree.xpath("//article[contains(@class,'card')]|//li[contains(@class,'card')]")) == 24


def _staff_pages_open(db, officer):
    there = [each for each in ApplicationState if count(db, Application, Application.state == each)]
    assert len(there) >= 15
    for reference in one_of_each(db, Application, Application.reference, [each for each in there if each != "draft"]):
        officer.get(f"/agents/dossiers/{reference}")
    scored = db.session.scalar(
        select(Application.session_id).where(Application.state == ApplicationState.COMMITTEE_READY).limit(1)
    )
    ranking = officer.get(f"/agents/releves/{scored}/classement")
    assert len(ranking.tree.xpath("//tbody//tr[.//a]")) == SIZE // 10
    awarded = db.session.scalar(
        select(Application.session_id).where(Application.state == ApplicationState.AWARDED).limit(1)
    )
    moderated = db.session.scalar(select(Reuse.slug).where(Reuse.state == ReuseState.SUBMITTED).limit(1))
    for path in (
        "/agents/dossiers",
        "/agents/a-traiter",
        f"/agents/releves/{awarded}/decisions",
        f"/agents/reutilisations/{moderated}",
    ):
        officer.get(path)


def _its_people_enter(app, db):
    draft = db.session.scalars(select(Application).where(Application.state == ApplicationState.DRAFT).limit(1)).one()
    carrier = db.session.get_one(Account, draft.created_by_id).email
    reference, slug = draft.reference, ground.DOMAIN
    assert carrier.endswith(slug)
    member = staff(app, carrier)
    for path in (f"/dossiers/{reference}/projet", f"/dossiers/{reference}/relecture", "/mes-dossiers"):
        member.get(path)


def _call(db):
    return ground.load_call(db.session())


def test_the_same_number_gives_the_same_filling(db):
    first = [seed.ground.words.Story(number, seed.Random("1/8")).title for number in range(50)]
    assert first == [seed.ground.words.Story(number, seed.Random("1/8")).title for number in range(50)]
    assert len(set(first)) > 40


def test_nothing_is_added_beside_real_records_unless_told(app, db):
    with unit_of_work() as session:
        session.add(organisation())
    said = seeded(app)
    assert said.exit_code == 1
    assert "réels" in said.output
    assert count(db, Application) == 0


def test_nothing_is_added_beside_real_people(app, db):
    with unit_of_work():
        account(email="camille@region-reelle.fr")
    assert "réels" in seeded(app).output


def test_nothing_is_added_in_production(app, db, monkeypatch):
    monkeypatch.setenv("PROGRAMME_ENV", "production")
    said = seeded(app)
    assert said.exit_code == 1
    assert "production" in said.output

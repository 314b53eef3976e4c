"""What the officers do with proposals and reports."""

import pytest
from sqlalchemy import select

from programme.accounts.states import Role
from programme.core.mail import OutboxMessage
from programme.core.unit_of_work import unit_of_work
from programme.reuses import services
from programme.reuses.models import Reuse
from programme.reuses.states import MACHINE, FlagReason, ReuseState
from programme.reuses.views.officer import ACTS, MESSAGES
from tests.factories import reuses as make
from tests.factories.people import NOON, account, organisation, signed_in

pytestmark = pytest.mark.db
S = ReuseState
DESK = "/agents/reutilisations"


@pytest.fixture
def officer(app, db):
    return signed_in(app, Role.OFFICER_PROGRAMME)[0]


def state(db):
    db.session.rollback()
    return db.session.scalars(select(Reuse.state)).one()


@pytest.mark.parametrize("path", [DESK, f"{DESK}/respire-etang"])
def test_the_desk_is_for_programme_officers(app, visitor, path):
    with unit_of_work():
        make.reuse("Respire Étang", S.SUBMITTED)
    assert visitor().client.get(path).headers["Location"].startswith("/connexion")
    for roles in ((), (Role.OFFICER_FILE,), (Role.ADMIN,), (Role.DIRECTION,)):
        signed_in(app, *roles)[0].get(path, 404)


@pytest.mark.parametrize("size", [1, 3])
def test_the_desk_asks_the_same_questions_whatever_its_size(officer, count_queries, size, db):
    with unit_of_work():
        for _ in range(size):
            make.reuse(state=S.SUBMITTED, organisation=organisation())
    # Session, account, its roles; then the page, its total, the counts, and the roles of the authors.
    with count_queries(6):
        page = officer.get(DESK)
    assert len(page.tree.xpath("//tbody/tr")) == size


def test_the_desk_says_what_waits_the_oldest_first(officer, db):
    with unit_of_work():
        make.reuse("Récente", S.SUBMITTED, at=NOON)
        make.reuse("Ancienne", S.SUBMITTED, at=NOON.replace(year=2025))
        make.reuse("Publiée")
        make.reuse("Brouillon", S.DRAFT)
    page = officer.get(DESK)
    assert page.h1 == "2 réutilisations attendent une lecture"
    assert page.text.index("Ancienne") < page.text.index("Récente")
    assert "Brouillon" not in page.text
    everything = officer.get(f"{DESK}?etat=toutes")
    assert len(everything.tree.xpath("//tbody/tr")) == 3
    assert "Rien dans cet état." in officer.get(f"{DESK}?etat=flagged").text


def test_nobody_moderates_somebody_s_draft(officer, db):
    with unit_of_work():
        make.reuse("Respire Étang", S.DRAFT)
    officer.get(f"{DESK}/respire-etang", 404)
    officer.post(f"{DESK}/respire-etang/publier", status=404)


@pytest.mark.parametrize("current", [each for each in ReuseState if each is not S.DRAFT])
def test_each_state_offers_its_acts_and_each_act_does_what_the_machine_says(officer, db, current):
    offered = [word for word, (verb, *_rest) in (ACTS | MESSAGES).items() if MACHINE.allows(current, verb)]
    with unit_of_work():
        make.reuse("Respire Étang", current)
    page = officer.get(f"{DESK}/respire-etang")
    actions = {each.rsplit("/", 1)[1] for each in page.tree.xpath("//main//form/@action")}
    assert actions == set(offered)


@pytest.mark.parametrize(
    ("before", "word", "after"),
    [(S.SUBMITTED, "publier", S.PUBLISHED), (S.PUBLISHED, "mettre-en-avant", S.FEATURED),
     (S.FEATURED, "ne-plus-mettre-en-avant", S.PUBLISHED), (S.PUBLISHED, "lien-rompu", S.BROKEN_LINK),
     (S.BROKEN_LINK, "lien-retabli", S.PUBLISHED), (S.FLAGGED, "classer", S.PUBLISHED),
     (S.UNPUBLISHED, "reprendre", S.SUBMITTED)],
)  # fmt: skip
def test_an_act_changes_the_state(officer, db, before, word, after):
    with unit_of_work():
        make.reuse("Respire Étang", before)
    officer.post(f"{DESK}/respire-etang/{word}", form=f"{DESK}/respire-etang")
    assert state(db) is after


@pytest.mark.parametrize(
    ("word", "field", "after"), [("completer", "request", S.INFO_REQUESTED), ("depublier", "reason", S.UNPUBLISHED)]
)
def test_an_act_with_a_message_needs_it(officer, db, word, field, after):
    with unit_of_work():
        make.reuse("Respire Étang", S.SUBMITTED)
    path = f"{DESK}/respire-etang/{word}"
    page = officer.post(path, {field: " "}, form=f"{DESK}/respire-etang", status=422)
    assert "Écrivez à l'auteur" in page.text
    long = officer.post(path, {field: "Gardez-moi " + "x" * 2000}, form=f"{DESK}/respire-etang", status=422)
    assert "Gardez-moi" in long.text
    assert state(db) is S.SUBMITTED
    officer.post(path, {field: "Parce que."}, form=f"{DESK}/respire-etang")
    assert state(db) is after
    assert "Parce que." in db.session.scalars(select(OutboxMessage.text)).one()


def test_an_act_out_of_place_is_refused_with_a_sentence(officer, db):
    with unit_of_work():
        make.reuse("Respire Étang")
    page = officer.post(f"{DESK}/respire-etang/publier", form=f"{DESK}/respire-etang")
    assert "a changé d'état entre-temps" in page.text
    officer.post(f"{DESK}/respire-etang/inconnu", form=f"{DESK}/respire-etang", status=404)


@pytest.mark.parametrize("roles", [(), (Role.OFFICER_FILE,), (Role.DIRECTION,)])
def test_others_do_not_act(app, db, roles):
    with unit_of_work():
        make.reuse("Respire Étang", S.SUBMITTED)
    signed_in(app, *roles)[0].post(f"{DESK}/respire-etang/publier", form="/reutilisations/respire-etang", status=404)
    assert state(db) is S.SUBMITTED


def test_reports_are_read_by_officers_only(officer, visitor, db):
    with unit_of_work():
        reuse = make.reuse("Respire Étang", declarer=account())
        services.flag(reuse, FlagReason.PERSONAL_DATA, "Un nom paraît.", "temoin@exemple.fr", source="a", at=NOON)
    page = officer.get(f"{DESK}/respire-etang")
    assert "Un nom paraît." in page.text
    assert "temoin@exemple.fr" in page.text
    public = visitor().get("/reutilisations/respire-etang")
    assert "temoin" not in public.text
    assert "Signalée" not in public.text

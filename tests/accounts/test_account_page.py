"""One's own account: name, password, organisations."""

import pytest
from sqlalchemy import func, select

from programme.accounts.models import Account
from programme.accounts.states import Role
from programme.core.journal import JournalEntry
from programme.core.sessions import WebSession
from programme.core.unit_of_work import unit_of_work
from programme.organisations.states import MembershipRole, MembershipState
from tests.factories.people import PASSWORD, member, organisation, signed_in, visitor_for

pytestmark = pytest.mark.db
NEW = "une autre longue phrase"


def test_the_anonymous_visitor_is_led_to_sign_in(visitor):
    assert visitor().get("/compte").path == "/connexion"


def test_the_page_lists_my_organisations_and_offers_to_enter_one(app, db):
    person, number = signed_in(app, name="Léa Roux")
    assert "Vous n'êtes membre d'aucun organisme" in person.get("/compte").text
    with unit_of_work():
        me = db.session.get_one(Account, number)
        mine = organisation("Commune de Gap")
        member(me, mine, MembershipRole.OWNER)
        asked = member(me, organisation("Canal de Manosque"))
        asked.state = MembershipState.REQUESTED
        slug = mine.slug
    page = person.get("/compte")
    assert f"/compte/organismes/{slug}" in page.links()
    assert "/compte/organismes/nouveau" in page.links()
    assert "Inscrire mon organisme" in page.text
    assert "Canal de Manosque Les responsables de l'organisme ont reçu votre demande. Demande en attente" in page.text


@pytest.mark.parametrize("size", [1, 3])
def test_the_page_asks_as_much_for_one_organisation_as_for_three(app, db, size, count_queries):
    person, number = signed_in(app)
    with unit_of_work():
        for _ in range(size):
            member(db.session.get_one(Account, number), organisation())
    db.session.remove()
    with count_queries(3):
        person.get("/compte")


def test_my_name_changes_everywhere(app, db):
    person, number = signed_in(app, name="Léa")
    page = person.post("/compte/nom", {"display_name": "Léa Œuvrard"}, form="/compte")
    assert page.flashes == ["Votre nom est enregistré."]
    changed = db.session.get_one(Account, number)
    assert (changed.display_name, changed.sort_name) == ("Léa Œuvrard", "lea oeuvrard")
    assert "account.renamed" in db.session.scalars(select(JournalEntry.act)).all()


def test_an_empty_name_is_refused(app, db):
    person, number = signed_in(app, name="Léa")
    page = person.post("/compte/nom", {"display_name": "  "}, form="/compte", status=422)
    assert "Écrivez votre prénom et votre nom." in page.text
    assert db.session.get_one(Account, number).display_name == "Léa"


def test_changing_the_password_keeps_this_session_and_ends_the_others(app, db):
    here, number = signed_in(app)
    there = visitor_for(app, db.session.get_one(Account, number))
    before = here.client.get_cookie("session").value
    page = here.post("/compte/mot-de-passe", {"current": PASSWORD, "password": NEW}, form="/compte")
    assert page.flashes == ["Votre mot de passe est changé. Vos autres sessions sont fermées."]
    assert here.client.get_cookie("session").value != before
    assert there.client.get("/compte").status_code == 302
    assert db.session.scalar(select(func.count()).where(WebSession.account_id == number)) == 1


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"current": "pas la bonne", "password": NEW}, "Ce n'est pas votre mot de passe actuel."),
        ({"current": PASSWORD, "password": "court"}, "Choisissez au moins 12 signes"),
        ({"current": "", "password": NEW}, "Écrivez votre mot de passe actuel."),
    ],
)
def test_a_wrong_password_change_is_refused(app, db, values, sentence):
    person, number = signed_in(app)
    kept = db.session.get_one(Account, number).password_hash
    page = person.post("/compte/mot-de-passe", values, form="/compte", status=422)
    assert sentence in page.text
    db.session.expire_all()
    assert db.session.get_one(Account, number).password_hash == kept


def test_a_member_of_staff_reads_their_roles(app, db):
    person, _number = signed_in(app, Role.FINANCE, Role.ELECTED)
    assert "Vos rôles : Élu ou élue, Finances et juridique." in person.get("/compte").text


def test_a_signed_in_page_is_kept_nowhere(app, db):
    person, _number = signed_in(app)
    assert person.client.get("/compte").headers["Cache-Control"] == "no-store"

"""People and rights, for administrators only."""

import pytest
from sqlalchemy import select

from programme.accounts.models import Account
from programme.accounts.states import AccountState, Role
from programme.core.unit_of_work import unit_of_work
from tests.factories.people import PASSWORD, account, signed_in
from tests.pages import Visitor

pytestmark = pytest.mark.db
OTHERS = [role for role in Role if role is not Role.ADMIN]


@pytest.fixture
def lea(db):
    with unit_of_work():
        return account(Role.FINANCE, name="Léa Roux", email="lea@exemple.fr")


@pytest.mark.parametrize("path", ["/agents/comptes", "/agents/comptes/1"])
def test_the_anonymous_visitor_is_led_to_sign_in(visitor, path):
    assert visitor().get(path).path == "/connexion"


@pytest.mark.parametrize("roles", [(), *[(role,) for role in OTHERS]])
def test_others_find_nothing(app, db, lea, roles):
    person, _number = signed_in(app, *roles)
    person.get("/agents/comptes", status=404)
    person.get(f"/agents/comptes/{lea.id}", status=404)
    person.post(f"/agents/comptes/{lea.id}", {"roles": "admin"}, form="/compte", status=404)
    person.post(f"/agents/comptes/{lea.id}/fermer", form="/compte", status=404)
    db.session.expire_all()
    assert db.session.get_one(Account, lea.id).roles == {Role.FINANCE}


@pytest.mark.parametrize("size", [1, 3])
def test_the_directory_asks_as_much_for_one_as_for_three(app, db, size, count_queries):
    admin, _number = signed_in(app, Role.ADMIN)
    with unit_of_work():
        for _ in range(size):
            account(Role.FINANCE)
    db.session.remove()
    with count_queries(5):
        admin.get("/agents/comptes")


def test_the_directory_has_a_second_page_beyond_fifty(app, db):
    admin, _number = signed_in(app, Role.ADMIN)
    with unit_of_work():
        for _ in range(50):
            account()
    assert "Page 1 sur 2" in admin.get("/agents/comptes").text
    assert "Page 2 sur 2" in admin.get("/agents/comptes?page=2").text


@pytest.mark.parametrize(
    ("sort", "names"),
    [
        ("", ["Alix", "Léa Roux"]),
        ("nom-inverse", ["Léa Roux", "Alix"]),
        ("connexion", ["Alix", "Léa Roux"]),
        ("ancien", ["Léa Roux", "Alix"]),
    ],
)
def test_the_headings_of_the_directory_sort_it(app, db, lea, sort, names):
    """Alix signed in by the form, Léa never did."""
    with unit_of_work():
        email = account(Role.ADMIN, name="Alix").email
    admin = Visitor(app)
    admin.sign_in(email, PASSWORD)
    page = admin.get(f"/agents/comptes?tri={sort}")
    assert [each.text_content() for each in page.tree.xpath("//tbody/tr/th/a")] == names


def test_the_directory_finds_people(app, db, lea):
    admin, _number = signed_in(app, Role.ADMIN, name="Alix")
    page = admin.get("/agents/comptes?q=lea")
    assert page.h1 == "1 compte répond à « lea »"
    assert "Léa Roux lea@exemple.fr Finances et juridique Actif jamais" in page.text
    assert admin.get("/agents/comptes").h1 == "2 comptes"
    assert admin.get("/agents/comptes?q=zzz").h1 == "0 compte répond à « zzz »"


def test_the_boxes_show_the_roles_held(app, db, lea):
    admin, _number = signed_in(app, Role.ADMIN)
    page = admin.get(f"/agents/comptes/{lea.id}")
    assert page.tree.xpath("//input[@name='roles'][@checked]/@value") == ["finance"]


def test_roles_are_given_and_taken_and_work_at_once(app, db, lea):
    admin, _number = signed_in(app, Role.ADMIN)
    person = Visitor(app)
    person.sign_in("lea@exemple.fr", PASSWORD)
    page = admin.post(f"/agents/comptes/{lea.id}", {"roles": ["admin", "dpo"]})
    assert page.flashes == ["Les rôles sont enregistrés."]
    assert page.tree.xpath("//input[@name='roles'][@checked]/@value") == ["admin", "dpo"]
    assert person.get("/agents/comptes").path == "/connexion", "the session ended"
    person.sign_in("lea@exemple.fr", PASSWORD)
    person.get("/agents/comptes")
    admin.post(f"/agents/comptes/{lea.id}", {})
    assert person.get("/agents/comptes").path == "/connexion"
    person.sign_in("lea@exemple.fr", PASSWORD)
    person.get("/agents/comptes", status=404)


def test_an_unknown_role_is_refused(app, db, lea):
    admin, _number = signed_in(app, Role.ADMIN)
    admin.post(f"/agents/comptes/{lea.id}", {"roles": ["emperor"]}, status=422)
    db.session.expire_all()
    assert db.session.get_one(Account, lea.id).roles == {Role.FINANCE}


def test_an_administrator_does_not_lose_their_own_role(app, db):
    admin, number = signed_in(app, Role.ADMIN)
    page = admin.post(f"/agents/comptes/{number}", {"roles": ["finance"]})
    assert page.flashes == ["Vous ne pouvez pas retirer votre propre rôle d'administration."]
    assert db.session.scalars(select(Account).where(Account.id == number)).one().roles == {Role.ADMIN}


def test_an_account_is_closed_and_opened_again(app, db, lea):
    admin, _number = signed_in(app, Role.ADMIN)
    person = Visitor(app)
    person.sign_in("lea@exemple.fr", PASSWORD)
    page = admin.post(f"/agents/comptes/{lea.id}/fermer", form=f"/agents/comptes/{lea.id}")
    assert page.flashes == ["C'est enregistré."]
    assert "Rouvrir le compte" in page.text
    assert person.client.get("/compte").status_code == 302
    person.post("/connexion", {"email": "lea@exemple.fr", "password": PASSWORD}, status=422)
    again = admin.post(f"/agents/comptes/{lea.id}/fermer", form=f"/agents/comptes/{lea.id}")
    assert again.flashes == ["Cet élément a changé d'état entre-temps : relisez la page avant d'agir de nouveau."]
    admin.post(f"/agents/comptes/{lea.id}/rouvrir", form=f"/agents/comptes/{lea.id}")
    person.sign_in("lea@exemple.fr", PASSWORD)
    db.session.expire_all()
    assert db.session.get_one(Account, lea.id).state is AccountState.ACTIVE


@pytest.mark.parametrize("path", ["/agents/comptes/999999", "/agents/comptes/x"])
def test_an_unknown_account_is_absent(app, db, path):
    admin, _number = signed_in(app, Role.ADMIN)
    admin.get(path, status=404)


def test_an_unknown_verb_is_absent(app, db, lea):
    admin, _number = signed_in(app, Role.ADMIN)
    admin.post(f"/agents/comptes/{lea.id}/effacer", form="/compte", status=404)

"""Forged requests are refused; a stale page loses nothing and writes nothing."""

import pytest
from sqlalchemy import func, select

from programme.accounts import services
from programme.accounts.models import Account
from programme.accounts.states import Role
from programme.core.mail import OutboxMessage
from programme.core.unit_of_work import unit_of_work
from tests.factories.people import NOON, PASSWORD, account, signed_in
from tests.pages import Page, Visitor

pytestmark = pytest.mark.db
ASKED = {"email": "lea@exemple.fr"}


def mails(db):
    return db.session.scalar(select(func.count()).select_from(OutboxMessage))


@pytest.fixture
def lea(db):
    with unit_of_work():
        return account(email="lea@exemple.fr", name="Léa")


def test_the_right_token_is_written(visitor, db, lea):
    visitor().post("/connexion/lien", ASKED)
    assert mails(db) == 1


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://mal.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
    ],
)
def test_without_a_token_from_elsewhere_the_answer_is_400(visitor, db, lea, headers):
    someone = visitor()
    someone.get("/connexion/lien")
    answer = someone.client.post("/connexion/lien", data=ASKED, headers=headers)
    assert answer.status_code == 400
    assert mails(db) == 0


def test_even_a_right_token_from_elsewhere_is_refused(visitor, db, lea):
    someone = visitor()
    data = ASKED | {"csrf_token": someone.token("/connexion/lien")}
    answer = someone.client.post("/connexion/lien", data=data, headers={"Origin": "https://mal.example"})
    assert (answer.status_code, mails(db)) == (400, 0)


@pytest.mark.parametrize("origin", [{"Origin": "http://localhost"}, {"Sec-Fetch-Site": "same-origin"}])
def test_the_same_site_with_the_right_token_is_heard(visitor, db, lea, origin):
    someone = visitor()
    data = ASKED | {"csrf_token": someone.token("/connexion/lien")}
    assert someone.client.post("/connexion/lien", data=data, headers=origin).status_code == 200
    assert mails(db) == 1


def stale_tokens(someone):
    good = someone.token("/connexion/lien")
    other = Visitor(someone.client.application)
    return {
        "altered": good[:-1] + ("0" if good[-1] != "0" else "1"),
        "another session's": other.token("/connexion/lien"),
        "none": "",
        "nonsense": "x##y",
    }


@pytest.mark.parametrize("kind", ["altered", "another session's", "none", "nonsense"])
def test_a_stale_form_comes_back_filled_in_with_a_token_that_works(visitor, db, lea, kind):
    someone = visitor()
    stale = stale_tokens(someone)[kind]
    answer = someone.client.post(
        "/connexion/lien", data=ASKED | {"csrf_token": stale}, headers={"Sec-Fetch-Site": "same-origin"}
    )
    page = Page(answer)
    assert (page.status, mails(db)) == (422, 0)
    assert "Votre session a changé depuis l'ouverture de cette page. Relisez, puis envoyez de nouveau." in page.text
    assert page.tree.xpath("string(//input[@name='email']/@value)") == "lea@exemple.fr"
    again = someone.client.post("/connexion/lien", data=ASKED | {"csrf_token": page.token()})
    assert (again.status_code, mails(db)) == (200, 1)


def test_a_button_of_an_old_page_writes_nothing_and_says_so(app, db, lea):
    admin, _number = signed_in(app, Role.ADMIN)
    path = f"/agents/comptes/{lea.id}"
    admin.get(path)
    answer = admin.client.post(
        f"{path}/fermer", data={"csrf_token": "20260101000000##old"}, follow_redirects=True,
        headers={"Sec-Fetch-Site": "same-origin", "Referer": f"http://localhost{path}"},
    )  # fmt: skip
    page = Page(answer)
    assert (page.status, page.path) == (200, path)
    assert page.flashes == [
        "Votre session a changé depuis l'ouverture de cette page : rien n'a été enregistré. Recommencez."
    ]
    db.session.expire_all()
    assert db.session.get_one(Account, lea.id).is_active
    admin.post(f"{path}/fermer", form=path)
    db.session.expire_all()
    assert not db.session.get_one(Account, lea.id).is_active, "control: with the right token it is written"


def test_a_stale_button_never_leads_to_another_site(app, db, lea):
    admin, _number = signed_in(app, Role.ADMIN)
    answer = admin.client.post(
        f"/agents/comptes/{lea.id}/fermer", data={"csrf_token": "old"},
        headers={"Sec-Fetch-Site": "same-origin", "Referer": "https://mal.example/x"},
    )  # fmt: skip
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")


def test_the_token_of_before_sign_in_is_worth_nothing_after(visitor, db, lea):
    someone = visitor()
    before = someone.token("/connexion")
    someone.sign_in("lea@exemple.fr", PASSWORD)
    page = Page(someone.client.post("/compte/nom", data={"display_name": "Other", "csrf_token": before}))
    assert page.status == 422
    db.session.expire_all()
    assert db.session.get_one(Account, lea.id).display_name == "Léa"


def test_the_worker_and_commands_need_no_token(app, db):
    with unit_of_work():
        services.sign_up("worker@exemple.fr", "Worker", "hash", at=NOON)
    assert mails(db) == 1

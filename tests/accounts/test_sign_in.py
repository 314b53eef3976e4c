"""The doors of sign-up and sign-in: what is answered, to whom, and what the session becomes."""

import re
import statistics
import time

import pytest
from sqlalchemy import func, select

from programme.accounts import services
from programme.accounts.models import Account
from programme.accounts.states import AccountState, LinkPurpose
from programme.core.clock import now
from programme.core.mail import OutboxMessage
from programme.core.sessions import WebSession
from programme.core.unit_of_work import unit_of_work
from tests.factories.people import PASSWORD, account
from tests.pages import Visitor

pytestmark = pytest.mark.db
COOKIE = "session"


@pytest.fixture
def lea(db):
    with unit_of_work():
        return account(name="Léa Roux", email="lea@exemple.fr")


def last_mail(db):
    return db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id.desc())).first()


def link_in(message) -> str:
    return re.search(r"http://localhost(/\S+)", message.text)[1]


def cookie(visitor) -> str | None:
    held = visitor.client.get_cookie(COOKIE)
    return held.value if held else None


def is_in(visitor) -> bool:
    return visitor.client.get("/compte").status_code == 200


def test_opening_a_page_gives_no_cookie_and_a_form_gives_one(visitor):
    anyone = visitor()
    anyone.get("/mentions-legales")
    assert cookie(anyone) is None
    anyone.get("/connexion")
    assert len(cookie(anyone)) == 43


def test_a_whole_sign_up_ends_inside(visitor, db):
    newcomer = visitor()
    page = newcomer.post(
        "/inscription", {"display_name": "Léa Roux", "email": "Lea@exemple.fr", "password": "une longue phrase à moi"}
    )
    assert page.h1 == "Ouvrez votre messagerie"
    link = link_in(last_mail(db))
    assert newcomer.get(link).h1 == "Confirmer votre adresse"
    assert db.session.scalars(select(Account.state)).one() is AccountState.UNCONFIRMED
    page = newcomer.post(link)
    assert page.path == "/mon-espace"
    assert page.flashes == ["Votre adresse est confirmée : votre compte est ouvert."]
    assert is_in(newcomer)


def test_who_opens_an_account_comes_back_to_the_page_that_asked_for_one(visitor, db):
    newcomer = visitor()
    assert newcomer.get("/mes-dossiers").path == "/connexion"
    newcomer.post(
        "/inscription", {"display_name": "Léa Roux", "email": "lea@exemple.fr", "password": "une longue phrase à moi"}
    )
    link = link_in(last_mail(db))
    assert newcomer.post(link).path == "/mes-dossiers"


def test_a_wanted_page_is_forgotten_by_whoever_opens_the_sign_in_page_for_itself(visitor, db):
    newcomer = visitor()
    newcomer.get("/mes-dossiers")
    newcomer.get("/connexion")
    newcomer.post(
        "/inscription", {"display_name": "Léa Roux", "email": "lea@exemple.fr", "password": "une longue phrase à moi"}
    )
    assert newcomer.post(link_in(last_mail(db))).path == "/mon-espace"


def test_opening_the_confirmation_link_does_not_use_it_up(visitor, db):
    with unit_of_work():
        services.sign_up("lea@exemple.fr", "Léa", "hash", at=now())
    link = link_in(last_mail(db))
    for _ in range(3):
        visitor().get(link)
    assert visitor().post(link).path == "/mon-espace"


def test_a_used_link_leads_back_with_a_sentence(visitor, db, lea):
    with unit_of_work():
        services.send_link("lea@exemple.fr", LinkPurpose.SIGN_IN, at=now())
    link = link_in(last_mail(db))
    assert visitor().post(link).path == "/mon-espace"
    page = visitor().post(link)
    assert (page.path, page.flashes) == (
        "/connexion/lien", ["Ce lien a déjà servi ou n'est plus valable : demandez-en un nouveau."],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"display_name": ""}, "Écrivez votre prénom et votre nom."),
        ({"email": "lea"}, "Écrivez une adresse électronique, par exemple prenom.nom@organisme.fr."),
        ({"email": "lea@exemple"}, "Écrivez une adresse électronique"),
        ({"email": "a,b@exemple.fr"}, "Écrivez une adresse électronique"),
        ({"password": "court"}, "Choisissez au moins 12 signes : une phrase de quatre mots convient."),
        ({"password": "x" * 201}, "200 signes au plus."),
    ],
)
def test_a_wrong_sign_up_comes_back_filled_in(visitor, db, values, sentence):
    typed = {"display_name": "Léa Roux", "email": "lea@exemple.fr", "password": "une longue phrase à moi"} | values
    page = visitor().post("/inscription", typed, status=422)
    assert sentence in page.text
    assert page.tree.xpath("string(//title)").startswith("Erreur")
    assert page.tree.xpath("string(//input[@name='display_name']/@value)") == typed["display_name"]
    assert page.tree.xpath("string(//input[@name='password']/@value)") == ""
    assert db.session.scalar(select(func.count()).select_from(Account)) == 0


ASKED = [
    ("/inscription", {"display_name": "X", "password": "une longue phrase à moi"}),
    ("/connexion/lien", {}),
    ("/mot-de-passe", {}),
]


@pytest.mark.parametrize(("path", "values"), ASKED)
@pytest.mark.parametrize("state", [AccountState.ACTIVE, AccountState.CLOSED, AccountState.UNCONFIRMED])
def test_known_and_unknown_addresses_get_the_same_answer(visitor, db, path, values, state):
    with unit_of_work():
        account(email="known@exemple.fr", state=state)
    answers = []
    for email in ("known@exemple.fr", "other@exemple.fr"):
        page = visitor().post(path, {**values, "email": email})
        answers.append((page.status, page.path, page.text.replace(email, "…")))
    assert answers[0] == answers[1]


def test_a_wrong_password_is_answered_like_an_unknown_address(visitor, db, lea):
    answers = []
    for email, password in (("lea@exemple.fr", "pas la bonne phrase"), ("nobody@exemple.fr", PASSWORD)):
        page = visitor().post("/connexion", {"email": email, "password": password}, status=422)
        answers.append(page.text)
        assert page.tree.xpath("string(//input[@name='email']/@value)") == email
        assert page.tree.xpath("string(//input[@name='password']/@value)") == ""
    assert answers[0] == answers[1]
    assert "L'adresse ou le mot de passe ne convient pas." in answers[0]


@pytest.mark.parametrize("state", [AccountState.CLOSED, AccountState.UNCONFIRMED])
def test_the_right_password_of_an_account_that_is_not_open_is_refused_alike(visitor, db, state):
    with unit_of_work():
        account(email="lea@exemple.fr", state=state)
    page = visitor().post("/connexion", {"email": "lea@exemple.fr", "password": PASSWORD}, status=422)
    assert "L'adresse ou le mot de passe ne convient pas." in page.text


@pytest.mark.slow
def test_an_unknown_address_takes_as_long_as_a_known_one(visitor, db):
    with unit_of_work():
        person = account(email="known@exemple.fr")
        person.password_hash = services.hash_password(PASSWORD)
    services.password_matches(None, "warm the decoy")
    taken = {"known": [], "unknown": []}
    for turn in range(4):
        for kind, email in (("known", "known@exemple.fr"), ("unknown", f"other{turn}@exemple.fr")):
            someone = visitor()
            token = someone.token("/connexion")
            start = time.perf_counter()
            someone.client.post(
                "/connexion", data={"email": email, "password": "faux mot de passe", "csrf_token": token}
            )
            taken[kind].append(time.perf_counter() - start)
    ratio = statistics.median(taken["unknown"]) / statistics.median(taken["known"])
    assert 0.5 < ratio < 2


def test_too_many_tries_are_refused_even_with_the_right_password(visitor, db, lea):
    for _ in range(services.TRIES_PER_QUARTER):
        visitor().post("/connexion", {"email": "lea@exemple.fr", "password": "x"}, status=422)
    page = visitor().post("/connexion", {"email": "lea@exemple.fr", "password": PASSWORD}, status=429)
    assert "Trop d'essais. Attendez 15 minutes, puis recommencez." in page.text


def test_too_many_mails_are_refused_in_the_form(visitor, db):
    for _ in range(services.MAILS_PER_HOUR):
        visitor().post("/connexion/lien", {"email": "lea@exemple.fr"})
    page = visitor().post("/connexion/lien", {"email": "lea@exemple.fr"}, status=429)
    assert "Trop d'essais." in page.text
    assert page.tree.xpath("string(//input[@name='email']/@value)") == "lea@exemple.fr"


def test_signing_in_changes_the_key_of_the_session(visitor, db, lea):
    person = visitor()
    person.get("/connexion")
    before = cookie(person)
    person.sign_in("LEA@exemple.fr", PASSWORD)
    assert cookie(person) not in (before, None)
    assert is_in(person)
    assert db.session.scalar(select(func.count()).select_from(WebSession)) == 1


def test_a_key_fixed_before_sign_in_opens_nothing(visitor, app, db, lea):
    victim, thief = visitor(), Visitor(app)
    thief.get("/connexion")
    fixed = cookie(thief)
    victim.client.set_cookie(COOKIE, fixed)
    victim.sign_in("lea@exemple.fr", PASSWORD)
    assert is_in(victim)
    assert not is_in(thief)


def test_signing_out_ends_the_session_even_for_a_copied_cookie(visitor, app, db, lea):
    person, copy = visitor(), Visitor(app)
    person.sign_in("lea@exemple.fr", PASSWORD)
    copy.client.set_cookie(COOKIE, cookie(person))
    assert is_in(copy), "control: while the session lives the copied cookie works"
    assert person.post("/deconnexion", form="/compte").path == "/"
    assert not is_in(copy)
    assert not is_in(person)
    assert cookie(person) is None
    assert db.session.scalar(select(func.count()).select_from(WebSession)) == 0


def test_an_invented_cookie_opens_nothing(visitor, db):
    person = visitor()
    person.client.set_cookie(COOKIE, "x" * 43)
    assert not is_in(person)


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(visitor, db):
    answer = visitor().client.get("/connexion")
    header = answer.headers["Set-Cookie"]
    assert "HttpOnly" in header
    assert "SameSite=Lax" in header
    assert "Cookie" in answer.headers["Vary"].split(", ")


def test_a_forgotten_password_is_chosen_again_by_mail(visitor, db, lea):
    visitor().post("/mot-de-passe", {"email": "lea@exemple.fr"})
    link = link_in(last_mail(db))
    assert "12 signes" in visitor().post(link, {"password": "court"}, status=422).text
    page = visitor().post(link, {"password": "une autre longue phrase"})
    assert (page.path, page.flashes) == (
        "/connexion",
        ["Votre mot de passe est changé. Connectez-vous avec le nouveau."],
    )
    person = visitor()
    person.post("/connexion", {"email": "lea@exemple.fr", "password": PASSWORD}, status=422)
    person.sign_in("lea@exemple.fr", "une autre longue phrase")
    assert is_in(person)
    assert visitor().post(link, {"password": "encore une autre phrase"}).path == "/mot-de-passe"


def test_a_signed_in_person_does_not_see_the_sign_in_page(visitor, db, lea):
    person = visitor()
    person.sign_in("lea@exemple.fr", PASSWORD)
    assert person.get("/connexion").path == "/mon-espace"


def test_a_page_for_members_leads_through_sign_in_and_back(visitor, db, lea):
    person = visitor()
    page = person.get("/compte?x=1")
    assert page.path == "/connexion"
    action = page.tree.xpath("string(//main//form/@action)")
    assert person.post(action, {"email": "lea@exemple.fr", "password": PASSWORD}).path == "/compte"


HOSTILE = [
    "https://mal.example/",
    "//mal.example",
    "///mal.example",
    "/\\mal.example",
    "\\/mal.example",
    "\\\\mal.example",
    "/\\/mal.example",
    "/\t/mal.example",
    "/\n/mal.example",
    "/\r/mal.example",
    "\t//mal.example",
    " //mal.example",
    "/ /mal.example",
    "http:/mal.example",
    "http:mal.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "mal.example",
    "@mal.example",
    "http://[::1",
    "/\u2028/mal.example",
    "/\x85/mal.example",
    "",
]


@pytest.mark.parametrize("target", HOSTILE)
def test_sign_in_never_leads_to_another_site(visitor, db, lea, target):
    person = visitor()
    answer = person.client.post(
        "/connexion", query_string={"next": target},
        data={"email": "lea@exemple.fr", "password": PASSWORD, "csrf_token": person.token("/connexion")},
    )  # fmt: skip
    assert (answer.status_code, answer.headers["Location"]) == (302, "/mon-espace")


@pytest.mark.parametrize("target", ["/compte", "/appels?theme=eau&q=%C3%A9tang", "/evenements/l-eau#defis", "/a:b@c"])
def test_sign_in_leads_to_a_page_of_this_site(visitor, db, lea, target):
    person = visitor()
    answer = person.client.post(
        "/connexion", query_string={"next": target},
        data={"email": "lea@exemple.fr", "password": PASSWORD, "csrf_token": person.token("/connexion")},
    )  # fmt: skip
    assert answer.headers["Location"] == target


def test_a_text_with_the_nul_sign_is_refused(visitor, db):
    someone = visitor()
    data = {"email": "a\x00@exemple.fr", "password": "x", "csrf_token": someone.token("/connexion")}
    assert someone.client.post("/connexion", data=data).status_code == 400
    assert someone.client.get("/verifier/a%00b").status_code == 400
    assert someone.client.get("/verifier?code=a%00b").status_code == 400


def test_the_accounts_of_the_demonstration_are_shown_in_demonstration_only(app, visitor, db, monkeypatch):
    for demo in (False, True):
        monkeypatch.setitem(app.config, "DEMO", demo)
        assert ("porteur@association.example" in visitor().get("/connexion").text) is demo

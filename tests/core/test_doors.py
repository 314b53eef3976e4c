"""What every door keeps: no write without a token, no other host, no other site to go to, no forged address, two cookies.

On one engine but where the database decides. DOORS_FULL=1, in the campaign, leads astray at the door in every way.
"""

import hashlib
import json
import os
import re
from datetime import timedelta

import pytest
from sqlalchemy import select

import config
from programme import create_app
from programme.accounts.models import Account
from programme.accounts.states import LinkPurpose, Role
from programme.core.addresses import own_page
from programme.core.clock import now
from programme.core.mail import OutboxMessage
from programme.core.unit_of_work import unit_of_work
from programme.site.views import verify
from tests.factories.people import PASSWORD, account, member, organisation, signed_in, visitor_for
from tests.pages import FreshClient, Visitor

FULL = bool(os.environ.get("DOORS_FULL"))
UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}
FOREIGN = "mal.example"


def content(db):
    """The digest of every row of every table but the sessions, whose time of last visit moves."""
    total = hashlib.sha256()
    db.session.rollback()
    with db.engine.connect() as connection:
        for table in db.metadata.sorted_tables:
            if table.name != "web_session":
                rows = sorted(json.dumps(list(row), default=str) for row in connection.execute(select(table)))
                total.update(f"{table.name}{rows}".encode())
    return total.hexdigest()


def unsafe_doors(app):
    """Each address that changes something, with something in the place of its parts."""
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) & UNSAFE):
            values = {name: next(iter(getattr(rule._converters[name], "items", ["1"]))) for name in rule.arguments}
            built = app.url_map.bind("localhost").build(rule.endpoint, values, method=method)
            yield method, built, rule.endpoint


EVERY_ROLE = tuple(Role)


def refused_everywhere(app, db, headers, data):
    """Ask every unsafe door as somebody who has every role; the statuses that were met."""
    person, _number = signed_in(app, *EVERY_ROLE)
    with unit_of_work():
        organisation()
    before = content(db)
    met = {}
    for method, path, endpoint in unsafe_doors(app):
        answer = person.client.open(path, method=method, data=data, headers=headers)
        met.setdefault(answer.status_code, []).append(endpoint)
        answer.close()
    assert content(db) == before
    print(
        f"{sum(map(len, met.values()))} forms: { ({code: len(each) for code, each in sorted(met.items())}) }, nothing written"
    )
    return met


@pytest.mark.slow
def test_every_door_without_a_token_answers_400_and_writes_nothing(app, db):
    met = refused_everywhere(app, db, {}, {"display_name": "X", "email": "x@exemple.fr"})
    assert set(met) == {400}, {code: each for code, each in met.items() if code != 400}
    assert len(met[400]) > 80


@pytest.mark.slow
def test_every_door_asked_from_another_site_answers_400_and_writes_nothing(app, db):
    assert set(refused_everywhere(app, db, {"Origin": f"https://{FOREIGN}"}, {"csrf_token": "x"})) == {400}


@pytest.mark.slow
def test_every_door_with_an_old_token_of_this_site_writes_nothing(app, db):
    """The page comes back (200: a door that only computes; 412: to a script), or the thing is absent; nothing is written."""
    met = refused_everywhere(app, db, {"Sec-Fetch-Site": "same-origin"}, {"csrf_token": "20260101000000##old"})
    assert set(met) <= {200, 302, 303, 404, 412, 422}, met
    assert set(met.get(200, [])) <= {"accounts.stay", "calls.check_eligibility"}


def test_control_a_door_that_is_not_guarded_is_seen_by_the_digest(app, db):
    before = content(db)
    with unit_of_work():
        account(email="written@exemple.fr")
    assert content(db) != before


# ---- the session of somebody whose rights change -------------------------------------------------


def copied(app, visitor):
    """Somebody else with the same cookie."""
    copy = Visitor(app)
    copy.client.set_cookie("session", visitor.client.get_cookie("session").value)
    return copy


def status(visitor, path="/compte"):
    return visitor.client.get(path).status_code


def taken_away(app, db, act):
    """A copied cookie that works, then the act, then whether it still works."""
    person, number = signed_in(app, Role.DPO)
    copy = copied(app, person)
    assert (status(copy), status(copy, "/agents/journal")) == (200, 200), "control: the copied cookie works before"
    act(person, number)
    return status(copy), status(copy, "/agents/journal")


def sign_out(person, _number):
    person.post("/deconnexion", form="/compte")


def change_password(person, _number):
    values = {"current": PASSWORD, "password": "une autre longue phrase"}
    person.post("/compte/mot-de-passe", values, form="/compte")


@pytest.mark.db
@pytest.mark.parametrize("act", [sign_out, change_password])
def test_a_captured_cookie_is_worth_nothing_after(app, db, act):
    assert taken_away(app, db, act) == (302, 302)


@pytest.mark.db
@pytest.mark.parametrize("form", [("", {"roles": []}), ("/fermer", {})])
def test_a_captured_cookie_is_worth_nothing_after_an_administrator_takes_the_role_or_closes(app, db, form):
    admin, _own = signed_in(app, Role.ADMIN)

    def act(_person, number):
        admin.post(f"/agents/comptes/{number}{form[0]}", form[1], form=f"/agents/comptes/{number}")

    assert taken_away(app, db, act) == (302, 302)


# ---- where one is led to ------------------------------------------------------------------------

_SLASHES = ("//{0}", "///{0}", "////{0}", "/\\{0}", "\\/{0}", "\\\\{0}", "/\\/{0}", "\\{0}", "/\\\\{0}", "/%5c{0}\\")
_SIGNS = ("\t", "\n", "\r", "\x0b", "\x0c", "\x00", "\x1f", "\x7f", "\x85", "\u00a0", "\u2028", "\u2029", "\u200b",
          "\u202e", "\ufeff", " ")  # fmt: skip
_SCHEMES = (
    "https://{0}/", "http://{0}", "http:{0}", "http:/{0}", "https:///{0}", "HTTPS://{0}", "hTtP://{0}", "ftp://{0}",
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\tscript:alert(1)", "data:text/html,x", "vbscript:x", "blob:x",
    "file:///etc/passwd", "mailto:a@{0}", "{0}", "@{0}", "www.{0}", ".{0}", "?//{0}", "#//{0}", ":80", "://{0}",
    "http://[::1", "http://localhost@{0}", "http://localhost:80@{0}/", "//localhost@{0}", "//{0}#localhost",
    "//{0}?localhost/", "//xn--{0}", "//{0}:443", "//[{0}]", "\u2044\u2044{0}", "\uff0f\uff0f{0}", "/\u2044\\{0}",
)  # fmt: skip
HOSTILE = [
    *(each.format(FOREIGN) for each in (*_SLASHES, *_SCHEMES)),
    *(f"/{sign}/{FOREIGN}" for sign in _SIGNS),
    *(f"{sign}//{FOREIGN}" for sign in _SIGNS),
    *(f"https{sign}://{FOREIGN}" for sign in ("\t", "\n")),
]


def test_there_are_eighty_ways_to_lead_astray():
    assert len(set(HOSTILE)) >= 80


def test_none_of_them_is_a_page_of_this_site():
    assert [ascii(target) for target in HOSTILE if own_page(target) is not None] == []
    assert own_page("/dossiers?page=2#bas") == "/dossiers?page=2#bas", "control"


@pytest.mark.slow
def test_none_of_them_leads_out_of_this_site_after_sign_in(app, db):
    with unit_of_work():
        person = account().email
    for target in HOSTILE if FULL else HOSTILE[::7]:
        visitor = Visitor(app)
        data = {"email": person, "password": PASSWORD, "csrf_token": visitor.token("/connexion")}
        answer = visitor.client.post("/connexion", query_string={"next": target}, data=data)
        expected = None if "\x00" in target else "/mon-espace"
        assert answer.headers.get("Location") == expected, ascii(target)
    print(f"{len(HOSTILE if FULL else HOSTILE[::7])} hostile addresses after sign-in: led astray 0")


@pytest.mark.slow
def test_a_stale_button_with_a_hostile_referrer_stays_here(app, db):
    for target in HOSTILE:
        if not target.isascii() or "\n" in target or "\r" in target:
            continue  # No header holds these.
        answer = Visitor(app).client.post(
            "/deconnexion", data={"csrf_token": "old"},
            headers={"Sec-Fetch-Site": "same-origin", "Referer": f"http://localhost{target}"},
        )  # fmt: skip
        assert re.match(r"/(?![/\\])", answer.headers["Location"]), answer.headers["Location"]


# ---- hosts ---------------------------------------------------------------------------------------

HOSTS = [
    {"Host": FOREIGN}, {"Host": f"{FOREIGN}:80"}, {"Host": f"localhost.{FOREIGN}"}, {"Host": f"localhost@{FOREIGN}"},
    {"Host": "127.0.0.1"}, {"X-Forwarded-Host": FOREIGN}, {"X-Forwarded-Host": f"{FOREIGN}, localhost"},
    {"X-Host": FOREIGN}, {"X-Forwarded-Server": FOREIGN}, {"X-HTTP-Host-Override": FOREIGN},
    {"Forwarded": f"host={FOREIGN}"}, {"X-Original-Host": FOREIGN}, {"X-Rewrite-URL": f"http://{FOREIGN}/"},
    {"X-Forwarded-Proto": "https", "X-Forwarded-Host": FOREIGN},
]  # fmt: skip


def mail_sending(app):
    """The public doors that send a mail to an address that somebody types, and an invitation."""
    with unit_of_work():
        owner, of = account(), organisation()
        member(owner, of)
        slug = of.slug
    inside = visitor_for(app, owner)
    yield Visitor(app), "/inscription", {"display_name": "Léa", "password": "une longue phrase à moi"}, "/inscription"
    yield Visitor(app), "/connexion/lien", {}, "/connexion/lien"
    yield Visitor(app), "/mot-de-passe", {}, "/mot-de-passe"
    yield inside, f"/compte/organismes/{slug}/invitations", {"role": "editor"}, "/compte"


@pytest.mark.slow
def test_no_header_puts_a_foreign_host_into_a_mail(app, db):
    with unit_of_work():
        emails = [account().email for _ in HOSTS]
    sender = FreshClient(app, app.response_class, use_cookies=False)
    for door, (who, path, values, form) in enumerate(mail_sending(app)):
        token = who.token(form)
        cookie = who.client.get_cookie("session").value  # Sent by hand: a browser's jar is tied to its host.
        for number, (email, headers) in enumerate(zip(emails, HOSTS, strict=True)):
            if not FULL and (number + number // 4) % 4 != door:
                continue  # Each way at one door, each door in three ways at least.
            data = values | {"email": email, "csrf_token": token}
            sent = headers | {"Sec-Fetch-Site": "same-origin", "Cookie": f"session={cookie}"}
            sender.post(path, data=data, headers=sent)
    letters = db.session.scalars(select(OutboxMessage).where(OutboxMessage.recipient.in_(emails))).all()
    assert len(letters) == len(HOSTS) * (4 if FULL else 1)
    for letter in letters:
        assert "http://localhost/" in letter.text, "the PUBLIC_URL of the suite"
        assert FOREIGN not in letter.text + letter.html + letter.subject


@pytest.fixture
def guarded(app, tmp_path):
    """The same application as in production: one host, one proxy."""
    made = create_app(
        config.Testing, SQLALCHEMY_DATABASE_URI=app.config["SQLALCHEMY_DATABASE_URI"], VAR=tmp_path,
        STORAGE_FOLDER=str(tmp_path), TRUSTED_HOSTS=["localhost"], TRUSTED_PROXIES=1,
    )  # fmt: skip
    yield made
    with made.app_context():
        from programme.extensions import db as database

        database.engine.dispose()


def test_another_host_gets_400_and_no_page(guarded, db):
    for headers in (*HOSTS[:5], {"X-Forwarded-Host": FOREIGN}):
        answer = Visitor(guarded).client.get("/connexion", headers=headers)
        assert answer.status_code == 400, headers
        assert FOREIGN not in answer.get_data(as_text=True) + str(answer.headers)
    assert Visitor(guarded).client.get("/connexion").status_code == 200, "control"


# ---- the address of who asks -----------------------------------------------------------------------


def tries_of_one_client(app, forwarded, remote="203.0.113.9"):
    """How many codes one machine may check while it lies about its address, out of eight."""
    visitor, answered = Visitor(app), 0
    for index in range(8):
        headers = {"X-Forwarded-For": forwarded(index)} if forwarded else {}
        answer = visitor.client.get("/verifier/ABCD-EFGH", headers=headers, environ_base={"REMOTE_ADDR": remote})
        answered += answer.status_code != 429
    return answered


def lie(index):
    return f"198.51.100.{index}"


@pytest.mark.slow
def test_a_forged_address_does_not_get_more_tries(app, guarded, db, monkeypatch):
    """Without a proxy the header is not read; behind one, only what that proxy added is."""
    monkeypatch.setattr(verify, "TRIES_PER_HOUR", 5)
    honest = tries_of_one_client(app, None)
    assert honest == 5, "control: there is a limit"
    assert tries_of_one_client(app, lie, "203.0.113.10") == honest
    behind = tries_of_one_client(guarded, lambda index: f"{lie(index)}, 203.0.113.11", "10.0.0.1")
    assert behind == honest
    assert tries_of_one_client(guarded, lie, "10.0.0.1") == 8, "control: what the proxy says is what is counted"


@pytest.mark.slow
def test_tries_on_an_account_are_counted_whatever_the_address(app, db):
    with unit_of_work():
        account(email="cible@exemple.fr")
    codes = []
    for index in range(10):
        someone = Visitor(app)
        data = {"email": "cible@exemple.fr", "password": "x", "csrf_token": someone.token("/connexion")}
        answer = someone.client.post("/connexion", data=data, headers={"X-Forwarded-For": lie(index)})
        codes.append(answer.status_code)
    assert codes == [422] * 8 + [429] * 2


# ---- cookies and caches ------------------------------------------------------------------------------


def test_the_session_is_the_only_cookie_and_comes_with_a_form(app, db):
    names = set()
    for path in ("/", "/appels", "/reutilisations", "/connexion", "/inscription", "/nulle-part"):
        visitor = Visitor(app)
        answer = visitor.client.get(path)
        names |= {header.split("=")[0] for header in answer.headers.getlist("Set-Cookie")}
    person, _number = signed_in(app, *EVERY_ROLE)
    for path in ("/mon-espace", "/compte", "/agents", "/agents/journal"):
        answer = person.client.get(path)
        names |= {header.split("=")[0] for header in answer.headers.getlist("Set-Cookie")}
    assert names <= {"session"}


def pages_without_parts(app):
    return [
        rule.rule for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and not rule.arguments and rule.endpoint != "static"
    ]  # fmt: skip


@pytest.mark.slow
def test_every_page_of_somebody_signed_in_is_kept_nowhere_and_guarded(app, db):
    person, _number = signed_in(app, *EVERY_ROLE)
    seen = 0
    for path in pages_without_parts(app):
        answer = person.client.get(path)
        assert answer.headers["Cache-Control"] == "no-store", path
        assert answer.headers["X-Content-Type-Options"] == "nosniff", path
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy, path
        assert "unsafe" not in policy.replace("style-src 'unsafe-inline'", "") or "sandbox" in policy, path
        assert answer.headers["Referrer-Policy"] == "same-origin", path
        seen += answer.status_code == 200
        answer.close()
    assert seen > 40


def test_who_has_no_session_is_not_told_to_forget(app, db):
    """Control of the former: a public page may be kept, and says no-store to nobody."""
    assert Visitor(app).client.get("/mentions-legales").headers.get("Cache-Control") != "no-store"


@pytest.mark.db
def test_a_link_of_another_time_does_not_carry_over_a_change_of_password(app, db):
    from programme.accounts import services

    with unit_of_work():
        person = account(email="lien@exemple.fr")
        services.send_link(person.email, LinkPurpose.SIGN_IN, at=now())
        services.change_password(db.session.get_one(Account, person.id), person.password_hash, at=now())
    letter = db.session.scalars(select(OutboxMessage).where(OutboxMessage.recipient == "lien@exemple.fr")).one()
    link = re.search(r"http://localhost(/connexion/lien/\S+)", letter.text)[1]
    assert Visitor(app).post(link).path == "/connexion/lien"
    assert now() - letter.queued_at < timedelta(minutes=1)

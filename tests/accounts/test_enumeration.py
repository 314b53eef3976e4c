"""Nobody learns from an answer whether an address has an account: same status, same page, same headers, same time.

ENUMERATION_TRIES addresses of each kind at each door; the campaign takes 500, with the real cost of a password, on both
engines.
"""

import math
import os
import random
import time
from itertools import pairwise
from types import SimpleNamespace

import pytest
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import func, select

import config
from programme.accounts import services
from programme.accounts.states import AccountState
from programme.core.mail import OutboxMessage
from programme.core.unit_of_work import unit_of_work
from programme.organisations import services as organisations
from tests.factories.people import account, member, organisation, visitor_for
from tests.pages import Visitor

TRIES = int(os.environ.get("ENUMERATION_TRIES", "20"))
FULL = TRIES >= 200
pytestmark = [pytest.mark.slow, *([pytest.mark.db] if FULL else [])]
SIGN_UP = {"display_name": "Léa Roux", "password": "une longue phrase à moi"}
DOORS = {
    "/connexion": {"password": "pas la bonne phrase"},
    "/inscription": SIGN_UP,
    "/connexion/lien": {},
    "/mot-de-passe": {},
    "invitations": {"role": "editor"},
}


def p_value(first, second):
    """How often chance alone would part the ranks of two samples so far (Mann and Whitney, two sides, ties counted)."""
    values = sorted([*((each, 0) for each in first), *((each, 1) for each in second)])
    m, n, total, ties, at = len(first), len(second), 0.0, 0, 0
    while at < len(values):
        end = at
        while end < len(values) and values[end][0] == values[at][0]:
            end += 1
        rank = (at + 1 + end) / 2
        total += rank * sum(1 for _value, kind in values[at:end] if kind == 0)
        ties += (end - at) ** 3 - (end - at)
        at = end
    u = total - m * (m + 1) / 2
    variance = m * n / 12 * ((m + n + 1) - ties / ((m + n) * (m + n - 1)))
    return math.erfc(max(0.0, abs(u - m * n / 2) - 0.5) / math.sqrt(2 * variance))


def test_the_ranks_are_those_of_the_textbook():
    """Those that scipy.stats.mannwhitneyu gives with method="asymptotic"."""
    assert p_value([1, 2, 3, 4, 5], [6, 7, 8, 9, 10]) == pytest.approx(0.0121858, abs=1e-7)
    assert p_value([1, 3, 5, 7, 9], [2, 4, 6, 8, 10]) == pytest.approx(0.6761033, abs=1e-7)
    assert p_value([1, 2, 2, 3], [2, 2, 3, 4]) == pytest.approx(0.3528967, abs=1e-7)


@pytest.fixture
def doors(app, db, monkeypatch):
    """Asks a door about an address; who asks is a visitor, or the owner of an organisation who invites."""
    # Half the real beat: shorter for the suite, and what holds at half holds at the whole.
    monkeypatch.setitem(app.config, "EVEN_ANSWER_SECONDS", config.Config.EVEN_ANSWER_SECONDS / 2)
    if not FULL:
        small = PasswordHash((Argon2Hasher(time_cost=2, memory_cost=8192, parallelism=1),))
        monkeypatch.setattr(services, "_hasher", small)
        monkeypatch.setattr(services, "_decoy_hash", None)
    monkeypatch.setattr(organisations.members, "INVITATIONS_PER_DAY", 10**6)
    with unit_of_work():
        owner, of = account(email="owner@exemple.fr"), organisation()
        member(owner, of)
        slug = of.slug
    return Doors(app, owner, slug)


class Doors:
    def __init__(self, app, owner, slug):
        self.inside, self.outside = visitor_for(app, owner), Visitor(app)
        self.tokens = {}
        self.slug = slug

    def ask(self, door, email):
        """One answer, and the seconds it took."""
        who = self.inside if door == "invitations" else self.outside
        path = f"/compte/organismes/{self.slug}/invitations" if door == "invitations" else door
        if door not in self.tokens:
            self.tokens[door] = who.token("/compte" if door == "invitations" else door)
        data = DOORS[door] | {"email": email, "csrf_token": self.tokens[door]}
        start = time.perf_counter()
        answer = who.client.post(path, data=data)
        taken = time.perf_counter() - start
        return answer, taken


def addresses(number, kind=AccountState.ACTIVE):
    """So many addresses that have an account with a password, and as many of the same length that have none."""
    hashed = services.hash_password("une phrase de quatre mots")
    word = random.randbytes(4).hex()
    with unit_of_work():
        for index in range(number):
            account(email=f"known-{word}-{index:04}@exemple.fr", state=kind).password_hash = hashed
    return [f"{who}-{word}-{index:04}@exemple.fr" for who in ("known", "other") for index in range(number)]


def series(doors, door, tries):
    """The seconds of the answers, for known and for other addresses, in a drawn order."""
    emails = addresses(tries)
    random.shuffle(emails)
    for email in ("warm-1@exemple.fr", "warm-2@exemple.fr"):
        doors.ask(door, email)
    taken = {"known": [], "other": []}
    for email in emails:
        taken[email.split("-")[0]].append(doors.ask(door, email)[1])
    return taken["known"], taken["other"]


def told_apart(doors, door, tries=TRIES):
    """Whether three series in a row part the two kinds: one alone would, by chance, once in a hundred times."""
    values = []
    for _ in range(3):
        values.append(p_value(*series(doors, door, tries)))
        if values[-1] > 0.01:
            break
    print(f"{door}: {tries} + {tries}, p = {', '.join(f'{each:.3f}' for each in values)}")
    return values[-1] <= 0.01


def seen_once(doors, door, tries):
    """Whether one series of at most nine parts the two kinds, as a control must: a busy machine may hide it in one of them."""
    found = []
    while len(found) < 9 and min(found, default=1) > 0.002:
        found.append(p_value(*series(doors, door, tries)))
    print(f"control, {door}: p = {', '.join(f'{each:.1e}' for each in found)}")
    return min(found) <= 0.002


@pytest.mark.parametrize("door", DOORS)
def test_an_answer_takes_as_long_for_a_known_address_as_for_another(doors, door):
    assert not told_apart(doors, door)


def test_control_a_password_that_is_not_checked_for_unknown_addresses_is_seen(doors, monkeypatch):
    check = services.password_matches
    monkeypatch.setattr(services, "password_matches", lambda who, typed: who is not None and check(who, typed))
    assert seen_once(doors, "/connexion", 25)


def test_control_answers_that_do_not_wait_for_the_beat_are_seen(app, doors, monkeypatch):
    monkeypatch.setitem(app.config, "EVEN_ANSWER_SECONDS", 0)
    assert seen_once(doors, "/connexion/lien", 60)


@pytest.mark.parametrize("kind", list(AccountState))
@pytest.mark.parametrize("door", DOORS)
def test_the_answer_says_the_same(app, doors, monkeypatch, db, door, kind):
    monkeypatch.setitem(app.config, "EVEN_ANSWER_SECONDS", 0)
    answers = []
    for email in addresses(2, kind):
        answer, _taken = doors.ask(door, email)
        body = answer.get_data(as_text=True).replace(email, "…")
        headers = {name: value for name, value in answer.headers if name not in ("Date", "Set-Cookie")}
        answers.append((answer.status_code, headers, body))
    assert all(one == other for one, other in pairwise(answers))


@pytest.mark.parametrize("door", ["/inscription", "invitations"])
def test_where_both_get_a_mail_both_get_one(app, doors, monkeypatch, db, door):
    monkeypatch.setitem(app.config, "EVEN_ANSWER_SECONDS", 0)
    emails = addresses(1)
    for email in emails:
        doors.ask(door, email)
    count = select(func.count()).select_from(OutboxMessage).where(OutboxMessage.recipient.in_(emails))
    assert db.session.scalar(count) == 2


@pytest.mark.parametrize(("work", "waited"), [(0.01, 0.19), (0.19, 0.01), (0.23, 0.17), (0.41, 0.19)])
def test_an_answer_leaves_at_the_next_beat_even_when_the_work_fails(app, monkeypatch, work, waited):
    from programme.core import pace

    monkeypatch.setitem(app.config, "EVEN_ANSWER_SECONDS", 0.2)
    instants, slept = iter([100.0, 100.0 + work]), []
    monkeypatch.setattr(pace, "time", SimpleNamespace(perf_counter=lambda: next(instants), sleep=slept.append))
    with app.app_context(), pytest.raises(ValueError), pace.even():
        raise ValueError
    assert slept == [pytest.approx(waited)]

"""What people and the administrator do with accounts, without a page."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from programme.accounts import queries, services
from programme.accounts.models import Account, EmailLink
from programme.accounts.states import AccountState, LinkPurpose, Role
from programme.core.errors import IllegalTransition, RuleBroken
from programme.core.journal import JournalEntry
from programme.core.mail import OutboxMessage
from programme.core.sessions import WebSession
from programme.core.unit_of_work import unit_of_work
from tests.factories.people import NOON, account, signed_in

pytestmark = pytest.mark.db


def mails(db):
    return db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all()


def token_in(message) -> str:
    return re.search(r"http://localhost/\S+/([\w-]{43})\b", message.text)[1]


def acts(db):
    return list(db.session.scalars(select(JournalEntry.act).order_by(JournalEntry.id)))


def sign_up(email="lea@exemple.fr", name="Léa", at=NOON):
    with unit_of_work():
        services.sign_up(email, name, "hash", at=at)


def test_signing_up_makes_a_waiting_account_and_sends_a_link(db):
    sign_up("  Lea@Exemple.FR ")
    made = db.session.scalars(queries.by_email("lea@exemple.fr")).one()
    assert (made.state, made.email, made.is_active) == (AccountState.UNCONFIRMED, "lea@exemple.fr", False)
    assert [each.recipient for each in mails(db)] == ["lea@exemple.fr"]
    assert acts(db) == ["account.signed_up"]


def test_the_database_keeps_the_digest_of_the_link_only(db):
    sign_up()
    token = token_in(mails(db)[0])
    assert token not in db.session.scalars(select(EmailLink.token_digest)).one()


def test_confirming_opens_the_account(db):
    sign_up()
    with unit_of_work():
        made = services.confirm(token_in(mails(db)[0]), at=NOON + timedelta(hours=1))
    assert (made.state, made.confirmed_at) == (AccountState.ACTIVE, NOON + timedelta(hours=1))


def test_a_link_is_used_once(db):
    sign_up()
    token = token_in(mails(db)[0])
    with unit_of_work():
        services.confirm(token, at=NOON)
    with pytest.raises(RuleBroken, match="déjà servi"), unit_of_work():
        services.confirm(token, at=NOON)


@pytest.mark.parametrize(
    ("purpose", "use", "lifetime"),
    [
        (LinkPurpose.SIGN_IN, services.sign_in_by_link, timedelta(minutes=20)),
        (LinkPurpose.RESET, lambda token, *, at: services.reset_password(token, "new", at=at), timedelta(hours=2)),
    ],
)
def test_a_link_ends_at_its_hour(db, purpose, use, lifetime):
    with unit_of_work():
        account(email="lea@exemple.fr")
        services.send_link("lea@exemple.fr", purpose, at=NOON)
    token = token_in(mails(db)[0])
    with pytest.raises(RuleBroken, match="plus valable"), unit_of_work():
        use(token, at=NOON + lifetime)
    with unit_of_work():
        use(token, at=NOON + lifetime - timedelta(seconds=1))


def test_a_confirmation_ends_after_three_days(db):
    sign_up()
    token = token_in(mails(db)[0])
    with pytest.raises(RuleBroken, match="plus valable"), unit_of_work():
        services.confirm(token, at=NOON + timedelta(days=3))


def test_a_link_serves_its_own_purpose_only(db):
    with unit_of_work():
        account(email="lea@exemple.fr")
        services.send_link("lea@exemple.fr", LinkPurpose.SIGN_IN, at=NOON)
    token = token_in(mails(db)[0])
    for use in (services.confirm, lambda t, *, at: services.reset_password(t, "new", at=at)):
        with pytest.raises(RuleBroken, match="déjà servi"), unit_of_work():
            use(token, at=NOON)
    with unit_of_work():
        assert services.sign_in_by_link(token, at=NOON).email == "lea@exemple.fr"


def test_an_unknown_token_is_refused(db):
    with pytest.raises(RuleBroken), unit_of_work():
        services.sign_in_by_link("x" * 43, at=NOON)


def test_signing_up_again_replaces_what_was_not_confirmed(db):
    sign_up(name="Somebody else")
    sign_up(name="Léa")
    first, second = (token_in(each) for each in mails(db))
    with pytest.raises(RuleBroken), unit_of_work():
        services.confirm(first, at=NOON)
    with unit_of_work():
        assert services.confirm(second, at=NOON).display_name == "Léa"
    assert db.session.scalar(select(func.count()).select_from(Account)) == 1


def test_an_open_account_is_told_that_it_exists_and_nothing_changes(db):
    with unit_of_work():
        account(email="lea@exemple.fr", name="Léa")
    sign_up(name="Thief")
    made = db.session.scalars(queries.by_email("lea@exemple.fr")).one()
    assert (made.display_name, made.password_hash == "hash") == ("Léa", False)
    assert "déjà un compte" in mails(db)[0].subject
    assert "/inscription/confirmer" not in mails(db)[0].text


def test_a_link_is_sent_to_known_addresses_only(db):
    with unit_of_work():
        account(email="open@exemple.fr")
        account(email="closed@exemple.fr", state=AccountState.CLOSED)
        account(email="new@exemple.fr", state=AccountState.UNCONFIRMED)
        for name in ("open", "closed", "new", "unknown"):
            services.send_link(f"{name}@exemple.fr", LinkPurpose.SIGN_IN, at=NOON)
    assert [each.recipient for each in mails(db)] == ["open@exemple.fr", "new@exemple.fr"]
    assert "/inscription/confirmer/" in mails(db)[1].text


def test_five_mails_an_hour_to_one_address(db):
    for _ in range(services.MAILS_PER_HOUR):
        sign_up()
    with pytest.raises(RuleBroken, match="Trop d’essais"):
        sign_up()
    sign_up("other@exemple.fr")
    sign_up(at=NOON + timedelta(minutes=61))
    assert len(mails(db)) == services.MAILS_PER_HOUR + 2


def test_eight_tries_a_quarter_and_success_starts_again(db):
    with unit_of_work():
        lea = account(email="lea@exemple.fr")
        for _ in range(services.TRIES_PER_QUARTER):
            services.note_try("LEA@exemple.fr", at=NOON)
    with pytest.raises(RuleBroken, match="Trop d’essais"), unit_of_work():
        services.note_try("lea@exemple.fr", at=NOON)
    with unit_of_work():
        services.note_sign_in(db.session.merge(lea), at=NOON)
        services.note_try("lea@exemple.fr", at=NOON)


def test_a_new_password_ends_the_sessions_and_the_links_sent_before(app, db):
    _visitor, number = signed_in(app)
    with unit_of_work():
        lea = db.session.get_one(Account, number)
        services.send_link(lea.email, LinkPurpose.RESET, at=NOON)
        services.send_link(lea.email, LinkPurpose.SIGN_IN, at=NOON)
    reset, entry = (token_in(each) for each in mails(db))
    assert db.session.scalar(select(func.count()).where(WebSession.account_id == number)) == 1
    with unit_of_work():
        services.reset_password(reset, "new", at=NOON)
    assert db.session.scalar(select(func.count()).where(WebSession.account_id == number)) == 0
    with pytest.raises(RuleBroken), unit_of_work():
        services.sign_in_by_link(entry, at=NOON)


def test_a_reset_frees_a_person_who_tried_too_often(db):
    with unit_of_work():
        account(email="lea@exemple.fr")
        for _ in range(services.TRIES_PER_QUARTER):
            services.note_try("lea@exemple.fr", at=NOON)
        services.send_link("lea@exemple.fr", LinkPurpose.RESET, at=NOON)
    with unit_of_work():
        services.reset_password(token_in(mails(db)[0]), "new", at=NOON)
        services.note_try("lea@exemple.fr", at=NOON)


def test_setting_roles_ends_the_sessions_and_is_recorded(app, db):
    _visitor, number = signed_in(app, Role.FINANCE)
    with unit_of_work():
        admin = account(Role.ADMIN)
        person = db.session.get_one(Account, number)
        services.set_roles(person, frozenset({Role.DPO, Role.ELECTED}), by=admin, at=NOON)
    assert db.session.get_one(Account, number).roles == {Role.DPO, Role.ELECTED}
    assert db.session.scalar(select(func.count()).where(WebSession.account_id == number)) == 0
    entry = db.session.scalars(select(JournalEntry).order_by(JournalEntry.id.desc())).first()
    assert (entry.act, entry.before, entry.after) == (
        "account.roles_set", {"roles": ["finance"]}, {"roles": ["dpo", "elected"]},
    )  # fmt: skip


def test_an_administrator_keeps_their_own_role_and_account(db):
    with unit_of_work():
        admin = account(Role.ADMIN)
        with pytest.raises(RuleBroken, match="votre propre rôle"):
            services.set_roles(admin, frozenset(), by=admin, at=NOON)
        with pytest.raises(RuleBroken, match="votre propre compte"):
            services.close(admin, by=admin, at=NOON)


def test_a_closed_account_opens_again_and_no_state_is_skipped(db):
    with unit_of_work():
        admin, lea = account(Role.ADMIN), account(state=AccountState.UNCONFIRMED)
        with pytest.raises(IllegalTransition):
            services.reopen(lea, by=admin, at=NOON)
        services.close(lea, by=admin, at=NOON)
        assert lea.state is AccountState.CLOSED
        with pytest.raises(IllegalTransition):
            services.close(lea, by=admin, at=NOON)
        services.reopen(lea, by=admin, at=NOON)
    assert lea.state is AccountState.ACTIVE


def test_a_closed_account_does_not_enter_by_an_old_link(db):
    with unit_of_work():
        admin, lea = account(Role.ADMIN), account(email="lea@exemple.fr")
        services.send_link("lea@exemple.fr", LinkPurpose.SIGN_IN, at=NOON)
        services.close(lea, by=admin, at=NOON)
    with pytest.raises(RuleBroken, match="fermé"), unit_of_work():
        services.sign_in_by_link(token_in(mails(db)[0]), at=NOON)


def test_the_operator_makes_a_confirmed_account_once(db):
    with unit_of_work():
        made = services.create_account("Chef@Region.fr", "Alix", "hash", frozenset({Role.ADMIN}), at=NOON)
        assert (made.email, made.is_active, made.roles) == ("chef@region.fr", True, {Role.ADMIN})
        with pytest.raises(RuleBroken, match="déjà un compte"):
            services.create_account("chef@region.fr", "Alix", "hash", frozenset(), at=NOON)


def test_holders_of_a_role_are_active_accounts(db):
    with unit_of_work():
        kept = account(Role.DPO, Role.ADMIN)
        account(Role.DPO, state=AccountState.CLOSED)
        account(Role.FINANCE)
    assert db.session.scalars(queries.holders(Role.DPO, Role.ADMIN)).all() == [kept]


@pytest.mark.parametrize("text", ["élo", "ELO", "Éloïse", "eloise", "eloise@exemple", "%", "_", "", "  ", "' OR 1=1"])
def test_the_directory_is_searched_without_accents(db, text):
    with unit_of_work():
        account(name="Éloïse Œuvrard", email="eloise@exemple.fr")
        account(name="Zoé", email="zoe@exemple.fr")
    found = [each.display_name for each in db.session.scalars(queries.directory(text))]
    every = ["Éloïse Œuvrard", "Zoé"]
    assert found == (every if not text.strip() else [] if text in ("%", "_", "' OR 1=1") else every[:1])


def test_passwords_are_argon2id_and_unknown_accounts_take_as_long(monkeypatch, db):
    hashed = services.hash_password("une phrase de quatre mots")
    assert hashed.startswith("$argon2id$")
    with unit_of_work():
        lea = account()
        lea.password_hash = hashed
    seen = []
    real = services._hasher.verify
    monkeypatch.setattr(services._hasher, "verify", lambda *values: seen.append(values) or real(*values))
    assert services.password_matches(lea, "une phrase de quatre mots")
    assert not services.password_matches(lea, "une autre phrase")
    assert not services.password_matches(None, "une phrase de quatre mots")
    lea.password_hash = None
    assert not services.password_matches(lea, "une phrase de quatre mots")
    assert len(seen) == 4
    db.session.rollback()

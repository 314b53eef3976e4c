"""What people do with reuses, and what follows."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from programme.accounts.states import Role
from programme.core.errors import IllegalTransition, RuleBroken
from programme.core.journal import JournalEntry
from programme.core.mail import OutboxMessage
from programme.core.unit_of_work import unit_of_work
from programme.projects.models import Project
from programme.reuses import queries, services
from programme.reuses.models import DatasetUse, Reuse, ReuseDataset, ReuseFlag
from programme.reuses.states import FlagReason, ReuseKind, ReuseOrigin, ReuseState
from tests.factories import reuses as make
from tests.factories.people import NOON, account
from tests.pages import plain

pytestmark = pytest.mark.db
S = ReuseState
LATER = NOON + timedelta(days=1)


def values(theme, **changed):
    return {
        "title": "Respire Étang", "kind": ReuseKind.MAP, "summary": "L’air de la cour d’école.", "url": "https://respire.example/",
        "theme_id": theme.id, "territory": "Étang de Berre", "territory_code": "13",
    } | changed  # fmt: skip


ONE_USE = (DatasetUse("La couleur des points.", title="Indices"),)


def declared(by, theme, uses=ONE_USE, at=NOON, **kwargs):
    return services.declare(values(theme, **kwargs.pop("changed", {})), uses, by=by, at=at, **kwargs)


def mails(db):
    return [
        (each.recipient, plain(each.subject))
        for each in db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))
    ]


def locked(db, slug):
    return db.session.scalars(queries.for_update(slug)).one()


def test_a_free_declaration_starts_a_project_and_stays_hidden(db):
    with unit_of_work():
        by = account()
        reuse = declared(by, make.theme())
        assert (reuse.state, reuse.origin, reuse.slug) == (S.DRAFT, ReuseOrigin.FREE, "respire-etang")
        assert reuse.project.title == "Respire Étang"
        assert reuse.project.public_since is None
        assert reuse.drawing.startswith("<svg")
    assert mails(db) == []


def test_a_reuse_may_continue_a_project(db):
    with unit_of_work():
        by = account()
        project = Project(title="Respire", slug="respire", created_at=NOON, created_by_id=by.id)
        reuse = declared(by, make.theme(), project=project, origin=ReuseOrigin.APPLICATION)
        assert reuse.project is project
    assert db.session.scalars(select(Project)).all() == [project]


def test_an_address_of_the_site_is_never_taken_as_a_slug(db):
    with unit_of_work():
        assert declared(account(), make.theme(), changed={"title": "Proposer"}).slug == "proposer-2"


def test_submission_sends_a_receipt_and_tells_the_officers(db):
    with unit_of_work():
        by = account(email="lea@exemple.fr")
        account(Role.OFFICER_PROGRAMME, email="camille@region.example")
        account(Role.OFFICER_FILE, email="autre@region.example")
        reuse = declared(by, make.theme())
        services.submit(reuse, by=by, at=NOON)
    assert reuse.state is S.SUBMITTED
    assert [to for to, _ in mails(db)] == ["lea@exemple.fr", "camille@region.example"]
    acts = db.session.scalars(select(JournalEntry.act).where(JournalEntry.subject_type == "reuse")).all()
    assert acts == ["reuse.declared", "reuse.submit"]


@pytest.mark.parametrize("missing", [{"kind": None}, {"summary": ""}, {"url": ""}, {"theme_id": None}])
def test_an_incomplete_draft_is_not_sent(db, missing):
    with unit_of_work():
        by = account()
        draft = declared(by, make.theme(), changed=missing)
        with pytest.raises(RuleBroken, match="manque"):
            services.submit(draft, by=by, at=NOON)


def test_a_reuse_without_data_set_is_not_sent(db):
    with unit_of_work():
        by = account()
        draft = declared(by, make.theme(), uses=())
        with pytest.raises(RuleBroken, match="manque"):
            services.submit(draft, by=by, at=NOON)


def test_publication_opens_the_project_and_tells_the_author(db):
    with unit_of_work():
        officer = account(Role.OFFICER_PROGRAMME)
        reuse = make.reuse("Respire Étang", S.SUBMITTED, declarer=account(email="lea@exemple.fr"))
        services.publish(reuse, by=officer, at=LATER)
    assert (reuse.state, reuse.published_at, reuse.published_year) == (S.PUBLISHED, LATER, 2026)
    assert reuse.project.public_since == LATER
    assert mails(db) == [("lea@exemple.fr", "« Respire Étang » est publiée")]


def test_the_year_of_publication_is_that_of_the_region(db):
    with unit_of_work():
        reuse = make.reuse(state=S.SUBMITTED)
        services.publish(reuse, by=account(), at=NOON.replace(month=12, day=31, hour=23, minute=30))
    assert reuse.published_year == 2027


def test_asking_for_more_keeps_the_message_and_the_author_answers(db):
    with unit_of_work():
        author, officer = (
            account(email="lea@exemple.fr"),
            account(Role.OFFICER_PROGRAMME, email="camille@region.example"),
        )
        reuse = make.reuse(state=S.SUBMITTED, declarer=author)
        services.ask_for_info(reuse, "Donnez une adresse ouverte.", by=officer, at=NOON)
        assert (reuse.state, reuse.moderation_note) == (S.INFO_REQUESTED, "Donnez une adresse ouverte.")
        services.complete(reuse, by=author, at=LATER)
        assert reuse.state is S.SUBMITTED
        services.publish(reuse, by=officer, at=LATER)
        assert reuse.moderation_note == ""
    assert [to for to, _ in mails(db)] == ["lea@exemple.fr", "camille@region.example", "lea@exemple.fr"]
    sent = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).first()
    assert "Donnez une adresse ouverte." in sent.text
    assert "Donnez une adresse ouverte." in sent.html


def test_refusing_gives_the_reason(db):
    with unit_of_work():
        reuse = make.reuse(state=S.SUBMITTED, declarer=account(email="lea@exemple.fr"))
        services.unpublish(reuse, "C’est une publicité.", by=account(), at=NOON)
    assert reuse.state is S.UNPUBLISHED
    assert not reuse.was_public
    assert "C’est une publicité." in db.session.scalars(select(OutboxMessage)).one().text


def test_a_withdrawn_reuse_may_be_read_again(db):
    with unit_of_work():
        reuse = make.reuse(state=S.PUBLISHED)
        services.unpublish(reuse, "Erreur.", by=account(), at=NOON)
        assert reuse.was_public
        services.reopen(reuse, by=account(), at=LATER)
        services.publish(reuse, by=account(), at=LATER)
        assert reuse.published_at == NOON


def test_a_first_report_warns_the_officers_and_the_page_stays(db):
    with unit_of_work():
        account(Role.OFFICER_PROGRAMME, email="camille@region.example")
        reuse = make.reuse()
        for message in ("Faux", "Toujours faux"):
            services.flag(reuse, FlagReason.WRONG_FIGURES, message, "", source="192.0.2.1", at=NOON)
    assert (reuse.state, reuse.flag_count, reuse.is_public) == (S.FLAGGED, 2, True)
    assert len(mails(db)) == 1


def test_reports_from_one_place_are_limited(db):
    with unit_of_work():
        reuse = make.reuse()
        for _ in range(services.FLAGS_PER_HOUR):
            services.flag(reuse, FlagReason.OTHER, "x", None, source="192.0.2.1", at=NOON)
    with pytest.raises(RuleBroken, match="Trop d’essais"), unit_of_work():
        services.flag(locked(db, reuse.slug), FlagReason.OTHER, "x", None, source="192.0.2.1", at=NOON)
    with unit_of_work():
        services.flag(locked(db, reuse.slug), FlagReason.OTHER, "x", None, source="192.0.2.2", at=NOON)
    assert len(db.session.scalars(select(ReuseFlag)).all()) == services.FLAGS_PER_HOUR + 1


def test_a_report_does_not_take_a_highlight_away_for_good(db):
    with unit_of_work():
        officer = account(Role.OFFICER_PROGRAMME)
        reuse = make.reuse(state=S.FEATURED)
        services.flag(reuse, FlagReason.OTHER, "x", None, source="a", at=NOON)
        services.clear_flags(reuse, by=officer, at=LATER)
        assert (reuse.state, reuse.flag_count) == (S.FEATURED, 0)
        services.unfeature(reuse, by=officer, at=LATER)
        assert (reuse.state, reuse.featured_at) == (S.PUBLISHED, None)
    assert db.session.scalars(select(ReuseFlag.handled_at)).all() == [LATER]


def test_a_broken_link_is_said_to_its_author_and_repaired_by_a_new_address(db):
    with unit_of_work():
        author = account(email="lea@exemple.fr")
        reuse = make.reuse(declarer=author)
        services.mark_broken(reuse, by=account(), at=NOON)
        assert (reuse.state, reuse.broken_since) == (S.BROKEN_LINK, NOON)
        services.edit(
            reuse,
            {"url": "https://nouvelle.example/"},
            [DatasetUse("Fond.", title="Relevés de terrain")],
            by=author,
            at=LATER,
        )
        assert (reuse.state, reuse.broken_since) == (S.PUBLISHED, None)
    assert [to for to, _ in mails(db)] == ["lea@exemple.fr"]


def test_a_repaired_link_with_unread_reports_is_reported_again(db):
    with unit_of_work():
        reuse = make.reuse()
        services.flag(reuse, FlagReason.OTHER, "x", None, source="a", at=NOON)
        services.mark_broken(reuse, by=None, at=NOON)
        services.repair(reuse, by=None, at=LATER)
        assert reuse.state is S.FLAGGED


def test_an_address_has_one_live_reuse(db):
    with unit_of_work():
        by, theme = account(), make.theme()
        services.submit(declared(by, theme), by=by, at=NOON)
    with unit_of_work():
        twin = declared(by, theme, changed={"url": "http://www.respire.example"})
        with pytest.raises(RuleBroken, match="déjà celle"):
            services.submit(twin, by=by, at=NOON)
        db.session.rollback()


def test_the_database_itself_refuses_a_second_live_address(db):
    with unit_of_work():
        make.reuse(url="https://meme.example/")
    with pytest.raises(IntegrityError), unit_of_work():
        make.reuse(url="https://meme.example")


def test_a_withdrawn_address_is_free_again(db):
    with unit_of_work():
        make.reuse(state=S.UNPUBLISHED, url="https://meme.example/")
        make.reuse(state=S.DRAFT, url="https://meme.example/")
        make.reuse(url="https://meme.example/")


def test_declarations_are_limited_in_an_hour(db):
    with unit_of_work():
        by, theme = account(), make.theme()
        for _ in range(services.DECLARATIONS_PER_HOUR):
            declared(by, theme)
        with pytest.raises(RuleBroken, match="Trop d’essais"):
            declared(by, theme)


def test_data_sets_keep_their_line_when_the_list_changes(db):
    with unit_of_work():
        by = account()
        air, schools = make.dataset("Air"), make.dataset("Écoles")
        reuse = declared(
            by,
            make.theme(),
            uses=[DatasetUse("a", air.id), DatasetUse("b", schools.id), DatasetUse("c", title="Autre")],
        )
        slug, first = reuse.slug, {each.dataset_id: each.id for each in reuse.datasets}
    with unit_of_work():
        reuse = locked(db, slug)
        services.edit(
            reuse,
            {},
            [DatasetUse("d", title="Autre"), DatasetUse("e", schools.id), DatasetUse("f", schools.id)],
            by=by,
            at=LATER,
        )
    rows = db.session.execute(
        select(ReuseDataset.id, ReuseDataset.dataset_id, ReuseDataset.use).order_by(ReuseDataset.position)
    ).all()
    assert [(row.dataset_id, row.use) for row in rows] == [(None, "d"), (schools.id, "f")]
    assert {row.id for row in rows} < set(first.values()) | {row.id for row in rows}
    assert rows[1].id == first[schools.id]


def test_a_data_set_that_does_not_exist_is_left_out(db):
    with unit_of_work():
        reuse = declared(account(), make.theme(), uses=[DatasetUse("a", 999_999)])
        assert (list(reuse.datasets), reuse.dataset_count) == ([], 0)


def test_two_officers_the_second_meets_a_sentence(db):
    with unit_of_work():
        reuse = make.reuse(state=S.PUBLISHED)
        with pytest.raises(IllegalTransition):
            services.publish(reuse, by=account(), at=NOON)


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": S.PUBLISHED, "published_at": None},
        {"state": S.SUBMITTED, "submitted_at": None},
        {"state": S.PUBLISHED, "broken_since": NOON},
        {"state": S.FEATURED, "featured_at": None},
        {"effect_value": Decimal(4)},
        {"effect_value": Decimal(4), "effect_unit": "écoles"},
        {"summary": ""},
        {"kind": None},
    ],
)
def test_the_database_keeps_columns_and_states_together(db, wrong):
    with pytest.raises(IntegrityError), unit_of_work():
        make.reuse(**wrong)


def test_an_effect_with_unit_and_day_is_kept_exactly(db):
    with unit_of_work():
        made = make.reuse(effect_value=Decimal("12.5"), effect_unit="minutes", effect_on=date(2026, 5, 31))
    db.session.expire_all()
    assert db.session.get(Reuse, made.id).effect_value == Decimal("12.50")

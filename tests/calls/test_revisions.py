"""A published call changes by a revision: prepared unseen, published with a date and words, told once to those who have a draft."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from programme.accounts.states import Role
from programme.applications.models import Application
from programme.calls import queries, services
from programme.calls.models import CallRevision
from programme.calls.rules import revision as rules
from programme.calls.states import CallState
from programme.cli.demo import calls_demo
from programme.cli.demo import strategy as demo_strategy
from programme.core import jobs
from programme.core.clock import now
from programme.core.mail import OutboxMessage
from programme.core.unit_of_work import unit_of_work
from programme.organisations.states import MembershipRole
from tests.calls.test_screens import act, document, found, sent
from tests.factories import applications, calls, people
from tests.factories.people import signed_in

pytestmark = pytest.mark.db
WORDS = {"changes": "La relève ferme une semaine plus tard."}


@pytest.fixture
def direction(app, db):
    return signed_in(app, Role.DIRECTION)[0]


@pytest.fixture
def opened(db):
    """The address of an open call with one session."""
    with unit_of_work():
        return f"/agents/appels/{calls.open_call(title='Données des rivières', promise='Pour voir.').slug}"


def write(agent, address, **values):
    return agent.post(f"{address}/definition/textes", sent(agent.get(f"{address}/definition/textes"), **values))


def publish(direction, address, words=WORDS, status=200):
    page = direction.get(f"{address}/definition")
    version = page.tree.xpath("//form[contains(@action, '/modification')]//input[@name='version']/@value")
    return direction.post(f"{address}/modification", {**words, "version": version[0] if version else ""}, status=status)


def public(visitor, address):
    return visitor().get(address.replace("/agents", "")).text


def test_a_change_is_prepared_unseen_then_published_dated_and_shown(db, agent, direction, opened, visitor):
    write(agent, opened, promise="Pour mieux voir.")
    assert found(db, opened).promise == "Pour voir."
    assert "Pour mieux voir." not in public(visitor, opened)
    assert "Promesse" in agent.get(f"{opened}/definition").text
    assert "Publier la modification" not in agent.get(f"{opened}/definition").text
    page = publish(direction, opened)
    assert "Modification publiée" in page.text
    assert found(db, opened).promise == "Pour mieux voir."
    shown = public(visitor, opened)
    assert "Pour mieux voir." in shown
    assert "Ce qui a changé" in shown
    assert WORDS["changes"] in shown
    [kept] = db.session.scalars(select(CallRevision)).all()
    assert (kept.number, kept.published_at is not None, kept.document["promise"]) == (1, True, "Pour mieux voir.")


def test_a_change_that_says_nothing_is_not_published(db, agent, direction, opened):
    write(agent, opened, promise="Autre.")
    page = publish(direction, opened, {"changes": " "}, status=422)
    assert "Dites au public ce qui change." in page.text
    assert found(db, opened).promise == "Pour voir."


def test_nothing_prepared_is_nothing_to_publish_and_a_second_click_neither(db, agent, direction, opened):
    assert "Aucune modification n'est préparée." in publish(direction, opened).text
    write(agent, opened, promise="Autre.")
    publish(direction, opened)
    publish(direction, opened)
    db.session.rollback()
    assert len(db.session.scalars(select(CallRevision)).all()) == 1


def test_a_change_that_is_given_up_leaves_the_call_as_it_is(db, agent, opened):
    write(agent, opened, promise="Autre.")
    assert "abandonnée" in agent.post(f"{opened}/modification/abandonner").text
    assert (found(db, opened).promise, db.session.scalars(select(CallRevision)).all()) == ("Pour voir.", [])
    assert "Aucune modification" in agent.post(f"{opened}/modification/abandonner").text


def test_who_prepares_does_not_publish(db, agent, opened):
    write(agent, opened, promise="Autre.")
    agent.post(f"{opened}/modification", WORDS, status=404)
    assert found(db, opened).promise == "Pour voir."


def test_questions_that_change_are_a_new_version_and_drafts_keep_theirs(db, agent, direction, opened):
    with unit_of_work():
        draft = applications.draft(to=found(db, opened).sessions[0]).id
    page = agent.get(f"{opened}/liste/questions/1")
    agent.post(f"{opened}/liste/questions/1", sent(page, label="Et après ?"))
    publish(direction, opened)
    [strand] = found(db, opened).strands
    assert (strand.form_definition.version, len(strand.form_definition.questions)) == (2, 2)
    kept = db.session.get(Application, draft)
    assert kept.form_definition_id != strand.form_definition_id


def test_the_grid_the_rules_the_clock_and_the_pieces_do_not_change_under_those_who_answer(db, agent, opened):
    before = document(db, opened)
    page = agent.get(f"{opened}/liste/grille/0")
    assert (
        "ne change plus depuis l'ouverture"
        in agent.post(f"{opened}/liste/grille/0", sent(page, weight="50"), status=422).text
    )
    page = agent.get(f"{opened}/definition/reglages")
    agent.post(f"{opened}/definition/reglages", sent(page, silence_months="3"), status=422)
    page = agent.get(f"{opened}/liste/conditions/0")
    agent.post(f"{opened}/liste/conditions/0", sent(page, percent="60"), status=422)
    assert "ne peut plus être retiré" in act(agent, opened, 0, "retirer", "pieces").text
    assert "ne change plus" in act(agent, opened, 0, "retirer", "conditions").text
    assert document(db, opened) == before
    assert db.session.scalars(select(CallRevision)).all() == []


def test_words_of_a_criterion_and_an_optional_piece_may_come(db, agent, direction, opened):
    page = agent.get(f"{opened}/liste/grille/0")
    agent.post(f"{opened}/liste/grille/0", sent(page, help="Ce que l’on regarde."))
    page = agent.get(f"{opened}/liste/pieces/1")
    agent.post(f"{opened}/liste/pieces/1", {**sent(page, label="Une carte"), "mandatory": []})
    publish(direction, opened)
    assert document(db, opened)["strands"][0]["criteria"][0]["help"] == "Ce que l’on regarde."
    assert [each["mandatory"] for each in document(db, opened)["documents"]] == [True, False]


def test_no_condition_and_no_mandatory_piece_comes_under_those_who_answer(db, agent, opened):
    page = agent.get(f"{opened}/liste/conditions/3")
    agent.post(f"{opened}/liste/conditions/3", sent(page, statement="Les données sont publiées.", check=""), status=422)
    page = agent.get(f"{opened}/liste/pieces/1")
    refused = agent.post(f"{opened}/liste/pieces/1", sent(page, label="Une carte"), status=422)
    assert "ne devient pas obligatoire" in refused.text
    assert db.session.scalars(select(CallRevision)).all() == []


def test_saving_every_row_untouched_changes_nothing_and_is_never_refused(db, agent):
    with unit_of_work():
        demo_strategy.load(now())
        call = services.install({**calls_demo.read("territoires"), "sessions": LATE}, at=now())
        for verb in ("ask_review", "publish", "open"):
            services.lead(call, verb, by=None, at=now())
        address = f"/agents/appels/{call.slug}"
    for name, count in (
        ("conditions", 15),
        ("pieces", 12),
        ("calendrier", 1),
        ("questions", 6),
        ("grille", 7),
        ("volets", 1),
    ):
        for place in range(count):
            page = agent.get(f"{address}/liste/{name}/{place}")
            agent.post(f"{address}/liste/{name}/{place}", sent(page))
    agent.post(f"{address}/definition/textes", sent(agent.get(f"{address}/definition/textes")))
    agent.post(f"{address}/definition/reglages", sent(agent.get(f"{address}/definition/reglages")))
    assert db.session.scalars(select(CallRevision)).all() == []


LATE = [
    {"label": "Octobre", "opens_at": "2027-10-31T01:30:00+00:00", "closes_at": "2027-12-31T22:59:59+00:00", "envelope": "1000.00"},
]  # fmt: skip


def test_a_change_put_back_is_no_change_any_more(db, agent, direction, opened):
    write(agent, opened, promise="Autre.")
    write(agent, opened, promise="Pour voir.")
    assert db.session.scalars(select(CallRevision)).all() == []
    assert "Aucune modification" in publish(direction, opened).text


def test_what_was_written_after_the_direction_read_is_not_published(db, agent, direction, opened):
    write(agent, opened, promise="Mieux.")
    page = direction.get(f"{opened}/definition")
    [version] = page.tree.xpath("//form[contains(@action, '/modification')]//input[@name='version']/@value")
    write(agent, opened, promise="Tout autre chose.")
    answer = direction.post(f"{opened}/modification", {**WORDS, "version": version})
    assert "a changé depuis l'ouverture de cette page" in answer.text
    assert found(db, opened).promise == "Pour voir."


def test_the_direction_reads_what_changes_before_and_after(db, agent, direction, opened):
    write(agent, opened, promise="Pour mieux voir.")
    text = direction.get(f"{opened}/definition").text
    assert "Avant Pour voir." in text.replace("AvantPour", "Avant Pour")
    assert "Pour mieux voir." in text


def test_a_change_that_the_opening_froze_is_mended_piece_by_piece(db, agent, direction):
    with unit_of_work():
        address = f"/agents/appels/{calls.call(CallState.PUBLISHED).slug}"
    page = agent.get(f"{address}/liste/grille/0")
    agent.post(f"{address}/liste/grille/0", sent(page, weight="50"))
    page = agent.get(f"{address}/liste/grille/1")
    agent.post(f"{address}/liste/grille/1", sent(page, weight="50"))
    page = agent.get(f"{address}/definition/reglages")
    agent.post(f"{address}/definition/reglages", sent(page, readers_per_file="3"))
    with unit_of_work():
        services.lead(found(db, address), "open", by=None, at=now())
    assert "ne change plus" in publish(direction, address).text
    for name, place, values in (("grille", 0, {"weight": "60"}), ("grille", 1, {"weight": "40"})):
        page = agent.get(f"{address}/liste/{name}/{place}")
        agent.post(f"{address}/liste/{name}/{place}", sent(page, **values))
    page = agent.get(f"{address}/definition/reglages")
    agent.post(f"{address}/definition/reglages", sent(page, readers_per_file="2"))
    assert db.session.scalars(select(CallRevision)).all() == []


def test_numbers_go_on_after_many_changes(db, agent, direction, opened):
    with unit_of_work():
        for number in range(1, 60):
            call = found(db, opened)
            db.session.add(
                CallRevision(
                    call_id=call.id, number=number, document={}, changes="x", begun_at=now(), published_at=now()
                )
            )
    write(agent, opened, promise="Autre.")
    publish(direction, opened)
    db.session.rollback()
    assert max(each.number for each in db.session.scalars(select(CallRevision))) == 60


def test_a_change_left_open_goes_with_the_closing_of_the_call(db, agent, opened):
    write(agent, opened, promise="Autre.")
    agent.post(f"{opened}/close")
    assert db.session.scalars(select(CallRevision)).all() == []


def test_a_change_begun_before_a_release_that_knows_more_is_still_read(db, agent, direction, opened):
    write(agent, opened, promise="Autre.")
    with unit_of_work():
        draft = db.session.scalars(queries.open_revision(found(db, opened).id)).one()
        draft.document = {
            name: value for name, value in draft.document.items() if name not in ("contacts", "blind_reading")
        }
    agent.get(f"{opened}/definition/textes")
    assert "Modification publiée" in publish(direction, opened).text


# ---- the calendar: later and richer, never the contrary -------------------------------------------


def session(opens, closes, envelope="1000"):
    return {"label": "Mars", "opens_at": opens.isoformat(), "closes_at": closes.isoformat(), "envelope": envelope}


DAY = timedelta(days=1)
AT = datetime.fromisoformat("2027-03-01T11:00:00+00:00")


@pytest.mark.parametrize(
    ("was", "now_", "code"),
    [
        (session(AT - DAY, AT + DAY), session(AT - DAY, AT + 2 * DAY), None),
        (session(AT - DAY, AT + DAY), session(AT - DAY, AT + DAY - timedelta(microseconds=1)), "shortened"),
        (session(AT - DAY, AT + DAY), session(AT, AT + DAY), "begun"),
        (session(AT, AT + DAY), session(AT + timedelta(seconds=1), AT + DAY), "begun"),
        (session(AT + timedelta(microseconds=1), AT + DAY), session(AT + DAY, AT + 2 * DAY), None),
        (session(AT - 2 * DAY, AT), session(AT - 2 * DAY, AT + DAY), "over"),
        (session(AT - 2 * DAY, AT + timedelta(microseconds=1)), session(AT - 2 * DAY, AT + DAY), None),
        (session(AT - DAY, AT + DAY), session(AT - DAY, AT + DAY, "999.99"), "shortened"),
        (session(AT - DAY, AT + DAY), session(AT - DAY, AT + DAY, "2000"), None),
        (session(AT + DAY, AT + 2 * DAY), session(AT + DAY, AT + 2 * DAY, "1"), None),
        (session(AT + DAY, AT + 2 * DAY), None, "gone"),
    ],
)  # fmt: skip
def test_a_session_may_be_prolonged_or_enriched_and_nothing_else_once_it_has_begun(was, now_, code):
    before = {**services.blank({**calls.definition()}), **calls.definition(), "sessions": [was]}
    before |= dict.fromkeys(rules.RELIED_ON, 1)
    after = {**before, "sessions": [now_] if now_ else []}
    found_ = [each.code for each in rules.frozen(before, after, has_opened=True, at=AT)]
    assert found_ == ([] if code is None else [code])


def test_before_the_first_opening_everything_but_the_name_may_change():
    before = {**calls.definition(), "sessions": [], **dict.fromkeys(rules.RELIED_ON, 1)}
    after = {**before, "strands": [], "rules": [], "documents": [], "silence_months": 3}
    assert rules.frozen(before, after, has_opened=False, at=AT) == []
    assert [each.path for each in rules.frozen(before, {**after, "code": "AUTRE"}, has_opened=False, at=AT)] == [
        ("code",)
    ]


def test_what_changed_is_named_part_by_part():
    before = {**calls.definition(), "sessions": [session(AT, AT + DAY)]}
    strand = {**before["strands"][0], "summary": "Autre."}
    after = {
        **before,
        "promise": "Autre.",
        "strands": [strand],
        "rules": before["rules"][:2],
        "documents": [*before["documents"], {"code": "x", "label": "X"}],
    }
    assert rules.changed(before, before) == []
    assert rules.changed(before, after) == [("promise",), ("strands", 0, "summary"), ("rules",), ("documents", 1)]


@pytest.mark.parametrize(
    ("order", "places"),
    [
        (["a", "new", "b", "c"], [1]), (["a", "B", "c"], [1]), (["a", "c"], [None]), (["a", "c", "b"], [None]),
        (["a", "new", "c"], [1, None]),
    ],
)  # fmt: skip
def test_of_the_questions_those_that_changed_are_named_wherever_they_stand(order, places):
    path, call = ("strands", 0, "questions"), calls.definition()

    def with_questions(names):
        questions = [{"key": each.lower(), "label": each, "kind": "text"} for each in names]
        return {**call, "strands": [{**call["strands"][0], "questions": questions}]}

    found = rules.changed(with_questions("abc"), with_questions(order))
    assert found == [path if each is None else (*path, each) for each in places]


# ---- telling ---------------------------------------------------------------------------------------


def mails(db):
    return sorted(
        each.recipient
        for each in db.session.scalars(select(OutboxMessage).where(OutboxMessage.subject.contains("a changé")))
    )


def test_those_who_have_a_draft_are_told_once_and_the_others_are_not(app, db, agent, direction, opened):
    with unit_of_work():
        call = found(db, opened)
        draft = applications.draft(to=call.sessions[0])
        editor = newcomer(draft.organisation, MembershipRole.EDITOR)
        newcomer(draft.organisation, MembershipRole.READER)
        owner = draft.created_by_id
        other = calls.open_call()
        applications.draft(to=other.sessions[0])
    write(agent, opened, promise="Pour mieux voir.")
    publish(direction, opened)
    while jobs.run_next():
        pass
    db.session.rollback()
    told = mails(db)
    assert len(told) == 2
    assert editor in told
    assert owner is not None
    [kept] = db.session.scalars(select(CallRevision)).all()
    with unit_of_work():
        jobs.enqueue("applications.tell_of_revision", {"revision": kept.id}, at=now())
    while jobs.run_next():
        pass
    db.session.rollback()
    assert mails(db) == told
    [body] = {
        each.text
        for each in db.session.scalars(
            select(OutboxMessage).where(OutboxMessage.recipient == editor, OutboxMessage.subject.contains("a changé"))
        )
    }
    assert WORDS["changes"] in body.replace("\n", " ")


def newcomer(organisation, role):
    """The address of a new member of this organisation."""
    person = people.account()
    people.member(person, organisation, role)
    return person.email


def test_the_public_page_asks_the_same_whatever_changed(db, agent, direction, opened, visitor, count_queries):
    address = opened.replace("/agents", "")
    person = visitor()
    with count_queries(9):
        person.get(address)
    for words in ("Un.", "Deux.", "Trois.", "Quatre."):
        write(agent, opened, promise=words)
        publish(direction, opened, {"changes": words})
    with count_queries(9):
        person.get(address)

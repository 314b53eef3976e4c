"""A piece whose age is limited: its date, the deposit, the officer, the second chance."""

import io
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programme.accounts.states import Role
from programme.applications import queries, services
from programme.applications.models import Application, PieceVersion
from programme.applications.rules import reopening, validity
from programme.applications.rules.carrying import is_too_old
from programme.applications.rules.validity import Age
from programme.applications.states import ApplicationState, PieceState
from programme.core.errors import RuleBroken
from programme.core.journal import JournalEntry
from programme.core.unit_of_work import unit_of_work
from tests.applications.test_clones import again_from
from tests.factories import applications, calls
from tests.factories.people import NOON, account, visitor_for

TODAY = NOON.date()  # 23 November 2026
DOCUMENTS = [{"code": "fiscal", "label": "Attestation fiscale", "valid_months": 3}]
DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))


@pytest.fixture(autouse=True)
def _at_noon(freeze):
    """The sessions of these tests accept applications at NOON."""


def ready(person, dated_on: date | None = TODAY, **values) -> Application:
    made = applications.ready_draft(by=person, to=calls.open_call(documents=DOCUMENTS).sessions[0], **values)
    made.pieces[0].dated_on = dated_on
    return made


def handed_in(person, dated_on: date = TODAY) -> Application:
    made = ready(person, dated_on)
    services.submit(made, by=person, at=NOON)
    return made


def kept(db, made: Application) -> Application:
    db.session.rollback()
    return db.session.scalars(queries.whole(made.reference)).one()


# ---- the rule -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "months", "first"),
    [
        (date(2026, 11, 23), 3, date(2026, 8, 23)), (date(2026, 5, 31), 3, date(2026, 3, 1)),
        (date(2027, 2, 28), 3, date(2026, 11, 28)), (date(2028, 2, 29), 12, date(2027, 3, 1)),
    ],
)  # fmt: skip
def test_the_first_date_that_is_good(day, months, first):
    assert validity.good_from(day, months) == first


@given(DAYS, st.integers(1, 120))
def test_the_first_good_date_is_good_and_the_day_before_is_not(day, months):
    first = validity.good_from(day, months)
    assert not is_too_old(first, months, day)
    assert is_too_old(first - timedelta(days=1), months, day)


@given(DAYS, DAYS, st.integers(1, 120))
def test_one_rule_says_what_is_good_and_what_is_too_old(dated_on, day, months):
    assert validity.is_good(dated_on, months, day) is not is_too_old(dated_on, months, day)


@pytest.mark.parametrize(
    ("dated_on", "age"),
    [
        (None, Age.UNDATED), (date(2026, 8, 22), Age.TOO_OLD), (date(2026, 8, 23), Age.LAPSED), (date(2026, 9, 30), Age.LAPSED),
        (date(2026, 10, 1), Age.LAPSES), (date(2026, 10, 14), Age.LAPSES), (date(2026, 10, 15), Age.GOOD),
    ],
)  # fmt: skip
def test_what_an_officer_is_told_of_a_date(dated_on, age):
    given_on, today, committee = date(2026, 11, 23), date(2027, 1, 1), date(2027, 1, 15)
    assert validity.judge(dated_on, 3, given_on, today, committee).age is age


# ---- the draft ----------------------------------------------------------------------------------


@pytest.mark.db
@pytest.mark.parametrize(
    ("dated_on", "sentence"),
    [
        (None, "Dites de quel jour est datée la pièce « Attestation fiscale »."),
        (date(2026, 8, 22), "La pièce « Attestation fiscale » est trop ancienne : ajoutez-en une datée du 23 août 2026 ou d'après."),
    ],
)  # fmt: skip
def test_a_piece_without_a_good_date_keeps_the_file_from_being_handed_in(app, db, dated_on, sentence):
    with unit_of_work():
        person = account()
        draft = ready(person, dated_on)
        number = draft.pieces[0].id
        with pytest.raises(RuleBroken, match="points à revoir"):
            services.submit(draft, by=person, at=NOON)
    page = visitor_for(app, person).get(f"/dossiers/{draft.reference}/relecture")
    assert sentence in page.text
    assert f"/dossiers/{draft.reference}/pieces#dated_{number}" in page.links()
    steps = visitor_for(app, person).get(f"/dossiers/{draft.reference}/pieces")
    assert steps.tree.xpath(f"//input[@id='dated_{number}']"), "the place that the link leads to"


@pytest.mark.db
def test_the_last_good_day_is_accepted_and_counted_on_the_day_of_the_deposit(db):
    with unit_of_work():
        person = account()
        draft = ready(person, date(2026, 8, 23))
        with pytest.raises(RuleBroken, match="points à revoir"):
            services.submit(draft, by=person, at=NOON + timedelta(days=1))
        services.submit(draft, by=person, at=NOON)
        assert draft.state is ApplicationState.SUBMITTED


@pytest.mark.db
def test_the_date_comes_with_the_file_or_before_it_or_after_and_stops_nothing(app, db):
    with unit_of_work():
        person = account()
        draft = applications.draft(by=person, to=calls.open_call(documents=DOCUMENTS).sessions[0])
        number = draft.pieces[0].id
    visitor, path = visitor_for(app, person), f"/dossiers/{draft.reference}/pieces"

    def sent(day: str, to: str = path, status: int = 200, **values):
        return visitor.post(to, {f"dated_{number}": day, **values}, form=path, status=status)

    def stored() -> tuple[date | None, PieceState]:
        piece = kept(db, draft).pieces[0]
        return piece.dated_on, piece.state

    sent("2026-10-01", action="next")
    assert stored() == (date(2026, 10, 1), PieceState.EXPECTED), "before its file"
    file = {f"file-{number}": (io.BytesIO(applications.PDF), "fiscal.pdf")}
    visitor.post(f"{path}/{number}", {f"dated_{number}": "02/10/2026", **file}, form=path)
    assert stored() == (date(2026, 10, 2), PieceState.PROVIDED), "with it, as people write it"
    page = sent("2026-12-24", action="next", status=422)
    assert "Cette date est à venir" in page.text
    assert stored()[0] == date(2026, 10, 2), "what cannot be is not kept"
    sent("2026-10-03", f"{path}/{number}")
    assert stored()[0] == date(2026, 10, 3), "« Entrée » in the field presses the first button, without a file"
    visitor.post(f"{path}/{number}/retirer", form=path)
    assert stored() == (None, PieceState.EXPECTED), "a date goes with its file"


@pytest.mark.db
def test_a_wrong_date_does_not_stop_the_file(app, db):
    with unit_of_work():
        person = account()
        draft = applications.draft(by=person, to=calls.open_call(documents=DOCUMENTS).sessions[0])
        number = draft.pieces[0].id
    visitor, path = visitor_for(app, person), f"/dossiers/{draft.reference}/pieces"
    file = {f"file-{number}": (io.BytesIO(applications.PDF), "fiscal.pdf")}
    visitor.post(f"{path}/{number}", {f"dated_{number}": "le mois dernier", **file}, form=path)
    assert kept(db, draft).pieces[0].file.name == "fiscal.pdf"


@pytest.mark.db
def test_a_date_is_saved_while_one_writes(app, db):
    with unit_of_work():
        person = account()
        draft = ready(person, None)
        number = draft.pieces[0].id
    visitor, path = visitor_for(app, person), f"/dossiers/{draft.reference}/pieces"
    values = {"csrf_token": visitor.token(path), f"dated_{number}": "2026-11-02", "action": "autosave"}
    answer = visitor.client.post(path, data=values, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json["errors"]) == (200, [])
    assert kept(db, draft).pieces[0].dated_on == date(2026, 11, 2)


@pytest.mark.db
def test_a_piece_whose_age_does_not_matter_asks_no_date(app, db):
    with unit_of_work():
        person = account()
        draft = applications.draft(by=person)
    page = visitor_for(app, person).get(f"/dossiers/{draft.reference}/pieces")
    assert "atée du" not in page.text


# ---- the officer --------------------------------------------------------------------------------


@pytest.mark.db
def test_an_officer_sees_the_date_and_finds_the_piece_lapsed_which_asks_for_another(app, db, freeze):
    with unit_of_work():
        person = account()
        made, by = handed_in(person, date(2026, 10, 1)), account(Role.OFFICER_FILE)
        number, reference = made.pieces[0].id, made.reference
    officer = visitor_for(app, by)
    path = f"/agents/dossiers/{reference}"
    verdict = f"{path}/pieces/{number}/perimer"
    page = officer.get(path)
    assert "Datée du 1er octobre 2026, valable jusqu'au 1er janvier 2027." in page.text
    assert not page.tree.xpath(f"//form[@action='{verdict}']")
    officer.post(verdict, form=path, status=422)
    assert kept(db, made).pieces[0].state is PieceState.PROVIDED, "it is still good"
    freeze.move_to(NOON + timedelta(days=60))
    officer = visitor_for(app, by)
    page = officer.get(path)
    assert "Bonne au dépôt, périmée depuis" in page.text
    officer.post(verdict, form=path)
    assert kept(db, made).pieces[0].state is PieceState.EXPIRED
    asked = officer.get(f"{path}/demander-des-complements")
    assert asked.tree.xpath(f"//input[@value='piece-{number}' and @checked]"), "it is proposed for the request"


@pytest.mark.db
def test_a_lapsed_piece_asked_again_must_be_good_on_the_day_of_the_answer_and_another_on_that_of_the_deposit(db):
    later = NOON + timedelta(days=60)
    with unit_of_work():
        person = account()
        for state, dated_on, is_accepted in (
            (PieceState.EXPIRED, date(2026, 10, 1), False), (PieceState.EXPIRED, date(2026, 12, 1), True),
            (PieceState.REFUSED, date(2026, 10, 1), True), (PieceState.REFUSED, date(2026, 8, 1), False),
        ):  # fmt: skip
            made = handed_in(person)
            [piece] = made.pieces
            piece.state = state
            services.request_info(
                made, "Une autre.", [reopening.piece(piece.id)], date(2027, 2, 1), by=person, at=later
            )
            piece.state, piece.provided_at, piece.dated_on = PieceState.PROVIDED, later, dated_on
            if is_accepted:
                services.answer_info(made, "Voici.", by=person, at=later)
                continue
            with pytest.raises(services.NotReady) as refusal:
                services.answer_info(made, "Voici.", by=person, at=later)
            assert [each.code for each in refusal.value.faults] == ["piece_too_old"]


@pytest.mark.db
def test_a_date_changed_after_the_deposit_is_journaled(db):
    with unit_of_work():
        person = account()
        made = handed_in(person)
        services.date_piece(made.pieces[0], date(2026, 11, 1), by=person, at=NOON)
    entry = db.session.query(JournalEntry).filter_by(act="piece.dated").one()
    assert (entry.before, entry.after) == ({"dated_on": "2026-11-23"}, {"dated_on": "2026-11-01"})
    assert db.session.query(PieceVersion).count() == 0


# ---- the second chance --------------------------------------------------------------------------


@pytest.mark.db
def test_a_piece_taken_up_keeps_its_date_and_is_judged_again(db):
    with unit_of_work():
        person = account()
        former = handed_in(person, date(2026, 9, 1))
        former.state, former.closing_reason = ApplicationState.DROPPED, "Trop tard."
        calls.session(former.call, label="Relève d’après", closes_at=NOON + timedelta(days=40))
    made = again_from(kept(db, former), person)
    assert made.pieces[0].dated_on == date(2026, 9, 1)
    draft = kept(db, made)
    codes = {
        day: [each.code for each in services.faults(draft, NOON + timedelta(days=day), subdomain_needed=False)]
        for day in (0, 15)
    }
    assert "piece_too_old" not in codes[0]
    assert "piece_too_old" in codes[15]

"""A project presented again: officers and readers see that it is, what changed, and nothing else of the former file."""

from datetime import timedelta
from decimal import Decimal

import pytest

from programme.accounts.states import Role
from programme.applications import queries, services
from programme.applications.models import Application
from programme.applications.states import ApplicationState, ExpenseCategory, FundingKind, FundingState
from programme.assessment import services as assessment
from programme.assessment.rules.changes import Part, changes, moved
from programme.calls.states import SessionState
from programme.core.unit_of_work import unit_of_work
from programme.evaluation import services as evaluation
from programme.evaluation.models import Recusal
from programme.evaluation.states import SubjectKind
from tests.factories import applications, calls
from tests.factories.assessment import LATER, assigned, fresh, officer, reader
from tests.factories.people import NOON, account, member, organisation, visitor_for

pytestmark = pytest.mark.db


@pytest.fixture(autouse=True)
def _at_noon(freeze):
    """The sessions of these tests accept applications at NOON."""


@pytest.fixture
def freeze():
    import time_machine

    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def presented_twice(by, *, blind: bool = False, former_reader=None) -> tuple[Application, Application]:
    """A file dropped, then handed in again with another text and another budget. Inside a unit of work."""
    carrier = organisation("Association Grand Large")
    person = account(name="Camille Berthelot")
    member(person, carrier)
    call = calls.open_call(blind_reading=blind)
    former = applications.submitted(by=person, of=carrier, to=call.sessions[0])
    former.description = "Mesurer la chaleur avec Grand Large."
    former.state, former.closing_reason = ApplicationState.DROPPED, "Trop court."
    former.session.state = SessionState.NOTIFIED
    calls.session(call, label="Relève d’après", closes_at=NOON + timedelta(days=40))
    former = whole(former)
    [place] = services.places(former, NOON)
    draft = services.take_up(
        former, place.session, place.strand, services.copy_files(former, place.strand, at=NOON), by=person, at=NOON
    )
    draft = whole(draft)
    draft.description = "Mesurer la chaleur et le bruit avec Grand Large."
    services.save_budget(
        draft, [("Relevés", ExpenseCategory.SERVICES, Decimal(30_000))], Decimal(15_000),
        [("Fonds propres", FundingKind.OWN, FundingState.OBTAINED, Decimal(15_000))], version=None, at=NOON,
    )  # fmt: skip
    services.accept_commitments(draft, True, at=NOON)
    services.submit(draft, by=person, at=NOON)
    file = fresh(draft)
    services.admit(file, by=by, at=LATER)
    assessment.open_review(file, by=by, at=LATER)
    return former, fresh(file)


def whole(made: Application) -> Application:
    from programme.extensions import db

    db.session.flush()
    return db.session.scalars(queries.whole(made.reference).execution_options(populate_existing=True)).one()


def test_an_officer_sees_the_second_presentation_the_former_file_and_what_changed(app, db):
    with unit_of_work():
        by = officer()
        former, file = presented_twice(by)
    page = visitor_for(app, by).get(f"/agents/dossiers/{file.reference}")
    assert "Deuxième présentation" in page.text
    assert f"/agents/dossiers/{former.reference}" in page.links()
    assert [each.text_content() for each in page.tree.xpath("//section[@aria-labelledby='presentation']//del")]
    section = page.tree.xpath("//section[@aria-labelledby='presentation']")[0].text_content()
    assert "30" in section
    assert "bruit" in section
    assert "Trop court" not in section, "what was told to the applicant is no change"


def test_a_first_presentation_says_nothing_and_asks_nothing_more(app, db):
    with unit_of_work():
        by = officer()
        file = applications.submitted()
    page = visitor_for(app, by).get(f"/agents/dossiers/{file.reference}")
    assert "présentation" not in page.text
    assert not page.tree.xpath("//section[@aria-labelledby='presentation']")


def test_an_officer_who_stepped_aside_from_the_former_file_is_shown_nothing_of_it(app, db):
    with unit_of_work() as session:
        by = officer()
        former, file = presented_twice(by)
        session.add(
            Recusal(
                subject_kind=SubjectKind.APPLICATION, subject_id=former.id, account_id=by.id, reason="Proche.",
                declared_at=NOON,
            )
        )  # fmt: skip
    page = visitor_for(app, by).get(f"/agents/dossiers/{file.reference}")
    assert "Deuxième présentation" in page.text
    assert former.reference not in page.text
    section = page.tree.xpath("//section[@aria-labelledby='presentation']")[0]
    assert "13" not in section.text_content()
    assert not section.xpath(".//a")


def read_by(app, by, file, name="Inès"):
    """The page of a file as one of its readers has it."""
    with unit_of_work() as session:
        file = fresh(session.get(Application, file.id))
        person = reader(file, name)
        given = assigned(file, person, session.get(type(by), by.id))
        evaluation.declare_no_conflict(given, by=person, at=LATER)
        number = given.id
    return visitor_for(app, person).get(f"/evaluations/{number}")


def test_a_reader_sees_what_changed_and_no_way_to_a_file_that_they_never_read(app, db):
    with unit_of_work():
        by = officer()
        former, file = presented_twice(by)
    page = read_by(app, by, file)
    section = page.tree.xpath("//section[@aria-labelledby='presentation']")[0]
    assert "bruit" in section.text_content()
    assert not section.xpath(".//a")
    assert former.reference not in page.text


def test_in_a_blind_call_what_changed_is_masked_like_the_file(app, db):
    with unit_of_work():
        by = officer()
        former, file = presented_twice(by, blind=True)
    page = read_by(app, by, file)
    section = page.tree.xpath("//section[@aria-labelledby='presentation']")[0].text_content()
    assert "bruit" in section
    assert "Grand Large" not in page.text
    assert "Berthelot" not in page.text
    assert former.reference not in page.text
    with unit_of_work() as session:
        session.get(Application, file.id).call.blind_reading = False
    opened = read_by(app, by, file, "Noé")
    assert "Grand Large" in opened.text, "the control: without the mask the name is there"


def test_a_draft_that_was_never_handed_in_is_no_presentation(app, db):
    with unit_of_work():
        by = officer()
        former, file = presented_twice(by)
        file.pinned = file.pinned | {"number": 1, "former": None}
    page = visitor_for(app, by).get(f"/agents/dossiers/{file.reference}")
    assert "présentation" not in page.text
    assert former.id


def test_the_finances_read_the_former_file_too_and_an_elected_member_neither(app, db):
    with unit_of_work():
        by = officer()
        _former, file = presented_twice(by)
        finance = account(Role.FINANCE)
    assert "Deuxième présentation" in visitor_for(app, finance).get(f"/agents/dossiers/{file.reference}").text


# ---- the rule -----------------------------------------------------------------------------------


def test_words_that_stay_are_left_out_but_near_a_change():
    before = " ".join(f"mot{n}" for n in range(40)) + " fin"
    [change] = changes([("Texte", before)], [("Texte", before.replace("mot20", "autre"))])
    assert [part for part, _text in change.parts] == [
        Part.SKIPPED, Part.SAME, Part.OUT, Part.IN, Part.SAME, Part.SKIPPED,
    ]  # fmt: skip
    assert change.parts[2] == (Part.OUT, "mot20 ")
    assert change.parts[3] == (Part.IN, "autre ")


def test_a_text_that_only_changed_its_spaces_did_not_change():
    assert changes([("T", "un  deux\n")], [("T", "un deux")]) == []


def test_a_text_that_appears_or_goes_is_said():
    [gone, *_rest] = changes([("T", "un deux")], [])
    assert gone.parts == ((Part.OUT, "un deux"),)
    [came] = changes([], [("T", "un")])
    assert came.parts == ((Part.IN, "un"),)


def test_a_very_long_text_is_compared_by_sentences_in_a_bounded_time():
    before = "Une phrase assez longue pour peser. " * 400
    [change] = changes([("T", before)], [("T", before + "Une de plus.")])
    assert change.parts[-1] == (Part.IN, "Une de plus.")


def test_amounts_that_differ_are_named_with_both():
    assert moved({"a": "1", "b": "2"}, {"b": "3", "c": "4"}) == [("b", "2", "3"), ("c", "", "4"), ("a", "1", "")]

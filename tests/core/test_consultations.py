"""Who opened which file: each door writes one line an hour, refusals and applicants' own pages none; DPO and admin read."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from sqlalchemy import event, select

from programme.accounts.models import Account
from programme.accounts.states import Role
from programme.agreements.states import AgreementState
from programme.assessment import services
from programme.assessment.states import Outcome
from programme.core import consultations, jobs
from programme.core.consultations import KEPT, Consultation, Consulted, Standing
from programme.core.storage import ScanState, StoredFile
from programme.core.unit_of_work import unit_of_work
from programme.extensions import db as database
from tests.factories import agreements, assessment
from tests.factories.people import NOON, account, member, signed_in, visitor_for

pytestmark = pytest.mark.db
LATER = assessment.LATER
PAGE = "/agents/consultations"


@pytest.fixture(autouse=True)
def clock(db):
    with time_machine.travel(LATER, tick=False) as moving:
        yield moving


def lines():
    """What the log holds, oldest first."""
    database.session.rollback()
    found = database.session.scalars(select(Consultation).order_by(Consultation.id)).all()
    return [(each.account_id, each.kind, each.subject_id, each.reference, each.standing, each.roles) for each in found]


@pytest.fixture
def file(db):
    """A file handed in, under review: its number, its reference, one of its pieces, who carries it, an officer, a reader."""
    with unit_of_work():
        by = assessment.officer()
        made = assessment.under_review(by)
        person = assessment.reader(made)
        given = assessment.assigned(made, person, by)
        piece = next(each for each in made.pieces if each.file)
        return {
            "id": made.id, "reference": made.reference, "piece": piece.id, "public": piece.file.public_id,
            "owner": database.session.get_one(Account, made.created_by_id), "reader": person, "evaluation": given.id,
        }  # fmt: skip


def test_the_page_of_a_file_is_noted_for_the_house(app, file):
    person, number = signed_in(app, Role.OFFICER_FILE, Role.DIRECTION)
    person.get(f"/agents/dossiers/{file['reference']}")
    assert lines() == [
        (number, Consulted.APPLICATION, file["id"], file["reference"], Standing.STAFF, "direction,officer_file")
    ]


def test_a_piece_is_noted_for_the_house_and_for_a_member(app, file):
    person, number = signed_in(app, Role.FINANCE)
    assert person.client.get(f"/agents/dossiers/pieces/{file['public']}").status_code == 200
    owner = file["owner"]
    assert visitor_for(app, owner).client.get(f"/dossiers/pieces/{file['public']}").status_code == 200
    assert lines() == [
        (number, Consulted.PIECE, file["piece"], file["reference"], Standing.STAFF, "finance"),
        (owner.id, Consulted.PIECE, file["piece"], file["reference"], Standing.MEMBER, ""),
    ]


def test_a_reader_is_noted_once_the_file_opens_and_not_before(app, file):
    visitor, address = visitor_for(app, file["reader"]), f"/evaluations/{file['evaluation']}"
    visitor.get(address)
    assert lines() == [], "the question of conflicts shows nothing of the file yet"
    visitor.post(f"{address}/sans-conflit", {}, form=address)
    assert visitor.client.get(f"{address}/pieces/{file['public']}").status_code == 200
    assert [each[1:5] for each in lines()] == [
        (Consulted.APPLICATION, file["id"], file["reference"], Standing.READER),
        (Consulted.PIECE, file["piece"], file["reference"], Standing.READER),
    ]


@pytest.mark.slow
def test_a_letter_is_noted_for_the_house_and_for_a_member(app, db):
    with unit_of_work():
        by = assessment.officer()
        made = assessment.on_agenda(by)
        owner = database.session.get_one(Account, made.created_by_id)
        services.prepare(made, Outcome.AWARD, Decimal(10_000), "Utile.", by=by, at=LATER)
        services.release(made.session, assessment.deliberation(by), by=by, at=LATER)
        reference = made.reference
    visitor_for(app, owner).get(f"/dossiers/{reference}/decision.pdf", status=404)
    with time_machine.travel(LATER + timedelta(minutes=1)):
        jobs.run_until_idle()
    assert lines() == [], "a letter that is not made yet was not opened"
    visitor_for(app, owner).get(f"/dossiers/{reference}/decision.pdf")
    finance, number = signed_in(app, Role.FINANCE)
    finance.get(f"/agents/dossiers/{reference}/lettre.pdf")
    assert [(each[0], each[1], each[3], each[4]) for each in lines()] == [
        (owner.id, Consulted.LETTER, reference, Standing.MEMBER),
        (number, Consulted.LETTER, reference, Standing.STAFF),
    ]


@pytest.mark.slow
def test_the_pdf_of_a_convention_is_noted_for_the_house_and_for_a_member(app, db):
    with unit_of_work():
        made = agreements.grant_agreement(AgreementState.SENT)
        owner = account()
        member(owner, made.organisation)
        reference, number = made.reference, made.id
    path = f"/mes-conventions/{reference}/a_signer.pdf"
    mine = visitor_for(app, owner)
    mine.get(path)
    assert lines() == [], "a PDF in the making leads back to the page"
    jobs.run_until_idle()
    assert mine.client.get(path).status_code == 200
    officer, who = signed_in(app, Role.OFFICER_FILE)
    assert officer.client.get(path).status_code == 200
    assert [each[:5] for each in lines()] == [
        (owner.id, Consulted.AGREEMENT, number, reference, Standing.MEMBER),
        (who, Consulted.AGREEMENT, number, reference, Standing.STAFF),
    ]


def test_one_line_a_person_a_thing_and_an_hour(app, file, clock):
    person, _number = signed_in(app, Role.OFFICER_FILE)
    for minutes in (0, 5, 20):
        clock.move_to(LATER.replace(minute=0) + timedelta(minutes=minutes))
        person.get(f"/agents/dossiers/{file['reference']}")
    assert len(lines()) == 1
    clock.move_to(LATER.replace(minute=0) + timedelta(hours=1))
    person.get(f"/agents/dossiers/{file['reference']}")
    other, _number = signed_in(app, Role.OFFICER_FILE)
    other.get(f"/agents/dossiers/{file['reference']}")
    assert len(lines()) == 3


def test_two_openings_at_once_make_one_line(app, file):
    """The second finds none before writing either: the constraint keeps one, and nobody sees an error."""
    person, number = signed_in(app, Role.OFFICER_FILE)
    person.get(f"/agents/dossiers/{file['reference']}")
    values = {
        "account_id": number, "kind": Consulted.APPLICATION, "subject_id": file["id"], "reference": "x",
        "standing": Standing.STAFF, "roles": "", "at": LATER,
        "hour": LATER.replace(minute=0, second=0, microsecond=0),
    }  # fmt: skip
    consultations.insert(values)
    assert [each[3] for each in lines()] == [file["reference"]]


@pytest.mark.parametrize("roles", [(), (Role.ELECTED,), (Role.DPO,)])
def test_who_is_refused_opened_nothing(app, file, roles):
    person, _number = signed_in(app, *roles)
    person.get(f"/agents/dossiers/{file['reference']}", status=404)
    person.get(f"/agents/dossiers/pieces/{file['public']}", status=404)
    assert lines() == []


def test_a_file_that_is_not_served_was_not_opened(app, db, file):
    with unit_of_work():
        db.session.query(StoredFile).filter_by(public_id=file["public"]).one().scan = ScanState.INFECTED
    person, _number = signed_in(app, Role.OFFICER_FILE)
    person.get(f"/agents/dossiers/pieces/{file['public']}", status=422)
    assert lines() == []


def test_the_applicants_own_page_is_no_consultation(app, file):
    visitor_for(app, file["owner"]).get(f"/dossiers/{file['reference']}")
    assert lines() == []


def test_control_without_the_writing_no_door_leaves_a_trace(app, file, monkeypatch):
    written = app.after_request_funcs[None]
    monkeypatch.setitem(app.after_request_funcs, None, [each for each in written if each.__name__ != "_write"])
    person, _number = signed_in(app, Role.OFFICER_FILE)
    person.get(f"/agents/dossiers/{file['reference']}")
    assert lines() == []


def test_the_first_opening_costs_two_statements_and_the_next_ones_one(app, file, monkeypatch):
    person, _number = signed_in(app, Role.OFFICER_FILE)
    address = f"/agents/dossiers/pieces/{file['public']}"
    written = app.after_request_funcs[None]
    with monkeypatch.context() as off:
        off.setitem(app.after_request_funcs, None, [each for each in written if each.__name__ != "_write"])
        bare = statements(person, address)
    assert statements(person, address) == bare + 2
    assert statements(person, address) == bare + 1


def statements(person, address):
    seen = []

    def note(_connection, _cursor, statement, *_rest):
        if not statement.startswith("BEGIN"):
            seen.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        assert person.client.get(address).status_code == 200
    finally:
        event.remove(database.engine, "before_cursor_execute", note)
    return len(seen)


def test_lines_go_after_twelve_months(app, file):
    person, _number = signed_in(app, Role.OFFICER_FILE)
    person.get(f"/agents/dossiers/{file['reference']}")
    with unit_of_work():
        assert consultations.sweep(LATER + KEPT) == 0
        assert consultations.sweep(LATER + KEPT + timedelta(seconds=1)) == 1
    assert lines() == []
    assert "consultations.sweep" in jobs._periodic


# ---- the page ---------------------------------------------------------------------------------------------------------
def rows(page):
    return [" ".join(each.text_content().split()) for each in page.tree.xpath("//tbody/tr")]


def log(*entries):
    """Lines of (person's name, reference), one an hour."""
    with unit_of_work() as session:
        for index, (name, reference) in enumerate(entries):
            at = NOON + timedelta(hours=index)
            session.add(
                Consultation(
                    account_id=account(name=name).id, kind=Consulted.PIECE, subject_id=index + 1, reference=reference,
                    standing=Standing.STAFF, roles="finance", at=at, hour=at,
                )
            )  # fmt: skip


@pytest.mark.parametrize("role", [*Role, None])
def test_administration_and_data_protection_read_the_log(app, db, role):
    person, _number = signed_in(app, *([role] if role else []))
    for address in (PAGE, f"{PAGE}/export"):
        answer = person.client.get(address)
        assert answer.status_code == (200 if role in (Role.ADMIN, Role.DPO) else 404)


def test_a_line_says_who_what_when_and_by_which_right(app, db):
    dpo, _number = signed_in(app, Role.DPO)
    assert "encore ouvert de dossier" in dpo.get(PAGE).text.replace("\u00a0", " ")
    log(("Élodie Martin", "DT-2026-0001"))
    [row] = rows(dpo.get(PAGE))
    for words in ("Élodie Martin", "Pièce", "DT-2026-0001", "Comme agent de la Région (Finances et juridique)"):
        assert words in row


def test_the_log_is_filtered_by_person_and_by_file(app, db):
    dpo, _number = signed_in(app, Role.DPO)
    log(("Élodie Martin", "DT-2026-0001"), ("Paul Durand", "DT-2026-0001"), ("Paul Durand", "DT-2026-0002"))
    assert len(rows(dpo.get(f"{PAGE}?personne=elodie"))) == 1
    assert len(rows(dpo.get(f"{PAGE}?personne=durand"))) == 2
    assert len(rows(dpo.get(f"{PAGE}?dossier=dt-2026-0001"))) == 2
    assert len(rows(dpo.get(f"{PAGE}?personne=durand&dossier=DT-2026-0001"))) == 1
    assert "Aucune consultation ne répond" in dpo.get(f"{PAGE}?personne=%25").text
    dpo.get(f"{PAGE}?avant=x&dossier={'a' * 500}")


def test_pages_of_the_log_follow_each_other(app, db):
    dpo, _number = signed_in(app, Role.DPO)
    log(*[("Paul Durand", f"DT-{index:04}") for index in range(60)])
    first = dpo.get(PAGE)
    second = dpo.get(first.tree.xpath("string(//a[@rel='next']/@href)"))
    assert (len(rows(first)), len(rows(second))) == (50, 10)
    assert second.tree.xpath("//a[contains(., 'Les plus récentes')]")


@pytest.mark.parametrize("size", [1, 3])
def test_the_log_asks_as_much_for_one_as_for_three(app, db, size, count_queries):
    dpo, _number = signed_in(app, Role.DPO)
    log(*[("Paul Durand", "DT-1")] * size)
    database.session.remove()
    with count_queries(3):
        dpo.get(PAGE)


@pytest.mark.parametrize("code", ["csv", "xlsx", "ods"])
def test_the_log_leaves_as_a_table(app, db, code):
    dpo, _number = signed_in(app, Role.DPO)
    log(("Paul Durand", "DT-2026-0001"), ("=Élodie", "DT-2026-0002"))
    answer = dpo.client.get(f"{PAGE}/export?format={code}&personne=durand")
    assert answer.status_code == 200
    assert f".{code}" in answer.headers["Content-Disposition"]
    if code == "csv":
        text = answer.get_data(as_text=True)
        assert "Paul Durand" in text
        assert "DT-2026-0002" not in text

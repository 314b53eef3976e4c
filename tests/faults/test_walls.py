"""The walls, tried with each other's addresses: what one may not see is absent, and the control sees it."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine

from programme.accounts.states import Role
from programme.applications.models import Application
from programme.assessment import services
from programme.assessment.states import Outcome
from programme.calls.states import CallState
from programme.core.unit_of_work import unit_of_work
from programme.evaluation.models import Recusal
from programme.evaluation.states import SubjectKind
from programme.events.states import EventState
from programme.projects import services as projects
from programme.reuses.states import ReuseState
from tests.factories import applications, assessment, calls, events, reuses
from tests.factories.people import account, member, organisation, signed_in, visitor_for

pytestmark = pytest.mark.db

LATER = assessment.LATER
AMOUNT = Decimal("8765.43")
AMOUNT_SEEN = ("8 765,43", "8765.43", "8765,43")
APPLICANT_DOORS = (
    "", "/projet", "/questions", "/donnees", "/budget", "/pieces", "/relecture", "/complements", "/retirer",
    "/accuse-de-reception", "/accuse-de-reception.pdf", "/decision.pdf",
)  # fmt: skip
DPO_DOORS = (
    "/agents/a-traiter", "/agents/dossiers", "/agents/comites", "/agents/conventions", "/agents/appels",
    "/agents/evenements", "/agents/reutilisations", "/agents/partenaires", "/agents/donnees", "/agents/indicateurs",
    "/agents/strategie", "/agents/comptes", "/agents/deliberations",
)  # fmt: skip
PUBLIC_LISTS = (
    "/", "/appels", "/evenements", "/evenements.ics", "/reutilisations", "/reutilisations.atom", "/donnees",
    "/projets-soutenus", "/partenaires", "/indicateurs", "/donnees-ouvertes", "/donnees-ouvertes/subventions.csv",
    "/donnees-ouvertes/reutilisations.csv", "/donnees-ouvertes/reutilisations.json",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _some_days_later(db):
    with time_machine.travel(LATER + timedelta(hours=1), tick=False):
        yield


def steps_aside(person_id, file):
    """The person's recusal from a file, as recorded. Inside a unit of work."""
    from programme.extensions import db

    db.session.add(
        Recusal(
            account_id=person_id, subject_kind=SubjectKind.APPLICATION, subject_id=file.id, reason="Lien", declared_at=LATER
        )
    )  # fmt: skip


def prepared():
    """A file whose award is decided and not yet released, with the officer. Inside a unit of work."""
    by = assessment.officer()
    file = assessment.on_agenda(by, title="Carte des fraîcheurs")
    services.prepare(file, Outcome.AWARD, AMOUNT, "Utile à tous.", by=by, at=LATER)
    return assessment.fresh(file), by


def released():
    """The same, released. Inside a unit of work."""
    file, by = prepared()
    services.release(file.session, assessment.deliberation(by), by=by, at=LATER)
    return assessment.fresh(file)


@pytest.mark.parametrize(
    "role", [None, Role.OFFICER_FILE, Role.DIRECTION, Role.ELECTED, Role.FINANCE, Role.ADMIN, Role.DPO]
)
def test_nobody_outside_the_organisation_passes_the_applicants_doors(app, db, role):
    person, _number = signed_in(app, *([role] if role else []))
    with unit_of_work():
        owner = account()
        reference = applications.submitted(by=owner).reference
    for door in APPLICANT_DOORS:
        person.get(f"/dossiers/{reference}{door}", status=404)
    assert visitor_for(app, owner).get(f"/dossiers/{reference}").status == 200


def test_a_member_of_another_organisation_is_a_stranger_to_file_and_pieces(app, db):
    with unit_of_work():
        neighbour, owner = account(), account()
        member(neighbour, organisation())
        file = applications.submitted(by=owner)
        reference, pieces = file.reference, [each.file.public_id for each in file.pieces if each.file]
    assert pieces
    stranger, insider = visitor_for(app, neighbour), visitor_for(app, owner)
    for public_id in pieces:
        stranger.get(f"/dossiers/pieces/{public_id}", status=404)
        stranger.get(f"/agents/dossiers/pieces/{public_id}", status=404)
        assert insider.client.get(f"/dossiers/pieces/{public_id}").status_code == 200
    assert reference not in stranger.get("/mes-dossiers").text
    assert reference in insider.get("/mes-dossiers").text


def test_a_reader_opens_no_piece_of_another_file_through_their_own(app, db):
    with unit_of_work():
        by = assessment.officer()
        mine, other = assessment.under_review(by), assessment.under_review(by)
        reader = assessment.reader(mine)
        given = assessment.marked(assessment.assigned(mine, reader, by), 4, reader)
        number = given.id
        own, foreign = (next(each.file.public_id for each in file.pieces if each.file) for file in (mine, other))
    visitor = visitor_for(app, reader)
    assert visitor.client.get(f"/evaluations/{number}/pieces/{own}").status_code == 200
    visitor.get(f"/evaluations/{number}/pieces/{foreign}", status=404)
    visitor.get(f"/agents/dossiers/pieces/{own}", status=404)


def test_who_stepped_aside_finds_the_file_in_no_list_of_decisions(app, db):
    officer, number = signed_in(app, Role.OFFICER_FILE)
    colleague, _other = signed_in(app, Role.OFFICER_FILE)
    with unit_of_work():
        file = released()
        steps_aside(number, file)
        paths = [f"/agents/releves/{file.session_id}/{page}" for page in ("decisions", "classement")] + [
            "/agents/dossiers"
        ]
        reference, title = file.reference, file.title
    for path in paths:
        assert title not in officer.get(path).text, path
        assert title in colleague.get(path).text, path
    officer.get(f"/agents/dossiers/{reference}", status=404)


def test_who_stepped_aside_does_not_find_the_file_on_the_projects_thread(app, db):
    officer, number = signed_in(app, Role.OFFICER_FILE)
    colleague, _other = signed_in(app, Role.OFFICER_FILE)
    with unit_of_work():
        file = assessment.under_review(assessment.officer())
        steps_aside(number, file)
        slug, reference = file.project.slug, file.reference
    officer.get(f"/projets/{slug}", status=404)
    assert reference in colleague.get(f"/projets/{slug}").text
    with unit_of_work():
        projects.make_public(db.session.get_one(Application, file.id).project, at=LATER)
    assert reference not in officer.get(f"/projets/{slug}").text


def test_a_decided_amount_reaches_nobody_before_the_release(app, db, visitor):
    with unit_of_work():
        file, _by = prepared()
        slug, session_id = file.project.slug, file.session_id
    public = [visitor().client.get(path) for path in PUBLIC_LISTS]
    assert {each.status_code for each in public} == {200}
    for answer in public:
        assert not any(amount.encode() in answer.get_data() for amount in AMOUNT_SEEN), answer.request.path
    visitor().get(f"/projets/{slug}", status=404)
    staff, _number = signed_in(app, Role.DIRECTION)
    assert AMOUNT_SEEN[0] in staff.get(f"/agents/releves/{session_id}/decisions").text


@pytest.mark.parametrize("state", [CallState.DRAFT, CallState.IN_REVIEW])
def test_a_call_in_preparation_has_no_trace_outside(app, db, visitor, state):
    person, _number = signed_in(app)
    with unit_of_work():
        calls.call(CallState.PUBLISHED, title="Appel connu")
        slug = calls.call(state, title="Appel tenu secret").slug
    for path in PUBLIC_LISTS:
        assert "tenu secret" not in visitor().client.get(path).get_data(as_text=True), path
    for path in (f"/appels/{slug}", f"/appels/{slug}/eligibilite", f"/appels/{slug}/deposer"):
        person.get(path, status=404)
    assert "Appel connu" in visitor().get("/appels").text


def test_an_event_and_a_reuse_in_preparation_have_no_trace_outside(app, db, visitor):
    person, _number = signed_in(app)
    with unit_of_work():
        secret = events.event(EventState.PLANNED, title="Rencontre tenue secrète").slug
        events.event(title="Rencontre connue")
        kept = [
            reuses.reuse(f"Carte tenue secrète {state}", state).slug
            for state in (ReuseState.DRAFT, ReuseState.SUBMITTED, ReuseState.INFO_REQUESTED)
        ]
        reuses.reuse("Carte connue")
    for path in (*PUBLIC_LISTS, "/evenements?q=secr%C3%A8te", "/reutilisations?q=secr%C3%A8te"):
        text = visitor().client.get(path).get_data(as_text=True)
        assert "tenue secr" not in text, path
    for path in ("", ".ics", "/inscription"):
        person.get(f"/evenements/{secret}{path}", status=404)
    for slug in kept:
        for path in ("", "/image", "/signaler", "/modifier"):
            person.get(f"/reutilisations/{slug}{path}", status=404)
    assert "Rencontre connue" in visitor().get("/evenements").text
    assert "Carte connue" in visitor().get("/reutilisations").text


def test_the_data_protection_officer_reads_the_journal_and_nothing_else(app, db):
    person, _number = signed_in(app, Role.DPO)
    assert person.get("/agents/journal").status == 200
    with unit_of_work():
        file = assessment.under_review(assessment.officer())
        reference, session_id = file.reference, file.session_id
    for path in (*DPO_DOORS, f"/agents/dossiers/{reference}", f"/agents/releves/{session_id}/classement"):
        person.get(path, status=404)


def test_refusal_and_absence_are_the_same_bytes(app, db):
    person, _number = signed_in(app)
    with unit_of_work():
        reference = applications.submitted().reference
    refused, absent = person.get(f"/dossiers/{reference}", status=404), person.get("/dossiers/DT-AAAA-AAAA", status=404)
    assert refused.text.replace(reference, "") == absent.text.replace("DT-AAAA-AAAA", "")


def test_signed_in_pages_are_not_kept_and_a_session_ends_with_the_sign_out(app, db):
    person, _number = signed_in(app)
    answer = person.client.get("/mon-espace")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    cookie = person.client.get_cookie("session").value
    person.post("/deconnexion", form="/compte")
    person.client.set_cookie("session", cookie)
    assert person.client.get("/mon-espace").status_code == 302


def test_the_host_of_a_request_never_reaches_a_mail(app, db, visitor):
    from programme.core.mail import OutboxMessage

    with unit_of_work():
        email = account().email
    person = visitor()
    token = person.token("/mot-de-passe")
    person.client.post(
        "/mot-de-passe", data={"email": email, "csrf_token": token}, headers={"X-Forwarded-Host": "evil.example"}
    )
    [message] = db.session.query(OutboxMessage).filter_by(recipient=email).all()
    assert "http://localhost/" in message.text
    assert "evil.example" not in message.text + message.html

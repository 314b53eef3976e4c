"""A call of two steps: what leads where, who is invited, what the invitation opens, and what it is not."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from programme.accounts.models import Account
from programme.accounts.states import Role
from programme.applications import queries, services
from programme.applications.models import Application
from programme.applications.states import ApplicationState
from programme.assessment import services as assessment
from programme.calls import queries as call_queries
from programme.calls import services as call_services
from programme.calls.models import Call
from programme.calls.rules import definition as rules
from programme.calls.rules import traps
from programme.calls.states import CallState, MoneyAsked
from programme.core.errors import IllegalTransition, RuleBroken
from programme.core.mail import OutboxMessage
from programme.core.unit_of_work import unit_of_work
from programme.extensions import db as database
from tests.factories import applications, calls
from tests.factories.people import NOON, account, member, organisation, signed_in, visitor_for

pytestmark = pytest.mark.db
S = ApplicationState
REASON = "Le projet ne dit rien du littoral."


@pytest.fixture(autouse=True)
def _at_noon(freeze):
    """The sessions of these tests accept applications at NOON."""


def full_call(state=CallState.PUBLISHED, **values) -> Call:
    """The call of the full files, whose session opens later. Inside a unit of work."""
    made = calls.call(state, code="FULL", slug="full", title="Dossier complet", by_invitation=True, **values)
    calls.session(made, opens_at=NOON + timedelta(days=20), closes_at=NOON + timedelta(days=60), label="Complets")
    return made


def two_steps(state=CallState.PUBLISHED, **values) -> tuple[Call, Call]:
    """An open call of expressions of interest and the call that it leads to. Inside a unit of work."""
    full = full_call(state)
    given = {"kind": "interest", "leads_to": "FULL", "money_asked": "none", "documents": [], "rules": []}
    return calls.open_call(code="LIGHT", slug="light", title="Votre idée", **{**given, **values}), full


def expression(person, **values) -> Application:
    """An expression of interest that was handed in. Inside a unit of work."""
    two_steps()
    return applications.submitted(by=person, to=session_of("LIGHT"), **values)


def session_of(code):
    call = database.session.scalars(
        call_queries.by_code(code).execution_options(populate_existing=True)
    ).one()  # fmt: skip
    return call.sessions[0]


def read(reference) -> Application:
    database.session.rollback()
    return database.session.scalars(queries.whole(reference)).one()


def answered(reference, *, by, message="Bravo.") -> str:
    """Invite; gives the reference of the full file."""
    with unit_of_work():
        file = database.session.scalars(queries.for_update(reference)).one()
        strand = database.session.scalars(call_queries.by_code("FULL")).one().strands[0]
        return services.invite(file, strand, message, {}, by=by, at=NOON).reference


# ---- what the definition says of it --------------------------------------------------------------


def step(code, **values):
    given = {"title": code, "state": CallState.OPEN, "by_invitation": True, "closes_at": NOON + timedelta(days=900)}
    return traps.Step(code, **{**given, **values})


@pytest.mark.parametrize(
    ("links", "leads_to", "expected"),
    [({}, None, False), ({"B": None}, "B", False), ({"B": "A"}, "B", True), ({"B": "C", "C": "A"}, "B", True), ({}, "A", True),
     ({"B": "C", "C": "B"}, "B", True), ({"B": "C", "C": "D"}, "B", False)],
)  # fmt: skip
def test_calls_never_lead_round(links, leads_to, expected):
    known = {code: step(code, leads_to=led) for code, led in links.items()}
    assert traps.circle("A", leads_to, known) is expected


@pytest.mark.parametrize(
    ("target", "code"),
    [(None, "leads_nowhere"), ({"by_invitation": False}, "leads_open"), ({"state": CallState.CLOSED}, "leads_over"),
     ({"state": CallState.DRAFT}, "leads_unpublished"), ({"closes_at": None}, "leads_undated"),
     ({"closes_at": NOON}, "leads_before"), ({}, None)],
)  # fmt: skip
def test_traps_of_a_first_step(target, code):
    closing = {"label": "a", "opens_at": "2027-01-04T08:00:00+00:00", "closes_at": "2027-03-29T10:00:00+00:00"}
    leads_to = None if target is None else "FULL"
    document = {
        **calls.definition(), "kind": "interest", "leads_to": leads_to, "money_asked": "none", "documents": [],
        "sessions": [{**closing, "envelope": "0"}],
    }  # fmt: skip
    known = {} if target is None else {"FULL": step("FULL", **target)}
    found = {each.code for each in traps.traps(document, known) if each.path == ("leads_to",)}
    assert found == ({code} if code else set())


def test_a_first_step_that_asks_for_money_pieces_or_a_whole_budget_is_a_trap():
    document = {**calls.definition(), "kind": "interest", "leads_to": "FULL"}
    assert {"interest_budget", "interest_pieces"} <= {each.code for each in traps.traps(document)}


def test_a_call_by_invitation_to_which_nothing_leads_is_a_trap():
    document = {**calls.definition(), "by_invitation": True}
    alone = {each.code for each in traps.traps(document, {})}
    led = {each.code for each in traps.traps(document, {"A": step("A", leads_to=document["code"])})}
    assert ("invited_by_nobody" in alone, "invited_by_nobody" in led) == (True, False)


def test_the_document_names_the_other_call_by_its_code_and_an_unknown_one_is_left_out_and_said(db):
    with unit_of_work():
        first, _full = two_steps()
        document = call_services.definition_of(first)
        assert (document["leads_to"], document["money_asked"]) == ("FULL", "none")
        elsewhere = {**document, "code": "OTHER", "slug": "other", "leads_to": "NOWHERE"}
        made = call_services.install(elsewhere, at=NOON)
        assert made.leads_to is None
        assert call_services.unknown(elsewhere) == ["l’appel du dossier complet (NOWHERE)"]
        assert call_services.unknown(document) == []


def test_two_calls_cannot_lead_to_each_other(db):
    with unit_of_work():
        two_steps()
        document = {**calls.definition(code="FULL2", slug="full2"), "kind": "interest", "leads_to": "LIGHT"}
        second = call_services.install(document, at=NOON)
        light = database.session.scalars(call_queries.by_code("LIGHT")).one()
        round_trip = {**call_services.definition_of(light), "leads_to": "FULL2"}
        with pytest.raises(RuleBroken, match="boucle"):
            call_services.revise(light, round_trip, "steps", by=account(), at=NOON)
        assert second.leads_to is light


# ---- the draft of the first step -----------------------------------------------------------------


def test_a_first_step_asks_neither_data_sets_nor_the_budget_that_it_does_not_want(app, db):
    with unit_of_work():
        person = account(name="Camille")
        two_steps()
        reference = applications.draft(by=person, to=session_of("LIGHT")).reference
    page = visitor_for(app, person).get(f"/dossiers/{reference}/projet")
    assert "Le budget" not in page.text
    assert "Les données" not in page.text
    skipped = visitor_for(app, person).get(f"/dossiers/{reference}/budget")
    assert skipped.path == f"/dossiers/{reference}/pieces"


@pytest.mark.parametrize(
    ("money", "lacks"),
    [(MoneyAsked.NONE, set()), (MoneyAsked.ESTIMATE, {"no_expense"}), (MoneyAsked.FULL, {"no_expense"})],
)
def test_what_lacks_of_the_money_depends_on_what_is_asked(db, money, lacks):
    with unit_of_work():
        two_steps(money_asked=money.value)
        made = applications.draft(to=session_of("LIGHT"))
        found = {
            each.code
            for each in services.faults(made, NOON, subdomain_needed=False)
            if each.step in ("budget", "donnees")
        }
        assert found == lacks


@pytest.mark.parametrize("money", [MoneyAsked.ESTIMATE, MoneyAsked.FULL])
def test_an_estimate_shows_its_cost_the_request_and_the_rate_and_balances_nothing(app, db, money):
    with unit_of_work():
        person = account(name="Camille")
        two_steps(money_asked=money.value)
        reference = applications.ready_draft(
            by=person, to=session_of("LIGHT"), requested_amount=Decimal(5_300)
        ).reference
    is_estimate, visitor = money is MoneyAsked.ESTIMATE, visitor_for(app, person)
    for address in ("budget", "relecture"):
        panel = visitor.get(f"/dossiers/{reference}/{address}").tree.xpath("//main//*[contains(@class, 'panel')][.//*[contains(@class, 'balance__line')]]")  # fmt: skip
        said = " ".join(" ".join(each.text_content() for each in panel).split())
        assert "Part de la Région : 20,0 %" in said
        assert ("Demande à la Région 5 300,00 €" in said) is is_estimate
        assert ("pour équilibrer" in said, bool(panel[0].xpath(".//svg"))) == (not is_estimate, not is_estimate)


# ---- the answer ----------------------------------------------------------------------------------


def test_an_invitation_opens_the_full_file_on_the_same_project_with_what_was_written(db):
    with unit_of_work():
        person, officer = account(name="Camille"), account(Role.OFFICER_FILE)
        reference = expression(person, title="Digue jumelle").reference
    full = read(answered(reference, by=officer))
    first = read(reference)
    assert (first.state, first.decided_at, first.silence_on) == (S.INVITED, NOON, None)
    assert (full.state, full.continued_from_id, full.project_id) == (S.DRAFT, first.id, first.project_id)
    assert (full.call.code, full.title, full.answers) == ("FULL", "Digue jumelle", first.answers)
    assert (full.organisation_id, full.created_by_id) == (first.organisation_id, first.created_by_id)
    assert full.commitments_accepted is False
    [told] = database.session.scalars(select(OutboxMessage).where(OutboxMessage.subject.contains("invité"))).all()
    assert told.recipient == person.email


def test_an_expression_of_interest_is_answered_once(db):
    with unit_of_work():
        person, officer = account(name="Camille"), account(Role.OFFICER_FILE)
        reference = expression(person).reference
    answered(reference, by=officer)
    with pytest.raises(IllegalTransition):
        answered(reference, by=officer)
    with pytest.raises(IllegalTransition), unit_of_work():
        services.not_retain(read(reference), REASON, by=officer, at=NOON)


def test_a_refusal_says_why_and_how_to_appeal(db):
    with unit_of_work():
        person, officer = account(name="Camille"), account(Role.OFFICER_FILE)
        reference = expression(person).reference
    with unit_of_work():
        file = database.session.scalars(queries.for_update(reference)).one()
        with pytest.raises(RuleBroken, match="motif"):
            services.not_retain(file, "  ", by=officer, at=NOON)
        services.not_retain(file, REASON, by=officer, at=NOON)
    file = read(reference)
    assert (file.state, file.closing_reason, file.silence_on) == (S.NOT_RETAINED, REASON, None)
    [told] = database.session.scalars(select(OutboxMessage).where(OutboxMessage.subject.contains("retenue"))).all()
    assert REASON in told.text
    assert "tribunal administratif" in told.text


@pytest.mark.parametrize("state", [CallState.DRAFT, CallState.CLOSED])
def test_nobody_is_invited_to_a_call_that_cannot_take_them(db, state):
    with unit_of_work():
        officer = account(Role.OFFICER_FILE)
        two_steps(state)
        file = applications.submitted(to=session_of("LIGHT"))
        strand = database.session.scalars(call_queries.by_code("FULL")).one().strands[0]
        with pytest.raises(RuleBroken, match="on ne peut pas y inviter"):
            services.invite(file, strand, "", {}, by=officer, at=NOON)


def test_a_call_that_leads_nowhere_invites_nobody(db):
    with unit_of_work():
        file = applications.submitted()
        with pytest.raises(RuleBroken, match="aucun dossier complet"):
            services.invite(file, file.strand, "", {}, by=account(Role.OFFICER_FILE), at=NOON)


def test_an_invitation_is_no_award(db):
    with unit_of_work():
        officer = account(Role.OFFICER_FILE)
        file = expression(account(name="Camille"))
        file.state = S.FAVOURABLE
        with pytest.raises(RuleBroken, match="n’est pas une demande d’aide"):
            assessment.put_on_agenda(file, by=officer, at=NOON)
        assert session_of("LIGHT").committed_amount == Decimal(0)


# ---- who enters the second step ------------------------------------------------------------------


def test_nobody_begins_a_full_file_without_an_invitation(db):
    with unit_of_work():
        person = account(name="Camille")
        org = organisation("Commune de Gap")
        member(person, org)
        full = calls.open_call(code="FULL", slug="full", by_invitation=True)
        with pytest.raises(RuleBroken, match="sur invitation"):
            services.start(full.sessions[0], full.strands[0], org, "Digue", by=person, at=NOON)


def test_control_a_call_without_the_setting_lets_everybody_in(db):
    with unit_of_work():
        person = account(name="Camille")
        org = organisation("Commune de Gap")
        member(person, org)
        call = calls.open_call()
        assert services.start(call.sessions[0], call.strands[0], org, "Digue", by=person, at=NOON)


def test_the_public_pages_say_how_one_enters(app, db, visitor):
    with unit_of_work():
        person = account(name="Camille")
        member(person, organisation("Commune de Gap"))
        two_steps()
    page = visitor().get("/appels/full")
    assert "Sur invitation" in page.text
    assert page.tree.xpath("//a[@href='/appels/light']")
    first = visitor().get("/appels/light")
    assert "Être invité n'est pas une aide attribuée" in first.text
    assert "On entre dans cet appel sur invitation" in visitor_for(app, person).get("/appels/full/deposer").text


# ---- the pages -----------------------------------------------------------------------------------


def test_an_officer_answers_two_files_without_leaving_the_list(app, db):
    with unit_of_work():
        two_steps()
        made = [
            applications.submitted(to=session_of("LIGHT"), title=title, of=organisation(title))
            for title in ("Digue", "Dune")
        ]
        digue, dune = (each.reference for each in made)
    officer = signed_in(app, Role.OFFICER_FILE)[0]
    page = officer.get("/agents/manifestations/light")
    assert "2 manifestations d'intérêt à décider" in page.text
    back = {"retour": "liste", "etat": "a-decider", "q": "", "page": "1"}
    page = officer.post(f"/agents/dossiers/{digue}/reponse/inviter", {**back, "strand": "A", "message": "Bravo."})
    assert page.path == "/agents/manifestations/light"
    assert "Une manifestation d'intérêt à décider" in page.text
    refused = officer.post(f"/agents/dossiers/{dune}/reponse/ne-pas-retenir", {**back, "reason": ""}, status=422)
    assert "Écrivez le motif." in refused.text
    page = officer.post(f"/agents/dossiers/{dune}/reponse/ne-pas-retenir", {**back, "reason": REASON})
    assert "Aucune manifestation d'intérêt n'est à décider" in page.text
    assert REASON.replace("’", "'") in officer.get("/agents/manifestations/light?etat=non-retenus").text
    assert [read(each).state for each in (digue, dune)] == [S.INVITED, S.NOT_RETAINED]


@pytest.mark.parametrize("size", [1, 3])
def test_the_list_asks_the_same_for_one_file_as_for_three(app, db, count_queries, size):
    with unit_of_work():
        two_steps()
        for place in range(size):
            applications.submitted(to=session_of("LIGHT"), title=f"Idée {place}", of=organisation(f"Commune {place}"))
    officer = signed_in(app, Role.OFFICER_FILE)[0]
    officer.get("/agents/manifestations/light")
    with count_queries(18):
        officer.get("/agents/manifestations/light")


def test_each_step_is_seen_from_the_page_of_the_other(app, db):
    with unit_of_work():
        person = account(name="Camille")
        reference = expression(person, title="Digue jumelle").reference
    officer, number = signed_in(app, Role.OFFICER_FILE)
    full = answered(reference, by=database.session.get_one(Account, number))
    carrier = visitor_for(app, person)
    page = carrier.get(f"/dossiers/{reference}")
    assert "Vous êtes invité à déposer le dossier complet" in page.text
    assert page.tree.xpath(f"//a[@href='/dossiers/{full}']")
    assert full in officer.get(f"/agents/dossiers/{reference}").text


def test_the_desk_says_once_a_call_how_many_ideas_wait_and_the_direction_which_calls_to_validate(app, db):
    with unit_of_work():
        two_steps()
        for title in ("Digue", "Dune"):
            applications.submitted(to=session_of("LIGHT"), title=title, of=organisation(title))
        calls.call(CallState.IN_REVIEW, title="Forêts et données")
    desk = signed_in(app, Role.OFFICER_FILE)[0].get("/agents/a-traiter")
    assert "Répondre à 2 manifestations d'intérêt" in desk.text
    assert "Déclarer complet" not in desk.text
    assert "Forêts et données" not in desk.text
    assert "Forêts et données" in signed_in(app, Role.DIRECTION)[0].get("/agents/a-traiter").text


@pytest.mark.parametrize("invited", [True, False])
def test_a_file_is_taken_up_in_a_call_by_invitation_only_by_those_invited(db, invited):
    with unit_of_work():
        officer = account(Role.OFFICER_FILE)
        calls.open_call(code="FULL", slug="full", by_invitation=True)
        calls.open_call(
            code="LIGHT", slug="light", kind="interest", leads_to="FULL", money_asked="none", documents=[], rules=[]
        )
        reference = applications.submitted(to=session_of("LIGHT")).reference
    if invited:
        answered(reference, by=officer)
        with unit_of_work():
            full = database.session.scalars(select(Application).where(Application.state == S.DRAFT)).one()
            services.withdraw(database.session.scalars(queries.for_update(full.reference)).one(), by=officer, at=NOON)
    offered = {each.session.call.code for each in services.places(read(reference), NOON)}
    assert ("FULL" in offered) is invited


def test_a_strand_that_is_renamed_is_renamed_in_the_conditions_on_answers():
    rule = {"check": "answers", "statement": "x", "parameters": {"condition": {"key": "strand", "is": "A"}}}
    document = {**calls.definition(), "rules": [rule]}
    rules.rename_strand(document, "A", "N")
    assert document["rules"][0]["parameters"]["condition"] == {"key": "strand", "is": "N"}

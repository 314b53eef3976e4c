"""The step on State aid: asked where it applies, kept in part, judged at the deposit, read by the Region alone."""

from decimal import Decimal

import pytest

from programme.accounts.states import Role
from programme.applications import queries, services
from programme.applications.rules.state_aid import Company, Declaration, Received
from programme.applications.services import printing
from programme.calls.states import AidRegime
from programme.core.unit_of_work import unit_of_work
from programme.organisations.states import OrganisationKind
from tests.factories import applications, calls
from tests.factories.people import NOON, account, member, organisation, visitor_for

pytestmark = pytest.mark.db
SAID = {
    "is_linked": "yes", "companies-0-label": "Rivages SAS", "companies-0-siren": "356 000 000", "companies-0-link": "votes",
    "has_received": "yes", "received-0-label": "Ville", "received-0-granted_on": "2025-03-15", "received-0-regulation": "general",
    "received-0-siren": "356000000", "received-0-amount": "290 000,00", "is_sworn": "y",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _at_noon(freeze):
    """The sessions of these tests accept applications at NOON."""


@pytest.fixture
def made(app, db):
    """Makes a draft that lacks nothing but its State aid, with who opened it and the address of the step."""

    def make(regime=AidRegime.DE_MINIMIS, kind=OrganisationKind.SMALL_COMPANY):
        with unit_of_work():
            person, carrier = account(name="Camille"), organisation("Rivages", kind=kind)
            member(person, carrier)
            call = calls.open_call(aid_regime=regime.value)
            draft = applications.ready_draft(by=person, of=carrier, to=call.sessions[0])
        return visitor_for(app, person), draft, f"/dossiers/{draft.reference}/aides"

    return make


def kept(db, draft):
    db.session.rollback()
    return db.session.scalars(queries.whole(draft.reference)).one()


def test_a_call_without_regime_has_no_such_step(made):
    person, _draft, path = made(AidRegime.NONE)
    page = person.get(path)
    assert page.path.endswith("/pieces")
    assert "Les aides publiques" not in page.text


def test_a_public_project_without_activity_says_so_and_nothing_more(db, made):
    person, draft, path = made(kind=OrganisationKind.LOCAL_AUTHORITY)
    review = f"/dossiers/{draft.reference}/relecture"
    assert "Dites si le projet est une activité économique." in person.get(review).text
    page = person.post(path, {"has_activity": "no", "action": "save", "version": kept(db, draft).version})
    assert "rien d'autre n'est demandé" in page.text
    assert person.get(review).h1 == "Votre dossier est prêt à déposer"


def test_a_company_is_not_asked_whether_its_activity_is_economic(made):
    person, _draft, path = made()
    assert not person.get(path).tree.xpath("//*[@name='has_activity']")
    person, _draft, path = made(kind=OrganisationKind.ASSOCIATION)
    assert person.get(path).tree.xpath("//*[@name='has_activity']")


def test_the_declaration_is_kept_and_counted_to_the_cent(db, made):
    person, draft, path = made()
    page = person.post(path, {**SAID, "action": "save", "version": kept(db, draft).version})
    said = services.declaration(kept(db, draft))
    assert said.companies == [Company("356000000", "Rivages SAS")]
    assert [(each.siren, each.amount) for each in said.received] == [("356000000", Decimal("290000.00"))]
    assert "La demande passe le plafond de 3 250,00 € : demandez 10 000,00 € au plus." in page.text
    assert "demandez 10 000,00 € au plus" in person.get(f"/dossiers/{draft.reference}/relecture").text


def test_the_deposit_judges_it_again(app, db, made):
    person, draft, path = made()
    person.post(path, {**SAID, "action": "save", "version": kept(db, draft).version})
    person.post(f"/dossiers/{draft.reference}/relecture", {"commitments": "y"}, status=422)
    assert kept(db, draft).submitted_at is None
    person.post(path, {**SAID, "received-0-amount": "1 000,00", "action": "save", "version": kept(db, draft).version})
    assert person.post(f"/dossiers/{draft.reference}/relecture", {"commitments": "y"}).path.endswith(
        "accuse-de-reception"
    )


def test_what_cannot_be_read_stays_on_the_page_and_the_rest_is_kept(db, made):
    person, draft, path = made()
    wrong = {
        **SAID,
        "received-0-granted_on": "hier",
        "received-0-amount": "beaucoup",
        "version": kept(db, draft).version,
    }
    page = person.post(path, wrong, status=422)
    assert "beaucoup" in page.body.decode()
    (aid,) = services.declaration(kept(db, draft)).received
    assert (aid.authority, aid.granted_on, aid.amount) == ("Ville", None, None)


def test_a_colleagues_save_is_a_conflict(db, made):
    person, draft, path = made()
    version = kept(db, draft).version
    with unit_of_work():
        services.save_aid(
            kept(db, draft), Declaration(companies=[Company("356000000", "Autre")]), version=None, at=NOON
        )
    page = person.post(path, {**SAID, "version": version}, status=409)
    assert "Autre" in page.text
    assert services.declaration(kept(db, draft)).companies[0].name == "Autre"
    person.post(path, {**SAID, "version": version}, status=409)


def test_the_script_gets_the_standing_as_it_saves(db, made):
    person, draft, path = made()
    data = {**SAID, "version": str(kept(db, draft).version), "csrf_token": person.token(path)}
    person._arrive()
    answer = person.client.post(path, data=data, headers={"Accept": "application/json"})
    assert answer.status_code == 200
    assert "<html" not in answer.json["fragments"]["aid-standing"]
    assert "passe le plafond" in answer.json["fragments"]["aid-standing"]


def test_rows_are_added_without_script(made):
    person, _draft, path = made()
    page = person.post(path, {**SAID, "action": "add_received", "version": ""})
    assert page.tree.xpath("//*[@name='received-1-amount']")
    assert not page.tree.xpath("//*[@name='companies-1-siren']")


def test_an_exempted_regime_asks_for_works_and_size(db, made):
    person, draft, path = made(AidRegime.EXEMPTED)
    said = {"works_begun": "no", "staff": "12", "turnover": "1 000 000", "balance": "", "is_sworn": "y"}
    page = person.post(path, {**said, "action": "save", "version": kept(db, draft).version})
    assert "Petite entreprise" in page.text
    assert person.get(f"/dossiers/{draft.reference}/relecture").h1 == "Votre dossier est prêt à déposer"


def test_the_page_asks_as_much_for_one_aid_as_for_three(app, db, made, count_queries):
    person, draft, path = made()
    aid = Received(NOON.date(), "Ville", amount=Decimal(1), siren="356000000")
    for size in (1, 3):
        with unit_of_work():
            services.save_aid(
                kept(db, draft), Declaration(has_received=True, received=[aid] * size), version=None, at=NOON
            )
        person.get(path)  # Who is there is noted at the first page, not at the next one of the same minute.
        db.session.remove()
        with count_queries(10):
            person.get(path)


def test_the_officers_file_shows_it_and_says_that_it_is_confidential(app, db, made):
    person, draft, path = made()
    person.post(path, {**SAID, "received-0-amount": "1 000,00", "action": "save", "version": kept(db, draft).version})
    person.post(f"/dossiers/{draft.reference}/relecture", {"commitments": "y"})
    with unit_of_work():
        officer = account(Role.OFFICER_FILE)
    page = visitor_for(app, officer).get(f"/agents/dossiers/{draft.reference}")
    assert "Confidentiel : les évaluateurs ne lisent pas cette partie." in page.text
    assert "299 000,00 €" in page.text
    assert "Rivages SAS (SIREN 356000000)" in page.text


def test_the_print_of_the_file_says_it_and_changes_only_with_the_file(db, made, freeze):
    person, draft, path = made()
    person.post(path, {**SAID, "received-0-amount": "1 000,00", "action": "save", "version": kept(db, draft).version})
    before = printing.page(kept(db, draft))
    assert "Rivages SAS (SIREN 356000000)" in before
    freeze.shift(86400)
    assert printing.page(kept(db, draft)) == before

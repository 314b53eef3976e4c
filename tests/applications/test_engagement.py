"""The republican engagement: taken once for a version, by associations alone, and kept with the file."""

from datetime import date

import pytest
from sqlalchemy import select

from programme.accounts.states import Role
from programme.applications import queries, services
from programme.applications.models import EngagementAcceptance
from programme.applications.services import engagement
from programme.core.errors import RuleBroken
from programme.core.journal import JournalEntry
from programme.core.unit_of_work import unit_of_work
from programme.organisations.states import OrganisationKind
from tests.factories import applications
from tests.factories.people import NOON, account, member, organisation, visitor_for

pytestmark = pytest.mark.db


@pytest.fixture(autouse=True)
def _at_noon(freeze):
    """The sessions of these tests accept applications at NOON."""


def handed_over(app, kind=OrganisationKind.ASSOCIATION, of=None, person=None):
    """A draft ready but for the engagement, and its person."""
    with unit_of_work():
        if of is None:
            person, of = account(name="Camille"), organisation("Rivages", kind=kind)
            member(person, of)
        draft = applications.ready_draft(by=person, of=of, engaged=False)
    return visitor_for(app, person), draft, person, of


def kept(db, draft):
    db.session.rollback()
    return db.session.scalars(queries.whole(draft.reference)).one()


def review(draft):
    return f"/dossiers/{draft.reference}/relecture"


def test_an_association_takes_it_and_the_file_keeps_the_version(app, db):
    person, draft, who, of = handed_over(app)
    page = person.get(review(draft))
    assert "Respect des lois de la République" in page.text
    assert "le texte exact de l'annexe du décret n° 2021-1947 est fourni par le service juridique" in page.text
    assert "Lisez le contrat d'engagement" in person.post(review(draft), {"commitments": "y"}, status=422).text
    page = person.post(review(draft), {"commitments": "y", "engagement": "y"})
    assert "Contrat d'engagement républicain" in page.text
    assert kept(db, draft).engagement_version == engagement.FIRST
    taken = db.session.scalars(select(EngagementAcceptance)).one()
    assert (taken.organisation_id, taken.accepted_by_id, taken.sha256) == (
        of.id,
        who.id,
        engagement.text_on(NOON.date()).digest,
    )
    entry = db.session.scalars(select(JournalEntry).where(JournalEntry.act == "engagement.accepted")).one()
    assert entry.after["sha256"] == taken.sha256


@pytest.mark.parametrize("kind", [OrganisationKind.LOCAL_AUTHORITY, OrganisationKind.SMALL_COMPANY])
def test_others_are_not_asked(app, db, kind):
    person, draft, *_rest = handed_over(app, kind)
    assert not person.get(review(draft)).tree.xpath("//*[@name='engagement']")
    person.post(review(draft), {"commitments": "y"})
    assert kept(db, draft).engagement_version is None


def test_it_is_taken_once_and_again_when_the_text_changes(app, db):
    person, draft, who, of = handed_over(app)
    person.post(review(draft), {"commitments": "y", "engagement": "y"})
    second = handed_over(app, of=of, person=who)[1]
    page = person.get(review(second))
    assert not page.tree.xpath("//*[@name='engagement']")
    assert "Souscrit pour votre organisme le lundi 23 novembre 2026 par Camille." in page.text
    with unit_of_work():
        services.publish_text(date(2026, 11, 20), "Texte exact.", by=who, at=NOON)
    page = person.get(review(second))
    assert page.tree.xpath("//*[@name='engagement']")
    assert "Texte exact." in page.text
    assert "service juridique" not in page.text
    person.post(review(second), {"commitments": "y", "engagement": "y"})
    assert kept(db, second).engagement_version == date(2026, 11, 20)
    assert kept(db, draft).engagement_version == engagement.FIRST


def test_a_service_refuses_the_deposit_of_who_has_not_taken_it(app, db):
    _visitor, draft, who, _of = handed_over(app)
    with pytest.raises(RuleBroken), unit_of_work():
        services.submit(kept(db, draft), by=who, at=NOON)


def test_a_version_to_come_is_not_asked_yet(app, db):
    person, draft, who, _of = handed_over(app)
    with unit_of_work():
        services.publish_text(date(2027, 1, 1), "Plus tard.", by=who, at=NOON)
    assert "Plus tard." not in person.get(review(draft)).text


def test_staff_publish_a_version_which_only_a_later_one_follows(app, db):
    with unit_of_work():
        officer = account(Role.OFFICER_PROGRAMME)
    agent, path = visitor_for(app, officer), "/agents/engagement-republicain"
    assert "Le texte exact manque" in agent.get(path).text
    page = agent.post(path, {"version": "2026-01-01", "body": "Texte exact."})
    assert "Texte exact." in page.text
    assert "Le texte exact manque" not in page.text
    page = agent.post(path, {"version": "2026-01-01", "body": "Un autre."}, status=422)
    assert "donnez une date plus tardive" in page.text
    assert "Un autre." in page.body.decode()
    with unit_of_work():
        reader = account(Role.FINANCE)
    visitor_for(app, reader).get(path, status=404)

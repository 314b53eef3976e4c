"""The doors of those who sign, and what the public sees of the network."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from programme.accounts.states import Role
from programme.agreements import services
from programme.agreements.models import Agreement, Commitment, PartnershipRequest
from programme.agreements.states import AgreementState as S
from programme.agreements.states import CommitmentState
from programme.core import jobs
from programme.core.clock import today
from programme.extensions import db as database
from programme.organisations.models import OrganisationCategory
from programme.organisations.states import ActorCategory, MembershipRole
from programme.projects.models import Project
from programme.projects.thread import StepState, steps
from tests.factories.agreements import AT, grant_agreement, partner, partnership_agreement
from tests.factories.people import account, member, organisation, signed_in, visitor_for

pytestmark = pytest.mark.db
OWNER, EDITOR, READER = MembershipRole.OWNER, MembershipRole.EDITOR, MembershipRole.READER


@pytest.fixture
def sent(app, unit):
    """A grant convention sent, with a member of each kind and a stranger."""
    with unit():
        agreement = grant_agreement(S.SENT)
        people = {role: account(name=role.value) for role in MembershipRole}
        for role, person in people.items():
            member(person, agreement.organisation, role)
        people["stranger"] = account()
        reference = agreement.reference
    return reference, {name: visitor_for(app, person) for name, person in people.items()}


SIGNED = {"name": "Ana Olivi", "capacity": "présidente", "read": "y"}


def sign(visitor, reference, status=200, **values):
    path = f"/mes-conventions/{reference}/signer"
    page = visitor.get(path)
    sha = page.tree.xpath("//input[@name='text_sha256']/@value")[0]
    return visitor.post(path, {**SIGNED, "text_sha256": sha, **values}, status=status)


def test_members_find_what_waits_for_them(sent):
    reference, people = sent
    assert people[OWNER].get("/mes-conventions").h1 == "Une convention attend votre signature"
    assert f"/mes-conventions/{reference}" in people[READER].get("/mes-conventions").links()
    assert "Aucune convention pour le moment" in people["stranger"].get("/mes-conventions").text


def test_an_agreement_is_seen_by_members_and_staff_only_and_only_once_sent(app, unit, visitor, sent):
    reference, people = sent
    for who in (OWNER, EDITOR, READER):
        people[who].get(f"/mes-conventions/{reference}")
    people["stranger"].get(f"/mes-conventions/{reference}", status=404)
    assert "connect" in visitor().get(f"/mes-conventions/{reference}").text.lower()
    signed_in(app, Role.FINANCE)[0].get(f"/mes-conventions/{reference}")
    with unit():
        draft = grant_agreement(S.APPROVED)
        owner = account()
        member(owner, draft.organisation)
        draft_reference = draft.reference
    visitor_for(app, owner).get(f"/mes-conventions/{draft_reference}", status=404)


def test_the_signing_page_names_the_text_the_version_and_the_amount(sent):
    reference, people = sent
    page = people[OWNER].get(f"/mes-conventions/{reference}/signer")
    for words in ("Convention attributive de subvention", "n° 1, le", "14 000,00 €", "26-"):
        assert words in page.text
    for who in (EDITOR, READER, "stranger"):
        people[who].get(f"/mes-conventions/{reference}/signer", status=404)


def test_an_owner_signs_after_reading(sent):
    reference, people = sent
    page = sign(people[OWNER], reference, read="", status=422)
    assert "Cochez cette case pour signer." in page.text
    assert page.tree.xpath("//input[@name='name']/@value") == ["Ana Olivi"]
    assert "Votre signature est enregistrée" in sign(people[OWNER], reference).flashes[0]
    signed = database.session.scalars(select(Agreement).where(Agreement.reference == reference)).one()
    assert (signed.state, signed.partner_signatory) == (S.PARTNER_SIGNED, "Ana Olivi")


def test_a_text_that_changed_is_not_signed(sent):
    reference, people = sent
    path = f"/mes-conventions/{reference}/signer"
    assert "Le texte a changé" in people[OWNER].post(path, {**SIGNED, "text_sha256": "f" * 64}).flashes[0]


def test_the_pdf_is_an_attachment_for_members_and_staff(sent):
    reference, people = sent
    path = f"/mes-conventions/{reference}/a_signer.pdf"
    assert "en cours de fabrication" in people[READER].get(path).flashes[0]
    jobs.run_until_idle()
    response = people[READER].client.get(path)
    assert response.data.startswith(b"%PDF-")
    assert response.headers["Content-Disposition"].startswith("attachment; filename=CV-")
    assert (response.headers["X-Content-Type-Options"], response.headers["Cache-Control"]) == ("nosniff", "no-store")
    people["stranger"].get(path, status=404)
    people[READER].get(f"/mes-conventions/{reference}/signee.pdf", status=404)


@pytest.mark.parametrize("size", [1, 3])
def test_my_agreements_ask_as_much_whatever_their_number(app, unit, count_queries, size):
    with unit():
        person = account()
        for _each in range(size):
            member(person, partnership_agreement(S.ACTIVE).organisation)
    visitor = visitor_for(app, person)
    with count_queries(5):
        visitor.get("/mes-conventions")


@pytest.fixture
def promise(app, unit):
    """A partnership in force, its first commitment, and an editor."""
    with unit():
        agreement = partnership_agreement(S.ACTIVE)
        editor, reader = account(), account()
        member(editor, agreement.organisation, EDITOR)
        member(reader, agreement.organisation, READER)
        path = f"/mes-conventions/{agreement.reference}"
        number, slug = agreement.commitments[0].id, agreement.organisation.slug
    return path, number, slug, visitor_for(app, editor), visitor_for(app, reader)


def test_an_editor_says_that_a_data_set_is_published(promise, visitor):
    path, number, slug, editor, reader = promise
    act = f"{path}/engagements/{number}/publier"
    wrong = editor.post(act, {"url": "pas une adresse"}, form=path, status=422)
    assert "Écrivez l'adresse entière, par exemple https://www.organisme.fr." in wrong.text
    assert "pas une adresse" in wrong.tree.xpath("//input[@name='url']/@value")
    reader.post(act, {}, form=path, status=404)
    editor.post(act, {"url": "https://exemple.fr/jeu"}, form=path)
    assert database.session.get(Commitment, number).state is CommitmentState.PUBLISHED
    public = visitor().get(f"/partenaires/{slug}")
    assert public.h1.startswith("Métropole")
    assert "Un engagement tenu sur deux" in public.text
    assert "https://exemple.fr/jeu" in public.links()


def test_dropping_needs_a_reason_and_a_stale_act_is_told(promise):
    path, number, _slug, editor, _reader = promise
    assert "Dites pourquoi" in editor.post(f"{path}/engagements/{number}/abandonner", {}, form=path).flashes[0]
    editor.post(f"{path}/engagements/{number}/abandonner", {"reason": "Données reprises par l’État."}, form=path)
    assert "a changé d'état" in editor.post(f"{path}/engagements/{number}/publier", {}, form=path).flashes[0]


def test_an_act_needs_its_own_agreement(promise, unit):
    path, number, _slug, editor, _reader = promise
    with unit():
        other = partnership_agreement(S.ACTIVE).reference
    editor.post(f"/mes-conventions/{other}/engagements/{number}/publier", {}, form=path, status=404)


def test_late_commitments_show_on_the_public_page_and_the_desk(app, unit, visitor, promise):
    _path, number, slug, *_people = promise
    with unit():
        database.session.get(Commitment, number).due_on = today() - timedelta(days=2)
    assert "En retard" in visitor().get(f"/partenaires/{slug}").text
    assert "Engagements en retard" in signed_in(app, Role.OFFICER_PROGRAMME)[0].get("/agents/conventions").text


def test_the_directory_shows_partners_under_convention_only(unit, visitor):
    with unit():
        shown = partnership_agreement(S.ACTIVE).organisation
        shown.categories = [OrganisationCategory(category=ActorCategory.PRODUCER)]
        services.network.place_of(shown, at=AT)
        hidden = partner().partnership.organisation
        name, slug, hidden_slug = shown.name, shown.slug, hidden.slug
    page = visitor().get("/partenaires")
    assert (name in page.text, hidden.name in page.text) == (True, False)
    visitor().get(f"/partenaires/{hidden_slug}", status=404)
    for query, found in (
        ("q=metropoles", True), ("q=producteurs", True), ("categorie=producer", True), ("categorie=reuser", False),
        ("territoire=05", True), ("territoire=13", False), ("q=neige", False),
    ):  # fmt: skip
        assert (name in visitor().get(f"/partenaires?{query}").text) is found, query
    assert f"/partenaires/{slug}" in page.links()


def test_the_public_page_names_no_person(unit, visitor):
    with unit():
        request = partner()
        agreement = partnership_agreement(S.ACTIVE, request=request)
        private = [
            request.contact_name,
            request.contact_email,
            agreement.partner_signatory,
            agreement.organisation.representative_name,
        ]
        slug, number = agreement.organisation.slug, agreement.number
    page = visitor().get(f"/partenaires/{slug}")
    assert number in page.text
    assert not [each for each in private if each in page.text]


@pytest.mark.parametrize("size", [1, 3])
def test_the_directory_asks_as_much_whatever_its_size(unit, visitor, count_queries, size):
    with unit():
        for _each in range(size):
            partnership_agreement(S.ACTIVE)
    someone = visitor()
    with count_queries(4):
        someone.get("/partenaires")


def request_data(slug, **values):
    return {
        "organisation": slug, "wishes": "Ouvrir nos comptages vélo.", "contact_name": "Lou Petit", "nonce": "unique",
        "contact_email": "lou@exemple.fr", "datasets-0-title": "Comptages vélo", "datasets-0-due_on": "01/03/2099",
        "datasets-0-frequency": "daily", "datasets-0-licence": "odbl", **values,
    }  # fmt: skip


def test_a_member_asks_for_a_convention(app, unit):
    with unit():
        person, of = account(), organisation("Commune de Gap")
        member(person, of, EDITOR)
        slug = of.slug
    visitor = visitor_for(app, person)
    page = visitor.post(
        "/partenaires/demander", request_data(slug, **{"datasets-0-due_on": "", "wishes": "Mot gardé"}), status=422
    )
    assert "Donnez la date à laquelle ce jeu sera publié." in page.text
    assert "Mot gardé" in page.text
    past = visitor.post("/partenaires/demander", request_data(slug, **{"datasets-0-due_on": "01/03/2020"}), status=422)
    assert "Donnez une date à venir." in past.text
    none = visitor.post(
        "/partenaires/demander", request_data(slug, **{"datasets-0-title": "", "datasets-0-due_on": ""}), status=422
    )
    assert "Citez au moins un jeu de données" in none.text
    for _each in range(2):
        visitor.post("/partenaires/demander", request_data(slug))
    request = database.session.scalars(select(PartnershipRequest)).one()
    assert request.datasets == [
        {"title": "Comptages vélo", "due_on": "2099-03-01", "frequency": "daily", "licence": "odbl"}
    ]
    again = visitor.post("/partenaires/demander", request_data(slug, nonce="autre"), status=422)
    assert "déjà chez nous" in again.text


def test_one_asks_only_for_ones_own_organisation(app, unit, visitor):
    with unit():
        person, other = account(), organisation("Ailleurs")
        slug = other.slug
    assert "Inscrivez d'abord votre organisme" in visitor_for(app, person).get("/partenaires/demander").text
    page = visitor_for(app, person).post(
        "/partenaires/demander", request_data(slug), form="/mes-conventions", status=422
    )
    assert database.session.scalars(select(PartnershipRequest)).all() == []
    assert page.status == 422
    assert "connect" in visitor().get("/partenaires/demander").text.lower()


def test_the_timeline_shows_the_convention_to_those_who_may_see_it(app, unit):
    with unit():
        agreement = grant_agreement(S.SENT)
        owner, stranger = account(), account()
        member(owner, agreement.organisation)
        project = agreement.project_id
    with app.test_request_context():
        thread = database.session.get(Project, project)
        inside = [each for each in steps(thread, owner) if each.label.startswith("Convention")]
        assert [(each.state, each.note) for each in inside] == [(StepState.HERE, "Envoyée à la signature")]
        assert not [each for each in steps(thread, stranger) if each.label.startswith("Convention")]
        assert not [each for each in steps(thread, None) if each.label.startswith("Convention")]

"""The pages of an organisation: its members see it, its owners change it."""

import re

import pytest
from sqlalchemy import func, select

from programme.accounts.models import Account
from programme.core.mail import OutboxMessage
from programme.core.unit_of_work import unit_of_work
from programme.organisations.models import Membership, Organisation
from programme.organisations.states import MembershipRole, MembershipState
from tests.factories.people import account, member, organisation, signed_in

pytestmark = pytest.mark.db
OWNER, EDITOR, READER = MembershipRole.OWNER, MembershipRole.EDITOR, MembershipRole.READER
NEW = {
    "siret": "231 300 021 00012",
    "name": "Commune de Gap",
    "kind": "local_authority",
    "city": "Gap",
    "territory_code": "05",
}


@pytest.fixture
def of(db):
    with unit_of_work():
        return organisation("Canal de Manosque")


def person_in(app, db, of, role):
    visitor, number = signed_in(app)
    if role is not None:
        with unit_of_work():
            member(db.session.get_one(Account, number), db.session.get_one(Organisation, of.id), role)
    return visitor, number


def state_of(db, number):
    db.session.rollback()
    db.session.expire_all()
    link = db.session.scalars(select(Membership).where(Membership.account_id == number)).one()
    return link.state, link.role


def test_the_anonymous_visitor_is_led_to_sign_in(visitor, of):
    for path in ("/compte/organismes/nouveau", f"/compte/organismes/{of.slug}"):
        assert visitor().get(path).path == "/connexion"


def test_entering_a_new_organisation_makes_me_its_owner(app, db):
    person, number = signed_in(app)
    page = person.post("/compte/organismes/nouveau", NEW)
    assert (page.path, page.flashes) == ("/compte/organismes/commune-de-gap", ["Votre organisme est inscrit."])
    assert state_of(db, number) == (MembershipState.ACTIVE, OWNER)


@pytest.mark.parametrize(
    ("wanted", "path"), [("/mes-dossiers", "/mes-dossiers"), ("//ailleurs.example", "/compte/organismes/")]
)
def test_a_new_organisation_leads_back_to_the_page_of_this_site_that_asked_for_it(app, db, wanted, path):
    person, _number = signed_in(app)
    page = person.post(f"/compte/organismes/nouveau?next={wanted}", NEW)
    assert page.path.startswith(path)


def test_entering_a_known_one_asks_its_owners(app, db):
    first, _number = signed_in(app)
    first.post("/compte/organismes/nouveau", NEW)
    second, number = signed_in(app)
    page = second.post("/compte/organismes/nouveau", NEW)
    assert page.path == "/compte"
    assert page.flashes == ["Cet organisme est déjà inscrit : ses responsables ont reçu votre demande."]
    assert state_of(db, number)[0] is MembershipState.REQUESTED
    second.get("/compte/organismes/commune-de-gap", status=404)
    again = second.post("/compte/organismes/nouveau", NEW, status=422)
    assert "Vous avez déjà demandé à rejoindre cet organisme" in again.text


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("siret", "", "Écrivez le SIRET de votre organisme."),
        ("siret", "123", "Un SIRET a 14 chiffres, par exemple 231 300 021 00012."),
        ("siret", "23130002100013", "Ce SIRET n'existe pas : un chiffre a sans doute été changé."),
        ("name", "", "Écrivez le nom de l'organisme."),
        ("name", "x" * 201, "200 signes au plus : il y en a 1 de trop."),
        ("kind", "", "Choisissez dans la liste."),
        ("kind", "kingdom", ""),
        ("city", "", "Écrivez la commune du siège."),
        ("territory_code", "99", ""),
        ("territory_code", "", "Choisissez dans la liste."),
    ],
)
def test_a_wrong_entry_comes_back_filled_in(app, db, field, typed, sentence):
    person, _number = signed_in(app)
    page = person.post("/compte/organismes/nouveau", NEW | {field: typed}, status=422)
    assert sentence in page.text
    assert page.tree.xpath("//*[@role='alert']")
    assert page.tree.xpath("string(//input[@name='city']/@value)") == ("" if field == "city" else "Gap")
    assert db.session.scalar(select(func.count()).select_from(Organisation)) == 0


@pytest.mark.parametrize(("role", "status"), [(OWNER, 200), (EDITOR, 200), (READER, 200), (None, 404)])
def test_only_members_see_it(app, db, of, role, status):
    person, _number = person_in(app, db, of, role)
    page = person.get(f"/compte/organismes/{of.slug}", status=status)
    assert ("Canal de Manosque" in page.text) == (status == 200)
    assert ("Enregistrer la présentation" in page.text) == (role is OWNER)


@pytest.mark.parametrize("size", [1, 3])
def test_the_page_asks_as_much_for_one_member_as_for_three(app, db, of, size, count_queries):
    person, _number = person_in(app, db, of, OWNER)
    with unit_of_work():
        for _ in range(size):
            member(account(), db.session.get_one(Organisation, of.id), EDITOR)
    db.session.remove()
    with count_queries(8):
        person.get(f"/compte/organismes/{of.slug}")


ACTS = [
    ("presentation", {"name": "Stolen"}),
    ("invitations", {"email": "x@exemple.fr", "role": "owner"}),
    ("membres/{other}/role", {"role": "owner"}),
    ("membres/{other}/accepter", {"role": "owner"}),
    ("membres/{other}/retirer", {}),
]


@pytest.mark.parametrize(("path", "values"), ACTS)
@pytest.mark.parametrize("role", [EDITOR, READER, None])
def test_only_owners_change_it(app, db, of, role, path, values):
    person, _number = person_in(app, db, of, role)
    with unit_of_work():
        other = account()
        member(other, db.session.get_one(Organisation, of.id), READER)
        number = other.id
    person.post(f"/compte/organismes/{of.slug}/{path.format(other=number)}", values, form="/compte", status=404)
    assert state_of(db, number) == (MembershipState.ACTIVE, READER)
    assert db.session.get_one(Organisation, of.id).name == "Canal de Manosque"


def test_the_owner_describes_it_and_the_boxes_stay(app, db, of):
    person, _number = person_in(app, db, of, OWNER)
    path = f"/compte/organismes/{of.slug}"
    values = {
        "name": "Canal de Manosque", "city": "Manosque", "territory_code": "04", "website": "https://canal.example",
        "description": "De l’eau.", "representative_name": "Ana Ruiz", "representative_title": "présidente",
        "categories": ["producer", "reuser"], "rna": "W041234567",
    }  # fmt: skip
    page = person.post(f"{path}/presentation", values, form=path)
    assert page.flashes == ["La présentation est enregistrée."]
    assert page.tree.xpath("//input[@name='categories'][@checked]/@value") == ["producer", "reuser"]
    assert page.tree.xpath("string(//input[@name='representative_name']/@value)") == "Ana Ruiz"
    assert page.tree.xpath("string(//select[@name='territory_code']/option[@selected]/@value)") == "04"


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("name", "", "Écrivez le nom de l'organisme."),
        ("website", "javascript:alert(1)", "Écrivez l'adresse entière, par exemple https://www.organisme.fr."),
        ("rna", "123", "Écrivez W suivi de 9 chiffres, par exemple W131234567."),
        ("description", "x" * 2001, "2000 signes au plus"),
    ],
)
def test_a_wrong_description_comes_back(app, db, of, field, typed, sentence):
    person, _number = person_in(app, db, of, OWNER)
    path = f"/compte/organismes/{of.slug}"
    values = {"name": "Canal", "territory_code": "", "city": "Gap", field: typed}
    page = person.post(f"{path}/presentation", values, form=path, status=422)
    assert sentence in page.text
    assert page.tree.xpath("string(//input[@name='city']/@value)") == "Gap"


def test_a_request_is_accepted_on_the_page(app, db, of):
    owner, _number = person_in(app, db, of, OWNER)
    asking, number = person_in(app, db, of, EDITOR)
    with unit_of_work():
        db.session.scalars(
            select(Membership).where(Membership.account_id == number)
        ).one().state = MembershipState.REQUESTED
    path = f"/compte/organismes/{of.slug}"
    asking.get(path, status=404)
    assert "Demande en attente" in owner.get(path).text
    page = owner.post(f"{path}/membres/{number}/accepter", {"role": "reader"}, form=path)
    assert page.flashes == ["C'est enregistré."]
    assert state_of(db, number) == (MembershipState.ACTIVE, READER)
    asking.get(path)


def test_an_unknown_role_changes_nothing(app, db, of):
    owner, _ = person_in(app, db, of, OWNER)
    _person, number = person_in(app, db, of, READER)
    path = f"/compte/organismes/{of.slug}"
    page = owner.post(f"{path}/membres/{number}/role", {"role": "emperor"}, form=path)
    assert page.flashes == ["Choisissez un rôle dans la liste."]
    assert state_of(db, number) == (MembershipState.ACTIVE, READER)


def test_a_member_leaves_and_the_last_owner_does_not(app, db, of):
    owner, owner_number = person_in(app, db, of, OWNER)
    reader, number = person_in(app, db, of, READER)
    path = f"/compte/organismes/{of.slug}"
    assert reader.post(f"{path}/membres/{number}/retirer", form=path).path == "/compte"
    assert state_of(db, number)[0] is MembershipState.ENDED
    reader.get(path, status=404)
    page = owner.post(f"{path}/membres/{owner_number}/retirer", form=path)
    assert page.flashes == ["Nommez d'abord une autre personne responsable : un organisme en garde toujours une."]
    assert state_of(db, owner_number) == (MembershipState.ACTIVE, OWNER)


def test_the_only_owner_is_not_offered_a_role_that_would_be_refused(app, db, of):
    owner, number = person_in(app, db, of, OWNER)
    home = f"/compte/organismes/{of.slug}"
    asked = f"//form[@action='{home}/membres/{number}/role']"
    assert not owner.get(home).tree.xpath(asked)
    person_in(app, db, of, OWNER)
    assert owner.get(home).tree.xpath(asked), "the control"


def test_inviting_says_the_same_for_known_and_unknown_addresses(app, db, of):
    owner, _number = person_in(app, db, of, OWNER)
    with unit_of_work():
        account(email="known@exemple.fr")
    path = f"/compte/organismes/{of.slug}"
    for email in ("known@exemple.fr", "unknown@exemple.fr"):
        page = owner.post(f"{path}/invitations", {"email": email, "role": "editor"}, form=path)
        assert page.flashes == ["C'est fait : cette personne reçoit un courriel."]
        assert email not in owner.get(path).text, "nobody is in the list before they accept"
    mine = db.session.get_one(Account, _number).email
    page = owner.post(f"{path}/invitations", {"email": mine, "role": "reader"}, form=path, status=422)
    assert "Cette personne est déjà membre : changez son rôle dans la liste." in page.text
    page = owner.post(f"{path}/invitations", {"email": "pas une adresse", "role": "reader"}, form=path, status=422)
    assert page.tree.xpath("string(//input[@name='email']/@value)") == "pas une adresse"


def link_in_the_letter(db, email):
    letter = db.session.scalars(select(OutboxMessage).where(OutboxMessage.recipient == email)).one()
    return re.search(r"http://localhost(/compte/invitation/\S+)", letter.text)[1]


def test_an_invited_person_enters_by_the_button_of_the_page_once(app, db, of):
    owner, _number = person_in(app, db, of, OWNER)
    guest, number = signed_in(app)
    email, path = db.session.get_one(Account, number).email, f"/compte/organismes/{of.slug}"
    owner.post(f"{path}/invitations", {"email": email, "role": "editor"}, form=path)
    link = link_in_the_letter(db, email)
    page = guest.get(link)
    assert page.h1 == "Rejoindre Canal de Manosque"
    assert "Votre rôle : Rédaction" in page.text
    guest.get(path, status=404)  # Opening the link makes nobody a member.
    page = guest.post(link)
    assert (page.path, state_of(db, number)) == (path, (MembershipState.ACTIVE, EDITOR))
    again = guest.post(link, form="/compte")
    assert again.flashes == ["Cette invitation a déjà servi, ou n'est plus valable : demandez-en une nouvelle."]


def test_an_invitation_leads_through_sign_up_and_is_nobody_elses(app, db, of, visitor):
    owner, _number = person_in(app, db, of, OWNER)
    path = f"/compte/organismes/{of.slug}"
    owner.post(f"{path}/invitations", {"email": "neuve@exemple.fr", "role": "reader"}, form=path)
    link = link_in_the_letter(db, "neuve@exemple.fr")
    assert visitor().get(link).path == "/connexion"
    thief, number = signed_in(app)
    page = thief.post(link, form="/compte")
    assert page.flashes == ["Cette invitation est pour une autre adresse : connectez-vous avec celle qui l'a reçue."]
    assert not db.session.scalars(select(Membership).where(Membership.account_id == number)).all()
    for altered in (link[:-2], link + "x", "/compte/invitation/inconnu"):
        page = thief.get(altered)
        assert page.flashes == ["Cette invitation n'est plus valable : demandez-en une nouvelle."]


def test_an_unknown_organisation_is_absent(app, db):
    person, _number = signed_in(app)
    person.get("/compte/organismes/nulle-part", status=404)

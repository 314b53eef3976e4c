"""The agents' doors: each act by the right role, refusals like an absence, wrong input kept."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from programme.accounts.states import Role
from programme.agreements import services
from programme.agreements.models import Agreement, Partnership
from programme.agreements.states import AgreementState as S
from programme.agreements.states import PartnerStatus
from programme.core.clock import today
from programme.extensions import db as database
from programme.grants.models import Grant
from programme.grants.states import GrantState
from tests.factories.agreements import (
    AT,
    GRANT_VALUES,
    grant,
    grant_agreement,
    partner,
    partnership_agreement,
)
from tests.factories.people import signed_in

pytestmark = pytest.mark.db
FILE, PROGRAMME, FINANCE, DIRECTION = Role.OFFICER_FILE, Role.OFFICER_PROGRAMME, Role.FINANCE, Role.DIRECTION


def made(unit, build):
    with unit():
        return build().reference


def agreement_of(reference):
    database.session.rollback()
    return database.session.scalars(select(Agreement).where(Agreement.reference == reference)).one()


def act(visitor, reference, slug, data=None, status=200):
    return visitor.post(
        f"/agents/conventions/{reference}/{slug}", data, form=f"/agents/conventions/{reference}", status=status
    )


@pytest.mark.parametrize("path", ["/agents/conventions", "/agents/conventions/C-X", "/agents/partenaires"])
def test_strangers_to_the_desk_find_nothing(app, visitor, unit, path):
    assert visitor().get(path).path == "/connexion"
    for role in ((), (Role.ELECTED,), (Role.DPO,)):
        signed_in(app, *role)[0].get(path, status=404)


@pytest.mark.parametrize("size", [1, 3])
def test_the_desk_asks_as_much_whatever_its_size(app, unit, count_queries, size):
    with unit():
        for _each in range(size):
            partnership_agreement(S.ACTIVE)
    officer, _number = signed_in(app, PROGRAMME)
    with count_queries(6):
        page = officer.get("/agents/conventions")
    assert page.text.count("Convention de partenariat CV-") == size


def test_the_desk_filters_by_state_and_word(app, unit):
    with unit():
        grant_agreement(S.DRAFT, title="Ombre du soir")
        grant_agreement(S.SENT, title="Pluie du matin")
    officer, _number = signed_in(app, FILE)
    assert "Pluie du matin" not in officer.get("/agents/conventions?etat=draft").text
    for sort in ("titre", "organisme", "montant", "petit", "attente", "inconnu"):
        assert "Pluie du matin" in officer.get(f"/agents/conventions?tri={sort}").text
    assert "Ombre du soir" not in officer.get("/agents/conventions?q=pluie").text
    assert "Aucune convention ici" in officer.get("/agents/conventions?q=neige").text
    officer.get("/agents/conventions?etat=inconnu&famille=xx&page=99999")


def test_a_grant_convention_from_the_award_to_force(app, unit):
    with unit():
        services.install_templates(at=AT)
        reference = grant().agreement.reference
    officer, finance, direction = (signed_in(app, role)[0] for role in (FILE, FINANCE, DIRECTION))
    assert "Le texte sera écrit" in officer.get(f"/agents/conventions/{reference}").text
    act(officer, reference, "preparer")
    page = act(officer, reference, "relecture")
    assert page.flashes[0].startswith("Il manque 4 valeur")
    officer.post(f"/agents/conventions/{reference}/valeurs", {**GRANT_VALUES, **_form_values(officer, reference)})
    assert act(officer, reference, "relecture").flashes[0] == "C'est fait : « En relecture »."
    act(finance, reference, "valider")
    act(direction, reference, "envoyer")
    agreement = agreement_of(reference)
    assert (agreement.state, agreement.number is not None) == (S.SENT, True)


def _form_values(visitor, reference):
    """What the form shows, so that a partial test does not empty the other fields."""
    tree = visitor.get(f"/agents/conventions/{reference}/valeurs").tree
    values = {
        each.get("name"): each.get("value") or ""
        for each in tree.xpath("//main//form//input[@type!='checkbox' and @type!='hidden']")
    }
    values |= {each.get("name"): each.text or "" for each in tree.xpath("//main//textarea")}
    values["version"] = tree.xpath("//input[@name='version']/@value")[0]
    return {name: value for name, value in values.items() if value}


@pytest.mark.parametrize(
    ("state", "slug", "allowed"),
    [
        (S.TO_PREPARE, "preparer", {FILE}), (S.DRAFT, "relecture", {FILE}), (S.IN_REVIEW, "valider", {FINANCE}),
        (S.APPROVED, "envoyer", {DIRECTION}), (S.SIGNED, "notifier", {FILE, DIRECTION}), (S.ACTIVE, "a-renouveler", {FILE}),
    ],
)  # fmt: skip
def test_each_act_has_its_roles(app, unit, state, slug, allowed):
    reference = made(unit, lambda: grant_agreement(state))
    for role in (PROGRAMME, FILE, FINANCE, DIRECTION):
        if role not in allowed:
            visitor, _number = signed_in(app, role)
            visitor.post(f"/agents/conventions/{reference}/{slug}", {}, form="/agents/conventions", status=404)
    visitor, _number = signed_in(app, min(allowed))
    assert act(visitor, reference, slug).flashes[0].startswith("C'est fait : « ")


def test_the_programme_officer_prepares_partnerships_and_the_file_officer_does_not(app, unit):
    reference = made(unit, lambda: partnership_agreement(S.TO_PREPARE))
    stranger, _number = signed_in(app, FILE)
    stranger.post(f"/agents/conventions/{reference}/preparer", {}, form="/agents/conventions", status=404)
    officer, _number = signed_in(app, PROGRAMME)
    act(officer, reference, "preparer")
    assert agreement_of(reference).state is S.DRAFT


def test_an_act_on_a_state_that_has_passed_is_told(app, unit):
    reference = made(unit, lambda: grant_agreement(S.APPROVED))
    finance, _number = signed_in(app, FINANCE)
    assert "a changé d'état" in act(finance, reference, "valider").flashes[0]


def test_sending_back_needs_a_reason_and_keeps_it_for_the_officer(app, unit):
    reference = made(unit, lambda: grant_agreement(S.IN_REVIEW))
    finance, _number = signed_in(app, FINANCE)
    page = act(finance, reference, "renvoyer", {"reason": ""}, status=422)
    assert "Donnez la raison en une phrase." in page.text
    act(finance, reference, "renvoyer", {"reason": "Siège à vérifier."})
    assert "Siège à vérifier." in signed_in(app, FILE)[0].get(f"/agents/conventions/{reference}").text


def test_the_regions_signature_makes_the_grant_contracted_then_in_progress(app, unit):
    reference = made(unit, lambda: grant_agreement(S.PARTNER_SIGNED))
    direction, _number = signed_in(app, DIRECTION)
    wrong = act(direction, reference, "signer", {"name": "Jean Roux", "capacity": "", "on": ""}, status=422)
    assert "Donnez la date de signature." in wrong.text
    assert wrong.tree.xpath("//input[@name='name']/@value") == ["Jean Roux"]
    late = act(direction, reference, "signer", {"name": "J", "capacity": "P", "on": str(today() + timedelta(days=3))})
    assert "à venir" in late.flashes[0]
    act(direction, reference, "signer", {"name": "Jean Roux", "capacity": "président", "on": str(today())})
    state = select(Grant.state).where(Grant.agreement_id == agreement_of(reference).id)
    assert database.session.scalar(state) is GrantState.CONTRACTED
    act(direction, reference, "notifier")
    database.session.rollback()
    assert database.session.scalar(state) is GrantState.IN_PROGRESS


def test_terminating_and_renewing_read_their_forms(app, unit):
    with unit():
        first, second = partnership_agreement(S.TO_RENEW), partnership_agreement(S.TO_RENEW)
        references, term = (first.reference, second.reference), first.ends_on
    direction, _number = signed_in(app, DIRECTION)
    act(direction, references[0], "renouveler", {"until": ""}, status=422)
    act(direction, references[0], "renouveler", {"until": str(term + timedelta(days=300))})
    assert agreement_of(references[0]).ends_on == term + timedelta(days=300)
    act(direction, references[1], "resilier", {"reason": "Fusion de l’organisme.", "on": "01/12/2026"})
    page = direction.get(f"/agents/conventions/{references[1]}")
    assert "Résiliée au 1er décembre 2026" in page.text


def test_the_values_page_keeps_what_was_typed(app, unit):
    reference = made(unit, grant_agreement)
    officer, _number = signed_in(app, FILE)
    page = officer.post(
        f"/agents/conventions/{reference}/valeurs", {"starts_on": "demain", "budget_line": "930"}, status=422
    )
    assert "Écrivez une date, par exemple 01/03/2027." in page.text
    assert page.tree.xpath("//input[@name='starts_on']/@value") == ["demain"]
    page = officer.post(f"/agents/conventions/{reference}/valeurs", {"advance_rate": "150"}, status=422)
    assert "entre 0 et 100" in page.text
    signed_in(app, FINANCE)[0].get(f"/agents/conventions/{reference}/valeurs", status=404)


def test_two_officers_at_once_the_second_sees_both_texts(app, unit):
    reference = made(unit, grant_agreement)
    officer, _number = signed_in(app, FILE)
    values = _form_values(officer, reference)
    officer.post(f"/agents/conventions/{reference}/valeurs", {**values, "budget_line": "chapitre A"})
    page = officer.post(f"/agents/conventions/{reference}/valeurs", {**values, "budget_line": "chapitre B"}, status=409)
    assert "Imputation budgétaire : chapitre A" in page.text
    assert page.tree.xpath("//input[@name='budget_line']/@value") == ["chapitre B"]
    officer.post(
        f"/agents/conventions/{reference}/valeurs",
        {**values, "budget_line": "chapitre B", "version": page.tree.xpath("//input[@name='version']/@value")[0]},
    )
    assert agreement_of(reference).values["budget_line"] == "chapitre B"


def test_doing_without_a_convention(app, unit):
    with unit():
        small, large = grant().agreement.reference, grant(amount="30000", cost="60000").agreement.reference
    officer, _number = signed_in(app, FILE)
    page = officer.get(f"/agents/conventions/{large}")
    assert "La convention est obligatoire" in page.text
    assert "article 10" in act(officer, large, "sans-convention").flashes[0]
    assert act(officer, small, "sans-convention").flashes == ["L'aide est attribuée sans convention."]
    states = database.session.execute(select(Grant.state, Grant.agreement_id).order_by(Grant.id)).all()
    assert states[0] == (GrantState.VOTED, None)


def test_the_vote_of_a_partnership(app, unit):
    reference = made(unit, partnership_agreement)
    officer, _number = signed_in(app, PROGRAMME)
    path = f"/agents/conventions/{reference}/deliberation"
    page = officer.post(
        path, {"number": "26-0777", "title": "T", "voted_on": "2026-10-02", "received_on": "2026-10-01"}, status=422
    )
    assert "Cette date précède le vote." in page.text
    given = {
        "number": "26-0777",
        "title": "T",
        "voted_on": "2026-10-02",
        "published_on": "2026-10-05",
        "received_on": "2026-10-06",
    }
    assert "26-0777" in officer.post(path, given).text
    signed_in(app, FINANCE)[0].get(path, status=404)


def test_from_a_request_to_a_draft(app, unit):
    with unit():
        request = partner()
        services.install_templates(at=request.asked_at)
        number = request.partnership_id
    officer, _number = signed_in(app, PROGRAMME)
    assert "Une demande de partenariat attend" in officer.get("/agents/partenaires").h1
    path = f"/agents/partenaires/{number}"
    assert "Publier nos arrêts de bus." in officer.get(path).text
    officer.post(f"{path}/prendre-en-charge", {}, form=path)
    page = officer.post(f"{path}/convention", {}, form=path)
    assert "Il manque" in page.text
    assert database.session.get(Partnership, number).status is PartnerStatus.UNDER_REVIEW
    again = officer.post(f"{path}/convention", {}, form=path)
    assert "déjà ouverte" in again.flashes[0]


def test_declining_a_request_needs_a_reason(app, unit):
    with unit():
        number = partner().partnership_id
    officer, _number = signed_in(app, PROGRAMME)
    path = f"/agents/partenaires/{number}"
    assert "Donnez la raison" in officer.post(f"{path}/decliner", {"reason": " "}, form=path, status=422).text
    page = officer.post(f"{path}/decliner", {"reason": "Ces données sont déjà ouvertes."}, form=path)
    assert "Ces données sont déjà ouvertes." in page.text
    assert "a changé d'état" in officer.post(f"{path}/prendre-en-charge", {}, form=path).flashes[0]


@pytest.mark.parametrize("size", [1, 3])
def test_the_list_of_partners_asks_as_much_whatever_its_size(app, unit, count_queries, size):
    with unit():
        for _each in range(size):
            partner()
    officer, _number = signed_in(app, PROGRAMME)
    with count_queries(6):
        officer.get("/agents/partenaires")

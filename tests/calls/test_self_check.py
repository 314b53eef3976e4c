"""The self-check: it asks what the conditions of the call read and nothing else, says what to change, and is carried on."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from programme.applications.models import Application, BudgetLine
from programme.core.unit_of_work import unit_of_work
from tests.factories import applications, calls
from tests.factories.people import account, member, organisation, visitor_for
from tests.pages import Visitor, plain

pytestmark = pytest.mark.db

ONE = calls.definition()["strands"][0]


@pytest.fixture(autouse=True)
def _at_noon(freeze):
    """The calls of these tests accept applications at NOON."""


def rule(check: str, refusal: str = "Non.", **values):
    strand = {"strand": values.pop("strand")} if "strand" in values else {}
    return {**strand, "check": check, "parameters": values, "statement": f"Condition {check}.", "refusal": refusal}


KINDS = rule("carrier_kind", kinds=["association"])
PLACES = rule("territory", "Le projet a lieu dans le 13.", codes=["13"])
RATE = rule("rate_max", "La Région finance 50 % au plus.", percent=50)
MONTHS = rule("duration_max", months=12)
JUDGED = {"statement": "Une autre structure en profite."}
ALL = [
    KINDS, PLACES, MONTHS, RATE, rule("theme_chosen"), rule("start_after_deposit"), rule("own_share_min", percent=20),
    rule("public_share_max", percent=80), rule("plan_balanced"), JUDGED,
]  # fmt: skip
GOOD = {
    "strand": "A", "carrier_kind": "association", "territory_code": "13", "theme": "transition-energetique",
    "starts_on": "2027-03-01", "months": "12", "cost": "20 000", "requested": "10 000", "other_public": "", "own_funds": "4 000",
}  # fmt: skip


def opened(rules, **values) -> str:
    with unit_of_work():
        applications.theme("transition-energetique")
        return calls.open_call(rules=rules, **values).slug


def asked(page) -> list[str]:
    """The names of what the page asks, in order."""
    names = page.tree.xpath("//main//form//*[@name and not(@type='hidden')]/@name")
    return list(dict.fromkeys(name for name in names if name != "csrf_token"))


def check(visitor: Visitor, slug: str, status: int = 200, **changes):
    return visitor.post(f"/appels/{slug}/eligibilite", {**GOOD, **changes}, status=status)


# ---- what is asked ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rules", "names"),
    [
        ([KINDS], ["carrier_kind"]),
        ([PLACES, MONTHS], ["territory_code", "months"]),
        ([RATE], ["cost", "requested"]),
        ([rule("own_share_min", percent=20)], ["cost", "own_funds"]),
        ([rule("start_after_deposit"), JUDGED], ["starts_on"]),
        ([rule("end_after_deposit")], ["starts_on", "months"]),
        ([rule("answers", condition={"key": "requested_amount", "at_most": "5000"})], ["requested"]),
        (ALL, ["carrier_kind", "territory_code", "theme", "starts_on", "months", "cost", "requested", "other_public", "own_funds"]),
    ],
)  # fmt: skip
def test_each_call_asks_what_its_conditions_read_and_nothing_else(db, visitor, rules, names):
    slug = opened(rules)
    assert asked(visitor().get(f"/appels/{slug}/eligibilite")) == names
    counted = {1: "Une question", 2: "Deux questions", 9: "Neuf questions"}
    assert counted[len(names)] in visitor().get(f"/appels/{slug}").text


QUESTIONS = [
    {"key": "ai", "label": "Une IA ?", "kind": "yes_no"},
    {"key": "size", "label": "Combien d’habitants ?", "kind": "number", "show_if": ["ai", "yes"]},
    {"key": "double", "label": "Le double", "kind": "calculated", "formula": "size * 2"},
    {"key": "other", "label": "Une autre question", "kind": "text"},
]
READS = rule("answers", "Il faut 20 habitants.", condition={"key": "double", "at_least": "20"})


def test_the_questions_that_a_condition_reads_are_asked_and_judged_as_in_the_file(db, visitor):
    """With those that they depend on, and no other one; an answer that no question asks for does not count."""
    slug = opened([READS], strands=[{**ONE, "questions": QUESTIONS}])
    path = f"/appels/{slug}/eligibilite"
    assert asked(visitor().get(path)) == ["q_ai", "q_size"]
    met = visitor().post(path, {"q_ai": "yes", "q_size": "10"})
    assert met.h1 == "Votre projet remplit les conditions vérifiables"
    assert any("deposer?volet=A&q_ai=yes&q_size=10" in each for each in met.links())
    assert visitor().post(path, {"q_ai": "yes", "q_size": "9"}).h1 == "Une condition n'est pas remplie"
    for given in ({"q_ai": "no", "q_size": "10"}, {}):
        assert visitor().post(path, given).h1 == "Rien ne peut encore être vérifié"
    assert "Écrivez un nombre" in visitor().post(path, {"q_size": "beaucoup"}, status=422).text


@pytest.mark.parametrize("rules", [[], [JUDGED], [JUDGED, rule("plan_balanced"), rule("siret_valid")]])
def test_a_call_that_checks_nothing_beforehand_says_so(db, visitor, rules):
    slug = opened(rules, contacts="Service des données\n04 00 00 00 01")
    page = visitor().get(f"/appels/{slug}/eligibilite")
    assert "Aucune condition de cet appel ne se vérifie d'avance" in page.text
    assert asked(page) == []
    assert "04 00 00 00 01" in page.text
    assert ("Une autre structure en profite. Apprécié par une personne." in page.text) == bool(rules)
    assert f"/appels/{slug}/deposer" in page.links()


def test_a_call_without_money_asks_none(db, visitor):
    slug = opened([RATE, MONTHS], kind="prize", money_asked="none", asks_data=False, documents=[])
    assert asked(visitor().get(f"/appels/{slug}/eligibilite")) == ["months"]


def two(**values):
    return [{**ONE, "title": "Ouvrir"}, {**ONE, "code": "B", "title": "Réutiliser", **values}]


def test_the_strand_is_asked_only_where_it_decides(db, visitor):
    assert asked(visitor().get(f"/appels/{opened([RATE], strands=two())}/eligibilite")) == ["cost", "requested"]
    limits = [rule("cost_min", strand="A", amount=40_000), rule("cost_min", strand="B", amount=4_000)]
    slug = opened(limits, strands=two())
    assert asked(visitor().get(f"/appels/{slug}/eligibilite")) == ["strand", "cost"]
    assert "N'est pas un choix valide" in check(visitor(), slug, 422, strand="Z").text
    assert "Avec ces réponses, un autre volet convient : Réutiliser." in check(visitor(), slug).text


def test_the_strand_comes_first_where_each_asks_its_own(db, visitor):
    slug = opened([rule("cost_min", strand="A", amount=40_000), MONTHS | {"strand": "B"}], strands=two())
    path = f"/appels/{slug}/eligibilite"
    first = visitor().get(path)
    assert asked(first) == []
    assert f"{path}?volet=B" in first.links()
    assert asked(visitor().get(f"{path}?volet=A")) == ["cost"]
    assert asked(visitor().get(f"{path}?volet=B")) == ["months"]
    page = visitor().post(path, {"strand": "A", "cost": "20 000"}, form=f"{path}?volet=A")
    assert page.h1 == "Une condition n'est pas remplie"
    assert "un autre volet" not in page.text  # Nothing was asked of its months.


# ---- what is said ------------------------------------------------------------------------------------


def test_a_project_that_fits_may_start_with_what_is_known(db, visitor):
    slug = opened(ALL)
    page = check(visitor(), slug)
    assert page.h1 == "Votre projet remplit les conditions vérifiables"
    carried = "volet=A&territoire=13&theme=transition-energetique&debut=2027-03-01&mois=12&demande=10000.00"
    assert f"/appels/{slug}/deposer?{carried}" in page.links()
    assert "Une autre structure en profite. Apprécié par une personne." in page.text
    assert "Condition plan_balanced. Vérifié dans le dossier." in page.text


def test_the_changes_that_are_said_hold_together(db, visitor):
    limits = [RATE, rule("request_max", amount=15_000), rule("public_share_max", percent=80), PLACES]
    slug = opened(limits)
    page = check(visitor(), slug, requested="16 000", other_public="2 000")
    assert page.h1 == "Trois conditions ne sont pas remplies"
    assert "Ce changement suffit : Demandez 10 000,00 € au plus." in page.text
    assert "15 000,00" not in page.text
    assert "Gardez" not in page.text
    assert 'value="16 000"' in plain(page.body.decode())
    page = check(visitor(), slug, requested="16 000", other_public="2 000", territory_code="05")
    assert "Pour les montants et les dates : Demandez 10 000,00 € au plus." in page.text
    assert "Mais aucun montant ni aucune date ne change ceci : Le projet a lieu dans le 13." in page.text


def test_a_start_that_is_too_early_moves_the_project_and_keeps_its_length(db, visitor):
    slug = opened([rule("start_after_deposit"), MONTHS])
    said = check(visitor(), slug, starts_on="2026-01-01", months="6").text
    assert "Ce changement suffit : Commencez le 23 novembre 2026 au plus tôt. Changez" in said
    said = check(visitor(), slug, starts_on="2026-01-01", months="24").text
    assert "Commencez le 23 novembre 2026 au plus tôt. Ramenez le projet à 12 mois." in said


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [("cost", "à voir", "Écrivez un montant en chiffres"), ("months", "0", "Entre 1 et 120 mois."),
     ("months", "douze", "Écrivez un nombre entier"), ("carrier_kind", "", "Choisissez dans la liste."),
     ("territory_code", "", "Choisissez dans la liste."), ("requested", "", "Écrivez le montant demandé"),
     ("requested", "-5", "montant positif"), ("theme", "", "Choisissez dans la liste."),
     ("starts_on", "31/02/2027", "date"), ("own_funds", "", "Écrivez votre apport")],
)  # fmt: skip
def test_a_wrong_answer_comes_back_with_its_sentence(db, visitor, field, typed, words):
    page = check(visitor(), opened(ALL), 422, **{field: typed})
    assert words in page.text
    if typed and field in {"cost", "months", "requested"}:
        assert f'value="{typed}"' in page.body.decode()
    assert 'value="20 000"' in page.body.decode() or field == "cost"


def test_a_huge_number_of_months_is_a_sentence_not_a_fault(db, visitor):
    check(visitor(), opened(ALL), 422, months="9" * 30)


# ---- what the draft takes up -------------------------------------------------------------------------


def begin(app, db, address: str, slug: str, strand: str = "A"):
    """Open a draft from an address, as a person who has just signed up would; gives the page and the draft."""
    with unit_of_work():
        person, commune = account(), organisation("Commune de Gap")
        member(person, commune)
        name = commune.slug
    path = f"/appels/{slug}/deposer?{address}"
    page = visitor_for(app, person).post(path, {"organisation": name, "strand": strand, "title": "Carte"})
    db.session.rollback()
    return page, db.session.scalars(select(Application)).one()


def test_the_draft_takes_up_the_answers_and_says_so(app, db, visitor):
    slug = opened([*ALL, READS], strands=[{**ONE, "questions": QUESTIONS}])
    done = check(visitor(), slug, q_ai="yes", q_size="12")
    [link] = [each for each in done.links() if "/deposer?" in each]
    page, draft = begin(app, db, link.split("?")[1], slug)
    assert (draft.territory_code, draft.theme.code, draft.requested_amount) == (
        "13",
        "transition-energetique",
        Decimal(10_000),
    )
    assert (draft.starts_on, draft.ends_on) == (date(2027, 3, 1), date(2028, 3, 1))
    assert draft.answers == {"ai": "yes", "size": 12}
    assert "Déjà rempli : le territoire, le thème, les dates, le montant demandé, 2 réponses." in page.text
    assert (
        db.session.scalar(select(func.count()).select_from(BudgetLine)) == 0
    )  # A cost without its lines is no budget.


@pytest.mark.parametrize(
    "address",
    ["territoire=99&theme=inconnu&debut=hier&mois=-3&demande=-1&q_ai=peut-etre&q_size=x&q_other=forged",
     "territoire=none&theme=none&debut=9999-12-31&mois=12&demande=1e9", "debut=2199-12-31&mois=" + "9" * 40, "debut=2199-12-31&mois=12",
     "territoire=" + "9" * 3000, "q_ai=%22&q_size=%C3%28&theme=%27&debut=%C3", "q_ai-0=yes&q_size-name=1&csrf_token=x&strand=Z"],
)  # fmt: skip
def test_a_forged_address_writes_nothing_that_the_form_would_refuse(app, db, address):
    slug = opened([*ALL, READS], strands=[{**ONE, "questions": QUESTIONS}])
    page, draft = begin(app, db, address, slug)
    assert page.h1 == "Le projet"
    assert (draft.territory_code, draft.theme, draft.requested_amount, draft.ends_on) == (None, None, None, None)
    assert set(draft.answers) <= {"ai", "size"}
    assert draft.answers.get("ai") in (None, "yes")


def test_the_answers_of_another_strand_are_left(app, db):
    slug = opened([READS | {"strand": "A"}, KINDS], strands=[{**ONE, "questions": QUESTIONS}, {**ONE, "code": "B"}])
    _page, draft = begin(app, db, "volet=A&q_ai=yes&q_size=12&territoire=05", slug, strand="B")
    assert (draft.answers, draft.territory_code) == ({}, "05")


def test_a_theme_that_the_call_no_longer_offers_is_left(app, db):
    slug = opened([rule("theme_chosen")], theme_codes=["transition-energetique"])
    with unit_of_work():
        applications.theme("e-sante")
    assert begin(app, db, "theme=e-sante", slug)[1].theme is None

"""What an applicant reads once silence has decided, and the window of an appeal beside its text: the same words everywhere."""

from datetime import date, timedelta

import pytest

from programme.applications import queries, services
from programme.applications.models import Application
from programme.applications.states import ApplicationState
from programme.core.unit_of_work import unit_of_work
from tests.applications.test_agenda import entries
from tests.factories import applications, calls
from tests.factories.people import NOON, account, member, organisation, visitor_for
from tests.pages import plain

pytestmark = pytest.mark.db
SILENCE = NOON + timedelta(days=61)
"""23 January 2027, two months after the deposit: a Saturday. The appeal is open until 24 March."""
REFUSED = "Refus tacite depuis le samedi 23 janvier 2027."
CONTEST = "Vous pouvez le contester jusqu'au mercredi 24 mars 2027. La Région peut encore vous répondre."
BEFORE = "Sans réponse de la Région le samedi 23 janvier 2027, votre dossier est réputé"
PROMISE = "Réponse de la Région avant"


def handed_in(**values):
    with unit_of_work():
        person, commune = account(name="Camille"), organisation("Commune de Gap")
        member(person, commune)
        made = applications.submitted(
            by=person, of=commune, title="Fraîcheurs", to=calls.open_call(**values).sessions[0]
        )
    return person, made


def bare(text):
    """Without full stops: a title has none."""
    return text.replace(".", "")


def read(app, person, made):
    """The list, the page and the calendar's note."""
    visitor = visitor_for(app, person)
    note = " ".join(each["DESCRIPTION"] for each in entries(lambda: visitor, person).values())
    texts = visitor.get("/mes-dossiers").text, visitor.get(f"/dossiers/{made.reference}").text, plain(note)
    return [bare(" ".join(text.split())) for text in texts]


def test_before_its_day_silence_is_a_date_of_the_law_and_no_promise(app, db, freeze):
    person, made = handed_in()
    freeze.move_to(SILENCE)
    for text in read(app, person, made):
        assert f"{BEFORE} refusé" in text
        assert PROMISE not in text
        assert "depuis le samedi 23" not in text
    assert "La Région vérifie vos pièces" in read(app, person, made)[1]


def test_after_its_day_the_refusal_is_said_with_what_one_may_do(app, db, freeze):
    person, made = handed_in()
    freeze.move_to(SILENCE + timedelta(days=1))
    for text in read(app, person, made):
        assert bare(f"{REFUSED} {CONTEST}") in text
        assert BEFORE not in text
    page = visitor_for(app, person).get(f"/dossiers/{made.reference}")
    assert "La Région vérifie vos pièces" not in page.text
    assert "Recours dans les deux mois devant le tribunal administratif de Marseille." in page.text
    assert "va jusqu'au mercredi 24 mars 2027 inclus. Le texte ci-dessus dit quand" in page.text
    assert page.tree.xpath("//a[@href='#recours']")
    assert page.tree.xpath("//h2[@id='recours']")


def test_once_the_window_is_over_nobody_is_told_to_contest(app, db, freeze):
    person, made = handed_in()
    freeze.move_to(NOON.replace(year=2027, month=3, day=25))
    for text in read(app, person, made):
        assert bare(f"{REFUSED} La Région peut encore vous répondre.") in text
        assert "Vous pouvez le contester" not in text
    assert "a pris fin le mercredi 24 mars 2027" in read(app, person, made)[1]


def test_an_accord_is_said_as_one(app, db, freeze):
    person, made = handed_in(silence_accepts=True)
    freeze.move_to(SILENCE)
    assert all(f"{BEFORE} accepté" in text for text in read(app, person, made))
    freeze.move_to(SILENCE + timedelta(days=1))
    for text in read(app, person, made):
        assert "Accord tacite depuis le samedi 23 janvier 2027 La Région vous en délivre l'attestation" in text
        assert "contester" not in text
        assert "Refus" not in text
    assert "recours" not in read(app, person, made)[1]


def test_the_calendar_has_the_end_of_the_window_once_there_is_one(app, db, freeze, visitor):
    person, _made = handed_in()
    assert set(entries(visitor, person)) == {"Refus tacite sans réponse : Fraîcheurs"}
    freeze.move_to(SILENCE + timedelta(days=1))
    found = entries(visitor, person)
    assert {name: each["DTSTART"] for name, each in found.items()} == {
        "Refus tacite : Fraîcheurs": "20270123", "Fin du délai de recours : Fraîcheurs": "20270324",
    }  # fmt: skip
    assert len({each["UID"] for each in found.values()}) == 2


@pytest.mark.parametrize("suspended", [True, False])
def test_a_request_that_waits_for_its_answer_does_not_hide_a_refusal(app, db, freeze, suspended):
    person, made = handed_in(silence_suspended_by_request=suspended)
    with unit_of_work():
        found = db.session.scalars(queries.for_update(made.reference)).one()
        services.request_info(found, "Le devis.", ["Devis"], date(2026, 12, 10), by=person, at=NOON)
    freeze.move_to(SILENCE + timedelta(days=1))
    mine = visitor_for(app, person).get("/mes-dossiers").text
    assert "Complétez au plus tard le 10 décembre 2026." in mine
    assert (REFUSED in mine) is not suspended
    page = visitor_for(app, person).get(f"/dossiers/{made.reference}").text
    assert (bare(REFUSED) in bare(page)) is not suspended
    assert ("Le délai est suspendu jusqu'à votre réponse." in page) is suspended


# ---- a decision that was told --------------------------------------------------------------------


@pytest.mark.parametrize("verb", ["declare_inadmissible", "drop", "redirect"])
def test_a_decision_that_was_told_has_its_window_from_that_day(app, db, freeze, verb):
    person, made = handed_in()
    told = NOON + timedelta(days=3)
    with unit_of_work():
        found = db.session.scalars(queries.for_update(made.reference)).one()
        if verb == "drop":
            services.request_info(found, "Le devis.", ["Devis"], date(2026, 12, 10), by=person, at=NOON)
        services.close(found, verb, "Hors du champ.", by=person, at=told)
    page = visitor_for(app, person).get(f"/dossiers/{made.reference}")
    window = "compté depuis le jeudi 26 novembre 2026, va jusqu'au mercredi 27 janvier 2027 inclus. Si la décision vous"
    assert (window in page.text) is (verb != "redirect")
    assert bool(page.tree.xpath("//h2[@id='recours']")) is (verb != "redirect")
    freeze.move_to(NOON.replace(year=2027, month=1, day=28))
    again = visitor_for(app, person).get(f"/dossiers/{made.reference}").text
    assert ("a pris fin le mercredi 27 janvier 2027." in again) is (verb != "redirect")


def test_a_decision_of_an_unknown_day_has_the_text_alone(app, db, freeze):
    person, made = handed_in()
    with unit_of_work():
        found = db.session.get_one(Application, made.id)
        found.state, found.silence_on = ApplicationState.INADMISSIBLE, None
    page = visitor_for(app, person).get(f"/dossiers/{made.reference}").text
    assert "Recours dans les deux mois devant le tribunal administratif de Marseille." in page
    assert "Un repère" not in page

"""A call is defined on the screen from nothing, written as a document, read again equal; the shape of the document is published."""

import json

import pytest

from programme.calls import services
from programme.cli.demo import calls_demo
from programme.cli.demo import strategy as demo_strategy
from programme.core.clock import now
from programme.core.unit_of_work import unit_of_work
from programme.strategy import queries as strategy
from programme.strategy.states import ThemeSet
from tests.calls.typist import Typist, in_words, reader_of

CALENDAR = [
    {"label": "Relève d’hiver", "opens_at": "2027-01-04T08:00:00+00:00", "closes_at": "2027-03-29T10:00:00+00:00",
     "envelope": "120000.00", "committee_on": "2027-04-20", "vote_on": None},
    {"label": "Relève d’été", "opens_at": "2027-04-01T07:00:00+00:00", "closes_at": "2027-06-30T10:00:00+00:00",
     "envelope": "0.10", "committee_on": None, "vote_on": "2027-10-15"},
]  # fmt: skip


def as_stored(db, name):
    """A demonstration call as the database gives it back, through JSON text."""
    with unit_of_work():
        document = calls_demo.read(name)
        some = list(services.themes(document))[1:3]
        money = {"annual_envelopes": {"2027": "120000.10", "2028": "0.00"}, "award_ceiling": "90000.00"}
        call = services.install({**document, "sessions": CALENDAR, "theme_codes": some, **money}, at=now())
    written = json.loads(json.dumps(services.definition_of(call)))
    return {**written, "code": f"{call.code}-ECRAN"}


@pytest.mark.slow
@pytest.mark.parametrize("name", ["permanent", "territoires"])
def test_both_demonstration_calls_are_typed_exported_and_read_again_equal(app, db, agent, name, tmp_path):
    with unit_of_work():
        demo_strategy.load(now())
    wanted = as_stored(db, name)
    themes = {each.code: each.label for each in db.session.scalars(strategy.themes(ThemeSet(wanted["theme_set"])))}
    person = reader_of(app, agent.client.get_cookie("session").value)
    hub = Typist(person, wanted, themes).define()
    person.visit(hub)
    exported = json.loads(person.download("Télécharger la définition (JSON)"))
    for key, value in in_words(wanted).items():
        assert in_words(exported)[key] == value, key
    assert "manquent avant la publication" not in person.text()
    assert sum(bool(each["redirect_to"]) for each in exported["rules"]) == (2 if name == "territoires" else 0)
    file = tmp_path / "appel.json"
    file.write_text(json.dumps(exported), encoding="utf-8")
    person.visit("/agents/appels/nouveau")
    person.attach("Le fichier de l’appel", file)
    person.press("Lire le fichier")
    again = json.loads(person.download("Télécharger la définition (JSON)"))
    assert {**again, "code": "", "slug": ""} == {**exported, "code": "", "slug": ""}

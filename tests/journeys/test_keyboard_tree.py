"""A whole application with a keyboard and a voice: every stop has a role, a name and its states, in the order one reads.

Mistakes are made on purpose: they are said aloud, lead to the field, and are mended.
"""

import re

import pytest
from playwright.sync_api import expect

from tests.demonstration import demonstration
from tests.journeys import tasks
from tests.journeys.listener import Listener, Narrow

pytestmark = [pytest.mark.journey, pytest.mark.slow]


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """A demonstration of its own."""
    instance = demonstration(tmp_path_factory, "keyboard")
    try:
        instance.start()
        yield tasks.Demo(instance, instance.folder)
    finally:
        instance.stop()


@pytest.mark.parametrize("way", [Listener, Narrow], ids=lambda way: way.way)
def test_a_whole_application_is_said_truly_at_every_stop(chromium, demo, way):
    person = way(chromium, demo.instance.root, "porteur")
    try:
        tasks.play(tasks.file_an_application, person, demo)
        assert person.stops > 150
        assert {"link", "button", "textbox", "radio", "checkbox", "combobox"} <= person.roles
        print(f"{way.way}: {person.stops} stops, roles {', '.join(sorted(person.roles))}")
    finally:
        person.close()


def draft_of(person):
    """The address of the first draft of the list."""
    person.visit("/mes-dossiers")
    for path in person.page.eval_on_selector_all(
        "main a[href^='/dossiers/']", "e => e.map(x => x.getAttribute('href'))"
    ):
        person.visit(path)
        if person.path().endswith("/projet"):
            return re.sub(r"/projet$", "", person.path())
    raise AssertionError("no draft in the demonstration")


def until_heard(person, words):
    """Wait for a sentence that nobody asked for."""
    for _wait in range(200):
        found = [each for each in person.heard() if re.search(words, each)]
        if found:
            return found[-1]
        person.page.wait_for_timeout(50)
    raise AssertionError(f"« {words} » is not said; heard: {person.heard()}")


def test_a_mistake_is_said_leads_to_its_field_and_is_mended(chromium, demo):
    person = Listener(chromium, demo.instance.root, "porteur")
    try:
        tasks.sign_in(person, "porteur@association.example")
        path = draft_of(person)
        person.visit(f"{path}/budget")
        person.fill("Poste 1", "Relevés de l’été")
        person.fill("Montant du poste 1", "à voir")
        person._press("Tab")
        until_heard(person, r"Enregistré .*Pas gardé\s: .*Montant")
        person._press("Shift+Tab")
        said = person._said()
        assert said["invalid"]
        assert "Écrivez un montant en chiffres" in said["description"]
        person.page.keyboard.press("Control+A")
        person.page.keyboard.insert_text("6 400")
        person._press("Tab")
        expect(person.page.locator("#lines-0-amount-error")).to_have_count(0)
        person._press("Shift+Tab")
        assert not person._said()["invalid"]
        person.whole()

        person.visit(f"{path}/relecture")
        person.press("Déposer le dossier")
        summary = person._said()
        assert summary["role"] == "alert", "the list of what is wrong has the focus, hence is read first"
        assert summary["name"]
        person._press("Tab")
        assert person._said()["role"] == "link"
        person._press("Enter")
        box = person._said()
        assert (box["role"], box["invalid"], box["checked"]) == ("checkbox", True, False)
        assert box["description"]
        person._press("Space")
        assert person._said()["checked"]
        person.problems[:] = []  # The console notes the 422 that was asked for.
    finally:
        person.close()


@pytest.mark.parametrize(
    ("field", "lie"),
    [
        ("select[required]", "e.required = false"), ("input[type=radio][required]", "e.required = false"),
        ("select[required]", "e.labels[0].append(' (facultatif)')"), ("input[type=text][required]", "e.labels[0].append(' (facultatif)')"),
    ],
)  # fmt: skip
def test_control_words_and_states_that_disagree_on_what_is_required_are_heard(chromium, demo, field, lie):
    person = Listener(chromium, demo.instance.root, "porteur")
    try:
        tasks.sign_in(person, "porteur@commune.example")
        person.visit("/appels/donnees-du-territoire/deposer")
        place = person.page.locator(field).first
        place.focus()
        person._hear(forward=True)
        place.evaluate(f"e => {{ {lie} }}")
        with pytest.raises(AssertionError, match="the words say otherwise"):
            person._hear(forward=True)
    finally:
        person.close()

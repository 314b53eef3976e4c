"""Each role does its main tasks on the demonstration, and what they cost is written down.

The applicant does them also with a keyboard only, on a phone 320 pixels wide and without script; the reader has a phone.
`build/journeys` keeps the pictures and `effort.md`, the table of costs.
"""

import pytest

from tests.demonstration import demonstration
from tests.journeys import tasks
from tests.journeys.effort import table
from tests.journeys.travellers import PICTURES, Phone, Plain, Traveller, Typist

pytestmark = [pytest.mark.journey, pytest.mark.slow]

ROLES = [
    ("public", Traveller, [tasks.learn_whether_it_fits, tasks.see_who_was_funded, tasks.find_a_reuse]),
    ("appels", Traveller, [tasks.prepare_a_call]),
    ("appels", Typist, [tasks.prepare_a_call]),
    ("porteur", Traveller, [tasks.file_an_application, tasks.answer_a_request, tasks.sign_an_agreement]),
    ("porteur", Typist, [tasks.file_an_application]),
    ("porteur", Phone, [tasks.file_an_application]),
    ("porteur", Plain, [tasks.file_an_application]),
    ("instruction", Traveller, [tasks.treat_a_file, tasks.ask_for_a_piece]),
    ("evaluation", Phone, [tasks.evaluate_on_a_phone]),
    ("direction", Traveller, [tasks.chair_the_committee]),
    ("partenaire", Traveller, [tasks.propose_a_challenge, tasks.ask_for_a_partnership]),
    ("participant", Phone, [tasks.register]),
    ("reutilisateur", Traveller, [tasks.declare_a_reuse]),
]
EFFORTS = []


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """The demonstration, started once."""
    instance = demonstration(tmp_path_factory, "roles")
    try:
        instance.start()
        yield tasks.Demo(instance, instance.folder)
    finally:
        instance.stop()


@pytest.mark.parametrize(
    ("role", "way", "task"),
    [
        pytest.param(role, way, task, id=f"{role}, {task.__name__}, {way.way}")
        for role, way, played in ROLES
        for task in played
    ],
)
def test_a_role_does_its_main_tasks(chromium, demo, role, way, task):
    person = way(chromium, demo.instance.root, role)
    try:
        tasks.play(task, person, demo)
    finally:
        person.close()
    EFFORTS.extend(person.done)
    PICTURES.mkdir(parents=True, exist_ok=True)
    (PICTURES / "effort.md").write_text(table(EFFORTS), encoding="utf-8")

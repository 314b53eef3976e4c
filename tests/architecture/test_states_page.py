"""docs/states.md shows the machines that the code runs, all of them."""

import importlib.util
import pkgutil
from importlib import import_module
from pathlib import Path

import programme
from programme.core.state_machine import StateMachine

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "write_states.py"


def page():
    spec = importlib.util.spec_from_file_location("write_states", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def machines_of_the_code():
    found = {}
    for module in pkgutil.walk_packages(programme.__path__, "programme."):
        if module.name.endswith(".states") or module.name.startswith("programme.core."):
            for name, value in vars(import_module(module.name)).items():
                if isinstance(value, StateMachine):
                    found[id(value)] = f"{module.name}.{name}"
    return found


def test_the_page_is_that_of_the_code():
    module = page()
    assert module.PAGE.read_text(encoding="utf-8") == "\n".join(module.lines()) + "\n"


def test_no_machine_is_missing_from_the_page():
    shown = {id(machine) for machine in page().machines()}
    assert [name for key, name in machines_of_the_code().items() if key not in shown] == []


def test_every_state_can_be_reached_or_is_a_beginning():
    """No state of a machine is an island: it is where a life begins, or a verb leads to it."""
    for machine in page().machines():
        reached = {each.to for each in machine}
        begun = {state for each in machine for state in each.of} - reached
        enum = type(next(iter(machine)).to)
        assert set(enum) - reached - begun == set(), enum.__name__

"""The house's budgets and furniture: short files, short doors, the same few file names in every room."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HOUSE = ROOT / "programme"
FACES_AND_GROUND = {"core", "cli", "site", "api", "static", "translations", "__pycache__"}
ROOMS = sorted(each for each in HOUSE.iterdir() if each.is_dir() and each.name not in FACES_AND_GROUND)
FURNITURE = {
    "__init__", "states", "scoring", "rules", "labels", "models", "policy", "queries", "notifications", "documents",
    "sources", "forms", "services", "views", "jobs", "thread",
}  # fmt: skip
FORBIDDEN = {"utils", "util", "helpers", "helper", "common", "misc", "shared", "tools", "lib"}
SOURCES = sorted(each for each in HOUSE.rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
VIEW_LINES, SERVICE_LINES = 15, 25


def where(path: Path) -> str:
    return str(path.relative_to(ROOT))


def length(function: ast.FunctionDef, lines: list[str]) -> int:
    """Lines of the body that say something: no docstring, no comment, no empty line, no bracket that only closes."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    if not body:
        return 0
    said = lines[body[0].lineno - 1 : function.end_lineno]
    return sum(1 for line in said if line.split("#")[0].strip(" )]},"))


def functions(path: Path) -> Iterator[tuple[ast.FunctionDef, int]]:
    text = path.read_text(encoding="utf-8")
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef):
            yield node, length(node, text.splitlines())


def is_view(function: ast.FunctionDef) -> bool:
    return any(ast.unparse(each).startswith("bp.") for each in function.decorator_list)


VIEWS = [each for each in SOURCES if each.stem == "views" or each.parent.name == "views"]
SERVICES = [each for each in SOURCES if each.stem == "services" or each.parent.name == "services"]


@pytest.mark.parametrize("path", SOURCES, ids=where)
def test_a_file_is_read_in_one_sitting(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


@pytest.mark.parametrize("path", TESTS, ids=where)
def test_a_test_file_too(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 600


def test_the_suites_ground_is_short():
    assert len((ROOT / "tests" / "conftest.py").read_text(encoding="utf-8").splitlines()) <= 120


@pytest.mark.parametrize("path", [*SOURCES, *TESTS], ids=where)
def test_no_file_is_named_for_nothing(path):
    assert path.stem not in FORBIDDEN
    assert path.parent.name not in FORBIDDEN


@pytest.mark.parametrize("room", ROOMS, ids=lambda each: each.name)
def test_a_room_has_the_furniture_of_all_rooms_and_no_other(room):
    named = {each.stem for each in room.iterdir() if each.suffix == ".py" or each.is_dir()} - {"__pycache__"}
    templates = {each.stem for each in room.glob("*.toml")}
    assert named - templates <= FURNITURE


@pytest.mark.parametrize("path", VIEWS, ids=where)
def test_a_view_reads_asks_acts_and_answers_in_fifteen_lines(path):
    long = {function.name: size for function, size in functions(path) if is_view(function) and size > VIEW_LINES}
    assert long == {}


@pytest.mark.parametrize("path", SERVICES, ids=where)
def test_a_service_is_one_act_in_twenty_five_lines(path):
    long = {function.name: size for function, size in functions(path) if size > SERVICE_LINES}
    assert long == {}


@pytest.mark.parametrize("path", SOURCES, ids=where)
def test_every_module_and_public_thing_says_what_it_is(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree), "no module docstring"
    named = (ast.FunctionDef, ast.ClassDef)
    silent = [
        each.name
        for each in tree.body
        if isinstance(each, named) and not each.name.startswith("_") and not ast.get_docstring(each)
    ]
    assert silent == []


def test_the_rulers_measure():
    text = 'def f():\n    """Doc."""\n    # why\n    a = 1\n\n    return (\n        a\n    )\n'
    function = ast.parse(text).body[0]
    assert length(function, text.splitlines()) == 3
    view = ast.parse("@bp.get('/')\n@access(PUBLIC)\ndef f(): pass").body[0]
    assert is_view(view)
    assert len(VIEWS) > 20
    assert len(SERVICES) > 5

"""Every table, code and role has its line in the glossary, with its French term and the words not to say."""

import importlib
import inspect
import pkgutil
import re
from enum import StrEnum
from pathlib import Path

import pytest

import programme
from programme.extensions import Base

GLOSSARY = (Path(__file__).resolve().parents[2] / "docs" / "glossary.md").read_text(encoding="utf-8")
LINE = re.compile(
    r"^- \*\*(?P<term>[^*]+)\*\* · `(?P<code>\w+)` · (?P<text>.+) · \*(?P<forbidden>[^*]+)\*$", re.MULTILINE
)
LINES = {each["code"]: each for each in LINE.finditer(GLOSSARY)}
CODES = re.compile(r"· `(\w+)` · [^\n]+\n  codes : ([^\n]+)")
VALUES = {code: set(re.findall(r"`([\w-]+)`", text)) for code, text in CODES.findall(GLOSSARY)}


def rooms():
    """Every module of the house that may hold a code: states, and what the ground floor keeps."""
    for found in pkgutil.walk_packages(programme.__path__, "programme."):
        if found.name.endswith(".states") or found.name.startswith("programme.core."):
            yield importlib.import_module(found.name)


ENUMS = sorted(
    {
        each
        for module in rooms()
        for _name, each in inspect.getmembers(module, inspect.isclass)
        if issubclass(each, StrEnum) and each.__module__ == module.__name__
    },
    key=lambda each: each.__qualname__,
)
for _found in pkgutil.walk_packages(programme.__path__, "programme."):
    if _found.name.endswith(".models"):
        importlib.import_module(_found.name)
MODELS = sorted((each.class_ for each in Base.registry.mappers), key=lambda each: each.__name__)


@pytest.mark.parametrize("model", MODELS, ids=lambda each: each.__name__)
def test_every_table_is_in_the_glossary(model):
    assert model.__name__ in LINES, f"docs/glossary.md has no line for `{model.__name__}`"


@pytest.mark.parametrize("code", ENUMS, ids=lambda each: each.__name__)
def test_every_code_is_in_the_glossary_with_its_values(code):
    assert code.__name__ in LINES, f"docs/glossary.md has no line for `{code.__name__}`"
    assert VALUES.get(code.__name__, set()) == {each.value for each in code}


def test_each_notion_has_one_line():
    found = [each["code"] for each in LINE.finditer(GLOSSARY)]
    assert sorted(found) == sorted(set(found))
    assert len(found) == len(re.findall(r"^- ", GLOSSARY, re.MULTILINE)), "a line is not written as the others"


@pytest.mark.parametrize("model", MODELS, ids=lambda each: each.__name__)
def test_every_table_says_its_french_term(model):
    assert re.search("« .+ »", model.__doc__ or "") or model.__name__ == "NumberSeries", (
        "the docstring has no « terme »"
    )

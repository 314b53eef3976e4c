"""Every string that a person reads goes through gettext: a translation needs no change of the code."""

import ast
import re
from functools import lru_cache
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir, extract_from_file

ROOT = Path(__file__).resolve().parents[2]
KEYWORDS = {
    "_": None, "gettext": None, "_l": None, "lazy_gettext": None, "ngettext": (1, 2), "lazy_ngettext": (1, 2),
    "plural": (1, 2), "personal": (1,), "not_personal": (1,),
}  # fmt: skip
LETTERS = re.compile(r"[A-Za-zÀ-ÿ]{2,}")
JINJA = re.compile(r"\{#.*?#\}|\{% macro.*?%\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
NOT_WORDS = re.compile(r"<!--.*?-->|<style.*?</style>|<svg.*?</svg>|<pre.*?</pre>", re.DOTALL)
SPOKEN = re.compile(r"(?:aria-label|alt|title|placeholder|data-label)=\"([^\"\x00]*)\"")
# Issued documents are legal texts: not translated.
TEMPLATES = sorted(
    each for each in (ROOT / "templates").rglob("*") if each.suffix in (".html", ".txt") and "pdf" not in each.parts
)

# What stays as it is, and why.
BARE_TEXT = {
    "errors/500.html": "shown when nothing works, not even the translations",
    "errors/507.html": "the same",
    "components/button.html": "a macro that returns class names",
    "components/chart.html": "a macro that returns attributes",
    "layouts/staff.html": "a block that gives a class name",
    "site/components.html": "a block that gives class names",
    "site/components/_states.html": "a line of code shown as an example",
}
NOT_TRANSLATED = {
    "agreements/documents.py": "legal texts of agreements: not translated",
    "agreements/rules/words.py": "amounts in French letters, for agreements",
    "agreements/services/templates.py": "names of French templates",
    "applications/rules/budget_words.py": "words of French spreadsheets, compared without accents",
    "assessment/rules/masking.py": "words of names to leave aside, and a pattern",
    "catalogue/jobs.py": "records of the Region: an indicator's label is its own text",
    "catalogue/sources.py": "headings of a French file, read as they are written",
    "core/database.py": "for the operator, at start",
    "core/errors.py": "pure module: the one sentence of a stale page",
    "core/i18n.py": "French typography itself",
    "core/identifiers.py": "letters to unfold",
    "core/identity.py": "for the operator, at start",
    "core/personal_data.py": "a pattern",
    "core/search/words.py": "an apostrophe and the words that say nothing",
    "core/theme.py": "for the operator, at start, and the administrator's trial",
    "core/trame.py": "names of themes, compared with records",
    "grants/views.py": "quotation marks",
    "grants/rules/scdl.py": "values of a national schema",
    "grants/sources.py": "values of a national schema",
    "questionnaires/rules/samples.py": "answers of demonstrations, as applicants write them",
    "reuses/rules/export.py": "descriptions of a published schema",
    "reuses/views/public.py": "quotation marks",
    "site/question_specimens.py": "examples of content on the living page",
    "site/specimens.py": "examples of content on the living page",
}
FRENCH = re.compile(r"[éèêàçùîôœÉÀ’«»]|\b(?:le|la|les|un|une|des|du|de|vous|votre|et|est|pour)\b.* ")


def where(path: Path) -> str:
    return str(path.relative_to(ROOT / "templates"))


def bare(source: str) -> list[str]:
    """The words of a template that stand outside every expression, in its text and in the attributes that are read out."""
    text = NOT_WORDS.sub("", JINJA.sub("\x00", source))
    spoken = SPOKEN.findall(text)
    shown = re.split(r"[\x00\n]", re.sub(r"<[^>]*>", "\n", text))
    return [each.strip() for each in (*spoken, *shown) if LETTERS.search(re.sub(r"&\w+;", "", each))]


@pytest.mark.parametrize("path", [each for each in TEMPLATES if where(each) not in BARE_TEXT], ids=where)
def test_a_template_holds_no_word_of_its_own(path):
    known = {"PDF", "(PDF)", "CSV", "JSON", "SIRET", "SVG", "ICS"}
    assert [
        each for each in bare(path.read_text(encoding="utf-8")) if not set(re.findall(r"\(?\w+\)?", each)) <= known
    ] == []


@pytest.mark.parametrize(
    "source",
    [
        "<p>Déposer</p>",
        '<a aria-label="Fermer">{{ x }}</a>',
        "{% if x %}Bonjour{% endif %}",
        "<h1>{{ a }} sur {{ b }}</h1>",
    ],
)
def test_the_check_sees_a_bare_word(source):
    assert bare(source)


def test_the_check_lets_what_is_asked_of_gettext_pass():
    assert bare('<p class="note" id="x">{{ _("Déposer") }} {# un mot #}{% set y = "mot" %}</p>') == []


@lru_cache
def extracted() -> frozenset[str]:
    """Every message of the program's code."""
    found = extract_from_dir(str(ROOT / "programme"), [("**.py", "python")], keywords=KEYWORDS)
    return frozenset(
        text
        for _file, _line, message, *_rest in found
        for text in ((message,) if isinstance(message, str) else message)
    )


def forgotten(source: str, messages: frozenset[str]) -> list[str]:
    """The French sentences of a module that are neither documentation nor messages."""
    tree = ast.parse(source)
    silent = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    return [
        node.value for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in silent
        and FRENCH.search(node.value) and node.value not in messages
    ]  # fmt: skip


SPEAKING = sorted(
    each for each in (ROOT / "programme").rglob("*.py")
    if "cli" not in each.parts and str(each.relative_to(ROOT / "programme")) not in NOT_TRANSLATED
)  # fmt: skip


@pytest.mark.parametrize("path", SPEAKING, ids=lambda each: str(each.relative_to(ROOT)))
def test_a_sentence_in_the_code_is_a_message(path):
    assert forgotten(path.read_text(encoding="utf-8"), extracted()) == []


def test_the_check_sees_a_forgotten_sentence():
    assert forgotten('"""Un module."""\nflash("Votre dossier est déposé.")', frozenset()) == [
        "Votre dossier est déposé."
    ]


def test_every_template_can_be_read_by_the_extractor():
    found = 0
    for path in TEMPLATES:
        found += len(list(extract_from_file("jinja2", str(path), keywords=KEYWORDS)))
    assert found > 1500


def test_the_exceptions_still_exist():
    assert [each for each in BARE_TEXT if not (ROOT / "templates" / each).exists()] == []
    assert [each for each in NOT_TRANSLATED if not (ROOT / "programme" / each).exists()] == []

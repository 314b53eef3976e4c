"""Every column that looks personal says why it is kept, or why it is not personal."""

import importlib
import pkgutil
import re

import pytest

import programme
from programme.core.personal_data import Annotation, register
from programme.extensions import Base

for _found in pkgutil.walk_packages(programme.__path__, "programme."):
    if _found.name.endswith((".models", ".mail", ".storage", ".documents")):
        importlib.import_module(_found.name)

LOOKS_PERSONAL = re.compile(
    r"(^|_)(email|mail|phone|mobile|recipient|first_name|last_name|display_name|sort_name|full_name|surname|birth\w*|"
    r"signature|signatory|signed_by|representative_name|contact\w*|person\w*|author_name|password\w*|motivation|skills|ip|"
    r"ip_address|user_agent|iban|bic)($|_)"
)
# Names of things, not of people; addresses of seats, of places and of pages.
THINGS = {"organisation.sort_name"}
COLUMNS = [
    (table.name, column)
    for table in Base.metadata.sorted_tables
    for column in table.columns
    if LOOKS_PERSONAL.search(column.name) and not column.foreign_keys and f"{table.name}.{column.name}" not in THINGS
]


@pytest.mark.parametrize(("table", "column"), COLUMNS, ids=lambda each: str(getattr(each, "name", each)))
def test_a_personal_looking_column_is_annotated(table, column):
    assert {"personal", "not_personal"} & set(column.info), (
        f"{table}.{column.name} looks personal: give it info=personal(...) or info=not_personal(...)"
    )


def test_the_pattern_finds_what_it_is_for():
    assert {f"{table}.{column.name}" for table, column in COLUMNS} >= {
        "account.email", "account.display_name", "account.password_hash", "organisation.representative_name",
        "outbox_message.recipient",
    }  # fmt: skip
    for name in ("contact_email", "mobile", "birth_date", "ip_address", "signed_by_name"):
        assert LOOKS_PERSONAL.search(name), name
    for name in ("title", "ships", "shipping", "emailed_at_all", "description", "recipient_kind"):
        assert name == "recipient_kind" or not LOOKS_PERSONAL.search(name), name


@pytest.mark.parametrize("line", list(register()), ids=lambda each: f"{each.table}.{each.column}")
def test_an_annotation_is_a_short_french_phrase_with_a_term(line):
    assert isinstance(line.annotation, Annotation)
    assert 5 < len(line.annotation.purpose) <= 120
    assert line.annotation.purpose[0].isupper()
    assert 0 < line.annotation.months <= 1200

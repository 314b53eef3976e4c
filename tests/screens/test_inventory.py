"""The inventory is complete: each page of the application is in it at least once, each state has its own name."""

import re

import pytest

from tests.screens.stage import QUERIES
from tests.screens.states import ALL, bounded

pytestmark = pytest.mark.screens

# Addresses that answer GET with something else than a page, or a page that is another's.
NO_PAGE = {
    "agreements.pdf": "PDF", "applications.calendar": "iCalendar", "applications.piece_file": "a stored file", "applications.message_file": "a stored file", "applications.print_pdf": "PDF", "applications.archive": "ZIP", "assessment.print_pdf": "PDF", "assessment.archive": "ZIP", "assessment.message_file": "a stored file", "applications.receipt_pdf": "PDF", "applications.receipt_data": "JSON", "applications.budget_file": "a table", "applications.budget_template": "a table", "site.keys": "JSON",
    "assessment.copy": "a stored file", "assessment.export_desk": "a table", "assessment.export_ranking": "a table",
    "assessment.letter": "PDF", "calls.definition": "JSON", "calls.schema": "JSON", "calls.questionnaire_schema": "JSON", "calls.give_questions": "JSON", "questionnaires.places": "JSON", "applications.send_part": "JSON", "applications.presence": "JSON", "calls.regulation": "a stored file", "assessment.piece": "a stored file", "assessment.reader_piece": "a stored file",
    "assessment.staff_letter": "PDF", "events.calendar": "iCalendar", "events.event_calendar": "iCalendar",
    "events.export_registrations": "a table", "site.export_consultations": "a table", "grants.open_data": "CSV", "grants.open_data_schema": "JSON",
    "organisations.request_proof": "a stored file",
    "reuses.atom": "Atom", "reuses.image": "a picture", "reuses.open_csv": "CSV", "reuses.open_json": "JSON",
    "reuses.open_schema": "JSON", "site.demo_mail_html": "a mail, in the frame of its page", "site.download_export": "a stored file", "site.health": "JSON", "site.metrics": "figures", "site.my_task": "JSON", "site.logo": "a picture",
    "site.theme": "a style sheet", "static": "files",
}  # fmt: skip


def address(path):
    """A path of the inventory with something in the place of what the database knows."""
    return re.sub(r"\{(\w+):[^}]+\}", lambda each: SAMPLES.get(each.group(1), "1"), path).split("?")[0]


SAMPLES = {"challenge": "evenement/defis/1", "opinion": "1/avis/DT-0000-0000", "document": "ABCD-EFGH"}


def met(app, path):
    adapter = app.url_map.bind("localhost")
    return adapter.match(address(path), method="GET")[0]


REACHED_BY_AN_ACT = {"accounts.confirm", "accounts.reset", "organisations.enter"}


def test_each_page_is_seen_at_least_once(app):
    pages = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in rule.methods} - set(NO_PAGE)
    seen = {met(app, state.path) for state in ALL if not state.mail and state.name != "error-404"}
    assert pages - seen - REACHED_BY_AN_ACT == set()


def test_the_list_of_what_is_no_page_is_up_to_date(app):
    assert set(NO_PAGE) - {rule.endpoint for rule in app.url_map.iter_rules()} == set()


def test_each_state_has_its_own_name_and_there_are_many():
    names = [each.name for each in ALL]
    assert len(names) == len(set(names))
    assert len(names) >= 300
    assert len(bounded(ALL)) >= 150


def test_references_are_asked_to_the_database():
    for state in ALL:
        assert not re.search(r"(DT|C)-[0-9A-Z]{4}-", state.path), state
        assert {kind for kind, _key in re.findall(r"\{(\w+):([^}]+)\}", state.path)} <= set(QUERIES)

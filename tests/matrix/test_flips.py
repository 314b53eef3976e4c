"""The table sees: each right that is given by mistake changes an answer, and the rows of its doors say so."""

import os
import sys
from collections import defaultdict
from zlib import crc32

import pytest

from programme.accounts.states import Role
from programme.core.access import PUBLIC, SIGNED_IN, Rule, rule_of
from tests.matrix.table import lines, outcome, rules_written, tries
from tests.matrix.world import ANONYMOUS

pytestmark = pytest.mark.slow
FLIPS = int(os.environ.get("MATRIX_FLIPS", "40"))
# Policy that says yes to everybody -> a door whose rows must then change. Written by hand.
POLICIES = {
    "agreements.can_see": "agreements.member_page", "agreements.can_edit": "agreements.values",
    "agreements.can_sign": "agreements.sign", "agreements.can_follow": "agreements.follow",
    "agreements.can_lead": "agreements.lead", "agreements.can_set_deliberation": "agreements.deliberation",
    "agreements.can_waive": "agreements.waive", "agreements.can_lead_partner": "agreements.lead_partner",
    "applications.can_see": "applications.show", "applications.can_edit": "applications.project_step",
    "applications.can_act": "applications.carry_over", "applications.can_answer": "applications.answer",
    "applications.can_take_up": "applications.take_up",
    "applications.can_withdraw": "applications.withdraw",
    "applications.can_read_as_staff": "assessment.show", "assessment.can_read": "assessment.prepare",
    "calls.can_see": "calls.show", "calls.may_say": "calls.lead", "evaluation.can_see": "assessment.evaluate",
    "evaluation.can_declare": "assessment.declare", "evaluation.can_mark": "assessment.mark",
    "evaluation.can_open": "assessment.reader_piece", "evaluation.can_reopen": "assessment.reopen",
    "events.can_see": "events.show", "events.can_see_team": "events.team", "events.can_say": "events.move",
    "events.can_propose_challenge": "events.propose_challenge", "events.can_leave": "events.leave_team",
    "events.can_lead": "events.declare_ready", "events.membership": "events.deliver",
    "organisations.is_member": "organisations.show", "organisations.is_owner": "organisations.describe",
    "organisations.is_editor": "applications.questions_step", "organisations.can_end": "organisations.end_member",
    "reuses.can_see": "reuses.show", "reuses.can_edit": "reuses.edit", "reuses.is_author": "reuses.show",
}  # fmt: skip
# Doors behind which the same question is asked again: the door alone gives nothing away, so both are opened together.
ASKED_TWICE = {
    "agreements.deliberation": "agreements.can_set_deliberation", "agreements.lead_partner": "agreements.can_lead_partner",
    "agreements.values": "agreements.can_edit", "agreements.waive": "agreements.can_waive",
    "assessment.archive": "assessment.can_read", "assessment.ask_print": "assessment.can_read",
    "assessment.download": "assessment.can_read", "assessment.print_pdf": "assessment.can_read",
    "assessment.act_on_message": "assessment.can_read", "assessment.message_file": "assessment.can_read",
    "assessment.messages": "assessment.can_read", "assessment.copy": "assessment.can_read", "assessment.piece": "assessment.can_read", "assessment.show": "assessment.can_read",
    "assessment.staff_letter": "assessment.can_read", "calls.lead": "calls.may_say", "calls.move_row": "calls.can_define",
    "catalogue.close_import": "catalogue.can_write", "events.export_registrations": "events.can_read_desk",
    "reuses.act": "reuses.can_moderate", "reuses.moderate": "reuses.can_moderate",
}  # fmt: skip


# Behind these the list itself asks for the role, each by its own function: an open door alone shows nothing more.
OWN_QUESTION = {"assessment.export_ranking", "site.export_consultations", "site.ask_export", "site.download_export"}


def door_flips(world) -> list[tuple[str, Rule]]:
    """A rule that lets more people in, for each door that asks for somebody: everybody, every account, one role more."""
    found: list[tuple[str, Rule]] = []
    kinds = defaultdict(set)
    for line in lines():
        kinds[line.endpoint].add(line.kind)
    for endpoint, name in rules_written().items():
        if name == "public":
            continue
        found.append((endpoint, Rule("flip:public", PUBLIC.allows)))
        if name == "signed_in" or endpoint in OWN_QUESTION:
            continue
        found.append((endpoint, Rule("flip:signed_in", SIGNED_IN.allows)))
        if kinds[endpoint] == {"-"}:
            found += [
                (endpoint, _one_more(world, endpoint, role)) for role in Role if role not in name and name != "staff"
            ]
    return found


def _one_more(world, endpoint: str, role: Role) -> Rule:
    real = rule_of(world.app.view_functions[endpoint])
    assert real is not None
    return Rule(
        f"flip:{role}", lambda account: real.allows(account) or (account is not None and account.has_role(role))
    )


def chosen(every):
    """The share of the suite, always the same."""
    return sorted(every, key=lambda each: crc32(f"{each[0]} {getattr(each[1], 'name', each[1])}".encode()))[:FLIPS]


def rows_of(world, endpoint):
    """The rows of a door, those that expect a refusal first, one of each person and state."""
    rows = list(tries(world, {endpoint}))
    return sorted(rows, key=lambda each: (each.expected == "open", each.who not in (ANONYMOUS, "alone", "dpo")))


def is_seen(world, endpoint) -> bool:
    """Whether one row of the door changes; what the opened door then does (a fault, too) is a change."""
    for each in rows_of(world, endpoint):
        try:
            if outcome(world, each) != each.expected:
                return True
        except Exception:
            world.restore()
            return True
    return False


def flip_policy(monkeypatch, name: str) -> None:
    """Make the policy say yes wherever it is known by name."""
    room, verb = name.split(".")
    real = getattr(sys.modules[f"programme.{room}.policy"], verb)
    for module in [each for key, each in sys.modules.items() if key.startswith("programme.")]:
        if getattr(module, verb, None) is real:
            monkeypatch.setattr(module, verb, lambda *_a, **_k: True)


def test_a_door_that_lets_more_people_in_is_seen(world, monkeypatch):
    unseen, picked = [], chosen(door_flips(world))
    for endpoint, rule in picked:
        with monkeypatch.context() as patch:
            patch.setattr(world.app.view_functions[endpoint], "__access__", rule)
            if endpoint in ASKED_TWICE:
                flip_policy(patch, ASKED_TWICE[endpoint])
            if not is_seen(world, endpoint):
                unseen.append((endpoint, rule.name))
    print(f"{len(picked)} doors opened")
    assert unseen == []


def test_a_policy_that_says_yes_to_everybody_is_seen(world, monkeypatch):
    unseen, picked = [], chosen(POLICIES.items())
    for name, endpoint in picked:
        with monkeypatch.context() as patch:
            flip_policy(patch, name)
            if not is_seen(world, endpoint):
                unseen.append((name, endpoint))
    print(f"{len(picked)} policies opened")
    assert unseen == []


def test_a_door_as_it_is_written_shows_no_change(world):
    """The control of the control: without a flip, the same rows say nothing."""
    assert not is_seen(world, "assessment.committees")
    assert not is_seen(world, "agreements.desk")

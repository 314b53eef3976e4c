"""Who is let in at the other doors; refused methods; and no door of the application without a line of the table."""

import pytest

from tests.matrix.table import doors, lines, rules_written, share, tries, wrong
from tests.matrix.world import ANONYMOUS

pytestmark = pytest.mark.slow
ELSEWHERE = ("applications", "assessment", "agreements", "events", "reuses")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def test_everybody_gets_the_written_answer(world):
    every = list(tries(world, {each.endpoint for each in lines() if each.endpoint.split(".")[0] not in ELSEWHERE}))
    chosen = share(every)
    assert len(chosen) > 800
    print(f"{len(chosen)} pairs of {len(every)}")
    assert wrong(world, chosen) == []


def test_each_door_of_the_application_has_its_line(world):
    written = {(line.method, line.endpoint) for line in lines()}
    assert doors(world.app) - written == set()
    assert written - doors(world.app) == set()
    assert {endpoint for _method, endpoint in written} == set(rules_written())


def test_a_door_without_a_line_is_seen(world):
    """The control: one line less, and the comparison names the door."""
    written = {(line.method, line.endpoint) for line in lines() if line.endpoint != "assessment.release"}
    assert doors(world.app) - written == {("POST", "assessment.release")}


def test_each_line_of_the_table_is_tried_on_something(world):
    """A line that meets nothing in its state proves nothing."""
    met = {(each.method, each.endpoint) for each in tries(world)}
    assert {(line.method, line.endpoint) for line in lines()} - met == set()


def test_a_method_that_a_door_does_not_have_is_refused_to_everybody(world):
    paths = {each.path: each.endpoint for each in tries(world) if each.who == ANONYMOUS}
    one_each = {endpoint: path for path, endpoint in paths.items()}
    wrong_answers, count = [], 0
    for endpoint, path in one_each.items():
        adapter = world.app.url_map.bind("localhost")
        for method in METHODS:
            if adapter.test(path, method):
                continue
            for who in (ANONYMOUS, "owner", "admin"):
                count += 1
                answer = world.knock(world.account_of(who), method, path)
                if answer.status_code != 405:
                    wrong_answers.append((endpoint, method, who, answer.status_code))
    print(f"{count} refused methods")
    assert count > 1000
    assert wrong_answers == []

"""The access table, written by hand and read by people, against what the application declares."""

from pathlib import Path

import pytest

from programme.core.access import Rule, rule_of

TABLE = Path(__file__).with_name("access.txt")


def written() -> dict[str, tuple[str, str]]:
    lines = [line.split("#")[0].split() for line in TABLE.read_text(encoding="utf-8").splitlines()]
    rows = [line for line in lines if line]
    assert all(len(row) == 3 for row in rows), "a line is: endpoint, methods, rule"
    assert len(rows) == len({row[0] for row in rows}), "an endpoint is written twice"
    return {endpoint: (methods, rule) for endpoint, methods, rule in rows}


def declared(app) -> dict[str, tuple[str, str]]:
    methods: dict[str, set[str]] = {}
    for rule in app.url_map.iter_rules():
        methods.setdefault(rule.endpoint, set()).update((rule.methods or set()) - {"HEAD", "OPTIONS"})
    return {
        endpoint: (",".join(sorted(verbs)), getattr(rule_of(app.view_functions[endpoint]), "name", "NONE"))
        for endpoint, verbs in methods.items()
    }


def lines(rows) -> str:
    return "\n".join(f"{endpoint:<36} {methods:<10} {rule}" for endpoint, (methods, rule) in sorted(rows.items()))


def test_the_table_says_what_the_application_does(app):
    table, doors = written(), declared(app)
    missing = {key: value for key, value in doors.items() if table.get(key) != value}
    extra = {key: value for key, value in table.items() if doors.get(key) != value}
    assert missing == {}, f"\nThe application has these doors, the table has not:\n{lines(missing)}"
    assert extra == {}, f"\nThe table has these doors, the application has not:\n{lines(extra)}"


def test_every_door_declares_its_rule(app):
    silent = [endpoint for endpoint, view in app.view_functions.items() if not isinstance(rule_of(view), Rule)]
    assert silent == []


def test_a_door_without_a_rule_does_not_answer(app, monkeypatch):
    """The positive control: the guard denies by default."""
    from config import Testing
    from programme import create_app

    made = create_app(Testing, SQLALCHEMY_DATABASE_URI="sqlite://", VAR=app.config["VAR"])
    made.add_url_rule("/silent", "silent", lambda: "open")
    monkeypatch.setattr(made.logger, "disabled", True)  # One logger for every application of the process.
    assert made.test_client().get("/silent").status_code == 404


def test_every_address_of_the_agents_asks_for_a_role(app):
    rules = {rule.endpoint for rule in app.url_map.iter_rules() if rule.rule.startswith("/agents")}
    open_doors = [each for each in rules if not rule_of(app.view_functions[each]).name.startswith("staff")]
    assert open_doors == []


def test_what_changes_something_is_never_a_get(app):
    verbs = ("fermer", "retirer", "accepter", "supprimer", "publier", "deconnexion")
    wrong = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.rule.rstrip("/").endswith(verbs)
        and "GET" in (rule.methods or ())
        and "POST" not in (rule.methods or ())
    ]
    assert wrong == []


@pytest.mark.db
def test_the_anonymous_visitor_is_never_let_into_a_door_that_asks(app, db):
    """Each door that asks for somebody leads to sign-in or is absent, whatever is in its address."""
    client = app.test_client()
    entered = []
    for rule in app.url_map.iter_rules():
        if rule_of(app.view_functions[rule.endpoint]).name == "public" or "GET" not in (rule.methods or ()):
            continue
        values = {name: 1 if "int" in str(type(each)).lower() else "x" for name, each in rule._converters.items()}
        values |= {
            n: next(iter(c.regex.strip("(?:)").split("|")))
            for n, c in rule._converters.items()
            if "Any" in type(c).__name__
        }
        with app.test_request_context():
            built = app.url_map.bind("localhost").build(rule.endpoint, values, method="GET")
        answer = client.get(built)
        if answer.status_code != 302 or not answer.headers["Location"].startswith("/connexion?next="):
            entered.append((rule.endpoint, answer.status_code))
    assert entered == []

"""What the doors are tried on: one thing of each kind and state of the demonstration, with those who stand close to it.

A row gives the parts of an address by name, `state`, and, under a name that begins with `_`, the account of somebody in
relation with the thing.
"""

import sqlite3
from typing import Any

_PIECE = "(SELECT p.id FROM piece p WHERE p.application_id = a.id ORDER BY p.id LIMIT 1) AS piece_id"
_RULE = (
    "(SELECT r.id FROM eligibility_rule r JOIN call_session s ON s.id = a.session_id WHERE r.call_id = s.call_id AND "
    "r.kind = 'judged' ORDER BY r.strand_id IS NOT NULL, r.id LIMIT 1) AS rule_id"
)
_FILE = "JOIN piece p ON p.application_id = a.id JOIN stored_file f ON f.id = p.file_id"
_IN_TEAM = "SELECT m.account_id FROM team_member m WHERE m.left_at IS NULL AND"
_TEAM_PEOPLE = (
    f"({_IN_TEAM} m.team_id = t.id AND m.is_lead LIMIT 1) AS _lead, "
    f"({_IN_TEAM} m.team_id = t.id AND NOT m.is_lead LIMIT 1) AS _mate, "
    f"({_IN_TEAM} m.team_id <> t.id AND m.account_id NOT IN (SELECT account_id FROM team_member WHERE team_id = t.id) "
    "LIMIT 1) AS _rival"
)
_REUSE = (
    "r.state || CASE WHEN r.organisation_id IS NULL THEN '/by_a_person' ELSE '' END AS state, r.slug, "
    "r.declarer_id AS _author"
)

KINDS = {
    "-": "SELECT '-' AS state",
    "account": "SELECT state, id AS account_id FROM account WHERE email LIKE 'essai%' OR state <> 'active' ORDER BY id",
    "organisation": "SELECT 'any' AS state, o.slug, a.id AS account_id FROM organisation o, account a "
    "WHERE a.email = 'essai-editor@exemple.fr'",
    "application": f"SELECT a.state, a.reference, {_PIECE}, {_RULE} FROM application a ORDER BY a.id",
    "piece": f"SELECT a.state, f.public_id FROM application a {_FILE} ORDER BY a.id",
    "message": "SELECT CASE WHEN m.is_internal THEN 'note' ELSE m.side END AS state, a.reference, m.id AS message_id, f.public_id "
    "FROM message m JOIN application a ON a.id = m.application_id LEFT JOIN message_file j ON j.message_id = m.id "
    "LEFT JOIN stored_file f ON f.id = j.file_id ORDER BY f.id IS NULL, m.id",
    "copy": "SELECT a.state, f.public_id FROM application a JOIN piece p ON p.application_id = a.id JOIN stored_file f ON "
    "f.id = p.redacted_id ORDER BY a.id",
    "interest": "SELECT 'any' AS state, id AS interest_id, account_id AS _author FROM declared_interest ORDER BY id",
    "call": "SELECT state, slug, (SELECT account_id FROM pool_member m WHERE m.pool_id = call.pool_id LIMIT 1) AS account_id "
    "FROM call ORDER BY id",
    "regulation": "SELECT CASE WHEN r.number IS NULL THEN 'waiting' ELSE 'published' END AS state, c.slug, f.public_id FROM "
    "call_regulation r JOIN call c ON c.id = r.call_id JOIN stored_file f ON f.id = r.file_id ORDER BY r.id",
    "first_step": "SELECT state, slug FROM call WHERE leads_to_id IS NOT NULL ORDER BY id",
    "expression": "SELECT a.state, a.reference FROM application a JOIN call_session s ON s.id = a.session_id JOIN call c ON "
    "c.id = s.call_id WHERE c.leads_to_id IS NOT NULL ORDER BY a.id",
    "session": "SELECT state, id AS session_id, (SELECT number FROM deliberation LIMIT 1) AS deliberation, json_object('session', id) AS parametres FROM call_session "
    "ORDER BY id",
    "evaluation": "SELECT e.state || CASE WHEN a.state = 'scoring' THEN '' ELSE '/after' END AS state, "
    "e.id AS evaluation_id, f.public_id, e.reviewer_id AS _assigned FROM evaluation e JOIN application a ON a.id = e.subject_id "
    "JOIN call_session s ON s.id = a.session_id JOIN call c ON c.id = s.call_id LEFT JOIN piece p ON p.application_id = a.id "
    # What the reader may open: in a blind reading the redacted copy alone.
    "LEFT JOIN stored_file f ON f.id = CASE WHEN c.blind_reading THEN p.redacted_id ELSE p.file_id END "
    "WHERE e.subject_kind = 'application' ORDER BY f.id IS NULL, e.id",
    "meeting": "SELECT m.state, m.id AS meeting_id, a.reference FROM committee_meeting m JOIN application a ON "
    "a.session_id = m.session_id WHERE a.submitted_at IS NOT NULL ORDER BY m.id",
    "agreement": "SELECT g.family || '/' || g.state AS state, g.reference, (SELECT c.id FROM commitment c WHERE "
    "c.agreement_id = g.id ORDER BY c.id LIMIT 1) AS commitment_id FROM agreement g ORDER BY commitment_id IS NULL, g.id",
    "partnership": "SELECT p.status AS state, p.id AS partnership_id, o.slug FROM partnership p JOIN organisation o ON "
    "o.id = p.organisation_id ORDER BY p.id",
    "event": "SELECT e.state || CASE WHEN e.kind = 'meetup' THEN '/meetup' ELSE '' END AS state, e.slug, "
    "(SELECT r.account_id FROM registration r WHERE r.event_id = e.id AND r.state IN ('confirmed', 'waiting', 'offered') "
    "LIMIT 1) AS _registered FROM event e ORDER BY e.id",
    "registration": "SELECT r.state, e.slug, r.id AS registration_id FROM registration r JOIN event e ON e.id = r.event_id",
    "team": f"SELECT t.state, t.slug, {_TEAM_PEOPLE} FROM team t ORDER BY t.id DESC",
    "event_team": f"SELECT t.state, e.slug, t.id AS team_id, {_TEAM_PEOPLE} FROM team t JOIN event e ON e.id = t.event_id",
    "challenge": "SELECT c.state, e.slug, c.id AS challenge_id FROM challenge c JOIN event e ON e.id = c.event_id",
    "reuse": f"SELECT {_REUSE} FROM reuse r ORDER BY r.id",
    "picture": f"SELECT {_REUSE} FROM reuse r WHERE r.image_id IS NOT NULL ORDER BY r.id",
    "ownership": "SELECT r.state, o.slug, r.id AS number FROM ownership_request r JOIN organisation o ON o.id = r.organisation_id "
    "ORDER BY r.id",
    "import": "SELECT state, id AS number FROM dataset_import",
    "dataset": "SELECT 'any' AS state, slug FROM dataset",
    "collection": "SELECT 'any' AS state, slug FROM dataset_collection",
    "programme": "SELECT 'any' AS state, slug FROM rd_programme",
    "indicator": "SELECT mode AS state, code FROM indicator ORDER BY id",
    "number": "SELECT 'any' AS state, 1 AS number",
    "mail": "SELECT 'any' AS state, id AS number FROM outbox_message",
    "job": "SELECT 'any' AS state, id AS number FROM job",
    "file": "SELECT 'any' AS state, public_id FROM stored_file",
    "token": "SELECT 'any' AS state, 'inconnu' AS token",
    "document": "SELECT kind AS state, code FROM issued_document",
    "project": "SELECT CASE WHEN p.public_since IS NULL THEN a.state ELSE 'public' END AS state, p.slug FROM project p "
    "JOIN application a ON a.project_id = p.id AND a.continued_from_id IS NULL ORDER BY p.id",
    "static": "SELECT 'any' AS state, 'js/announce.js' AS filename",
    "rest": "SELECT 'any' AS state, 'x' AS _rest",
}  # fmt: skip


def samples(database: str) -> dict[str, dict[str, dict[str, Any]]]:
    """Kind -> state -> the first thing of that kind in that state."""
    connection = sqlite3.connect(database)
    connection.row_factory = sqlite3.Row
    try:
        found: dict[str, dict[str, dict[str, Any]]] = {}
        for kind, statement in KINDS.items():
            for row in connection.execute(statement):
                found.setdefault(kind, {}).setdefault(str(row["state"]), dict(row))
        return found
    finally:
        connection.close()

"""French words for the codes of this room."""

from flask_babel import lazy_gettext as _l

from programme.calls.states import CallKind, CallState, SessionState

CALL_STATES = {
    CallState.DRAFT: _l("Brouillon"),
    CallState.IN_REVIEW: _l("En validation"),
    CallState.PUBLISHED: _l("Publié"),
    CallState.OPEN: _l("Ouvert"),
    CallState.SUSPENDED: _l("Suspendu"),
    CallState.CLOSED: _l("Clos"),
    CallState.ARCHIVED: _l("Archivé"),
    CallState.DROPPED: _l("Abandonné"),
}
CALL_TONES = {
    CallState.DRAFT: "pause",
    CallState.IN_REVIEW: "warn",
    CallState.PUBLISHED: "neutral",
    CallState.OPEN: "ok",
    CallState.SUSPENDED: "warn",
    CallState.CLOSED: "neutral",
    CallState.ARCHIVED: "neutral",
    CallState.DROPPED: "neutral",
}
CALL_VERBS = {
    "ask_review": _l("Soumettre à validation"),
    "send_back": _l("Rendre à la rédaction"),
    "publish": _l("Publier"),
    "open": _l("Ouvrir le dépôt"),
    "suspend": _l("Suspendre"),
    "close": _l("Clore"),
    "archive": _l("Archiver"),
    "drop": _l("Abandonner le brouillon"),
}
SESSION_STATES = {
    SessionState.PLANNED: _l("Prévue"),
    SessionState.OPEN: _l("Ouverte"),
    SessionState.CLOSED: _l("Close"),
    SessionState.COMMITTEE_HELD: _l("Comité tenu"),
    SessionState.VOTED: _l("Votée"),
    SessionState.NOTIFIED: _l("Notifiée"),
}
SESSION_TONES = {
    SessionState.PLANNED: "pause",
    SessionState.OPEN: "ok",
    SessionState.CLOSED: "warn",
    SessionState.COMMITTEE_HELD: "warn",
    SessionState.VOTED: "neutral",
    SessionState.NOTIFIED: "neutral",
}
KINDS = {
    CallKind.PERMANENT: _l("Appel à projets permanent"),
    CallKind.THEMED: _l("Appel à projets"),
    CallKind.INTEREST: _l("Appel à manifestation d’intérêt"),
}

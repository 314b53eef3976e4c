"""French words for the codes of this room."""

from flask_babel import lazy_gettext as _l

from programme.grants.states import GrantState

STATES = {
    GrantState.VOTED: _l("Votée"),
    GrantState.NOTIFIED: _l("Notifiée"),
    GrantState.CONTRACTED: _l("Conventionnée"),
    GrantState.IN_PROGRESS: _l("En cours"),
}
TONES = {
    GrantState.VOTED: "neutral",
    GrantState.NOTIFIED: "neutral",
    GrantState.CONTRACTED: "ok",
    GrantState.IN_PROGRESS: "ok",
}

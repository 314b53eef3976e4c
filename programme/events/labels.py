"""French words for the codes of this room, and the tone in which a state is shown."""

from typing import Any

from flask_babel import lazy_gettext as _l

from programme.events.states import (
    ChallengeState,
    CodeLicence,
    EventKind,
    EventState,
    Period,
    RegistrationState,
    TeamResult,
    TeamState,
)

E, R, T, C = EventState, RegistrationState, TeamState, ChallengeState
KINDS = {
    EventKind.HACKATHON: _l("Hackathon"),
    EventKind.CHALLENGE: _l("Concours"),
    EventKind.MEETUP: _l("Rencontre"),
}
EVENT_STATES = {
    E.IDEA: _l("Idée"),
    E.PLANNED: _l("En préparation"),
    E.REGISTRATION_OPEN: _l("Inscriptions ouvertes"),
    E.REGISTRATION_CLOSED: _l("Inscriptions closes"),
    E.LIVE: _l("En cours"),
    E.JUDGING: _l("Délibération"),
    E.RESULTS_PUBLISHED: _l("Résultats publiés"),
    E.FOLLOW_UP: _l("Suivi"),
    E.CLOSED: _l("Clos"),
    E.CANCELLED: _l("Annulé"),
}
EVENT_VERBS = {
    "plan": _l("Passer en préparation"),
    "open_registration": _l("Publier et ouvrir les inscriptions"),
    "reopen_registration": _l("Rouvrir les inscriptions"),
    "close_registration": _l("Clore les inscriptions"),
    "start": _l("Déclarer l’événement commencé"),
    "start_judging": _l("Clore les remises et passer à la délibération"),
    "publish_results": _l("Publier les résultats"),
    "start_follow_up": _l("Passer au suivi des projets"),
    "close": _l("Clore l’événement"),
    "cancel": _l("Annuler l’événement"),
}
REGISTRATION_STATES = {
    R.SUBMITTED: _l("Demande reçue"),
    R.UNDER_REVIEW: _l("À l’étude"),
    R.OFFERED: _l("Place proposée"),
    R.CONFIRMED: _l("Confirmée"),
    R.WAITING: _l("En liste d’attente"),
    R.DECLINED: _l("Refusée"),
    R.WITHDRAWN: _l("Annulée"),
    R.PRESENT: _l("Présence notée"),
    R.ABSENT: _l("Absence notée"),
}
REGISTRATION_VERBS = {
    "open_review": _l("Mettre à l’étude"),
    "accept": _l("Accepter"),
    "decline": _l("Refuser"),
    "mark_present": _l("Noter présent ou présente"),
    "mark_absent": _l("Noter absent ou absente"),
}
TEAM_STATES = {
    T.FORMING: _l("En constitution"),
    T.CONFIRMED: _l("Validée"),
    T.DELIVERED: _l("Livrée"),
    T.FINALIST: _l("Finaliste"),
    T.WINNER: _l("Lauréate"),
    T.SPECIAL_MENTION: _l("Mention"),
    T.NOT_SELECTED: _l("Non retenue"),
    T.DROPPED: _l("Abandon"),
}
TEAM_RESULTS = {result: TEAM_STATES[TeamState(result.value)] for result in TeamResult}
CHALLENGE_STATES = {
    C.PROPOSED: _l("Proposé"),
    C.ACCEPTED: _l("Retenu"),
    C.PUBLISHED: _l("Publié"),
    C.SOLVED: _l("Relevé"),
    C.UNSOLVED: _l("Sans lauréat"),
    C.EXPERIMENTED: _l("Expérimenté"),
}
CHALLENGE_VERBS = {
    "accept": _l("Retenir"),
    "publish": _l("Publier"),
    "experiment": _l("Noter l’expérimentation"),
}
LICENCES = {
    CodeLicence.EUPL: _l("EUPL 1.2"),
    CodeLicence.MIT: _l("MIT"),
    CodeLicence.APACHE: _l("Apache 2.0"),
    CodeLicence.GPL: _l("GPL 3"),
    CodeLicence.AGPL: _l("AGPL 3"),
    CodeLicence.OTHER: _l("Autre licence ouverte"),
}
PERIODS = {
    Period.OPEN: _l("Inscriptions ouvertes"),
    Period.UPCOMING: _l("À venir"),
    Period.PAST: _l("Passés"),
}
TONES: dict[str, str] = {
    E.REGISTRATION_OPEN: "ok",
    E.LIVE: "ok",
    E.CANCELLED: "err",
    R.OFFERED: "warn",
    R.CONFIRMED: "ok",
    R.PRESENT: "ok",
    R.DECLINED: "err",
    R.WAITING: "pause",
    T.DELIVERED: "ok",
    T.WINNER: "ok",
    T.SPECIAL_MENTION: "ok",
    T.FINALIST: "ok",
    C.PROPOSED: "warn",
    C.SOLVED: "ok",
    C.EXPERIMENTED: "ok",
}
"""Tone of a state, by its code; a code that two machines share (« confirmed ») has the same tone in both."""

ALL: dict[str, Any] = {
    "kind": KINDS, "event": EVENT_STATES, "registration": REGISTRATION_STATES, "team": TEAM_STATES,
    "challenge": CHALLENGE_STATES, "licence": LICENCES, "tone": TONES,
}  # fmt: skip
"""What templates receive under the name `event_labels`."""

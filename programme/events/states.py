"""Lives of an event, of a registration, of a team and of a challenge: pure."""

from enum import StrEnum

from programme.core.state_machine import StateMachine, transition


class EventKind(StrEnum):
    """What kind of event; all three use the same registration."""

    HACKATHON = "hackathon"
    CHALLENGE = "challenge"
    MEETUP = "meetup"


class EventState(StrEnum):
    """Life of an event (« événement »)."""

    IDEA = "idea"
    PLANNED = "planned"
    REGISTRATION_OPEN = "registration_open"
    REGISTRATION_CLOSED = "registration_closed"
    LIVE = "live"
    JUDGING = "judging"
    RESULTS_PUBLISHED = "results_published"
    FOLLOW_UP = "follow_up"
    CLOSED = "closed"
    CANCELLED = "cancelled"


E = EventState
EVENT_MACHINE = StateMachine(
    transition("plan", of={E.IDEA}, to=E.PLANNED),
    transition("open_registration", of={E.PLANNED}, to=E.REGISTRATION_OPEN),
    transition("reopen_registration", of={E.REGISTRATION_CLOSED}, to=E.REGISTRATION_OPEN),
    transition("close_registration", of={E.REGISTRATION_OPEN}, to=E.REGISTRATION_CLOSED),
    transition("start", of={E.REGISTRATION_OPEN, E.REGISTRATION_CLOSED}, to=E.LIVE),
    transition("start_judging", of={E.LIVE}, to=E.JUDGING),
    transition("publish_results", of={E.JUDGING}, to=E.RESULTS_PUBLISHED),
    transition("start_follow_up", of={E.RESULTS_PUBLISHED}, to=E.FOLLOW_UP),
    transition("close", of={E.LIVE, E.FOLLOW_UP}, to=E.CLOSED),
    transition("cancel", of={E.IDEA, E.PLANNED, E.REGISTRATION_OPEN, E.REGISTRATION_CLOSED, E.LIVE}, to=E.CANCELLED),
)
PUBLISHING_VERBS = frozenset({"open_registration", "publish_results", "cancel"})
"""What commits the Region in public: said by the direction."""

DRAFTS = frozenset({E.IDEA, E.PLANNED})
SEATING = frozenset({E.REGISTRATION_OPEN, E.REGISTRATION_CLOSED})
"""States in which a freed place goes to the next person."""
TEAM_WORK = frozenset({E.REGISTRATION_OPEN, E.REGISTRATION_CLOSED, E.LIVE})
"""States in which teams are made and change."""
HELD = frozenset({E.LIVE, E.JUDGING, E.RESULTS_PUBLISHED, E.FOLLOW_UP, E.CLOSED})
"""States in which presence is noted."""
RESULTS_KNOWN = frozenset({E.RESULTS_PUBLISHED, E.FOLLOW_UP, E.CLOSED})


class RegistrationState(StrEnum):
    """Life of a registration (« inscription »)."""

    SUBMITTED = "submitted"
    UNDER_REVIEW = "under_review"
    OFFERED = "offered"
    CONFIRMED = "confirmed"
    WAITING = "waiting"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    PRESENT = "present"
    ABSENT = "absent"


R = RegistrationState
REGISTRATION_MACHINE = StateMachine(
    transition("open_review", of={R.SUBMITTED}, to=R.UNDER_REVIEW),
    transition("accept", of={R.SUBMITTED, R.UNDER_REVIEW}, to=R.CONFIRMED),
    transition("queue", of={R.SUBMITTED, R.UNDER_REVIEW}, to=R.WAITING),
    transition("offer", of={R.WAITING}, to=R.OFFERED),
    transition("accept_offer", of={R.OFFERED}, to=R.CONFIRMED),
    transition("expire", of={R.OFFERED}, to=R.WITHDRAWN),
    transition("decline", of={R.SUBMITTED, R.UNDER_REVIEW, R.WAITING, R.OFFERED, R.CONFIRMED}, to=R.DECLINED),
    transition("withdraw", of={R.SUBMITTED, R.UNDER_REVIEW, R.WAITING, R.OFFERED, R.CONFIRMED}, to=R.WITHDRAWN),
    transition("mark_present", of={R.CONFIRMED, R.ABSENT}, to=R.PRESENT),
    transition("mark_absent", of={R.CONFIRMED, R.PRESENT}, to=R.ABSENT),
)
ENDED = frozenset({R.DECLINED, R.WITHDRAWN})
SEATED = frozenset({R.CONFIRMED, R.PRESENT, R.ABSENT})
"""States that use a confirmed place of the event."""
MAY_TEAM_UP = frozenset({R.CONFIRMED, R.PRESENT})


class EndReason(StrEnum):
    """Why a registration ended."""

    PERSON = "person"
    EXPIRED = "expired"
    STAFF = "staff"


class TeamState(StrEnum):
    """Life of a team (« équipe »)."""

    FORMING = "forming"
    CONFIRMED = "confirmed"
    DELIVERED = "delivered"
    FINALIST = "finalist"
    WINNER = "winner"
    SPECIAL_MENTION = "special_mention"
    NOT_SELECTED = "not_selected"
    DROPPED = "dropped"


T = TeamState
TEAM_MACHINE = StateMachine(
    transition("confirm", of={T.FORMING}, to=T.CONFIRMED),
    transition("deliver", of={T.CONFIRMED, T.DELIVERED}, to=T.DELIVERED),
    transition("shortlist", of={T.DELIVERED}, to=T.FINALIST),
    transition("award", of={T.DELIVERED, T.FINALIST}, to=T.WINNER),
    transition("mention", of={T.DELIVERED, T.FINALIST}, to=T.SPECIAL_MENTION),
    transition("set_aside", of={T.DELIVERED, T.FINALIST}, to=T.NOT_SELECTED),
    transition("drop", of={T.FORMING, T.CONFIRMED}, to=T.DROPPED),
)
RESULTS = frozenset({T.FINALIST, T.WINNER, T.SPECIAL_MENTION, T.NOT_SELECTED})
HANDED_IN = RESULTS | {T.DELIVERED}


class TeamResult(StrEnum):
    """What the jury decides of a team; kept apart until the results are published."""

    FINALIST = "finalist"
    WINNER = "winner"
    SPECIAL_MENTION = "special_mention"
    NOT_SELECTED = "not_selected"


RESULT_VERBS = {
    TeamResult.FINALIST: "shortlist",
    TeamResult.WINNER: "award",
    TeamResult.SPECIAL_MENTION: "mention",
    TeamResult.NOT_SELECTED: "set_aside",
}


class ChallengeState(StrEnum):
    """Life of a challenge (« défi »)."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    PUBLISHED = "published"
    SOLVED = "solved"
    UNSOLVED = "unsolved"
    EXPERIMENTED = "experimented"


C = ChallengeState
CHALLENGE_MACHINE = StateMachine(
    transition("accept", of={C.PROPOSED}, to=C.ACCEPTED),
    transition("publish", of={C.ACCEPTED}, to=C.PUBLISHED),
    transition("solve", of={C.PUBLISHED}, to=C.SOLVED),
    transition("leave_unsolved", of={C.PUBLISHED}, to=C.UNSOLVED),
    transition("experiment", of={C.SOLVED}, to=C.EXPERIMENTED),
)
SHOWN_CHALLENGES = frozenset({C.PUBLISHED, C.SOLVED, C.UNSOLVED, C.EXPERIMENTED})


class CodeLicence(StrEnum):
    """Licences under which a team hands its code in."""

    EUPL = "eupl"
    MIT = "mit"
    APACHE = "apache"
    GPL = "gpl"
    AGPL = "agpl"
    OTHER = "other"


class Period(StrEnum):
    """Filter of the public list: the codes are parts of addresses, hence French."""

    OPEN = "inscriptions-ouvertes"
    UPCOMING = "a-venir"
    PAST = "passes"

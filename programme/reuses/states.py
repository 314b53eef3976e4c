"""The whole life of a reuse on one screen: pure."""

from enum import StrEnum

from programme.core.state_machine import StateMachine, transition


class ReuseState(StrEnum):
    """Where a reuse stands between its author, the Region and the public."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    INFO_REQUESTED = "info_requested"
    PUBLISHED = "published"
    FEATURED = "featured"
    FLAGGED = "flagged"
    BROKEN_LINK = "broken_link"
    UNPUBLISHED = "unpublished"


class ReuseKind(StrEnum):
    """What the reuse is: the national portal's eight types, and the finer ones that the Region needs."""

    APPLICATION = "application"
    MAP = "map"
    VISUALIZATION = "visualization"
    DASHBOARD = "dashboard"
    DATA_STORY = "data_story"
    SIMULATOR = "simulator"
    API = "api"
    AI_MODEL = "ai_model"
    TEACHING_MODULE = "teaching_module"
    NEWS_ARTICLE = "news_article"
    POST = "post"
    PAPER = "paper"
    HARDWARE = "hardware"
    IDEA = "idea"


class ReuseOrigin(StrEnum):
    """Where it comes from: a funded application, a hackathon's team, or nobody's call."""

    APPLICATION = "application"
    TEAM = "team"
    FREE = "free"


class FlagReason(StrEnum):
    """Why a visitor reports a reuse."""

    BROKEN_LINK = "broken_link"
    WRONG_FIGURES = "wrong_figures"
    PERSONAL_DATA = "personal_data"
    RIGHTS = "rights"
    ADVERTISING = "advertising"
    OTHER = "other"


S = ReuseState
PUBLIC = frozenset({S.PUBLISHED, S.FEATURED, S.FLAGGED, S.BROKEN_LINK})
"""States that the public sees: one visitor's report must not be enough to take a page away."""

MACHINE = StateMachine(
    transition("submit", of={S.DRAFT}, to=S.SUBMITTED),
    transition("publish", of={S.SUBMITTED}, to=S.PUBLISHED),
    transition("ask_for_info", of={S.SUBMITTED}, to=S.INFO_REQUESTED),
    transition("complete", of={S.INFO_REQUESTED}, to=S.SUBMITTED),
    transition("feature", of={S.PUBLISHED}, to=S.FEATURED),
    transition("unfeature", of={S.FEATURED}, to=S.PUBLISHED),
    transition("flag", of={S.PUBLISHED, S.FEATURED}, to=S.FLAGGED),
    transition("clear_flags", of={S.FLAGGED}, to=S.PUBLISHED),
    transition("mark_broken", of={S.PUBLISHED, S.FEATURED, S.FLAGGED}, to=S.BROKEN_LINK),
    transition("repair", of={S.BROKEN_LINK}, to=S.PUBLISHED),
    transition("unpublish", of={S.SUBMITTED, S.INFO_REQUESTED, *PUBLIC}, to=S.UNPUBLISHED),
    transition("reopen", of={S.UNPUBLISHED}, to=S.SUBMITTED),
)

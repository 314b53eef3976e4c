"""Codes of the strategy: pure."""

from enum import StrEnum


class ThemeSet(StrEnum):
    """The two lists of themes: those of the data platform, those of the smart-territories call."""

    DATA = "data"
    TERRITORIES = "territories"


class IndicatorMode(StrEnum):
    """Whether a value is declared by people or computed from the records."""

    DECLARED = "declared"
    COMPUTED = "computed"


class IndicatorKind(StrEnum):
    """What an indicator tells: a figure of the programme, what it produced, what changed."""

    KEY_FIGURE = "key_figure"
    OUTPUT = "output"
    RESULT = "result"


class Carrier(StrEnum):
    """Who carries an axis or an objective."""

    REGION = "region"
    PARTNER = "partner"
    SHARED = "shared"


class FrameLevel(StrEnum):
    """From how far an orientation comes: the Region is in the middle."""

    INTERNATIONAL = "international"
    EUROPEAN = "european"
    NATIONAL = "national"
    REGIONAL = "regional"
    LOCAL = "local"


class Audience(StrEnum):
    """For whom a service is."""

    AUTHORITIES = "authorities"
    COMPANIES = "companies"
    USERS = "users"


class RdStage(StrEnum):
    """How far a research programme is."""

    PREPARATION = "preparation"
    RUNNING = "running"
    COMPLETED = "completed"

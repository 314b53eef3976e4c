"""Codes of the catalogue, and the life of an import: pure."""

from enum import StrEnum

from programme.core.state_machine import StateMachine, transition


class DatasetKind(StrEnum):
    """The platform's three kinds."""

    OPEN = "open"
    SMART = "smart"
    GEOGRAPHIC = "geographic"


class Licence(StrEnum):
    """Licences met on the platform."""

    LO_2_0 = "lo_2_0"
    ODBL = "odbl"
    ODC_BY = "odc_by"
    CC_BY = "cc_by"
    CC_BY_SA = "cc_by_sa"
    CC0 = "cc0"
    OTHER_OPEN = "other_open"
    OTHER = "other"


class Granularity(StrEnum):
    """The finest territory that a row describes."""

    REGION = "region"
    DEPARTMENT = "department"
    EPCI = "epci"
    COMMUNE = "commune"
    IRIS = "iris"
    PARCEL = "parcel"
    POINT = "point"
    UNDEFINED = "undefined"


class Completeness(StrEnum):
    """How much of a collection is there."""

    STARTED = "started"
    PARTIAL = "partial"
    COMPLETE = "complete"


class DatasetSort(StrEnum):
    """The orders of the public list."""

    TITLE = "title"
    NEWEST = "newest"
    PRODUCER = "producer"


class ImportState(StrEnum):
    """Life of an imported list: read and shown, then entered or dropped."""

    PREVIEWED = "previewed"
    APPLIED = "applied"
    DISCARDED = "discarded"


S = ImportState
MACHINE = StateMachine(
    transition("apply", of={S.PREVIEWED}, to=S.APPLIED),
    transition("discard", of={S.PREVIEWED}, to=S.DISCARDED),
)

"""What the families of files hold, as the types that the store reads from the content. Pure.

The store decides what it takes at all (`core.storage.ACCEPTED`): a test holds these families to it.
"""

from collections.abc import Sequence

from programme.questionnaires.rules.kinds import Format

_OPENXML = "application/vnd.openxmlformats-officedocument."
_OPENDOCUMENT = "application/vnd.oasis.opendocument."
TYPES: dict[Format, tuple[str, ...]] = {
    Format.PDF: ("application/pdf",),
    Format.IMAGE: ("image/png", "image/jpeg", "image/webp"),
    Format.OFFICE: (
        f"{_OPENXML}wordprocessingml.document", f"{_OPENXML}spreadsheetml.sheet", f"{_OPENDOCUMENT}text",
        f"{_OPENDOCUMENT}spreadsheet", "text/plain",
    ),
    Format.DATA: ("text/csv", "application/json", "application/geo+json"),
}  # fmt: skip


def types_of(formats: Sequence[Format]) -> tuple[str, ...]:
    """The media types that these families hold; of all of them when none is named."""
    return tuple(each for family in formats or Format for each in TYPES[family])

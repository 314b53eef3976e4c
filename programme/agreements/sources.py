"""The templates that come with the product, read from the data files of this folder."""

import tomllib
from pathlib import Path
from typing import Any

from programme.agreements.states import AgreementFamily

_FILES = {
    AgreementFamily.GRANT: "template_grant.toml",
    AgreementFamily.PARTNERSHIP: "template_partnership.toml",
}


def template(family: AgreementFamily) -> dict[str, Any]:
    """The template of a family as it is delivered."""
    return tomllib.loads((Path(__file__).parent / _FILES[family]).read_text(encoding="utf-8"))

"""The index of the open data: only files that exist are named."""

from typing import NamedTuple

from flask import current_app, render_template
from flask.typing import ResponseReturnValue

from programme.core.access import PUBLIC, access
from programme.site.labels import OPEN_FILES
from programme.site.page_context import path_is_open
from programme.site.views import bp


class OpenFile(NamedTuple):
    """A file of the programme's open data; `schema` is the address of its description, if there is one."""

    path: str
    title: str
    text: str
    schema: str | None

    @property
    def kind(self) -> str:
        """The format, by the end of the address."""
        return self.path.rpartition(".")[2].upper()


def _schema(path: str) -> str | None:
    stem, _dot, kind = path.rpartition(".")
    candidates = (
        f"{stem}.{kind}.schema.json",
        f"{stem}.schema.json",
        f"{stem}.{kind}-schema.json",
        f"{path}.schema.json",
    )
    return next((each for each in candidates if path_is_open(each)), None)


def files() -> list[OpenFile]:
    """The known files that an endpoint answers to, then those that nobody described yet."""
    known = [OpenFile(path, str(title), str(text), _schema(path)) for path, (title, text) in OPEN_FILES.items()]
    described = [each for each in known if path_is_open(each.path)]
    schemas = {each.schema for each in described}
    rules = sorted(rule.rule for rule in current_app.url_map.iter_rules() if rule.rule.startswith("/donnees-ouvertes/"))
    others = [path for path in rules if path not in OPEN_FILES and path not in schemas and "<" not in path]
    return described + [OpenFile(path, path.rpartition("/")[2], "", None) for path in others]


@bp.get("/donnees-ouvertes")
@access(PUBLIC)
def open_data() -> ResponseReturnValue:
    """What may be downloaded, under which licence."""
    return render_template("site/open_data.html", files=files())

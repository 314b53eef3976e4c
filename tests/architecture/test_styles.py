"""The style sheets hold no rule for a thing that no page shows."""

import re

from tests.architecture.test_words import ROOT

SHEETS = sorted((ROOT / "programme" / "static" / "css").rglob("*.css"))
# Names made in templates from a code: « level-{{ area.level }} ».
MADE = {"chart__dot", "chart__line", "dot", "is", "level", "part", "t", "zone"}


def classes(css: str) -> set[str]:
    """The class names of a sheet; comments, addresses and strings apart."""
    bare = re.sub(r"/\*.*?\*/|url\([^)]*\)|\"[^\"]*\"", "", css, flags=re.DOTALL)
    return set(re.findall(r"\.([a-zA-Z][\w-]*)", bare))


def unused(names: set[str], shown: str) -> list[str]:
    """The names that no template, code or script writes, nor makes from one of the known beginnings."""
    return sorted(
        each for each in names
        if re.split(r"--?(?=[\w]+$)", each)[0] not in MADE
        and not re.search(rf"(?<![\w-]){re.escape(each)}(?![\w-])", shown)
    )  # fmt: skip


def test_every_class_of_the_sheets_is_on_some_page():
    sources = [
        *(ROOT / "templates").rglob("*.html"), *(ROOT / "programme").rglob("*.py"), *(ROOT / "programme" / "static" / "js").glob("*.js"),
    ]  # fmt: skip
    shown = "\n".join(each.read_text(encoding="utf-8") for each in sources)
    names = set().union(*(classes(each.read_text(encoding="utf-8")) for each in SHEETS))
    assert len(names) > 200
    assert unused(names, shown) == []


def test_a_class_that_nothing_shows_would_be_seen():
    assert unused(classes(".card { } .ghost:hover .card__title { }"), '<p class="card card__title">') == ["ghost"]

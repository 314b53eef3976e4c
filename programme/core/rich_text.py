"""The house's one sanitiser: Markdown typed by a person, drawn as HTML of a closed list.

The text is stored as it was typed. HTML in it is shown and never run (`html` is off); what is drawn goes through nh3 all the
same, so that no fault of the one is a fault of the page. A title becomes a strong paragraph: the outline of a page is the
house's. Pictures are not drawn, since the page asks nothing of other hosts.
"""

from functools import lru_cache
from typing import Any

from markupsafe import Markup

TAGS = {"p", "br", "strong", "em", "ul", "ol", "li", "blockquote", "code", "pre", "a", "hr"}
ATTRIBUTES = {"a": {"href"}, "ol": {"start"}}
SCHEMES = {"http", "https", "mailto"}


def drawn(text: str | None) -> Markup:
    """The text as HTML; links lead to http, https and mailto, and tell their target nothing."""
    import nh3  # Both cost a start that most commands do not need.

    html = _parser().render((text or "").strip())
    clean = nh3.clean(
        html, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel="nofollow noopener noreferrer"
    )
    return Markup(clean)  # noqa: S704 - this is the sanitiser


@lru_cache(maxsize=1)
def _parser() -> Any:
    from markdown_it import MarkdownIt

    made = MarkdownIt("commonmark", {"html": False, "breaks": True, "maxNesting": 20}).disable("image")
    made.add_render_rule("heading_open", lambda *_given: "<p><strong>")
    made.add_render_rule("heading_close", lambda *_given: "</strong></p>\n")
    return made

"""Lists of data sets as people and portals send them: CSV, a JSON list, or the answer of a CKAN-style catalogue."""

import json
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from programme.core import tables
from programme.core.errors import RuleBroken

MAX_ROWS = 5000
Rows = list[tuple[int, Mapping[str, str]]]


def read_list(data: bytes) -> tuple[list[str], Rows]:
    """The headings of a list and its rows, each with its line (its rank, from 1, in JSON).

    Raises:
        RuleBroken: the file cannot be read, or has more than 5,000 rows; the sentence says what to do.
    """
    if data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"[", b"{"):
        return _read_json(data)
    table = tables.read_csv(data, max_rows=MAX_ROWS)
    return table.header, [(row.line, row.cells) for row in table.rows]


def _read_json(data: bytes) -> tuple[list[str], Rows]:
    try:
        content = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise RuleBroken(_("Ce fichier JSON ne se lit pas : vérifiez-le avec l’outil qui l’a produit.")) from error
    items = _items(content)
    if len(items) > MAX_ROWS:
        raise RuleBroken(_("Le fichier dépasse %(limit)s lignes : envoyez-le en plusieurs fois.", limit=MAX_ROWS))
    rows: Rows = []
    for rank, item in enumerate(items, start=1):
        if not isinstance(item, dict):
            raise RuleBroken(_("L’élément %(rank)s du fichier JSON n’est pas un objet.", rank=rank))
        rows.append((rank, _package(item) if "organization" in item and "title" in item else _plain(item)))
    return list(dict.fromkeys(heading for _rank, cells in rows for heading in cells)), rows


def _items(content: Any) -> list[Any]:
    """The list itself, or the list inside a catalogue's answer."""
    if isinstance(content, dict):
        result = content.get("result", content)
        content = result.get("results", result.get("datasets")) if isinstance(result, dict) else result
    if not isinstance(content, list):
        raise RuleBroken(_("Le fichier JSON ne contient pas de liste de jeux de données."))
    return content


def _plain(item: Mapping[str, Any]) -> dict[str, str]:
    return {str(name): _text(value) for name, value in item.items()}


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, list):
        return ", ".join(map(_text, value))
    if isinstance(value, dict):
        return _text(value.get("title") or value.get("name"))
    return str(value)


def _package(item: Mapping[str, Any]) -> dict[str, str]:
    """A data set of a CKAN-style catalogue; its first theme and first kind are kept, a long notice is cut."""
    groups, kinds = item.get("groups"), item.get("datatype")
    return {
        "titre": _text(item.get("title"))[:250],
        "producteur": _text(item.get("organization")),
        "adresse": _text(item.get("url")),
        "thème": _text(groups[0]) if isinstance(groups, list) and groups else "",
        "nature": _text(kinds[0]) if isinstance(kinds, list) and kinds else _text(kinds),
        "licence": _text(item.get("license_title") or item.get("license_id")),
        "granularité": _text(item.get("granularity")),
        "fréquence": _text(item.get("frequency"))[:60],
        "description": _text(item.get("notes"))[:4000],
    }

"""The gallery for other programs: Atom feed, open data with their schema."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from feedgen.feed import FeedGenerator
from flask import Response, current_app, make_response, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from programme.core import exports
from programme.core.access import PUBLIC, access
from programme.core.mail import link
from programme.extensions import db
from programme.reuses import queries
from programme.reuses.models import Reuse, ReuseDataset
from programme.reuses.rules.export import FIELDS, NATIONAL_TYPES, table_schema
from programme.reuses.states import ReuseState
from programme.reuses.views import bp

FEED_LENGTH = 30
NO_CHANGE = datetime(2026, 1, 1, tzinfo=UTC)
"""Date of a feed that has nothing to tell yet."""


def _conditional(body: bytes | str, media_type: str) -> Response:
    response = make_response(body)
    response.headers["Content-Type"] = media_type
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.add_etag()
    response.make_conditional(request)
    return response


def entry_id(reuse: Reuse) -> str:
    """A tag URI (RFC 4151) that neither a change of title nor of address changes."""
    host = urlsplit(current_app.config["PUBLIC_URL"]).hostname
    return f"tag:{host},{reuse.created_at:%Y-%m-%d}:reutilisation:{reuse.id}"


@bp.get("/reutilisations.atom")
@access(PUBLIC)
def atom() -> ResponseReturnValue:
    """The last published reuses as an Atom feed."""
    reuses = db.session.scalars(queries.feed(FEED_LENGTH)).all()
    feed = FeedGenerator()
    feed.id(link("reuses.gallery"))
    feed.title(_("Réutilisations de données – %(region)s", region=current_app.config["REGION"].name))
    feed.link([{"href": link("reuses.gallery"), "rel": "alternate"}, {"href": link("reuses.atom"), "rel": "self"}])
    feed.updated(max((each.updated_at for each in reuses), default=NO_CHANGE))
    feed.language("fr")
    for reuse in reuses:
        _add_entry(feed, reuse)
    return _conditional(feed.atom_str(pretty=True), "application/atom+xml; charset=utf-8")


def _add_entry(feed: FeedGenerator, reuse: Reuse) -> None:
    entry = feed.add_entry(order="append")
    entry.id(entry_id(reuse))
    entry.title(reuse.title)
    entry.link(href=link("reuses.show", slug=reuse.slug), rel="alternate")
    entry.summary(reuse.summary)
    entry.published(reuse.published_at)
    entry.updated(reuse.updated_at)
    entry.author(name=reuse.author or current_app.config["REGION"].name)
    entry.category(term=reuse.kind, label=str(reuse.kind_label))
    if reuse.theme:
        entry.category(term=reuse.theme.code, label=reuse.theme.label)


def _z(instant: datetime | None) -> str | None:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if instant else None


def _use(each: ReuseDataset) -> dict[str, Any]:
    return {
        "title": each.label,
        "slug": each.dataset.slug if each.dataset else None,
        "url": each.url or None,
        "use": each.use,
    }


def as_row(reuse: Reuse) -> dict[str, Any]:
    """One reuse as the table schema tells it; names of people are left out."""
    organisation = reuse.organisation
    picture = link("reuses.image", slug=reuse.slug) if reuse.image_id else None
    return {
        "id": reuse.id, "title": reuse.title, "slug": reuse.slug, "url": link("reuses.show", slug=reuse.slug),
        "type": NATIONAL_TYPES[reuse.kind] if reuse.kind else None, "kind": reuse.kind, "summary": reuse.summary,
        "description": reuse.description or None, "remote_url": reuse.url,
        "organization": organisation.name if organisation else None,
        "organization_siret": organisation.siret if organisation else None,
        "image": picture, "image_alt": reuse.image_alt if picture else None, "featured": reuse.featured_at is not None,
        "link_broken": reuse.state is ReuseState.BROKEN_LINK, "created_at": _z(reuse.created_at),
        "published_at": _z(reuse.published_at), "last_modified": _z(reuse.updated_at),
        "theme": reuse.theme.label if reuse.theme else None, "territory_code": reuse.territory_code,
        "territory": reuse.territory or None, "origin": reuse.origin, "project": reuse.project.slug,
        "datasets": [_use(each) for each in reuse.datasets], "effect": reuse.effect_text or None,
        "effect_value": reuse.effect_value, "effect_unit": reuse.effect_unit or None, "effect_date": reuse.effect_on,
        "missing": reuse.missing or None, "licence": reuse.licence or None, "code_url": reuse.code_url or None,
        "metric.datasets": reuse.dataset_count,
    }  # fmt: skip


def _rows() -> Iterable[dict[str, Any]]:
    return map(as_row, db.session.scalars(queries.published()))


@bp.get("/donnees-ouvertes/reutilisations.csv")
@access(PUBLIC)
def open_csv() -> ResponseReturnValue:
    """Every published reuse, one line each."""
    names = [field["name"] for field in FIELDS]
    lines = [
        [json.dumps(row[name], ensure_ascii=False) if name == "datasets" else row[name] for name in names]
        for row in _rows()
    ]
    return _described(exports.published_csv("reutilisations.csv", names, lines))


def _described(response: Response) -> Response:
    response.headers["Link"] = f'<{link("reuses.open_schema")}>; rel="describedby"; type="application/schema+json"'
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.add_etag()
    response.make_conditional(request)
    return response


@bp.get("/donnees-ouvertes/reutilisations.json")
@access(PUBLIC)
def open_json() -> ResponseReturnValue:
    """The same, one object each."""
    rows = [
        row | {"effect_value": None if row["effect_value"] is None else float(row["effect_value"]),
               "effect_date": row["effect_date"] and row["effect_date"].isoformat()}
        for row in _rows()
    ]  # fmt: skip
    return _described(Response(json.dumps(rows, ensure_ascii=False), content_type="application/json; charset=utf-8"))


@bp.get("/donnees-ouvertes/reutilisations.schema.json")
@access(PUBLIC)
def open_schema() -> ResponseReturnValue:
    """What each column means (Table Schema), for the CSV and the JSON alike."""
    schema = table_schema(link("reuses.open_schema"))
    return _conditional(json.dumps(schema, ensure_ascii=False, indent=2), "application/json; charset=utf-8")

"""The floor: Flask, SQLAlchemy's ORM and Jinja with nothing of ours, on the same rows, pages of the same size.

`BENCH_SIZES` gives the bytes of each page (JSON: path -> bytes): what is missing is a constant at the end of the page.
"""

import json
import os
import time
from typing import Any

import sqlalchemy as sa
from flask import Flask, redirect, render_template_string, request
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event
from sqlalchemy.orm import DeclarativeBase, Mapped, joinedload, mapped_column, relationship


class Base(DeclarativeBase):
    """Its own tables, read from the same database."""


db = SQLAlchemy(model_class=Base)


class Organisation(Base):
    """As the product's."""

    __tablename__ = "organisation"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class Theme(Base):
    """As the product's."""

    __tablename__ = "theme"
    id: Mapped[int] = mapped_column(primary_key=True)
    label: Mapped[str]


class Reuse(Base):
    """The columns that a card or a page shows."""

    __tablename__ = "reuse"
    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str]
    title: Mapped[str]
    kind: Mapped[str]
    summary: Mapped[str]
    description: Mapped[str]
    url: Mapped[str]
    territory: Mapped[str]
    territory_code: Mapped[str | None]
    drawing: Mapped[str]
    state: Mapped[str]
    published_at: Mapped[str | None] = mapped_column(sa.DateTime(timezone=True))
    published_year: Mapped[int | None]
    theme_id: Mapped[int | None] = mapped_column(sa.ForeignKey("theme.id"))
    organisation_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organisation.id"))
    theme: Mapped[Theme | None] = relationship(lazy="joined")
    organisation: Mapped[Organisation | None] = relationship(lazy="joined")


class Call(Base):
    """The columns that its page shows."""

    __tablename__ = "call"
    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str]
    title: Mapped[str]
    promise: Mapped[str]
    description: Mapped[str]
    audience: Mapped[str]
    amounts: Mapped[str]


class BareSave(Base):
    """What the bare form keeps."""

    __tablename__ = "bench_bare_save"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    summary: Mapped[str]
    description: Mapped[str]


_HEAD = "<!doctype html><html lang=fr><head><title>{{ title }}</title></head><body><h1>{{ title }}</h1>"
GALLERY = _HEAD + (
    "<p>{{ total }}</p>{% for group in facets %}<ul>{% for value, count in group %}<li>{{ value }} {{ count }}</li>{% endfor %}</ul>"
    "{% endfor %}{% for item in items %}<article>{{ item.drawing|safe }}<h2><a href='/reutilisations/{{ item.slug }}'>{{ item.title }}"
    "</a></h2><p>{{ item.summary }}</p><p>{{ item.kind }} {{ item.theme.label }} {{ item.organisation.name }} {{ item.territory }}"
    " {{ item.published_at }}</p></article>{% endfor %}{{ filler|safe }}</body></html>"
)
REUSE = _HEAD + (
    "{{ item.drawing|safe }}<p>{{ item.summary }}</p>{% for each in item.description.split('\n\n') %}<p>{{ each }}</p>{% endfor %}<p>"
    "{{ item.theme.label }} {{ item.organisation.name }} {{ item.url }}</p>{{ filler|safe }}</body></html>"
)
CALL = _HEAD + (
    "<p>{{ item.promise }}</p>{% for each in item.description.split('\n\n') %}<p>{{ each }}</p>{% endfor %}<p>{{ item.audience }}</p>"
    "<p>{{ item.amounts }}</p>{{ filler|safe }}</body></html>"
)
PUBLIC = ("published", "featured", "flagged", "broken_link")


def make() -> Flask:
    """The application."""
    app = Flask(__name__)
    app.config["SQLALCHEMY_DATABASE_URI"] = os.environ["DATABASE_URL"]
    db.init_app(app)
    sizes: dict[str, int] = json.loads(os.environ.get("BENCH_SIZES", "{}"))
    kept: dict[str, Any] = {}
    with app.app_context():
        _prepare(db.engine)
        db.metadata.create_all(db.engine, tables=[db.metadata.tables["bench_bare_save"]])

    def page(template: str, **values: Any) -> str:
        key = request.endpoint or ""
        if key not in kept:
            bare = len(render_template_string(template, filler="", **values).encode())
            kept[key] = "x" * max(0, sizes.get(key, 0) - bare)
        return render_template_string(template, filler=kept[key], **values)

    @app.get("/sante")
    @app.get("/hello")
    def hello() -> str:
        return "hello"

    @app.get("/reutilisations")
    def gallery() -> str:
        # The floor is a good page: the index on the state, which SQLite would sort ten thousand rows after, is kept away.
        if kept.get("until", 0) < time.monotonic():
            kept["facets"], kept["until"] = _facets(), time.monotonic() + 3600
        newest = (
            sa.select(Reuse)
            .where(sa.func.coalesce(Reuse.state, Reuse.state).in_(PUBLIC))
            .order_by(Reuse.published_at.desc(), Reuse.id.desc())
            .limit(24)
        )
        facets, total = kept["facets"]
        return page(GALLERY, title="Réutilisations", items=db.session.scalars(newest).all(), facets=facets, total=total)

    @app.get("/reutilisations/<slug>")
    def reuse(slug: str) -> str:
        item = db.session.scalars(sa.select(Reuse).where(Reuse.slug == slug).options(joinedload(Reuse.theme))).one()
        return page(REUSE, title=item.title, item=item)

    @app.get("/appels/<slug>")
    def call(slug: str) -> str:
        item = db.session.scalars(sa.select(Call).where(Call.slug == slug)).one()
        return page(CALL, title=item.title, item=item)

    @app.post("/save")
    def save() -> Any:
        form = request.form
        db.session.add(BareSave(title=form["title"], summary=form["summary"], description=form["description"]))
        db.session.commit()
        return redirect("/hello")

    return app


def _facets() -> tuple[list[list[tuple[Any, int]]], int]:
    """Three facets and the total, counted once and kept in the memory of the process."""
    public = Reuse.state.in_(PUBLIC)
    columns = (Reuse.theme_id, Reuse.territory_code, Reuse.published_year)
    groups = [
        [(each[0], each[1]) for each in db.session.execute(sa.select(c, sa.func.count()).where(public).group_by(c))]
        for c in columns
    ]
    return groups, db.session.scalar(sa.select(sa.func.count()).select_from(Reuse).where(public)) or 0


def _prepare(engine: sa.Engine) -> None:
    """The same durability as ours."""
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=15000"):
            connection.execute(f"PRAGMA {pragma}")


app = make() if "DATABASE_URL" in os.environ else Flask(__name__)

"""Alembic's entry: our metadata, our engine; on SQLite foreign keys are off during a rebuild and checked after."""

from alembic import context
from flask import current_app
from sqlalchemy import text

from programme.core import search

extension = current_app.extensions["migrate"]
metadata = extension.db.metadata


def run() -> None:
    """Run the migrations on the application's database, all in one transaction."""
    engine = extension.db.engine
    with engine.connect() as connection:
        sqlite = engine.dialect.name == "sqlite"
        if sqlite:
            # A rebuilt table would otherwise take its children with it (ON DELETE CASCADE). Outside a transaction only.
            connection.connection.dbapi_connection.execute("PRAGMA foreign_keys=OFF")
        context.configure(
            connection=connection.execution_options(programme_writing=True), target_metadata=metadata,
            # The models do not know the search's own tables and indexes: they come with the tables (core/search/index.py).
            include_name=lambda name, _kind, _parents: not search.is_of_an_index(name),
            # In the transaction of each revision: a table rebuilt on SQLite has lost the triggers that keep its index.
            on_version_apply=lambda ctx, **_step: search.mend(ctx.connection), **extension.configure_args,
        )  # fmt: skip
        with context.begin_transaction():
            context.run_migrations()
            if sqlite:
                broken = connection.execute(text("PRAGMA foreign_key_check")).all()
                if broken:
                    raise RuntimeError(f"the migration leaves orphans: {broken[:5]}")
        if sqlite:
            connection.connection.dbapi_connection.execute("PRAGMA foreign_keys=ON")


if context.is_offline_mode():
    raise RuntimeError("migrations run on a database, not as a script")
run()

"""Programme: the open-innovation programme of a French Region, from data set to measured effect."""

from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

import config
from programme import extensions

ROOT = Path(__file__).resolve().parent.parent


def create_app(settings: type[config.Config] | None = None, **overrides: Any) -> Flask:
    """The application: settings, extensions, ground floor, rooms, faces. A table of contents."""
    settings = settings or config.selected()
    settings.check()
    app = Flask(__name__, template_folder=str(ROOT / "templates"))
    app.config.from_object(settings)
    app.config.update(overrides)
    app.config["REGION"] = config.Region.load(Path(app.config["REGION_FILE"]))
    app.config["TIME_ZONE"] = app.config["REGION"].time_zone
    _open_database(app)
    extensions.login_manager.init_app(app)
    extensions.mail.init_app(app)
    _open_ground_floor(app)
    _open_rooms(app)
    if proxies := app.config["TRUSTED_PROXIES"]:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies)  # type: ignore[method-assign]
    return app


def _open_database(app: Flask) -> None:
    from programme.core import columns, database  # Opening order: extensions before what stands on them.

    Path(app.config["VAR"]).mkdir(parents=True, exist_ok=True)
    extensions.db.init_app(app)
    extensions.migrate.init_app(
        app, extensions.db, directory=str(ROOT / "migrations"), render_as_batch=True, render_item=columns.render_item,
        compare_type=True,
    )  # fmt: skip
    with app.app_context():
        database.prepare(extensions.db.engine, synchronous=app.config["SQLITE_SYNCHRONOUS"])


def _open_ground_floor(app: Flask) -> None:
    from programme.core import (
        access,
        addresses,
        compression,
        consultations,
        forms,
        headers,
        i18n,
        identity,
        logs,
        sessions,
        sorting,
    )  # As above.

    logs.install(app)  # First, so that its time is that of the whole request.
    app.session_interface = sessions.DatabaseSessions()
    identity.install(app)
    i18n.install(app)
    addresses.install(app)
    access.install(app)
    consultations.install(app)
    forms.install(app)
    headers.install(app)
    compression.install(app)
    sorting.install(app)


def _open_rooms(app: Flask) -> None:
    from programme import rooms  # Opening order, as above.

    rooms.install(app)

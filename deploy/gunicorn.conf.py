"""Settings of the application server in a container; `flask serve` gives the same ones by itself."""

import os

bind = os.environ.get("BIND", "127.0.0.1:8000")
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = 8
worker_class = "gthread"
max_requests = 5000
max_requests_jitter = 500
graceful_timeout = 20
control_socket_disable = True
worker_tmp_dir = "/dev/shm"  # noqa: S108 - a sign of life that must not wait for a disk


def on_starting(_server):  # noqa: ANN001, ANN201
    """Refuse a PostgreSQL that acknowledges what it may lose; the migrations are another command's."""
    from programme.core.database import refuse_weak_durability  # After the settings: this reads them.
    from programme.extensions import db
    from wsgi import app

    with app.app_context():
        refuse_weak_durability(db.engine)
        db.engine.dispose()

"""Settings of the application server, in a container or behind `flask serve`."""

import os
from pathlib import Path

bind = os.environ.get("BIND") or f"127.0.0.1:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = 8
worker_class = (
    "programme.core.arrival.PunctualWorker"  # A deposit is judged by when it came, not by when a thread was free.
)
preload_app = True  # Loaded once: a process that dies is back at once, and they share their memory.
max_requests = 5000
max_requests_jitter = 500
graceful_timeout = 20
control_socket_disable = True
_memory = Path("/dev/shm")  # noqa: S108 - the sign of life of a process must not wait for a disk
worker_tmp_dir = str(_memory) if _memory.is_dir() else None


def on_starting(_server):  # noqa: ANN001, ANN201
    """Refuse a PostgreSQL that acknowledges what it may lose; the migrations are another command's."""
    from programme.core.database import refuse_weak_durability  # After the settings: this reads them.
    from programme.extensions import db
    from wsgi import app

    with app.app_context():
        refuse_weak_durability(db.engine)
        db.engine.dispose()

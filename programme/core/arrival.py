"""When a request arrived: noted as its first byte comes in, whether or not a thread is free to serve it.

In the last minute of a call hundreds of people press the same button: the last of them wait for the others in the queue of
the server, and what is judged by the clock is when they came, not when their turn came. What a sender holds back does not count as come.
"""

import errno
import selectors
import threading
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from gunicorn.workers.gthread import DEFAULT_WORKER_DATA_TIMEOUT, TConn, ThreadWorker  # type: ignore[import-untyped]

from programme.core.clock import now

HELD = timedelta(seconds=30)
"""What a bad line may take to bring the rest of a request once a thread reads it. Longer, somebody keeps the door open: they
would hand in before the closing what they write after it."""

_served = threading.local()
_LEFT = (errno.EAGAIN, errno.EWOULDBLOCK, errno.ECONNABORTED)
"""Another process took the connection, or its client gave up."""


class PunctualWorker(ThreadWorker):  # type: ignore[misc]
    """The threaded worker of the application server, which notes when each request becomes readable.

    A connection waits for its first byte in the loop that accepts, not in a thread: that loop is never busy with a page.
    """

    def accept(self, listener: Any) -> None:
        """Take a new connection and watch for its first byte."""
        try:
            client, address = listener.accept()
        except OSError as error:
            if error.errno in _LEFT:
                return
            raise
        self.nr_conns += 1
        connection = TConn(self.cfg, client, address, listener.getsockname())
        connection.timeout = time.monotonic() + DEFAULT_WORKER_DATA_TIMEOUT + self.cfg.keepalive
        self.pending_conns.append(connection)
        readable = partial(self.on_pending_socket_readable, connection)
        self.poller.register(connection.sock, selectors.EVENT_READ, readable)

    def enqueue_req(self, conn: Any) -> None:
        """Something came on a connection: note when, then hand it to the threads."""
        conn.arrived_at = datetime.now(UTC)
        super().enqueue_req(conn)

    def handle(self, conn: Any) -> Any:
        """Serve a request in a thread, which knows meanwhile when it arrived and since when it is read."""
        _served.arrived_at, _served.read_from = conn.arrived_at, datetime.now(UTC)
        try:
            return super().handle(conn)
        finally:
            _served.arrived_at = _served.read_from = None


def arrived_at() -> datetime:
    """The server's instant at which the request being served arrived; the present one under another server."""
    return getattr(_served, "arrived_at", None) or now()


def of_whole(arrived: datetime) -> datetime:
    """The instant by which a request that is now read whole is judged: that of its arrival, unless its sender held it back."""
    return judged(arrived, getattr(_served, "read_from", None), now())


def judged(arrived: datetime, read_from: datetime | None, at: datetime) -> datetime:
    """The instant of arrival, or `at`, when the request is whole, if a thread has read it for longer than HELD. Pure."""
    return at if read_from is not None and at - read_from > HELD else arrived

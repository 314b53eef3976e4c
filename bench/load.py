"""Asking a server: the requests, the client's process, and what came of it."""

import base64
import json
import statistics
import subprocess
import sys
from dataclasses import dataclass, field
from urllib.parse import urlencode

BOUNDARY = "bench-boundary-7f1c"


@dataclass
class Seen:
    """What a client saw."""

    seconds: float
    latencies: dict[str, list[float]] = field(default_factory=dict)
    statuses: dict[str, int] = field(default_factory=dict)
    again: int = 0

    def count(self, label: str = "") -> int:
        """How many answers."""
        return sum(len(each) for name, each in self.latencies.items() if not label or name == label)

    def rate(self, label: str = "") -> float:
        """Answers a second."""
        return self.count(label) / self.seconds

    def point(self, share: float, label: str = "") -> float:
        """A percentile of the latencies, in milliseconds."""
        listed = sorted(ms for name, each in self.latencies.items() if not label or name == label for ms in each)
        return listed[min(int(share * len(listed)), len(listed) - 1)] if listed else float("nan")

    def median(self, label: str = "") -> float:
        """The median latency, in milliseconds."""
        return statistics.median(
            ms for name, each in self.latencies.items() if not label or name == label for ms in each
        )

    def bad(self) -> dict[str, int]:
        """Answers that are neither what was asked nor a redirection."""
        return {name: count for name, count in self.statuses.items() if not 200 <= int(name.split()[-1]) < 400}


def get(path: str, cookie: str = "", extra: str = "") -> bytes:
    """A GET."""
    said = f"Cookie: session={cookie}\r\n" if cookie else ""
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{said}{extra}\r\n".encode()


def post(path: str, values: dict[str, str] | list[tuple[str, str]], cookie: str = "", extra: str = "") -> bytes:
    """A form."""
    return _sent(path, urlencode(values).encode(), "application/x-www-form-urlencoded", cookie, extra)


def upload(path: str, values: dict[str, str], name: str, file: bytes, cookie: str) -> bytes:
    """A form with a PDF."""
    parts = b"".join(
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode() for key, value in values.items()
    )  # fmt: skip
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"; filename="piece.pdf"\r\nContent-Type: application/pdf\r\n\r\n'
    body = parts + head.encode() + file + f"\r\n--{BOUNDARY}--\r\n".encode()
    return _sent(path, body, f"multipart/form-data; boundary={BOUNDARY}", cookie)


def _sent(path: str, body: bytes, kind: str, cookie: str, extra: str = "") -> bytes:
    said = f"Cookie: session={cookie}\r\n{extra}" if cookie else extra
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{said}Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def ask(port: int, connections: list[list[tuple[str, bytes]]], seconds: float, most: int = 0) -> Seen:
    """Each connection asks its requests in turn, over and over, until the time is up or `most` answers came."""
    plan = {
        "port": port, "seconds": seconds, "most": most,
        "connections": [[(label, base64.b64encode(text).decode()) for label, text in each] for each in connections],
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "bench.client"], input=json.dumps(plan), capture_output=True, text=True, check=True,
        timeout=seconds + 120,
    )  # fmt: skip
    return Seen(**json.loads(done.stdout))


def one(port: int, request: bytes) -> bytes:
    """One answer, whole."""
    import http.client
    import socket

    with socket.create_connection(("127.0.0.1", port), 60) as line:
        line.sendall(request)
        answer = http.client.HTTPResponse(line)
        answer.begin()
        return answer.read()

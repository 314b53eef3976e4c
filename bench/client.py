"""A client of many connections kept open, in a process of its own: one loop over sockets, cheap beside what it measures.

It reads a plan (JSON) on its input and writes what it saw (JSON) on its output. Run by `bench.load`.
"""

import base64
import json
import select
import socket
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import cycle
from typing import Any


class Talk:
    """One connection that asks one thing after the other."""

    def __init__(self, port: int, asked: Iterator[tuple[str, bytes]]) -> None:
        self.port, self.asked = port, asked
        self.label, self.request = next(asked)
        self.open()

    def open(self) -> None:
        """Connect and ask."""
        self.socket = socket.create_connection(("127.0.0.1", self.port), 30)
        self.socket.setblocking(False)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.begin()

    def begin(self) -> None:
        """Send what can be sent of the request."""
        self.left, self.answer, self.need = memoryview(self.request), bytearray(), -1
        self.began = time.perf_counter()
        self.push()

    def push(self) -> None:
        """Send more of it."""
        try:
            while self.left:
                self.left = self.left[self.socket.send(self.left) :]
        except BlockingIOError:
            return
        except OSError:  # The server closed meanwhile: the reading will tell.
            self.left = memoryview(b"")

    def pull(self) -> int:
        """Read; the status once the answer is whole, 0 before, -1 when the connection is over."""
        try:
            piece = self.socket.recv(1 << 18)
        except BlockingIOError:
            return 0
        except OSError:
            return -1
        if not piece:
            return -1
        self.answer += piece
        if self.need < 0:
            end = self.answer.find(b"\r\n\r\n")
            if end < 0:
                return 0
            head = bytes(self.answer[:end]).lower()
            mark = head.find(b"content-length:")
            length = int(head[mark + 15 :].split(b"\r\n", 1)[0]) if mark >= 0 else 0
            self.need = end + 4 + length
            self.closing = b"connection: close" in head
        return int(self.answer[9:12]) if len(self.answer) >= self.need else 0


def run(plan: dict[str, Any]) -> dict[str, Any]:
    """Ask for so many seconds; latencies in milliseconds and statuses, by label."""
    loop = select.epoll()
    talks: dict[int, Talk] = {}
    for place, requests in enumerate(plan["connections"]):
        asked = [(label, base64.b64decode(text)) for label, text in requests]
        turn = cycle(asked[place % len(asked) :] + asked[: place % len(asked)])
        talk = Talk(plan["port"], turn)
        talks[talk.socket.fileno()] = talk
        loop.register(talk.socket, select.EPOLLIN | (select.EPOLLOUT if talk.left else 0))
    latencies: dict[str, list[float]] = defaultdict(list)
    statuses: Counter[str] = Counter()
    again = 0
    begun = time.perf_counter()
    end = begun + plan["seconds"]
    most = plan.get("most") or 10**9
    done = 0
    waiting = len(talks)
    # After the time, what is under way is waited for: the server must be at rest before the next measure.
    while waiting and time.perf_counter() < end + 20:
        for number, event in loop.poll(0.2):
            talk = talks[number]
            if event & select.EPOLLOUT:
                talk.push()
                if not talk.left:
                    loop.modify(number, select.EPOLLIN)
            if not event & (select.EPOLLIN | select.EPOLLHUP | select.EPOLLERR):
                continue
            status = talk.pull()
            if status == 0:
                continue
            over = status < 0 or talk.closing
            late = time.perf_counter() >= end or done >= most
            if status > 0:
                done += 1
                latencies[talk.label].append(1000 * (time.perf_counter() - talk.began))
                statuses[f"{talk.label} {status}"] += 1
                talk.label, talk.request = next(talk.asked)
            if late:
                waiting -= 1
                loop.unregister(number)
                continue
            if over:  # The server closed: the same thing is asked again on a new connection, as a browser does.
                again += status < 0
                loop.unregister(number)
                talks.pop(number).socket.close()
                talk.open()
                talks[talk.socket.fileno()] = talk
                loop.register(talk.socket, select.EPOLLIN | (select.EPOLLOUT if talk.left else 0))
            else:
                talk.begin()
                if talk.left:
                    loop.modify(number, select.EPOLLIN | select.EPOLLOUT)
    return {
        "seconds": time.perf_counter() - begun, "latencies": latencies, "statuses": statuses, "again": again,
    }  # fmt: skip


if __name__ == "__main__":
    json.dump(run(json.load(sys.stdin)), sys.stdout)

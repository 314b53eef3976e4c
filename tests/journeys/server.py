"""The real thing for a story: migrations, commands, application server and worker, on loopback, stopped afterwards."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).resolve().parents[2]
LEFT = ("FLASK_", "PROGRAMME_", "PYTHONDONTWRITEBYTECODE")
"""Variables that an instance does not inherit: its processes start twice as fast when modules are compiled once for all."""


def wait_for(root: str, process: subprocess.Popen[bytes], seconds: float, log: Path) -> None:
    """Until the first page answers."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with suppress(httpx.HTTPError):
            if httpx.get(f"{root}/connexion", timeout=2).status_code == 200:
                return
        assert process.poll() is None, log.read_text()[-3000:]
        time.sleep(0.05)
    raise AssertionError("no answer: " + log.read_text()[-3000:])


class Instance:
    """An instance of the product with its own database and folder."""

    workers = 2

    def __init__(self, folder: Path, database_url: str, *, demo: bool = False) -> None:
        self.folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.root = f"http://127.0.0.1:{self.port}"
        self.environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith(LEFT)},
            "PYTHONPYCACHEPREFIX": str(ROOT / "build" / "bytecode"),
            "PROGRAMME_VAR": str(folder), "DATABASE_URL": database_url, "PORT": str(self.port),
            "DEMO": "1" if demo else "", "PROGRAMME_ENV": "development", "PYTHONWARNINGS": "ignore",
        }  # fmt: skip
        self.process: subprocess.Popen[bytes] | None = None

    def flask(self, *arguments: str, text: str = "", seconds: float = 120) -> str:
        """Run a command of the operator."""
        done = subprocess.run(
            [sys.executable, "-m", "flask", "--app", "wsgi", *arguments], cwd=ROOT, env=self.environment, input=text,
            capture_output=True, text=True, timeout=seconds, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"flask {' '.join(arguments)}: {done.stderr[-3000:]}"
        return done.stdout

    def start(self, seconds: float = 60) -> float:
        """Start the server and the worker; the seconds until the first page answers."""
        began = time.monotonic()
        with (self.folder / "serve.log").open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "flask", "--app", "wsgi", "serve", "--workers", str(self.workers)], cwd=ROOT,
                env=self.environment, stdout=log, stderr=log,
            )  # fmt: skip
        wait_for(self.root, self.process, seconds, self.folder / "serve.log")
        return time.monotonic() - began

    def stop(self) -> None:
        """Stop what was started."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(timeout=40)

    def mails(self, to: str) -> list[Any]:
        """The mails sent to an address, the oldest first."""
        found = []
        for path in sorted((self.folder / "mail").glob("*.eml")):
            message = message_from_bytes(path.read_bytes(), policy=policy.default)
            if to in str(message["To"]):
                found.append(message)
        return found

    def wait_mail(self, to: str, words: str, seconds: float = 20) -> Any:
        """The latest mail to an address whose subject or text holds the words; waits for the worker."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for message in reversed(self.mails(to)):
                text = message.get_body(("plain",)).get_content()
                if words in f"{message['Subject']} {text}".replace("\u00a0", " ").replace("\u202f", " ").replace(
                    "’", "'"
                ):
                    return message
            time.sleep(0.2)
        subjects = [str(m["Subject"]) for m in self.mails(to)]
        raise AssertionError(f"no mail with « {words} » to {to}; there are {subjects}")

    def wait_pdf(self, person: Any, path: str, words: str, seconds: float = 40) -> bytes:
        """Download a document as soon as the worker has made it."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            person.visit(path)
            if words in person.text():
                content = person.download(words)
                if content.startswith(b"%PDF-"):
                    return bytes(content)
            time.sleep(0.5)
        raise AssertionError(f"no PDF behind « {words} » on {path}: {person.text()[:800]}")

    def link_in(self, message: Any, part: str) -> str:
        """The path of the first link of a mail that contains `part`."""
        text = message.get_body(("plain",)).get_content()
        found = re.search(rf"{re.escape(self.root)}(\S*{re.escape(part)}\S*)", text)
        assert found, text
        return found.group(1)

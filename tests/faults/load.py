"""People who write without a pause on a real server, and remember what the server acknowledged."""

import io
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import httpx
from lxml import html
from PIL import Image

from programme.accounts.models import Account
from programme.core.unit_of_work import unit_of_work
from tests.factories.people import PASSWORD, account

PROPOSE, JOIN = "/reutilisations/proposer", "/inscription"


@dataclass
class Ledger:
    """What the server said it did: nonces of drafts and addresses of new accounts; how often an answer never came.

    `broken` counts the answers that said the server could not (500 and above): the person asks again.
    """

    drafts: list[str] = field(default_factory=list)
    accounts: list[str] = field(default_factory=list)
    unsure: int = 0
    broken: int = 0
    refused: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many writes were acknowledged."""
        return len(self.drafts) + len(self.accounts)


def people(count: int) -> list[str]:
    """Addresses of so many new accounts; ten drafts an hour each."""
    with unit_of_work():
        made: list[Account] = [account() for _ in range(count)]
        return [each.email for each in made]


def picture() -> bytes:
    """A picture of one dot that no other upload has."""
    out = io.BytesIO()
    Image.frombytes("RGB", (8, 8), secrets.token_bytes(192)).save(out, "PNG")
    return out.getvalue()


class Writer(threading.Thread):
    """One person: signs in, keeps drafts with a picture, opens accounts; asks again the same thing until it is answered."""

    def __init__(self, root: str, emails: list[str], ledger: Ledger, stop: threading.Event) -> None:
        super().__init__(daemon=True)
        self.root, self.emails, self.ledger, self.stop = root, emails, ledger, stop

    def run(self) -> None:
        """Until told to stop."""
        for email in self.emails:
            if self.stop.is_set():
                return
            with httpx.Client(base_url=self.root, timeout=15) as client:
                self._again(lambda: self._sign_in(client, email))  # noqa: B023 - done before the next turn
                for _ in range(9):
                    if self.stop.is_set():
                        return
                    self._draft(client)
                    self._account()

    def _again(self, act: Callable[[], None]) -> None:
        """The same until it is answered: a lost connection or a server that starts is asked again."""
        while not self.stop.is_set():
            try:
                return act()
            except httpx.HTTPError:
                self.ledger.unsure += 1
                time.sleep(0.1)
        return None

    def _must_be_able(self, answer: httpx.Response) -> None:
        if answer.status_code >= 500:
            self.ledger.broken += 1
            raise httpx.RequestError(f"{answer.status_code} on {answer.url}")

    def _sign_in(self, client: httpx.Client, email: str) -> None:
        token = _token(client.get("/connexion"))
        self._must_be_able(client.post("/connexion", data={"csrf_token": token, "email": email, "password": PASSWORD}))

    def _draft(self, client: httpx.Client) -> None:
        nonce, image = secrets.token_urlsafe(24), picture()

        def send() -> None:
            token = _token(client.get(PROPOSE))
            answer = client.post(
                PROPOSE, data={"csrf_token": token, "nonce": nonce, "title": f"Carte {nonce}", "act": "garder", "image_alt": "Un point"},
                files={"image": ("carte.png", image, "image/png")},
            )  # fmt: skip
            self._must_be_able(answer)
            if answer.status_code == 302:
                self.ledger.drafts.append(nonce)
            else:
                self.ledger.refused.append(f"{answer.status_code} {answer.text[:80]}")

        self._again(send)

    def _account(self) -> None:
        email = f"{secrets.token_hex(8)}@exemple.fr"

        def send() -> None:
            with httpx.Client(base_url=self.root, timeout=15) as client:
                token = _token(client.get(JOIN))
                values = {"csrf_token": token, "display_name": "Léa", "email": email, "password": PASSWORD}
                answer = client.post(JOIN, data=values)
            self._must_be_able(answer)
            if answer.status_code == 200:  # The page that says that a mail is on its way.
                self.ledger.accounts.append(email)
            else:
                self.ledger.refused.append(f"{answer.status_code} {answer.text[:80]}")

        self._again(send)


def _token(answer: httpx.Response) -> str:
    found = html.fromstring(answer.text).xpath("//input[@name='csrf_token']/@value")
    if not found:
        raise httpx.RequestError(f"no form on {answer.url}: {answer.status_code}")
    return str(found[0])

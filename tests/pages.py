"""A client that reads each page as a strict visitor: it parses, checks the ground rules and finds forms by label."""

import re
from typing import Any
from urllib.parse import urljoin

import html5lib
from flask import g, has_app_context
from flask.testing import FlaskClient
from lxml import etree, html


class Page:
    """One answer, parsed; its text has ordinary spaces and apostrophes so that sentences compare easily."""

    def __init__(self, response: Any) -> None:
        self.response = response
        self.status = response.status_code
        self.path = response.request.path
        self.body = response.get_data()
        self.is_html = response.mimetype == "text/html"
        if self.is_html:
            source = self.body.decode()
            html5lib.HTMLParser(strict=True).parse(source)
            self.tree = html.fromstring(source)
            self._check()

    def _check(self) -> None:
        tree = self.tree
        assert tree.get("lang") in ("fr", "en"), "no language"
        assert len(tree.xpath("//h1")) == 1, f"{len(tree.xpath('//h1'))} h1 on {self.path}"
        assert (tree.findtext(".//title") or "").strip(), "no title"
        ids = tree.xpath("//@id")
        assert len(ids) == len(set(ids)), f"ids twice on {self.path}: {sorted({i for i in ids if ids.count(i) > 1})}"
        assert not tree.xpath("//*[@style] | //script[not(@src)] | //style"), f"inline style or script on {self.path}"
        for control in tree.xpath("//input[not(@type='hidden')] | //select | //textarea"):
            name = control.get("id")
            labelled = name and tree.xpath("//label[@for=$name]", name=name)
            assert (
                labelled
                or control.xpath("ancestor::label")
                or control.get("aria-label")
                or control.get("aria-labelledby")
            ), f"no label for {control.get('name')} on {self.path}"
        for form in tree.xpath("//form[translate(@method,'POST','post')='post']"):
            assert form.xpath(".//input[@name='csrf_token']"), f"a form without token on {self.path}"

    @property
    def text(self) -> str:
        """The words of the page, with plain spaces and apostrophes."""
        if not self.is_html:
            return plain(self.body.decode())
        copy = html.fromstring(self.body.decode())
        etree.strip_elements(copy, "script", "style", with_tail=False)
        return plain(" ".join(copy.text_content().split()))

    @property
    def h1(self) -> str:
        """The title of the page."""
        return plain(" ".join(self.tree.xpath("//h1")[0].text_content().split()))

    @property
    def flashes(self) -> list[str]:
        """The messages shown."""
        return [
            plain(" ".join(each.text_content().split())) for each in self.tree.xpath("//*[contains(@class,'message')]")
        ]

    def links(self) -> list[str]:
        """Every address of the page."""
        return [str(href) for href in self.tree.xpath("//a/@href")]

    def token(self) -> str:
        """The token of the first form."""
        return str(self.tree.xpath("//input[@name='csrf_token']/@value")[0])


def plain(text: str) -> str:
    """Typography undone: no-break spaces become spaces, curly apostrophes straight ones."""
    return re.sub(r"[\u00a0\u202f\u2009]", " ", text).replace("’", "'")


class FreshClient(FlaskClient):
    """Forgets `g` before each request: the context that a test keeps open would hand one visitor's identity to the next."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        """Send one request."""
        if has_app_context():
            for name in list(g):
                g.pop(name)
        return super().open(*args, **kwargs)


class Visitor:
    """A person in front of the application, by Werkzeug's client: cookies kept, tokens found, redirects followed."""

    def __init__(self, app: Any) -> None:
        self.client = FreshClient(app, app.response_class, use_cookies=True)

    @staticmethod
    def _arrive() -> None:
        """The suite's application context outlives a request: forget who asked before, and their token's verdict."""
        if has_app_context():
            g.pop("_login_user", None)
            g.pop("stale_form", None)

    def get(self, path: str, status: int = 200, **kwargs: Any) -> Page:
        """Open a page and expect its status."""
        self._arrive()
        response = self.client.get(path, follow_redirects=True, **kwargs)
        assert response.status_code == status, f"GET {path}: {response.status_code} instead of {status}"
        return Page(response)

    def post(
        self, path: str, data: dict[str, Any] | None = None, *, form: str | None = None, status: int = 200
    ) -> Page:
        """Send a form with the token of the page `form` (by default the page at the same path)."""
        values = dict(data or {})
        values.setdefault("csrf_token", self.token(form or path))
        self._arrive()
        response = self.client.post(path, data=values, follow_redirects=True, content_type="multipart/form-data")
        assert response.status_code == status, f"POST {path}: {response.status_code} instead of {status}"
        return Page(response)

    def token(self, path: str) -> str:
        """A fresh token: from the given page when it has a form, else from the sign-in page."""
        self._arrive()
        page = self.client.get(path, follow_redirects=True)
        found = re.search(rb'name="csrf_token"[^>]*value="([^"]+)"', page.get_data())
        if found is None:
            page = self.client.get("/connexion/lien", follow_redirects=True)
            found = re.search(rb'name="csrf_token"[^>]*value="([^"]+)"', page.get_data())
        assert found is not None
        return found.group(1).decode()

    def sign_in(self, email: str, password: str) -> Page:
        """Sign in with a password."""
        return self.post("/connexion", {"email": email, "password": password})

    def follow(self, page: Page, href: str) -> Page:
        """Open a link of a page."""
        return self.get(urljoin(page.path, href))

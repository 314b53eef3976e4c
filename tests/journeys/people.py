"""A person in front of the product, by label and button only: over HTTP without script, or in a real browser.

Both kinds obey the same words, so that one story is played on both. A field is found by its label, a button
by its words, a file is attached by the label of its field: what a person sees is what drives.
"""

import html as htmllib
import re
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urljoin, urlsplit

import httpx
from lxml import html

from tests.pages import plain


class Person(Protocol):
    """What a story asks of a person."""

    def visit(self, path: str) -> None: ...
    def follow(self, words: str) -> None: ...
    def fill(self, label: str, value: str) -> None: ...
    def choose(self, label: str, option: str) -> None: ...
    def tick(self, label: str, *, off: bool = False) -> None: ...
    def attach(self, label: str, path: Path) -> None: ...
    def press(self, words: str, *, near: str = "") -> None: ...
    def hand_in(self, label: str, path: Path, words: str = "Ajouter") -> None: ...
    def recount(self) -> None: ...
    def text(self) -> str: ...
    def path(self) -> str: ...
    def download(self, words: str) -> bytes: ...
    def blanks(self) -> list[tuple[str, str]]: ...
    def labels(self, start: str) -> list[str]: ...
    def close(self) -> None: ...
    def fetch(self, path: str) -> str: ...
    def fill_all(self, label: str, value: str) -> None: ...


def same(words: str, other: str) -> bool:
    """Whether two wordings are the same for a reader: spaces and apostrophes do not count."""
    return plain(" ".join(words.split())) == plain(" ".join(other.split()))


OPTIONAL_PARTS = "ancestor::fieldset[legend[contains(., '(facultatif)')]]"
"""An optional answer made of parts is left: begun, it would have to be finished."""
FIRST = "(first)"
"""For `choose`: whatever comes first."""


class Reader:
    """A person whose browser has no script: pages are fetched and forms are sent as a browser would."""

    def __init__(self, root: str) -> None:
        self.root = root
        self.client = httpx.Client(base_url=root, follow_redirects=True, timeout=30)
        self.answer: httpx.Response | None = None
        self.tree: Any = None
        self.form: Any = None
        self.files: dict[str, Path] = {}

    def close(self) -> None:
        self.client.close()

    def fetch(self, path: str) -> str:
        """A file that a browser would download."""
        answer = self.client.get(path)
        assert answer.status_code == 200, f"{path}: {answer.status_code}"
        return answer.text

    def visit(self, path: str) -> None:
        self._show(self.client.get(path))

    def _show(self, answer: httpx.Response) -> None:
        assert answer.status_code < 500, f"{answer.request.method} {answer.url}: {answer.status_code}"
        self.answer, self.form, self.files = answer, None, {}
        self.tree = html.fromstring(answer.text) if "html" in answer.headers.get("content-type", "") else None

    def _find(self, xpath: str, words: str) -> Any:
        exact = [e for e in self.tree.xpath(xpath) if same(_words(e), words)]
        loose = [e for e in self.tree.xpath(xpath) if plain(words) in plain(" ".join(_words(e).split()))]
        assert exact or loose, f"« {words} » is not on {self.path()}:\n{self.text()[:1500]}"
        return (exact or loose)[0]

    def follow(self, words: str) -> None:
        self.visit(urljoin(str(self.answer.url), self._find("//a[@href]", words).get("href")))

    def _control(self, label: str, kinds: str = "input|textarea|select") -> Any:
        found = self._find("//label[@for]|//label[.//input]|//legend", label)
        if found.tag == "legend":
            return found.getparent()
        target = found.get("for")
        if target:
            return self.tree.xpath("//*[@id=$id]", id=target)[0]
        return found.xpath(".//input")[0]

    def fill(self, label: str, value: str) -> None:
        control = self._control(label)
        if control.tag == "textarea":
            control.text = value
        else:
            control.set("value", value)
        self.form = _form_of(control)

    def fill_all(self, label: str, value: str) -> None:
        """The same words in every field of this label."""
        for found in [e for e in self.tree.xpath("//label[@for]") if same(_words(e), label)]:
            control = self.tree.xpath("//*[@id=$id]", id=found.get("for"))[0]
            control.text = value
            self.form = _form_of(control)

    def choose(self, label: str, option: str) -> None:
        control = self._control(label)
        if control.tag == "select":
            offered = control.xpath(".//option")
            exact = [each for each in offered if same(_words(each), option)]
            [wanted] = (exact or [each for each in offered if plain(option) in plain(each.text_content())])[:1]
            for each in control.xpath(".//option"):
                each.attrib.pop("selected", None)
            wanted.set("selected", "selected")
        else:
            self._choose_radio(control, option)
        self.form = _form_of(control)

    def _choose_radio(self, group: Any, option: str) -> None:
        radios = [(r, _words(r.getparent())) for r in group.xpath(".//input[@type='radio' or @type='checkbox']")]
        wanted = [r for r, words in radios if same(words, option)] or [
            r for r, w in radios if plain(option) in plain(w)
        ]
        wanted = wanted or ([radios[0][0]] if option == FIRST else [])
        assert wanted, f"no « {option} » among {[words for _r, words in radios]}"
        for each, _ in radios:
            if each.get("type") == "radio":
                each.attrib.pop("checked", None)
        wanted[0].set("checked", "checked")

    def tick(self, label: str, *, off: bool = False) -> None:
        control = self._control(label)
        control.attrib.pop("checked", None)
        if not off:
            control.set("checked", "checked")
        self.form = _form_of(control)

    def attach(self, label: str, path: Path) -> None:
        control = self._control(label)
        self.files[control.get("name")] = path
        self.form = _form_of(control)

    def hand_in(self, label: str, path: Path, words: str = "Ajouter") -> None:
        self.attach(label, path)
        self.press(words, near=plain(label).removeprefix("Fichier : "))

    def recount(self) -> None:
        self.press("Recalculer")

    def press(self, words: str, *, near: str = "") -> None:
        buttons = [b for b in self.tree.xpath("//button[not(@type) or @type='submit']") if _form_of(b) is not None]
        named = [b for b in buttons if same(_words(b), words)] or [
            b for b in buttons if plain(words) in plain(" ".join(_words(b).split()))
        ]
        if near:
            named = [b for b in named if plain(near) in plain(" ".join(_block(b).split()))]
        if self.form is not None and any(_form_of(b) is self.form for b in named):
            named = [b for b in named if _form_of(b) is self.form]
        assert named, f"no button « {words} » on {self.path()}:\n{self.text()[:1500]}"
        self._send(named[0])

    def _send(self, button: Any) -> None:
        form = _form_of(button)
        url = urljoin(str(self.answer.url), button.get("formaction") or form.get("action") or str(self.answer.url))
        fields = [(name, value) for name, value in _fields(form)]
        if button.get("name"):
            fields.append((button.get("name"), button.get("value") or ""))
        if (form.get("method") or "get").lower() == "get":
            self._show(self.client.get(url, params=fields))
            return
        headers = {"Origin": self.root, "Referer": str(self.answer.url)}
        if "multipart" in (form.get("enctype") or ""):
            parts: list[Any] = [(name, (None, value)) for name, value in fields]
            for name, path in self.files.items():
                parts.append((name, (path.name, path.read_bytes(), "application/octet-stream")))
            self._show(self.client.post(url, files=parts, headers=headers))
        else:
            data: dict[str, list[str]] = {}
            for name, value in fields:
                data.setdefault(name, []).append(value)
            self._show(self.client.post(url, data=data, headers=headers))

    def text(self) -> str:
        if self.tree is None:
            return plain(self.answer.text)
        return plain(" ".join(self.tree.xpath("//body")[0].text_content().split()))

    def path(self) -> str:
        return urlsplit(str(self.answer.url)).path

    def blanks(self) -> list[tuple[str, str]]:
        """The fields of the page's main form that are still empty: label or legend, and kind; optional parts are left."""
        found: dict[str, str] = {}
        for control in self.tree.xpath(
            "//main//form//input[@id] | //main//form//textarea[@id] | //main//form//select[@id]"
        ):
            kind = _kind(control.tag, control.get("type", "text"), control.get("inputmode", ""))
            if kind == "file" or control.get("type") == "hidden":
                continue
            if kind in ("radio", "checkbox"):
                group = control.xpath("ancestor::fieldset[legend][1]")
                if group and not group[0].xpath(".//input[@checked]"):
                    found[_words(group[0].xpath("./legend")[0])] = kind
                continue
            filled = control.get("value") if control.tag == "input" else (control.text or "").strip()
            if not filled and control.tag != "select" and not control.xpath(OPTIONAL_PARTS):
                found[_words(self.tree.xpath("//label[@for=$id]", id=control.get("id"))[0])] = kind
        return list(found.items())

    def labels(self, start: str) -> list[str]:
        """The labels of the page that begin so."""
        return [w for w in map(_words, self.tree.xpath("//label")) if plain(w).startswith(start)]

    def download(self, words: str) -> bytes:
        href = self._find("//a[@href]", words).get("href")
        answer = self.client.get(urljoin(str(self.answer.url), href))
        assert answer.status_code < 400, f"{href}: {answer.status_code}"
        return answer.content


def _kind(tag: str, kind: str, inputmode: str) -> str:
    """What a field asks for, as a story says it."""
    if kind in ("radio", "checkbox", "file", "date"):
        return kind
    if tag == "select":
        return "list"
    return "number" if inputmode in ("numeric", "decimal") or kind == "number" else "text"


def _words(element: Any) -> str:
    return " ".join(element.text_content().split())


def _form_of(element: Any) -> Any:
    forms = element.xpath("ancestor-or-self::form")
    return forms[-1] if forms else None


def _block(button: Any) -> str:
    """The words around a button: its row, sheet or section."""
    block = button.xpath("ancestor::*[self::tr or self::li or self::section or contains(@class,'document-row')][1]")
    return _words(block[0]) if block else _words(_form_of(button))


def _fields(form: Any) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for control in form.xpath(".//input[@name] | .//textarea[@name] | .//select[@name]"):
        name, kind = control.get("name"), control.get("type", "text")
        if control.tag == "textarea":
            found.append((name, htmllib.unescape(control.text_content()).removeprefix("\n")))
        elif control.tag == "select":
            options = control.xpath(".//option[@selected]") or control.xpath(".//option")[:1]
            found += [(name, option.get("value", option.text_content())) for option in options]
        elif kind in ("checkbox", "radio"):
            if "checked" in control.attrib:
                found.append((name, control.get("value") or "on"))
        elif kind not in ("file", "submit", "button"):
            found.append((name, control.get("value") or ""))
    return found


class Surfer:
    """A person in Chromium, driven by Playwright."""

    BLOCKS = "tr, li, section, .document-row, .judged"

    def __init__(self, browser: Any, root: str, **context: Any) -> None:
        self.scripted = context.get("java_script_enabled", True)
        self.context = browser.new_context(base_url=root, locale="fr-FR", **context)
        self.page = self.context.new_page()
        self.page.set_default_timeout(8000)
        self.problems: list[str] = []
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.on(
            "console",
            lambda message: (
                self.problems.append(message.text)
                if message.type == "error" and "422" not in message.text and "409" not in message.text
                else None
            ),
        )

    def close(self) -> None:
        self.context.close()

    def fetch(self, path: str) -> str:
        answer = self.context.request.get(path)
        assert answer.status == 200, f"{path}: {answer.status}"
        return str(answer.text())

    def visit(self, path: str) -> None:
        self.page.goto(path)

    def _named(self, selector: str, words: str, inside: Any = None) -> Any:
        """The element of these words: exact before approximate, on the screen before folded away."""
        every = (inside or self.page).locator(selector)
        seen = every.evaluate_all("all => all.map(e => [e.textContent, e.checkVisibility()])")
        known = [
            (not same(text, words), not visible, place)
            for place, (text, visible) in enumerate(seen)
            if within(words, text)
        ]
        assert known, f"« {words} » is not on {self.path()}:\n{self.text()[:1500]}"
        return every.nth(min(known)[2])

    def link(self, words: str, *, near: str = "") -> Any:
        """The link of these words; `near` names the row where it stands."""
        if not near:
            return self._named("a[href]", words)
        rows = self.page.locator("tr, li").filter(has_text=re.compile(pattern(near))).all()
        held = [each for each in rows if any(_has(a, words) for a in each.locator("a[href]").all())]
        assert held, f"no link « {words} » near « {near} » on {self.path()}"
        return self._named("a[href]", words, held[-1])

    def follow(self, words: str, *, near: str = "") -> None:
        link = self.link(words, near=near)
        self._open(link)
        with self.page.expect_navigation():
            link.click()

    def _control(self, label: str) -> Any:
        found = self._named("label, legend", label)
        if found.evaluate("e => e.tagName") == "LEGEND":
            return found.locator("xpath=..")
        target = found.get_attribute("for")
        return self.page.locator(f'[id="{target}"]') if target else found.locator("input").first

    def fill(self, label: str, value: str) -> None:
        control = self._control(label)
        self._open(control)
        control.fill(value)

    def fill_all(self, label: str, value: str) -> None:
        for found in [e for e in self.page.locator("label[for]").all() if same(e.text_content() or "", label)]:
            self.page.locator(f'[id="{found.get_attribute("for")}"]').fill(value)

    def _open(self, control: Any) -> None:
        """A field may be inside a closed « details »: a person opens it first."""
        control.evaluate(
            "e => { for (let d = e.closest('details'); d; d = d.parentElement.closest('details')) d.open = true }"
        )

    def choose(self, label: str, option: str) -> None:
        control = self._control(label)
        self._open(control)
        if control.evaluate("e => e.tagName") == "SELECT":
            labels = control.locator("option").all()
            wanted = next(each for each in labels if plain(option) in plain(each.text_content() or ""))
            control.select_option(value=wanted.get_attribute("value"))
            return
        if option == FIRST:
            control.locator("label").first.click()
        else:
            self._named("label", option, control).click()

    def tick(self, label: str, *, off: bool = False) -> None:
        control = self._control(label)
        self._open(control)
        control.set_checked(not off)

    def attach(self, label: str, path: Path) -> None:
        self._control(label).set_input_files(path)

    def button(self, words: str, *, near: str = "") -> Any:
        """The button of these words; `near` names the row, sheet or section where it stands."""
        if near:
            own = [e for e in self.page.locator("button").all() if _has(e, words) and _has(e, near)]
            blocks = [] if own else self.page.locator(self.BLOCKS).filter(has_text=re.compile(pattern(near))).all()
            held = [b for b in blocks if any(_has(e, words) for e in b.locator("button").all())]
            assert own or held, f"no « {words} » near « {near} » on {self.path()}:\n{self.text()[:2500]}"
            return own[0] if own else self._named("button", words, held[-1])
        return self._named("button", words)

    def press(self, words: str, *, near: str = "") -> None:
        button = self.button(words, near=near)
        self._open(button)
        with self.page.expect_navigation():
            button.click()
            self.agree()

    def agree(self) -> None:
        """An act without return asks once more: say yes."""
        yes = self.page.locator("dialog[open] button[value=yes]")
        if yes.count():
            yes.click()

    def hand_in(self, label: str, path: Path, words: str = "Ajouter") -> None:
        """Give a piece: it leaves at once, or by its own button where there is no script."""
        row = self._control(label).get_attribute("data-upload") if self.scripted else None
        self.attach(label, path)
        if row is None:
            self.press(words, near=plain(label).removeprefix("Fichier : "))
            return
        self.page.wait_for_function(
            """([id, name]) => { const row = document.getElementById(id);
            return row.textContent.includes(name) && !row.querySelector('[data-upload-panel]') }""",
            arg=[row, path.name],
        )

    def recount(self) -> None:
        """Ask for the totals of a budget; with script they follow the typing."""
        if self.scripted:
            return
        self.press("Recalculer")

    def search(self, label: str, words: str) -> None:
        """Look for words: results follow the typing, or the button where there is no script."""
        self.fill(label, words)
        if self.scripted and self.page.locator("form[data-filters]").count():
            self.page.wait_for_function("() => location.search.includes('q=')")
            return
        self.press("Chercher")

    def text(self) -> str:
        return plain(" ".join(self.page.locator("body").inner_text().split()))

    def path(self) -> str:
        return urlsplit(self.page.url).path

    def blanks(self) -> list[tuple[str, str]]:
        found: dict[str, str] = {}
        for control in self.page.locator("main form input[id], main form textarea[id], main form select[id]").all():
            tag, kind, mode = control.evaluate("e => [e.tagName.toLowerCase(), e.type, e.inputMode || '']")
            named = _kind(tag, kind, mode)
            if named == "file" or kind == "hidden":
                continue
            if named in ("radio", "checkbox"):
                legend = control.evaluate(
                    "e => { const f = e.closest('fieldset'); const l = f && f.querySelector('legend'); return l && !f.querySelector('input:checked') ? l.textContent : '' }"
                )
                if legend:
                    found[" ".join(legend.split())] = named
            elif (
                tag != "select" and not control.input_value() and not control.locator(f"xpath={OPTIONAL_PARTS}").count()
            ):
                label = control.evaluate("e => e.labels[0].textContent")
                found[" ".join(label.split())] = named
        return list(found.items())

    def labels(self, start: str) -> list[str]:
        every = [" ".join((e.text_content() or "").split()) for e in self.page.locator("label").all()]
        return [each for each in every if plain(each).startswith(start)]

    def download(self, words: str) -> bytes:
        href = self._named("a[href]", words).get_attribute("href")
        answer = self.context.request.get(href)
        assert answer.status < 400, f"{href}: {answer.status}"
        return bytes(answer.body())


def within(words: str, text: str) -> bool:
    """Whether a text holds these words: spaces and apostrophes do not count."""
    return plain(" ".join(words.split())) in plain(" ".join(text.split()))


def pattern(words: str) -> str:
    """A regular expression for the words, whatever their spaces and apostrophes."""
    return r"\s*".join(re.escape(each) for each in words.split()).replace("'", "['’]").replace("’", "['’]")


def _has(element: Any, words: str) -> bool:
    return within(words, element.text_content() or "")

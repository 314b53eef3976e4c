"""A person in Chromium whose effort is counted and whose screens are kept; and one who has a keyboard only."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.journeys.effort import Effort
from tests.journeys.people import FIRST, Surfer
from tests.pages import plain

PICTURES = Path(__file__).resolve().parents[2] / "build" / "journeys"


class Traveller(Surfer):
    """Counts what each gesture costs; `picture` keeps what the person sees."""

    way = "souris"

    def __init__(self, browser: Any, root: str, role: str, **context: Any) -> None:
        context.setdefault("viewport", {"width": 1280, "height": 900})
        super().__init__(browser, root, **context)
        self.role = role
        self.effort = Effort(role=role, way=self.way)
        self.done: list[Effort] = []
        self.page.on("load", lambda _page: self.effort.page())

    @contextmanager
    def task(self, words: str) -> Iterator[None]:
        """Everything inside is the cost of one task."""
        self.effort = Effort(task=words, role=self.role, way=self.way)
        yield
        self.effort.end()
        self.done.append(self.effort)

    def picture(self, name: str, *, whole: bool = False) -> None:
        """Keep the screen, under the role and the way."""
        folder = PICTURES / self.role / self.way.replace(" ", "-")
        folder.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=folder / f"{name}.png", full_page=whole)

    def follow(self, words: str, *, near: str = "") -> None:
        self.effort.click()
        super().follow(words, near=near)

    def fill(self, label: str, value: str) -> None:
        self.effort.click()
        self.effort.type(value)
        super().fill(label, value)

    def fill_all(self, label: str, value: str) -> None:
        for _each in self.labels(label):
            self.effort.click()
            self.effort.type(value)
        super().fill_all(label, value)

    def choose(self, label: str, option: str) -> None:
        self.effort.click()
        if self._control(label).evaluate("e => e.tagName") == "SELECT":
            self.effort.click()
        super().choose(label, option)

    def tick(self, label: str, *, off: bool = False) -> None:
        self.effort.click()
        super().tick(label, off=off)

    def attach(self, label: str, path: Path) -> None:
        self.effort.click()
        self.effort.click()
        super().attach(label, path)

    def press(self, words: str, *, near: str = "") -> None:
        self.effort.click()
        super().press(words, near=near)

    def agree(self) -> None:
        before = self.page.locator("dialog[open] button[value=yes]").count()
        self.effort.clicks += before
        super().agree()


class Phone(Traveller):
    """The same person, with a phone 320 pixels wide."""

    way = "téléphone 320"

    def __init__(self, browser: Any, root: str, role: str) -> None:
        super().__init__(browser, root, role, viewport={"width": 320, "height": 640}, has_touch=True, is_mobile=True)

    def press(self, words: str, *, near: str = "") -> None:
        super().press(words, near=near)
        self.fits()

    def follow(self, words: str, *, near: str = "") -> None:
        super().follow(words, near=near)
        self.fits()

    def fits(self) -> None:
        """Nothing scrolls sideways."""
        width = self.page.evaluate("document.scrollingElement.scrollWidth")
        assert width <= 320, f"{self.path()} is {width} pixels wide"


class Plain(Traveller):
    """The same person, in a browser without script."""

    way = "sans script"

    def __init__(self, browser: Any, root: str, role: str) -> None:
        super().__init__(browser, root, role, java_script_enabled=False)


class Typist(Traveller):
    """A person who has a keyboard and no pointer: Tab, arrows, Space and Enter only; focus is always seen."""

    way = "clavier"
    FARTHEST = 300

    def __init__(self, browser: Any, root: str, role: str, **context: Any) -> None:
        super().__init__(browser, root, role, **context)
        self.choosers: list[Any] = []
        self.page.on("filechooser", lambda chooser: self.choosers.append(chooser))  # noqa: PLW0108 - a built-in cannot be wrapped

    def _press(self, key: str) -> None:
        self.effort.key()
        self.page.keyboard.press(key)

    def _reach(self, control: Any) -> None:
        """Tab until the control, or one of its group, has the focus."""
        self.effort.acts += 1
        control.wait_for(state="attached")
        handle = control.element_handle()
        behind = handle.evaluate(
            "e => !!(document.activeElement.compareDocumentPosition(e) & Node.DOCUMENT_POSITION_PRECEDING)"
        )
        for _step in range(self.FARTHEST):
            if handle.evaluate("e => e === document.activeElement"):
                return self._seen()
            self._press("Shift+Tab" if behind else "Tab")
        raise AssertionError(f"the keyboard does not reach {control} on {self.path()}")

    def _seen(self) -> None:
        """The focused element is on the screen, not under a bar (WCAG 2.2, 2.4.11), with a ring."""
        fault = self.page.evaluate(
            """() => {
              const e = document.activeElement, box = e.closest('label') && e.matches('.scores input') ? e.closest('label') : e
              const r = box.getBoundingClientRect()
              if (r.bottom <= 0 || r.top >= innerHeight) return 'out of the screen'
              const y = Math.min(Math.max(r.top + r.height / 2, 1), innerHeight - 1), x = Math.min(Math.max(r.left + r.width / 2, 1), innerWidth - 1)
              const top = document.elementFromPoint(x, y)
              if (top && !box.contains(top) && !top.contains(box)) return 'under ' + top.tagName + '.' + top.className
              const ring = getComputedStyle(box)
              return ring.outlineStyle === 'none' || parseFloat(ring.outlineWidth) < 2 ? 'without a ring' : ''
            }"""
        )
        assert not fault, (
            f"focus {fault} on {self.path()}: {self.page.evaluate('document.activeElement.outerHTML')[:200]}"
        )

    def follow(self, words: str, *, near: str = "") -> None:
        link = self.link(words, near=near)
        self._unfold(link)
        self._reach(link)
        with self.page.expect_navigation():
            self._press("Enter")

    def fill(self, label: str, value: str) -> None:
        control = self._control(label)
        self._unfold(control)
        self._reach(control)
        self.effort.type(value)
        if control.get_attribute("type") in ("date", "datetime-local"):
            control.fill(value)  # The native control is typed segment by segment; its order is the browser's own.
            return
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(value)

    def _unfold(self, control: Any) -> None:
        """Open the closed « details » around a control, by its summary."""
        summary = control.locator("xpath=ancestor::details[not(@open)][1]/summary")
        if summary.count():
            self._reach(summary)
            self._press("Enter")

    def choose(self, label: str, option: str) -> None:
        control = self._control(label)
        self._unfold(control)
        if control.evaluate("e => e.tagName") == "SELECT":
            wanted = next(o for o in control.locator("option").all() if plain(option) in plain(o.text_content() or ""))
            self._reach(control)
            for _step in range(control.locator("option").count()):
                if control.input_value() == wanted.get_attribute("value"):
                    return
                self._press("ArrowDown")
            return
        self._mark(control, option)

    def _mark(self, group: Any, option: str) -> None:
        """Tick a radio with the arrows, or a box with Space."""
        wanted = (group.locator("label").first if option == FIRST else self._named("label", option, group)).locator(
            "input"
        )
        if wanted.get_attribute("type") == "checkbox":
            self._reach(wanted)
            self._press("Space")
            return
        entry = (
            group.locator("input:checked") if group.locator("input:checked").count() else group.locator("input").first
        )
        self._reach(entry)
        if not wanted.evaluate("e => e === document.activeElement"):
            for _step in range(group.locator("input").count()):
                self._press("ArrowDown")
                if wanted.is_checked():
                    break
        elif not wanted.is_checked():
            self._press("Space")
        assert wanted.is_checked(), f"{option} is not chosen"
        self._seen()

    def tick(self, label: str, *, off: bool = False) -> None:
        control = self._control(label)
        self._reach(control)
        if control.is_checked() == off:
            self._press("Space")

    def attach(self, label: str, path: Path) -> Any:
        self._reach(self._control(label))
        self._press("Enter")
        for _wait in range(80):
            if self.choosers:
                return self.choosers.pop().set_files(path)
            self.page.wait_for_timeout(100)
        raise AssertionError(f"Enter opens no choice of files for « {label} »")

    def press(self, words: str, *, near: str = "") -> None:
        self.by_key(self.button(words, near=near))

    def by_key(self, button: Any) -> None:
        """Reach a button and press Enter; a dialog is answered by the keyboard too."""
        self._unfold(button)
        self._reach(button)
        with self.page.expect_navigation():
            self._press("Enter")
            yes = self.page.locator("dialog[open] button[value=yes]")
            if yes.count():
                self._reach(yes)
                self._press("Enter")


def number_in(text: str, pattern: str) -> str:
    """The first match of a pattern in a text."""
    found = re.search(pattern, text)
    assert found, f"no {pattern} in {text[:1500]}"
    return found.group(0)

"""A person who has a keyboard and hears the page: at each stop, what the accessibility tree says must be true and enough."""

from types import SimpleNamespace
from typing import Any

from tests.journeys.travellers import Typist
from tests.screens.checks import measure
from tests.screens.stage import HERE, NODE_MODULES

ENGINES = ("axe-core/axe.min.js", "html_codesniffer/build/HTMLCS.js")
SPOKEN = {
    "link", "button", "textbox", "checkbox", "radio", "combobox", "disclosuretriangle", "spinbutton", "date", "inputtime",
    "searchbox", "listbox", "alert", "group", "heading", "region", "alertdialog", "dialog", "main", "paragraph", "menulistpopup",
}  # fmt: skip
"""The roles on which the keyboard may stop. The parts of a day field belong to the browser."""
TOLD = {"textbox", "searchbox", "spinbutton", "listbox"}
"""The roles of which the protocol says whether they are required."""
PLACES = {"rootwebarea", "main", "paragraph", "generic", "group", "region", "option"}
"""What a link, a script or an arrow may lead to: a place on the page, which is no stop of the keyboard."""
# What is said aloud without being asked: live regions and alerts, as they change.
EARS = """
addEventListener('DOMContentLoaded', () => {
  window.heard = []
  const hear = (node) => {
    const live = (node.nodeType === 1 ? node : node.parentElement)?.closest('[role=status], [role=alert], [aria-live]')
    const text = live?.textContent.trim()
    if (text && live.getAttribute('aria-live') !== 'off' && heard.at(-1) !== text) heard.push(text)
  }
  new MutationObserver((all) => all.forEach((each) => hear(each.target))).observe(
    document, { subtree: true, childList: true, characterData: true })
})
"""
FOCUSED = """() => {
  const e = document.activeElement, before = window.stopped, page = e.closest('dialog') ?? document.body
  const words = [...(e.labels ?? []), ...(e.closest('fieldset')?.querySelectorAll(':scope > legend') ?? [])]
  const free = words.some((each) => each.textContent.includes('(facultatif)'))
  const sent = e.form?.method === 'post' && e.matches('select, textarea, input:not([type=checkbox], [type=file])')
  window.stopped = e
  return {
    html: e.outerHTML.slice(0, 160), body: e === document.body, tag: e.tagName, tabindex: e.tabIndex,
    backwards: !!before && before !== e && before.isConnected && page.contains(before)
      && !!(before.compareDocumentPosition(e) & Node.DOCUMENT_POSITION_PRECEDING),
    required: e.required === true || e.getAttribute('aria-required') === 'true',
    // What a form refuses to do without is all that words do not say « facultatif »; a draft is kept as far as it goes, its
    // files come one by one, a box may stay empty.
    needed: sent ? !free && !e.form.matches('[data-autosave]') : e.required ? !free : null,
    invalid: e.getAttribute('aria-invalid') === 'true',
    expanded: e.tagName === 'SUMMARY' ? e.parentElement.open : null,
    checked: ['checkbox', 'radio'].includes(e.type) ? e.checked : null,
    described: (e.getAttribute('aria-describedby') ?? '').split(' ').filter(Boolean).map((id) => document.getElementById(id)?.textContent.trim() ?? null),
  }
}"""


class Listener(Typist):
    """Types, presses and listens. `stops` counts where the keyboard stood; each was named, in order, seen and said truly."""

    way = "clavier et écoute"

    def __init__(self, browser: Any, root: str, role: str, **context: Any) -> None:
        super().__init__(browser, root, role, **context)
        self.page.add_init_script(EARS)
        self.voice = self.context.new_cdp_session(self.page)
        self.voice.send("Accessibility.enable")
        self.stops = 0
        self.roles: set[str] = set()
        self.engines = SimpleNamespace(
            sources=[(NODE_MODULES / each).read_text(encoding="utf-8") for each in ENGINES],
            measures=(HERE / "page.js").read_text(encoding="utf-8"),
        )

    def _press(self, key: str) -> None:
        super()._press(key)
        if key in ("Tab", "Shift+Tab"):
            self._hear(forward=key == "Tab")

    def _hear(self, *, forward: bool) -> None:
        """What is said of the element that has the focus."""
        here = self.page.evaluate(FOCUSED)
        if here["body"]:
            return  # The browser's own bar, after the last control: one goes on from there.
        self.stops += 1
        where = f"{here['html']} on {self.path()}"
        assert here["tabindex"] == 0, f"an order of its own: {where}"
        if forward:
            assert not here["backwards"], f"before what was read last: {where}"
        said = self._said()
        role, name = said["role"], said["name"]
        assert role in SPOKEN, f"« {role} » is no role to stop at: {where}"
        assert name.strip(), f"no name: {where}"
        self.roles.add(role)
        assert here["needed"] in (None, here["required"]), (
            f"required is {here['required']}, the words say otherwise: {where}"
        )
        # Of lists that open, boxes and days the protocol says nothing: the platform is told by the attribute itself.
        if role in TOLD:
            assert said["required"] == here["required"], f"required is said {said['required']}: {where}"
        for state in ("invalid", "expanded", "checked"):
            if here[state] is not None and (here[state] or state in ("expanded", "checked")):
                assert said[state] == here[state], f"{state} is said {said[state]}: {where}"
        assert None not in here["described"], f"described by nothing: {where}"
        for text in here["described"]:
            assert " ".join(text.split())[:40] in " ".join(said["description"].split()), (
                f"« {text} » is not said: {where}"
            )
        self._seen()

    def _said(self) -> dict[str, Any]:
        found = self.voice.send("Runtime.evaluate", {"expression": "document.activeElement"})["result"]["objectId"]
        [node] = self.voice.send("Accessibility.getPartialAXTree", {"objectId": found, "fetchRelatives": False})[
            "nodes"
        ]
        assert not node["ignored"], "the focus is on what is not said"
        states = {each["name"]: each["value"].get("value") for each in node.get("properties", [])}
        return {
            "role": node["role"]["value"].lower(), "name": str(node.get("name", {}).get("value", "")),
            "description": str(node.get("description", {}).get("value", "")), "required": states.get("required"),
            "invalid": states.get("invalid") == "true", "expanded": states.get("expanded"),
            "checked": states.get("checked") == "true",
        }  # fmt: skip

    def whole(self) -> None:
        """The page as a tree: nothing that takes the focus lacks a name; the two engines find nothing."""
        for node in self.voice.send("Accessibility.getFullAXTree")["nodes"]:
            states = {each["name"]: each["value"].get("value") for each in node.get("properties", [])}
            if node["ignored"] or not states.get("focusable") or node["role"]["value"].lower() in PLACES:
                continue
            assert str(node.get("name", {}).get("value", "")).strip(), (
                f"no name on {self.path()}: {node['role']['value']}"
            )
        assert measure(self.engines, self.page) == []

    def heard(self) -> list[str]:
        """What was said aloud on this page so far, without being asked."""
        return [" ".join(each.split()) for each in self.page.evaluate("window.heard ?? []")]

    def press(self, words: str, *, near: str = "") -> None:
        super().press(words, near=near)
        self.whole()

    def follow(self, words: str, *, near: str = "") -> None:
        super().follow(words, near=near)
        self.whole()


class Narrow(Listener):
    """The same person, with the page 320 pixels wide."""

    way = "clavier et écoute, 320"

    def __init__(self, browser: Any, root: str, role: str) -> None:
        super().__init__(browser, root, role, viewport={"width": 320, "height": 640})

    def whole(self) -> None:
        """Nor does it scroll sideways."""
        super().whole()
        width = self.page.evaluate("document.scrollingElement.scrollWidth")
        assert width <= 320, f"{self.path()} is {width} pixels wide"

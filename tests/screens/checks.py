"""What a page must be: one list of faults for each state, empty when all is well.

axe and html-validate: every error counts. HTML_CodeSniffer: its errors count; its warnings and notices ask a person to
look and are not counted. What axe cannot decide is reviewed by hand in incomplete.toml; what is not there is a fault.
"""

import json
import re
import time
import tomllib
from typing import Any

from playwright.sync_api import Error

from tests.screens.stage import HERE, PICTURES, WIDTHS, Sight, Stage, State
from tests.screens.states import EVERY

LOOKS = (*((width, "light") for width in WIDTHS), (1440, "dark"))
SHORT = ((320, "light"), (768, "dark"), (1440, "light"), (320, "dark"), (768, "light"), (1440, "dark"))
# Images to come are asked for by scrolling; a picture of the whole page wants them all.
EAGER = "Promise.all([...document.images].map((i) => { i.loading = 'eager'; return i.decode().catch(() => 0); }))"
LISTED = tomllib.loads((HERE / "incomplete.toml").read_text(encoding="utf-8"))


def looks(position: int) -> tuple[tuple[int, str], ...]:
    """The widths and modes in which a state is looked at: one in turn, or all."""
    return LOOKS if EVERY else (SHORT[position % len(SHORT)],)


def is_reviewed(finding: dict[str, Any]) -> bool:
    """Whether somebody looked at what axe left open, and wrote why it is fine."""
    return any(
        each["rule"] == finding["rule"]
        and re.search(each.get("selector", ""), finding["selector"])
        and re.search(each.get("html", ""), finding["html"])
        and re.search(each.get("message", ""), finding["message"])
        and (not each.get("measured") or finding["legible"] >= 1)
        for each in LISTED["reviewed"]
    )


def measure(stage: Stage, page: Any) -> list[str]:
    """Faults that the two engines and our own measures see in a page, as it stands."""
    for source in stage.sources:
        page.evaluate(f"{source}\n;0")
    page.evaluate(stage.measures)
    said = page.evaluate("(async () => ({...await screens.axe(), sniffer: await screens.sniffer()}))()")
    faults = [_axe("axe", each) for each in said["violations"]]
    faults += [_axe("axe, to review", each) for each in said["incomplete"] if not is_reviewed(each)]
    known = tuple(each["code"] for each in LISTED["sniffed"])
    faults += [
        f"HTMLCS {each['code']}: {each['message']} {each['html']}"
        for each in said["sniffer"]
        if not each["code"].endswith(known)
    ]
    return faults + page.evaluate("[...screens.doubles(), ...screens.overflow()]")


def _axe(kind: str, finding: dict[str, Any]) -> str:
    return f"{kind} {finding['rule']} at {finding['selector']}: {finding['message']} {finding['html']}"


def narrow_and_large(sight: Sight) -> list[str]:
    """No sideways scroll at 320 px, nor at 1280 px when the reader's text is twice as large."""
    page = sight.page
    page.set_viewport_size({"width": 320, "height": 900})
    faults = [f"at 320 px: {each}" for each in page.evaluate("screens.overflow()")]
    page.set_viewport_size({"width": 1280, "height": 900})
    session = sight.context.new_cdp_session(page)
    session.send("Page.setFontSizes", {"fontSizes": {"standard": 32, "fixed": 26}})
    return faults + [f"at 200 % text: {each}" for each in page.evaluate("screens.overflow()")]


def console(sight: Sight, state: State) -> list[str]:
    """Errors of the console; the browser also notes there that a document answered 4xx, which the state wants."""
    wanted = []
    if state.status >= 400:
        wanted.append("Failed to load resource: the server responded with a status of")
    if state.media == "noscript":
        wanted.append("Failed to load resource: net::ERR_FAILED")
    return [f"console: {each}" for each in sight.console if not any(text in each for text in wanted)]


def examine(stage: Stage, state: State, width: int, mode: str) -> list[str]:
    """All the faults of a state at one width, in light or dark; keeps its picture and a line in faults.jsonl."""
    began = time.monotonic()
    try:
        faults = _examine(stage, state, width, mode)
    except Exception as failure:
        _note(state, width, mode, began, [f"not reached: {failure}"])
        raise
    _note(state, width, mode, began, faults)
    return faults


def _note(state: State, width: int, mode: str, began: float, faults: list[str]) -> None:
    line = {
        "state": state.name,
        "width": width,
        "mode": mode,
        "seconds": round(time.monotonic() - began, 2),
        "faults": faults,
    }
    with (PICTURES / "faults.jsonl").open("a", encoding="utf-8") as log:
        log.write(json.dumps(line, ensure_ascii=False) + "\n")


def _keep_picture(page: Any, name: str) -> None:
    """The whole page; on a machine out of breath the browser sometimes says that it cannot, and can a moment later."""
    page.evaluate(EAGER)
    for last in (False, False, True):
        try:
            page.screenshot(path=PICTURES / name, full_page=True, scale="css")
        except Error as failure:
            if last or "Unable to capture screenshot" not in failure.message:
                raise
            page.wait_for_timeout(500)
        else:
            return


def _examine(stage: Stage, state: State, width: int, mode: str) -> list[str]:
    sight = stage.open(state, width, mode)
    try:
        answer = sight.answer
        faults = [] if answer.status == state.status else [f"status {answer.status} instead of {state.status}"]
        faults += [
            f"html-validate {each}" for each in stage.validator.errors(state.name, answer.text(), mail=state.mail)
        ]
        _keep_picture(sight.page, f"{state.name}-{width}-{mode}.png")
        faults += measure(stage, sight.page)
        if not state.mail:
            faults += sight.page.evaluate("screens.edges()") if state.media != "forced" else []
            faults += narrow_and_large(sight)
        return faults + console(sight, state)
    finally:
        sight.close()

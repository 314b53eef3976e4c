"""What somebody does on a page before one looks: short acts, each the reason of a state."""

from collections.abc import Callable
from itertools import count
from typing import Any

from tests.screens.stage import LONG, Stage

Act = Callable[[Stage, Any], None]


def _unlock(page: Any) -> None:
    """Let the form go as it is, unfolded: the browser's own bubbles would stand in front of the server's answer."""
    page.evaluate("""document.querySelectorAll("form").forEach((each) => { each.noValidate = true; });
        document.querySelectorAll("main details:has(form)").forEach((each) => { each.open = true; })""")


def press(words: str, *, within: str = "main") -> Act:
    """Press a button by its words, without the browser's own checks."""

    def act(_stage: Stage, page: Any) -> None:
        _unlock(page)
        with page.expect_navigation():
            page.locator(f"{within} button", has_text=words).first.click()
            _agree(page)

    return act


def _agree(page: Any) -> None:
    """Say yes to the question that a script asks before an act."""
    yes = page.locator("dialog[open] button[value=yes]")
    if yes.count():
        yes.click()


def click(words: str) -> Act:
    """Press a button that stays in the page, thanks to a script."""

    def act(_stage: Stage, page: Any) -> None:
        page.locator("main button:visible", has_text=words).first.click()

    return act


def settle(_stage: Stage, page: Any) -> None:
    """Leave the field and let the scripts answer."""
    page.keyboard.press("Tab")
    page.wait_for_timeout(400)


def blank(words: str, *, within: str = "main") -> Act:
    """Empty the form's texts, then press: the answer shows every error."""

    def act(stage: Stage, page: Any) -> None:
        button = page.locator(f"{within} button", has_text=words).first
        button.evaluate(
            """(button) => { for (const each of button.form.elements) {
                 if (each.matches("input:not([type=hidden], [type=radio], [type=checkbox], [type=submit], [type=file]), textarea")) each.value = "";
                 if (each.matches("input[type=checkbox]")) each.checked = false; } }"""
        )
        press(words, within=within)(stage, page)

    return act


def long_texts(words: str = "", *, within: str = "main") -> Act:
    """Fill every text with a very long French one; then press, when a button is named."""

    def act(stage: Stage, page: Any) -> None:
        page.evaluate(
            """([text, within]) => { for (const each of document.querySelectorAll(`${within} input[type=text], ${within} textarea`)) {
                 each.removeAttribute("maxlength"); each.value = each.matches("textarea") ? `${text}\\n\\n${text}` : text;
                 each.dispatchEvent(new Event("input", { bubbles: true })); } }""",
            [LONG, within],
        )
        if words:
            press(words, within=within)(stage, page)

    return act


def fill(**values: str) -> Act:
    """Fill fields by their names."""

    def act(_stage: Stage, page: Any) -> None:
        for name, value in values.items():
            field = page.locator(f"main [name='{name.replace('__', '-')}']").first
            if field.evaluate("(each) => each.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)

    return act


def tick(*selectors: str) -> Act:
    """Tick boxes and radios by selector."""

    def act(_stage: Stage, page: Any) -> None:
        for selector in selectors:
            page.locator(f"main {selector}").first.check(force=True)

    return act


def then(*acts: Act) -> Act:
    """One act after the other."""

    def act(stage: Stage, page: Any) -> None:
        for each in acts:
            each(stage, page)

    return act


def unfold(_stage: Stage, page: Any) -> None:
    """Open every details of the page."""
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")


def menu(_stage: Stage, page: Any) -> None:
    """Open the menu of a phone, when the window has one."""
    summary = page.locator("header summary, header [aria-expanded]").first
    if summary.is_visible():
        summary.click()


def follow_link(path: str, **fields: str) -> Act:
    """Go to the page that a mailed link opens."""

    def act(stage: Stage, page: Any) -> None:
        page.goto(stage.instance.root + stage.link(path, **fields))

    return act


def open_letter(email: str) -> Act:
    """Go to the page that the last mail to this address opens."""

    def act(stage: Stage, page: Any) -> None:
        page.goto(stage.instance.root + stage.mailed(email))

    return act


def tried(times: int, words: str) -> Act:
    """Send the same wrong form until the house says that it is too many."""

    def act(_stage: Stage, page: Any) -> None:
        for _each in range(times):
            _unlock(page)
            page.fill("main input[name=email]", "essais@exemple.example")
            if page.locator("main input[name=password]").count():
                page.fill("main input[name=password]", "un mot de passe faux")
            with page.expect_navigation():
                page.locator("main button", has_text=words).first.click()

    return act


_turns = count(1)


def overtaken(name: str, words: str) -> Act:
    """Somebody else saves the same form first: what one sends then comes back with both texts."""

    def act(stage: Stage, page: Any) -> None:
        other = page.context.new_page()
        other.goto(page.url)
        for sheet, text in (
            (other, f"Le texte de l’autre personne, essai {next(_turns)}"),
            (page, "Mon texte, écrit en même temps"),
        ):
            _unlock(sheet)
            sheet.locator(f"main [name='{name}']").first.fill(text)
            with sheet.expect_navigation():
                sheet.locator("main button", has_text=words).first.click()
        other.close()

    return act


def send_file(name: str, file: str, content: bytes, media_type: str) -> Act:
    """Choose a file for the first field of that name and press the button beside it."""

    def act(_stage: Stage, page: Any) -> None:
        form = page.locator("main .piece-form", has=page.locator(f"[name^='{name}']")).first
        form.locator(f"[name^='{name}']").set_input_files({"name": file, "mimeType": media_type, "buffer": content})
        with page.expect_navigation():
            form.locator("button").first.click()

    return act


def with_error_page(code: int) -> Act:
    """A page of the house for a status that no visitor can bring about."""

    def act(stage: Stage, page: Any) -> None:
        body = stage.error_page(code)
        page.route(
            "**/__error", lambda route: route.fulfill(status=code, body=body, content_type="text/html; charset=utf-8")
        )
        page.goto(f"{stage.instance.root}/__error")

    return act

"""Who is asked at the door: a view without a declared rule does not answer."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar, cast

from flask import Flask, abort, current_app, has_request_context, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from programme.core import short_answers
from programme.core.errors import NotAllowed

if TYPE_CHECKING:  # Only a name for the reader and the type checker: the floor knows no room at run time.
    from programme.accounts.models import Account

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])


@dataclass(frozen=True)
class Rule:
    """A door's rule: its name in the access table and the question asked to the signed-in account (or None)."""

    name: str
    allows: Callable[[Any], bool]


PUBLIC = Rule("public", lambda _account: True)
SIGNED_IN = Rule("signed_in", lambda account: account is not None)


def access(rule: Rule) -> Callable[[View], View]:
    """Declare who may knock at this view; what may be seen inside is asked of the object's policy."""

    def mark(view: View) -> View:
        view.__access__ = rule  # type: ignore[attr-defined]
        return view

    return mark


def rule_of(view: Callable[..., Any]) -> Rule | None:
    """The declared rule of a view, or None."""
    return cast(Rule | None, getattr(view, "__access__", None))


def viewer() -> "Account | None":
    """The signed-in account, or None (also for the worker and the commands, which serve no request)."""
    if not has_request_context():
        return None
    if not current_user.is_authenticated:
        return None
    # The account itself: a proxy put into a relationship would be kept beyond the request.
    return cast("Account", current_user._get_current_object())  # noqa: SLF001


def current_account() -> "Account":
    """The signed-in account.

    Raises:
        NotAllowed: nobody is signed in.
    """
    account = viewer()
    if account is None:
        raise NotAllowed
    return account


def require(allowed: bool) -> None:
    """Refuse as if the thing did not exist: refusal to see is the same answer as absence.

    Raises:
        NotAllowed: `allowed` is false.
    """
    if not allowed:
        raise NotAllowed


def guard() -> ResponseReturnValue | None:
    """Before each request: deny by default, send the anonymous visitor to the sign-in page."""
    if request.endpoint is None:
        return None
    rule = rule_of(current_app.view_functions[request.endpoint])
    if rule is None:
        _silent(request.endpoint)
    if rule.allows(viewer()):
        return None
    if viewer() is None:  # That a staff page exists is no secret; what it holds is.
        if short_answers.wanted():
            return short_answers.signed_out()
        return redirect(url_for("accounts.sign_in", next=_page_to_come_back_to()))
    return abort(404)


def _page_to_come_back_to() -> str | None:
    """The page that was asked for, or the one whose form was sent when it has the same address."""
    if request.method == "GET":
        return request.full_path.rstrip("?")
    return request.path if request.url_rule and "GET" in (request.url_rule.methods or ()) else None


def refuse_nul() -> None:
    """Before each request: no text of ours holds the NUL sign, which PostgreSQL refuses with a crash."""
    texts = chain([request.path], *request.args.listvalues(), *request.form.listvalues())
    if any("\x00" in text for text in texts):
        abort(400)


def _silent(endpoint: str) -> NoReturn:
    current_app.logger.error("view without an access rule: %s", endpoint)
    abort(404)


def install(app: Flask) -> None:
    """Put the guard at the door and declare the framework's own static view public."""
    if "static" in app.view_functions:
        app.view_functions["static"].__access__ = PUBLIC  # type: ignore[attr-defined,union-attr]
    app.before_request(guard)
    app.before_request(refuse_nul)

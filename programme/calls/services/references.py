"""What a call names outside itself: the call of its second step, the objectives that it serves, its rules as a PDF.

A document names them (by a code, a path in the strategy, a digest), so that it can be read elsewhere; what this place
does not know is left out, and `unknown` says it to whoever reads the document here.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from programme.accounts.models import Account
from programme.calls import queries
from programme.calls.models import Call, CallRegulation
from programme.calls.rules.traps import Step, circle
from programme.calls.states import DEFINABLE
from programme.core import journal, storage
from programme.core.errors import RuleBroken
from programme.extensions import db
from programme.strategy import queries as strategy
from programme.strategy.models import Objective, Theme
from programme.strategy.states import ThemeSet

Document = Mapping[str, Any]


def steps(but: str | None = None) -> dict[str, Step]:
    """Every call by its code, as far as a call that leads to it must know; `but`: all the others than this one."""
    return {
        code: Step(code, title, state, by_invitation, leads_to, closes_at)
        for code, title, state, by_invitation, leads_to, closes_at in db.session.execute(queries.steps())
        if code != but
    }


def path_of(objective: Objective) -> str:
    """« strategie/axe/objectif »: an objective by its codes, which last when its number does not."""
    return f"{objective.axis.strategy.slug}/{objective.axis.code}/{objective.code}"


def objectives() -> dict[str, Objective]:
    """Every objective of every strategy by its path, in their order."""
    return {path_of(each): each for each in db.session.scalars(strategy.objectives())}


def themes(document: Document) -> dict[str, Theme]:
    """The themes of the list that the call draws on by their codes, in their order."""
    return {each.code: each for each in db.session.scalars(strategy.themes(ThemeSet(document["theme_set"])))}


def named(call: Call) -> dict[str, Any]:
    """What the document says of them."""
    rules = call.regulation
    return {
        "leads_to": call.leads_to.code if call.leads_to else None,
        "theme_codes": list(call.theme_codes),
        "objectives": [path_of(each) for each in call.objectives],
        "regulation": {"name": rules.file.name, "sha256": rules.file.sha256} if rules else None,
    }


def unknown(document: Document) -> list[str]:
    """What the document names and this place does not know, in words."""
    found = []
    led = document.get("leads_to")
    if led and db.session.scalars(queries.called(led)).first() is None:
        found.append(_("l’appel du dossier complet (%(code)s)", code=led))
    known = objectives() if document.get("objectives") else {}
    found += [_("l’objectif %(path)s", path=each) for each in document.get("objectives", ()) if each not in known]
    offered = themes(document) if document.get("theme_codes") else {}
    found += [_("le thème %(code)s", code=each) for each in document.get("theme_codes", ()) if each not in offered]
    if document.get("regulation"):
        found.append(_("le fichier du règlement (%(name)s)", name=document["regulation"]["name"]))
    return found


def ensure_no_circle(document: Document) -> None:
    """A call may lead to another, never round to itself.

    Raises:
        RuleBroken: it would, straight or by others.
    """
    wanted = document.get("leads_to")
    if wanted and circle(document["code"], wanted, steps()):
        raise RuleBroken(_("Ces appels se mèneraient l’un à l’autre en boucle : choisissez un autre appel."))


def follow(call: Call, document: Document) -> None:
    """The call leads where the document says, offers the themes and serves the objectives that it says.

    Raises:
        RuleBroken: it would lead to itself, straight or by others.
    """
    ensure_no_circle(document)
    wanted = document.get("leads_to")
    call.leads_to = db.session.scalars(queries.called(wanted)).one_or_none() if wanted else None
    chosen = document.get("theme_codes", [])
    call.theme_codes = [each for each in themes(document) if each in chosen] if chosen else []
    paths = document.get("objectives", [])
    known = objectives() if paths else {}
    served = [known[each] for each in dict.fromkeys(paths) if each in known]
    if served != call.objectives:
        call.objectives = served


# ---- the rules of the call as a PDF ------------------------------------------------------------------


def add_regulation(call: Call, written: storage.Written, *, by: Account, at: datetime) -> dict[str, str]:
    """Keep a PDF that may become the rules of the call; gives what the document says of it.

    Raises:
        RuleBroken: these are the rules that the call has already.
    """
    if call.regulation is not None and call.regulation.file.sha256 == written.sha256:
        raise RuleBroken(_("C’est déjà le règlement de cet appel : rien n’a changé."))
    call.regulations.append(CallRegulation(file=storage.keep(written, by=by, at=at), added_at=at))
    db.session.flush()  # The order of the versions is that of their numbers.
    journal.record("call.regulation_added", on=call, by=by, at=at, after={"sha256": written.sha256})
    return {"name": written.name, "sha256": written.sha256}


def regulate(call: Call, given: Mapping[str, str] | None, *, at: datetime) -> None:
    """The call has the rules that the document names: a draft holds one file, a published call one version more."""
    waiting = [each for each in call.regulations if each.number is None]
    chosen = next((each for each in reversed(waiting) if given and each.file.sha256 == given["sha256"]), None)
    if call.state not in DEFINABLE and chosen is not None:
        number(call, chosen, at=at)
    for each in waiting:
        if each is not chosen:
            call.regulations.remove(each)


def number(call: Call, chosen: CallRegulation, *, at: datetime) -> None:
    """Publish a version: it has a number and a date, and never changes any more."""
    chosen.number = 1 + max((each.number or 0 for each in call.regulations), default=0)
    chosen.published_at = at


def forget_waiting(call: Call) -> None:
    """The files that a change would have published go with it."""
    for each in [each for each in call.regulations if each.number is None]:
        call.regulations.remove(each)

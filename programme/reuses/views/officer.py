"""The officers' doors: what waits for a reading, and the acts of moderation."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from programme.accounts.models import Account
from programme.accounts.policy import staff
from programme.accounts.states import Role
from programme.core.access import access, current_account, require
from programme.core.clock import now
from programme.core.errors import RuleBroken
from programme.core.forms import BaseForm
from programme.core.pages import PageOf
from programme.core.unit_of_work import unit_of_work
from programme.extensions import db
from programme.reuses import policy, queries, services
from programme.reuses.forms import RequestForm, WithdrawalForm
from programme.reuses.labels import FLAG_REASONS, ORIGINS, STATES
from programme.reuses.models import Reuse
from programme.reuses.states import MACHINE, ReuseState
from programme.reuses.views import bp
from programme.reuses.views.public import code_of

PER_PAGE = 50
MODERATOR = staff(Role.OFFICER_PROGRAMME)

Act = Callable[..., None]
ACTS: dict[str, tuple[str, Act, Any]] = {
    "publier": ("publish", services.publish, _l("La réutilisation est publiée.")),
    "mettre-en-avant": ("feature", services.feature, _l("La réutilisation est mise en avant.")),
    "ne-plus-mettre-en-avant": ("unfeature", services.unfeature, _l("La réutilisation n’est plus mise en avant.")),
    "lien-rompu": ("mark_broken", services.mark_broken, _l("Le lien est noté comme rompu, l’auteur est prévenu.")),
    "lien-retabli": ("repair", services.repair, _l("Le lien est noté comme rétabli.")),
    "classer": ("clear_flags", services.clear_flags, _l("Les signalements sont classés.")),
    "reprendre": ("reopen", services.reopen, _l("La réutilisation revient parmi les propositions.")),
}
"""Word of the address -> verb of the machine, service, sentence shown after."""

MESSAGES: dict[str, tuple[str, Act, Any]] = {
    "completer": (
        "ask_for_info",
        services.ask_for_info,
        _l("Votre message est parti, la réutilisation attend l’auteur."),
    ),
    "depublier": ("unpublish", services.unpublish, _l("La réutilisation est dépubliée, l’auteur est prévenu.")),
}
"""The same for the acts that carry a message to the author."""

FORMS: dict[str, tuple[type[BaseForm], str]] = {
    "completer": (RequestForm, "request"),
    "depublier": (WithdrawalForm, "reason"),
}
"""Word of the address -> form of the message, name of its field."""


@bp.get("/agents/reutilisations")
@access(MODERATOR)
def desk() -> ResponseReturnValue:
    """Every reuse by state, the longest waiting first; proposals when no state is asked for."""
    wanted = request.args.get("etat", ReuseState.SUBMITTED)
    state = code_of(ReuseState, wanted)
    found = db.paginate(queries.desk(state), per_page=PER_PAGE, max_per_page=PER_PAGE)
    counts = {row[0]: row[1] for row in db.session.execute(queries.state_counts())}
    return render_template(
        "reuses/officer/desk.html", reuses=found.items, page=PageOf.of(found), state=state, chip_items=_chips(counts, state),
        waiting=counts.get(ReuseState.SUBMITTED, 0),
        address=lambda number: url_for(".desk", etat=wanted, page=number),
    )  # fmt: skip


def _chips(counts: dict[ReuseState, int], current: ReuseState | None) -> list[dict[str, Any]]:
    alerts = {ReuseState.SUBMITTED, ReuseState.FLAGGED, ReuseState.BROKEN_LINK}
    chips = [
        {
            "label": label, "href": url_for(".desk", etat=state.value), "count": counts.get(state, 0),
            "current": state is current, "alert": state in alerts and counts.get(state, 0) > 0,
        }
        for state, label in STATES.items()
        if state is not ReuseState.DRAFT
    ]  # fmt: skip
    everything = {"label": _("Toutes"), "href": url_for(".desk", etat="toutes"), "count": sum(counts.values())}
    return [*chips, everything | {"current": current is None, "alert": False}]


@bp.get("/agents/reutilisations/<slug>")
@access(MODERATOR)
def moderate(slug: str) -> ResponseReturnValue:
    """One reuse as an officer reads it, with what can be done about it."""
    return _page(_moderated(queries.for_reading(slug)))


def _moderated(statement: Any) -> Reuse:
    reuse: Reuse = db.one_or_404(statement)
    require(policy.can_moderate(current_account()) and reuse.state is not ReuseState.DRAFT)
    return reuse


def _page(reuse: Reuse, typed: BaseForm | None = None, word: str = "") -> ResponseReturnValue:
    forms = {
        each: (typed if typed and each == word else kind(), field)
        for each, (kind, field) in FORMS.items()
        if each == word or MACHINE.allows(reuse.state, MESSAGES[each][0])
    }
    acts = [each for each, (verb, _act, _sentence) in ACTS.items() if MACHINE.allows(reuse.state, verb)]
    return render_template(
        "reuses/officer/moderate.html", reuse=reuse, forms=forms, acts=acts, reasons=FLAG_REASONS, origins=ORIGINS
    ), 422 if typed else 200


@bp.post("/agents/reutilisations/<slug>/<word>")
@access(MODERATOR)
def act(slug: str, word: str) -> ResponseReturnValue:
    """One act of moderation."""
    require(word in ACTS or word in MESSAGES)
    form = FORMS[word][0](request.form) if word in FORMS else None
    if form is not None and not form.validate():
        return _page(_moderated(queries.for_reading(slug)), form, word)
    try:
        with unit_of_work():
            _do(word, _moderated(queries.for_update(slug)), form, current_account(), now())
    except RuleBroken as refusal:
        flash(refusal.message, "error")
    else:
        flash(str((ACTS | MESSAGES)[word][2]), "success")
    return redirect(url_for(".moderate", slug=slug))


def _do(word: str, reuse: Reuse, form: BaseForm | None, by: Account, at: datetime) -> None:
    if form is not None:
        MESSAGES[word][1](reuse, form[FORMS[word][1]].data, by=by, at=at)
    else:
        ACTS[word][1](reuse, by=by, at=at)

"""The step of a draft that declares the State aid of a carrier whose activity is economic."""

import re
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from programme.applications import services
from programme.applications.forms import AidForm, blank_rows
from programme.applications.labels import SIZES
from programme.applications.models import Application
from programme.applications.rules import state_aid
from programme.applications.rules.state_aid import AidRegulation, Company, CompanyLink, Declaration, Received
from programme.applications.views import bp
from programme.applications.views.steps import FormStep, answered, go_on, step_page, version_of
from programme.calls.labels import AID_REGIMES
from programme.core.access import SIGNED_IN, access
from programme.core.clock import now, today
from programme.core.i18n import money

_ANSWERS = {"yes": True, "no": False}
_SAID = {True: "yes", False: "no"}


@bp.route("/dossiers/<reference>/aides", methods=["GET", "POST"])
@access(SIGNED_IN)
def aid_step(reference: str) -> ResponseReturnValue:
    """The State aid of the carrier and of the companies linked to it."""
    return answered(_AID, reference)


def _after(reference: str, form: AidForm) -> ResponseReturnValue:
    action = request.form.get("action")
    for name, rows in (("companies", form.companies), ("received", form.received)):
        if action == f"add_{name}":
            count = sum(_is_filled(row.form) for row in rows)
            more: dict[str, Any] = {name: count + 1, "_anchor": f"{name}-{count}-label"}
            return redirect(url_for(".aid_step", reference=reference, **more))
    return go_on(reference, "aides")


def shown(application: Application) -> dict[str, Any]:
    """Where the carrier stands today, as the page and the officer's file show it."""
    said, asked = services.declaration(application), services.aid_asked(application, today())
    size = state_aid.size_of(said.staff, said.turnover, said.balance)
    return {
        "said": said, "regime": asked.regime, "regime_words": AID_REGIMES[asked.regime], "requested": asked.requested,
        "is_economic": state_aid.is_economic(asked.kind, said), "day": asked.day,
        "standing": state_aid.standing(said, asked.regime, asked.requested, asked.day),
        "size": None if size is None else SIZES[size],
    }  # fmt: skip


def _page(application: Application, form: AidForm, status: int) -> ResponseReturnValue:
    action = request.form.get("action")
    for name, rows in (("companies", form.companies), ("received", form.received)):
        wanted = min(request.args.get(name, 0, type=int), len(rows) + 1)
        blank_rows(rows, max(1, wanted, len(rows) + (action == f"add_{name}")))
    return step_page(
        application, "aides", status, form=form, asks_activity=application.organisation.kind not in state_aid.COMPANIES,
        conflict=_conflict(application) if status == 409 else [], **shown(application),
    )  # fmt: skip


def _form(application: Application) -> AidForm:
    said = services.declaration(application)
    return AidForm(
        request.form,
        data={
            "version": application.version, "staff": said.staff, "turnover": said.turnover, "balance": said.balance,
            "is_sworn": said.is_sworn, **{name: _SAID.get(getattr(said, name)) for name in _QUESTIONS},
            "companies": [{"label": each.name, "siren": each.siren, "link": each.link} for each in said.companies],
            "received": [
                {
                    "label": each.authority, "granted_on": each.granted_on, "regulation": each.regulation,
                    "siren": each.siren, "amount": each.amount,
                }
                for each in said.received
            ],
        },
    )  # fmt: skip


_QUESTIONS = ("has_activity", "works_begun", "is_linked", "has_received")


def _conflict(application: Application) -> list[tuple[str, str]]:
    """What a colleague saved, in words."""
    said = services.declaration(application)
    rows = [f"{each.authority} : {money(each.amount)}" for each in said.received if each.amount is not None]
    companies = ", ".join(each.name for each in said.companies)
    return [(_("Entreprises liées"), companies or _("(vide)")), (_("Aides reçues"), ", ".join(rows) or _("(vide)"))]


def _is_filled(row: Any) -> bool:
    """Whether something was typed on the row, even something that cannot be read; a list always has a choice."""
    return any(field.raw_data and str(field.raw_data[0]).strip() for field in row if field.type != "SelectField")


def _keep(application: Application, form: AidForm) -> None:
    """Keep each answer as far as it can be read; an unreadable day or amount stays unsaid until it is corrected."""
    answers: dict[str, Any] = {name: _ANSWERS.get(form[name].data or "") for name in _QUESTIONS}
    figures = {name: None if form[name].errors else form[name].data for name in ("staff", "turnover", "balance")}
    companies = [_company(row.form) for row in form.companies if _is_filled(row.form)]
    received = [_received(row.form, application.organisation.siren) for row in form.received if _is_filled(row.form)]
    said = Declaration(**answers, **figures, companies=companies, received=received, is_sworn=bool(form.is_sworn.data))
    services.save_aid(application, said, version=version_of(form), at=now())


def _standing(application: Application) -> dict[str, str]:
    """Where the carrier stands, as just saved, for the script that saves while one writes."""
    return {"aid-standing": render_template("applications/steps/_aid.html", **shown(application))}


_AID = FormStep(_form, _keep, _page, _after, fragments=_standing)


def _digits(text: str | None) -> str:
    """The nine digits of a SIREN, as people write it; a SIRET begins by it."""
    return re.sub(r"[\s\u00a0\u202f.]", "", text or "")[:9]


def _company(row: Any) -> Company:
    link = CompanyLink.VOTES if row.link.errors else CompanyLink(row.link.data)
    return Company(_digits(row.siren.data), (row.label.data or "")[:200], link)


def _received(row: Any, own: str) -> Received:
    return Received(
        None if row.granted_on.errors else row.granted_on.data, (row.label.data or "")[:200],
        AidRegulation.GENERAL if row.regulation.errors else AidRegulation(row.regulation.data),
        None if row.amount.errors else row.amount.data, _digits(row.siren.data) or own,
    )  # fmt: skip

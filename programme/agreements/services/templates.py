"""Keeping templates: a version is checked when it is saved and never changes afterwards."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from programme.accounts.models import Account
from programme.agreements import queries, sources
from programme.agreements.models import AgreementTemplate
from programme.agreements.rules import wording
from programme.agreements.states import AgreementFamily
from programme.core import journal
from programme.core.errors import RuleBroken
from programme.extensions import db


def install_templates(*, at: datetime) -> None:
    """Put the delivered templates in a database that has none; what a Region has changed stays."""
    for family in AgreementFamily:
        if db.session.scalars(queries.latest_template(family)).first() is None:
            publish_template(family, sources.template(family), by=None, at=at)


def publish_template(
    family: AgreementFamily, source: Mapping[str, Any], *, by: Account | None, at: datetime
) -> AgreementTemplate:
    """Keep a new version of a template; agreements already prepared stay on theirs.

    Raises:
        RuleBroken: the template names a variable, a condition or an article that does not exist, or is malformed.
    """
    try:
        parsed = wording.parse(source)
    except wording.FaultyTemplate as error:
        raise RuleBroken(_sentence(error.faults)) from error
    faults = wording.check(parsed, family)
    if faults:
        raise RuleBroken(_sentence(faults))
    latest = db.session.scalars(queries.latest_template(family)).first()
    template = AgreementTemplate(
        family=family, version=1 if latest is None else latest.version + 1, title=parsed.title, source=dict(source),
        created_at=at,
    )  # fmt: skip
    db.session.add(template)
    journal.record("agreement_template.published", on=template, by=by, at=at, after={"version": template.version})
    return template


def _sentence(faults: list[wording.Fault]) -> str:
    reasons = {
        "shape": _("il manque une partie"),
        "twice": _("clé donnée deux fois"),
        "reference": _("renvoi vers un article ou une annexe qui n’existe pas"),
        "variable": _("variable inconnue"),
        "flag": _("condition inconnue"),
        "table": _("tableau inconnu"),
        "braces": _("accolades mal fermées"),
    }
    listed = "; ".join(f"{reasons[each.code]} « {each.name} » ({each.place})" for each in faults[:8])
    return _("Le modèle n’est pas enregistré : %(faults)s.", faults=listed)

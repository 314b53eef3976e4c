"""The legal pages, the personal data register, and what is not open yet."""

from itertools import groupby

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from programme.core.access import PUBLIC, access
from programme.core.personal_data import register
from programme.site.labels import BASES, FATES, PERSONAL_COLUMNS
from programme.site.views import bp


@bp.get("/accessibilite")
@access(PUBLIC)
def accessibility() -> ResponseReturnValue:
    """The accessibility statement (loi 2005-102, article 47; décret 2019-768)."""
    return render_template("site/accessibility.html")


@bp.get("/mentions-legales")
@access(PUBLIC)
def legal_notice() -> ResponseReturnValue:
    """Who publishes (loi 2004-575, article 6, III)."""
    return render_template("site/legal_notice.html")


@bp.get("/donnees-personnelles")
@access(PUBLIC)
def personal_data() -> ResponseReturnValue:
    """The register: one line for each personal column of the database, and the rights (RGPD, articles 13 and 30)."""
    lines = groupby(register(), key=lambda line: (line.thing, line.table))
    return render_template(
        "site/personal_data.html", things=[(*key, list(group)) for key, group in lines], bases=BASES, fates=FATES,
        columns=PERSONAL_COLUMNS,
    )  # fmt: skip


@bp.get("/api/docs")
@bp.get("/api/v1/<path:_rest>")
@access(PUBLIC)
def api_docs(_rest: str = "") -> ResponseReturnValue:
    """The programming interface is not open yet: a person reads so, a program gets 501 and the same words."""
    if _rest:
        return {"error": _("L’interface de programmation n’est pas encore ouverte.")}, 501
    return render_template("site/not_open.html", what="api")


@bp.get("/donnees-ouvertes/<any('appels.json', 'evenements.json', 'indicateurs.csv'):_file>")
@bp.get("/donnees-ouvertes/<any('catalogue.jsonld', 'catalogue.ttl'):_file>")
@access(PUBLIC)
def file_not_open(_file: str) -> ResponseReturnValue:
    """A file that is promised at this address and not made yet: 501, in words."""
    return render_template("site/not_open.html", what="file"), 501

"""The legal pages, the personal data register, and what is not open yet."""

from itertools import groupby

from flask import render_template
from flask.typing import ResponseReturnValue

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
@access(PUBLIC)
def api_docs() -> ResponseReturnValue:
    """The programming interface is not open yet, and the page says so."""
    return render_template("site/not_open.html")

"""What everybody may read: the network of partners."""

from collections import defaultdict

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from programme.agreements import queries
from programme.agreements.labels import (
    COMMITMENT_STATES,
    COMMITMENT_TONES,
    FAMILIES,
    FREQUENCIES,
    LICENCES,
    STATES,
    TONES,
)
from programme.agreements.models import Partnership
from programme.agreements.states import KEPT
from programme.agreements.views import bp
from programme.agreements.views.listing import code_of, pages
from programme.core.access import PUBLIC, access
from programme.core.clock import today
from programme.extensions import db
from programme.organisations.labels import CATEGORIES, KINDS
from programme.organisations.states import ActorCategory

PER_PAGE = 24


@bp.get("/partenaires")
@access(PUBLIC)
def partners() -> ResponseReturnValue:
    """The partners under convention: search, category, territory."""
    text = request.args.get("q", "")[:200]
    category = code_of(ActorCategory, request.args.get("categorie"))
    territory = request.args.get("territoire", "")[:3]
    page = db.paginate(
        queries.directory(text=text, category=category, territory=territory), per_page=PER_PAGE, max_per_page=PER_PAGE,
        error_out=False,
    )  # fmt: skip
    return render_template(
        "agreements/partners.html", page=page, text=text, category=category, territory=territory, categories=CATEGORIES,
        kinds=KINDS, kept=_kept(list(page.items)), pages=pages(page, url_for(".partners"), request.args),
    )  # fmt: skip


def _kept(partners: list[Partnership]) -> dict[int, tuple[int, int]]:
    """For each organisation: commitments kept, commitments in all."""
    counts: dict[int, tuple[int, int]] = defaultdict(lambda: (0, 0))
    ids = [each.organisation_id for each in partners]
    for organisation_id, state, count in db.session.execute(queries.kept_by_organisation(ids)):
        kept, total = counts[organisation_id]
        counts[organisation_id] = (kept + (count if state in KEPT else 0), total + count)
    return counts


@bp.get("/partenaires/<slug>")
@access(PUBLIC)
def partner(slug: str) -> ResponseReturnValue:
    """One partner: what it opened, what it keeps, its agreements as public facts."""
    found = db.one_or_404(queries.public_partner(slug))
    organisation = found.organisation
    return render_template(
        "agreements/partner.html", partnership=found, organisation=organisation, today=today(),
        commitments=db.session.scalars(queries.commitments_of_organisation(organisation.id)).all(),
        agreements=db.session.scalars(queries.public_agreements(organisation.id)).all(),
        datasets=db.session.scalars(queries.datasets_of(organisation.id)).all(), categories=CATEGORIES, kinds=KINDS,
        commitment_states=COMMITMENT_STATES, commitment_tones=COMMITMENT_TONES, frequencies=FREQUENCIES,
        licences=LICENCES, families=FAMILIES, states=STATES, tones=TONES,
    )  # fmt: skip

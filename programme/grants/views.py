"""Public doors: the list of awards and the open data of grants."""

import json
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

from flask import Blueprint, Response, current_app, render_template, request
from flask.typing import ResponseReturnValue

from programme.calls.models import Call
from programme.core import charts, exports
from programme.core.access import PUBLIC, access
from programme.core.addresses import whole_number
from programme.core.clock import now
from programme.core.sorting import with_query
from programme.extensions import db
from programme.grants import queries, sources
from programme.grants.queries import Filters
from programme.grants.rules import scdl
from programme.grants.states import GrantSort
from programme.organisations.labels import KINDS
from programme.organisations.states import OrganisationKind
from programme.strategy.models import Theme

bp = Blueprint("grants", __name__)
PER_PAGE = 25
SHARED_FOR = "public, max-age=300"


@bp.get("/projets-soutenus")
@access(PUBLIC)
def awards() -> ResponseReturnValue:
    """Who was funded, how much, for what: search, filters, totals, the map of the departments."""
    wanted, sort = _wanted(), _sort()
    page = db.paginate(queries.public_list(wanted, sort), per_page=PER_PAGE, max_per_page=PER_PAGE, error_out=False)
    count, amount, cost, asked = db.session.execute(queries.totals(wanted)).one()
    calls, themes = db.session.scalars(queries.calls()).all(), db.session.scalars(queries.themes()).all()
    places = _places(wanted)
    return render_template(
        "grants/awards.html", page=page, wanted=wanted, sort=sort.value, kinds=KINDS, count=count, amount=amount,
        cost=cost, asked=asked, years=[int(each) for each in db.session.scalars(queries.years())], calls=calls, themes=themes,
        places=places, map=_map(places), active=_active(wanted, calls, themes), at=now(),
        page_url=lambda number: with_query(page=str(number)), place_url=lambda code: with_query(territoire=code),
    )  # fmt: skip


def _places(wanted: Filters) -> dict[str, tuple[str, Decimal, int]]:
    """Name, sum and number of awards of each department of the Region, the most aided first."""
    found = {code: (amount, count) for code, count, amount in db.session.execute(queries.by_territory(wanted))}
    territories = current_app.config["REGION"].territories
    rows = {each.code: (each.name, *found.get(each.code, (Decimal(0), 0))) for each in territories}
    return dict(sorted(rows.items(), key=lambda row: (-row[1][1], row[0])))


def _map(places: dict[str, tuple[str, Decimal, int]]) -> charts.DepartmentMap | None:
    outlines = charts.shapes_from(Path(current_app.static_folder or "") / "build" / "departments.json")
    names = [(code, name) for code, (name, _amount, _count) in places.items()]
    return charts.department_map(outlines, names, {code: amount for code, (_name, amount, _count) in places.items()})


def _active(wanted: Filters, calls: Iterable[Call], themes: Iterable[Theme]) -> list[dict[str, str]]:
    """Each filter that is asked: its words, and the list without it."""
    names = {each.code: each.name for each in current_app.config["REGION"].territories}
    words = {
        "q": f"« {wanted.text} »" if wanted.text else "",
        "annee": str(wanted.year or ""),
        "appel": next((each.title for each in calls if each.slug == wanted.call_slug), wanted.call_slug),
        "theme": next((each.label for each in themes if each.code == wanted.theme_code), wanted.theme_code),
        "territoire": names.get(wanted.territory, wanted.territory),
        "porteur": str(KINDS[wanted.kind]) if wanted.kind else "",
    }
    return [{"label": label, "href": with_query(**{name: None})} for name, label in words.items() if label]


def _wanted() -> Filters:
    given = request.args
    year, kind = whole_number(given.get("annee")), given.get("porteur", "")
    return Filters(
        text=given.get("q", "")[:200], year=year if year is not None and 1900 < year < 2200 else None,
        call_slug=given.get("appel", "")[:80], theme_code=given.get("theme", "")[:60],
        territory=given.get("territoire", "")[:3],
        kind=OrganisationKind(kind) if kind in {each.value for each in OrganisationKind} else None,
    )  # fmt: skip


def _sort() -> GrantSort:
    given = request.args.get("tri", "")
    return GrantSort(given) if given in {each.value for each in GrantSort} else GrantSort.NEWEST


@bp.get("/donnees-ouvertes/subventions.csv")
@access(PUBLIC)
def open_data() -> ResponseReturnValue:
    """Every award in the national format (decree 2017-779; SCDL « subventions » 2.1.1)."""
    region = current_app.config["REGION"]
    rows = [sources.row(each, region) for each in db.session.scalars(queries.open_data())]
    for each in rows:
        if wrong := list(scdl.faults(each)):
            # The row is published all the same: the law asks for it; the operator repairs the record.
            current_app.logger.error(
                "grant %s of %s: wrong %s", each.decision_reference, each.signed_on, ", ".join(wrong)
            )
    return _shared(exports.published_csv("subventions.csv", scdl.COLUMNS, [each.cells() for each in rows]))


@bp.get("/donnees-ouvertes/subventions.schema.json")
@access(PUBLIC)
def open_data_schema() -> ResponseReturnValue:
    """The Table Schema of the file."""
    body = json.dumps(sources.schema(), ensure_ascii=False, indent=2)
    return _shared(Response(body, content_type="application/json; charset=utf-8"))


def _shared(response: Response) -> ResponseReturnValue:
    response.headers["Cache-Control"] = SHARED_FOR
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.add_etag()
    return response.make_conditional(request)

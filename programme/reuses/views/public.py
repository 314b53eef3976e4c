"""What everybody sees: the gallery, one reuse, its image, and how to report it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from flask import abort, current_app, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_sqlalchemy.pagination import Pagination

from programme.core import storage
from programme.core.access import PUBLIC, access, require, viewer
from programme.core.clock import now
from programme.core.errors import RuleBroken
from programme.core.unit_of_work import unit_of_work
from programme.extensions import db
from programme.projects import thread
from programme.reuses import policy, queries, services
from programme.reuses.forms import FlagForm
from programme.reuses.labels import KINDS, ORIGINS
from programme.reuses.models import Reuse
from programme.reuses.queries import EVERYWHERE, Facet, Filters, Sort
from programme.reuses.states import FlagReason, ReuseKind
from programme.reuses.views import bp

Code = TypeVar("Code", bound=StrEnum)
PER_PAGE = 24
MAX_CHOSEN = 20


@dataclass(frozen=True)
class PageOf:
    """A page of a list as the pagination component reads it."""

    number: int
    total_pages: int
    total: int
    has_prev: bool
    has_next: bool

    @classmethod
    def of(cls, found: Pagination) -> "PageOf":
        """The place of what was found."""
        return cls(found.page, found.pages, found.total or 0, found.has_prev, found.has_next)


def code_of(codes: type[Code], text: str) -> Code | None:
    """The code that a person's text names; None for anything else."""
    return next((each for each in codes if each.value == text), None)


def cached(body: str) -> ResponseReturnValue:
    """A public page with an ETag for whoever is not signed in: unchanged, it costs the reader nothing."""
    response = make_response(body)
    if viewer() is None:
        response.add_etag()
        response.headers["Cache-Control"] = "no-cache"
        response.make_conditional(request)
    return response


def filters_of_request() -> Filters:
    """The demand written in the address; what is not a facet's value is left out."""
    sort = request.args.get("tri", "")
    chosen = [
        (facet, value)
        for facet in Facet
        for value in dict.fromkeys(request.args.getlist(facet.value)[:MAX_CHOSEN])
        if _is_value(facet, value)
    ]
    text = " ".join(request.args.get("q", "")[:200].split())
    return Filters(text, tuple(chosen), code_of(Sort, sort) or Sort.NEWEST)


def _is_value(facet: Facet, value: str) -> bool:
    if facet is Facet.KIND:
        return code_of(ReuseKind, value) is not None
    if facet is Facet.YEAR:
        return value.isascii() and value.isdigit() and len(value) == 4
    if facet is Facet.TERRITORY:
        return value in _territories()
    return 0 < len(value) <= 80


def _territories() -> dict[str, str]:
    named = {each.code: each.name for each in current_app.config["REGION"].territories}
    return {EVERYWHERE: _("Toute la région"), **named}


def address(filters: Filters, page: int = 1, sort: Sort | None = None) -> str:
    """The address of a demand."""
    args: dict[str, Any] = {facet.value: filters.values(facet) for facet in Facet}
    order = sort or filters.sort
    return url_for(
        "reuses.gallery", q=filters.text or None, tri=None if order is Sort.NEWEST else order.value,
        page=page if page > 1 else None, **args,
    )  # fmt: skip


@bp.get("/reutilisations")
@access(PUBLIC)
def gallery() -> ResponseReturnValue:
    """Search, facets, cards."""
    filters = filters_of_request()
    found = db.paginate(queries.gallery(filters), per_page=PER_PAGE, max_per_page=PER_PAGE)
    rows = db.session.execute(queries.facets(filters)).all()
    facets = facet_groups(filters, rows)
    return cached(
        render_template(
            "reuses/gallery.html", filters=filters, reuses=found.items, page=PageOf.of(found), facets=facets,
            everything=next(row.n for row in rows if row.facet == "total"), sorts=sort_links(filters),
            active=active_filters(filters, facets), address=lambda number: address(filters, number), empty_address=address(Filters()),
        )
    )  # fmt: skip


def facet_groups(filters: Filters, rows: Any) -> list[dict[str, Any]]:
    """The facets with their values as words; a chosen value that no longer counts anything stays, to be removed."""
    titles = {
        Facet.THEME: _("Thème"), Facet.KIND: _("Forme"), Facet.TERRITORY: _("Territoire"),
        Facet.DATASET: _("Jeu de données"), Facet.YEAR: _("Année"),
    }  # fmt: skip
    groups = []
    for facet, title in titles.items():
        chosen = filters.values(facet)
        options = [
            {
                "value": row.value,
                "label": _word(facet, row.value, row.label),
                "count": row.n,
                "checked": row.value in chosen,
            }
            for row in rows
            if row.facet == facet.value
        ]
        gone = [value for value in chosen if value not in {each["value"] for each in options}]
        options += [{"value": value, "label": _word(facet, value, None), "count": 0, "checked": True} for value in gone]
        if facet is Facet.YEAR:
            options.sort(key=lambda each: each["value"], reverse=True)
        shown = bool(chosen) or facet in (Facet.THEME, Facet.TERRITORY)
        groups.append({"facet": facet, "title": title, "options": options, "open": shown})
    return groups


def _word(facet: Facet, value: str, label: str | None) -> str:
    if facet is Facet.KIND:
        return str(KINDS[ReuseKind(value)])
    if facet is Facet.TERRITORY:
        return _territories().get(value, value)
    return label or value


def active_filters(filters: Filters, facets: list[dict[str, Any]]) -> list[dict[str, str]]:
    """What narrows the list, each with the address that removes it."""
    chips = [
        {"label": option["label"], "href": address(filters.without(group["facet"], option["value"]))}
        for group in facets
        for option in group["options"]
        if option["checked"]
    ]
    if filters.text:
        chips.insert(0, {"label": f"« {filters.text} »", "href": address(Filters("", filters.chosen, filters.sort))})
    return chips


def sort_links(filters: Filters) -> list[dict[str, Any]]:
    """The three orders."""
    words = {Sort.NEWEST: _("Les plus récentes"), Sort.TITLE: _("Par titre"), Sort.EFFECT: _("Effet mesuré d’abord")}
    return [
        {"label": label, "href": address(filters, sort=sort), "count": None, "current": sort is filters.sort}
        for sort, label in words.items()
    ]


def visible(slug: str) -> Reuse:
    """The reuse if this reader may see it; a withdrawn one answers 410 to the public."""
    reuse: Reuse = db.one_or_404(queries.by_slug(slug))
    if not policy.can_see(viewer(), reuse):
        abort(410 if reuse.was_public else 404)
    return reuse


@bp.get("/reutilisations/<slug>")
@access(PUBLIC)
def show(slug: str) -> ResponseReturnValue:
    """One reuse: what it is, why, with which data, and the thread of its project."""
    reuse = visible(slug)
    account = viewer()
    return cached(
        render_template(
            "reuses/show.html", reuse=reuse, origins=ORIGINS, steps=thread.with_place(thread.steps(reuse.project, account)),
            similar=db.session.scalars(queries.similar(reuse)).all() if reuse.is_public else [],
            can_edit=account is not None and policy.can_edit(account, reuse),
            can_moderate=account is not None and policy.can_moderate(account),
        )
    )  # fmt: skip


@bp.get("/reutilisations/<slug>/image")
@access(PUBLIC)
def image(slug: str) -> ResponseReturnValue:
    """The picture, shown in the page only after its bytes are read again as a picture's."""
    row = visible(slug).image
    if row is None or row.is_withheld:
        abort(404)
    if storage.sniff(storage.read(row.key), row.name) not in storage.IMAGES:
        abort(404)
    response = storage.answer(row, inline=True)
    response.make_conditional(request)
    return response


@bp.route("/reutilisations/<slug>/signaler", methods=["GET", "POST"])
@access(PUBLIC)
def flag(slug: str) -> ResponseReturnValue:
    """Tell the Region that something is wrong, without an account."""
    form = FlagForm(request.form)
    if not form.submitted():
        return render_template("reuses/flag.html", reuse=_reportable(slug), form=form), 422 if form.posted else 200
    try:
        with unit_of_work():
            _keep_flag(slug, form)
    except RuleBroken as refusal:
        form.form_errors.append(refusal.message)
        return render_template("reuses/flag.html", reuse=_reportable(slug), form=form), 422
    flash(_("Merci. La Région a reçu votre signalement et va le lire."), "success")
    return redirect(url_for(".show", slug=slug))


def _reportable(slug: str) -> Reuse:
    reuse = visible(slug)
    require(reuse.is_public)
    return reuse


def _keep_flag(slug: str, form: FlagForm) -> None:
    reuse = db.one_or_404(queries.for_update(slug))
    require(reuse.is_public)
    services.flag(
        reuse, FlagReason(form.reason.data), form.message.data or "", form.email.data,
        source=request.remote_addr or "", at=now(),
    )  # fmt: skip

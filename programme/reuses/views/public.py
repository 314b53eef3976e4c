"""What everybody sees: the gallery, one reuse, its image, and how to report it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, TypeVar

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from programme.core import public_pages, recent, search, storage
from programme.core.access import PUBLIC, access, require, viewer
from programme.core.clock import now
from programme.core.errors import RuleBroken
from programme.core.pages import PageOf
from programme.core.unit_of_work import unit_of_work
from programme.extensions import db
from programme.projects import thread
from programme.reuses import policy, queries, services
from programme.reuses.forms import FlagForm
from programme.reuses.labels import KINDS, ORIGINS
from programme.reuses.models import WIDTHS, Reuse
from programme.reuses.queries import EVERYWHERE, Facet, Filters, Sort
from programme.reuses.states import FlagReason, ReuseKind
from programme.reuses.views import bp

Code = TypeVar("Code", bound=StrEnum)
PER_PAGE = 24
MAX_CHOSEN = 20


def code_of(codes: type[Code], text: str) -> Code | None:
    """The code that a person's text names; None for anything else."""
    return next((each for each in codes if each.value == text), None)


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
    return public_pages.answer(_gallery)


def _gallery() -> str:
    filters = filters_of_request()
    counts = recent.kept(("reuses.gallery", filters), lambda: _count(filters))
    page = PageOf.asked(counts.found, PER_PAGE)
    facets = facet_groups(filters, counts.rows)
    return render_template(
        "reuses/gallery.html", filters=filters, reuses=_shown(filters, page, counts), page=page, facets=facets,
        everything=next(row.n for row in counts.rows if row.facet == "total"), sorts=sort_links(filters),
        active=active_filters(filters, facets), address=lambda number: address(filters, number), empty_address=address(Filters()),
        extract=lambda reuse: extract_of(reuse, filters.text),
    )  # fmt: skip


@dataclass(frozen=True)
class Counts:
    """The numbers of a demand: rows of the facets, answers, how many of each rank, and how common its words are."""

    rows: Sequence[Any]
    found: int
    ranks: list[int]
    is_common: bool


def _count(filters: Filters) -> Counts:
    filters = replace(filters, is_common=search.is_common(db.session, Reuse.search_text, filters.text))
    rows = db.session.execute(queries.facets(filters)).all()
    ranks = list(db.session.execute(queries.found_by_rank(filters)).one())
    return Counts(rows, sum(ranks), ranks, filters.is_common)


def _shown(filters: Filters, page: PageOf, counts: Counts) -> list[Reuse]:
    start = (page.number - 1) * PER_PAGE
    filters = replace(filters, is_common=counts.is_common)
    parts = queries.page(filters, start=start, size=PER_PAGE, ranks=counts.ranks)
    return [each for part in parts for each in db.session.scalars(part)]


def extract_of(reuse: Reuse, text: str) -> list[search.Part]:
    """Where a reuse says the words of the search; empty without a search or when only its data sets or theme do."""
    return search.extract(reuse.summary, text) or search.extract(reuse.description, text)


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
    return public_pages.answer(lambda: _page(slug))


def _page(slug: str) -> str:
    reuse = visible(slug)
    account = viewer()
    return render_template(
        "reuses/show.html", reuse=reuse, origins=ORIGINS, steps=thread.with_place(thread.steps(reuse.project, account)),
        similar=_similar(reuse) if reuse.is_public else [],
        can_edit=account is not None and policy.can_edit(account, reuse),
        can_moderate=account is not None and policy.can_moderate(account),
    )  # fmt: skip


def _similar(reuse: Reuse, wanted: int = 3) -> list[Reuse]:
    """Those of the same data sets, then of the same theme."""
    found = list(db.session.scalars(queries.similar(reuse, wanted)))
    if len(found) < wanted:
        found += db.session.scalars(queries.of_theme(reuse, but=[each.id for each in found], limit=wanted - len(found)))
    return found


@bp.get("/reutilisations/<slug>/image")
@access(PUBLIC)
def image(slug: str) -> ResponseReturnValue:
    """The picture, shown in the page only after its bytes are read again as a picture's; `?largeur=` for a smaller copy."""
    row = visible(slug).image
    if row is None or row.is_withheld:
        abort(404)
    row = _copy(row) or row
    if storage.sniff(storage.read(row.key), row.name) not in storage.IMAGES:
        abort(404)
    response = storage.answer(row, inline=True)
    response.make_conditional(request)
    return response


def _copy(picture: storage.StoredFile) -> storage.StoredFile | None:
    """The copy that is asked for, once the worker has made it."""
    width = request.args.get("largeur", type=int)
    return db.session.scalars(queries.thumbnail(picture.id, width)).one_or_none() if width in WIDTHS else None


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

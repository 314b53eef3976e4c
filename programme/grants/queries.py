"""Statements about grants. A grant exists only once its decision is released: what is listed here is public."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, extract, func, select
from sqlalchemy.orm import contains_eager, joinedload, raiseload

from programme.calls.models import Call
from programme.core import search
from programme.core.columns import Money
from programme.grants.models import Grant
from programme.grants.states import GrantSort
from programme.organisations.models import Organisation
from programme.organisations.states import OrganisationKind
from programme.projects.models import Project
from programme.strategy.models import Theme


@dataclass(frozen=True)
class Filters:
    """What a visitor asked of the list."""

    text: str = ""
    year: int | None = None
    call_slug: str = ""
    theme_code: str = ""
    territory: str = ""
    kind: OrganisationKind | None = None


def _conditions(wanted: Filters) -> Iterable[ColumnElement[bool]]:
    found = search.matches(Grant.search_text, wanted.text)
    if found is not None:
        yield found
    if wanted.year is not None:
        yield Grant.voted_on.between(date(wanted.year, 1, 1), date(wanted.year, 12, 31))
    if wanted.call_slug:
        yield Grant.call_id.in_(select(Call.id).where(Call.slug == wanted.call_slug))
    if wanted.theme_code:
        yield Grant.theme_id.in_(select(Theme.id).where(Theme.code == wanted.theme_code))
    if wanted.territory:
        yield Grant.territory_code == wanted.territory
    if wanted.kind is not None:
        yield Grant.organisation_id.in_(select(Organisation.id).where(Organisation.kind == wanted.kind))


_ORDERS: dict[GrantSort, tuple[Any, ...]] = {
    GrantSort.NEWEST: (Grant.voted_on.desc(), Grant.id.desc()),
    GrantSort.OLDEST: (Grant.voted_on, Grant.id),
    GrantSort.AMOUNT: (Grant.amount.desc(), Grant.id),
    GrantSort.SMALLEST: (Grant.amount, Grant.id),
    GrantSort.TITLE: (Project.slug, Grant.id),
}


def public_list(wanted: Filters, sort: GrantSort = GrantSort.NEWEST) -> Select[Grant]:
    """The awards that answer, with their projects."""
    return (
        select(Grant)
        .join(Grant.project)
        .where(*_conditions(wanted))
        .options(contains_eager(Grant.project).options(raiseload(Project.organisation), raiseload(Project.theme)))
        .order_by(*_ORDERS[sort])
    )


def totals(wanted: Filters) -> Select[int, Decimal, Decimal, Decimal]:
    """Number of awards, sum of amounts, sum of eligible costs, sum of the amounts that have a cost: a prize has none."""
    zero = func.coalesce
    return select(
        func.count(), zero(func.sum(Grant.amount, type_=Money), 0, type_=Money),
        zero(func.sum(Grant.eligible_cost, type_=Money), 0, type_=Money),
        zero(func.sum(Grant.amount, type_=Money).filter(Grant.eligible_cost > Decimal(0)), 0, type_=Money),
    ).select_from(Grant).where(*_conditions(wanted))  # fmt: skip


def by_territory(wanted: Filters) -> Select[str | None, int, Decimal]:
    """Number of awards and sum of amounts of each department, whichever one the visitor asked for."""
    conditions = _conditions(replace(wanted, territory=""))
    return (
        select(Grant.territory_code, func.count(), func.sum(Grant.amount, type_=Money))
        .where(Grant.territory_code.is_not(None), *conditions)
        .group_by(Grant.territory_code)
    )


def years() -> Select[int]:
    """The years of the votes, the newest first."""
    year = extract("year", Grant.voted_on)
    return select(year).distinct().order_by(year.desc())


def calls() -> Select[Call]:
    """The calls that awarded something."""
    return select(Call).where(Call.id.in_(select(Grant.call_id))).order_by(Call.title, Call.id)


def themes() -> Select[Theme]:
    """The themes of awarded projects."""
    return select(Theme).where(Theme.id.in_(select(Grant.theme_id))).order_by(Theme.label, Theme.id)


def of_decision(decision_id: int) -> Select[Grant]:
    """The grant of a decision."""
    return select(Grant).where(Grant.decision_id == decision_id)


def of_agreement(agreement_id: int) -> Select[Grant]:
    """The grant of a convention, locked until the end of the transaction."""
    return select(Grant).where(Grant.agreement_id == agreement_id).with_for_update(of=Grant)


def of_project(project_id: int) -> Select[Grant]:
    """The grants on a project's thread."""
    named = joinedload(Grant.organisation, innerjoin=True).lazyload(Organisation.categories)
    return select(Grant).where(Grant.project_id == project_id).options(named).order_by(Grant.id)


def open_data() -> Select[Grant]:
    """Every award, by day of the vote, with what the published columns need."""
    return (
        select(Grant)
        .options(
            joinedload(Grant.project), joinedload(Grant.agreement), joinedload(Grant.decision),
            joinedload(Grant.application),
        )
        .order_by(Grant.voted_on, Grant.id)
    )  # fmt: skip

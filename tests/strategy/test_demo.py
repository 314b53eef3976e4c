"""The demo says everything that the two reference programmes name."""

from datetime import date

import pytest
from sqlalchemy import func, select

from programme.accounts.states import Role
from programme.catalogue.models import Dataset, DatasetCollection, DatasetImport
from programme.catalogue.states import ImportState
from programme.cli.demo import catalogue, strategy
from programme.core.trame import FAMILIES
from programme.core.unit_of_work import unit_of_work
from programme.organisations.states import OrganisationKind
from programme.strategy.models import (
    Award,
    IndicatorValue,
    PolicyFrame,
    RdProgramme,
    RegionalRole,
    Strategy,
    Theme,
    ThemeSet,
)
from tests.factories.people import NOON, account, organisation

pytestmark = pytest.mark.db


@pytest.fixture
def loaded(db):
    with unit_of_work():
        account(Role.OFFICER_PROGRAMME)
        for kind in OrganisationKind:
            organisation(kind=kind)
        strategy.load(NOON)
        catalogue.load(NOON)
    return db


@pytest.mark.slow
def test_everything_named_has_its_place(loaded, app, visitor):
    read = loaded.session.scalars
    adopted = {each.slug: each.adopted_on for each in read(select(Strategy))}
    assert adopted == {"smart-region": date(2016, 11, 3), "intelligence-artificielle": date(2018, 6, 29)}
    frames = {each.code: each for each in read(select(PolicyFrame))}
    assert frames["scant"].adopted_on == date(2018, 6, 29)
    assert (frames["scant"].part_of_id, frames["sraddet"].adopted_on) == (frames["sraddet"].id, None)
    assert frames["os-1-1"].border_rule
    assert frames["os-2-3"].border_rule
    assert len(read(select(RegionalRole)).all()) == 4
    drawn = {each.label: each.drawing for each in read(select(Theme).where(Theme.set == ThemeSet.DATA))}
    assert drawn == FAMILIES
    assert len(read(select(Theme).where(Theme.set == ThemeSet.TERRITORIES)).all()) == 5
    declared = [int(each.value) for each in read(select(IndicatorValue).where(IndicatorValue.reference_on.is_(None)))]
    assert declared == [50, 118, 1480, 650, 80, 32, 1, 2]
    assert {each.title for each in read(select(RdProgramme))} == {"FlexGRID Data", "Open Emploi"}
    assert read(select(Award)).one().year == 2018
    assert loaded.session.scalar(select(func.count(Dataset.id))) == 120
    assert {each.state for each in read(select(DatasetImport))} == set(ImportState)
    wanted = read(select(DatasetCollection).where(DatasetCollection.slug == "repertoire-emploi-formation")).one()
    assert len(wanted.wanted_items) == 4
    for path in ("/strategie", "/indicateurs", "/donnees", "/donnees/collections/repertoire-emploi-formation"):
        visitor().get(path)

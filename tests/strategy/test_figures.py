"""Figures: dated, sourced, never overwritten; the computed ones once a day."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from programme.accounts.states import Role
from programme.core.errors import RuleBroken
from programme.core.journal import JournalEntry
from programme.core.unit_of_work import unit_of_work
from programme.strategy import jobs, labels, queries, services
from programme.strategy.models import Indicator, IndicatorValue, PastValueTouched
from programme.strategy.states import IndicatorKind, IndicatorMode
from tests.factories import strategy as make
from tests.factories.people import NOON, account

pytestmark = pytest.mark.db
TODAY = date(2026, 11, 23)


@pytest.fixture
def computed(monkeypatch):
    """The registry, empty for the test and as it was afterwards."""
    monkeypatch.setattr(services, "_computed", {})
    return services.register_computed


@pytest.fixture
def officer(db):
    with unit_of_work():
        return account(Role.OFFICER_PROGRAMME)


def add(indicator, figure, officer, *, on=TODAY, at=NOON, note=None):
    with unit_of_work():
        return services.add_value(
            indicator, Decimal(figure), reference_on=on, source="Rapport 2026", note=note, by=officer, at=at
        )


def test_a_declared_value_is_kept_with_its_date_and_source(db, officer):
    with unit_of_work():
        indicator = make.indicator()
    add(indicator, "52", officer)
    kept = db.session.scalars(select(IndicatorValue)).one()
    assert (kept.value, kept.reference_on, kept.source, kept.recorded_by_id) == (
        Decimal("52.00"), TODAY, "Rapport 2026", officer.id,
    )  # fmt: skip


def test_a_correction_without_a_note_is_refused(db, officer):
    with unit_of_work():
        indicator = make.indicator()
    add(indicator, "52", officer)
    with pytest.raises(RuleBroken, match="dites en note"):
        add(indicator, "53", officer, at=NOON + timedelta(hours=1))
    assert db.session.scalar(select(func.count(IndicatorValue.id))) == 1


def test_a_correction_is_a_new_value_and_the_old_one_stays(db, officer):
    with unit_of_work():
        indicator = make.indicator()
    add(indicator, "52", officer)
    add(indicator, "53", officer, at=NOON + timedelta(hours=1), note="Un doublon retiré.")
    kept = db.session.scalars(queries.history()).all()
    assert [each.value for each in kept] == [Decimal(53), Decimal(52)]
    assert db.session.execute(queries.current_values()).one()[1].value == Decimal(53)
    entry = db.session.scalars(select(JournalEntry).order_by(JournalEntry.id.desc())).first()
    assert entry.act == "indicator.value_added"
    assert (entry.before["value"], entry.after["value"]) == ("52.00", "53")


def test_an_undated_value_is_corrected_by_a_note_too(db, officer):
    with unit_of_work():
        indicator = make.indicator()
        make.value(indicator, "50", on=None)
    with pytest.raises(RuleBroken):
        add(indicator, "51", officer, on=None)
    add(indicator, "51", officer, on=None, at=NOON + timedelta(hours=1), note="Relevé de nouveau.")
    assert db.session.execute(queries.current_values()).one()[1].value == Decimal(51)


def test_a_date_to_come_is_refused(db, officer):
    with unit_of_work():
        indicator = make.indicator()
    with pytest.raises(RuleBroken, match="à venir"):
        add(indicator, "52", officer, on=TODAY + timedelta(days=1))


def test_a_computed_figure_is_not_typed(db, officer):
    with unit_of_work():
        indicator = make.indicator(mode=IndicatorMode.COMPUTED)
    with pytest.raises(RuleBroken, match="calculé"):
        add(indicator, "52", officer)


def change(session, row):
    row.value = Decimal(1)
    session.flush()


def delete(session, row):
    session.delete(row)
    session.flush()


@pytest.mark.parametrize("act", [change, delete])
def test_a_kept_value_is_neither_changed_nor_taken_out(db, act):
    with unit_of_work():
        kept = make.value(make.indicator())
    with unit_of_work() as session:
        row = session.get_one(IndicatorValue, kept.id)
        with pytest.raises(PastValueTouched):
            act(session, row)
        session.rollback()
        session.connection()


def test_the_latest_reference_date_holds_whatever_the_order_of_entry(db, officer):
    with unit_of_work():
        indicator = make.indicator(on_home=True)
        make.value(indicator, "50", on=None, at=NOON)
    add(indicator, "60", officer, on=TODAY)
    add(indicator, "55", officer, on=TODAY - timedelta(days=365), at=NOON + timedelta(hours=1))
    shown, current = db.session.execute(queries.home_figures()).one()
    assert (shown.id, current.value) == (indicator.id, Decimal(60))


def test_a_figure_outside_the_home_page_is_not_among_its_figures(db):
    with unit_of_work():
        make.value(make.indicator())
    assert db.session.execute(queries.home_figures()).all() == []


def test_a_figure_without_a_date_says_so(db):
    with unit_of_work():
        indicator = make.indicator(unit="%")
        value = make.value(indicator, "80", on=None)
    item = labels.figure_item(indicator, value)
    assert item["value"] == "80\u202f%"
    assert "non précisée par la source" in item["note"]


def test_a_room_computes_a_figure_once_a_day(db, computed):
    seen = []
    computed(
        "compte",
        lambda at: seen.append(at) or len(seen),
        label="Comptes",
        unit="comptes",
        definition="Ce qui est compté.",
    )
    for hours in (0, 1, 5):
        with unit_of_work():
            services.compute_indicators(at=NOON + timedelta(hours=hours))
    with unit_of_work():
        assert services.compute_indicators(at=NOON + timedelta(days=1)) == 1
    values = db.session.scalars(select(IndicatorValue).order_by(IndicatorValue.id)).all()
    assert [(each.value, each.reference_on) for each in values] == [(1, TODAY), (2, TODAY + timedelta(days=1))]
    indicator = db.session.scalars(select(Indicator)).one()
    assert (indicator.code, indicator.mode, indicator.label) == ("compte", IndicatorMode.COMPUTED, "Comptes")


def test_a_figure_that_cannot_be_had_today_has_no_value(db, computed):
    computed("compte", lambda _at: None, label="Comptes", unit="comptes")
    with unit_of_work():
        assert services.compute_indicators(at=NOON) == 0


def test_a_code_without_definition_waits_for_one(db, computed):
    computed("compte", lambda _at: 3)
    with unit_of_work():
        assert services.compute_indicators(at=NOON) == 0
    with unit_of_work():
        make.indicator(code="compte", mode=IndicatorMode.COMPUTED)
    with unit_of_work():
        assert services.compute_indicators(at=NOON) == 1


def test_a_figure_that_fails_does_not_stop_the_others(db, computed):
    def broken(_at):
        raise ZeroDivisionError

    computed("a-broken", broken, label="Cassé", unit="x")
    computed("b-sound", lambda _at: 7, label="Sain", unit="x")
    jobs.compute_indicators()
    assert [each.value for each in db.session.scalars(select(IndicatorValue))] == [Decimal(7)]


def test_the_history_of_a_computed_figure_keeps_the_last_value_of_each_month(db):
    with unit_of_work():
        indicator = make.indicator(mode=IndicatorMode.COMPUTED)
        for number, day in enumerate((date(2026, 9, 29), date(2026, 9, 30), date(2026, 10, 31), TODAY), start=1):
            make.value(indicator, str(number), on=day)
    assert [each.value for each in db.session.scalars(queries.history())] == [4, 3, 2]


def test_the_history_is_bounded(db):
    with unit_of_work():
        indicator = make.indicator()
        for number in range(1, 31):
            make.value(indicator, str(number), on=TODAY - timedelta(days=40 - number))
    assert [each.value for each in db.session.scalars(queries.history(3))] == [30, 29, 28]


def test_a_new_figure_takes_its_code_from_its_name(db, officer):
    with unit_of_work():
        first = services.define_indicator(
            "Écoles équipées", "écoles", "Définition.", IndicatorKind.OUTPUT, on_home=False, by=officer, at=NOON
        )
        second = services.define_indicator(
            "Écoles équipées", "écoles", "Définition.", IndicatorKind.OUTPUT, on_home=False, by=officer, at=NOON
        )
    assert (first.code, second.code) == ("ecoles-equipees", "ecoles-equipees-2")

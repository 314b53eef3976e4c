"""Columns that behave the same on both engines: instants, money, exact decimals, codes."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, func, insert, select, text
from sqlalchemy.exc import IntegrityError, StatementError

from programme.core.columns import ExactDecimal, JSONDocument, Money, UTCDateTime, enum_column

pytestmark = pytest.mark.db


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


METADATA = MetaData()
THING = Table(
    "column_trial", METADATA,
    Column("id", Integer, primary_key=True),
    Column("at", UTCDateTime),
    Column("price", Money),
    Column("rate", ExactDecimal(4)),
    Column("colour", enum_column(Colour)),
    Column("body", JSONDocument),
)  # fmt: skip


@pytest.fixture
def connection(db):
    METADATA.create_all(db.engine)
    with db.engine.connect() as opened:
        yield opened
        opened.rollback()
    METADATA.drop_all(db.engine)


def kept(connection, **values):
    connection.execute(insert(THING).values(**values))
    name = next(iter(values))
    return connection.execute(select(THING.c[name]).order_by(THING.c.id.desc()).limit(1)).scalar_one()


@pytest.mark.parametrize("zone", [UTC, timezone(timedelta(hours=2)), timezone(timedelta(hours=-9, minutes=-30))])
def test_an_instant_comes_back_aware_in_utc(connection, zone):
    given = datetime(2026, 11, 30, 12, 0, 1, 250000, tzinfo=zone)
    back = kept(connection, at=given)
    assert (back, back.tzinfo) == (given, UTC)


def test_a_naive_instant_is_refused(connection):
    with pytest.raises(StatementError, match="naive"):
        kept(connection, at=datetime(2026, 11, 30, 12, 0))  # noqa: DTZ001 - that is the point


def test_instants_sort_as_instants(connection):
    early = datetime(2026, 11, 30, 12, 0, tzinfo=timezone(timedelta(hours=3)))
    late = datetime(2026, 11, 30, 10, 0, tzinfo=UTC)
    for at in (late, early):
        kept(connection, at=at)
    assert list(connection.scalars(select(THING.c.at).order_by(THING.c.at))) == [early, late]


@pytest.mark.parametrize("amount", ["0", "0.01", "0.10", "1234567890.99", "-5.05", "90071992547409.93"])
def test_an_amount_is_exact_to_the_cent(connection, amount):
    back = kept(connection, price=Decimal(amount))
    assert back == Decimal(amount)
    assert back.as_tuple().exponent == -2


@pytest.mark.parametrize("amount", [Decimal("0.001"), Decimal("10.005")])
def test_a_fraction_of_a_cent_is_refused(connection, amount):
    with pytest.raises(StatementError, match="fractions of a cent"):
        kept(connection, price=amount)


@pytest.mark.parametrize("amount", [0.1, 10, "10"])
def test_only_a_decimal_is_an_amount(connection, amount):
    with pytest.raises(StatementError, match="Decimal"):
        kept(connection, price=amount)


def test_a_sum_of_amounts_is_exact(connection):
    connection.execute(insert(THING), [{"price": Decimal("0.10")} for _ in range(1000)])
    assert connection.execute(select(func.sum(THING.c.price))).scalar_one() == Decimal("100.00")


def test_an_exact_decimal_keeps_its_places(connection):
    assert kept(connection, rate=Decimal("0.1234")) == Decimal("0.1234")
    with pytest.raises(StatementError, match="more than 4 places"):
        kept(connection, rate=Decimal("0.12345"))


def test_nothing_stays_nothing(connection):
    connection.execute(insert(THING).values(at=None, price=None, rate=None))
    assert connection.execute(select(THING.c.at, THING.c.price, THING.c.rate)).one() == (None, None, None)


def test_a_code_is_stored_as_its_value_and_checked_by_the_database(connection):
    assert kept(connection, colour=Colour.BLUE) is Colour.BLUE
    assert connection.execute(text("SELECT colour FROM column_trial")).scalar_one() == "blue"
    with pytest.raises(IntegrityError):
        connection.execute(text("INSERT INTO column_trial (colour) VALUES ('green')"))


def test_a_document_comes_back_as_it_was(connection):
    body = {"é": [1, None, True, {"x": "« œ »"}]}
    assert kept(connection, body=body) == body

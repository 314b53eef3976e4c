"""Column types that behave the same on SQLite and PostgreSQL."""

from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

JSONDocument = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
"""A JSON value (JSONB on PostgreSQL)."""


class UTCDateTime(TypeDecorator[datetime]):
    """An instant: refuses naive values, stores UTC, returns aware UTC values on both engines."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive value: nobody could say which instant it is."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime has no place in the database")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """SQLite gives naive values back; they are UTC by construction."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Money(TypeDecorator[Decimal]):
    """An amount in euros, exact to the cent, kept as a whole number of cents."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        """Refuse fractions of a cent and floats: money is never rounded silently."""
        if value is None:
            return None
        if not isinstance(value, Decimal):
            raise TypeError("an amount is a Decimal")
        cents = value * 100
        if cents != cents.to_integral_value():
            raise ValueError(f"{value} has fractions of a cent")
        return int(cents)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        """Cents become a Decimal with two places. Also applied to sums, which some drivers give as Decimal."""
        return None if value is None else (Decimal(int(value)) / 100).quantize(Decimal("0.01"))


class ExactDecimal(TypeDecorator[Decimal]):
    """A Decimal with a fixed number of places, kept as a whole number so that SQLite does not make it a float."""

    impl = sa.BigInteger
    cache_ok = True

    def __init__(self, places: int = 2) -> None:
        super().__init__()
        self.places = places

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        """Refuse more places than declared."""
        if value is None:
            return None
        scaled = Decimal(value).scaleb(self.places)
        if scaled != scaled.to_integral_value():
            raise ValueError(f"{value} has more than {self.places} places")
        return int(scaled)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        """The whole number becomes a Decimal again."""
        return None if value is None else Decimal(int(value)).scaleb(-self.places)


def enum_column(enum: type[StrEnum], name: str | None = None) -> sa.Enum:
    """A column holding the code of a StrEnum, checked by the database, without a native type."""
    return sa.Enum(
        enum,
        name=name or enum.__name__.lower(),
        native_enum=False,
        create_constraint=True,
        validate_strings=True,
        length=40,
        values_callable=lambda codes: [str(code.value) for code in codes],
    )


def render_item(kind: str, item: Any, autogen_context: Any) -> str | bool:
    """For Alembic: write our types as plain SQLAlchemy, so that a migration never imports the application."""
    if kind == "type":
        if isinstance(item, UTCDateTime):
            return "sa.DateTime(timezone=True)"
        if isinstance(item, Money | ExactDecimal):
            return "sa.BigInteger()"
        if isinstance(item, sa.JSON):
            autogen_context.imports.add("from sqlalchemy.dialects import postgresql")
            return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    return False

"""Numbers without gaps: receipts, agreements, letters."""

from sqlalchemy import Integer, String, insert, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from programme.extensions import Base, db


class NumberSeries(Base):
    """The last number given in a series for a year."""

    __tablename__ = "number_series"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    year: Mapped[int] = mapped_column(Integer, primary_key=True)
    last: Mapped[int] = mapped_column(Integer)


def next_number(series: str, year: int) -> int:
    """The next number of a series, from 1, inside the caller's transaction: rolled back, it is given again.

    The row is locked by the UPDATE, so that two transactions never get the same number.
    """
    bump = (
        update(NumberSeries)
        .where(NumberSeries.name == series, NumberSeries.year == year)
        .values(last=NumberSeries.last + 1)
        .returning(NumberSeries.last)
    )
    given = db.session.execute(bump).scalar_one_or_none()
    if given is not None:
        return given
    try:
        with db.session.begin_nested():
            db.session.execute(insert(NumberSeries).values(name=series, year=year, last=1))
    except IntegrityError:  # On PostgreSQL another transaction opened the series meanwhile.
        return db.session.execute(bump).scalar_one()
    return 1

"""What the worker does for the figures."""

from datetime import timedelta

from flask import current_app

from programme.core.clock import now
from programme.core.jobs import periodic
from programme.core.unit_of_work import unit_of_work
from programme.strategy import services


@periodic("strategy.compute_indicators", timedelta(hours=1))
def compute_indicators() -> None:
    """Value of the day of each computed indicator, in the first hour of the day; later runs add nothing."""
    for code in services.computed_codes():
        try:
            with unit_of_work():
                services.compute_indicator(code, at=now())
        except Exception:  # One figure that cannot be counted must not stop the others.
            current_app.logger.exception("indicator %s could not be computed", code)

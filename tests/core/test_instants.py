"""An hour of the Region as somebody types it: the two nights of the year when the clock changes, and years of another age."""

from datetime import UTC, datetime

import pytest
import wtforms
from werkzeug.datastructures import MultiDict

from programme.core.instants import InstantField


class Hours(wtforms.Form):
    at = InstantField("x")


def read(app, text):
    with app.test_request_context():
        form = Hours(MultiDict({"at": text}))
        return form.at.data, " ".join(map(str, form.at.process_errors))


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2027-03-28T01:59", datetime(2027, 3, 28, 0, 59, tzinfo=UTC)), ("28/03/2027 03:00", datetime(2027, 3, 28, 1, 0, tzinfo=UTC)),
        ("2027-10-31T01:59", datetime(2027, 10, 30, 23, 59, tzinfo=UTC)), ("2027-10-31T02:30", datetime(2027, 10, 31, 0, 30, tzinfo=UTC)),
        ("2027-10-31T03:00", datetime(2027, 10, 31, 2, 0, tzinfo=UTC)), ("", None),
    ],
)  # fmt: skip
def test_an_hour_is_an_instant(app, text, instant):
    assert read(app, text) == (instant, "")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2027-03-28T02:00", "n’existe pas"), ("2027-03-28T02:59", "n’existe pas"), ("0001-01-01T00:00", "entre 2000 et 2099"),
        ("9999-12-31T23:59", "entre 2000 et 2099"), ("1999-12-31T23:59", "entre 2000 et 2099"), ("demain", "Écrivez un jour et une heure"),
        ("2027-02-30T10:00", "Écrivez un jour et une heure"),
    ],
)  # fmt: skip
def test_what_is_no_hour_is_said(app, text, said):
    value, error = read(app, text)
    assert value is None
    assert said in error

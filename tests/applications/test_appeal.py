"""Until when a decision may be contested, and the words of the clock. Sources: CJA R421-1, CPC article 642."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programme.applications import documents
from programme.applications.rules.legal_clock import appeal_until
from programme.core.periods import add_months
from programme.core.working_days import is_working_day
from tests.pages import plain

DAYS = st.dates(date(1990, 1, 1), date(2150, 12, 31))
MONTHS = st.integers(1, 12)
BORN, LAST = date(2027, 1, 5), date(2027, 3, 8)
"""A Tuesday, and two months franc later: 6 March is a Saturday, hence Monday."""


@pytest.mark.parametrize(
    ("told", "until"),
    [
        (date(2026, 3, 5), date(2026, 5, 6)),  # from 5 March to 6 May: neither the first day nor the last one counts
        (date(2026, 11, 26), date(2027, 1, 27)),
        (date(2027, 1, 5), date(2027, 3, 8)),  # 6 March 2027 is a Saturday
        (date(2027, 1, 6), date(2027, 3, 8)),  # 7 March, a Sunday
        (date(2027, 1, 7), date(2027, 3, 8)),  # 8 March, a Monday
        (date(2026, 10, 31), date(2027, 1, 4)),  # 1 January, a Friday and a holiday, then Saturday and Sunday
        (date(2026, 10, 30), date(2026, 12, 31)),
        (date(2026, 12, 31), date(2027, 3, 1)),  # there is no 31 February: its last day, and one more
        (date(2026, 12, 30), date(2027, 3, 1)),
        (date(2026, 12, 29), date(2027, 3, 1)),
        (date(2026, 12, 28), date(2027, 3, 1)),
        (date(2026, 12, 27), date(2027, 3, 1)),  # 28 February 2027 is a Sunday
        (date(2027, 12, 31), date(2028, 3, 1)),  # 29 February 2028, and one more
        (date(2027, 12, 28), date(2028, 2, 29)),
        (date(2028, 2, 29), date(2028, 5, 2)),  # 30 April 2028 is a Sunday, 1 May a holiday
        (date(2027, 2, 28), date(2027, 4, 29)),  # from day to day of the month, not from month end to month end
        (date(2027, 1, 28), date(2027, 3, 30)),  # 29 March 2027 is Easter Monday
        (date(2018, 5, 13), date(2018, 7, 16)),  # 14 July 2018, a Saturday
        (date(2023, 5, 13), date(2023, 7, 17)),  # 14 July 2023, a Friday
        (date(2026, 10, 24), date(2026, 12, 28)),  # Christmas 2026, a Friday
        (date(2027, 3, 5), date(2027, 5, 7)),  # 6 May 2027, the Ascension
        (date(2027, 9, 10), date(2027, 11, 12)),  # 11 November, a Thursday
    ],
)
def test_the_last_day_of_an_appeal_is_known(told, until):
    assert appeal_until(told) == until


@pytest.mark.parametrize(("months", "until"), [(1, date(2026, 12, 28)), (2, date(2027, 1, 27)), (4, date(2027, 3, 30))])
def test_the_length_may_be_another_one(months, until):
    assert appeal_until(date(2026, 11, 26), months) == until


@given(DAYS, MONTHS)
def test_it_ends_on_a_working_day_after_the_plain_reckoning_and_never_far(told, months):
    plain_end = add_months(told, months)
    until = appeal_until(told, months)
    assert is_working_day(until)
    assert timedelta(days=1) <= until - plain_end <= timedelta(days=5)
    assert not any(is_working_day(plain_end + timedelta(days=each)) for each in range(1, (until - plain_end).days)), (
        "an earlier working day would have done"
    )


@given(DAYS, MONTHS, st.integers(0, 40))
def test_who_is_told_later_never_has_less_time(told, months, more):
    assert appeal_until(told, months) <= appeal_until(told + timedelta(days=more), months)


@given(DAYS, MONTHS)
def test_a_longer_period_never_ends_sooner(told, months):
    assert appeal_until(told, months) < appeal_until(told, months + 1)


# ---- the words -----------------------------------------------------------------------------------

PROMISES = ("Réponse de la Région avant", "au plus tard", "répondra", "aura une réponse")


def said(app, silence_on, day, *, accepts=False):
    with app.test_request_context():
        found = documents.silence_words(silence_on, accepts=accepts, day=day)
        return found, plain(f"{found.name} | {found.said} | {found.then}")


BEFORE = "Sans réponse de la Région le mardi 5 janvier 2027, votre dossier est réputé"
CONTEST = "Vous pouvez le contester jusqu'au lundi 8 mars 2027. La Région peut encore vous répondre."
REFUSED = "Refus tacite | Refus tacite depuis le mardi 5 janvier 2027."
ACCEPTED = (
    "Accord tacite | Accord tacite depuis le mardi 5 janvier 2027. | "
    "La Région vous en délivre l'attestation sur demande (CRPA, article L232-3)."
)


@pytest.mark.parametrize(
    ("day", "accepts", "words"),
    [
        (BORN - timedelta(days=60), False, f"Refus tacite sans réponse | {BEFORE} refusé. | "),
        (BORN, False, f"Refus tacite sans réponse | {BEFORE} refusé. | "),  # the day itself is still the Region's
        (BORN + timedelta(days=1), False, f"{REFUSED} | {CONTEST}"),
        (LAST, False, f"{REFUSED} | {CONTEST}"),
        (LAST + timedelta(days=1), False, f"{REFUSED} | La Région peut encore vous répondre."),
        (BORN - timedelta(days=60), True, f"Accord tacite sans réponse | {BEFORE} accepté. | "),
        (BORN, True, f"Accord tacite sans réponse | {BEFORE} accepté. | "),
        (BORN + timedelta(days=1), True, ACCEPTED),
        (LAST + timedelta(days=99), True, ACCEPTED),
    ],
)
def test_the_words_of_the_clock_in_every_case(app, day, accepts, words):
    found, text = said(app, BORN, day, accepts=accepts)
    assert text == words
    assert found.has_decided == (day > BORN)
    assert found.appeal_until == (LAST if day > BORN and not accepts else None)


def test_a_clock_that_is_suspended_says_so(app):
    found, text = said(app, None, BORN)
    assert text == "Délai suspendu | Le délai est suspendu jusqu'à votre réponse. | "
    assert not found.has_decided


@pytest.mark.parametrize("accepts", [True, False])
@pytest.mark.parametrize("offset", range(-70, 80, 7))
def test_no_word_is_a_promise(app, offset, accepts):
    _found, text = said(app, BORN, BORN + timedelta(days=offset), accepts=accepts)
    assert not [each for each in PROMISES if each in text]


@pytest.mark.parametrize(
    ("day", "by_silence", "words"),
    [
        (LAST, False, "va jusqu'au lundi 8 mars 2027 inclus. Si la décision vous est parvenue plus tard, comptez"),
        (
            LAST + timedelta(days=1),
            False,
            "a pris fin le lundi 8 mars 2027. Si la décision vous est parvenue plus tard",
        ),
        (LAST, True, "inclus. Le texte ci-dessus dit quand un refus né du silence laisse plus de temps."),
        (LAST + timedelta(days=1), True, "a pris fin le lundi 8 mars 2027. Le texte ci-dessus dit"),
    ],
)
def test_the_window_is_said_as_an_aid(app, day, by_silence, words):
    with app.test_request_context():
        text = plain(documents.appeal_words(BORN, by_silence=by_silence, day=day))
    assert text.startswith("Un repère : le délai de deux mois, compté depuis le mardi 5 janvier 2027,")
    assert words in text

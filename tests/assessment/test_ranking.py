"""The ranking: exact order, ties explained, envelope never exceeded."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from programme.assessment.rules.ranking import Entry, Thresholds, Zone, rank

RULES = Thresholds(favourable_from=60, reserved_from=50, spread_alert=20, readers_wanted=2)


def entry(number, score, amount=10_000, ties=(0, 0), **values):
    return Entry(
        number, f"DT-{number:04d}", None if score is None else Decimal(str(score)), tuple(map(Decimal, ties)),
        Decimal(amount), **{"readers": 2, **values},
    )  # fmt: skip


def zones(rows):
    return {row.entry.application_id: row.zone for row in rows}


def test_the_best_come_first_and_fill_the_envelope():
    rows = rank([entry(1, 65), entry(2, 90), entry(3, 70)], RULES, Decimal(20_000))
    assert [row.entry.application_id for row in rows] == [2, 3, 1]
    assert [row.rank for row in rows] == [1, 2, 3]
    assert zones(rows) == {2: Zone.FUNDED, 3: Zone.FUNDED, 1: Zone.BEYOND}
    assert rows[1].cumulated == 20_000


def test_nobody_passes_before_a_better_one_that_does_not_fit():
    rows = rank([entry(1, 90, 8_000), entry(2, 80, 15_000), entry(3, 70, 1_000)], RULES, Decimal(10_000))
    assert zones(rows) == {1: Zone.FUNDED, 2: Zone.BEYOND, 3: Zone.BEYOND}


def test_thresholds_are_reached_at_their_very_value():
    rows = rank([entry(1, 60), entry(2, "59.99"), entry(3, 50), entry(4, "49.99")], RULES, Decimal(100_000))
    assert zones(rows) == {1: Zone.FUNDED, 2: Zone.RESERVED, 3: Zone.RESERVED, 4: Zone.UNFAVOURABLE}


def test_a_criterion_under_its_floor_puts_a_good_file_out():
    [row] = rank([entry(1, 95, failed_floors=("value",))], RULES, Decimal(100_000))
    assert row.zone is Zone.UNFAVOURABLE


def test_ties_are_settled_by_the_first_criterion_then_the_second_then_the_reference():
    rows = rank(
        [entry(1, 70, ties=(3, 5)), entry(2, 70, ties=(4, 1)), entry(3, 70, ties=(4, 2)), entry(4, 70, ties=(4, 2))],
        RULES, Decimal(100_000),
    )  # fmt: skip
    assert [row.entry.application_id for row in rows] == [3, 4, 2, 1]


def test_an_unread_file_is_last_and_has_no_rank():
    rows = rank([entry(1, None, readers=1), entry(2, 10)], RULES, Decimal(100_000))
    assert [(row.entry.application_id, row.rank, row.zone) for row in rows] == [
        (2, 1, Zone.UNFAVOURABLE), (1, None, Zone.INCOMPLETE),
    ]  # fmt: skip
    assert rows[1].alerts == ("reader_missing",)


def test_two_readers_far_apart_call_for_a_third():
    rows = rank([entry(1, 70, spread=Decimal("20.01")), entry(2, 70, spread=Decimal(20))], RULES, Decimal(100_000))
    assert [row.alerts for row in rows] == [("third_reader",), ()]
    [row] = rank([entry(1, 70, spread=Decimal(30), readers=3)], RULES, Decimal(100_000))
    assert row.alerts == ()


@given(
    st.lists(st.tuples(st.one_of(st.none(), st.decimals(0, 100, places=2)), st.integers(1, 50_000)), max_size=12),
    st.integers(0, 100_000),
)
def test_the_envelope_is_never_exceeded_and_the_order_never_depends_on_the_input(files, envelope):
    entries = [entry(index, score, amount) for index, (score, amount) in enumerate(files)]
    rows = rank(entries, RULES, Decimal(envelope))
    assert sum(row.entry.amount for row in rows if row.zone is Zone.FUNDED) <= envelope
    assert rank(list(reversed(entries)), RULES, Decimal(envelope)) == rows
    funded = [row.entry.score for row in rows if row.zone is Zone.FUNDED]
    beyond = [row.entry.score for row in rows if row.zone is Zone.BEYOND]
    assert not funded or not beyond or min(funded) >= max(beyond)

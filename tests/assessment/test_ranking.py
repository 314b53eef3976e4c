"""The ranking: exact order, ties explained, envelope never exceeded."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from programme.assessment.rules.ranking import Entry, Standing, Thresholds, Zone, rank, standings

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


# ---- what is sure, what deserves the discussion -----------------------------------------------------


def between(number, low, high, amount=10_000, **values):
    return entry(number, (low + high) / 2, amount, low=Decimal(str(low)), high=Decimal(str(high)), **values)


def standing(entries, envelope):
    return standings(rank(entries, RULES, Decimal(envelope)), RULES, Decimal(envelope))


def test_a_file_is_sure_when_no_gap_between_readers_can_take_it_out():
    found = standing([between(1, 88, 92), between(2, 70, 86), between(3, 68, 84)], 20_000)
    assert found == {1: Standing.SURE, 2: Standing.DISCUSS, 3: Standing.DISCUSS}


def test_a_file_is_out_when_no_gap_can_bring_it_in():
    found = standing([between(1, 90, 92), between(2, 80, 82), between(3, 60, 70)], 20_000)
    assert found[3] is Standing.OUT


def test_a_doubt_about_the_threshold_is_a_matter_for_discussion():
    found = standing([between(1, 58, 66), between(2, 50, 58), between(3, 40, 49)], 100_000)
    assert found == {1: Standing.DISCUSS, 2: Standing.DISCUSS, 3: Standing.OUT}


def test_a_floor_puts_out_and_a_missing_reader_leaves_open():
    found = standing([between(1, 90, 92, failed_floors=("value",)), entry(2, None, readers=1)], 100_000)
    assert found == {1: Standing.OUT, 2: Standing.INCOMPLETE}


@given(
    st.lists(st.tuples(st.integers(0, 100), st.integers(0, 30), st.integers(1, 50_000)), max_size=10),
    st.integers(0, 100_000),
)
def test_what_is_sure_is_funded_and_what_is_out_is_not(files, envelope):
    entries = [between(i, low, min(100, low + gap), amount) for i, (low, gap, amount) in enumerate(files)]
    rows = rank(entries, RULES, Decimal(envelope))
    found = standings(rows, RULES, Decimal(envelope))
    for row in rows:
        if found[row.entry.application_id] is Standing.SURE:
            assert row.zone is Zone.FUNDED
        if found[row.entry.application_id] is Standing.OUT:
            assert row.zone is not Zone.FUNDED
    sure = sum(row.entry.amount for row in rows if found[row.entry.application_id] is Standing.SURE)
    assert sure <= envelope

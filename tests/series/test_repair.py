import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jena_rnn.base.errors import DataError
from jena_rnn.series.repair import as_it_stands, repair, require_measured
from jena_rnn.series.series import Floats, Series, Source, Times

NAN = np.nan
SOURCE = Source("x.csv", "ff", "unknown")
START = np.datetime64("2009-01-01T00:00:00", "s")


def times(*minutes: int) -> Times:
    return START + np.array(minutes, "timedelta64[m]")


def made(minutes: tuple[int, ...], *columns: list[float]) -> Series:
    table: Floats = np.array(columns, np.float64).T
    return Series(times(*minutes), table, ("a", "b")[: len(columns)], SOURCE)


def minutes(series: Series) -> list[int]:
    found: list[int] = ((series.times - START) // np.timedelta64(60, "s")).tolist()
    return found


def test_a_sound_series_stays_as_it_is() -> None:
    series = made((0, 10, 20), [1.0, 2.0, 3.0])
    sound = repair(series, "a")
    assert sound.series.values.tolist() == [[1.0], [2.0], [3.0]]
    assert minutes(sound.series) == [0, 10, 20]
    assert (sound.segment.tolist(), sound.measured.tolist()) == ([0, 0, 0], [True] * 3)
    assert sound.report == ()


def test_unsorted_rows_are_put_into_time_order() -> None:
    sound = repair(made((0, 20, 10, 30), [1.0, 3.0, 2.0, 4.0]), "a")
    assert (minutes(sound.series), sound.series.values[:, 0].tolist()) == ([0, 10, 20, 30], [1, 2, 3, 4])
    assert sound.report == ("rows put into time order (1 jump back)",)


def test_of_rows_with_one_time_the_first_is_kept() -> None:
    sound = repair(made((0, 10, 20, 10, 20, 30), [1.0, 2.0, 3.0, 8.0, 9.0, 4.0]), "a")
    assert (minutes(sound.series), sound.series.values[:, 0].tolist()) == ([0, 10, 20, 30], [1, 2, 3, 4])
    assert sound.segment.tolist() == [0, 0, 0, 0]
    assert sound.report == ("2 rows with repeated times dropped",)


def test_a_sentinel_is_taken_as_missing_and_filled_with_the_last_value() -> None:
    sound = repair(made((0, 10, 20, 30), [1.0, -9999.0, -9999.0, 4.0]), "a")
    assert sound.series.values[:, 0].tolist() == [1.0, 1.0, 1.0, 4.0]
    assert sound.measured.tolist() == [True, False, False, True]
    assert sound.segment.tolist() == [0, 0, 0, 0]
    assert sound.report == (
        "2 sentinels (-9999) taken as missing",
        "2 missing values filled with the last one measured",
    )


def test_another_sentinel_or_none_may_be_named() -> None:
    series = made((0, 10), [1.0, -1.0])
    assert repair(series, "a", sentinel=-1.0).series.values[:, 0].tolist() == [1.0, 1.0]
    assert repair(series, "a", sentinel=None).report == ()


def test_only_a_missing_target_is_not_measured() -> None:
    series = made((0, 10, 20), [1.0, NAN, 3.0], [5.0, 6.0, NAN])
    assert repair(series, "a").measured.tolist() == [True, False, True]
    assert repair(series, "b").measured.tolist() == [True, True, False]
    assert repair(series, "b").series.values.tolist() == [[1.0, 5.0], [1.0, 6.0], [3.0, 6.0]]


def test_rows_before_the_first_measurement_are_left_out_each_on_its_own() -> None:
    sound = repair(made((0, 10, 20, 30), [NAN, NAN, 3.0, 4.0]), "a")
    np.testing.assert_array_equal(sound.series.values[:, 0], [NAN, NAN, 3.0, 4.0])
    assert sound.segment.tolist() == [0, 1, 2, 2]
    assert sound.report[-1] == "2 rows left out: nothing measured in the day before"


def test_a_value_is_carried_on_for_a_day_and_no_longer() -> None:
    rows = 150
    sound = repair(made(tuple(range(0, 10 * rows, 10)), [7.0] + [NAN] * (rows - 2) + [8.0]), "a")
    filled = sound.series.values[:, 0]
    assert filled[:145].tolist() == [7.0] * 145
    assert np.isnan(filled[145:149]).all()
    assert filled[149] == 8.0
    assert sound.segment.tolist() == [0] * 145 + [1, 2, 3, 4, 5]
    assert sound.report == (
        "144 missing values filled with the last one measured",
        "4 rows left out: nothing measured in the day before",
    )


def test_a_gap_ends_a_segment() -> None:
    sound = repair(made((0, 10, 20, 50, 60), [1.0, 2.0, 3.0, 4.0, 5.0]), "a")
    assert sound.segment.tolist() == [0, 0, 0, 1, 1]
    assert sound.report == ("1 gap in time that no window crosses",)


def test_a_row_out_of_step_stands_alone() -> None:
    sound = repair(made((0, 10, 15, 20, 30, 40), [1.0] * 6), "a")
    assert sound.segment.tolist() == [0, 0, 1, 2, 2, 2]
    assert sound.report == ("2 rows less than a step after the one before, where windows end",)


def test_the_day_is_counted_by_the_clock_and_across_gaps() -> None:
    day = 24 * 60
    near = repair(made((0, 10, day, day + 10), [1.0, 2.0, NAN, 4.0]), "a")
    assert near.series.values[:, 0].tolist() == [1.0, 2.0, 2.0, 4.0]
    far = repair(made((0, 10, day + 20, day + 30), [1.0, 2.0, NAN, 4.0]), "a")
    np.testing.assert_array_equal(far.series.values[:, 0], [1.0, 2.0, NAN, 4.0])


def test_the_series_that_came_in_is_not_changed() -> None:
    series = made((0, 20, 10), [1.0, -9999.0, NAN])
    repair(series, "a")
    np.testing.assert_array_equal(series.values[:, 0], [1.0, -9999.0, NAN])
    assert minutes(series) == [0, 20, 10]


@pytest.mark.parametrize(
    ("series", "target", "message"),
    [
        (made((0, 10), [1.0, 2.0]), "b", "x.csv: no column 'b'; it has: a"),
        (made((5, 5), [1.0, 2.0]), "a", "no two rows with different times, so it has no period"),
    ],
)
def test_a_series_without_target_or_period_is_refused(series: Series, target: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        repair(series, target)


cells = st.sampled_from([1.0, 2.0, -9999.0, NAN])


@given(st.data())
def test_altering_rows_after_t_never_changes_rows_up_to_t(data: st.DataObject) -> None:
    steps = data.draw(st.lists(st.sampled_from([10, 10, 10, 30, 1500]), min_size=1, max_size=20))
    clock = tuple(np.cumsum([0, *steps]).tolist())
    rows = len(clock)
    one, other = (data.draw(st.lists(cells, min_size=rows, max_size=rows)) for _ in range(2))
    t = data.draw(st.integers(0, rows - 1))
    before = repair(made(clock, one, [1.0] * rows), "a")
    after = repair(made(clock, one[: t + 1] + other[t + 1 :], [1.0] * rows), "a")
    upto = slice(0, t + 1)
    np.testing.assert_array_equal(before.series.values[upto], after.series.values[upto])
    np.testing.assert_array_equal(before.segment[upto], after.segment[upto])
    np.testing.assert_array_equal(before.measured[upto], after.measured[upto])


@given(st.lists(cells, min_size=2, max_size=30))
def test_what_is_filled_is_the_newest_measured_value_before(column: list[float]) -> None:
    filled = repair(made(tuple(range(0, 10 * len(column), 10)), column), "a").series.values[:, 0]
    newest = NAN
    for row, cell in enumerate(column):
        newest = cell if cell in {1.0, 2.0} else newest
        np.testing.assert_array_equal(filled[row], newest)


@given(st.lists(st.integers(0, 30), min_size=2, max_size=20).filter(lambda m: len(set(m)) > 1))
def test_repaired_times_are_in_order_and_only_even_steps_share_a_segment(clock: list[int]) -> None:
    sound = repair(made((0, *(m + 1 for m in clock)), [1.0] * (len(clock) + 1)), "a")
    steps = np.diff(minutes(sound.series))
    assert (steps > 0).all()
    assert len(set(steps[np.diff(sound.segment) == 0].tolist())) <= 1


def test_the_book_takes_rows_as_they_stand() -> None:
    series = made((0, 20, 10, 10), [1.0, -9999.0, 3.0, 4.0])
    sound = as_it_stands(series)
    assert sound.series is series
    assert (sound.segment.tolist(), sound.measured.tolist()) == ([0] * 4, [True] * 4)
    assert sound.report == ()


def test_the_book_refuses_missing_values_and_names_the_first() -> None:
    with pytest.raises(DataError) as caught:
        as_it_stands(made((0, 10, 20), [1.0, 2.0, NAN], [1.0, NAN, 3.0]))
    assert str(caught.value) == (
        "x.csv: 2 missing values, the first in 'b' at row 1; protocol book takes rows as they stand, "
        "protocol strict repairs them (--set windows.protocol=strict)"
    )


@pytest.mark.parametrize(
    ("column", "sentinel", "target", "what"),
    [
        ([NAN, NAN], None, "a", "of those to forecast from (data.columns)"),
        ([NAN, NAN], None, "b", "the column to forecast (data.target)"),
        ([-9999.0, NAN], -9999.0, "a", "of those to forecast from (data.columns)"),
    ],
)
def test_a_column_without_a_value_is_named(column: list[float], sentinel: float | None, target: str, what: str) -> None:
    with pytest.raises(DataError) as caught:
        require_measured(made((0, 10), [1.0, NAN], column), target, sentinel)
    assert str(caught.value) == f"x.csv: nothing was measured in 'b', {what}"


def test_one_value_makes_a_column_and_a_sentinel_is_one_unless_it_is_named() -> None:
    require_measured(made((0, 10), [1.0, NAN], [NAN, -1.0]), "a", -9999.0)
    require_measured(made((0, 10), [1.0, NAN], [-9999.0, NAN]), "a", None)

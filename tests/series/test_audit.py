import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jena_rnn.base.errors import DataError
from jena_rnn.series.audit import Fault, audit, repeats, stamp
from jena_rnn.series.reading import read_csv
from jena_rnn.series.series import Floats, Series, Source, Times

NAN = np.nan
NONE = Fault(0)
REAL = os.environ.get("JENA_RNN_REAL_DATA")


def times(*minutes: int) -> Times:
    return np.datetime64("2009-01-01T00:00:00", "s") + np.array(minutes, "timedelta64[m]")


def made(minutes: tuple[int, ...], values: list[list[float]]) -> Series:
    columns = tuple("ab"[: len(values[0])])
    table: Floats = np.array(values, np.float64)
    return Series(times(*minutes), table, columns, Source("x.csv", "ff", "unknown", notes=("a note",)))


def test_a_faultless_series_has_nothing_to_say() -> None:
    facts = audit(made((0, 10, 20), [[1.0], [2.0], [3.0]]))
    assert (facts.gaps, facts.backward, facts.repeated, facts.repeated_alike) == (NONE, NONE, NONE, 0)
    assert (facts.rows, facts.step_minutes) == (3, 10.0)
    assert (facts.first_time, facts.last_time) == ("2009-01-01 00:00", "2009-01-01 00:20")
    assert (facts.name, facts.edition, facts.sha256, facts.notes) == ("x.csv", "unknown", "ff", ("a note",))
    assert facts.summary() == []


def test_a_gap_is_counted_once_with_its_place() -> None:
    facts = audit(made((0, 10, 40, 50), [[1.0], [2.0], [3.0], [4.0]]))
    assert facts.gaps == Fault(1, ("2009-01-01 00:10 to 2009-01-01 00:40 (row 2)",))
    assert facts.summary() == ["1 gap in time"]


def test_rows_that_come_too_soon_are_counted_with_their_places() -> None:
    facts = audit(made((0, 10, 15, 20, 30, 40), [[1.0]] * 6))
    assert facts.gaps == NONE
    assert facts.close == Fault(
        2, ("2009-01-01 00:10 to 2009-01-01 00:15 (row 2)", "2009-01-01 00:15 to 2009-01-01 00:20 (row 3)")
    )
    assert facts.summary() == ["2 rows less than a step after the one before"]
    assert audit(made((0, 10, 20, 27, 37), [[1.0]] * 5)).summary() == ["1 row less than a step after the one before"]


def test_gaps_are_of_the_time_and_not_of_the_order_of_rows() -> None:
    swapped = audit(made((0, 20, 10, 30, 60, 50), [[1.0]] * 6))
    assert swapped.gaps == Fault(1, ("2009-01-01 00:30 to 2009-01-01 00:50 (row 5)",))
    assert (swapped.backward.count, swapped.close) == (2, NONE)
    backwards = audit(made((50, 40, 20, 10, 0), [[1.0]] * 5))
    assert backwards.gaps == Fault(1, ("2009-01-01 00:20 to 2009-01-01 00:40 (row 1)",))


def test_a_repeated_stretch_is_one_jump_back_and_each_of_its_rows() -> None:
    facts = audit(made((0, 10, 20, 10, 20, 30), [[1.0], [2.0], [3.0], [2.0], [9.0], [5.0]]))
    assert facts.gaps == NONE
    assert facts.backward == Fault(1, ("2009-01-01 00:20 back to 2009-01-01 00:10 (row 3)",))
    assert facts.repeated == Fault(2, ("2009-01-01 00:10 (row 3)", "2009-01-01 00:20 (row 4)"))
    assert facts.repeated_alike == 1
    assert facts.summary() == ["1 jump back in time", "2 rows with repeated times"]


def test_repeated_rows_that_miss_the_same_cell_are_alike() -> None:
    same = [[1.0, NAN], [2.0, NAN], [2.0, NAN], [2.0, 0.0]]
    assert audit(made((0, 10, 10, 10), same)).repeated_alike == 1


def test_first_and_last_time_are_the_earliest_and_latest() -> None:
    facts = audit(made((20, 0, 10), [[1.0], [2.0], [3.0]]))
    assert (facts.first_time, facts.last_time) == ("2009-01-01 00:00", "2009-01-01 00:20")


def test_sentinels_and_missing_values_are_counted_and_left_out_of_the_figures() -> None:
    values = [[1.0, -9999.0], [NAN, -9999.0], [3.0, 7.0], [-9999.0, NAN]]
    facts = audit(made((0, 10, 20, 30), values))
    a, b = facts.columns
    assert (a.name, a.minimum, a.maximum, a.mean, a.std) == ("a", 1.0, 3.0, 2.0, 1.0)
    assert a.sentinels == Fault(1, ("2009-01-01 00:30 (row 3)",))
    assert a.missing == Fault(1, ("2009-01-01 00:10 (row 1)",))
    assert b.sentinels == Fault(2, ("2009-01-01 00:00 (row 0)", "2009-01-01 00:10 (row 1)"))
    assert (b.minimum, b.maximum, b.std) == (7.0, 7.0, 0.0)
    assert facts.summary() == ["3 sentinels", "2 missing values"]


def test_another_sentinel_or_none_may_be_named() -> None:
    series = made((0, 10), [[-9999.0], [-1.0]])
    assert audit(series, sentinel=-1.0).columns[0].sentinels.count == 1
    assert audit(series, sentinel=None).columns[0].sentinels == NONE
    assert audit(series, sentinel=None).columns[0].minimum == -9999.0


def test_a_column_without_any_measurement_has_no_figures() -> None:
    (column,) = audit(made((0, 10), [[NAN], [-9999.0]])).columns
    assert np.isnan([column.minimum, column.maximum, column.mean, column.std]).all()


def test_a_series_without_a_period_is_refused() -> None:
    with pytest.raises(DataError, match="has no period"):
        audit(made((0,), [[1.0]]))


def test_five_places_of_a_fault_are_named_and_more_are_hinted_at() -> None:
    facts = audit(made(tuple(range(0, 80, 10)), [[NAN]] * 7 + [[1.0]]))
    missing = facts.columns[0].missing
    assert (missing.count, len(missing.first)) == (7, 5)
    assert str(missing).endswith("2009-01-01 00:40 (row 4) …")
    assert str(missing).startswith("7: 2009-01-01 00:00 (row 0); 2009-01-01 00:10 (row 1); ")


def test_a_fault_reads_as_text() -> None:
    assert str(NONE) == "none"
    assert str(Fault(1, ("here",))) == "1: here"
    assert str(Fault(12345, ("here",))) == "12,345: here …"


def test_a_time_shows_its_seconds_only_where_it_has_any() -> None:
    assert stamp(np.datetime64("2009-01-01T00:10:00")) == "2009-01-01 00:10"
    assert stamp(np.datetime64("2009-01-01T00:00:00")) == "2009-01-01 00:00"
    assert stamp(np.datetime64("2009-01-01T00:10:05")) == "2009-01-01 00:10:05"


@given(st.lists(st.integers(0, 8), max_size=25))
def test_repeats_are_those_of_a_loop_over_all_rows(minutes: list[int]) -> None:
    again, firsts = repeats(times(*minutes))
    expected = [(row, minutes.index(m)) for row, m in enumerate(minutes) if minutes.index(m) < row]
    assert list(zip(again.tolist(), firsts.tolist(), strict=True)) == expected


@pytest.mark.skipif(REAL is None, reason="JENA_RNN_REAL_DATA is not set: no real file to audit")
def test_the_faults_of_the_real_file_are_found() -> None:
    facts = audit(read_csv(Path(REAL or "") / "jena_prefix.csv"))
    assert facts.gaps == Fault(1, ("2009-10-08 09:40 to 2009-10-08 10:10 (row 40,378)",))
    assert facts.backward == Fault(1, ("2010-07-02 00:00 back to 2010-07-01 00:10 (row 78,766)",))
    assert (facts.repeated.count, facts.repeated_alike) == (144, 144)
    assert facts.summary() == ["1 gap in time", "1 jump back in time", "144 rows with repeated times"]

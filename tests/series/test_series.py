import numpy as np
import pytest

from jena_rnn.base.errors import DataError
from jena_rnn.series.series import Series, Source, period, period_hours, unit_of

SOURCE = Source("x.csv", "0" * 64, "unknown")


def times(*minutes: int) -> np.ndarray:
    return np.datetime64("2009-01-01T00:00:00", "s") + np.array(minutes, "timedelta64[m]")


@pytest.fixture
def series() -> Series:
    return Series(times(0, 10), np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]), ("a", "b", "c"), SOURCE)


def test_parts_that_do_not_fit_together_are_a_bug() -> None:
    with pytest.raises(ValueError, match=r"values \(2, 1\) do not fit 3 times and 1 columns"):
        Series(times(0, 10, 20), np.zeros((2, 1)), ("a",), SOURCE)
    with pytest.raises(ValueError, match=r"values \(2, 2\) do not fit 2 times and 1 columns"):
        Series(times(0, 10), np.zeros((2, 2)), ("a",), SOURCE)


def test_length_is_the_number_of_rows(series: Series) -> None:
    assert len(series) == 2


def test_a_column_is_found_by_name(series: Series) -> None:
    assert series.index("b") == 1
    assert series.column("b").tolist() == [2.0, 5.0]


def test_a_missing_column_is_refused_naming_those_there_are(series: Series) -> None:
    for ask in (lambda: series.index("d"), lambda: series.column("d"), lambda: series.select(("a", "d"))):
        with pytest.raises(DataError) as caught:
            ask()
        assert str(caught.value) == "x.csv: no column 'd'; it has: a, b, c"
    with pytest.raises(DataError, match="x\\.csv: no columns 'd', 'e'; it has: a, b, c"):
        series.select(("d", "a", "e"))


def test_select_takes_the_columns_in_the_order_asked_for(series: Series) -> None:
    picked = series.select(("c", "a"))
    assert picked.columns == ("c", "a")
    assert picked.values.tolist() == [[3.0, 1.0], [6.0, 4.0]]
    assert picked.source is SOURCE


def test_select_of_all_columns_copies_nothing(series: Series) -> None:
    assert series.select(("a", "b", "c")) is series


def test_the_period_is_the_commonest_step_forward() -> None:
    assert period(times(0, 10, 20, 50, 60)) == np.timedelta64(600, "s")
    assert period(times(0, 30, 0, 30, 0, 10, 20, 30, 30, 30)) == np.timedelta64(600, "s")


def test_of_two_equally_common_steps_the_shorter_is_the_period() -> None:
    assert period(times(0, 30, 40)) == np.timedelta64(600, "s")


def test_the_period_of_rows_written_newest_first_is_that_of_their_times() -> None:
    assert period(times(30, 20, 10)) == np.timedelta64(600, "s")


@pytest.mark.parametrize("minutes", [(), (0,), (5, 5, 5)])
def test_a_clock_that_never_moves_on_has_no_period(minutes: tuple[int, ...]) -> None:
    with pytest.raises(DataError, match="no two rows with different times, so it has no period"):
        period(times(*minutes))


@pytest.mark.parametrize(
    ("column", "unit"),
    [
        ("T (degC)", "°C"),
        ("p (mbar)", "mbar"),
        ("rho (g/m**3)", "g/m**3"),
        ("a (b) (m/s)", "m/s"),
        ("wind (m/s (10 min mean))", "m/s (10 min mean)"),
        ("a) (m/s)", "m/s"),
        ("a (()", ""),
        ("OT", ""),
        ("T)", ""),
        ("(", ""),
        ("T (degC) dry", ""),
        ("", ""),
    ],
)
def test_the_unit_stands_in_the_last_brackets(column: str, unit: str) -> None:
    assert unit_of(column) == unit


def test_the_period_in_hours() -> None:
    assert period_hours(times(0, 15, 30)) == 0.25

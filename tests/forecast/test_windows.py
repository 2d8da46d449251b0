"""Windows and scaling: what the model sees of a series, and what it never sees."""

from typing import Any

import numpy as np
import pytest
from helpers import config_of
from hypothesis import given, settings
from hypothesis import strategies as st
from stations import BOOK, SMALL, STRICT, at, counted

from jena_rnn.base.errors import DataError
from jena_rnn.forecast.geometry import Geometry
from jena_rnn.forecast.opening import dataset_of
from jena_rnn.forecast.windows import Scaling, Windows, measure
from jena_rnn.series.repair import as_it_stands
from jena_rnn.series.series import Series


def as_is(columns: int) -> Scaling:
    return Scaling(np.zeros(columns), np.ones(columns), 0.0, 1.0)


def plain(series: Series, geometry: Geometry, *, reverse: bool = False) -> Windows:
    columns = len(series.columns)
    return Windows(as_it_stands(series), geometry, series.columns, "T (degC)", as_is(columns), reverse=reverse)


def config(*overrides: str) -> Any:
    return config_of("{}", *SMALL, *overrides)


# Windows


@pytest.mark.parametrize(
    ("geometry", "rows", "naive"), [(BOOK, (8, 11, 14, 17), [17.0, 18.0]), (STRICT, (11, 14, 17, 20), [20.0, 21.0])]
)
def test_a_window_of_the_book_ends_a_step_before_its_row_and_a_strict_one_with_it(
    geometry: Geometry, rows: tuple[int, ...], naive: list[float]
) -> None:
    windows = plain(counted(40), geometry)
    assert windows.inputs(at(20))[0].tolist() == [[row, 1000 * row] for row in rows]
    assert windows.targets(at(20, 21)).tolist() == [24.0, 25.0]
    assert windows.naive(at(20, 21)).tolist() == naive


def test_windows_come_in_the_order_of_their_rows_and_may_repeat() -> None:
    newest = plain(counted(40), STRICT).inputs(at(30, 9, 30, 35))[:, -1, 0]
    assert newest.tolist() == [30, 9, 30, 35]


def test_a_reversed_window_shows_the_newest_sample_first() -> None:
    inputs = plain(counted(40), STRICT, reverse=True).inputs(at(20, 21))
    assert inputs[0, :, 0].tolist() == [20, 17, 14, 11]
    assert inputs[1].tolist() == [[21, 21000], [18, 18000], [15, 15000], [12, 12000]]
    assert inputs.flags.c_contiguous


def test_ages_count_the_samples_before_the_newest_in_the_order_of_the_window() -> None:
    oldest_first = plain(counted(40), STRICT).ages()
    assert oldest_first == list(range(STRICT.timesteps))[::-1]
    assert plain(counted(40), STRICT, reverse=True).ages() == oldest_first[::-1]


def test_times_are_those_of_newest_input_and_target() -> None:
    windows = plain(counted(40), BOOK)
    assert windows.oldest_times(at(20)).astype(str).tolist() == ["2009-01-01T01:20:00"]
    assert windows.newest_times(at(20)).astype(str).tolist() == ["2009-01-01T02:50:00"]
    assert windows.target_times(at(20)).astype(str).tolist() == ["2009-01-01T04:00:00"]


def test_forecasts_of_a_model_become_float64_before_they_get_their_unit() -> None:
    scaling = Scaling(np.zeros(2), np.ones(2), 0.1, 3.0)
    windows = Windows(as_it_stands(counted(40)), STRICT, ("T (degC)", "b"), "T (degC)", scaling)
    assert windows.to_unit(np.array([0.5], np.float32)).tolist() == [1.6]


def test_no_rows_or_a_series_shorter_than_a_window_give_no_windows() -> None:
    assert plain(counted(40), BOOK).length == 40
    assert plain(counted(40), STRICT).inputs(at()).shape == plain(counted(3), BOOK).inputs(at()).shape == (0, 4, 2)
    assert plain(counted(40), STRICT).targets(at()).shape == (0,)


def test_the_target_need_not_be_among_the_inputs() -> None:
    series = counted(40, columns=3)
    windows = Windows(as_it_stands(series), STRICT, ("c", "b"), "T (degC)", as_is(2))
    assert windows.inputs(at(20))[0, -1].tolist() == [40_000, 20_000]
    assert (windows.targets(at(20)).tolist(), windows.naive(at(20)).tolist()) == ([24.0], [20.0])


def test_a_missing_column_or_target_is_refused() -> None:
    sound = as_it_stands(counted(40))
    with pytest.raises(DataError, match="no column 'z'"):
        Windows(sound, STRICT, ("z",), "T (degC)", as_is(1))
    with pytest.raises(DataError, match="no column 'z'"):
        Windows(sound, STRICT, ("b",), "z", as_is(1))


def test_inputs_are_contiguous_float32_and_targets_float64() -> None:
    windows = plain(counted(40), BOOK)
    inputs = windows.inputs(at(20, 25))
    assert (inputs.dtype, inputs.shape, inputs.flags.c_contiguous) == (np.dtype("float32"), (2, 4, 2), True)
    assert windows.targets(at(20)).dtype == windows.naive(at(20)).dtype == np.float64


@given(
    st.sampled_from(["book", "strict"]),
    st.integers(1, 7),
    st.integers(1, 6),
    st.integers(1, 12),
    st.data(),
)
@settings(max_examples=150)
def test_windows_are_those_of_a_naive_loop(
    protocol: str, step: int, timesteps: int, delay: int, data: st.DataObject
) -> None:
    lookback = step * timesteps
    geometry = Geometry("book" if protocol == "book" else "strict", lookback, step, delay)
    rows = lookback + delay + 1 + data.draw(st.integers(0, 40))
    reverse = data.draw(st.booleans())
    picked = data.draw(st.lists(st.integers(lookback, rows - delay - 1), max_size=6))
    table = counted(rows).values
    windows, shift = plain(counted(rows), geometry, reverse=reverse), 0 if protocol == "book" else step
    found, targets = windows.inputs(at(*picked)), windows.targets(at(*picked))
    for i, row in enumerate(picked):
        samples = [table[row - lookback + shift + k * step].tolist() for k in range(timesteps)]
        assert found[i].tolist() == (samples[::-1] if reverse else samples)
        assert targets[i] == row + delay
        assert windows.naive(at(row))[0] == samples[-1][0]


# Scaling


def test_mean_and_population_deviation_come_from_the_rows_asked_for() -> None:
    scaling = measure(counted(10), ("b", "T (degC)"), "T (degC)", 2, 6)
    assert scaling.mean.tolist() == [3500.0, 3.5]
    assert scaling.std.tolist() == [1000 * 1.25**0.5, 1.25**0.5]
    assert (scaling.target_mean, scaling.target_std) == (3.5, 1.25**0.5)


def test_missing_values_are_left_out_of_the_scaling() -> None:
    series = counted(6)
    series.values[[0, 3], 0] = np.nan
    scaling = measure(series, ("T (degC)",), "T (degC)", 0, 5)
    assert scaling.mean.tolist() == [7 / 3]
    series.values[:, 0] = np.nan
    empty = measure(series, ("T (degC)",), "T (degC)", 0, 5)
    assert (empty.mean.tolist(), empty.std.tolist()) == ([0.0], [1.0])


@pytest.mark.parametrize("value", [0.0, 0.1, 983.3, -9999.0])
@pytest.mark.parametrize("rows", [1, 7, 50_000])
def test_a_column_that_never_changes_is_only_shifted(value: float, rows: int) -> None:
    series = counted(rows)
    series.values[:, 1] = value
    scaling = measure(series, ("b",), "b", 0, rows)
    assert (scaling.mean.tolist(), scaling.std.tolist()) == ([value], [1.0])
    assert (scaling.target_mean, scaling.target_std, scaling.still) == (value, 1.0, ("b",))


def test_values_too_large_for_a_deviation_or_for_float32_are_refused() -> None:
    series = counted(3)
    series.values[:, 1] = [1e300, -1e300, 1.0]
    with pytest.raises(DataError, match=r"^x\.csv: column 'b' has values too large for a standard deviation$"):
        measure(series, ("b",), "b", 0, 3)
    series.values[:, 1] = [1.0, 1.0 + 1e-10, 1e30]
    scaling = measure(series, ("b",), "b", 0, 2)
    with pytest.raises(DataError, match=r"^x\.csv: column 'b' overflows float32 when normalised$"):
        Windows(as_it_stands(series), Geometry("strict", 1, 1, 1), ("b",), "b", scaling)


def test_targets_and_naive_are_also_given_as_they_were_measured() -> None:
    series, tenths = counted(600), np.random.default_rng(0).integers(-100, 300, 600) / 10
    series.values[:, 0] = tenths
    scaling = measure(series, series.columns, "T (degC)", 0, 600)
    windows, rows = Windows(as_it_stands(series), STRICT, series.columns, "T (degC)", scaling), at(*range(20, 500))
    assert windows.measured_targets(rows).tolist() == tenths[24:504].tolist()
    assert windows.measured_naive(rows).tolist() == tenths[20:500].tolist()
    np.testing.assert_allclose(windows.to_unit(windows.targets(rows)), tenths[24:504], rtol=1e-12, atol=1e-12)


def test_windows_are_normalised_and_come_back_in_the_unit() -> None:
    scaling = Scaling(np.array([10.0, 0.0]), np.array([2.0, 1000.0]), 10.0, 2.0)
    windows = Windows(as_it_stands(counted(40)), STRICT, ("T (degC)", "b"), "T (degC)", scaling)
    assert windows.inputs(at(20))[0].tolist() == [[0.5, 11], [2.0, 14], [3.5, 17], [5.0, 20]]
    assert windows.targets(at(20)).tolist() == [7.0]
    assert windows.to_unit(windows.targets(at(20))).tolist() == [24.0]


# Splits, windows and scaling together


@pytest.mark.parametrize("protocol", ["book", "strict"])
def test_statistics_ignore_validation_and_test_rows(protocol: str) -> None:
    honest, spoilt = counted(220), counted(220)
    spoilt.values[100:] = 1e9
    one, other = (dataset_of(config(f"windows.protocol={protocol}"), series) for series in (honest, spoilt))
    assert one.windows.scaling.mean.tolist() == other.windows.scaling.mean.tolist() == [49.5, 49_500.0]
    assert one.windows.scaling.std.tolist() == other.windows.scaling.std.tolist()
    assert one.unit_per_normalised == other.unit_per_normalised


def test_no_strict_training_batch_changes_with_validation_and_test_rows() -> None:
    strict = config("windows.protocol=strict", "training.steps_per_epoch=null")
    spoilt = counted(220)
    spoilt.values[100:] = 1e9
    one, other = (list(dataset_of(strict, series).epoch(seed=0, epoch=1)) for series in (counted(220), spoilt))
    for (inputs, targets), (same_inputs, same_targets) in zip(one, other, strict=True):
        np.testing.assert_array_equal(inputs, same_inputs)
        np.testing.assert_array_equal(targets, same_targets)


def test_altering_a_row_after_t_never_changes_inputs_that_end_at_or_before_t() -> None:
    series, altered, t = counted(60), counted(60), 30
    altered.values[t + 1 :] = -7.0
    for geometry, last in ((BOOK, t + BOOK.step), (STRICT, t)):
        rows = np.arange(-geometry.oldest, last + 1)
        np.testing.assert_array_equal(plain(series, geometry).inputs(rows), plain(altered, geometry).inputs(rows))


@pytest.mark.parametrize("training_batch", [1, 7, 64])
@pytest.mark.parametrize("batch", [1, 5, 1000])
def test_batch_size_does_not_change_what_strict_evaluation_sees(training_batch: int, batch: int) -> None:
    task = dataset_of(config("windows.protocol=strict", f"windows.batch_size={training_batch}"), counted(220))
    newest = np.concatenate(list(task.inputs("val", batch)))[:, -1, 0]
    rows = task.windows.to_unit(newest.astype(np.float64))
    np.testing.assert_allclose(rows, np.arange(109, 156), atol=1e-3)
    np.testing.assert_allclose(task.windows.to_unit(task.truth("val")), np.arange(113, 160))


def test_a_strict_epoch_without_a_number_of_steps_is_one_pass_over_the_windows() -> None:
    task = dataset_of(config("windows.protocol=strict", "training.steps_per_epoch=null"), counted(220))
    assert len(task.rows["train"]) == 100 - STRICT.span + 1 == 87
    batches = [targets for _, targets in task.epoch(seed=0, epoch=3)]
    assert [len(targets) for targets in batches] == [8] * 10 + [7]
    seen = np.sort(task.windows.to_unit(np.concatenate(batches)[:, 0].astype(np.float64)))
    np.testing.assert_allclose(seen, np.arange(13, 100), atol=1e-3)

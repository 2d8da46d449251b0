"""Features: columns computed from the times, named in data.columns."""

import numpy as np
import pytest

from jena_rnn.forecast.features import FEATURES, measured, with_features
from jena_rnn.series.sample import simulate


def test_the_sine_and_cosine_of_the_day_turn_once_in_24_hours() -> None:
    times = np.datetime64("2021-06-01T00:00:00") + np.arange(5) * np.timedelta64(6 * 3600, "s")
    assert FEATURES["sin of day"](times) == pytest.approx([0, 1, 0, -1, 0], abs=1e-9)
    assert FEATURES["cos of day"](times) == pytest.approx([1, 0, -1, 0, 1], abs=1e-9)


def test_a_named_feature_becomes_the_last_column_and_is_not_looked_for_in_the_file() -> None:
    columns = ("T (degC)", "sin of day")
    series = with_features(simulate(10), columns)
    assert series.columns[-1] == "sin of day"
    assert measured(columns) == ("T (degC)",)
    assert series.column("sin of day") == pytest.approx(FEATURES["sin of day"](series.times))


def test_no_columns_or_none_that_are_features_leave_the_series_as_it_is() -> None:
    series = simulate(10)
    assert with_features(series, None) is series
    assert with_features(series, ("T (degC)",)) is series
    assert measured(None) is None

"""Errors, skill, collapse and climatology, by hand."""

import math

import numpy as np
import pytest

from jena_rnn.forecast import scores as evaluation
from jena_rnn.forecast.scores import calendar, climatology, mae, mean_by, month, skill
from jena_rnn.series.series import Floats, Times


def at(*times: str) -> Times:
    return np.array(times, "datetime64[s]")


def test_the_mean_absolute_error_counts_both_signs() -> None:
    assert mae(np.array([1.0, 2.0, 3.0]), np.array([2.0, 2.0, 1.0])) == 1.0
    assert mae(np.array([0.5]), np.array([0.5])) == 0.0


def test_skill_is_the_share_of_the_naive_error_that_is_gone() -> None:
    assert skill(0.75, 1.0) == 0.25
    assert skill(0.5, 0.5) == 0.0
    assert skill(1.0, 0.5) == -1.0
    assert skill(0.0, 0.5) == 1.0


@pytest.mark.parametrize("naive", [0.0, 1e-300, 1e-15, math.nan])
def test_there_is_no_skill_against_a_naive_forecast_without_error(naive: float) -> None:
    assert math.isnan(skill(0.5, naive))


def collapsed(forecast: Floats, truth: Floats) -> bool:
    return evaluation.collapsed(forecast, truth, np.ones(len(truth), bool))


def test_a_forecast_that_hardly_varies_has_collapsed() -> None:
    truth = np.array([-1.0, -1.0, 1.0, 1.0])
    assert collapsed(np.full(4, 3.0), truth)
    assert collapsed(0.019 * truth, truth)
    assert not collapsed(0.021 * truth, truth)


def test_a_slip_in_the_truth_makes_no_model_a_constant_one() -> None:
    truth = np.sin(np.arange(1000) / 9)
    slip = np.concatenate([truth, [-9999.0, 99999.0]])
    sound, constant = 0.5 * np.append(truth, [0.0, 0.0]), np.full(1002, 0.1)
    assert not collapsed(sound, slip)
    assert collapsed(constant, slip)
    assert collapsed(constant + 1e-3 * np.append(truth, [0.0, 0.0]), slip)
    few = np.append(truth[:60], 99999.0)
    assert not collapsed(0.5 * np.append(truth[:60], 0.0), few)
    assert collapsed(np.append(np.zeros(60), 7.0), few)


def test_a_few_forecasts_that_stick_out_of_a_constant_one_make_none_that_varies() -> None:
    truth, forecast = np.sin(np.arange(1446.0)), np.full(1446, -1.2)
    forecast[[3, 700, 1445]] = -9.0, -5.0, 300.0
    assert collapsed(forecast, truth)
    forecast[::20] = 1.0
    assert not collapsed(forecast, truth)


@pytest.mark.parametrize("wet", [10, 33])
def test_beside_a_truth_that_mostly_stands_still_a_forecast_must_vary_too(wet: int) -> None:
    rain = np.where(np.arange(1000) % wet == 0, 5.0, 0.0)
    assert not collapsed(0.021 * rain, rain)
    assert collapsed(0.019 * rain, rain)
    assert collapsed(np.zeros(1000), rain)


def test_what_was_not_measured_is_no_truth() -> None:
    truth = np.sin(np.arange(1000.0))
    measured = np.arange(1000) % 5 != 0
    marked = np.where(measured, truth, -9999.0)
    assert not evaluation.collapsed(0.5 * truth, marked, measured)
    assert evaluation.collapsed(0.01 * truth, marked, measured)
    assert not evaluation.collapsed(0.5 * truth, marked, ~measured & measured), "where nothing was, it varies or not"
    assert evaluation.collapsed(0 * truth, marked, ~measured & measured)


def test_a_constant_forecast_has_collapsed_though_the_truth_stands_still() -> None:
    assert collapsed(np.array([3.0, 3.0]), np.array([3.0, 3.0]))
    assert collapsed(np.array([3.0, 3.00001]), np.array([3.0, 3.0]))
    assert not collapsed(np.array([3.0, 3.1]), np.array([3.0, 3.0]))
    assert not collapsed(np.array([3.0]), np.array([3.0])), "one window says nothing"


def test_the_calendar_counts_days_of_the_year_and_hours_of_the_day_from_zero() -> None:
    times = at(
        *("2009-01-01T00:00:00", "2009-03-01T12:59:59", "2008-03-01T12:00:00"),
        *("2009-12-31T23:50:00", "2008-12-31T23:50:00", "1969-12-31T05:00:00"),
    )
    day, hour = calendar(times)
    assert day.tolist() == [0, 59, 60, 364, 365, 364]
    assert hour.tolist() == [0, 12, 12, 23, 23, 5]


def test_months_are_counted_from_one() -> None:
    times = at("2009-01-31T23:59:59", "2008-02-29T00:00:00", "2009-12-01T00:00:00", "1969-12-31T00:00:00")
    assert month(times).tolist() == [1, 2, 12, 12]


def test_climatology_averages_the_hour_over_fifteen_days_either_side() -> None:
    times = at("2009-06-16T06:10:00", "2009-06-30T06:50:00", "2009-06-30T07:00:00")
    usual = climatology(times, np.array([10.0, 20.0, 90.0]))
    asked = at("2010-06-15T06:00:00", "2010-06-01T06:00:00", "2010-07-15T06:00:00", "2010-06-20T07:59:59")
    assert usual(asked).tolist() == [15.0, 10.0, 20.0, 90.0]


def test_climatology_goes_over_the_turn_of_the_year() -> None:
    usual = climatology(at("2009-12-31T00:00:00", "2009-06-01T00:00:00"), np.array([4.0, 8.0]))
    assert usual(at("2011-01-01T00:00:00", "2012-12-31T00:30:00")).tolist() == [4.0, 4.0]


def test_climatology_falls_back_on_the_mean_of_all() -> None:
    usual = climatology(at("2009-01-01T00:00:00", "2009-01-02T00:00:00"), np.array([1.0, 2.0]))
    assert usual(at("2009-07-01T00:00:00", "2009-01-01T05:00:00")).tolist() == [1.5, 1.5]


def test_climatology_leaves_missing_values_out() -> None:
    times = at("2009-01-01T00:00:00", "2009-01-02T00:00:00")
    assert climatology(times, np.array([np.nan, 2.0]))(times).tolist() == [2.0, 2.0]
    assert climatology(times, np.array([np.nan, np.nan]))(times).tolist() == [0.0, 0.0]


def test_a_mean_for_each_key_and_nan_where_there_is_none() -> None:
    means = mean_by(np.array([0, 2, 2, 0, 2]), np.array([1.0, 2.0, 3.0, 5.0, 7.0]), 4)
    np.testing.assert_array_equal(means, [3.0, np.nan, 4.0, np.nan])

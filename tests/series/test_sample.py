import io
from dataclasses import replace

import numpy as np
import pytest

from jena_rnn.base.errors import ConfigError
from jena_rnn.series.sample import BLOCK, COLUMNS, saturation_pressure, simulate, write_csv
from jena_rnn.series.series import MADE_UP, Floats, Series, period

DAY = 144  # rows


@pytest.fixture(scope="module")
def series() -> Series:
    """Return three years, so that a test can learn from two and be judged on the third."""
    return simulate(3 * 365 * DAY)


def temperature_mae(series: Series, lead: int) -> float:
    temperature = series.column("T (degC)")
    return float(np.abs(temperature[lead:] - temperature[:-lead]).mean())


def test_the_same_seed_gives_the_same_rows_for_ever() -> None:
    made = simulate(1000, seed=0)
    assert made.source.sha256 == "ceac9bf0d96a066726be7f249f993507d090fd476dd781f8457963fc24b35f35"
    assert made.values[0].tolist() == [
        *(982.54, -3.78, 270.73, -3.8, 99.86, 4.62, 4.61, 0.01, 2.92, 4.69, 1268.45, 3.34, 5.57, 311.05)
    ]
    assert made.values[999].tolist() == [
        *(993.76, 0.17, 273.81, -0.27, 96.82, 6.19, 5.99, 0.2, 3.76, 6.03, 1263.74, 0.95, 1.84, 241.59)
    ]


def test_another_seed_gives_other_rows() -> None:
    assert simulate(3, seed=7).values[2, :4].tolist() == [1008.79, -6.56, 265.92, -8.76]
    assert simulate(3, seed=2**64 - 1).source.sha256 != simulate(3, seed=7).source.sha256


@pytest.mark.parametrize("rows", [1, 5, 143, 144, 145, 10_001])
def test_fewer_rows_are_the_beginning_of_more(series: Series, rows: int) -> None:
    fewer = simulate(rows)
    np.testing.assert_array_equal(fewer.values, series.values[:rows])
    np.testing.assert_array_equal(fewer.times, series.times[:rows])


def test_a_row_comes_every_ten_minutes_from_the_first_of_the_real_file(series: Series) -> None:
    assert series.times[0] == np.datetime64("2009-01-01T00:10:00")
    assert series.times[-1] == np.datetime64("2012-01-01T00:00:00")
    assert period(series.times) == np.timedelta64(600, "s")
    assert series.times.dtype == np.dtype("datetime64[s]")


def test_the_columns_are_those_of_the_real_file(series: Series) -> None:
    assert series.columns == COLUMNS
    assert len(COLUMNS) == 14
    assert COLUMNS[1] == "T (degC)"
    assert COLUMNS[-1] == "wd (deg)"


def test_the_source_says_that_it_is_made_up(series: Series) -> None:
    assert series.source.made_up
    assert series.source.name == series.source.edition == MADE_UP
    assert simulate(2, seed=3).source.notes == ("simulated, not measured (rows 2, seed 3)",)


def test_values_are_finite_float64_in_hundredths(series: Series) -> None:
    assert series.values.dtype == np.float64
    assert np.isfinite(series.values).all()
    np.testing.assert_array_equal(series.values, np.round(series.values, 2))


def test_air_is_never_beyond_saturation(series: Series) -> None:
    assert (series.column("Tdew (degC)") <= series.column("T (degC)")).all()
    humidity = series.column("rh (%)")
    assert humidity.min() > 0
    assert humidity.max() <= 100


def test_gusts_exceed_the_wind_and_directions_stay_on_the_circle(series: Series) -> None:
    assert series.column("wv (m/s)").min() > 0
    assert (series.column("max. wv (m/s)") >= series.column("wv (m/s)")).all()
    direction = series.column("wd (deg)")
    assert direction.min() >= 0
    assert direction.max() < 360


def test_columns_are_tied_by_physics(series: Series) -> None:
    p, t, potential, dew_point, rh = series.values.T[:5]
    saturated, vapour, deficit, specific, molar, density = series.values.T[5:11]

    def agree(actual: Floats, expected: Floats, within: float) -> None:
        np.testing.assert_allclose(actual, expected, rtol=0, atol=within)

    agree(deficit, saturated - vapour, 0.0151)  # three roundings
    agree(saturated, saturation_pressure(t), 0.03)
    agree(vapour, saturation_pressure(dew_point), 0.02)
    agree(rh, 100 * vapour / saturated, 1.0)  # by deep frost both pressures have but two digits
    agree(specific, 622 * vapour / (p - 0.378 * vapour), 0.01)
    agree(molar, 1000 * vapour / p, 0.011)
    agree(potential, (t + 273.15) * (1000 / p) ** 0.286, 0.012)
    agree(density, 1e5 * p / (287.05 * (t + 273.15) * (1 + 0.608e-3 * specific)), 0.04)


def test_saturation_pressure_is_within_half_a_percent_of_the_smithsonian_tables() -> None:
    made = saturation_pressure(np.array([-10.0, 0.0, 20.0, 30.0]))
    np.testing.assert_allclose(made, [2.863, 6.108, 23.37, 42.43], rtol=0.005)


def test_the_climate_is_near_that_of_jena(series: Series) -> None:
    def near(column: str, mean: float, std: float, within: float) -> None:
        values = series.column(column)
        assert values.mean() == pytest.approx(mean, abs=within), column
        assert values.std() == pytest.approx(std, abs=within), column

    near("T (degC)", 9.5, 8.5, 1.0)
    near("p (mbar)", 989.0, 8.4, 1.0)
    near("rh (%)", 76.0, 15.0, 2.0)
    near("wv (m/s)", 2.1, 1.3, 0.3)
    assert -27 < series.column("T (degC)").min() < -10
    assert 28 < series.column("T (degC)").max() < 40


def test_tomorrow_is_like_today_to_within_the_three_degrees_of_jena(series: Series) -> None:
    assert 2.5 < temperature_mae(series, DAY) < 2.9
    assert 2.5 < temperature_mae(series, DAY + 6) < 3.0
    assert temperature_mae(series, DAY // 2) > 4.0  # half a day ahead it is night


def test_the_last_days_foretell_more_than_the_naive_forecast_does(series: Series) -> None:
    direction = np.radians(series.column("wd (deg)"))
    seen = np.column_stack((series.values[:, [0, 1, 3, 4]], np.sin(direction), np.cos(direction), np.ones(len(series))))
    lags = [*range(0, DAY, 6), *range(DAY, 10 * DAY, DAY)]  # hourly for a day, daily for ten
    rows = np.arange(10 * DAY, len(series) - DAY, 29)
    inputs = np.column_stack([seen[rows - lag, :-1] for lag in lags] + [seen[rows, -1:]])
    now, later = seen[rows, 1], seen[rows + DAY, 1]
    learn, judge = rows < 2 * 365 * DAY - DAY, rows >= 2 * 365 * DAY
    weights = np.linalg.lstsq(inputs[learn], later[learn], rcond=None)[0]
    skill = 1 - np.abs(inputs[judge] @ weights - later[judge]).mean() / np.abs(now - later)[judge].mean()
    assert 0.08 < skill < 0.25  # better than the naive forecast, and still weather


def test_the_csv_says_in_its_first_line_that_it_is_made_up() -> None:
    file = io.BytesIO()
    write_csv(simulate(1), file)
    assert file.getvalue().decode() == (
        "# made-up station: simulated, not measured (rows 1, seed 0)\n"
        '"Date Time","p (mbar)","T (degC)","Tpot (K)","Tdew (degC)","rh (%)","VPmax (mbar)","VPact (mbar)",'
        '"VPdef (mbar)","sh (g/kg)","H2OC (mmol/mol)","rho (g/m**3)","wv (m/s)","max. wv (m/s)","wd (deg)"\n'
        "01.01.2009 00:10:00,982.54,-3.78,270.73,-3.80,99.86,4.62,4.61,"
        "0.01,2.92,4.69,1268.45,3.34,5.57,311.05\n"
    )


def test_the_csv_holds_every_value_exactly_across_blocks() -> None:
    made, file = simulate(BLOCK + 2), io.BytesIO()
    write_csv(made, file)
    file.seek(0)
    read = np.loadtxt(file, delimiter=",", skiprows=2, usecols=range(1, 15))
    np.testing.assert_array_equal(read, made.values)
    assert b"-0.00" not in file.getvalue()


def test_a_measured_series_is_not_written_as_made_up() -> None:
    made = simulate(1)
    with pytest.raises(ValueError, match=r"jena\.csv was measured"):
        write_csv(replace(made, source=replace(made.source, name="jena.csv", made_up=False)), io.BytesIO())


@pytest.mark.parametrize("rows", [0, -1, 10_000_001])
def test_no_rows_and_far_too_many_are_refused(rows: int) -> None:
    with pytest.raises(ConfigError, match=f"at least 1 row and at most 10,000,000, got {rows}"):
        simulate(rows)


@pytest.mark.parametrize("seed", [-1, 2**64])
def test_a_seed_beyond_64_bits_is_refused(seed: int) -> None:
    with pytest.raises(ConfigError, match=f"seed from 0 to .*, got {seed}"):
        simulate(1, seed)

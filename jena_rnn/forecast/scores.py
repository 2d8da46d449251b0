"""Forecasts and truth to numbers: errors, skill, collapse, and the climatology.

Arrays in, plain values out; nothing here knows a model or a file.

    mae(forecast, truth)                    # in the unit of both
    skill(0.2644, 0.2897)                   # 0.087: 8.7 % better than naive
"""

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jena_rnn.base.tables import amount, percent, table
from jena_rnn.series.series import Floats, Times

COLLAPSED_SHARE = 0.02
"""Forecasts have collapsed if their standard deviation is below this share of the truth's,"""
FLAT = 1e-4
"""or below this, normalised."""
OUTLIERS = 0.01
"""Share of the values that is clipped before a standard deviation, so that single slips do not count."""
NO_ERROR = 1e-12
"""A normalised error below it is zero but for rounding."""
CLIMATE_DAYS = 15
"""The climatology of a day averages the days up to this many before and after it."""


@dataclass(frozen=True)
class Score:
    """The errors of one split; MAE normalised."""

    split: str
    """train, val, test, or all for another file."""
    windows: int
    mae: float
    naive_mae: float
    unit_per_normalised: float
    unit: str
    collapsed: bool

    @property
    def skill(self) -> float:
        """1 - MAE / MAE of naive."""
        return skill(self.mae, self.naive_mae)

    def as_dict(self) -> dict[str, Any]:
        """Return the score for JSON, errors also in the target's unit; skill is None if naive makes no error."""
        return asdict(self) | {
            "mae_unit": self.mae * self.unit_per_normalised,
            "naive_mae_unit": self.naive_mae * self.unit_per_normalised,
            "skill": self.skill if math.isfinite(self.skill) else None,
        }

    def lines(self) -> list[str]:
        """Return a table for the terminal."""
        errors, scale = self.as_dict(), self.unit_per_normalised
        ours, naive = (amount(errors[key], scale=scale) for key in ("mae_unit", "naive_mae_unit"))
        row = [self.split, ours, f"{self.mae:.4f}", naive]
        header = ["MAE", self.unit or "in its unit", "normalised", "naive", "skill", "windows"]
        lines = [table(header, [[*row, percent(errors["skill"]), f"{self.windows:,}"]])]
        return lines + ["COLLAPSED: its forecasts hardly vary."] * self.collapsed


def mae(forecast: Floats, truth: Floats) -> float:
    """Return the mean absolute error of `(windows,)` forecasts, in their unit."""
    return float(np.abs(forecast - truth).mean())


def skill(error: float, naive_error: float) -> float:
    """Return 1 - MAE / MAE of naive (Murphy, "Skill scores", Mon. Wea. Rev. 116, 1988), of normalised errors.

    Below 0 is worse than naive; NaN if naive makes no error.
    """
    return 1.0 - error / naive_error if naive_error > NO_ERROR else float("nan")


def collapsed(forecast: Floats, truth: Floats, measured: NDArray[np.bool_]) -> bool:
    """Return whether forecasts hardly vary; all arguments `(windows,)`, forecast and truth normalised.

    `measured` is False for a sentinel in the truth. Outliers are clipped on both sides: one slip in the truth must
    not make a sound model look constant, nor a few odd forecasts a constant model look sound.
    """
    return len(forecast) > 1 and _spread(forecast) < max(COLLAPSED_SHARE * _spread(truth[measured]), FLAT)


def _spread(values: Floats) -> float:
    """Return the standard deviation of `(n,)` values with outliers clipped, at least one on each side; 0 if n < 2."""
    if values.size <= 1:
        return 0.0
    share = min(max(OUTLIERS / 2, 1 / (values.size - 1)), 0.25)
    return float(np.clip(values, *np.quantile(values, (share, 1 - share))).std())


def climatology(times: Times, values: Floats) -> Callable[[Times], Floats]:
    """Return a forecast for any time: the mean of `values` at its hour of day and day of year.

    A day includes the `CLIMATE_DAYS` before and after it, so that four years give a mean of some hundred values. Cells
    without a value get the overall mean. NaN is left out.
    """
    known = ~np.isnan(values)
    total, count = np.zeros((366, 24)), np.zeros((366, 24))
    cells = calendar(times[known])
    np.add.at(total, cells, values[known])
    np.add.at(count, cells, 1.0)
    near = range(-CLIMATE_DAYS, CLIMATE_DAYS + 1)
    total = sum((np.roll(total, shift, axis=0) for shift in near), np.zeros_like(total))
    count = sum((np.roll(count, shift, axis=0) for shift in near), np.zeros_like(count))
    overall = float(values[known].mean()) if known.any() else 0.0
    table = np.where(count > 0, total / np.maximum(count, 1.0), overall)

    def forecast(when: Times) -> Floats:
        return np.asarray(table[calendar(when)])

    return forecast


def calendar(times: Times) -> tuple[np.ndarray, np.ndarray]:
    """Return day of year (0 to 365) and hour of day (0 to 23) of `(n,)` times."""
    days = times.astype("datetime64[D]")
    day_of_year = (days - days.astype("datetime64[Y]").astype("datetime64[D]")).astype(np.int64)
    hour = (times - days).astype("timedelta64[h]").astype(np.int64)
    return day_of_year, hour


def month(times: Times) -> np.ndarray:
    """Return the month (1 to 12) of `(n,)` times."""
    return times.astype("datetime64[M]").astype(np.int64) % 12 + 1


def mean_by(keys: np.ndarray, values: Floats, length: int) -> Floats:
    """Return the mean of `values` for each key 0 … length - 1, NaN where there is none."""
    total = np.bincount(keys, weights=values, minlength=length)
    count = np.bincount(keys, minlength=length)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)

"""Input columns that are computed from the times; a config names them in `data.columns` like columns of the file.

FEATURES["sin of day"](times)           # (rows,) float64
"""

from collections.abc import Callable

import numpy as np

from jena_rnn.series.series import Floats, Series, Times


def _turns(times: Times, period: np.timedelta64) -> Floats:
    """Return the angle of each time on a circle of `period`, `(rows,)` in radians."""
    return np.asarray(2 * np.pi * (times.astype("datetime64[s]").astype(np.int64) / period.astype(np.int64)))


DAY = np.timedelta64(24 * 3600, "s")
FEATURES: dict[str, Callable[[Times], Floats]] = {
    "sin of day": lambda times: np.sin(_turns(times, DAY)),
    "cos of day": lambda times: np.cos(_turns(times, DAY)),
}


def measured(columns: tuple[str, ...] | None) -> tuple[str, ...] | None:
    """Return the columns that must be in the file: those that are not computed; None for all."""
    return None if columns is None else tuple(name for name in columns if name not in FEATURES)


def with_features(series: Series, columns: tuple[str, ...] | None) -> Series:
    """Return the series with the features that `columns` names as further columns."""
    names = tuple(name for name in columns or () if name in FEATURES)
    if not names:
        return series
    values = np.column_stack([series.values, *(FEATURES[name](series.times) for name in names)])
    return Series(series.times, values, (*series.columns, *names), series.source)

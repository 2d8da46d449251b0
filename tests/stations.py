"""Series that a reader knows by heart, and the small window arithmetic that the tests of forecasts share."""

import numpy as np

from jena_rnn.forecast.geometry import Geometry
from jena_rnn.series.repair import Sound
from jena_rnn.series.series import Floats, Series, Source
from jena_rnn.training.draws import Rows

BOOK = Geometry("book", lookback=12, step=3, delay=4)
STRICT = Geometry("strict", lookback=12, step=3, delay=4)
SMALL = (
    *("windows.lookback=12", "windows.step=3", "windows.delay=4", "windows.batch_size=8"),
    *("split.train=[0,100]", "split.val=[100,160]", "split.test=[160,null]"),
)
"""The same arithmetic as overrides of a config."""


def counted(rows: int, columns: int = 2) -> Series:
    """Return rows 10 minutes apart; the first column is the row's number, the next its 1000-fold, then 2000-fold."""
    number = np.arange(rows, dtype=np.float64)
    values: Floats = np.column_stack([number, *(1000 * k * number for k in range(1, columns))])
    times = np.datetime64("2009-01-01", "s") + 600 * np.arange(rows).astype("timedelta64[s]")
    return Series(times, values, ("T (degC)", "b", "c")[:columns], Source("x.csv", "", "unknown"))


def sound(rows: int, breaks: tuple[int, ...] = ()) -> Sound:
    """Return a sound series in segments that begin at `breaks`."""
    segment = np.cumsum(np.isin(np.arange(rows), breaks)).astype(np.int64)
    return Sound(counted(rows, columns=1), segment, np.ones(rows, bool), ())


def at(*rows: int) -> Rows:
    """Return reference rows."""
    return np.array(rows, np.int64)

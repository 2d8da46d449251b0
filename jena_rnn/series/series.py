"""The series: the table of measurements that all windows are cut from.

`reading` makes one from a CSV, `sample` from a simulator, `repair` a clean one from a faulty one:

    series = Series(times, values, ("p (mbar)", "T (degC)"), source)
    series.column("T (degC)")
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from jena_rnn.base.errors import DataError
from jena_rnn.base.messages import no_columns

Times = NDArray[np.datetime64]
Floats = NDArray[np.float64]

MADE_UP = "made-up station"


TARGET = "; data.target names the column to forecast"
"""The end of a message on a missing target."""


@dataclass(frozen=True)
class Source:
    """Where a series came from."""

    name: str
    """The path of the file, or "made-up station"."""
    sha256: str
    """Hex digest of the file's bytes (of the values, for the made-up station)."""
    edition: str
    """A known file's name, "made-up station", or "unknown"."""
    made_up: bool = False
    """True if no instrument measured it."""
    notes: tuple[str, ...] = ()
    """Notes of the reader, in plain words."""
    beside: str | None = None
    """Another file whose bytes are in the digest."""


@dataclass(frozen=True)
class Series:
    """Measurements in file order.

    Attributes:
        times: `(rows,)` datetime64[s], the station's own clock.
        values: `(rows, columns)` float64, in the units that the column names give.
        columns: one name with its unit for each column of `values`.
        source: where it came from.
    """

    times: Times
    values: Floats = field(repr=False)
    columns: tuple[str, ...]
    source: Source

    def __post_init__(self) -> None:
        """Raise ValueError for parts that do not fit together, which is a bug in the caller."""
        if self.values.shape != (len(self.times), len(self.columns)):
            raise ValueError(
                f"values {self.values.shape} do not fit {len(self.times)} times and {len(self.columns)} columns"
            )

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.times)

    def index(self, column: str) -> int:
        """Return the position of `column`; raises DataError naming the columns there are."""
        try:
            return self.columns.index(column)
        except ValueError:
            raise self._lacks([column]) from None

    def column(self, column: str) -> Floats:
        """Return one column, `(rows,)` float64; raises DataError if it is missing."""
        return self.values[:, self.index(column)]

    def select(self, columns: tuple[str, ...]) -> "Series":
        """Return the series with just `columns`, in that order; raises DataError if some are missing."""
        if columns == self.columns:
            return self
        if missing := [column for column in columns if column not in self.columns]:
            raise self._lacks(missing)
        picked = [self.index(column) for column in columns]
        return Series(self.times, self.values[:, picked], columns, self.source)

    def _lacks(self, missing: Sequence[str]) -> DataError:
        return DataError(f"{self.source.name}: {no_columns(missing, self.columns)}")


def period(times: Times, name: str = "the series") -> np.timedelta64:
    """Return the commonest positive distance between rows in time order, timedelta64[s].

    Raises DataError, naming the series, if no two rows have different times.
    """
    steps = np.diff(np.sort(times.astype("datetime64[s]").astype(np.int64)))
    steps = steps[steps > 0]
    if steps.size == 0:
        raise DataError(f"{name} has no two rows with different times, so it has no period")
    found, counts = np.unique(steps, return_counts=True)
    return np.timedelta64(int(found[counts.argmax()]), "s")


def period_hours(times: Times, name: str = "the series") -> float:
    """Return the period in hours; raises DataError, naming the series, if there is none."""
    return float(period(times, name) / np.timedelta64(3600, "s"))


def unit_of(column: str) -> str:
    """Return the unit in brackets at the end of a column's name, `°C` for `T (degC)`; empty without one.

    The unit may contain brackets, as in `wind (m/s (10 min mean))`.
    """
    opened, unit = 0, ""
    for at in range(len(column) - 1, -1, -1) if column.endswith(")") else ():
        opened += (column[at] == ")") - (column[at] == "(")
        if opened == 0:
            unit = column[at + 1 : -1]
            break
    return {"degC": "°C"}.get(unit, unit)

"""The audit of a series: its facts and its faults, for `jena-rnn inspect` and every report.

facts = audit(series)
facts.rows, facts.gaps.count            # 106727, 1
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jena_rnn.base.messages import plural
from jena_rnn.series.series import Floats, Series, Times, period

FIRST = 5
"""Number of places that are named for each fault."""
CLOSE = "row less than a step after the one before", "rows less than a step after the one before"
"""The fault in singular and plural."""


@dataclass(frozen=True)
class Fault:
    """One kind of fault: its count and its first places."""

    count: int
    first: tuple[str, ...] = ()

    def __str__(self) -> str:
        if not self.count:
            return "none"
        more = " …" if self.count > len(self.first) else ""
        return f"{self.count:,}: {'; '.join(self.first)}{more}"


@dataclass(frozen=True)
class ColumnFacts:
    """One column over its measured values (sentinels and NaN left out), in the column's unit."""

    name: str
    minimum: float
    maximum: float
    mean: float
    std: float
    """Population standard deviation (ddof 0)."""
    sentinels: Fault
    missing: Fault
    """Cells that are empty or NaN."""


@dataclass(frozen=True)
class Audit:
    """All facts of a series."""

    name: str
    edition: str
    sha256: str
    rows: int
    first_time: str
    last_time: str
    step_minutes: float
    """The commonest distance between rows."""
    gaps: Fault
    """Rows, in time order, more than one step after the one before."""
    close: Fault
    """Rows, in time order, less than one step after the one before."""
    backward: Fault
    """Places where the next row comes earlier."""
    repeated: Fault
    """Rows with a time that an earlier row has."""
    repeated_alike: int
    """Number of repeated rows that equal the first one in every column (NaN equals NaN)."""
    columns: tuple[ColumnFacts, ...]
    notes: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the facts for JSON, with None for numbers that are not finite."""
        columns = [
            {
                key: None if isinstance(value, float) and not np.isfinite(value) else value
                for key, value in asdict(each).items()
            }
            for each in self.columns
        ]
        return asdict(self) | {"columns": columns}

    def summary(self) -> list[str]:
        """Return the faults with their counts, in plain words; empty if there are none."""
        sentinels = sum(column.sentinels.count for column in self.columns)
        missing = sum(column.missing.count for column in self.columns)
        faults = [
            (self.gaps.count, "gap in time", "gaps in time"),
            (self.close.count, *CLOSE),
            (self.backward.count, "jump back in time", "jumps back in time"),
            (self.repeated.count, "row with a repeated time", "rows with repeated times"),
            (sentinels, "sentinel", "sentinels"),
            (missing, "missing value", "missing values"),
        ]
        return [plural(count, one, many) for count, one, many in faults if count]


def audit(series: Series, sentinel: float | None = -9999.0) -> Audit:
    """Return the audit of `series`; raises DataError if no two rows have different times."""
    times = series.times
    step = period(times, series.source.name)
    order = np.argsort(times, kind="stable")
    distances, none = np.diff(times[order]), np.timedelta64(0, "s")
    later, close = (np.flatnonzero(which) for which in (distances > step, (distances < step) & (distances > none)))
    earlier = np.flatnonzero(np.diff(times) < none)
    again, firsts = repeats(times)
    one, other = series.values[firsts], series.values[again]
    alike = (one == other) | (np.isnan(one) & np.isnan(other))
    return Audit(
        name=series.source.name,
        edition=series.source.edition,
        sha256=series.source.sha256,
        rows=len(series),
        first_time=stamp(times.min()),
        last_time=stamp(times.max()),
        step_minutes=float(step / np.timedelta64(60, "s")),
        gaps=_fault(later, lambda at: _between(times, order, at)),
        close=_fault(close, lambda at: _between(times, order, at)),
        backward=_fault(earlier, lambda r: f"{stamp(times[r])} back to {stamp(times[r + 1])} (row {r + 1:,})"),
        repeated=_fault(again, lambda r: f"{stamp(times[r])} (row {r:,})"),
        repeated_alike=int(alike.all(axis=1).sum()),
        columns=tuple(
            _column_facts(name, series.values[:, i], times, sentinel) for i, name in enumerate(series.columns)
        ),
        notes=series.source.notes,
    )


def _between(times: Times, order: NDArray[np.intp], at: int) -> str:
    return f"{stamp(times[order[at]])} to {stamp(times[order[at + 1]])} (row {order[at + 1]:,})"


def repeats(times: Times) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the rows with a repeated time, in order, and for each the first row with that time."""
    order = np.argsort(times, kind="stable")
    in_order = times[order]
    fresh = np.ones(len(times), bool)
    fresh[1:] = in_order[1:] != in_order[:-1]
    first_of_run = order[np.flatnonzero(fresh)[np.cumsum(fresh) - 1]]
    again = order[~fresh]
    by_row = np.argsort(again)
    return again[by_row], first_of_run[~fresh][by_row]


def stamp(time: Any) -> str:
    """Return a time as `2009-01-01 00:10`, with seconds only if they are not zero."""
    text = str(np.datetime64(time, "s")).replace("T", " ")
    return text.removesuffix(":00")


@np.errstate(over="ignore", invalid="ignore")  # values beyond 1e150 give inf
def _column_facts(name: str, values: Floats, times: Times, sentinel: float | None) -> ColumnFacts:
    missing = np.isnan(values)
    marked = values == sentinel if sentinel is not None else np.zeros(len(values), bool)
    measured = values[~(missing | marked)]
    if measured.size == 0:
        measured = np.array([np.nan])
    return ColumnFacts(
        name,
        float(measured.min()),
        float(measured.max()),
        float(measured.mean()),
        float(measured.std()),
        _fault(np.flatnonzero(marked), lambda r: f"{stamp(times[r])} (row {r:,})"),
        _fault(np.flatnonzero(missing), lambda r: f"{stamp(times[r])} (row {r:,})"),
    )


def _fault(rows: NDArray[np.intp], describe: Callable[[int], str]) -> Fault:
    return Fault(len(rows), tuple(describe(int(row)) for row in rows[:FIRST]))

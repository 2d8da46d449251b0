"""Repair a series for protocol strict; every change is counted.

In this order: drop rows with repeated times but the first; sort by time; turn sentinels into NaN; fill NaN with the
last value measured before it, at most a day old (never a later one, which would leak the future). Rows that are still
incomplete, and rows that do not follow the one before by one period, end a segment: no window crosses segments.

    sound = repair(series, target="T (degC)")
    sound.report                            # ('144 rows with repeated times dropped', ...)
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jena_rnn.base.errors import DataError
from jena_rnn.base.messages import plural
from jena_rnn.series.audit import CLOSE, repeats
from jena_rnn.series.series import Floats, Series, Times, period

UNTOUCHED = {"book": "rows taken as they stand", "strict": "nothing to repair"}
"""The words for a series without changes, by protocol."""
LONGEST_FILL = np.timedelta64(24 * 3600, "s")


@dataclass(frozen=True)
class Sound:
    """A series fit to cut windows from.

    Attributes:
        series: the rows.
        segment: `(rows,)` int64; all rows of a window must have the same.
        measured: `(rows,)` bool; True where the target was measured, so that a forecast can be scored.
        report: what was changed, in plain words.
    """

    series: Series
    segment: NDArray[np.int64]
    measured: NDArray[np.bool_]
    report: tuple[str, ...]


def require_measured(series: Series, target: str, sentinel: float | None) -> None:
    """Raise DataError if a column has no values other than NaN and `sentinel`."""
    for name, values in zip(series.columns, series.values.T, strict=True):
        if (np.isnan(values) | (values == sentinel)).all():
            is_target = name == target
            what = "the column to forecast" if is_target else "of those to forecast from"
            key = " (data.target)" if is_target else " (data.columns)"
            raise DataError(f"{series.source.name}: nothing was measured in {name!r}, {what}", key)


def as_it_stands(series: Series, taken: str = "") -> Sound:
    """Return `series` unchanged, as one segment with every target measured: protocol `book`.

    Raises DataError for NaN, which no network can train on; `taken` ends the message for a run, whose protocol is
    fixed.
    """
    missing = np.isnan(series.values)
    if missing.any():
        row, column = np.argwhere(missing)[0]
        count = plural(int(missing.sum()), "missing value", "missing values")
        raise DataError(
            f"{series.source.name}: {count}, the first in {series.columns[column]!r} at "
            f"row {row:,}; protocol book takes rows as they stand{taken}",
            "" if taken else ", protocol strict repairs them (--set windows.protocol=strict)",
        )
    rows = len(series)
    return Sound(series, np.zeros(rows, np.int64), np.ones(rows, bool), ())


def repair(series: Series, target: str, sentinel: float | None = -9999.0) -> Sound:
    """Return `series` repaired for protocol `strict`; raises DataError if it has no period or no target."""
    report: list[str] = []
    series = _in_time_order(series, report)
    target_index = series.index(target)
    values = series.values
    if sentinel is not None:
        marked = values == sentinel
        if marked.any():
            values = np.where(marked, np.nan, values)
            count = plural(int(marked.sum()), "sentinel", "sentinels")
            report.append(f"{count} ({sentinel:g}) taken as missing")
    missing = np.isnan(values)
    if missing.any():
        values = _filled(series.times, values, missing)
        kept = np.isnan(values)
        if filled := int((missing & ~kept).sum()):
            count = plural(filled, "missing value", "missing values")
            report.append(f"{count} filled with the last one measured")
        if left := int(kept.any(axis=1).sum()):
            report.append(f"{plural(left, 'row', 'rows')} left out: nothing measured in the day before")
    apart, step = np.diff(series.times), period(series.times, series.source.name)
    if gaps := int((apart > step).sum()):
        report.append(f"{plural(gaps, 'gap', 'gaps')} in time that no window crosses")
    if close := int((apart < step).sum()):
        report.append(f"{plural(close, *CLOSE)}, where windows end")
    segment = _segments(np.append(False, apart != step), np.asarray(np.isnan(values).any(axis=1)))
    sound = Series(series.times, values, series.columns, series.source)
    return Sound(sound, segment, ~missing[:, target_index], tuple(report))


def _in_time_order(series: Series, report: list[str]) -> Series:
    again, _ = repeats(series.times)
    keep = np.ones(len(series), bool)
    keep[again] = False
    rows = np.flatnonzero(keep)
    backward = int((np.diff(series.times[rows]) < np.timedelta64(0, "s")).sum())
    if again.size:
        report.append(f"{plural(again.size, 'row with a repeated time', 'rows with repeated times')} dropped")
    if backward:
        rows = rows[np.argsort(series.times[rows], kind="stable")]
        report.append(f"rows put into time order ({plural(backward, 'jump', 'jumps')} back)")
    if not again.size and not backward:
        return series
    return Series(series.times[rows], series.values[rows], series.columns, series.source)


def _filled(times: Times, values: Floats, missing: NDArray[np.bool_]) -> Floats:
    """Return `values` with each NaN replaced by the newest value of the last 24 hours, if there is one."""
    rows = np.arange(len(values))
    filled = values.copy()
    for column in np.flatnonzero(missing.any(axis=0)):
        newest = np.maximum.accumulate(np.where(missing[:, column], -1, rows))
        near = (newest >= 0) & (times - times[newest] <= LONGEST_FILL)
        filled[:, column] = np.where(near, values[newest, column], np.nan)
    return filled


def _segments(gaps: NDArray[np.bool_], unusable: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return the segment number of each row, `(rows,)`; an unusable row is a segment of its own."""
    breaks = gaps.copy()
    breaks[1:] |= unusable[1:] | unusable[:-1]
    return np.cumsum(breaks).astype(np.int64)

"""Saved tables to figures. Every function returns a `matplotlib.figure.Figure`; its caller saves it.

Errors are in the target's unit; a second axis gives them normalised, as the book does.

    figure = loss_curves(history, title="gru, seed 0", unit="°C", std=8.85, naive=0.2897)
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from jena_rnn.base.tables import amount
from jena_rnn.forecast.predictions import Predictions
from jena_rnn.forecast.scores import calendar, mean_by, month
from jena_rnn.reports.axes import BASELINE, INK, MODEL, curves, empty, epoch_axis, labelled, legend, mark, wrapped
from jena_rnn.reports.canvas import AutoDateLocator, Axes, ConciseDateFormatter, Figure
from jena_rnn.series.series import Floats, Series, Times, period
from jena_rnn.training.history import Record, best

DAY = np.timedelta64(24 * 3600, "s")
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
SHOWN = 10
"""Days of forecasts drawn."""
UPRIGHT = 3
"""Inches that the name of an upright axis may take."""


@dataclass(frozen=True)
class Curve:
    """One run's validation curve, for comparing."""

    label: str
    history: Sequence[Record]
    naive: float
    """MAE of naive on the same windows, normalised."""
    std: float
    """What 1 normalised is in the unit."""


def loss_curves(
    history: Sequence[Record],
    *,
    title: str,
    unit: str,
    std: float,
    naive: float | None,
    trained_on_mae: bool,
) -> Figure:
    """Draw training dots and validation line over epochs, in the manner of the book's figures 6.20 to 6.26."""
    figure, axes = empty(title)
    trained = [record.loss * std for record in history] if trained_on_mae else []
    curves(axes, trained, [record.error * std for record in history], "MAE")
    lowest = best(history)
    reached = amount(lowest.error * std, unit, scale=std)
    mark(axes, lowest.epoch, lowest.error * std, f"best: {reached} (epoch {lowest.epoch})")
    if naive is not None:
        axes.axhline(naive * std, ls="--", color=BASELINE, label=f"naive: {amount(naive * std, unit, scale=std)}")
    _epoch_axes(axes, len(history), unit, std)
    legend(axes)
    return figure


def compare_curves(runs: Sequence[Curve], *, unit: str) -> Figure:
    """Draw the validation curves of several runs in one figure, each with its naive line."""
    figure, axes = empty("Validation MAE")
    drawn: set[float] = set()
    for curve in runs:
        line = axes.plot(
            [record.epoch for record in curve.history],
            [record.error * curve.std for record in curve.history],
            "-o",
            ms=3,
            label=labelled(f"{curve.label}: {amount(best(curve.history).error * curve.std, unit, scale=curve.std)}"),
        )[0]
        level = _level(curve)
        if level not in drawn:
            shared = all(_level(c) == level for c in runs)
            axes.axhline(
                level,
                ls="--",
                color=BASELINE if shared else line.get_color(),
                label=f"naive: {amount(curve.naive * curve.std, unit, scale=curve.std)}",
            )
            drawn.add(level)
    longest = max(len(curve.history) for curve in runs)
    _epoch_axes(axes, longest, unit, runs[0].std if len({curve.std for curve in runs}) == 1 else None)
    legend(axes, fontsize="small")
    return figure


def forecast(predictions: Predictions, *, title: str, target: str) -> Figure:
    """Draw forecasts against the truth over the last ten days of the split."""
    figure, axes = empty(title, width=10)
    order = np.argsort(predictions.times, kind="stable")
    recent = order[predictions.times[order] > predictions.times.max() - SHOWN * DAY]
    times = predictions.times[recent]
    axes.plot(*_broken(times, predictions.truth[recent]), color=INK, lw=1.5, label="truth")
    axes.plot(*_broken(times, predictions.forecast[recent]), color=MODEL, lw=1.5, label="forecast")
    axes.plot(*_broken(times, predictions.naive[recent]), color=BASELINE, lw=0.8, ls="--", label="naive")
    _date_axis(axes)
    axes.set_xlabel("time of the target, the station's clock")
    _name(axes, target)
    axes.margins(y=0.15)
    legend(axes, ncols=3, loc="upper left")
    return figure


def error_by_hour(predictions: Predictions, *, title: str) -> Figure:
    """Draw the MAE of model and naive by the target's hour of day."""
    _, hours = calendar(predictions.times)
    return _errors(predictions, hours, 24, [str(hour) for hour in range(24)], "hour of day", title)


def error_by_month(predictions: Predictions, *, title: str) -> Figure:
    """Draw the MAE of model and naive by the target's month."""
    return _errors(predictions, month(predictions.times) - 1, 12, MONTHS, "month", title)


def whole_series(series: Series, target: str, sentinel: float | None) -> Figure:
    """Draw the target over the whole series (figure 6.18); sentinels are left out."""
    return _course(series, target, sentinel, len(series), f"{target}: the whole series", width=0.5)


def first_days(series: Series, target: str, sentinel: float | None) -> Figure:
    """Draw the target over the first ten days (figure 6.19); sentinels are left out."""
    rows = min(len(series), int(SHOWN * DAY / period(series.times)))
    return _course(series, target, sentinel, rows, f"{target}: the first {SHOWN} days", width=1.2)


def _course(series: Series, target: str, sentinel: float | None, rows: int, title: str, width: float) -> Figure:
    figure, axes = empty(f"{title} ({series.source.name})", width=10)
    values = series.column(target)[:rows]
    axes.plot(*_broken(series.times[:rows], np.where(values == sentinel, np.nan, values)), color=MODEL, lw=width)
    _date_axis(axes)
    _name(axes, target)
    return figure


def _broken(times: Times, values: Floats) -> tuple[Times, Floats]:
    """Return a line's points with a NaN in each gap, so that nothing is drawn where nothing was measured."""
    if len(times) < 2:  # noqa: PLR2004 (no gap without two points)
        return times, values
    gaps = np.flatnonzero(np.diff(times) > period(times)) + 1
    return np.insert(times, gaps, times[gaps]), np.insert(values, gaps, np.nan)


def _errors(predictions: Predictions, keys: Floats, length: int, labels: list[str], axis: str, title: str) -> Figure:
    figure, axes = empty(title)
    places = np.arange(length)
    for values, shift, color, label in (
        (predictions.forecast, -0.2, MODEL, "model"),
        (predictions.naive, 0.2, BASELINE, "naive"),
    ):
        means = mean_by(keys, np.abs(values - predictions.truth), length)
        axes.bar(places + shift, np.nan_to_num(means), width=0.4, color=color, label=label)
    axes.set_xticks(places, labels, fontsize="small")
    axes.set_xlabel(axis)
    axes.set_ylabel(_with_unit("MAE", predictions.unit), parse_math=False)
    axes.margins(y=0.15)
    legend(axes, ncols=2, loc="upper right")
    return figure


def _epoch_axes(axes: Axes, epochs: int, unit: str, std: float | None) -> None:
    epoch_axis(axes, epochs)
    axes.set_ylabel(_with_unit("MAE", unit), parse_math=False)
    if std is not None:
        right = axes.secondary_yaxis("right", functions=(partial(_times, 1 / std), partial(_times, std)))
        right.set_ylabel("MAE, normalised")


def _name(axes: Axes, target: str) -> None:
    axes.set_ylabel(wrapped(target, UPRIGHT), parse_math=False)


def _with_unit(what: str, unit: str) -> str:
    return f"{what} ({unit})" if unit else what


def _level(curve: Curve) -> float:
    """Return the MAE of naive in the unit, so rounded that runs of the same windows have the same."""
    return float(f"{curve.naive * curve.std:.6g}")


def _times(factor: float, values: Floats) -> Floats:
    return values * factor


def _date_axis(axes: Axes) -> None:
    locator = AutoDateLocator()  # type: ignore[no-untyped-call] # matplotlib leaves its dates untyped
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))  # type: ignore[no-untyped-call] # likewise
    axes.margins(x=0.01)

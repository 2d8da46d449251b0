"""Figures: what is drawn is what was saved, with labels and units."""

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure

from jena_rnn.base.errors import RunError
from jena_rnn.forecast import plots
from jena_rnn.forecast.predictions import Predictions
from jena_rnn.forecast.record import EpochRecord
from jena_rnn.reports.drawing import compare, draw
from jena_rnn.runs.rundir import RunDir
from jena_rnn.series.sample import simulate
from jena_rnn.series.series import Series, Source

HISTORY = [EpochRecord(1, 0.30, 0.28, 1e-3, 1.0), EpochRecord(2, 0.25, 0.27, 1e-3, 1.0)]


def _labels(figure: Figure) -> list[str]:
    return [text.get_text() for legend in figure.axes[0].get_legend().get_texts() for text in [legend]]


def _predictions() -> Predictions:
    times = np.datetime64("2016-06-01T00:00:00", "s") + np.arange(0, 20 * 144) * np.timedelta64(600, "s")
    truth = np.zeros(len(times))
    return Predictions(times - np.timedelta64(25, "h"), times, truth + 1.0, truth, truth - 3.0, "°C")


def test_loss_curves_are_in_the_unit_with_naive_and_best() -> None:
    figure = plots.loss_curves(HISTORY, title="gru", unit="°C", std=10.0, naive=0.29, trained_on_mae=True)
    axes = figure.axes[0]
    assert axes.lines[0].get_ydata() == pytest.approx([3.0, 2.5])
    assert axes.lines[1].get_ydata() == pytest.approx([2.8, 2.7])
    assert _labels(figure) == ["training MAE", "validation MAE", "best: 2.700 °C (epoch 2)", "naive: 2.900 °C"]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("epoch", "MAE (°C)")


def test_a_loss_that_is_no_mae_is_not_drawn_as_one() -> None:
    figure = plots.loss_curves(HISTORY, title="gru", unit="°C", std=10.0, naive=None, trained_on_mae=False)
    assert _labels(figure) == ["validation MAE", "best: 2.700 °C (epoch 2)"]


def test_long_names_are_drawn_in_several_lines() -> None:
    name = "an air temperature measured at two metres above the ground by the second sensor (degC)"
    figure = plots.forecast(_predictions(), title="gru", target=name)
    assert figure.axes[0].get_ylabel().replace("\n", " ") == name
    figure.draw_without_rendering()
    box = figure.axes[0].yaxis.label.get_window_extent()
    assert 0 < box.y0 < box.y1 < figure.bbox.height


def test_forecast_shows_the_last_ten_days() -> None:
    figure = plots.forecast(_predictions(), title="gru, test", target="T (degC)")
    assert [len(line.get_xdata()) for line in figure.axes[0].lines] == [1440, 1440, 1440]
    assert _labels(figure) == ["truth", "forecast", "naive"]


def test_errors_by_hour_and_month_are_means_of_absolute_errors() -> None:
    by_hour = plots.error_by_hour(_predictions(), title="gru").axes[0]
    heights = [bar.get_height() for bar in by_hour.patches]
    assert heights == pytest.approx([1.0] * 24 + [3.0] * 24)
    by_month = plots.error_by_month(_predictions(), title="gru").axes[0]
    assert [bar.get_height() for bar in by_month.patches][:12] == pytest.approx([0.0] * 5 + [1.0] + [0.0] * 6)
    assert [tick.get_text() for tick in by_month.get_xticklabels()][5] == "Jun"


def test_runs_with_one_naive_share_its_line() -> None:
    curves = [plots.Curve("a", HISTORY, 0.29, 10.0), plots.Curve("b", HISTORY, 0.29, 10.0)]
    assert _labels(plots.compare_curves(curves, unit="°C")) == ["a: 2.700 °C", "naive: 2.900 °C", "b: 2.700 °C"]
    (hidden, *_) = _labels(plots.compare_curves([plots.Curve("_a", HISTORY, 0.29, 10.0)], unit="°C"))
    assert hidden == "_a: 2.700 °C"
    other = [*curves, plots.Curve("c", HISTORY, 0.31, 10.0)]
    assert "naive: 3.100 °C" in _labels(plots.compare_curves(other, unit="°C"))


def test_series_are_drawn_without_sentinels() -> None:
    made = simulate(3000)
    values = made.values.copy()
    values[5, 1] = -9999.0
    series = Series(made.times, values, made.columns, Source("x.csv", "", "unknown"))
    whole = plots.whole_series(series, "T (degC)", -9999.0).axes[0]
    assert np.nanmin(whole.lines[0].get_ydata()) > -100
    assert whole.get_title(loc="left") == "T (degC): the whole series (x.csv)"
    first = plots.first_days(series, "T (degC)", None).axes[0]
    assert len(first.lines[0].get_xdata()) == 1440


def test_the_largest_figures_that_a_run_may_leave_are_drawn() -> None:
    made = _predictions()
    far = np.where(np.arange(len(made.times)) % 2, 9e99, -9e99)
    predictions = replace(made, forecast=far, truth=-far, naive=far)
    history = [EpochRecord(1, 9e99, 9e99, 1e-3, 1.0), EpochRecord(2, 1.0, 1e-9, 1e-3, 1.0)]
    for figure in (
        plots.forecast(predictions, title="gru", target="T"),
        plots.error_by_hour(predictions, title="gru"),
        plots.error_by_month(predictions, title="gru"),
        plots.loss_curves(history, title="gru", unit="K", std=1e30, naive=9e99, trained_on_mae=True),
    ):
        figure.savefig(io.BytesIO())


def test_a_run_gets_all_its_plots(trained: Path) -> None:
    drawn = draw(RunDir.open(trained))
    assert [path.name for path in drawn] == ["loss.png", "forecast.png", "error_by_hour.png", "error_by_month.png"]
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in drawn)


def test_a_run_without_epochs_has_nothing_to_draw(trained: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = RunDir.open(trained)
    monkeypatch.setattr(run, "history", list)
    with pytest.raises(RunError, match="nothing to draw"):
        draw(run)
    with pytest.raises(RunError, match="cannot be compared"):
        compare([run])


def test_a_name_that_looks_like_a_formula_is_drawn_as_it_is() -> None:
    figure = plots.forecast(_predictions(), title=r"$\frac{$", target=r"T $\frac{$ (degC)")
    figure.savefig(io.BytesIO())
    curves = [plots.Curve(r"$\frac{$", HISTORY, 0.29, 10.0)]
    plots.compare_curves(curves, unit=r"$\frac{$").savefig(io.BytesIO())

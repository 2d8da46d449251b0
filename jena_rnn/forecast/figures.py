"""The figures of forecasting runs and of series, from saved files."""

from collections.abc import Callable, Sequence
from typing import Any

from jena_rnn.base.errors import RunError
from jena_rnn.forecast import plots
from jena_rnn.forecast.config import ForecastConfig
from jena_rnn.forecast.predictions import Predictions
from jena_rnn.reports.canvas import Figure
from jena_rnn.runs.rundir import RunDir
from jena_rnn.series.series import MADE_UP, Series, unit_of


def draw(run: RunDir, config: ForecastConfig, title: str) -> dict[str, Figure]:
    """Return the loss curves of a run, and once it is finished its forecasts and errors."""
    info, history, metrics = run.info(), run.history(), run.metrics()
    figures = {
        "loss": plots.loss_curves(
            history,
            title=title,
            unit=unit_of(config.data.target),
            std=info["data"]["target_std"],
            naive=metrics["splits"]["val"]["naive_mae"] if metrics else None,
            trained_on_mae=config.training.loss == "mae",
        )
    }
    if metrics is not None:
        predictions = run.predictions(Predictions.read)
        what = f"{_marked(info, f'{config.name}, seed {config.seed}')}, test"
        figures["forecast"] = plots.forecast(predictions, title=what, target=config.data.target)
        figures["error_by_hour"] = plots.error_by_hour(predictions, title=what)
        figures["error_by_month"] = plots.error_by_month(predictions, title=what)
    return figures


def compare(runs: Sequence[RunDir], configs: Sequence[ForecastConfig]) -> Figure:
    """Return one figure with the validation curves of finished runs; raises RunError if their targets differ."""
    targets = {config.data.target for config in configs}
    if len(targets) > 1:
        raise RunError(f"the runs forecast different columns: {', '.join(sorted(targets))}")
    curves = []
    for run in runs:
        info, metrics = run.info(), run.metrics() or {}
        naive, std = metrics["splits"]["val"]["naive_mae"], info["data"]["target_std"]
        curves.append(plots.Curve(_marked(info, run.path.resolve().name), run.history(), naive, std))
    return plots.compare_curves(curves, unit=unit_of(configs[0].data.target))


def inspected(config: ForecastConfig, series: Series, notice: Callable[[str], None]) -> dict[str, Figure]:
    """Return the target over the whole series and over its first days, if the series has it."""
    target, sentinel = config.data.target, config.data.sentinel
    if target not in series.columns:
        notice(f"nothing drawn: no column {target!r}; --set data.target=NAME names another")
        return {}
    return {
        "series": plots.whole_series(series, target, sentinel),
        "first_days": plots.first_days(series, target, sentinel),
    }


def _marked(info: dict[str, Any], text: str) -> str:
    """Return `text` with the mark of a made-up station, if the run is of one."""
    return f"{text} ({MADE_UP})" if info["data"]["made_up"] else text

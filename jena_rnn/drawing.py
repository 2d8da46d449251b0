"""All plots of a run, drawn from its saved files and put in its directory.

draw(RunDir.open(path))                 # [path/plots/loss.png, ...]
"""

from collections.abc import Sequence
from pathlib import Path

from jena_rnn import plots
from jena_rnn.canvas import Figure
from jena_rnn.errors import RunError
from jena_rnn.report import headline
from jena_rnn.rundir import RunDir
from jena_rnn.series import MADE_UP, unit_of


def draw(run: RunDir) -> list[Path]:
    """Draw what the run has: loss curves, and once it is finished forecasts and errors; return the files."""
    config, info, history, metrics = run.config(), run.info(), run.history(), run.metrics()
    if not history:
        raise RunError(f"{run.path}: no epoch was finished, so there is nothing to draw")
    title = headline(config, info, metrics)
    naive = metrics["splits"]["val"]["naive_mae"] if metrics else None
    loss = plots.loss_curves(
        history,
        title=title,
        unit=unit_of(config.data.target),
        std=info["data"]["target_std"],
        naive=naive,
        trained_on_mae=config.training.loss == "mae",
    )
    figures = {"loss": loss}
    if metrics is not None:
        predictions = run.predictions()
        what = f"{_marked(run, f'{config.name}, seed {config.seed}')}, test"
        figures["forecast"] = plots.forecast(predictions, title=what, target=config.data.target)
        figures["error_by_hour"] = plots.error_by_hour(predictions, title=what)
        figures["error_by_month"] = plots.error_by_month(predictions, title=what)
    return [run.write_plot(name, figure) for name, figure in figures.items()]


def compare(runs: Sequence[RunDir]) -> Figure:
    """Return one figure with the validation curves of several runs; raises RunError if one has none."""
    curves = []
    targets = {run.config().data.target for run in runs}
    if len(targets) > 1:
        raise RunError(f"the runs forecast different columns: {', '.join(sorted(targets))}")
    for run in runs:
        history, metrics, info = run.history(), run.metrics(), run.info()
        if not history or metrics is None:
            raise RunError(f"{run.path}: not finished, so it cannot be compared")
        naive, std = metrics["splits"]["val"]["naive_mae"], info["data"]["target_std"]
        curves.append(plots.Curve(_marked(run, run.path.resolve().name), history, naive, std))
    return plots.compare_curves(curves, unit=unit_of(runs[0].config().data.target))


def _marked(run: RunDir, text: str) -> str:
    """Return `text` with the mark of a made-up station, if the run is of one."""
    return f"{text} ({MADE_UP})" if run.info()["data"]["made_up"] else text

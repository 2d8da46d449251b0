"""All plots of a run, drawn from its saved files into its directory.

draw(RunDir.open(path))                 # [path/plots/loss.png, ...]
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from jena_rnn.base.errors import RunError
from jena_rnn.config.experiment import Experiment
from jena_rnn.reports.canvas import Figure
from jena_rnn.reports.report import headline
from jena_rnn.runs.rundir import RunDir
from jena_rnn.tasks import task_of


def draw(run: RunDir) -> list[Path]:
    """Draw a run's plots and return their files; raises RunError if no epoch was finished."""
    config = run.config()
    if not run.history():
        raise RunError(f"{run.path}: no epoch was finished, so there is nothing to draw")
    title = headline(config, run.info(), run.metrics(), run.divergence())
    figures = task_of(config).figures().draw(run, config, title)
    return [run.write_plot(name, figure) for name, figure in figures.items()]


def compare(runs: Sequence[RunDir]) -> Figure:
    """Return one figure with the validation curves of several runs; raises RunError if they cannot be compared."""
    configs = [run.config() for run in runs]
    tasks = {config.task for config in configs}
    if len(tasks) > 1:
        raise RunError(f"the runs are of different tasks: {', '.join(sorted(tasks))}")
    for run in runs:
        if not run.history() or run.metrics() is None:
            raise RunError(f"{run.path}: the run is not finished, so it cannot be compared")
    figure: Figure = task_of(configs[0]).figures().compare(runs, configs)
    return figure


def inspected(config: Experiment, subject: Any, notice: Callable[[str], None]) -> Mapping[str, Figure]:
    """Return the figures of a config's data; `notice` says why there are none."""
    return task_of(config).figures().inspected(config, subject, notice)

"""All plots of a run, drawn from its saved files and put in its directory; each task has its own.

draw(RunDir.open(path))                 # [path/plots/loss.png, ...]
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jena_rnn.base.errors import RunError
from jena_rnn.config.experiment import Experiment
from jena_rnn.forecast import figures as forecast_drawing
from jena_rnn.reports.canvas import Figure
from jena_rnn.reports.report import headline
from jena_rnn.reviews import figures as review_drawing
from jena_rnn.runs.rundir import RunDir

Figures = dict[str, Figure]
Notice = Callable[[str], None]


@dataclass(frozen=True)
class Gallery:
    """How one kind of task is drawn; figures are named as their files."""

    draw: Callable[[RunDir, Any, str], Figures]
    """A run with a finished epoch, its config and a title to all its figures."""
    compare: Callable[[Sequence[RunDir], Any], Figure]
    """Finished runs and their configs to one figure of them all."""
    inspected: Callable[[Any, Any, Notice], Figures]
    """A config and what `inspect` found in its data to figures of that."""


GALLERIES = {
    "forecast": Gallery(forecast_drawing.draw, forecast_drawing.compare, forecast_drawing.inspected),
    "reviews": Gallery(review_drawing.draw, review_drawing.compare, review_drawing.inspected),
}


def draw(run: RunDir) -> list[Path]:
    """Draw what the run has, and return the files; raises RunError if no epoch was finished."""
    config = run.config()
    if not run.history():
        raise RunError(f"{run.path}: no epoch was finished, so there is nothing to draw")
    figures = GALLERIES[config.task].draw(run, config, headline(config, run.info(), run.metrics(), run.divergence()))
    return [run.write_plot(name, figure) for name, figure in figures.items()]


def compare(runs: Sequence[RunDir]) -> Figure:
    """Return one figure with the validation curves of several runs; raises RunError if they cannot be compared."""
    configs = [run.config() for run in runs]
    tasks = {config.task for config in configs}
    if len(tasks) > 1:
        raise RunError(f"the runs are of different tasks: {', '.join(sorted(tasks))}")
    for run in runs:
        if not run.history() or run.metrics() is None:
            raise RunError(f"{run.path}: not finished, so it cannot be compared")
    return GALLERIES[configs[0].task].compare(runs, configs)


def inspected(config: Experiment, subject: Any, notice: Notice) -> Figures:
    """Return the figures of a config's data; `notice` is told why there are none."""
    return GALLERIES[config.task].inspected(config, subject, notice)

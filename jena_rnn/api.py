"""The Python interface, for notebooks and scripts: `import jena_rnn`, and its five names.

    >>> import jena_rnn
    >>> config = jena_rnn.load_config("gru", "data.sample=true", "data.max_rows=3000", "split.scale=true",
    ...     "windows.lookback=48", "windows.step=6", "windows.batch_size=16",
    ...     "model.units=4", "training.epochs=2", "training.steps_per_epoch=5")
    >>> run = jena_rnn.train(config)
    >>> run.history[["epoch", "val_mae"]].shape
    (2, 2)
    >>> list(run.metrics.index)
    ['val', 'test']

Errors are those of the command line: every expected failure is a `JenaError` with one clear message.
"""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jena_rnn.config.experiment import Experiment
from jena_rnn.forecast.config import Data
from jena_rnn.forecast.stations import open_series
from jena_rnn.runs.rundir import RunDir
from jena_rnn.tasks import Dataset, load, task_of
from jena_rnn.training.listener import Listener

Arrays = tuple[NDArray[Any], NDArray[np.float64]]


def load_config(file: str | Path, *overrides: str) -> Experiment:
    """Return the config in `file`, a path or the name of a shipped one, with overrides such as "model.units=64".

    Raises ConfigError listing every mistake, FileError if the file cannot be read.

    >>> load_config("gru_dropout", "model.units=64").model.units
    64
    """
    return load(file, overrides)


def read_series(path: str | Path, **keys: Any) -> pd.DataFrame:
    """Return a station's CSV, exactly as training reads it: float64 columns, indexed by time.

    `keys` are those of the config's `data` section, such as `date="time"`, `delimiter=";"`. Raises DataError with line
    and column for a file that cannot be read exactly.
    """
    series = open_series(Data(path=str(path), **keys), needs_target=False)
    index = pd.DatetimeIndex(series.times, name="time")
    return pd.DataFrame(series.values, index=index, columns=list(series.columns))


class Windows(Mapping[str, Arrays]):
    """The samples of a config: `inputs, targets = windows(config)["val"]`.

    Inputs are `(samples, timesteps, columns)` float32, normalised (reviews: `(samples, tokens)` int32); targets are
    `(samples,)` float64, normalised (reviews: 0 or 1). Arrays are made when asked for: those of the full Jena file take
    gigabytes.
    """

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset

    def __getitem__(self, split: str) -> Arrays:
        """Return inputs and targets of "train", "val" or "test", in time order."""
        (inputs,) = self.dataset.inputs(split, self.dataset.counts[split])
        return inputs, self.dataset.truth(split)

    def __iter__(self) -> Iterator[str]:
        """Yield the names of the splits."""
        return iter(self.dataset.counts)

    def __len__(self) -> int:
        """Return the number of splits."""
        return len(self.dataset.counts)


def windows(config: Experiment) -> Windows:
    """Return the samples of a config as arrays for each split; raises DataError if its data is missing or unusable.

    >>> config = load_config("gru", "data.sample=true", "data.max_rows=20000", "split.scale=true")
    >>> inputs, targets = windows(config)["val"]
    >>> inputs.shape[1:], inputs.dtype
    ((240, 14), dtype('float32'))
    """
    return Windows(task_of(config).open(config))


class Run:
    """A run directory: its config, history, errors, predictions and report."""

    def __init__(self, directory: RunDir) -> None:
        self.path = directory.path
        self._directory = directory

    @classmethod
    def open(cls, path: str | Path) -> "Run":
        """Return the run in a directory; raises RunError if there is none."""
        return cls(RunDir.open(Path(path)))

    @property
    def config(self) -> Experiment:
        """The resolved config."""
        return self._directory.config()

    @property
    def history(self) -> pd.DataFrame:
        """One row for each epoch: losses, validation errors (normalised), learning rate, seconds."""
        return pd.DataFrame(self._directory.history())

    @property
    def metrics(self) -> pd.DataFrame:
        """The scores of the best epoch, one row each for "val" and "test"; empty before the end of the training."""
        found = self._directory.metrics()
        return pd.DataFrame.from_dict(found["splits"] if found else {}, orient="index")

    @property
    def predictions(self) -> pd.DataFrame:
        """The test predictions beside the truth, in the target's unit; raises RunError before the end."""
        return self._directory.predictions(lambda file: pd.read_csv(file, comment="#"))

    @property
    def report(self) -> str:
        """The report, in Markdown."""
        from jena_rnn.reports import render

        return render(self._directory)

    def evaluate(self, split: str = "test") -> dict[str, Any]:
        """Return the errors of the best weights on "train", "val" or "test"; loads TensorFlow."""
        from jena_rnn.experiments import evaluate

        return evaluate(self._directory, split, _notice).score.as_dict()


def train(config: Experiment, runs: str | Path = "runs", *, force: bool = False) -> Run:
    """Train a config and return its run, with report and plots, as `jena-rnn train` does.

    Raises DataError, FileError, DivergedError; Ctrl-C raises StoppedError, and `jena-rnn resume` goes on.
    """
    from jena_rnn import experiments
    from jena_rnn.reports.drawing import draw
    from jena_rnn.reports.report import render

    def conclude(run: RunDir) -> None:
        run.write_report(render(run))
        draw(run)

    command = ["jena_rnn.train", config.name]
    return Run(
        experiments.train(config, runs=Path(runs), command=command, force=force, listener=_Quiet(), conclude=conclude)
    )


def _notice(text: str) -> None:
    sys.stderr.write(f"{text}\n")


class _Quiet(Listener):
    """Shows notices and nothing else."""

    def notice(self, text: str) -> None:
        """Show what the user should know."""
        _notice(text)

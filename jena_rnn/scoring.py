"""Forecasts of a trained model against truth and naive: fresh from training, or of a saved run on any file.

found = evaluate(RunDir.open(path), "test", print)
found.score.mae, found.score.skill      # normalised; 1 - MAE / MAE of naive
"""

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from jena_rnn import tasks
from jena_rnn.errors import DataError, DivergedError
from jena_rnn.evaluation import collapsed, mae, skill
from jena_rnn.records import Predictions
from jena_rnn.rundir import RunDir
from jena_rnn.schema import Config, Data
from jena_rnn.series import Floats, Source
from jena_rnn.state import restore
from jena_rnn.stations import open_series
from jena_rnn.tasks import Task
from jena_rnn.training import predict, prepared
from jena_rnn.windows import Scaling

Notice = Callable[[str], None]


@dataclass(frozen=True)
class Score:
    """The errors of one split; MAE normalised."""

    split: str
    """train, val, test, or all for another file."""
    windows: int
    mae: float
    naive_mae: float
    unit_per_normalised: float
    unit: str
    collapsed: bool

    @property
    def skill(self) -> float:
        """1 - MAE / MAE of naive."""
        return skill(self.mae, self.naive_mae)

    def as_dict(self) -> dict[str, Any]:
        """Return the score for JSON: errors also in the target's unit, and no skill where naive makes no error."""
        return asdict(self) | {
            "mae_unit": self.mae * self.unit_per_normalised,
            "naive_mae_unit": self.naive_mae * self.unit_per_normalised,
            "skill": self.skill if math.isfinite(self.skill) else None,
        }


@dataclass(frozen=True)
class Evaluation:
    """A saved run's forecasts of one split, or of another file."""

    source: Source
    """What was forecast."""
    score: Score
    predictions: Predictions


def evaluate(run: RunDir, split: str, notice: Notice) -> Evaluation:
    """Score a run's best weights on a split of its own data.

    Raises DataError if the data is missing or no longer what the run was trained on; RunError without weights of
    its own, ConfigError if its config was changed. `notice` is told of damaged snapshots.
    """
    config = run.config()
    series = open_series(config.data)
    if series.source.sha256 != run.info()["data"]["sha256"]:
        raise DataError(
            f"{series.source.name}: not the data that {run.path} was trained on; --data scores another file"
        )
    return _evaluation(run, config, series.source, tasks.forecast(config, series), split, notice)


def evaluate_other(run: RunDir, data: Data, notice: Notice) -> Evaluation:
    """Score a run's best weights on all of another file, scaled with the run's means and deviations.

    Columns are found by name. Raises DataError if one is missing or the rows lie another time apart than those of
    the run; RunError and ConfigError as `evaluate`.
    """
    info = run.info()
    facts, config = info["data"], replace(run.config(), data=data)
    scaling = Scaling(np.array(facts["mean"]), np.array(facts["std"]), facts["target_mean"], facts["target_std"])
    series = open_series(data)
    task = tasks.whole_file(config, series, tuple(facts["columns"]), scaling)
    if task.row_hours != info["row_hours"]:
        raise DataError(
            f"{series.source.name}: one row every {60 * task.row_hours:g} minutes, "
            f"but {run.path} was trained on rows every {60 * info['row_hours']:g} minutes"
        )
    return _evaluation(run, config, series.source, task, "all", notice)


def _evaluation(run: RunDir, config: Config, source: Source, task: Task, split: str, notice: Notice) -> Evaluation:
    run.require_own(run.snapshots.newest(notice))
    model = prepared(config.model, replace(config.training, jit_compile=False), task.input_shape, task.head)
    best = run.snapshots.best()
    restore(model, best.arrays, ("weights",))
    forecast = predict(model, task, split, config.training.eval_batch_size)
    require_finite(forecast, split, best.epoch)
    return Evaluation(source, score(task, split, forecast), predictions(task, split, forecast, source.made_up))


def require_finite(forecast: Floats, split: str, epoch: int) -> None:
    """Raise DivergedError unless all normalised forecasts of a split by the best epoch's weights are finite."""
    wrong = int((~np.isfinite(forecast)).sum())
    if wrong:
        raise DivergedError(
            f"{wrong:,} of {len(forecast):,} forecasts of {split} are not finite with the weights of the best epoch, "
            f"{epoch}; jena-rnn inspect tells whether its rows lie far from those of train, else try a smaller "
            "training.learning_rate"
        )


def score(task: Task, split: str, forecast: Floats) -> Score:
    """Return the errors of normalised forecasts of a split."""
    truth = task.truth(split)
    return Score(
        split=split,
        windows=len(truth),
        mae=mae(forecast, truth),
        naive_mae=mae(task.naive(split), truth),
        unit_per_normalised=task.unit_per_normalised,
        unit=task.unit,
        collapsed=collapsed(forecast, truth),
    )


def predictions(task: Task, split: str, forecast: Floats, made_up: bool) -> Predictions:
    """Return normalised forecasts of a split in the target's unit, with times, truth and naive."""
    rows, windows = task.rows[split], task.windows
    return Predictions(
        newest=windows.newest_times(rows),
        times=windows.target_times(rows),
        forecast=windows.to_unit(forecast),
        truth=windows.to_unit(task.truth(split)),
        naive=windows.to_unit(task.naive(split)),
        unit=task.unit,
        made_up=made_up,
    )

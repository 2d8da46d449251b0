"""Forecasts of a trained model against truth and naive: fresh from training, or of a saved run on any file.

errors, forecasts = evaluate(RunDir.open(path), "test")
errors.mae, errors.skill                # normalised; 1 - MAE / MAE of naive
"""

import math
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from jena_rnn import tasks
from jena_rnn.evaluation import collapsed, mae, skill
from jena_rnn.models import build
from jena_rnn.records import Predictions
from jena_rnn.rundir import RunDir
from jena_rnn.series import Floats
from jena_rnn.state import restore
from jena_rnn.stations import open_series
from jena_rnn.tasks import Task
from jena_rnn.training import compile_model, predict
from jena_rnn.windows import Scaling


@dataclass(frozen=True)
class Score:
    """The errors of one split; MAE normalised."""

    split: str
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


def evaluate(run: RunDir, split: str, data: str | None = None) -> tuple[Score, Predictions]:
    """Score a run's best weights on a split of its own data, or on all of another CSV (split "all").

    The other file is scaled with the run's means and deviations, and its columns are found by name.
    Raises DataError or RunError if the data, a column or the weights are missing.
    """
    config, facts = run.config(), run.info()["data"]
    columns = tuple(facts["columns"])
    if data is None:
        task = tasks.forecast(config, open_series(config.data))
    else:
        config = replace(config, data=replace(config.data, path=data, sample=False, max_rows=None))
        scaling = Scaling(np.array(facts["mean"]), np.array(facts["std"]), facts["target_mean"], facts["target_std"])
        task = tasks.whole_file(config, open_series(config.data), columns, scaling)
        split = "all"
    model = build(config.model, task.input_shape, task.head)
    compile_model(model, config.training, jit=False)
    restore(model, run.snapshots.best().arrays, ("weights",))
    forecast = predict(model, task, split, config.training.eval_batch_size)
    return score(task, split, forecast), predictions(task, split, forecast)


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


def predictions(task: Task, split: str, forecast: Floats) -> Predictions:
    """Return normalised forecasts of a split in the target's unit, with times, truth and naive."""
    rows, windows = task.rows[split], task.windows
    return Predictions(
        newest=windows.newest_times(rows),
        times=windows.target_times(rows),
        forecast=windows.to_unit(forecast),
        truth=windows.to_unit(task.truth(split)),
        naive=windows.to_unit(task.naive(split)),
        unit=task.unit,
    )

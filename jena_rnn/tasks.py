"""A task: what a model is to learn, as arrays. Trainer, run directory and reports know tasks only by this class.

task = forecast(config, series)
for inputs, targets in task.epoch(seed=0, epoch=1): ...       # one training epoch
task.truth("val"), task.naive("val")                         # normalised, (windows,)
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from jena_rnn.draws import Rows
from jena_rnn.errors import DataError
from jena_rnn.geometry import Geometry
from jena_rnn.repair import Sound, as_it_stands, repair
from jena_rnn.schema import Config, Split
from jena_rnn.series import Floats, Series, period_hours, unit_of
from jena_rnn.splits import reference_rows, resolve, scaling_rows, train_order
from jena_rnn.windows import Scaling, Windows, measure

Batch = tuple[NDArray[np.float32], NDArray[np.float32]]
Protocol = Literal["book", "strict"]


@dataclass(frozen=True)
class Head:
    """The last layer that the task asks of a model."""

    units: int = 1
    activation: str | None = None


@dataclass(frozen=True)
class Task:
    """Forecasting one column of a series from windows of it.

    Attributes:
        windows: what cuts the windows.
        rows: the reference rows of each split: "train", "val", "test" (or "all", for a file without splits).
        split: the ranges in use, scaled if the config asked for it.
        steps: batches in a training epoch.
        batch_size: windows in a training batch.
        target: the column to forecast.
        row_hours: hours from one row to the next.
        repairs: what was changed in the series, in plain words.
        head: the last layer.
    """

    windows: Windows
    rows: dict[str, Rows]
    split: Split
    steps: int
    batch_size: int
    target: str
    row_hours: float
    repairs: tuple[str, ...]
    head: Head = Head()

    @property
    def input_shape(self) -> tuple[int, int]:
        """Timesteps and columns of one window."""
        return self.windows.geometry.timesteps, len(self.windows.columns)

    @property
    def lead_hours(self) -> float:
        """Hours from the newest input to the target."""
        return self.windows.geometry.lead * self.row_hours

    @property
    def unit(self) -> str:
        """The target's unit."""
        return unit_of(self.target)

    @property
    def unit_per_normalised(self) -> float:
        """What an error of 1 normalised is in the target's unit."""
        return self.windows.scaling.target_std

    def epoch(self, seed: int, epoch: int) -> Iterator[Batch]:
        """Yield the training batches of an epoch (counted from 1): inputs float32, targets `(batch, 1)` float32."""
        batches = train_order(
            self.windows.geometry.protocol,
            self.rows["train"],
            seed=seed,
            epoch=epoch,
            steps=self.steps,
            batch_size=self.batch_size,
        )
        for rows in batches:
            yield self.windows.inputs(rows), self.windows.targets(rows).astype(np.float32)[:, None]

    def inputs(self, split: str, batch_size: int) -> Iterator[NDArray[np.float32]]:
        """Yield the windows of a split in order, the last batch as short as it comes."""
        rows = self.rows[split]
        for start in range(0, len(rows), batch_size):
            yield self.windows.inputs(rows[start : start + batch_size])

    def truth(self, split: str) -> Floats:
        """Return the targets of a split, `(windows,)` float64, normalised."""
        return self.windows.targets(self.rows[split])

    def naive(self, split: str) -> Floats:
        """Return the naive forecasts of a split, `(windows,)` float64, normalised."""
        return self.windows.naive(self.rows[split])


def forecast(config: Config, series: Series) -> Task:
    """Return the task of a config on a series; raises DataError if columns, rows or windows are missing."""
    _require_target(config, series)
    sound = sounded(config, series, config.windows.protocol)
    split = resolve(config.split, len(sound.series))
    columns = config.data.columns or series.columns
    names = ("train", "val", "test")
    geometry, batch_size = geometry_of(config), config.windows.batch_size
    rows = {name: reference_rows(name, split, geometry, sound, batch_size) for name in names}
    scaling = measure(sound.series, columns, config.data.target, *scaling_rows(split, geometry))
    steps = config.training.steps_per_epoch or -(-len(rows["train"]) // batch_size)
    return _task(config, sound, columns, scaling, split, rows, steps)


def whole_file(config: Config, series: Series, columns: tuple[str, ...], scaling: Scaling) -> Task:
    """Return the task of scoring every window of a file with the columns and scaling of an earlier run.

    Its one split is called "all". Raises DataError if a column or all windows are missing.
    """
    _require_target(config, series)
    sound = sounded(config, series, config.windows.protocol)
    split = Split(train=(0, 0), val=(0, 0), test=(0, None), rows=len(sound.series))
    rows = reference_rows("test", split, geometry_of(config), sound, config.windows.batch_size)
    return _task(config, sound, columns, scaling, split, {"all": rows}, steps=0)


def _require_target(config: Config, series: Series) -> None:
    try:
        series.index(config.data.target)
    except DataError as error:
        raise DataError(f"{error}; data.target names the column to forecast") from None


def _task(
    config: Config,
    sound: Sound,
    columns: tuple[str, ...],
    scaling: Scaling,
    split: Split,
    rows: dict[str, Rows],
    steps: int,
) -> Task:
    target, geometry, reverse = config.data.target, geometry_of(config), config.windows.reverse
    return Task(
        windows=Windows(sound, geometry, columns, target, scaling, reverse=reverse),
        rows=rows,
        split=split,
        steps=steps,
        batch_size=config.windows.batch_size,
        target=target,
        row_hours=period_hours(sound.series.times, sound.series.source.name),
        repairs=sound.report,
    )


def geometry_of(config: Config, protocol: Protocol | None = None) -> Geometry:
    """Return the window arithmetic of a config, under another protocol if one is given."""
    windows = config.windows
    return Geometry(protocol or windows.protocol, windows.lookback, windows.step, windows.delay)


def sounded(config: Config, series: Series, protocol: Protocol) -> Sound:
    """Return the series as the protocol takes it: as it stands (book), or repaired (strict)."""
    if protocol == "book":
        return as_it_stands(series)
    return repair(series, config.data.target, config.data.sentinel)

"""The dataset of a forecasting run: windows of a series, the errors of forecasts, and the words for both.

dataset = opening.dataset_of(config, series)
for inputs, targets in dataset.epoch(seed=0, epoch=1): ...      # one training epoch
dataset.truth("val"), dataset.naive("val")                      # normalised, (windows,)
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jena_rnn.base.tables import amount
from jena_rnn.forecast.config import ForecastConfig, Split
from jena_rnn.forecast.predictions import Predictions
from jena_rnn.forecast.record import EpochRecord
from jena_rnn.forecast.scores import Score, collapsed, mae
from jena_rnn.forecast.windows import Windows
from jena_rnn.series.audit import stamp
from jena_rnn.series.repair import UNTOUCHED
from jena_rnn.series.series import Floats, Source, unit_of
from jena_rnn.tasks import Sample
from jena_rnn.training.dataset import Batch, Head, Spec
from jena_rnn.training.draws import Rows, train_order
from jena_rnn.training.history import Record


def spec_of(timesteps: int, columns: int, loss: str) -> Spec:
    """Return the model that windows of `(timesteps, columns)` ask for."""
    return Spec((timesteps, columns), Head(), loss)


@dataclass(frozen=True)
class ForecastDataset:
    """Windows of a series, to forecast one of its columns.

    Attributes:
        source: the file of the series.
        faults: the faults of the series, in plain words.
        windows: cuts the windows.
        rows: the reference rows of each split: "train", "val", "test" (or "all", for a file without splits).
        split: the ranges in use, scaled if the config asks for it.
        steps: batches in a training epoch.
        batch_size: windows in a training batch.
        target: the column to forecast.
        row_hours: hours from one row to the next.
        repairs: what was changed in the series, in plain words.
        loss: the loss to minimise, by Keras's name.
        sentinel: the value that marks a missing measurement of the target, in its unit.
    """

    source: Source
    faults: tuple[str, ...]
    windows: Windows
    rows: dict[str, Rows]
    split: Split
    steps: int
    batch_size: int
    target: str
    row_hours: float
    repairs: tuple[str, ...]
    loss: str
    sentinel: float | None
    words = ()

    @property
    def spec(self) -> Spec:
        """Samples of `(timesteps, columns)`, one number to forecast."""
        return spec_of(self.windows.geometry.timesteps, len(self.windows.columns), self.loss)

    @property
    def counts(self) -> dict[str, int]:
        """Number of windows in each split."""
        return {split: len(rows) for split, rows in self.rows.items()}

    @property
    def lead_hours(self) -> float:
        """Hours from the newest input to the target."""
        return self.windows.geometry.lead * self.row_hours

    @property
    def unit(self) -> str:
        """The unit of the target."""
        return unit_of(self.target)

    @property
    def unit_per_normalised(self) -> float:
        """A normalised error times this is an error in the target's unit."""
        return self.windows.scaling.target_std

    def epoch(self, seed: int, epoch: int) -> Iterator[Batch]:
        """Yield the training batches of an epoch (counted from 1): inputs float32, targets `(batch, 1)` float32."""
        for rows in self.batches(seed, epoch):
            yield self.windows.inputs(rows), self.windows.targets(rows).astype(np.float32)[:, None]

    def batches(self, seed: int, epoch: int) -> Iterator[Rows]:
        """Yield the reference rows of each training batch of an epoch, `(batch,)`."""
        protocol, rows = self.windows.geometry.protocol, self.rows["train"]
        return train_order(protocol, rows, seed=seed, epoch=epoch, steps=self.steps, batch_size=self.batch_size)

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

    def sample(self, split: str, number: int) -> Sample:
        """Return one window of a split."""
        rows, hours = self.rows[split][number : number + 1], self.windows.geometry.step * self.row_hours
        truth = float(self.windows.measured_targets(rows)[0])

        def describe(output: float) -> str:
            said = self.windows.to_unit(np.array([output]))[0]
            return f"forecast {self._amount(said, 2)}, truth {self._amount(truth, 2)}"

        return Sample(
            inputs=self.windows.inputs(rows)[0],
            title=f"{split}, window {number:,}, newest input {stamp(self.windows.newest_times(rows)[0])}",
            axis="hours before the newest input",
            positions=[hours * before for before in self.windows.ages()],
            labels=None,
            describe=describe,
        )

    def record(self, epoch: int, fitted: Sequence[float], outputs: Floats, rate: float, seconds: float) -> EpochRecord:
        """Return the record of an epoch; `outputs` are the normalised forecasts of the validation split."""
        return EpochRecord(epoch, fitted[0], mae(outputs, self.truth("val")), rate, seconds)

    def epoch_line(self, record: Record) -> str:
        """Return the measures of an epoch, the MAE also in the target's unit."""
        figures = record.figures()
        error = self._amount(figures["val_mae"] * self.unit_per_normalised, 3)
        return f"loss {figures['loss']:.4f}  val MAE {figures['val_mae']:.4f} ({error})"

    def _amount(self, value: float, places: int) -> str:
        return amount(value, self.unit, scale=self.unit_per_normalised, places=places)

    def notices(self) -> list[str]:
        """Return the faults of the series, and what was done about them."""
        done = "; ".join(self.repairs) or UNTOUCHED[self.windows.geometry.protocol]
        return [f"data: {', '.join(self.faults)} ({done})"] if self.faults else []

    def resolved(self, config: ForecastConfig) -> ForecastConfig:
        """Return the config with ranges scaled, columns and steps written out."""
        data = config.data.but(columns=self.windows.columns)
        training = config.training.but(steps_per_epoch=self.steps)
        return config.but(split=self.split, data=data, training=training)

    def facts(self) -> dict[str, Any]:
        """Return the data's source, its faults, and how it was scaled and cut."""
        source, scaling = self.source, self.windows.scaling
        data = {
            "name": source.name,
            "sha256": source.sha256,
            "edition": source.edition,
            "made_up": source.made_up,
            "rows": self.windows.length,
            "faults": list(self.faults),
            "repairs": list(self.repairs),
            "columns": list(self.windows.columns),
            "mean": scaling.mean.tolist(),
            "std": scaling.std.tolist(),
            "target_mean": scaling.target_mean,
            "target_std": scaling.target_std,
        }
        return {"data": data, "windows": self.counts, "row_hours": self.row_hours, "lead_hours": self.lead_hours}

    def score(self, split: str, outputs: Floats) -> Score:
        """Return the errors of normalised forecasts of a split."""
        truth = self.truth(split)
        return Score(
            split=split,
            windows=len(truth),
            mae=mae(outputs, truth),
            naive_mae=mae(self.naive(split), truth),
            unit_per_normalised=self.unit_per_normalised,
            unit=self.unit,
            collapsed=collapsed(outputs, truth, self.windows.measured_targets(self.rows[split]) != self.sentinel),
        )

    def predictions(self, split: str, outputs: Floats) -> Predictions:
        """Return normalised forecasts of a split in the target's unit, with times, truth and naive."""
        rows, windows = self.rows[split], self.windows
        return Predictions(
            newest=windows.newest_times(rows),
            times=windows.target_times(rows),
            forecast=windows.to_unit(outputs),
            truth=windows.measured_targets(rows),
            naive=windows.measured_naive(rows),
            unit=self.unit,
            made_up=self.source.made_up,
        )

"""Series to windows: normalised batches of `(batch, lookback // step, columns)` float32, cut as fast as memory allows.

The shared data module: every model, baseline and report sees windows through this class alone.

    windows = Windows(sound, geometry, columns, "T (degC)", scaling)
    inputs = windows.inputs(rows)           # (len(rows), 240, 14) float32
"""

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

from jena_rnn.base.errors import DataError
from jena_rnn.forecast.geometry import Geometry
from jena_rnn.series.repair import Sound
from jena_rnn.series.series import Floats, Series, Times
from jena_rnn.training.draws import Rows


@dataclass(frozen=True)
class Scaling:
    """Mean and population standard deviation (ddof 0) of each column over the train rows."""

    mean: Floats
    """`(columns,)`, in each column's unit."""
    std: Floats
    """`(columns,)`; 1 for a column that never changes."""
    target_mean: float
    target_std: float
    """A normalised MAE times this is an MAE in the target's unit."""
    still: tuple[str, ...] = ()
    """Columns that never change in the train rows."""


def measure(series: Series, columns: tuple[str, ...], target: str, first: int, end: int) -> Scaling:
    """Return the scaling of rows `[first, end)` in float64, without NaN.

    Raises DataError for a missing column, or one whose values overflow float64 when squared.
    """
    moments = {name: _moments(series.column(name)[first:end]) for name in (*columns, target)}
    for name, moment in moments.items():
        if not np.isfinite(moment).all():
            raise DataError(f"{series.source.name}: column {name!r} has values too large for a standard deviation")
    still = tuple(name for name, (_, spread) in moments.items() if spread == 0)
    divisors = {name: (mean, spread or 1.0) for name, (mean, spread) in moments.items()}
    mean, std = np.array([divisors[name] for name in columns]).T
    return Scaling(mean, std, *divisors[target], still)


@np.errstate(over="ignore", invalid="ignore")  # the caller checks the result
def _moments(values: Floats) -> tuple[float, float]:
    known = values[~np.isnan(values)]
    if known.size == 0:
        return 0.0, 0.0
    if known.min() == known.max():  # the mean may be rounded, which would give a tiny deviation instead of 0
        return float(known[0]), 0.0
    return float(known.mean()), float(known.std())


class Windows:
    """The windows of a series, each named by its reference row."""

    def __init__(
        self,
        sound: Sound,
        geometry: Geometry,
        columns: tuple[str, ...],
        target: str,
        scaling: Scaling,
        *,
        reverse: bool = False,
    ) -> None:
        """Normalise and lay out `columns` for cutting; raises DataError if one is missing or overflows float32."""
        self.geometry, self.scaling, self.columns = geometry, scaling, columns
        self._times, self._reverse = sound.series.times, reverse
        self._measured: Floats = sound.series.column(target)
        self._target: Floats = (self._measured - scaling.target_mean) / scaling.target_std
        with np.errstate(over="ignore"):  # checked on the next lines
            flat = _side_by_side(sound.series.select(columns).values, scaling, geometry.step)
        for name in (column for column, cells in zip(columns, flat.T, strict=True) if np.isinf(cells).any()):
            raise DataError(f"{sound.series.source.name}: column {name!r} overflows float32 when normalised")
        self._cuts, self._rows_per_phase = _lay_out(flat, geometry), len(flat) // geometry.step

    @property
    def length(self) -> int:
        """Rows of the series."""
        return len(self._times)

    def inputs(self, rows: Rows) -> NDArray[np.float32]:
        """Return the windows of `rows`: contiguous `(len(rows), timesteps, columns)` float32, normalised."""
        phase, position = (rows + self.geometry.oldest) % self.geometry.step, rows + self.geometry.oldest
        starts = phase * self._rows_per_phase + position // self.geometry.step
        cut = self._cuts[starts].reshape(len(rows), self.geometry.timesteps, len(self.columns))
        return np.ascontiguousarray(cut[:, ::-1]) if self._reverse else cut

    def ages(self) -> list[int]:
        """Return how many samples before the newest each timestep of a window is, in the model's order."""
        ages = list(range(self.geometry.timesteps))
        return ages if self._reverse else ages[::-1]

    def targets(self, rows: Rows) -> Floats:
        """Return the targets, `(len(rows),)` float64, normalised."""
        return self._target[rows + self.geometry.delay]

    def naive(self, rows: Rows) -> Floats:
        """Return the forecast "the newest target value seen", `(len(rows),)` float64, normalised (listing 6.35)."""
        return self._target[rows + self.geometry.newest]

    def measured_targets(self, rows: Rows) -> Floats:
        """Return the targets in their unit, `(len(rows),)` float64."""
        return self._measured[rows + self.geometry.delay]

    def measured_naive(self, rows: Rows) -> Floats:
        """Return the naive forecasts in the target's unit, `(len(rows),)` float64."""
        return self._measured[rows + self.geometry.newest]

    def target_times(self, rows: Rows) -> Times:
        """Return when the targets of `rows` were measured."""
        return self._times[rows + self.geometry.delay]

    def oldest_times(self, rows: Rows) -> Times:
        """Return when the oldest inputs of `rows` were measured."""
        return self._times[rows + self.geometry.oldest]

    def newest_times(self, rows: Rows) -> Times:
        """Return when the newest inputs of `rows` were measured."""
        return self._times[rows + self.geometry.newest]

    def to_unit(self, normalised: NDArray[np.floating]) -> Floats:
        """Return normalised values in the target's unit."""
        return normalised.astype(np.float64) * self.scaling.target_std + self.scaling.target_mean


def _side_by_side(values: Floats, scaling: Scaling, step: int) -> NDArray[np.float32]:
    """Return the values normalised, with rows `p, p + step, p + 2 step, …` (phase p) next to each other.

    A window is then one contiguous stretch of memory, and cutting it is one copy, whatever `step` is.
    """
    rows_per_phase = -(-len(values) // step)
    flat = np.zeros((step * rows_per_phase, values.shape[1]), np.float32)
    for phase in range(step):
        rows = values[phase::step]
        flat[phase * rows_per_phase :][: len(rows)] = (rows - scaling.mean) / scaling.std
    return flat


def _lay_out(flat: NDArray[np.float32], geometry: Geometry) -> NDArray[np.float32]:
    """Return every possible window of rows side by side, as an overlapping view: `(starts, timesteps * columns)`."""
    starts = len(flat) - geometry.timesteps + 1
    shape = max(starts, 0), geometry.timesteps * flat.shape[1]
    return as_strided(flat, shape, flat.strides, writeable=False)

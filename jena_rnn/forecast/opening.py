"""A config to its dataset: read the series, repair it, split it, measure its scaling, cut its windows.

dataset = open_dataset(config)          # reads data.path, or simulates the made-up station
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from jena_rnn.base.errors import DataError, NoWindowError
from jena_rnn.base.messages import plural, shortened
from jena_rnn.forecast.config import ForecastConfig, Split
from jena_rnn.forecast.dataset import ForecastDataset
from jena_rnn.forecast.geometry import Geometry, Protocol
from jena_rnn.forecast.splits import SPLITS, all_rows, reference_rows, resolve, scaling_rows
from jena_rnn.forecast.stations import open_series
from jena_rnn.forecast.windows import Scaling, Windows, measure
from jena_rnn.series.audit import audit
from jena_rnn.series.repair import Sound, as_it_stands, repair, require_measured
from jena_rnn.series.sample import ROWS, simulate, write_csv
from jena_rnn.series.series import TARGET, Series, period_hours
from jena_rnn.tasks import MadeUp
from jena_rnn.training.draws import Rows


def open_dataset(config: ForecastConfig) -> ForecastDataset:
    """Return the dataset of a config on the series that it names; raises as `open_series` and `dataset_of`."""
    return dataset_of(config, open_series(config.data))


def make_up(rows: int | None, seed: int) -> MadeUp:
    """Return a made-up station of `rows` rows (None for 420,551); raises ConfigError for too many, or a bad seed."""
    series = simulate(ROWS if rows is None else rows, seed)
    return MadeUp(
        f"{plural(len(series), 'row', 'rows')} of a {series.source.name}", lambda file: write_csv(series, file)
    )


def open_other(config: ForecastConfig, info: dict[str, Any], words: tuple[str, ...]) -> ForecastDataset:
    """Return the dataset of the whole file of `config.data`, with the columns and the scaling of a run.

    `info` is the run's run.json. Raises DataError if a column is missing or the period is not that of the run.
    """
    facts = info["data"]
    scaling = Scaling(np.array(facts["mean"]), np.array(facts["std"]), facts["target_mean"], facts["target_std"])
    series = open_series(config.data)
    dataset = whole_file(config, series, tuple(facts["columns"]), scaling)
    if dataset.row_hours != info["row_hours"]:
        raise DataError(
            f"{series.source.name}: one row every {60 * dataset.row_hours:g} minutes, "
            f"but the run was trained on rows every {60 * info['row_hours']:g} minutes"
        )
    return dataset


def dataset_of(config: ForecastConfig, series: Series) -> ForecastDataset:
    """Return the dataset of a config on a series; raises DataError if columns, rows or windows are missing."""
    _require_target(config, series)
    sound = sounded(config, series, config.windows.protocol)
    split = resolve(config.split, len(sound.series))
    columns = config.data.columns or series.columns
    geometry, batch_size = geometry_of(config), config.windows.batch_size
    with faults_named(config, series):
        rows = {name: reference_rows(name, split, geometry, sound, batch_size) for name in SPLITS}
    scaling = measure(sound.series, columns, config.data.target, *scaling_rows(split, geometry))
    steps = config.training.steps_per_epoch or -(-len(rows["train"]) // batch_size)
    return _dataset(config, series, sound, columns, scaling, split, rows, steps)


def whole_file(config: ForecastConfig, series: Series, columns: tuple[str, ...], scaling: Scaling) -> ForecastDataset:
    """Return the dataset of every window of a file, with the columns and the scaling of an earlier run.

    Its one split is called "all". Raises DataError if a column or all windows are missing.
    """
    _require_target(config, series)
    sound = sounded(
        config, series, config.windows.protocol, ", and so does the run; one of protocol strict repairs them"
    )
    split = Split(train=(0, 0), val=(0, 0), test=(0, None), rows=len(sound.series))
    with faults_named(config, series):
        rows = all_rows(geometry_of(config), sound, config.windows.batch_size)
    return _dataset(config, series, sound, columns, scaling, split, {"all": rows}, steps=0)


def _require_target(config: ForecastConfig, series: Series) -> None:
    try:
        series.index(config.data.target)
    except DataError as error:
        raise DataError(str(error), TARGET) from None


def _dataset(
    config: ForecastConfig,
    series: Series,
    sound: Sound,
    columns: tuple[str, ...],
    scaling: Scaling,
    split: Split,
    rows: dict[str, Rows],
    steps: int,
) -> ForecastDataset:
    target, geometry, reverse = config.data.target, geometry_of(config), config.windows.reverse
    return ForecastDataset(
        source=series.source,
        faults=(*_faults(config, series), *_unmoved(scaling.still)),
        windows=Windows(sound, geometry, columns, target, scaling, reverse=reverse),
        rows=rows,
        split=split,
        steps=steps,
        batch_size=config.windows.batch_size,
        target=target,
        row_hours=period_hours(sound.series.times, sound.series.source.name),
        repairs=sound.report,
        loss=config.training.loss,
        sentinel=config.data.sentinel,
    )


def _faults(config: ForecastConfig, series: Series) -> list[str]:
    return audit(series, config.data.sentinel).summary()


@contextmanager
def faults_named(config: ForecastConfig, series: Series) -> Iterator[None]:
    """Add the faults of a series to the error that it has no window."""
    try:
        yield
    except NoWindowError as error:
        found = ", ".join(_faults(config, series))
        raise DataError(f"{error}; the file has {found} (jena-rnn inspect lists them)") from None


def _unmoved(columns: tuple[str, ...]) -> list[str]:
    """Return a note on columns that never change in the train rows, so have no standard deviation to divide by."""
    if not columns:
        return []
    where = "in the train rows, divided by 1"
    never = plural(len(columns), f"column that never changes {where}", f"columns that never change {where}")
    return [f"{never}: {shortened(', '.join(map(repr, columns)))}"]


def geometry_of(config: ForecastConfig, protocol: Protocol | None = None) -> Geometry:
    """Return the window arithmetic of a config, under another protocol if one is given."""
    windows = config.windows
    return Geometry(protocol or windows.protocol, windows.lookback, windows.step, windows.delay)


def sounded(config: ForecastConfig, series: Series, protocol: Protocol, taken: str = "") -> Sound:
    """Return the series as the protocol takes it: as it stands (book), or repaired (strict).

    Raises DataError for a column without a value, and as `as_it_stands` and `repair` do.
    """
    target, sentinel = config.data.target, config.data.sentinel
    require_measured(series, target, sentinel if protocol == "strict" else None)
    return as_it_stands(series, taken) if protocol == "book" else repair(series, target, sentinel)

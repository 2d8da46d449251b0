"""Windows cut in a second: ours, the book's generator, Keras's own utility, on one core; and over longer series.

found = rivals(rounds=7)
found["ours"].median                    # seconds a window
"""

from collections.abc import Callable, Iterator

import numpy as np

from benchmarks import listing
from benchmarks.timing import Timed, alternate
from jena_rnn.forecast.geometry import Geometry
from jena_rnn.forecast.windows import Windows
from jena_rnn.forecast.windows import measure as scaling_of
from jena_rnn.layers.backend import keras
from jena_rnn.series.repair import as_it_stands
from jena_rnn.series.sample import simulate
from jena_rnn.series.series import Series

BATCH, BATCHES = 128, 40
TARGET = "T (degC)"
ROWS = (50_000, 500_000, 5_000_000)
LOOKBACKS = (360, 1440, 5760)


def _cut(series: Series, lookback: int = listing.LOOKBACK) -> Callable[[], object]:
    geometry = Geometry("book", lookback, listing.STEP, listing.DELAY)
    windows = Windows(
        as_it_stands(series), geometry, series.columns, TARGET, scaling_of(series, series.columns, TARGET, 0, 30_000)
    )
    rng = np.random.default_rng(0)
    drawn = [rng.integers(lookback, len(series) - listing.DELAY, BATCH) for _ in range(BATCHES)]

    def cut() -> None:
        for rows in drawn:
            windows.inputs(rows), windows.targets(rows)

    return cut


def rivals(rounds: int) -> dict[str, Timed]:
    """Return seconds a window of each way to cut them, a hundred thousand rows of the made-up station."""
    series = simulate(100_000)
    values = (series.values - series.values.mean(axis=0)) / series.values.std(axis=0)
    book = listing.generator(values, first=0, end=90_000, shuffle=True)
    data = iter(
        keras.utils.timeseries_dataset_from_array(
            values.astype(np.float32)[: -listing.DELAY],
            values[listing.LOOKBACK + listing.DELAY :, 1],
            sequence_length=listing.TIMESTEPS,
            sampling_rate=listing.STEP,
            shuffle=True,
            batch_size=BATCH,
        )
    )
    found = alternate(
        {
            "ours": _cut(series),
            "listing": _drawn(book),
            "keras": _drawn(data),
        },
        rounds=rounds,
    )
    return {name: timed.per(BATCH * BATCHES) for name, timed in found.items()}


def _drawn(batches: Iterator[object]) -> Callable[[], object]:
    def draw() -> None:
        for _ in range(BATCHES):
            next(batches)

    return draw


def by_length(rounds: int) -> dict[int, Timed]:
    """Return seconds a window of ours for series of several lengths."""
    base = simulate(ROWS[0])
    actions = {str(rows): _cut(_longer(base, rows)) for rows in ROWS}
    return {int(name): timed.per(BATCH * BATCHES) for name, timed in alternate(actions, rounds=rounds).items()}


def by_lookback(rounds: int) -> dict[int, Timed]:
    """Return seconds a window of ours for several lookbacks, in rows."""
    series = simulate(ROWS[0])
    actions = {str(lookback): _cut(series, lookback) for lookback in LOOKBACKS}
    return {int(name): timed.per(BATCH * BATCHES) for name, timed in alternate(actions, rounds=rounds).items()}


def _longer(series: Series, rows: int) -> Series:
    """Return the series over and over again; what stands in it does not matter here."""
    times = series.times[0] + np.arange(rows) * np.timedelta64(600, "s")
    values = np.resize(series.values, (rows, series.values.shape[1]))
    return Series(times=times, values=values, columns=series.columns, source=series.source)

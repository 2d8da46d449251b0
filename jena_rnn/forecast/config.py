"""The keys of a forecasting config: which series, which rows, which windows.

ForecastConfig().windows.lookback        # 1440 rows
"""

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field

from jena_rnn.config.experiment import Experiment, Listing, Place, Training, convolutions_fit, fast_layers_fit
from jena_rnn.config.section import LARGEST, Broken, Filled, Range, Section, Text, Texts
from jena_rnn.series.date_formats import no_dates_by, no_format

Count = Annotated[int, Field(ge=1, lt=LARGEST)]


class Data(Place):
    """Which file, and which of its columns."""

    path: Filled = "data/jena_climate_2009_2016.csv"
    """The CSV, relative to the working directory."""
    sample: bool = False
    """Use the made-up station instead of the file (--sample)."""
    max_rows: Count | None = None
    """Use only this many rows, the first ones; null is all."""
    delimiter: Literal[",", ";", "\t"] = ","
    """Separates the cells."""
    decimal: Literal[".", ","] = "."
    """Separates the fraction of a number."""
    date: Filled | None = None
    """The column of dates; null is the first one."""
    date_format: Text | None = None
    """A strptime format such as '%d.%m.%Y %H:%M:%S'; null tries the usual ones; write +01:00 or Z as it is."""
    target: Filled = "T (degC)"
    """The column to forecast."""
    columns: Texts | None = None
    """The input columns, in order, of the file or computed (`sin of day`, `cos of day`); null is every column."""
    sentinel: float | None = -9999.0
    """The value that marks a missing measurement; null is none."""
    SETTLED: ClassVar = ("target", "columns")

    def whole(self) -> Self:
        """Return the same place with all rows."""
        return self.but(max_rows=None)


class Split(Section):
    """Row ranges [first, end) of train, validation and test, in time order."""

    train: Range = (0, 200_000)
    """In rows. Means and standard deviations come from these alone (protocol book: from all before their end)."""
    val: Range = (200_001, 300_000)
    """In rows."""
    test: Range = (300_001, None)
    """In rows; an end of null is the last row."""
    rows: Count = 420_551
    """Number of rows that the ranges were written for; only used to scale them."""
    scale: bool = False
    """Scale the ranges to the rows of the file (--scale-split)."""


class Windows(Section):
    """How windows are cut from the series and drawn."""

    protocol: Literal["book", "strict"] = "book"
    """`book`: exactly the first edition's generator; `strict`: what a forecaster would defend."""
    lookback: Count = 1440
    """How far back inputs reach, in rows."""
    step: Count = 6
    """Distance between input samples, in rows."""
    delay: Count = 144
    """How far ahead of the reference row the target is, in rows."""
    batch_size: int = Field(128, ge=1, lt=1_000_000)
    """Windows in a training step."""
    reverse: bool = False
    """Show the model each window newest sample first (listing 6.42)."""


class Book(Listing):
    """What the book printed for this listing."""

    val_mae: Annotated[float, Field(gt=0)] | None = None
    """Best validation MAE, normalised."""
    best_epoch: Count | None = None
    """Epoch of that MAE, counted from 1."""


class Forecasting(Training):
    """How a model is fitted to a series."""

    loss: Literal["mae", "mse"] = "mae"
    """The loss to minimise; reports always give the MAE."""


class ForecastConfig(Experiment):
    """One experiment in forecasting a series."""

    task: Literal["forecast"] = "forecast"
    """What is learned."""
    data: Data = Data()
    """Which file and columns."""
    split: Split = Split()
    """Which rows train, validate and test."""
    windows: Windows = Windows()
    """How windows are cut and drawn."""
    training: Forecasting = Forecasting()
    """How it is fitted."""
    book: Book | None = None
    """Null for an experiment of your own."""

    def smoke(self) -> list[str]:
        """Return overrides for a run of seconds: few rows, one epoch, a few steps, the split scaled."""
        windows = self.windows
        rows = max(20_000, 6 * (windows.lookback + windows.delay + windows.batch_size))
        return [f"data.max_rows={rows}", "split.scale=true", *super().smoke()]

    def broken_rules(self) -> Iterator[Broken]:
        """Yield each rule between keys that the config breaks."""
        yield from super().broken_rules()
        yield from _data(self.data)
        yield from _windows(self)
        yield from _split(self.split)
        yield from fast_layers_fit(self, embedded=False)
        timesteps = self.windows.lookback // self.windows.step
        yield from convolutions_fit(self.model, timesteps, "windows.lookback", "windows.step")


def _data(data: Data) -> Iterator[Broken]:
    if data.decimal == data.delimiter:
        yield Broken("data.decimal", "expected another character than data.delimiter, got ','", ("data.delimiter",))
    if data.columns == ():
        yield Broken("data.columns", "expected at least one column, or null for all, got []")
    for column in sorted(column for column, times in Counter(data.columns or ()).items() if times > 1):
        yield Broken("data.columns", f"expected each column once, got {column!r} twice or more")
    if data.date_format is not None and (wrong := no_format(data.date_format)):
        yield Broken("data.date_format", no_dates_by(data.date_format, wrong))


def _windows(config: ForecastConfig) -> Iterator[Broken]:
    windows = config.windows
    if windows.lookback % windows.step:
        message = f"expected a multiple of windows.step ({windows.step}), got {windows.lookback}"
        yield Broken("windows.lookback", message, ("windows.step",))
    if windows.protocol == "book" and config.training.steps_per_epoch is None:
        message = "expected a number of batches, since windows.protocol is book and its epochs have no end, got null"
        yield Broken("training.steps_per_epoch", message, ("windows.protocol",))


def _split(split: Split) -> Iterator[Broken]:
    ranges = [("train", split.train), ("val", split.val), ("test", split.test)]
    for name, (first, end) in ranges:
        if end is None and name != "test":
            message = f"expected an end in rows (only split.test may have none), got [{first}, null]"
            yield Broken(f"split.{name}", message)
        elif end is not None and end <= first:
            yield Broken(f"split.{name}", f"expected [first, end] with first < end, got [{first}, {end}]")
    for (before, (_, end)), (name, (first, _)) in pairwise(ranges):
        if end is not None and first < end:
            message = f"expected to begin at or after the end of split.{before} ({end}), got {first}"
            yield Broken(f"split.{name}", message, (f"split.{before}",))
    if split.scale:
        for name, (first, end) in ranges:
            last = first if end is None else end
            if last > split.rows:
                message = f"expected rows up to split.rows ({split.rows}) for split.scale, got {last}"
                yield Broken(f"split.{name}", message, ("split.rows", "split.scale"))

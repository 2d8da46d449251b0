"""What a config can say: frozen dataclasses nested by owner, every field with its unit and default.

A reader of YAML files finds here each key, what it means and what it is when left out. `config` fills these
from a file; every other module receives them, or parts of them, and never changes one. What every experiment has
comes first, then what forecasting a station's series adds to it; `review_schema` adds what reviews need.

    Config(model=Gru(units=64)).windows.lookback        # 1440 rows
"""

from dataclasses import dataclass, field, replace
from typing import ClassVar, Literal

from jena_rnn.config.binding import choice, setting
from jena_rnn.config.models import MODELS, Gru, Model

NAME = (r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", "a name of letters, digits, '.', '_' and '-' (64 at most)")
Range = tuple[int, int | None]


@dataclass(frozen=True)
class EarlyStopping:
    """When to stop before the last epoch."""

    patience: int = setting(5, at_least=1)
    """Epochs without a better validation MAE (or accuracy)."""
    min_delta: float = setting(0.0, at_least=0)
    """By how much it must be better, normalised (or as a share of reviews)."""


@dataclass(frozen=True)
class Plateau:
    """When to lower the learning rate."""

    patience: int = setting(3, at_least=1)
    """Epochs without a better validation MAE (or accuracy)."""
    factor: float = setting(0.5, above=0, below=1)
    """What the rate is multiplied by."""
    minimum: float = setting(1e-6, above=0)
    """The rate never falls below it."""
    min_delta: float = setting(0.0, at_least=0)
    """By how much it must be better, normalised (or as a share of reviews)."""


@dataclass(frozen=True)
class Training:
    """How a model is fitted."""

    epochs: int = setting(20, at_least=1, below=1_000_000)
    """Passes with a validation after each."""
    steps_per_epoch: int | None = setting(500, at_least=1, below=10_000_000)
    """Batches in an epoch; null is one pass over the samples (not for protocol book)."""
    optimizer: Literal["rmsprop", "adam", "sgd"] = "rmsprop"
    """With Keras's defaults but for the learning rate."""
    learning_rate: float = setting(1e-3, above=0, below=1_000_000)
    """Constant over the run, unless `plateau` lowers it."""
    early_stopping: EarlyStopping | None = None
    """Null trains every epoch."""
    plateau: Plateau | None = None
    """Null keeps the learning rate."""
    fast_layers: Literal["auto", True, False] = "auto"
    """Our own layers, faster on a CPU ([what differs](performance.md)); `auto`: from 50 steps an epoch."""
    jit_compile: Literal["auto", True, False] = "auto"
    """Compile with XLA; `auto` does from 50 steps an epoch on where `fast_layers` are not in use, not for conv."""
    eval_batch_size: int = setting(512, at_least=1, below=1_000_000)
    """Samples in a forward-only step; changes speed and memory, and results by rounding alone."""


@dataclass(frozen=True)
class Place:
    """Where the data of an experiment stands."""

    path: str = ""
    """The file, relative to the working directory."""
    sample: bool = False
    """Take made-up data instead of the file (--sample)."""
    SETTLED: ClassVar[tuple[str, ...]] = ()
    """Keys that a trained run has settled, whatever data it is shown afterwards."""

    def whole(self) -> "Place":
        """Return the same with nothing left out."""
        return self

    def idle(self) -> dict[str, str]:
        """Return the keys that say nothing to a trained run which is shown these data, and why."""
        return {}


@dataclass(frozen=True)
class Listing:
    """What the book printed for a listing."""

    listing: str = ""
    """Its number, such as "6.39"."""


@dataclass(frozen=True)
class Experiment:
    """What every experiment has, whatever it learns."""

    task: str = "forecast"
    """What is learned; it says which keys there are."""
    name: str = setting("experiment", matches=NAME)
    """What its runs are called; the file's name when left out."""
    seed: int = setting(0, at_least=0, below=2**32)
    """Of the weights, the dropout masks and the order of samples."""
    model: Model = choice(Gru, MODELS)
    """Which model; its `name` (`gru` if left out) says which keys it has."""
    training: Training = field(default_factory=Training)
    """How it is fitted."""
    data: Place = field(default_factory=Place)
    """What it learns from."""
    book: Listing | None = None
    """Null for an experiment of your own."""

    def smoke(self) -> list[str]:
        """Return overrides for a run of seconds."""
        return ["training.epochs=1", "training.steps_per_epoch=5", "training.jit_compile=false"]


@dataclass(frozen=True)
class Data(Place):
    """Which file, and which of its columns."""

    path: str = setting("data/jena_climate_2009_2016.csv", filled=True)
    """The CSV, relative to the working directory."""
    sample: bool = False
    """Take the made-up station instead of the file (--sample)."""
    max_rows: int | None = setting(None, at_least=1)
    """Use only the first rows, as many as this; null is all."""
    delimiter: Literal[",", ";", "\t"] = ","
    """What stands between its cells."""
    decimal: Literal[".", ","] = "."
    """What stands before the fraction of a number."""
    date: str | None = setting(None, filled=True)
    """The column of dates; null is the first one."""
    date_format: str | None = None
    """A strptime format such as '%d.%m.%Y %H:%M:%S'; null tries the usual ones; +01:00 or Z stand in it as they are."""
    target: str = setting("T (degC)", filled=True)
    """The column to forecast."""
    columns: tuple[str, ...] | None = setting(None, filled=True)
    """The input columns, in order; null is every column but the date."""
    sentinel: float | None = -9999.0
    """The value that stands for 'not measured'; null is none."""
    SETTLED: ClassVar = ("target", "columns")

    def whole(self) -> "Data":
        """Return the same with all rows."""
        return replace(self, max_rows=None)


@dataclass(frozen=True)
class Split:
    """Row ranges [first, end) of train, validation and test, in time order."""

    train: Range = setting((0, 200_000), at_least=0)
    """In rows. Means and standard deviations come from these alone (protocol book: from all before their end)."""
    val: Range = setting((200_001, 300_000), at_least=0)
    """In rows."""
    test: Range = setting((300_001, None), at_least=0)
    """In rows; an end of null is the last row."""
    rows: int = setting(420_551, at_least=1)
    """How many rows the ranges were written for; only used to scale them."""
    scale: bool = False
    """Scale the ranges to the rows that the file has (--scale-split)."""


@dataclass(frozen=True)
class Windows:
    """How windows are cut from the series and drawn."""

    protocol: Literal["book", "strict"] = "book"
    """`book`: the first edition's generator to the letter; `strict`: what a forecaster would defend."""
    lookback: int = setting(1440, at_least=1)
    """How far back inputs reach, in rows."""
    step: int = setting(6, at_least=1)
    """Distance between input samples, in rows."""
    delay: int = setting(144, at_least=1)
    """How far ahead of the reference row the target lies, in rows."""
    batch_size: int = setting(128, at_least=1, below=1_000_000)
    """Windows in a training step."""
    reverse: bool = False
    """Show the model each window newest sample first (listing 6.42)."""


@dataclass(frozen=True)
class Book(Listing):
    """What the book printed for this listing."""

    val_mae: float | None = setting(None, above=0)
    """Best validation MAE, normalised."""
    best_epoch: int | None = setting(None, at_least=1)
    """Where it stood, counted from 1."""


@dataclass(frozen=True)
class Forecasting(Training):
    """How a model is fitted to a series."""

    loss: Literal["mae", "mse"] = "mae"
    """What is minimised; reports always give the MAE."""


@dataclass(frozen=True)
class Config(Experiment):
    """One experiment in forecasting a series."""

    task: Literal["forecast"] = "forecast"
    """What is learned."""
    data: Data = field(default_factory=Data)
    """Which file and columns."""
    split: Split = field(default_factory=Split)
    """Which rows train, validate and test."""
    windows: Windows = field(default_factory=Windows)
    """How windows are cut and drawn."""
    training: Forecasting = field(default_factory=Forecasting)
    """How it is fitted."""
    book: Book | None = None
    """Null for an experiment of your own."""

    def smoke(self) -> list[str]:
        """Return overrides for a run of seconds: few rows, one epoch, a few steps, the split scaled."""
        windows = self.windows
        rows = max(20_000, 6 * (windows.lookback + windows.delay + windows.batch_size))
        return [f"data.max_rows={rows}", "split.scale=true", *super().smoke()]

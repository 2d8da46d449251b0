"""The tasks that the program knows, and what a task must offer.

A task is a folder: `forecast/` and `reviews/` each make one `Task` object, `TASK`. All other code uses this registry
and never asks which task it has. A third task is one folder and one line in `TASKS`.

    config = load("gru")                    # the task's own config class
    dataset = task_of(config).open(config)  # its data, ready to train on
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import IO, Any, Protocol

from numpy.typing import NDArray

from jena_rnn.base.tables import Findings
from jena_rnn.config import loading
from jena_rnn.config.experiment import Experiment
from jena_rnn.config.loading import Override
from jena_rnn.series.series import Floats, Source
from jena_rnn.training.dataset import Learnable, Spec
from jena_rnn.training.history import Record

TASKS = {
    "forecast": "jena_rnn.forecast",
    "reviews": "jena_rnn.reviews",
}
"""Name in a config's `task` key to the package that makes the task; imported when first asked for."""


class Score(Protocol):
    """The errors of one split."""

    def as_dict(self) -> dict[str, Any]:
        """Return them for JSON."""

    def lines(self) -> list[str]:
        """Return them for the terminal."""


class Table(Protocol):
    """A model's output for each sample of a split, beside the truth."""

    def write(self, file: IO[bytes]) -> None:
        """Write it as CSV."""


@dataclass(frozen=True)
class Sample:
    """One sample, with what a figure or a table needs to describe it."""

    inputs: NDArray[Any]
    """`input_shape`."""
    title: str
    axis: str
    """Name of the axis of timesteps, with its unit."""
    positions: Sequence[float] | None
    """Position of each timestep on that axis; None counts them from 0."""
    labels: Sequence[str] | None
    """A word for each timestep, if they are words."""
    describe: Callable[[float], str]
    """The model's output for the sample to words, beside the truth."""
    first: int = 0
    """The first timestep worth showing; those before it are padding."""


class Scorable(Protocol):
    """A dataset that scores the outputs of a model."""

    def truth(self, split: str) -> Floats:
        """Return what the outputs of a split should be, `(samples,)`."""

    def score(self, split: str, outputs: Floats) -> Score:
        """Return the errors of `(samples,)` outputs of a split."""

    def predictions(self, split: str, outputs: Floats) -> Table:
        """Return outputs beside truth, in the unit that people read."""


class Described(Protocol):
    """A dataset that describes itself, for people and for run.json."""

    @property
    def source(self) -> Source:
        """The file that the data was read from."""

    @property
    def words(self) -> tuple[str, ...]:
        """The vocabulary by rank; empty if samples are not words."""

    def facts(self) -> dict[str, Any]:
        """Return the facts of the data that run.json keeps."""

    def notices(self) -> list[str]:
        """Return what the user should know about the data before training."""

    def epoch_line(self, record: Record) -> str:
        """Return the measures of an epoch for the terminal."""

    def sample(self, split: str, number: int) -> Sample:
        """Return one sample of a split, counted from 0."""

    def resolved(self, config: Any) -> Experiment:
        """Return the config with every choice that depends on the data written out."""


class Dataset(Learnable, Scorable, Described, Protocol):
    """A task's data: to learn from, to score on, and to describe."""


@dataclass(frozen=True)
class Explained(Findings):
    """A config explained before training."""

    dataset: Dataset | None
    """None if the data is missing."""
    spec: Spec
    """The model it asks for; assumed if the data is missing."""


@dataclass(frozen=True)
class Inspected(Findings):
    """The audit of a config's data."""

    subject: Any
    """The data itself, to be drawn."""


@dataclass(frozen=True)
class MadeUp:
    """Made-up data, to be written as CSV."""

    what: str
    write: Callable[[IO[bytes]], None]


class Explain(Protocol):
    """Explains a config; if its data is missing, says so, or raises DataError if `must_be_there`."""

    def __call__(self, config: Any, *, must_be_there: bool) -> Explained:
        """Return the explanation."""


@dataclass(frozen=True)
class Report:
    """The parts of report.md that a task writes, from saved files alone."""

    verdict: Callable[[dict[str, Any]], str]
    """metrics.json to the outcome in one line."""
    errors: Callable[[Any, dict[str, Any], Any, dict[str, Any] | None], str]
    """Config, run.json, history and metrics (None before the end) to a table of errors."""
    listing: Callable[[Any, dict[str, Any], Any], str]
    """Config, run.json and history to the book's figures beside ours; empty if they cannot be compared."""
    data: Callable[[Any, dict[str, Any]], list[str]]
    """Config and run.json to lines about the data."""
    figures: tuple[str, ...]
    """Names of the plots."""


@dataclass(frozen=True)
class Figures:
    """The figures of a task, each under the name of its file."""

    draw: Callable[[Any, Any, str], Mapping[str, Any]]
    """A run with at least one epoch, its config and a title to the figures of the run."""
    compare: Callable[[Sequence[Any], Any], Any]
    """Finished runs and their configs to one figure of them all."""
    inspected: Callable[[Any, Any, Callable[[str], None]], Mapping[str, Any]]
    """A config, the subject of `Inspected` and a notice function to the figures of the data."""


@dataclass(frozen=True)
class Task:
    """One task. Every config passed to it is an instance of `config`."""

    config: type[Experiment]
    """The keys of its YAML."""
    record: type[Record]
    """One line of history.csv."""
    info: tuple[str, ...]
    """Keys that the task's reports read from run.json, dotted."""
    metrics: tuple[str, ...]
    """Keys that they read from metrics.json, dotted."""
    open: Callable[[Any], Dataset]
    """A config to its dataset; raises DataError if the data is missing or unusable."""
    open_other: Callable[[Any, dict[str, Any], tuple[str, ...]], Dataset]
    """A run's config with other data, its run.json and its vocabulary to a dataset with one split, "all"."""
    make_up: Callable[[int | None, int], MadeUp]
    """A number of rows (None for the usual number) and a seed to made-up data."""
    baselines: Callable[[Any], Findings]
    """A config to the errors that need no training."""
    explain: Explain
    inspect: Callable[[Any], Inspected]
    """A config to the audit of its data."""
    report: Report
    figures: Callable[[], Figures]
    """Loads matplotlib, so it is called only to draw."""
    of_texts: Callable[[Any, tuple[str, ...], Sequence[str]], Dataset] | None = None
    """Config, vocabulary and texts to a dataset with one split, "all"; None for a task that reads no texts."""


def task_named(name: str) -> Task:
    """Return the task of that name in `TASKS`."""
    task: Task = import_module(TASKS[name]).TASK
    return task


def task_of(config: Experiment) -> Task:
    """Return the task of a config."""
    return task_named(config.task)


def failures(splits: dict[str, Any], kinds: dict[str, Callable[[dict[str, Any]], bool]]) -> str:
    """Return how a finished run fails and where, such as `WORSE THAN NAIVE on test`; empty if it does not.

    `splits` are the scores in metrics.json; `kinds` maps the words for a failure to its test, the gravest first. Each
    split is named once.
    """
    found: dict[str, list[str]] = {}
    for split in ("val", "test"):
        kind = next((kind for kind, fails in kinds.items() if fails(splits[split])), None)
        if kind is not None:
            found.setdefault(kind, []).append(split)
    return ", ".join(f"{kind} on {' and '.join(found[kind])}" for kind in kinds if kind in found)


class _Schemas(Mapping[str, type[Experiment]]):
    """The config class of each task, imported when asked for."""

    def __getitem__(self, name: str) -> type[Experiment]:
        return task_named(name).config

    def __iter__(self) -> Iterator[str]:
        return iter(TASKS)

    def __len__(self) -> int:
        return len(TASKS)


SCHEMAS = _Schemas()


def load(file: str | Path, overrides: Sequence[str | Override] = ()) -> Experiment:
    """Return the config in a file, or the shipped one of that name; raises ConfigError and FileError."""
    return loading.load(file, SCHEMAS, overrides)


def parse(
    text: str, name: str = "config", overrides: Sequence[str | Override] = (), default_name: str | None = None
) -> Experiment:
    """Return the config in a YAML text; `name` stands for the file in messages. Raises ConfigError."""
    return loading.parse(text, SCHEMAS, name, overrides, default_name)

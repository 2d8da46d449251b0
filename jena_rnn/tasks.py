"""The seam between what is to be learned and whatever trains, stores and tells it.

A task gives batches, says which ends a model needs, and makes figures of what the model puts out. The trainer and the
run directory know no more of it than this class; `forecast_task` and `review_task` are the two there are.

for inputs, targets in task.epoch(seed=0, epoch=1): ...       # one training epoch
task.score("val", outputs).as_dict()
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from jena_rnn.base.tables import Told
from jena_rnn.config.experiment import Experiment
from jena_rnn.runs.records import Record
from jena_rnn.series.series import Floats, Source

Batch = tuple[NDArray[Any], NDArray[np.float32]]
"""Inputs `(batch, *input_shape)` and targets `(batch, 1)`."""


@dataclass(frozen=True)
class Head:
    """The last layer that the task asks of a model."""

    units: int = 1
    activation: str | None = None


@dataclass(frozen=True)
class Embedding:
    """The first layer that a task of words asks of a model: a learned vector for each word."""

    words: int
    """How many there are."""
    size: int
    """Of a vector."""


@dataclass(frozen=True)
class Sample:
    """One sample, and how to speak of it."""

    inputs: NDArray[Any]
    """`input_shape`."""
    title: str
    axis: str
    """What its timesteps are, with their unit."""
    positions: Sequence[float] | None
    """Where each timestep stands on that axis; None counts them from 0."""
    labels: Sequence[str] | None
    """A word for each timestep, if they are words."""
    told: Callable[[float], str]
    """The model's output for it to words, beside what is true."""
    first: int = 0
    """The first timestep worth showing: those before it are padding."""


class Score(Protocol):
    """The errors of one split."""

    def as_dict(self) -> dict[str, Any]:
        """Return them for JSON."""

    def lines(self) -> list[str]:
        """Return them for the terminal."""


class Table(Protocol):
    """What a model said of each sample of a split, and what was true."""

    def write(self, file: IO[bytes]) -> None:
        """Write it as CSV."""


class Task(Protocol):
    """What is to be learned, as arrays."""

    @property
    def source(self) -> Source:
        """Where the data came from."""

    @property
    def steps(self) -> int:
        """Batches in a training epoch."""

    @property
    def batch_size(self) -> int:
        """Samples in a training batch."""

    @property
    def input_shape(self) -> tuple[int, ...]:
        """Shape of one sample."""

    @property
    def embedding(self) -> Embedding | None:
        """The first layer, if samples are words."""

    @property
    def head(self) -> Head:
        """The last layer."""

    @property
    def loss(self) -> str:
        """What is minimised, by Keras's name."""

    @property
    def metrics(self) -> tuple[str, ...]:
        """What is measured beside the loss in a training step, by Keras's names."""

    @property
    def form(self) -> type[Record]:
        """What an epoch leaves."""

    @property
    def words(self) -> tuple[str, ...]:
        """The words that samples are made of, by rank; empty if they are none."""

    def epoch(self, seed: int, epoch: int) -> Iterator[Batch]:
        """Yield the training batches of an epoch, counted from 1: a pure function of both."""

    def count(self, split: str) -> int:
        """Return the number of samples in a split."""

    @property
    def largest(self) -> int:
        """Samples of the largest split."""

    def inputs(self, split: str, batch_size: int) -> Iterator[NDArray[Any]]:
        """Yield the samples of a split in order, the last batch as short as it comes."""

    def sample(self, split: str, number: int) -> Sample:
        """Return one sample of a split, counted from 0."""

    def record(self, epoch: int, fitted: Sequence[float], outputs: Floats, rate: float, seconds: float) -> Record:
        """Return what an epoch leaves: `fitted` are mean loss and metrics of its steps, `outputs` of validation."""

    def told(self, record: Record) -> str:
        """Return a record's figures for people."""

    def opening(self) -> list[str]:
        """Return what people should know of the data before it is trained on."""

    def resolved(self, config: Any) -> Experiment:
        """Return the task's config with everything that was left to be decided written out."""

    def facts(self) -> dict[str, Any]:
        """Return what run.json says of the data."""

    def score(self, split: str, outputs: Floats) -> Score:
        """Return the errors of `(samples,)` outputs of a split."""

    def predictions(self, split: str, outputs: Floats) -> Table:
        """Return outputs beside truth, as people read them."""


@dataclass(frozen=True)
class Account:
    """How a report tells of one kind of task, from saved files alone."""

    verdict: Callable[[dict[str, Any]], str]
    """metrics.json to what came of the run, in a line."""
    errors: Callable[[Any, dict[str, Any], Any, dict[str, Any] | None], str]
    """Config, run.json, history and metrics, if there are any, to a table of errors."""
    listing: Callable[[Any, dict[str, Any], Any], str]
    """Config, run.json and history to the book's figures beside ours; nothing where they cannot be compared."""
    data: Callable[[Any, dict[str, Any]], list[str]]
    """Config and run.json to what the run was trained on."""
    figures: tuple[str, ...]
    """Names of its plots."""


def failures(splits: dict[str, Any], kinds: dict[str, Callable[[dict[str, Any]], bool]]) -> str:
    """Return how a run fails on which scored splits of metrics.json, `WORSE THAN NAIVE on test`; empty if it does not.

    `kinds` are the words for a failure and whether a score is one, the gravest first; a split is told once.
    """
    found: dict[str, list[str]] = {}
    for split in ("val", "test"):
        kind = next((kind for kind, fails in kinds.items() if fails(splits[split])), None)
        if kind is not None:
            found.setdefault(kind, []).append(split)
    return ", ".join(f"{kind} on {' and '.join(found[kind])}" for kind in kinds if kind in found)


@dataclass(frozen=True)
class Explained(Told):
    """What a config comes to, before anything is trained."""

    task: Task | None
    """None where the data is not there."""
    input_shape: tuple[int, ...]
    """Of one sample, assumed where the data is not there."""
    embedding: Embedding | None
    head: Head


@dataclass(frozen=True)
class Inspected(Told):
    """What is in the data of a config."""

    subject: Any
    """The data itself, to be drawn."""


@dataclass(frozen=True)
class MadeUp:
    """Made-up data, to be written as CSV."""

    what: str
    write: Callable[[IO[bytes]], None]

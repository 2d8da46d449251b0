"""What the trainer needs from the data: batches to learn from, and the model that fits them.

A task's dataset (`forecast.dataset`, `reviews.dataset`) offers this; a test can fake it in a few lines.

    for inputs, targets in dataset.epoch(seed=0, epoch=1): ...      # one training epoch
    dataset.spec.input_shape                                        # (240, 14)
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from jena_rnn.training.history import Record

Batch = tuple[NDArray[Any], NDArray[np.float32]]
"""Inputs `(batch, *input_shape)` and targets `(batch, 1)`."""


@dataclass(frozen=True)
class Head:
    """The last layer of a model."""

    units: int = 1
    activation: str | None = None


@dataclass(frozen=True)
class Embedding:
    """The first layer of a model that reads words: a learned vector for each word."""

    words: int
    """Size of the vocabulary."""
    size: int
    """Length of a vector."""


@dataclass(frozen=True)
class Spec:
    """The model and the loss that a dataset asks for."""

    input_shape: tuple[int, ...]
    """Shape of one sample."""
    head: Head
    loss: str
    """By Keras's name."""
    metrics: tuple[str, ...] = ()
    """Measured beside the loss in each training step, by Keras's names."""
    embedding: Embedding | None = None
    """The first layer, if samples are words."""


class Learnable(Protocol):
    """Samples to train on and to validate with."""

    @property
    def spec(self) -> Spec:
        """The model and the loss that the samples ask for."""

    @property
    def steps(self) -> int:
        """Batches in a training epoch."""

    @property
    def batch_size(self) -> int:
        """Samples in a training batch."""

    @property
    def counts(self) -> Mapping[str, int]:
        """Number of samples in each split."""

    def epoch(self, seed: int, epoch: int) -> Iterator[Batch]:
        """Yield the training batches of an epoch (counted from 1), a pure function of seed and epoch."""

    def inputs(self, split: str, batch_size: int) -> Iterator[NDArray[Any]]:
        """Yield the samples of a split in order; the last batch may be shorter."""

    def record(self, epoch: int, fitted: Sequence[float], outputs: Any, rate: float, seconds: float) -> Record:
        """Return the record of an epoch.

        `fitted` are the means of loss and metrics over its steps, `outputs` what the model says of the validation
        split, `(samples,)` float64.
        """

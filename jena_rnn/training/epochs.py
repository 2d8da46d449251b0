"""Compile, fit and predict: a task and a model to a history, one epoch at a time.

State lives in data, not in callbacks: the records so far, the weights, and the number of the next epoch say everything
about where a training stands.

    for record in epochs(model, task, config.training, seed=0, history=[], listener=listener): ...
"""

import math
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from jena_rnn.base.errors import DivergedError
from jena_rnn.config.experiment import Training
from jena_rnn.config.models import Conv, Model
from jena_rnn.runs.records import Record, learning_rate, stops_early
from jena_rnn.series.series import Floats
from jena_rnn.tasks import Batch, Task
from jena_rnn.training.backend import keras
from jena_rnn.training.state import seeds_kept
from jena_rnn.training.zoo import build, worth_sweeping

T = TypeVar("T")
WORTH_COMPILING = 50
"""Steps in an epoch from which compiling, by XLA (2 to 13 s) or Numba (4 to 8 s), repays itself in some epochs."""
OPTIMIZERS = {"rmsprop": keras.optimizers.RMSprop, "adam": keras.optimizers.Adam, "sgd": keras.optimizers.SGD}


class Listener(Protocol):
    """Whoever wants to know how far training is."""

    def begins(self, text: str) -> None:
        """Once, with what is to be trained."""

    def notice(self, text: str) -> None:
        """When something happens that the user should know."""

    def epoch_begins(self, epoch: int, epochs: int, steps: int) -> None:
        """Before the first step of an epoch."""

    def step(self, loss: float) -> None:
        """After each step, with the mean loss of the epoch so far."""

    def validating(self) -> None:
        """Between the last step and the validation pass."""

    def epoch_ends(self, record: Record, told: str, is_best: bool) -> None:
        """When all that the epoch leaves has been written; `told` are its figures for people."""


def accelerated(model: Model, training: Training, steps: int, *, embedded: bool = False) -> Training:
    """Return `training` with fast_layers and jit_compile decided: as set, or for `auto` by what pays.

    Either pays from WORTH_COMPILING steps an epoch on. The number of epochs does not count, so that a run made
    longer is the run that was longer from the start. Layers of our own do not go through XLA, and its convolutions
    are slower than TensorFlow's (19 against 12 ms a step of listing 6.47).
    """
    fast, jit, long = training.fast_layers, training.jit_compile, steps >= WORTH_COMPILING
    if fast == "auto":
        fast = long and jit is not True and worth_sweeping(model, embedded=embedded)
    if jit == "auto":
        jit = long and not fast and not isinstance(model, Conv)
    return replace(training, fast_layers=fast, jit_compile=jit)


def way(training: Training) -> str:
    """Return in plain words how decided settings have a model computed."""
    if training.fast_layers is True:
        return "fast layers"
    return "compiled with XLA" if training.jit_compile is True else "not compiled"


def prepared(options: Model, training: Training, task: Task) -> keras.Model:
    """Return the task's model, built and compiled in the way that decided settings say."""
    fast, jit = training.fast_layers is True, training.jit_compile is True
    model = build(options, task.input_shape, task.head, embedding=task.embedding, fast=fast, steady=not jit)
    compile_model(model, training, task.loss, task.metrics, jit=jit)
    return model


def compile_model(model: keras.Model, training: Training, loss: str, metrics: Sequence[str] = (), *, jit: bool) -> None:
    """Give the model its optimizer, loss and metrics."""
    optimizer = OPTIMIZERS[training.optimizer](learning_rate=training.learning_rate)
    model.compile(optimizer=optimizer, loss=loss, metrics=list(metrics), jit_compile=jit)


def epochs(
    model: keras.Model,
    task: Task,
    training: Training,
    *,
    seed: int,
    history: list[Record],
    listener: Listener,
    check: Callable[[], None] = lambda: None,
) -> Iterator[Record]:
    """Train the epochs after `history`, adding to it and yielding each record, until the last or an early stop.

    `check` is called after every batch, and may raise to end the training there. Raises DivergedError, naming
    epoch and step, as soon as a loss is not finite.
    """
    while not finished(history, training):
        epoch, began = len(history) + 1, time.perf_counter()
        listener.epoch_begins(epoch, training.epochs, task.steps)
        model.optimizer.learning_rate.assign(learning_rate(history, training.learning_rate, training.plateau))
        fitted = _train(model, task, seed, epoch, listener, check)
        listener.validating()
        outputs = predict(model, task, "val", training.eval_batch_size, check)
        rate = float(model.optimizer.learning_rate.numpy())
        record = task.record(epoch, fitted, outputs, rate, time.perf_counter() - began)
        for name, figure in record.figures().items():
            if not math.isfinite(figure):
                raise DivergedError(f"{name} of epoch {epoch} is {figure}")
        history.append(record)
        yield record


def finished(history: Sequence[Record], training: Training) -> bool:
    """Return whether a training with this history is at its end."""
    return len(history) >= training.epochs or stops_early(history, training.early_stopping)


def _train(
    model: keras.Model, task: Task, seed: int, epoch: int, listener: Listener, check: Callable[[], None]
) -> list[float]:
    """Run the steps of one epoch and return the means of loss and metrics over its samples."""
    fitted: dict[str, float] = {}
    for step, batch in enumerate(ahead(task.epoch(seed, epoch)), start=1):
        fitted = take_step(model, batch, first=step == 1)
        if not math.isfinite(fitted["loss"]):
            raise DivergedError(f"the loss became {fitted['loss']} in epoch {epoch}, step {step}")
        listener.step(fitted["loss"])
        check()
    return [fitted[name] for name in ("loss", *task.metrics)]


def take_step(model: keras.Model, batch: Batch, *, first: bool) -> dict[str, float]:
    """Take one step, and return by name the means of loss and metrics over the samples since the first one.

    The first is Keras's `train_on_batch`, which builds what is missing and forgets earlier means. The others go
    straight to the function that it made, which saves the half millisecond of looking after each of them again.
    """
    if first:
        return {name: float(mean) for name, mean in model.train_on_batch(*batch, return_dict=True).items()}
    means = model.train_function(iter([(*batch, None)]))
    return {name: float(mean) for name, mean in means.items()}


def ahead(batches: Iterator[T]) -> Iterator[T]:
    """Yield the batches, each cut by a thread of its own while the one before is worked on; one waits at most."""
    with ThreadPoolExecutor(1, "batches") as cutter:
        coming = cutter.submit(next, batches, None)
        while (batch := coming.result()) is not None:
            coming = cutter.submit(next, batches, None)
            yield batch


def predict(
    model: keras.Model, task: Task, split: str, batch_size: int, check: Callable[[], None] = lambda: None
) -> Floats:
    """Return what the model says of a split, `(samples,)` float64; the model stays as it is, seeds included.

    All batches of all splits are filled up to one size and cut again: one compiled shape serves all, and a split is
    told to the same bits whatever was told before it.
    """
    batch_size = min(batch_size, task.largest)
    parts: list[NDArray[np.floating]] = []
    with seeds_kept(model):
        for inputs in ahead(task.inputs(split, batch_size)):
            check()
            missing = batch_size - len(inputs)
            filled = np.concatenate([inputs, np.repeat(inputs[-1:], missing, axis=0)]) if missing else inputs
            parts.append(np.asarray(model.predict_on_batch(filled))[: len(inputs), 0])
    return np.concatenate(parts).astype(np.float64)

"""Compile, fit and predict: a dataset and a model to a history, one epoch at a time.

The whole state of a training is data, not callbacks: the records so far, the model's variables, and the number of the
next epoch. So a snapshot of them is all that a resumed run needs.

    for record in epochs(model, dataset, config.training, seed=0, history=[], listener=listener): ...
"""

import math
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from jena_rnn.base.errors import DivergedError
from jena_rnn.config.experiment import Training
from jena_rnn.config.models import Conv, Model
from jena_rnn.layers.backend import keras
from jena_rnn.series.series import Floats
from jena_rnn.training.dataset import Batch, Learnable, Spec
from jena_rnn.training.history import Record, learning_rate, stops_early
from jena_rnn.training.listener import Listener
from jena_rnn.training.state import seeds_kept
from jena_rnn.training.zoo import build, worth_sweeping

T = TypeVar("T")
WORTH_COMPILING = 50
"""Steps in an epoch from which compiling, by XLA (2 to 13 s) or Numba (4 to 8 s), repays itself in some epochs."""
OPTIMIZERS = {"rmsprop": keras.optimizers.RMSprop, "adam": keras.optimizers.Adam, "sgd": keras.optimizers.SGD}


def accelerated(model: Model, training: Training, steps: int, *, embedded: bool = False) -> Training:
    """Return `training` with `auto` resolved for fast_layers and jit_compile.

    Both pay from WORTH_COMPILING steps an epoch. The number of epochs does not count, so that a run made longer equals
    a run that was longer from the start. Our own layers do not go through XLA, and XLA's convolutions are slower than
    TensorFlow's (19 against 12 ms a step in listing 6.47).
    """
    fast, jit, long = training.fast_layers, training.jit_compile, steps >= WORTH_COMPILING
    if fast == "auto":
        fast = long and jit is not True and worth_sweeping(model, embedded=embedded)
    if jit == "auto":
        jit = long and not fast and not isinstance(model, Conv)
    return training.but(fast_layers=fast, jit_compile=jit)


def way(training: Training) -> str:
    """Return how the model is computed, in plain words."""
    if training.fast_layers is True:
        return "fast layers"
    return "compiled with XLA" if training.jit_compile is True else "not compiled"


def compiled_model(options: Model, training: Training, spec: Spec) -> keras.Model:
    """Return the model for a dataset, built and compiled as resolved settings say."""
    fast, jit = training.fast_layers is True, training.jit_compile is True
    model = build(options, spec.input_shape, spec.head, embedding=spec.embedding, fast=fast, steady=not jit)
    compile_model(model, training, spec, jit=jit)
    return model


def compile_model(model: keras.Model, training: Training, spec: Spec, *, jit: bool) -> None:
    """Give the model its optimizer, loss and metrics."""
    optimizer = OPTIMIZERS[training.optimizer](learning_rate=training.learning_rate)
    model.compile(optimizer=optimizer, loss=spec.loss, metrics=list(spec.metrics), jit_compile=jit)


def epochs(
    model: keras.Model,
    dataset: Learnable,
    training: Training,
    *,
    seed: int,
    history: list[Record],
    listener: Listener,
    check: Callable[[], None] = lambda: None,
) -> Iterator[Record]:
    """Train the epochs after `history`; append and yield each record, until the last epoch or an early stop.

    `check` is called after every batch and may raise to end the training. Raises DivergedError, naming epoch and step,
    as soon as a loss is not finite.
    """
    while not finished(history, training):
        epoch, began = len(history) + 1, time.perf_counter()
        listener.epoch_begins(epoch, training.epochs, dataset.steps)
        model.optimizer.learning_rate.assign(learning_rate(history, training.learning_rate, training.plateau))
        fitted = _train(model, dataset, seed, epoch, listener, check)
        listener.validating()
        outputs = predict(model, dataset, "val", training.eval_batch_size, check)
        rate = float(model.optimizer.learning_rate.numpy())
        record = dataset.record(epoch, fitted, outputs, rate, time.perf_counter() - began)
        for name, figure in record.figures().items():
            if not math.isfinite(figure):
                raise DivergedError(f"{name} of epoch {epoch} is {figure}")
        history.append(record)
        yield record


def finished(history: Sequence[Record], training: Training) -> bool:
    """Return whether a training with this history has ended."""
    return len(history) >= training.epochs or stops_early(history, training.early_stopping)


def _train(
    model: keras.Model, dataset: Learnable, seed: int, epoch: int, listener: Listener, check: Callable[[], None]
) -> list[float]:
    """Run the steps of one epoch and return the means of loss and metrics over its samples."""
    fitted: dict[str, float] = {}
    for step, batch in enumerate(ahead(dataset.epoch(seed, epoch)), start=1):
        fitted = take_step(model, batch, first=step == 1)
        if not math.isfinite(fitted["loss"]):
            raise DivergedError(f"the loss became {fitted['loss']} in epoch {epoch}, step {step}")
        listener.step(fitted["loss"])
        check()
    return [fitted[name] for name in ("loss", *dataset.spec.metrics)]


def take_step(model: keras.Model, batch: Batch, *, first: bool) -> dict[str, float]:
    """Take one step and return, by name, the means of loss and metrics over the samples since the first step.

    The first step uses Keras's `train_on_batch`, which builds the train function and resets the means. The others call
    that function directly, which saves half a millisecond each.
    """
    if first:
        return {name: float(mean) for name, mean in model.train_on_batch(*batch, return_dict=True).items()}
    means = model.train_function(iter([(*batch, None)]))
    return {name: float(mean) for name, mean in means.items()}


def ahead(batches: Iterator[T]) -> Iterator[T]:
    """Yield the batches; a thread cuts the next one while the current one is in use."""
    with ThreadPoolExecutor(1, "batches") as cutter:
        coming = cutter.submit(next, batches, None)
        while (batch := coming.result()) is not None:
            coming = cutter.submit(next, batches, None)
            yield batch


def predict(
    model: keras.Model, dataset: Learnable, split: str, batch_size: int, check: Callable[[], None] = lambda: None
) -> Floats:
    """Return the model's outputs for a split, `(samples,)` float64; the model stays unchanged, seeds included.

    Every batch is padded to one size and cut again, so that one compiled shape serves all, and a split's outputs have
    the same bits whatever was predicted before.
    """
    batch_size = min(batch_size, max(dataset.counts.values()))
    parts: list[NDArray[np.floating]] = []
    with seeds_kept(model):
        for inputs in ahead(dataset.inputs(split, batch_size)):
            check()
            missing = batch_size - len(inputs)
            filled = np.concatenate([inputs, np.repeat(inputs[-1:], missing, axis=0)]) if missing else inputs
            parts.append(np.asarray(model.predict_on_batch(filled))[: len(inputs), 0])
    return np.concatenate(parts).astype(np.float64)

"""The expected time of an epoch, before training: multiply-adds over the speed of this machine.

about(model, dataset, training)         # 'fast layers, about 12 s an epoch'
"""

import time
from typing import Any

import numpy as np

from jena_rnn.config.experiment import Training
from jena_rnn.layers.backend import keras
from jena_rnn.training.dataset import Learnable
from jena_rnn.training.epochs import way

SHARE = {"fast layers": 0.8, "compiled with XLA": 0.22, "not compiled": 0.16}
"""Share of one core's peak speed that recurrent layers reach; measured, see docs/performance.md."""
OTHERS = 1.2
"""The same for convolutions and dense layers, which use all cores."""
RECURRENT = keras.layers.RNN, keras.layers.Bidirectional
STEP = 2e-3
"""Overhead of a step, in seconds."""
LEFT, RIGHT = (96, 64), (64, 40)
"""Shapes of two matrices that NumPy multiplies on one core."""
REPEATS, TRIES = 20, 10
LONG = 120
"""Seconds; longer times are given in minutes."""


def about(model: keras.Model, dataset: Learnable, training: Training) -> str:
    """Return how `model` is computed and the time of an epoch on this machine, right within a factor of two or so."""
    chosen = way(training)
    trained, validated = dataset.steps * dataset.batch_size, dataset.counts["val"]
    samples = 3 * trained + validated  # the backward pass is twice the work of the forward pass
    all_layers, recurrent = multiply_adds(model), multiply_adds(model, only=RECURRENT)
    shared = recurrent / SHARE[chosen] + (all_layers - recurrent) / OTHERS
    seconds = samples * shared / _speed() + dataset.steps * STEP
    return f"{chosen}, about {_told(seconds)} an epoch"


def _told(seconds: float) -> str:
    if seconds < 1:
        return "a second"
    return f"{seconds:.0f} s" if seconds < LONG else f"{seconds / 60:.0f} minutes"


def multiply_adds(model: keras.Model, only: Any = keras.layers.Layer) -> int:
    """Return the multiply-adds of one sample: each weight times the timesteps that use it.

    Only layers of the classes `only` are counted.
    """
    working = [layer for layer in model.layers if not isinstance(layer, keras.layers.Embedding)]  # a lookup, no product
    return sum(layer.count_params() * _timesteps(layer) for layer in working if isinstance(layer, only))


def _timesteps(layer: keras.Layer) -> int:
    shape = layer.output.shape if isinstance(layer, keras.layers.Conv1D) else layer.input.shape
    return int(shape[1]) if len(shape) == 3 else 1  # noqa: PLR2004 (batch, timesteps, columns)


def _speed() -> float:
    """Return the multiply-adds per second of one core, the best of some tries."""
    left, right = np.ones(LEFT, np.float32), np.ones(RIGHT, np.float32)
    seconds = []
    for _ in range(TRIES):
        began = time.perf_counter()
        for _ in range(REPEATS):
            left @ right
        seconds.append(time.perf_counter() - began)
    return REPEATS * left.size * RIGHT[1] / min(seconds)

"""How long an epoch will take, before one has been trained: work to do over the speed of this machine.

about(model, dataset, training)            # 'fast layers, about 12 s an epoch'
"""

import time
from typing import Any

import numpy as np

from jena_rnn.config.experiment import Training
from jena_rnn.training.backend import keras
from jena_rnn.training.dataset import Learnable
from jena_rnn.training.epochs import way

SHARE = {"fast layers": 0.8, "compiled with XLA": 0.22, "not compiled": 0.16}
"""What part of one core's speed at products recurrent layers reached, by way; measured, see performance.md."""
OTHERS = 1.2
"""Likewise convolutions and dense layers: TensorFlow's, on all cores."""
RECURRENT = keras.layers.RNN, keras.layers.Bidirectional
STEP = 2e-3
"""Seconds that a step takes besides."""
LEFT, RIGHT = (96, 64), (64, 40)
"""Matrices too small for NumPy's library to call in other threads."""
REPEATS, TRIES = 20, 10
LONG = 120
"""Seconds from which minutes are told."""


def about(model: keras.Model, dataset: Learnable, training: Training) -> str:
    """Return in plain words how `model` is computed and what an epoch takes here, to a factor of two or so."""
    chosen = way(training)
    trained, validated = dataset.steps * dataset.batch_size, dataset.counts["val"]
    samples = 3 * trained + validated  # back is twice the work of forwards
    all_layers, recurrent = multiply_adds(model), multiply_adds(model, only=RECURRENT)
    shared = recurrent / SHARE[chosen] + (all_layers - recurrent) / OTHERS
    seconds = samples * shared / _speed() + dataset.steps * STEP
    return f"{chosen}, about {_told(seconds)} an epoch"


def _told(seconds: float) -> str:
    if seconds < 1:
        return "a second"
    return f"{seconds:.0f} s" if seconds < LONG else f"{seconds / 60:.0f} minutes"


def multiply_adds(model: keras.Model, only: Any = keras.layers.Layer) -> int:
    """Return the multiplications with weights for one sample: each weight at each timestep that it works on.

    `only` are the kinds of layers that count.
    """
    working = [layer for layer in model.layers if not isinstance(layer, keras.layers.Embedding)]  # it looks up
    return sum(layer.count_params() * _timesteps(layer) for layer in working if isinstance(layer, only))


def _timesteps(layer: keras.Layer) -> int:
    shape = layer.output.shape if isinstance(layer, keras.layers.Conv1D) else layer.input.shape
    return int(shape[1]) if len(shape) == 3 else 1  # noqa: PLR2004 (batch, timesteps, columns)


def _speed() -> float:
    """Return multiply-adds a second of one core in small products, the best of some tries."""
    left, right = np.ones(LEFT, np.float32), np.ones(RIGHT, np.float32)
    seconds = []
    for _ in range(TRIES):
        began = time.perf_counter()
        for _ in range(REPEATS):
            left @ right
        seconds.append(time.perf_counter() - began)
    return REPEATS * left.size * RIGHT[1] / min(seconds)

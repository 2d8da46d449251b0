"""The book's way, restated: its generator (listing 6.33), its models, its training calls (6.37 to 6.49).

What it does is kept: samples are float64 arrays filled window by window in Python, training rows are drawn with
replacement, validation runs in order at the same batch size through the same generator.

    gen = generator(values, first=0, end=200_000, shuffle=True)
    inputs, targets = next(gen)             # (128, 240, 14), (128,)
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from jena_rnn.layers.backend import keras

LOOKBACK, STEP, DELAY, BATCH = 1440, 6, 144, 128
TIMESTEPS = LOOKBACK // STEP
"""Of every listing's windows: that of 6.48 halves the reach and doubles the rate."""
TRAIN, VAL = (0, 200_000), (200_001, 300_000)
STEPS = 500
VAL_STEPS = (VAL[1] - VAL[0] - LOOKBACK) // BATCH
"""769 batches."""
layers = keras.layers
Batch = tuple[NDArray[np.float64], NDArray[np.float64]]


def generator(values: NDArray[np.float64], *, first: int, end: int, shuffle: bool) -> Iterator[Batch]:
    """Yield batches for ever from the rows `[first, end)` of normalised `values`; column 1 is the target."""
    row = first + LOOKBACK
    while True:
        if shuffle:
            rows = np.random.randint(first + LOOKBACK, end, size=BATCH)
        else:
            if row + BATCH >= end:
                row = first + LOOKBACK
            rows = np.arange(row, min(row + BATCH, end))
            row += len(rows)
        samples = np.zeros((len(rows), TIMESTEPS, values.shape[-1]))
        targets = np.zeros((len(rows),))
        for place, chosen in enumerate(rows):
            indices = range(chosen - LOOKBACK, chosen, STEP)
            samples[place] = values[indices]
            targets[place] = values[chosen + DELAY][1]
        yield samples, targets


def shapes(name: str, timesteps: int, columns: int) -> list[tuple[str, int, int, int]]:
    """Return (kind, timesteps, inputs of a timestep, units) of each layer of a listing that multiplies much."""
    left = (timesteps - 4) // 3 - 4
    return {
        "gru": [("gru", timesteps, columns, 32)],
        "gru_dropout": [("gru", timesteps, columns, 32)],
        "gru_keras_2": [("gru", timesteps, columns, 32)],
        "lstm": [("lstm", timesteps, columns, 32)],
        "simple_rnn": [("simple", timesteps, columns, 32)],
        "stacked": [("gru", timesteps, columns, 32), ("gru", timesteps, 32, 64)],
        "bidirectional": 2 * [("gru", timesteps, columns, 32)],
        "conv_gru": [("conv", timesteps - 4, 5 * columns, 32), ("conv", left, 5 * 32, 32), ("gru", left, 32, 32)],
    }[name]


def body(name: str) -> list[keras.layers.Layer]:
    """Return the layers of a listing but for the last, which is one unit of `Dense`."""
    bodies = {
        "dense": lambda: [layers.Flatten(), layers.Dense(32, activation="relu")],
        "gru": lambda: [layers.GRU(32)],
        "gru_dropout": lambda: [layers.GRU(32, dropout=0.2, recurrent_dropout=0.2)],
        "gru_keras_2": lambda: [layers.GRU(32, reset_after=False)],
        "stacked": lambda: [
            layers.GRU(32, dropout=0.1, recurrent_dropout=0.5, return_sequences=True),
            layers.GRU(64, activation="relu", dropout=0.1, recurrent_dropout=0.5),
        ],
        "bidirectional": lambda: [layers.Bidirectional(layers.GRU(32))],
        "lstm": lambda: [layers.LSTM(32)],
        "simple_rnn": lambda: [layers.SimpleRNN(32)],
        "conv": lambda: [
            layers.Conv1D(32, 5, activation="relu"),
            layers.MaxPooling1D(3),
            layers.Conv1D(32, 5, activation="relu"),
            layers.MaxPooling1D(3),
            layers.Conv1D(32, 5, activation="relu"),
            layers.GlobalMaxPooling1D(),
        ],
        "conv_gru": lambda: [
            layers.Conv1D(32, 5, activation="relu"),
            layers.MaxPooling1D(3),
            layers.Conv1D(32, 5, activation="relu"),
            layers.GRU(32, dropout=0.1, recurrent_dropout=0.5),
        ],
    }
    return bodies[name]()


def model(name: str, *, columns: int = 14, jit: bool | str = "auto") -> keras.Model:
    """Return the compiled model of a listing, by default as Keras compiles it unasked."""
    made = keras.Sequential([keras.Input((TIMESTEPS, columns)), *body(name), layers.Dense(1)])
    made.compile(optimizer="rmsprop", loss="mae", jit_compile=jit)
    return made


def train(made: keras.Model, values: NDArray[np.float64], *, epochs: int = 1, share: float = 1.0) -> None:
    """Train as the listing does, or a share of each epoch's training and validation batches."""
    made.fit(
        generator(values, first=TRAIN[0], end=TRAIN[1], shuffle=True),
        steps_per_epoch=round(STEPS * share),
        epochs=epochs,
        validation_data=generator(values, first=VAL[0], end=VAL[1], shuffle=False),
        validation_steps=round(VAL_STEPS * share),
        shuffle=False,  # the generator has drawn already; Keras would only warn
        verbose=0,
    )

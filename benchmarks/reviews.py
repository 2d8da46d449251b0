"""Whole epochs of the text models, 20,000 reviews and 5,000 to validate: ours against the listing as written.

found = measure("imdb/lstm", rounds=3)
found["ours"].median, found["listing"].median           # seconds an epoch
"""

import numpy as np

from benchmarks.epochs import Silent
from benchmarks.timing import Timed, alternate
from jena_rnn.reviews.config import ReviewConfig
from jena_rnn.reviews.dataset import ReviewDataset as Classify
from jena_rnn.reviews.opening import dataset_of
from jena_rnn.reviews.sample import simulate
from jena_rnn.tasks import load
from jena_rnn.training.backend import keras
from jena_rnn.training.epochs import accelerated, epochs, prepared
from jena_rnn.training.history import Record
from jena_rnn.training.zoo import build

REVIEWS = 25_000
"""As many as IMDB has to train with, made up; padding costs as much as words."""


def measure(name: str, *, rounds: int) -> dict[str, Timed]:
    """Return the seconds of an epoch after the first, by our trainer and by Keras's `fit`, in turn."""
    config = load(name, ["training.epochs=1000"])
    assert isinstance(config, ReviewConfig)
    task = dataset_of(config, simulate(2 * REVIEWS))
    training = accelerated(config.model, config.training, task.steps, embedded=True)
    model, history = prepared(config.model, training, task), list[Record]()
    own = epochs(model, task, training, seed=0, history=history, listener=Silent())
    listing, parts = _listing(config, task), {split: _part(task, split) for split in ("train", "val")}

    def fit() -> None:
        listing.fit(*parts["train"], batch_size=task.batch_size, validation_data=parts["val"], verbose=0)

    return alternate({"ours": lambda: next(own), "listing": fit}, rounds=rounds)


def _listing(config: ReviewConfig, task: Classify) -> keras.Model:
    """Return the model of Keras's own layers, compiled as listings 6.27 and 6.46 do."""
    model = build(config.model, task.input_shape, task.head, embedding=task.embedding)
    optimizer = keras.optimizers.RMSprop(learning_rate=config.training.learning_rate)
    model.compile(optimizer=optimizer, loss="binary_crossentropy", metrics=["acc"])
    return model


def _part(task: Classify, split: str) -> tuple[np.ndarray, np.ndarray]:
    """Return all of a split, padded, as the listing holds it."""
    part = task.parts[split]
    return part.inputs(np.arange(len(part)), task.encoding), part.labels.astype(np.float32)

"""Whole epochs of the text models, 20,000 reviews and 5,000 to validate: ours against the listing as written.

found = measure("imdb/lstm", rounds=3)
found["ours"].median, found["listing"].median           # seconds an epoch
"""

import numpy as np

from benchmarks.epochs import Silent
from benchmarks.timing import Timed, alternate
from jena_rnn.layers.backend import keras
from jena_rnn.reviews.config import ReviewConfig
from jena_rnn.reviews.dataset import ReviewDataset
from jena_rnn.reviews.opening import dataset_of
from jena_rnn.reviews.sample import simulate
from jena_rnn.tasks import load
from jena_rnn.training.epochs import accelerated, compiled_model, epochs
from jena_rnn.training.history import Record
from jena_rnn.training.zoo import build

REVIEWS = 25_000
"""As many as IMDB has to train with, made up; padding costs as much as words."""


def measure(name: str, *, rounds: int) -> dict[str, Timed]:
    """Return the seconds of an epoch after the first, by our trainer and by Keras's `fit`, in turn."""
    config = load(name, ["training.epochs=1000"])
    assert isinstance(config, ReviewConfig)
    dataset = dataset_of(config, simulate(2 * REVIEWS))
    training = accelerated(config.model, config.training, dataset.steps, embedded=True)
    model, history = compiled_model(config.model, training, dataset.spec), list[Record]()
    own = epochs(model, dataset, training, seed=0, history=history, listener=Silent())
    listing, parts = _listing(config, dataset), {split: _part(dataset, split) for split in ("train", "val")}

    def fit() -> None:
        listing.fit(*parts["train"], batch_size=dataset.batch_size, validation_data=parts["val"], verbose=0)

    return alternate({"ours": lambda: next(own), "listing": fit}, rounds=rounds)


def _listing(config: ReviewConfig, dataset: ReviewDataset) -> keras.Model:
    """Return the model of Keras's own layers, compiled as listings 6.27 and 6.46 do."""
    spec = dataset.spec
    model = build(config.model, spec.input_shape, spec.head, embedding=spec.embedding)
    optimizer = keras.optimizers.RMSprop(learning_rate=config.training.learning_rate)
    model.compile(optimizer=optimizer, loss="binary_crossentropy", metrics=["acc"])
    return model


def _part(dataset: ReviewDataset, split: str) -> tuple[np.ndarray, np.ndarray]:
    """Return all of a split, padded, as the listing holds it."""
    part = dataset.parts[split]
    return part.inputs(np.arange(len(part)), dataset.encoding), part.labels.astype(np.float32)

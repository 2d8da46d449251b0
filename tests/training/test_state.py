"""A model's state as arrays: all of it, back to the same bits, and never into another model."""

import numpy as np
import pytest
from helpers import config_of

from jena_rnn.base.errors import RunError
from jena_rnn.layers.backend import keras
from jena_rnn.training.dataset import Head, Spec
from jena_rnn.training.epochs import compiled_model
from jena_rnn.training.state import KINDS, capture, restore

SHAPE = (6, 2)


GRU = "{name: gru, units: 3}"
DROPOUT = "{name: gru, units: 3, dropout: 0.1, recurrent_dropout: 0.1}"
STACKED = "{name: stacked}"
CONV = "{name: conv, filters: 2, kernel_size: 2, pool_size: 1}"


def _model(options: str, optimizer: str = "rmsprop") -> keras.Model:
    config = config_of(f"model: {options}\ntraining: {{optimizer: {optimizer}, fast_layers: false}}")
    return compiled_model(config.model, config.training, Spec(SHAPE, Head(), "mae"))


def _step(model: keras.Model) -> float:
    rng = np.random.default_rng(0)
    inputs, targets = rng.normal(size=(4, *SHAPE)).astype("f4"), rng.normal(size=(4, 1)).astype("f4")
    return float(model.train_on_batch(inputs, targets))


def test_the_state_is_weights_seeds_and_optimizer() -> None:
    model = _model(DROPOUT)
    shapes = {name: array.shape for name, array in capture(model).items()}
    assert shapes == {
        **{"weights/000": (2, 9), "weights/001": (3, 9), "weights/002": (2, 9), "weights/003": (3, 1)},
        **{"weights/004": (1,), "seeds/000": (2,)},
        **{"optimizer/000": (), "optimizer/001": ()},  # steps taken, learning rate; then a velocity for each weight
        **{"optimizer/002": (2, 9), "optimizer/003": (3, 9), "optimizer/004": (2, 9), "optimizer/005": (3, 1)},
        "optimizer/006": (1,),
    }


@pytest.mark.parametrize(
    ("options", "optimizer"), [(DROPOUT, "rmsprop"), (DROPOUT, "adam"), (STACKED, "sgd"), (CONV, "rmsprop")]
)
def test_from_a_restored_state_training_goes_on_to_the_same_bits(options: str, optimizer: str) -> None:
    model, other = _model(options, optimizer), _model(options, optimizer)
    _step(model)
    kept = capture(model)
    _step(model)
    _step(other)
    restore(other, kept)
    assert {name: array.tobytes() for name, array in capture(other).items()} == {
        name: array.tobytes() for name, array in kept.items()
    }
    _step(other)
    for name, array in capture(model).items():
        assert np.array_equal(array, capture(other)[name]), name


def test_what_was_captured_does_not_change_with_the_model() -> None:
    model = _model(GRU)
    kept = capture(model)
    before = {name: array.copy() for name, array in kept.items()}
    _step(model)
    assert all(np.array_equal(before[name], array) for name, array in kept.items())


@pytest.mark.parametrize("kind", KINDS)
def test_one_kind_alone_can_be_restored(kind: str) -> None:
    model = _model(DROPOUT)
    first = capture(model)
    _step(model)
    later = capture(model)
    restore(model, first, (kind,))
    for name, array in capture(model).items():
        assert np.array_equal(array, (first if name.startswith(kind) else later)[name]), name


def test_another_models_state_is_refused() -> None:
    model = _model(GRU)
    before = capture(model)
    with pytest.raises(RunError, match="belongs to another model: it has 1 arrays, this one 13"):
        restore(model, {"weights/000": before["weights/000"]})
    with pytest.raises(RunError, match=r"weights/000 is float32 \(2, 12\), here float32 \(2, 9\)"):
        restore(model, capture(_model("{name: gru, units: 4}")))
    wide = {name: array.astype("f8") if name == "weights/004" else array for name, array in before.items()}
    with pytest.raises(RunError, match=r"weights/004 is float64 \(1,\), here float32 \(1,\)"):
        restore(model, wide)

"""Our recurrent layers against Keras's: same weights, same states, same gradients, same masks."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made import LONG

from jena_rnn.config.models import Bidirectional, Conv, ConvGru, Dense, Gru, Lstm, Model, SimpleRnn, Stacked
from jena_rnn.layers import keras_layers as layers
from jena_rnn.layers import sweep
from jena_rnn.layers.backend import keras, tf
from jena_rnn.layers.lanes import LANES
from jena_rnn.training.dataset import Embedding, Head
from jena_rnn.training.zoo import build, worth_sweeping

KINDS = ["GRU", "GRU of Keras 2.0", "LSTM", "SimpleRNN"]
CLOSE = 1e-5


def _pair(kind: str, columns: int, rng: np.random.Generator, **options: Any) -> tuple[Any, Any]:
    """Return our layer and Keras's with the same random weights."""
    kind, _, old = kind.partition(" of ")
    options |= {"reset_after": False} if old else {}
    ours, theirs = getattr(layers, kind)(**options), getattr(keras.layers, kind)(**options)
    for layer in (ours, theirs):
        layer.build((None, 1, columns))
    assert [(w.name, w.shape) for w in ours.weights] == [(w.name, w.shape) for w in theirs.weights]
    scale = 0.5 / np.sqrt(options["units"])  # states that neither die nor explode
    ours.set_weights([(scale * rng.standard_normal(w.shape)).astype(np.float32) for w in ours.weights])
    theirs.set_weights(ours.get_weights())
    return ours, theirs


def _states_and_slopes(layer: Any, batch: np.ndarray, before: Callable[[], None]) -> list[np.ndarray]:
    """Return what a layer gives in training, and the gradients of a loss in its inputs and weights."""
    inputs = tf.constant(batch)
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        before()
        states = layer(inputs, training=True)
        loss = tf.reduce_sum(tf.sin(states))
    weights = [weight.value for weight in layer.trainable_weights]
    return [states.numpy(), *(slope.numpy() for slope in tape.gradient(loss, [inputs, *weights]))]


def _assert_close(ours: list[np.ndarray], theirs: list[np.ndarray]) -> None:
    for found, expected in zip(ours, theirs, strict=True):
        assert found.shape == expected.shape
        assert np.abs(found - expected).max() <= CLOSE * max(np.abs(expected).max(), 1)


def _apart(found: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """Return for each window whether the gradients in its inputs differ."""
    return np.abs(found - expected).max(axis=(1, 2)) > CLOSE * max(np.abs(expected).max(), 1)


sizes = st.tuples(st.integers(1, 2 * LANES + 3), st.integers(1, 12), st.integers(1, 9), st.integers(1, 37))


@pytest.mark.parametrize("kind", KINDS)
@given(sizes=sizes, sequences=st.booleans(), backwards=st.booleans(), relu=st.booleans(), seed=st.integers(0, 999))
@settings(max_examples=25, deadline=None)
def test_states_and_gradients_are_those_of_keras(
    kind: str, sizes: tuple[int, int, int, int], sequences: bool, backwards: bool, relu: bool, seed: int
) -> None:
    batch, timesteps, columns, units = sizes
    rng = np.random.default_rng(seed)
    options = {"activation": "relu" if relu else "tanh", "return_sequences": sequences, "go_backwards": backwards}
    ours, theirs = _pair(kind, columns, rng, units=units, **options)
    inputs = rng.standard_normal((batch, timesteps, columns)).astype(np.float32)
    found, expected = (_states_and_slopes(layer, inputs, lambda: None) for layer in (ours, theirs))
    _assert_close([ours(inputs).numpy()], [theirs(inputs).numpy()])
    if relu and _apart(found[1], expected[1]).any():  # a sum so near 0 that rounding decides on relu's slope
        assert _apart(found[1], expected[1]).sum() <= 1 + batch // 20
        _assert_close(found[:1], expected[:1])
    else:
        _assert_close(found, expected)


@pytest.mark.parametrize("kind", KINDS)
def test_with_dropout_they_are_those_of_keras_under_the_same_masks(kind: str) -> None:
    rng = np.random.default_rng(1)
    ours, theirs = _pair(kind, 5, rng, units=12, dropout=0.3, recurrent_dropout=0.4)
    inputs = rng.standard_normal((70, 9, 5)).astype(np.float32)
    masks = {5: (rng.random((70, 5)) > 0.3) / np.float32(0.7), 12: (rng.random((70, 12)) > 0.4) / np.float32(0.6)}
    masks = {width: mask.astype(np.float32) for width, mask in masks.items()}
    gates = getattr(theirs.cell, "dropout_mask_count", None)

    def hand_over() -> None:
        given = [tf.constant(masks[width]) for width in (5, 12)]
        theirs.cell._dropout_mask, theirs.cell._recurrent_dropout_mask = (
            [mask] * gates if gates else mask for mask in given
        )

    ours._mask = lambda sequences, width, rate: tf.constant(masks[width])
    _assert_close(_states_and_slopes(ours, inputs, lambda: None), _states_and_slopes(theirs, inputs, hand_over))


def test_masks_are_drawn_once_a_window_and_keep_the_mean() -> None:
    layer = layers.GRU(64, dropout=0.25, recurrent_dropout=0.5, seed=3)
    batch = tf.zeros((256, 2, 8))
    layer(batch)
    for rate, width in ((0.25, 8), (0.5, 64)):
        first, second = (layer._mask(batch, width, rate).numpy() for _ in range(2))
        assert first.shape == (256, width)
        assert set(np.unique(first)) == {0, np.float32(1 / (1 - rate))}
        assert first.mean() == pytest.approx(1, abs=0.05)
        assert (first != second).any()
    assert layer._mask(batch, 8, 0.0).shape == (0, 0)


def test_dropout_is_for_training_only() -> None:
    layer = layers.LSTM(8, dropout=0.5, recurrent_dropout=0.5)
    inputs = np.ones((3, 4, 5), np.float32)
    np.testing.assert_array_equal(layer(inputs), layer(inputs))
    assert (layer(inputs, training=True).numpy() != layer(inputs).numpy()).any()


@pytest.mark.parametrize("kind", KINDS)
def test_the_number_of_cores_changes_no_bit(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(2)
    ours, _ = _pair(kind, 6, rng, units=16)
    inputs = rng.standard_normal((5 * LANES, 7, 6)).astype(np.float32)
    many = _states_and_slopes(ours, inputs, lambda: None)
    monkeypatch.setattr(sweep, "_all", lambda work, count: [work(number) for number in range(count)])
    for found, expected in zip(_states_and_slopes(ours, inputs, lambda: None), many, strict=True):
        np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("options", [{"recurrent_activation": "tanh"}, {"use_bias": False}, {"activation": "elu"}])
def test_what_the_sweep_does_not_do_is_left_to_keras(options: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(3)
    ours, theirs = _pair("GRU", 4, rng, units=8, **options)
    monkeypatch.setattr(ours, "_sweep", None)
    inputs = rng.standard_normal((3, 5, 4)).astype(np.float32)
    np.testing.assert_array_equal(ours(inputs), theirs(inputs))


@pytest.mark.parametrize("steady", [True, False] if LONG else [True])
def test_a_model_of_words_ends_on_the_same_bits_each_time(steady: bool) -> None:
    rng = np.random.default_rng(5)
    words, labels = rng.integers(0, 50, (128, 300), dtype=np.int32), rng.integers(0, 2, (128, 1)).astype(np.float32)
    ends = []
    for _ in range(3):
        keras.utils.set_random_seed(0)
        model = build(SimpleRnn(), (300,), Head(1, "sigmoid"), embedding=Embedding(2000, 32), steady=steady)
        model.compile("rmsprop", "binary_crossentropy", jit_compile=not steady)
        for _ in range(5):
            model.train_on_batch(words, labels)
        ends.append(model.get_weights())
    for end in ends[1:]:
        for found, expected in zip(end, ends[0], strict=True):
            np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("given", ["mask", "initial_state"])
def test_padding_masks_and_initial_states_are_left_to_keras(given: str) -> None:
    rng = np.random.default_rng(4)
    ours, theirs = _pair("GRU", 4, rng, units=8)
    inputs = rng.standard_normal((3, 5, 4)).astype(np.float32)
    value = {"mask": np.arange(5) < np.array([[5], [2], [3]]), "initial_state": np.ones((3, 8), np.float32)}[given]
    arguments = {given: tf.constant(value)}
    np.testing.assert_array_equal(ours(inputs, **arguments), theirs(inputs, **arguments))


@pytest.mark.parametrize(
    "options",
    [
        Gru(units=8, dropout=0.2, recurrent_dropout=0.2),
        Lstm(units=8),
        SimpleRnn(units=8),
        Stacked(),
        Bidirectional(units=8),
        Bidirectional(units=8, cell="lstm"),
        ConvGru(filters=4, kernel_size=2, units=8),
    ],
    ids=lambda options: options.name,
)
def test_a_model_of_ours_is_keras_s_in_weights_and_forecasts(options: Model) -> None:
    keras.utils.set_random_seed(0)
    ours, theirs = (build(options, (24, 3), Head(), fast=fast) for fast in (True, False))
    assert [weight.shape for weight in ours.weights] == [weight.shape for weight in theirs.weights]
    assert len(ours.variables) == len(theirs.variables)
    theirs.set_weights(ours.get_weights())
    windows = np.random.default_rng(5).standard_normal((70, 24, 3)).astype(np.float32)
    _assert_close([ours.predict_on_batch(windows)], [theirs.predict_on_batch(windows)])
    ours.compile(optimizer="rmsprop", loss="mae", jit_compile=False)
    losses = [float(ours.train_on_batch(windows, windows[:, 0, :1])) for _ in range(60)]
    assert np.mean(losses[-10:]) < np.mean(losses[:10])


def test_an_embedding_of_ours_is_keras_s_in_vectors_and_gradient() -> None:
    rng = np.random.default_rng(7)
    words = rng.integers(0, 50, (9, 30)).astype(np.int32) ** 2 // 50  # some often, some never
    found = []
    for kind in (layers.Embedding, keras.layers.Embedding):
        layer = kind(60, 5)
        layer.build((None, 30))
        layer.set_weights([rng.standard_normal((60, 5)).astype(np.float32) if not found else found[0][0]])
        with tf.GradientTape() as tape:
            vectors = layer(words)
            loss = tf.reduce_sum(tf.sin(vectors))
        slope = tf.convert_to_tensor(tape.gradient(loss, layer.trainable_weights)[0])
        found.append((layer.get_weights()[0], vectors.numpy(), slope.numpy()))
    _assert_close(list(found[0]), list(found[1]))
    assert (found[0][2] == 0).all(axis=1).sum() > 0


@pytest.mark.parametrize(
    "options", [Lstm(units=8), Conv(filters=4, kernel_size=3, convolutions=2)], ids=["lstm", "conv"]
)
def test_a_model_of_words_learns_the_same_with_layers_of_ours(options: Model) -> None:
    rng = np.random.default_rng(8)
    words, labels = rng.integers(0, 40, (32, 20)).astype(np.int32), rng.integers(0, 2, (32, 1)).astype(np.float32)
    after = []
    for fast in (True, False):
        keras.utils.set_random_seed(1)
        model = build(options, (20,), Head(1, "sigmoid"), embedding=Embedding(40, 6), fast=fast)
        model.compile(optimizer="sgd", loss="binary_crossentropy", jit_compile=False)
        for _ in range(5):
            model.train_on_batch(words, labels)
        after.append(model.predict_on_batch(words))
    np.testing.assert_allclose(after[0], after[1], atol=1e-6)


def test_an_optimizer_sees_a_word_that_comes_twice_as_one() -> None:
    # RMSprop's first step, v = 0.1 g² and w -= 0.001 g / √v, is the same whatever g is. Keras adds up squares for v.
    moved = {}
    for kind in (layers.Embedding, keras.layers.Embedding):
        model = keras.Sequential([keras.Input((4,), dtype="int32"), kind(3, 1), keras.layers.Flatten()])
        model.set_weights([np.ones((3, 1), np.float32)])
        model.compile(optimizer="rmsprop", loss=lambda truth, found: tf.reduce_sum(found), jit_compile=False)
        model.train_on_batch(np.array([[0, 0, 0, 1]], np.int32), np.zeros((1, 1), np.float32))
        moved[kind.__module__.partition(".")[0]] = 1 - model.get_weights()[0][:, 0]
    np.testing.assert_allclose(moved["jena_rnn"], [1e-3 / np.sqrt(0.1), 1e-3 / np.sqrt(0.1), 0], rtol=1e-3)
    np.testing.assert_allclose(moved["keras"], [1e-3 * np.sqrt(3 / 0.1), 1e-3 / np.sqrt(0.1), 0], rtol=1e-3)


def test_batches_that_never_come_back_do_not_pile_up() -> None:
    layer = layers.GRU(4)
    for _ in range(10):
        layer(np.ones((2, 3, 4), np.float32), training=True)
    assert len(layer._tapes) <= layers.KEPT


def test_what_an_earlier_batch_left_in_memory_changes_nothing() -> None:
    rng = np.random.default_rng(6)
    ours, _ = _pair("GRU", 3, rng, units=8)
    whole, part = (rng.standard_normal((size, 1, 3)).astype(np.float32) for size in (2 * LANES, LANES + 1))
    first = _states_and_slopes(ours, part, lambda: None)
    for poison in (np.full_like(whole, np.nan), whole):
        ours(poison)
        _states_and_slopes(ours, poison, lambda: None)
        for found, expected in zip(_states_and_slopes(ours, part, lambda: None), first, strict=True):
            np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize(
    ("options", "worth"),
    [
        (Gru(), True),
        (Gru(reset_after=False), True),
        (Lstm(), True),
        (Stacked(reset_after=False), True),
        (Bidirectional(cell="lstm"), True),
        (ConvGru(), True),
        (Dense(), False),
        (Conv(), False),
    ],
)
def test_models_with_recurrent_layers_are_worth_it(options: Model, worth: bool) -> None:
    assert worth_sweeping(options) is worth


def test_a_model_of_words_is_worth_it_for_its_embedding() -> None:
    assert worth_sweeping(Conv(), embedded=True)


def test_on_a_gpu_keras_s_own_are_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: [kind])
    assert not worth_sweeping(Gru())

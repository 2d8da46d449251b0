"""The recurrences as the literature has them, and Keras's layers and ours against them."""

import doctest
from math import log
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jena_rnn.layers import keras_layers as layers
from jena_rnn.layers import recurrences
from jena_rnn.layers.backend import keras

CLOSE = 1e-5
RUNS = {"GRU": recurrences.gru, "LSTM": recurrences.lstm, "SimpleRNN": recurrences.simple_rnn}
KINDS = [("GRU", {}), ("GRU", {"reset_after": False}), ("LSTM", {}), ("SimpleRNN", {})]
OPEN, HALF, SHUT = log(3), 0.0, -log(3)  # what σ makes 3/4, 1/2 and 1/4


def _layer(source: Any, kind: str, columns: int, rng: np.random.Generator, **options: Any) -> Any:
    layer = getattr(source, kind)(**options)
    layer.build((None, 1, columns))
    scale = 0.5 / np.sqrt(options["units"])  # states that neither die nor explode
    layer.set_weights([(scale * rng.standard_normal(w.shape)).astype(np.float32) for w in layer.weights])
    return layer


@pytest.mark.parametrize("source", [keras.layers, layers], ids=["keras", "ours"])
@pytest.mark.parametrize(("kind", "variant"), KINDS, ids=str)
@given(
    sizes=st.tuples(st.integers(1, 3), st.integers(1, 9), st.integers(1, 6), st.integers(1, 19)),
    sequences=st.booleans(),
    backwards=st.booleans(),
    relu=st.booleans(),
    seed=st.integers(0, 999),
)
@settings(max_examples=6, deadline=None)
def test_layers_do_what_the_equations_say(
    source: Any,
    kind: str,
    variant: dict[str, Any],
    sizes: tuple[int, int, int, int],
    sequences: bool,
    backwards: bool,
    relu: bool,
    seed: int,
) -> None:
    batch, timesteps, columns, units = sizes
    activation = "relu" if relu else "tanh"
    rng = np.random.default_rng(seed)
    options = {"units": units, "activation": activation, "return_sequences": sequences, "go_backwards": backwards}
    layer = _layer(source, kind, columns, rng, **options, **variant)
    windows = rng.standard_normal((batch, timesteps, columns)).astype(np.float32)
    for window, found in zip(windows, layer(windows).numpy(), strict=True):
        read = window[::-1] if backwards else window
        states = RUNS[kind](read.astype(float), *layer.get_weights(), activation=activation, **variant).states
        assert states.shape == (timesteps, units)
        expected = states if sequences else states[-1]
        assert np.abs(found - expected).max() <= CLOSE * max(np.abs(expected).max(), 1)


@pytest.mark.parametrize(("kind", "variant"), KINDS, ids=str)
def test_a_window_may_be_read_in_two_parts(kind: str, variant: dict[str, Any]) -> None:
    rng = np.random.default_rng(1)
    layer = _layer(keras.layers, kind, 4, rng, units=6, **variant)
    window = rng.standard_normal((9, 4))
    whole = RUNS[kind](window, *layer.get_weights(), **variant)
    first = RUNS[kind](window[:5], *layer.get_weights(), **variant)
    left = {"initial_state": first.states[-1]}
    if kind == "LSTM":
        left["initial_cell"] = first.gates["cell"][-1]
    rest = RUNS[kind](window[5:], *layer.get_weights(), **left, **variant)
    np.testing.assert_allclose(np.concatenate([first.states, rest.states]), whole.states, rtol=1e-12)


def test_a_simple_rnn_by_hand() -> None:
    # tanh(½ ln 3) = (3 - 1) / (3 + 1), and tanh(½ ln 3 + ½ ln 3) = (9 - 1) / (9 + 1)
    trace = recurrences.simple_rnn([[1], [1]], [[log(3) / 2]], [[log(3)]], [0])
    assert trace.states == pytest.approx(np.array([[0.5], [0.8]]))
    assert trace.gates == {}


def test_a_simple_rnn_as_in_keras_s_own_test() -> None:
    weights = np.full((4, 4), 0.01), np.full((4, 4), 0.02), np.full(4, 0.03)
    for window, expected in zip(np.arange(24).reshape(2, 3, 4), (0.405432, 0.73605347), strict=True):
        assert recurrences.simple_rnn(window, *weights).states[-1] == pytest.approx([expected] * 4, rel=1e-6)


def test_an_lstm_by_hand() -> None:
    # i = 3/4, f = 1/2, o = 1/4; c = x + 2 h'
    # m: 3/4·2 = 1.5, then 1/2·1.5 + 3/4·(4 + 2·0.375); h: a quarter of m
    bias = [OPEN, HALF, 0, SHUT]
    trace = recurrences.lstm([[2], [4]], [[0, 0, 1, 0]], [[0, 0, 2, 0]], bias, activation="relu")
    assert trace.states == pytest.approx(np.array([[0.375], [1.078125]]))
    expected = {"input": 0.75, "forget": 0.5, "output": 0.25, "candidate": [[2], [4.75]], "cell": [[1.5], [4.3125]]}
    assert list(trace.gates) == list(expected)
    for name, values in expected.items():
        np.testing.assert_allclose(trace.gates[name], np.broadcast_to(values, (2, 1)))


def test_a_gru_by_hand_with_its_reset_before_the_product() -> None:
    # z = 3/4, r = 1/4; c: 2, then 4 + 2·(1/4·0.5); h: 1/4·2, then 3/4·0.5 + 1/4·4.25
    trace = recurrences.gru([[2], [4]], [[0, 0, 1]], [[0, 0, 2]], [OPEN, SHUT, 0], reset_after=False, activation="relu")
    assert trace.states == pytest.approx(np.array([[0.5], [1.4375]]))
    expected = {"update": 0.75, "reset": 0.25, "candidate": [[2], [4.25]]}
    assert list(trace.gates) == list(expected)
    for name, values in expected.items():
        np.testing.assert_allclose(trace.gates[name], np.broadcast_to(values, (2, 1)))


def test_a_gru_by_hand_with_its_reset_after_the_product() -> None:
    # the second bias goes through the reset gate: c: 2 + 1/4·4, then 4 + 1/4·(2·0.75 + 4)
    bias = [[OPEN, SHUT, 0], [0, 0, 4]]
    trace = recurrences.gru([[2], [4]], [[0, 0, 1]], [[0, 0, 2]], bias, activation="relu")
    assert trace.gates["candidate"] == pytest.approx(np.array([[3], [5.375]]))
    assert trace.states == pytest.approx(np.array([[0.75], [1.90625]]))


def test_the_two_gru_s_differ_where_units_mix() -> None:
    rng = np.random.default_rng(2)
    window, kernel, recurrent = (rng.standard_normal(shape) for shape in ((5, 2), (2, 9), (3, 9)))
    before = recurrences.gru(window, kernel, recurrent, np.zeros(9), reset_after=False)
    after = recurrences.gru(window, kernel, recurrent, np.zeros((2, 9)))
    np.testing.assert_allclose(before.states[0], after.states[0])  # nothing is recalled yet
    assert np.abs(before.states[1:] - after.states[1:]).max() > 0.01


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_all_is_computed_in_the_window_s_dtype(dtype: type) -> None:
    window, weights = np.ones((2, 3), dtype), (np.ones((3, 8)), np.ones((2, 8)), np.ones(8))
    trace = recurrences.lstm(window, *weights)
    assert {array.dtype for array in (trace.states, *trace.gates.values())} == {np.dtype(dtype)}
    assert recurrences.lstm(window.astype(int), *weights).states.dtype == np.float64


def test_sums_of_any_size_are_taken_without_a_warning() -> None:
    far = recurrences.gru([[1e5], [-1e5]], [[1, 1, 1]], [[1, 1, 1]], np.zeros((2, 3)))
    assert np.isfinite(far.states).all()
    assert far.gates["update"] == pytest.approx(np.array([[1], [0]]))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"inputs": np.zeros(4)}, r"inputs: expected \(timesteps, columns\), one timestep at least, got \(4,\)"),
        ({"inputs": np.zeros((0, 3))}, r"inputs: .* got \(0, 3\)"),
        ({"kernel": np.zeros((4, 6))}, r"^kernel: expected shape \(3, 6\), got \(4, 6\)"),
        ({"recurrent_kernel": np.zeros((2, 8))}, r"recurrent kernel: expected shape \(2, 6\), got \(2, 8\)"),
        ({"recurrent_kernel": np.zeros(())}, r"recurrent kernel: expected shape \(1, 3\), got \(\)"),
        ({"bias": np.zeros(6)}, r"bias: expected shape \(2, 6\), got \(6,\)"),
        ({"reset_after": False}, r"bias: expected shape \(6,\), got \(2, 6\)"),
        ({"initial_state": np.zeros(3)}, r"initial state: expected shape \(2,\), got \(3,\)"),
        ({"activation": "elu"}, "activation: expected tanh or relu, got 'elu'"),
    ],
)
def test_what_does_not_fit_is_named(change: dict[str, Any], message: str) -> None:
    shapes = {"inputs": (5, 3), "kernel": (3, 6), "recurrent_kernel": (2, 6), "bias": (2, 6)}
    with pytest.raises(ValueError, match=message):
        recurrences.gru(**{name: np.zeros(shape) for name, shape in shapes.items()} | change)


@pytest.mark.parametrize(
    ("kind", "variant", "count"),
    [("SimpleRNN", {}, 2_080), ("LSTM", {}, 8_320), ("GRU", {}, 6_336), ("GRU", {"reset_after": False}, 6_240)],
)
def test_layers_have_as_many_weights_as_the_book_and_the_docs_count(
    kind: str, variant: dict[str, Any], count: int
) -> None:
    layer = getattr(keras.layers, kind)(32, **variant)
    layer.build((None, 1, 32))
    assert layer.count_params() == count


def test_the_page_on_recurrences_shows_what_python_prints() -> None:
    page = Path(__file__).parents[2] / "docs" / "recurrences.md"
    with np.printoptions():  # the page sets its own
        found = doctest.testfile(str(page), module_relative=False, encoding="utf-8")
    assert found.attempted > 10
    assert not found.failed

"""Looking into layers: gates are those of the equations, in the window's order, behind whatever stands before."""

from typing import Any

import numpy as np
import pytest

from jena_rnn.base.errors import ConfigError
from jena_rnn.config.models import MODELS, Bidirectional, ConvGru, Gru, Lstm, SimpleRnn
from jena_rnn.layers import keras_layers as own
from jena_rnn.layers import recurrences, traces
from jena_rnn.layers.backend import keras
from jena_rnn.layers.recurrences import Trace
from jena_rnn.layers.traces import LayerTrace, most_open, trace, writing
from jena_rnn.training.dataset import Head
from jena_rnn.training.zoo import ZOO, build

RNG = np.random.default_rng(0)
WINDOW = RNG.standard_normal((24, 3)).astype(np.float32)
WITHOUT = {"dense", "conv"}


def _reviews(*recurrent: Any, mask_zero: bool = False) -> keras.Model:
    embedding = keras.layers.Embedding(50, 4, mask_zero=mask_zero)
    return keras.Sequential([keras.Input((12,), dtype="int32"), embedding, *recurrent, keras.layers.Dense(1)])


@pytest.mark.parametrize("fast", [True, False], ids=["ours", "keras"])
@pytest.mark.parametrize("name", sorted(set(ZOO) - WITHOUT))
def test_every_model_of_the_zoo_with_a_recurrent_layer_is_traced(name: str, fast: bool) -> None:
    model = build(MODELS[name](), (60, 3), Head(), fast=fast)
    found = trace(model, RNG.standard_normal((60, 3)).astype(np.float32))
    assert len(found) == (2 if name == "bidirectional" else 1)
    for layer in found:
        for array in (layer.trace.states, *layer.trace.gates.values()):
            assert array.shape == (len(layer.writing), 32)


@pytest.mark.parametrize("name", sorted(WITHOUT))
def test_a_model_without_one_says_which_have(name: str) -> None:
    having = "gru, lstm, simple_rnn, stacked, bidirectional and conv_gru have one"
    with pytest.raises(ConfigError, match=f"no recurrent layer to trace; {having}"):
        trace(build(MODELS[name](), (240, 3), Head()), np.zeros((240, 3), np.float32))


def test_gates_are_those_of_the_equations() -> None:
    model = build(Lstm(units=5), (24, 3), Head())
    (layer,) = trace(model, WINDOW)
    expected = recurrences.lstm(WINDOW, *model.layers[0].get_weights())
    assert (layer.kind, layer.direction, layer.name) == ("lstm", "forward", model.layers[0].name)
    assert list(layer.trace.gates) == ["input", "forget", "output", "candidate", "cell"]
    for name, values in expected.gates.items():
        np.testing.assert_allclose(layer.trace.gates[name], values, atol=1e-5)


def test_what_was_read_backwards_stands_in_the_window_s_order() -> None:
    model = build(Bidirectional(units=5, cell="gru"), (24, 3), Head())
    forward, backward = trace(model, WINDOW)
    assert (forward.direction, backward.direction) == ("forward", "backward")
    weights = model.layers[0].backward_layer.get_weights()
    read = recurrences.gru(WINDOW[::-1], *weights)
    np.testing.assert_allclose(backward.trace.states[::-1], read.states, atol=1e-5)
    np.testing.assert_allclose(backward.trace.gates["reset"][::-1], read.gates["reset"], atol=1e-5)
    np.testing.assert_allclose(backward.writing[::-1], writing(read), atol=1e-5)
    joined = model.layers[0](WINDOW[None]).numpy()[0]
    np.testing.assert_allclose(joined, [*forward.trace.states[-1], *backward.trace.states[0]], atol=1e-5)


def test_behind_convolutions_a_timestep_knows_its_samples() -> None:
    keras.utils.set_random_seed(0)
    model = build(ConvGru(filters=4, kernel_size=5, pool_size=3, units=2), (60, 3), Head())
    for convolution in (model.layers[0], model.layers[2]):  # lets a large sample through
        convolution.set_weights([np.abs(weight) for weight in convolution.get_weights()])
    window = np.random.default_rng(0).standard_normal((60, 3)).astype(np.float32)
    (layer,) = trace(model, window)
    assert (layer.samples_per_timestep, layer.reach) == (3, 5 + 2 + 3 * 4)
    assert len(layer.writing) == 14
    assert (layer.newest(0), layer.newest(13)) == (18, 57)
    changed = window.copy()
    changed[layer.newest(4) + 1 :] = 0
    (other,) = trace(model, changed)
    np.testing.assert_allclose(layer.trace.states[:5], other.trace.states[:5], atol=1e-6)
    changed[layer.newest(4)] += 100
    (other,) = trace(model, changed)
    assert np.abs(layer.trace.states[4] - other.trace.states[4]).max() > 1e-3


@pytest.mark.parametrize("source", [keras.layers, own], ids=["keras", "ours"])
def test_tokens_go_through_their_embedding(source: Any) -> None:
    model = _reviews(source.LSTM(6, dropout=0.5, recurrent_dropout=0.5))
    tokens = RNG.integers(0, 50, 12)
    (layer,) = trace(model, tokens)
    embedded = model.layers[0].get_weights()[0][tokens]
    expected = recurrences.lstm(embedded, *model.layers[1].get_weights())
    np.testing.assert_allclose(layer.trace.states, expected.states, atol=1e-5)
    assert (layer.samples_per_timestep, layer.reach, layer.newest(3)) == (1, 1, 3)


@pytest.mark.parametrize("sequences", [False, True])
@pytest.mark.parametrize("kind", ["GRU", "LSTM", "SimpleRNN"])
def test_a_hidden_timestep_leaves_the_state_and_writes_nothing(kind: str, sequences: bool) -> None:
    recurrent = keras.layers.Bidirectional(getattr(keras.layers, kind)(3, return_sequences=sequences))
    model = _reviews(recurrent, mask_zero=True)
    tokens = np.array([0, 0, 7, 8, 0, 9, 1, 2, 3, 4, 5, 0])
    for layer in trace(model, tokens):
        assert (layer.writing == 0).tolist() == (tokens == 0).tolist()
        for gate in layer.trace.gates.values():
            assert np.isnan(gate).all(axis=1).tolist() == (tokens == 0).tolist()
        before = layer.trace.states[3 if layer.direction == "forward" else 5]
        np.testing.assert_array_equal(layer.trace.states[4], before)


def test_the_first_of_several_is_traced() -> None:
    model = _reviews(keras.layers.GRU(3, return_sequences=True), keras.layers.LSTM(4))
    assert [layer.kind for layer in trace(model, np.arange(12))] == ["gru"]


def test_states_that_are_not_the_layer_s_are_a_bug(monkeypatch: pytest.MonkeyPatch) -> None:
    keras_layer, run = traces.KINDS["simple_rnn"]
    monkeypatch.setitem(
        traces.KINDS,
        "simple_rnn",
        (keras_layer, lambda *given, **options: run(*given, **options | {"activation": "relu"})),
    )
    with pytest.raises(RuntimeError, match=r"simple_rnn.*: its states are .* away from those of its equations"):
        trace(build(SimpleRnn(), (24, 3), Head()), WINDOW)


@pytest.mark.parametrize(
    "options", [{"activation": "elu"}, {"recurrent_activation": "tanh"}, {"use_bias": False}, {"return_state": True}]
)
def test_what_the_equations_do_not_cover_is_refused(options: dict[str, Any]) -> None:
    model = keras.Sequential([keras.Input((24, 3)), keras.layers.GRU(2, **options)])
    with pytest.raises(ConfigError, match="only tanh or relu with sigmoid gates and biases"):
        trace(model, WINDOW)


def test_an_lstm_writes_what_its_input_gate_lets_through() -> None:
    ones = np.ones((2, 2))
    names = {
        "input": [[0.5, 1], [0, 0]],
        "forget": ones,
        "output": ones,
        "candidate": [[-1, 0.5], [1, 1]],
        "cell": ones,
    }
    trace = Trace(ones, {name: np.array(values) for name, values in names.items()})
    np.testing.assert_array_equal(writing(trace), [0.5, 0.0])


def test_a_gru_writes_what_its_update_gate_lets_through() -> None:
    model = build(Gru(units=4), (24, 3), Head())
    (layer,) = trace(model, WINDOW)
    before = np.vstack([np.zeros(4), layer.trace.states[:-1]])
    expected = (1 - layer.trace.gates["update"]) * np.abs(layer.trace.gates["candidate"] - before)
    np.testing.assert_allclose(layer.writing, expected.mean(axis=1))


def test_a_simple_rnn_writes_what_changes() -> None:
    np.testing.assert_array_equal(writing(Trace(np.array([[1.0, 0.0], [0.5, -0.5], [0.5, -0.5]]))), [0.5, 0.5, 0.0])


def test_the_most_open_come_first_and_of_equals_the_earlier() -> None:
    amounts = np.array([0.1, 0.4, 0.2, 0.4])
    layer = LayerTrace("gru", "gru", "forward", Trace(np.zeros((4, 1))), amounts, 1, 1)
    assert most_open(layer, 3) == [(1, 0.4), (3, 0.4), (2, 0.2)]
    assert len(most_open(layer, 9)) == 4

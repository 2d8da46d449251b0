"""The zoo: each entry's output shape, number of weights, and one answer that can be worked out by hand."""

import inspect
import math

import numpy as np
import pytest

from jena_rnn.config.models import (
    MODELS,
    Bidirectional,
    Conv,
    ConvGru,
    Dense,
    FirstLayer,
    Gru,
    Lstm,
    Model,
    SecondLayer,
    SimpleRnn,
    Stacked,
)
from jena_rnn.layers.backend import keras
from jena_rnn.training.dataset import Head
from jena_rnn.training.zoo import ZOO, build, describe

BOOK = (240, 14)
W = 0.1


def test_zoo_and_config_accept_the_same_names() -> None:
    assert list(ZOO) == list(MODELS)


@pytest.mark.parametrize("name", list(MODELS))
def test_every_option_of_the_config_reaches_the_model(name: str) -> None:
    accepted = inspect.signature(ZOO[name]).parameters
    takes_any = any(p.kind is inspect.Parameter.VAR_KEYWORD for p in accepted.values())
    options = set(MODELS[name].model_fields) - {"name"}
    assert takes_any or options == set(accepted) - {"input_shape", "head", "rnn"}


@pytest.mark.parametrize(
    ("options", "parameters"),
    [
        (Dense(), 240 * 14 * 32 + 32 + 33),
        (Gru(), 4_608 + 33),
        (Gru(reset_after=False), 4_512 + 33),
        (Gru(dropout=0.2, recurrent_dropout=0.2), 4_608 + 33),
        (Lstm(), 6_016 + 33),
        (SimpleRnn(), 1_504 + 33),
        (Stacked(), 4_608 + 18_816 + 65),
        (Stacked(reset_after=False), 4_512 + 18_624 + 65),
        (Bidirectional(), 2 * 4_608 + 65),
        (Bidirectional(reset_after=False), 2 * 4_512 + 65),
        (Bidirectional(cell="lstm"), 2 * 6_016 + 65),
        (Conv(), 2_272 + 5_152 + 5_152 + 33),
        (ConvGru(), 2_272 + 5_152 + 6_336 + 33),
        (ConvGru(reset_after=False), 2_272 + 5_152 + 6_240 + 33),
    ],
    ids=str,
)
def test_weights_are_as_many_as_in_the_books_layers(options: Model, parameters: int) -> None:
    model = build(options, BOOK, Head())
    assert model.count_params() == parameters
    assert model.output_shape == (None, 1)
    assert sum(layer["parameters"] for layer in describe(model)) == parameters


def _answer(options: Model, timesteps: int) -> float:
    """Return the output for an input of ones in one column, with every weight and bias 0.1."""
    model = build(options, (timesteps, 1), Head())
    model.set_weights([np.full_like(weight, W) for weight in model.get_weights()])
    output = keras.ops.convert_to_numpy(model(np.ones((1, timesteps, 1), np.float32), training=False))
    return float(output[0, 0])


def _sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))


def _gru(timesteps: int, units: int, activation: str = "tanh", inputs: float = 1.0) -> list[float]:
    """Return the state after each timestep; equal weights keep all units equal, so one number says it."""
    squash = math.tanh if activation == "tanh" else lambda x: max(x, 0.0)
    h, states = 0.0, []
    for _ in range(timesteps):
        gate = _sigmoid(W * inputs + W + W * units * h + W)
        candidate = squash(W * inputs + W + gate * (W * units * h + W))
        h = gate * h + (1 - gate) * candidate
        states.append(h)
    return states


def test_dense_answers_by_hand() -> None:
    # Four ones through weights of 0.1 and a bias of 0.1: 0.5 in both units; 2 × 0.05 + 0.1.
    assert _answer(Dense(units=2), timesteps=4) == pytest.approx(0.2)


def test_gru_answers_by_its_equations() -> None:
    assert _answer(Gru(units=2), timesteps=3) == pytest.approx(0.2 * _gru(3, units=2)[-1] + 0.1, abs=1e-6)


def test_simple_rnn_answers_by_its_equation() -> None:
    h = 0.0
    for _ in range(3):
        h = math.tanh(W + W * 2 * h + W)
    assert _answer(SimpleRnn(units=2), timesteps=3) == pytest.approx(0.2 * h + 0.1, abs=1e-6)


def test_lstm_answers_by_its_equations() -> None:
    h = cell = 0.0
    for _ in range(3):
        inner = W + W * 2 * h + W
        cell = _sigmoid(inner) * cell + _sigmoid(inner) * math.tanh(inner)
        h = _sigmoid(inner) * math.tanh(cell)
    assert _answer(Lstm(units=2), timesteps=3) == pytest.approx(0.2 * h + 0.1, abs=1e-6)


def test_bidirectional_joins_two_equal_readings_of_equal_inputs() -> None:
    both = 2 * 0.2 * _gru(3, units=2)[-1] + 0.1
    assert _answer(Bidirectional(units=2), timesteps=3) == pytest.approx(both, abs=1e-6)


def test_stacked_feeds_every_state_of_the_first_layer_to_the_second() -> None:
    first = _gru(3, units=2)
    h = 0.0
    for state in first:
        x = W * 2 * state
        gate = _sigmoid(x + W + W * 2 * h + W)
        h = gate * h + (1 - gate) * max(x + W + gate * (W * 2 * h + W), 0.0)
    options = Stacked(first=FirstLayer(units=2), second=SecondLayer(units=2))
    assert _answer(options, timesteps=3) == pytest.approx(0.2 * h + 0.1, abs=1e-6)


def test_conv_answers_by_hand() -> None:
    # Kernels of two ones: 0.3 in both filters; then 2 × 2 × 0.03 + 0.1 = 0.22; 2 × 0.022 + 0.1.
    options = Conv(filters=2, kernel_size=2, pool_size=2, convolutions=2)
    assert _answer(options, timesteps=6) == pytest.approx(0.144)


def test_conv_gru_reads_the_convolved_window() -> None:
    # Both convolutions as above: 0.22 in both filters; (8 - 1) // 2 - 1 = 2 timesteps are left.
    options = ConvGru(filters=2, kernel_size=2, pool_size=2, units=2)
    expected = 0.2 * _gru(2, units=2, inputs=2 * 0.22)[-1] + 0.1
    assert _answer(options, timesteps=8) == pytest.approx(expected, abs=1e-6)


def test_dropout_is_off_in_forecasts_and_on_in_training() -> None:
    model = build(Gru(dropout=0.5, recurrent_dropout=0.5), (5, 2), Head())
    inputs = np.ones((4, 5, 2), np.float32)
    quiet = [keras.ops.convert_to_numpy(model(inputs, training=False)) for _ in range(2)]
    noisy = [keras.ops.convert_to_numpy(model(inputs, training=True)) for _ in range(2)]
    assert np.array_equal(*quiet)
    assert not np.array_equal(*noisy)

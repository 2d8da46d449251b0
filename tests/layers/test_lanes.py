"""The compiled arithmetic against NumPy's."""

import numpy as np
import pytest

from jena_rnn.layers.lanes import (
    BLOCK,
    HALF,
    LANES,
    add,
    affine,
    fold,
    multiply,
    outer,
    product,
    room_to_turn,
    sigmoid,
    tanh,
    turn,
)
from jena_rnn.layers.machine_code import compiled

RNG = np.random.default_rng(0)


def _random(*shape: int) -> np.ndarray:
    return RNG.standard_normal(shape).astype(np.float32)


@compiled
def _each(function: object, out: np.ndarray, x: np.ndarray) -> None:
    for i in range(x.size):
        out[i] = function(x[i])  # type: ignore[operator]


def _applied(function: object, x: np.ndarray) -> np.ndarray:
    out = np.empty_like(x)
    _each(function, out, x)
    return out


@pytest.mark.parametrize(
    ("function", "exact"), [(tanh, np.tanh), (sigmoid, lambda x: 1 / (1 + np.exp(-x)))], ids=["tanh", "sigmoid"]
)
def test_activations_are_right_to_a_few_units_in_the_last_place(function: object, exact: object) -> None:
    x = np.concatenate([np.linspace(-30, 30, 1_000_001), 10.0 ** np.linspace(-30, 1, 1000)]).astype(np.float32)
    error = np.abs(_applied(function, x) - exact(x.astype(np.float64)))  # type: ignore[operator]
    assert error.max() < 4e-7


def test_what_is_no_number_stays_none_and_what_is_infinite_saturates() -> None:
    nan, above, below = _applied(tanh, np.array([np.nan, np.inf, -np.inf], np.float32))
    assert np.isnan(nan)
    assert (above, below) == pytest.approx((1, -1), abs=4e-7)
    assert np.isnan(_applied(sigmoid, np.array([np.nan], np.float32))[0])


@pytest.mark.parametrize(("n", "m"), [(BLOCK, 1), (96, 32), (32, 96), (128, 14)])
def test_product_adds_the_product(n: int, m: int) -> None:
    out, a, rows = _random(n, LANES), _random(n, m), _random(m, LANES)
    expected = out.astype(np.float64) + a.astype(np.float64) @ rows
    product(out, a, rows)
    np.testing.assert_allclose(out, expected, rtol=1e-5, atol=1e-4)


def test_affine_writes_the_product_and_a_number_for_each_row() -> None:
    out, a, rows, bias = _random(12, LANES), _random(12, 7), _random(7, LANES), _random(12)
    affine(out, a, rows, bias)
    np.testing.assert_allclose(out, a.astype(np.float64) @ rows + bias[:, None], rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("n", [BLOCK, HALF, HALF + BLOCK, LANES - BLOCK, LANES, LANES + BLOCK, 3 * LANES])
def test_outer_adds_the_product_with_the_rows_turned(n: int) -> None:
    slopes, rows, turned = _random(12, LANES), _random(n, LANES), room_to_turn(n)
    out = np.ones((len(turned), 12, LANES), np.float32)
    turn(turned, rows)
    outer(out, slopes, turned)
    if n <= HALF:
        assert turned.shape == (1, HALF, LANES)
        out[0, :, HALF:] -= 1
        fold(out[0])
    found = out.transpose(1, 0, 2).reshape(12, -1)
    np.testing.assert_allclose(found[:, :n], 1 + slopes.astype(np.float64) @ rows.T, rtol=1e-5, atol=1e-4)
    if n > HALF:
        assert (found[:, n:] == 1).all()


def test_multiply_and_add_go_number_by_number() -> None:
    a, b = _random(8, LANES), _random(8, LANES)
    out = np.empty_like(a)
    multiply(out, a, b)
    np.testing.assert_array_equal(out, a * b)
    add(out, a)
    np.testing.assert_allclose(out, a * b + a, rtol=1e-6)

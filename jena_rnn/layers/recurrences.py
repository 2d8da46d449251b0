"""Three recurrences as in the literature: one loop over timesteps each, in NumPy.

They are the reference for our fast layers and Keras's, and `traces` uses them to look into a trained layer. They are
slow and meant to be read: docs/recurrences.md explains them. One window at a time, weights in Keras's layout.

    seen = gru(window, *layer.get_weights())
    seen.states[-1], seen.gates["update"]       # (units,), (timesteps, units)

In the equations x is a timestep's inputs, h' the state before it, h the new one; ∘ is element by element, σ the
sigmoid, φ tanh or relu. Keras multiplies from the left (x·W), where papers write W·x.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.floating[Any]]


@dataclass(frozen=True, eq=False)
class Trace:
    """The states and gates of a recurrent layer over one window."""

    states: Array
    """`(timesteps, units)`: the output of the layer."""
    gates: dict[str, Array] = field(default_factory=dict)
    """Each `(timesteps, units)`. LSTM: input, forget, output, candidate, cell; GRU: update, reset, candidate."""


def simple_rnn(
    inputs: ArrayLike,
    kernel: ArrayLike,
    recurrent_kernel: ArrayLike,
    bias: ArrayLike,
    *,
    activation: str = "tanh",
    initial_state: ArrayLike | None = None,
) -> Trace:
    """Run listing 6.21 of *Deep Learning with Python*: h = φ(x·W + h'·U + b). No gates.

    Args:
        inputs: one window, `(timesteps, columns)`. All is computed in its dtype, or float64 if it holds no floats.
        kernel: W, `(columns, units)`.
        recurrent_kernel: U, `(units, units)`.
        bias: b, `(units,)`.
        activation: φ, "tanh" or "relu".
        initial_state: the first h', `(units,)`; zeros if left out.

    Raises ValueError for shapes that do not fit, and for other activations.
    """
    window, w, u, b = _fitted(1, inputs, kernel, recurrent_kernel, bias)
    phi, h = _activation(activation), _start(initial_state, u)
    states = []
    for x in window:
        h = phi(x @ w + h @ u + b)
        states.append(h)
    return Trace(np.array(states))


def lstm(
    inputs: ArrayLike,
    kernel: ArrayLike,
    recurrent_kernel: ArrayLike,
    bias: ArrayLike,
    *,
    activation: str = "tanh",
    initial_state: ArrayLike | None = None,
    initial_cell: ArrayLike | None = None,
) -> Trace:
    """Run an LSTM (Hochreiter and Schmidhuber 1997) with the forget gate of Gers, Schmidhuber and Cummins (2000).

        i = σ(x·W_i + h'·U_i + b_i)     f = σ(x·W_f + h'·U_f + b_f)     o = σ(x·W_o + h'·U_o + b_o)
        c = φ(x·W_c + h'·U_c + b_c)     m = f∘m' + i∘c                  h = o∘φ(m)

    m is the cell, the line on which an LSTM carries what it keeps. Gates: input i, forget f, output o, candidate c,
    cell m.

    Args:
        inputs: one window, `(timesteps, columns)`, as in `simple_rnn`.
        kernel: W, `(columns, 4 * units)`, blocks in Keras's order i, f, c, o.
        recurrent_kernel: U, `(units, 4 * units)`, likewise.
        bias: b, `(4 * units,)`, likewise.
        activation: φ, "tanh" or "relu".
        initial_state: the first h', `(units,)`; zeros if left out.
        initial_cell: the first m', likewise.

    Raises ValueError for shapes that do not fit, and for other activations.
    """
    window, w, u, b = _fitted(4, inputs, kernel, recurrent_kernel, bias)
    phi, h, m = _activation(activation), _start(initial_state, u), _start(initial_cell, u)
    (w_i, w_f, w_c, w_o), (u_i, u_f, u_c, u_o), (b_i, b_f, b_c, b_o) = (
        np.split(each, 4, axis=-1) for each in (w, u, b)
    )
    steps = []
    for x in window:
        i = _sigmoid(x @ w_i + h @ u_i + b_i)
        f = _sigmoid(x @ w_f + h @ u_f + b_f)
        o = _sigmoid(x @ w_o + h @ u_o + b_o)
        c = phi(x @ w_c + h @ u_c + b_c)
        m = f * m + i * c
        h = o * phi(m)
        steps.append((h, i, f, o, c, m))
    return _trace(steps, "input", "forget", "output", "candidate", "cell")


def gru(
    inputs: ArrayLike,
    kernel: ArrayLike,
    recurrent_kernel: ArrayLike,
    bias: ArrayLike,
    *,
    reset_after: bool = True,
    activation: str = "tanh",
    initial_state: ArrayLike | None = None,
) -> Trace:
    """Run a GRU (Cho et al. 2014, arXiv 1406.1078), its reset gate before or after the recurrent product.

        z = σ(x·W_z + h'·U_z + b_z)     r = σ(x·W_r + h'·U_r + b_r)     h = z∘h' + (1 - z)∘c
        c = φ(x·W_h + (r∘h')·U_h + b_h)               reset before: the paper as published (version 3)
        c = φ(x·W_h + r∘(h'·U_h + v_h) + b_h)         reset after: its version 1, cuDNN, and Keras unless told otherwise

    With the reset after, z and r too have a second bias, v_z and v_r, which adds to the first. Gates: update z, reset
    r, candidate c.

    Args:
        inputs: one window, `(timesteps, columns)`, as in `simple_rnn`.
        kernel: W, `(columns, 3 * units)`, blocks in Keras's order z, r, h.
        recurrent_kernel: U, `(units, 3 * units)`, likewise.
        bias: rows b and v, `(2, 3 * units)`, or with the reset before b alone, `(3 * units,)`.
        reset_after: whether the reset gate comes after the product.
        activation: φ, "tanh" or "relu".
        initial_state: the first h', `(units,)`; zeros if left out.

    Raises ValueError for shapes that do not fit, and for other activations.
    """
    window, w, u, both = _fitted(3, inputs, kernel, recurrent_kernel, bias, two_biases=reset_after)
    phi, h = _activation(activation), _start(initial_state, u)
    b, v = both if reset_after else (both, np.zeros_like(both))
    (w_z, w_r, w_h), (u_z, u_r, u_h) = (np.split(each, 3, axis=1) for each in (w, u))
    (b_z, b_r, b_h), (v_z, v_r, v_h) = (np.split(each, 3) for each in (b, v))
    steps = []
    for x in window:
        z = _sigmoid(x @ w_z + h @ u_z + b_z + v_z)
        r = _sigmoid(x @ w_r + h @ u_r + b_r + v_r)
        recalled = r * (h @ u_h + v_h) if reset_after else (r * h) @ u_h
        c = phi(x @ w_h + recalled + b_h)
        h = z * h + (1 - z) * c
        steps.append((h, z, r, c))
    return _trace(steps, "update", "reset", "candidate")


def _trace(steps: Sequence[tuple[Array, ...]], *names: str) -> Trace:
    states, *gates = (np.array(each) for each in zip(*steps, strict=True))
    return Trace(states, dict(zip(names, gates, strict=True)))


def _sigmoid(x: Array) -> Array:
    return (1 + np.tanh(x / 2)) / 2  # 1 / (1 + e⁻ˣ), which would overflow


def _relu(x: Array) -> Array:
    return np.maximum(x, 0)


def _activation(name: str) -> Callable[[Array], Array]:
    if name not in {"tanh", "relu"}:
        raise ValueError(f"activation: expected tanh or relu, got {name!r}")
    return np.tanh if name == "tanh" else _relu


def _start(given: ArrayLike | None, recurrent: Array) -> Array:
    units = len(recurrent)
    state = np.zeros(units, recurrent.dtype) if given is None else np.asarray(given, recurrent.dtype)
    _require("initial state", state, (units,))
    return state


def _fitted(
    gates: int,
    inputs: ArrayLike,
    kernel: ArrayLike,
    recurrent_kernel: ArrayLike,
    bias: ArrayLike,
    *,
    two_biases: bool = False,
) -> tuple[Array, Array, Array, Array]:
    """Return window and weights in the window's dtype; raises ValueError for shapes that do not fit."""
    window = np.asarray(inputs)
    dtype = window.dtype if np.issubdtype(window.dtype, np.floating) else np.float64
    if window.ndim != 2 or not len(window):  # noqa: PLR2004 (timesteps and columns)
        raise ValueError(f"inputs: expected (timesteps, columns), one timestep at least, got {window.shape}")
    w, u, b = (np.asarray(each, dtype) for each in (kernel, recurrent_kernel, bias))
    sums = gates * len(np.atleast_1d(u))
    _require("recurrent kernel", u, (sums // gates, sums))
    _require("kernel", w, (window.shape[1], sums))
    _require("bias", b, (2, sums) if two_biases else (sums,))
    return window.astype(dtype), w, u, b


def _require(name: str, found: Array, shape: tuple[int, ...]) -> None:
    if found.shape != shape:
        raise ValueError(f"{name}: expected shape {shape}, got {found.shape}")

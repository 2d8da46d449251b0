"""The cells: the arithmetic of one timestep between the matrix products, forwards and backwards.

At timestep t a cell gets `gates`, rows of sums for LANES windows; each of its gates has as many rows as the layer has
units. `mix` applies the activations in place and makes the new state; `unmix` turns the loss's gradient with
respect to the new state into that of the sums (`slopes`) and, in place, into that of the previous state, except for
the recurrent product. Gradients are by the chain rule: σ' = σ (1 - σ), tanh' = 1 - tanh², relu' = 1 above 0. With d
for ∂loss/∂, ∘ for element by element, a' for the value of the timestep before, U for the recurrent weights, φ for tanh
or relu:

GRU (Cho et al. 2014, with the reset gate after the product, as cuDNN and Keras have it):

    s = U_h·h' + b        z = σ(a_z)      r = σ(a_r)      c = φ(a_c + r∘s)      h = z∘h' + (1 - z)∘c
    da_c = dh∘(1 - z)∘φ'          da_z = dh∘(h' - c)∘z∘(1 - z)          dh' = dh∘z + Uᵀ·(ds, da_z, da_r)
    ds = da_c∘r                   da_r = da_c∘s∘r∘(1 - r)

GRU with the reset gate before the product, as the book's Keras had it; with k for the part of h' that r lets through:

    z, r as above         k = r∘h'                c = φ(a_c + U_c·k)      h as above
    dk = U_cᵀ·da_c        da_r = dk∘h'∘r∘(1 - r)  dh' = dh∘z + dk∘r + Uᵀ·(da_z, da_r)

LSTM (Hochreiter and Schmidhuber 1997; Gers et al. 2000), with a carry m beside the state:

    i = σ(a_i)   f = σ(a_f)   g = φ(a_g)   o = σ(a_o)       m = f∘m' + i∘g           h = o∘φ(m)
    da_o = dh∘φ(m)∘o∘(1 - o)      dm += dh∘o∘φ'(m)          dm' = dm∘f               dh' = Uᵀ·da
    da_i = dm∘g∘i∘(1 - i)         da_f = dm∘m'∘f∘(1 - f)    da_g = dm∘i∘φ'

SimpleRNN (Elman 1990):  h = φ(a),  da = dh∘φ',  dh' = Uᵀ·da.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from jena_rnn.layers.lanes import Array, sigmoid, tanh
from jena_rnn.layers.machine_code import compiled

GRU_KIND, EARLY_KIND, LSTM_KIND, SIMPLE_KIND = range(4)
ZERO, ONE = np.float32(0), np.float32(1)


@compiled
def _activate(x: Any, relu: bool) -> Any:
    if relu:
        return x if not x <= ZERO else ZERO  # NaN stays
    return tanh(x)


@compiled
def _slope(y: Any, relu: bool) -> Any:
    """Return φ' from φ's value."""
    if relu:
        return ONE if y > ZERO else ZERO
    return ONE - y * y


@compiled
def _squash(gate: Array) -> None:
    for i in range(gate.size):
        gate[i] = sigmoid(gate[i])


@compiled
def _four(gates: Array) -> tuple[Array, Array, Array, Array]:
    n = gates.size // 4
    return gates[:n], gates[n : 2 * n], gates[2 * n : 3 * n], gates[3 * n :]


@compiled
def _gru_mix(gates: Array, before: Array, state: Array, relu: bool) -> None:
    """Gates s, z, r, c."""
    s, z, r, c = _four(gates)
    _squash(z)
    _squash(r)
    for i in range(state.size):
        c[i] = _activate(c[i] + r[i] * s[i], relu)
    for i in range(state.size):
        state[i] = c[i] + z[i] * (before[i] - c[i])


@compiled
def _gru_unmix(slopes: Array, gates: Array, before: Array, dh: Array, relu: bool) -> None:
    """Slopes in s, z, r, c."""
    s, z, r, c = _four(gates)
    ds, dz, dr, dc = _four(slopes)
    for i in range(dh.size):
        dz[i] = dh[i] * (before[i] - c[i]) * z[i] * (ONE - z[i])
    for i in range(dh.size):
        dc[i] = dh[i] * (ONE - z[i]) * _slope(c[i], relu)
    for i in range(dh.size):
        ds[i] = dc[i] * r[i]
    for i in range(dh.size):
        dr[i] = ds[i] * s[i] * (ONE - r[i])
    for i in range(dh.size):
        dh[i] *= z[i]


@compiled
def recall(recalled: Array, gates: Array, before: Array) -> None:
    """Apply the sigmoid to z and r of the GRU that resets before its product, and write r∘h'."""
    n = recalled.size
    z, r = gates[:n], gates[n : 2 * n]
    _squash(z)
    _squash(r)
    for i in range(n):
        recalled[i] = r[i] * before[i]


@compiled
def _early_mix(gates: Array, before: Array, state: Array, relu: bool) -> None:
    """Gates z, r, c; `recall` has already finished z and r."""
    n = state.size
    z, c = gates[:n], gates[2 * n :]
    for i in range(n):
        c[i] = _activate(c[i], relu)
    for i in range(n):
        state[i] = c[i] + z[i] * (before[i] - c[i])


@compiled
def _early_unmix(slopes: Array, gates: Array, before: Array, dh: Array, relu: bool) -> None:
    """Slopes of z and c; `unrecall` writes that of r, which needs the slope of c through the product."""
    n = dh.size
    z, c = gates[:n], gates[2 * n :]
    dz, dc = slopes[:n], slopes[2 * n :]
    for i in range(n):
        dz[i] = dh[i] * (before[i] - c[i]) * z[i] * (ONE - z[i])
    for i in range(n):
        dc[i] = dh[i] * (ONE - z[i]) * _slope(c[i], relu)
    for i in range(n):
        dh[i] *= z[i]


@compiled
def unrecall(slopes: Array, gates: Array, before: Array, dk: Array, recalled: Array, back: Array) -> None:
    """Write the slope of r and r∘h' again, and add the gradient that reaches the previous state through it."""
    n = dk.size
    r, dr = gates[n : 2 * n], slopes[n : 2 * n]
    for i in range(n):
        recalled[i] = r[i] * before[i]
    for i in range(n):
        back[i] = dk[i] * r[i]
    for i in range(n):
        dr[i] = dk[i] * recalled[i] * (ONE - r[i])


@compiled
def _lstm_mix(gates: Array, carry: Array, state: Array, new_carry: Array, relu: bool) -> None:
    """Gates i, f, g, o."""
    i_, f, g, o = _four(gates)
    _squash(i_)
    _squash(f)
    _squash(o)
    for i in range(state.size):
        g[i] = _activate(g[i], relu)
    for i in range(state.size):
        new_carry[i] = f[i] * carry[i] + i_[i] * g[i]
    for i in range(state.size):
        state[i] = o[i] * _activate(new_carry[i], relu)


@compiled
def _lstm_unmix(slopes: Array, gates: Array, carry: Array, new_carry: Array, dh: Array, dm: Array, relu: bool) -> None:
    """Slopes in i, f, g, o; `dm` goes one timestep back."""
    i_, f, g, o = _four(gates)
    di, df, dg, do = _four(slopes)
    for i in range(dh.size):
        shown = _activate(new_carry[i], relu)
        do[i] = dh[i] * shown * o[i] * (ONE - o[i])
        dm[i] += dh[i] * o[i] * _slope(shown, relu)
        dh[i] = ZERO
    for i in range(dh.size):
        di[i] = dm[i] * g[i] * i_[i] * (ONE - i_[i])
    for i in range(dh.size):
        dg[i] = dm[i] * i_[i] * _slope(g[i], relu)
    for i in range(dh.size):
        df[i] = dm[i] * carry[i] * f[i] * (ONE - f[i])
    for i in range(dh.size):
        dm[i] *= f[i]


@compiled
def _simple_mix(gates: Array, state: Array, relu: bool) -> None:
    """One gate: the new state."""
    for i in range(state.size):
        gates[i] = _activate(gates[i], relu)
        state[i] = gates[i]


@compiled
def _simple_unmix(slopes: Array, gates: Array, dh: Array, relu: bool) -> None:
    """Slopes in the one sum."""
    for i in range(dh.size):
        slopes[i] = dh[i] * _slope(gates[i], relu)
        dh[i] = ZERO


@compiled
def mix(kind: int, gates: Array, before: Array, carry: Array, state: Array, new_carry: Array, relu: bool) -> None:
    """Turn sums into gates, and write the new state and, for an LSTM, the new carry."""
    if kind == GRU_KIND:
        _gru_mix(gates, before, state, relu)
    elif kind == EARLY_KIND:
        _early_mix(gates, before, state, relu)
    elif kind == LSTM_KIND:
        _lstm_mix(gates, carry, state, new_carry, relu)
    else:
        _simple_mix(gates, state, relu)


@compiled
def unmix(
    kind: int,
    slopes: Array,
    gates: Array,
    before: Array,
    carry: Array,
    new_carry: Array,
    dh: Array,
    dm: Array,
    relu: bool,
) -> None:
    """Write the slopes of the sums, and take `dh` and `dm` one timestep back, except for the recurrent product."""
    if kind == GRU_KIND:
        _gru_unmix(slopes, gates, before, dh, relu)
    elif kind == EARLY_KIND:
        _early_unmix(slopes, gates, before, dh, relu)
    elif kind == LSTM_KIND:
        _lstm_unmix(slopes, gates, carry, new_carry, dh, dm, relu)
    else:
        _simple_unmix(slopes, gates, dh, relu)


@dataclass(frozen=True)
class Cell:
    """A kind of cell, and the gates that the recurrent and the input product feed."""

    kind: int
    gates: int
    recurrent: tuple[int, ...]
    """For each of the first gates, the block of Keras's recurrent kernel that feeds it."""
    inputs: int
    """Number of last gates that the kernel feeds, with its blocks in order."""
    carries: bool = False
    late: tuple[int, ...] = ()
    """The same for the gates behind them, which r∘h' feeds; Keras's last blocks."""


GRU = Cell(GRU_KIND, gates=4, recurrent=(2, 0, 1), inputs=3)
EARLY_GRU = Cell(EARLY_KIND, gates=3, recurrent=(0, 1), inputs=3, late=(2,))
LSTM = Cell(LSTM_KIND, gates=4, recurrent=(0, 1, 2, 3), inputs=4, carries=True)
SIMPLE = Cell(SIMPLE_KIND, gates=1, recurrent=(0,), inputs=1)

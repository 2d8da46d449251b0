"""Small matrix arithmetic on many windows at once, compiled by Numba: the parts of the recurrent layers.

Every array has one row for each feature or unit, and in each row LANES windows side by side, so that a few vector
instructions handle a unit of LANES windows. Numbers of rows are multiples of BLOCK.

    product(gates, kernel, inputs)          # gates (n, LANES) += kernel (n, m) · inputs (m, LANES)
"""

from typing import Any

import llvmlite.binding
import numpy as np
from llvmlite import ir
from numpy.typing import NDArray

from jena_rnn.layers.machine_code import cgutils, compiled, numba, pasted

BLOCK = 4
"""Rows of a product summed side by side."""
LANES = 32 if llvmlite.binding.get_host_cpu_features().get("avx512f") else 16
"""Windows handled together: BLOCK × LANES sums just fit the processor's vector registers."""
HALF = LANES // 2

Array = NDArray[np.float32]


f32 = np.float32
ONE_HALF, ONE, FAR = f32(0.5), f32(1), f32(8)
N0, N1, N2, N3, N4 = (f32(n) for n in (1.0, 1.34382162e-01, 3.56418564e-03, 2.17737243e-05, 1.50624628e-08))
D0, D1, D2, D3, D4 = (f32(d) for d in (1.0, 4.67715370e-01, 2.61361285e-02, 3.39922732e-04, 8.45393103e-07))


@compiled
def tanh(x: Any) -> Any:
    """Return tanh as a quotient of polynomials, a minimax fit on [-8, 8] with an error below 4e-7."""
    x = FAR if x > FAR else (-FAR if x < -FAR else x)  # NaN passes both
    s = x * x
    return x * ((((N4 * s + N3) * s + N2) * s + N1) * s + N0) / ((((D4 * s + D3) * s + D2) * s + D1) * s + D0)


@compiled
def sigmoid(x: Any) -> Any:
    """Return 1 / (1 + exp(-x)), which is (tanh(x / 2) + 1) / 2."""
    return ONE_HALF * tanh(ONE_HALF * x) + ONE_HALF


@numba.extending.intrinsic
def _on_the_stack(context: Any) -> Any:
    """Return a pointer to BLOCK × LANES local float32, which LLVM keeps in registers."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        place = cgutils.alloca_once(builder, ir.ArrayType(ir.FloatType(), BLOCK * LANES))
        return builder.bitcast(place, ir.FloatType().as_pointer())

    return numba.types.CPointer(numba.types.float32)(), generate


@pasted
def _fetch(sums: Array, out: Array, i: int) -> None:
    for k in range(LANES):
        sums[0, k] = out[i, k]
        sums[1, k] = out[i + 1, k]
        sums[2, k] = out[i + 2, k]
        sums[3, k] = out[i + 3, k]


@pasted
def _leave(out: Array, i: int, sums: Array) -> None:
    for k in range(LANES):
        out[i, k] = sums[0, k]
        out[i + 1, k] = sums[1, k]
        out[i + 2, k] = sums[2, k]
        out[i + 3, k] = sums[3, k]


@pasted
def _sum_up(sums: Array, a: Array, i: int, j: int, row: Array, first: int, end: int) -> None:
    """Add BLOCK numbers of a column of `a`, times lanes `first` to `end` of a row."""
    a0, a1, a2, a3 = a[i, j], a[i + 1, j], a[i + 2, j], a[i + 3, j]
    for k in range(first, end):
        sums[0, k] += a0 * row[k]
        sums[1, k] += a1 * row[k]
        sums[2, k] += a2 * row[k]
        sums[3, k] += a3 * row[k]


@compiled
def product(out: Array, a: Array, rows: Array) -> None:
    """Add a · rows to `out`: (n, LANES) += (n, m) · (m, LANES). The sums of BLOCK rows stay in registers."""
    sums = numba.carray(_on_the_stack(), (BLOCK, LANES))
    for i in range(0, a.shape[0], BLOCK):
        _fetch(sums, out, i)
        for j in range(a.shape[1]):
            _sum_up(sums, a, i, j, rows[j], 0, LANES)
        _leave(out, i, sums)


@compiled
def affine(out: Array, a: Array, rows: Array, bias: Array) -> None:
    """Write a · rows + bias to `out`: (n, LANES) = (n, m) · (m, LANES) + (n,)."""
    sums = numba.carray(_on_the_stack(), (BLOCK, LANES))
    for i in range(0, a.shape[0], BLOCK):
        for k in range(LANES):
            sums[0, k] = bias[i]
            sums[1, k] = bias[i + 1]
            sums[2, k] = bias[i + 2]
            sums[3, k] = bias[i + 3]
        for j in range(a.shape[1]):
            _sum_up(sums, a, i, j, rows[j], 0, LANES)
        _leave(out, i, sums)


@compiled
def _product_of_halves(out: Array, a: Array, rows: Array) -> None:
    """Add to the left half of `out` the left half of `a` times that of `rows`, (HALF, LANES), and so on the right."""
    sums = numba.carray(_on_the_stack(), (BLOCK, LANES))
    for i in range(0, a.shape[0], BLOCK):
        _fetch(sums, out, i)
        for j in range(HALF):
            _sum_up(sums, a, i, j, rows[j], 0, HALF)
            _sum_up(sums, a, i, HALF + j, rows[j], HALF, LANES)
        _leave(out, i, sums)


@compiled
def room_to_turn(rows: int) -> Array:
    """Return the array that `turn` writes to: (blocks, LANES, LANES), or (1, HALF, LANES) if HALF rows are enough."""
    return np.zeros((-(-rows // LANES), HALF if rows <= HALF else LANES, LANES), np.float32)


@compiled
def turn(turned: Array, rows: Array) -> None:
    """Write `rows`, (n, LANES), with windows down and LANES rows across in each block of `turned`.

    If HALF rows are enough, the first windows are on the left and the others on the right.
    """
    depth = turned.shape[1]
    for block in range(turned.shape[0]):
        part = rows[block * LANES : (block + 1) * LANES]
        for side in range(LANES // depth):
            for k in range(depth):
                for i in range(part.shape[0]):
                    turned[block, k, side * HALF + i] = part[i, side * depth + k]


@compiled
def outer(out: Array, slopes: Array, turned: Array) -> None:
    """Add slopes · rowsᵀ to `out`, (blocks, n, LANES), for slopes (n, LANES) and rows as `turn` gives them.

    With the rows that a matrix of n sums was multiplied by, this is the gradient of the matrix; for rows in halves, it
    is the sum of both halves of `out`.
    """
    if turned.shape[1] == HALF:
        _product_of_halves(out[0], slopes, turned[0])
        return
    for block in range(turned.shape[0]):
        product(out[block], slopes, turned[block])


@compiled
def fold(out: Array) -> None:
    """Add the right half of (n, LANES) to the left."""
    for i in range(out.shape[0]):
        for k in range(HALF):
            out[i, k] += out[i, HALF + k]


@compiled
def multiply(out: Array, a: Array, b: Array) -> None:
    """Write a * b to `out`, number by number; all of one shape."""
    flat, left, right = out.reshape(out.size), a.reshape(out.size), b.reshape(out.size)
    for i in range(out.size):
        flat[i] = left[i] * right[i]


@compiled
def add(out: Array, a: Array) -> None:
    """Add `a` to `out`, both of one shape."""
    flat, other = out.reshape(out.size), a.reshape(out.size)
    for i in range(out.size):
        flat[i] += other[i]

"""Small matrix arithmetic on many windows at once, compiled by Numba: what the recurrent layers are made of.

Every array holds one row for each feature or unit, and in each row LANES windows side by side, so that whatever is
done to a unit is done to LANES windows by a few vector instructions. Numbers of rows are multiples of BLOCK.

    product(gates, kernel, inputs)          # gates (n, LANES) += kernel (n, m) · inputs (m, LANES)
"""

from typing import Any

import llvmlite.binding
import numpy as np
from llvmlite import ir
from numpy.typing import NDArray

from jena_rnn.machine_code import cgutils, compiled, numba

BLOCK = 4
"""Rows of a product that are summed side by side."""
LANES = 32 if llvmlite.binding.get_host_cpu_features().get("avx512f") else 16
"""Windows that are worked on together: BLOCK × LANES sums just fit the processor's vector registers."""

Array = NDArray[np.float32]


f32 = np.float32
HALF, ONE, FAR = f32(0.5), f32(1), f32(8)
N0, N1, N2, N3, N4 = (f32(n) for n in (1.0, 1.34382162e-01, 3.56418564e-03, 2.17737243e-05, 1.50624628e-08))
D0, D1, D2, D3, D4 = (f32(d) for d in (1.0, 4.67715370e-01, 2.61361285e-02, 3.39922732e-04, 8.45393103e-07))


@compiled
def tanh(x: Any) -> Any:
    """Return tanh as a quotient of polynomials, off by less than 4e-7: fitted to the least largest error on [-8, 8]."""
    x = FAR if x > FAR else (-FAR if x < -FAR else x)  # NaN passes both
    s = x * x
    return x * ((((N4 * s + N3) * s + N2) * s + N1) * s + N0) / ((((D4 * s + D3) * s + D2) * s + D1) * s + D0)


@compiled
def sigmoid(x: Any) -> Any:
    """Return 1 / (1 + exp(-x)), which is (tanh(x / 2) + 1) / 2."""
    return HALF * tanh(HALF * x) + HALF


@numba.extending.intrinsic
def _on_the_stack(context: Any) -> Any:
    """Return a pointer to BLOCK × LANES float32 of the function's own, which LLVM keeps in registers."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        place = cgutils.alloca_once(builder, ir.ArrayType(ir.FloatType(), BLOCK * LANES))
        return builder.bitcast(place, ir.FloatType().as_pointer())

    return numba.types.CPointer(numba.types.float32)(), generate


@compiled
def product(out: Array, a: Array, rows: Array) -> None:
    """Add a · rows to `out`: (n, LANES) += (n, m) · (m, LANES). The sums of BLOCK rows stay in registers."""
    sums = numba.carray(_on_the_stack(), (BLOCK, LANES))
    for i in range(0, a.shape[0], BLOCK):
        for k in range(LANES):
            sums[0, k] = out[i, k]
            sums[1, k] = out[i + 1, k]
            sums[2, k] = out[i + 2, k]
            sums[3, k] = out[i + 3, k]
        for j in range(a.shape[1]):
            a0, a1, a2, a3 = a[i, j], a[i + 1, j], a[i + 2, j], a[i + 3, j]
            for k in range(LANES):
                row = rows[j, k]
                sums[0, k] += a0 * row
                sums[1, k] += a1 * row
                sums[2, k] += a2 * row
                sums[3, k] += a3 * row
        for k in range(LANES):
            out[i, k] = sums[0, k]
            out[i + 1, k] = sums[1, k]
            out[i + 2, k] = sums[2, k]
            out[i + 3, k] = sums[3, k]


@compiled
def turn(turned: Array, rows: Array) -> None:
    """Write `rows`, (n, LANES), as blocks (blocks, LANES windows, LANES rows); the last may have rows to spare."""
    for block in range(turned.shape[0]):
        part = rows[block * LANES : (block + 1) * LANES]
        for k in range(LANES):
            for i in range(part.shape[0]):
                turned[block, k, i] = part[i, k]


@compiled
def outer(out: Array, slopes: Array, turned: Array) -> None:
    """Add slopes · rowsᵀ to `out`, (blocks, n, LANES), for slopes (n, LANES) and rows as `turn` gives them.

    With the rows that a matrix of n sums was multiplied by, that is the gradient of the matrix.
    """
    for block in range(turned.shape[0]):
        product(out[block], slopes, turned[block])


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

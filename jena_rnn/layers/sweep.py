"""A recurrent layer over a batch: LANES windows at a time, over all timesteps, forwards and backwards.

Groups of LANES windows are independent, so each core takes one. Sums over groups are taken in order, so the number of
cores changes no bit.

    sweep = Sweep(cells.GRU, units=32, relu=False)
    states, tape = sweep.forward(inputs, kernel, recurrent, bias, keep=True)
    gradients = sweep.backward(tape, slope)
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from jena_rnn.base.surroundings import cores
from jena_rnn.layers.cells import Cell
from jena_rnn.layers.lanes import BLOCK, LANES, Array
from jena_rnn.layers.passes import NONE, backward_pass, forward_pass


@dataclass(eq=False)
class Group:
    """The values of one group that the backward pass needs."""

    inputs: Array
    gates: Array
    states: Array
    carries: Array
    input_mask: Array
    state_mask: Array


@dataclass
class Tape:
    """The values of a whole batch that the backward pass needs."""

    shape: tuple[int, int, int]
    groups: list[Group]
    kernel: Array
    recurrent: Array
    late: Array
    sequences: bool


@dataclass(frozen=True)
class Gradients:
    """Gradients of the loss, in Keras's shapes."""

    inputs: Array
    """`(batch, timesteps, columns)`, or empty if not asked for."""
    kernel: Array
    recurrent: Array
    bias: Array
    """`(sums,)`, one for each row of gates."""


def _whole(size: int) -> int:
    return -(-size // BLOCK) * BLOCK


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(cores())


def _all(work: Callable[[int], object], count: int) -> list[Any]:
    """Return the results of `work(0)` … in order, computed on several cores."""
    return [work(0)] if count == 1 else list(_pool().map(work, range(count)))


class Sweep:
    """The arithmetic of a layer; weights are passed to each call."""

    def __init__(self, cell: Cell, units: int, *, relu: bool = False, backwards: bool = False) -> None:
        self.cell, self.units, self.relu, self.backwards = cell, units, relu, backwards
        self._spare: list[list[Group]] = []

    def forward(
        self, batch: Array, kernel: Array, recurrent: Array, bias: Array, *,
        input_mask: Array = NONE, state_mask: Array = NONE, sequences: bool = False, keep: bool = False,
    ) -> tuple[Array, Tape]:  # fmt: skip
        """Return states `(batch, timesteps, units)`, or the last `(batch, 1, units)`, and the tape if `keep`.

        `batch` is (batch, timesteps, columns), all float32; `kernel` and `recurrent` in Keras's layout; `bias` one
        number for each row of gates; masks (batch, columns) and (batch, units), or empty.
        """
        size, timesteps, columns = batch.shape
        kernel = self._packed(kernel, _whole(columns), range(self.cell.inputs))
        late = self._packed(recurrent, _whole(self.units), self.cell.late) if self.cell.late else NONE
        recurrent = self._packed(recurrent, _whole(self.units), self.cell.recurrent)
        bias = self._padded(bias.reshape(self.cell.gates, -1), (self.cell.gates, _whole(self.units))).ravel()
        across, down, later = (np.ascontiguousarray(matrix.T) for matrix in (kernel, recurrent, late))
        groups = self._groups(-(-size // LANES), columns, timesteps if keep else 1)
        out = np.empty((size, timesteps if sequences else 1, self.units), np.float32)

        def run(number: int) -> None:
            group, first = groups[number], number * LANES
            group.input_mask, group.state_mask = (
                self._lanes(mask, first, _whole(mask.shape[1])) for mask in (input_mask, state_mask)
            )
            forward_pass(
                self.cell.kind, self.relu, self.backwards, batch, out, first, across, down, later, bias,
                group.input_mask, group.state_mask, group.inputs, group.gates, group.states, group.carries,
            )  # fmt: skip

        _all(run, len(groups))
        if not keep:
            self._spare.append(groups)
        return out, Tape((size, timesteps, columns), groups, kernel, recurrent, late, sequences)

    def backward(self, tape: Tape, slope: Array, *, to_inputs: bool = True) -> Gradients:
        """Return the gradients, given the loss's gradient with respect to the states; consumes the tape."""
        _, timesteps, columns = tape.shape
        d_inputs = np.empty(tape.shape if to_inputs else (0, timesteps, columns), np.float32)
        matrices = tape.kernel, tape.recurrent, tape.late

        def run(number: int) -> list[Array]:
            group = tape.groups[number]
            shares = [
                *(np.zeros((-(-len(matrix) // LANES), matrix.shape[1], LANES), np.float32) for matrix in matrices),
                np.zeros_like(group.gates[0]),
            ]
            backward_pass(
                self.cell.kind, self.relu, self.backwards, slope, d_inputs, number * LANES, *matrices,
                group.input_mask, group.state_mask, group.inputs, group.gates, group.states, group.carries, *shares,
            )  # fmt: skip
            return shares

        d_kernel, d_recurrent, d_late, d_bias = (
            sum(shares) for shares in zip(*_all(run, len(tape.groups)), strict=True)
        )
        self._spare.append(tape.groups)
        d_recurrent = self._unpacked(d_recurrent, self.units, self.cell.recurrent)
        if self.cell.late:
            d_late = self._unpacked(d_late, self.units, range(len(self.cell.late)))
            d_recurrent = np.concatenate([d_recurrent, d_late], axis=1)
        return Gradients(
            d_inputs,
            self._unpacked(d_kernel, columns, range(self.cell.inputs)),
            d_recurrent,
            d_bias.sum(axis=1).reshape(self.cell.gates, -1)[:, : self.units].ravel(),
        )

    def _packed(self, matrix: Array, rows: int, order: Any) -> Array:
        """Return Keras's (rows, blocks * units) padded to multiples of BLOCK, with its blocks reordered."""
        blocks = matrix.reshape(len(matrix), -1, self.units)[:, list(order)]
        return self._padded(blocks, (rows, len(order), _whole(self.units))).reshape(rows, -1)

    def _unpacked(self, matrix: Array, rows: int, order: Any) -> Array:
        """Return a gradient that `outer` has summed, in Keras's layout."""
        matrix = matrix.transpose(0, 2, 1).reshape(-1, matrix.shape[1])
        blocks = matrix.reshape(len(matrix), len(order), -1)[:rows, :, : self.units]
        return np.ascontiguousarray(blocks[:, np.argsort(list(order))]).reshape(rows, -1)

    @staticmethod
    def _padded(array: Array, shape: tuple[int, ...]) -> Array:
        grown = np.zeros(shape, np.float32)
        grown[tuple(slice(size) for size in array.shape)] = array
        return grown

    @staticmethod
    def _lanes(mask: Array, first: int, rows: int) -> Array:
        if not len(mask):
            return NONE
        part = mask[first : first + LANES]
        return Sweep._padded(part.T, (rows, LANES))

    def _groups(self, count: int, columns: int, timesteps: int) -> list[Group]:
        """Return groups to write to: those of an earlier batch if they fit, since their memory is warm."""
        units, rows = _whole(self.units), self.cell.gates * _whole(self.units)
        shapes = (timesteps, _whole(columns)), (timesteps, rows), (timesteps + 1, units)
        carries = (timesteps + 1 if self.cell.carries else 1, units)
        for spare in self._spare:
            if len(spare) == count and spare[0].gates.shape == (*shapes[1], LANES):
                self._spare.remove(spare)
                return spare
        self._spare.clear()

        def group() -> Group:
            inputs, gates, states, carry = (np.zeros((*shape, LANES), np.float32) for shape in (*shapes, carries))
            return Group(inputs, gates, states, carry, NONE, NONE)

        return [group() for _ in range(count)]

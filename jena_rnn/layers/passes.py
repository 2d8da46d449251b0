"""One group of LANES windows through a recurrent layer: all timesteps forwards, then backwards.

forward_pass(cells.GRU_KIND, relu, backwards, batch, out, first, ...)        # writes out
backward_pass(cells.GRU_KIND, relu, backwards, slope, to_inputs, first, ...)       # adds up the weights' gradients
"""

import numpy as np

from jena_rnn.layers.cells import mix, recall, unmix, unrecall
from jena_rnn.layers.lanes import HALF, LANES, Array, add, affine, fold, multiply, outer, product, room_to_turn, turn
from jena_rnn.layers.machine_code import compiled, kept

NONE = np.zeros((0, 0), np.float32)


@compiled
def _flat(rows: Array) -> Array:
    """Return a flat view of an array."""
    return rows.reshape(rows.size)


@compiled
def load(rows: Array, batch: Array, first: int, time: int, mask: Array) -> None:
    """Write one timestep of windows `first`… of `batch`, times their masks if there are any, to `rows`; 0 beyond."""
    there = min(LANES, batch.shape[0] - first)
    for k in range(there):
        for i in range(batch.shape[2]):
            rows[i, k] = batch[first + k, time, i]
    for k in range(there, LANES):
        for i in range(batch.shape[2]):
            rows[i, k] = 0
    if mask.shape[0]:
        multiply(rows, rows, mask)


@compiled
def store(batch: Array, rows: Array, first: int, time: int) -> None:
    """Write `rows` to one timestep of windows `first`… of `batch`."""
    for k in range(min(LANES, batch.shape[0] - first)):
        for i in range(batch.shape[2]):
            batch[first + k, time, i] = rows[i, k]


@kept
@compiled
def forward_pass(
    kind: int, relu: bool, backwards: bool, batch: Array, out: Array, first: int,
    kernel: Array, recurrent: Array, late: Array, bias: Array, input_mask: Array, state_mask: Array,
    inputs: Array, gates: Array, states: Array, carries: Array,
) -> None:  # fmt: skip
    """Fill `out` (batch, timesteps or 1, units) for one group; arrays with a timestep axis keep every timestep."""
    timesteps, behind = batch.shape[1], len(bias) - len(kernel)
    early, masked, recalled = len(recurrent), np.empty_like(states[0]), np.empty_like(states[0])
    states[0] = 0
    carries[0] = 0
    for t in range(timesteps):
        x, sums = inputs[t % len(inputs)], gates[t % len(gates)]
        before, state = states[t % len(states)], states[(t + 1) % len(states)]
        load(x, batch, first, timesteps - 1 - t if backwards else t, input_mask)
        for i in range(behind):
            sums[i] = bias[i]
        affine(sums[behind:], kernel, x, bias[behind:])
        seen = before
        if state_mask.shape[0]:
            multiply(masked, before, state_mask)
            seen = masked
        product(sums[:early], recurrent, seen)
        if late.shape[0]:
            recall(_flat(recalled), _flat(sums), _flat(seen))
            product(sums[early:], late, recalled)
        carry, new_carry = carries[t % len(carries)], carries[(t + 1) % len(carries)]
        mix(kind, _flat(sums), _flat(before), _flat(carry), _flat(state), _flat(new_carry), relu)
        if out.shape[1] == timesteps:
            store(out, state, first, t)
    if out.shape[1] != timesteps:
        store(out, states[timesteps % len(states)], first, 0)


@kept
@compiled
def backward_pass(
    kind: int, relu: bool, backwards: bool, slope: Array, to_inputs: Array, first: int,
    kernel: Array, recurrent: Array, late: Array, input_mask: Array, state_mask: Array,
    inputs: Array, gates: Array, states: Array, carries: Array,
    d_kernel: Array, d_recurrent: Array, d_late: Array, d_bias: Array,
) -> None:  # fmt: skip
    """Add one group's share to the gradients of the weights, and write those of its inputs if wanted.

    `kernel` (inputs, sums), `recurrent` and `late` (units, sums) are laid out as the backward products need them.
    """
    timesteps, rows = len(inputs), gates.shape[1]
    behind, early = rows - kernel.shape[1], recurrent.shape[1]
    dh, dm, back = np.zeros_like(states[0]), np.zeros_like(states[0]), np.zeros_like(states[0])
    masked, arriving = np.empty_like(states[0]), np.zeros_like(states[0])
    recalled, dk = np.empty_like(states[0]), np.empty_like(states[0])
    slopes = np.empty_like(gates[0])
    turned_inputs, turned_state = room_to_turn(inputs.shape[1]), room_to_turn(states.shape[1])
    x_back = np.zeros_like(inputs[0])
    if slope.shape[1] != timesteps:
        load(dh, slope, first, 0, NONE)
    for t in range(timesteps - 1, -1, -1):
        if slope.shape[1] == timesteps:
            load(arriving, slope, first, t, NONE)
            add(dh, arriving)
        carry, new_carry = carries[t % len(carries)], carries[(t + 1) % len(carries)]
        unmix(
            kind,
            _flat(slopes),
            _flat(gates[t]),
            _flat(states[t]),
            _flat(carry),
            _flat(new_carry),
            _flat(dh),
            _flat(dm),
            relu,
        )
        seen = states[t]
        if state_mask.shape[0]:
            multiply(masked, states[t], state_mask)
            seen = masked
        back[:] = 0
        if late.shape[0]:
            dk[:] = 0
            product(dk, late, slopes[early:])
            unrecall(_flat(slopes), _flat(gates[t]), _flat(seen), _flat(dk), _flat(recalled), _flat(back))
            turn(turned_state, recalled)
            outer(d_late, slopes[early:], turned_state)
        turn(turned_state, seen)
        outer(d_recurrent, slopes[:early], turned_state)
        product(back, recurrent, slopes[:early])
        if state_mask.shape[0]:
            multiply(back, back, state_mask)
        add(dh, back)
        add(d_bias, slopes)
        turn(turned_inputs, inputs[t])
        outer(d_kernel, slopes[behind:], turned_inputs)
        if to_inputs.shape[0]:
            x_back[:] = 0
            product(x_back, kernel, slopes[behind:])
            if input_mask.shape[0]:
                multiply(x_back, x_back, input_mask)
            store(to_inputs, x_back, first, timesteps - 1 - t if backwards else t)
    if turned_inputs.shape[1] == HALF:
        fold(d_kernel[0])
    if turned_state.shape[1] == HALF:
        fold(d_recurrent[0])
        if late.shape[0]:
            fold(d_late[0])

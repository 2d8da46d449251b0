"""Look into a trained layer: its gates at each timestep of one window.

`recurrences` runs the model's first recurrent layer again with the layer's weights, and its states must equal those of
the layer. `reports.trace_plots` draws the result.

    (layer,) = trace(model, window)                 # two for a bidirectional layer
    layer.trace.gates["update"]                     # (timesteps, units)
    most_open(layer, 3)                             # [(17, 0.41), (3, 0.39), (18, 0.25)]
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from jena_rnn.base.errors import ConfigError
from jena_rnn.layers.backend import keras, tf
from jena_rnn.layers.recurrences import Array, Trace, gru, lstm, simple_rnn

Kind = Literal["gru", "lstm", "simple_rnn"]
KINDS: dict[Kind, tuple[type, Callable[..., Trace]]] = {
    "gru": (keras.layers.GRU, gru),
    "lstm": (keras.layers.LSTM, lstm),
    "simple_rnn": (keras.layers.SimpleRNN, simple_rnn),
}
CLOSE, CLOSE_ON_GPU = 1e-4, 1e-2
"""Largest difference of states in float32, as a share of the largest; GPU products keep 10 bits (TensorFloat-32)."""


@dataclass(frozen=True, eq=False)
class LayerTrace:
    """The trace of one recurrent layer in one direction."""

    name: str
    kind: Kind
    direction: Literal["forward", "backward"]
    trace: Trace
    """In the window's order, whichever way the layer read it. Gates of a masked timestep are NaN."""
    writing: Array
    """`(timesteps,)`: how much each timestep wrote, see `writing`; 0 if masked."""
    samples_per_timestep: int
    """Samples of the window from one timestep to the next: above 1 after pooling."""
    reach: int
    """Samples of the window that one timestep spans: above 1 after convolutions."""

    def newest(self, timestep: int) -> int:
        """Return the newest sample of the window that went into a timestep (after convolutions without padding)."""
        return timestep * self.samples_per_timestep + self.reach - 1


def trace(model: keras.Model, window: NDArray[Any]) -> list[LayerTrace]:
    """Return the trace of the model's first recurrent layer over a window; two traces if it is bidirectional.

    `model` is built, a chain of layers; `window` is `(timesteps, columns)` float32 or `(timesteps,)` tokens. Nothing is
    dropped out. Raises ConfigError for a model without a recurrent layer, or with one that `recurrences` does not
    compute, and RuntimeError if the equations give other states than the layer: that would be a bug.
    """
    before, layer = _first_recurrent(model)
    inputs, mask = np.asarray(window)[None], None
    for each in before:
        mask = each.compute_mask(inputs, mask) if each.supports_masking else None
        inputs = each(inputs)
    return [_look(layer.name, part, inputs, mask, *_geometry(before)) for part in _directions(layer)]


def _look(name: str, layer: Any, inputs: Any, mask: Any, samples: int, reach: int) -> LayerTrace:
    """Return the trace of one direction over the window in `inputs`, `(1, timesteps, columns)`."""
    kind, order = _traceable(layer), slice(None, None, -1 if layer.go_backwards else 1)
    shown = np.ones(inputs.shape[1], bool) if mask is None else keras.ops.convert_to_numpy(mask)[0]
    shown = shown[order]
    seen = _run(kind, layer, keras.ops.convert_to_numpy(inputs)[0][order], shown)
    _require_same(layer, seen.states, keras.ops.convert_to_numpy(layer(inputs, mask=mask))[0], shown)
    turned = Trace(seen.states[order], {gate: values[order] for gate, values in seen.gates.items()})
    direction: Literal["forward", "backward"] = "backward" if layer.go_backwards else "forward"
    return LayerTrace(name, kind, direction, turned, writing(seen)[order], samples, reach)


def writing(trace: Trace) -> Array:
    """Return how much each timestep wrote into the memory, `(timesteps,)`, averaged over the units.

    LSTM: i∘|c|, what the input gate lets into the cell. GRU: (1 - z)∘|c - h'|, how far the open part of the update gate
    takes the state towards the candidate; as h = z∘h' + (1 - z)∘c, that is |h - h'|, the change of the state, which
    is also what counts in a SimpleRNN. The trace must be in the order in which the layer read, from a state of zeros.
    """
    if "input" in trace.gates:
        amounts = np.nan_to_num(trace.gates["input"] * np.abs(trace.gates["candidate"]))
    else:
        amounts = np.abs(np.diff(trace.states, axis=0, prepend=0))
    return np.asarray(amounts.mean(axis=1))


def most_open(layer: LayerTrace, count: int) -> list[tuple[int, float]]:
    """Return the `count` timesteps at which the layer wrote most, with the amounts, the largest first."""
    order = np.argsort(-layer.writing, kind="stable")[:count]
    return [(int(timestep), float(layer.writing[timestep])) for timestep in order]


def _first_recurrent(model: keras.Model) -> tuple[list[Any], Any]:
    """Return the layers before the first recurrent one, and that one."""
    layers = [layer for layer in model.layers if not isinstance(layer, keras.layers.InputLayer)]
    for number, layer in enumerate(layers):
        if _kind(_directions(layer)[0]) is not None:
            return layers[:number], layer
    raise ConfigError(
        "the model has no recurrent layer to trace; gru, lstm, simple_rnn, stacked, bidirectional and conv_gru have one"
    )


def _directions(layer: Any) -> list[Any]:
    if isinstance(layer, keras.layers.Bidirectional):
        return [layer.forward_layer, layer.backward_layer]
    return [layer]


def _kind(layer: Any) -> Kind | None:
    return next((kind for kind, (keras_layer, _) in KINDS.items() if isinstance(layer, keras_layer)), None)


def _geometry(before: Sequence[Any]) -> tuple[int, int]:
    """Return the samples of the window from one timestep to the next, and those that one timestep spans."""
    samples, reach = 1, 1
    for layer in before:
        (size,) = getattr(layer, "kernel_size", getattr(layer, "pool_size", (1,)))
        (step,) = getattr(layer, "strides", (1,))
        reach += (size - 1) * samples
        samples *= step
    return samples, reach


def _traceable(layer: Any) -> Kind:
    """Return the kind of a layer; raises ConfigError if `recurrences` does not compute it."""
    kind = _kind(layer)
    gates = getattr(layer, "recurrent_activation", keras.activations.sigmoid)
    usual = layer.activation in {keras.activations.tanh, keras.activations.relu} and gates is keras.activations.sigmoid
    if kind is None or not (usual and layer.use_bias) or layer.stateful or layer.return_state:
        raise ConfigError(f"{layer.name}: only tanh or relu with sigmoid gates and biases can be traced")
    return kind


def _run(kind: Kind, layer: Any, inputs: NDArray[Any], shown: NDArray[np.bool_]) -> Trace:
    """Return the trace in reading order; a masked timestep keeps the state and has no gates."""
    options: dict[str, Any] = {"activation": layer.activation.__name__}
    if kind == "gru":
        options["reset_after"] = layer.reset_after
    seen = KINDS[kind][1](inputs[shown].astype(np.float64), *layer.get_weights(), **options)
    held = np.cumsum(shown)  # 0 before the first timestep that is shown: the state of zeros
    states = np.concatenate([np.zeros_like(seen.states[:1]), seen.states])[held]
    every = {name: np.full_like(states, np.nan) for name in seen.gates}
    for name, values in seen.gates.items():
        every[name][shown] = values
    return Trace(states, every)


def _require_same(layer: Any, states: Array, found: Array, shown: NDArray[np.bool_]) -> None:
    expected, given = (states[shown], found[shown]) if layer.return_sequences else (states[-1], found)
    apart = np.abs(given - expected).max()
    close = CLOSE_ON_GPU if tf.config.list_physical_devices("GPU") else CLOSE
    if not apart <= close * max(np.abs(expected).max(), 1):
        raise RuntimeError(f"{layer.name}: its states are {apart:.2g} away from those of its equations")

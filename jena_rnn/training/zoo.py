"""The model zoo: plain functions from an input shape and options to an uncompiled `keras.Model`.

Each function is one listing of the book, read top to bottom; its options are the keys of the class of that name in
`config.models`. `head` is the last layer that the task asks for.

    model = build(Gru(units=32), (240, 14), Head())
    model.count_params()                    # 4641

Recurrent layers and the embedding come from `rnn`: Keras's or our own, which compute the same, faster on a CPU.
"""

from collections.abc import Callable
from typing import Any

from jena_rnn.config.models import Model, has_recurrence
from jena_rnn.layers.backend import keras, tf
from jena_rnn.training.dataset import Embedding, Head

Shape = tuple[int, ...]
Options = dict[str, Any]
layers = keras.layers


def build(
    options: Model,
    input_shape: Shape,
    head: Head,
    *,
    embedding: Embedding | None = None,
    fast: bool = False,
    steady: bool = False,
) -> keras.Model:
    """Return the model that `options` describes, for samples of `input_shape` (timesteps, columns).

    With an `embedding` in front, samples are (timesteps,) word indices. With `fast`, recurrent layers are our own; the
    weights, their order and names are the same. With `steady`, the embedding is ours: Keras's, unless compiled with
    XLA, sums gradients in the order of threads, so its last bits vary.
    """
    arguments = options.model_dump()
    rnn = _own_layers() if fast else layers
    shape = input_shape if embedding is None else (*input_shape, embedding.size)
    model = ZOO[arguments.pop("name")](shape, head, rnn, **arguments)
    if embedding is not None:
        first = (_own_layers() if steady else rnn).Embedding(embedding.words, embedding.size)
        model = keras.Sequential([keras.Input(input_shape, dtype="int32"), first, *model.layers])
    first = model.layers[0]
    for layer in (getattr(first, "forward_layer", first), getattr(first, "backward_layer", first)):
        layer.wants_slope = False  # nothing below the first layer trains; Keras's layers ignore it
    return model


def _own_layers() -> Any:
    from jena_rnn.layers import keras_layers as own  # importing Numba takes a moment

    return own


def worth_sweeping(options: Model, *, embedded: bool = False) -> bool:
    """Return whether our layers are faster for this model on this machine; a GPU has cuDNN, which is faster still."""
    return (embedded or has_recurrence(options)) and not tf.config.list_physical_devices("GPU")


def describe(model: keras.Model) -> list[dict[str, Any]]:
    """Return each layer's kind, output shape without the batch, and number of weights."""
    return [
        {
            "layer": type(layer).__name__,
            "output": " × ".join(str(size) for size in layer.output.shape[1:]),
            "parameters": layer.count_params(),
        }
        for layer in model.layers
    ]


def _sequential(input_shape: Shape, head: Head, *body: Any) -> keras.Model:
    last = layers.Dense(head.units, activation=head.activation)
    return keras.Sequential([keras.Input(input_shape), *body, last])


def dense(input_shape: Shape, head: Head, rnn: Any, *, units: int, activation: str, hidden: int) -> keras.Model:
    """Flatten the window, then dense layers (one in listing 6.37)."""
    body = [layers.Dense(units, activation=activation) for _ in range(hidden)]
    return _sequential(input_shape, head, layers.Flatten(), *body)


def gru(input_shape: Shape, head: Head, rnn: Any, **layer: Any) -> keras.Model:
    """One GRU layer (listing 6.39; 6.40 with dropout, 6.42 on reversed windows)."""
    return _sequential(input_shape, head, rnn.GRU(**layer))


def lstm(input_shape: Shape, head: Head, rnn: Any, **layer: Any) -> keras.Model:
    """One LSTM layer."""
    return _sequential(input_shape, head, rnn.LSTM(**layer))


def simple_rnn(input_shape: Shape, head: Head, rnn: Any, *, layers: int, **layer: Any) -> keras.Model:
    """Plain recurrent layers, all but the last handing on all their timesteps (listing 6.22)."""
    body = [rnn.SimpleRNN(**layer, return_sequences=number < layers) for number in range(1, layers + 1)]
    return _sequential(input_shape, head, *body)


def stacked(
    input_shape: Shape, head: Head, rnn: Any, *, first: Options, second: Options, reset_after: bool
) -> keras.Model:
    """Two GRU layers, the first handing on all its timesteps (listing 6.41)."""
    return _sequential(
        input_shape,
        head,
        rnn.GRU(**first, reset_after=reset_after, return_sequences=True),
        rnn.GRU(**second, reset_after=reset_after),
    )


def bidirectional(
    input_shape: Shape, head: Head, rnn: Any, *, cell: str, reset_after: bool, **layer: Any
) -> keras.Model:
    """One recurrent layer read forwards and one backwards, outputs joined (listing 6.44)."""
    variant = {"reset_after": reset_after} if cell == "gru" else {}
    return _sequential(input_shape, head, layers.Bidirectional(getattr(rnn, CELLS[cell])(**layer, **variant)))


def conv(
    input_shape: Shape, head: Head, rnn: Any, *, filters: int, kernel_size: int, pool_size: int, convolutions: int
) -> keras.Model:
    """Convolutions with max pooling between them, then the maximum over time (listing 6.47)."""
    body: list[Any] = []
    for number in range(convolutions):
        if number:
            body.append(layers.MaxPooling1D(pool_size))
        body.append(layers.Conv1D(filters, kernel_size, activation="relu"))
    return _sequential(input_shape, head, *body, layers.GlobalMaxPooling1D())


def conv_gru(
    input_shape: Shape,
    head: Head,
    rnn: Any,
    *,
    filters: int,
    kernel_size: int,
    pool_size: int,
    **layer: Any,
) -> keras.Model:
    """Convolutions shorten the window, a GRU reads what is left (listing 6.49)."""
    return _sequential(
        input_shape,
        head,
        layers.Conv1D(filters, kernel_size, activation="relu"),
        layers.MaxPooling1D(pool_size),
        layers.Conv1D(filters, kernel_size, activation="relu"),
        rnn.GRU(**layer),
    )


CELLS = {"gru": "GRU", "lstm": "LSTM", "simple_rnn": "SimpleRNN"}
ZOO: dict[str, Callable[..., keras.Model]] = {
    "dense": dense,
    "gru": gru,
    "lstm": lstm,
    "simple_rnn": simple_rnn,
    "stacked": stacked,
    "bidirectional": bidirectional,
    "conv": conv,
    "conv_gru": conv_gru,
}

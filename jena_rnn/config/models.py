"""What a config can say of a model: one frozen dataclass for each entry of the zoo.

`schema` takes them as the `model` section, `models` builds from them. Units are layer sizes, dropouts are shares.

    Gru(units=64, dropout=0.2).name         # 'gru'
"""

from dataclasses import dataclass, field
from typing import Literal

from jena_rnn.config.binding import setting


@dataclass(frozen=True)
class Dense:
    """Flatten, then dense layers (listing 6.37; two on bags of words in listing 3.3)."""

    name: Literal["dense"] = "dense"
    units: int = setting(32, at_least=1, below=100_000)
    """Size of a hidden layer."""
    activation: Literal["relu", "tanh"] = "relu"
    """Of a hidden layer."""
    hidden: int = setting(1, at_least=1, below=100)
    """How many hidden layers."""


@dataclass(frozen=True)
class Layer:
    """One recurrent layer of a stack."""

    units: int = setting(32, at_least=1, below=100_000)
    """Size of the state."""
    activation: Literal["tanh", "relu"] = "tanh"
    """Of the candidate state; gates are sigmoid."""
    dropout: float = setting(0.0, at_least=0, below=1)
    """Share of the inputs dropped, one mask for all timesteps of a window."""
    recurrent_dropout: float = setting(0.0, at_least=0, below=1)
    """Share of the state dropped, likewise."""


@dataclass(frozen=True)
class Gru(Layer):
    """One gated recurrent unit layer (listings 6.39, 6.40 and 6.42)."""

    name: Literal["gru"] = "gru"
    reset_after: bool = True
    """False is the GRU of the book's Keras 2.0: one bias vector less (96 weights of 32 units), no cuDNN on a GPU."""


@dataclass(frozen=True)
class Lstm(Layer):
    """One long short-term memory layer."""

    name: Literal["lstm"] = "lstm"


@dataclass(frozen=True)
class SimpleRnn(Layer):
    """Plain recurrent layers (listing 6.22, and the stack before it)."""

    name: Literal["simple_rnn"] = "simple_rnn"
    layers: int = setting(1, at_least=1, below=100)
    """How many, one on the other."""


@dataclass(frozen=True)
class Stacked:
    """Two GRU layers, one on the other (listing 6.41)."""

    name: Literal["stacked"] = "stacked"
    first: Layer = field(default_factory=lambda: Layer(32, dropout=0.1, recurrent_dropout=0.5))
    """Hands every state on."""
    second: Layer = field(default_factory=lambda: Layer(64, "relu", dropout=0.1, recurrent_dropout=0.5))
    """Hands its last state on."""
    reset_after: bool = True
    """As in gru."""


@dataclass(frozen=True)
class Bidirectional(Layer):
    """A recurrent layer in both directions, outputs joined (listing 6.44)."""

    name: Literal["bidirectional"] = "bidirectional"
    cell: Literal["gru", "lstm", "simple_rnn"] = "gru"
    """What reads in each direction."""
    reset_after: bool = True
    """As in gru; other cells have none."""


@dataclass(frozen=True)
class Conv:
    """Convolutions with pooling between them, then a global maximum (listing 6.47)."""

    name: Literal["conv"] = "conv"
    filters: int = setting(32, at_least=1, below=100_000)
    """Of each convolution."""
    kernel_size: int = setting(5, at_least=1)
    """In timesteps."""
    pool_size: int = setting(3, at_least=1)
    """In timesteps."""
    convolutions: int = setting(3, at_least=1, below=100)
    """How many convolutions."""


@dataclass(frozen=True)
class ConvGru:
    """Convolution, pooling, convolution, then a GRU (listing 6.49)."""

    name: Literal["conv_gru"] = "conv_gru"
    filters: int = setting(32, at_least=1, below=100_000)
    """Of each convolution."""
    kernel_size: int = setting(5, at_least=1)
    """In timesteps."""
    pool_size: int = setting(3, at_least=1)
    """In timesteps."""
    units: int = setting(32, at_least=1, below=100_000)
    """Size of the GRU's state."""
    dropout: float = setting(0.1, at_least=0, below=1)
    """As in gru."""
    recurrent_dropout: float = setting(0.5, at_least=0, below=1)
    """As in gru."""
    reset_after: bool = True
    """As in gru."""


Model = Dense | Gru | Lstm | SimpleRnn | Stacked | Bidirectional | Conv | ConvGru


def sweepable(model: Model) -> bool:
    """Return whether our own recurrent layers compute the model: whether it has any."""
    return not isinstance(model, Dense | Conv)


MODELS: dict[str, type] = {
    "dense": Dense,
    "gru": Gru,
    "lstm": Lstm,
    "simple_rnn": SimpleRnn,
    "stacked": Stacked,
    "bidirectional": Bidirectional,
    "conv": Conv,
    "conv_gru": ConvGru,
}

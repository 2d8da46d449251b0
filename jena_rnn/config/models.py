"""The `model` section: one pydantic model for each entry of the zoo.

`training.zoo` builds from them. Units are layer sizes, dropouts are shares.

    Gru(units=64, dropout=0.2).name         # 'gru'
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, get_args

from pydantic import Discriminator, Field, Tag

from jena_rnn.config.section import LARGEST, Section


class Dense(Section):
    """Flatten, then dense layers (listing 6.37; two on bags of words in listing 3.3)."""

    name: Literal["dense"] = "dense"
    units: int = Field(32, ge=1, lt=100_000)
    """Size of a hidden layer."""
    activation: Literal["relu", "tanh"] = "relu"
    """Activation of a hidden layer."""
    hidden: int = Field(1, ge=1, lt=100)
    """Number of hidden layers."""


class Layer(Section):
    """One recurrent layer."""

    units: int = Field(32, ge=1, lt=100_000)
    """Size of the state."""
    activation: Literal["tanh", "relu"] = "tanh"
    """Activation of the candidate state; gates are sigmoid."""
    dropout: float = Field(0.0, ge=0, lt=1)
    """Share of the inputs dropped, one mask for all timesteps of a window."""
    recurrent_dropout: float = Field(0.0, ge=0, lt=1)
    """Share of the state dropped, one mask for all timesteps of a window."""


class Gru(Layer):
    """One gated recurrent unit layer (listings 6.39, 6.40 and 6.42)."""

    name: Literal["gru"] = "gru"
    reset_after: bool = True
    """False is the GRU of the book's Keras 2.0: one bias vector less (96 weights of 32 units), no cuDNN on a GPU."""


class Lstm(Layer):
    """One long short-term memory layer."""

    name: Literal["lstm"] = "lstm"


class SimpleRnn(Layer):
    """Plain recurrent layers (listing 6.22, and the stack before it)."""

    name: Literal["simple_rnn"] = "simple_rnn"
    layers: int = Field(1, ge=1, lt=100)
    """Number of layers, one on the other."""


class FirstLayer(Layer):
    """The first layer of a stack, which passes on every state."""

    dropout: float = Field(0.1, ge=0, lt=1)
    """Share of the inputs dropped, one mask for all timesteps of a window."""
    recurrent_dropout: float = Field(0.5, ge=0, lt=1)
    """Share of the state dropped, one mask for all timesteps of a window."""


class SecondLayer(FirstLayer):
    """The second layer of a stack, which passes on its last state."""

    units: int = Field(64, ge=1, lt=100_000)
    """Size of the state."""
    activation: Literal["tanh", "relu"] = "relu"
    """Activation of the candidate state; gates are sigmoid."""


class Stacked(Section):
    """Two GRU layers, one on the other (listing 6.41)."""

    name: Literal["stacked"] = "stacked"
    first: FirstLayer = FirstLayer()
    """The lower layer."""
    second: SecondLayer = SecondLayer()
    """The upper layer."""
    reset_after: bool = True
    """As in gru."""


class Bidirectional(Layer):
    """A recurrent layer in both directions, outputs joined (listing 6.44)."""

    name: Literal["bidirectional"] = "bidirectional"
    cell: Literal["gru", "lstm", "simple_rnn"] = "gru"
    """The layer in each direction."""
    reset_after: bool = True
    """As in gru; not for other cells."""


class Conv(Section):
    """Convolutions with pooling between them, then a global maximum (listing 6.47)."""

    name: Literal["conv"] = "conv"
    filters: int = Field(32, ge=1, lt=100_000)
    """Filters of each convolution."""
    kernel_size: int = Field(5, ge=1, lt=LARGEST)
    """In timesteps."""
    pool_size: int = Field(3, ge=1, lt=LARGEST)
    """In timesteps."""
    convolutions: int = Field(3, ge=1, lt=100)
    """Number of convolutions."""


class ConvGru(Section):
    """Convolution, pooling, convolution, then a GRU (listing 6.49)."""

    name: Literal["conv_gru"] = "conv_gru"
    filters: int = Field(32, ge=1, lt=100_000)
    """Filters of each convolution."""
    kernel_size: int = Field(5, ge=1, lt=LARGEST)
    """In timesteps."""
    pool_size: int = Field(3, ge=1, lt=LARGEST)
    """In timesteps."""
    units: int = Field(32, ge=1, lt=100_000)
    """Size of the GRU's state."""
    dropout: float = Field(0.1, ge=0, lt=1)
    """As in gru."""
    recurrent_dropout: float = Field(0.5, ge=0, lt=1)
    """As in gru."""
    reset_after: bool = True
    """As in gru."""


Model = Dense | Gru | Lstm | SimpleRnn | Stacked | Bidirectional | Conv | ConvGru
MODELS: dict[str, type[Section]] = {kind.model_fields["name"].default: kind for kind in get_args(Model)}
"""Each model's class, by its name in a config."""

if TYPE_CHECKING:
    _Tagged = Model
else:
    _Tagged = Union[tuple(Annotated[kind, Tag(name)] for name, kind in MODELS.items())]  # noqa: UP007


def _name_or(default: str) -> Callable[[Any], Any]:
    """Return a function that picks a model by its `name` key, or `default` if there is none."""

    def name_of(value: Any) -> Any:
        if value is None:
            return default
        return value.get("name", default) if isinstance(value, dict) else getattr(value, "name", None)

    return name_of


ModelOrGru = Annotated[_Tagged, Discriminator(_name_or("gru"))]
ModelOrLstm = Annotated[_Tagged, Discriminator(_name_or("lstm"))]


def has_recurrence(model: Model) -> bool:
    """Return whether a model has recurrent layers, which our own layers can compute."""
    return not isinstance(model, Dense | Conv)


def timesteps_left(timesteps: int, convolutions: int, kernel: int, pool: int) -> int:
    """Return how many timesteps `convolutions` leave, with a pool between each two; below 1 is none."""
    if pool == 1:
        return timesteps - convolutions * (kernel - 1)
    left = timesteps - (kernel - 1)
    for _ in range(convolutions - 1):
        if left < 1:
            break
        left = left // pool - (kernel - 1)
    return left

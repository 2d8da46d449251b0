"""The keys that every experiment has, whatever its task; `forecast.config` and `reviews.config` add theirs.

Training(epochs=40).learning_rate       # 0.001
"""

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal, Self

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from jena_rnn.config.models import Bidirectional, Conv, ConvGru, Gru, Model, ModelOrGru, has_recurrence, timesteps_left
from jena_rnn.config.section import LARGEST, Broken, Section, Text


def _is_name(text: str) -> str:
    if not text or len(text) > 64 or not text[0].isalnum() or not set(text) <= NAME_LETTERS:  # noqa: PLR2004
        raise PydanticCustomError("expected", "a name of letters, digits, '.', '_' and '-' (64 at most)")
    return text


NAME_LETTERS = set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-")


class EarlyStopping(Section):
    """When to stop before the last epoch."""

    patience: int = Field(5, ge=1, lt=LARGEST)
    """Epochs without a better validation MAE (or accuracy)."""
    min_delta: float = Field(0.0, ge=0)
    """By how much it must be better, normalised (or as a share of reviews)."""


class Plateau(Section):
    """When to lower the learning rate."""

    patience: int = Field(3, ge=1, lt=LARGEST)
    """Epochs without a better validation MAE (or accuracy)."""
    factor: float = Field(0.5, gt=0, lt=1)
    """What the rate is multiplied by."""
    minimum: float = Field(1e-6, gt=0)
    """The rate never falls below it."""
    min_delta: float = Field(0.0, ge=0)
    """By how much it must be better, normalised (or as a share of reviews)."""


class Training(Section):
    """How a model is fitted."""

    epochs: int = Field(20, ge=1, lt=1_000_000)
    """Passes, each followed by a validation."""
    steps_per_epoch: Annotated[int, Field(ge=1, lt=10_000_000)] | None = 500
    """Batches in an epoch; null is one pass over the samples (not for protocol book)."""
    optimizer: Literal["rmsprop", "adam", "sgd"] = "rmsprop"
    """With Keras's defaults but for the learning rate."""
    learning_rate: float = Field(1e-3, gt=0, lt=1_000_000)
    """Constant over the run, unless `plateau` lowers it."""
    early_stopping: EarlyStopping | None = None
    """Null trains every epoch."""
    plateau: Plateau | None = None
    """Null keeps the learning rate."""
    fast_layers: Literal["auto", True, False] = "auto"
    """Our own layers, faster on a CPU ([what differs](performance.md)); `auto`: from 50 steps an epoch."""
    jit_compile: Literal["auto", True, False] = "auto"
    """Compile with XLA; `auto`: from 50 steps an epoch if `fast_layers` are not in use, never for conv."""
    eval_batch_size: int = Field(512, ge=1, lt=1_000_000)
    """Samples in a forward-only step; changes speed and memory, and results only by rounding."""


class Place(Section):
    """The place of an experiment's data."""

    path: Text = ""
    """The file, relative to the working directory."""
    sample: bool = False
    """Use made-up data instead of the file (--sample)."""
    SETTLED: ClassVar[tuple[str, ...]] = ()
    """Keys that a trained run has fixed, whatever other data it is evaluated on."""

    def whole(self) -> Self:
        """Return the same place with nothing left out."""
        return self


class Listing(Section):
    """What the book printed for a listing."""

    listing: Text = ""
    """Its number, such as "6.39"."""


class Experiment(Section):
    """What every experiment has, whatever its task."""

    task: str = "forecast"
    """What is learned; it decides which keys there are."""
    name: Annotated[str, AfterValidator(_is_name)] = "experiment"
    """Name of its runs; the file's name if left out."""
    seed: int = Field(0, ge=0, lt=2**32)
    """Seed of the weights, the dropout masks and the order of samples."""
    model: ModelOrGru = Gru()
    """Which model; its `name` (`gru` if left out) decides which keys it has."""
    training: Training = Training()
    """How it is fitted."""
    data: Place = Place()
    """What it learns from."""
    book: Listing | None = None
    """Null for an experiment of your own."""

    def smoke(self) -> list[str]:
        """Return overrides for a run of seconds."""
        return ["training.epochs=1", "training.steps_per_epoch=5", "training.jit_compile=false"]

    def broken_rules(self) -> Iterator[Broken]:
        """Yield each rule between keys that the config breaks."""
        yield from _learning_rate(self.training)
        yield from _cell(self.model)


def _learning_rate(training: Training) -> Iterator[Broken]:
    rate, plateau = training.learning_rate, training.plateau
    if plateau is not None and plateau.minimum > rate:
        message = f"expected at most training.learning_rate ({rate:g}), got {plateau.minimum:g}"
        yield Broken("training.plateau.minimum", message, ("training.learning_rate",))


def _cell(model: Model) -> Iterator[Broken]:
    if isinstance(model, Bidirectional) and model.cell != "gru" and not model.reset_after:
        message = f"expected it left out, since model.cell {model.cell} has no such choice, got false"
        yield Broken("model.reset_after", message, ("model.cell",))


def fast_layers_fit(config: Experiment, *, embedded: bool) -> Iterator[Broken]:
    """Yield the rules of fast_layers and jit_compile; `embedded` says whether the model begins with an embedding."""
    training = config.training
    if training.fast_layers is True and not (embedded or has_recurrence(config.model)):
        message = "expected false or auto, since there are none for this model, got true"
        yield Broken("training.fast_layers", message, ("model",))
    if training.fast_layers is True and training.jit_compile is True:
        message = "expected false or auto, since XLA cannot compile training.fast_layers: true"
        yield Broken("training.jit_compile", message, ("training.fast_layers",))


def convolutions_fit(model: Model, timesteps: int, *keys: str) -> Iterator[Broken]:
    """Yield the rule that convolutions leave some of the timesteps, which `keys` decide."""
    if isinstance(model, Conv | ConvGru):
        convolutions = model.convolutions if isinstance(model, Conv) else 2
        if timesteps_left(timesteps, convolutions, model.kernel_size, model.pool_size) < 1:
            several = f"model.convolutions {convolutions}, " if isinstance(model, Conv) else ""
            got = f"{several}model.kernel_size {model.kernel_size}, model.pool_size {model.pool_size}"
            message = f"expected to leave some of the {' / '.join(keys)} = {timesteps} timesteps, got {got}"
            yield Broken("model", message, keys)

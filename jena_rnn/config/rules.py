"""The rules that tie keys of a config together; bounds of single keys stand in `schema`.

broken_rules(config)      # [Broken("windows.lookback", "expected a multiple of windows.step (6), got 1441", ...)]
"""

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from jena_rnn.config.experiment import Config, Experiment, Range
from jena_rnn.config.models import Bidirectional, Conv, ConvGru, Dense, Model, sweepable
from jena_rnn.reviews.config import ReviewConfig
from jena_rnn.series.date_formats import no_dates_by, no_format


class Broken(NamedTuple):
    """A rule that a config breaks."""

    path: str
    """The key that is told."""
    message: str
    """Names the other keys."""
    others: tuple[str, ...] = ()
    """Keys and sections that the rule hangs on too."""


def broken_rules(config: Config) -> list[Broken]:
    """Return each rule that `config` breaks."""
    windows = config.windows
    timesteps = _model(config.model, windows.lookback // windows.step, "windows.lookback", "windows.step")
    before = *_data(config), *_windows(config), *_splits(config), *_epochs(config)
    return [*before, *_ways(config), *_plateau(config), *_cell(config.model), *timesteps]


def broken_review_rules(config: ReviewConfig) -> list[Broken]:
    """Return the same of a config of reviews."""
    words, timesteps = config.words, _model(config.model, config.words.length, "words.length")
    if words.encoding == "sequence":
        return [*_ways(config, embedded=True), *_plateau(config), *_cell(config.model), *timesteps]
    return [*_ways(config), *_plateau(config), *_bag(config)]


def _bag(config: ReviewConfig) -> Iterator[Broken]:
    if not isinstance(config.model, Dense):
        message = f"expected dense, since words.encoding bag has no order, got {config.model.name}"
        yield Broken("model.name", message, ("words.encoding",))
    if config.words.reverse:
        message = "expected false, since words.encoding bag has no order, got true"
        yield Broken("words.reverse", message, ("words.encoding",))


def _data(config: Config) -> Iterator[Broken]:
    if config.data.decimal == config.data.delimiter:
        yield Broken("data.decimal", "expected another character than data.delimiter, got ','", ("data.delimiter",))
    if config.data.columns == ():
        yield Broken("data.columns", "expected at least one column, or null for all, got []")
    for column in sorted(column for column, times in Counter(config.data.columns or ()).items() if times > 1):
        yield Broken("data.columns", f"expected each column once, got {column!r} twice or more")
    if config.data.date_format is not None and (wrong := no_format(config.data.date_format)):
        yield Broken("data.date_format", no_dates_by(config.data.date_format, wrong))


def _windows(config: Config) -> Iterator[Broken]:
    windows = config.windows
    if windows.lookback % windows.step:
        message = f"expected a multiple of windows.step ({windows.step}), got {windows.lookback}"
        yield Broken("windows.lookback", message, ("windows.step",))


def _splits(config: Config) -> Iterator[Broken]:
    split = config.split
    ranges: list[tuple[str, Range]] = [("train", split.train), ("val", split.val), ("test", split.test)]
    for name, (first, end) in ranges:
        if end is None and name != "test":
            message = f"expected an end in rows (only split.test may have none), got [{first}, null]"
            yield Broken(f"split.{name}", message)
        elif end is not None and end <= first:
            yield Broken(f"split.{name}", f"expected [first, end] with first < end, got [{first}, {end}]")
    for (before, (_, end)), (name, (first, _)) in pairwise(ranges):
        if end is not None and first < end:
            message = f"expected to begin at or after the end of split.{before} ({end}), got {first}"
            yield Broken(f"split.{name}", message, (f"split.{before}",))
    if split.scale:
        for name, (first, end) in ranges:
            last = first if end is None else end
            if last > split.rows:
                message = f"expected rows up to split.rows ({split.rows}) for split.scale, got {last}"
                yield Broken(f"split.{name}", message, ("split.rows", "split.scale"))


def _epochs(config: Config) -> Iterator[Broken]:
    if config.windows.protocol == "book" and config.training.steps_per_epoch is None:
        message = "expected a number of batches, since windows.protocol is book and its epochs have no end, got null"
        yield Broken("training.steps_per_epoch", message, ("windows.protocol",))


def _plateau(config: Experiment) -> Iterator[Broken]:
    rate, plateau = config.training.learning_rate, config.training.plateau
    if plateau is not None and plateau.minimum > rate:
        message = f"expected at most training.learning_rate ({rate:g}), got {plateau.minimum:g}"
        yield Broken("training.plateau.minimum", message, ("training.learning_rate",))


def _ways(config: Experiment, *, embedded: bool = False) -> Iterator[Broken]:
    if config.training.fast_layers is True and not (embedded or sweepable(config.model)):
        message = "expected false or auto, since there are none for this model, got true"
        yield Broken("training.fast_layers", message, ("model.name", "model.first.name", "model.second.name"))
    if config.training.fast_layers is True and config.training.jit_compile is True:
        message = "expected false or auto, since XLA cannot compile training.fast_layers: true"
        yield Broken("training.jit_compile", message, ("training.fast_layers",))


def _cell(model: Model) -> Iterator[Broken]:
    if isinstance(model, Bidirectional) and model.cell != "gru" and not model.reset_after:
        message = f"expected it left out, since model.cell {model.cell} has no such choice, got false"
        yield Broken("model.reset_after", message, ("model.cell",))


def _model(model: Model, timesteps: int, *keys: str) -> Iterator[Broken]:
    if isinstance(model, Conv | ConvGru):
        convolutions = model.convolutions if isinstance(model, Conv) else 2
        if _left(timesteps, convolutions, model.kernel_size, model.pool_size) < 1:
            several = f"model.convolutions {convolutions}, " if isinstance(model, Conv) else ""
            got = f"{several}model.kernel_size {model.kernel_size}, model.pool_size {model.pool_size}"
            message = f"expected to leave some of the {' / '.join(keys)} = {timesteps} timesteps, got {got}"
            yield Broken("model", message, (*keys, "model.convolutions", "model.kernel_size", "model.pool_size"))


def _left(timesteps: int, convolutions: int, kernel: int, pool: int) -> int:
    """Return how many timesteps `convolutions` leave, with a pool between each two; below 1 is none."""
    if pool == 1:
        return timesteps - convolutions * (kernel - 1)
    left = timesteps - (kernel - 1)
    for _ in range(convolutions - 1):
        if left < 1:  # soon: a pool at least halves what is left, however many convolutions were asked for
            break
        left = left // pool - (kernel - 1)
    return left

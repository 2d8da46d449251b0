"""The rules that tie keys of a config together; bounds of single keys stand in `schema`.

broken_rules(config)      # [("windows.lookback", "expected a multiple of windows.step (6), got 1441")]
"""

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from jena_rnn.date_formats import no_dates_by, no_format
from jena_rnn.options import Conv, ConvGru, Dense, Model, sweepable
from jena_rnn.review_schema import ReviewConfig
from jena_rnn.schema import Config, Experiment, Range


def broken_rules(config: Config) -> list[tuple[str, str]]:
    """Return (key, message) for each rule that `config` breaks; the message names the other key."""
    windows = config.windows
    timesteps = _model(config.model, windows.lookback // windows.step, "windows.lookback / windows.step")
    before = *_data(config), *_windows(config), *_splits(config), *_epochs(config)
    return [*before, *_ways(config), *_plateau(config), *timesteps]


def broken_review_rules(config: ReviewConfig) -> list[tuple[str, str]]:
    """Return the same of a config of reviews."""
    words, timesteps = config.words, _model(config.model, config.words.length, "words.length")
    if words.encoding == "sequence":
        return [*_ways(config, embedded=True), *_plateau(config), *timesteps]
    return [*_ways(config), *_plateau(config), *_bag(config)]


def _bag(config: ReviewConfig) -> Iterator[tuple[str, str]]:
    if not isinstance(config.model, Dense):
        yield "model.name", f"expected dense, since words.encoding bag has no order, got {config.model.name}"
    if config.words.reverse:
        yield "words.reverse", "expected false, since words.encoding bag has no order, got true"


def _data(config: Config) -> Iterator[tuple[str, str]]:
    if config.data.decimal == config.data.delimiter:
        yield "data.decimal", "expected another character than data.delimiter, got ','"
    if config.data.columns == ():
        yield "data.columns", "expected at least one column, or null for all, got []"
    for column in sorted(column for column, times in Counter(config.data.columns or ()).items() if times > 1):
        yield "data.columns", f"expected each column once, got {column!r} twice or more"
    if config.data.date_format is not None and (wrong := no_format(config.data.date_format)):
        yield "data.date_format", no_dates_by(config.data.date_format, wrong)


def _windows(config: Config) -> Iterator[tuple[str, str]]:
    windows = config.windows
    if windows.lookback % windows.step:
        yield (
            "windows.lookback",
            f"expected a multiple of windows.step ({windows.step}), got {windows.lookback}",
        )


def _splits(config: Config) -> Iterator[tuple[str, str]]:
    split = config.split
    ranges: list[tuple[str, Range]] = [("train", split.train), ("val", split.val), ("test", split.test)]
    for name, (first, end) in ranges:
        if end is None and name != "test":
            yield f"split.{name}", f"expected an end in rows (only split.test may have none), got [{first}, null]"
        elif end is not None and end <= first:
            yield f"split.{name}", f"expected [first, end] with first < end, got [{first}, {end}]"
    for (before, (_, end)), (name, (first, _)) in pairwise(ranges):
        if end is not None and first < end:
            yield f"split.{name}", f"expected to begin at or after the end of split.{before} ({end}), got {first}"
    if split.scale:
        for name, (first, end) in ranges:
            last = first if end is None else end
            if last > split.rows:
                yield f"split.{name}", f"expected rows up to split.rows ({split.rows}) for split.scale, got {last}"


def _epochs(config: Config) -> Iterator[tuple[str, str]]:
    if config.windows.protocol == "book" and config.training.steps_per_epoch is None:
        yield (
            "training.steps_per_epoch",
            "expected a number of batches, since windows.protocol is book and its epochs have no end, got null",
        )


def _plateau(config: Experiment) -> Iterator[tuple[str, str]]:
    rate, plateau = config.training.learning_rate, config.training.plateau
    if plateau is not None and plateau.minimum > rate:
        yield "training.plateau.minimum", f"expected at most training.learning_rate ({rate:g}), got {plateau.minimum:g}"


def _ways(config: Experiment, *, embedded: bool = False) -> Iterator[tuple[str, str]]:
    if config.training.fast_layers is True and not (embedded or sweepable(config.model)):
        yield "training.fast_layers", "expected false or auto, since there are none for this model, got true"
    if config.training.fast_layers is True and config.training.jit_compile is True:
        yield (
            "training.jit_compile",
            "expected false or auto, since XLA cannot compile training.fast_layers: true",
        )


def _model(model: Model, timesteps: int, keys: str) -> Iterator[tuple[str, str]]:
    if isinstance(model, Conv | ConvGru):
        convolutions = model.convolutions if isinstance(model, Conv) else 2
        if _left(timesteps, convolutions, model.kernel_size, model.pool_size) < 1:
            several = f"model.convolutions {convolutions}, " if isinstance(model, Conv) else ""
            got = f"{several}model.kernel_size {model.kernel_size}, model.pool_size {model.pool_size}"
            yield "model", f"expected to leave some of the {keys} = {timesteps} timesteps, got {got}"


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

"""The rules that tie keys of a config together; bounds of single keys stand in `schema`.

    broken_rules(config)      # [("windows.lookback", "expected a multiple of windows.step (6), got 1441")]
"""

from collections.abc import Iterator

from jena_rnn.schema import Config, Conv, ConvGru, Range


def broken_rules(config: Config) -> list[tuple[str, str]]:
    """Return (key, message) for each rule that `config` breaks; the message names the other key."""
    return [*_windows(config), *_splits(config), *_training(config), *_model(config)]


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
            yield f"split.{name}", "expected an end in rows; only split.test may end with null"
        elif end is not None and end <= first:
            yield f"split.{name}", f"expected [first, end] with first < end, got [{first}, {end}]"
    for (before, (_, end)), (name, (first, _)) in zip(ranges, ranges[1:], strict=False):
        if end is not None and first < end:
            yield f"split.{name}", f"expected to begin at or after the end of split.{before} ({end}), got {first}"
    if split.scale:
        for name, (first, end) in ranges:
            if max(first, end or 0) > split.rows:
                yield f"split.{name}", f"reaches past split.rows ({split.rows}), which split.scale scales by"


def _training(config: Config) -> Iterator[tuple[str, str]]:
    if config.windows.protocol == "book" and config.training.steps_per_epoch is None:
        yield (
            "training.steps_per_epoch",
            "expected a number: windows.protocol book draws with replacement, so an epoch has no natural end",
        )


def _model(config: Config) -> Iterator[tuple[str, str]]:
    model, timesteps = config.model, config.windows.lookback // config.windows.step
    if isinstance(model, Conv | ConvGru):
        left = timesteps
        for layer in range(model.convolutions if isinstance(model, Conv) else 2):
            left = left // model.pool_size if layer else left
            left -= model.kernel_size - 1
        if left < 1:
            yield (
                "model.kernel_size",
                f"the convolutions and pools use up all {timesteps} timesteps (windows.lookback / windows.step)",
            )

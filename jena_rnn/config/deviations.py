"""How an experiment differs from the listing of the book that it names.

deviations(config)                      # ['model.units 64 instead of 32']
"""

import json
from typing import Any

from jena_rnn.base.errors import ConfigError
from jena_rnn.config.experiment import Experiment
from jena_rnn.config.loading import load, plain, shipped

LISTED = (
    *("split.train", "split.val", "split.test", "windows.", "words.", "model.", "training."),
    *("data.target", "data.max_rows", "data.max_reviews"),
)
"""Keys that decide the result of a listing,"""
UNLISTED = ("training.fast_layers", "training.jit_compile", "training.eval_batch_size")
"""but for these."""


def deviations(config: Experiment) -> list[str]:
    """Return the keys in which a config differs from the shipped one of its listing, `model.units 64 instead of 32`."""
    listing = _listing(config)
    if listing is None:
        return []
    ours, theirs = _flat(plain(config)), _flat(plain(listing))
    return [
        f"{key} {json.dumps(ours.get(key))} instead of {json.dumps(theirs.get(key))}"
        for key in sorted(ours.keys() | theirs.keys())
        if key.startswith(LISTED) and not key.startswith(UNLISTED) and ours.get(key) != theirs.get(key)
    ]


def _listing(config: Experiment) -> Experiment | None:
    """Return the shipped config with the same figures of the book, if there is one."""
    for path in shipped().values():
        try:
            found = load(path, {config.task: type(config)})
        except ConfigError:  # of another task
            continue
        if config.book is not None and found.book == config.book:
            return found
    return None


def _flat(value: Any, path: str = "") -> dict[str, Any]:
    """Return nested dicts as one, keys joined by dots."""
    if not isinstance(value, dict):
        return {path: value}
    found: dict[str, Any] = {}
    for key, child in value.items():
        found |= _flat(child, f"{path}.{key}" if path else key)
    return found

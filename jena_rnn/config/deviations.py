"""In what an experiment differs from the listing that it names.

deviations(config)                      # ['model.units 64 instead of 32']
"""

import json
from typing import Any

from jena_rnn.config.experiment import Experiment
from jena_rnn.config.loading import load, plain, shipped

LISTED = (
    *("split.train", "split.val", "split.test", "windows.", "words.", "model.", "training."),
    *("data.target", "data.max_rows", "data.max_reviews"),
)
UNLISTED = ("training.fast_layers", "training.jit_compile", "training.eval_batch_size")
"""What decides a listing's result, and what among it does not."""


def deviations(config: Experiment) -> list[str]:
    """Return in what a config differs from the shipped one of its listing, `model.units 64 instead of 32`."""
    known = [listing for path in shipped().values() if (listing := load(path)).book == config.book]
    if config.book is None or not known:
        return []
    ours, theirs = _flat(plain(config)), _flat(plain(known[0]))
    return [
        f"{key} {json.dumps(ours.get(key))} instead of {json.dumps(theirs.get(key))}"
        for key in sorted(ours.keys() | theirs.keys())
        if key.startswith(LISTED) and not key.startswith(UNLISTED) and ours.get(key) != theirs.get(key)
    ]


def _flat(value: Any, path: str = "") -> dict[str, Any]:
    """Return nested dicts as one, keys joined by dots."""
    if not isinstance(value, dict):
        return {path: value}
    found: dict[str, Any] = {}
    for key, child in value.items():
        found |= _flat(child, f"{path}.{key}" if path else key)
    return found

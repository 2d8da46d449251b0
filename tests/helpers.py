"""What tests share beside fixtures: tiny configs, the folder of shipped ones, and a listener that counts.

`config_of` and `shipped` are the only places in the tests that know how a config is loaded.
"""

import os
from pathlib import Path
from typing import Any

from jena_rnn.tasks import load, parse

ROOT = Path(__file__).parents[1]
CONFIGS = ROOT / "configs"
LONG = bool(os.environ.get("JENA_RNN_LONG"))
"""Whether long sweeps run too, as in `make test-long`."""
TINY = """
name: small
data: {sample: true, max_rows: 1000}
split: {rows: 1000, train: [0, 500], val: [500, 750], test: [750, null]}
windows: {lookback: 48, step: 6, delay: 12, batch_size: 16}
model: {name: gru, units: 4, dropout: 0.2, recurrent_dropout: 0.2}
training: {epochs: 2, steps_per_epoch: 5, jit_compile: false, fast_layers: false}
"""
"""A GRU with dropout on the first 1,000 rows of the made-up station: a training takes about a second."""
TINY_REVIEWS = """
name: small
task: reviews
data: {sample: true, max_reviews: 400}
words: {length: 20, embedding: 4}
model: {name: lstm, units: 4}
training: {epochs: 2, jit_compile: false, fast_layers: false}
"""


def config_of(text: str, *overrides: str) -> Any:
    """Return the config in a YAML text, with overrides such as `model.units=8`."""
    return parse(text, "small.yaml", overrides)


def shipped(name: str, *overrides: str) -> Any:
    """Return a shipped config with overrides."""
    return load(name, overrides)


class Listening:
    """A listener that keeps the losses of the steps and the notices."""

    def __init__(self) -> None:
        self.steps: list[float] = []
        self.notices: list[str] = []

    def begins(self, text: str) -> None: ...

    def notice(self, text: str) -> None:
        self.notices.append(text)

    def epoch_begins(self, epoch: int, epochs: int, steps: int) -> None: ...

    def step(self, loss: float) -> None:
        self.steps.append(loss)

    def validating(self) -> None: ...

    def epoch_ends(self, record: Any, line: str, is_best: bool) -> None: ...

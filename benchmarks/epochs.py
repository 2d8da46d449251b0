"""Whole epochs at the book's size, validation included: `jena-rnn train` against the listing as written.

found = measure("gru_dropout", rounds=2)
found["ours"].median, found["listing"].median           # seconds an epoch
"""

import tempfile
from pathlib import Path

from benchmarks import listing
from benchmarks.timing import Timed, alternate
from jena_rnn.experiments import train
from jena_rnn.series.sample import simulate
from jena_rnn.tasks import load
from jena_rnn.training.listener import Listener

ROWS = 420_551


class Silent(Listener):
    """Hears all and says nothing."""


def measure(name: str, *, rounds: int) -> dict[str, Timed]:
    """Return the seconds of an epoch after the first, by our trainer and by the listing, in turn."""
    series = simulate(ROWS)
    values = (series.values - series.values[:200_000].mean(axis=0)) / series.values[:200_000].std(axis=0)
    model = listing.model(name)
    listing.train(model, values, share=0.02)  # traced and compiled
    ours: list[float] = []

    def own() -> None:
        config = load(name, ["data.sample=true", "training.epochs=2"])
        with tempfile.TemporaryDirectory() as runs:
            run = train(config, runs=Path(runs), command=["benchmark"], listener=Silent())
            ours.append(run.history()[-1].seconds)

    found = alternate({"ours": own, "listing": lambda: listing.train(model, values)}, rounds=rounds, warm=0)
    return {"ours": Timed(tuple(ours)), "listing": found["listing"]}

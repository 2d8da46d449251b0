"""What it costs that an epoch can be gone on from: the seconds of saving it beside those of the epoch itself.

found = measure("dense", epochs=5)
found["saving"].median / found["epoch"].median
"""

import tempfile
import time
from pathlib import Path
from unittest.mock import patch

from benchmarks.epochs import Silent
from benchmarks.timing import Timed
from jena_rnn.experiments import train
from jena_rnn.experiments.training_run import TrainingRun
from jena_rnn.tasks import load


def measure(name: str, *, epochs: int) -> dict[str, Timed]:
    """Return the seconds of each epoch after the first, validation included, and of its snapshot with the history."""
    saving: list[float] = []
    save = TrainingRun.save

    def timed(run: TrainingRun) -> None:
        began = time.perf_counter()
        save(run)
        saving.append(time.perf_counter() - began)

    config = load(name, ["data.sample=true", f"training.epochs={epochs}"])
    with tempfile.TemporaryDirectory() as runs, patch.object(TrainingRun, "save", timed):
        history = train(config, runs=Path(runs), command=["benchmark"], listener=Silent()).history()
    seconds = [record.seconds for record in history]
    return {"epoch": Timed(tuple(seconds[1:])), "saving": Timed(tuple(saving[2:]))}  # one before the first epoch

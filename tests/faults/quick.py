"""Whole trainings in milliseconds: one tiny model a process, its first state restored for each training.

quick.share_models(monkeypatch)           # what Keras builds and traces once serves every training
run = quick.train(folder, "training.epochs=2")
"""

import random
import shutil
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from jena_rnn import experiments
from jena_rnn.config.experiment import Experiment
from jena_rnn.experiments import training_run
from jena_rnn.runs.rundir import RunDir
from jena_rnn.tasks import parse
from jena_rnn.training.listener import Listener
from jena_rnn.training.state import Arrays, capture, restore

PREPARE, TRAIN, EVALUATE = (import_module(f"jena_rnn.experiments.{name}") for name in ("prepare", "train", "evaluate"))
"""The modules, whose names the package gives to functions."""
SMALL = """
name: small
data: {sample: true, max_rows: 1000}
split: {rows: 1000, train: [0, 500], val: [500, 750], test: [750, null]}
windows: {lookback: 48, step: 6, delay: 12, batch_size: 16}
model: {name: gru, units: 4, dropout: 0.2, recurrent_dropout: 0.2}
training: {epochs: 3, steps_per_epoch: 3, jit_compile: false, eval_batch_size: 256}
"""
COMMAND = ["jena-rnn", "train", "small"]
_built: dict[str, tuple[Any, Arrays]] = {}


@dataclass
class Heard(Listener):
    """A listener that remembers what it was told."""

    notices: list[str] = field(default_factory=list)
    epochs: list[int] = field(default_factory=list)

    def notice(self, text: str) -> None:
        self.notices.append(text)

    def epoch_begins(self, epoch: int, epochs: int, steps: int) -> None:
        self.epochs.append(epoch)


def share_models(patch: pytest.MonkeyPatch) -> None:
    """Build each model once, log nothing for TensorBoard, and collect the provenance once."""
    build, facts = PREPARE.compiled_model, TRAIN.provenance(COMMAND)

    def shared(options: Any, training: Any, spec: Any) -> Any:
        fit = training.optimizer, training.learning_rate, training.fast_layers
        key = repr((options, spec, fit, hash(random.getstate())))  # the state follows from the seed, just set
        if key not in _built:
            model = build(options, training, spec)
            _built[key] = model, capture(model)
        model, first = _built[key]
        restore(model, first)
        return model

    patch.setattr(PREPARE, "compiled_model", shared)
    patch.setattr(TRAIN, "provenance", lambda command: {**facts, "command": command})
    patch.setattr(training_run, "tensorboard_log", lambda folder: lambda figures, epoch: None)


def config(*overrides: str, text: str = SMALL) -> Experiment:
    """Return the small config, or that of another text, with overrides."""
    return parse(text, "small.yaml", overrides)


def train(runs: Path, *overrides: str, listener: Heard | None = None, text: str = SMALL) -> RunDir:
    """Train the small config, or that of another text, in `runs`."""
    return experiments.train(config(*overrides, text=text), runs=runs, command=COMMAND, listener=listener or Heard())


def resume(run: RunDir, epochs: int | None = None, listener: Heard | None = None, data: Any = None) -> RunDir:
    """Resume a run."""
    with run.locked():
        return experiments.resume(run, command=COMMAND, epochs=epochs, data=data, listener=listener or Heard())


def copied(run: RunDir, to: Path) -> RunDir:
    """Return a copy of a run in another folder."""
    shutil.copytree(run.path, to, symlinks=True)
    return RunDir(to)

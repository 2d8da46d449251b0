"""A training step and a forward pass of each recurrent model: ours, stock Keras, stock Keras under XLA, PyTorch.

rows, speeds = measure(rounds=9)
rows[0].step["ours"].median, rows[0].step_work.seconds(speeds)
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks import listing, machine
from benchmarks.machine import Speeds
from benchmarks.timing import Timed, alternate
from jena_rnn.tasks import load
from jena_rnn.training.dataset import Head, Spec
from jena_rnn.training.epochs import accelerated, compiled_model, take_step

MODELS = ("gru", "gru_dropout", "gru_keras_2", "lstm", "simple_rnn", "stacked", "bidirectional", "conv_gru")
OVERRIDDEN = {"gru_keras_2": ("gru", ["model.reset_after=false"])}
"""What is no config of its own."""
BATCH, FORWARD, COLUMNS = 128, 1024, 14
STEPS = 8
"""Training steps in one measurement."""
BACK = 2
"""Products back for each product forwards: one for the inputs of a layer, one for its weights."""
Array = np.ndarray


@dataclass(frozen=True)
class Work:
    """What a model has to compute, whoever does it."""

    products: float
    """Multiply-adds."""
    tanhs: float

    def seconds(self, speeds: Speeds) -> float:
        """Return the bound: how long all cores take at their best."""
        return self.products / speeds.products + self.tanhs / speeds.tanhs


@dataclass(frozen=True)
class Row:
    """One model's seconds for a training step of 128 windows and a forward pass of 1024."""

    model: str
    step: dict[str, Timed]
    forward: dict[str, Timed]
    step_work: Work
    forward_work: Work


def measure(*, rounds: int) -> tuple[list[Row], Speeds]:
    """Return the measurements of every model, and the machine's best speeds of those taken around each."""
    rows, speeds = [], machine.measure()
    for name in MODELS:
        rows.append(_row(name, rounds))
        speeds = speeds.best(machine.measure())
    return rows, speeds


def _row(name: str, rounds: int) -> Row:
    timesteps = listing.TIMESTEPS
    rng = np.random.default_rng(0)
    windows = rng.standard_normal((FORWARD, timesteps, COLUMNS)).astype(np.float32)
    targets = rng.standard_normal((FORWARD, 1)).astype(np.float32)
    made = {"ours": _ours(name, timesteps), "keras": listing.model(name), "xla": listing.model(name, jit=True)}

    def training(model: object) -> Callable[[], object]:
        batch = windows[:BATCH], targets[:BATCH]
        return lambda: [take_step(model, batch, first=step == 0) for step in range(STEPS)]

    def forward(model: object) -> Callable[[], object]:
        return lambda: model.predict_on_batch(windows)  # type: ignore[attr-defined]

    steps = {rival: training(model) for rival, model in made.items()}
    forwards = {rival: forward(model) for rival, model in made.items()}
    if torch := _torch(name, windows, targets):
        steps["torch"], forwards["torch"] = torch
    found = {rival: timed.per(STEPS) for rival, timed in alternate(steps, rounds=rounds, warm=2).items()}
    products, tanhs, unneeded = _work(name, timesteps)
    return Row(
        name,
        found,
        alternate(forwards, rounds=rounds, warm=2),
        Work(BATCH * ((1 + BACK) * products - unneeded), BATCH * tanhs),
        Work(FORWARD * products, FORWARD * tanhs),
    )


def _ours(name: str, timesteps: int) -> object:
    config = load(*OVERRIDDEN.get(name, (name,)))
    training = accelerated(config.model, config.training, steps=500)
    return compiled_model(config.model, training, Spec((timesteps, COLUMNS), Head(), "mae"))


def _work(name: str, timesteps: int) -> tuple[float, float, float]:
    """Return multiply-adds and tanhs of a window forwards, and the multiply-adds that no one needs back.

    Nobody needs the gradient in the inputs of a model's first layer.
    """
    products, activations, first = 0.0, 0.0, 0.0
    for number, (kind, steps, columns, units) in enumerate(listing.shapes(name, timesteps, COLUMNS)):
        gates = {"gru": 3, "lstm": 4, "simple": 1, "conv": 0}[kind]
        inputs = steps * columns * units * (gates or 1)
        products += inputs + steps * units * units * gates
        activations += steps * units * (gates + (kind == "lstm"))
        first += inputs * (number == 0 or (name == "bidirectional" and number == 1))
    return products, activations, first


def _torch(name: str, windows: Array, targets: Array) -> tuple[Callable[[], object], Callable[[], object]] | None:
    """Return PyTorch's step and forward pass, where it is installed and has the layer."""
    try:
        import torch
    except ImportError:
        return None
    layers = {
        "gru": (torch.nn.GRU, False),
        "lstm": (torch.nn.LSTM, False),
        "simple_rnn": (torch.nn.RNN, False),
        "bidirectional": (torch.nn.GRU, True),
    }
    if name not in layers:  # it has no recurrent dropout, and one kind of GRU
        return None
    kind, both = layers[name]
    layer, last = kind(COLUMNS, 32, batch_first=True, bidirectional=both), torch.nn.Linear(64 if both else 32, 1)
    optimizer = torch.optim.RMSprop([*layer.parameters(), *last.parameters()], lr=1e-3)
    inputs, truth = torch.from_numpy(windows), torch.from_numpy(targets)

    def answer(batch: Any) -> Any:
        states, _ = layer(batch)
        ends = torch.cat([states[:, -1, :32], states[:, 0, 32:]], 1) if both else states[:, -1]
        return last(ends)

    def step() -> None:
        for _ in range(STEPS):
            optimizer.zero_grad()
            torch.nn.functional.l1_loss(answer(inputs[:BATCH]), truth[:BATCH]).backward()  # type: ignore[no-untyped-call]
            optimizer.step()

    def forward() -> None:
        with torch.no_grad():
            answer(inputs)

    return step, forward

"""Look into a run's trained cell: every gate at every timestep of one sample.

found = look(RunDir.open(path), "test", 0, print)
found.layers[0].trace.gates["update"]   # (timesteps, units)
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from jena_rnn.base.errors import ConfigError
from jena_rnn.base.tables import Findings, table
from jena_rnn.config.experiment import Experiment
from jena_rnn.experiments.evaluate import Notice, own_dataset, restored, texts_dataset
from jena_rnn.layers.recurrences import Trace
from jena_rnn.layers.traces import LayerTrace, most_open, trace
from jena_rnn.runs.rundir import RunDir
from jena_rnn.tasks import Dataset, Sample

SHOWN = 10
"""Timesteps in the table."""


@dataclass(frozen=True)
class Look(Findings):
    """The gates of a trained cell over a sample; as text, the timesteps at which it wrote most."""

    sample: Sample
    layers: list[LayerTrace]
    """Its first recurrent layer, in one direction or both."""


def look(run: RunDir, split: str, number: int, notice: Notice) -> Look:
    """Return the gates of the run's best weights over a sample of its own data, counted from 0 in its split.

    Raises ConfigError for a number beyond the split and for a model without a recurrent layer, and all that
    `evaluate` raises.
    """
    config = run.config()
    dataset = own_dataset(run, config)
    if not 0 <= number < dataset.counts[split]:
        raise ConfigError(f"expected a sample from 0 to {dataset.counts[split] - 1:,} of {split}, got {number:,}")
    return _look(run, config, dataset, split, number, notice)


def look_at_text(run: RunDir, text: str, notice: Notice) -> Look:
    """Return the same over a text; raises as `of_texts`."""
    config = run.config()
    return _look(run, config, texts_dataset(run, config, [text], notice), "all", 0, notice)


def _look(run: RunDir, config: Experiment, dataset: Dataset, split: str, number: int, notice: Notice) -> Look:
    model, _ = restored(run, config, dataset, notice)
    sample = dataset.sample(split, number)
    layers, sample = _cropped(trace(model, sample.inputs), sample)
    told = sample.describe(float(np.asarray(model.predict_on_batch(sample.inputs[None]))[0, 0]))
    lines = [f"{sample.title}: {told}", ""]
    for layer in layers:
        lines += [*_most(layer, sample), ""]
    return Look(lines[:-1], _plain(sample, told, layers), sample, layers)


def _cropped(layers: list[LayerTrace], sample: Sample) -> tuple[list[LayerTrace], Sample]:
    """Return both without the padding before `sample.first`, unless a timestep spans several samples."""
    first = sample.first
    if not first or any(layer.samples_per_timestep > 1 for layer in layers):
        return layers, sample
    short = []
    for layer in layers:
        gates = {name: values[first:] for name, values in layer.trace.gates.items()}
        traced = Trace(layer.trace.states[first:], gates)
        short.append(replace(layer, trace=traced, writing=layer.writing[first:]))
    places = sample.positions if sample.positions is not None else range(len(sample.inputs))
    labels = None if sample.labels is None else sample.labels[first:]
    return short, replace(sample, positions=places[first:], labels=labels)


def _most(layer: LayerTrace, sample: Sample) -> Sequence[str]:
    rows = []
    for timestep, amount in most_open(layer, SHOWN):
        at = layer.newest(timestep)
        where = f"{sample.positions[at]:g}" if sample.positions is not None else str(at)
        rows.append([where, *([sample.labels[at]] if sample.labels is not None else []), f"{amount:.4f}"])
    header = [sample.axis, *(["word"] if sample.labels is not None else []), "written"]
    what = f"{layer.kind}, {layer.direction}: where it wrote most into its memory (mean of the units)"
    return [what, "", table(header, rows, left=len(header) - 1)]


def _plain(sample: Sample, told: str, layers: Sequence[LayerTrace]) -> dict[str, object]:
    gates = [
        {
            "layer": layer.kind,
            "direction": layer.direction,
            "written": layer.writing.tolist(),
            "states": layer.trace.states.tolist(),
            "gates": {name: values.tolist() for name, values in layer.trace.gates.items()},
        }
        for layer in layers
    ]
    positions = None if sample.positions is None else list(sample.positions)
    labels = None if sample.labels is None else list(sample.labels)
    where = {"axis": sample.axis, "positions": positions, "labels": labels}
    return {"sample": sample.title, "told": told, **where, "layers": gates}

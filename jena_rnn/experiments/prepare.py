"""A config to everything that a training needs: every choice made, the data read, the model built.

prepared = prepare(load("gru"))
prepared.config                         # resolved: it runs again as it is
prepared.model.count_params()
"""

from dataclasses import dataclass
from typing import Any

from jena_rnn.base.messages import plural
from jena_rnn.config.experiment import Experiment
from jena_rnn.config.loading import digest_of, dump
from jena_rnn.experiments.cost import about
from jena_rnn.layers.backend import keras, tf
from jena_rnn.tasks import Dataset, task_of
from jena_rnn.training.epochs import accelerated, compiled_model
from jena_rnn.training.state import capture

FORECAST_BYTES, PLOT_BYTES = 100, 2_000_000
"""Disk space of one line of predictions.csv and of all plots, roughly."""


@dataclass(frozen=True)
class Prepared:
    """An experiment ready to train."""

    config: Experiment
    """With every choice written out."""
    digest: str
    """Identifies everything in the config that decides the result of an epoch."""
    dataset: Dataset
    model: keras.Model

    def cost(self) -> str:
        """Return the steps of an epoch and its expected time, in plain words."""
        steps = plural(self.dataset.steps, "step", "steps")
        return f"{steps} an epoch, {about(self.model, self.dataset, self.config.training)}"

    def disk_bytes(self) -> int:
        """Return the disk space that the run needs, roughly."""
        state = sum(array.nbytes for array in capture(self.model).values())
        return 4 * state + FORECAST_BYTES * self.dataset.counts["test"] + PLOT_BYTES

    def facts(self) -> dict[str, Any]:
        """Return what run.json says about the config, its data, the model and its devices."""
        return {
            "task": self.config.task,
            "seed": self.config.seed,
            "config_sha256": self.digest,
            **self.dataset.facts(),
            "steps_per_epoch": self.dataset.steps,
            **model_facts(self.model),
        }


def prepare(config: Experiment, dataset: Dataset | None = None) -> Prepared:
    """Return `config` ready to train, on `dataset` if its data is already read.

    Raises DataError if the data is missing or unusable, ConfigError if the resolved config is too large to be read
    again.
    """
    dataset = dataset or task_of(config).open(config)
    config = dataset.resolved(config)
    training = accelerated(config.model, config.training, dataset.steps, embedded=dataset.spec.embedding is not None)
    config = config.but(training=training)
    dump(config)  # raises if it is too large: better now than after hours of training
    keras.utils.set_random_seed(config.seed)
    return Prepared(config, digest_of(config), dataset, compiled_model(config.model, training, dataset.spec))


def model_facts(model: keras.Model) -> dict[str, Any]:
    """Return the size of the model, its devices and its threads."""
    return {
        "parameters": model.count_params(),
        "devices": [device.name for device in tf.config.list_logical_devices()],
        "threads": {
            "intra_op": tf.config.threading.get_intra_op_parallelism_threads(),
            "inter_op": tf.config.threading.get_inter_op_parallelism_threads(),
        },
    }

"""A run while it is trained: epochs, a snapshot after each, then the scores of the best one.

run = TrainingRun(directory, prepared, history=[])
run.save()                              # the snapshot to start from
run.train(listener, interrupts)
run.finish(interrupts.check)
"""

import statistics
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from jena_rnn.base.errors import DivergedError, FileError, JenaError
from jena_rnn.base.interrupts import Interrupts
from jena_rnn.base.messages import typed
from jena_rnn.experiments.evaluate import require_finite
from jena_rnn.experiments.prepare import Prepared
from jena_rnn.experiments.tensorboard import tensorboard_log
from jena_rnn.layers.backend import keras
from jena_rnn.runs.rundir import RunDir
from jena_rnn.runs.snapshots import Snapshot
from jena_rnn.training.epochs import compile_model, epochs, predict
from jena_rnn.training.history import Record, best
from jena_rnn.training.listener import Listener
from jena_rnn.training.state import capture, restore
from jena_rnn.training.zoo import build


@dataclass
class TrainingRun:
    """A run directory, the experiment that is trained in it, and the epochs so far."""

    directory: RunDir
    prepared: Prepared
    history: list[Record]

    def save(self) -> None:
        """Write the state of the training: the snapshot first, then history.csv for people."""
        data, state = self.prepared.dataset.source.sha256, capture(self.prepared.model)
        self.directory.snapshots.save(Snapshot(len(self.history), self.history, self.prepared.digest, data, state))
        self.directory.write_history(self.history)

    def how_to_go_on(self) -> str:
        """Return what a stopped training leaves and the command that resumes it."""
        try:
            done = RunDir.open(self.directory.path).epochs()
        except JenaError as error:
            return f"stopped, and the run cannot be resumed: {error}"
        finished = f"{done} of {self.prepared.config.training.epochs} epochs are finished"
        return f"{finished}. Continue with: jena-rnn resume {typed(str(self.directory.path))}"

    def train(self, listener: Listener, interrupts: Interrupts) -> None:
        """Train the epochs that are left and save each; raises DivergedError if a loss is no longer finite."""
        config, dataset = self.prepared.config, self.prepared.dataset
        interrupts.watch(self.how_to_go_on)
        log = tensorboard_log(self.directory.tensorboard)
        trained = epochs(
            self.prepared.model,
            dataset,
            config.training,
            seed=config.seed,
            history=self.history,
            listener=listener,
            check=interrupts.check,
        )
        try:
            for record in trained:
                self.save()
                log(record.figures(), record.epoch)
                listener.epoch_ends(record, dataset.epoch_line(record), best(self.history) is record)
        except DivergedError as error:
            said = f"{error}; the last good epoch is {self.directory.snapshots.newest().epoch}"
            rate = config.training.learning_rate
            advice = f"Try a smaller training.learning_rate (it is {rate:g}), or tanh instead of relu."
            self._note_divergence(f"{said}. {advice}")
            raise DivergedError(f"{said}, saved in {self.directory.path}. {advice}") from None

    def finish(self, check: Callable[[], None]) -> None:
        """Score the best epoch on validation and test; write predictions, model and, last, metrics."""
        directory, prepared, history = self.directory, self.prepared, self.history
        dataset, model = prepared.dataset, prepared.model
        restore(model, directory.snapshots.best().arrays, ("weights",))
        size = prepared.config.training.eval_batch_size
        outputs = {split: predict(model, dataset, split, size, check) for split in ("val", "test")}
        try:
            for split, found in outputs.items():
                require_finite(found, split, best(history).epoch)
        except DivergedError as error:
            self._note_divergence(str(error))
            raise
        scores = {split: dataset.score(split, found).as_dict() for split, found in outputs.items()}
        directory.write_predictions(dataset.predictions("test", outputs["test"]))
        check()
        directory.write_model(self._exported().save)
        check()
        directory.write_metrics(
            {
                "task": prepared.config.task,
                "best_epoch": best(history).epoch,
                "epochs": len(history),
                **_validation("best", best(history)),
                **_validation("last", history[-1]),
                "seconds_per_epoch": statistics.median(record.seconds for record in history),
                "seconds": sum(record.seconds for record in history),
                "splits": scores,
            }
        )

    def _exported(self) -> keras.Model:
        """Return the model made of Keras's own layers, which any Keras can load."""
        config, spec, model = self.prepared.config, self.prepared.dataset.spec, self.prepared.model
        if config.training.fast_layers is not True and spec.embedding is None:
            return model
        stock = build(config.model, spec.input_shape, spec.head, embedding=spec.embedding)
        compile_model(stock, config.training, spec, jit=False)
        stock.set_weights(model.get_weights())
        return stock

    def _note_divergence(self, said: str) -> None:
        """Write down for the report why the training ended early; a full disk must not hide the reason."""
        with suppress(FileError):
            self.directory.write_divergence(said)


def _validation(which: str, record: Record) -> dict[str, float]:
    """Return the validation measures of an epoch, `best_val_mae` and the like."""
    return {f"{which}_{name}": figure for name, figure in record.figures().items() if name.startswith("val_")}

"""A training under way: epochs, each with its snapshot, then the scoring of the best one.

course = Course(run, config, task, model, data, history=[])
course.save()
with Interrupts() as interrupts: carry_on(course, listener, interrupts)
"""

import statistics
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from jena_rnn.base.errors import DivergedError, FileError, JenaError
from jena_rnn.base.interrupts import Interrupts
from jena_rnn.base.messages import is_utf8, one_line, reason, typed
from jena_rnn.config.experiment import Experiment
from jena_rnn.config.loading import digest_of
from jena_rnn.experiments.scoring import require_finite
from jena_rnn.runs.records import Record, best
from jena_rnn.runs.rundir import RunDir
from jena_rnn.runs.snapshots import Snapshot
from jena_rnn.tasks import Task
from jena_rnn.training.backend import keras, tf
from jena_rnn.training.epochs import Listener, compile_model, epochs, predict
from jena_rnn.training.state import capture, restore
from jena_rnn.training.zoo import build

TOLD = threading.excepthook
"""What tells of threads that end with an error."""


@dataclass
class Course:
    """What a training works on, and where it stands."""

    run: RunDir
    config: Experiment
    task: Task
    model: keras.Model
    data: str
    """SHA-256 of the data."""
    history: list[Record]

    def save(self) -> None:
        """Write where the training stands: the snapshot first, then what people read."""
        state = capture(self.model)
        digest = digest_of(self.config)
        self.run.snapshots.save(Snapshot(len(self.history), self.history, digest, self.data, state))
        self.run.write_history(self.history, self.task.form)

    def stands(self) -> str:
        """Return what a stopped training leaves, and how to go on; if someone spoilt the run meanwhile, say so."""
        try:
            done = RunDir.open(self.run.path).epochs()
        except JenaError as error:
            return f"stopped, and there is nothing to go on with: {error}"
        finished = f"{done} of {self.config.training.epochs} epochs are finished"
        return f"{finished}. Continue with: jena-rnn resume {typed(str(self.run.path))}"


def carry_on(course: Course, listener: Listener, interrupts: Interrupts) -> None:
    """Train to the end; after each epoch everything stands on disk. Then score the best epoch."""
    config, history = course.config, course.history
    interrupts.watch(course.stands)
    log = _tensorboard(course.run)
    try:
        for record in epochs(
            course.model,
            course.task,
            config.training,
            seed=config.seed,
            history=history,
            listener=listener,
            check=interrupts.check,
        ):
            course.save()
            for name, figure in record.figures().items():
                log(name, figure, record.epoch)
            listener.epoch_ends(record, course.task.told(record), best(history) is record)
    except DivergedError as error:
        said = f"{error}; the last good epoch is {course.run.snapshots.newest().epoch}"
        rate = config.training.learning_rate
        advice = f"Try a smaller training.learning_rate (it is {rate:g}), or tanh instead of relu."
        _note(course.run, f"{said}. {advice}")
        raise DivergedError(f"{said}, kept in {course.run.path}. {advice}") from None
    try:
        _finish(course, interrupts.check)
    except DivergedError as error:
        _note(course.run, str(error))
        raise


def _note(run: RunDir, said: str) -> None:
    """Keep for the report why a training ended early; where the disk refuses, that it ended counts more."""
    with suppress(FileError):
        run.write_divergence(said)


def _tensorboard(run: RunDir) -> Callable[[str, float, int], None]:
    """Return a function that logs a number, and does nothing where tensorboard is not installed or cannot name the run.

    Both raise FileError where the disk refuses.
    """

    def nowhere(name: str, value: float, epoch: int) -> None:
        pass

    if not is_utf8(str(run.tensorboard)):
        return nowhere
    try:
        from tensorboard.summary import Writer
    except ImportError:
        return nowhere
    threading.excepthook = _untold
    with _refusals(run):
        writer = Writer(str(run.tensorboard))

    def log(name: str, value: float, epoch: int) -> None:
        with _refusals(run):
            writer.add_scalar(name, value, epoch)
            writer.flush()

    return log


def _untold(failed: threading.ExceptHookArgs) -> None:
    """Say nothing of what ends TensorBoard's writing thread, whose errors come out of its `flush` too."""
    if not type(failed.thread).__module__.startswith("tensorboard."):
        TOLD(failed)


@contextmanager
def _refusals(run: RunDir) -> Iterator[None]:
    """Turn what TensorBoard's writer raises, with TensorFlow's file system or without, into FileError."""
    try:
        yield
    except (OSError, tf.errors.OpError) as error:
        said = reason(error) if isinstance(error, OSError) else error.message
        raise FileError(f"{run.tensorboard}: cannot be written: {one_line(str(said))}") from None


def _stock(course: Course) -> keras.Model:
    """Return the model as Keras's own layers, which load anywhere."""
    config, task, model = course.config, course.task, course.model
    if config.training.fast_layers is not True and task.embedding is None:
        return model
    stock = build(config.model, task.input_shape, task.head, embedding=task.embedding)
    compile_model(stock, config.training, task.loss, task.metrics, jit=False)
    stock.set_weights(model.get_weights())
    return stock


def _finish(course: Course, check: Callable[[], None]) -> None:
    """Score the best epoch on validation and test, and write forecasts, model and, last, metrics."""
    run, model, task, history = course.run, course.model, course.task, course.history
    restore(model, run.snapshots.best().arrays, ("weights",))
    size = course.config.training.eval_batch_size
    forecasts = {split: predict(model, task, split, size, check) for split in ("val", "test")}
    for split, forecast in forecasts.items():
        require_finite(forecast, split, best(history).epoch)
    scores = {split: task.score(split, forecast) for split, forecast in forecasts.items()}
    run.write_predictions(task.predictions("test", forecasts["test"]))
    check()
    run.write_model(_stock(course).save)
    check()
    run.write_metrics(
        {
            "task": course.config.task,
            "best_epoch": best(history).epoch,
            "epochs": len(history),
            **_validated("best", best(history)),
            **_validated("last", history[-1]),
            "seconds_per_epoch": statistics.median(record.seconds for record in history),
            "seconds": sum(record.seconds for record in history),
            "splits": {split: score.as_dict() for split, score in scores.items()},
        }
    )


def _validated(which: str, record: Record) -> dict[str, float]:
    """Return an epoch's figures of validation, `best_val_mae` and the like."""
    return {f"{which}_{name}": figure for name, figure in record.figures().items() if name.startswith("val_")}

"""Evaluate a saved run: its best weights on a split of the data it was trained on, or on other data.

found = evaluate(RunDir.open(path), "test", print)
found.score.as_dict()                   # its errors, beside those of the baselines
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from jena_rnn.base.errors import ConfigError, DataError, DivergedError, NoDataError
from jena_rnn.base.paths import absent
from jena_rnn.config.experiment import Experiment, Place
from jena_rnn.layers.backend import keras
from jena_rnn.runs.rundir import RunDir
from jena_rnn.series.series import Floats, Source
from jena_rnn.tasks import Dataset, Score, Table, task_of
from jena_rnn.training.epochs import compiled_model, predict
from jena_rnn.training.state import restore

Notice = Callable[[str], None]


@dataclass(frozen=True)
class Evaluation:
    """The score of a saved run on one split, or on other data."""

    source: Source
    """The data."""
    score: Score
    predictions: Table


def evaluate(run: RunDir, split: str, notice: Notice) -> Evaluation:
    """Return the scores of a run's best weights on a split of the data it was trained on.

    Raises DataError if the data is missing or has changed, RunError if the run has no sound snapshot, ConfigError if
    its config was changed. `notice` gets a line for each damaged snapshot.
    """
    config = run.config()
    return _evaluation(run, config, own_dataset(run, config, "; --data scores another file"), split, notice)


def evaluate_other(run: RunDir, data: Place, notice: Notice) -> Evaluation:
    """Score a run's best weights on the whole of other data, read and scaled as the run's own.

    Raises DataError if it does not fit the run; RunError and ConfigError as `evaluate`.
    """
    config = run.config().but(data=data)
    try:
        dataset = task_of(config).open_other(config, run.info(), run.words())
    except DataError as error:
        raise DataError(error.fact) from None  # without advice on config keys, which a run has fixed
    return _evaluation(run, config, dataset, "all", notice)


def of_texts(run: RunDir, texts: Sequence[str], notice: Notice) -> Floats:
    """Return the probability that each text is positive, `(texts,)`, by a run's best weights.

    Raises ConfigError for a run that reads no texts; RunError and ConfigError as `evaluate`.
    """
    config = run.config()
    dataset = texts_dataset(run, config, texts, notice)
    return _outputs(run, config, dataset, "all", notice)


def own_dataset(run: RunDir, config: Experiment, instead: str = "") -> Dataset:
    """Return the dataset of a run's own data; raises DataError if it is missing or has changed.

    `instead` ends the message in the second case with what else the user can do.
    """
    try:
        dataset = task_of(config).open(config)
    except NoDataError:
        nothing = f"{config.data.path}: {absent(Path(config.data.path))}"
        place = f"if it was moved, change data.path in {run.path}/config.yaml"
        raise NoDataError(f"{nothing}, and {run.path} was trained on it; {place}") from None
    except DataError as error:
        raise DataError(f"{error.fact}; the data has changed since {run.path} was trained{instead}") from None
    source = dataset.source
    if source.sha256 != run.info()["data"]["sha256"]:
        name = source.name if config.data.sample else config.data.path
        read = name if source.beside is None else f"{name} and {source.beside}"
        used = "" if config.data == config.data.whole() else ", all of which counts, not only what was used"
        raise DataError(f"{read}: not the data that {run.path} was trained on{used}{instead}")
    return dataset


def texts_dataset(run: RunDir, config: Experiment, texts: Sequence[str], notice: Notice) -> Dataset:
    """Return the dataset of `texts`; raises ConfigError for a run that reads no texts.

    `notice` gets the reader's notes, such as how many words the run does not know.
    """
    of_texts = task_of(config).of_texts
    if of_texts is None:
        raise ConfigError(
            f"{run.path}: a run of task {config.task}, which reads no texts; expected a run of task reviews"
        )
    dataset = of_texts(config, run.words(), texts)
    for note in dataset.source.notes:
        notice(note)
    return dataset


def restored(run: RunDir, config: Experiment, dataset: Dataset, notice: Notice) -> tuple[keras.Model, int]:
    """Return the model of a run with its best weights, and their epoch; raises as `evaluate`."""
    trained = run.epochs()  # first: another process may be training the run
    newest = run.snapshots.newest(notice)
    run.require_own(newest)
    if trained > newest.epoch:
        notice(
            f"{run.snapshots.folder}: the newest sound snapshot is of epoch {newest.epoch} of {trained}; these results "
            "use the best weights up to that epoch and may differ from the run's report"
        )
    model = compiled_model(config.model, config.training.but(jit_compile=False), dataset.spec)
    best = run.snapshots.best()
    restore(model, best.arrays, ("weights",))
    return model, best.epoch


def _evaluation(run: RunDir, config: Experiment, dataset: Dataset, split: str, notice: Notice) -> Evaluation:
    for line in dataset.notices():
        notice(line)
    outputs = _outputs(run, config, dataset, split, notice)
    return Evaluation(dataset.source, dataset.score(split, outputs), dataset.predictions(split, outputs))


def _outputs(run: RunDir, config: Experiment, dataset: Dataset, split: str, notice: Notice) -> Floats:
    """Return the outputs of a run's best weights for a split, `(samples,)`."""
    model, epoch = restored(run, config, dataset, notice)
    outputs = predict(model, dataset, split, config.training.eval_batch_size)
    require_finite(outputs, split, epoch)
    return outputs


def require_finite(outputs: Floats, split: str, epoch: int) -> None:
    """Raise DivergedError unless the outputs of the best epoch's weights for a split are finite."""
    wrong = int((~np.isfinite(outputs)).sum())
    if wrong:
        raise DivergedError(
            f"{wrong:,} of {len(outputs):,} outputs for {split} are not finite with the weights of the best epoch, "
            f"{epoch}; jena-rnn inspect shows whether its data lie far from the training data; if not, try a smaller "
            "training.learning_rate"
        )

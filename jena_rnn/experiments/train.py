"""An experiment on one page: prepare, begin, train, finish; and the way back into a run that was stopped.

run = train(load("gru"), runs=Path("runs"), command=sys.argv, listener=listener)
run = resume(run, epochs=60, command=sys.argv, listener=listener)
run.metrics()["splits"]["test"]["mae_unit"]                  # °C
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from jena_rnn.base.errors import ConfigError, NothingToResumeError, RunError
from jena_rnn.base.interrupts import Interrupts
from jena_rnn.base.messages import one_line, plural
from jena_rnn.base.paths import require_space
from jena_rnn.config.experiment import Experiment, Place
from jena_rnn.config.loading import Override, dump, moved
from jena_rnn.experiments.evaluate import own_dataset
from jena_rnn.experiments.prepare import Prepared, prepare
from jena_rnn.experiments.training_run import TrainingRun
from jena_rnn.runs.layout import beginning, discard_results, newest_first
from jena_rnn.runs.provenance import differences, provenance
from jena_rnn.runs.rundir import RunDir
from jena_rnn.tasks import parse
from jena_rnn.training.epochs import finished
from jena_rnn.training.history import stops_early
from jena_rnn.training.listener import Listener
from jena_rnn.training.state import restore

Conclude = Callable[[RunDir], None]
"""Called at the end of a training, while no other process may write the run."""


def train(
    config: Experiment,
    *,
    runs: Path,
    command: list[str],
    overrides: tuple[str, ...] = (),
    force: bool = False,
    listener: Listener,
    conclude: Conclude = lambda run: None,
) -> RunDir:
    """Train `config` and return its run directory: config, history, metrics, predictions and model.

    Raises DataError before anything is written if the data is unusable; FileError if the disk refuses; StoppedError on
    Ctrl-C and SIGTERM; DivergedError if a loss is no longer finite. Finished epochs stay.
    """
    prepared = prepare(config)
    require_space(runs, prepared.disk_bytes())
    with Interrupts() as interrupts, _begun(prepared, runs, command, overrides, force, interrupts) as training:
        run, name = training.directory, prepared.config.name
        opening = [f"{name} on {prepared.dataset.source.name}: {prepared.cost()}", str(run.path)]
        listener.begins("\n".join([*opening, *prepared.dataset.notices()]))
        training.train(listener, interrupts)
        training.finish(interrupts.check)
        conclude(run)
    return run


@contextmanager
def _begun(
    prepared: Prepared,
    runs: Path,
    command: list[str],
    overrides: tuple[str, ...],
    force: bool,
    interrupts: Interrupts,
) -> Iterator[TrainingRun]:
    """Make the run directory, lock it, and write all that is known before the first step."""
    run = RunDir.create(runs, prepared.config.name, prepared.config.seed, force=force)
    with run.locked():
        training = TrainingRun(run, prepared, [])
        with beginning(run.path):  # if this fails, nothing is left of the run
            run.write_config(prepared.config)
            run.write_words(prepared.dataset.words)
            run.write_info(provenance(command) | {"overrides": list(overrides)} | prepared.facts())
            training.save()
            interrupts.check()
        yield training


def resume(
    run: RunDir,
    *,
    command: list[str],
    epochs: int | None = None,
    data: Place | None = None,
    listener: Listener,
    conclude: Conclude = lambda run: None,
) -> RunDir:
    """Resume a run, which the caller has locked, from its newest sound snapshot; to `epochs` in all, if given.

    On a CPU the result equals, bit for bit, that of a run which never stopped; if versions, threads or devices have
    changed, the listener gets a notice. `data` is the new place of data that was moved. Raises ConfigError or DataError
    if config or data are not those of the run, or `epochs` is less than the run has; NothingToResumeError if no
    snapshot is sound, and all that `train` raises.
    """
    training = _reopened(run, epochs, data, listener)
    prepared, history = training.prepared, training.history
    info = run.info()
    done = finished(history, prepared.config.training) and run.is_whole()
    changed = [] if done else differences(info, provenance(command) | prepared.facts())
    _tell_approximate(info.get("approximate", []), changed, listener)
    if done:
        early = stops_early(history, prepared.config.training.early_stopping)
        further = "training.early_stopping ended it" if early else "a larger --epochs trains it further"
        listener.notice(f"{run.path}: finished after {plural(len(history), 'epoch', 'epochs')}; {further}")
        if prepared.config != run.config():  # more epochs were asked for, but it had stopped early
            run.write_config(prepared.config)
    else:
        info |= {"resumed": [*info.get("resumed", []), command], "config_sha256": prepared.digest}
        if changed:
            info["approximate"] = list(dict.fromkeys([*info.get("approximate", []), *changed]))
        _go_on(training, info, listener)
    conclude(run)
    return run


def _reopened(run: RunDir, epochs: int | None, data: Place | None, listener: Listener) -> TrainingRun:
    """Return a run as its newest sound snapshot has it."""
    config = run.config()
    if data is not None:
        config = moved(config, data)
    if epochs is not None:
        longer = Override(f"training.epochs={epochs}", f"--epochs {epochs}")
        asked, config = config, parse(dump(config), str(run.path), [longer])
        _require_longer(run, asked.training.epochs, epochs)
    run.snapshots.tidy()
    snapshot = run.snapshots.newest(listener.notice)
    run.require_own(snapshot)
    if epochs is not None:
        _require_longer(run, len(snapshot.history), epochs)
    if snapshot.history:
        run.snapshots.best()  # raises now, not after hours, if it is damaged
    prepared = prepare(config, own_dataset(run, config))
    restore(prepared.model, snapshot.arrays)
    if snapshot.history:
        run.snapshots.prune(snapshot)
    return TrainingRun(run, prepared, list(snapshot.history))


def _tell_approximate(earlier: list[str], changed: list[str], listener: Listener) -> None:
    if changed or earlier:
        since = "from here on" if changed else "since it was resumed before"
        listener.notice(
            f"the run is approximate {since}, not equal bit for bit: {one_line('; '.join(changed or earlier))}"
        )


def _go_on(training: TrainingRun, info: dict[str, Any], listener: Listener) -> None:
    """Remove what the run's earlier end left, and train to the end."""
    run, prepared, history = training.directory, training.prepared, training.history
    require_space(run.path, prepared.disk_bytes())
    with Interrupts() as interrupts:
        discard_results(run.path)
        run.write_words(prepared.dataset.words)
        run.write_config(prepared.config)
        run.write_history(history)
        run.write_info(info)
        epochs = prepared.config.training.epochs
        listener.begins(f"{prepared.config.name}: going on after epoch {len(history)} of {epochs}\n{run.path}")
        training.train(listener, interrupts)
        training.finish(interrupts.check)


def _require_longer(run: RunDir, epochs: int, asked: int) -> None:
    if asked < epochs:
        fewest = plural(epochs, "epoch", "epochs")
        raise ConfigError(
            f"{run.path}: expected at least --epochs {epochs}, since the run has or was asked for {fewest}; got {asked}"
        )


def latest(config: Experiment, runs: Path, notice: Callable[[str], None] = lambda text: None) -> RunDir | None:
    """Return the newest run of `config` (same name, seed, data and all that decides its result), or None.

    Runs without a sound snapshot are passed over with a notice. Raises FileError for a run that cannot be read.
    """
    prepared = prepare(config)
    same = prepared.digest, prepared.dataset.source.sha256
    for path in newest_first(runs, config.name, config.seed):
        try:
            run = RunDir.open(path)
            snapshot = run.snapshots.newest()
        except (RunError, NothingToResumeError) as error:
            notice(f"{error}; this run is not resumed")
            continue
        if (snapshot.config, snapshot.data) == same:
            return run
    return None

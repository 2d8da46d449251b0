"""An experiment on one page: config -> data -> model -> fit -> run directory; and the way back into one.

run = train(load("gru"), runs=Path("runs"), command=sys.argv, listener=listener)
run = resume(run.path, epochs=60, command=sys.argv, listener=listener)
run.metrics()["splits"]["test"]["mae_unit"]                  # °C
"""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

from jena_rnn.base.errors import ConfigError, FileError, NothingToResumeError, RunError
from jena_rnn.base.interrupts import Interrupts
from jena_rnn.base.messages import one_line, plural
from jena_rnn.base.paths import require_space
from jena_rnn.config.experiment import Experiment, Place
from jena_rnn.config.loading import Override, digest_of, dump, moved, parse, require_readable
from jena_rnn.experiments.course import Course, carry_on
from jena_rnn.experiments.facts import differences, model_facts
from jena_rnn.experiments.pace import about
from jena_rnn.experiments.scoring import own_task
from jena_rnn.kinds import kind_of
from jena_rnn.runs.layout import beginning, discard_results, take_back
from jena_rnn.runs.naming import newest_first
from jena_rnn.runs.provenance import provenance
from jena_rnn.runs.records import stops_early
from jena_rnn.runs.rundir import RunDir
from jena_rnn.tasks import Task
from jena_rnn.training.backend import keras
from jena_rnn.training.epochs import Listener, accelerated, finished, prepared
from jena_rnn.training.state import capture, restore

FORECAST_BYTES, PLOT_BYTES = 100, 2_000_000
"""What one line of predictions.csv and all plots take on disk, about."""

Conclude = Callable[[RunDir], None]


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

    Raises DataError before anything is written if the data does not do; FileError where the disk refuses;
    StoppedError on Ctrl-C, SIGTERM and SIGHUP; DivergedError if the loss stops being a number. What was finished stays.
    `conclude` is called at the end, while no other process may write the run.
    """
    task = kind_of(config).open(config)
    config = resolved(config, task)
    model = _model(config, task)
    info = provenance(command) | {"overrides": list(overrides)} | _facts(config, task) | model_facts(model)
    steps = f"{plural(task.steps, 'step', 'steps')} an epoch, {about(model, task, config.training)}"
    require_space(runs, _needed(model, task))
    with ExitStack() as lock:
        with Interrupts() as interrupts:
            run = RunDir.create(runs, config.name, config.seed, force=force)
            try:
                lock.enter_context(run.locked())
            except FileError:
                if not force:  # else it may be an earlier run's folder
                    take_back(run.path)
                raise
            course = Course(run, config, task, model, task.source.sha256, [])
            with beginning(run.path):
                run.write_config(config)
                run.write_words(task.words)
                run.write_info(info)
                course.save()
                interrupts.check()
            opening = [f"{config.name} on {task.source.name}: {steps}", str(run.path), *task.opening()]
            listener.begins("\n".join(opening))
            carry_on(course, listener, interrupts)
        conclude(run)
    return run


def resume(
    path: Path,
    *,
    command: list[str],
    more: int | None = None,
    listener: Listener,
    conclude: Conclude = lambda run: None,
) -> RunDir:
    """Go on with a run from its newest whole snapshot, to `more` epochs in all if given; return the run.

    On a CPU the end is bit-equal to that of a run which never stopped; where versions, threads or devices have
    changed, the listener is told. Raises ConfigError or DataError if config or data are not those of the run, or
    `more` is less than it was asked for; NothingToResumeError if no snapshot is whole, and all that `train` raises.
    """
    run = RunDir.open(path)
    with run.locked():
        resume_locked(run, command=command, more=more, listener=listener, conclude=conclude)
    return run


def resume_locked(
    run: RunDir,
    *,
    command: list[str],
    more: int | None = None,
    data: Place | None = None,
    listener: Listener,
    conclude: Conclude = lambda run: None,
) -> None:
    """Go on with a run that the caller has locked, as `resume` does; its data may have moved to where `data` says."""
    course = _reopened(run, more, data, listener)
    config, history, before = course.config, course.history, run.info()
    done = finished(history, config.training) and run.is_whole()
    changed = [] if done else differences(before, provenance(command) | model_facts(course.model))
    earlier = before.get("approximate", [])
    if changed or earlier:
        since = "from here on" if changed else "since it was resumed before"
        listener.notice(f"approximate {since}, not bit for bit: {one_line('; '.join(changed or earlier))}")
    if done:
        early = stops_early(history, config.training.early_stopping)
        further = "training.early_stopping ended it" if early else "--epochs N goes on to a larger N"
        listener.notice(f"{run.path}: finished after {plural(len(history), 'epoch', 'epochs')}; {further}")
        if config != run.config():  # as if it had been asked for at once
            run.write_config(config)
    else:
        found = {"resumed": [*before.get("resumed", []), command]}
        if changed:
            found["approximate"] = list(dict.fromkeys([*earlier, *changed]))
        _train_on(course, before | found, listener)
    conclude(run)


def _reopened(run: RunDir, more: int | None, data: Place | None, listener: Listener) -> Course:
    """Return where a run stands by its newest whole snapshot, to go on as `resume_locked` is asked to."""
    config = run.config()
    if data is not None:
        config = moved(config, data)
    if more is not None:
        longer = Override(f"training.epochs={more}", f"--epochs {more}")
        asked, config = config, parse(dump(config), str(run.path), [longer])
        _require_longer(run, asked.training.epochs, more)
        require_readable(config)  # its figures may have grown
    run.snapshots.tidy()
    snapshot = run.snapshots.newest(listener.notice)
    run.require_own(snapshot)
    if more is not None:
        _require_longer(run, len(snapshot.history), more)
    if snapshot.history:
        run.snapshots.best()  # told now if it is damaged, not after hours
    task = own_task(run, config)
    config = task.resolved(config)  # of what has moved, a word index may be found anew
    model = _model(config, task)
    restore(model, snapshot.arrays)
    if snapshot.history:
        run.snapshots.prune(snapshot)
    return Course(run, config, task, model, snapshot.data, list(snapshot.history))


def _train_on(course: Course, info: dict[str, Any], listener: Listener) -> None:
    """Take what the run's earlier end left out of the way, and train to the end."""
    run, config, task, history = course.run, course.config, course.task, course.history
    require_space(run.path, _needed(course.model, task))
    with Interrupts() as interrupts:
        discard_results(run.path)
        run.write_words(task.words)
        run.write_config(config)
        run.write_history(history, task.form)
        run.write_info(info | {"config_sha256": digest_of(config)})
        listener.begins(f"{config.name}: going on after epoch {len(history)} of {config.training.epochs}\n{run.path}")
        carry_on(course, listener, interrupts)


def _require_longer(run: RunDir, epochs: int, more: int) -> None:
    if more < epochs:
        fewest = plural(epochs, "epoch", "epochs")
        raise ConfigError(
            f"{run.path}: expected at least the {fewest} that it has or was asked for (--epochs {epochs}), got {more}"
        )


def latest(config: Experiment, runs: Path, notice: Callable[[str], None] = lambda text: None) -> Path | None:
    """Return the newest run of `config` (same name, seed, data and all that decides its course), or None.

    One that was killed before its first snapshot, or has no whole one, is none to go on with, which is noticed. Raises
    FileError for one that cannot be read: it may be the one that is meant.
    """
    task = kind_of(config).open(config)
    same = digest_of(resolved(config, task)), task.source.sha256
    for path in newest_first(runs, config.name, config.seed):
        try:
            snapshot = RunDir.open(path).snapshots.newest()
        except (RunError, NothingToResumeError) as error:
            notice(f"{error}; it is not gone on with")
            continue
        if (snapshot.config, snapshot.data) == same:
            return path
    return None


def resolved(config: Experiment, task: Task) -> Experiment:
    """Return `config` with everything that was left to be decided written out.

    Raises ConfigError if that is more than could be read again, now and not when hours of training stand beside it.
    """
    config = task.resolved(config)
    training = accelerated(config.model, config.training, task.steps, embedded=task.embedding is not None)
    config = replace(config, training=training)
    require_readable(config)
    return config


def _facts(config: Experiment, task: Task) -> dict[str, Any]:
    """Return what run.json says of the config and its data."""
    known = {"task": config.task, "seed": config.seed, "config_sha256": digest_of(config)}
    return known | task.facts() | {"steps_per_epoch": task.steps}


def _model(config: Experiment, task: Task) -> keras.Model:
    keras.utils.set_random_seed(config.seed)
    return prepared(config.model, config.training, task)


def _needed(model: keras.Model, task: Task) -> int:
    """Return the bytes that a run takes on disk, about."""
    state = sum(array.nbytes for array in capture(model).values())
    return 4 * state + FORECAST_BYTES * task.count("test") + PLOT_BYTES

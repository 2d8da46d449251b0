"""An experiment from config to run directory: what is written when, and what is refused before anything is."""

import errno
import os
import shutil
import signal
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, tzinfo
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from jena_rnn.config.safe_yaml import MAX_BYTES
from jena_rnn.experiments.course import Course
from test_training import SMALL, Silent

from jena_rnn.base import files, interrupts
from jena_rnn.base.errors import (
    BusyError,
    ConfigError,
    DataError,
    DivergedError,
    FileError,
    NoDataError,
    RunError,
    StoppedError,
)
from jena_rnn.config.experiment import Config
from jena_rnn.config.loading import digest_of, parse
from jena_rnn.experiments import course, experiment
from jena_rnn.runs import naming, rundir
from jena_rnn.runs.rundir import RunDir
from jena_rnn.series.sample import simulate, write_csv
from jena_rnn.tasks import Task

SAMPLE = SMALL + "data: {sample: true, max_rows: 1000}\nname: small\n"
COMMAND = ["jena-rnn", "train", "small"]


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no slow machine end this process where a batch or a file takes long after a signal."""
    monkeypatch.setattr(interrupts, "PATIENCE", 600)


def _config(*overrides: str) -> Config:
    return parse(SAMPLE, "small.yaml", ("training.epochs=2", *overrides))


def _train(runs: Path, *overrides: str, force: bool = False) -> RunDir:
    return experiment.train(_config(*overrides), runs=runs, command=COMMAND, force=force, listener=Silent())


def test_a_run_holds_all_that_was_decided_and_found(tmp_path: Path) -> None:
    run = _train(tmp_path)
    config, info, metrics = run.config(), run.info(), run.metrics()
    assert (config.training.steps_per_epoch, config.training.jit_compile) == (5, False)
    assert config.data.columns is not None
    assert (info["command"], info["steps_per_epoch"], info["data"]["rows"]) == (COMMAND, 5, 1000)
    assert metrics is not None
    history = run.history()
    assert metrics["epochs"] == len(history) == 2
    assert metrics["best_val_mae"] == min(record.val_mae for record in history)
    assert metrics["splits"]["val"]["mae"] == pytest.approx(metrics["best_val_mae"], rel=1e-6)
    assert metrics["last_val_mae"] == history[-1].val_mae
    assert metrics["seconds"] == sum(record.seconds for record in history)
    assert {path.name for path in run.path.iterdir()} == {
        *("config.yaml", "run.json", "history.csv", "metrics.json", "predictions.csv", "model.keras", ".lock"),
        *("plots", "snapshot", "tensorboard"),
    }


def test_data_that_do_not_do_are_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(DataError):
        _train(tmp_path / "runs", "data.max_rows=800")
    assert not (tmp_path / "runs").exists()


def test_a_config_too_large_to_be_read_again_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    wide = parse(SAMPLE, "small.yaml", [f"data.target={'é' * (MAX_BYTES // 4)}"])  # also a column, once written out
    task = SimpleNamespace(
        steps=5,
        embedding=None,
        resolved=lambda config: replace(config, data=replace(config.data, columns=(config.data.target,))),
    )
    expected = r"small: with every key and column written out, this config takes 65 KiB, of 64 that are read again; "
    with pytest.raises(ConfigError, match=f"^{expected}name fewer columns in data.columns$"):
        experiment.resolved(wide, cast(Task, task))


def test_a_run_whose_config_would_grow_too_large_keeps_what_it_has(tmp_path: Path) -> None:
    run = _train(tmp_path)
    before = {path.name: path.read_bytes() for path in run.path.iterdir() if path.is_file()}
    room = MAX_BYTES - len(before["config.yaml"])
    longest = before["config.yaml"].replace(b"  path: ", b"  path: " + b"x" * room)
    assert len(longest) == MAX_BYTES
    (run.path / "config.yaml").write_bytes(longest)
    with pytest.raises(ConfigError, match="this config takes 65 KiB, of 64"):
        experiment.resume(run.path, command=COMMAND, more=100, listener=Silent())
    assert {path.name: path.read_bytes() for path in run.path.iterdir() if path.is_file()} == before | {
        "config.yaml": longest
    }


def test_too_full_a_disk_is_told_before_training(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(experiment, "PLOT_BYTES", 10**18)
    with pytest.raises(FileError, match="MB are free, but this run needs about"):
        _train(tmp_path / "runs")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("failing", [FileError("no room"), KeyboardInterrupt()], ids=["disk", "Ctrl-C"])
def test_a_run_that_could_not_begin_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: BaseException
) -> None:
    def save(course: Course) -> None:
        raise failing

    monkeypatch.setattr(Course, "save", save)
    with pytest.raises(type(failing)):
        _train(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("made", ["new_folder", "digest_of"], ids=["folder", "snapshot"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_run_that_is_interrupted_while_it_begins_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, made: str, number: int
) -> None:
    """A signal comes just when the run's folder was made, or its first snapshot is about to be."""
    module: Any = {"new_folder": rundir, "digest_of": course}[made]
    make = getattr(module, made)

    def signalled(*arguments: Any, **settings: Any) -> Any:
        found = make(*arguments, **settings)
        os.kill(os.getpid(), number)
        return found

    monkeypatch.setattr(module, made, signalled)
    with pytest.raises(StoppedError, match="nothing of it is kept") as caught:
        _train(tmp_path)
    assert (caught.value.exit_code, list(tmp_path.iterdir())) == (128 + number, [])


@pytest.mark.parametrize(
    ("late", "told", "finished"),
    [
        ("write_predictions", "2 of 2 epochs are finished. Continue with: jena-rnn resume ", False),
        ("write_model", "2 of 2 epochs are finished. Continue with: jena-rnn resume ", False),
        ("write_metrics", None, True),
    ],
)
def test_a_signal_while_results_are_written_is_not_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, late: str, told: str | None, finished: bool
) -> None:
    write = getattr(RunDir, late)

    def signalled(run: RunDir, *arguments: Any) -> Any:
        os.kill(os.getpid(), signal.SIGINT)
        return write(run, *arguments)

    with monkeypatch.context() as patch:
        patch.setattr(RunDir, late, signalled)
        with pytest.raises(KeyboardInterrupt if finished else StoppedError, match=told):
            _train(tmp_path)
    (path,) = tmp_path.iterdir()
    assert (RunDir.open(path).metrics() is not None) == finished
    assert experiment.resume(path, command=COMMAND, listener=Silent()).is_whole()


def test_a_stopped_training_whose_run_was_taken_away_names_no_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*which: int) -> None:
        (path,) = tmp_path.glob("small*")
        path.rename(tmp_path / "elsewhere")
        os.kill(os.getpid(), signal.SIGTERM)

    listener = Silent()
    monkeypatch.setattr(listener, "epoch_begins", away)
    with pytest.raises(StoppedError, match=r"nothing to go on with: .*no such run directory") as caught:
        experiment.train(_config(), runs=tmp_path, command=COMMAND, listener=listener)
    assert caught.value.exit_code == 143


@pytest.mark.parametrize(
    ("runs", "typed"), [("-r", r"\./-r/small-"), ("a b", "'a b/small-"), ("o'\udcff", r"\$'o\\x27\\xff/small-")]
)
def test_the_command_to_go_on_can_be_typed_for_any_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, runs: str, typed: str
) -> None:
    monkeypatch.chdir(tmp_path)
    listener = Silent()
    monkeypatch.setattr(listener, "epoch_begins", lambda *which: os.kill(os.getpid(), signal.SIGTERM))
    with pytest.raises(StoppedError, match=f"jena-rnn resume {typed}"):
        experiment.train(_config(), runs=Path(runs), command=COMMAND, listener=listener)


def test_a_run_whose_lock_cannot_be_made_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begin = os.open

    def full(path: Path, *arguments: int) -> int:
        if Path(path).name == ".lock":
            raise OSError(errno.ENOSPC, "No space left on device")
        return begin(path, *arguments)

    monkeypatch.setattr(files.os, "open", full)
    with pytest.raises(FileError, match=r"\.lock: cannot be opened: No space left"):
        _train(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_run_whose_folder_cannot_be_listed_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(path: Path) -> list[str]:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(files.os, "listdir", refused)
    with pytest.raises(FileError, match="cannot be listed: Permission denied"):
        _train(tmp_path)
    monkeypatch.undo()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("same", ["name=other", "training.epochs=60", "data.path=other.csv"])
def test_the_digest_leaves_out_what_does_not_change_the_course(same: str) -> None:
    assert digest_of(_config(same)) == digest_of(_config())


@pytest.mark.parametrize(
    "other",
    ["seed=1", "model.units=5", "training.learning_rate=1e-2", "windows.delay=13", "data.max_rows=999"],
)
def test_the_digest_holds_all_else(other: str) -> None:
    assert digest_of(_config(other)) != digest_of(_config())


def test_a_run_under_way_elsewhere_is_refused_and_untouched(tmp_path: Path) -> None:
    run = _train(tmp_path)
    before = {path.name for path in run.path.iterdir()}
    with run.locked(), pytest.raises(BusyError, match="another process is writing it"):
        experiment.resume(run.path, command=COMMAND, more=3, listener=Silent())
    assert {path.name for path in run.path.iterdir()} == before


def test_force_leaves_a_run_that_cannot_be_locked_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Still:
        @staticmethod
        def now(zone: tzinfo) -> datetime:
            return datetime(2026, 1, 1, tzinfo=zone)

    monkeypatch.setattr(naming, "datetime", Still)
    run = _train(tmp_path)
    with run.locked(), pytest.raises(BusyError, match="another process is writing it"):
        _train(tmp_path, force=True)
    lock = run.path / ".lock"
    lock.rename(tmp_path / "lock")
    lock.mkdir()
    with pytest.raises(FileError, match=r"\.lock: cannot be opened: Is a directory"):
        _train(tmp_path, force=True)
    lock.rmdir()
    assert run.is_whole()
    assert _train(tmp_path, force=True).path == run.path


def test_the_newest_run_of_the_same_course_is_found_among_others(tmp_path: Path) -> None:
    config = _config()
    assert experiment.latest(config, tmp_path) is None
    run = _train(tmp_path)
    (tmp_path / "small-99990101T000000Z-s0").mkdir()  # newer, but no run
    assert experiment.latest(config, tmp_path) == run.path
    assert experiment.latest(replace(config, training=replace(config.training, epochs=9)), tmp_path) == run.path
    shutil.copytree(run.path, tmp_path / "small-other-99990101T000000Z-s0")
    assert experiment.latest(config, tmp_path) == run.path
    for other in ("seed=1", "model.units=5", "name=else"):
        assert experiment.latest(_config(other), tmp_path) is None


def test_what_is_no_run_cannot_be_resumed(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="not a run directory"):
        experiment.resume(tmp_path, command=COMMAND, listener=Silent())


def test_it_trains_without_tensorboard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tensorboard.summary", None)
    run = _train(tmp_path)
    assert run.metrics() is not None
    assert not run.tensorboard.exists()


@pytest.mark.parametrize("fails", ["writer", "line"])
def test_what_tensorboard_cannot_write_is_a_file_error(
    tmp_path: Path, fails: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tensorboard import summary

    from jena_rnn.layers.backend import tf

    class Writer:
        def __init__(self, folder: str) -> None:
            if fails == "writer":
                raise OSError(28, "No space left on device")

        def add_scalar(self, name: str, value: float, epoch: int) -> None:
            raise tf.errors.ResourceExhaustedError(None, None, "No space left on device")

    monkeypatch.setattr(summary, "Writer", Writer)
    with pytest.raises(FileError, match="tensorboard: cannot be written: No space left on device"):
        course._tensorboard(RunDir(tmp_path))("loss", 1.0, 1)


def test_tensorboards_writing_thread_says_nothing_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tensorboard.summary.writer import record_writer

    told: list[threading.ExceptHookArgs] = []
    monkeypatch.setattr(course, "TOLD", told.append)
    monkeypatch.setattr(threading, "excepthook", course.TOLD)

    def refuse(self: object, data: bytes) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    log = course._tensorboard(RunDir(tmp_path))
    monkeypatch.setattr(record_writer.RecordWriter, "write", refuse)
    with pytest.raises(FileError, match="tensorboard: cannot be written: Input/output error"):
        log("loss", 1.0, 1)
    assert told == []
    thread = threading.Thread(target=lambda: 1 / 0)
    thread.start()
    thread.join()
    assert [failed.exc_type for failed in told] == [ZeroDivisionError], "what other threads end with is told"


def test_divergence_says_what_was_kept_and_what_to_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real: Callable[..., float] = course.epochs

    def diverging(*arguments: object, **options: object) -> object:
        yield next(real(*arguments, **options))  # type: ignore[call-overload]
        raise DivergedError("the loss became nan in epoch 2, step 1")

    monkeypatch.setattr(course, "epochs", diverging)
    with pytest.raises(
        DivergedError,
        match=r"epoch 2, step 1; the last good epoch is 1, kept in .*/small-.*\. Try a smaller "
        r"training\.learning_rate \(it is 0\.001\)",
    ):
        _train(tmp_path)


class Interrupting(Silent):
    """A listener that sends a signal in epoch 2."""

    def epoch_begins(self, epoch: int, epochs: int, steps: int) -> None:
        if epoch == 2:
            os.kill(os.getpid(), signal.SIGTERM)


def test_a_signal_stops_after_the_step_and_tells_how_to_go_on(tmp_path: Path) -> None:
    listener = Interrupting()
    with pytest.raises(StoppedError) as caught:
        experiment.train(_config(), runs=tmp_path, command=COMMAND, listener=listener)
    (path,) = tmp_path.iterdir()
    assert str(caught.value) == f"1 of 2 epochs are finished. Continue with: jena-rnn resume {path}"
    assert caught.value.exit_code == 143
    assert len(listener.steps) == 6
    assert RunDir(path).snapshots.newest().epoch == 1


def test_data_that_was_moved_are_named_with_the_key_that_says_where(tmp_path: Path) -> None:
    station = tmp_path / "station.csv"
    with station.open("wb") as file:
        write_csv(simulate(1000), file)
    run = _train(tmp_path, f"data.path={station}", "data.sample=false", "training.epochs=1")
    station.rename(tmp_path / "moved.csv")
    with pytest.raises(
        NoDataError, match=r"no such file, and .* was trained on it; data\.path in .*/config\.yaml names"
    ):
        experiment.resume(run.path, command=COMMAND, more=2, listener=Silent())
    text = (run.path / "config.yaml").read_text()
    (run.path / "config.yaml").write_text(text.replace("station.csv", "moved.csv"))
    assert len(experiment.resume(run.path, command=COMMAND, more=2, listener=Silent()).history()) == 2

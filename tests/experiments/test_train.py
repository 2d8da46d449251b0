"""An experiment from config to run directory: what is written when, and how it stops and goes on."""

import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from helpers import TINY, Listening, config_of

from jena_rnn import experiments
from jena_rnn.base import interrupts
from jena_rnn.base.errors import (
    BusyError,
    ConfigError,
    DataError,
    DivergedError,
    FileError,
    JenaError,
    NoDataError,
    RunError,
    StoppedError,
)
from jena_rnn.config.loading import digest_of
from jena_rnn.experiments import training_run
from jena_rnn.experiments.tensorboard import tensorboard_log
from jena_rnn.experiments.training_run import TrainingRun
from jena_rnn.layers.backend import tf
from jena_rnn.runs import rundir
from jena_rnn.runs.rundir import RunDir
from jena_rnn.series.sample import simulate, write_csv

Copy = Callable[[Path], Path]
COMMAND = ["jena-rnn", "train", "small"]
PREPARE = import_module("jena_rnn.experiments.prepare")


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no slow machine end this process where a batch or a file takes long after a signal."""
    monkeypatch.setattr(interrupts, "PATIENCE", 600)


def _train(runs: Path, *overrides: str, listener: Listening | None = None, force: bool = False) -> RunDir:
    config = config_of(TINY, *overrides)
    return experiments.train(config, runs=runs, command=COMMAND, force=force, listener=listener or Listening())


def _resume(path: Path, epochs: int | None = None, listener: Listening | None = None) -> RunDir:
    run = RunDir.open(path)
    with run.locked():
        return experiments.resume(run, command=COMMAND, epochs=epochs, listener=listener or Listening())


def _files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


# A whole run


def test_a_run_holds_all_decisions_and_results(gru_run: Path) -> None:
    run = RunDir.open(gru_run)
    config, info, metrics, history = run.config(), run.info(), run.metrics(), run.history()
    assert (config.training.steps_per_epoch, config.training.jit_compile) == (5, False)
    assert config.data.columns is not None
    assert (info["command"], info["steps_per_epoch"], info["data"]["rows"]) == (COMMAND, 5, 1000)
    assert metrics is not None
    assert metrics["epochs"] == len(history) == 2
    assert metrics["best_val_mae"] == min(record.val_mae for record in history)
    assert metrics["splits"]["val"]["mae"] == pytest.approx(metrics["best_val_mae"], rel=1e-6)
    assert metrics["last_val_mae"] == history[-1].val_mae
    assert metrics["seconds"] == sum(record.seconds for record in history)
    assert {path.name for path in gru_run.iterdir()} >= {
        *("config.yaml", "run.json", "history.csv", "metrics.json", "predictions.csv", "model.keras"),
        *("plots", "snapshot", "tensorboard"),
    }


@pytest.mark.parametrize(
    ("overrides", "free", "error", "message"),
    [
        (["data.max_rows=800"], None, DataError, "leave|needs|holds"),
        ([f"data.columns=[{'é' * 60_000}]", f"data.target={'é' * 60_000}"], None, JenaError, "KiB|large|long"),
        ([], 10**18, FileError, "MB are free, but this run needs about"),
    ],
    ids=["too few rows", "too large a config", "too full a disk"],
)
def test_a_run_that_cannot_be_is_refused_before_anything_is_written(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    overrides: list[str],
    free: int | None,
    error: type[Exception],
    message: str,
) -> None:
    if free is not None:
        monkeypatch.setattr(PREPARE, "PLOT_BYTES", free)
    with pytest.raises(error, match=message):
        _train(tmp_path / "runs", *overrides)
    assert not (tmp_path / "runs").exists()


# What begins and fails leaves nothing


@pytest.mark.parametrize("failing", [FileError("no room"), KeyboardInterrupt()], ids=["disk", "Ctrl-C"])
def test_a_run_that_could_not_begin_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: BaseException
) -> None:
    def save(run: TrainingRun) -> None:
        raise failing

    monkeypatch.setattr(TrainingRun, "save", save)
    with pytest.raises(type(failing)):
        _train(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("made", ["new_folder", "words_text"], ids=["folder", "first files"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_interrupted_while_it_begins_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, made: str, number: int
) -> None:
    module: Any = {"new_folder": rundir, "words_text": RunDir}[made]
    name = {"new_folder": "new_folder", "words_text": "write_words"}[made]
    make = getattr(module, name)

    def signalled(*arguments: Any, **settings: Any) -> Any:
        found = make(*arguments, **settings)
        os.kill(os.getpid(), number)
        return found

    monkeypatch.setattr(module, name, signalled)
    with pytest.raises(StoppedError, match="nothing of it is kept") as caught:
        _train(tmp_path)
    assert (caught.value.exit_code, list(tmp_path.iterdir())) == (128 + number, [])


# Signals


def test_a_signal_stops_after_the_step_and_says_how_to_go_on(tmp_path: Path) -> None:
    class Stopping(Listening):
        def epoch_begins(self, epoch: int, epochs: int, steps: int) -> None:
            if epoch == 2:
                os.kill(os.getpid(), signal.SIGTERM)

    listener = Stopping()
    with pytest.raises(StoppedError) as caught:
        _train(tmp_path, listener=listener)
    (path,) = tmp_path.iterdir()
    assert str(caught.value) == f"1 of 2 epochs are finished. Continue with: jena-rnn resume {path}"
    assert (caught.value.exit_code, len(listener.steps)) == (143, 6)
    assert RunDir(path).snapshots.newest().epoch == 1


def test_a_stopped_run_resumes_to_the_end_of_one_that_never_stopped(
    stopped_run: Path, gru_run: Path, copy: Copy
) -> None:
    run, whole = _resume(copy(stopped_run)), RunDir.open(gru_run)
    assert [record.figures() for record in run.history()] == [record.figures() for record in whole.history()]
    assert (run.path / "predictions.csv").read_bytes() == (gru_run / "predictions.csv").read_bytes()


@pytest.mark.parametrize(("late", "is_kept"), [("write_predictions", False), ("write_metrics", True)])
def test_a_signal_while_results_are_written_is_not_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, late: str, is_kept: bool
) -> None:
    write = getattr(RunDir, late)

    def signalled(run: RunDir, *arguments: Any) -> Any:
        os.kill(os.getpid(), signal.SIGINT)
        return write(run, *arguments)

    with monkeypatch.context() as patch:
        patch.setattr(RunDir, late, signalled)
        told = None if is_kept else "2 of 2 epochs are finished. Continue with: jena-rnn resume "
        with pytest.raises(KeyboardInterrupt if is_kept else StoppedError, match=told):
            _train(tmp_path)
    (path,) = tmp_path.iterdir()
    assert (RunDir.open(path).metrics() is not None) == is_kept
    assert _resume(path).is_whole()


@pytest.mark.parametrize(("runs", "typed"), [("-r", r"\./-r/small-"), ("a b", "'a b/small-")])
def test_the_command_to_go_on_can_be_typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, runs: str, typed: str
) -> None:
    monkeypatch.chdir(tmp_path)
    listener = Listening()
    monkeypatch.setattr(listener, "epoch_begins", lambda *which: os.kill(os.getpid(), signal.SIGTERM))
    with pytest.raises(StoppedError, match=f"jena-rnn resume {typed}"):
        _train(Path(runs), listener=listener)


# Runs that there are


@pytest.mark.parametrize("same", ["name=other", "training.epochs=60", "data.path=other.csv"])
def test_the_digest_leaves_out_what_does_not_change_an_epoch(same: str) -> None:
    assert digest_of(config_of(TINY, same)) == digest_of(config_of(TINY))


@pytest.mark.parametrize(
    "other", ["seed=1", "model.units=5", "training.learning_rate=1e-2", "windows.delay=13", "data.max_rows=999"]
)
def test_the_digest_holds_all_else(other: str) -> None:
    assert digest_of(config_of(TINY, other)) != digest_of(config_of(TINY))


def test_force_leaves_a_run_that_another_process_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = _train(tmp_path, "training.epochs=1")
    monkeypatch.setattr(rundir, "new_folder", lambda *arguments, **settings: run.path)
    before = _files(run.path)
    with run.locked(), pytest.raises(BusyError, match="another process is writing it"):
        _train(tmp_path, force=True)
    assert _files(run.path) == before
    assert _train(tmp_path, "training.epochs=1", force=True).path == run.path


def test_the_newest_run_of_the_same_config_is_found_among_others(gru_run: Path, tmp_path: Path) -> None:
    assert experiments.latest(config_of(TINY), tmp_path) is None
    run = Path(shutil.copytree(gru_run, tmp_path / gru_run.name))
    (tmp_path / "small-99990101T000000Z-s0").mkdir()  # newer, but no run
    shutil.copytree(run, tmp_path / "small-other-99990101T000000Z-s0")
    for same in ("seed=0", "training.epochs=9"):
        found = experiments.latest(config_of(TINY, same), tmp_path)
        assert found is not None
        assert found.path == run
    for other in ("seed=1", "model.units=5", "name=else"):
        assert experiments.latest(config_of(TINY, other), tmp_path) is None


def test_what_is_no_run_cannot_be_resumed(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="not a run directory"):
        _resume(tmp_path)


def test_fewer_epochs_than_a_run_has_are_refused(gru_run: Path, copy: Copy) -> None:
    with pytest.raises(ConfigError, match="expected at least --epochs 2, since the run has or was asked for 2 epochs"):
        _resume(copy(gru_run), epochs=1)


def test_a_finished_run_says_how_to_go_on(gru_run: Path, copy: Copy) -> None:
    listener, run = Listening(), copy(gru_run)
    _resume(run, listener=listener)
    assert listener.notices == [f"{run}: finished after 2 epochs; a larger --epochs trains it further"]


def test_data_that_was_moved_is_named_with_the_key_that_says_where(tmp_path: Path) -> None:
    station = tmp_path / "station.csv"
    with station.open("wb") as file:
        write_csv(simulate(1000), file)
    run = _train(tmp_path, f"data.path={station}", "data.sample=false", "training.epochs=1")
    station.rename(tmp_path / "moved.csv")
    gone = r"no such file, and .* was trained on it; if it was moved, change data\.path in .*/config\.yaml"
    with pytest.raises(NoDataError, match=gone):
        _resume(run.path, epochs=2)
    text = (run.path / "config.yaml").read_text()
    (run.path / "config.yaml").write_text(text.replace("station.csv", "moved.csv"))
    assert len(_resume(run.path, epochs=2).history()) == 2


# TensorBoard and divergence


def test_it_trains_without_tensorboard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tensorboard.summary", None)
    run = _train(tmp_path, "training.epochs=1")
    assert run.metrics() is not None
    assert not run.tensorboard.exists()


@pytest.mark.parametrize("fails", ["writer", "line"])
def test_a_full_disk_under_tensorboard_is_a_file_error(
    tmp_path: Path, fails: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Writer:
        def __init__(self, folder: str) -> None:
            if fails == "writer":
                raise OSError(28, "No space left on device")

        def add_scalar(self, name: str, value: float, epoch: int) -> None:
            raise tf.errors.ResourceExhaustedError(None, None, "No space left on device")

    monkeypatch.setattr("tensorboard.summary.Writer", Writer)
    with pytest.raises(FileError, match=f"{tmp_path}: cannot be written: .*No space left on device"):
        tensorboard_log(tmp_path)({"loss": 1.0}, 1)


def test_divergence_says_what_was_kept_and_what_to_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = training_run.epochs

    def diverging(*arguments: Any, **options: Any) -> Iterator[Any]:
        yield next(real(*arguments, **options))
        raise DivergedError("the loss became nan in epoch 2, step 1")

    monkeypatch.setattr(training_run, "epochs", diverging)
    kept = r"epoch 2, step 1; the last good epoch is 1, saved in .*/small-.*\. Try a smaller training\.learning_rate"
    with pytest.raises(DivergedError, match=rf"{kept} \(it is 0\.001\)"):
        _train(tmp_path)
    (path,) = tmp_path.iterdir()
    assert "the last good epoch is 1" in (RunDir.open(path).divergence() or "")

"""Ctrl-C and SIGTERM end a real training in two seconds, with the command to go on; two processes never share a run."""

import ctypes
import re
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from processes import Command, files, only

from jena_rnn.runs.rundir import RunDir
from jena_rnn.training import epochs as training

WITHIN = 2.5
"""Seconds: two, and what a busy machine takes to look."""
SIGNALS = pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["SIGINT", "SIGTERM"])


def _slow_steps() -> None:
    """Make each step take a twentieth of a second, as a large model would."""
    real = training.take_step

    def take_step(*arguments: Any, **options: Any) -> Any:
        time.sleep(0.05)
        return real(*arguments, **options)

    training.take_step = take_step


def _blocked_step() -> None:
    """Make the 30th step, in epoch 2, a call into C that never ends and listens to nobody."""
    real, taken = training.take_step, [0]

    def take_step(*arguments: Any, **options: Any) -> Any:
        taken[0] += 1
        if taken[0] == 30:
            sys.stderr.write("blocked\n")
            sys.stderr.flush()
            _uninterruptible()
        return real(*arguments, **options)

    training.take_step = take_step


def _uninterruptible() -> None:
    """Stay in C whatever signals come: waiting for a lock that nobody gives back."""
    lock = ctypes.create_string_buffer(64)
    libc = ctypes.CDLL(None)
    libc.pthread_mutex_lock(lock)
    libc.pthread_mutex_lock(lock)


def _training(tmp_path: Path, prepare: Callable[[], None]) -> Command:
    config, series = files(tmp_path)
    arguments = ["train", config, "--data", series, "--epochs", 500, "--runs-dir", tmp_path / "runs"]
    return Command(*arguments, log=tmp_path / "log", prepare=prepare)


def _saved(tmp_path: Path, epoch: int) -> Callable[[], bool]:
    return lambda: any((tmp_path / "runs").glob(f"*/snapshot/epoch-{epoch:06}.snapshot"))


@SIGNALS
def test_a_signal_ends_the_training_in_two_seconds_with_the_command_to_go_on(tmp_path: Path, number: int) -> None:
    with _training(tmp_path, _slow_steps) as training:
        training.until(_saved(tmp_path, 1))
        training.send(number)
        assert training.wait() < WITHIN
    assert training.code == 128 + number
    run = only(tmp_path / "runs")
    done = len(RunDir(run).history())
    assert f"jena-rnn: {done} of 500 epochs are finished. Continue with: jena-rnn resume {run}\n" in training.text
    assert "Traceback" not in training.text
    assert RunDir(run).snapshots.newest().epoch == done >= 1


@SIGNALS
def test_a_signal_ends_a_training_that_is_stuck_in_native_code(tmp_path: Path, number: int) -> None:
    with _training(tmp_path, _blocked_step) as training:
        training.says("blocked")
        training.send(number)
        assert training.wait() < WITHIN
    assert training.code == 128 + number
    run = only(tmp_path / "runs")
    assert f"jena-rnn: stopped at once; 1 of 500 epochs are finished. Continue with: jena-rnn resume {run}\n" in (
        training.text
    )
    assert RunDir(run).snapshots.newest().epoch == 1


def test_a_second_signal_is_immediate_and_a_second_process_is_refused(tmp_path: Path) -> None:
    with _training(tmp_path, _blocked_step) as training:
        training.says("blocked")
        run = only(tmp_path / "runs")
        with Command("resume", run, log=tmp_path / "second") as second:
            assert second.wait() < 3  # one, and its start
        assert second.code == 5
        assert second.text == f"jena-rnn: {run}: another process is writing it\n"
        training.send(signal.SIGINT)
        time.sleep(0.2)
        training.send(signal.SIGINT)
        assert training.wait() < 0.7
    assert training.code == 130
    assert re.search(r"Continue with: jena-rnn resume .*\n", training.text)


def test_the_lock_ends_with_a_killed_holder(tmp_path: Path) -> None:
    with _training(tmp_path, _slow_steps) as training:
        training.until(_saved(tmp_path, 0))
        training.kill()
    run = RunDir(only(tmp_path / "runs"))
    with run.locked():
        assert run.snapshots.newest().epoch >= 0

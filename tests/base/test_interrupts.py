"""Signals while a training runs: the first stops at the next check, a second or too long a wait ends the process."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import NoReturn

import pytest

from jena_rnn.base import interrupts
from jena_rnn.base.errors import StoppedError
from jena_rnn.base.interrupts import Interrupts


class Ended(BaseException):
    """Stands for the end of the process."""


@pytest.fixture
def ends(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """Give the exit codes with which the watcher would have ended this process; signals left over harm nobody."""
    codes: list[int] = []

    def leave(code: int) -> NoReturn:
        codes.append(code)
        raise Ended

    monkeypatch.setattr(interrupts.os, "_exit", leave)
    monkeypatch.setattr(interrupts, "end_soon", lambda code: None)  # it would end this process after the test
    monkeypatch.setattr(threading, "excepthook", lambda arguments: None)
    before = {number: signal.signal(number, lambda number, frame: None) for number in interrupts.SIGNALS}
    yield codes
    for number, handler in before.items():
        signal.signal(number, handler)


@contextmanager
def watched(tell: Callable[[], str]) -> Iterator[Interrupts]:
    """Give interrupts that are watched from the start."""
    with Interrupts() as found:
        found.watch(tell)
        yield found


def _send(number: int) -> None:
    os.kill(os.getpid(), number)


def _until(happened: list[int]) -> float:
    began = time.monotonic()
    while not happened and time.monotonic() - began < 10:
        time.sleep(0.005)
    return time.monotonic() - began


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_the_first_signal_stops_at_the_next_check_and_says_how_to_go_on(
    number: int, code: int, ends: list[int]
) -> None:
    with watched(lambda: "continue with X") as found:
        found.check()
        _send(number)
        with pytest.raises(StoppedError, match="continue with X") as caught:
            found.check()
    assert caught.value.exit_code == code
    assert ends == []


def test_handlers_and_wakeup_are_as_they_were_afterwards() -> None:
    ours, theirs = socket.socketpair()
    theirs.setblocking(False)
    with ours, theirs:
        handlers = [signal.getsignal(number) for number in interrupts.SIGNALS]
        before = signal.set_wakeup_fd(theirs.fileno())
        with watched(lambda: ""):
            assert [signal.getsignal(number) for number in interrupts.SIGNALS] != handlers
        assert signal.set_wakeup_fd(before) == theirs.fileno()
        assert [signal.getsignal(number) for number in interrupts.SIGNALS] == handlers


def test_a_second_signal_ends_the_process_at_once(ends: list[int], capfd: pytest.CaptureFixture[str]) -> None:
    with watched(lambda: "continue with X"):
        _send(signal.SIGTERM)
        time.sleep(0.05)
        assert ends == []
        _send(signal.SIGINT)
        assert _until(ends) < 1
    assert ends == [143]
    assert capfd.readouterr().err == "\njena-rnn: stopped at once; continue with X\n"


def test_before_it_is_watched_signals_wait_for_the_check(ends: list[int]) -> None:
    with Interrupts() as found:
        for _ in range(2):
            _send(signal.SIGTERM)
        with pytest.raises(StoppedError, match="nothing of it is kept"):
            found.check()
        found.watch(lambda: "continue with X")
        assert _until(ends) < 1
    assert ends == [143]


def test_a_third_signal_is_not_kept_waiting(ends: list[int]) -> None:
    with Interrupts():
        _send(signal.SIGTERM)
        _send(signal.SIGTERM)
        with pytest.raises(Ended):
            _send(signal.SIGTERM)
    assert ends == [143]


def test_a_signal_too_late_for_a_check_is_for_whoever_comes_after() -> None:
    handled: list[int] = []
    before = signal.signal(signal.SIGTERM, lambda number, frame: handled.append(number))
    try:
        with watched(lambda: "") as found:
            found.check()
            _send(signal.SIGTERM)
            time.sleep(0.01)
            assert handled == []
        assert handled == [signal.SIGTERM]
    finally:
        signal.signal(signal.SIGTERM, before)


def test_signals_that_are_ignored_stay_so() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with watched(lambda: "") as found:
            _send(signal.SIGHUP)
            found.check()
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_without_a_check_in_time_the_process_ends(ends: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interrupts, "PATIENCE", 0.2)
    with watched(lambda: ""):
        _send(signal.SIGINT)
        assert 0.15 < _until(ends) < 1.5
    assert ends == [130]


def test_the_process_ends_even_if_nothing_can_be_told(ends: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interrupts, "PATIENCE", 0.05)

    def tell() -> str:
        raise RuntimeError

    with watched(tell):
        _send(signal.SIGINT)
        _until(ends)
    assert ends == [130]


def test_signals_that_a_host_program_handles_are_none_of_ours(ends: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interrupts, "PATIENCE", 0.1)
    handled: list[int] = []
    before = signal.signal(signal.SIGUSR1, lambda number, frame: handled.append(number))
    try:
        with watched(lambda: "") as found:
            for _ in range(3):
                _send(signal.SIGUSR1)
            time.sleep(0.3)
            found.check()
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert (len(handled), ends) == (3, [])


def _watchers() -> list[str]:
    return [thread.name for thread in threading.enumerate() if "_watch" in thread.name]


def _until_none() -> None:
    began = time.monotonic()
    while _watchers():
        assert time.monotonic() - began < 5
        time.sleep(0.01)


def test_the_watcher_ends_with_the_training(ends: list[int]) -> None:
    _until_none()
    for signalled in (False, True):
        with pytest.raises(StoppedError) if signalled else nullcontext(), watched(lambda: "") as found:
            assert len(_watchers()) == 1
            if signalled:
                _send(signal.SIGINT)
            found.check()
        _until_none()
    assert ends == []


def test_in_a_thread_nothing_is_handled_and_nothing_left_open() -> None:
    handlers, seen = signal.getsignal(signal.SIGINT), []

    def work() -> None:
        with watched(lambda: "") as found:
            found.check()
            seen.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [handlers]


def test_a_process_that_never_checks_ends_in_two_seconds() -> None:
    code = (
        "import time\nfrom jena_rnn.base.interrupts import Interrupts\n"
        "with Interrupts() as interrupts:\n    interrupts.watch(lambda: 'continue with X')\n"
        "    print('ready', flush=True)\n"
        "    while True:\n        time.sleep(1)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        began = time.monotonic()
        process.terminate()
        _, said = process.communicate(timeout=10)
    assert time.monotonic() - began < 2.5
    assert process.returncode == 143
    assert said == b"\njena-rnn: stopped at once; continue with X\n"

"""Signals during a training: the first stops it at the next check; a second, or a long wait, ends the process."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn

import pytest

from jena_rnn.base import interrupts
from jena_rnn.base.errors import StoppedError
from jena_rnn.base.interrupts import Interrupts


class Ended(BaseException):
    """Stands for the end of the process."""


@pytest.fixture
def ends(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return the exit codes with which the watcher would have ended this process."""
    codes: list[int] = []

    def leave(code: int) -> NoReturn:
        codes.append(code)
        raise Ended

    monkeypatch.setattr(interrupts.os, "_exit", leave)
    monkeypatch.setattr(threading, "excepthook", lambda arguments: None)
    return codes


@contextmanager
def _watched(advice: Callable[[], str] = lambda: "continue with X") -> Iterator[Interrupts]:
    """Yield interrupts; signals that were not checked for harm nobody."""
    before = {number: signal.signal(number, lambda number, frame: None) for number in interrupts.SIGNALS}
    try:
        with Interrupts() as found:
            found.watch(advice)
            yield found
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _send(number: int) -> None:
    os.kill(os.getpid(), number)


def _until(happened: list[int]) -> float:
    began = time.monotonic()
    while not happened and time.monotonic() - began < 10:
        time.sleep(0.005)
    return time.monotonic() - began


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_the_first_signal_stops_at_the_next_check_and_says_how_to_go_on(
    number: int, code: int, ends: list[int]
) -> None:
    with _watched() as found:
        found.check()
        _send(number)
        with pytest.raises(StoppedError, match="continue with X") as caught:
            found.check()
    assert caught.value.exit_code == code
    assert ends == []


def test_before_there_is_a_run_the_message_says_that_nothing_is_kept() -> None:
    def stopped() -> None:
        with Interrupts() as found:
            _send(signal.SIGTERM)
            found.check()

    with pytest.raises(StoppedError, match="nothing of it is kept"):
        stopped()


def test_a_second_signal_ends_the_process_at_once(ends: list[int], capfd: pytest.CaptureFixture[str]) -> None:
    with _watched():
        _send(signal.SIGTERM)
        time.sleep(0.05)
        assert ends == []
        _send(signal.SIGINT)
        assert _until(ends) < 1
    assert ends == [143]
    assert capfd.readouterr().err == "\njena-rnn: stopped at once; continue with X\n"


def test_without_a_check_in_time_the_process_ends(ends: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interrupts, "PATIENCE", 0.2)
    with _watched():
        _send(signal.SIGINT)
        assert 0.15 < _until(ends) < 1.5
    assert ends == [130]


def test_the_process_ends_even_if_the_advice_fails(ends: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interrupts, "PATIENCE", 0.05)
    with _watched(lambda: str(1 / 0)):
        _send(signal.SIGINT)
        _until(ends)
    assert ends == [130]


def test_a_signal_after_the_last_check_goes_to_the_handler_before() -> None:
    handled: list[int] = []
    before = signal.signal(signal.SIGTERM, lambda number, frame: handled.append(number))
    try:
        with Interrupts() as found:
            found.check()
            _send(signal.SIGTERM)
            time.sleep(0.01)
            assert handled == []
        assert handled == [signal.SIGTERM]
    finally:
        signal.signal(signal.SIGTERM, before)


def test_signals_that_are_ignored_or_of_others_are_left_alone(ends: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interrupts, "PATIENCE", 0.1)
    handled: list[int] = []
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    other = signal.signal(signal.SIGUSR1, lambda number, frame: handled.append(number))
    try:
        with Interrupts() as found:
            for number in (signal.SIGINT, signal.SIGUSR1, signal.SIGUSR1):
                _send(number)
            time.sleep(0.3)
            found.check()
    finally:
        signal.signal(signal.SIGINT, before)
        signal.signal(signal.SIGUSR1, other)
    assert (len(handled), ends) == (2, [])


def test_handlers_wakeup_and_threads_are_as_before_afterwards() -> None:
    ours, theirs = socket.socketpair()
    theirs.setblocking(False)
    with ours, theirs:
        before = signal.set_wakeup_fd(theirs.fileno())
        handlers, threads = [signal.getsignal(number) for number in interrupts.SIGNALS], threading.active_count()
        with Interrupts():
            assert [signal.getsignal(number) for number in interrupts.SIGNALS] != handlers
            assert threading.active_count() == threads + 1
        assert signal.set_wakeup_fd(before) == theirs.fileno()
        assert [signal.getsignal(number) for number in interrupts.SIGNALS] == handlers
        assert threading.active_count() == threads


def test_in_another_thread_no_signal_is_handled() -> None:
    seen = []

    def work() -> None:
        with Interrupts() as found:
            found.check()
            seen.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [signal.getsignal(signal.SIGINT)]


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

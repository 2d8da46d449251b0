"""Signals while a training runs: stop between two batches, at once if asked twice, in two seconds at most.

The first signal sets a flag that the training looks at after every batch. A thread watches meanwhile: on a second
signal, or when no batch has ended in time (a compilation can take longer), it ends the process. That loses nothing,
since every file appears whole or not at all. Signals that the process ignores (as one in the background ignores
Ctrl-C, and one under nohup the end of its terminal) stay ignored.

    with Interrupts() as interrupts:
        ...                                 # what is to be done whole; a signal waits, but the third
        interrupts.check()
        interrupts.watch(lambda: "continue with: jena-rnn resume runs/x")
        for batch in batches: interrupts.check()
"""

import os
import select
import signal
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Any

from jena_rnn.base.errors import StoppedError
from jena_rnn.base.messages import one_line

PATIENCE = 1.5
"""Seconds between the first signal and the end of the process, if no batch ends."""
FAREWELL = 0.4
"""Seconds that the last words may take."""
SIGNALS = {signal.SIGINT: "interrupted", signal.SIGTERM: "terminated", signal.SIGHUP: "hung up"}
"""Those that end the program, and what is said of it."""
ENDED = 0


def heeded() -> list[signal.Signals]:
    """Return those of SIGNALS that the process does not ignore."""
    return [number for number in SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]


def end_soon(code: int) -> None:
    """End the process in FAREWELL seconds at the latest: who reads what it says last may have stopped reading."""

    def end() -> None:
        time.sleep(FAREWELL)
        os._exit(code)

    with suppress(RuntimeError):  # where there are no threads to be had, nothing bounds them
        threading.Thread(target=end, daemon=True).start()


def _nothing_kept() -> str:
    return "stopped before the training began; nothing of it is kept"


class Interrupts:
    """Turns the first signal into a StoppedError at the next `check`."""

    def __init__(self) -> None:
        self._tell: Callable[[], str] = _nothing_kept
        self._came: list[int] = []
        self._before: dict[signal.Signals, Any] = {}
        self._handles = self._watched = False
        self._ours, self._theirs = socket.socketpair()

    def __enter__(self) -> "Interrupts":
        if threading.current_thread() is not threading.main_thread():
            return self  # only the main thread may handle signals; others are stopped by their owner
        self._handles = True
        self._theirs.setblocking(False)
        self._wakeup = signal.set_wakeup_fd(self._theirs.fileno(), warn_on_full_buffer=False)
        self._before = {number: signal.signal(number, self._note) for number in heeded()}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        if self._handles:
            signal.set_wakeup_fd(self._wakeup)
        if not self._watched:
            self._ours.close()
        self._theirs.close()  # the watcher reads the end and returns
        if self._came and kind is None:
            signal.raise_signal(self._came[0])  # too late for a check: it is for whoever comes after us

    def watch(self, tell: Callable[[], str]) -> None:
        """End the process from now on where a second signal comes or no check in time, saying what `tell` returns."""
        self._tell = tell
        self._watched = self._handles
        if self._watched:
            threading.Thread(target=self._watch, daemon=True).start()

    def check(self) -> None:
        """Raise StoppedError if a signal has come."""
        if self._came:
            raise StoppedError(self._tell(), self._came[0])

    def _note(self, number: int, frame: object) -> None:
        self._came.append(number)
        if not self._watched and len(self._came) > 2:  # noqa: PLR2004 (whoever asks three times does not want to wait)
            os._exit(128 + self._came[0])

    def _watch(self) -> None:
        """Wait for a signal; then for a second one, or the end of patience, or of the training."""
        with self._ours:
            first = self._received()
            if first and self._received(PATIENCE) != ENDED:
                self._die(first)

    def _received(self, patience: float | None = None) -> int | None:
        """Return the next of our signals, ENDED at the end of the training, or None when patience is at an end."""
        until = None if patience is None else time.monotonic() + patience
        while True:
            left = None if until is None else max(until - time.monotonic(), 0)
            if not select.select([self._ours], [], [], left)[0]:
                return None
            number = int.from_bytes(self._ours.recv(1))
            if number in {ENDED, *SIGNALS}:  # a host program's other handlers are told here as well
                return number

    def _die(self, number: int) -> None:
        try:
            said = f"\njena-rnn: stopped at once; {one_line(self._tell())}\n"
            end_soon(128 + number)
            os.write(2, said.encode())
        finally:  # even if nothing can be told
            os._exit(128 + number)

"""Ctrl-C and SIGTERM during a training: stop after the current batch, or end the process if that takes too long.

The first signal sets a flag that the training checks after every batch. A watcher thread ends the process at a second
signal, or when PATIENCE is over: compiling a model can take longer, and no Python code of the main thread runs
meanwhile. Nothing is lost, since every file appears whole or not at all.

    with Interrupts() as interrupts:
        interrupts.watch(lambda: "continue with: jena-rnn resume runs/x")
        for batch in batches: interrupts.check()
"""

import os
import select
import signal
import socket
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any

from jena_rnn.base.errors import StoppedError
from jena_rnn.base.messages import one_line

PATIENCE = 1.5
"""Seconds that a batch may take to end after the first signal."""
SIGNALS = {signal.SIGINT: "interrupted", signal.SIGTERM: "terminated"}
"""The signals that end the program, and the word for each."""
OVER = 0
"""The byte that tells the watcher that the training is over; a signal sends its number."""


def handled() -> list[signal.Signals]:
    """Return those of SIGNALS that the process does not ignore, as one in the background ignores Ctrl-C."""
    return [number for number in SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]


class Interrupts:
    """Turns the first signal into a StoppedError at the next `check`. In other threads than the main one, idle."""

    def __init__(self) -> None:
        self._advice: Callable[[], str] = lambda: "stopped before the training began; nothing of it is kept"
        self._came: list[int] = []
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> "Interrupts":
        if threading.current_thread() is threading.main_thread():  # only there can signals be handled
            self._reader, self._writer = socket.socketpair()
            self._writer.setblocking(False)
            self._wakeup = signal.set_wakeup_fd(self._writer.fileno(), warn_on_full_buffer=False)
            self._before = {number: signal.signal(number, self._note) for number in handled()}
            self._watcher = threading.Thread(target=self._watch, daemon=True)
            self._watcher.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if threading.current_thread() is not threading.main_thread():
            return
        for number, handler in self._before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._wakeup)
        self._writer.send(bytes([OVER]))
        self._watcher.join()
        self._reader.close()
        self._writer.close()
        if self._came and kind is None:
            signal.raise_signal(self._came[0])  # it came after the last check

    def watch(self, advice: Callable[[], str]) -> None:
        """Let `advice` say from now on what a stopped training leaves and how to go on."""
        self._advice = advice

    def check(self) -> None:
        """Raise StoppedError if a signal has come."""
        if self._came:
            raise StoppedError(self._advice(), self._came[0])

    def _note(self, number: int, frame: object) -> None:
        self._came.append(number)

    def _watch(self) -> None:
        """Wait for a signal; then end the process at a second one or after PATIENCE, unless the training ends first."""
        first = self._received()
        if not first or self._received(PATIENCE) == OVER:
            return
        try:
            os.write(2, f"\njena-rnn: stopped at once; {one_line(self._advice())}\n".encode())
        finally:
            os._exit(128 + first)

    def _received(self, patience: float | None = None) -> int | None:
        """Return the next of SIGNALS or OVER; None when nothing came for `patience` seconds."""
        while select.select([self._reader], [], [], patience)[0]:
            byte = self._reader.recv(1)[0]
            if byte == OVER or byte in SIGNALS:  # a host program may handle other signals
                return byte
        return None

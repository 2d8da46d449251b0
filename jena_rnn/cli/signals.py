"""Ctrl-C, SIGTERM and SIGHUP while a command runs, but for a training, which answers them itself (`interrupts`)."""

import atexit
import os
import signal
import sys
from contextlib import suppress
from typing import NoReturn

from jena_rnn.base.interrupts import SIGNALS, end_soon, heeded
from jena_rnn.cli.terminal import notice


class Signals:
    """The first signal, raised as KeyboardInterrupt where the program stands, and noted; a third ends it at once.

    What stands there may make another error of it (a C module that is being imported, a class that is being made), or
    lose it (Python's compiler loses any exception but this one). So it is raised again each second until it is told.
    A second one is raised by none but that clock, lest it falls into what the first one has begun to clear away.
    """

    def __init__(self) -> None:
        self.came: list[int] = []
        self._over = self._ours = False

    def listen(self) -> None:
        """Take the signals from now on, but for those that are ignored, as Ctrl-C is in the background."""
        self._ours = True
        signal.signal(signal.SIGALRM, self._again)
        sys.unraisablehook = self._lost
        for number in heeded():
            signal.signal(number, self._note)

    def _note(self, number: int, frame: object) -> None:
        self.came.append(number)
        if len(self.came) > 2:  # noqa: PLR2004 (whoever asks three times does not want to wait)
            os._exit(128 + self.came[0])
        if len(self.came) == 1 and not self._over:
            signal.setitimer(signal.ITIMER_REAL, 1, 1)
            raise KeyboardInterrupt

    def _again(self, number: int, frame: object) -> None:
        if not self._over:
            raise KeyboardInterrupt

    def _lost(self, unraisable: "sys.UnraisableHookArgs") -> None:
        """Raise it once more, soon, where Python could only ignore it, as in a callback of its import system."""
        if not (self.came and issubclass(unraisable.exc_type, KeyboardInterrupt)):
            sys.__unraisablehook__(unraisable)
        elif not self._over:
            signal.setitimer(signal.ITIMER_REAL, 0.01, 1)

    def over(self) -> None:
        """Raise nothing more: the work is done, or a signal is about to be told."""
        self._over = True
        signal.setitimer(signal.ITIMER_REAL, 0)

    def last_words(self, code: int) -> None:
        """Give what is told of a signal a moment, in which a reader may take it, before the process is ended."""
        if self._ours:
            end_soon(code)

    def leave(self, code: int) -> NoReturn:
        """End the process at once.

        In Python's way of ending, one more signal would decide how, and to take TensorFlow apart takes a second or two.
        """
        if not self.came:
            atexit._run_exitfuncs()
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError):
                stream.flush()
        os._exit(code)

    def told(self) -> int:
        """Tell which one came first, and return its exit code, 128 and its number."""
        self.over()
        number = signal.Signals(self.came[0]) if self.came else signal.SIGINT
        self.last_words(128 + number)
        notice(f"jena-rnn: {SIGNALS[number]}")
        return 128 + number

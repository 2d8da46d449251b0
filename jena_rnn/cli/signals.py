"""Ctrl-C and SIGTERM while a command runs, but for a training, which answers them itself (`interrupts`)."""

import signal
import sys

from jena_rnn.cli.terminal import notice


class Signals:
    """Ctrl-C and SIGTERM, raised as KeyboardInterrupt where the program stands, and noted.

    What stands there may make another error of it (a C module that is being imported, a class that is being made), or
    lose it (Python's compiler loses any exception but this one). So it is raised again each second until it is told.
    """

    def __init__(self) -> None:
        self.came: list[int] = []
        self._taken: list[int] = []

    def listen(self) -> None:
        """Take both signals from now on, but for a Ctrl-C that is ignored, as in the background."""
        signal.signal(signal.SIGALRM, self._again)
        sys.unraisablehook = self._lost
        with_ctrl_c = signal.getsignal(signal.SIGINT) is signal.default_int_handler
        self._taken = [signal.SIGTERM, signal.SIGINT] if with_ctrl_c else [signal.SIGTERM]
        for number in self._taken:
            signal.signal(number, self._note)

    def _note(self, number: int, frame: object) -> None:
        self.came.append(number)
        signal.setitimer(signal.ITIMER_REAL, 1, 1)
        raise KeyboardInterrupt

    def _again(self, number: int, frame: object) -> None:
        raise KeyboardInterrupt

    def _lost(self, unraisable: "sys.UnraisableHookArgs") -> None:
        """Raise it once more, soon, where Python could only ignore it, as in a callback of its import system."""
        if self.came and issubclass(unraisable.exc_type, KeyboardInterrupt):
            signal.setitimer(signal.ITIMER_REAL, 0.01, 1)
        else:
            sys.__unraisablehook__(unraisable)

    def rest(self) -> None:
        """Raise nothing more: a signal that comes after the work, or while one is told, ends the process at once."""
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number in self._taken:
            signal.signal(number, signal.SIG_DFL)

    def told(self) -> int:
        """Tell which one it was, and return its exit code: 143 for SIGTERM, 130 for Ctrl-C."""
        self.rest()
        terminated = self.came[-1:] == [signal.SIGTERM]
        notice(f"jena-rnn: {'terminated' if terminated else 'interrupted'}")
        return 128 + (signal.SIGTERM if terminated else signal.SIGINT)

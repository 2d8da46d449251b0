"""Ctrl-C and SIGTERM outside of a training: one line instead of a traceback. A training handles them by `interrupts`.

stops = Stops()
stops.listen()                          # the first signal raises KeyboardInterrupt, a second ends the process
"""

import signal

from jena_rnn.base.interrupts import SIGNALS, handled
from jena_rnn.cli.terminal import notice


class Stops:
    """Remembers the first signal, since an import that it interrupts may turn KeyboardInterrupt into another error."""

    def __init__(self) -> None:
        self.came: int | None = None

    def listen(self) -> None:
        """Handle the signals from now on."""
        for number in handled():
            signal.signal(number, self._raise)

    def _raise(self, number: int, frame: object) -> None:
        self.came = number
        self.release()
        raise KeyboardInterrupt

    def release(self) -> None:
        """Let a signal end the process at once from now on, without a word of ours."""
        for number in handled():
            signal.signal(number, signal.SIG_DFL)

    def report(self) -> int:
        """Print which signal ended the command, and return the exit code."""
        number = signal.Signals(self.came or signal.SIGINT)
        notice(f"jena-rnn: {SIGNALS[number]}")
        return 128 + number

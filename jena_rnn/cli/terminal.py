"""What people see while a command works: notices and a progress bar on stderr, tables on stdout."""

import json
import math
import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import click

from jena_rnn.base.messages import one_line
from jena_rnn.training.listener import Listener

if TYPE_CHECKING:
    from jena_rnn.training.history import Record


def notice(text: str) -> None:
    """Print a message on stderr with control characters escaped.

    Where stderr cannot be written (a closed pipe, a full disk), the work goes on without messages.
    """
    try:
        click.echo("\n".join(one_line(line) for line in text.split("\n")), err=True)
    except OSError:
        with suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())  # for the flush at exit


def result(text: str) -> None:
    """Print a result on stdout with control characters escaped."""
    click.echo("\n".join(one_line(line) for line in text.split("\n")))


def json_result(value: Any) -> None:
    """Print a result as JSON, null for a number that is not finite."""
    click.echo(json.dumps(_finite(value), indent=2, allow_nan=False))


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


class Progress(Listener):
    """A bar with rate and time left on a terminal; one line an epoch there and everywhere else."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._quiet = quiet
        self._bar: Any = None
        self._of = 0

    def begins(self, text: str) -> None:
        """Print what is going to be trained."""
        if not self._quiet:
            notice(text)

    def notice(self, text: str) -> None:
        """Print it, even if quiet."""
        notice(text)

    def epoch_begins(self, epoch: int, epochs: int, steps: int) -> None:
        """Open the epoch's bar."""
        self._of = epochs
        if self._quiet or not sys.stderr.isatty():
            return
        from tqdm import tqdm

        self._bar = tqdm(
            total=steps,
            desc=f"epoch {epoch}/{epochs}",
            unit="step",
            leave=False,
            file=sys.stderr,
            dynamic_ncols=True,
            bar_format="{desc} {bar} {n_fmt}/{total_fmt} [{elapsed}<{remaining}, {rate_fmt}]{postfix}",
        )

    def step(self, loss: float) -> None:
        """Move the bar on by one step."""
        if self._bar is not None:
            self._bar.set_postfix_str(f"loss {loss:.4f}", refresh=False)
            self._bar.update()

    def validating(self) -> None:
        """Show that the validation pass runs."""
        if self._bar is not None:
            self._bar.set_postfix_str("validating")

    def epoch_ends(self, record: "Record", line: str, is_best: bool) -> None:
        """Close the bar and print the epoch's line."""
        self.close()
        if not self._quiet:
            width = len(str(self._of))
            mark = "  best" if is_best else "      "
            notice(f"epoch {record.epoch:{width}}/{self._of}  {line}{mark}  {record.seconds:.1f} s")

    def close(self) -> None:
        """Remove the bar from the screen."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None

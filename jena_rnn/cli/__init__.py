"""The command line: one module for each verb, and the one place where errors become exit codes.

Command modules import click and nothing heavy; each loads what it needs when it runs, so `--help` is quick.
"""

import os
import sys
from typing import NoReturn

import click

from jena_rnn import __version__
from jena_rnn.base.errors import StoppedError
from jena_rnn.cli.baseline import baseline
from jena_rnn.cli.evaluate import evaluate
from jena_rnn.cli.failures import exit_code
from jena_rnn.cli.inspect import inspect
from jena_rnn.cli.plot import plot
from jena_rnn.cli.predict import predict
from jena_rnn.cli.report import report
from jena_rnn.cli.resume import resume
from jena_rnn.cli.sample import sample
from jena_rnn.cli.schema import schema
from jena_rnn.cli.show import show
from jena_rnn.cli.signals import Signals
from jena_rnn.cli.train import train


class _InOrder(click.Group):
    """A group that lists its commands in the order in which one meets them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)


@click.group(cls=_InOrder, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="jena-rnn")
def app() -> None:
    """Train, compare and question recurrent networks on weather-station series, and on film reviews.

    Start with `jena-rnn train gru --sample` or `jena-rnn train imdb/lstm --sample`, which need no data, or fetch it
    with scripts/download_jena.sh and scripts/download_imdb.sh.
    """


for command in (train, resume, evaluate, predict, baseline, plot, report, inspect, show, sample, schema):
    app.add_command(command)


def main() -> NoReturn:
    """Run the program on `sys.argv` and exit: 0 done, 1 a bug (with its traceback), others as in errors.py."""
    signals = Signals()
    try:
        signals.listen()
        _open_standard_streams()
        code = run(sys.argv[1:], signals)
        signals.over()
    except KeyboardInterrupt:  # before the command, or after it
        code = signals.told()
    signals.leave(code)


def _open_standard_streams() -> None:
    """Give the process streams that write all or fail (PYTHONUNBUFFERED's do not), and escape what none can encode.

    Those that it was started without lead nowhere, lest a file of ours becomes one.
    """
    for number, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest free number, which is this one
            setattr(sys, name, None)
        before = getattr(sys, name)
        encoding = before.encoding if before is not None else "utf-8"
        line_by_line = 1 if name == "stderr" else -1
        stream = open(number, mode, line_by_line, encoding, "backslashreplace", closefd=False)  # noqa: SIM115 (stays open)
        setattr(sys, name, stream)


def run(arguments: list[str], signals: Signals | None = None) -> int:
    """Run one command and return its exit code; expected failures are told on stderr in plain words."""
    signals = signals or Signals()
    code = 0
    try:
        # Not app.main, which makes of a closed pipe the exit code of a bug.
        with app.make_context("jena-rnn", list(arguments)) as context:
            app.invoke(context)
        sys.stdout.flush()
    except click.exceptions.Exit as error:
        code = error.exit_code
    except (KeyboardInterrupt, click.Abort):
        return signals.told()
    except Exception as error:
        if isinstance(error, StoppedError):
            signals.last_words(error.exit_code)
        if not signals.came:
            code = exit_code(error)
    return signals.told() if signals.came else code

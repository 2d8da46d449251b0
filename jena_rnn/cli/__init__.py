"""The command line: one module for each command, and the one place where errors become exit codes.

Command modules import click and nothing heavy; a command imports what it needs when it runs, so `--help` is quick.
"""

import io
import sys
from typing import NoReturn

import click

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
from jena_rnn.cli.signals import Stops
from jena_rnn.cli.train import train


class _InOrder(click.Group):
    """A group that lists its commands in the order in which a user needs them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)


@click.group(cls=_InOrder, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="jena-rnn", prog_name="jena-rnn")
def app() -> None:
    """Train, compare and question recurrent networks on weather-station series, and on film reviews.

    Start with `jena-rnn train gru --sample` or `jena-rnn train imdb/lstm --sample`, which need no data, or fetch it
    with scripts/download_jena.sh and scripts/download_imdb.sh.
    """


for command in (train, resume, evaluate, predict, baseline, plot, report, inspect, show, sample, schema):
    app.add_command(command)


def main() -> NoReturn:
    """Run the program on `sys.argv` and exit: 0 for success, 1 for a bug (with its traceback), else as in errors.py."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # what the terminal's encoding lacks
    stops = Stops()
    stops.listen()
    code = run(sys.argv[1:], stops)
    stops.release()
    sys.exit(code)


def run(arguments: list[str], stops: Stops | None = None) -> int:
    """Run one command and return its exit code; expected failures become one message on stderr."""
    stops = stops or Stops()
    try:
        # Not app.main, which turns a closed pipe into the exit code of a bug.
        with app.make_context("jena-rnn", list(arguments)) as context:
            app.invoke(context)
        sys.stdout.flush()
    except click.exceptions.Exit as error:
        return error.exit_code
    except KeyboardInterrupt:
        return stops.report()
    except Exception as error:
        return stops.report() if stops.came else exit_code(error)
    return 0

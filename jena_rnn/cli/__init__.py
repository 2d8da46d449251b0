"""The command line: one module for each verb, and the one place where errors become exit codes.

Command modules import click and nothing heavy; each loads what it needs when it runs, so `--help` is quick.
"""

import errno
import os
import re
import signal
import sys

import click

from jena_rnn import __version__
from jena_rnn.cli.baseline import baseline
from jena_rnn.cli.evaluate import evaluate
from jena_rnn.cli.inspect import inspect
from jena_rnn.cli.plot import plot
from jena_rnn.cli.predict import predict
from jena_rnn.cli.report import report
from jena_rnn.cli.resume import resume
from jena_rnn.cli.sample import sample
from jena_rnn.cli.show import show
from jena_rnn.cli.terminal import notice
from jena_rnn.cli.train import train
from jena_rnn.errors import FileError, JenaError
from jena_rnn.messages import one_line, shortened

INTERRUPTED, TERMINATED = 130, 143
OUTPUT_FAILS = {errno.EPIPE, errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EAGAIN, errno.EBADF}
LESS = "less of model.units, batch_size, training.eval_batch_size, the length of samples or --rows takes less"


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


for command in (train, resume, evaluate, predict, baseline, plot, report, inspect, show, sample):
    app.add_command(command)


class Signals:
    """Ctrl-C and SIGTERM, raised as KeyboardInterrupt where the program stands, and noted.

    What stands there may make another error of it (a C module that is being imported, a class that is being made), or
    lose it (Python's compiler loses any exception but this one). So it is raised again each second until it is told.
    """

    def __init__(self) -> None:
        self.came: list[int] = []

    def listen(self) -> None:
        """Take both signals from now on, but for a Ctrl-C that is ignored, as in the background."""
        signal.signal(signal.SIGALRM, self._again)
        sys.unraisablehook = self._lost
        signal.signal(signal.SIGTERM, self._note)
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            signal.signal(signal.SIGINT, self._note)

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
        """Raise nothing again."""
        signal.setitimer(signal.ITIMER_REAL, 0)

    def told(self) -> int:
        """Tell which one it was, and return its exit code."""
        self.rest()
        terminated = self.came[-1:] == [signal.SIGTERM]
        return _fail("terminated", TERMINATED) if terminated else _fail("interrupted", INTERRUPTED)


def main() -> None:
    """Run the program on `sys.argv` and exit: 0 done, 1 a bug (with its traceback), others as in errors.py."""
    signals = Signals()
    signals.listen()
    _open_standard_streams()
    code = run(sys.argv[1:], signals)
    signals.rest()
    sys.exit(code)


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
    code, signals = 0, signals or Signals()
    try:
        # Not app.main, which makes of a closed pipe the exit code of a bug.
        with app.make_context("jena-rnn", list(arguments)) as context:
            app.invoke(context)
        sys.stdout.flush()
    except JenaError as error:
        code = _fail(str(error), error.exit_code)
    except click.exceptions.Exit as error:
        code = error.exit_code
    except click.ClickException as error:
        code = _misused(error)
    except (KeyboardInterrupt, click.Abort):
        code = signals.told()
    except Exception as error:
        if signals.came:
            return signals.told()
        if isinstance(error, OSError):
            return _refused(error)
        if not _out_of_memory(error):
            raise
        said = re.sub(r"\{\{.*?\}\} *", "", str(error))  # TensorFlow begins with names of its own
        what = said or "no more can be had"
        code = _fail(f"not enough memory: {shortened(what.splitlines()[0])}; {LESS}", FileError.exit_code)
    return code


def _misused(error: click.ClickException) -> int:
    """Show click's own words, with control characters of the command line escaped, and return its exit code."""
    context = error.ctx if isinstance(error, click.UsageError) else None
    if context is not None:
        notice(f"{context.get_usage()}\nTry '{context.command_path} --help' for help.\n")
    notice(f"Error: {one_line(error.format_message())}")
    return error.exit_code


def _refused(error: OSError) -> int:
    """Return the exit code of what the system refused and nothing nearer answered: 4, or 0 if stdout's reader is gone.

    Of a file, that is too many open ones or whatever else with its path; without a path, a failed write to stdout.
    """
    if error.errno in {errno.EMFILE, errno.ENFILE}:
        return _fail(f"{error.strerror}: the system lets this process open no more (ulimit -n)", FileError.exit_code)
    if error.filename is not None:
        return _fail(f"{shortened(one_line(str(error.filename)))}: {error.strerror}", FileError.exit_code)
    if error.errno not in OUTPUT_FAILS:
        raise error
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for the flush at exit
    return 0 if error.errno == errno.EPIPE else _fail(f"stdout: {error.strerror}", FileError.exit_code)


def _out_of_memory(error: Exception) -> bool:
    """Return whether Python, NumPy or TensorFlow (known by its names, lest it be imported) got no memory."""
    kind = type(error).__name__
    unmapped = isinstance(error, ImportError) and re.search("failed to map|cannot allocate", str(error), re.IGNORECASE)
    beyond_64_bits = kind == "InvalidArgumentError" and "2**63" in str(error)
    return isinstance(error, MemoryError) or kind == "ResourceExhaustedError" or beyond_64_bits or bool(unmapped)


def _fail(message: str, code: int) -> int:
    notice("jena-rnn: " + "\n          ".join(message.splitlines()))
    return code

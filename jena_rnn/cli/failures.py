"""An exception that a command raised, to one message on stderr and an exit code."""

import os
import re
import sys

import click

from jena_rnn.base.errors import FileError, JenaError
from jena_rnn.base.messages import one_line, reason, shortened
from jena_rnn.cli.terminal import notice

LESS = (
    "less of model.units, words.count, batch_size, training.eval_batch_size, the length of samples or --rows takes less"
)


def exit_code(error: Exception) -> int:
    """Print an expected failure and return its exit code; raise `error` again if it is a bug."""
    if isinstance(error, JenaError):
        return _fail(str(error), error.exit_code)
    if isinstance(error, click.ClickException):
        return _misused(error)
    if isinstance(error, OSError):
        return _refused(error)
    if isinstance(error, MemoryError) or type(error).__name__ == "ResourceExhaustedError":  # TensorFlow's, not imported
        said = re.sub(r"\{\{.*?\}\} *", "", str(error)) or "no more is available"  # without TensorFlow's node names
        return _fail(f"not enough memory: {shortened(said.splitlines()[0])}; {LESS}", FileError.exit_code)
    raise error


def _misused(error: click.ClickException) -> int:
    """Print click's message with control characters escaped, and return its exit code."""
    context = error.ctx if isinstance(error, click.UsageError) else None
    if context is not None:
        notice(f"{context.get_usage()}\nTry '{context.command_path} --help' for help.\n")
    notice(f"Error: {one_line(error.format_message())}")
    return error.exit_code


def _refused(error: OSError) -> int:
    """Print what the system refused and return 4; return 0 if the reader of stdout is gone, as `| head` is."""
    if error.filename is not None:
        return _fail(f"{shortened(one_line(str(error.filename)))}: {reason(error)}", FileError.exit_code)
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for the flush at exit
    return 0 if isinstance(error, BrokenPipeError) else _fail(f"stdout: {reason(error)}", FileError.exit_code)


def _fail(message: str, code: int) -> int:
    notice("jena-rnn: " + "\n          ".join(message.splitlines()))
    return code

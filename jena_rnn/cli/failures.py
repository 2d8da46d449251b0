"""What a command fails of, told on stderr in plain words, and the exit code that it becomes."""

import errno
import os
import re
import sys
from pathlib import Path

import click

from jena_rnn.base.errors import FileError, JenaError
from jena_rnn.base.messages import one_line, shortened
from jena_rnn.cli.terminal import notice

OUTPUT_FAILS = {errno.EPIPE, errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EAGAIN, errno.EBADF}
LESS = (
    "less of model.units, words.count, batch_size, training.eval_batch_size, the length of samples or --rows takes less"
)


def exit_code(error: Exception) -> int:
    """Tell an expected failure, and return its exit code; raise the `error` again where it is a bug."""
    if isinstance(error, JenaError):
        return _told(str(error), error.exit_code)
    if isinstance(error, click.ClickException):
        return _misused(error)
    if isinstance(error, OSError):
        return _refused(error)
    if isinstance(error, RuntimeError) and "can't start new thread" in str(error):
        return _told("the system lets this process start no more threads (ulimit -u)", FileError.exit_code)
    if _out_of_memory(error):
        said = re.sub(r"\{\{.*?\}\} *", "", str(error))  # TensorFlow begins with names of its own
        what = said or "no more can be had"
        return _told(f"not enough memory: {shortened(what.splitlines()[0])}; {LESS}", FileError.exit_code)
    raise error


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
        return _told(f"{error.strerror}: the system lets this process open no more (ulimit -n)", FileError.exit_code)
    if error.errno == errno.ENOENT and error.filename is None and _nowhere():
        return _told("the working directory is no more; expected to be started in one that is", FileError.exit_code)
    if error.filename is not None:
        return _told(f"{shortened(one_line(str(error.filename)))}: {error.strerror}", FileError.exit_code)
    if error.errno not in OUTPUT_FAILS:
        raise error
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for the flush at exit
    return 0 if error.errno == errno.EPIPE else _told(f"stdout: {error.strerror}", FileError.exit_code)


def _nowhere() -> bool:
    """Return whether the working directory was removed."""
    try:
        Path.cwd()
    except FileNotFoundError:
        return True
    return False


def _out_of_memory(error: Exception) -> bool:
    """Return whether Python, NumPy or TensorFlow (known by its names, lest it be imported) got no memory."""
    kind = type(error).__name__
    unmapped = isinstance(error, ImportError) and re.search("failed to map|cannot allocate", str(error), re.IGNORECASE)
    beyond_64_bits = kind == "InvalidArgumentError" and "2**63" in str(error)
    return isinstance(error, MemoryError) or kind == "ResourceExhaustedError" or beyond_64_bits or bool(unmapped)


def _told(message: str, code: int) -> int:
    notice("jena-rnn: " + "\n          ".join(message.splitlines()))
    return code

"""Exceptions to one message and an exit code; a bug keeps its traceback."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from jena_rnn.base.errors import DataError
from jena_rnn.cli.failures import exit_code

PROGRAM = [sys.executable, "-m", "jena_rnn"]


class ResourceExhaustedError(Exception):
    """TensorFlow's name for too little memory."""


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (DataError("a\nb"), 3, "jena-rnn: a\n          b\n"),
        (click.UsageError("no \x1b[2J"), 2, "Error: no \\x1b[2J\n"),
        (PermissionError(errno.EACCES, os.strerror(errno.EACCES), "se\ncret"), 4, "jena-rnn: se\\ncret: Permission d"),
        (MemoryError(), 4, "jena-rnn: not enough memory: no more is available; less of model.units"),
        (MemoryError("Unable to allocate 2 TiB"), 4, "jena-rnn: not enough memory: Unable to allocate 2 TiB; less of"),
        (ResourceExhaustedError("{{f}} x"), 4, "jena-rnn: not enough memory: x; less of"),
    ],
)
def test_an_expected_failure_is_one_message(
    error: Exception, code: int, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_code(error) == code
    assert capsys.readouterr().err.startswith(message)


def test_any_other_error_is_a_bug_and_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError):
        exit_code(ZeroDivisionError())


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_behind_stdout_is_exit_4_and_behind_stderr_changes_nothing() -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run([*PROGRAM, "--help"], stdout=full, stderr=subprocess.PIPE, check=False)
        assert (done.returncode, done.stderr) == (4, b"jena-rnn: stdout: No space left on device\n")
        assert subprocess.run([*PROGRAM, "report", "gone"], stderr=full, check=False).returncode == 4


def test_the_reader_of_a_pipe_may_stop_reading() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run([*PROGRAM, "--help"], stdout=writer, stderr=subprocess.PIPE, check=False)
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, b"")

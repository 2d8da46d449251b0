"""Ctrl-C and SIGTERM outside of a training: one line, the signal's exit code, no traceback."""

import signal
import subprocess
import sys

import pytest


def _signalled(body: str) -> subprocess.CompletedProcess[str]:
    """Return the end of a command that runs `body`."""
    program = f"""
import os, signal, sys
from jena_rnn import cli
@cli.app.command()
def work():
    {body}
sys.argv[1:] = ["work"]
cli.main()
"""
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=30)


@pytest.mark.parametrize(("number", "code", "word"), [(2, 130, "interrupted"), (15, 143, "terminated")])
@pytest.mark.parametrize("swallowed", [False, True], ids=["as it is", "turned into another error by an import"])
def test_a_signal_ends_a_command_with_one_line(number: int, code: int, word: str, swallowed: bool) -> None:
    body = f"""
    try:
        os.kill(os.getpid(), {number})
    except BaseException:
        raise {"ImportError" if swallowed else ""}
"""
    done = _signalled(body)
    assert (done.returncode, done.stdout, done.stderr) == (code, "", f"jena-rnn: {word}\n")


def test_a_second_signal_ends_the_process_at_once() -> None:
    body = """
    try:
        os.kill(os.getpid(), 15)
    except KeyboardInterrupt:
        os.kill(os.getpid(), 15)
"""
    done = _signalled(body)
    assert (done.returncode, done.stderr) == (-signal.SIGTERM, "")


def test_a_hangup_ends_the_process_as_usual() -> None:
    assert _signalled("os.kill(os.getpid(), signal.SIGHUP)").returncode == -signal.SIGHUP


def test_ctrl_c_while_the_program_is_imported_is_one_line() -> None:
    code = (
        "import sys, jena_rnn.__main__ as start\n"
        "class Slow:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'click': raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Slow())\n"
        "start.main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (130, "jena-rnn: interrupted\n")

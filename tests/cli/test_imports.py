"""What a command loads: help is instant, and what needs no model loads no TensorFlow."""

import subprocess
import sys
from pathlib import Path

import pytest

from jena_rnn.runs.rundir import RunDir

VERBS = ["train", "resume", "evaluate", "predict", "baseline", "plot", "report", "inspect", "show", "sample", "schema"]
MODELS = {"tensorflow", "keras", "matplotlib"}


def loaded(*commands: list[str], code: int = 0) -> set[str]:
    """Return the top-level modules that a fresh process has loaded after commands that each end with `code`."""
    program = (
        f"import sys; from jena_rnn.cli import run; codes = {{run(command) for command in {list(commands)}}}; "
        "print(*{name.partition('.')[0] for name in sys.modules}, file=sys.stderr); "
        f"sys.exit(codes != {{{code}}})"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return set(done.stderr.splitlines()[-1].split())


def test_help_loads_nothing_large() -> None:
    helps = [["--help"], *([verb, "--help"] for verb in VERBS)]
    assert not loaded(*helps) & (MODELS | {"numpy", "pandas", "pydantic", "yaml"})


@pytest.mark.parametrize("command", ["baseline --scale-split", "inspect --no-plots"])
def test_what_needs_no_model_loads_no_tensorflow_and_no_matplotlib(command: str, made_up_csv: Path) -> None:
    assert not loaded([*command.split(), "--data", str(made_up_csv)]) & MODELS


def test_a_run_in_use_is_refused_before_anything_large_is_loaded(trained: Path) -> None:
    run = str(trained)
    with RunDir.open(trained).locked():
        commands = ["resume", run], ["report", run], ["plot", run], ["show", run, "--trace"]
        assert not loaded(*commands, code=5) & {"tensorflow", "matplotlib", "pandas"}

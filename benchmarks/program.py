"""The program as a user starts it: seconds to help, to a baseline, to the first step; memory of a whole training.

found = measure(rounds=7)
found.help.median, found.peak_mb
"""

import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.epochs import ROWS
from benchmarks.timing import Timed, alternate

PROGRAM = [sys.executable, "-m", "jena_rnn"]
WATCHED = """
import re, sys, time
from pathlib import Path
from jena_rnn.layers.backend import tf
imported = time.perf_counter()
def memory(key):
    return int(re.search(key + r":\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) / 1024
before = memory("VmRSS")
from jena_rnn import experiments
from jena_rnn.tasks import load
class Listener:
    first = None
    def begins(self, *arguments): pass
    def notice(self, text): pass
    def epoch_begins(self, *arguments): pass
    def step(self, loss): self.first = self.first or time.perf_counter() - imported
    def validating(self): pass
    def epoch_ends(self, *arguments): pass
listener = Listener()
config = load(sys.argv[1], ["data.path=" + sys.argv[3], "training.epochs=1", *sys.argv[4:]])
experiments.train(config, runs=Path(sys.argv[2]), command=["benchmark"], listener=listener)
print("FOUND", listener.first, memory("VmHWM") - before)
"""


@dataclass(frozen=True)
class Found:
    """Seconds, and megabytes above TensorFlow's import."""

    help: Timed
    baseline: Timed
    first_step: dict[str, float]
    """From TensorFlow's import to the end of the first step, by config."""
    peak_mb: dict[str, float]


def measure(rounds: int) -> Found:
    """Return what it takes to start, each command a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        series = Path(folder) / "series.csv"
        _run([*PROGRAM, "sample", str(series), "--rows", str(ROWS)])
        commands = {
            "help": [*PROGRAM, "train", "--help"],
            "baseline": [*PROGRAM, "baseline", "--data", str(series)],
        }
        found = alternate({name: _runner(command) for name, command in commands.items()}, rounds=rounds)
        watched = {
            name: _watch(name, Path(folder) / name, series, extra)
            for name, extra in (("gru_dropout", []), ("gru", ["training.steps_per_epoch=5"]), ("dense", []))
        }
    return Found(
        found["help"],
        found["baseline"],
        {name: first for name, (first, _) in watched.items()},
        {name: peak for name, (_, peak) in watched.items()},
    )


def _run(command: list[str]) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def _runner(command: list[str]) -> Callable[[], object]:
    return lambda: _run(command)


def _watch(name: str, runs: Path, series: Path, extra: list[str]) -> tuple[float, float]:
    out = _run([sys.executable, "-c", WATCHED, name, str(runs), str(series), *extra])
    match = re.search(r"FOUND (\S+) (\S+)", out)
    assert match is not None, out
    return float(match[1]), float(match[2])

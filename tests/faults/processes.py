"""Real commands in processes of their own, forked from one that has loaded TensorFlow but not yet used it.

with Command("train", config, "--runs-dir", runs) as command:
    command.kill()
command.code, command.text
"""

import multiprocessing
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

PRELOADED = [
    "jena_rnn.cli",
    "jena_rnn.experiments",
    "jena_rnn.reports.drawing",
    "jena_rnn.reports.report",
    "warm",
]
os.environ["PYTHONPATH"] = os.pathsep.join([str(Path(__file__).parent), *filter(None, [os.environ.get("PYTHONPATH")])])
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(PRELOADED)
PATIENCE = 60
SMALL = """
split: {rows: 1000, train: [0, 500], val: [500, 750], test: [750, null]}
windows: {lookback: 48, step: 6, delay: 12, batch_size: 16}
model: {name: gru, units: 4, dropout: 0.2, recurrent_dropout: 0.2}
training: {epochs: 5, steps_per_epoch: 20, jit_compile: false, eval_batch_size: 256}
"""

REVIEWS = """
task: reviews
data: {sample: true, max_reviews: 500}
words: {count: 500, length: 30, embedding: 4, batch_size: 20}
model: {name: lstm, units: 4, dropout: 0.2, recurrent_dropout: 0.2}
training: {epochs: 5, jit_compile: false, fast_layers: true, eval_batch_size: 64}
"""


def _main(arguments: list[str], log: str, prepare: Callable[[], None] | None) -> None:
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    from jena_rnn.cli import run

    if prepare is not None:
        prepare()
    sys.exit(run(arguments))


class Command:
    """`jena-rnn` with arguments, under way; what it says goes to `log`, by default beside its last argument."""

    def __init__(self, *arguments: object, log: Path, prepare: Callable[[], None] | None = None) -> None:
        words = [str(argument) for argument in arguments]
        self.log = log
        self._process = FORKS.Process(target=_main, args=(words, str(log), prepare))

    def __enter__(self) -> "Command":
        self._process.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            self._process.kill()
        self._process.join(PATIENCE)

    def send(self, number: int) -> None:
        """Send it a signal."""
        assert self._process.pid is not None
        os.kill(self._process.pid, number)

    def kill(self) -> None:
        """Kill it with -9."""
        self._process.kill()
        self._process.join(PATIENCE)

    def wait(self) -> float:
        """Wait for its end and return how many seconds that took."""
        began = time.monotonic()
        self._process.join(PATIENCE)
        return time.monotonic() - began

    def until(self, happened: Callable[[], bool]) -> bool:
        """Wait until something has happened; return False if the command ended before."""
        ends = time.monotonic() + PATIENCE
        while not happened():
            assert time.monotonic() < ends, "it never happened"
            if self._process.exitcode is not None:
                return happened()
            time.sleep(0.002)
        return True

    def says(self, words: str) -> bool:
        """Wait until its output holds these words."""
        return self.until(lambda: self.log.exists() and words in self.text)

    @property
    def code(self) -> int | None:
        """Return its exit code, negative for a signal."""
        return self._process.exitcode

    @property
    def text(self) -> str:
        """Return what it has said so far."""
        return self.log.read_text()


def done(*arguments: object, log: Path) -> Command:
    """Run a command to its end."""
    with Command(*arguments, log=log) as command:
        command.wait()
    return command


def files(folder: Path) -> tuple[Path, Path]:
    """Write a tiny config and series; return their paths."""
    from jena_rnn.series.sample import simulate, write_csv

    config, series = folder / "small.yaml", folder / "series.csv"
    config.write_text(SMALL)
    with series.open("wb") as file:
        write_csv(simulate(1000), file)
    return config, series


def only(folder: Path) -> Path:
    """Return the one run in a folder."""
    (found,) = folder.iterdir()
    return found

"""Fixtures that several tests share: made-up data, the command in this process, and runs that are trained once.

Tests that only read a run take it as it is; those that change one take a `copy` of it.
"""

import os
import shutil
import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from helpers import CONFIGS, TINY, Listening, config_of
from hypothesis import settings

from jena_rnn.base.errors import StoppedError
from jena_rnn.series.sample import simulate, write_csv

# A test run in the background ignores Ctrl-C, one under nohup SIGHUP; both would hand that down to what they start.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)

settings.register_profile("patient", deadline=None)  # no test is timed: another job may hold the machine up
settings.load_profile("patient")

Folders = pytest.TempPathFactory


@dataclass(frozen=True)
class Result:
    """What a command left on the terminal."""

    code: int
    out: str
    err: str


@pytest.fixture
def jena_rnn(capfd: pytest.CaptureFixture[str]) -> Callable[..., Result]:
    """Return the command: its arguments to exit code, stdout and stderr, those of TensorFlow included."""
    from jena_rnn.cli import run

    def command(*arguments: object) -> Result:
        capfd.readouterr()
        code = run([str(argument) for argument in arguments])
        out, err = capfd.readouterr()
        return Result(code, out, err)

    return command


@pytest.fixture
def copy(tmp_path: Path) -> Callable[[Path], Path]:
    """Return a function that copies a run, to be changed by one test."""
    return lambda run: Path(shutil.copytree(run, tmp_path / "copies" / run.name))


@pytest.fixture(scope="session")
def made_up_csv(tmp_path_factory: Folders) -> Path:
    """Return a made-up station of 20,000 rows as a CSV."""
    path = tmp_path_factory.mktemp("data") / "made_up.csv"
    with path.open("wb") as file:
        write_csv(simulate(20_000), file)
    return path


@pytest.fixture(scope="session")
def trained(tmp_path_factory: Folders, made_up_csv: Path) -> Path:
    """Return the directory of a dense model trained for three short epochs."""
    short = ("--scale-split", "--epochs", "3", "--set", "training.steps_per_epoch=20")
    return _trained(tmp_path_factory, str(CONFIGS / "dense.yaml"), "--data", str(made_up_csv), *short)


@pytest.fixture(scope="session")
def trained_on_reviews(tmp_path_factory: Folders) -> Path:
    """Return the directory of a small LSTM trained on made-up reviews for three epochs."""
    small = ("words.length=60", "words.embedding=8", "model.units=8", "training.fast_layers=false")
    settings = [part for setting in (*small, "training.learning_rate=0.01") for part in ("--set", setting)]
    return _trained(tmp_path_factory, "imdb/lstm", "--sample", "--epochs", "3", *settings)


def _trained(folders: Folders, *arguments: str) -> Path:
    from jena_rnn.cli import run

    runs = folders.mktemp("runs")
    assert run(["train", *arguments, "--quiet", "--runs-dir", str(runs)]) == 0
    (found,) = runs.iterdir()
    return found


@pytest.fixture(scope="session")
def gru_run(tmp_path_factory: Folders) -> Path:
    """Return the directory of a tiny GRU with dropout, finished after two epochs."""
    from jena_rnn.experiments import train

    runs = tmp_path_factory.mktemp("runs")
    return train(config_of(TINY), runs=runs, command=["jena-rnn", "train", "small"], listener=Listening()).path


@pytest.fixture(scope="session")
def stopped_run(tmp_path_factory: Folders) -> Path:
    """Return the directory of the same GRU, stopped by SIGTERM in its second epoch."""
    from jena_rnn.experiments import train

    class Stopping(Listening):
        def epoch_begins(self, epoch: int, epochs: int, steps: int) -> None:
            if epoch == 2:
                os.kill(os.getpid(), signal.SIGTERM)

    runs = tmp_path_factory.mktemp("runs")
    with pytest.raises(StoppedError):
        train(config_of(TINY), runs=runs, command=["jena-rnn", "train", "small"], listener=Stopping())
    (found,) = runs.iterdir()
    return found


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Return the folder of real measurements, or skip saying what is missing."""
    folder = os.environ.get("JENA_RNN_REAL_DATA")
    if not folder:
        pytest.skip("JENA_RNN_REAL_DATA is not set: no real measurements to check against")
    return Path(folder)

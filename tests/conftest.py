"""What several tests share: a truncated made-up series, the command in this process, and one small trained run."""

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings

from jena_rnn.series.sample import simulate, write_csv

# A test run in the background ignores Ctrl-C, one under nohup SIGHUP; both would hand that down to what they start.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)

settings.register_profile("patient", deadline=None)  # no test is timed: another job may hold the machine up
settings.load_profile("patient")

CONFIGS = Path(__file__).parent.parent / "configs"


@dataclass(frozen=True)
class Result:
    """What a command left on the terminal."""

    code: int
    out: str
    err: str


@pytest.fixture(scope="session")
def made_up_csv(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a made-up station of 20,000 rows as a CSV."""
    path = tmp_path_factory.mktemp("data") / "made_up.csv"
    with path.open("wb") as file:
        write_csv(simulate(20_000), file)
    return path


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


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory, made_up_csv: Path) -> Path:
    """Return the directory of a dense model trained for three short epochs."""
    from jena_rnn.cli import run

    runs = tmp_path_factory.mktemp("runs")
    code = run(
        [
            *("train", str(CONFIGS / "dense.yaml"), "--data", str(made_up_csv), "--scale-split", "--quiet"),
            *("--epochs", "3", "--set", "training.steps_per_epoch=20", "--runs-dir", str(runs)),
        ]
    )
    assert code == 0
    (found,) = runs.iterdir()
    return found


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Return the folder of real measurements, or skip saying what is missing."""
    folder = os.environ.get("JENA_RNN_REAL_DATA")
    if not folder:
        pytest.skip("JENA_RNN_REAL_DATA is not set: no real measurements to check against")
    return Path(folder)

"""train and resume as a user meets them."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Result
from helpers import CONFIGS, LONG

from jena_rnn.base.errors import BusyError
from jena_rnn.reports import drawing
from jena_rnn.runs.rundir import RunDir

Command = Callable[..., Result]
Copy = Callable[[Path], Path]
PROGRAM = [sys.executable, "-m", "jena_rnn"]
EVERY = [path.stem for path in sorted(CONFIGS.glob("*.yaml"))]
EVERY_OF_REVIEWS = [path.stem for path in sorted(CONFIGS.glob("imdb/*.yaml"))]


@pytest.mark.parametrize("config", EVERY if LONG else ["gru"])
def test_a_forecast_trains_and_leaves_all_its_files(
    config: str, made_up_csv: Path, tmp_path: Path, jena_rnn: Command
) -> None:
    done = jena_rnn("train", config, "--data", made_up_csv, "--smoke", "--runs-dir", tmp_path)
    assert done.code == 0, done.err
    assert done.out.startswith(f"{config}, seed 0 (made-up station): ")
    assert re.search(r"epoch 1/1  loss \d\.\d{4}  val MAE \d+\.\d{4} \(\d+\.\d{3} °C\)  best  \d+\.\d s", done.err)
    (run,) = tmp_path.iterdir()
    assert {path.name for path in run.iterdir()} >= {
        *("config.yaml", "run.json", "history.csv", "metrics.json", "report.md", "predictions.csv", "model.keras"),
        *("plots", "snapshot", "tensorboard"),
    }
    plots = {"loss.png", "forecast.png", "error_by_hour.png", "error_by_month.png"}
    assert {path.name for path in (run / "plots").iterdir()} == plots


@pytest.mark.parametrize("config", EVERY_OF_REVIEWS if LONG else ["dense_bow"])
def test_a_classifier_of_reviews_trains(config: str, tmp_path: Path, jena_rnn: Command) -> None:
    done = jena_rnn("train", f"imdb/{config}", "--sample", "--smoke", "--runs-dir", tmp_path)
    assert done.code == 0, done.err
    assert done.out.startswith(f"imdb_{config}, seed 0 (made-up reviews): ")
    assert re.search(r"epoch 1/1  loss \d\.\d{4}  accuracy \d+\.\d %  val loss \d\.\d{4}  val accuracy", done.err)


def test_a_runs_config_runs_again_to_the_same_figures(trained: Path, tmp_path: Path, jena_rnn: Command) -> None:
    done = jena_rnn("train", trained / "config.yaml", "--runs-dir", tmp_path, "--quiet")
    assert (done.code, done.err) == (0, "")
    (again,) = tmp_path.iterdir()

    def figures(run: Path) -> list[list[str]]:
        return [line.split(",")[:4] for line in (run / "history.csv").read_text().splitlines()]

    assert figures(again) == figures(trained)
    assert (again / "predictions.csv").read_bytes() == (trained / "predictions.csv").read_bytes()


def test_only_the_programs_own_words_reach_the_terminal(made_up_csv: Path, tmp_path: Path) -> None:
    """TensorFlow and XLA are silent, and warnings made errors break nothing."""
    done = subprocess.run(
        [
            *(*PROGRAM, "train", "dense", "--data", made_up_csv, "--smoke", "--runs-dir", tmp_path),
            *("--set", "training.jit_compile=true"),
        ],
        env=os.environ | {"PYTHONWARNINGS": "error"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    begins, path, epoch, report = done.stderr.splitlines()
    assert begins.startswith("dense on made-up station (")
    assert epoch.startswith("epoch 1/1  loss ")
    assert report.startswith("report: ")
    assert path in report


def test_a_training_goes_on_when_the_reader_of_its_pipe_ends(made_up_csv: Path, tmp_path: Path) -> None:
    command = [*PROGRAM, "train", "dense", "--data", made_up_csv, "--smoke", "--epochs", "3", "--runs-dir", tmp_path]
    training = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert training.stdout is not None
    training.stdout.readline()
    training.stdout.close()
    assert training.wait(timeout=120) == 0
    (run,) = tmp_path.iterdir()
    assert len((run / "history.csv").read_text().splitlines()) == 4
    assert (run / "report.md").exists()


def test_smoke_leaves_what_was_asked_for(made_up_csv: Path, tmp_path: Path, jena_rnn: Command) -> None:
    done = jena_rnn(
        *("train", "dense", "--data", made_up_csv, "--smoke", "--epochs", "2", "--runs-dir", tmp_path),
        *("--set", "training.steps_per_epoch=3", "--set", "data.max_rows=19000"),
    )
    assert "epoch 2/2" in done.err
    assert "the first 19,000 of its 20,000 rows: 3 steps an epoch" in done.err


def test_a_short_file_is_refused_with_the_arithmetic_and_the_way_out(made_up_csv: Path, jena_rnn: Command) -> None:
    done = jena_rnn("train", "gru", "--data", made_up_csv)
    assert done.code == 3
    for words in ("split.train = [0, 200000] needs 200,000 rows", "but the series has 20,000", "--scale-split"):
        assert words in done.err


def test_all_config_errors_come_at_once(tmp_path: Path, jena_rnn: Command) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text("modle: 1\nwindows:\n  lookback: x\ntraining: {learning_rate: -1e-3}\n")
    done = jena_rnn("train", path)
    assert done.code == 2
    for line, message in [
        (1, "modle: unknown key; did you mean 'model'?"),
        (3, "windows.lookback: expected a whole number, got x"),
        (4, "training.learning_rate: expected more than 0, got -1e-3"),
    ]:
        assert f"{path}:{line}: {message}" in done.err


def _damaged(station: Path, lines: Callable[[list[str]], list[str]], to: Path) -> Path:
    to.write_text("".join(lines(station.read_text().splitlines(keepends=True))))
    return to


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (lambda lines: lines[:500] + lines[501:], "data: 1 gap in time (rows taken as they stand)"),
        (
            lambda lines: lines[:2] + [re.sub(r",[\d.]+$", ",7", line) for line in lines[2:]],
            "data: 1 column that never changes in the train rows, divided by 1: 'wd (deg)' (rows taken as",
        ),
    ],
    ids=["a gap", "a column that never changes"],
)
def test_faults_of_the_data_are_named_before_training(
    made_up_csv: Path, tmp_path: Path, damage: Callable[[list[str]], list[str]], told: str, jena_rnn: Command
) -> None:
    station = _damaged(made_up_csv, damage, tmp_path / "station.csv")
    assert told in jena_rnn("train", "dense", "--data", station, "--smoke", "--runs-dir", tmp_path).err


def test_faults_that_leave_no_window_are_counted(made_up_csv: Path, tmp_path: Path, jena_rnn: Command) -> None:
    def gaps(lines: list[str]) -> list[str]:
        return [line for number, line in enumerate(lines) if number < 100 or number % 50]

    station = _damaged(made_up_csv, gaps, tmp_path / "station.csv")
    done = jena_rnn("train", "dense", "--data", station, "--scale-split", "--set", "windows.protocol=strict")
    assert done.code == 3
    assert done.err.endswith(" rows; the file has 399 gaps in time (jena-rnn inspect lists them)\n"), done.err


def test_resume_refuses_too_many_epochs_before_anything_is_written(trained: Path, jena_rnn: Command) -> None:
    before = (trained / "config.yaml").read_bytes()
    done = jena_rnn("resume", trained, "--epochs", 1_000_000)
    assert done.code == 2
    assert "--epochs 1000000: training.epochs: expected less than 1000000, got 1000000" in done.err
    assert (trained / "config.yaml").read_bytes() == before


def test_resume_holds_the_run_until_its_last_file_is_written(
    trained: Path, copy: Copy, monkeypatch: pytest.MonkeyPatch, jena_rnn: Command
) -> None:
    run, refused = copy(trained), []

    def draw(drawn: RunDir) -> None:
        with pytest.raises(BusyError), RunDir.open(drawn.path).locked():
            pass
        refused.append(drawn.path)

    monkeypatch.setattr(drawing, "draw", draw)
    assert jena_rnn("resume", run).code == 0
    assert refused == [run]

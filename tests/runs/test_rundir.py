"""A run directory's files: read back as written, damage named, one writer at a time."""

import hashlib
import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import pytest

from jena_rnn.base.errors import BusyError, ConfigError, FileError, RunError
from jena_rnn.base.files import PART
from jena_rnn.config.loading import digest_of
from jena_rnn.forecast.record import EpochRecord
from jena_rnn.reports.canvas import Figure
from jena_rnn.runs.layout import clear
from jena_rnn.runs.rundir import RunDir
from jena_rnn.runs.snapshots import Snapshot
from jena_rnn.tasks import parse

SCORE = {"windows": 9, "mae": 0.1 + 0.2, "naive_mae": 1, "mae_unit": 3.0, "naive_mae_unit": 9.0, "unit": "°C"}
SCORE |= {"unit_per_normalised": 9.0, "collapsed": False, "skill": None}
METRICS: dict[str, Any] = {
    **{"task": "forecast", "best_epoch": 1, "epochs": 2, "best_val_mae": 0.3, "last_val_mae": 0.4},
    **{"seconds_per_epoch": 1, "seconds": 2, "splits": {"val": SCORE, "test": SCORE}},
}
ROWS = [EpochRecord(1, 0.31, 0.28, 0.001, 9.5), EpochRecord(2, 0.1 + 0.2, 1 / 3, 0.001, 9.25)]
INFO: dict[str, Any] = {
    **{"task": "forecast", "command": [], "started": "", "versions": {}, "overrides": [], "seed": 3, "devices": []},
    **{"row_hours": 1, "lead_hours": 25.0, "steps_per_epoch": 5, "parameters": 33, "git": None},
    "windows": {"train": 9, "val": 9, "test": 9},
    "data": {
        **{"name": "x", "sha256": "", "edition": "", "made_up": False, "rows": 1, "faults": [], "repairs": []},
        **{"columns": ["p"], "mean": [0], "std": [1], "target_mean": 0, "target_std": 1.5},
    },
}


def _run(folder: Path) -> RunDir:
    run = RunDir.create(folder, "gru", 3)
    clear(run.path)
    run.write_config(parse("seed: 3"))
    run.write_info(INFO)
    return run


class Table:
    """Predictions of one line."""

    def write(self, file: IO[bytes]) -> None:
        file.write(b"forecasts\n")


def _save(path: str) -> None:
    Path(path).write_bytes(b"layers")


def _finished(folder: Path) -> RunDir:
    run = _run(folder)
    run.write_history(ROWS)
    run.write_predictions(Table())
    run.write_model(_save)
    run.write_metrics(METRICS)
    return run


def test_what_is_written_is_read(tmp_path: Path) -> None:
    again = RunDir.open(_finished(tmp_path).path)
    assert again.config().seed == 3
    assert again.info() == INFO
    assert again.metrics() == METRICS
    assert (again.history(), again.epochs()) == (ROWS, 2)
    assert again.predictions(lambda file: file.read()) == b"forecasts\n"
    assert again.words() == ()
    assert again.is_whole()
    again.write_divergence("the loss\nbecame nan")
    assert again.divergence() == "the loss\\nbecame nan"
    assert again.write_report("# gru\n").read_text() == "# gru\n"
    assert again.write_plot("loss", Figure()).read_bytes().startswith(b"\x89PNG")
    assert again.tensorboard == again.path / "tensorboard"


def test_files_of_earlier_versions_with_more_keys_are_read(tmp_path: Path) -> None:
    run = _finished(tmp_path)
    run.write_info({key: value for key, value in INFO.items() if key != "git"} | {"sha256": "x"})
    run.write_metrics(METRICS | {"sha256": "x", "files": {"history.csv": "y"}})
    assert (run.info()["seed"], (run.metrics() or {})["epochs"]) == (3, 2)


@pytest.mark.parametrize("name", ["predictions.csv", "model.keras", "history.csv", "metrics.json"])
def test_a_run_without_one_of_its_files_is_not_whole(tmp_path: Path, name: str) -> None:
    run = _finished(tmp_path)
    (run.path / name).unlink()
    assert not run.is_whole()


def test_an_unfinished_run_has_no_metrics_and_no_history(tmp_path: Path) -> None:
    run = _run(tmp_path)
    assert (run.metrics(), run.history(), run.epochs(), run.divergence()) == (None, [], 0, None)


def test_a_history_that_was_lost_is_not_taken_for_an_empty_one(tmp_path: Path) -> None:
    run = _run(tmp_path)
    run.snapshots.save(Snapshot(0, [], "c", "d", {}))
    assert run.history() == []
    run.snapshots.save(Snapshot(1, ROWS[:1], "c", "d", {}))
    with pytest.raises(RunError, match=r"history\.csv: missing; the run did not get that far, or the file was deleted"):
        run.history()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "not JSON: "),
        ("{", "not JSON: Expecting property name"),
        ("[" * 100_000, ""),
        ("[1]", "missing: task, "),
        ("{}", "missing: task, command, "),
        (json.dumps(INFO | {"task": "forecasts"}), "task: expected forecast or reviews, got 'forecasts'$"),
        (json.dumps(INFO | {"data": {"sha256": "x"}}), r"missing: data\.name, data\.edition, data\.made_up$"),
        (json.dumps({key: value for key, value in INFO.items() if key != "row_hours"}), "missing: row_hours$"),
    ],
)
def test_a_damaged_run_json_is_named_with_its_key(tmp_path: Path, text: str, message: str) -> None:
    run = _run(tmp_path)
    (run.path / "run.json").write_text(text)
    with pytest.raises(RunError, match=rf"run\.json: damaged: {message}") as caught:
        run.info()
    assert caught.value.exit_code == 4


def test_damaged_metrics_history_and_predictions_are_named(tmp_path: Path) -> None:
    run = _finished(tmp_path)
    (run.path / "history.csv").write_text("epoch,loss\n1,x\n")
    (run.path / "metrics.json").write_text(json.dumps({"task": "forecast"}))
    (run.path / "predictions.csv").unlink()
    for read, message in (
        (run.history, r"history\.csv: damaged: "),
        (run.metrics, r"metrics\.json: damaged: missing: best_epoch, "),
        (lambda: run.predictions(lambda file: file.read()), r"predictions\.csv: missing"),
    ):
        with pytest.raises(RunError, match=message):
            read()
    assert not run.is_whole()


def test_an_edited_config_is_not_taken_for_the_one_that_was_trained(tmp_path: Path) -> None:
    run = _run(tmp_path)
    run.write_info(INFO | {"config_sha256": digest_of(run.config())})
    path = run.path / "config.yaml"
    text = path.read_text()
    path.write_text(text.replace("epochs: 20", "epochs: 30"))
    assert run.config().training.epochs == 30
    path.write_text(text.replace("units: 32", "units: 33"))
    with pytest.raises(ConfigError, match=r"config\.yaml is not the one that was trained; train it as a new run"):
        run.config()


@pytest.mark.parametrize(("field", "message"), [("config", "another run"), ("data", r"other data than run\.json")])
def test_a_snapshot_of_another_run_is_refused(tmp_path: Path, field: str, message: str) -> None:
    run = _run(tmp_path)
    own = {"config": digest_of(run.config()), "data": ""}
    run.require_own(Snapshot(0, [], **own, arrays={}))
    with pytest.raises(RunError, match=f"the snapshot of epoch 0 belongs to {message}"):
        run.require_own(Snapshot(0, [], **own | {field: "x"}, arrays={}))


def test_links_in_the_place_of_files_and_folders_are_not_followed(tmp_path: Path) -> None:
    run, secret = _run(tmp_path), tmp_path / "secret"
    secret.write_text("{}")
    (run.path / "metrics.json").symlink_to(secret)
    with pytest.raises(FileError, match=r"metrics\.json: cannot be read: Too many levels of symbolic links"):
        run.metrics()
    run.write_metrics(METRICS)
    assert secret.read_text() == "{}"
    for folder, write in (
        ("plots", lambda: run.write_plot("loss", Figure())),
        ("snapshot", lambda: run.snapshots.save(Snapshot(0, [], "c", "d", {}))),
    ):
        (run.path / folder).rmdir()
        (run.path / folder).symlink_to(tmp_path)
        with pytest.raises(FileError, match=f"{folder}: a symbolic link is not followed"):
            write()
    with run.locked():
        assert sorted(path.name for path in tmp_path.iterdir()) == [run.path.name, "secret"]


def test_a_pipe_among_the_files_of_a_run_does_not_block(tmp_path: Path) -> None:
    run, began = _run(tmp_path), time.monotonic()
    os.mkfifo(run.path / "history.csv")
    with pytest.raises(FileError, match=r"history\.csv: cannot be read: Not a regular file"):
        run.history()
    assert time.monotonic() - began < 1


def test_a_model_that_cannot_be_exported_leaves_the_old_one(tmp_path: Path) -> None:
    run = _finished(tmp_path)

    def save(path: str) -> None:
        Path(path).write_bytes(b"half")
        raise OSError(28, "No space left on device")

    with pytest.raises(FileError, match=r"model\.keras: cannot be written: No space left on device"):
        run.write_model(save)
    assert (run.path / "model.keras").read_bytes() == b"layers"
    assert not list(run.path.glob(f"{PART}*"))


def test_a_second_writer_is_refused_at_once_and_leftovers_of_a_killed_one_are_removed(tmp_path: Path) -> None:
    run = _run(tmp_path)
    for folder in (run.path, run.path / "plots"):
        (folder / f"{PART}x").touch()
    with run.locked():
        assert not list(run.path.rglob(f"{PART}*"))
        for refused in (lambda: RunDir.open(run.path).locked().__enter__(), RunDir.open(run.path).refuse_busy):
            with pytest.raises(BusyError, match="another process is writing it") as caught:
                refused()
            assert caught.value.exit_code == 5
    run.refuse_busy()


@pytest.mark.parametrize("write", [RunDir.write_metrics, RunDir.write_info])
def test_json_holds_no_nan(tmp_path: Path, write: Callable[[RunDir, dict[str, Any]], None]) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        write(_run(tmp_path), {"mae": float("nan")})


def test_words_are_those_that_run_json_knows(tmp_path: Path) -> None:
    run = _run(tmp_path)
    run.write_words(())
    assert not (run.path / "words.json").exists()
    run.write_words(("good", "bad"))
    digest = hashlib.sha256((run.path / "words.json").read_bytes()).hexdigest()
    run.write_info(INFO | {"data": INFO["data"] | {"words_sha256": digest}})
    assert run.words() == ("good", "bad")
    run.write_words(("bad", "good"))
    with pytest.raises(RunError, match=r"words\.json: damaged: not the words that run\.json knows"):
        run.words()

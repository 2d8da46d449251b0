"""A run directory: whole files or none, nothing overwritten unasked, damage named."""

from pathlib import Path

import numpy as np
import pytest

from jena_rnn.config import parse
from jena_rnn.errors import FileError, RunError
from jena_rnn.records import EpochRecord
from jena_rnn.rundir import RunDir, atomic, make_folder


def _run(folder: Path) -> RunDir:
    run = RunDir.create(folder, "gru", 3)
    run.write_config(parse("seed: 3"))
    run.write_info({"seed": 3})
    return run


def test_the_name_holds_config_utc_stamp_and_seed(tmp_path: Path) -> None:
    assert _run(tmp_path).path.match("gru-20[0-9][0-9][0-1][0-9][0-3][0-9]T[0-9][0-9][0-9][0-9][0-9][0-9]Z-s3")


def test_what_is_written_is_read(tmp_path: Path) -> None:
    run = _run(tmp_path)
    rows = [EpochRecord(1, 0.31, 0.28, 0.001, 9.5), EpochRecord(2, 0.1 + 0.2, 1 / 3, 0.001, 9.25)]
    run.write_history(rows)
    run.write_metrics({"mae": 0.1 + 0.2})
    run.write_best([np.arange(6, dtype=np.float32).reshape(2, 3), np.zeros(1, np.float32)])
    again = RunDir.open(run.path)
    assert again.config().seed == 3
    assert again.info() == {"seed": 3}
    assert again.history() == rows
    assert again.metrics() == {"mae": 0.1 + 0.2}
    assert [weight.shape for weight in again.best()] == [(2, 3), (1,)]


def test_best_weights_keep_their_order_beyond_ten(tmp_path: Path) -> None:
    run = _run(tmp_path)
    run.write_best([np.full(1, i, np.float32) for i in range(120)])
    assert [int(weight[0]) for weight in run.best()] == list(range(120))


def test_an_unfinished_run_has_no_metrics_and_no_history(tmp_path: Path) -> None:
    run = _run(tmp_path)
    assert run.metrics() is None
    assert run.history() == []


def test_an_existing_run_is_kept_unless_forced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from jena_rnn import rundir

    class Frozen(rundir.datetime):
        @classmethod
        def now(cls, tz: object = None) -> "Frozen":
            return cls(2026, 1, 2, 3, 4, 5)

    monkeypatch.setattr(rundir, "datetime", Frozen)
    run = _run(tmp_path)
    (run.path / "notes.txt").write_text("mine")
    run.write_metrics({})
    with pytest.raises(RunError, match="gru-20260102T030405Z-s3: exists already; --force replaces it"):
        RunDir.create(tmp_path, "gru", 3)
    forced = RunDir.create(tmp_path, "gru", 3, force=True)
    assert forced.metrics() is None
    assert (run.path / "notes.txt").read_text() == "mine"


def test_a_failed_write_leaves_the_old_file_and_no_other(tmp_path: Path) -> None:
    path = tmp_path / "metrics.json"
    path.write_text("old")

    def half() -> None:
        with atomic(path) as file:
            file.write(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        half()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_is_a_file_error_with_the_path(tmp_path: Path) -> None:
    expected = r"metrics\.json: cannot be written: No space left on device"
    with pytest.raises(FileError, match=expected) as caught, atomic(tmp_path / "metrics.json"):
        raise OSError(28, "No space left on device")
    assert caught.value.exit_code == 4


def test_a_folder_in_the_way_is_a_file_error(tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("a file")
    with pytest.raises(FileError, match="cannot be made"):
        RunDir.create(tmp_path / "runs", "gru", 0)
    with pytest.raises(FileError, match="cannot be made"):
        make_folder(tmp_path / "runs" / "plots")


def test_what_is_no_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="no such run directory"):
        RunDir.open(tmp_path / "gone")
    with pytest.raises(RunError, match="not a run directory"):
        RunDir.open(tmp_path)


def test_damaged_files_are_named(tmp_path: Path) -> None:
    run = _run(tmp_path)
    (run.path / "run.json").write_text("[1]")
    with pytest.raises(RunError, match=r"run\.json: damaged"):
        run.info()
    (run.path / "run.json").write_text("{")
    with pytest.raises(RunError, match=r"run\.json: damaged"):
        run.info()
    (run.path / "history.csv").write_text("epoch,loss\n1,x\n")
    with pytest.raises(RunError, match=r"history\.csv: damaged"):
        run.history()
    (run.path / "snapshot" / "best.npz").write_bytes(b"PK")
    with pytest.raises(RunError, match=r"best\.npz: damaged"):
        run.best()
    with pytest.raises(RunError, match=r"predictions\.csv: missing"):
        run.predictions()


def test_weights_that_would_run_code_are_refused(tmp_path: Path) -> None:
    run = _run(tmp_path)
    with (run.path / "snapshot" / "best.npz").open("wb") as file:
        np.savez(file, w000=np.array([object()], dtype=object))
    with pytest.raises(RunError, match="damaged"):
        run.best()


def test_json_holds_no_nan(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        _run(tmp_path).write_metrics({"mae": float("nan")})

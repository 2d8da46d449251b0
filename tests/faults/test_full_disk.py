"""A small disk that is full, or becomes read-only: exit 4 with the path, and what was saved before loads."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from processes import Command, done, files, only
from same_end import differences

from jena_rnn.runs.rundir import RunDir


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """Return a folder on a disk of 8 MB of its own, or skip saying why there is none."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(folder)], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"no small disk can be mounted here: {mounted.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def _fill(disk: Path) -> Path:
    """Write a file that takes all that is left."""
    path = disk / "filler"
    with path.open("ab", buffering=0) as file:
        for size in (1 << 16, 1 << 12):
            try:
                while True:
                    file.write(bytes(size))
            except OSError:
                continue
    return path


def _slow_steps() -> None:
    from test_signals import _slow_steps

    _slow_steps()


def test_a_training_on_a_disk_that_fills_up_ends_with_exit_4_and_goes_on_when_there_is_room(
    tmp_path: Path, disk: Path
) -> None:
    config, series = files(tmp_path)
    base = ["train", config, "--data", series, "--epochs", 8, "--runs-dir"]
    with Command(*base, disk / "runs", log=tmp_path / "log", prepare=_slow_steps) as training:
        training.until(lambda: any(disk.glob("runs/*/snapshot/epoch-000001.snapshot")))
        filler = _fill(disk)
        training.wait()
    assert training.code == 4, training.text
    assert "Traceback" not in training.text
    run = only(disk / "runs")
    assert f"jena-rnn: {run}" in training.text
    assert "No space left on device" in training.text
    assert RunDir(run).snapshots.newest().epoch >= 1
    again = done("resume", run, log=tmp_path / "again")
    assert again.code == 4, again.text
    filler.unlink()
    last = done("resume", run, log=tmp_path / "last")
    assert last.code == 0, last.text
    whole = done(*base, tmp_path / "whole", log=tmp_path / "whole.log")
    assert whole.code == 0
    assert differences(only(tmp_path / "whole"), run) == []


def test_a_full_disk_is_refused_before_a_run_begins_or_goes_on_and_nothing_is_lost(tmp_path: Path, disk: Path) -> None:
    config, series = files(tmp_path)
    trained = done("train", config, "--data", series, "--epochs", 1, "--runs-dir", disk / "runs", log=tmp_path / "log")
    assert trained.code == 0, trained.text
    run = only(disk / "runs")
    _fill(disk)
    before = {path: path.read_bytes() for path in run.rglob("*") if path.is_file()}
    command = done("resume", run, "--epochs", 2, log=tmp_path / "refused")
    assert (command.code, "MB are free, but this run needs about" in command.text) == (4, True), command.text
    assert {path: path.read_bytes() for path in run.rglob("*") if path.is_file()} == before
    command = done("train", config, "--data", series, "--runs-dir", disk / "new", log=tmp_path / "new")
    assert (command.code, "MB are free, but this run needs about" in command.text) == (4, True), command.text
    assert not (disk / "new").exists()


def test_a_read_only_disk_is_named_with_its_path_and_the_snapshot_stays(tmp_path: Path, disk: Path) -> None:
    config, series = files(tmp_path)
    trained = done("train", config, "--data", series, "--epochs", 1, "--runs-dir", disk / "runs", log=tmp_path / "log")
    assert trained.code == 0, trained.text
    run = only(disk / "runs")
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    for command in (["resume", run, "--epochs", 2], ["train", config, "--data", series, "--runs-dir", disk / "new"]):
        refused = done(*command, log=tmp_path / "refused")
        assert refused.code == 4
        assert "Read-only file system" in refused.text
        assert str(disk) in refused.text
        assert "Traceback" not in refused.text
    assert RunDir(run).snapshots.newest().epoch == 1
    assert os.path.lexists(run / "metrics.json")

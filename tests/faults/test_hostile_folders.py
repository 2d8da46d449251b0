"""Folders and locks that are not what they should be: one clear error, whoever put them there."""

import errno
import os
import re
import tempfile
import time
from pathlib import Path

import pytest
from made import made

from jena_rnn.base import locks
from jena_rnn.base.errors import FileError, RunError
from jena_rnn.base.files import atomic, read_bytes, remove, remove_parts
from jena_rnn.base.locks import locked
from jena_rnn.base.paths import refuse_existing
from jena_rnn.reports.canvas import Figure
from jena_rnn.runs.rundir import RunDir
from jena_rnn.runs.snapshots import SnapshotStore


def test_a_folder_where_a_temporary_file_belongs_is_told(tmp_path: Path) -> None:
    (tmp_path / ".epoch-000001.snapshot.part").mkdir()
    with pytest.raises(FileError, match=r"epoch-000001\.snapshot: cannot be written: Is a directory"):
        SnapshotStore(tmp_path).save(made(1))
    with pytest.raises(FileError, match=r"\.epoch-000001\.snapshot\.part: expected a file; move what is there"):
        remove_parts(tmp_path)
    with pytest.raises(FileError, match="expected a file; move what is there"), RunDir(tmp_path).locked():
        pass


def test_a_link_that_comes_in_the_place_of_a_folder_meanwhile_is_not_followed(tmp_path: Path) -> None:
    run, elsewhere = RunDir.create(tmp_path / "runs", "gru", 0), tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "loss.png").write_bytes(b"keep")
    (elsewhere / "snapshot").mkdir()
    (run.path / "snapshot").symlink_to(elsewhere / "snapshot")
    (run.path / "plots").symlink_to(elsewhere)
    for folder, write in (
        ("snapshot", lambda: run.snapshots.save(made(6))),
        ("plots", lambda: run.write_plot("loss", Figure())),
    ):
        with pytest.raises(FileError, match=f"{re.escape(str(run.path / folder))}: a symbolic link, which is not"):
            write()
    assert (elsewhere / "loss.png").read_bytes() == b"keep"
    assert list((elsewhere / "snapshot").iterdir()) == []


def test_what_a_killed_process_left_is_removed_from_a_run(tmp_path: Path) -> None:
    (tmp_path / "plots").mkdir()
    (tmp_path / "plots" / ".trace.png.part").touch()
    (tmp_path / ".workshop-abc.part" / "assets").mkdir(parents=True)
    with RunDir(tmp_path).locked():
        assert sorted(path.name for path in tmp_path.rglob("*")) == [".lock", "plots"]


@pytest.mark.parametrize("name", [".workshop-abc.part", "plots"])
def test_links_to_folders_are_not_followed_where_leftovers_are_removed(tmp_path: Path, name: str) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / ".x.part").touch()
    (tmp_path / name).symlink_to(tmp_path / "kept")
    with RunDir(tmp_path).locked():
        assert (tmp_path / "kept" / ".x.part").exists()


def test_what_is_not_there_is_removed_already(tmp_path: Path) -> None:
    remove(tmp_path / "gone")


def test_what_is_there_is_replaced_only_by_force(tmp_path: Path) -> None:
    refuse_existing(tmp_path / "gone", force=False)
    file, link = tmp_path / "file", tmp_path / "link"
    file.touch()
    link.symlink_to(tmp_path / "gone")
    for there in (file, link):
        refuse_existing(there, force=True)
        with pytest.raises(FileError, match="exists already; --force replaces it"):
            refuse_existing(there, force=False)


@pytest.mark.parametrize("force", [True, False])
def test_what_is_no_plain_file_is_never_replaced(tmp_path: Path, force: bool) -> None:
    pipe, link = tmp_path / "pipe", tmp_path / "link"
    os.mkfifo(pipe)
    link.symlink_to(pipe)
    for there in (tmp_path, pipe, link, Path(os.devnull)):
        with pytest.raises(FileError, match="a folder, pipe or device, which is not replaced"):
            refuse_existing(there, force=force)


def test_a_file_system_without_locks_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def flock(descriptor: int, operation: int) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(locks.fcntl, "flock", flock)
    with pytest.raises(FileError, match=r"\.lock: cannot be locked: No locks available"), locked(tmp_path / ".lock"):
        pass


def test_a_lock_that_is_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / ".lock").symlink_to(tmp_path / "other")
    with pytest.raises(FileError, match=r"\.lock: cannot be opened: Too many levels"), locked(tmp_path / ".lock"):
        pass
    assert not (tmp_path / "other").exists()


def test_a_pipe_among_the_files_of_a_run_does_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "history.csv")
    began = time.monotonic()
    with pytest.raises(OSError, match="Not a regular file"):
        read_bytes(tmp_path / "history.csv")
    with pytest.raises(FileError, match=r"history\.csv: cannot be read: Not a regular file"):
        RunDir(tmp_path).history()
    assert time.monotonic() - began < 1


def test_a_linked_snapshot_folder_is_not_followed(tmp_path: Path) -> None:
    run, other = tmp_path / "run", tmp_path / "other"
    run.mkdir()
    other.mkdir()
    for name in ("config.yaml", "run.json"):
        (run / name).write_text("{}")
    (run / "snapshot").symlink_to(other)
    with pytest.raises(RunError, match="a symbolic link, which is not followed"):
        RunDir.open(run)


def test_writing_goes_round_a_link_in_the_place_of_the_temporary_file(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_text("other")
    (tmp_path / ".metrics.json.part").symlink_to(other)
    with atomic(tmp_path / "metrics.json") as file:
        file.write(b"{}")
    assert other.read_text() == "other"
    assert (tmp_path / "metrics.json").read_bytes() == b"{}"


def test_a_model_that_cannot_be_exported_leaves_the_old_one(tmp_path: Path) -> None:
    (tmp_path / "model.keras").write_bytes(b"old")

    def save(path: str) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(FileError, match=r"model\.keras: cannot be exported: No space left on device"):
        RunDir(tmp_path).write_model(save)
    assert [path.name for path in tmp_path.iterdir()] == ["model.keras"]


def test_a_model_is_made_beside_its_place_and_leaves_no_temporary_files(tmp_path: Path) -> None:
    seen: list[Path] = []

    def save(path: str) -> None:
        seen.extend([Path(path), Path(tempfile.mkdtemp())])
        Path(path).write_bytes(b"new")

    RunDir(tmp_path).write_model(save)
    assert all(tmp_path in path.parents for path in seen)
    assert [path.name for path in tmp_path.iterdir()] == ["model.keras"]
    assert Path(tempfile.gettempdir()) not in {tmp_path, *(path.parent for path in seen)}

"""Snapshots: the same bits back, the right ones kept, damage named, nothing non-finite."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from jena_rnn.base.errors import DivergedError, FileError, NothingToResumeError, RunError
from jena_rnn.base.files import PART
from jena_rnn.forecast.record import EpochRecord
from jena_rnn.runs import snapshots
from jena_rnn.runs.snapshots import Snapshot, SnapshotStore, decode, encode


def _snapshot(epoch: int, maes: str = "54321") -> Snapshot:
    """Return the snapshot of an epoch, after epochs with these validation MAEs."""
    history = [EpochRecord(at, 0.5, float(maes[at - 1]), 1e-3, 1.0) for at in range(1, epoch + 1)]
    arrays = {
        "weights/000": np.array([[0.1, epoch]], np.float32),
        "seeds/000": np.array([2**32 - 1, 3], np.uint32),
        "optimizer/000": np.array(epoch, np.int64),
        "weights/001": np.zeros((0, 3), np.float32),
    }
    return Snapshot(epoch, history, "c" * 64, "d" * 64, arrays)


def _saved(folder: Path, last: int, maes: str = "54321") -> SnapshotStore:
    store = SnapshotStore(folder, EpochRecord)
    for epoch in range(last + 1):
        store.save(_snapshot(epoch, maes))
    return store


def _kept(folder: Path) -> str:
    return "".join(str(int(path.name[6:12])) for path in sorted(folder.iterdir()))


def test_what_is_encoded_is_decoded_with_names_shapes_dtypes_and_bits() -> None:
    before, after = _snapshot(2), decode(encode(_snapshot(2)), EpochRecord)
    assert replace(after, arrays={}) == replace(before, arrays={})
    assert list(after.arrays) == list(before.arrays)
    for name, array in before.arrays.items():
        found = after.arrays[name]
        assert (found.dtype, found.shape, found.tobytes()) == (array.dtype, array.shape, array.tobytes())


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_what_is_not_finite_is_divergence(number: float) -> None:
    snapshot = _snapshot(1)
    array = np.array([0.0, number])
    with pytest.raises(DivergedError, match="weights/000 is not finite after epoch 1; this state is not saved"):
        encode(replace(snapshot, arrays={"weights/000": array}))
    with pytest.raises(DivergedError, match="the history is not finite after epoch 1"):
        encode(replace(snapshot, history=[replace(snapshot.history[0], loss=number)]))


@pytest.mark.parametrize(
    ("maes", "kept"),
    [
        ("54321", ["0", "01", "12", "23", "34", "45"]),  # the newest is always the best
        ("12345", ["0", "01", "12", "123", "134", "145"]),  # the first stays the best
        ("52491", ["0", "01", "12", "23", "234", "245"]),  # epoch 2 stays while epoch 4 may be lost
    ],
)
def test_the_last_two_are_kept_and_what_was_best_at_each(tmp_path: Path, maes: str, kept: list[str]) -> None:
    store = SnapshotStore(tmp_path, EpochRecord)
    for epoch, expected in enumerate(kept):
        store.save(_snapshot(epoch, maes))
        assert _kept(tmp_path) == expected


def test_a_snapshot_later_than_the_one_saved_is_dropped(tmp_path: Path) -> None:
    store = _saved(tmp_path, 4)
    store.save(_snapshot(2))
    assert _kept(tmp_path) == "2"
    assert store.newest().epoch == 2


def test_a_snapshot_that_a_killed_process_did_not_drop_is_dropped_later(tmp_path: Path) -> None:
    store = _saved(tmp_path, 4)
    left = tmp_path / "epoch-000001.snapshot"
    left.write_bytes(encode(_snapshot(1)))
    store.prune(store.newest())
    assert _kept(tmp_path) == "34"


def test_the_newest_has_the_highest_epoch_whatever_its_file_time(tmp_path: Path) -> None:
    store = _saved(tmp_path, 3)
    os.utime(tmp_path / "epoch-000003.snapshot", (0, 0))
    assert store.newest().epoch == 3


def test_a_damaged_one_is_reported_and_the_one_before_is_taken(tmp_path: Path) -> None:
    store, notices = _saved(tmp_path, 3), list[str]()
    path = tmp_path / "epoch-000003.snapshot"
    path.write_bytes(path.read_bytes()[:100])
    assert store.newest(notices.append).epoch == 2
    assert notices == [f"{path}: damaged: wrong checksum; trying the snapshot before it"]


def test_too_little_memory_is_no_damage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store, told = _saved(tmp_path, 2), list[str]()

    def short(payload: bytes, form: object) -> Snapshot:
        raise MemoryError("Unable to allocate 95.4 MiB")

    monkeypatch.setattr(snapshots, "_unpack", short)
    for load in (lambda: store.newest(told.append), store.best):
        with pytest.raises(MemoryError):
            load()
    assert told == []


def test_a_renamed_snapshot_is_damaged(tmp_path: Path) -> None:
    store, notices = _saved(tmp_path, 2), list[str]()
    (tmp_path / "epoch-000002.snapshot").rename(tmp_path / "epoch-000007.snapshot")
    assert store.newest(notices.append).epoch == 1
    assert notices == [f"{tmp_path}/epoch-000007.snapshot: damaged: holds epoch 2; trying the snapshot before it"]


@pytest.mark.parametrize("folder", ["", "gone"])
def test_an_empty_or_missing_folder_holds_nothing_to_go_on_from(tmp_path: Path, folder: str) -> None:
    store = SnapshotStore(tmp_path / folder, EpochRecord)
    store.tidy()
    with pytest.raises(NothingToResumeError, match="no sound snapshot to resume from") as caught:
        store.newest()
    assert caught.value.exit_code == 6


def test_the_best_epochs_snapshot_is_found_and_a_missing_or_damaged_one_is_named(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="no epoch was finished"):
        _saved(tmp_path, 0).best()
    (tmp_path / "notes.txt").touch()
    store, path = _saved(tmp_path, 5, "53245"), tmp_path / "epoch-000003.snapshot"
    assert store.best().epoch == 3
    path.write_bytes(b"jena")
    with pytest.raises(RunError, match=r"epoch-000003\.snapshot: damaged: not a snapshot"):
        store.best()
    path.unlink()
    with pytest.raises(RunError, match=r"epoch-000003\.snapshot: missing"):
        store.best()


@pytest.mark.parametrize("other", [{"config": "x"}, {"data": "x"}])
def test_a_best_one_from_another_run_is_refused(tmp_path: Path, other: dict[str, Any]) -> None:
    store, path = _saved(tmp_path, 5, "53245"), tmp_path / "epoch-000003.snapshot"
    path.write_bytes(encode(replace(_snapshot(3, "53245"), **other)))
    with pytest.raises(
        RunError, match=r"epoch-000003\.snapshot: from another run than epoch-000005\.snapshot; it held"
    ):
        store.best()


def test_reading_leaves_temporary_files_and_tidying_removes_them(tmp_path: Path) -> None:
    store, part = _saved(tmp_path, 1), tmp_path / f"{PART}1a2b3c4d-epoch-000002.snapshot"
    part.write_bytes(b"half")
    store.newest()
    store.best()
    assert part.exists()
    store.tidy()
    assert not part.exists()


@pytest.mark.parametrize("kind", ["link", "pipe", "folder"])
def test_what_is_no_plain_file_is_not_read(tmp_path: Path, kind: str) -> None:
    store, path = _saved(tmp_path, 1), tmp_path / "epoch-000002.snapshot"
    if kind == "link":
        path.symlink_to(tmp_path / "epoch-000001.snapshot")
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        path.mkdir()
    with pytest.raises(FileError, match=r"epoch-000002\.snapshot: cannot be read: (Too many|Not a regular file)"):
        store.newest()

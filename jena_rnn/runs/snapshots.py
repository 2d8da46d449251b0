"""Snapshots: everything that a training needs to go on, in one file with a checksum for each epoch.

A file holds a magic line, the SHA-256 of the rest, and the rest: arrays and a JSON text in NumPy's npz format, without
pickles. The last two epochs and the best are kept; the newest is the one with the highest epoch number.

    store = SnapshotStore(folder, EpochRecord)
    store.save(Snapshot(epoch=3, history=history, config=digest, data=digest, arrays=state))
    store.newest().epoch
"""

import hashlib
import io
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jena_rnn.base.errors import DivergedError, FileError, NothingToResumeError, RunError
from jena_rnn.base.files import atomic, names, read_bytes, refuse_link, remove, remove_parts
from jena_rnn.base.messages import one_line, reason
from jena_rnn.training.history import Record, best, is_finite, record_from

MAGIC = b"jena-rnn snapshot 1\n"
DIGEST = 64
KEPT = 2
NAME = re.compile(r"epoch-([0-9]{6})\.snapshot")
ABOUT = "about.json"

Arrays = Mapping[str, NDArray[Any]]


@dataclass(frozen=True)
class Snapshot:
    """The state of a training at the end of an epoch."""

    epoch: int
    """The last finished epoch; 0 before the first."""
    history: Sequence[Record]
    config: str
    """Digest of those config keys that decide the training."""
    data: str
    """SHA-256 of the data."""
    arrays: Arrays
    """Weights, seed states and optimizer, by name."""


def encode(snapshot: Snapshot) -> bytes:
    """Return the bytes of a snapshot file; raises DivergedError if the state or the history is not finite."""
    for name, array in snapshot.arrays.items():
        if array.dtype.kind == "f" and not np.isfinite(array).all():
            raise DivergedError(f"{name} is not finite after epoch {snapshot.epoch}; this state is not saved")
    if not all(map(is_finite, snapshot.history)):
        raise DivergedError(f"the history is not finite after epoch {snapshot.epoch}; it is not saved")
    about = {
        "epoch": snapshot.epoch,
        "config": snapshot.config,
        "data": snapshot.data,
        "history": [asdict(record) for record in snapshot.history],
    }
    text = np.frombuffer(json.dumps(about, allow_nan=False).encode(), np.uint8)
    body = io.BytesIO()
    np.savez(body, allow_pickle=False, **{ABOUT: text}, **dict(snapshot.arrays))
    payload = body.getvalue()
    return MAGIC + hashlib.sha256(payload).hexdigest().encode() + b"\n" + payload


def decode(data: bytes, form: type[Record]) -> Snapshot:
    """Return the snapshot in `data`, with records of `form`; raises ValueError if it is damaged."""
    head = len(MAGIC) + DIGEST + 1
    if not data.startswith(MAGIC) or len(data) < head:
        raise ValueError("not a snapshot")
    digest, payload = data[len(MAGIC) : head - 1], data[head:]
    if data[head - 1 : head] != b"\n" or digest != hashlib.sha256(payload).hexdigest().encode():
        raise ValueError("wrong checksum")
    try:
        return _unpack(payload, form)
    except MemoryError:
        raise
    except Exception as error:  # a fitting checksum over a wrong payload: NumPy, zipfile and JSON raise many kinds
        raise ValueError(f"not what was written: {one_line(str(error) or type(error).__name__)}") from None


def _unpack(payload: bytes, form: type[Record]) -> Snapshot:
    with np.load(io.BytesIO(payload), allow_pickle=False) as found:
        arrays = {name: found[name] for name in found.files}
    about = json.loads(arrays.pop(ABOUT).tobytes())
    history = [record_from(record, form) for record in about["history"]]
    if [record.epoch for record in history] != list(range(1, about["epoch"] + 1)) or not all(map(is_finite, history)):
        raise ValueError("the history does not end at the snapshot's epoch")
    return Snapshot(about["epoch"], history, str(about["config"]), str(about["data"]), arrays)


class SnapshotStore:
    """The folder that holds a run's snapshots."""

    def __init__(self, folder: Path, form: type[Record]) -> None:
        self.folder, self._form = folder, form

    def save(self, snapshot: Snapshot) -> None:
        """Write a snapshot, then drop those that are no longer needed; raises FileError."""
        refuse_link(self.folder)
        with atomic(self._path(snapshot.epoch)) as file:
            file.write(encode(snapshot))
        self.prune(snapshot)

    def prune(self, newest: Snapshot) -> None:
        """Keep `newest`, the one before it, and the best at each of the two; drop all others. Raises FileError."""
        there = self._epochs()
        keep = set(sorted(epoch for epoch in there if epoch <= newest.epoch)[-KEPT:])
        keep |= {best(newest.history[:epoch]).epoch for epoch in keep if epoch}
        for epoch in set(there) - keep:
            remove(self._path(epoch))

    def newest(self, notice: Callable[[str], None] = lambda text: None) -> Snapshot:
        """Return the newest whole snapshot, with a notice for each damaged one that is newer.

        Raises NothingToResumeError if there is none, FileError if one cannot be read.
        """
        for epoch in sorted(self._epochs(), reverse=True):
            try:
                return self._load(epoch)
            except RunError as error:
                notice(f"{error}; trying the snapshot before it")
        raise NothingToResumeError(f"{self.folder}: no sound snapshot to resume from")

    def begun(self) -> bool:
        """Return whether an epoch was saved, even if its snapshot is damaged."""
        return any(self._epochs())

    def tidy(self) -> None:
        """Remove temporary files of a killed process; only the holder of the run's lock may."""
        if self.folder.is_dir():
            remove_parts(self.folder)

    def best(self) -> Snapshot:
        """Return the snapshot of the best epoch; raises RunError if it is missing, damaged or from another run."""
        newest = self.newest()
        if not newest.history:
            raise RunError(f"{self.folder}: no epoch was finished")
        try:
            found = self._load(best(newest.history).epoch)
            if (found.config, found.data) != (newest.config, newest.data):
                raise RunError(f"{self._path(found.epoch)}: from another run than {self._path(newest.epoch).name}")
        except RunError as error:
            raise RunError(f"{error}; it held the best epoch. Training the same config anew makes it again") from None
        return found

    def _load(self, epoch: int) -> Snapshot:
        path = self._path(epoch)
        try:
            found = decode(read_bytes(path), self._form)
        except FileNotFoundError:
            raise RunError(f"{path}: missing") from None
        except OSError as error:
            raise FileError(f"{path}: cannot be read: {reason(error)}") from None
        except ValueError as error:
            raise RunError(f"{path}: damaged: {error}") from None
        if found.epoch != epoch:
            raise RunError(f"{path}: damaged: holds epoch {found.epoch}")
        return found

    def _path(self, epoch: int) -> Path:
        return self.folder / f"epoch-{epoch:06}.snapshot"

    def _epochs(self) -> list[int]:
        there = names(self.folder) if self.folder.is_dir() else []
        return [int(found[1]) for found in map(NAME.fullmatch, there) if found is not None]

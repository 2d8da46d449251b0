"""Snapshots: everything that a training needs to go on, in one checked file for each epoch.

A file is a line of magic, the SHA-256 of the rest, and the rest: plain arrays and a JSON text in NumPy's own format.
Nothing in it is ever executed. The last two epochs and the best are kept; which is newest is told by the epoch number.

    store = SnapshotStore(folder, EpochRecord)
    store.save(Snapshot(epoch=3, history=history, config=digest, data=digest, arrays=state))
    store.newest().epoch
"""

import errno
import hashlib
import io
import json
import math
import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jena_rnn.base.errors import DivergedError, FileError, NothingToResumeError, RunError
from jena_rnn.base.files import atomic, names, read_bytes, refuse_link, remove, remove_parts
from jena_rnn.base.messages import one_line, reason
from jena_rnn.reviews.npy import read_header
from jena_rnn.base.paths import is_folder
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
    """Digest of the config, less what may change on the way (see `experiment`)."""
    data: str
    """SHA-256 of the data."""
    arrays: Arrays
    """Weights, seed states and optimizer, by name."""


def encode(snapshot: Snapshot) -> bytes:
    """Return the bytes of a snapshot file; raises DivergedError for a state or history that is not finite."""
    for name, array in snapshot.arrays.items():
        if array.dtype.kind == "f" and not np.isfinite(array).all():
            raise DivergedError(f"{name} is no longer finite after epoch {snapshot.epoch}; such a state is never kept")
    if not all(map(is_finite, snapshot.history)):
        raise DivergedError(f"the history is no longer finite after epoch {snapshot.epoch}; it is not kept")
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
    """Return the snapshot in `data`; raises ValueError if a single bit of it is not as it was written.

    MemoryError says nothing of the snapshot: there is too little for it now.
    """
    head = len(MAGIC) + DIGEST + 1
    if not data.startswith(MAGIC) or len(data) < head:
        raise ValueError("not a snapshot")
    digest, payload = data[len(MAGIC) : head - 1], data[head:]
    if data[head - 1 : head] != b"\n" or digest != hashlib.sha256(payload).hexdigest().encode():
        raise ValueError("its checksum does not fit")
    try:
        return _unpack(payload, form)
    except MemoryError:
        raise
    except Exception as error:  # a right checksum over wrong bytes: zipfile, NumPy and JSON raise a dozen kinds
        raise ValueError(f"not what was written: {one_line(str(error) or type(error).__name__)}") from None


def _unpack(payload: bytes, form: type[Record]) -> Snapshot:
    with zipfile.ZipFile(io.BytesIO(payload)) as archive:
        for entry in archive.infolist():
            if entry.compress_type != zipfile.ZIP_STORED:
                raise ValueError("a compressed array")  # a few bytes could unfold to any size
            if not _size_told(archive, entry) == entry.file_size <= len(payload):
                raise ValueError("an array that is not as large as it says")
    with np.load(io.BytesIO(payload), allow_pickle=False) as found:
        arrays = {name: found[name] for name in found.files}
    if not all(isinstance(array, np.ndarray) for array in arrays.values()):
        raise ValueError("something that is no array")
    about = json.loads(arrays.pop(ABOUT).tobytes())
    history = [record_from(record, form) for record in about["history"]]
    if about["epoch"] != len(history) or any(record.epoch != at for at, record in enumerate(history, start=1)):
        raise ValueError("its history does not end at its epoch")
    if not all(map(is_finite, history)):
        raise ValueError("its history is not finite")
    return Snapshot(about["epoch"], history, str(about["config"]), str(about["data"]), arrays)


def _size_told(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> int:
    """Return how many bytes an array in NumPy's format takes, header included, by what its header says."""
    with archive.open(entry) as file:
        header = read_header(file)
        return file.tell() + math.prod(header.shape) * header.kind.itemsize


class SnapshotStore:
    """The folder that holds a run's snapshots."""

    def __init__(self, folder: Path, form: type[Record]) -> None:
        self.folder, self._form = folder, form

    def save(self, snapshot: Snapshot) -> None:
        """Add a snapshot, then drop all but the last two and what was best at each; raises FileError.

        Later ones, which must be damaged if training came by here again, are dropped as well.
        """
        refuse_link(self.folder)
        with atomic(self._path(snapshot.epoch)) as file:
            file.write(encode(snapshot))
        self.prune(snapshot)

    def prune(self, newest: Snapshot) -> None:
        """Drop what `save` drops once `newest` is there; a killed process may not have come to it. Raises FileError."""
        keep = {epoch for epoch in self._epochs() if epoch <= newest.epoch}
        keep = set(sorted(keep)[-KEPT:])
        keep |= {best(newest.history[:epoch]).epoch for epoch in keep if epoch}
        for epoch in set(self._epochs()) - keep:
            remove(self._path(epoch))

    def newest(self, notice: Callable[[str], None] = lambda text: None) -> Snapshot:
        """Return the newest snapshot that is whole, saying aloud which ones are not.

        Raises NothingToResumeError if there is none, FileError if one cannot be read; MemoryError where it has no room.
        """
        for epoch in sorted(self._epochs() if is_folder(self.folder) else [], reverse=True):
            try:
                return self._load(epoch)
            except RunError as error:
                notice(f"{error}; going one snapshot back")
        raise NothingToResumeError(f"{self.folder}: no whole snapshot to go on from")

    def begun(self) -> bool:
        """Return whether an epoch has been saved, whole or not."""
        return is_folder(self.folder) and any(self._epochs())

    def tidy(self) -> None:
        """Remove leftovers of writes that were cut short; only the holder of the run's lock may."""
        if is_folder(self.folder):
            remove_parts(self.folder)

    def best(self) -> Snapshot:
        """Return the snapshot of the best epoch; raises RunError if it is missing, damaged or of another run."""
        newest = self.newest()
        if not newest.history:
            raise RunError(f"{self.folder}: no epoch was finished")
        epoch = best(newest.history).epoch
        try:
            found = self._load(epoch)
            before = list(newest.history[:epoch])
            if (found.config, found.data, list(found.history)) != (newest.config, newest.data, before):
                raise RunError(f"{self._path(epoch)}: of another run than {self._path(newest.epoch).name}")
        except RunError as error:
            raise RunError(f"{error}; it held the best epoch. Trained anew, the same config gives it again") from None
        return found

    def _load(self, epoch: int) -> Snapshot:
        path = self._path(epoch)
        try:
            found = decode(read_bytes(path, largest=None), self._form)
        except FileNotFoundError:
            raise RunError(f"{path}: missing") from None
        except OSError as error:
            if error.errno == errno.EFBIG:
                raise RunError(f"{path}: damaged, or too large for this machine's memory") from None
            raise FileError(f"{path}: cannot be read: {reason(error)}") from None
        except ValueError as error:
            raise RunError(f"{path}: damaged: {error}") from None
        if found.epoch != epoch:
            raise RunError(f"{path}: damaged: holds epoch {found.epoch}")
        return found

    def _path(self, epoch: int) -> Path:
        return self.folder / f"epoch-{epoch:06}.snapshot"

    def _epochs(self) -> list[int]:
        found = (NAME.fullmatch(name) for name in names(self.folder))
        return [int(name[1]) for name in found if name is not None]

"""Snapshots that are known to the last bit from their epoch number alone, so that a loaded one can be judged.

The environment variable JENA_RNN_LONG turns every figure up to that of `make test-long`.
"""

import os
from collections.abc import Iterable
from dataclasses import astuple, replace

import numpy as np

from jena_rnn.forecast.record import EpochRecord
from jena_rnn.runs.snapshots import Snapshot
from jena_rnn.training.history import Record

LONG = bool(os.environ.get("JENA_RNN_LONG"))


def figure(push: int, long: int) -> int:
    """Return how often to try: for every push, or for the long version."""
    return long if LONG else push


def made(epoch: int, size: int = 500) -> Snapshot:
    """Return the snapshot of an epoch, with `size` float32 in each of two arrays."""
    history = [EpochRecord(at, 1 / at, (at * 37 % 11 + 1) / 7, 1e-3, at / 3) for at in range(1, epoch + 1)]
    weights = np.arange(size, dtype=np.float32) * np.float32(0.1) + np.float32(epoch)
    seeds = np.array([0, epoch], np.int64)
    return Snapshot(epoch, history, "c" * 64, "d" * 64, {"weights/000": weights, "seeds/000": seeds})


def same(one: Snapshot, other: Snapshot) -> bool:
    """Return whether two snapshots are equal to the last bit, seconds aside."""
    return (
        (one.epoch, one.config, one.data) == (other.epoch, other.config, other.data)
        and untimed(one.history) == untimed(other.history)
        and set(one.arrays) == set(other.arrays)
        and all(_bits(array) == _bits(other.arrays[name]) for name, array in one.arrays.items())
    )


def untimed(history: Iterable[Record]) -> list[tuple[float, ...]]:
    """Return the records of a history without how long they took."""
    return [astuple(replace(record, seconds=0.0)) for record in history]


def _bits(array: np.ndarray) -> tuple[str, tuple[int, ...], bytes]:
    return str(array.dtype), array.shape, array.tobytes()

"""One flipped bit or a file cut short: the snapshot is as it was written, or it is known not to be."""

import hashlib
import io
import random
import zipfile
from pathlib import Path

import numpy as np
import pytest
from made import figure, made, same

from jena_rnn.base.errors import NothingToResumeError
from jena_rnn.forecast.record import EpochRecord
from jena_rnn.runs import snapshots
from jena_rnn.runs.snapshots import DIGEST, MAGIC, SnapshotStore, decode, encode

HEAD = len(MAGIC) + DIGEST + 1


def _damaged(data: bytes, rng: random.Random) -> bytes:
    """Return the bytes with one bit flipped, or cut, or longer than they were."""
    way, at = rng.random(), rng.randrange(len(data))
    if way < 0.6:
        return data[:at] + bytes([data[at] ^ 1 << rng.randrange(8)]) + data[at + 1 :]
    if way < 0.9:
        return data[:at]
    return data + rng.randbytes(rng.randrange(1, 100))


def _undetected(folder: Path, tries: int) -> int:
    """Return how many damaged snapshots loaded as anything but the one before."""
    store, rng = SnapshotStore(folder, EpochRecord), random.Random(3)
    store.save(made(1, 20))
    store.save(made(2, 20))
    path, undetected = folder / "epoch-000002.snapshot", 0
    data = path.read_bytes()
    for _ in range(tries):
        path.write_bytes(_damaged(data, rng))
        notices: list[str] = []
        found = store.newest(notices.append)
        told = len(notices) == 1 and notices[0].startswith(f"{path}: damaged: ")
        undetected += not (told and same(found, made(1, 20)))
    return undetected


def _sealed(payload: bytes) -> bytes:
    """Return the payload under a checksum that fits, as a hostile hand would write it."""
    return MAGIC + hashlib.sha256(payload).hexdigest().encode() + b"\n" + payload


def _npz(about: bytes | None = None, **arrays: np.ndarray) -> bytes:
    body = io.BytesIO()
    texts = {} if about is None else {"about.json": np.frombuffer(about, np.uint8)}
    np.savez(body, **texts, **arrays)
    return body.getvalue()


def test_no_flipped_bit_and_no_cut_goes_undetected(tmp_path: Path) -> None:
    assert _undetected(tmp_path, figure(1000, 100_000)) == 0


def test_without_the_checksum_flipped_bits_do_pass(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshots, "decode", lambda data, form: decode(_sealed(data[HEAD:]), form))
    monkeypatch.setattr(zipfile.ZipExtFile, "_update_crc", lambda file, data: None)  # nor that of zip
    assert _undetected(tmp_path, 300) > 20


HOSTILE = {
    "no zip": b"x" * 100,
    "empty": b"",
    "pickle": b"\x80\x04N.",
    "objects": _npz(w=np.array([{}])),
    "nothing about it": _npz(w=np.ones(3)),
    "a list": _npz(about=b"[]"),
    "deep JSON": _npz(about=b"[" * 100_000),
    "control characters": _npz(about=b'{"history": [{"epoch": "\\u001b[2J"}]}'),
    "history too short": _npz(about=b'{"epoch": 3, "history": []}'),
    "NaN": _npz(
        about=b'{"epoch": 1, "history": [{"epoch": 1, "loss": NaN, "val_mae": 1, "learning_rate": 1, "seconds": 1}]}'
    ),
}


@pytest.mark.parametrize("payload", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_snapshot_with_a_fitting_checksum_is_damaged_and_nothing_is_unpickled(
    tmp_path: Path, payload: bytes
) -> None:
    (tmp_path / "epoch-000001.snapshot").write_bytes(_sealed(payload))
    notices: list[str] = []
    with pytest.raises(NothingToResumeError, match="no sound snapshot to resume from"):
        SnapshotStore(tmp_path, EpochRecord).newest(notices.append)
    (notice,) = notices
    assert "epoch-000001.snapshot: damaged: not what was written: " in notice
    assert notice.isprintable()


def test_a_sound_payload_with_a_fitting_checksum_loads() -> None:
    assert same(decode(_sealed(encode(made(1, 20))[HEAD:]), EpochRecord), made(1, 20))

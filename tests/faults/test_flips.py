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
    store, rng = SnapshotStore(folder), random.Random(3)
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


def _zipped(*members: tuple[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", compression) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return body.getvalue()


def _array(header: str, data: bytes = b"") -> bytes:
    text = header.encode() + b"\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + data


def _about(text: bytes) -> bytes:
    file = io.BytesIO()
    np.save(file, np.frombuffer(text, np.uint8))
    return file.getvalue()


def test_no_flipped_bit_and_no_cut_goes_undetected(tmp_path: Path) -> None:
    assert _undetected(tmp_path, figure(1000, 100_000)) == 0


def test_without_the_checksum_flipped_bits_do_pass(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshots, "decode", lambda data: decode(_sealed(data[HEAD:])))
    monkeypatch.setattr(zipfile.ZipExtFile, "_update_crc", lambda file, data: None)  # nor that of zip
    assert _undetected(tmp_path, 300) > 20


def test_a_fitting_checksum_over_any_bytes_gives_a_snapshot_or_is_called_damaged() -> None:
    rng, payload, loaded = random.Random(4), encode(made(2, 20))[HEAD:], 0
    for _ in range(figure(1000, 100_000)):
        try:
            decode(_sealed(_damaged(payload, rng)))
            loaded += 1
        except ValueError as error:
            assert str(error).startswith("not what was written: ")
            assert str(error).isprintable()
    assert loaded < figure(1000, 100_000)


SOUND = encode(made(1, 20))[HEAD:]
HOSTILE = {
    "no zip": b"x" * 100,
    "empty": b"",
    "pickle": b"\x80\x04N.",
    "bare array": _about(b"{}"),
    "huge array": _zipped(("w.npy", _array("{'descr': '<f8', 'fortran_order': False, 'shape': (10000000000000,)}"))),
    "negative shape": _zipped(("w.npy", _array("{'descr': '<f8', 'fortran_order': False, 'shape': (-1,)}"))),
    "objects": _zipped(("w.npy", _array("{'descr': '|O', 'fortran_order': False, 'shape': (1,)}", b"N."))),
    "code for a header": _zipped(("w.npy", _array("__import__('os').abort()"))),
    "deep header": _zipped(("w.npy", _array("[" * 9000))),
    "no array": _zipped(("w.npy", b"not an array"), ("about.json.npy", _about(b"{}"))),
    "compressed": _zipped(("w.npy", bytes(10**6)), compression=zipfile.ZIP_DEFLATED),
    "nothing about it": _zipped(("w.npy", _about(b"1"))),
    "deep JSON": _zipped(("about.json.npy", _about(b"[" * 100_000))),
    "a list": _zipped(("about.json.npy", _about(b"[]"))),
    "control characters": _zipped(("about.json.npy", _about(b'{"history": [{"epoch": "\\u001b[2J"}]}'))),
    "history too short": _zipped(("about.json.npy", _about(b'{"epoch": 3, "history": []}'))),
    "NaN": _zipped(
        (
            "about.json.npy",
            _about(
                b'{"epoch": 1, "history": [{"epoch": 1, "loss": NaN, "val_mae": 1, "learning_rate": 1, "seconds": 1}]}'
            ),
        )
    ),
}


@pytest.mark.parametrize("payload", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_snapshot_is_damaged_and_nothing_else(tmp_path: Path, payload: bytes) -> None:
    (tmp_path / "epoch-000001.snapshot").write_bytes(_sealed(payload))
    notices: list[str] = []
    with pytest.raises(NothingToResumeError, match="no whole snapshot to go on from"):
        SnapshotStore(tmp_path).newest(notices.append)
    (notice,) = notices
    assert "epoch-000001.snapshot: damaged: not what was written: " in notice
    assert notice.isprintable()


def test_what_the_hostile_ones_are_made_from_does_load() -> None:
    assert same(decode(_sealed(SOUND)), made(1, 20))

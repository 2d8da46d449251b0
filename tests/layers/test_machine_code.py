"""Machine code that is kept: found again, made anew where it is damaged, done without where it cannot be kept."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numba
import pytest

from jena_rnn.layers.machine_code import compiled, kept


def _twice(x: float) -> float:
    return 2 * x


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(numba.config, "CACHE_DIR", "")
    return tmp_path


def _hits() -> int:
    """Call the function as a new process would, and return how much was found kept."""
    function: Any = kept(compiled(_twice))
    assert function(2.0) == 4
    return sum(function.stats.cache_hits.values())


def test_what_was_compiled_once_is_found_again(folder: Path) -> None:
    assert [_hits(), _hits()] == [0, 1]
    assert {path.suffix for path in folder.rglob("*") if path.is_file()} == {".nbi", ".nbc"}


@pytest.mark.parametrize("kind", ["*.nbi", "*.nbc"])
@pytest.mark.parametrize("rubbish", [b"", b"rubbish", bytes(range(256)) * 9])
def test_what_is_damaged_is_made_anew(folder: Path, kind: str, rubbish: bytes) -> None:
    _hits()
    (path,) = folder.rglob(kind)
    path.write_bytes(rubbish)
    assert [_hits(), _hits()] == [0, 1]


def test_without_a_folder_nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/proc/none")
    assert [_hits(), _hits()] == [0, 0]


def test_where_the_folder_cannot_be_written_no_other_one_is_taken(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused: list[Path] = []

    def ensure_cache_path(locator: Any) -> None:
        refused.append(Path(locator.get_cache_path()))
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("numba.core.caching.UserProvidedCacheLocator.ensure_cache_path", ensure_cache_path)
    assert [_hits(), _hits()] == [0, 0]
    assert all(path.is_relative_to(folder / "jena-rnn") for path in refused)
    assert refused


def test_a_full_disk_costs_time_only(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("numba.core.caching.IndexDataCacheFile.save", full)
    assert [_hits(), _hits()] == [0, 0]


BITS = """
import hashlib
import numpy as np
from jena_rnn.layers import cells
from jena_rnn.layers.sweep import Sweep

rng, digest = np.random.default_rng(0), hashlib.sha256()
for cell, blocks in ((cells.GRU, 3), (cells.LSTM, 4), (cells.SIMPLE, 1)):
    sweep = Sweep(cell, 8)
    shapes = (5, blocks * 8), (8, blocks * 8), (cell.gates * 8,)
    weights = [(0.3 * rng.standard_normal(shape)).astype(np.float32) for shape in shapes]
    states, tape = sweep.forward(rng.standard_normal((40, 12, 5)).astype(np.float32), *weights, keep=True)
    found = sweep.backward(tape, np.ones_like(states))
    for array in (states, found.inputs, found.kernel, found.recurrent, found.bias):
        digest.update(array.tobytes())
print(digest.hexdigest())
"""


def _bits(cache: Path) -> str:
    """Return a digest of what the layers compute in a process of its own."""
    surroundings = os.environ | {"XDG_CACHE_HOME": str(cache)}
    done = subprocess.run([sys.executable, "-c", BITS], capture_output=True, text=True, check=True, env=surroundings)
    return done.stdout


def test_what_is_compiled_and_what_is_found_compute_the_same_bits(tmp_path: Path) -> None:
    first = _bits(tmp_path)
    assert list(tmp_path.rglob("*.nbc"))
    assert _bits(tmp_path) == first

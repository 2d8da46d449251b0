"""Machine code that is kept: found again, made anew where it is damaged, done without where it cannot be kept."""

from pathlib import Path
from typing import Any

import numba
import pytest

from jena_rnn.machine_code import compiled, kept


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


def test_a_full_disk_costs_time_only(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("numba.core.caching.IndexDataCacheFile.save", full)
    assert [_hits(), _hits()] == [0, 0]

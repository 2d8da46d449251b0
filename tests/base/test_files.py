"""Files appear whole or not at all, whichever system call fails."""

import errno
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from jena_rnn.base import files
from jena_rnn.base.errors import BusyError, FileError
from jena_rnn.base.files import atomic, make_folder, read_bytes, remove_parts


class FailingOs:
    """The `os` module, but from the n-th call of those that touch the disk on, they fail."""

    CALLS = ("open", "write", "fsync", "replace")

    def __init__(self, number: int, code: int, *, lasting: bool) -> None:
        self.left, self.code, self.lasting = number, code, lasting

    def __getattr__(self, name: str) -> Any:
        real = getattr(os, name)
        if name not in self.CALLS:
            return real

        def call(*arguments: Any, **options: Any) -> Any:
            self.left -= 1
            if self.left == 0 or (self.lasting and self.left < 0):
                raise OSError(self.code, os.strerror(self.code))
            return real(*arguments, **options)

        return call


def _write(path: Path, text: bytes) -> None:
    with atomic(path) as file:
        file.write(text)


@pytest.mark.parametrize("code", [errno.EINVAL, errno.ENOTSUP])
def test_a_file_system_that_syncs_no_folders_is_written_to_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    real, path = os.fsync, tmp_path / "metrics.json"

    def refuse(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(code, os.strerror(code))
        real(descriptor)

    monkeypatch.setattr(os, "fsync", refuse)
    _write(path, b"new")
    assert path.read_bytes() == b"new"


@pytest.mark.parametrize("lasting", [False, True])
@pytest.mark.parametrize("code", [errno.EIO, errno.ENOSPC, errno.EACCES, errno.EROFS])
def test_whichever_call_fails_the_file_is_old_or_new_and_nothing_else_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, lasting: bool
) -> None:
    path = tmp_path / "metrics.json"
    _write(path, b"old")
    failed = 0
    for number in range(1, 10):
        with monkeypatch.context() as patch:
            patch.setattr(files, "os", FailingOs(number, code, lasting=lasting))
            try:
                _write(path, b"new")
            except FileError as error:
                failed += 1
                assert str(error) == f"{path}: cannot be written: {os.strerror(code)}"
                assert error.exit_code == 4
        assert path.read_bytes() in {b"old", b"new"}
        assert list(tmp_path.iterdir()) == [path]
        _write(path, b"old")
    # open, write, fsync, replace, and open and fsync of the folder; the first open, of leftovers, may fail alone
    assert failed == 6 + lasting


def test_of_two_writers_of_a_file_the_second_is_refused_and_spoils_nothing(tmp_path: Path) -> None:
    path = tmp_path / "figure.png"
    with atomic(path) as file:
        file.write(b"first")
        with pytest.raises(BusyError, match=r"figure\.png: another process is writing it"), atomic(path):
            pytest.fail("written by two")
    assert path.read_bytes() == b"first"
    assert list(tmp_path.iterdir()) == [path]


def test_many_writers_of_a_file_leave_whole_ones_and_each_is_told_that_it_was_not_alone(tmp_path: Path) -> None:
    program = """
import sys
from pathlib import Path
from jena_rnn.base.errors import BusyError
from jena_rnn.base.files import atomic

path, said, written = Path(sys.argv[1]), sys.argv[2].encode(), 0
while written < 50:
    try:
        with atomic(path) as file:
            for _ in range(10):
                file.write(1000 * said)
        written += 1
    except BusyError:
        pass
    found = path.read_bytes() if path.exists() else b""
    assert len(found) in {0, 10_000} and len(set(found)) <= 1
"""
    path = tmp_path / "figure.png"
    writers = [subprocess.Popen([sys.executable, "-c", program, str(path), said]) for said in "abc"]
    assert [writer.wait() for writer in writers] == [0, 0, 0]
    assert list(tmp_path.iterdir()) == [path]


def test_a_writer_whose_file_was_cleared_away_before_it_was_claimed_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "figure.png"
    claim = files.claim

    def cleared(descriptor: int, what: Path) -> None:
        (tmp_path / ".figure.png.part").unlink()
        (tmp_path / ".figure.png.part").write_bytes(b"another's")
        claim(descriptor, what)

    monkeypatch.setattr(files, "claim", cleared)
    with pytest.raises(BusyError), atomic(path):
        pytest.fail("written by two")
    assert [each.read_bytes() for each in tmp_path.iterdir()] == [b"another's"]


def test_a_new_file_replaces_none_that_came_meanwhile(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"

    def late() -> None:
        with atomic(path, new=True) as file:
            file.write(b"forecasts")
            path.write_bytes(b"precious")

    with pytest.raises(FileError, match=r"p\.csv: exists already; --force replaces it"):
        late()
    assert path.read_bytes() == b"precious"
    assert list(tmp_path.iterdir()) == [path]


def test_only_weights_may_be_of_any_size(tmp_path: Path) -> None:
    path = tmp_path / "large"
    path.write_bytes(bytes(3 << 20))
    assert len(read_bytes(path, largest=None)) == 3 << 20
    with pytest.raises(OSError, match="Larger than the 2 MiB that are read at once"):
        read_bytes(path, largest=2 << 20)


def test_a_link_is_replaced_not_written_through(tmp_path: Path) -> None:
    other, path = tmp_path / "other", tmp_path / "link"
    other.write_bytes(b"other")
    path.symlink_to(other)
    _write(path, b"new")
    assert (other.read_bytes(), path.read_bytes(), path.is_symlink()) == (b"other", b"new", False)


def test_a_link_is_not_read_through(tmp_path: Path) -> None:
    (tmp_path / "other").write_bytes(b"other")
    (tmp_path / "link").symlink_to(tmp_path / "other")
    with pytest.raises(OSError, match="symbolic links"):
        read_bytes(tmp_path / "link")


def test_what_breaks_off_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "metrics.json"
    _write(path, b"old")

    def half() -> None:
        with atomic(path) as file:
            file.write(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        half()
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_parts_of_a_killed_process_are_removed_and_do_not_hinder(tmp_path: Path) -> None:
    part = tmp_path / ".metrics.json.part"
    part.write_bytes(b"half")
    _write(tmp_path / "metrics.json", b"new")
    assert not part.exists()
    part.write_bytes(b"half")
    remove_parts(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["metrics.json"]


def test_a_file_in_the_way_of_a_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("a file")
    with pytest.raises(FileError, match="runs/plots: cannot be made"):
        make_folder(tmp_path / "runs" / "plots")

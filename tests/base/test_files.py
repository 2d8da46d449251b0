"""Files appear whole or not at all, whichever system call fails; locks have one holder."""

import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jena_rnn.base import files
from jena_rnn.base.errors import BusyError, FileError
from jena_rnn.base.files import PART, atomic, locked, make_folder, read_bytes, remove, remove_parts, replacing


class FailingOs:
    """The `os` module, whose n-th call that touches the disk fails, and all later ones if `lasting`."""

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
    assert failed == 7, "open, write, open, fsync, replace; open and fsync of the folder"


def test_a_system_that_writes_less_than_asked_is_asked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: real(descriptor, data[:3]))
    _write(tmp_path / "text", b"written in pieces")
    assert (tmp_path / "text").read_bytes() == b"written in pieces"


@pytest.mark.parametrize("code", [errno.EINVAL, errno.ENOTSUP])
def test_a_file_system_that_cannot_sync_folders_is_written_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    real = os.fsync

    def refuse(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(code, os.strerror(code))
        real(descriptor)

    monkeypatch.setattr(os, "fsync", refuse)
    _write(tmp_path / "metrics.json", b"new")
    assert (tmp_path / "metrics.json").read_bytes() == b"new"


def test_of_two_writers_of_a_file_both_write_it_whole(tmp_path: Path) -> None:
    path = tmp_path / "figure.png"
    with replacing(path) as first, replacing(path) as second:
        first.write_bytes(b"first")
        second.write_bytes(b"second")
    assert path.read_bytes() == b"first"
    assert list(tmp_path.iterdir()) == [path]


def test_a_new_file_replaces_none_that_was_created_meanwhile(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"

    def late() -> None:
        with atomic(path, new=True) as file:
            file.write(b"forecasts")
            path.write_bytes(b"precious")

    with pytest.raises(FileError, match=r"p\.csv: exists already; --force replaces it"):
        late()
    assert path.read_bytes() == b"precious"
    assert list(tmp_path.iterdir()) == [path]


def test_an_interrupted_write_leaves_the_old_file(tmp_path: Path) -> None:
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


def test_a_symbolic_link_is_replaced_and_never_read_or_written_through(tmp_path: Path) -> None:
    other, path = tmp_path / "other", tmp_path / "link"
    other.write_bytes(b"other")
    path.symlink_to(other)
    with pytest.raises(OSError, match="symbolic links"):
        read_bytes(path)
    _write(path, b"new")
    assert (other.read_bytes(), path.read_bytes(), path.is_symlink()) == (b"other", b"new", False)


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="Not a regular file"):
        read_bytes(tmp_path / "pipe")


def test_temporary_files_of_a_killed_process_are_removed(tmp_path: Path) -> None:
    (tmp_path / f"{PART}0a1b2c3d-metrics.json").write_bytes(b"half")
    (tmp_path / "notes.txt").touch()
    remove_parts(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


@pytest.mark.parametrize(
    ("action", "message"),
    [
        (lambda folder: make_folder(folder / "file" / "plots"), "file/plots: cannot be created: Not a directory"),
        (lambda folder: files.names(folder / "gone"), "gone: cannot be listed: No such file"),
        (remove, "cannot be removed: Is a directory"),
    ],
)
def test_what_the_system_refuses_is_a_file_error_with_the_path(
    tmp_path: Path, action: Callable[[Path], object], message: str
) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(FileError, match=message):
        action(tmp_path)
    remove(tmp_path / "gone")


def test_a_lock_has_one_holder_and_is_free_afterwards(tmp_path: Path) -> None:
    path = tmp_path / ".lock"
    with locked(path), pytest.raises(BusyError, match="another process is writing it"), locked(path):
        pass
    with locked(path):
        pass


def test_a_lock_that_cannot_be_opened_is_a_file_error(tmp_path: Path) -> None:
    (tmp_path / ".lock").mkdir()
    with pytest.raises(FileError, match=r"\.lock: cannot be locked: "), locked(tmp_path / ".lock"):
        pass

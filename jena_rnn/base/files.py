"""Files that appear whole or not at all, read without following links. The only module that writes to disk.

Every system call goes through this module's `os`, so that tests can make the n-th one fail.

    with atomic(path) as file: file.write(b"...")
    read_bytes(path)
"""

import errno
import io
import os
import shutil
import stat
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from jena_rnn.base.errors import FileError
from jena_rnn.base.locks import NO_LINKS, busy, claim, is_at
from jena_rnn.base.messages import one_line, reason

PART = ".part"
WORKSHOP = ".workshop-"
QUICKER = 20
"""How often other processes may come first and be done before what is in the way is taken for something else."""
LARGEST = 1 << 30
"""Bytes of a file that are read at once, but of weights, which are as many as the config asks for."""
DRAWN = (".png", ".pdf", ".svg")
"""How the name of a figure ends."""


@contextmanager
def atomic(path: Path, *, new: bool = False) -> Iterator[IO[bytes]]:
    """Open `path` for writing so that at the end of the block it is replaced, on disk for good, or not touched.

    Written under a temporary name beside it, synced, renamed; then the folder is synced. Raises BusyError if another
    process writes the same file, FileError naming the path where the file system refuses (full, read-only, no
    permission, a failing disk), and if `path` is to be `new` and something is there at the end.
    """
    temporary = path.with_name(f".{path.name}{PART}")
    try:
        descriptor = _created(temporary, path)
        try:
            claim(descriptor, path)
            if not is_at(temporary, descriptor):
                raise busy(path)
            try:
                with io.BufferedWriter(_Descriptor(descriptor)) as file:
                    yield file
                os.fsync(descriptor)
                if new and os.path.lexists(path):
                    raise already_there(path)
                os.replace(temporary, path)
                _sync_folder(path.parent)
            except BaseException:
                _unlink(temporary)
                raise
        finally:
            os.close(descriptor)  # the claim with it
    except OSError as error:
        raise FileError(f"{path}: cannot be written: {reason(error)}") from None


def already_there(path: Path) -> FileError:
    """Return what is raised where something stands in the place of a new file."""
    return FileError(f"{path}: exists already; --force replaces it")


def _created(temporary: Path, path: Path) -> int:
    """Return a new file, open for writing, in place of what a killed process left; raises as `_clear_away` does."""
    how = os.O_WRONLY | os.O_CREAT | os.O_EXCL | NO_LINKS
    for _ in range(QUICKER):
        _clear_away(temporary, path)
        with suppress(FileExistsError):  # of another process that was quicker, which is told next time, or done by then
            return os.open(temporary, how, 0o666)
    _clear_away(temporary, path)
    return os.open(temporary, how, 0o666)


def _clear_away(temporary: Path, path: Path) -> None:
    """Remove a temporary file that a killed process left; raises BusyError if its process lives."""
    try:
        descriptor = os.open(temporary, os.O_RDONLY | os.O_NONBLOCK | NO_LINKS)
    except FileNotFoundError:
        return
    except OSError:  # a link, or one that may not be read
        _unlink(temporary)
        return
    try:
        claim(descriptor, path)
        if not is_at(temporary, descriptor):  # another process was quicker, and may be writing by now
            raise busy(path)
        _unlink(temporary)
    finally:
        os.close(descriptor)


class _Descriptor(io.RawIOBase):
    """A file that writes through `os.write` and leaves closing to its owner."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._at = 0

    def writable(self) -> bool:
        """Say yes."""
        return True

    def write(self, data: Any) -> int:
        """Write what the system takes."""
        written = os.write(self._descriptor, data)
        self._at += written
        return written

    def tell(self) -> int:
        """Return how much was written."""
        return self._at


def _unlink(path: Path) -> None:
    try:
        os.unlink(path)
    except FileNotFoundError:
        pass
    except OSError as error:  # what cannot be removed is told when it is in the way
        if error.errno not in {errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOTDIR, errno.EIO, errno.ENOSPC}:
            raise


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0))
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in {errno.EINVAL, errno.ENOTSUP}:  # of file systems that sync no folders
            raise
    finally:
        os.close(descriptor)


def read_bytes(path: Path, largest: int | None = LARGEST) -> bytes:
    """Return a file's bytes, `largest` at most; raises OSError as the system does, of EFBIG for one that is too large.

    A link, or a pipe that would block, is refused.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | NO_LINKS)
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise OSError(errno.EINVAL, "Not a regular file")
        if largest is not None and found.st_size > largest:
            raise OSError(errno.EFBIG, f"Larger than the {largest >> 20:,} MiB that are read at once")
        if found.st_size > os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"):
            raise OSError(errno.EFBIG, "Larger than this machine's memory")
        with open(descriptor, "rb", closefd=False) as file:
            return file.read()
    finally:
        os.close(descriptor)


def make_folder(path: Path) -> None:
    """Make a folder and its parents; raises FileError if it cannot be made."""
    try:
        os.makedirs(path, exist_ok=True)
    except OSError as error:
        raise FileError(f"{path}: cannot be made: {reason(error)}") from None


def refuse_link(folder: Path) -> None:
    """Raise FileError if a folder to be written into is a symbolic link, also one that came while we worked."""
    try:
        linked = folder.is_symlink()
    except OSError as error:
        raise FileError(f"{folder}: cannot be written: {reason(error)}") from None
    if linked:
        raise FileError(f"{folder}: a symbolic link, which is not followed")


def remove_empty(folder: Path) -> None:
    """Remove a folder in which nothing is; leave any other, and what cannot be removed."""
    with suppress(OSError):
        os.rmdir(folder)


def names(folder: Path) -> list[str]:
    """Return the names of what is in a folder; raises FileError if it cannot be listed."""
    try:
        return sorted(os.listdir(folder))
    except OSError as error:
        raise FileError(f"{folder}: cannot be listed: {reason(error)}") from None


def require_writable(folder: Path) -> None:
    """Raise FileError unless files can be made in `folder`."""
    try:
        with tempfile.TemporaryFile(prefix=".", suffix=PART, dir=folder):
            pass
    except OSError as error:
        raise FileError(f"{one_line(str(folder))}: cannot be written: {reason(error)}") from None


def remove(path: Path) -> None:
    """Remove a file if there is one; raises FileError if it cannot be removed."""
    try:
        os.unlink(path)
    except FileNotFoundError:
        pass
    except IsADirectoryError:
        raise _in_the_way(path) from None
    except OSError as error:
        raise FileError(f"{one_line(str(path))}: cannot be removed: {reason(error)}") from None


def refuse_folder(path: Path) -> None:
    """Raise FileError if a folder stands in the place of a file that is to be written; a link is replaced."""
    if path.is_dir() and not path.is_symlink():
        raise _in_the_way(path)


def _in_the_way(path: Path) -> FileError:
    return FileError(f"{one_line(str(path))}: expected a file; move what is there out of the way")


def remove_parts(folder: Path) -> None:
    """Remove temporary files and workshops that a killed process left in `folder`; only the holder of its lock may.

    Raises FileError if one cannot be removed.
    """
    for name in names(folder):
        if name.startswith(WORKSHOP) and name.endswith(PART):
            with suppress(OSError):  # what does not go is in the way of nothing
                shutil.rmtree(folder / name)
        elif name.startswith(".") and name.endswith(PART):
            remove(folder / name)


@contextmanager
def workshop(folder: Path) -> Iterator[Path]:
    """Give a folder in `folder` for what a library makes before it is taken over, its temporary files included.

    It is gone afterwards, or as soon as it can be. Raises OSError as the system does.
    """
    place = tempfile.mkdtemp(PART, WORKSHOP, folder)
    before, tempfile.tempdir = tempfile.tempdir, place
    try:
        yield Path(place)
    finally:
        tempfile.tempdir = before
        with suppress(OSError):
            shutil.rmtree(place)


def save_figure(path: Path, figure: Any, *, new: bool = False) -> None:
    """Save a matplotlib figure as its path's ending says, one of DRAWN; raises as `atomic` does."""
    with atomic(path, new=new) as file, warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing from", UserWarning)  # drawn as a box
        figure.savefig(file, format=path.suffix.lower()[1:], dpi=120)

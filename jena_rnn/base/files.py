"""Files that appear whole or not at all. The only module that writes files of a run.

Every system call goes through this module's `os`, so that tests can make the n-th one fail.

    with atomic(path) as file: file.write(b"...")
    read_bytes(path)
"""

import errno
import io
import os
import secrets
import stat
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from filelock import FileLock, Timeout

from jena_rnn.base.errors import BusyError, FileError
from jena_rnn.base.messages import reason

PART = ".part-"
"""How the name of a temporary file begins."""
FIGURES = (".png", ".pdf", ".svg")
"""Endings of the figure formats that can be written."""


@contextmanager
def atomic(path: Path, *, new: bool = False) -> Iterator[IO[bytes]]:
    """Collect what the block writes, and put it at `path` when the block ends; raises as `replacing` does."""
    content = io.BytesIO()
    yield content
    with replacing(path, new=new) as temporary:
        _write(temporary, content.getbuffer())


@contextmanager
def replacing(path: Path, *, new: bool = False) -> Iterator[Path]:
    """Yield a temporary path in the folder of `path`; when the block ends, the file there takes the place of `path`.

    The file and its folder are synced to disk. Raises FileError naming `path` if the file system refuses, or if
    `new` and `path` exists; `path` then stays as it was.
    """
    temporary = path.with_name(f"{PART}{secrets.token_hex(4)}-{path.name}")
    try:
        try:
            yield temporary
            _sync(temporary)
            if new and os.path.lexists(path):
                raise already_there(path)
            os.replace(temporary, path)
            _sync_folder(path.parent)
        except BaseException:
            with suppress(OSError):
                os.unlink(temporary)
            raise
    except OSError as error:
        raise FileError(f"{path}: cannot be written: {reason(error)}") from None


def already_there(path: Path) -> FileError:
    """Return the error for a new file whose name is taken."""
    return FileError(f"{path}: exists already; --force replaces it")


def _write(path: Path, content: memoryview) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        while content:
            content = content[os.write(descriptor, content) :]
    finally:
        os.close(descriptor)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sync_folder(folder: Path) -> None:
    try:
        _sync(folder)
    except OSError as error:
        if error.errno not in {errno.EINVAL, errno.ENOTSUP}:  # some network file systems cannot sync folders
            raise


def read_bytes(path: Path) -> bytes:
    """Return the content of a regular file; raises OSError, also for a symbolic link and for a pipe."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "Not a regular file")
        with open(descriptor, "rb", closefd=False) as file:
            return file.read()
    finally:
        os.close(descriptor)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock file `path`, which is created if missing; raises BusyError at once if another process holds it.

    The system releases the lock when the process ends, however it ends.
    """
    lock = FileLock(path, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise BusyError(f"{path.parent}: another process is writing it") from None
    except OSError as error:
        raise FileError(f"{path}: cannot be locked: {reason(error)}") from None
    try:
        yield
    finally:
        lock.release()


def make_folder(path: Path) -> None:
    """Create a folder and its parents; raises FileError."""
    try:
        os.makedirs(path, exist_ok=True)
    except OSError as error:
        raise FileError(f"{path}: cannot be created: {reason(error)}") from None


def refuse_link(folder: Path) -> None:
    """Raise FileError if a folder to be written into is a symbolic link."""
    if folder.is_symlink():
        raise FileError(f"{folder}: a symbolic link is not followed")


def remove_empty(folder: Path) -> None:
    """Remove a folder if it is empty."""
    with suppress(OSError):
        os.rmdir(folder)


def names(folder: Path) -> list[str]:
    """Return the sorted names in a folder; raises FileError if it cannot be listed."""
    try:
        return sorted(os.listdir(folder))
    except OSError as error:
        raise FileError(f"{folder}: cannot be listed: {reason(error)}") from None


def remove(path: Path) -> None:
    """Remove a file if there is one; raises FileError."""
    try:
        os.unlink(path)
    except FileNotFoundError:
        pass
    except OSError as error:
        raise FileError(f"{path}: cannot be removed: {reason(error)}") from None


def remove_parts(folder: Path) -> None:
    """Remove temporary files that a killed process left in `folder`; raises FileError.

    Only the holder of the run's lock may call this.
    """
    for name in names(folder):
        if name.startswith(PART):
            remove(folder / name)


def save_figure(path: Path, figure: Any, *, new: bool = False) -> None:
    """Save a matplotlib figure in the format that the ending of `path` names; raises as `replacing` does."""
    with atomic(path, new=new) as file, warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing from", UserWarning)  # matplotlib draws a box
        figure.savefig(file, format=path.suffix.lower()[1:], dpi=120)

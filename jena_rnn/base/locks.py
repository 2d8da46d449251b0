"""Locks that end with their process, however that ends (the system's flock).

with locked(folder / ".lock"): ...  # BusyError at once, if another process holds it
claim(descriptor, path)             # held for as long as the file is open
"""

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from jena_rnn.base.errors import BusyError, FileError
from jena_rnn.base.messages import reason

NO_LINKS = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
"""How files are opened: never through a link, and not for a process that is started."""


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold an exclusive lock on `path`, made if need be; raises BusyError at once if another process holds it.

    The lock is the system's (flock): it ends with the process, however that ends.
    """
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | NO_LINKS, 0o666)
    except OSError as error:
        raise FileError(f"{path}: cannot be opened: {reason(error)}") from None
    try:
        try:
            free = _flock(descriptor)
        except OSError as error:
            raise FileError(f"{path}: cannot be locked: {reason(error)}") from None
        if not free:
            raise busy(path.parent)
        yield
    finally:
        with suppress(OSError):  # nothing was written to it, and the lock is gone either way
            os.close(descriptor)


def claim(descriptor: int, path: Path) -> None:
    """Lock an open file for as long as it is open; raises BusyError naming `path` if another process has.

    Where the system has no locks, nothing can be told.
    """
    with suppress(OSError):
        if not _flock(descriptor):
            raise busy(path)


def _flock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in {errno.EAGAIN, errno.EACCES}:
            return False
        raise
    return True


def busy(path: Path) -> BusyError:
    """Return what is raised where another process writes at `path`."""
    return BusyError(f"{path}: another process is writing it")


def is_at(path: Path, descriptor: int) -> bool:
    """Return whether an open file is the one at `path`, which another process may have cleared away."""
    try:
        return os.path.samestat(os.lstat(path), os.fstat(descriptor))
    except FileNotFoundError:
        return False

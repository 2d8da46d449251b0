"""Checks of the paths that a user names, made before any work is done.

refuse_existing(Path("two.png"), force=False)
read_given(Path("review.txt"))
"""

import os
import shutil
from pathlib import Path

from jena_rnn.base.errors import FileError
from jena_rnn.base.files import already_there, read_bytes
from jena_rnn.base.messages import reason


def read_given(path: Path) -> bytes:
    """Return the content of a file that a user names, following links; raises FileError."""
    try:
        return read_bytes(path.resolve())
    except OSError as error:
        raise FileError(f"{path}: cannot be read: {reason(error)}") from None


def absent(path: Path, missing: str = "no such file") -> str:
    """Return the words for a missing path: `missing`, or that it is a broken link."""
    return "a symbolic link that leads nowhere" if path.is_symlink() else missing


def refuse_existing(path: Path, *, force: bool) -> None:
    """Raise FileError if something is at `path`, unless `force`; a folder, pipe or device is always refused."""
    if path.exists() and not path.is_file():
        raise FileError(f"{path}: a folder, pipe or device is not replaced; expected a file or a new name")
    if os.path.lexists(path) and not force:
        raise already_there(path)


def refuse_source(path: Path, source: Path) -> None:
    """Raise FileError if `path` is the data file `source`, or lies in the data folder `source`."""
    target, kept = path.resolve(), source.resolve()
    if target == kept or kept in target.parents:
        raise FileError(f"{path}: part of the data and not replaced; expected another name")


def require_space(folder: Path, needed: int) -> None:
    """Raise FileError if the disk of `folder`, which may not exist yet, has fewer than `needed` bytes free."""
    place = next(place for place in (folder, *folder.absolute().parents) if place.is_dir())
    try:
        free = shutil.disk_usage(place).free
    except OSError as error:
        raise FileError(f"{place}: cannot be used: {reason(error)}") from None
    if free < needed:
        raise FileError(f"{place}: {free / 1e6:.1f} MB are free, but this run needs about {needed / 1e6:.1f} MB")

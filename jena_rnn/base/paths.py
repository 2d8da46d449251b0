"""Paths that a user names, looked at before anything is done with them: what is there, what would be replaced.

refuse_existing(Path("two.png"), force=False)
read_given(Path("review.txt"))
"""

import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path

from jena_rnn.base.errors import FileError
from jena_rnn.base.files import already_there, read_bytes
from jena_rnn.base.messages import reason, shortened

FILES = 24
"""What a run makes, folders included, about."""


def read_given(path: Path) -> bytes:
    """Return the bytes of a file that a user names, links followed; raises FileError if it cannot be read."""
    try:
        return read_bytes(Path(os.path.realpath(path)) if path.is_symlink() else path)
    except OSError as error:
        raise FileError(f"{path}: cannot be read: {reason(error)}") from None


def there(path: Path) -> bool:
    """Return whether something is at a path that a user names; raises FileError where the system does not say."""
    return _asked(path, Path.exists)


def is_folder(path: Path) -> bool:
    """Return whether a folder is at such a path; raises FileError likewise."""
    return _asked(path, Path.is_dir)


def is_file(path: Path) -> bool:
    """Return whether a file is at such a path; raises FileError likewise."""
    return _asked(path, Path.is_file)


def absent(path: Path, missing: str = "no such file") -> str:
    """Return what to say of a path at which nothing is: `missing`, or that it is a link to nothing."""
    return "a symbolic link that leads nowhere" if path.is_symlink() else missing


def _asked(path: Path, question: Callable[[Path], bool]) -> bool:
    try:
        os.fsencode(path)
        return question(path)
    except UnicodeEncodeError:
        encoding = sys.getfilesystemencoding()
        raise FileError(
            f"{shortened(str(path))}: holds letters that names of files cannot have in {encoding}"
        ) from None
    except OSError as error:
        raise FileError(f"{shortened(str(path))}: cannot be read: {reason(error)}") from None


def refuse_existing(path: Path, *, force: bool) -> None:
    """Raise FileError if `path` is there, even as a link to nowhere, unless `force`; and if it is no plain file."""
    try:
        found, leads_to = _look(os.lstat, path), _look(os.stat, path)
    except OSError as error:
        raise FileError(f"{path}: cannot be written: {reason(error)}") from None
    if leads_to and not stat.S_ISREG(leads_to.st_mode):
        raise FileError(f"{path}: a folder, pipe or device, which is not replaced; expected a file or a new name")
    if found and not force:
        raise already_there(path)


def refuse_source(path: Path, source: Path) -> None:
    """Raise FileError if writing to `path` would replace `source`, or change a folder that it is, links followed."""
    target, kept = (Path(os.path.realpath(place)) for place in (path, source))
    inside = kept.rglob("*") if there(target) and is_folder(kept) else ()
    if target == kept or kept in target.parents or any(Path(os.path.realpath(file)) == target for file in inside):
        raise FileError(f"{path}: is of the data that is read, and not replaced; expected another name")


def _look(stat_of: Callable[[Path], os.stat_result], path: Path) -> os.stat_result | None:
    try:
        return stat_of(path)
    except FileNotFoundError:
        return None


def require_space(folder: Path, needed: int) -> None:
    """Raise FileError if the disk of `folder`, which may be still to be made, has fewer than `needed` bytes left.

    And so if it has no room for the files of a run, where it counts them.
    """
    try:
        folder = next(place for place in (folder, *folder.absolute().parents) if place.is_dir())
        disk = os.statvfs(folder)
        free = disk.f_frsize * disk.f_bavail
    except OSError as error:
        raise FileError(f"{folder}: cannot be used: {reason(error)}") from None
    if free < needed and disk.f_blocks > 0:  # else it is no disk, as /proc, and what is written tells better
        raise FileError(f"{folder}: {free / 1e6:.1f} MB are free, but this run needs about {needed / 1e6:.1f} MB")
    if disk.f_files > 0 and disk.f_favail < FILES:
        raise FileError(
            f"{folder}: {disk.f_favail} more files have room on this disk, but this run needs about {FILES}"
        )

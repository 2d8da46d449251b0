"""What stands where in a run directory, and the directory as a whole: made ready, taken back, recognised.

with beginning(run.path): ...       # cleared, with its folders; if the block fails, nothing is left of it
discard_results(run.path)           # before a finished run goes on
require_run(Path("runs/gru-20261121T091623Z-s0"))
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from jena_rnn.base.errors import FileError, NothingToResumeError, RunError
from jena_rnn.base.files import names, refuse_folder, remove, remove_empty, require_writable
from jena_rnn.base.messages import reason, shortened

CONFIG, INFO, HISTORY, METRICS = "config.yaml", "run.json", "history.csv", "metrics.json"
REPORT, PREDICTIONS, MODEL, WORDS = "report.md", "predictions.csv", "model.keras", "words.json"
DIVERGED = "diverged.txt"
PLOTS, SNAPSHOT, TENSORBOARD = "plots", "snapshot", "tensorboard"
LOCK = ".lock"
TRACE = "trace"
"""The figure of a run's weights that its end does not draw anew."""
SEALED = (HISTORY, PREDICTIONS)
"""What metrics.json has the checksums of."""
RESULTS = (METRICS, PREDICTIONS, MODEL, REPORT, DIVERGED)
"""What only the end of a training leaves."""
FOLDERS = (PLOTS, SNAPSHOT, TENSORBOARD)
KNOWN = {CONFIG, INFO, HISTORY, WORDS, *RESULTS, *FOLDERS}


def clear(path: Path) -> None:
    """Remove what an earlier run left, but no file of another origin, and make the folders; needs the run's lock.

    Raises FileError where the disk refuses.
    """
    place = path
    try:
        for name in KNOWN:
            place = path / name
            if place.is_dir() and not place.is_symlink():
                shutil.rmtree(place)
            else:
                place.unlink(missing_ok=True)
        for name in (PLOTS, SNAPSHOT):
            place = path / name
            place.mkdir()
    except OSError as error:
        raise FileError(f"{place}: cannot be written: {reason(error)}") from None


@contextmanager
def beginning(path: Path) -> Iterator[None]:
    """Clear the directory for a new run, and take it away again if the block fails or is interrupted."""
    try:
        clear(path)
        yield
    except BaseException:
        with suppress(FileError):
            clear(path)
        take_back(path)
        raise


def take_back(path: Path) -> None:
    """Remove a run's lock, which must be ours, and its folders if nothing is in them."""
    with suppress(FileError):
        remove(path / LOCK)
    for folder in (path / PLOTS, path / SNAPSHOT, path):
        remove_empty(folder)


def discard_results(path: Path) -> None:
    """Remove what the end of a training left, or was drawn of its weights, before it goes on; needs the run's lock.

    Raises FileError, and removes nothing, if a folder is in the place of a file that it writes then, or no file can be
    made in the run.
    """
    folders = [folder for name in (".", *FOLDERS) if (folder := path / name).is_dir()]
    for folder in folders:
        require_writable(folder)
    plots = path / PLOTS
    figures = [plots / name for name in names(plots) if name.endswith(".png")] if plots in folders else []
    results = [*(path / name for name in RESULTS), plots / f"{TRACE}.png"]
    for place in (*results, *(path / name for name in (WORDS, CONFIG, HISTORY, INFO)), *figures):
        refuse_folder(place)
    for place in results:
        remove(place)


def _was_begun(path: Path) -> bool:
    """Return whether a folder without a run's facts is one whose run was ended before its first snapshot."""
    snapshot = path / SNAPSHOT
    return not any(snapshot.iterdir()) if snapshot.is_dir() else (path / LOCK).is_file()


def require_run(path: Path) -> None:
    """Raise RunError if `path` holds no run, or links or files where one has folders.

    NothingToResumeError if its run was ended before it began, FileError if the system does not say what is there.
    """
    try:
        if not path.is_dir():
            raise RunError(f"{path}: no such run directory")
        if not (path / INFO).exists() and _was_begun(path):
            raise NothingToResumeError(f"{path}: was ended before its training began; train it anew")
        if not (path / CONFIG).is_file() or not (path / INFO).is_file():
            raise RunError(f"{path}: not a run directory (no {CONFIG} and {INFO} in it)")
        for folder in FOLDERS:
            if (path / folder).is_symlink():
                raise RunError(f"{path / folder}: a symbolic link, which is not followed")
            if (path / folder).exists() and not (path / folder).is_dir():
                raise RunError(f"{path / folder}: expected a folder; move what is there out of the way")
    except OSError as error:
        raise FileError(f"{shortened(str(error.filename or path))}: cannot be read: {reason(error)}") from None

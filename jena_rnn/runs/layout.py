"""Names in the runs directory, and a run directory as a whole: created, cleared, taken away, recognised.

new_folder(Path("runs"), "gru", seed=0)                 # runs/gru-20261121T091623Z-s0
newest_first(Path("runs"), "gru", seed=0)               # [runs/gru-20261121T091623Z-s0, ...]
with beginning(run.path): ...                           # if the block fails, nothing is left of the run
require_run(Path("runs/gru-20261121T091623Z-s0"))
"""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from jena_rnn.base.errors import FileError, NothingToResumeError, RunError
from jena_rnn.base.files import make_folder, names, refuse_link, remove, remove_empty
from jena_rnn.base.messages import reason

CONFIG, INFO, HISTORY, METRICS = "config.yaml", "run.json", "history.csv", "metrics.json"
REPORT, PREDICTIONS, MODEL, WORDS = "report.md", "predictions.csv", "model.keras", "words.json"
DIVERGED = "diverged.txt"
PLOTS, SNAPSHOT, TENSORBOARD = "plots", "snapshot", "tensorboard"
LOCK = ".lock"
TRACE = "trace"
"""The figure that `show --trace` draws from a run's weights."""
RESULTS = (METRICS, PREDICTIONS, MODEL, REPORT, DIVERGED)
"""Files that only the end of a training writes."""
FOLDERS = (PLOTS, SNAPSHOT, TENSORBOARD)
KNOWN = {CONFIG, INFO, HISTORY, WORDS, *RESULTS, *FOLDERS}


def new_folder(runs: Path, name: str, seed: int, *, force: bool) -> Path:
    """Create `<name>-<UTC stamp>-s<seed>` in `runs` and return its path; raises FileError.

    A name that is taken gets the next free second, unless `force`.
    """
    make_folder(runs)
    moment = datetime.now(UTC)
    while True:
        path = runs / f"{name}-{moment:%Y%m%dT%H%M%SZ}-s{seed}"
        try:
            path.mkdir(exist_ok=force)
        except FileExistsError:
            moment += timedelta(seconds=1)
        except OSError as error:
            raise FileError(f"{path}: cannot be created: {reason(error)}") from None
        else:
            refuse_link(path)
            return path


def newest_first(runs: Path, name: str, seed: int) -> list[Path]:
    """Return the run directories of `name` and `seed` in `runs`, the newest first."""
    named = re.compile(rf"{re.escape(name)}-\d{{8}}T\d{{6}}Z-s{seed}", re.ASCII)
    found = names(runs) if runs.is_dir() else []
    return sorted((runs / each for each in found if named.fullmatch(each)), reverse=True)


@contextmanager
def beginning(path: Path) -> Iterator[None]:
    """Clear the directory for a new run, and remove the run again if the block fails or is interrupted."""
    try:
        clear(path)
        yield
    except BaseException:
        with suppress(FileError):
            clear(path)
        take_back(path)
        raise


def clear(path: Path) -> None:
    """Remove all files of an earlier run, but no others, and create the folders; needs the run's lock.

    Raises FileError.
    """
    try:
        for name in KNOWN:
            place = path / name
            if place.is_dir() and not place.is_symlink():
                shutil.rmtree(place)
            else:
                place.unlink(missing_ok=True)
        for name in (PLOTS, SNAPSHOT):
            (path / name).mkdir()
    except OSError as error:
        raise FileError(f"{error.filename or path}: cannot be written: {reason(error)}") from None


def take_back(path: Path) -> None:
    """Remove a run's lock and its folders, as far as they are empty; needs the run's lock."""
    with suppress(FileError):
        remove(path / LOCK)
    for folder in (path / PLOTS, path / SNAPSHOT, path):
        remove_empty(folder)


def discard_results(path: Path) -> None:
    """Remove what the end of a training wrote, before the training goes on; needs the run's lock. Raises FileError."""
    for place in (*(path / name for name in RESULTS), path / PLOTS / f"{TRACE}.png"):
        remove(place)


def require_run(path: Path) -> None:
    """Raise RunError if `path` is no run directory, or if one of its folders is a link or a file.

    Raises NothingToResumeError if the run stopped before its first snapshot.
    """
    if not path.is_dir():
        raise RunError(f"{path}: no such run directory")
    if not (path / INFO).exists() and _was_begun(path):
        raise NothingToResumeError(f"{path}: stopped before its training began; train it anew")
    if not (path / CONFIG).is_file() or not (path / INFO).is_file():
        raise RunError(f"{path}: not a run directory (no {CONFIG} and {INFO} in it)")
    for folder in (path / name for name in FOLDERS):
        refuse_link(folder)
        if folder.exists() and not folder.is_dir():
            raise RunError(f"{folder}: expected a folder; move the file or link away")


def _was_begun(path: Path) -> bool:
    snapshot = path / SNAPSHOT
    return not any(snapshot.iterdir()) if snapshot.is_dir() else (path / LOCK).is_file()


def refuse_place_of_run(path: Path) -> None:
    """Raise FileError if writing to `path` would replace a file that a run keeps; plots may be replaced."""
    real = path.resolve()
    for folder in real.parents:
        if (folder / INFO).is_file() and real.relative_to(folder).parts[0] in {LOCK, *KNOWN} - {PLOTS}:
            raise FileError(f"{path}: belongs to the run {folder} and is not replaced; expected another name")

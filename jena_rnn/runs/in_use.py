"""Runs that another process is writing, told before anything large is loaded.

refuse_place_of_run(Path("runs/x/notes.csv"))   # before a file is written where a user wants it
"""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from jena_rnn.base.errors import ConfigError, FileError, NothingToResumeError
from jena_rnn.runs.layout import CONFIG, INFO, KNOWN, LOCK, PLOTS
from jena_rnn.runs.naming import newest_first
from jena_rnn.base.paths import is_file, is_folder
from jena_rnn.runs.rundir import RunDir
from jena_rnn.config.experiment import Experiment


def refuse_place_of_run(path: Path, *, drawn: bool = False) -> None:
    """Raise BusyError if a path to be written lies in a run that another process is writing.

    FileError if it is of what any run keeps; what is `drawn` may stand among its plots.
    """
    entered = is_folder(path)  # then a link is followed; one to a file is replaced itself
    real = Path(os.path.realpath(path)) if entered else Path(os.path.realpath(path.parent), path.name)
    kept = KNOWN | {LOCK}
    for folder in (real, *real.parents):
        if not is_file(folder / CONFIG):
            continue
        if is_file(folder / LOCK):
            RunDir(folder).refuse_busy()
        elif not is_file(folder / INFO):  # a copy of a run may lack its lock, and is one by this
            continue
        if {*real.relative_to(folder).parts[:1]} & (kept - {PLOTS} if drawn else kept):
            raise FileError(f"{path}: is of the run {folder}, and not replaced; expected another name")

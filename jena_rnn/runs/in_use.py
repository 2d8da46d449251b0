"""Runs that another process is writing, told before anything large is loaded.

with run_to_go_on(Path("runs"), config): ...    # before it is known which run of this config goes on
refuse_place_of_run(Path("runs/x/notes.csv"))   # before a file is written where a user wants it
"""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from jena_rnn.config.loading import may_become
from jena_rnn.base.errors import ConfigError, FileError, NothingToResumeError
from jena_rnn.runs.layout import CONFIG, INFO, KNOWN, LOCK, PLOTS
from jena_rnn.runs.naming import newest_first
from jena_rnn.base.paths import is_file, is_folder
from jena_rnn.runs.rundir import RunDir
from jena_rnn.config.experiment import Experiment


@contextmanager
def run_to_go_on(runs: Path, config: Experiment) -> Iterator[RunDir | None]:
    """Hold the newest run under `runs` of what may come to be `config`, if there is one that can be written.

    Raises BusyError if another process is writing one of them.
    """
    with ExitStack() as lock:
        held = None
        for path in newest_first(runs, config.name, config.seed):
            with suppress(ConfigError, FileError, NothingToResumeError):
                run = RunDir.open(path)
                if not may_become(config, run.config()):
                    continue
                if held is None:
                    lock.enter_context(run.locked())
                    held = run
                else:
                    run.refuse_busy()
        yield held


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

"""What run directories are called: `<name>-<UTC stamp>-s<seed>`.

new_folder(Path("runs"), "gru", seed=0)                 # runs/gru-20261121T091623Z-s0
newest_first(Path("runs"), "gru", seed=0)               # [runs/gru-20261121T091623Z-s0, ...]
"""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from jena_rnn.base.errors import FileError
from jena_rnn.base.files import make_folder, names, refuse_link
from jena_rnn.base.messages import reason
from jena_rnn.base.paths import is_folder


def new_folder(runs: Path, name: str, seed: int, *, force: bool) -> Path:
    """Make the directory of a new run and return its path, never one that exists, unless `force`; raises FileError.

    Of runs that begin in one second, each later one bears the next second that is free: nothing waits for a clock.
    """
    make_folder(runs)
    moment = datetime.now(UTC)
    while True:
        path = runs / f"{name}-{moment:%Y%m%dT%H%M%SZ}-s{seed}"
        try:
            path.mkdir(exist_ok=force)
            refuse_link(path)
        except FileExistsError:
            moment += timedelta(seconds=1)
        except OSError as error:
            raise FileError(f"{path}: cannot be made: {reason(error)}") from None
        else:
            return path


def newest_first(runs: Path, name: str, seed: int) -> list[Path]:
    """Return what bears the name of a run of `name` and `seed`, none of a run whose name only begins alike."""
    named = re.compile(rf"{re.escape(name)}-\d{{8}}T\d{{6}}Z-s{seed}", re.ASCII)
    if not is_folder(runs):
        return []
    return sorted((runs / found for found in names(runs) if named.fullmatch(found)), reverse=True)

"""What run directories are called: `<name>-<UTC stamp>-s<seed>`.

new_folder(Path("runs"), "gru", seed=0)                 # runs/gru-20261121T091623Z-s0
newest_first(Path("runs"), "gru", seed=0)               # [runs/gru-20261121T091623Z-s0, ...]
"""

import re
import time
from datetime import UTC, datetime
from pathlib import Path

from jena_rnn.errors import FileError
from jena_rnn.files import make_folder, names
from jena_rnn.messages import reason
from jena_rnn.places import is_folder


def new_folder(runs: Path, name: str, seed: int, *, force: bool) -> Path:
    """Make the directory of a new run and return its path, never one that exists, unless `force`; raises FileError."""
    make_folder(runs)
    while True:
        path = runs / f"{name}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}-s{seed}"
        try:
            path.mkdir(exist_ok=force)
            if path.is_symlink():
                raise FileError(f"{path}: a symbolic link, which is not followed")
        except FileExistsError:
            time.sleep(0.1)  # another run of this second has the name; the next second has one of its own
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

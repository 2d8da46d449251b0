"""A trained model in Keras's own file format: for other programs; this one never loads it.

export(Path("runs/gru-20261121T091623Z-s0/model.keras"), model.save)
is_intact(Path("runs/gru-20261121T091623Z-s0/model.keras").read_bytes())  # True
"""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

from jena_rnn.base.errors import FileError
from jena_rnn.base.files import atomic, read_bytes, workshop
from jena_rnn.base.messages import reason
from jena_rnn.base.surroundings import undated_archives


def export(path: Path, save: Callable[[str], None]) -> None:
    """Put at `path`, whole, what `save` writes to a path of the same name beside it; FileError where it cannot be.

    The same model is the same bytes, whenever it is exported.
    """
    try:
        with workshop(path.parent) as place, undated_archives():
            exported = place / path.name
            save(str(exported))
            data = read_bytes(exported, largest=None)
    except OSError as error:
        raise FileError(f"{path}: cannot be exported: {reason(error)}") from None
    with atomic(path) as file:
        file.write(data)


def is_intact(archive: bytes) -> bool:
    """Return whether a zip, which a `.keras` file is, can be unpacked whole."""
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            return opened.testzip() is None
    except Exception:  # whatever a damaged directory of a zip can trip over
        return False

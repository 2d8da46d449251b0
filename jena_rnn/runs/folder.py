"""Named files of a run directory: written whole or not at all, and read back as they were written or not at all.

A JSON text carries the SHA-256 of all else that it says, so that a figure which was changed is no figure.

    folder = Folder(Path("runs/gru-20261121T091623Z-s0"))
    folder.write_json("metrics.json", {"epochs": 20})
    folder.read_json("metrics.json", misfits)               # {"epochs": 20}
"""

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from jena_rnn.runs import shapes
from jena_rnn.base.errors import FileError, RunError
from jena_rnn.base.files import atomic, read_bytes
from jena_rnn.base.messages import reason, shortened

SEAL = "sha256"
"""The key of a JSON text's own checksum."""
LONGEST = 400
"""Characters that are told of what is damaged."""


class Folder:
    """A directory whose files are asked for by name."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def write_text(self, name: str, text: str) -> Path:
        """Write a file and return its path; raises FileError where the disk refuses."""
        with atomic(self.path / name) as file:
            file.write(text.encode(errors="backslashreplace"))  # a path may hold what is no text
        return self.path / name

    def write_json(self, name: str, value: dict[str, Any]) -> None:
        """Write an object with its checksum; raises FileError likewise, ValueError for NaN and numbers without end."""
        self.write_text(name, _json(value | {SEAL: _digest(value)}))

    @contextmanager
    def reading(self, name: str) -> Iterator[Path]:
        """Give a file's path, and turn what goes wrong with it into RunError, or FileError where the disk refuses.

        Within, ValueError says what is damaged.
        """
        path = self.path / name
        try:
            yield path
        except FileNotFoundError:
            raise RunError(f"{path}: missing; the run did not get that far, or lost it") from None
        except OSError as error:
            raise FileError(f"{path}: cannot be read: {reason(error)}") from None
        except (ValueError, KeyError, TypeError, EOFError, RecursionError) as error:
            raise RunError(f"{path}: damaged: {shortened(str(error), LONGEST)}") from None

    def read_json(self, name: str, misfits: Callable[[Any], list[str]]) -> dict[str, Any]:
        """Return what `write_json` wrote; `misfits` says in what it is not of the right shape. Raises as `reading`."""
        with self.reading(name) as path:
            found = shapes.plain_json(read_bytes(path))
            if wrong := misfits(found):
                raise ValueError("; ".join(wrong[:5]))
            value = {key: each for key, each in found.items() if key != SEAL}
            if found.get(SEAL) != _digest(value):
                raise ValueError("its checksum does not fit; someone or something changed what the run wrote")
        return value

    def has(self, name: str) -> bool:
        """Return whether there is something of that name; a link to nothing is. FileError where the disk refuses."""
        path = self.path / name
        try:
            os.lstat(path)
        except FileNotFoundError:
            return False
        except OSError as error:
            raise FileError(f"{path}: cannot be read: {reason(error)}") from None
        return True

    def digest(self, name: str) -> str | None:
        """Return a file's SHA-256, or None if there is no such file."""
        if not self.has(name):
            return None
        with self.reading(name) as path:
            return hashlib.sha256(read_bytes(path)).hexdigest()


def _digest(value: dict[str, Any]) -> str:
    return hashlib.sha256(_json(value).encode()).hexdigest()


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, indent=2, allow_nan=False) + "\n"

"""System calls that fail on the n-th use: those of Python's `os` and `open` that touch a given folder.

with FailingCalls(folder, 3, errno.ENOSPC, lasting=False) as calls:
    store.save(snapshot)                  # the third call raises OSError
calls.failed                              # 'write'
"""

import builtins
import io
import os
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

import pytest

CALLS = (
    *("open", "write", "fsync", "close", "replace", "rename", "unlink", "remove", "mkdir", "rmdir"),
    *("listdir", "scandir", "statvfs", "truncate", "ftruncate"),
)


class FailingCalls:
    """Counts the calls on what lies in `folder`; from the n-th on they fail, or just the n-th if not `lasting`."""

    def __init__(self, folder: Path, number: int, code: int, *, lasting: bool) -> None:
        self.folder, self.number, self.code, self.lasting = str(folder), number, code, lasting
        self.count = 0
        self.failed: str | None = None
        self._patch = pytest.MonkeyPatch()

    def __enter__(self) -> "FailingCalls":
        for name in CALLS:
            self._patch.setattr(os, name, self._failing(name, getattr(os, name)))
        opening = self._failing("open", io.open)
        self._patch.setattr(builtins, "open", opening)
        self._patch.setattr(io, "open", opening)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._patch.undo()

    def _failing(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            if not self._concerns(arguments[0]):
                return real(*arguments, **options)
            self.count += 1
            if self.count == self.number or (self.lasting and self.count > self.number):
                self.failed = self.failed or name
                if name == "close":  # a descriptor is gone even where closing it fails
                    real(*arguments, **options)
                raise OSError(self.code, os.strerror(self.code))
            return real(*arguments, **options)

        return call

    def _concerns(self, what: object) -> bool:
        if isinstance(what, int):
            try:
                return str(Path(f"/proc/self/fd/{what}").readlink()).startswith(self.folder)
            except OSError:
                return False
        return str(what).startswith(self.folder)

"""What a process finds around it: cores that it may use, packages that must not count.

with hidden("matplotlib"): import keras
"""

import os
import sys
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace


def cores() -> int:
    """Return how many processor cores this process may use, as TensorFlow counts them."""
    allowed = getattr(os, "sched_getaffinity", None)  # not on a Mac
    return (os.cpu_count() or 1) if allowed is None else len(allowed(0))


@contextmanager
def hidden(package: str) -> Iterator[None]:
    """Let a package look as if it were not installed meanwhile, loaded or not."""
    loaded = sys.modules.pop(package, None)
    sys.modules[package] = None  # type: ignore[assignment]  # Python's own mark for what cannot be imported
    try:
        yield
    finally:
        del sys.modules[package]
        if loaded is not None:
            sys.modules[package] = loaded


@contextmanager
def undated_archives() -> Iterator[None]:
    """Let what is packed meanwhile be of 1980-01-01, the first day of all archives, whatever day the clock tells."""
    first = SimpleNamespace(time=time.time, localtime=lambda *when: time.struct_time((1980, 1, 1, 0, 0, 0, 1, 1, 0)))
    clock = zipfile.time  # type: ignore[attr-defined]
    zipfile.time = first  # type: ignore[attr-defined]
    try:
        yield
    finally:
        zipfile.time = clock  # type: ignore[attr-defined]

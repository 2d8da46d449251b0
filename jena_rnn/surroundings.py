"""What a process finds around it: cores that it may use, packages that must not count.

with hidden("matplotlib"): import keras
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager


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

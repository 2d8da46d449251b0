"""Compile Python functions with Numba, and cache the machine code of the large ones between runs.

    @kept
    @compiled
    def forward_pass(...): ...

The cache is in the user's cache folder, in a folder named by a digest of the sources and compiler versions. A function
whose cache cannot be written or read is compiled again.
"""

import hashlib
import os
from collections.abc import Callable
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar

import numba
import numba.extending
from numba.core import cgutils
from numba.core.caching import FunctionCache

__all__ = ["cgutils", "compiled", "kept", "numba", "pasted"]

SOURCES = ("machine_code.py", "lanes.py", "cells.py", "passes.py", "lookup.py")
F = TypeVar("F", bound=Callable[..., Any])


def compiled(function: F) -> F:
    """Compile a function on first use, without the interpreter's lock; sums may be reordered, NaN and inf stay.

    The function is always inlined into its callers. Otherwise a process that compiles and one that loads the cache
    could call different copies of it, which may sum in a different order, and the last bits would differ.
    """
    relaxed = {"contract", "reassoc", "nsz", "arcp"}
    options = {"nogil": True, "error_model": "numpy", "boundscheck": False, "fastmath": relaxed, "forceinline": True}
    fast: F = numba.njit(**options)(function)
    return fast


def pasted(function: F) -> F:
    """Compile a function as if it were written out wherever it is called, so that its arrays can stay in registers."""
    written_out: F = numba.njit(inline="always")(function)
    return written_out


class _Kept(FunctionCache):
    """Numba's cache, whose failures mean no more than compiling again."""

    def load_overload(self, signature: Any, context: Any) -> Any:
        try:
            return super().load_overload(signature, context)
        except Exception:  # a damaged file raises anything; begin again
            with suppress(Exception):
                self.flush()
            return None

    def save_overload(self, signature: Any, data: Any) -> None:
        with suppress(Exception):  # a full disk
            super().save_overload(signature, data)


def kept(function: F) -> F:
    """Keep a compiled function's machine code for the next process, if there is a folder for it."""
    try:
        asked = Path(os.environ.get("XDG_CACHE_HOME", ""))
        folder = (asked if asked.is_absolute() else Path.home() / ".cache") / "jena-rnn" / _digest()
        folder.mkdir(parents=True, exist_ok=True)
        numba.config.CACHE_DIR = str(folder)
        cache = _Kept(function.py_func)  # type: ignore[attr-defined]
        if Path(cache.cache_path).is_relative_to(folder):  # else Numba was refused, and took another one
            function._cache = cache  # type: ignore[attr-defined]
    except (OSError, RuntimeError):
        pass
    return function


def _digest() -> str:
    """Return a digest of the modules that are compiled into each other and of the compiler versions."""
    made = hashlib.sha256(f"{version('numba')} {version('llvmlite')}".encode())
    for name in SOURCES:
        made.update(Path(__file__).with_name(name).read_bytes())
    return made.hexdigest()[:16]

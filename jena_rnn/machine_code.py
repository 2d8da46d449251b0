"""Python to machine code by Numba, and that of the large functions kept between runs of the program.

    @kept
    @compiled
    def forward_pass(...): ...

What is kept lies in the user's cache folder, under a digest of all that it was made from, and is made anew wherever it
cannot be written or read. Nothing of it decides a result.
"""

import hashlib
import os
from collections.abc import Callable
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar

import numba
from numba.core.caching import FunctionCache

SOURCES = ("machine_code.py", "lanes.py", "cells.py", "passes.py")
F = TypeVar("F", bound=Callable[..., Any])


def compiled(function: F) -> F:
    """Compile a function on first use, without the interpreter's lock; sums may be reordered, NaN and inf stay."""
    relaxed = {"contract", "reassoc", "nsz", "arcp"}
    fast: F = numba.njit(nogil=True, error_model="numpy", boundscheck=False, fastmath=relaxed)(function)
    return fast


class _Kept(FunctionCache):  # type: ignore[misc]
    """A cache in which nothing can fail but the saving of time."""

    def load_overload(self, signature: Any, context: Any) -> Any:
        try:
            return super().load_overload(signature, context)
        except Exception:  # a damaged file: pickle and LLVM raise anything
            with suppress(Exception):
                self.flush()  # begin again
            return None

    def save_overload(self, signature: Any, data: Any) -> None:
        with suppress(Exception):  # a full disk
            super().save_overload(signature, data)


def kept(function: F) -> F:
    """Keep a compiled function's machine code for the next process, if there is a folder to keep it in."""
    try:
        folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "jena-rnn" / _digest()
        folder.mkdir(parents=True, exist_ok=True)
        numba.config.CACHE_DIR = str(folder)
        function._cache = _Kept(function.py_func)  # type: ignore[attr-defined]
    except (OSError, RuntimeError):
        pass
    return function


def _digest() -> str:
    """Return what names the making: the sources that are compiled into each other, and who compiles."""
    made = hashlib.sha256(f"{version('numba')} {version('llvmlite')}".encode())
    for name in SOURCES:
        made.update(Path(__file__).with_name(name).read_bytes())
    return made.hexdigest()[:16]

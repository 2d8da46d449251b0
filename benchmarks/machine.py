"""What the machine is, and how fast it multiplies and takes a tanh: the bound of everything here.

speeds = measure()
speeds.products, speeds.tanhs           # multiply-adds and tanhs a second, all cores
"""

import os
import platform
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from benchmarks.timing import alternate
from jena_rnn.runs.provenance import installed, processor

PACKAGES = ("tensorflow", "keras", "numpy", "numba", "torch")
LEFT, RIGHT = (96, 64), (64, 40)
"""About a layer's own products; larger ones would be multiplied by several threads at once."""
NUMBERS, TIMES = 12_288, 400


@dataclass(frozen=True)
class Speeds:
    """What all cores do together in a second."""

    products: float
    """Multiply-adds of float32 matrices."""
    tanhs: float
    """tanh of float32 that lie in the cache."""

    def best(self, other: "Speeds") -> "Speeds":
        """Return the higher of each."""
        return Speeds(max(self.products, other.products), max(self.tanhs, other.tanhs))


def _product() -> None:
    left, right = np.ones(LEFT, np.float32), np.ones(RIGHT, np.float32)
    for _ in range(TIMES):
        left @ right


def _tanhs() -> None:
    x = np.ones(NUMBERS, np.float32)
    for _ in range(TIMES):
        np.tanh(x, out=x)


def measure() -> Speeds:
    """Return the machine's speeds: the best of some tries, each core doing the same beside the others."""
    cores = os.cpu_count() or 1
    with ThreadPoolExecutor(cores) as pool:

        def together(work: Callable[[], None]) -> Callable[[], object]:
            return lambda: list(pool.map(lambda _: work(), range(cores)))

        found = alternate({"products": together(_product), "tanhs": together(_tanhs)}, rounds=15)
    products = cores * TIMES * LEFT[0] * LEFT[1] * RIGHT[1] / min(found["products"].values)
    return Speeds(products, cores * TIMES * NUMBERS / min(found["tanhs"].values))


def describe() -> str:
    """Return processor, cores, system and versions in a line."""
    named = [f"{name} {found}" for name in PACKAGES if (found := installed(name))]
    return (
        f"{processor()}, {os.cpu_count()} cores, {platform.system()}; "
        f"Python {platform.python_version()}, {', '.join(named)}"
    )


def commit() -> str:
    """Return the commit that is measured, or nothing outside a checkout."""
    done = subprocess.run(["git", "describe", "--always", "--dirty"], capture_output=True, text=True, check=False)
    return done.stdout.strip()

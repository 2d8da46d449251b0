"""The header of an array in NumPy's own file format, read before any of the array is.

with open("x_train.npy", "rb") as file:
    header = read_header(file)               # Header(shape=(25000,), kind=dtype('O'), columns_first=False)
    file.tell()                              # where the array begins
"""

from typing import IO, Any, NamedTuple

import numpy as np
from numpy.lib import format as npy


class Header(NamedTuple):
    """What a file says of its array."""

    shape: tuple[int, ...]
    kind: np.dtype[Any]
    columns_first: bool
    """Whether its first index runs fastest, as in Fortran."""


def read_header(file: IO[bytes]) -> Header:
    """Return what the header says, and leave `file` behind it; raises whatever NumPy's parser trips over."""
    version = npy.read_magic(file)
    read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
    shape, columns_first, kind = read(file)
    return Header(shape, kind, columns_first)

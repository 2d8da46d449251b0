"""The lines of a station's CSV, as bytes: fingerprint, blocks of whole lines, and cells counted in each.

Nothing is parsed here; `reading` does that with what passes.

    found = fingerprint(file, path)         # sha256, git_blob, lines, size
    for block in whole_lines(file): check_cells(block, place)
"""

import codecs
import csv
import hashlib
import io
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from jena_rnn.base.errors import DataError
from jena_rnn.series.header import LONGEST_LINE, NO_CELLS, Header

BLOCK = 1 << 20
LONGEST_CELL = 60
"""Characters of a cell that a message repeats."""
LINE_ENDS = r"expected lines that end with \n or \r\n"
LONE_RETURN = re.compile(rb"\r(?!\n)")


@dataclass(frozen=True)
class Fingerprint:
    """What one pass over the bytes tells."""

    sha256: str
    git_blob: str
    lines: int
    size: int
    """In bytes."""


def fingerprint(file: BinaryIO, path: Path) -> Fingerprint:
    """Hash the bytes, count the lines, and refuse what is no text or ends inside a line."""
    size = path.stat().st_size
    sha256, blob = hashlib.sha256(), hashlib.sha1(b"blob %d\0" % size, usedforsecurity=False)
    lines, read, first, last = 0, 0, b"", b""
    while block := file.read(BLOCK):
        first = first or block
        if b"\0" in block:
            line = lines + block[: block.index(b"\0")].count(b"\n") + 1
            raise DataError(f"{path}:{line}: holds a NUL byte; expected text")
        sha256.update(block)
        blob.update(block)
        lines += block.count(b"\n")
        read += len(block)
        last = block[-1:]
    if first in {b"", codecs.BOM_UTF8}:
        raise DataError(f"{path}: the file is empty; expected a header line and rows")
    if not lines and b"\r" in first:
        raise DataError(f"{path}:1: carriage returns without \\n; {LINE_ENDS}")
    if last != b"\n":
        raise DataError(
            f"{path}:{lines + 1}: the last line has no line end, so it may be cut off; "
            r"add a line end (\n or \r\n) if it is whole"
        )
    return Fingerprint(sha256.hexdigest(), blob.hexdigest(), lines, read)


class Hashed(io.BufferedReader):
    """A file that hashes what is read of it, so that what was parsed is known to be what was fingerprinted."""

    def __init__(self, raw: io.RawIOBase) -> None:
        super().__init__(raw)
        self.sha256 = hashlib.sha256()

    def read(self, size: int | None = -1, /) -> bytes:
        """Return as many bytes as there are, at most `size`."""
        return self._hashed(super().read(size))

    def readline(self, size: int | None = -1, /) -> bytes:
        """Return the rest of the line, at most `size` bytes."""
        return self._hashed(super().readline(size))

    def _hashed(self, data: bytes) -> bytes:
        self.sha256.update(data)
        return data


def whole_lines(file: BinaryIO) -> Iterator[bytes]:
    """Yield the rest of the file in blocks that end with a line, or within one that is too long."""
    while block := file.read(BLOCK):
        yield block if block.endswith(b"\n") else block + file.readline(LONGEST_LINE)


@dataclass(frozen=True)
class Place:
    """Where a block of lines stands, for messages."""

    path: Path
    header: Header
    first_line: int

    def error(self, row: int, column: str | None, message: str) -> DataError:
        """Return the error to raise for a row of this block."""
        cell = f" column {column!r}:" if column is not None else ""
        return DataError(f"{self.path}:{self.first_line + row}:{cell} {message}")


def shown(cell: str) -> str:
    """Return the beginning of a cell, which was read as latin-1, for a message: as UTF-8 if it is that."""
    with suppress(UnicodeError):
        cell = cell.encode("latin-1").decode()
    return repr(cell[:LONGEST_CELL])


def check_cells(block: bytes, place: Place) -> int:
    """Return the number of lines; raises DataError for one too long, or with too few or too many cells."""
    if b"\r" in block and (lone := LONE_RETURN.search(block)):
        row = block.count(b"\n", 0, lone.start())
        raise place.error(row, None, rf"a carriage return without \n; {LINE_ENDS}")
    codes = np.frombuffer(block, np.uint8)
    ends = np.flatnonzero(codes == ord("\n"))
    too_long = np.append(np.diff(ends, prepend=-1) > LONGEST_LINE, not block.endswith(b"\n"))
    if too_long.any():
        message = f"the line does not end within {LONGEST_LINE:,} bytes"
        raise place.error(int(too_long.argmax()), None, message)
    if b'"' in block:
        cells = _count_quoted(block, place)
    else:
        delimiters = np.flatnonzero(codes == ord(place.header.delimiter))
        cells = np.diff(np.searchsorted(delimiters, ends), prepend=0) + 1
    expected = len(place.header.names)
    wrong = np.flatnonzero(cells != expected)
    if wrong.size:
        row = int(wrong[0])
        raise place.error(row, None, f"expected {expected} cells, as in the header, got {cells[row]}")
    return len(ends)


def _count_quoted(block: bytes, place: Place) -> NDArray[np.int64]:
    """Return the number of cells of each line, in a block with quotes."""
    counts = []
    for row, line in enumerate(block.decode("latin-1").split("\n")[:-1]):
        try:
            cells = next(csv.reader([line], delimiter=place.header.delimiter, strict=True))
        except csv.Error:
            raise place.error(row, None, NO_CELLS) from None
        counts.append(len(cells) or 1)
    return np.array(counts, np.int64)

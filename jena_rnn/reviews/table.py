r"""A CSV of texts, whose quoted cells may span lines, to rows with their line numbers.

table = read_rows('text,label\n"good,\nreally",1\n', Path("x.csv"))
table.rows                               # [(2, ['good,\nreally', '1'])]
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from jena_rnn.base.errors import DataError
from jena_rnn.base.messages import no_columns, one_line, plural, shortened


@dataclass(frozen=True)
class Table:
    """Rows of cells."""

    path: Path
    header: int
    """The line number of the header."""
    names: list[str]
    rows: list[tuple[int, list[str]]]
    """The first line number of each row, and its cells, as many as names."""

    def error(self, line: int, message: str) -> DataError:
        """Return the error to raise for a line."""
        return DataError(f"{self.path}:{line}: {message}")

    def require(self, *names: str | None) -> None:
        """Raise DataError unless each name that is not None is a column."""
        if missing := [name for name in names if name is not None and name not in self.names]:
            raise self.error(self.header, no_columns(missing, self.names))

    def usual(self, names: tuple[str, ...]) -> int | None:
        """Return the position of the only column in `names`, ignoring case; None if there are none or several."""
        here = [column for column, name in enumerate(self.names) if name.casefold() in names]
        return here[0] if len(here) == 1 else None

    def cells(self, column: int) -> list[str]:
        """Return the cells of a column."""
        return [cells[column] for _, cells in self.rows]


def read_rows(text: str, path: Path, first: int = 1) -> Table:
    r"""Return the header and the rows of a table; its first line is line `first` of the file, for messages.

    Raises DataError with file and line for rows of different lengths, an open quote, a cut last line, a missing header
    or no rows. Blank lines are skipped. Lines are counted by \n, or by \r if there is no \n.
    """
    end = "\n" if "\n" in text else "\r"
    if text and not text.endswith(("\n", "\r")):
        raise DataError(
            f"{path}:{first + text.count(end)}: the last line has no line end, so it may be cut off; "
            r"add a line end (\n or \r\n) if it is whole"
        )
    found: list[tuple[int, list[str]]] = []
    line = ahead = first

    def pieces() -> Iterator[str]:
        """Yield the text line by line, counting line ends."""
        nonlocal ahead
        for piece in io.StringIO(text, newline=""):
            ahead += piece.count(end)
            yield piece

    try:
        for cells in csv.reader(pieces(), strict=True):
            if cells:
                found.append((line, cells))
            line = ahead
    except csv.Error as error:
        raise DataError(
            f"{path}:{line}: {error}; expected each quoted text that begins here to end before the next cell, and "
            f'to have at most {csv.field_size_limit():,} characters, each quote in it doubled ("")'
        ) from None
    if not found:
        raise DataError(f"{path}: the file is empty; expected a header line and rows")
    header, names = found[0][0], [name.strip() for name in found[0][1]]
    table = Table(path, header, names, found[1:])
    _check_names(table)
    if not table.rows:
        raise table.error(header, "the file ends after its header; expected rows below it")
    for line, cells in table.rows:
        if len(cells) != len(names):
            wrong = plural(len(cells), "cell", "cells")
            raise table.error(line, f"expected {len(names)} cells, as in the header, got {wrong}")
    return table


def _check_names(table: Table) -> None:
    shown = one_line(shortened(", ".join(table.names)))
    if len(table.names) < 2:  # noqa: PLR2004 (a text and a label)
        raise table.error(table.header, f"expected a header of two names or more, parted by commas, got {shown!r}")
    for name in table.names:
        if one_line(name) != name or table.names.count(name) > 1:
            wrong = "stands twice" if one_line(name) == name else "has control characters in its name"
            raise table.error(table.header, f"the column {shortened(name)!r} {wrong}")

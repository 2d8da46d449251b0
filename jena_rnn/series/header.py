"""The header line of a station's CSV: which columns there are, and their units where the bytes are damaged.

Files of the Jena station come as UTF-8 with or without a mark, as latin-1, or with `²` and `µ` already lost;
all give the same names. Lines before the header that begin with `#` are comments; one of them marks a made-up
station.

    header = read_header(file, Path("jena.csv"))
    header.names                             # ('Date Time', 'p (mbar)', 'T (degC)', ...)
"""

import codecs
import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from jena_rnn.base.errors import DataError
from jena_rnn.base.messages import no_columns, one_line
from jena_rnn.series.series import MADE_UP, TARGET

LONGEST_LINE = 1 << 16
DELIMITERS = {",": "a comma", ";": "a semicolon", "\t": "a tab"}
NO_CELLS = r"expected each quoted cell to end before the next, and each line with \n or \r\n"
DAMAGED_UNITS = (
    (re.compile(r"(?<=W/m)\ufffd|(?<=mol/m)\ufffd"), "²"),  # of any other, which power it was is not known
    (re.compile(r"\ufffdmol"), "µmol"),
    (re.compile(r"\ufffdC(?=[)/ ]|$)"), "°C"),
    (re.compile("\u03bc"), "µ"),  # Greek mu, which some exporters write for the micro sign
)
NOT_MEASURED = ("", "NA", "N/A", "NaN", "nan", "null", "NULL")
"""What stands where nothing was measured."""
MEASURED = re.compile(r"[-+]?\.?[0-9]")
"""How numbers and dates begin."""


@dataclass(frozen=True)
class Header:
    """The columns of a file."""

    names: tuple[str, ...]
    """Every column, in file order."""
    date: str
    wanted: tuple[str, ...]
    """The columns of numbers to read, in the order asked for."""
    delimiter: str
    lines: int
    """Comments and header, in lines."""
    made_up: bool
    notes: tuple[str, ...]


def read_header(
    file: BinaryIO,
    path: Path,
    *,
    date: str | None = None,
    columns: Sequence[str] | None = None,
    target: str | None = None,
    delimiter: str = ",",
) -> Header:
    """Read up to and with the header line; raises DataError if its columns are not what is asked for.

    `target` must be one of them, and is read beside `columns`.
    """
    lines, made_up = 1, False
    raw = _line(file, f"{path}:1")
    while raw.startswith((b"#", b"\xef\xbb\xbf#")):
        made_up = made_up or MADE_UP.encode() in raw
        lines += 1
        raw = _line(file, f"{path}:{lines}")
    text, notes = _decode(raw)
    place = f"{path}:{lines}"
    names = _names(text, delimiter, place, commented=lines > 1)
    repaired = tuple(_repair(name) for name in names)
    seen: set[str] = set()
    for name in repaired:
        if name in seen:
            raise DataError(f"{place}: the column {name!r} stands twice")
        seen.add(name)
    notes += tuple(f"column {b!r}: its unit was damaged in the file" for b in repaired if b not in names)
    asked = dict.fromkeys(name for name in (date, *(columns or ()), target) if name is not None)
    if missing := [name for name in asked if name not in repaired]:
        raise DataError(f"{place}: {no_columns(missing, repaired)}", TARGET if target in missing else "")
    date_name = repaired[0] if date is None else date
    if columns is None:
        wanted = tuple(name for name in repaired if name != date_name)
    else:
        wanted = tuple(dict.fromkeys(columns if target is None else (*columns, target)))
    if date_name in {*wanted, target}:
        message = f"column {date_name!r} holds the dates, so it is no input and no target"
        raise DataError(f"{place}: {message}", "; data.columns, data.target or data.date names another")
    return Header(repaired, date_name, wanted, delimiter, lines, made_up, notes)


def _line(file: BinaryIO, place: str) -> bytes:
    raw = file.readline(LONGEST_LINE)
    if len(raw) == LONGEST_LINE and not raw.endswith(b"\n"):
        raise DataError(f"{place}: the line does not end within {LONGEST_LINE:,} bytes")
    return raw


def _decode(raw: bytes) -> tuple[str, tuple[str, ...]]:
    try:
        return raw.decode("utf-8-sig").rstrip("\r\n"), ()
    except UnicodeDecodeError:
        return raw.removeprefix(codecs.BOM_UTF8).decode("latin-1").rstrip("\r\n"), (
            "the header is not UTF-8; read as latin-1",
        )


def _names(text: str, delimiter: str, place: str, *, commented: bool) -> tuple[str, ...]:
    other = next((d for d in DELIMITERS if d != delimiter and d in text and "\r" not in text), None)
    hint = f"; set data.delimiter to {other!r} if cells are parted by {DELIMITERS[other]}" if other else ""
    try:
        names = tuple(name.strip() for name in next(csv.reader([text], delimiter=delimiter, strict=True), []))
    except csv.Error:  # a quote that is not closed or has more behind it, or a carriage return inside the line
        raise DataError(f"{place}: {text[:60]!r} is no header: {NO_CELLS}{hint}") from None
    if len(names) < 2:  # noqa: PLR2004 (a date and a number)
        raise DataError(f"{place}: expected a header of a date and at least one column, got {text[:60]!r}{hint}")
    for position, name in enumerate(names):
        if not name:
            raise DataError(f"{place}: column {position + 1} has no name")
        if one_line(name) != name:
            raise DataError(f"{place}: column {position + 1} has control characters in its name: {one_line(name)}")
    if all(MEASURED.match(name) or name in NOT_MEASURED for name in names):
        hint = "; what begins with # before it is no header" if commented else ""
        raise DataError(
            f"{place}: expected a header with the names of columns, got what looks measured: {text[:60]!r}{hint}"
        )
    return names


def _repair(name: str) -> str:
    for damaged, unit in DAMAGED_UNITS:
        name = damaged.sub(unit, name)
    return name

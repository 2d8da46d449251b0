"""A station's CSV to a `Series`, exactly or not at all.

The file is read twice in blocks, so memory holds one float64 table and little else: once to hash it and count its
lines, once to parse. A cell, line or date that cannot be read as what its column says is refused with its place.

    series = read_csv(Path("data/jena_climate_2009_2016.csv"))
    series.columns[1]                       # 'T (degC)'
"""

import csv
import hashlib
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pandas as pd

from jena_rnn.errors import DataError
from jena_rnn.header import Header, read_header
from jena_rnn.series import MADE_UP, Floats, Series, Source, Times

BLOCK = 1 << 20
EDITIONS = {"e6cfb671e72f630f251a18722fcebe6944c758c0": "jena_climate_2009_2016.csv (420,551 rows)"}
"""Git blob id (SHA-1 of `blob <size>\\0` and the bytes) to name."""
NOT_MEASURED = ["", "NA", "N/A", "NaN", "nan", "null", "NULL"]
DATE_FORMATS = (
    "%d.%m.%Y %H:%M:%S",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%dT%H:%M:%SZ",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%dT%H:%M",
    "%d.%m.%Y %H:%M",
)


@dataclass(frozen=True)
class _Print:
    """What one pass over the bytes tells."""

    sha256: str
    git_blob: str
    lines: int


def read_csv(
    path: Path,
    *,
    date: str | None = None,
    date_format: str | None = None,
    columns: Sequence[str] | None = None,
    delimiter: str = ",",
) -> Series:
    """Return the series in `path`: `columns` in that order (all but the date if None), `rows` as they stand.

    Empty cells and NaN become NaN; sentinels stay numbers. Raises DataError naming file, line, column and what
    was expected for anything that cannot be read exactly, and for a missing or empty file.
    """
    try:
        with path.open("rb") as file:
            found = _fingerprint(file, path)
            file.seek(0)
            header = read_header(file, path, date=date, columns=columns, delimiter=delimiter)
            times, values = _table(file, path, header, found.lines - header.lines, date_format)
    except FileNotFoundError:
        raise DataError(f"{path}: no such file") from None
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror}") from None
    edition = MADE_UP if header.made_up else EDITIONS.get(found.git_blob, "unknown")
    name = f"{MADE_UP} ({path})" if header.made_up else str(path)
    source = Source(name, found.sha256, edition, header.made_up, header.notes)
    return Series(times, values, header.wanted, source)


def _fingerprint(file: BinaryIO, path: Path) -> _Print:
    """Hash the bytes, count the lines, and refuse what is no text or ends inside a line."""
    size = path.stat().st_size
    sha256, blob = hashlib.sha256(), hashlib.sha1(b"blob %d\0" % size, usedforsecurity=False)
    lines, last = 0, b"\n"
    while block := file.read(BLOCK):
        if b"\0" in block:
            line = lines + block[: block.index(b"\0")].count(b"\n") + 1
            raise DataError(f"{path}:{line}: holds a NUL byte; expected text")
        sha256.update(block)
        blob.update(block)
        lines += block.count(b"\n")
        last = block[-1:]
    if size == 0:
        raise DataError(f"{path}: the file is empty; expected a header line and rows")
    if last != b"\n":
        raise DataError(
            f"{path}:{lines + 1}: the last line has no line end, so it may be cut off; "
            "add a line end if it is whole"
        )
    return _Print(sha256.hexdigest(), blob.hexdigest(), lines)


def _table(
    file: BinaryIO, path: Path, header: Header, rows: int, date_format: str | None
) -> tuple[Times, Floats]:
    """Return the times, `(rows,)` datetime64[s], and values, `(rows, columns)` float64, below the header."""
    if rows == 0:
        raise DataError(f"{path}: has a header but no rows")
    times = np.empty(rows, "datetime64[s]")
    values = np.empty((rows, len(header.wanted)))
    done = 0
    for block in _whole_lines(file):
        place = _Place(path, header, header.lines + done + 1)
        count = _check_fields(block, place)
        frame = _parse(block, place)
        dates = frame[header.date].str.strip()
        date_format = date_format or _guess_format(dates.iloc[0], place)
        times[done : done + count] = _times(dates, date_format, place)
        values[done : done + count] = frame[list(header.wanted)].to_numpy(dtype=np.float64)
        done += count
    return times, values


def _whole_lines(file: BinaryIO) -> Iterator[bytes]:
    """Yield the rest of the file in blocks that end with a line."""
    rest = b""
    while block := file.read(BLOCK):
        end = block.rfind(b"\n") + 1
        if end:
            yield rest + block[:end]
            rest = block[end:]
        else:
            rest += block


@dataclass(frozen=True)
class _Place:
    """Where a block of lines stands, for messages."""

    path: Path
    header: Header
    first_line: int

    def error(self, row: int, column: str | None, message: str) -> DataError:
        """Return the error to raise for a row of this block."""
        cell = f" column {column!r}:" if column is not None else ""
        return DataError(f"{self.path}:{self.first_line + row}:{cell} {message}")


def _check_fields(block: bytes, place: _Place) -> int:
    """Return the number of lines; raises DataError for one with too few or too many fields."""
    expected = len(place.header.names)
    if b'"' in block:
        rows = csv.reader(io.StringIO(block.decode("latin-1"), newline=""), delimiter=place.header.delimiter)
        fields = np.array([len(row) for row in rows])
        if len(fields) != block.count(b"\n"):
            raise place.error(0, None, "a quoted cell runs over a line end here or below; expected one line a row")
    else:
        codes = np.frombuffer(block, np.uint8)
        ends = np.flatnonzero(codes == ord("\n"))
        delimiters = np.flatnonzero(codes == ord(place.header.delimiter))
        fields = np.diff(np.searchsorted(delimiters, ends), prepend=0) + 1
    wrong = np.flatnonzero(fields != expected)
    if wrong.size:
        row = int(wrong[0])
        raise place.error(row, None, f"expected {expected} cells, as in the header, got {fields[row]}")
    return len(fields)


def _parse(block: bytes, place: _Place) -> pd.DataFrame:
    """Return date (text) and wanted columns (float64) of the block's lines."""
    header = place.header
    wanted = dict.fromkeys(header.wanted, "float64")
    try:
        frame = _read_block(block, header, wanted)
    except ValueError:
        raise _bad_cell(_read_block(block, header, dict.fromkeys(header.wanted, "str")), place) from None
    for name in header.wanted:
        endless = np.isinf(frame[name].to_numpy())
        if endless.any():
            raise place.error(int(endless.argmax()), name, "expected a finite number")
    return frame


def _read_block(block: bytes, header: Header, types: dict[str, str]) -> pd.DataFrame:
    return pd.read_csv(
        io.BytesIO(block),
        sep=header.delimiter,
        header=None,
        names=list(header.names),
        usecols=[header.date, *header.wanted],
        dtype={header.date: "str", **types},  # type: ignore[arg-type]
        na_values={name: NOT_MEASURED for name in header.wanted},
        keep_default_na=False,
        skip_blank_lines=False,
        encoding="latin-1",
        index_col=False,
    )


def _bad_cell(texts: pd.DataFrame, place: _Place) -> DataError:
    """Return the error for the first cell that is no number."""
    bad = {
        name: pd.to_numeric(texts[name], errors="coerce").isna() & texts[name].notna()
        for name in place.header.wanted
    }
    first = {name: int(np.argmax(mask.to_numpy())) for name, mask in bad.items() if mask.any()}
    if not first:
        return place.error(0, None, "a cell here or below is not a number")
    name = min(first, key=lambda column: first[column])
    return place.error(first[name], name, f"expected a number, got {texts[name].iloc[first[name]]!r}")


def _guess_format(date: str, place: _Place) -> str:
    for known in DATE_FORMATS:
        if not pd.isna(pd.to_datetime(date, format=known, errors="coerce")):
            return known
    raise place.error(
        0, place.header.date, f"expected a date such as '01.01.2009 00:10:00' or '2020-01-01 00:10:00', got {date!r}; "
        "set data.date_format for another form"
    )


def _times(dates: "pd.Series[str]", date_format: str, place: _Place) -> Times:
    parsed = pd.to_datetime(dates, format=date_format, errors="coerce")
    missing = parsed.isna().to_numpy()
    if missing.any():
        row = int(missing.argmax())
        message = f"expected a date as {date_format!r}, got {dates.iloc[row]!r}"
        raise place.error(row, place.header.date, message)
    return parsed.to_numpy().astype("datetime64[s]")

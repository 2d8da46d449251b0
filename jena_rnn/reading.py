"""A station's CSV to a `Series`, exactly or not at all.

The file is read twice in blocks, so memory holds one float64 table and little else: once to hash it and count
its lines, once to parse. A cell, line or date that cannot be read as what its column says is refused with its
place.

    series = read_csv(Path("data/jena_climate_2009_2016.csv"))
    series.columns[1]                       # 'T (degC)'
"""

import csv
import hashlib
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jena_rnn.errors import ConfigError, DataError
from jena_rnn.header import LONGEST_LINE, NO_CELLS, Header, read_header
from jena_rnn.series import MADE_UP, Floats, Series, Source, Times

BLOCK = 1 << 20
EDITIONS = {"e6cfb671e72f630f251a18722fcebe6944c758c0": "jena_climate_2009_2016.csv (420,551 rows)"}
"""Git blob id (SHA-1 of `blob <size>\\0` and the bytes) to name."""
NOT_MEASURED = ["", "NA", "N/A", "NaN", "nan", "null", "NULL"]
NUMBER = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*", re.ASCII)
BOOLEAN = re.compile(rb"true|false", re.IGNORECASE)
"""In a column of these alone pandas reads 1 and 0."""
LONE_RETURN = re.compile(rb"\r(?!\n)")
NO_TIME = r"^(?:now|today)$|:6[01]"
"""What pandas reads as the time of reading, and as a second of the next minute."""
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

    Empty cells and NaN become NaN; sentinels stay numbers. Raises DataError naming file, line, column and
    what was expected for anything that cannot be read exactly, and for a missing or empty file; ConfigError
    for a `date_format` that is none.
    """
    if date_format is not None:
        _check_format(date_format)
    try:
        with path.open("rb") as file:
            found = _fingerprint(file, path)
            file.seek(0)
            header = read_header(file, path, date=date, columns=columns, delimiter=delimiter)
            times, values = _table(file, path, header, found.lines - header.lines, date_format)
    except FileNotFoundError:
        raise DataError(f"{path}: no such file") from None
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror or error}") from None
    edition = MADE_UP if header.made_up else EDITIONS.get(found.git_blob, "unknown")
    name = f"{MADE_UP} ({path})" if header.made_up else str(path)
    source = Source(name, found.sha256, edition, header.made_up, header.notes)
    return Series(times, values, header.wanted, source)


def _fingerprint(file: BinaryIO, path: Path) -> _Print:
    """Hash the bytes, count the lines, and refuse what is no text or ends inside a line."""
    size = path.stat().st_size
    sha256, blob = hashlib.sha256(), hashlib.sha1(b"blob %d\0" % size, usedforsecurity=False)
    lines, last = 0, b""
    while block := file.read(BLOCK):
        if b"\0" in block:
            line = lines + block[: block.index(b"\0")].count(b"\n") + 1
            raise DataError(f"{path}:{line}: holds a NUL byte; expected text")
        sha256.update(block)
        blob.update(block)
        lines += block.count(b"\n")
        last = block[-1:]
    if not last:
        raise DataError(f"{path}: the file is empty; expected a header line and rows")
    if last != b"\n":
        raise DataError(
            f"{path}:{lines + 1}: the last line has no line end, so it may be cut off; "
            r"add a line end (\n or \r\n) if it is whole"
        )
    return _Print(sha256.hexdigest(), blob.hexdigest(), lines)


def _table(file: BinaryIO, path: Path, header: Header, rows: int, date_format: str | None) -> tuple[Times, Floats]:
    """Return the times, `(rows,)` datetime64[s], and values, `(rows, columns)` float64, below the header."""
    if rows == 0:
        raise DataError(f"{path}:{header.lines}: the file ends after its header; expected rows below it")
    times = np.empty(rows, "datetime64[s]")
    values = np.empty((rows, len(header.wanted)))
    done = 0
    for block in _whole_lines(file):
        place = _Place(path, header, header.lines + done + 1)
        count = _check_fields(block, place)
        frame = _parse(block, place)
        dates = frame[header.date].str.strip()
        date_format = date_format or _guess_format(dates.iloc[0], place)
        done += count
        if done > rows:
            break
        times[done - count : done] = _times(dates, date_format, place)
        values[done - count : done] = frame[list(header.wanted)].to_numpy(dtype=np.float64)
    if done != rows:
        raise DataError(f"{path}: changed while it was read; expected {rows:,} rows that stay as they are")
    return times, values


def _whole_lines(file: BinaryIO) -> Iterator[bytes]:
    """Yield the rest of the file in blocks that end with a line, or within one that is too long."""
    while block := file.read(BLOCK):
        yield block if block.endswith(b"\n") else block + file.readline(LONGEST_LINE)


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
    """Return the number of lines; raises DataError for one too long, or with too few or too many cells."""
    if lone := LONE_RETURN.search(block):
        row = block.count(b"\n", 0, lone.start())
        raise place.error(row, None, r"a carriage return without \n; expected lines that end with \n or \r\n")
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


def _count_quoted(block: bytes, place: _Place) -> NDArray[np.int64]:
    """Return the number of cells of each line, in a block with quotes."""
    counts = []
    for row, line in enumerate(block.decode("latin-1").split("\n")[:-1]):
        try:
            cells = next(csv.reader([line], delimiter=place.header.delimiter, strict=True))
        except csv.Error:
            raise place.error(row, None, NO_CELLS) from None
        counts.append(len(cells) or 1)
    return np.array(counts, np.int64)


def _parse(block: bytes, place: _Place) -> pd.DataFrame:
    """Return date (text) and wanted columns (float64) of the block's lines."""
    header = place.header
    if BOOLEAN.search(block):
        _refuse_words(block, place)
    try:
        frame = _read_block(block, header, dict.fromkeys(header.wanted, "float64"))
    except ValueError:
        _refuse_words(block, place)
        raise
    for name in header.wanted:
        endless = np.isinf(frame[name].to_numpy())
        if endless.any():
            row = int(endless.argmax())
            raise place.error(row, name, f"expected a finite number, got {frame[name].iloc[row]}")
    return frame


def _read_block(block: bytes, header: Header, types: dict[str, str]) -> pd.DataFrame:
    return pd.read_csv(
        io.BytesIO(block),
        sep=header.delimiter,
        header=None,
        names=list(header.names),
        usecols=[header.date, *header.wanted],
        dtype={header.date: "str", **types},
        na_values=dict.fromkeys(header.wanted, NOT_MEASURED),
        keep_default_na=False,
        skip_blank_lines=False,
        encoding="latin-1",
        index_col=False,
    )


def _refuse_words(block: bytes, place: _Place) -> None:
    """Raise DataError for the first cell that is no number, if there is one."""
    texts = _read_block(block, place.header, dict.fromkeys(place.header.wanted, "str"))
    for row, cells in enumerate(texts[list(place.header.wanted)].itertuples(index=False, name=None)):
        for name, cell in zip(place.header.wanted, cells, strict=True):
            if isinstance(cell, str) and not NUMBER.fullmatch(cell):
                raise place.error(row, name, f"expected a number, got {cell[:60]!r}")


def _check_format(date_format: str) -> None:
    """Raise ConfigError if pandas cannot read dates by `date_format`, or would guess at each."""
    try:
        if "%" not in date_format or re.search("%[zZ]", date_format):
            raise ValueError("a time zone, or no field at all")
        pd.to_datetime(["-"], format=date_format, errors="coerce")
    except (ValueError, re.error) as error:
        raise ConfigError(
            "data.date_format: expected fields of a local time such as '%d.%m.%Y %H:%M:%S', "
            f"got {date_format!r}: {error}"
        ) from None


def _guess_format(date: str, place: _Place) -> str:
    for known in DATE_FORMATS:
        if not pd.isna(pd.to_datetime(date, format=known, errors="coerce")):
            return known
    raise place.error(
        0,
        place.header.date,
        f"expected a date such as '01.01.2009 00:10:00' or '2020-01-01 00:10:00', got {date!r}; "
        "set data.date_format for another form",
    )


def _times(dates: "pd.Series[str]", date_format: str, place: _Place) -> Times:
    parsed = pd.to_datetime(dates, format=date_format, errors="coerce")
    missing = (parsed.isna() | dates.str.contains(NO_TIME)).to_numpy()
    if missing.any():
        row = int(missing.argmax())
        message = f"expected a date as {date_format!r}, got {dates.iloc[row]!r}"
        raise place.error(row, place.header.date, message)
    return parsed.to_numpy().astype("datetime64[s]")

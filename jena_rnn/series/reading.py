"""A station's CSV to a `Series`, exactly or not at all.

The file is read twice in blocks, so memory holds one float64 table and little else: once to hash it and count
its lines, once to parse, hashed again, so that a file that changes meanwhile is refused. A cell, line or date that
cannot be read as what its column says is refused with its place.

    series = read_csv(Path("data/jena_climate_2009_2016.csv"))
    series.columns[1]                       # 'T (degC)'
"""

import errno
import io
import re
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pandas as pd

from jena_rnn.base.errors import DataError, FileError
from jena_rnn.series.dates import check_format, format_of, parse_times
from jena_rnn.series.header import NOT_MEASURED, Header, read_header
from jena_rnn.series.lines import Fingerprint, Hashed, Place, check_cells, fingerprint, shown, whole_lines
from jena_rnn.series.series import MADE_UP, Floats, Series, Source, Times

EDITIONS = {"e6cfb671e72f630f251a18722fcebe6944c758c0": "jena_climate_2009_2016.csv (420,551 rows)"}
"""Git blob id (SHA-1 of `blob <size>\\0` and the bytes) to name."""
LARGEST = 1e30
"""What is beyond is no measurement, and leaves no room for sums of squares, nor for float32."""
NUMBER = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*", re.ASCII)
BOOLEAN = re.compile(rb"true|false", re.IGNORECASE)
"""In a column of these alone pandas reads 1 and 0."""


def read_csv(
    path: Path,
    *,
    date: str | None = None,
    date_format: str | None = None,
    columns: Sequence[str] | None = None,
    target: str | None = None,
    delimiter: str = ",",
    decimal: str = ".",
) -> Series:
    """Return the series in `path`: `columns` in that order (all but the date if None), `rows` as they stand.

    `target` must be among the file's columns, and comes last if it is none of `columns`.

    Empty cells and NaN become NaN; sentinels stay numbers. Raises DataError naming file, line, column and
    what was expected for anything that cannot be read exactly, and for a missing or empty file; FileError where
    the system refuses it; ConfigError for a `date_format` that is none.
    """
    if date_format is not None:
        check_format(date_format)
    try:
        with path.open("rb", buffering=0) as file:
            found = fingerprint(file, path)
            file.seek(0)
            again = Hashed(file)
            header = read_header(again, path, date=date, columns=columns, target=target, delimiter=delimiter)
            times, values = _table(again, path, header, found, date_format, decimal)
            if again.sha256.hexdigest() != found.sha256:
                raise DataError(f"{path}: changed while it was read; expected bytes that stay as they are")
    except FileNotFoundError:
        raise DataError(f"{path}: no such file") from None
    except OSError as error:
        kind = DataError if error.errno in {errno.EISDIR, errno.ESPIPE} else FileError  # a folder or pipe is no CSV
        raise kind(f"{path}: cannot be read: {error.strerror or error}") from None
    edition = MADE_UP if header.made_up else EDITIONS.get(found.git_blob, "unknown")
    name = f"{MADE_UP} ({path})" if header.made_up else str(path)
    source = Source(name, found.sha256, edition, header.made_up, header.notes)
    return Series(times, values, header.wanted, source)


def _table(
    file: BinaryIO, path: Path, header: Header, found: Fingerprint, date_format: str | None, decimal: str
) -> tuple[Times, Floats]:
    """Return the times, `(rows,)` datetime64[s], and values, `(rows, columns)` float64, below the header."""
    rows = found.lines - header.lines
    if rows == 0:
        raise DataError(f"{path}:{header.lines}: the file ends after its header; expected rows below it")
    room = min(rows, found.size // len(header.names) + 1)  # a cell and what ends it take a byte: others are refused
    times = np.empty(room, "datetime64[s]")
    values = np.empty((room, len(header.wanted)))
    done, form = 0, None
    for block in whole_lines(file):
        place = Place(path, header, header.lines + done + 1)
        count = check_cells(block, place)
        frame = _parse(block, place, decimal)
        dates = frame[header.date].str.strip(" \t")
        form = form or format_of(dates.iloc[0], date_format, place)
        done += count
        if done > room:
            break
        times[done - count : done] = parse_times(dates, form, place)
        values[done - count : done] = frame[list(header.wanted)].to_numpy(dtype=np.float64)
    if done != rows:
        raise DataError(f"{path}: changed while it was read; expected {rows:,} rows that stay as they are")
    return times, values


def _parse(block: bytes, place: Place, decimal: str) -> pd.DataFrame:
    """Return date (text) and wanted columns (float64) of the block's lines."""
    header = place.header
    if (b"e" in block or b"E" in block) and BOOLEAN.search(block):
        _refuse_words(block, place, decimal)
    try:
        frame = _read_block(block, header, dict.fromkeys(header.wanted, "float64"), decimal)
    except ValueError:
        _refuse_words(block, place, decimal)
        raise
    for name in header.wanted:
        beyond = np.abs(frame[name].to_numpy()) > LARGEST
        if beyond.any():
            row = int(beyond.argmax())
            cell = _read_block(block, header, {name: "str"}, decimal)[name].iloc[row]
            raise place.error(row, name, f"expected a number between -1e30 and 1e30, got {shown(cell)}")
    return frame


def _read_block(block: bytes, header: Header, types: dict[str, str], decimal: str) -> pd.DataFrame:
    return pd.read_csv(
        io.BytesIO(block),
        sep=header.delimiter,
        decimal=decimal,
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


def _refuse_words(block: bytes, place: Place, decimal: str) -> None:
    """Raise DataError for the first cell that is no number, if there is one."""
    texts = _read_block(block, place.header, dict.fromkeys(place.header.wanted, "str"), decimal)
    other = "," if decimal == "." else "."
    for row, cells in enumerate(texts[list(place.header.wanted)].itertuples(index=False, name=None)):
        for name, cell in zip(place.header.wanted, cells, strict=True):
            if isinstance(cell, str) and (other in cell or not NUMBER.fullmatch(cell.replace(decimal, "."))):
                swapped = NUMBER.fullmatch(cell.replace(other, ".")) is not None
                hint = f"; set data.decimal to {other!r} if it stands before fractions" if swapped else ""
                raise place.error(row, name, f"expected a number, got {shown(cell)}{hint}")

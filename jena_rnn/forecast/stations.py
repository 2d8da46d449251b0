"""The series of a config: its file, or the made-up station.

series = open_series(config.data)
"""

from dataclasses import replace
from pathlib import Path

from jena_rnn.base.errors import DataError, NoDataError
from jena_rnn.base.messages import shortened
from jena_rnn.base.paths import absent
from jena_rnn.forecast.config import Data
from jena_rnn.forecast.features import measured, with_features
from jena_rnn.series.reading import read_csv
from jena_rnn.series.sample import ROWS, simulate
from jena_rnn.series.series import Series


def open_series(data: Data, *, needs_target: bool = True) -> Series:
    """Return the series of `data`, features included; a file may lack the target unless `needs_target`.

    Raises DataError for a file that is missing or cannot be read exactly, and for a missing column; FileError if the
    system refuses to read it.
    """
    return with_features(_made_up(data) if data.sample else _from_file(data, needs_target), data.columns)


def _made_up(data: Data) -> Series:
    series, columns = simulate(min(data.max_rows or ROWS, ROWS)), measured(data.columns)
    return series if columns is None else series.select(tuple(dict.fromkeys([*columns, data.target])))


def _from_file(data: Data, needs_target: bool) -> Series:
    path = Path(data.path)
    if not path.exists():
        raise NoDataError(
            f"{shortened(str(path))}: {absent(path)}. "
            "Get the Jena file with scripts/download_jena.sh, name another with "
            "--data FILE.csv, or use the made-up station with --sample."
        )
    if not path.is_file() and not path.is_dir():  # the reader has a better message for a folder
        raise DataError(f"{shortened(str(path))}: expected a file, not a pipe or device")
    series = read_csv(
        path,
        date=data.date,
        date_format=data.date_format,
        columns=measured(data.columns),
        target=data.target if needs_target else None,
        delimiter=data.delimiter,
        decimal=data.decimal,
    )
    return _cut(series, data.max_rows)


def _cut(series: Series, rows: int | None) -> Series:
    if rows is None or rows >= len(series):
        return series
    source = replace(series.source, name=f"{series.source.name}, the first {rows:,} of its {len(series):,} rows")
    return Series(series.times[:rows].copy(), series.values[:rows].copy(), series.columns, source)

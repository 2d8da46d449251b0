"""The dates of a station's CSV: text to times, by one format for the whole file.

date_format = guess_format("01.01.2009 00:10:00", place)      # '%d.%m.%Y %H:%M:%S'
parse_times(dates, date_format, place)
"""

import re

import numpy as np
import pandas as pd

from jena_rnn.errors import ConfigError
from jena_rnn.lines import Place, shown
from jena_rnn.series import Times

NO_TIME = r"^(?:now|today)$|:6[01]"
"""What pandas reads as the time of reading, and as a second of the next minute."""
YEARS = 1700, 2200
"""Dates before or after are slips, and too far away to be drawn."""
SUSPECT = re.compile(r"now|today|:6")
DATE_FORMATS = (
    "%d.%m.%Y %H:%M:%S",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%dT%H:%M:%SZ",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%dT%H:%M",
    "%d.%m.%Y %H:%M",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%Y-%m-%d",
)


def check_format(date_format: str) -> None:
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


def guess_format(date: str, place: Place) -> str:
    """Return the known format that `date`, the file's first, is written in; raises DataError if none fits."""
    for known in DATE_FORMATS:
        if not pd.isna(pd.to_datetime(date, format=known, errors="coerce")):
            return known
    raise place.error(
        0,
        place.header.date,
        f"expected a date such as '01.01.2009 00:10:00' or '2020-01-01 00:10:00', got {shown(date)}; "
        "set data.date_format for another form",
    )


def parse_times(dates: "pd.Series[str]", date_format: str, place: Place) -> Times:
    """Return `(rows,)` datetime64[s]; raises DataError for the first date that is none."""
    parsed = pd.to_datetime(dates, format=date_format, errors="coerce")
    missing = parsed.isna().to_numpy()
    if SUSPECT.search("\n".join(dates)):  # one search of all is quicker than one of each
        missing = missing | dates.str.contains(NO_TIME).to_numpy(dtype=bool)
    if missing.any():
        row = int(missing.argmax())
        message = f"expected a date as {date_format!r}, got {shown(dates.iloc[row])}"
        raise place.error(row, place.header.date, message)
    times: Times = parsed.to_numpy().astype("datetime64[s]")
    fractions = parsed.to_numpy() != times
    if fractions.any():
        row = int(fractions.argmax())
        raise place.error(row, place.header.date, f"expected whole seconds, got {shown(dates.iloc[row])}")
    first, end = (np.datetime64(f"{year}-01-01", "s") for year in YEARS)
    outside = (times < first) | (times >= end)
    if outside.any():
        row = int(outside.argmax())
        message = f"expected a date between the years {YEARS[0]} and {YEARS[1]}, got {shown(dates.iloc[row])}"
        raise place.error(row, place.header.date, message)
    return times

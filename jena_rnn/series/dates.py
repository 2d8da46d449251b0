"""The dates of a station's CSV: text to times, by one format for the whole file.

date_format = format_of("01.01.2009 00:10:00", None, place)      # '%d.%m.%Y %H:%M:%S'
parse_times(dates, date_format, place)
"""

import re
from datetime import datetime

import numpy as np
import pandas as pd

from jena_rnn.base.errors import ConfigError
from jena_rnn.series.date_formats import no_dates_by, no_format
from jena_rnn.series.jena_dates import JENA_FORMAT, jena_times
from jena_rnn.series.lines import Place, shown
from jena_rnn.series.series import Times

YEARS = 1700, 2200
"""Dates before or after are slips, and too far away to be drawn."""
FULL = {"%Y": "[0-9]{4}", **dict.fromkeys(("%m", "%d", "%H", "%M", "%y"), "[0-9]{2}"), "%S": "[0-5][0-9]"}
"""What the numbers of a date are where they have all digits."""
TAIL = r"(?:\.0{1,9})?(?: ?Z| ?UTC| ?[+-][0-9]{2}:?[0-9]{2})?"
"""What loggers write behind a time, alike in every row: no fraction of a second, an offset from UTC."""
DATE_FORMATS = (
    JENA_FORMAT,
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
    if wrong := no_format(date_format):
        raise ConfigError(f"data.date_format: {no_dates_by(date_format, wrong)}")


def format_of(date: str, given: str | None, place: Place) -> str:
    """Return the format of a file's dates, as in the file's characters when it is read as latin-1.

    That is the `given` one, in UTF-8 if the file's first `date` is, else the known one that fits; raises DataError if
    none does.
    """
    if given is not None:
        given = given.strip(" \t")  # as dates are
        in_utf8 = given.encode().decode("latin-1")
        return in_utf8 if _fits(date, in_utf8) else given
    for known in DATE_FORMATS:
        if _fits(date, known):
            return known
    if any(_in_full(f"{date}\n", known) for known in DATE_FORMATS):
        expected, otherwise = "a date and time that exist", "if they are in another order, set data.date_format"
    else:
        expected = "a date such as '01.01.2009 00:10:00' or '2020-01-01 00:10:00'"
        otherwise = f"set data.date_format {_with_tail(date) or 'for another form'}"
    raise place.error(0, place.header.date, f"expected {expected}, got {shown(date)}; {otherwise}")


def _with_tail(date: str) -> str | None:
    """Return how to read dates of a known form with the tail of `date` behind all of them, or None for others."""
    for known in DATE_FORMATS:
        found = re.fullmatch(f"{_pattern(known)}({TAIL})", date)
        if found:
            return f"to {known + found[1]!r} if {found[1]!r} ends every date"
    return None


def _fits(date: str, date_format: str) -> bool:
    return not pd.isna(pd.to_datetime(date, format=date_format, errors="coerce"))


def parse_times(dates: "pd.Series[str]", date_format: str, place: Place) -> Times:
    """Return `(rows,)` datetime64[s]; raises DataError for the first date that is none."""
    lines = "".join(f"{date}\n" for date in dates.to_numpy(object))
    times = jena_times(lines) if date_format == JENA_FORMAT else None
    if times is None:
        times = _any_times(dates, lines, date_format, place)
    first, end = (np.datetime64(f"{year}-01-01", "s") for year in YEARS)
    outside = (times < first) | (times >= end)
    if outside.any():
        row = int(outside.argmax())
        message = f"expected a date between the years {YEARS[0]} and {YEARS[1]}, got {shown(dates.iloc[row])}"
        raise place.error(row, place.header.date, message)
    return times


def _any_times(dates: "pd.Series[str]", lines: str, date_format: str, place: Place) -> Times:
    """Return the times of dates in any format; each must be what is written of its time by that format.

    pandas takes second 60, week 53 and day 366 where there is none, and digits that are cut, for other times.
    """
    parsed = pd.to_datetime(dates, format=date_format, errors="coerce").to_numpy()
    times: Times = parsed.astype("datetime64[s]")
    if not np.isnat(times).any() and _in_full(lines, date_format):
        return times
    fractions = (parsed != times) & ~np.isnat(times)
    by = _in_ascii(date_format)
    for row, (date, time) in enumerate(zip(dates, times.tolist(), strict=True)):
        written = time.strftime(by) if isinstance(time, datetime) else None  # a year below 1 is none
        if written == date or (written and not fractions[row] and _bare(written) == _bare(_in_ascii(date))):
            continue
        if fractions[row] and "%f" in date_format:
            message = f"expected whole seconds, got {shown(date)}"
        else:
            message = f"expected a date as {shown(date_format)}, got {shown(date)}{_odd(date)}"
            message += f", which would be read as {shown(written)}" if written else ""
        raise place.error(row, place.header.date, message)
    return times


def _in_full(lines: str, date_format: str) -> bool:
    """Return whether all lines have each number of the format in all its digits: then pandas has only one way."""
    if not FULL.keys() >= set(re.findall("%.", date_format)):
        return False
    return re.fullmatch(f"(?:{_pattern(date_format)}\n)*", lines) is not None


def _pattern(date_format: str) -> str:
    """Return the regular expression of dates with all their digits, by a format of the fields in FULL."""
    return "".join(FULL.get(part) or re.escape(part) for part in re.split("(%.)", date_format))


def _in_ascii(text: str) -> str:
    """Return a text as any locale can write it."""
    return text.encode("ascii", "replace").decode()


def _bare(date: str) -> str:
    """Return a date without what may be written or not: zeros before a number, spaces, capitals."""
    return " ".join(re.sub(r"(?<!\d)0+", "", date).lower().split())


def _odd(date: str) -> str:
    """Return what is to be said of a date whose bytes, read as latin-1, are no UTF-8."""
    try:
        date.encode("latin-1").decode()
    except UnicodeDecodeError:
        return " (not UTF-8)"
    return ""

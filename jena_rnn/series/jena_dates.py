r"""Dates as the Jena station writes them, `01.01.2009 00:10:00`, read ten times faster than by pandas.

jena_times("01.01.2009 00:10:00\n")         # array(['2009-01-01T00:10:00'])
jena_times("2009-01-01 00:10:00\n")         # None
"""

import numpy as np
from numpy.typing import NDArray

from jena_rnn.series.series import Times

JENA_FORMAT = "%d.%m.%Y %H:%M:%S"
WRITTEN = b"00.00.0000 00:00:00"
"""How that is written: digits stand where 0 does."""
IS_DIGIT = np.array([code == ord("0") for code in WRITTEN + b"\n"])
PLACES = (0, 2), (3, 5), (6, 10), (11, 13), (14, 16), (17, 19)
"""Where day, month, year, hour, minute and second stand in it."""


def jena_times(lines: str) -> Times | None:
    """Return the times of lines that look like 01.01.2009 00:10:00, `(rows,)` datetime64[s], else None.

    By the calendar: NumPy's reading of texts ends the process on a day that does not exist, in more than 500 rows.
    """
    codes = np.frombuffer(lines.encode(), np.uint8)
    width = len(WRITTEN) + 1
    if codes.size % width:
        return None
    rows = codes.reshape(-1, width)
    if (
        np.where(IS_DIGIT, (rows < ord("0")) | (rows > ord("9")), rows != np.frombuffer(WRITTEN + b"\n", np.uint8))
    ).any():
        return None
    day, month, year, hour, minute, second = (_number(rows[:, first:end]) for first, end in PLACES)
    months = (year - 1970) * 12 + month - 1
    first_day, next_month = (each.astype("datetime64[M]").astype("datetime64[D]") for each in (months, months + 1))
    length = (next_month - first_day).astype(np.int64)
    calendar = (year, 1, 9999), (month, 1, 12), (day, 1, length), (hour, 0, 23), (minute, 0, 59), (second, 0, 59)
    if any(((found < least) | (found > most)).any() for found, least, most in calendar):
        return None
    seconds = (((day - 1) * 24 + hour) * 60 + minute) * 60 + second
    times: Times = first_day.astype("datetime64[s]") + seconds.astype("timedelta64[s]")
    return times


def _number(digits: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Return the numbers that `(rows, digits)` codes write, `(rows,)`."""
    return (digits - np.uint8(ord("0"))) @ 10 ** np.arange(digits.shape[1])[::-1]

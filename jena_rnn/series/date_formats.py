"""Formats of dates, checked before any date is read: pandas takes the first month, day or hour where none is said.

no_format("%d.%m.%Y %H:%M")     # None
no_format("%d.%Y")              # 'it says the day, but not the month'
"""

import re

UNITS = {
    "year": ("%Y", "%y", "%G", "%c", "%x"),
    "month": ("%m", "%b", "%B", "%j", "%U", "%W", "%V", "%c", "%x"),
    "day": ("%d", "%j", "%c", "%x"),
    "hour": ("%H", "%I", "%c", "%X"),
    "minute": ("%M", "%c", "%X"),
    "second": ("%S", "%c", "%X"),
    "fraction of a second": ("%f",),
}
"""What says each part of a time, the weeks and the day of the year counted as months."""
WEEKS = {"%U", "%W", "%V"}
WEEKDAYS = {"%a", "%A", "%w", "%u"}


def no_format(date_format: str) -> str | None:
    """Return what is wrong with a format of dates, None if pandas can read dates with their year by it."""
    import pandas as pd  # only here: most configs name no format

    fields = re.findall("%.", date_format.replace("%%", ""))
    for field in fields:
        if fields.count(field) > 1:
            return f"{field} stands twice"
        if field in {"%z", "%Z"}:
            return f"{field} is a time zone"
    try:
        pd.to_datetime(["-"], format=date_format, errors="coerce")
    except (ValueError, re.error) as error:
        return str(error)
    if wrong := _no_time(fields):
        return wrong
    if ("%p" in fields) != ("%I" in fields):
        return "%p and %I, hours to 12, go together"
    return None


def _no_time(fields: list[str]) -> str | None:
    """Return why fields say no time without a guess, or may say two."""
    missing = None
    for unit, ways in UNITS.items():
        by_week = unit == "day" and not WEEKS.isdisjoint(fields)
        by = [field for field in fields if field in ways or (by_week and field in WEEKDAYS)]
        if len(by) > 1:
            return f"{by[0]} and {by[1]} both say the {unit}"
        if by:
            if missing:
                return f"it says the {unit}, but not the {missing}"
        else:
            missing = missing or unit
    return "it has no year" if missing == "year" else None


def no_dates_by(date_format: str, why: str) -> str:
    """Return the message for a format by which no dates can be read."""
    return f"expected fields of a local time such as '%d.%m.%Y %H:%M:%S', got {date_format!r}: {why}"

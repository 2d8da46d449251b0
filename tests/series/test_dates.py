"""The quick way through dates of the Jena station, against pandas's."""

from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jena_rnn.base.errors import DataError
from jena_rnn.series import dates
from jena_rnn.series.dates import parse_times
from jena_rnn.series.header import Header
from jena_rnn.series.jena_dates import JENA_FORMAT
from jena_rnn.series.lines import Place

PLACE = Place(Path("x.csv"), Header(("t", "a"), "t", ("a",), ",", 1, False, ()), 2)
written = st.datetimes(datetime(1690, 1, 1), datetime(2210, 1, 1)).map(lambda time: time.strftime("%d.%m.%Y %H:%M:%S"))


def _outcome(lines: list[str], *, quick: bool) -> list[str] | str:
    """Return the times as text, or why there are none."""
    with pytest.MonkeyPatch.context() as patch:
        if not quick:
            patch.setattr(dates, "jena_times", lambda lines: None)
        try:
            found = parse_times(pd.Series(lines, dtype="str"), JENA_FORMAT, PLACE)
        except DataError as error:
            return str(error)
    assert found.dtype == np.dtype("datetime64[s]")
    return [str(time) for time in found]


@pytest.mark.parametrize("name", ["%a", "%A"])
def test_a_day_of_the_week_is_that_of_its_date(name: str) -> None:
    texts = [f"{datetime(2009, 1, day):{name} %d.%m.%Y}" for day in (1, 2, 3)]
    found = parse_times(pd.Series([texts[0].upper(), *texts[1:]], dtype="str"), f"{name} %d.%m.%Y", PLACE)
    assert found.astype(str).tolist() == [f"2009-01-0{day}T00:00:00" for day in (1, 2, 3)]
    slip = texts[1].replace("02.01.", "01.02.")
    with pytest.raises(
        DataError,
        match=rf"x\.csv:3: column 't': expected a date as .*, got '{slip}', which would be read as 'Sun.* 01.02.2009'",
    ):
        parse_times(pd.Series([texts[0], slip, texts[2]], dtype="str"), f"{name} %d.%m.%Y", PLACE)


@pytest.mark.parametrize(
    ("date_format", "right", "wrong", "read"),
    [
        ("%Y%m%d%H", "2020010100", "20200111", "2020010101"),
        ("%Y%m%d", "20200101", "2020011", "20200101"),
        ("%Y%m%d%H%M", "202001010000", "2020010101", "202001010001"),
        ("%Y%m%d%H%M%S", "20200101000000", "20200101000060", "20200101000100"),
        ("%S-%M-%H %d.%m.%Y", "00-00-00 01.01.2020", "61-00-00 01.01.2020", "01-01-00 01.01.2020"),
        ("%Y %W %w", "2009 51 0", "2009 53 0", "2010 01 0"),
        ("%Y %U %a", "2009 51 Sat", "2009 53 Sat", "2010 01 Sat"),
    ],
)
def test_what_pandas_would_take_for_another_time_is_refused(
    date_format: str, right: str, wrong: str, read: str
) -> None:
    assert len(parse_times(pd.Series([right], dtype="str"), date_format, PLACE)) == 1
    with pytest.raises(DataError) as caught:
        parse_times(pd.Series([right, wrong], dtype="str"), date_format, PLACE)
    expected = f"expected a date as {date_format!r}, got {wrong!r}, which would be read as {read!r}"
    assert str(caught.value) == f"x.csv:3: column 't': {expected}"


@pytest.mark.parametrize(
    ("date_format", "date"),
    [
        *(
            ("%d.%m.%Y %H:%M", "2.1.2020 3:04"),
            ("%d.%m.%y %I:%M %p", "2.1.20 03:4 am"),
            ("%d. %B %Y", "2. january 2020"),
        ),
        *(
            ("%Y-%m-%d %H:%M:%S.%f", "2020-01-02 03:04:05.000"),
            ("%a %d %b %Y %H", "thu 02 JAN 2020 3"),
            ("%Y %j", "2020 2"),
        ),
        *(
            ("%c", "Thu Jan  2 03:04:05 2020"),
            ("%G %V %u", "2020 1 4"),
            ("%Y年%m月%d日".encode().decode("latin-1"),) * 2,
        ),
    ],
)
def test_numbers_may_lack_zeros_and_names_capitals(date_format: str, date: str) -> None:
    date = date.replace("%Y", "2020").replace("%m", "1").replace("%d", "02")
    found = parse_times(pd.Series([date, date], dtype="str"), date_format, PLACE)
    assert found.astype("datetime64[D]").astype(str).tolist() == ["2020-01-02"] * 2


@pytest.mark.parametrize("date_format", ["%Y-%m-%d", "%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y%m%d"])
@pytest.mark.parametrize("row", [0, 1])
def test_a_sign_before_a_date_is_none_of_it(date_format: str, row: int) -> None:
    lines = [f"{datetime(2020, 1, 1):{date_format}}"] * 2
    lines[row] = f"-{lines[row]}"
    with pytest.raises(DataError, match=rf"x\.csv:{2 + row}: column 't': expected a date as .*, got '{lines[row]}'$"):
        parse_times(pd.Series(lines, dtype="str"), date_format, PLACE)


def test_day_366_is_one_of_leap_years_alone() -> None:
    found = parse_times(pd.Series(["2008-366", "2009-001", "2009-365"], dtype="str"), "%Y-%j", PLACE)
    assert [str(day) for day in found.astype("datetime64[D]")] == ["2008-12-31", "2009-01-01", "2009-12-31"]
    with pytest.raises(DataError, match=r"x\.csv:4: column 't': expected a date as '%Y-%j', got '2009-366'"):
        parse_times(pd.Series(["2009-364", "2009-365", "2009-366", "2010-001"], dtype="str"), "%Y-%j", PLACE)


@given(st.lists(written, min_size=1, max_size=5), st.data())
def test_the_quick_way_is_pandas_way(lines: list[str], data: st.DataObject) -> None:
    assert _outcome(lines, quick=True) == _outcome(lines, quick=False)
    row = data.draw(st.integers(0, len(lines) - 1))
    at = data.draw(st.integers(0, len(lines[row]) - 1))
    lines[row] = lines[row][:at] + data.draw(st.sampled_from("0123456789.: -/TZ+é\x00x")) + lines[row][at + 1 :]
    assert _outcome(lines, quick=True) == _outcome(lines, quick=False)


@pytest.mark.parametrize(
    "line",
    [
        *("30.02.2009 00:00:00", "01.13.2009 00:00:00", "00.01.2009 00:00:00", "01.01.2009 24:00:00"),
        *("01.01.2009 00:60:00", "01.01.2009 00:00:60", "01.01.2009 00:00:0", "1.1.2009 00:00:00", "", "today"),
        *(
            "01.01.0000 00:00:00",
            "01.01.0001 00:00:00",
            "01.01.1699 00:00:00",
            "29.02.2100 00:00:00",
            "01.01.2009 00:00:00 ",
        ),
    ],
)
def test_what_is_no_time_is_told_as_ever(line: str) -> None:
    for lines in ([line], ["01.01.2009 00:10:00", line]):
        told = _outcome(lines, quick=True)
        assert told == _outcome(lines, quick=False)
        assert isinstance(told, str) or line in {"1.1.2009 00:00:00", "01.01.2009 00:00:0"}


def test_dates_of_the_jena_station_take_the_quick_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dates, "_any_times", None)
    assert _outcome(["01.01.2009 00:10:00", "29.02.2016 23:50:00"], quick=True) == [
        "2009-01-01T00:10:00",
        "2016-02-29T23:50:00",
    ]

import csv
import hashlib
import math
import os
import re
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jena_rnn.base.errors import ConfigError, DataError, FileError
from jena_rnn.series import lines, reading
from jena_rnn.series.dates import DATE_FORMATS, YEARS
from jena_rnn.series.reading import read_csv
from jena_rnn.series.sample import COLUMNS, simulate, write_csv
from jena_rnn.series.series import MADE_UP, Series

HEADER = '"Date Time","p (mbar)","T (degC)"\n'
ORIGINAL = HEADER + "01.01.2009 00:10:00,996.52,-8.02\n01.01.2009 00:20:00,996.57,-8.41\n"
PLAIN = ORIGINAL.encode()
NAMES = ("p (mbar)", "T (degC)")
TIMES = ["2009-01-01T00:10:00", "2009-01-01T00:20:00"]
VALUES = [[996.52, -8.02], [996.57, -8.41]]
ROW = b"01.01.2009 00:30:00,"
REAL = os.environ.get("JENA_RNN_REAL_DATA")


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("reading") / "x.csv"


def read(path: Path, raw: bytes) -> Series:
    path.write_bytes(raw)
    return read_csv(path)


def refusal(path: Path, raw: bytes, *, date_format: str | None = None, delimiter: str = ",") -> str:
    """Return the message without the path, which must come first."""
    path.write_bytes(raw)
    with pytest.raises(DataError) as caught:
        read_csv(path, date_format=date_format, delimiter=delimiter)
    assert caught.value.exit_code == 3
    message = str(caught.value)
    assert message.startswith(f"{path}:")
    return message.removeprefix(f"{path}:")


# What gives the same series


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(PLAIN, id="original"),
        pytest.param(PLAIN.replace(b"\n", b"\r\n"), id="CRLF"),
        pytest.param(PLAIN.replace(b"\n", b"\r\n", 2), id="mixed line ends"),
        pytest.param(b"\xef\xbb\xbf" + PLAIN, id="BOM"),
        pytest.param(PLAIN.replace(b'"', b""), id="no quotes"),
        pytest.param(PLAIN.replace(b",-8.02", b',"-8.02"'), id="quoted number"),
        pytest.param(PLAIN.replace(b"01.01.2009 00:20:00", b'"01.01.2009 00:20:00"'), id="quoted date"),
        pytest.param(PLAIN.replace(b'"', b"").replace(b",", b" , "), id="spaces around cells"),
        pytest.param(PLAIN.replace(b"996.52", b"+9.9652e+2"), id="exponent"),
        pytest.param(b"# a comment, with commas\n# and another\n" + PLAIN, id="comments"),
        pytest.param(PLAIN.replace(b"01.01.2009", b"2009-01-01"), id="ISO"),
        pytest.param(PLAIN.replace(b"01.01.2009 ", b"2009-01-01T"), id="ISO with T"),
        pytest.param(PLAIN.replace(b"01.01.2009 ", b"2009-01-01T").replace(b"0:00,", b"0:00Z,"), id="ISO with Z"),
        pytest.param(PLAIN.replace(b"01.01.2009", b"2009-01-01").replace(b"0:00,", b"0,"), id="ISO, no seconds"),
        pytest.param(PLAIN.replace(b"01.01.2009 ", b"2009-01-01T").replace(b"0:00,", b"0,"), id="T, no seconds"),
        pytest.param(PLAIN.replace(b"0:00,", b"0,"), id="no seconds"),
    ],
)
def test_however_a_file_was_saved_the_series_is_the_same(path: Path, raw: bytes) -> None:
    series = read(path, raw)
    assert series.columns == NAMES
    assert series.times.astype(str).tolist() == TIMES
    assert series.values.tolist() == VALUES
    assert (series.times.dtype, series.values.dtype) == (np.dtype("datetime64[s]"), np.dtype("float64"))
    assert series.source.sha256 == hashlib.sha256(raw).hexdigest()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1"])
def test_units_beyond_ascii_are_read_in_any_encoding(path: Path, encoding: str) -> None:
    text = ORIGINAL.replace("p (mbar)", "R (W/m²)").replace("T (degC)", "PAR (µmol/m²/s)")
    assert read(path, text.encode(encoding)).columns == ("R (W/m²)", "PAR (µmol/m²/s)")


def test_units_that_were_lost_are_mended_and_noted(path: Path) -> None:
    series = read(path, ORIGINAL.replace("p (mbar)", "R (W/m\ufffd)").encode())
    assert series.columns == ("R (W/m²)", "T (degC)")
    assert series.source.notes == ("column 'R (W/m²)': its unit was damaged in the file",)


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_cells_may_be_parted_otherwise(path: Path, delimiter: str) -> None:
    path.write_bytes(PLAIN.replace(b",", delimiter.encode()))
    assert read_csv(path, delimiter=delimiter).values.tolist() == VALUES


def test_columns_come_in_the_order_asked_for_and_others_are_not_looked_at(path: Path) -> None:
    path.write_bytes(b"id,T,when,note,p\n7,1.5,2020-01-01 00:00:00,caf\xe9 true,2.5\n")
    series = read_csv(path, date="when", columns=("p", "T"))
    assert (series.columns, series.values.tolist()) == (("p", "T"), [[2.5, 1.5]])


def test_a_date_format_may_be_given(path: Path) -> None:
    path.write_bytes(b"t,a\n02/01/09 3pm,1\n")
    assert read_csv(path, date_format="%d/%m/%y %I%p").times.astype(str).tolist() == ["2009-01-02T15:00:00"]


@pytest.mark.parametrize("cell", ["", "NA", "N/A", "NaN", "nan", "null", "NULL", '""'])
def test_an_empty_cell_is_a_missing_value(path: Path, cell: str) -> None:
    values = read(path, PLAIN.replace(b"996.52", cell.encode())).values
    assert math.isnan(values[0, 0])
    assert values[:, 1].tolist() == [-8.02, -8.41]


def test_a_column_may_be_empty_altogether(path: Path) -> None:
    assert np.isnan(read(path, b"t,a\n2020-01-01 00:00:00,\n2020-01-01 00:10:00,\n").values).all()


def test_a_sentinel_stays_a_number(path: Path) -> None:
    values = read(path, PLAIN.replace(b"996.52", b"-9999.0").replace(b"-8.41", b"-9999")).values
    assert values.tolist() == [[-9999.0, -8.02], [996.57, -9999.0]]


def test_rows_stay_as_they_stand_repeated_and_unsorted(path: Path) -> None:
    raw = b"t,a\n2020-01-01 00:10:00,1\n2020-01-01 00:00:00,2\n2020-01-01 00:10:00,3\n"
    series = read(path, raw)
    assert series.values[:, 0].tolist() == [1, 2, 3]
    assert series.times.astype(str).tolist() == [f"2020-01-01T00:{minute}:00" for minute in (10, "00", 10)]


@given(st.floats(-1e30, 1e30))
@settings(max_examples=60, deadline=None)
def test_a_number_is_read_to_its_last_bit(path: Path, number: float) -> None:
    assert read(path, f"t,a\n2020-01-01 00:00:00,{number!r}\n".encode()).values[0, 0] == number


def test_an_unknown_file_is_called_unknown_and_a_known_one_by_its_name(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert read(path, PLAIN).source.edition == "unknown"
    blob = hashlib.sha1(b"blob %d\0" % len(PLAIN) + PLAIN, usedforsecurity=False).hexdigest()
    monkeypatch.setitem(reading.EDITIONS, blob, "a known file")
    source = read(path, PLAIN).source
    assert (source.name, source.edition, source.made_up) == (str(path), "a known file", False)


# What is refused, and how


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"", " the file is empty; expected a header line and rows"),
        (b"\xef\xbb\xbf", " the file is empty; expected a header line and rows"),
        (HEADER.encode(), "1: the file ends after its header; expected rows below it"),
        (b"# c\n" + HEADER.encode(), "2: the file ends after its header; expected rows below it"),
        (PLAIN + ROW + b"1\n", "4: expected 3 cells, as in the header, got 2"),
        (PLAIN + ROW + b"1,2,3\n", "4: expected 3 cells, as in the header, got 4"),
        (PLAIN + b"\n", "4: expected 3 cells, as in the header, got 1"),
        (PLAIN + b'\n"",1,2\n', "4: expected 3 cells, as in the header, got 1"),
        (PLAIN.replace(b"\n01", b"\n\n01", 1), "2: expected 3 cells, as in the header, got 1"),
        (PLAIN.replace(b"\n0", b"\n9,0"), "2: expected 3 cells, as in the header, got 4"),
        (
            PLAIN.removesuffix(b"1\n"),
            "3: the last line has no line end, so it may be cut off; "
            r"add a line end (\n or \r\n) if it is whole",
        ),
        (
            b"t;a;b\n2020-01-01 00:00:00;1;2\n",
            "1: expected a header of a date and at least one column, got 't;a;b'; "
            "set data.delimiter to ';' if cells are parted by a semicolon",
        ),
        (PLAIN.replace(b"p (mbar)", b"T (degC)"), "1: the column 'T (degC)' stands twice"),
        (PLAIN + ROW + b"1\0,2\n", "4: holds a NUL byte; expected text"),
        (PLAIN.decode().encode("utf-16"), "1: holds a NUL byte; expected text"),
    ],
)
def test_a_file_that_is_not_whole_lines_of_equal_length_is_refused(path: Path, raw: bytes, message: str) -> None:
    assert refusal(path, raw) == message


@pytest.mark.parametrize(
    "cell",
    [
        "True",
        "false",
        "1_000",
        "0x10",
        "1 5",
        "  ",
        "abc",
        "12abc",
        "--1",
        "1.2.3",
        ".",
        "-",
        "1e",
        "1e5.5",
        "-nan",
        "None",
        "'1'",
        '1"2',
        "#1",
        "01.01.2009",
    ],
)
def test_a_cell_that_is_no_number_is_refused_with_its_place(path: Path, cell: str) -> None:
    expected = f"column 'p (mbar)': expected a number, got {cell!r}"
    assert refusal(path, PLAIN + ROW + cell.encode() + b",1\n") == f"4: {expected}"
    assert refusal(path, HEADER.encode() + ROW + cell.encode() + b",1\n") == f"2: {expected}"


def test_a_decimal_comma_is_refused(path: Path) -> None:
    assert refusal(path, PLAIN + ROW + b"1,5,2\n") == "4: expected 3 cells, as in the header, got 4"
    hint = "; set data.decimal to ',' if it stands before fractions"
    expected = f"4: column 'p (mbar)': expected a number, got '1,5'{hint}"
    assert refusal(path, PLAIN + ROW + b'"1,5",2\n') == expected
    assert refusal(path, PLAIN.replace(b",", b";") + ROW[:-1] + b";1,5;2\n", delimiter=";") == expected


@pytest.mark.parametrize("cell", ["True", "FALSE", "tRuE"])
def test_a_column_of_truth_values_is_not_ones_and_zeros(path: Path, cell: str) -> None:
    rows = "".join(f"2020-01-01 00:{minute}:00,1,{cell}\n" for minute in range(10, 20))
    assert refusal(path, b"t,a,b\n" + rows.encode()) == f"2: column 'b': expected a number, got {cell!r}"


def test_the_first_bad_cell_of_a_file_is_named(path: Path) -> None:
    raw = PLAIN + ROW + b"1,x\n" + ROW + b"y,2\n"
    assert refusal(path, raw) == "4: column 'T (degC)': expected a number, got 'x'"
    assert refusal(path, PLAIN + ROW + b"y,x\n") == "4: column 'p (mbar)': expected a number, got 'y'"


def test_a_cell_that_is_not_utf8_is_refused(path: Path) -> None:
    message = "4: column 'p (mbar)': expected a number, got 'µ'"
    assert refusal(path, PLAIN + ROW + b"\xb5,1\n") == message
    for cell in ("１", "3,7 °C".replace(",", "."), "µ\x1b[31m"):
        expected = f"4: column 'p (mbar)': expected a number, got {cell!r}"
        assert refusal(path, PLAIN + ROW + f"{cell},1\n".encode()) == expected


@pytest.mark.parametrize(
    "cell", ["inf", "-Infinity", "1e999", "-" + "9" * 400, "1e308", "-1.0001e30", "1" + "0" * 30 + ".1e1"]
)
def test_a_number_too_large_to_work_with_is_refused(path: Path, cell: str) -> None:
    expected = f"4: column 'T (degC)': expected a number between -1e30 and 1e30, got {cell[:60]!r}"
    assert refusal(path, PLAIN + ROW + f"1,{cell}\n".encode()) == expected


@pytest.mark.parametrize("cell", [b'"1\n"', b'"1\r\n2"', b'"1', b'"1"2', b'"1"" '])
def test_a_quoted_cell_must_end_on_its_line(path: Path, cell: bytes) -> None:
    expected = r"4: expected each quoted cell to end before the next, and each line with \n or \r\n"
    assert refusal(path, PLAIN + ROW + cell + b",1\n" + ROW + b'2,"3"\n') == expected


@pytest.mark.parametrize("raw", [ROW + b"1\r,2\n", b"x\r" + ROW + b"2\n", ROW + b"1,2\r\r\n", b'"x"\r' + ROW + b"2\n"])
def test_a_lone_carriage_return_is_refused(path: Path, raw: bytes) -> None:
    expected = r"4: a carriage return without \n; expected lines that end with \n or \r\n"
    assert refusal(path, PLAIN + raw) == expected


@pytest.mark.parametrize(
    "date",
    [
        "31.02.2009 00:00:00",
        "01.01.2009",
        "2009-01-01 00:30:00",
        "01.01.2009 24:00:00",
        "01.13.2009 00:00:00",
        "",
        "NaT",
        "01.01.2009 00:10:00 x",
        "1",
    ],
)
def test_a_date_that_is_none_is_refused_with_its_place(path: Path, date: str) -> None:
    expected = f"4: column 'Date Time': expected a date as '%d.%m.%Y %H:%M:%S', got {date!r}"
    assert refusal(path, PLAIN + date.encode() + b",1,2\n") == expected


@pytest.mark.parametrize("date", ["01/02/2009 00:00", "", "x", "2009-01-01 00:00:00.5"])
def test_a_first_date_of_no_known_form_is_refused_with_what_to_do(path: Path, date: str) -> None:
    assert refusal(path, HEADER.encode() + date.encode() + b",1,2\n") == (
        "2: column 'Date Time': expected a date such as '01.01.2009 00:10:00' or '2020-01-01 00:10:00', "
        f"got {date!r}; set data.date_format for another form"
    )


@pytest.mark.parametrize(
    ("time", "tail", "date_format"),
    [
        ("2009-01-01T00:00:00", "+01:00", "%Y-%m-%dT%H:%M:%S"),
        ("2009-01-01 00:00:00", ".000 UTC", "%Y-%m-%d %H:%M:%S"),
        ("2009-01-01T00:00:00", ".000Z", "%Y-%m-%dT%H:%M:%S"),
        ("01.01.2009 00:00", " -0330", "%d.%m.%Y %H:%M"),
    ],
)
def test_dates_that_all_end_alike_are_read_as_the_refusal_says(
    path: Path, time: str, tail: str, date_format: str
) -> None:
    raw, whole = f"{HEADER}{time}{tail},1,2\n{time.replace('01', '02', 1)}{tail},3,4\n".encode(), date_format + tail
    expected = f"got {time + tail!r}; set data.date_format to {whole!r} if {tail!r} ends every date"
    assert refusal(path, raw).endswith(expected)
    assert len(read_csv(path, date_format=whole).times) == 2
    without = raw.replace(tail.encode(), b"", 1)
    assert f"expected a date as {whole!r}, got {time!r}" in refusal(path, without, date_format=whole)


@pytest.mark.parametrize("date", ["31.02.2009 00:00:00", "2020-02-30 00:00:00", "2020-02-20T24:00", "01.31.2009 00:10"])
def test_a_first_date_of_a_known_form_that_is_none_is_told_so(path: Path, date: str) -> None:
    assert refusal(path, HEADER.encode() + date.encode() + b",1,2\n") == (
        f"2: column 'Date Time': expected a date and time that exist, got {date!r}; "
        "if they are in another order, set data.date_format"
    )


@pytest.mark.parametrize("date", ["now", "today"])
def test_the_time_of_reading_is_never_a_measurement(path: Path, date: str) -> None:
    assert f"got {date!r}" in refusal(path, HEADER.encode() + date.encode() + b",1,2\n")
    expected = f"4: column 'Date Time': expected a date as '%d.%m.%Y %H:%M:%S', got {date!r}, which would be read as "
    assert refusal(path, PLAIN + date.encode() + b",1,2\n").startswith(expected)


@pytest.mark.parametrize(
    "date",
    [
        *("30.02.2009 00:10:00", "29.02.2009 00:00:00", "31.04.2009 00:00:00", "00.01.2009 00:00:00"),
        *("05.00.2009 00:00:00", "05.13.2009 00:00:00", "05.01.2009 24:00:00", "05.01.2009 20:60:00"),
        "05.01.2009 20:50:60",
    ],
)
def test_a_date_that_does_not_exist_is_refused_among_any_number_of_rows(path: Path, date: str) -> None:
    """NumPy 2.4 ends the process where it casts such a text among more than 500."""
    times = simulate(2000).times.astype(datetime)
    rows = [f"{time:%d.%m.%Y %H:%M:%S},1\n" for time in times]
    rows[900] = f"{date},1\n"
    message = refusal(path, "".join(["t,a\n", *rows]).encode())
    assert message.startswith(f"902: column 't': expected a date as '%d.%m.%Y %H:%M:%S', got {date!r}")


def test_a_given_date_format_is_kept_to(path: Path) -> None:
    expected = "2: column 'Date Time': expected a date as '%Y', got '01.01.2009 00:10:00'"
    assert refusal(path, PLAIN, date_format="%Y") == expected


@pytest.mark.parametrize(
    "date_format", ["%Q", "%", "%Y-%Y", "%G", "mixed", "ISO8601", "", "%Y-%m-%d %z", "%d.%m.%Y %Z"]
)
def test_a_date_format_that_is_none_is_an_error_of_the_config(path: Path, date_format: str) -> None:
    path.write_bytes(PLAIN)
    with pytest.raises(ConfigError, match=f"got {re.escape(repr(date_format))}") as caught:
        read_csv(path, date_format=date_format)
    assert str(caught.value).startswith("data.date_format: expected fields of a local time such as '%d.%m.%Y")


@pytest.mark.parametrize("length", [70_000, 200_000, 3_000_000])
@pytest.mark.parametrize("quote", [b"", b'"'])
def test_a_line_without_end_is_refused(path: Path, length: int, quote: bytes) -> None:
    raw = PLAIN + ROW + b"1," + quote + b"2" * length + quote + b"\n"
    assert refusal(path, raw) == "4: the line does not end within 65,536 bytes"


def test_a_column_that_is_not_there_is_refused(path: Path) -> None:
    path.write_bytes(PLAIN)
    with pytest.raises(DataError, match=r"x\.csv:1: no column 'T'.*it has: Date Time, p \(mbar\), T \(degC\)"):
        read_csv(path, columns=("T",))


def test_a_missing_file_is_refused(path: Path) -> None:
    with pytest.raises(DataError, match=r"none\.csv: no such file$"):
        read_csv(path.with_name("none.csv"))


def test_what_is_no_file_is_refused(path: Path) -> None:
    with pytest.raises(DataError, match="cannot be read: Is a directory"):
        read_csv(path.parent)


def test_what_the_system_refuses_is_no_fault_of_the_data(path: Path) -> None:
    with pytest.raises(FileError, match="cannot be read: File name too long"):
        read_csv(path.with_name("x" * 999))


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (PLAIN + ROW + b"1,2\n", "2 rows that stay as they are"),
        (PLAIN.removesuffix(b"01.01.2009 00:20:00,996.57,-8.41\n"), "2 rows that stay as they are"),
        (PLAIN.replace(b"996.57", b"996.58"), "bytes that stay as they are"),
        (PLAIN.replace(b"p (", b"P ("), "bytes that stay as they are"),
    ],
)
def test_a_file_that_changes_while_it_is_read_is_refused(
    path: Path, monkeypatch: pytest.MonkeyPatch, now: bytes, expected: str
) -> None:
    before = reading.fingerprint

    def and_then_changes(*args: object) -> object:
        found = before(*args)  # type: ignore[arg-type]
        path.write_bytes(now)
        return found

    monkeypatch.setattr(reading, "fingerprint", and_then_changes)
    assert refusal(path, PLAIN) == f" changed while it was read; expected {expected}"


def test_a_time_within_a_second_is_refused_with_its_place(path: Path) -> None:
    form = "%Y-%m-%d %H:%M:%S.%f"
    rows = b"t,a\n2020-01-01 00:00:00.0,1\n2020-01-01 00:10:00.000,1\n"
    path.write_bytes(rows)
    assert len(read_csv(path, date_format=form)) == 2
    message = refusal(path, rows + b"2020-01-01 00:20:00.5,1\n", date_format=form)
    assert message == "4: column 't': expected whole seconds, got '2020-01-01 00:20:00.5'"


@pytest.mark.parametrize("date", [None, "Date Time"])
def test_the_column_of_dates_is_no_column_of_numbers(path: Path, date: str | None) -> None:
    path.write_bytes(PLAIN)
    with pytest.raises(DataError, match="'Date Time' holds the dates, so it is no input and no target"):
        read_csv(path, date=date, columns=("T (degC)", "Date Time"))


def test_where_pandas_and_the_rule_for_numbers_disagree_nothing_is_read(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "NUMBER", re.compile(".*"))
    with pytest.raises(ValueError, match="could not convert string to float"):
        read(path, PLAIN + ROW + b"x,1\n")


# Long files, and the blocks they are read in


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (b"2020-01-01 00:00:00,1,x", "column 'b': expected a number, got 'x'"),
        (b"2020-01-01 00:00:00,1,inf", "column 'b': expected a number between -1e30 and 1e30, got 'inf'"),
        (b"2020-01-01 00:00:00,1", "expected 3 cells, as in the header, got 2"),
        (
            b"31.02.2020 00:00:00,1,2",
            "column 't': expected a date as '%Y-%m-%d %H:%M:%S', got '31.02.2020 00:00:00'",
        ),
        (
            b'2020-01-01 00:00:00,1,"2',
            r"expected each quoted cell to end before the next, and each line with \n or \r\n",
        ),
        (
            b"2020-01-01 00:00:00,1\r,2",
            r"a carriage return without \n; expected lines that end with \n or \r\n",
        ),
        (b"2020-01-01 00:00:00,\0,2", "holds a NUL byte; expected text"),
        (b"2020-01-01 00:00:00,1," + b"2" * 70_000, "the line does not end within 65,536 bytes"),
    ],
)
def test_the_line_is_right_below_comments_and_beyond_the_first_block(path: Path, bad: bytes, message: str) -> None:
    good = b"2020-01-01 00:00:00,1.25,-3.75\n"
    raw = b"# one\n# two\nt,a,b\n" + good * 40_000 + bad + b"\n" + good * 9
    assert len(raw) > lines.BLOCK
    assert refusal(path, raw) == f"40004: {message}"


def test_every_row_of_a_long_file_is_read(path: Path) -> None:
    rows = "".join(f"2020-01-01 00:00:00,{row},{row}.25\n" for row in range(40_000))
    values = read(path, b"t,a,b\n" + rows.encode()).values
    np.testing.assert_array_equal(values[:, 0], np.arange(40_000))
    np.testing.assert_array_equal(values[:, 1], np.arange(40_000) + 0.25)


def plainly(raw: bytes) -> list[tuple[datetime, list[float]]] | None:
    """Read the rows one cell at a time, or None for what has to be refused: the rule, without its speed."""
    if b"\0" in raw or not raw.endswith(b"\n") or re.search(rb"\r(?!\n)", raw):
        return None
    rows, form = [], None
    for line in raw.decode("latin-1").split("\n")[1:-1]:
        try:
            date, *cells = next(csv.reader([line], strict=True), [""])
            forms = [form] if form else [f for f in DATE_FORMATS if is_date(date, f)]
            form = forms[0]
            values = [number(cell) for cell in cells]
            rows.append((datetime.strptime(date.strip(" \t"), form), values))
            if not YEARS[0] <= rows[-1][0].year < YEARS[1]:
                return None
        except (csv.Error, ValueError, IndexError):
            return None
        if len(values) != 2:
            return None
    return rows or None


def is_date(text: str, form: str) -> bool:
    try:
        datetime.strptime(text.strip(" \t"), form)
    except ValueError:
        return False
    return True


def number(cell: str) -> float:
    if cell in {"", "NA", "N/A", "NaN", "nan", "null", "NULL"}:
        return math.nan
    if not re.fullmatch(r"[-+0-9.eE \t\x0b\x0c\r]+", cell) or abs(float(cell)) > 1e30:
        raise ValueError(cell)
    return float(cell)


def assert_read_as_plainly(path: Path, raw: bytes, block: int) -> None:
    path.write_bytes(raw)
    expected = plainly(raw)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lines, "BLOCK", block)
        if expected is None:
            with pytest.raises(DataError, match=r"x\.csv:(\d+:)? "):
                read_csv(path)
            return
        series = read_csv(path)
    assert series.times.astype("datetime64[s]").tolist() == [date for date, _ in expected]
    np.testing.assert_array_equal(series.values, [values for _, values in expected])


cells = st.sampled_from(["1", "-2.5", "", "NaN", '"3"', " 4", "1e3", "-9999.0", '"5.25"'])
ends = st.sampled_from(["\n", "\r\n"])
good_rows = st.builds("2020-01-0{} 00:00:00,{},{}{}".format, st.integers(1, 9), cells, cells, ends)
odd_cells = st.one_of(cells, st.text('1e.-+"\r _,xTrue', max_size=4))
odd_rows = st.builds("2020-01-01 00:00:00,{},{}{}".format, odd_cells, odd_cells, ends)


@given(st.lists(good_rows, min_size=1, max_size=12), st.integers(1, 80))
@settings(max_examples=60, deadline=None)
def test_block_boundaries_never_matter(path: Path, rows: list[str], block: int) -> None:
    raw = ("t,a,b\n" + "".join(rows)).encode()
    assert plainly(raw) is not None
    assert_read_as_plainly(path, raw, block)


@given(st.lists(st.one_of(good_rows, odd_rows), max_size=5), st.sampled_from([1, 40, 1 << 20]))
@settings(max_examples=200, deadline=None)
def test_odd_rows_are_read_exactly_or_refused(path: Path, rows: list[str], block: int) -> None:
    assert_read_as_plainly(path, f"t,a,b\n{''.join(rows)}".encode(), block)


mutations = st.tuples(st.integers(0, len(PLAIN) - 1), st.one_of(st.integers(0, 255), st.sampled_from(b'",\n\r .-+e1')))


@given(mutations, st.sampled_from([1, 1 << 20]))
@settings(max_examples=200, deadline=None)
def test_one_mutated_byte_gives_the_same_data_a_typed_error_or_another_hash(
    path: Path, mutation: tuple[int, int], block: int
) -> None:
    where, byte = mutation
    raw = PLAIN[:where] + bytes([byte]) + PLAIN[where + 1 :]
    if where >= len(HEADER):
        assert_read_as_plainly(path, raw, block)
    try:
        series = read(path, raw)
    except DataError:
        return
    same = (series.columns, series.values.tolist()) == (NAMES, VALUES)
    assert same or series.source.sha256 != hashlib.sha256(PLAIN).hexdigest()


# Files of the program's own, and real ones


def test_a_made_up_file_reads_back_to_equal_values_and_is_still_marked(path: Path) -> None:
    made = simulate(300, seed=4)
    with path.open("wb") as file:
        write_csv(made, file)
    back = read_csv(path)
    assert back.columns == made.columns == COLUMNS
    np.testing.assert_array_equal(back.values, made.values)
    np.testing.assert_array_equal(back.times, made.times)
    assert (back.source.made_up, back.source.edition) == (True, MADE_UP)
    assert back.source.name == f"{MADE_UP} ({path})"


@pytest.fixture(scope="module")
def real() -> Path:
    if REAL is None:
        pytest.skip("JENA_RNN_REAL_DATA is not set: no real file to read")
    return Path(REAL)


def test_the_first_rows_of_the_real_file_are_read(real: Path) -> None:
    series = read_csv(real / "jena_prefix.csv")
    assert series.values.shape == (106_727, 14)
    assert series.columns == COLUMNS
    assert (str(series.times[0]), str(series.times[-1])) == ("2009-01-01T00:10:00", "2011-01-11T04:10:00")
    assert series.values[0, :5].tolist() == [996.52, -8.02, 265.40, -8.90, 93.30]
    assert series.source.notes == ()


def test_a_real_file_of_another_form_is_read_with_its_sentinels(real: Path) -> None:
    series = read_csv(real / "jena_2020.csv")
    assert series.values.shape == (52_696, 21)
    assert series.columns[16:19] == ("SWDR (W/m²)", "PAR (µmol/m²/s)", "max. PAR (µmol/m²/s)")
    marked = (series.values == -9999.0).sum(axis=0)
    assert {name: count for name, count in zip(series.columns, marked.tolist(), strict=True) if count} == {
        "wv (m/s)": 1,
        "max. PAR (µmol/m²/s)": 30,
        "OT": 50,
    }
    assert marked.sum() == 81


def test_fractions_after_a_comma_are_read_where_that_is_said(path: Path) -> None:
    path.write_bytes(b"t;a;b\n2020-01-01 00:00;-2,77;1\n2020-01-01 00:10;3;0,5\n")
    read = read_csv(path, delimiter=";", decimal=",")
    assert read.values.tolist() == [[-2.77, 1.0], [3.0, 0.5]]
    with pytest.raises(DataError, match=r"'-2,77'; set data\.decimal to ',' if it stands before fractions"):
        read_csv(path, delimiter=";")


def test_a_point_is_no_number_where_fractions_follow_a_comma(path: Path) -> None:
    path.write_bytes(b"t;a\n2020-01-01 00:00;-2.77\n")
    with pytest.raises(DataError, match=r":2: column 'a': expected a number, got '-2\.77'; set data\.decimal to '\.'"):
        read_csv(path, delimiter=";", decimal=",")

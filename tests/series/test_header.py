import io
from pathlib import Path

import pytest

from jena_rnn.base.errors import DataError
from jena_rnn.series.header import LONGEST_LINE, Header, read_header

PATH = Path("x.csv")


def header(
    raw: bytes, *, date: str | None = None, columns: tuple[str, ...] | None = None, delimiter: str = ","
) -> Header:
    return read_header(io.BytesIO(raw), PATH, date=date, columns=columns, delimiter=delimiter)


def refusal(
    raw: bytes, *, date: str | None = None, columns: tuple[str, ...] | None = None, delimiter: str = ","
) -> str:
    with pytest.raises(DataError) as caught:
        header(raw, date=date, columns=columns, delimiter=delimiter)
    return str(caught.value)


def test_the_first_column_is_the_date_and_the_others_are_wanted() -> None:
    assert header(b'"Date Time","p (mbar)","T (degC)"\n') == Header(
        names=("Date Time", "p (mbar)", "T (degC)"),
        date="Date Time",
        wanted=("p (mbar)", "T (degC)"),
        delimiter=",",
        lines=1,
        made_up=False,
        notes=(),
    )


def test_wanted_columns_stand_in_the_order_asked_for() -> None:
    assert header(b"t,a,b,c\n", columns=("c", "a")).wanted == ("c", "a")


def test_another_column_may_be_the_date() -> None:
    found = header(b"a,when,b\n", date="when")
    assert (found.date, found.wanted) == ("when", ("a", "b"))


@pytest.mark.parametrize(("delimiter", "raw"), [(";", b"t;a,b;c\r\n"), ("\t", b"t\ta,b\tc\n")])
def test_cells_may_be_parted_by_semicolons_and_tabs(delimiter: str, raw: bytes) -> None:
    assert header(raw, delimiter=delimiter).names == ("t", "a,b", "c")


@pytest.mark.parametrize(
    "raw",
    [
        "t,R (W/m²),PAR (µmol/m²/s),T (°C)\n".encode(),
        "t,R (W/m²),PAR (µmol/m²/s),T (°C)\r\n".encode("utf-8-sig"),
        "t,R (W/m²),PAR (µmol/m²/s),T (°C)\n".encode("latin-1"),
        "t,R (W/m�),PAR (�mol/m�/s),T (�C)\n".encode(),
        "t,R (W/m²),PAR (\u03bcmol/m²/s),T (°C)\n".encode(),
        't, "R (W/m²)",PAR (µmol/m²/s) ,T (°C)\n'.replace(', "R', ',"R').encode(),
    ],
)
def test_units_are_the_same_however_the_file_was_saved(raw: bytes) -> None:
    assert header(raw).wanted == ("R (W/m²)", "PAR (µmol/m²/s)", "T (°C)")


def test_a_power_that_was_lost_is_not_guessed() -> None:
    lost = "t,rho (g/m�),R (W/m�),Q (mol/m�/s)\n".encode()
    assert header(lost).wanted == ("rho (g/m\ufffd)", "R (W/m²)", "Q (mol/m²/s)")
    assert header(lost).notes == (
        "column 'R (W/m²)': its unit was damaged in the file",
        "column 'Q (mol/m²/s)': its unit was damaged in the file",
    )


def test_what_was_mended_is_noted() -> None:
    assert header("t,R (W/m²)\n".encode("latin-1")).notes == ("the header is not UTF-8; read as latin-1",)
    assert header("t,R (W/m�),a\n".encode()).notes == ("column 'R (W/m²)': its unit was damaged in the file",)


def test_comments_before_the_header_are_counted_and_skipped() -> None:
    found = header(b"# one\n#two,three\nt,a\n")
    assert (found.names, found.lines, found.made_up) == (("t", "a"), 3, False)


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_comment_marks_a_made_up_station(mark: bytes) -> None:
    found = header(mark + b"# made-up station: simulated\n# more\nt,a\n")
    assert found.made_up
    assert found.lines == 3


def test_names_may_be_depths() -> None:
    assert read_header(io.BytesIO(b"time,5,10,-20\n"), PATH).wanted == ("5", "10", "-20")


def test_reading_goes_on_right_below_the_header() -> None:
    file = io.BytesIO(b"# c\nt,a\nrest")
    read_header(file, PATH)
    assert file.read() == b"rest"


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"t,a,a\n", "x.csv:1: the column 'a' stands twice"),
        (b'# c\nt,"a",  a\n', "x.csv:2: the column 'a' stands twice"),
        ("t,R (W/m²),R (W/m�)\n".encode(), "x.csv:1: the column 'R (W/m²)' stands twice"),
        (b"t,a,\n", "x.csv:1: column 3 has no name"),
        (
            b"1.1.20 0:10,9,-8\n",
            "x.csv:1: expected a header with the names of columns, got what looks measured: '1.1.20 0:10,9,-8'",
        ),
        (
            b"1.1.20 0:10,NaN,-8,null\n",
            "x.csv:1: expected a header with the names of columns, got what looks measured: '1.1.20 0:10,NaN,-8,null'",
        ),
        (
            b"#t,a\n1.1.20 0:10,9\n",
            "x.csv:2: expected a header with the names of columns, got what looks measured: '1.1.20 0:10,9'; "
            "what begins with # before it is no header",
        ),
        (b"t,,\n", "x.csv:1: column 2 has no name"),
        (b"t, ,a\n", "x.csv:1: column 2 has no name"),
        (b"t\n", "x.csv:1: expected a header of a date and at least one column, got 't'"),
        (b"\nt,a\n", "x.csv:1: expected a header of a date and at least one column, got ''"),
        (b"# only\n", "x.csv:2: expected a header of a date and at least one column, got ''"),
        (
            b"t;a;b\n",
            "x.csv:1: expected a header of a date and at least one column, got 't;a;b'; "
            "set data.delimiter to ';' if cells are parted by a semicolon",
        ),
        (
            b"t\ta\n",
            "x.csv:1: expected a header of a date and at least one column, got 't\\ta'; "
            "set data.delimiter to '\\t' if cells are parted by a tab",
        ),
    ],
)
def test_a_header_without_one_name_for_each_column_is_refused(raw: bytes, message: str) -> None:
    assert refusal(raw) == message


@pytest.mark.parametrize("raw", [b't,"a\n', b'"t,a\n', b'"t"x,a\n', b"t,a\rt1,1\rt2,2\n"])
def test_an_open_quote_or_a_lone_carriage_return_is_refused(raw: bytes) -> None:
    assert "is no header: expected each quoted cell to end before the next" in refusal(raw)


def test_quoted_names_parted_by_another_delimiter_are_told_of_it() -> None:
    assert refusal(b'"t";"a"\n').endswith("; set data.delimiter to ';' if cells are parted by a semicolon")


@pytest.mark.parametrize("start", [b"", b"#", b"t,"])
def test_a_first_line_that_does_not_end_is_refused(start: bytes) -> None:
    raw = start + b"x" * LONGEST_LINE + b"\nt,a\n"
    assert refusal(raw) == "x.csv:1: the line does not end within 65,536 bytes"
    assert refusal(b"# c\n" + raw) == "x.csv:2: the line does not end within 65,536 bytes"


def test_the_longest_line_is_still_read() -> None:
    name = "x" * (LONGEST_LINE - 3)
    assert header(f"t,{name}\n".encode()).wanted == (name,)


def test_a_missing_column_is_refused_naming_the_closest_and_all() -> None:
    message = "x.csv:1: no column 'T (degc)'; it has: t, T (degC); did you mean 'T (degC)'?"
    assert refusal(b"t,T (degC)\n", columns=("T (degc)",)) == message
    assert refusal(b"t,a\n", date="when") == "x.csv:1: no column 'when'; it has: t, a"
    several = "x.csv:1: no columns 'when', 'b', 'temq'; it has: t, temp; did you mean 'temp'?"
    assert refusal(b"t,temp\n", date="when", columns=("b", "temp", "temq")) == several


@pytest.mark.parametrize("columns", [None, ("a",), ("b", "a"), ("T (degC)", "a")])
def test_a_missing_target_is_refused_with_its_line_as_the_target(columns: tuple[str, ...] | None) -> None:
    with pytest.raises(DataError) as caught:
        read_header(io.BytesIO(b"# x\nt,a,b,Temp (degC)\n"), PATH, columns=columns, target="T (degC)")
    close = "; did you mean 'Temp (degC)'?; data.target names the column to forecast"
    assert str(caught.value) == f"x.csv:2: no column 'T (degC)'; it has: t, a, b, Temp (degC){close}"


def test_the_target_is_read_beside_the_columns() -> None:
    def wanted(columns: tuple[str, ...] | None, target: str) -> tuple[str, ...]:
        return read_header(io.BytesIO(b"t,a,b,c\n"), PATH, columns=columns, target=target).wanted

    assert wanted(None, "b") == ("a", "b", "c")
    assert wanted(("c",), "b") == ("c", "b")
    assert wanted(("c", "b"), "b") == ("c", "b")
    for columns in (None, ("a",)):
        with pytest.raises(DataError, match="column 't' holds the dates, so it is no input and no target"):
            wanted(columns, "t")


def test_control_characters_in_a_name_are_refused_and_shown(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(b"t,a\x1b[31m\n")
    with path.open("rb") as file, pytest.raises(DataError) as caught:
        read_header(file, path)
    assert str(caught.value) == f"{path}:1: column 2 has control characters in its name: a\\x1b[31m"


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_mark_before_a_header_in_latin_1_is_none_of_it(mark: bytes) -> None:
    header = read_header(io.BytesIO(mark + '"T, air (°C)",time\n'.encode("latin-1")), Path("x.csv"), date="time")
    assert (header.names, header.wanted) == (("T, air (°C)", "time"), ("T, air (°C)",))

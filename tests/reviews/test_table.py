from pathlib import Path

import pytest

from jena_rnn.base.errors import DataError
from jena_rnn.reviews.table import read_rows

PATH = Path("x.csv")


def refused(text: str) -> str:
    with pytest.raises(DataError) as caught:
        read_rows(text, PATH)
    message = str(caught.value)
    assert message.isprintable()
    return message


def test_a_quoted_text_goes_over_lines_and_rows_know_where_they_begin() -> None:
    table = read_rows('review,sentiment\n"one\ntwo ""2"", three",1\nfour,0\n\n"five\r\n",1\n', PATH)
    assert table.names == ["review", "sentiment"]
    assert table.rows == [(2, ['one\ntwo "2", three', "1"]), (4, ["four", "0"]), (6, ["five\r\n", "1"])]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_may_end_in_any_way(end: str) -> None:
    assert read_rows(f"a,b{end}x,1{end}y,0{end}", PATH).rows == [(2, ["x", "1"]), (3, ["y", "0"])]


def test_a_carriage_return_in_a_text_is_no_end_of_a_line() -> None:
    text = 'a,b\n"x\ry\rz",1\n"u\r\nv",0\r\nw,1\n'
    assert read_rows(text, PATH).rows == [(2, ["x\ry\rz", "1"]), (3, ["u\r\nv", "0"]), (5, ["w", "1"])]
    assert refused(f"{text}w").startswith("x.csv:6: the last line has no line end")
    assert refused(f"{text}w\n") == "x.csv:6: expected 2 cells, as in the header, got 1 cell"
    assert refused(f'{text}w,"1\n').startswith("x.csv:6: ")
    assert refused("a,b\rx,1\rw").startswith("x.csv:3: the last line has no line end")


@pytest.mark.parametrize("text", ["label,text\n1,good\n0,a film that I did not li", 'a,b\n\nx,"1\n2"'])
def test_a_last_line_without_an_end_may_be_cut_off(text: str) -> None:
    last = text.count("\n") + 1
    assert refused(text).startswith(f"x.csv:{last}: the last line has no line end, so it may be cut off")


def test_lines_are_counted_from_where_the_text_begins() -> None:
    assert read_rows("a,b\nx,1\n", PATH, 2).rows == [(3, ["x", "1"])]


def test_a_cut_last_line_is_told_by_the_lines_that_an_editor_counts() -> None:
    text = "text,label\n" + "a\x85b\u2028c\x0bd,1\r\n" * 3 + "e,"
    with pytest.raises(DataError, match=r"^x\.csv:5: the last line has no line end"):
        read_rows(text, PATH)


def test_a_usual_name_is_found_in_capitals_too_unless_there_are_two() -> None:
    table = read_rows("Review, TEXT ,x\na,b,c\n", PATH)
    assert table.names == ["Review", "TEXT", "x"]
    assert table.usual(("text",)) == 1
    assert table.usual(("text", "review")) is None
    assert table.usual(("review",)) == 0
    assert table.usual(("label",)) is None
    assert table.cells(2) == ["c"]


def test_a_column_that_is_not_there_is_told_with_those_that_are() -> None:
    table = read_rows("review,sentiment\na,1\n", PATH)
    table.require("sentiment", None)
    with pytest.raises(DataError) as caught:
        table.require("reviews", "sentiment", "label")
    known = "review, sentiment; did you mean 'review'?"
    assert str(caught.value) == f"x.csv:1: no columns 'reviews', 'label'; it has: {known}"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "x.csv: the file is empty; expected a header line and rows"),
        ("\n\n", "x.csv: the file is empty; expected a header line and rows"),
        ("a,b\n", "x.csv:1: the file ends after its header; expected rows below it"),
        ("a,b\nx,1\ny\n", "x.csv:3: expected 2 cells, as in the header, got 1 cell"),
        ('a,b\n"x\ny",1\nz,2,3\n', "x.csv:4: expected 2 cells, as in the header, got 3 cells"),
        ("review\nx\n", "x.csv:1: expected a header of two names or more, parted by commas, got 'review'"),
        ("a;b\nx;1\n", "x.csv:1: expected a header of two names or more, parted by commas, got 'a;b'"),
        ("a,a\nx,1\n", "x.csv:1: the column 'a' stands twice"),
        ('"a\x1b",b\nx,1\n', r"x.csv:1: the column 'a\x1b' has control characters in its name"),
        (
            'a,b\nx,1\n"y,0\nz,1\n',
            "x.csv:3: unexpected end of data; expected each quoted text that begins here to end ",
        ),
        ('a,b\n"x"y,1\n', "x.csv:2: ',' expected after '\"'; expected each quoted text"),
        (
            "a,b\n" + "x" * 200_000 + ",1\n",
            "x.csv:2: field larger than field limit (131072); expected each quoted text",
        ),
    ],
)
def test_what_is_no_table_is_refused_with_its_line(text: str, message: str) -> None:
    assert refused(text).startswith(message)

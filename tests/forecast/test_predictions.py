"""predictions.csv comes back as written, and what cannot be a forecast is refused."""

import csv
import io
from dataclasses import replace

import numpy as np
import pytest

from jena_rnn.forecast.predictions import Predictions


@pytest.mark.parametrize("unit", ["=1+1", "+1", "@SUM(A1)", "-1", '),=1+1,("', '"\n=1+1\n"', "", "=cmd|'/C calc'!A0"])
def test_no_cell_of_the_predictions_is_taken_for_a_formula(unit: str) -> None:
    times, figures = np.array(["2009-01-11T00:10:00"], "datetime64[s]"), np.array([-1.5])
    file = io.BytesIO()
    Predictions(times, times, figures, figures, figures, unit, made_up=True).write(file)
    cells = [cell for row in csv.reader(io.StringIO(file.getvalue().decode())) for cell in row]
    assert len(cells) == 1 + 5 + 5 + 1, "the comment has a comma"
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r")) and cell != "-1.5"] == []
    assert Predictions.read(io.BytesIO(file.getvalue())).unit == unit


def test_predictions_come_back_as_written() -> None:
    times = np.array(["2009-01-11T00:10:00", "2009-01-11T00:20:00"], "datetime64[s]")
    written = Predictions(
        times - np.timedelta64(25, "h"),
        times,
        np.array([1.25, -2.5]),
        np.array([1.0, -3.0]),
        np.array([0.5, 0.0]),
        "°C",
    )
    file = io.BytesIO()
    written.write(file)
    assert file.getvalue().decode().splitlines()[:2] == [
        "newest_input,target_time,forecast (°C),truth (°C),naive (°C)",
        "2009-01-09T23:10:00,2009-01-11T00:10:00,1.25,1.0,0.5",
    ]
    read = Predictions.read(io.BytesIO(file.getvalue()))
    assert read.unit == "°C"
    bare = io.BytesIO()
    replace(written, unit="").write(bare)
    assert bare.getvalue().startswith(b"newest_input,target_time,forecast,truth,naive\n")
    assert Predictions.read(io.BytesIO(bare.getvalue())).unit == ""
    for name in ("newest", "times", "forecast", "truth", "naive"):
        assert np.array_equal(getattr(read, name), getattr(written, name))


def test_predictions_with_a_column_missing_are_refused() -> None:
    with pytest.raises(ValueError, match="expected 5 columns, got 2"):
        Predictions.read(io.BytesIO(b"a,b\n1,2\n"))


@pytest.mark.parametrize(
    "line",
    [
        b"5,2009-01-11T00:10:00,1,1,1",
        b"2009-02-31T00:10:00,2009-01-11T00:10:00,1,1,1",
        b"2009-01-11T00:10:00,2009-01-11T00:10:00,inf,1,1",
        b"2009-01-11T00:10:00,2009-01-11T00:10:00,1,,1",
        b"2009-01-11T00:10:00,2009-01-11T00:10:00,1,x,1",
        b"",
    ],
    ids=["no time", "no date", "infinite", "missing", "no number", "no line"],
)
def test_a_line_that_is_no_forecast_is_refused(line: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        Predictions.read(io.BytesIO(b"a,b,c (K),d,e\n" + line + b"\n"))

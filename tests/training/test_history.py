"""The best epoch and early stopping as functions of the history; tables that come back as written."""

import csv
import io
from dataclasses import replace

import numpy as np
import pytest

from jena_rnn.config.experiment import EarlyStopping
from jena_rnn.forecast.predictions import Predictions
from jena_rnn.forecast.record import EpochRecord
from jena_rnn.training.history import best, stops_early


def _history(*val_mae: float) -> list[EpochRecord]:
    return [EpochRecord(i, 0.5, value, 1e-3, 1.0) for i, value in enumerate(val_mae, start=1)]


def test_best_is_the_lowest_and_of_equals_the_earlier() -> None:
    assert best(_history(0.3, 0.2, 0.2, 0.4)).epoch == 2


@pytest.mark.parametrize(
    ("val_mae", "rule", "stops"),
    [
        ((), EarlyStopping(patience=1), False),
        ((0.3, 0.3), None, False),
        ((0.3, 0.3), EarlyStopping(patience=1), True),
        ((0.3, 0.31, 0.32), EarlyStopping(patience=3), False),
        ((0.3, 0.31, 0.32, 0.30), EarlyStopping(patience=3), True),
        ((0.3, 0.31, 0.29, 0.30), EarlyStopping(patience=2), False),
        ((0.300, 0.299, 0.298), EarlyStopping(patience=2, min_delta=0.01), True),
        ((0.300, 0.299, 0.280), EarlyStopping(patience=2, min_delta=0.01), False),
    ],
)
def test_training_stops_after_patience_epochs_without_a_gain(
    val_mae: tuple[float, ...], rule: EarlyStopping | None, stops: bool
) -> None:
    assert stops_early(_history(*val_mae), rule) is stops


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
    ("line", "words"),
    [
        (b"NaT,2009-01-11T00:10:00,1,1,1", "expected times such as 2009-01-01T00:10:00, got 'NaT'"),
        (b",2009-01-11T00:10:00,1,1,1", "expected times such as"),
        (b"now,2009-01-11T00:10:00,1,1,1", "expected times such as .*, got 'now'"),
        (b"5,2009-01-11T00:10:00,1,1,1", "expected times such as .*, got '5'"),
        (b"2009-02-31T00:10:00,2009-01-11T00:10:00,1,1,1", "got '2009-02-31T00:10:00'"),
        (b"1699-12-31T00:10:00,2009-01-11T00:10:00,1,1,1", "expected times between the years 1700 and 2200"),
        (b"2009-01-11T00:10:00,2200-01-11T00:10:00,1,1,1", "expected times between the years 1700 and 2200"),
        (b"2009-01-11T00:10:00,2009-01-11T00:10:00,inf,1,1", "expected finite forecasts"),
        (b"2009-01-11T00:10:00,2009-01-11T00:10:00,1,,1", "expected finite forecasts"),
        (b"2009-01-11T00:10:00,2009-01-11T00:10:00,1,x,1", "x"),
    ],
)
def test_predictions_that_cannot_be_are_refused(line: bytes, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Predictions.read(io.BytesIO(b"a,b,c (K),d,e\n" + line + b"\n"))


def test_predictions_without_a_line_are_refused() -> None:
    with pytest.raises(ValueError, match="no forecasts"):
        Predictions.read(io.BytesIO(b"a,b,c (K),d,e\n"))

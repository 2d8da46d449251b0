"""The Python interface: its examples, what importing it loads, and tables that equal the files."""

import doctest
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import jena_rnn
from jena_rnn import api


def test_the_examples_in_the_docstrings_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    failed, attempted = doctest.testmod(api)
    assert (failed, attempted >= 9) == (0, True)


def test_importing_the_package_loads_nothing_else() -> None:
    program = "import jena_rnn, sys; print({'numpy', 'pandas', 'pydantic', 'tensorflow', 'click'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_a_name_that_does_not_exist_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'forecasts'"):
        _ = jena_rnn.forecasts


def test_a_run_gives_its_files_as_tables(trained: Path) -> None:
    run = jena_rnn.Run.open(trained)
    assert run.config.name == "dense"
    assert run.history.equals(pd.read_csv(trained / "history.csv"))
    assert list(run.metrics.index) == ["val", "test"]
    predictions = run.predictions
    errors = (predictions.iloc[:, 2] - predictions.iloc[:, 3]).abs()
    assert errors.mean() == pytest.approx(run.metrics.loc["test", "mae_unit"], rel=1e-6)
    assert run.report == (trained / "report.md").read_text()
    assert run.evaluate("test")["mae"] == pytest.approx(run.metrics.loc["test", "mae"], rel=1e-6)


def test_a_station_is_read_as_training_reads_it(made_up_csv: Path) -> None:
    frame = jena_rnn.read_series(made_up_csv)
    assert (len(frame), frame.index.name) == (20_000, "time")
    assert "T (degC)" in frame.columns
    assert set(frame.dtypes) == {np.dtype("float64")}

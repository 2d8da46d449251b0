"""The report's first line never hides a failure, and its figures are those of the saved files."""

import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from helpers import config_of

from jena_rnn.config.loading import dump
from jena_rnn.reports.report import headline, render
from jena_rnn.runs.rundir import RunDir


def _metrics(**test: Any) -> dict[str, Any]:
    good = {"mae": 0.24, "naive_mae": 0.25, "mae_unit": 2.4, "naive_mae_unit": 2.5, "skill": 0.04}
    good |= {"unit": "°C", "unit_per_normalised": 10.0, "collapsed": False}
    return {"splits": {"val": good, "test": good | test}}


CONFIG = config_of("name: gru\nseed: 7")
MEASURED = {"data": {"made_up": False}}
COLLAPSED = "COLLAPSED (its forecasts hardly vary)"
NO_SKILL = {"skill": None, "naive_mae": 0.0, "naive_mae_unit": 0.0}


@pytest.mark.parametrize(
    ("test", "verdict"),
    [
        ({}, "test MAE 2.400 °C, naive 2.500 °C: 4.0 % better than naive"),
        (
            {"skill": -0.1, "mae": 0.275, "mae_unit": 2.75},
            "WORSE THAN NAIVE on test: test MAE 2.750 °C, naive 2.500 °C",
        ),
        (NO_SKILL, "WORSE THAN NAIVE on test: test MAE 2.400 °C, naive 0.000 °C"),
        ({"skill": None, "mae": 0.0, "naive_mae": 0.0, "mae_unit": 0.0}, "test MAE 0.000 °C, naive 2.500 °C"),
        ({"collapsed": True}, f"{COLLAPSED} on test: test MAE 2.400 °C, naive 2.500 °C"),
    ],
    ids=["better", "worse", "naive makes no error", "neither makes an error", "collapsed"],
)
def test_the_first_line_puts_failures_before_figures(test: dict[str, Any], verdict: str) -> None:
    assert headline(CONFIG, MEASURED, _metrics(**test)) == f"gru, seed 7: {verdict}"


@pytest.mark.parametrize(
    ("val", "failures"),
    [
        ({"collapsed": True}, f"{COLLAPSED} on val, WORSE THAN NAIVE on test"),
        ({}, "WORSE THAN NAIVE on val and test"),
    ],
)
def test_the_first_line_names_the_gravest_failure_of_each_split(val: dict[str, Any], failures: str) -> None:
    metrics = _metrics(mae=0.275, mae_unit=2.75)
    metrics["splits"]["val"] = metrics["splits"]["test"] | val
    assert headline(CONFIG, MEASURED, metrics) == f"gru, seed 7: {failures}: test MAE 2.750 °C, naive 2.500 °C"


def test_the_first_line_says_made_up_and_unfinished() -> None:
    line = headline(CONFIG, {"data": {"made_up": True, "edition": "made-up station"}}, None)
    assert line == "gru, seed 7 (made-up station): not finished, `jena-rnn resume` goes on"


def test_a_line_break_in_a_file_makes_no_line_of_the_report(trained: Path, tmp_path: Path) -> None:
    run = RunDir(Path(shutil.copytree(trained, tmp_path / "run")))
    whole = len(render(run).splitlines())
    info = run.info()
    run.write_info(info | {"started": "then\n# now", "data": info["data"] | {"edition": "mine\n\x1b[31m"}})
    assert len(render(run).splitlines()) == whole
    assert render(run).startswith(r"# dense, seed 0 (mine\n\x1b[31m): ")
    (run.path / "metrics.json").unlink()
    (run.path / "diverged.txt").write_text("boom\n# gru: 90 % better than naive\n")
    assert r"DIVERGED: boom\n# gru: 90 % better" in render(run).splitlines()[0]


def test_report_of_a_run_holds_what_a_reader_needs(trained: Path) -> None:
    text = render(RunDir.open(trained))
    assert text.startswith("# dense, seed 0 (made-up station): ")
    for expected in (
        r"\| validation, best epoch \([123]\) +\| +\d\.\d{3} \|",
        r"\| test, best epoch \([123]\) ",
        r"\| validation, last epoch \(3\) ",
        r"25 hours ahead",
        r"107,585 parameters, 20 steps an epoch, seed 0",
        r"s an epoch \(median\)",
        r"20,000 rows, edition: made-up station",
        r"faults: none found",
        r"keras \d",
        r"!\[loss\]\(plots/loss\.png\)",
    ):
        assert re.search(expected, text), expected
    assert "The book" not in text


def test_the_books_figure_stands_only_beside_the_full_file(trained: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = RunDir.open(trained)
    info = run.info()
    info["data"]["edition"] = "jena_climate_2009_2016.csv (420,551 rows)"
    monkeypatch.setattr(run, "info", lambda: info)
    text = render(run)
    assert "The book (listing 6.37): best validation MAE 0.2994 normalised" in text
    assert "It is not the listing as it stands: split.test [14267, null] instead of [300001, null], " in text
    assert "training.steps_per_epoch 20 instead of 500" in text
    info["data"]["columns"] = info["data"]["columns"][:1]
    assert "It is not the listing as it stands: 1 of 14 columns as input, " in render(run)
    own_idea = config_of(dump(run.config()), "book=null")
    monkeypatch.setattr(run, "config", lambda: own_idea)
    assert "The book (" not in render(run)


def test_errors_in_small_units_get_more_digits_and_no_skill_is_undefined(
    trained: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = RunDir.open(trained)
    info, metrics = run.info(), run.metrics()
    assert metrics is not None
    info["data"] |= {"target_std": 1e-5, "target_mean": 0.00041}
    for score in metrics["splits"].values():
        score |= {"unit_per_normalised": 1e-5, "mae_unit": 7.8e-6, "naive_mae_unit": 6.5e-6, "unit": "mol/mol"}
        score |= {"naive_mae": 1e-17, "skill": None}
    monkeypatch.setattr(run, "info", lambda: info)
    monkeypatch.setattr(run, "metrics", lambda: metrics)
    text = render(run)
    assert "test MAE 0.0000078 mol/mol, naive 0.0000065 mol/mol" in text.splitlines()[0]
    assert re.search(r"validation, best epoch \(\d\) +\| +0\.0000078 \|", text)
    assert "(train rows: mean 0.0004100, std 0.00001000)" in text
    lines = [line for line in text.splitlines() if line.startswith(("| validation", "| test"))]
    assert len(lines) == 3
    assert all("undefined" in line for line in lines)


def test_report_of_a_stopped_run_says_how_far_it_got(trained: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = RunDir.open(trained)
    monkeypatch.setattr(run, "metrics", lambda: None)
    text = render(run)
    assert text.splitlines()[0].endswith("not finished, `jena-rnn resume` goes on")
    assert re.search(r"at epoch \d \(best of 3 finished; 3 were asked for\)\.", text)
    monkeypatch.setattr(run, "history", list)
    assert "No epoch was finished." in render(run)

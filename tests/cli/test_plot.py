"""plot and report: what is saved, as figures and as text."""

import json
from collections.abc import Callable
from pathlib import Path

from conftest import Result

from jena_rnn.runs.rundir import RunDir

Command = Callable[..., Result]


def test_plot_draws_one_run_again_and_joins_several(
    trained: Path, tmp_path: Path, copy: Callable[[Path], Path], jena_rnn: Command
) -> None:
    run, joined = copy(trained), tmp_path / "two.png"
    (run / "plots" / "loss.png").unlink()
    assert jena_rnn("plot", run).out.splitlines()[0] == str(run / "plots" / "loss.png")
    assert (run / "plots" / "loss.png").exists()
    assert jena_rnn("plot", run, run, "--out", joined).out == f"{joined}\n"
    for ending, begins in ((".png", b"\x89PNG"), (".pdf", b"%PDF"), (".SVG", b"<?xml")):
        assert jena_rnn("plot", run, run, "--out", joined.with_suffix(ending), "--force").code == 0
        assert joined.with_suffix(ending).read_bytes().startswith(begins)
    done = jena_rnn("plot", run, run, "--out", tmp_path / "two.txt")
    assert (done.code, "expected a name that ends in .png or .pdf or .svg, got " in done.err) == (2, True)
    assert jena_rnn("plot", run, run, "--out", joined).code == 4
    assert jena_rnn("plot", run, "--out", joined).code == 2


def test_runs_of_different_tasks_are_not_compared(
    trained: Path, trained_on_reviews: Path, tmp_path: Path, jena_rnn: Command
) -> None:
    assert jena_rnn("plot", trained_on_reviews, trained_on_reviews, "--out", tmp_path / "two.png").code == 0
    done = jena_rnn("plot", trained_on_reviews, trained, "--out", tmp_path / "no.png")
    assert (done.code, done.err) == (4, "jena-rnn: the runs are of different tasks: forecast, reviews\n")


def test_report_prints_what_it_writes(trained: Path, jena_rnn: Command) -> None:
    done = jena_rnn("report", trained)
    assert done.out == (trained / "report.md").read_text()
    assert json.loads(jena_rnn("report", trained, "--json").out)["metrics"]["epochs"] == 3


def test_a_run_that_another_process_writes_is_not_written(trained: Path, jena_rnn: Command) -> None:
    with RunDir.open(trained).locked():
        assert jena_rnn("report", trained).code == 5
        assert jena_rnn("plot", trained).code == 5

"""The commands as a user meets them: results on stdout, notices on stderr, exit codes, no traceback for a mistake."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import CONFIGS, Result

from jena_rnn.base.errors import BusyError

Command = Callable[..., Result]
VERBS = ["train", "resume", "evaluate", "predict", "baseline", "plot", "report", "inspect", "show", "sample"]
PROGRAM = [sys.executable, "-m", "jena_rnn"]
HEAVY = {"tensorflow", "keras", "matplotlib", "numpy", "pandas"}


def _modules_after(*arguments: str, code: int = 0) -> set[str]:
    """Return the top-level modules that a fresh process has loaded after a command."""
    program = (
        "import sys; from jena_rnn.cli import run; code = run(sys.argv[1:]); "
        "print(*{name.partition('.')[0] for name in sys.modules}, file=sys.stderr); sys.exit(code)"
    )
    done = subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stderr
    return set(done.stderr.splitlines()[-1].split())


@pytest.mark.parametrize("verb", ["", *VERBS])
def test_help_loads_nothing_heavy(verb: str) -> None:
    assert not HEAVY & _modules_after(*filter(None, [verb]), "--help")


def test_baseline_and_inspect_without_plots_load_no_tensorflow_and_no_matplotlib(made_up_csv: Path) -> None:
    heavy = {"tensorflow", "keras", "matplotlib"}
    assert not heavy & _modules_after("baseline", "--data", str(made_up_csv), "--scale-split")
    assert not heavy & _modules_after("inspect", "--data", str(made_up_csv), "--no-plots")


@pytest.mark.parametrize("config", sorted(CONFIGS.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_config_trains_end_to_end(config: Path, made_up_csv: Path, tmp_path: Path, jena_rnn: Command) -> None:
    done = jena_rnn("train", config, "--data", made_up_csv, "--smoke", "--runs-dir", tmp_path)
    assert done.code == 0, done.err
    assert done.out.startswith(f"{config.stem}, seed 0 (made-up station): ")
    assert re.search(r"epoch 1/1  loss \d\.\d{4}  val MAE \d+\.\d{4} \(\d+\.\d{3} °C\)  best  \d+\.\d s", done.err)
    (run,) = tmp_path.iterdir()
    assert {path.name for path in run.iterdir()} >= {
        *("config.yaml", "run.json", "history.csv", "metrics.json", "report.md", "predictions.csv", "model.keras"),
        *("plots", "snapshot", "tensorboard"),
    }
    assert {path.name for path in (run / "plots").iterdir()} == {
        *("loss.png", "forecast.png", "error_by_hour.png", "error_by_month.png"),
    }


def test_a_runs_config_runs_again_to_the_same_figures(trained: Path, tmp_path: Path, jena_rnn: Command) -> None:
    done = jena_rnn("train", trained / "config.yaml", "--runs-dir", tmp_path, "--quiet")
    assert (done.code, done.err) == (0, "")
    (again,) = tmp_path.iterdir()

    def figures(run: Path) -> list[list[str]]:
        return [line.split(",")[:4] for line in (run / "history.csv").read_text().splitlines()]

    assert figures(again) == figures(trained)
    assert (again / "predictions.csv").read_bytes() == (trained / "predictions.csv").read_bytes()


def test_nothing_but_the_programs_own_words_reaches_the_terminal(made_up_csv: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "jena_rnn", "train", "dense", "--data", str(made_up_csv), "--smoke"]
    done = subprocess.run(
        [*command, "--runs-dir", str(tmp_path), "--set", "training.jit_compile=true"],
        capture_output=True,
        text=True,
        check=True,
    )
    begins, path, epoch, report = done.stderr.splitlines()
    assert begins.startswith("dense on made-up station (")
    assert epoch.startswith("epoch 1/1  loss ")
    assert report.startswith("report: ")
    assert path in report


def test_evaluate_repeats_the_figures_of_the_report(trained: Path, jena_rnn: Command) -> None:
    metrics = json.loads((trained / "metrics.json").read_text())
    for split in ("val", "test"):
        score = json.loads(jena_rnn("evaluate", trained, "--split", split, "--json").out)
        assert score["mae"] == pytest.approx(metrics["splits"][split]["mae"], rel=1e-6)
        assert score["naive_mae"] == metrics["splits"][split]["naive_mae"]
    shown = jena_rnn("evaluate", trained).out
    assert re.match(r"dense-\S+ on made-up station \(\S+made_up\.csv\)\n\n", shown)


def test_evaluate_refuses_a_file_that_is_no_longer_what_the_run_saw(
    trained: Path, made_up_csv: Path, jena_rnn: Command
) -> None:
    before = made_up_csv.read_bytes()
    try:
        made_up_csv.write_bytes(before.replace(b"0\n", b"1\n", 1))
        done, trace = jena_rnn("evaluate", trained), jena_rnn("show", trained, "--trace")
    finally:
        made_up_csv.write_bytes(before)
    assert (done.code, trace.code) == (3, 3)
    assert done.err.endswith(f"not the data that {trained} was trained on; --data scores another file\n")
    assert trace.err.endswith(f"not the data that {trained} was trained on\n")


def test_evaluate_says_which_snapshot_is_damaged(trained: Path, tmp_path: Path, jena_rnn: Command) -> None:
    run = tmp_path / trained.name
    shutil.copytree(trained, run)
    path = run / "snapshot" / "epoch-000003.snapshot"
    path.write_bytes(path.read_bytes()[:-1])
    done = jena_rnn("evaluate", run)
    assert done.err.startswith(f"{path}: damaged: its checksum does not fit; going one snapshot back\n")


@pytest.mark.parametrize("command", [["report"], ["report", "--json"], ["plot"], ["evaluate"], ["resume"]])
def test_an_edited_config_is_refused_by_all_that_read_a_run(
    trained: Path, tmp_path: Path, command: list[str], jena_rnn: Command
) -> None:
    run = tmp_path / trained.name
    shutil.copytree(trained, run)
    path = run / "config.yaml"
    path.write_text(path.read_text().replace("units: 32", "units: 33"))
    done = jena_rnn(*command, run)
    assert (done.code, done.out) == (2, "")
    assert done.err == f"jena-rnn: {run}: config.yaml is not the one that was trained; train it as a new run\n"


@pytest.mark.parametrize("setting", ["model.units=64", "windows.protocol=strict", "seed=1", "data.target=p"])
def test_evaluate_sets_nothing_but_what_is_of_data(trained: Path, setting: str, jena_rnn: Command) -> None:
    done = jena_rnn("evaluate", trained, "--sample", "--set", setting)
    assert done.code == 2
    key = setting.partition("=")[0]
    expected = f"--set {setting}: {key}: expected a key that says how to read data; the run has settled the rest"
    assert done.err == f"jena-rnn: {expected}\n"
    assert jena_rnn("evaluate", trained, "--sample", "--set", "data.max_rows=20000").code == 0


def test_evaluate_tells_all_that_is_wrong_with_its_settings_at_once(trained: Path, jena_rnn: Command) -> None:
    settings = ["seed=5", "data.colums=3", "model.units=3", "seed", "data.delimiter=x", "name=../../x"]
    done = jena_rnn("evaluate", trained, *(part for setting in settings for part in ("--set", setting)))
    assert done.code == 2
    starts = [line.strip().removeprefix("jena-rnn: ").partition(": ")[0] for line in done.err.splitlines()]
    told = ["seed=5", "model.units=3", "name=../../x", "seed", "data.delimiter=x", "data.colums=3"]
    assert sorted(starts) == sorted(f"--set {setting}" for setting in told)


def test_evaluate_refuses_rows_of_another_period(trained: Path, tmp_path: Path, jena_rnn: Command) -> None:
    hourly = tmp_path / "hourly.csv"
    jena_rnn("sample", hourly, "--rows", 20_000)
    lines = hourly.read_text().splitlines(keepends=True)
    hourly.write_text("".join(lines[:2] + lines[2::6]))
    done = jena_rnn("evaluate", trained, "--data", hourly)
    assert done.code == 3
    assert "one row every 60 minutes, but" in done.err


def test_evaluate_replaces_no_file_unasked(trained: Path, tmp_path: Path, jena_rnn: Command) -> None:
    kept = tmp_path / "kept.csv"
    kept.write_text("mine")
    assert jena_rnn("evaluate", trained, "--predictions", kept).code == 4
    assert kept.read_text() == "mine"
    assert jena_rnn("evaluate", trained, "--predictions", kept, "--force").code == 0
    assert kept.read_text().startswith("# made-up station: simulated, not measured\nnewest_input,")


@pytest.mark.parametrize("name", ["a" * 300, "a/" * 3000])
def test_a_name_too_long_is_one_line(trained: Path, tmp_path: Path, name: str, jena_rnn: Command) -> None:
    path = tmp_path / name
    for command in (
        ["sample", path, "--rows", 10],
        ["evaluate", trained, "--predictions", path],
        ["plot", trained, trained, "--out", f"{path}.png"],
        ["inspect", "--sample", "--set", "data.max_rows=20", "--plots", path],
    ):
        done = jena_rnn(*command)
        assert (done.code, done.out) == (4, ""), command
        assert done.err.startswith("jena-rnn: ")
        assert done.err.count("\n") == 1
        assert "File name too long" in done.err


def test_evaluate_never_replaces_what_it_reads(
    trained: Path, made_up_csv: Path, tmp_path: Path, jena_rnn: Command
) -> None:
    before = made_up_csv.read_bytes()
    (tmp_path / "link.csv").symlink_to(made_up_csv)
    for arguments in ([], ["--data", tmp_path / "link.csv"]):
        done = jena_rnn("evaluate", trained, *arguments, "--predictions", made_up_csv, "--force")
        assert done.code == 4
        wrong = "is of the data that is read, and not replaced; expected another name"
        assert done.err == f"jena-rnn: {made_up_csv}: {wrong}\n"
    assert made_up_csv.read_bytes() == before
    copied = tmp_path / "copied"
    shutil.copytree(trained, copied, ignore=shutil.ignore_patterns(".lock"))
    for run in (trained, copied):
        for name in ("config.yaml", "snapshot/epoch-000003.snapshot", "plots/loss.png", ".lock"):
            kept = (run / name).read_bytes() if (run / name).exists() else b""
            done = jena_rnn("evaluate", run, "--predictions", run / name, "--force")
            assert done.code == 4
            assert f"{run / name}: is of the run {run}, and not replaced; expected another name" in done.err
            assert not kept or (run / name).read_bytes() == kept
    done = jena_rnn("sample", copied / "run.json", "--rows", "3", "--force")
    assert (done.code, (copied / "run.json").read_bytes()) == (4, (trained / "run.json").read_bytes())
    assert jena_rnn("plot", trained, copied, "--out", copied / "plots" / "both.png").code == 0


def test_what_is_wrong_with_other_data_is_told_by_evaluate_and_baseline(
    trained: Path, tmp_path: Path, jena_rnn: Command
) -> None:
    other = tmp_path / "other.csv"
    jena_rnn("sample", other, "--rows", 4000, "--seed", 5)
    comment, header, *rows = other.read_text().splitlines(keepends=True)
    rows[7] = re.sub(r",[^,]*", ",-9999", rows[7], count=1)
    other.write_text("".join([comment, header, *rows[:500], *rows[501:]]))
    done = jena_rnn("evaluate", trained, "--data", other)
    assert (done.code, done.err) == (0, "data: 1 gap in time, 1 sentinel (rows taken as they stand)\n")
    ranges = ["--set", "windows.lookback=144", "--set", "windows.delay=36", "--scale-split", "--data", other]
    told = jena_rnn("baseline", *ranges).out.splitlines()[-1]
    assert told == "data: 1 gap in time, 1 sentinel (book takes rows as they stand, strict repairs them)"
    assert json.loads(jena_rnn("baseline", *ranges, "--json").out)["faults"] == ["1 gap in time", "1 sentinel"]
    rows[7] = re.sub(r",[^,]*", ",", rows[7], count=1)
    other.write_text("".join([comment, header, *rows]))
    done = jena_rnn("evaluate", trained, "--data", other)
    assert done.code == 3
    assert done.err.endswith("rows as they stand, and so does the run; one of protocol strict repairs them\n")


def test_evaluate_scores_every_window_of_another_file(trained: Path, tmp_path: Path, jena_rnn: Command) -> None:
    other, forecasts = tmp_path / "other.csv", tmp_path / "forecasts.csv"
    assert jena_rnn("sample", other, "--rows", 4000, "--seed", 5).code == 0
    done = jena_rnn("evaluate", trained, "--data", other, "--json", "--predictions", forecasts)
    score = json.loads(done.out)
    assert (score["split"], score["windows"]) == ("all", (4000 - 144 - 1 - 1440) // 128 * 128)
    assert (score["made_up"], score["series"]) == (True, f"made-up station ({other})")
    assert len(forecasts.read_text().splitlines()) == score["windows"] + 2


def test_plot_redraws_one_run_and_joins_several(trained: Path, tmp_path: Path, jena_rnn: Command) -> None:
    (trained / "plots" / "loss.png").unlink()
    assert jena_rnn("plot", trained).out.splitlines()[0] == str(trained / "plots" / "loss.png")
    assert (trained / "plots" / "loss.png").exists()
    joined = tmp_path / "two.png"
    assert jena_rnn("plot", trained, trained, "--out", joined).out == f"{joined}\n"
    assert joined.read_bytes().startswith(b"\x89PNG")
    for ending, begins in ((".pdf", b"%PDF"), (".SVG", b"<?xml")):
        assert jena_rnn("plot", trained, trained, "--out", joined.with_suffix(ending)).code == 0
        assert joined.with_suffix(ending).read_bytes().startswith(begins)
    done = jena_rnn("plot", trained, trained, "--out", tmp_path / "two.txt")
    assert done.code == 2
    assert "expected a name that ends in .png or .pdf or .svg, got " in done.err
    assert jena_rnn("plot", trained, trained, "--out", joined).code == 4
    assert jena_rnn("plot", trained, "--out", joined).code == 2


def test_report_prints_what_it_writes(trained: Path, jena_rnn: Command) -> None:
    done = jena_rnn("report", trained)
    assert done.out == (trained / "report.md").read_text()
    assert json.loads(jena_rnn("report", trained, "--json").out)["metrics"]["epochs"] == 3


def test_inspect_tells_and_draws(made_up_csv: Path, tmp_path: Path, jena_rnn: Command) -> None:
    done = jena_rnn("inspect", "--data", made_up_csv, "--plots", tmp_path / "plots")
    assert done.out.startswith(f"made-up station ({made_up_csv}): 20,000 rows, 14 columns\n")
    assert {path.name for path in (tmp_path / "plots").iterdir()} == {"series.png", "first_days.png"}
    facts = json.loads(jena_rnn("inspect", "--data", made_up_csv, "--no-plots", "--json").out)
    assert (facts["rows"], facts["gaps"]["count"], facts["columns"][1]["name"]) == (20_000, 0, "T (degC)")


def test_inspect_takes_a_csv_by_itself_and_needs_no_target(tmp_path: Path, jena_rnn: Command) -> None:
    station = tmp_path / "station.csv"
    station.write_text("time,t\n2024-01-01 00:30,\n2024-01-01 00:20,\n2024-01-01 00:10,\n")
    done = jena_rnn("inspect", station, "--plots", tmp_path)
    assert done.code == 0
    assert "one row every 10 minutes" in done.out
    assert "jumps back in time: 2: " in done.out
    assert "nothing drawn: no column 'T (degC)'" in done.err
    facts = json.loads(jena_rnn("inspect", station, "--json", "--no-plots").out)
    assert (facts["columns"][0]["missing"]["count"], facts["columns"][0]["mean"]) == (3, None)
    other = station.rename(tmp_path / "station.dat")
    assert json.loads(jena_rnn("inspect", other, "--json", "--no-plots").out)["columns"] == facts["columns"]
    done = jena_rnn("show", other)
    assert f"expected a YAML config; data is named with --data {other}" in done.err


def test_a_station_without_the_target_is_told_so_with_its_header_line(tmp_path: Path, jena_rnn: Command) -> None:
    station = tmp_path / "station.csv"
    station.write_text("time,Temp\n2024-01-01 00:10,1\n")
    message = f"{station}:1: no column 'T (degC)'; it has: time, Temp; data.target names the column to forecast"
    for command in (["show", "gru"], ["baseline"], ["train", "gru", "--runs-dir", tmp_path / "runs"]):
        done = jena_rnn(*command, "--data", station)
        assert (done.code, done.err) == (3, f"jena-rnn: {message}\n"), command
    done = jena_rnn("inspect", "--data", station, "--plots", tmp_path, "--set", "data.columns=[Temp]")
    assert (done.code, done.err) == (3, f"jena-rnn: {message}\n")


def test_the_largest_values_are_audited_and_drawn_without_a_word(tmp_path: Path, jena_rnn: Command) -> None:
    station = tmp_path / "station.csv"
    rows = enumerate(("1e30", "-1e30", "1e30", "1e-30"))
    station.write_text("t,T (degC)\n" + "".join(f"2020-01-01 00:{row}0,{cell}\n" for row, cell in rows))
    done = jena_rnn("inspect", station, "--plots", tmp_path)
    assert done.code == 0
    assert re.search(r"\| T \(degC\) \| -1e\+30 \| 1e\+30 \|", done.out)
    assert done.err == f"drawn: {tmp_path}/series.png\ndrawn: {tmp_path}/first_days.png\n"
    facts = json.loads(jena_rnn("inspect", station, "--no-plots", "--json").out)
    assert facts["columns"][0]["std"] == pytest.approx(8.29e29, rel=0.01)


def test_a_series_that_stands_still_is_named(tmp_path: Path, jena_rnn: Command) -> None:
    station = tmp_path / "station.csv"
    station.write_text("t,T (degC)\n" + "2020-01-01 00:00,1\n" * 3)
    strict = ["--set", "windows.protocol=strict"]
    for command in (["inspect"], ["show", "gru", *strict, "--data"], ["baseline", *strict, "--data"]):
        done = jena_rnn(*command, station)
        assert done.code == 3
        assert f"{station} has no two rows with different times" in done.err, command


def test_names_that_no_font_has_are_drawn_without_a_word(tmp_path: Path, jena_rnn: Command) -> None:
    station = tmp_path / "station.csv"
    station.write_text("t,温度 (degC)\n2020-01-01 00:00,1\n2020-01-01 00:10,2\n")
    done = jena_rnn("inspect", station, "--plots", tmp_path, "--set", "data.target=温度 (degC)")
    assert (done.code, done.err.count("\n")) == (0, 2)


def test_inspect_audits_the_real_rows(real_data: Path, jena_rnn: Command) -> None:
    facts = json.loads(jena_rnn("inspect", "--data", real_data / "jena_prefix.csv", "--no-plots", "--json").out)
    assert facts["rows"] == 106_727
    assert facts["gaps"] == {"count": 1, "first": ["2009-10-08 09:40 to 2009-10-08 10:10 (row 40,378)"]}
    assert facts["backward"]["count"] == 1
    assert (facts["repeated"]["count"], facts["repeated_alike"]) == (144, 144)


def test_baseline_prints_the_reference_value(real_data: Path, jena_rnn: Command) -> None:
    done = jena_rnn(
        *("baseline", "--data", real_data / "jena_prefix.csv", "--set", "split.train=[0,50000]"),
        *("--set", "split.val=[50001,75000]", "--set", "split.test=[75001,null]"),
    )
    assert re.search(r"\| book, val +\| +25 h \| +23,552 \| +184 \| +0\.341089023982\d+ \| 2\.782 \|", done.out)


def test_show_explains_windows_and_layers(jena_rnn: Command) -> None:
    done = jena_rnn("show", "gru", "--sample")
    assert "The true lead, from the newest input to the target, is 25 h." in done.out
    assert "first: inputs from 2009-01-01 00:10, target 2009-01-12 00:10" in done.out
    assert "4,641 parameters" in done.out
    assert re.search(r"500 steps an epoch, fast layers, about \d+ (s|minutes) an epoch", done.out)
    strict = json.loads(jena_rnn("show", "gru", "--sample", "--json", "--set", "windows.protocol=strict").out)
    assert strict["windows"][0]["first_target"] == "2009-01-11 23:10"
    assert strict["parameters"] == 4641


def test_show_without_data_still_shows_the_model_but_not_for_a_mistyped_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jena_rnn: Command
) -> None:
    monkeypatch.chdir(tmp_path)
    done = jena_rnn("show", "gru")
    assert done.code == 0
    assert "14 input columns are assumed: data/jena_climate_2009_2016.csv: no such file" in done.out
    assert "4,641 parameters" in done.out
    assert jena_rnn("show", "gru", "--data", "gone.csv").code == 3


def test_what_is_shown_of_the_made_up_station_says_so_in_its_first_line(jena_rnn: Command) -> None:
    assert jena_rnn("show", "dense", "--sample").out.startswith("made-up station:\n")
    assert jena_rnn("baseline", "--sample").out.startswith("made-up station: ")
    assert json.loads(jena_rnn("show", "dense", "--sample", "--json").out)["series"] == "made-up station"


def test_data_named_on_the_command_line_goes_before_a_made_up_station_in_the_file(
    trained: Path, made_up_csv: Path, tmp_path: Path, jena_rnn: Command
) -> None:
    config = tmp_path / "made_up.yaml"
    config.write_text("data: {sample: true}\n")
    done = jena_rnn("inspect", config, "--data", made_up_csv, "--no-plots")
    assert done.out.startswith(f"made-up station ({made_up_csv}): 20,000 rows")
    assert jena_rnn("show", config, "--data", made_up_csv, "--sample").code == 2


def test_smoke_leaves_what_was_asked_for(made_up_csv: Path, tmp_path: Path, jena_rnn: Command) -> None:
    done = jena_rnn(
        *("train", "dense", "--data", made_up_csv, "--smoke", "--epochs", "2", "--runs-dir", tmp_path),
        *("--set", "training.steps_per_epoch=3", "--set", "data.max_rows=19000"),
    )
    assert "epoch 2/2" in done.err
    assert "the first 19,000 of its 20,000 rows: 3 steps an epoch" in done.err


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["train", "gruu"], 2, "did you mean 'gru'?"),
        (["train", "gru", "--set", "model.unitz=3"], 2, "model.unitz: unknown key; did you mean 'units'?"),
        (["train", "gru", "--epochs", "0"], 2, "--epochs 0: training.epochs: expected at least 1, got 0"),
        (["train", "gru.yaml"], 2, "did you mean 'gru'?"),
        (["train", "gru", "--set", "units=64"], 2, "units: unknown key; did you mean 'model.units'?"),
        (["train", "gru", "--set", "lookback=9"], 2, "lookback: unknown key; did you mean 'windows.lookback'?"),
        (["show", "gru", "--sample", "--set", "data.target=T"], 3, "data.target names the column to forecast"),
        (["train", "gru", "--sample", "--data", "x.csv"], 2, "give one"),
        (["train", "gru", "--sample", "--set", "data.target=T"], 3, "data.target names the column to forecast"),
        (["baseline", "--data", "x" * 3000], 4, "File name too long"),
        (["train", "gru", "--name", "../x", "--sample"], 2, "name: expected a name of letters"),
        (["frobnicate"], 2, "No such command"),
        (["train"], 2, "Missing argument 'CONFIG'"),
        (["train", "gru", "--data", "gone.csv"], 3, "scripts/download_jena.sh"),
        (["baseline", "--data", "gone.csv"], 3, "--sample"),
        (["report", "gone"], 4, "gone: no such run directory"),
        (["evaluate", "."], 4, "not a run directory"),
        (["sample", "x.csv", "--rows", "0"], 2, "0 is not in the range x>=1"),
        (["sample", "x.csv", "--rows", "10000001"], 2, "at most 10,000,000"),
        (["sample", ""], 2, "expected a path, got an empty one"),
        (["evaluate", ".", "--predictions", ""], 2, "'--predictions': expected a path, got an empty one"),
        (["plot", ".", ".", "--out", ""], 2, "'--out': expected a path, got an empty one"),
        (["train", "gru", "--sample", "--runs-dir", ""], 2, "'--runs-dir': expected a path, got an empty one"),
        (["inspect", "--data", ""], 2, "'--data': expected a path, got an empty one"),
        (["inspect", "--plots", ""], 2, "'--plots': expected a path, got an empty one"),
        (["report", ""], 2, "'RUN': expected a path, got an empty one"),
        (["show", "gru", "a\x1b[31m\nb"], 2, r"Got unexpected extra argument (a\x1b[31m\nb)"),
        (["a\x9bb"], 2, r"a\x9bb"),
        (["train", "gru", "--set", "training.learning_rate=1e308"], 2, "learning_rate: expected less than 1000000"),
        (["train", "gru", "--set", "training.steps_per_epoch=10000000"], 2, "expected less than 10000000"),
        (["sample", "no/such/folder/x.csv", "--rows", "9"], 4, "No such file or directory"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_a_mistake_gets_its_exit_code_and_one_clear_line(
    arguments: list[str], code: int, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jena_rnn: Command
) -> None:
    monkeypatch.chdir(tmp_path)
    done = jena_rnn(*arguments)
    assert done.code == code
    assert message in done.err
    assert "Traceback" not in done.err
    assert done.out == ""


def test_a_short_file_is_told_the_arithmetic_and_the_way_out(made_up_csv: Path, jena_rnn: Command) -> None:
    done = jena_rnn("train", "gru", "--data", made_up_csv)
    assert done.code == 3
    assert "split.train = [0, 200000] needs 200,000 rows" in done.err
    assert "but the series has 20,000" in done.err
    assert "--scale-split" in done.err


def test_all_config_errors_come_at_once(tmp_path: Path, jena_rnn: Command) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text("modle: 1\nwindows:\n  lookback: x\ntraining: {learning_rate: -1e-3}\n")
    done = jena_rnn("train", path)
    assert done.code == 2
    for line, message in [
        (1, "modle: unknown key; did you mean 'model'?"),
        (3, "windows.lookback: expected a whole number, got x"),
        (4, "training.learning_rate: expected more than 0, got -1e-3"),
    ]:
        assert f"{path}:{line}: {message}" in done.err


def test_a_training_goes_on_when_nobody_listens_any_more(made_up_csv: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "jena_rnn", "train", "dense", "--data", str(made_up_csv), "--smoke"]
    training = subprocess.Popen(
        [*command, "--epochs", "3", "--runs-dir", str(tmp_path)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    assert training.stdout is not None
    training.stdout.readline()
    training.stdout.close()
    assert training.wait(timeout=60) == 0
    (run,) = tmp_path.iterdir()
    assert len((run / "history.csv").read_text().splitlines()) == 4
    assert (run / "report.md").exists()


def test_warnings_made_errors_break_no_training(made_up_csv: Path, tmp_path: Path) -> None:
    command = [*PROGRAM, "train", "gru", "--data", str(made_up_csv), "--smoke", "--quiet", "--runs-dir", str(tmp_path)]
    surroundings = os.environ | {"PYTHONWARNINGS": "error"}
    done = subprocess.run(command, env=surroundings, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_resume_asks_for_epochs_within_bounds_before_anything_is_written(trained: Path, jena_rnn: Command) -> None:
    before = (trained / "config.yaml").read_bytes()
    done = jena_rnn("resume", trained, "--epochs", 1_000_000)
    assert done.code == 2
    assert "--epochs 1000000: training.epochs: expected less than 1000000, got 1000000" in done.err
    assert (trained / "config.yaml").read_bytes() == before


def test_a_pipe_in_the_place_of_data_is_refused_and_not_waited_for(tmp_path: Path, jena_rnn: Command) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    done = jena_rnn("inspect", tmp_path / "pipe.csv")
    assert done.code == 3
    assert "expected a file, not a pipe or device" in done.err


def test_a_run_in_use_is_refused_before_anything_large_is_loaded(trained: Path) -> None:
    from jena_rnn.runs.rundir import RunDir

    trace = ("show", str(trained), "--trace")
    with RunDir.open(trained).locked():
        for command in (*((verb, str(trained)) for verb in ("resume", "report", "plot")), trace):
            assert not {"tensorflow", "matplotlib", "pandas"} & _modules_after(*command, code=5)


@pytest.mark.parametrize("path", ["a\nb", "a\r", "a\u2028b"])
def test_a_path_of_several_lines_is_refused_and_shown_in_one(path: str, jena_rnn: Command) -> None:
    for command in (["resume", path], ["plot", "r", "--out", path], ["baseline", "--data", path]):
        done = jena_rnn(*command)
        assert done.code == 2
        assert done.err.endswith(f"expected a path in one line, got {path!r}\n")


def test_a_command_to_resume_holds_the_run_until_its_last_file_is_written(
    trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jena_rnn: Command
) -> None:
    from jena_rnn.reports import drawing
    from jena_rnn.runs.rundir import RunDir

    run = tmp_path / trained.name
    shutil.copytree(trained, run)
    refused = []

    def draw(drawn: RunDir) -> None:
        with pytest.raises(BusyError), RunDir.open(drawn.path).locked():
            pass
        refused.append(drawn.path)

    monkeypatch.setattr(drawing, "draw", draw)
    assert jena_rnn("resume", run).code == 0
    assert refused == [run]


def test_report_and_plot_do_not_write_what_another_process_writes(trained: Path, jena_rnn: Command) -> None:
    from jena_rnn.runs.rundir import RunDir

    with RunDir.open(trained).locked():
        assert jena_rnn("report", trained).code == 5
        assert jena_rnn("plot", trained).code == 5


def test_what_a_terminals_encoding_lacks_is_shown_all_the_same(tmp_path: Path) -> None:
    station = tmp_path / "station.csv"
    station.write_text("t,温度 (°C)\n2020-01-01 00:00,1\n2020-01-01 00:10,2\n", encoding="utf-8")
    done = subprocess.run(
        [*PROGRAM, "inspect", str(station), "--no-plots"],
        env=os.environ | {"PYTHONIOENCODING": "latin-1"},
        capture_output=True,
        check=True,
    )
    assert "| \\u6e29\\u5ea6 (°C) |".encode("latin-1") in done.stdout


def test_two_sources_to_inspect_are_refused(made_up_csv: Path, jena_rnn: Command) -> None:
    done = jena_rnn("inspect", made_up_csv, "--data", "other.csv", "--no-plots")
    assert done.code == 2
    assert f"{made_up_csv} and --data name two sources; give one." in done.err


def test_evaluate_says_whose_weights_are_left_when_the_newest_are_lost(
    trained: Path, tmp_path: Path, jena_rnn: Command
) -> None:
    run = tmp_path / "run"
    shutil.copytree(trained, run)
    assert jena_rnn("evaluate", run).err == ""
    (run / "snapshot" / "epoch-000003.snapshot").unlink()
    assert f"{run / 'snapshot'}: the newest whole snapshot is of epoch 2 of 3" in jena_rnn("evaluate", run).err


def test_ctrl_c_keeps_what_was_finished(made_up_csv: Path, tmp_path: Path) -> None:
    import signal

    command = [sys.executable, "-m", "jena_rnn", "train", "dense", "--data", str(made_up_csv), "--scale-split"]
    training = subprocess.Popen(
        [*command, "--epochs", "500", "--set", "training.steps_per_epoch=20", "--runs-dir", str(tmp_path)],
        stderr=subprocess.PIPE,
        text=True,
    )
    assert training.stderr is not None
    for line in training.stderr:
        if line.startswith("epoch   2/500"):
            break
    training.send_signal(signal.SIGINT)
    began = time.monotonic()
    rest = training.stderr.read()
    training.stderr.close()
    assert training.wait(timeout=30) == 130
    assert time.monotonic() - began < 10
    assert "Traceback" not in rest
    assert re.search(r"jena-rnn: \d+ of 500 epochs are finished\. Continue with: jena-rnn resume ", rest)
    (run,) = tmp_path.iterdir()
    assert len((run / "history.csv").read_text().splitlines()) >= 3
    done = subprocess.run(
        [sys.executable, "-m", "jena_rnn", "report", str(run)], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[0].endswith("not finished, `jena-rnn resume` goes on")


def test_faults_of_the_data_are_told_before_training(tmp_path: Path, jena_rnn: Command) -> None:
    station = tmp_path / "station.csv"
    jena_rnn("sample", station, "--rows", 20_000)
    lines = station.read_text().splitlines(keepends=True)
    station.write_text("".join(lines[:500] + lines[501:]))
    done = jena_rnn("train", "dense", "--data", station, "--smoke", "--runs-dir", tmp_path)
    assert "data: 1 gap in time (rows taken as they stand)" in done.err


def test_faults_that_leave_no_window_are_counted(tmp_path: Path, jena_rnn: Command) -> None:
    station = tmp_path / "station.csv"
    jena_rnn("sample", station, "--rows", 20_000)
    lines = station.read_text().splitlines(keepends=True)
    station.write_text("".join(line for number, line in enumerate(lines) if number < 100 or number % 50))
    done = jena_rnn("train", "dense", "--data", station, "--scale-split", "--set", "windows.protocol=strict")
    assert done.code == 3
    assert done.err.endswith(" rows; the file has 399 gaps in time (jena-rnn inspect tells where)\n"), done.err


def test_a_column_that_never_changes_in_the_train_rows_is_named(tmp_path: Path, jena_rnn: Command) -> None:
    station = tmp_path / "station.csv"
    jena_rnn("sample", station, "--rows", 20_000)
    *head, rows = station.read_text().split("\n", 2)  # the wind's direction is the last column
    station.write_text("\n".join([*head, re.sub(r",[\d.]+$", ",7", rows, flags=re.MULTILINE)]))
    done = jena_rnn("train", "dense", "--data", station, "--smoke", "--runs-dir", tmp_path)
    assert "data: 1 column that never changes in the train rows, divided by 1: 'wd (deg)' (rows taken as" in done.err

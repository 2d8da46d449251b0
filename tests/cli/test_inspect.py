"""inspect, baseline and show: what there is to know before a training."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Result

Command = Callable[..., Result]


def _station(folder: Path, text: str) -> Path:
    path = folder / "station.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_inspect_counts_and_draws(made_up_csv: Path, tmp_path: Path, jena_rnn: Command) -> None:
    done = jena_rnn("inspect", "--data", made_up_csv, "--plots", tmp_path / "plots")
    assert done.out.startswith(f"made-up station ({made_up_csv}): 20,000 rows, 14 columns\n")
    assert {path.name for path in (tmp_path / "plots").iterdir()} == {"series.png", "first_days.png"}
    facts = json.loads(jena_rnn("inspect", "--data", made_up_csv, "--no-plots", "--json").out)
    assert (facts["rows"], facts["gaps"]["count"], facts["columns"][1]["name"]) == (20_000, 0, "T (degC)")


def test_inspect_takes_a_csv_by_itself_and_needs_no_target(tmp_path: Path, jena_rnn: Command) -> None:
    station = _station(tmp_path, "time,t\n2024-01-01 00:30,\n2024-01-01 00:20,\n2024-01-01 00:10,\n")
    done = jena_rnn("inspect", station, "--plots", tmp_path)
    assert done.code == 0
    assert "one row every 10 minutes" in done.out
    assert "jumps back in time: 2: " in done.out
    assert "nothing drawn: no column 'T (degC)'" in done.err
    facts = json.loads(jena_rnn("inspect", station, "--json", "--no-plots").out)
    assert (facts["columns"][0]["missing"]["count"], facts["columns"][0]["mean"]) == (3, None)
    other = station.rename(tmp_path / "station.dat")
    assert json.loads(jena_rnn("inspect", other, "--json", "--no-plots").out)["columns"] == facts["columns"]
    assert f"expected a YAML config; data is named with --data {other}" in jena_rnn("show", other).err


def test_two_sources_are_refused(made_up_csv: Path, jena_rnn: Command) -> None:
    done = jena_rnn("inspect", made_up_csv, "--data", "other.csv", "--no-plots")
    assert (done.code, f"{made_up_csv} and --data name two sources; give one." in done.err) == (2, True)


def test_data_on_the_command_line_goes_before_a_made_up_station_in_the_file(
    made_up_csv: Path, tmp_path: Path, jena_rnn: Command
) -> None:
    config = tmp_path / "made_up.yaml"
    config.write_text("data: {sample: true}\n")
    done = jena_rnn("inspect", config, "--data", made_up_csv, "--no-plots")
    assert done.out.startswith(f"made-up station ({made_up_csv}): 20,000 rows")
    assert jena_rnn("show", config, "--data", made_up_csv, "--sample").code == 2


def test_a_station_without_the_target_is_refused_with_its_header_line(tmp_path: Path, jena_rnn: Command) -> None:
    station = _station(tmp_path, "time,Temp\n2024-01-01 00:10,1\n")
    message = f"{station}:1: no column 'T (degC)'; it has: time, Temp; data.target names the column to forecast"
    train = ["train", "gru", "--runs-dir", tmp_path / "runs"]
    for command in (["show", "gru"], ["baseline"], train, ["inspect", "--set", "data.columns=[Temp]"]):
        done = jena_rnn(*command, "--data", station)
        assert (done.code, done.err) == (3, f"jena-rnn: {message}\n"), command


def test_a_series_with_one_time_is_refused(tmp_path: Path, jena_rnn: Command) -> None:
    station = _station(tmp_path, "t,T (degC)\n" + "2020-01-01 00:00,1\n" * 3)
    strict = ["--set", "windows.protocol=strict"]
    for command in (["inspect"], ["show", "gru", *strict, "--data"], ["baseline", *strict, "--data"]):
        done = jena_rnn(*command, station)
        assert (done.code, f"{station} has no two rows with different times" in done.err) == (3, True), command


@pytest.mark.parametrize(
    ("target", "cells"), [("T (degC)", ("1e30", "-1e30", "1e30", "1e-30")), ("温度 (degC)", ("1", "2"))]
)
def test_large_values_and_foreign_names_are_drawn_without_warnings(
    target: str, cells: tuple[str, ...], tmp_path: Path, jena_rnn: Command
) -> None:
    rows = "".join(f"2020-01-01 00:{row}0,{cell}\n" for row, cell in enumerate(cells))
    station = _station(tmp_path, f"t,{target}\n{rows}")
    done = jena_rnn("inspect", station, "--plots", tmp_path, "--set", f"data.target={target}")
    drawn = f"drawn: {tmp_path}/series.png\ndrawn: {tmp_path}/first_days.png\n"
    assert (done.code, done.err) == (0, drawn)


def test_characters_that_the_terminal_lacks_are_escaped(tmp_path: Path) -> None:
    station = _station(tmp_path, "t,温度 (°C)\n2020-01-01 00:00,1\n2020-01-01 00:10,2\n")
    done = subprocess.run(
        [sys.executable, "-m", "jena_rnn", "inspect", station, "--no-plots"],
        env=os.environ | {"PYTHONIOENCODING": "latin-1"},
        capture_output=True,
        check=True,
    )
    assert "\\u6e29\\u5ea6 (°C)".encode("latin-1") in done.stdout


def test_a_pipe_in_the_place_of_data_is_refused(tmp_path: Path, jena_rnn: Command) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    done = jena_rnn("inspect", tmp_path / "pipe.csv")
    assert (done.code, "expected a file, not a pipe or device" in done.err) == (3, True)


def test_inspect_audits_the_real_rows(real_data: Path, jena_rnn: Command) -> None:
    facts = json.loads(jena_rnn("inspect", "--data", real_data / "jena_prefix.csv", "--no-plots", "--json").out)
    assert facts["rows"] == 106_727
    assert facts["gaps"] == {"count": 1, "first": ["2009-10-08 09:40 to 2009-10-08 10:10 (row 40,378)"]}
    assert facts["backward"]["count"] == 1
    assert (facts["repeated"]["count"], facts["repeated_alike"]) == (144, 144)


def test_baseline_prints_the_books_value_on_the_real_rows(real_data: Path, jena_rnn: Command) -> None:
    done = jena_rnn(
        *("baseline", "--data", real_data / "jena_prefix.csv", "--set", "split.train=[0,50000]"),
        *("--set", "split.val=[50001,75000]", "--set", "split.test=[75001,null]"),
    )
    assert re.search(r"\| book, val +\| +25 h \| +23,552 \| +184 \| +0\.341089023982\d+ \| +2\.782 \|", done.out)


def test_show_explains_windows_and_layers(jena_rnn: Command) -> None:
    done = jena_rnn("show", "gru", "--sample")
    assert done.out.startswith("made-up station:\n")
    assert "The true lead, from the newest input to the target, is 25 h." in done.out
    assert "first: inputs from 2009-01-01 00:10, target 2009-01-12 00:10" in done.out
    assert "4,641 parameters" in done.out
    assert re.search(r"500 steps an epoch, fast layers, about \d+ (s|minutes) an epoch", done.out)
    strict = json.loads(jena_rnn("show", "gru", "--sample", "--json", "--set", "windows.protocol=strict").out)
    assert strict["windows"][0]["first_target"] == "2009-01-11 23:10"
    assert (strict["parameters"], strict["series"]) == (4641, "made-up station")


@pytest.mark.parametrize(
    ("config", "shown", "where"),
    [
        ("gru", "14 input columns are assumed: data/jena_climate_2009_2016.csv: no such file", "download_jena.sh"),
        ("imdb/lstm", "The reviews cannot be counted: data/imdb.npz: no such file.", "download_imdb.sh"),
    ],
)
def test_without_data_show_explains_the_model_and_train_says_where_to_get_it(
    config: str, shown: str, where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jena_rnn: Command
) -> None:
    monkeypatch.chdir(tmp_path)
    done = jena_rnn("show", config)
    assert (done.code, shown in done.out) == (0, True)
    done = jena_rnn("train", config)
    assert (done.code, done.err.count("\n"), where in done.err) == (3, 1, True)
    assert jena_rnn("show", config, "--data", "gone.csv").code == 3, "a file that was named must be there"

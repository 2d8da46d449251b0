"""evaluate: the figures that the run kept, other data, and files that are never replaced."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Result

Command = Callable[..., Result]
Copy = Callable[[Path], Path]


@pytest.fixture
def other(tmp_path: Path, jena_rnn: Command) -> Path:
    """Return another made-up station, of 4,000 rows."""
    path = tmp_path / "other.csv"
    assert jena_rnn("sample", path, "--rows", 4000, "--seed", 5).code == 0
    return path


def test_it_repeats_the_figures_of_the_run(trained: Path, jena_rnn: Command) -> None:
    metrics = json.loads((trained / "metrics.json").read_text())
    for split in ("val", "test"):
        score = json.loads(jena_rnn("evaluate", trained, "--split", split, "--json").out)
        assert score["mae"] == pytest.approx(metrics["splits"][split]["mae"], rel=1e-6)
        assert score["naive_mae"] == metrics["splits"][split]["naive_mae"]
    done = jena_rnn("evaluate", trained)
    assert re.match(r"dense-\S+ on made-up station \(\S+made_up\.csv\)\n\n", done.out)
    assert done.err == ""


def test_a_file_that_has_changed_is_refused(trained: Path, made_up_csv: Path, jena_rnn: Command) -> None:
    before = made_up_csv.read_bytes()
    try:
        made_up_csv.write_bytes(before.replace(b"0\n", b"1\n", 1))
        done, trace = jena_rnn("evaluate", trained), jena_rnn("show", trained, "--trace")
    finally:
        made_up_csv.write_bytes(before)
    assert (done.code, trace.code) == (3, 3)
    assert done.err.endswith(f"not the data that {trained} was trained on; --data scores another file\n")
    assert trace.err.endswith(f"not the data that {trained} was trained on\n")


def test_a_damaged_snapshot_is_named_and_the_one_before_is_used(trained: Path, copy: Copy, jena_rnn: Command) -> None:
    run = copy(trained)
    newest = run / "snapshot" / "epoch-000003.snapshot"
    newest.write_bytes(newest.read_bytes()[:-1])
    done = jena_rnn("evaluate", run)
    assert done.err.startswith(f"{newest}: damaged: ")
    assert "trying the snapshot before it\n" in done.err
    newest.unlink()
    assert f"{run / 'snapshot'}: the newest sound snapshot is of epoch 2 of 3" in jena_rnn("evaluate", run).err


@pytest.mark.parametrize("command", [["report"], ["report", "--json"], ["plot"], ["evaluate"], ["resume"]])
def test_an_edited_config_is_refused_by_every_command_that_reads_a_run(
    trained: Path, copy: Copy, command: list[str], jena_rnn: Command
) -> None:
    run = copy(trained)
    path = run / "config.yaml"
    path.write_text(path.read_text().replace("units: 32", "units: 33"))
    done = jena_rnn(*command, run)
    assert (done.code, done.out) == (2, "")
    assert done.err == f"jena-rnn: {run}: config.yaml is not the one that was trained; train it as a new run\n"


def test_only_keys_about_reading_data_can_be_set_and_all_others_are_named(trained: Path, jena_rnn: Command) -> None:
    settings = ["model.units=64", "windows.protocol=strict", "seed=1", "data.target=p"]
    done = jena_rnn("evaluate", trained, "--sample", *(part for each in settings for part in ("--set", each)))
    assert done.code == 2
    for each in settings:
        key = each.partition("=")[0]
        assert f"--set {each}: {key}: expected a key that says how to read data; the run has fixed the rest" in done.err
    assert jena_rnn("evaluate", trained, "--sample", "--set", "data.max_rows=20000").code == 0


def test_every_wrong_setting_is_named_at_once(trained: Path, jena_rnn: Command) -> None:
    settings = ["seed=5", "data.colums=3", "model.units=3", "seed", "data.delimiter=x", "name=../../x"]
    done = jena_rnn("evaluate", trained, *(part for setting in settings for part in ("--set", setting)))
    assert done.code == 2
    starts = [line.strip().removeprefix("jena-rnn: ").partition(": ")[0] for line in done.err.splitlines()]
    assert sorted(starts) == sorted(f"--set {setting}" for setting in settings)


def test_every_window_of_another_file_is_scored(trained: Path, other: Path, tmp_path: Path, jena_rnn: Command) -> None:
    forecasts = tmp_path / "forecasts.csv"
    done = jena_rnn("evaluate", trained, "--data", other, "--json", "--predictions", forecasts)
    score = json.loads(done.out)
    assert (score["split"], score["windows"]) == ("all", (4000 - 144 - 1 - 1440) // 128 * 128)
    assert (score["made_up"], score["series"]) == (True, f"made-up station ({other})")
    assert len(forecasts.read_text().splitlines()) == score["windows"] + 2


def test_rows_of_another_period_are_refused(
    trained: Path, made_up_csv: Path, tmp_path: Path, jena_rnn: Command
) -> None:
    hourly = tmp_path / "hourly.csv"
    lines = made_up_csv.read_text().splitlines(keepends=True)
    hourly.write_text("".join(lines[:2] + lines[2::6]))
    done = jena_rnn("evaluate", trained, "--data", hourly)
    assert (done.code, "one row every 60 minutes, but" in done.err) == (3, True)


def test_faults_of_other_data_are_named_by_evaluate_and_baseline(trained: Path, other: Path, jena_rnn: Command) -> None:
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


def test_no_file_is_replaced_without_force(trained: Path, tmp_path: Path, jena_rnn: Command) -> None:
    kept = tmp_path / "kept.csv"
    kept.write_text("mine")
    assert jena_rnn("evaluate", trained, "--predictions", kept).code == 4
    assert kept.read_text() == "mine"
    assert jena_rnn("evaluate", trained, "--predictions", kept, "--force").code == 0
    assert kept.read_text().startswith("# made-up station: simulated, not measured\nnewest_input,")


def test_files_that_are_read_are_never_replaced(
    trained: Path, made_up_csv: Path, tmp_path: Path, copy: Copy, jena_rnn: Command
) -> None:
    before = made_up_csv.read_bytes()
    (tmp_path / "link.csv").symlink_to(made_up_csv)
    for arguments in ([], ["--data", tmp_path / "link.csv"]):
        done = jena_rnn("evaluate", trained, *arguments, "--predictions", made_up_csv, "--force")
        assert (done.code, done.err.startswith(f"jena-rnn: {made_up_csv}: ")) == (4, True)
        assert done.err.endswith("part of the data and not replaced; expected another name\n")
    assert made_up_csv.read_bytes() == before
    run = copy(trained)
    for name in ("config.yaml", "snapshot/epoch-000003.snapshot", "model.keras"):
        kept = (run / name).read_bytes()
        assert jena_rnn("evaluate", run, "--predictions", run / name, "--force").code == 4
        assert (run / name).read_bytes() == kept
    assert jena_rnn("sample", run / "run.json", "--rows", "3", "--force").code == 4

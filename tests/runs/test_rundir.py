"""A run directory: whole files or none, nothing overwritten unasked, damage named."""

import errno
import hashlib
import json
import os
import re
import tempfile
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from jena_rnn.base.errors import BusyError, ConfigError, FileError, RunError
from jena_rnn.config.experiment import Experiment
from jena_rnn.config.loading import digest_of, parse
from jena_rnn.forecast.predictions import Predictions
from jena_rnn.runs import naming
from jena_rnn.runs.in_use import run_to_go_on
from jena_rnn.runs.layout import clear, discard_results
from jena_rnn.forecast.record import EpochRecord
from jena_rnn.runs.rundir import RunDir
from jena_rnn.runs.snapshots import Snapshot

SCORE = {"windows": 9, "mae": 0.1 + 0.2, "naive_mae": 1, "mae_unit": 3.0, "naive_mae_unit": 9.0, "unit": "°C"}
SCORE |= {"unit_per_normalised": 9.0, "collapsed": False, "skill": None}
METRICS = {
    "task": "forecast",
    "best_epoch": 1,
    "epochs": 2,
    "best_val_mae": 0.3,
    "last_val_mae": 0.4,
    "seconds_per_epoch": 1,
    "seconds": 2,
}
METRICS |= {"task": "forecast", "splits": {"val": SCORE, "test": SCORE}}
ROWS = [EpochRecord(1, 0.31, 0.28, 0.001, 9.5), EpochRecord(2, 0.1 + 0.2, 1 / 3, 0.001, 9.25)]
INFO: dict[str, Any] = {
    **{"task": "forecast", "command": [], "started": "", "versions": {}, "overrides": [], "seed": 3, "devices": []},
    **{"row_hours": 1, "lead_hours": 25.0, "steps_per_epoch": 5, "parameters": 33, "git": None},
    "windows": {"train": 9, "val": 9, "test": 9},
    "data": {
        **{"name": "x", "sha256": "", "edition": "", "made_up": False, "rows": 1, "faults": [], "repairs": []},
        **{"columns": ["p"], "mean": [0], "std": [1], "target_mean": 0, "target_std": 1.5},
    },
}


def _run(folder: Path) -> RunDir:
    run = RunDir.create(folder, "gru", 3)
    clear(run.path)
    run.write_config(parse("seed: 3"))
    run.write_info(INFO)
    return run


def _finished(folder: Path) -> RunDir:
    run = _run(folder)
    run.write_history(
        [EpochRecord(1, 0.31, 0.28, 0.001, 9.5), EpochRecord(2, 0.1 + 0.2, 1 / 3, 0.001, 9.25)], EpochRecord
    )
    (run.path / "predictions.csv").write_text("forecasts\n")
    with zipfile.ZipFile(run.path / "model.keras", "w") as exported:
        exported.writestr("weights", b"layers")
    run.write_metrics(METRICS)
    return run


def test_the_name_holds_config_utc_stamp_and_seed(tmp_path: Path) -> None:
    assert _run(tmp_path).path.match("gru-20[0-9][0-9][0-1][0-9][0-3][0-9]T[0-9][0-9][0-9][0-9][0-9][0-9]Z-s3")


def test_what_is_written_is_read(tmp_path: Path) -> None:
    again = RunDir.open(_finished(tmp_path).path)
    assert again.config().seed == 3
    assert again.info() == INFO
    assert again.history() == ROWS
    assert again.predictions(lambda file: file.read()) == b"forecasts\n"
    sums = (again.metrics() or {})["files"]
    assert again.metrics() == METRICS | {"files": sums}
    assert sums["history.csv"] == hashlib.sha256((again.path / "history.csv").read_bytes()).hexdigest()
    assert again.is_whole()


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("run.json", '"parameters": 33', '"parameters": 34'),
        ("metrics.json", '"best_val_mae": 0.3', '"best_val_mae": 0.2'),
        ("metrics.json", '"collapsed": false', '"collapsed": true'),
        ("metrics.json", '"sha256": "', '"sha256": "0'),
        ("metrics.json", '"seconds": 2,', '"seconds": 2, "more": 1,'),
        ("history.csv", "2,0.30000000000000004", "2,0.20000000000000004"),
        ("predictions.csv", "forecasts", "forecast"),
    ],
)
def test_a_figure_that_was_changed_is_no_figure(tmp_path: Path, name: str, before: str, after: str) -> None:
    run = _finished(tmp_path)
    text = (run.path / name).read_text()
    assert before in text
    (run.path / name).write_text(text.replace(before, after, 1))
    read = {"run.json": run.info, "metrics.json": run.metrics, "history.csv": run.history}
    with pytest.raises(RunError, match=rf"{re.escape(name)}: damaged: .*checksum"):
        read.get(name, lambda: run.predictions(lambda file: file.read()))()
    assert not run.is_whole()


@pytest.mark.parametrize("damage", [lambda data: data[:50], lambda data: data.replace(b"layers", b"lasers"), None])
def test_a_damaged_export_makes_a_run_less_than_whole(tmp_path: Path, damage: Callable[[bytes], bytes] | None) -> None:
    exported = _finished(tmp_path).path / "model.keras"
    if damage is None:
        exported.unlink()
    else:
        exported.write_bytes(damage(exported.read_bytes()))
    assert not RunDir.open(exported.parent).is_whole()


def test_an_export_that_has_grown_beyond_all_memory_is_none(tmp_path: Path) -> None:
    run = _finished(tmp_path)
    os.truncate(run.path / "model.keras", 1 << 42)
    assert not run.is_whole()


def test_whatever_bit_of_an_export_flips_the_run_is_whole_or_not(tmp_path: Path) -> None:
    run = _finished(tmp_path)
    exported = run.path / "model.keras"
    data = exported.read_bytes()
    whole = {}
    for bit in range(len(data) * 8):
        flipped = bytearray(data)
        flipped[bit // 8] ^= 1 << bit % 8
        exported.write_bytes(flipped)
        whole[bit] = run.is_whole()
    packed = data.index(b"layers") * 8
    assert not any(whole[bit] for bit in range(packed, packed + len(b"layers") * 8))
    method = (data.index(b"PK\x01\x02") + 10) * 8
    assert not any(whole[bit] for bit in range(method, method + 16))


def test_an_unfinished_run_has_no_metrics_and_no_history(tmp_path: Path) -> None:
    run = _run(tmp_path)
    assert run.metrics() is None
    assert run.history() == []


def test_a_history_that_was_lost_is_not_taken_for_none(tmp_path: Path) -> None:
    run = _run(tmp_path)
    run.snapshots.save(Snapshot(0, [], "c", "d", {}))
    assert run.history() == []
    run.snapshots.save(Snapshot(1, ROWS[:1], "c", "d", {}))
    with pytest.raises(RunError, match=r"history\.csv: missing; the run did not get that far, or lost it"):
        run.history()


class Clock:
    """Stands still."""

    def now(self, zone: object) -> datetime:
        return datetime(2026, 1, 2, 3, 4, 59, tzinfo=UTC)


def test_runs_of_one_second_get_a_directory_each_however_long_the_clock_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(naming, "datetime", Clock())
    made = [RunDir.create(tmp_path, "gru", 3).path for _ in range(3)]
    assert [path.name[4:20] for path in made] == ["20260102T030459Z", "20260102T030500Z", "20260102T030501Z"]
    assert naming.newest_first(tmp_path, "gru", 3) == made[::-1]


def test_force_replaces_a_run_but_no_file_of_another_origin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(naming, "datetime", Clock())
    run = _run(tmp_path)
    (run.path / "notes.txt").write_text("mine")
    (run.path / "metrics.json").write_text("{}")
    forced = RunDir.create(tmp_path, "gru", 3, force=True)
    assert forced.path == run.path
    clear(forced.path)
    assert forced.metrics() is None
    assert (run.path / "notes.txt").read_text() == "mine"


def test_force_follows_no_link(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(naming, "datetime", Clock())
    run = _run(tmp_path)
    run.path.rename(tmp_path / "elsewhere")
    run.path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FileError, match="a symbolic link, which is not followed"):
        RunDir.create(tmp_path, "gru", 3, force=True)


def test_a_folder_in_the_way_is_a_file_error(tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("a file")
    with pytest.raises(FileError, match="cannot be made"):
        RunDir.create(tmp_path / "runs", "gru", 0)


def test_damaged_files_are_named(tmp_path: Path) -> None:
    run = _run(tmp_path)
    (run.path / "run.json").write_text("[1]")
    with pytest.raises(RunError, match=r"run\.json: damaged: the file: expected an object"):
        run.info()
    (run.path / "run.json").write_text(json.dumps(INFO | {"seed": True, "data": {"name": 3}}))
    with pytest.raises(RunError, match=r"damaged: seed: expected a whole number; data\.name: expected text; data\."):
        run.info()
    run.write_info(INFO)
    (run.path / "metrics.json").write_text("{}")
    with pytest.raises(RunError, match=r"metrics\.json: damaged: task: expected forecast; best_epoch: expected a wh"):
        run.metrics()
    (run.path / "run.json").write_text("{")
    with pytest.raises(RunError, match=r"run\.json: damaged: no JSON: Expecting property name"):
        run.info()
    (run.path / "run.json").write_text("")
    with pytest.raises(RunError, match=r"run\.json: damaged: empty$"):
        run.info()
    (run.path / "run.json").write_text("[" * 100_000)
    with pytest.raises(RunError, match=r"run\.json: damaged"):
        run.info()
    (run.path / "run.json").write_text(json.dumps(INFO | {"command": [1], "git": "x"}))
    with pytest.raises(RunError, match=r"command: expected a list, each text; git: expected an object"):
        run.info()
    run.write_info(INFO)
    (run.path / "metrics.json").unlink()
    for history in ("epoch,loss\n1,x\n", "epoch,loss\n1\n", "epoch,loss,val_mae,learning_rate,seconds\n1,0.3\n"):
        (run.path / "history.csv").write_text(history)
        with pytest.raises(RunError, match=r"history\.csv: damaged"):
            run.history()
    (run.path / "history.csv").write_bytes(b"")
    os.truncate(run.path / "history.csv", 1 << 40)
    with pytest.raises(
        FileError, match=r"history\.csv: cannot be read: Larger than the 1,024 MiB that are read at once"
    ):
        run.history()
    with pytest.raises(RunError, match=r"predictions\.csv: missing"):
        run.predictions(Predictions.read)


def _changed(key: str, value: Any) -> dict[str, Any]:
    """Return INFO with another value at a dotted key."""
    section, _, inner = key.rpartition(".")
    return INFO | ({section: INFO[section] | {inner: value}} if section else {key: value})


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("git", {"a": 1}, "git.commit: expected text; git.dirty: expected true or false"),
        ("git", {"commit": 5, "dirty": False}, "git.commit: expected text"),
        ("flags", [1, 2], "flags: expected an object"),
        ("resumed", 5, "resumed: expected a list, each a list, each text"),
        ("resumed", [[1]], "resumed: expected a list, each a list, each text"),
        ("seed", 10**400, "seed: expected a whole number"),
        ("seed", -1, "seed: expected a whole number"),
        ("row_hours", 0, "row_hours: expected a number above 0"),
        ("data.columns", [], "data.columns: expected at least one column"),
        ("data.mean", [], "data.mean: expected 1 numbers, one for each of data.columns, got 0"),
        ("data.std", [1, 2], "data.std: expected 1 numbers, one for each of data.columns, got 2"),
        ("data.std", [0], "data.std: expected a list, each a number above 0"),
        ("data.std", [-1.5], "data.std: expected a list, each a number above 0"),
        ("data.target_std", 0, "data.target_std: expected a number above 0"),
        ("data.target_std", 10**400, "data.target_std: expected a number above 0"),
        ("data.target_mean", 10**400, "data.target_mean: expected a finite number"),
        ("data.target_mean", 1e100, "data.target_mean: expected a finite number"),
        ("data.target_mean", True, "data.target_mean: expected a finite number"),
        ("data.target_mean", float("nan"), "expected finite numbers, got NaN"),
        ("anything", float("-inf"), "expected finite numbers, got -Infinity"),
    ],
)
def test_what_run_json_cannot_mean_is_named(tmp_path: Path, key: str, value: Any, words: str) -> None:
    run = _run(tmp_path)
    (run.path / "run.json").write_text(json.dumps(_changed(key, value)))
    with pytest.raises(RunError, match=rf"run\.json: damaged: {re.escape(words)}$"):
        run.info()


@pytest.mark.parametrize("number", ["1e999", "-1e999", "NaN", "1" + "0" * 400])
def test_a_figure_that_no_float_holds_is_damage(tmp_path: Path, number: str) -> None:
    run = _finished(tmp_path)
    path = run.path / "metrics.json"
    path.write_text(path.read_text().replace('"skill": null', f'"skill": {number}', 1))
    with pytest.raises(RunError, match=r"metrics\.json: damaged: .*expected .*finite number"):
        run.metrics()


def test_a_run_that_was_written_before_these_rules_still_loads(tmp_path: Path) -> None:
    run = _run(tmp_path)
    run.write_info({key: value for key, value in INFO.items() if key != "git"})
    assert run.info()["seed"] == 3
    assert run.config().seed == 3


HISTORY = "epoch,loss,val_mae,learning_rate,seconds\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "expected the header epoch,loss,val_mae,learning_rate,seconds"),
        ("x\n", "expected the header"),
        (HISTORY + "1,1,1,1,1,1\n", "line 2: expected 5 cells, got 6"),
        (HISTORY + "\n", "line 2: expected 5 cells, got 0"),
        (HISTORY + "2,1,1,1,1\n", "line 2: expected epoch 1, got 2"),
        (HISTORY + "1,1,1,1,1\n1,1,1,1,1\n", "line 3: expected epoch 2, got 1"),
        (HISTORY + "1,nan,1,1,1\n", "line 2: expected finite numbers"),
        (HISTORY + "1,1,1e999,1,1\n", "line 2: expected finite numbers"),
        (HISTORY + '1,1,1,1,"1\n', "unexpected end of data"),
        (HISTORY + f"1,1,{'x' * 999},1,1\n", f"line 2: could not convert string to float: '{'x' * 355}…"),
    ],
)
def test_a_history_that_is_none_is_named(tmp_path: Path, text: str, words: str) -> None:
    run = _run(tmp_path)
    (run.path / "history.csv").write_text(text)
    with pytest.raises(RunError, match=rf"history\.csv: damaged: {re.escape(words)}"):
        run.history()


def test_an_edited_config_is_not_taken_for_the_one_that_was_trained(tmp_path: Path) -> None:
    run = _run(tmp_path)
    run.write_info(INFO | {"config_sha256": digest_of(run.config())})
    path = run.path / "config.yaml"
    text = path.read_text()
    path.write_text(text.replace("epochs: 20", "epochs: 30"))
    assert run.config().training.epochs == 30
    path.write_text(text.replace("units: 32", "units: 33"))
    with pytest.raises(ConfigError, match=r"config\.yaml is not the one that was trained; train it as a new run"):
        run.config()


@pytest.mark.parametrize("folder", ["plots", "snapshot", "tensorboard"])
def test_a_file_where_a_run_has_a_folder_is_told_before_anything_is_done(tmp_path: Path, folder: str) -> None:
    run = _run(tmp_path)
    if (run.path / folder).exists():
        (run.path / folder).rmdir()
    (run.path / folder).touch()
    with pytest.raises(RunError, match=f"{folder}: expected a folder; move what is there out of the way") as caught:
        RunDir.open(run.path)
    assert caught.value.exit_code == 4


def test_links_are_not_followed(tmp_path: Path) -> None:
    run = _run(tmp_path)
    secret = tmp_path / "secret"
    secret.write_text("{}")
    (run.path / "metrics.json").symlink_to(secret)
    with pytest.raises(FileError, match=r"metrics\.json: cannot be read: Too many levels of symbolic links"):
        run.metrics()
    run.write_metrics(METRICS)
    assert secret.read_text() == "{}"
    (run.path / "config.yaml").unlink()
    (run.path / "config.yaml").symlink_to(secret)
    with pytest.raises(FileError, match=r"config\.yaml: cannot be read: Too many levels of symbolic links"):
        run.config()
    (run.path / "plots").rmdir()
    (run.path / "plots").symlink_to(tmp_path)
    with pytest.raises(RunError, match="plots: a symbolic link, which is not followed"):
        RunDir.open(run.path)


@pytest.mark.parametrize("name", ["metrics.json", "history.csv", "diverged.txt"])
def test_a_link_to_nothing_is_not_taken_for_a_file_that_is_not_there(tmp_path: Path, name: str) -> None:
    run = _run(tmp_path)
    (run.path / name).unlink(missing_ok=True)
    (run.path / name).symlink_to(tmp_path / "nothing")
    read: dict[str, Callable[[], object]] = {"metrics.json": run.metrics, "history.csv": run.history}
    with pytest.raises(FileError, match=rf"{re.escape(name)}: cannot be read: Too many levels of symbolic links"):
        read.get(name, run.divergence)()


@pytest.mark.parametrize("name", ["report.md", "words.json"])
def test_results_stay_where_a_folder_is_in_the_place_of_one(tmp_path: Path, name: str) -> None:
    run = _finished(tmp_path)
    (run.path / name).mkdir()
    with pytest.raises(FileError, match=rf"{re.escape(name)}: expected a file; move what is there out of the way"):
        discard_results(run.path)
    assert run.is_whole()


@pytest.mark.parametrize("name", ["metrics.json", "diverged.txt", "history.csv"])
def test_a_disk_that_does_not_say_whether_a_file_is_there_is_told(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, real = _finished(tmp_path), os.lstat

    def refuse(path: Any, **options: Any) -> os.stat_result:
        if Path(path).name == name:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return real(path, **options)

    monkeypatch.setattr(os, "lstat", refuse)
    read: dict[str, Callable[[], object]] = {"metrics.json": run.metrics, "history.csv": run.history}
    with pytest.raises(FileError, match=rf"{re.escape(name)}: cannot be read: Input/output error"):
        read.get(name, run.divergence)()


@pytest.mark.parametrize("name", [".", "plots", "snapshot", "tensorboard"])
def test_results_stay_where_no_file_can_be_made(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    run, real = _finished(tmp_path), tempfile.TemporaryFile
    (run.path / name).mkdir(exist_ok=True)

    def refuse(**options: Any) -> Any:
        if options["dir"] == run.path / name:
            raise OSError(errno.EACCES, os.strerror(errno.EACCES))
        return real(**options)

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    with pytest.raises(FileError, match=f"{re.escape(str(run.path / name))}: cannot be written: Permission denied"):
        discard_results(run.path)
    assert run.is_whole()


def test_results_stay_where_a_folder_is_in_the_place_of_a_figure(tmp_path: Path) -> None:
    run = _finished(tmp_path)
    (run.path / "plots" / "loss.png").mkdir(parents=True)
    with pytest.raises(FileError, match=r"loss\.png: expected a file; move what is there out of the way"):
        discard_results(run.path)
    assert run.is_whole()


def test_what_was_drawn_of_earlier_weights_goes_with_the_results(tmp_path: Path) -> None:
    run = _finished(tmp_path)
    (run.path / "plots").mkdir(exist_ok=True)
    for name in ("trace.png", "mine.png"):
        (run.path / "plots" / name).write_bytes(b"drawn")
    discard_results(run.path)
    assert [path.name for path in (run.path / "plots").iterdir()] == ["mine.png"]


def test_results_are_discarded_before_a_run_goes_on(tmp_path: Path) -> None:
    run = _finished(tmp_path)
    discard_results(run.path)
    assert run.metrics() is None
    assert (run.path / "history.csv").exists()


def test_a_second_writer_is_refused_at_once_and_the_lock_ends_with_its_holder(tmp_path: Path) -> None:
    run = _run(tmp_path)
    with run.locked():
        with pytest.raises(BusyError, match="another process is writing it") as caught, RunDir.open(run.path).locked():
            pass
        assert caught.value.exit_code == 5
        with pytest.raises(BusyError, match="another process is writing it"):
            RunDir.open(run.path).refuse_busy()
    with run.locked():
        pass
    run.refuse_busy()


def _to_go_on(runs: Path, config: Experiment) -> Path | None:
    with run_to_go_on(runs, config) as held:
        return None if held is None else held.path


def test_a_run_to_be_gone_on_with_is_known_to_be_in_use_before_anything_is_loaded(tmp_path: Path) -> None:
    asked = parse("{name: gru, seed: 3, training: {steps_per_epoch: 7}}")
    run = RunDir.create(tmp_path, "gru", 3)
    with run.locked():
        assert _to_go_on(tmp_path, asked) is None, "nothing is known of it yet"
        clear(run.path)
        run.write_config(parse("{name: gru, seed: 3, training: {steps_per_epoch: 7, fast_layers: true, epochs: 9}}"))
        run.write_info(INFO)
        longer = "{name: gru, seed: 3, split: {scale: true}, training: {epochs: 30, steps_per_epoch: 7}}"
        for same in (asked, parse(longer)):
            with pytest.raises(BusyError, match="another process is writing it"):
                _to_go_on(tmp_path, same)
        for other in (
            "name: gru, seed: 4",
            "name: dense, seed: 3",
            "name: gru, seed: 3, model: {name: gru, units: 33}",
        ):
            assert _to_go_on(tmp_path, parse(f"{{{other}, training: {{steps_per_epoch: 7}}}}")) is None
    assert _to_go_on(tmp_path / "none", asked) is None
    with run_to_go_on(tmp_path, asked) as held:
        assert held is not None
        assert held.path == run.path
        with pytest.raises(BusyError), run.locked():
            pass
    assert _to_go_on(tmp_path, asked) == run.path, "it is free again"


def test_json_holds_no_nan(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        _run(tmp_path).write_metrics({"mae": float("nan")})


def test_a_name_too_long_for_the_system_is_a_file_error() -> None:
    with pytest.raises(FileError, match="cannot be read: File name too long"):
        RunDir.open(Path("x" * 3000))

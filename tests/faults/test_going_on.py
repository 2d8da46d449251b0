"""What `resume` promises: the same end, or a refusal with its reason and exit code."""

import errno
import math
import os
import re
import shutil
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import quick
from processes import files
from same_end import differences

from jena_rnn import cli
from jena_rnn.base.errors import (
    BusyError,
    ConfigError,
    DataError,
    DivergedError,
    FileError,
    NoDataError,
    NothingToResumeError,
    RunError,
    StoppedError,
)
from jena_rnn.experiments import course, evaluate, evaluate_other, experiment, scoring
from jena_rnn.forecast.dataset import ForecastDataset as Forecast
from jena_rnn.reports.report import render
from jena_rnn.runs import snapshots
from jena_rnn.runs.rundir import RunDir
from jena_rnn.training import epochs as training
from jena_rnn.training.epochs import predict

STOPPING = "training.early_stopping={patience: 2, min_delta: 10.0}"
PLATEAU = "training.plateau={patience: 1, min_delta: 10.0, factor: 0.5}"


@pytest.fixture(autouse=True)
def shared_models(monkeypatch: pytest.MonkeyPatch) -> None:
    quick.share_models(monkeypatch)


class StopsIn(quick.Heard):
    """A listener that ends the training in an epoch, as a signal would."""

    def __init__(self, epoch: int) -> None:
        super().__init__()
        self.epoch = epoch

    def step(self, loss: float) -> None:
        if self.epochs[-1] == self.epoch:
            raise StoppedError("stopped")


def _stopped(runs: Path, epoch: int, *overrides: str) -> RunDir:
    """Return a run that was stopped in an epoch."""
    with pytest.raises(StoppedError):
        quick.train(runs, *overrides, listener=StopsIn(epoch))
    (path,) = runs.iterdir()
    return RunDir(path)


def _damage(run: RunDir, epoch: int) -> Path:
    path: Path = run.path / "snapshot" / f"epoch-{epoch:06}.snapshot"
    path.write_bytes(path.read_bytes()[:-1])
    return path


@pytest.mark.parametrize("epoch", [1, 2, 3])
def test_a_run_stopped_in_any_epoch_ends_on_the_same_bits(tmp_path: Path, epoch: int) -> None:
    whole, run = quick.train(tmp_path / "whole"), _stopped(tmp_path / "runs", epoch)
    assert run.metrics() is None
    heard = quick.Heard()
    assert differences(whole.path, quick.resume(run, listener=heard).path) == []
    assert heard.epochs == list(range(epoch, 4))
    assert heard.notices == []


@pytest.mark.parametrize("model", ["gru", "lstm", "bidirectional"])
def test_with_fast_layers_it_is_the_same(tmp_path: Path, model: str) -> None:
    fast = "training.fast_layers=true", f"model={{name: {model}, units: 4, dropout: 0.2, recurrent_dropout: 0.2}}"
    whole, run = quick.train(tmp_path / "whole", *fast), _stopped(tmp_path / "runs", 2, *fast)
    assert differences(whole.path, quick.resume(run).path) == []
    shorter = quick.train(tmp_path / "short", *fast, "training.epochs=2")
    assert differences(whole.path, quick.resume(shorter, 3).path) == []


REVIEWS = """
task: reviews
name: small
data: {sample: true, max_reviews: 200}
words: {count: 300, length: 20, embedding: 4, batch_size: 16}
model: {name: lstm, units: 4, dropout: 0.2, recurrent_dropout: 0.2}
training: {epochs: 3, jit_compile: false, eval_batch_size: 64}
"""


@pytest.mark.parametrize("fast", [False, True], ids=["keras", "fast"])
def test_of_reviews_it_is_the_same(tmp_path: Path, fast: bool) -> None:
    layers = f"training.fast_layers={str(fast).lower()}"
    whole, run = (quick.train(tmp_path / name, layers, text=REVIEWS) for name in ("whole", "again"))
    assert differences(whole.path, run.path) == []
    with pytest.raises(StoppedError):
        quick.train(tmp_path / "runs", layers, text=REVIEWS, listener=StopsIn(2))
    (path,) = (tmp_path / "runs").iterdir()
    assert differences(whole.path, quick.resume(RunDir(path)).path) == []
    shorter = quick.train(tmp_path / "short", layers, "training.epochs=2", text=REVIEWS)
    assert differences(whole.path, quick.resume(shorter, 3).path) == []


def test_other_reviews_are_refused(tmp_path: Path) -> None:
    run = quick.train(tmp_path, text=REVIEWS)
    run.write_info(run.info() | {"data": run.info()["data"] | {"sha256": "0" * 64}})
    with pytest.raises(RunError, match=r"is of other data than run\.json tells"):
        quick.resume(run, 4)


def test_two_epochs_and_then_four_are_four(tmp_path: Path) -> None:
    whole, run = quick.train(tmp_path / "4", "training.epochs=4"), quick.train(tmp_path / "2", "training.epochs=2")
    assert differences(whole.path, quick.resume(run, 4).path) == []
    assert (run.path / "config.yaml").read_bytes() == (whole.path / "config.yaml").read_bytes()


@pytest.mark.parametrize("rules", [(STOPPING,), (PLATEAU,), (STOPPING, PLATEAU)], ids=["stopping", "plateau", "both"])
@pytest.mark.parametrize("epoch", [2, 3])
def test_early_stopping_and_learning_rate_go_on_where_they_stood(
    tmp_path: Path, epoch: int, rules: tuple[str, ...]
) -> None:
    rules += ("training.epochs=6",)
    whole, run = quick.train(tmp_path / "whole", *rules), _stopped(tmp_path / "runs", epoch, *rules)
    assert differences(whole.path, quick.resume(run).path) == []
    assert len(run.history()) == (3 if STOPPING in rules else 6)
    assert (len({record.learning_rate for record in run.history()}) > 1) == (PLATEAU in rules)


def test_a_run_that_stopped_early_is_finished(tmp_path: Path) -> None:
    run, heard = quick.train(tmp_path, STOPPING, "training.epochs=6"), quick.Heard()
    quick.resume(run, 60, heard)
    assert heard.notices == [f"{run.path}: finished after 3 epochs; training.early_stopping ended it"]
    assert heard.epochs == []


def test_a_finished_run_says_so_and_nothing_is_written(tmp_path: Path) -> None:
    run, heard = quick.train(tmp_path), quick.Heard()
    before = {path: path.stat().st_mtime_ns for path in run.path.rglob("*") if path.is_file()}
    quick.resume(run, listener=heard)
    assert heard.notices == [f"{run.path}: finished after 3 epochs; --epochs N goes on to a larger N"]
    assert before == {path: path.stat().st_mtime_ns for path in run.path.rglob("*") if path.is_file()}


def test_a_run_killed_while_it_was_scored_is_scored_again(tmp_path: Path) -> None:
    whole, run = quick.train(tmp_path / "whole"), quick.train(tmp_path / "runs")
    (run.path / "metrics.json").unlink()
    (run.path / "predictions.csv").unlink()
    assert differences(whole.path, quick.resume(run).path) == []


def test_another_config_is_refused(tmp_path: Path) -> None:
    run = quick.train(tmp_path)
    path = run.path / "config.yaml"
    path.write_text(path.read_text().replace("seed: 0", "seed: 1"))
    with pytest.raises(ConfigError, match=r"config\.yaml is not the one that was trained") as caught:
        quick.resume(run, 5)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("more", [1, 3])
def test_fewer_epochs_than_it_has_or_was_asked_for_are_refused(tmp_path: Path, more: int) -> None:
    run = _stopped(tmp_path, 3, "training.epochs=4")
    before = {path: path.read_bytes() for path in run.path.rglob("*") if path.is_file()}
    with pytest.raises(ConfigError, match=rf"the 4 epochs that .* asked for \(--epochs 4\), got {more}") as caught:
        quick.resume(run, more)
    assert caught.value.exit_code == 2
    assert before == {path: path.read_bytes() for path in run.path.rglob("*") if path.is_file()}


def test_a_config_made_shorter_by_hand_is_no_way_to_fewer_epochs(tmp_path: Path) -> None:
    run = quick.train(tmp_path)
    path = run.path / "config.yaml"
    path.write_text(path.read_text().replace("epochs: 3", "epochs: 1"))
    with pytest.raises(ConfigError, match="expected at least the 3 epochs"):
        quick.resume(run, 2)


@pytest.mark.parametrize("noted", [True, False], ids=["noted", "before it was noted"])
def test_a_snapshot_of_another_run_is_not_gone_on_with(tmp_path: Path, noted: bool) -> None:
    run, other = quick.train(tmp_path / "runs"), quick.train(tmp_path / "others", "seed=1", "training.epochs=5")
    if not noted:
        run.write_info({key: value for key, value in run.info().items() if key != "config_sha256"})
    name = "epoch-000005.snapshot"
    (run.path / "snapshot" / name).write_bytes((other.path / "snapshot" / name).read_bytes())
    kind = RunError if noted else ConfigError
    for going_on in (lambda: quick.resume(run, 9), lambda: scoring.evaluate(run, "test", print)):
        with pytest.raises(kind, match=r"the snapshot of epoch 5 is of another run|is not the one that was trained"):
            going_on()


def test_a_snapshot_of_other_data_is_not_gone_on_with(tmp_path: Path) -> None:
    run = quick.train(tmp_path)
    run.snapshots.save(replace(run.snapshots.newest(), data="x" * 64))
    for going_on in (lambda: quick.resume(run, 9), lambda: scoring.evaluate(run, "test", print)):
        with pytest.raises(RunError, match=r"the snapshot of epoch 3 is of other data than run\.json tells"):
            going_on()


def test_a_resumed_run_of_old_notes_its_config(tmp_path: Path) -> None:
    run = quick.train(tmp_path)
    info = run.info()
    digest = info.pop("config_sha256")
    run.write_info(info)
    assert quick.resume(run, 4).info()["config_sha256"] == digest


def test_what_is_written_at_the_end_is_written_while_the_run_is_locked(tmp_path: Path) -> None:
    refused = []

    def conclude(run: RunDir) -> None:
        with pytest.raises(BusyError), RunDir.open(run.path).locked():
            pass
        refused.append(run.path)

    told = {"command": quick.COMMAND, "listener": quick.Heard(), "conclude": conclude}
    run = experiment.train(quick.config(), runs=tmp_path, **told)
    experiment.resume(run.path, more=4, **told)
    experiment.resume(run.path, **told)
    assert refused == [run.path] * 3


def test_other_data_are_refused(tmp_path: Path) -> None:
    _, series = files(tmp_path)
    run = experiment.train(
        quick.config("data.sample=false", f"data.path={series}"), runs=tmp_path, command=[], listener=quick.Heard()
    )
    text = series.read_text()
    series.write_text(text[:-3] + ("1" if text[-3] != "1" else "2") + text[-2:])
    with pytest.raises(DataError, match=r"not the data that .* was trained on") as caught:
        quick.resume(run, 5)
    assert caught.value.exit_code == 3
    assert experiment.latest(run.config(), tmp_path) is None


@pytest.mark.parametrize("protocol", ["book", "strict"])
def test_of_changed_data_only_what_is_wrong_is_told_not_what_a_run_cannot_choose(tmp_path: Path, protocol: str) -> None:
    _, series = files(tmp_path)
    chosen = "data.sample=false", f"data.path={series}", f"windows.protocol={protocol}"
    run = experiment.train(quick.config(*chosen), runs=tmp_path, command=[], listener=quick.Heard())
    lines = series.read_text().splitlines(keepends=True)
    known = f"; it was not so when {run.path} was trained"
    named = lines[1].replace('"T (degC)"', '"T (K)"')
    for text, wrong in (
        (lines[:500], "but the series has "),
        ([lines[0], named, *lines[2:]], "no column 'T (degC)'; it has: "),
        ([*lines[:40], re.sub(",[^,]*", ",x", lines[40], count=1), *lines[41:]], "expected a number, got 'x'"),
    ):
        series.write_text("".join(text))
        for again in (lambda: quick.resume(run, 5), lambda: evaluate(run, "test", print)):
            with pytest.raises(DataError) as caught:
                again()
            said = str(caught.value)
            assert wrong in said
            assert known in said
            assert not re.search("--scale-split|data.target|--set", said), said
    series.write_text("".join([lines[0], named, *lines[2:]]))
    with pytest.raises(DataError, match=r"no column 'T \(degC\)'; it has: (?!.*data\.target)"):
        evaluate_other(run, run.config().data, print)


def test_data_that_have_moved_are_read_where_they_are_now(tmp_path: Path) -> None:
    _, series = files(tmp_path)
    place = "data.sample=false", f"data.path={series}"
    run = experiment.train(quick.config(*place), runs=tmp_path, command=[], listener=quick.Heard())
    now = series.rename(tmp_path / "moved.csv")
    asked = quick.config("data.sample=false", f"data.path={now}")
    assert experiment.latest(asked, tmp_path) == run.path
    with pytest.raises(NoDataError, match=r"no such file, and .* was trained on it"):
        quick.resume(run, 4)
    for epochs in (3, 4):  # it has 3
        with run.locked():
            experiment.resume_locked(run, command=[], more=epochs, data=asked.data, listener=quick.Heard())
        assert (run.epochs(), run.config().data.path) == (epochs, str(now))


def test_a_file_that_grew_behind_the_rows_that_are_used_is_told_as_other_data(tmp_path: Path) -> None:
    _, series = files(tmp_path)
    chosen = "data.sample=false", f"data.path={series}", "data.max_rows=900", "split.scale=true"
    run = experiment.train(quick.config(*chosen), runs=tmp_path, command=[], listener=quick.Heard())
    text = series.read_text()
    assert text.count("\n") > 901
    series.write_text(text + text.splitlines(keepends=True)[-1])
    with pytest.raises(DataError) as caught:
        quick.resume(run, 4)
    whole = f"not the data that {run.path} was trained on, all of which counts, not only what was used"
    assert str(caught.value) == f"{series}: {whole}"


def test_more_epochs_for_a_run_that_stopped_early_are_those_it_was_asked_for(tmp_path: Path) -> None:
    run = quick.train(tmp_path, "training.early_stopping.patience=1", "training.learning_rate=1e-30")
    trained = run.epochs()
    assert trained < 6
    quick.resume(run, 6)
    assert (run.epochs(), run.config().training.epochs) == (trained, 6)


def test_without_a_whole_snapshot_there_is_nothing_to_resume(tmp_path: Path) -> None:
    run, heard = quick.train(tmp_path), quick.Heard()
    kept = [int(path.name[6:12]) for path in (run.path / "snapshot").iterdir()]
    for epoch in kept:
        _damage(run, epoch)
    with pytest.raises(NothingToResumeError, match="no whole snapshot to go on from") as caught:
        quick.resume(run, listener=heard)
    assert caught.value.exit_code == 6
    assert len(heard.notices) == len(kept)
    told: list[str] = []
    assert experiment.latest(run.config(), tmp_path, told.append) is None
    assert told == [f"{run.path}/snapshot: no whole snapshot to go on from; it is not gone on with"]


def test_a_run_that_cannot_be_read_is_not_begun_anew_without_a_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = quick.train(tmp_path)

    def refused(path: Path, **options: Any) -> bytes:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))

    monkeypatch.setattr(snapshots, "read_bytes", refused)
    with pytest.raises(FileError, match=r"\.snapshot: cannot be read: Permission denied"):
        experiment.latest(run.config(), tmp_path)


def test_a_file_in_the_place_of_snapshots_is_told_where_a_run_is_looked_for(tmp_path: Path) -> None:
    run, told = quick.train(tmp_path), list[str]()
    shutil.rmtree(run.path / "snapshot")
    (run.path / "snapshot").touch()
    assert experiment.latest(run.config(), tmp_path, told.append) is None
    assert told == [
        f"{run.path}/snapshot: expected a folder; move what is there out of the way; it is not gone on with"
    ]


def test_a_snapshot_that_a_killed_process_did_not_drop_is_gone_after_resume(tmp_path: Path) -> None:
    run = quick.train(tmp_path)
    kept = sorted(path.name for path in (run.path / "snapshot").iterdir())
    shutil.copy(run.path / "snapshot" / kept[0], run.path / "snapshot" / "epoch-000000.snapshot")
    quick.resume(run)
    assert sorted(path.name for path in (run.path / "snapshot").iterdir()) == kept


def test_a_finished_run_is_as_exact_as_it_was_wherever_it_is_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, heard = quick.train(tmp_path), quick.Heard()
    monkeypatch.setattr(experiment, "differences", lambda *facts: ["cores 2 then, 1 now"])
    quick.resume(run, listener=heard)
    (notice,) = heard.notices
    assert "finished after" in notice


def test_a_damaged_best_snapshot_is_told_before_a_step_is_trained(tmp_path: Path) -> None:
    run, heard = quick.train(tmp_path), quick.Heard()
    history = run.history()
    run.snapshots.save(
        replace(run.snapshots.newest(), history=[history[0], replace(history[1], val_mae=0.0), history[2]])
    )
    _damage(run, 2)
    with pytest.raises(RunError, match=r"damaged: .*; it held the best epoch. Trained anew, the same config"):
        quick.resume(run, epochs=5, listener=heard)
    assert heard.epochs == []


@pytest.mark.parametrize("stopped", [2, 3])
def test_from_a_damaged_newest_snapshot_it_goes_one_back_says_so_and_ends_on_the_same_bits(
    tmp_path: Path, stopped: int
) -> None:
    whole, run = quick.train(tmp_path / "whole"), _stopped(tmp_path / "runs", stopped)
    path, heard = _damage(run, stopped - 1), quick.Heard()
    assert differences(whole.path, quick.resume(run, listener=heard).path) == []
    assert heard.notices == [f"{path}: damaged: its checksum does not fit; going one snapshot back"]
    assert heard.epochs[0] == stopped - 1


def test_the_best_at_the_snapshot_before_is_kept_so_that_going_back_leaves_a_whole_run(tmp_path: Path) -> None:
    run = quick.train(tmp_path, "training.epochs=5")
    newest = run.snapshots.newest()
    _damage(run, newest.epoch)
    back = run.snapshots.newest()
    assert back.epoch == newest.epoch - 1
    assert run.snapshots.best().epoch <= back.epoch


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("versions", {"tensorflow": "2.0", "keras": "3", "numpy": "2"}, "tensorflow .* then, 2.0 now"),
        (
            "versions",
            {"jena-rnn": "0.0.1", "python": "3.99"},
            "jena-rnn .* then, 0.0.1 now; .*python .* then, 3.99 now",
        ),
        ("code_sha256", "0" * 64, "the code of jena-rnn has changed"),
        ("cores", 1000, "cores .* then, 1000 now"),
        ("flags", {"TF_ENABLE_ONEDNN_OPTS": "0"}, "TF_ENABLE_ONEDNN_OPTS not set then, 0 now"),
    ],
)
def test_other_versions_threads_or_devices_make_it_approximate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str, value: Any, words: str
) -> None:
    run, heard, facts = _stopped(tmp_path, 2), quick.Heard(), experiment.provenance([])
    monkeypatch.setattr(experiment, "provenance", lambda command: {**facts, "flags": {}, key: value})
    info = run.info() | {"flags": {}}
    run.write_info(info)
    quick.resume(run, listener=heard)
    (notice,) = heard.notices
    assert notice.startswith("approximate from here on, not bit for bit: ")
    assert re.search(words, notice), notice
    monkeypatch.undo()
    assert re.search(words, "; ".join(run.info()["approximate"]))
    assert re.search(f"not bit for bit what one machine would have made of it: .*{words}", render(run))
    run.write_info({key: value for key, value in run.info().items() if key != "flags"} | {"flags": facts["flags"]})
    quick.resume(run, 6, listener=heard)
    assert heard.notices[1].startswith("approximate since it was resumed before, not bit for bit: ")
    assert re.search(words, heard.notices[1])


def test_train_resume_goes_on_with_the_newest_such_run_or_starts_one(
    tmp_path: Path, jena_rnn: Callable[..., Any]
) -> None:
    config, series = files(tmp_path)
    command = ["train", config, "--data", series, "--runs-dir", tmp_path / "runs", "--resume", "--quiet"]
    assert jena_rnn(*command, "--epochs", 1).code == 0
    (run,) = (tmp_path / "runs").iterdir()
    assert jena_rnn(*command, "--epochs", 2).code == 0
    assert [path.name for path in (tmp_path / "runs").iterdir()] == [run.name]
    assert len(RunDir(run).history()) == 2
    assert jena_rnn(*command, "--epochs", 1, "--set", "training.learning_rate=1e-2").code == 0
    assert len(list((tmp_path / "runs").iterdir())) == 2


def test_what_was_killed_before_its_first_snapshot_is_none_to_go_on_with(tmp_path: Path) -> None:
    run = quick.train(tmp_path)
    assert experiment.latest(run.config(), tmp_path) == run.path
    for path in (run.path / "snapshot").iterdir():
        path.unlink()
    assert experiment.latest(run.config(), tmp_path) is None
    assert experiment.latest(replace(run.config(), name="other"), tmp_path) is None


def _diverging(monkeypatch: pytest.MonkeyPatch, step: int) -> None:
    """Make the loss NaN from a step on."""
    real, taken = training.take_step, [0]

    def take_step(*arguments: Any, **options: Any) -> dict[str, float]:
        taken[0] += 1
        return real(*arguments, **options) if taken[0] < step else {"loss": float("nan")}

    monkeypatch.setattr(training, "take_step", take_step)


def test_divergence_names_epoch_and_step_and_keeps_the_last_good_epoch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = quick.train(tmp_path / "good", "training.epochs=1")
    _diverging(monkeypatch, step=5)
    with pytest.raises(
        DivergedError,
        match=r"the loss became nan in epoch 2, step 2; the last good epoch is 1, kept in .* Try a smaller",
    ) as caught:
        quick.train(tmp_path / "runs")
    assert caught.value.exit_code == 7
    (path,) = (tmp_path / "runs").iterdir()
    run = RunDir(path)
    assert run.snapshots.newest().epoch == len(run.history()) == 1
    assert render(run).splitlines()[0].endswith(": DIVERGED: the loss became nan in epoch 2, step 2")
    assert "\n\nEnded early: the loss became nan in epoch 2, step 2; the last good epoch is 1. Try a" in render(run)
    assert good.snapshots.newest().arrays.keys() == run.snapshots.newest().arrays.keys()


def test_a_state_that_is_no_longer_finite_is_divergence_and_never_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    capture, taken = course.capture, [0]

    def overflown(model: keras.Model) -> dict[str, np.ndarray]:
        taken[0] += 1
        arrays = dict(capture(model))
        if taken[0] == 3:  # after the first state and epoch 1
            arrays["optimizer/002"] = np.full_like(arrays["optimizer/002"], math.inf)
        return arrays

    monkeypatch.setattr(course, "capture", overflown)
    with pytest.raises(
        DivergedError,
        match=r"optimizer/002 .* after epoch 2.*; the last good epoch is 1, kept in .* training\.learning_rate",
    ):
        quick.train(tmp_path)
    (path,) = tmp_path.iterdir()
    assert RunDir(path).snapshots.newest().epoch == len(RunDir(path).history()) == 1


def test_weights_that_overflow_for_real_end_with_exit_7(tmp_path: Path, jena_rnn: Callable[..., Any]) -> None:
    config, series = files(tmp_path)
    done = jena_rnn(
        *("train", config, "--data", series, "--runs-dir", tmp_path / "runs"),
        *("--set", "model=dense", "--set", "training.learning_rate=9e5", "--set", "training.loss=mse"),
        *("--set", "training.optimizer=sgd"),
    )
    assert done.code == 7, done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize("split", ["val", "test"])
def test_forecasts_that_overflow_at_the_end_are_divergence_and_stay_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, split: str
) -> None:
    def overflown(model: keras.Model, task: Forecast, which: str, *arguments: Any) -> Any:
        return predict(model, task, which, *arguments) * (math.inf if which == split else 1)

    monkeypatch.setattr(course, "predict", overflown)
    monkeypatch.setattr(scoring, "predict", overflown)
    words = rf"outputs for {split} are not finite with the weights of the best epoch, 3; .* training\.learning_rate"
    with pytest.raises(DivergedError, match=words) as caught:
        quick.train(tmp_path)
    assert caught.value.exit_code == 7
    (path,) = tmp_path.iterdir()
    for again in (lambda: quick.resume(RunDir(path)), lambda: scoring.evaluate(RunDir(path), split, print)):
        with pytest.raises(DivergedError, match=words):
            again()
    assert RunDir(path).metrics() is None
    assert f" outputs for {split} are not finite with" in render(RunDir(path)).splitlines()[0]
    monkeypatch.undo()
    quick.resume(RunDir(path))
    assert RunDir(path).divergence() is None
    assert "DIVERGED" not in render(RunDir(path))


def test_rows_that_no_model_can_make_sense_of_end_with_exit_7(tmp_path: Path, jena_rnn: Callable[..., Any]) -> None:
    config, series = files(tmp_path)
    lines = series.read_text().splitlines()
    date, *cells = lines[900].split(",")
    lines[900] = ",".join([date, *("1e30" for _ in cells)])
    series.write_text("\n".join(lines) + "\n")
    train = ["train", config, "--data", series, "--runs-dir", tmp_path / "runs", "--set", "training.loss=mse"]
    done = jena_rnn(*train, "--set", "model=dense", "--set", "training.learning_rate=1000", "--epochs", 1)
    assert done.code == 7, done.err
    (run,) = (tmp_path / "runs").iterdir()
    for command in (["resume", run], ["evaluate", run, "--json"]):
        assert "for test are not finite with the weights of the best epoch, 1" in jena_rnn(*command).err
    assert jena_rnn("report", run).code == 0


def test_no_command_ever_loads_a_model_by_keras(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jena_rnn: Callable[..., Any]
) -> None:
    def refuse(*arguments: object, **options: object) -> None:
        raise AssertionError("Keras's loader can run code")

    for place in (keras.models, keras.saving, keras.Model, keras.Sequential):
        for name in ("load_model", "load_weights", "model_from_json", "from_config", "deserialize_keras_object"):
            if hasattr(place, name) and not (isinstance(place, type) and name == "from_config"):
                monkeypatch.setattr(place, name, refuse)
    config, series = files(tmp_path)
    runs = tmp_path / "runs"
    assert jena_rnn("train", config, "--data", series, "--epochs", 1, "--runs-dir", runs).code == 0
    (run,) = runs.iterdir()
    for command in (["resume", run, "--epochs", 2], ["evaluate", run], ["report", run], ["plot", run]):
        done = jena_rnn(*command)
        assert done.code == 0, done.err


def test_a_second_process_is_refused_within_a_second(tmp_path: Path) -> None:
    run = quick.train(tmp_path)
    with run.locked():
        began = time.monotonic()
        assert cli.run(["resume", str(run.path)]) == 5
        assert time.monotonic() - began < 1

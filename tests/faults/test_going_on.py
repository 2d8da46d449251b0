"""What `resume` promises: the same end, or a refusal with its reason and exit code."""

import math
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import quick
from made import LONG
from processes import files
from same_end import differences

from jena_rnn import experiments
from jena_rnn.base.errors import (
    ConfigError,
    DataError,
    DivergedError,
    NoDataError,
    NothingToResumeError,
    RunError,
    StoppedError,
)
from jena_rnn.experiments import training_run
from jena_rnn.reports.report import render
from jena_rnn.runs.rundir import RunDir
from jena_rnn.training import epochs as training

STOPPING = "training.early_stopping={patience: 2, min_delta: 10.0}"
PLATEAU = "training.plateau={patience: 1, min_delta: 10.0, factor: 0.5}"
REVIEWS = """
task: reviews
name: small
data: {sample: true, max_reviews: 200}
words: {count: 300, length: 20, embedding: 4, batch_size: 16}
model: {name: lstm, units: 4, dropout: 0.2, recurrent_dropout: 0.2}
training: {epochs: 3, jit_compile: false, eval_batch_size: 64}
"""


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


def _stopped(runs: Path, epoch: int, *overrides: str, text: str = quick.SMALL) -> RunDir:
    """Return a run that was stopped in an epoch."""
    with pytest.raises(StoppedError):
        quick.train(runs, *overrides, listener=StopsIn(epoch), text=text)
    (path,) = runs.iterdir()
    return RunDir(path)


def _damage(run: RunDir, epoch: int) -> Path:
    path: Path = run.path / "snapshot" / f"epoch-{epoch:06}.snapshot"
    path.write_bytes(path.read_bytes()[:-1])
    return path


def _contents(run: RunDir) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in run.path.rglob("*") if path.is_file()}


def _on_a_file(folder: Path, *overrides: str) -> tuple[RunDir, Path]:
    """Return a run on a CSV, and that file."""
    _, series = files(folder)
    return quick.train(folder / "runs", "data.sample=false", f"data.path={series}", *overrides), series


@pytest.mark.parametrize("epoch", [1, 2, 3])
def test_a_run_stopped_in_any_epoch_ends_on_the_same_bits(tmp_path: Path, epoch: int) -> None:
    whole, run = quick.train(tmp_path / "whole"), _stopped(tmp_path / "runs", epoch)
    assert run.metrics() is None
    heard = quick.Heard()
    assert differences(whole.path, quick.resume(run, listener=heard).path) == []
    assert (heard.epochs, heard.notices) == (list(range(epoch, 4)), [])


@pytest.mark.parametrize("model", ["gru", "lstm", "bidirectional"])
def test_a_run_with_fast_layers_stopped_or_made_longer_ends_on_the_same_bits(tmp_path: Path, model: str) -> None:
    fast = "training.fast_layers=true", f"model={{name: {model}, units: 4, dropout: 0.2, recurrent_dropout: 0.2}}"
    whole, run = quick.train(tmp_path / "whole", *fast), _stopped(tmp_path / "runs", 2, *fast)
    assert differences(whole.path, quick.resume(run).path) == []
    shorter = quick.train(tmp_path / "short", *fast, "training.epochs=2")
    assert differences(whole.path, quick.resume(shorter, 3).path) == []


@pytest.mark.parametrize("fast", [False, True] if LONG else [True])
def test_a_run_on_reviews_repeated_stopped_or_made_longer_ends_on_the_same_bits(tmp_path: Path, fast: bool) -> None:
    layers = f"training.fast_layers={str(fast).lower()}"
    whole, again = (quick.train(tmp_path / name, layers, text=REVIEWS) for name in ("whole", "again"))
    assert differences(whole.path, again.path) == []
    stopped = _stopped(tmp_path / "runs", 2, layers, text=REVIEWS)
    assert differences(whole.path, quick.resume(stopped).path) == []
    shorter = quick.train(tmp_path / "short", layers, "training.epochs=2", text=REVIEWS)
    assert differences(whole.path, quick.resume(shorter, 3).path) == []


def test_two_epochs_and_then_four_are_four(tmp_path: Path) -> None:
    whole, run = quick.train(tmp_path / "4", "training.epochs=4"), quick.train(tmp_path / "2", "training.epochs=2")
    assert differences(whole.path, quick.resume(run, 4).path) == []
    assert (run.path / "config.yaml").read_bytes() == (whole.path / "config.yaml").read_bytes()


@pytest.mark.parametrize("rules", [(STOPPING,), (PLATEAU,), (STOPPING, PLATEAU)], ids=["stopping", "plateau", "both"])
@pytest.mark.parametrize("epoch", [2, 3])
def test_early_stopping_and_learning_rate_go_on_where_they_were(
    tmp_path: Path, epoch: int, rules: tuple[str, ...]
) -> None:
    rules += ("training.epochs=6",)
    whole, run = quick.train(tmp_path / "whole", *rules), _stopped(tmp_path / "runs", epoch, *rules)
    assert differences(whole.path, quick.resume(run).path) == []
    assert len(run.history()) == (3 if STOPPING in rules else 6)
    assert (len({record.learning_rate for record in run.history()}) > 1) == (PLATEAU in rules)


def test_a_finished_run_says_so_and_nothing_is_written(tmp_path: Path) -> None:
    run, heard = quick.train(tmp_path), quick.Heard()
    before = {path: path.stat().st_mtime_ns for path in run.path.rglob("*") if path.is_file()}
    quick.resume(run, listener=heard)
    assert heard.notices == [f"{run.path}: finished after 3 epochs; a larger --epochs trains it further"]
    assert before == {path: path.stat().st_mtime_ns for path in run.path.rglob("*") if path.is_file()}


def test_a_run_that_stopped_early_is_finished(tmp_path: Path) -> None:
    run, heard = quick.train(tmp_path, STOPPING, "training.epochs=6"), quick.Heard()
    quick.resume(run, 60, heard)
    assert heard.notices == [f"{run.path}: finished after 3 epochs; training.early_stopping ended it"]
    assert (heard.epochs, run.config().training.epochs) == ([], 60)


@pytest.mark.parametrize("name", ["metrics.json", "predictions.csv", "model.keras", "history.csv"])
def test_resume_writes_a_lost_file_of_a_finished_run_again(tmp_path: Path, name: str) -> None:
    whole, run = quick.train(tmp_path / "whole"), quick.train(tmp_path / "runs")
    (run.path / name).unlink()
    assert differences(whole.path, quick.resume(run).path) == []
    assert (run.path / name).is_file()


@pytest.mark.parametrize("more", [1, 3])
def test_fewer_epochs_than_it_has_or_was_asked_for_are_refused(tmp_path: Path, more: int) -> None:
    run = _stopped(tmp_path, 3, "training.epochs=4")
    before = _contents(run)
    expected = f"expected at least --epochs 4, since the run has or was asked for 4 epochs; got {more}"
    with pytest.raises(ConfigError, match=expected):
        quick.resume(run, more)
    assert before == _contents(run)


def test_another_config_or_a_snapshot_of_another_run_is_refused(tmp_path: Path) -> None:
    run, other = quick.train(tmp_path / "runs"), quick.train(tmp_path / "others", "seed=1", "training.epochs=5")
    name = "snapshot/epoch-000005.snapshot"
    shutil.copy(other.path / name, run.path / name)
    for again in (lambda: quick.resume(run, 9), lambda: experiments.evaluate(run, "test", print)):
        with pytest.raises(RunError, match="the snapshot of epoch 5 belongs to another run"):
            again()
    path = run.path / "config.yaml"
    path.write_text(path.read_text().replace("seed: 0", "seed: 1"))
    with pytest.raises(ConfigError, match=r"config\.yaml is not the one that was trained") as caught:
        quick.resume(run, 5)
    assert caught.value.exit_code == 2


def test_other_data_are_refused(tmp_path: Path) -> None:
    run, series = _on_a_file(tmp_path)
    text = series.read_text()
    series.write_text(text[:-3] + ("1" if text[-3] != "1" else "2") + text[-2:])
    with pytest.raises(DataError, match=r"not the data that .* was trained on") as caught:
        quick.resume(run, 5)
    assert caught.value.exit_code == 3
    assert experiments.latest(run.config(), tmp_path / "runs") is None


@pytest.mark.parametrize("protocol", ["book", "strict"])
def test_of_changed_data_the_fault_is_named_without_advice_that_a_run_cannot_follow(
    tmp_path: Path, protocol: str
) -> None:
    run, series = _on_a_file(tmp_path, f"windows.protocol={protocol}")
    lines = series.read_text().splitlines(keepends=True)
    for text, wrong in (
        (lines[:500], "but the series has "),
        ([*lines[:40], re.sub(",[^,]*", ",x", lines[40], count=1), *lines[41:]], "expected a number, got 'x'"),
    ):
        series.write_text("".join(text))
        for again in (lambda: quick.resume(run, 5), lambda: experiments.evaluate(run, "test", print)):
            with pytest.raises(DataError) as caught:
                again()
            said = str(caught.value)
            assert wrong in said
            assert f"; the data has changed since {run.path} was trained" in said
            assert not re.search("--scale-split|data.target|--set", said), said


def test_data_that_were_moved_are_read_from_their_new_place(tmp_path: Path) -> None:
    run, series = _on_a_file(tmp_path)
    now = series.rename(tmp_path / "moved.csv")
    asked = quick.config("data.sample=false", f"data.path={now}")
    found = experiments.latest(asked, tmp_path / "runs")
    assert found is not None
    assert found.path == run.path
    with pytest.raises(NoDataError, match=r"no such file, and .* was trained on it"):
        quick.resume(run, 4)
    for epochs in (3, 4):  # it has 3
        quick.resume(run, epochs, data=asked.data)
        assert (run.epochs(), run.config().data.path) == (epochs, str(now))


def test_without_a_whole_snapshot_there_is_nothing_to_resume(tmp_path: Path) -> None:
    run, heard, notices = quick.train(tmp_path), quick.Heard(), list[str]()
    kept = [int(path.name[6:12]) for path in (run.path / "snapshot").iterdir()]
    for epoch in kept:
        _damage(run, epoch)
    with pytest.raises(NothingToResumeError, match="no sound snapshot to resume from") as caught:
        quick.resume(run, listener=heard)
    assert caught.value.exit_code == 6
    assert len(heard.notices) == len(kept)
    assert experiments.latest(run.config(), tmp_path, notices.append) is None
    assert notices == [f"{run.path}/snapshot: no sound snapshot to resume from; this run is not resumed"]


@pytest.mark.parametrize("stopped", [2, 3])
def test_from_a_damaged_newest_snapshot_it_goes_one_back_says_so_and_ends_on_the_same_bits(
    tmp_path: Path, stopped: int
) -> None:
    whole, run = quick.train(tmp_path / "whole"), _stopped(tmp_path / "runs", stopped)
    path, heard = _damage(run, stopped - 1), quick.Heard()
    assert differences(whole.path, quick.resume(run, listener=heard).path) == []
    assert heard.notices == [f"{path}: damaged: wrong checksum; trying the snapshot before it"]
    assert heard.epochs[0] == stopped - 1


def test_a_damaged_best_snapshot_is_reported_before_a_step_is_trained(tmp_path: Path) -> None:
    run, heard = quick.train(tmp_path), quick.Heard()
    history = run.history()
    run.snapshots.save(
        replace(run.snapshots.newest(), history=[history[0], replace(history[1], val_mae=0.0), history[2]])
    )
    _damage(run, 2)
    with pytest.raises(RunError, match=r"damaged: .*; it held the best epoch. Training the same config anew"):
        quick.resume(run, epochs=5, listener=heard)
    assert heard.epochs == []


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("versions", {"tensorflow": "2.0", "keras": "3", "numpy": "2"}, "tensorflow .* then, 2.0 now"),
        ("versions", {"python": "3.99"}, "python .* then, 3.99 now"),
        ("cores", 1000, "cores .* then, 1000 now"),
        ("flags", {"TF_ENABLE_ONEDNN_OPTS": "0"}, "TF_ENABLE_ONEDNN_OPTS not set then, 0 now"),
    ],
)
def test_other_versions_cores_or_flags_make_a_resumed_run_approximate_and_the_report_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str, value: Any, words: str
) -> None:
    run, heard, facts = _stopped(tmp_path, 2), quick.Heard(), quick.TRAIN.provenance([])
    monkeypatch.setattr(quick.TRAIN, "provenance", lambda command: {**facts, "flags": {}, key: value})
    run.write_info(run.info() | {"flags": {}})
    quick.resume(run, listener=heard)
    (notice,) = heard.notices
    assert notice.startswith("the run is approximate from here on, not equal bit for bit: ")
    assert re.search(words, notice), notice
    assert re.search(words, "; ".join(run.info()["approximate"]))
    assert re.search(words, render(run))
    quick.resume(run, 6, heard)
    assert re.search(f"approximate .*{words}", heard.notices[1])


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


def test_divergence_names_epoch_and_step_and_keeps_the_last_good_epoch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, taken = training.take_step, [0]

    def take_step(*arguments: Any, **options: Any) -> dict[str, float]:
        taken[0] += 1
        return real(*arguments, **options) if taken[0] < 5 else {"loss": float("nan")}

    monkeypatch.setattr(training, "take_step", take_step)
    with pytest.raises(
        DivergedError, match=r"the loss became nan in epoch 2, step 2; the last good epoch is 1, saved in .* Try a smal"
    ) as caught:
        quick.train(tmp_path)
    assert caught.value.exit_code == 7
    (path,) = tmp_path.iterdir()
    run = RunDir(path)
    assert run.snapshots.newest().epoch == len(run.history()) == 1
    assert render(run).splitlines()[0].endswith(": DIVERGED: the loss became nan in epoch 2, step 2")


def test_a_state_that_is_no_longer_finite_is_divergence_and_never_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    capture, taken = training_run.capture, [0]

    def overflown(model: keras.Model) -> dict[str, np.ndarray]:
        taken[0] += 1
        arrays = dict(capture(model))
        if taken[0] == 3:  # after the first state and epoch 1
            arrays["optimizer/002"] = np.full_like(arrays["optimizer/002"], math.inf)
        return arrays

    monkeypatch.setattr(training_run, "capture", overflown)
    with pytest.raises(DivergedError, match=r"optimizer/002 .* after epoch 2.*; the last good epoch is 1, saved in"):
        quick.train(tmp_path)
    (path,) = tmp_path.iterdir()
    assert RunDir(path).snapshots.newest().epoch == len(RunDir(path).history()) == 1


def test_forecasts_that_overflow_at_the_end_are_divergence_and_stay_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def overflown(*arguments: Any) -> Any:
        return training.predict(*arguments) * (math.inf if arguments[2] == "test" else 1)

    monkeypatch.setattr(training_run, "predict", overflown)
    monkeypatch.setattr(quick.EVALUATE, "predict", overflown)
    words = r"outputs for test are not finite with the weights of the best epoch, 3; .* training\.learning_rate"
    with pytest.raises(DivergedError, match=words):
        quick.train(tmp_path)
    (path,) = tmp_path.iterdir()
    for again in (lambda: quick.resume(RunDir(path)), lambda: experiments.evaluate(RunDir(path), "test", print)):
        with pytest.raises(DivergedError, match=words):
            again()
    assert RunDir(path).metrics() is None
    assert " outputs for test are not finite with" in render(RunDir(path)).splitlines()[0]
    monkeypatch.undo()
    assert "DIVERGED" not in render(quick.resume(RunDir(path)))


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

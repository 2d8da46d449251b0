"""Fitting and predicting: orders, determinism, divergence, and forecasts that no batch size changes."""

import threading
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from jena_rnn.base.errors import DivergedError
from jena_rnn.config.experiment import Config, EarlyStopping, Training
from jena_rnn.config.loading import parse
from jena_rnn.config.models import Conv, ConvGru, Dense, Gru, Model
from jena_rnn.forecast import opening as forecasting
from jena_rnn.forecast.dataset import ForecastDataset as Forecast
from jena_rnn.forecast.record import EpochRecord
from jena_rnn.layers.backend import keras
from jena_rnn.series.sample import simulate
from jena_rnn.training.dataset import Batch
from jena_rnn.training.epochs import Listener, accelerated, ahead, compile_model, epochs, predict, take_step, way
from jena_rnn.training.state import capture
from jena_rnn.training.zoo import build

SMALL = """
split: {rows: 1000, train: [0, 500], val: [500, 750], test: [750, null]}
windows: {lookback: 48, step: 6, delay: 12, batch_size: 16}
model: {name: gru, units: 4, dropout: 0.2, recurrent_dropout: 0.2}
training: {epochs: 3, steps_per_epoch: 5, jit_compile: false}
"""


class Silent(Listener):
    """A listener that counts."""

    def __init__(self) -> None:
        self.steps: list[float] = []

    def step(self, loss: float) -> None:
        self.steps.append(loss)


def _prepared(*overrides: str) -> tuple[Config, Forecast, keras.Model]:
    config = parse(SMALL, "small.yaml", overrides)
    task = forecasting.forecast(config, simulate(1000))
    keras.utils.set_random_seed(config.seed)
    model = build(config.model, task.input_shape, task.head)
    compile_model(model, config.training, task.loss, jit=False)
    return config, task, model


def _train(*overrides: str) -> tuple[list[EpochRecord], list[np.ndarray]]:
    config, task, model = _prepared(*overrides)
    history: list[EpochRecord] = []
    for _ in epochs(model, task, config.training, seed=config.seed, history=history, listener=Silent()):
        pass
    return history, model.get_weights()


def _figures(history: list[EpochRecord]) -> list[tuple[float, float]]:
    return [(record.loss, record.val_mae) for record in history]


def test_the_same_seed_gives_the_same_bits_and_another_does_not() -> None:
    (first, weights), (again, weights_again), (other, _) = _train(), _train(), _train("seed=1")
    assert _figures(first) == _figures(again) != _figures(other)
    assert all(np.array_equal(a, b) for a, b in zip(weights, weights_again, strict=True))


def test_the_loss_of_an_epoch_is_the_mean_of_its_steps() -> None:
    config, task, model = _prepared("training.epochs=1")
    listener, history = Silent(), list[EpochRecord]()
    list(epochs(model, task, config.training, seed=0, history=history, listener=listener))
    assert len(listener.steps) == 5
    assert history[0].loss == listener.steps[-1]


def test_validation_mae_is_that_of_the_forecasts() -> None:
    config, task, model = _prepared("training.epochs=1")
    history: list[EpochRecord] = []
    list(epochs(model, task, config.training, seed=0, history=history, listener=Silent()))
    forecast = predict(model, task, "val", batch_size=1024)
    assert history[0].val_mae == pytest.approx(np.abs(forecast - task.truth("val")).mean(), rel=1e-6)


@pytest.mark.parametrize("batch_size", [1, 7, 64, 4096])
def test_batch_size_does_not_change_forecasts(batch_size: int) -> None:
    _, task, model = _prepared("windows.protocol=strict")
    whole = model.predict_on_batch(next(task.inputs("val", 10_000)))[:, 0]
    assert np.allclose(predict(model, task, "val", batch_size), whole, atol=1e-6)


def test_how_validation_is_cut_into_batches_changes_no_training() -> None:
    (few, weights), (many, same) = _train("training.eval_batch_size=512"), _train("training.eval_batch_size=7")
    assert [record.loss for record in few] == [record.loss for record in many]
    assert [record.val_mae for record in few] == pytest.approx([record.val_mae for record in many], rel=1e-5)
    assert all(np.array_equal(a, b) for a, b in zip(weights, same, strict=True))


def test_forecasting_leaves_the_model_as_it_is() -> None:
    _, task, model = _prepared()
    before = capture(model)
    assert "seeds/000" in before
    predict(model, task, "val", 7)
    after = capture(model)
    assert all(np.array_equal(after[name], array) for name, array in before.items())


def test_all_splits_are_told_in_batches_of_one_shape(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a second shape would have TensorFlow build a second, looser graph, whose last bits differ."""
    _, task, model = _prepared("windows.protocol=strict", "split.val=[500, 600]")
    shapes, tell = set(), model.predict_on_batch
    monkeypatch.setattr(model, "predict_on_batch", lambda batch: shapes.add(batch.shape) or tell(batch))
    told = {split: len(predict(model, task, split, 128)) for split in ("val", "test")}
    assert told == {"val": 46, "test": 196}
    assert shapes == {(128, 8, 14)}
    predict(model, task, "val", 4096)
    assert shapes == {(128, 8, 14), (task.largest, 8, 14)}


def test_early_stopping_ends_the_epochs() -> None:
    config, task, model = _prepared("training.epochs=50", "training.learning_rate=1e-12")
    rule = EarlyStopping(patience=2, min_delta=0.01)
    from dataclasses import replace

    training = replace(config.training, early_stopping=rule)
    history: list[EpochRecord] = []
    list(epochs(model, task, training, seed=0, history=history, listener=Silent()))
    assert len(history) == 3


def test_a_history_is_continued_where_it_ends() -> None:
    config, task, model = _prepared()
    history = [EpochRecord(1, 0.5, 0.5, 1e-3, 1.0), EpochRecord(2, 0.5, 0.5, 1e-3, 1.0)]
    done = list(epochs(model, task, config.training, seed=0, history=history, listener=Silent()))
    assert [record.epoch for record in done] == [3]


def test_a_loss_that_is_no_number_stops_at_once_naming_epoch_and_step(monkeypatch: pytest.MonkeyPatch) -> None:
    config, task, model = _prepared()
    losses = iter([0.5, 0.4, float("nan")])
    monkeypatch.setattr("jena_rnn.training.epochs.take_step", lambda model, batch, first: {"loss": next(losses)})
    with pytest.raises(DivergedError, match="the loss became nan in epoch 1, step 3") as caught:
        list(epochs(model, task, config.training, seed=0, history=[], listener=Silent()))
    assert caught.value.exit_code == 7


def test_steps_are_those_of_train_on_batch_and_their_figures_are_means_so_far() -> None:
    (_, task, ours), (_, _, theirs) = _prepared(), _prepared()
    batches = list(task.epoch(0, 1))
    theirs.set_weights(ours.get_weights())
    batches[-1] = tuple(part[:3] for part in batches[-1])  # a smaller one counts for less
    means, losses, sizes = [], [], [len(inputs) for inputs, _ in batches]
    for step, batch in enumerate(batches):
        means.append(take_step(ours, batch, first=step == 0)["loss"])
        losses.append(float(theirs.train_on_batch(*batch)))
    assert means == pytest.approx(np.cumsum(np.multiply(losses, sizes)) / np.cumsum(sizes), rel=1e-6)
    for left, right in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_array_equal(left, right)
    assert take_step(ours, batches[0], first=True)["loss"] == pytest.approx(theirs.train_on_batch(*batches[0]))


@pytest.mark.parametrize(
    ("model", "fast", "jit", "steps", "words"),
    [
        (Gru(), "auto", "auto", 5, "not compiled"),
        (Gru(), "auto", "auto", 500, "fast layers"),
        (Gru(), "auto", True, 500, "compiled with XLA"),
        (Gru(), False, "auto", 500, "compiled with XLA"),
        (Gru(), True, "auto", 5, "fast layers"),
        (Gru(reset_after=False), "auto", "auto", 500, "fast layers"),
        (Dense(), "auto", "auto", 500, "compiled with XLA"),
        (Dense(), "auto", False, 500, "not compiled"),
        (Conv(), "auto", "auto", 500, "not compiled"),
        (Conv(), "auto", True, 500, "compiled with XLA"),
        (ConvGru(), False, "auto", 500, "compiled with XLA"),
    ],
)
def test_auto_takes_what_pays(model: Model, fast: Any, jit: Any, steps: int, words: str) -> None:
    decided = accelerated(model, Training(fast_layers=fast, jit_compile=jit), steps)
    assert {decided.fast_layers, decided.jit_compile} <= {True, False}
    assert way(decided) == words


def test_a_validation_error_that_is_no_number_ends_the_training(monkeypatch: pytest.MonkeyPatch) -> None:
    config, task, model = _prepared()
    monkeypatch.setattr(model, "predict_on_batch", lambda inputs: np.full((len(inputs), 1), np.nan))
    with pytest.raises(DivergedError, match="val_mae of epoch 1 is nan"):
        list(epochs(model, task, config.training, seed=0, history=[], listener=Silent()))


def test_the_next_batch_is_cut_while_a_step_runs() -> None:
    cut = [threading.Event() for _ in range(4)]

    def batches() -> Iterator[Batch]:
        for number, event in enumerate(cut):
            event.set()
            yield np.full((1, 1), number, np.float32), np.zeros((1, 1), np.float32)

    seen = []
    for number, (inputs, _) in enumerate(ahead(batches())):
        assert all(event.wait(10) for event in cut[: number + 2])
        seen.append(float(inputs[0, 0]))
    assert seen == [0.0, 1.0, 2.0, 3.0]


def test_a_fault_in_cutting_reaches_the_training() -> None:
    def batches() -> Iterator[Batch]:
        yield np.zeros((1, 1), np.float32), np.zeros((1, 1), np.float32)
        raise MemoryError("no room for a batch")

    with pytest.raises(MemoryError, match="no room"):
        list(ahead(batches()))

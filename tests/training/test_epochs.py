"""Fitting and predicting: orders, determinism, divergence, and outputs that no batch size changes."""

import threading
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from helpers import TINY, Listening, config_of

from jena_rnn.base.errors import DivergedError
from jena_rnn.forecast.dataset import ForecastDataset
from jena_rnn.forecast.opening import open_dataset
from jena_rnn.forecast.record import EpochRecord
from jena_rnn.layers.backend import keras
from jena_rnn.training import epochs as module
from jena_rnn.training.dataset import Batch
from jena_rnn.training.epochs import accelerated, ahead, compiled_model, epochs, predict, take_step, way
from jena_rnn.training.state import capture

Prepared = tuple[Any, ForecastDataset, keras.Model]
DENSE = "model={name: dense, units: 4}"
"""A model that is built in no time, where dropout is not the subject."""


def _prepared(*overrides: str) -> Prepared:
    config = config_of(TINY, *overrides)
    dataset = open_dataset(config)
    keras.utils.set_random_seed(config.seed)
    return config, dataset, compiled_model(config.model, config.training, dataset.spec)


def _go_on(prepared: Prepared, history: list[Any], listener: Listening | None = None) -> list[Any]:
    config, dataset, model = prepared
    listener = listener or Listening()
    return list(epochs(model, dataset, config.training, seed=config.seed, history=history, listener=listener))


def _trained(*overrides: str) -> tuple[list[EpochRecord], list[np.ndarray]]:
    prepared = _prepared(*overrides)
    return _go_on(prepared, []), prepared[2].get_weights()


def test_the_same_seed_gives_the_same_bits_and_another_does_not() -> None:
    (first, weights), (again, weights_again), (other, _) = (_trained(seed) for seed in ("seed=0", "seed=0", "seed=1"))
    figures = [[record.figures() for record in history] for history in (first, again, other)]
    assert figures[0] == figures[1] != figures[2]
    assert all(np.array_equal(a, b) for a, b in zip(weights, weights_again, strict=True))


def test_a_record_has_the_mean_loss_of_the_steps_and_the_mae_of_the_forecasts() -> None:
    prepared, listener = _prepared(DENSE, "training.epochs=1"), Listening()
    (record,) = _go_on(prepared, [], listener)
    assert len(listener.steps) == 5
    assert record.loss == listener.steps[-1]
    _, dataset, model = prepared
    forecast = predict(model, dataset, "val", batch_size=1024)
    assert record.val_mae == pytest.approx(np.abs(forecast - dataset.truth("val")).mean(), rel=1e-6)


def test_batch_size_does_not_change_forecasts() -> None:
    _, dataset, model = _prepared(DENSE, "windows.protocol=strict")
    whole = model.predict_on_batch(next(dataset.inputs("val", 10_000)))[:, 0]
    for batch_size in (7, 64, 4096):
        assert np.allclose(predict(model, dataset, "val", batch_size), whole, atol=1e-6)


def test_the_batches_of_the_validation_change_no_training() -> None:
    (few, weights), (many, same) = (_trained(f"training.eval_batch_size={size}") for size in (512, 7))
    assert [record.loss for record in few] == [record.loss for record in many]
    assert [record.val_mae for record in few] == pytest.approx([record.val_mae for record in many], rel=1e-5)
    assert all(np.array_equal(a, b) for a, b in zip(weights, same, strict=True))


def test_predicting_leaves_the_model_as_it_is() -> None:
    _, dataset, model = _prepared()
    before = capture(model)
    assert "seeds/000" in before
    predict(model, dataset, "val", 64)
    after = capture(model)
    assert all(np.array_equal(after[name], array) for name, array in before.items())


def test_all_splits_are_predicted_in_batches_of_one_shape(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a second shape would have TensorFlow build a second, looser graph, whose last bits differ."""
    _, dataset, model = _prepared(DENSE, "windows.protocol=strict", "split.val=[500, 600]")
    shapes, tell = set(), model.predict_on_batch
    monkeypatch.setattr(model, "predict_on_batch", lambda batch: shapes.add(batch.shape) or tell(batch))
    assert {split: len(predict(model, dataset, split, 128)) for split in ("val", "test")} == {"val": 46, "test": 196}
    assert shapes == {(128, 8, 14)}
    predict(model, dataset, "val", 4096)
    assert shapes == {(128, 8, 14), (max(dataset.counts.values()), 8, 14)}


def test_early_stopping_ends_the_epochs() -> None:
    rule = "training.early_stopping={patience: 2, min_delta: 0.01}"
    history, _ = _trained(DENSE, "training.epochs=50", "training.learning_rate=1e-12", rule)
    assert len(history) == 3


def test_a_history_is_continued_where_it_ends() -> None:
    history: list[Any] = [EpochRecord(1, 0.5, 0.5, 1e-3, 1.0), EpochRecord(2, 0.5, 0.5, 1e-3, 1.0)]
    assert [record.epoch for record in _go_on(_prepared(DENSE, "training.epochs=3"), history)] == [3]


def test_a_loss_that_is_not_finite_stops_at_once_naming_epoch_and_step(monkeypatch: pytest.MonkeyPatch) -> None:
    losses = iter([0.5, 0.4, float("nan")])
    monkeypatch.setattr(module, "take_step", lambda model, batch, first: {"loss": next(losses)})
    with pytest.raises(DivergedError, match="the loss became nan in epoch 1, step 3") as caught:
        _go_on(_prepared(DENSE), [])
    assert caught.value.exit_code == 7


def test_a_validation_error_that_is_not_finite_ends_the_training(monkeypatch: pytest.MonkeyPatch) -> None:
    prepared = _prepared(DENSE)
    monkeypatch.setattr(prepared[2], "predict_on_batch", lambda inputs: np.full((len(inputs), 1), np.nan))
    with pytest.raises(DivergedError, match="val_mae of epoch 1 is nan"):
        _go_on(prepared, [])


def test_steps_are_those_of_train_on_batch_and_their_figures_are_means_so_far() -> None:
    (_, dataset, ours), (_, _, theirs) = _prepared(DENSE), _prepared(DENSE)
    batches = list(dataset.epoch(0, 1))
    theirs.set_weights(ours.get_weights())
    batches[-1] = tuple(part[:3] for part in batches[-1])  # type: ignore[assignment] # a smaller one counts for less
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
        ("gru", "auto", "auto", 5, "not compiled"),
        ("gru", "auto", "auto", 500, "fast layers"),
        ("gru", "auto", "true", 500, "compiled with XLA"),
        ("gru", "false", "auto", 500, "compiled with XLA"),
        ("gru", "true", "auto", 5, "fast layers"),
        ("dense", "auto", "auto", 500, "compiled with XLA"),
        ("dense", "auto", "false", 500, "not compiled"),
        ("conv", "auto", "auto", 500, "not compiled"),
        ("conv", "auto", "true", 500, "compiled with XLA"),
        ("conv_gru", "false", "auto", 500, "compiled with XLA"),
    ],
)
def test_auto_takes_what_pays(model: str, fast: str, jit: str, steps: int, words: str) -> None:
    config = config_of(f"model: {{name: {model}}}\ntraining: {{fast_layers: {fast}, jit_compile: {jit}}}")
    decided = accelerated(config.model, config.training, steps)
    assert {decided.fast_layers, decided.jit_compile} <= {True, False}
    assert way(decided) == words


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


def test_an_error_while_a_batch_is_cut_reaches_the_training() -> None:
    def batches() -> Iterator[Batch]:
        yield np.zeros((1, 1), np.float32), np.zeros((1, 1), np.float32)
        raise MemoryError("no room for a batch")

    with pytest.raises(MemoryError, match="no room"):
        list(ahead(batches()))

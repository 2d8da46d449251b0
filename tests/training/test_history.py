"""The best epoch and early stopping as functions of the history."""

import pytest

from jena_rnn.config.experiment import EarlyStopping
from jena_rnn.forecast.record import EpochRecord
from jena_rnn.training.history import best, stops_early


def _history(*val_mae: float) -> list[EpochRecord]:
    return [EpochRecord(i, 0.5, value, 1e-3, 1.0) for i, value in enumerate(val_mae, start=1)]


def test_best_is_the_lowest_and_of_equals_the_earlier() -> None:
    assert best(_history(0.3, 0.2, 0.2, 0.4)).epoch == 2


@pytest.mark.parametrize(
    ("val_mae", "rule", "stops"),
    [
        ((), EarlyStopping(patience=1), False),
        ((0.3, 0.3), None, False),
        ((0.3, 0.3), EarlyStopping(patience=1), True),
        ((0.3, 0.31, 0.32), EarlyStopping(patience=3), False),
        ((0.3, 0.31, 0.32, 0.30), EarlyStopping(patience=3), True),
        ((0.3, 0.31, 0.29, 0.30), EarlyStopping(patience=2), False),
        ((0.300, 0.299, 0.298), EarlyStopping(patience=2, min_delta=0.01), True),
        ((0.300, 0.299, 0.280), EarlyStopping(patience=2, min_delta=0.01), False),
    ],
)
def test_training_stops_after_patience_epochs_without_a_gain(
    val_mae: tuple[float, ...], rule: EarlyStopping | None, stops: bool
) -> None:
    assert stops_early(_history(*val_mae), rule) is stops

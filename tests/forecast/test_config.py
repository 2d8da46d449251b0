"""The rules between the keys of a forecasting config."""

import pytest
from helpers import config_of

from jena_rnn.base.errors import ConfigError
from jena_rnn.config.models import timesteps_left


def broken(text: str) -> list[str]:
    """Return the errors of a config, without their place."""
    try:
        config_of(text)
    except ConfigError as error:
        return [line.partition(": ")[2] for line in str(error).split("\n")]
    return []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "windows: {lookback: 1441, step: 6}",
            "windows.lookback: expected a multiple of windows.step (6), got 1441",
        ),
        (
            "training: {steps_per_epoch: null}",
            "training.steps_per_epoch: expected a number of batches, since windows.protocol is book and its epochs "
            "have no end, got null",
        ),
        (
            "training: {learning_rate: 1e-4, plateau: {minimum: 1e-3}}",
            "training.plateau.minimum: expected at most training.learning_rate (0.0001), got 0.001",
        ),
        (
            "model: {name: bidirectional, cell: lstm, reset_after: false}",
            "model.reset_after: expected it left out, since model.cell lstm has no such choice, got false",
        ),
        (
            "model: {name: dense}\ntraining: {fast_layers: true}",
            "training.fast_layers: expected false or auto, since there are none for this model, got true",
        ),
        (
            "training: {fast_layers: true, jit_compile: true}",
            "training.jit_compile: expected false or auto, since XLA cannot compile training.fast_layers: true",
        ),
        (
            "model: {name: conv, kernel_size: 99}",
            "model: expected to leave some of the windows.lookback / windows.step = 240 timesteps, got "
            "model.convolutions 3, model.kernel_size 99, model.pool_size 3",
        ),
        (
            "model: {name: conv_gru, pool_size: 99}",
            "model: expected to leave some of the windows.lookback / windows.step = 240 timesteps, got "
            "model.kernel_size 5, model.pool_size 99",
        ),
        ("data: {columns: []}", "data.columns: expected at least one column, or null for all, got []"),
        ("data: {columns: [a, b, a]}", "data.columns: expected each column once, got 'a' twice or more"),
        ("data: {decimal: ','}", "data.decimal: expected another character than data.delimiter, got ','"),
        (
            "split: {train: [0, null]}",
            "split.train: expected an end in rows (only split.test may have none), got [0, null]",
        ),
        ("split: {test: [400000, 300001]}", "split.test: expected [first, end] with first < end, got [400000, 300001]"),
        (
            "split: {val: [9, 300000]}",
            "split.val: expected to begin at or after the end of split.train (200000), got 9",
        ),
        (
            "split: {rows: 300001, scale: true, test: [300001, 300002]}",
            "split.test: expected rows up to split.rows (300001) for split.scale, got 300002",
        ),
        (
            "data: {date_format: '%d.%Y'}",
            "data.date_format: expected fields of a local time such as '%d.%m.%Y %H:%M:%S', got '%d.%Y': it says the "
            "day, but not the month",
        ),
    ],
)
def test_a_broken_rule_names_both_keys(text: str, message: str) -> None:
    assert broken(text) == [message]


@pytest.mark.parametrize(
    "text",
    [
        "windows: {protocol: strict}\ntraining: {steps_per_epoch: null}",
        "split: {test: [300001, 300002], rows: 5}",
        "model: {name: bidirectional, cell: gru, reset_after: false}",
        "data: {delimiter: ;, decimal: ','}",
        "training: {learning_rate: 1e-6, plateau: {}}",
        "data: {date_format: '%d/%m/%Y %H:%M'}",
    ],
)
def test_a_config_that_keeps_the_rules_is_taken(text: str) -> None:
    assert broken(text) == []


def left_by_layers(timesteps: int, convolutions: int, kernel: int, pool: int) -> bool:
    """Walk through the layers as Keras builds them."""
    for layer in range(convolutions):
        timesteps = timesteps // pool if layer else timesteps
        timesteps -= kernel - 1
        if timesteps < 1:
            return False
    return True


def test_convolutions_leave_as_many_timesteps_as_keras_does() -> None:
    cases = ((t, c, k, p) for t in range(1, 30) for c in range(1, 5) for k in range(1, 6) for p in range(1, 4))
    assert all((timesteps_left(*case) >= 1) == left_by_layers(*case) for case in cases)


def test_a_smoke_run_is_short_and_still_holds_windows() -> None:
    config = config_of("windows: {lookback: 6000, delay: 600}")
    smoke = config_of("windows: {lookback: 6000, delay: 600}", *config.smoke())
    assert (smoke.training.epochs, smoke.training.steps_per_epoch, smoke.split.scale) == (1, 5, True)
    assert smoke.data.max_rows == 6 * (6000 + 600 + 128)

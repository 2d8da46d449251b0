import time
from dataclasses import replace

import pytest

from jena_rnn.config import rules
from jena_rnn.config.experiment import Config, Data, Forecasting, Plateau, Split, Windows
from jena_rnn.config.models import MODELS, Bidirectional, Conv, ConvGru
from jena_rnn.reviews.config import Classifying, ReviewConfig

SPLIT = Split(train=(0, 10), val=(10, 20), test=(20, None))


def broken_rules(config: Config) -> list[tuple[str, str]]:
    return [(broken.path, broken.message) for broken in rules.broken_rules(config)]


def broken_review_rules(config: ReviewConfig) -> list[tuple[str, str]]:
    return [(broken.path, broken.message) for broken in rules.broken_review_rules(config)]


def test_the_defaults_break_no_rule_with_any_model() -> None:
    for model in MODELS.values():
        assert broken_rules(Config(model=model())) == []


def test_lookback_is_a_multiple_of_step() -> None:
    windows = Windows(lookback=1441, step=6)
    assert broken_rules(Config(windows=windows)) == [
        ("windows.lookback", "expected a multiple of windows.step (6), got 1441")
    ]


def test_a_plateau_has_room_below_the_rate() -> None:
    rates = {"learning_rate": 1e-4, "plateau": Plateau(minimum=1e-3)}
    broken = [("training.plateau.minimum", "expected at most training.learning_rate (0.0001), got 0.001")]
    assert broken_rules(Config(training=Forecasting(**rates))) == broken
    assert broken_review_rules(ReviewConfig(training=Classifying(**rates))) == broken
    assert broken_rules(Config(training=Forecasting(learning_rate=1e-6, plateau=Plateau()))) == []


def test_only_a_gru_has_its_reset_before_or_after() -> None:
    broken = [("model.reset_after", "expected it left out, since model.cell lstm has no such choice, got false")]
    assert broken_rules(Config(model=Bidirectional(cell="lstm", reset_after=False))) == broken
    assert broken_review_rules(ReviewConfig(model=Bidirectional(cell="lstm", reset_after=False))) == broken
    for cell, after in (("gru", False), ("gru", True), ("simple_rnn", True)):
        assert broken_rules(Config(model=Bidirectional(cell=cell, reset_after=after))) == []


def test_columns_are_not_empty() -> None:
    assert broken_rules(Config(data=Data(columns=()))) == [
        ("data.columns", "expected at least one column, or null for all, got []")
    ]
    assert broken_rules(Config(data=Data(columns=("T (degC)",)))) == []


@pytest.mark.parametrize(
    ("split", "broken"),
    [
        (SPLIT, []),
        (replace(SPLIT, test=(20, 30)), []),
        (
            replace(SPLIT, train=(0, None)),
            [("split.train", "expected an end in rows (only split.test may have none), got [0, null]")],
        ),
        (
            replace(SPLIT, val=(10, None)),
            [("split.val", "expected an end in rows (only split.test may have none), got [10, null]")],
        ),
        (replace(SPLIT, train=(5, 5)), [("split.train", "expected [first, end] with first < end, got [5, 5]")]),
        (replace(SPLIT, test=(30, 25)), [("split.test", "expected [first, end] with first < end, got [30, 25]")]),
        (
            replace(SPLIT, val=(9, 20)),
            [("split.val", "expected to begin at or after the end of split.train (10), got 9")],
        ),
        (
            replace(SPLIT, test=(0, None)),
            [("split.test", "expected to begin at or after the end of split.val (20), got 0")],
        ),
        (replace(SPLIT, rows=20, scale=True), []),
        (
            replace(SPLIT, rows=19, scale=True),
            [
                ("split.val", "expected rows up to split.rows (19) for split.scale, got 20"),
                ("split.test", "expected rows up to split.rows (19) for split.scale, got 20"),
            ],
        ),
        (replace(SPLIT, rows=5, scale=False), []),
    ],
)
def test_splits_are_ranges_in_time_order_within_the_rows(split: Split, broken: list[tuple[str, str]]) -> None:
    assert broken_rules(Config(split=split)) == broken


def test_only_the_strict_protocol_knows_a_whole_epoch() -> None:
    training = Forecasting(steps_per_epoch=None)
    assert broken_rules(Config(training=training, windows=Windows(protocol="strict"))) == []
    assert broken_rules(Config(training=training, windows=Windows(protocol="book"))) == [
        (
            "training.steps_per_epoch",
            "expected a number of batches, since windows.protocol is book and its epochs have no end, got null",
        )
    ]


def left_by_layers(timesteps: int, convolutions: int, kernel: int, pool: int) -> bool:
    """Walk through the layers as Keras builds them."""
    for layer in range(convolutions):
        timesteps = timesteps // pool if layer else timesteps
        timesteps -= kernel - 1
        if timesteps < 1:
            return False
    return True


def test_convolutions_leave_at_least_one_timestep() -> None:
    for timesteps in range(1, 30):
        for convolutions in range(1, 5):
            for kernel in range(1, 6):
                for pool in range(1, 4):
                    windows = Windows(lookback=timesteps, step=1)
                    fits = left_by_layers(timesteps, convolutions, kernel, pool)
                    conv = Conv(convolutions=convolutions, kernel_size=kernel, pool_size=pool)
                    assert (broken_rules(Config(model=conv, windows=windows)) == []) is fits
                    if convolutions == 2:
                        gru = ConvGru(kernel_size=kernel, pool_size=pool)
                        assert (broken_rules(Config(model=gru, windows=windows)) == []) is fits


def test_convolutions_that_leave_nothing_name_all_keys_of_it() -> None:
    expected = "expected to leave some of the windows.lookback / windows.step = 240 timesteps, got "
    for model, got in (
        (Conv(kernel_size=50), "model.convolutions 3, model.kernel_size 50, model.pool_size 3"),
        (ConvGru(pool_size=300), "model.kernel_size 5, model.pool_size 300"),
    ):
        assert broken_rules(Config(model=model)) == [("model", expected + got)]


@pytest.mark.parametrize("pool", [1, 2])
def test_a_huge_number_of_convolutions_is_judged_at_once(pool: int) -> None:
    start = time.perf_counter()
    broken = broken_rules(Config(model=Conv(convolutions=10**14, kernel_size=1, pool_size=pool)))
    assert len(broken) == pool - 1
    assert time.perf_counter() - start < 1


def test_all_broken_rules_are_returned() -> None:
    config = Config(
        split=replace(SPLIT, train=(7, 7)),
        windows=Windows(lookback=7, step=3),
        training=Forecasting(steps_per_epoch=None),
        model=Conv(),
    )
    assert [key for key, _ in broken_rules(config)] == [
        "windows.lookback",
        "split.train",
        "training.steps_per_epoch",
        "model",
    ]


def test_a_column_stands_once_among_the_inputs() -> None:
    config = Config(data=Data(columns=("a", "b", "a")))
    assert broken_rules(config) == [("data.columns", "expected each column once, got 'a' twice or more")]


def test_a_comma_does_not_both_part_cells_and_stand_before_fractions() -> None:
    assert broken_rules(Config(data=Data(decimal=","))) == [
        ("data.decimal", "expected another character than data.delimiter, got ','")
    ]


def test_the_keys_that_a_rule_hangs_on_are_keys() -> None:
    """And the message names them, but for those of a model's kind."""
    config = Config(
        data=Data(decimal=",", columns=()),
        windows=Windows(lookback=13, step=6),
        split=replace(SPLIT, val=(5, 40), rows=30, scale=True),
        model=ConvGru(kernel_size=99),
        training=Forecasting(
            steps_per_epoch=None, fast_layers=True, jit_compile=True, learning_rate=1e-6, plateau=Plateau(minimum=1.0)
        ),
    )
    found = rules.broken_rules(config) + rules.broken_review_rules(
        ReviewConfig(words=replace(ReviewConfig().words, encoding="bag", reverse=True))
    )
    known = {"data", "windows", "split", "model", "training", "words"}
    assert len(found) >= 10
    for broken in found:
        for key in broken.others:
            assert key.partition(".")[0] in known, broken
            assert key in broken.message or key.startswith("model."), broken

"""The rules between the keys of a config of reviews, and the chapter's weights in its shipped configs."""

import re

import pytest
from helpers import config_of, shipped

from jena_rnn.base.errors import ConfigError
from jena_rnn.config.loading import dump
from jena_rnn.reviews.parts import spec_of
from jena_rnn.tasks import parse, task_of
from jena_rnn.training.zoo import build, describe

EMBEDDED = 320_000
"""Embedding(10000, 32), as the book prints it."""
WEIGHTS = {
    "simple_rnn": [EMBEDDED, 2_080, 33],
    "stacked_simple_rnn": [EMBEDDED, 2_080, 2_080, 2_080, 2_080, 33],
    "lstm": [EMBEDDED, 8_320, 33],
    "lstm_reversed": [1_280_000, 20_608, 33],
    "bidirectional_lstm": [EMBEDDED, 2 * 8_320, 65],
    "conv": [1_280_000, 28_704, 0, 7_200, 0, 33],
    "dense_bow": [0, 160_016, 272, 17],
    "gru": [EMBEDDED, 6_336, 33],
}


@pytest.mark.parametrize(("name", "weights"), WEIGHTS.items(), ids=list(WEIGHTS))
@pytest.mark.parametrize("fast", [False, True], ids=["keras", "fast"])
def test_weights_are_as_many_as_in_the_book(name: str, weights: list[int], fast: bool) -> None:
    config = shipped(f"imdb/{name}")
    spec = spec_of(config.words)
    model = build(config.model, spec.input_shape, spec.head, embedding=spec.embedding, fast=fast)
    assert [layer["parameters"] for layer in describe(model)] == weights
    assert model.output_shape == (None, 1)


def test_the_convolutional_model_has_1315937_parameters() -> None:
    assert sum(WEIGHTS["conv"]) == 1_315_937


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("windows: {lookback: 5}", "small.yaml:2: windows: unknown key"),
        ("words: {encoding: bag}", "model.name: expected dense, since words.encoding bag has no order, got lstm"),
        (
            "model: {name: dense}\nwords: {encoding: bag, reverse: true}",
            "small.yaml:3: words.reverse: expected false, since words.encoding bag has no order, got true",
        ),
        (
            "words: {length: 5}\nmodel: {name: conv, kernel_size: 7}",
            "leave some of the words.length = 5 timesteps, got model.convolutions 3, model.kernel_size 7",
        ),
        ("training: {loss: mae}", "small.yaml:2: training.loss: unknown key"),
        ("split: {validation: 1}", "small.yaml:2: split.validation: expected less than 1, got 1"),
        ("words: {count: 3}", "small.yaml:2: words.count: expected at least 4, got 3"),
    ],
)
def test_a_broken_rule_says_where_and_what(text: str, wrong: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(wrong)):
        config_of(f"task: reviews\n{text}")


@pytest.mark.parametrize("name", list(WEIGHTS))
def test_a_resolved_config_runs_again_as_it_is(name: str) -> None:
    config = shipped(f"imdb/{name}", "data.sample=true")
    dataset = task_of(config).open(config)
    resolved = dataset.resolved(config)
    assert resolved != config
    again = parse(dump(resolved))
    assert again == resolved
    assert dataset.resolved(again) == resolved

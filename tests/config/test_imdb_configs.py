"""The chapter's text half: every config has the layers and the number of weights that the book prints."""

import re

import pytest
from conftest import CONFIGS

from jena_rnn.base.errors import ConfigError
from jena_rnn.config.loading import dump, load, parse, shipped
from jena_rnn.reviews.config import ReviewConfig
from jena_rnn.reviews.parts import embedding_of, shape_of
from jena_rnn.tasks import task_of
from jena_rnn.training.dataset import Head
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


def _load(name: str) -> ReviewConfig:
    config = load(f"imdb/{name}")
    assert isinstance(config, ReviewConfig)
    return config


@pytest.mark.parametrize(("name", "weights"), WEIGHTS.items(), ids=list(WEIGHTS))
@pytest.mark.parametrize("fast", [False, True], ids=["keras", "fast"])
def test_weights_are_as_many_as_in_the_book(name: str, weights: list[int], fast: bool) -> None:
    config = _load(name)
    head = Head(1, "sigmoid")
    shape, embedding = (shape_of(config.words),), embedding_of(config.words)
    model = build(config.model, shape, head, embedding=embedding, fast=fast)
    assert [layer["parameters"] for layer in describe(model)] == weights
    assert model.output_shape == (None, 1)


def test_the_convolutional_model_has_1315937_parameters() -> None:
    assert sum(WEIGHTS["conv"]) == 1_315_937


def test_every_shipped_config_is_counted_and_says_what_it_is() -> None:
    found = {path.stem: path for path in sorted((CONFIGS / "imdb").glob("*.yaml"))}
    assert set(found) == set(WEIGHTS)
    assert {f"imdb/{name}" for name in found} <= set(shipped())
    for name, path in found.items():
        lines = path.read_text().splitlines()
        assert lines[0] == f"# jena-rnn train configs/imdb/{name}.yaml"
        config = _load(name)
        assert config.name == f"imdb_{name}"
        for figure in (config.book.val_accuracy, config.book.last_accuracy) if config.book else ():
            assert figure is None or f"{figure:.4f}" in lines[3]


def test_a_shipped_config_is_named_with_its_folder() -> None:
    assert load("imdb/lstm") == load(CONFIGS / "imdb" / "lstm.yaml")
    with pytest.raises(ConfigError, match="did you mean 'imdb/simple_rnn'"):
        load("imdb/simple_rn")


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("task: review", "c.yaml:1: task: expected forecast or reviews, got review; did you mean 'reviews'?"),
        ("task: [reviews]", "c.yaml:1: task: expected forecast or reviews, got"),
        ("task: reviews\nwindows: {lookback: 5}", "c.yaml:2: windows: unknown key"),
        ("words: {count: 5}", "c.yaml:1: words: unknown key"),
        ("task: reviews\nwords: {encoding: bag}", "model.name: expected dense, since words.encoding bag has no order"),
        (
            "task: reviews\nmodel: dense\nwords: {encoding: bag, reverse: true}",
            "c.yaml:3: words.reverse: expected false, since words.encoding bag has no order",
        ),
        (
            "task: reviews\nwords: {length: 5}\nmodel: {name: conv, kernel_size: 7}",
            "leave some of the words.length = 5 timesteps, got model.convolutions 3, model.kernel_size 7",
        ),
        ("task: reviews\ntraining: {loss: mae}", "c.yaml:2: training.loss: unknown key"),
        ("task: reviews\nsplit: {validation: 1}", "c.yaml:2: split.validation: expected"),
        ("task: reviews\nwords: {count: 3}", "c.yaml:2: words.count: expected at least 4, got 3"),
    ],
)
def test_a_config_error_of_reviews_says_where_and_what(text: str, wrong: str) -> None:
    text = text.replace("model: dense", "model: {name: dense}")
    with pytest.raises(ConfigError, match=re.escape(wrong)):
        parse(text, "c.yaml")


@pytest.mark.parametrize("name", list(WEIGHTS))
def test_a_resolved_config_runs_again_as_it_is(name: str) -> None:
    config = load(f"imdb/{name}", ["data.sample=true"])
    task = task_of(config).open(config)
    resolved = task.resolved(config)
    assert resolved != config
    again = parse(dump(resolved))
    assert again == resolved
    assert task.resolved(again) == resolved

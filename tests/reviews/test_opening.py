"""Splits of reviews are drawn by a seed of their own; batches are reviews with their own labels; nothing leaks."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from helpers import config_of

from jena_rnn.base.errors import ConfigError, DataError, NoDataError
from jena_rnn.reviews.config import ReviewConfig
from jena_rnn.reviews.corpus import START, UNKNOWN, Corpus, Reviews, decode, encode
from jena_rnn.reviews.dataset import ReviewDataset
from jena_rnn.reviews.opening import dataset_of, of_texts, open_corpus, open_dataset, open_other
from jena_rnn.reviews.parts import Part
from jena_rnn.reviews.sample import simulate, write_table
from jena_rnn.series.series import Source

SOURCE = Source("numbers", "0" * 64, "unknown")


def _config(*overrides: str) -> ReviewConfig:
    config = config_of("task: reviews\ndata: {sample: true}", *overrides)
    assert isinstance(config, ReviewConfig)
    return config


def _numbered(reviews: int) -> Reviews:
    """Return reviews of one word each, of rank 1, 2, 3 and so on; those of even rank are positive."""
    ranks = np.arange(1, reviews + 1, dtype=np.int32)
    return Reviews(ranks, np.arange(reviews + 1, dtype=np.int64), (ranks % 2 == 0).astype(np.int8))


def _dataset(*overrides: str, train: int = 100, test: int | None = 50) -> ReviewDataset:
    tested = None if test is None else _numbered(test)
    words = tuple(f"w{rank}" for rank in range(1, train + 1))
    return dataset_of(
        _config(*overrides), Corpus(_numbered(train), tested, words, Source("numbers", "0" * 64, "unknown"))
    )


def _ranks(dataset: ReviewDataset, split: str) -> list[int]:
    return [int(row[-1]) - 3 for batch in dataset.inputs(split, 7) for row in batch]


def test_validation_is_a_fifth_of_the_training_reviews_and_disjoint() -> None:
    dataset = _dataset()
    train, val = _ranks(dataset, "train"), _ranks(dataset, "val")
    assert (len(train), len(val), dataset.counts["test"]) == (80, 20, 50)
    assert sorted(train + val) == list(range(1, 101))
    assert val != list(range(81, 101)), "drawn, since a file may be ordered by label"


def test_the_split_depends_on_its_own_seed_alone() -> None:
    assert _ranks(_dataset(), "val") == _ranks(_dataset("seed=7"), "val")
    assert _ranks(_dataset(), "val") != _ranks(_dataset("split.seed=7"), "val")


def test_test_reviews_are_drawn_if_the_source_has_none() -> None:
    dataset = _dataset(test=None)
    parts = [_ranks(dataset, split) for split in ("train", "val", "test")]
    assert [len(part) for part in parts] == [64, 16, 20]
    assert sorted([*parts[0], *parts[1], *parts[2]]) == list(range(1, 101))


def test_an_epoch_shows_each_review_once_with_its_own_label() -> None:
    dataset = _dataset("words.batch_size=16", "words.length=4")
    assert dataset.steps == 5
    seen = []
    for inputs, targets in dataset.epoch(seed=0, epoch=1):
        assert (inputs.shape[1:], targets.shape[1:], targets.dtype) == ((4,), (1,), np.float32)
        assert (inputs[:, -2] == START).all()
        ranks = inputs[:, -1] - 3
        np.testing.assert_array_equal(targets[:, 0], ranks % 2 == 0)
        seen += ranks.tolist()
    assert sorted(seen) == _ranks(dataset, "train")
    again = [inputs[:, -1] - 3 for inputs, _ in dataset.epoch(seed=0, epoch=2)]
    assert sorted(np.concatenate(again).tolist()) == sorted(seen)
    assert np.concatenate(again).tolist() != seen


def test_a_short_epoch_takes_the_next_part_of_a_pass() -> None:
    dataset = _dataset("words.batch_size=16", "training.steps_per_epoch=2")
    shown = [inputs[:, -1] for epoch in (1, 2) for inputs, _ in dataset.epoch(seed=0, epoch=epoch)]
    assert len(np.unique(shown)) == 64


def test_reversed_reviews_end_with_their_first_word() -> None:
    corpus = simulate(40)
    how = "words.length=30", "data.max_reviews=20"
    forwards, backwards = (dataset_of(_config(f"words.reverse={flag}", *how), corpus) for flag in ("false", "true"))
    part = backwards.parts["val"]
    for row, (one, other) in enumerate(
        zip(*(next(dataset.inputs("val", 4)) for dataset in (forwards, backwards)), strict=True)
    ):
        review = part.encoded.tokens[part.encoded.starts[row] : part.encoded.starts[row + 1]].tolist()
        assert [token for token in one if token] == review[-30:]
        assert [token for token in other if token] == review[:30][::-1]


def test_a_bag_says_which_words_of_the_whole_review_occur() -> None:
    dataset = _dataset("words.encoding=bag", "words.count=60", "model=dense")
    bag = next(dataset.inputs("train", 80))
    assert (bag.shape, bag.dtype, dataset.spec.input_shape, dataset.spec.embedding) == (
        (80, 60),
        np.float32,
        (60,),
        None,
    )
    assert (bag[:, START] == 1).all()
    assert (bag.sum(axis=1) == 2).all()


def test_fewer_reviews_can_be_asked_for() -> None:
    dataset = _dataset("data.max_reviews=30")
    assert [dataset.counts[split] for split in ("train", "val", "test")] == [24, 6, 30]
    assert sorted(_ranks(dataset, "train") + _ranks(dataset, "val")) != list(range(1, 31)), "drawn, not the first"


def test_counted_words_are_those_of_the_training_reviews_alone() -> None:
    corpus = replace(Corpus(_numbered(100), None, tuple(f"w{n}" for n in range(1, 101)), SOURCE), counted=True)
    dataset = dataset_of(_config(), corpus)
    learned = {f"w{place + 1}" for place in dataset.parts["train"].places}
    assert set(dataset.words) == learned
    for split in ("val", "test"):
        assert all((row[-1] == UNKNOWN) for batch in dataset.inputs(split, 7) for row in batch)
    for row, place in zip(next(dataset.inputs("train", 64)), dataset.parts["train"].places, strict=True):
        assert decode([int(row[-1])], dataset.words) == f"w{place + 1}"


def test_a_wrong_review_is_shown_as_far_as_the_model_sees_it() -> None:
    reviews = Reviews(np.arange(1, 101, dtype=np.int32), np.array([0, 100], np.int64), np.zeros(1, np.int8))
    words = tuple(f"w{rank}" for rank in range(1, 101))
    shown = {}
    for how in ("reverse=false", "reverse=true"):
        config = _config(f"words.{how}", "words.length=20")
        part = Part(encode(reviews, 10_000), np.zeros(1, np.int64), reviews.labels)
        (wrong,) = part.most_wrong(np.ones(1), words, config.words)
        shown[how] = wrong.text.split()
    assert shown["reverse=false"] == ["…", *words[80:]]
    assert shown["reverse=true"] == [*words[:60], "…"]


def test_a_split_without_reviews_is_refused() -> None:
    with pytest.raises(DataError, match="numbers: 2 reviews leave none for val"):
        _dataset(train=2)
    with pytest.raises(DataError, match="numbers: 1 review leaves none for val"):
        _dataset(train=1)
    wrong = r"numbers: 2 of \d+ reviews \(data\.max_reviews\) leave none for val"
    with pytest.raises(DataError, match=wrong):
        _dataset("data.max_reviews=2")


def test_scores_show_the_most_wrong_reviews_in_words() -> None:
    dataset = _dataset()
    labels = dataset.parts["test"].labels
    outputs = np.where(labels > 0, 0.9, 0.1)
    outputs[:2] = 1 - outputs[:2] + np.array([0.05, 0.0])
    score = dataset.score("test", outputs)
    assert (score.accuracy, score.majority, score.reviews) == (48 / 50, 0.5, 50)
    assert [(wrong.review, wrong.label, wrong.text) for wrong in score.most_wrong] == [(0, 0, "w1"), (1, 1, "w2")]
    assert dataset.predictions("test", outputs).labels.tolist() == labels.tolist()


def test_words_that_have_no_token_are_not_kept() -> None:
    assert _dataset("words.count=10").words == ("w1", "w2", "w3", "w4", "w5", "w6")
    assert _dataset("words.count=10").facts()["data"]["words"] == 6


def test_texts_get_the_ranks_of_the_runs_words() -> None:
    config, words = _config("words.length=4"), ("the", "film", "good")
    dataset = of_texts(config, words, ["Good, the film!", "unheard of"])
    np.testing.assert_array_equal(next(dataset.inputs("all", 2)), [[1, 6, 4, 5], [0, 1, 2, 2]])
    with pytest.raises(ConfigError, match="the run knows no words"):
        of_texts(config, (), ["good"])


def test_another_table_is_read_with_the_words_of_the_run(tmp_path: Path) -> None:
    path, corpus = tmp_path / "made.csv", simulate(200)
    with path.open("wb") as file:
        write_table(corpus, file)
    own = open_dataset(_config())
    config = _config("data.sample=false", f"data.path={path}")
    other = open_other(config, {}, own.words)
    assert other.words == own.words
    assert other.counts["all"] == len(open_corpus(config.data).train)
    first = next(other.inputs("all", 1))[0]
    assert "?" not in decode(first.tolist(), own.words)
    with pytest.raises(DataError, match=r"its words \(data\.index\) have other ranks than those of the run"):
        open_other(_config(), {}, ("word",))


def test_missing_reviews_are_named_with_what_helps() -> None:
    with pytest.raises(NoDataError, match=r"nowhere\.npz: no such file.*download_imdb\.sh.*--data.*--sample"):
        open_dataset(_config("data.sample=false", "data.path=nowhere.npz"))

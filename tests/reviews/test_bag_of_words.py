"""The baseline is the ridge regression that linear algebra gives, and needs no order of words."""

import numpy as np

from jena_rnn.reviews.bag_of_words import PENALTY, fitted
from jena_rnn.reviews.corpus import Reviews, bags, encode
from jena_rnn.reviews.sample import simulate

COUNT = 30


def _made(seed: int, reviews: int = 40) -> Reviews:
    rng = np.random.default_rng(seed)
    lengths = rng.integers(0, 12, reviews)
    starts = np.concatenate(([0], np.cumsum(lengths))).astype(np.int64)
    ranks = rng.integers(1, 40, starts[-1]).astype(np.int32)
    return Reviews(ranks, starts, rng.integers(0, 2, reviews).astype(np.int8))


def test_weights_are_those_of_the_normal_equations() -> None:
    reviews = _made(0)
    encoded = encode(reviews, COUNT)
    rows = bags(encoded, np.arange(len(reviews)), COUNT).astype(np.float64)
    rows /= np.sqrt(rows.sum(axis=1, keepdims=True))
    wanted = 2.0 * reviews.labels - 1
    expected = np.linalg.solve(rows.T @ rows + PENALTY * np.eye(COUNT), rows.T @ (wanted - wanted.mean()))
    found = fitted(encoded, reviews.labels, COUNT)
    np.testing.assert_allclose(found.weights, expected, atol=1e-9)
    np.testing.assert_array_equal(found.says(encoded), rows @ expected + wanted.mean() > 0)


def test_order_and_repetition_of_words_do_not_count() -> None:
    weights = fitted(encode(_made(1), COUNT), _made(1).labels, COUNT)
    ranks = np.array([3, 4, 5, 5, 4, 3, 3], np.int32)
    reviews = Reviews(ranks, np.array([0, 3, 7], np.int64), np.zeros(2, np.int8))
    first, second = weights.says(encode(reviews, COUNT))
    assert first == second


def test_reviews_that_are_all_alike_have_the_commoner_label() -> None:
    reviews = Reviews(np.empty(0, np.int32), np.zeros(6, np.int64), np.array([1, 1, 1, 0, 1], np.int8))
    encoded = encode(reviews, COUNT)
    assert fitted(encoded, reviews.labels, COUNT).says(encoded).all()
    one = fitted(encoded, np.ones(5, np.int8), COUNT)
    assert one.says(encoded).all()
    assert np.isfinite(one.weights).all()


def test_it_tells_made_up_reviews_apart() -> None:
    corpus = simulate()
    assert corpus.test is not None
    weights = fitted(encode(corpus.train, 10_000), corpus.train.labels, 10_000)
    right = weights.says(encode(corpus.test, 10_000)) == (corpus.test.labels > 0)
    assert 0.75 < right.mean() < 0.9

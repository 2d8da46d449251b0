import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jena_rnn.layers.backend import keras
from jena_rnn.reviews.corpus import NEGATIVE, Encoded, Reviews, bags, decode, encode, padded

WORDS = ("the", "film", "was", "good")

texts = st.lists(st.lists(st.integers(1, 40), max_size=12), min_size=1, max_size=8)
"""Reviews as lists of ranks."""


def made(*ranks: list[int], labels: list[int] | None = None) -> Reviews:
    flat = np.array([rank for review in ranks for rank in review], np.int32)
    starts = np.concatenate(([0], np.cumsum([len(review) for review in ranks], dtype=np.int64)))
    return Reviews(flat, starts.astype(np.int64), np.array(labels or [NEGATIVE] * len(ranks), np.int8))


def lists(encoded: Encoded) -> list[list[int]]:
    return [encoded.tokens[a:b].tolist() for a, b in zip(encoded.starts, encoded.starts[1:], strict=False)]


def kerases(ranks: list[list[int]], count: int) -> list[list[int]]:
    """Return what Keras's load_data makes of rows of x_train: keras/src/datasets/imdb.py, its two lines."""
    shifted = [[1] + [rank + 3 for rank in review] for review in ranks]
    return [[token if 0 <= token < count else 2 for token in review] for review in shifted]


def test_a_rank_goes_up_by_three_behind_a_start_token_and_rare_words_are_two() -> None:
    encoded = encode(made([1, 6, 7, 0, 8], [], [2**31 - 1, 2]), 10)
    assert lists(encoded) == [[1, 4, 9, 2, 2, 2], [1], [1, 2, 5]]
    assert (encoded.tokens.dtype, len(encoded)) == (np.int32, 3)


@given(texts, st.integers(3, 50))
def test_tokens_are_those_of_keras(ranks: list[list[int]], count: int) -> None:
    assert lists(encode(made(*ranks), count)) == kerases(ranks, count)


def test_fewer_than_three_tokens_are_refused() -> None:
    assert lists(encode(made([1, 2]), 3)) == [[1, 2, 2]]
    with pytest.raises(ValueError, match="2 tokens leave no room"):
        encode(made([1, 2]), 2)


def test_short_reviews_are_padded_before_and_long_ones_keep_their_end() -> None:
    encoded = encode(made([1, 2, 3, 4, 5], [6]), 100)
    assert padded(encoded, np.array([1, 0, 1]), 4).tolist() == [[0, 0, 1, 9], [5, 6, 7, 8], [0, 0, 1, 9]]


def test_a_reversed_review_keeps_its_beginning_and_ends_with_its_first_word() -> None:
    encoded = encode(made([1, 2, 3, 4, 5], [6]), 100)
    assert padded(encoded, np.array([0, 1]), 4, reverse=True).tolist() == [[6, 5, 4, 1], [0, 0, 9, 1]]


@given(texts, st.integers(1, 15), st.booleans())
def test_padding_is_that_of_keras(ranks: list[list[int]], length: int, reverse: bool) -> None:
    tokens = kerases(ranks, 30)
    theirs = keras.utils.pad_sequences([x[::-1] if reverse else x for x in tokens], maxlen=length)
    ours = padded(encode(made(*ranks), 30), np.arange(len(ranks)), length, reverse=reverse)
    assert (ours.dtype, ours.tolist()) == (theirs.dtype, theirs.tolist())


@given(texts)
def test_a_bag_has_a_one_for_each_token_that_occurs(ranks: list[list[int]]) -> None:
    expected = np.zeros((len(ranks), 30))
    for row, review in enumerate(kerases(ranks, 30)):
        expected[row, review] = 1  # listing 3.2
    found = bags(encode(made(*ranks), 30), np.arange(len(ranks)), 30)
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, expected)


def test_a_bag_too_small_for_its_tokens_is_an_error() -> None:
    with pytest.raises(IndexError):
        bags(encode(made([5]), 10), np.array([0]), 8)


def test_no_rows_are_no_reviews() -> None:
    none, encoded = np.empty(0, np.int64), encode(made([1, 2]), 10)
    assert padded(encoded, none, 4).shape == (0, 4)
    assert bags(encoded, none, 10).shape == (0, 10)
    assert len(made([1, 2]).select(none)) == 0
    assert lists(encode(made(), 10)) == []


def test_reviews_are_picked_in_any_order() -> None:
    picked = made([1, 2], [], [3], [4, 5, 6], labels=[0, 1, 0, 1]).select(np.array([3, 1, 0, 3]))
    assert picked.ranks.tolist() == [4, 5, 6, 1, 2, 4, 5, 6]
    assert picked.starts.tolist() == [0, 3, 3, 5, 8]
    assert picked.labels.tolist() == [1, 1, 0, 1]
    assert picked.lengths.tolist() == [3, 0, 2, 3]
    assert len(picked) == 4


def test_tokens_are_named_by_their_words() -> None:
    assert decode([0, 0, 1, 4, 5, 2, 7, 3], WORDS) == "the film ? good ?"
    assert decode(np.array([1, 7, 8]), WORDS) == "good #5"
    assert decode([1, 4, 20], ()) == "#1 #17"
    assert decode([0, 1], WORDS) == ""


@pytest.mark.parametrize(
    ("ranks", "starts", "labels", "message"),
    [
        ([1.0], [0, 1], [0], "float64"),
        ([[1]], [0, 1], [0], r"expected \(words,\) int32, got \(1, 1\)"),
        ([1], [0.0, 1.0], [0], "expected starts"),
        ([], [], [], "expected starts"),
        ([1, 2], [0, 2, 1, 2], [0, 0, 0], "do not rise from 0 to 2"),
        ([1, 2], [1, 2], [0], "do not rise"),
        ([1, 2], [0, 1], [0], "do not rise"),
        ([-1], [0, 1], [0], "ranks below 0"),
        ([1], [0, 1], [0, 1], r"labels \(2,\) for 1 reviews"),
        ([1], [0, 1], [2], "labels other than"),
        ([1], [0, 1], [0.5], "float64 labels"),
    ],
)
def test_parts_that_do_not_fit_are_refused(
    ranks: list[int], starts: list[int], labels: list[int], message: str
) -> None:
    def array(values: list[int], kind: str) -> np.ndarray:
        found = np.array(values)
        return found.astype(kind) if found.dtype.kind == "i" or not values else found

    with pytest.raises(ValueError, match=message):
        Reviews(array(ranks, "int32"), array(starts, "int64"), array(labels, "int8"))

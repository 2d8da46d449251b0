"""Accuracy and loss are Keras's; the table of probabilities comes back as it was written."""

import io

import numpy as np
import pytest

from jena_rnn.layers.backend import keras
from jena_rnn.reviews.verdicts import ReviewScore, Verdicts, accuracy, collapsed, confusion, cross_entropy

LABELS = np.array([0, 0, 1, 1, 1], np.int8)
SAID = np.array([0.1, 0.7, 0.5, 0.51, 1.0])


def test_above_a_half_is_positive() -> None:
    assert accuracy(SAID, LABELS) == pytest.approx(3 / 5)
    assert confusion(SAID, LABELS) == [[1, 1], [1, 2]]


def test_accuracy_and_loss_are_those_of_keras() -> None:
    rng = np.random.default_rng(0)
    said, labels = rng.uniform(size=500).astype(np.float32), rng.integers(0, 2, 500).astype(np.int8)
    said[0], labels[0] = 0.0, 1  # of 1.0 and label 0, float32 leaves Keras a rounded logarithm
    target = labels[:, None].astype(np.float32)
    theirs = float(keras.ops.mean(keras.losses.binary_crossentropy(target, said[:, None])))
    assert cross_entropy(said.astype(np.float64), labels) == pytest.approx(theirs, rel=1e-5)
    theirs = float(keras.ops.mean(keras.metrics.binary_accuracy(target, said[:, None])))
    assert accuracy(said.astype(np.float64), labels) == pytest.approx(theirs)


def test_a_sure_mistake_costs_a_finite_loss() -> None:
    assert cross_entropy(np.array([0.0]), np.array([1], np.int8)) == pytest.approx(-np.log(1e-7))


def test_saying_the_same_of_nearly_all_is_called_collapsed() -> None:
    half = np.repeat(np.array([0, 1], np.int8), 500)
    assert collapsed(np.full(1000, 0.49), half)
    assert collapsed(np.where(np.arange(1000) < 5, 0.1, 0.9), half)
    assert not collapsed(np.where(np.arange(1000) < 6, 0.1, 0.9), half)
    assert not collapsed(np.linspace(0, 0.49, 1000), np.zeros(1000, np.int8)), "it is right"
    assert collapsed(np.full(1000, 0.49), np.zeros(1000, np.int8)), "right, but blind"
    assert not collapsed(np.full(1, 0.49), np.zeros(1, np.int8))


def test_the_table_comes_back_as_it_was_written() -> None:
    for made_up in ("", "made-up reviews"):
        file = io.BytesIO()
        Verdicts(np.arange(5), SAID, LABELS, made_up).write(file)
        assert file.getvalue().splitlines()[bool(made_up)] == b"review,probability,label"
        file.seek(0)
        found = Verdicts.read(file)
        assert found.made_up == made_up
        np.testing.assert_array_equal(found.reviews, np.arange(5))
        np.testing.assert_allclose(found.probabilities, SAID)
        np.testing.assert_array_equal(found.labels, LABELS)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("review,label\n1,0\n", "expected the columns review,probability,label"),
        ("review,probability,label\n", "no reviews"),
        ("review,probability,label\n1,often,0\n", "could not convert string to float"),
        ("review,probability,label\n1,1.5,0\n", "expected probabilities between 0 and 1"),
        ("review,probability,label\n1,nan,0\n", "expected probabilities between 0 and 1"),
        ("review,probability,label\n1,0.5,2\n", "labels 0 and 1"),
        ("review,probability,label\n,0.5,1\n", "expected reviews as numbers"),
    ],
)
def test_a_damaged_table_is_refused(text: str, wrong: str) -> None:
    with pytest.raises(ValueError, match=wrong):
        Verdicts.read(io.BytesIO(text.encode()))


def test_a_score_tells_what_it_is_beside() -> None:
    score = ReviewScore("all", 5, 0.6, 0.5, None, 0.887, [[1, 1], [1, 2]], collapsed=True, most_wrong=[])
    accuracies, _, said, last = score.lines()
    assert [cell.strip() for cell in accuracies.splitlines()[2].split("|")[2:-1]] == ["60.0 %", "88.7 %", "0.5000", "5"]
    assert [cell.strip() for cell in said.splitlines()[3].split("|")[1:-1]] == ["is positive", "1", "2"]
    assert last.startswith("COLLAPSED")

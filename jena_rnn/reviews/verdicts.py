"""Probabilities and labels of reviews to accuracy, loss and confusion, and predictions.csv of a run.

accuracy(probabilities, labels)         # 0.87
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import IO, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jena_rnn.base.tables import percent, table
from jena_rnn.series.series import Floats

Labels = NDArray[np.int8]
HALF = 0.5
EPSILON = 1e-7
"""Keras clips probabilities this far from 0 and 1 before it takes the logarithm."""
COLLAPSED_SHARE = 0.995
"""A model that gives one answer for this share of the reviews has collapsed, unless as many have one label."""
SAID = ("negative", "positive")
"""Labels in words."""
HEADER = ["review", "probability", "label"]


def accuracy(probabilities: Floats, labels: Labels) -> float:
    """Return the share of `(reviews,)` classified right; above a half is positive."""
    return float(((probabilities > HALF) == (labels > 0)).mean())


def cross_entropy(probabilities: Floats, labels: Labels) -> float:
    """Return the mean binary cross-entropy of `(reviews,)` probabilities of label 1, in nats, as Keras computes it."""
    right = np.where(labels > 0, probabilities, 1.0 - probabilities)
    return float(-np.log(np.clip(right, EPSILON, 1.0 - EPSILON)).mean())


def confusion(probabilities: Floats, labels: Labels) -> list[list[int]]:
    """Return the number of reviews for each label (rows: negative, positive) and answer (columns)."""
    told = (probabilities > HALF).astype(np.int64)
    counts = np.bincount(2 * labels.astype(np.int64) + told, minlength=4)
    return [[int(count) for count in row] for row in counts.reshape(2, 2)]


@dataclass(frozen=True)
class Wrong:
    """A review that was classified wrong."""

    review: int
    """Its position among the reviews of its part, from 0."""
    probability: float
    """The model's probability that it is positive."""
    label: int
    text: str
    """Its beginning, in the words that the model knows; empty without a word index."""


@dataclass(frozen=True)
class ReviewScore:
    """The scores of one split."""

    split: str
    """train, val, test, or all for other reviews."""
    reviews: int
    accuracy: float
    loss: float
    """Binary cross-entropy, in nats."""
    majority: float | None
    """Accuracy of always giving the commoner training label; None without training reviews."""
    bag_of_words: float | None
    """Accuracy of the ridge regression on bags of words; None without training reviews."""
    confusion: list[list[int]]
    """Rows are labels (negative, positive), columns answers."""
    collapsed: bool
    """Whether the model gives one answer for nearly all reviews."""
    most_wrong: list[Wrong]

    def as_dict(self) -> dict[str, Any]:
        """Return the score for JSON."""
        return asdict(self)

    def lines(self) -> list[str]:
        """Return tables for the terminal: accuracies and the confusion matrix."""
        beside = {"bag of words": self.bag_of_words, "majority": self.majority}
        known = {name: percent(share) for name, share in beside.items() if share is not None}
        header = ["accuracy", "model", *known, "loss", "reviews"]
        row = [self.split, percent(self.accuracy), *known.values(), f"{self.loss:.4f}", f"{self.reviews:,}"]
        lines = [table(header, [row]), "", confusion_table(self.confusion)]
        return lines + ["COLLAPSED: it says the same of nearly every review."] * self.collapsed


def confusion_table(counts: Sequence[Sequence[int]]) -> str:
    """Return a confusion matrix as a table."""
    rows = [[f"is {SAID[label]}", *(f"{count:,}" for count in row)] for label, row in enumerate(counts)]
    return table(["", *(f"said {said}" for said in SAID)], rows)


def collapsed(probabilities: Floats, labels: Labels) -> bool:
    """Return whether a model gives one answer for nearly all reviews although their labels differ.

    A model with one probability for all reviews has collapsed, right or not.
    """
    if len(labels) > 1 and float(np.ptp(probabilities)) < EPSILON:
        return True
    said, true = float((probabilities > HALF).mean()), float((labels > 0).mean())
    return max(said, 1 - said) >= COLLAPSED_SHARE > max(true, 1 - true)


@dataclass(frozen=True)
class Verdicts:
    """The model's answer for each review of a split.

    Attributes:
        reviews: `(reviews,)` int64, places among the reviews of the part, from 0.
        probabilities: `(reviews,)` of being positive.
        labels: `(reviews,)` int8.
    """

    reviews: NDArray[np.int64]
    probabilities: Floats
    labels: Labels
    made_up: str = ""
    """The name of made-up reviews; empty for real ones."""

    def write(self, file: IO[bytes]) -> None:
        """Write CSV, probabilities to six decimals; made-up reviews say so in a comment on the first line."""
        if self.made_up:
            file.write(f"# {self.made_up}: nobody wrote them\n".encode())
        columns = (self.reviews, self.probabilities, self.labels)
        frame = pd.DataFrame(dict(zip(HEADER, columns, strict=True)))
        frame.to_csv(file, index=False, float_format="%.6f", lineterminator="\n", mode="wb")

    @classmethod
    def read(cls, file: IO[bytes]) -> "Verdicts":
        """Return the predictions that `write` wrote; raises ValueError if the file is damaged."""
        comment = file.readline().decode() if file.read(1) == b"#" else ""
        file.seek(0)
        frame = pd.read_csv(file, encoding="utf-8", skiprows=int(bool(comment)))
        if list(frame.columns) != HEADER:
            raise ValueError(f"expected the columns {','.join(HEADER)}")
        if frame.empty:
            raise ValueError("no reviews")
        reviews, probabilities, labels = frame.to_numpy(np.float64).T
        if not np.isfinite(reviews).all():
            raise ValueError("expected reviews as numbers")
        if not ((probabilities >= 0) & (probabilities <= 1)).all() or not np.isin(labels, (0, 1)).all():
            raise ValueError("expected probabilities between 0 and 1, and labels 0 and 1")
        made_up = comment.strip().partition(":")[0]
        return cls(reviews.astype(np.int64), probabilities, labels.astype(np.int8), made_up)

"""The reviews of one split: their encoding for a model, and the worst mistakes among them.

part.inputs(np.arange(128), config.words)       # (128, 500) int32 tokens, or (128, 10000) float32 bags
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jena_rnn.reviews.config import Words
from jena_rnn.reviews.corpus import Encoded, Places, bags, decode, padded
from jena_rnn.reviews.verdicts import HALF, Labels, Wrong
from jena_rnn.series.series import Floats
from jena_rnn.training.dataset import Embedding, Head, Spec

MOST_WRONG = 10
"""Number of mistakes that a score shows."""
SHOWN = 60
"""Words of each that are shown."""


@dataclass(frozen=True)
class Part:
    """The reviews of one split."""

    encoded: Encoded
    places: Places
    """`(reviews,)`, their positions in their part of the source, from 0."""
    labels: Labels
    """`(reviews,)`."""
    labelled: bool = True
    """Whether the labels are known; else they are all 0."""

    def __len__(self) -> int:
        """Return the number of reviews."""
        return len(self.labels)

    def inputs(self, rows: Places, how: Words) -> NDArray[Any]:
        """Return the reviews at `rows` as samples: `(rows, length)` int32 tokens or `(rows, count)` float32 bags."""
        if how.encoding == "bag":
            return bags(self.encoded, rows, how.count)
        return padded(self.encoded, rows, how.length, reverse=how.reverse)

    def most_wrong(self, outputs: Floats, words: tuple[str, ...], how: Words) -> list[Wrong]:
        """Return the reviews whose `(reviews,)` probabilities are farthest on the wrong side of a half."""
        off = np.abs(outputs - self.labels)
        worst = [int(row) for row in np.argsort(-off, kind="stable")[:MOST_WRONG] if off[row] >= HALF]
        return [
            Wrong(int(self.places[row]), float(outputs[row]), int(self.labels[row]), self._text(row, words, how))
            for row in worst
        ]

    def _text(self, row: int, words: tuple[str, ...], how: Words) -> str:
        """Return the beginning of a review as the model reads it, in words; empty without a vocabulary."""
        if not words:
            return ""
        begin, end = self.encoded.starts[row] + 1, self.encoded.starts[row + 1]
        first = begin if how.encoding == "bag" or how.reverse else max(begin, end - how.length)
        last = min(end, first + SHOWN)
        shown = decode(self.encoded.tokens[first:last].tolist(), words)
        return f"{'… ' if first > begin else ''}{shown}{' …' if last < end else ''}"


def spec_of(words: Words) -> Spec:
    """Return the model that reviews ask for: an embedding over tokens, or a bag of words; one probability."""
    bag = words.encoding == "bag"
    embedding = None if bag else Embedding(words.count, words.embedding)
    shape = (words.count if bag else words.length,)
    return Spec(shape, Head(1, "sigmoid"), "binary_crossentropy", ("accuracy",), embedding)

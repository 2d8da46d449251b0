"""The baseline of reviews: a ridge regression on which words occur. No order, no network, a second or two.

weights = fitted(encoded, labels, count=10_000)
weights.says(encoded)                   # (reviews,) bool, True where positive
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jena_rnn.reviews.corpus import Encoded, Places
from jena_rnn.series.series import Floats

PENALTY = 3.0
"""Weight of the squared weights, chosen on half of IMDB's training reviews; from 1 to 10 it changes little."""
ROUNDS = 30
"""Steps of conjugate gradients; more change nothing in the second decimal of an accuracy."""


@dataclass(frozen=True)
class _Bags:
    """Which tokens occur in which review: the matrix X of `(reviews, count)`, each row scaled to length 1."""

    review: Places
    """`(occurrences,)`, sorted."""
    token: Places
    """`(occurrences,)`: each token of a review once."""
    scale: Floats
    """`(reviews,)`: the value of the non-zero cells in a row of X."""
    count: int

    def times(self, weights: Floats) -> Floats:
        """Return X weights, `(reviews,)`."""
        return self.scale * np.bincount(self.review, weights[self.token], len(self.scale))

    def back(self, values: Floats) -> Floats:
        """Return Xᵀ values, `(count,)`."""
        return np.bincount(self.token, (self.scale * values)[self.review], self.count).astype(np.float64)


def _bags(encoded: Encoded, count: int) -> _Bags:
    review = np.repeat(np.arange(len(encoded)), np.diff(encoded.starts))
    keys = np.sort(review * count + encoded.tokens)
    keys = keys[np.diff(keys, prepend=-1) > 0]
    review, token = np.divmod(keys, count)
    return _Bags(review, token, 1.0 / np.sqrt(np.bincount(review, minlength=len(encoded)).clip(1)), count)


@dataclass(frozen=True)
class Weights:
    """A fitted baseline."""

    weights: Floats
    """`(count,)`, the weight of each token."""
    level: float
    """The value for a review without words."""

    def says(self, encoded: Encoded) -> NDArray[np.bool_]:
        """Return whether reviews are positive, `(reviews,)`."""
        return _bags(encoded, len(self.weights)).times(self.weights) + self.level > 0


def fitted(encoded: Encoded, labels: NDArray[np.int8], count: int) -> Weights:
    """Return the ridge regression of labels (as -1 and 1) on bags of reviews; tokens are below `count`.

    Hoerl & Kennard, "Ridge regression", Technometrics 12, 1970, solved by conjugate gradients (Hestenes & Stiefel,
    J. Res. Nat. Bur. Stand. 49, 1952) on (XᵀX + penalty) weights = Xᵀ labels.
    """
    bags, wanted = _bags(encoded, count), 2.0 * labels.astype(np.float64) - 1.0
    level = float(wanted.mean())
    weights = np.zeros(count)
    left: Floats = bags.back(wanted - level)
    direction, size = left, float(left @ left)
    for _ in range(ROUNDS):
        if size < np.finfo(np.float64).tiny:
            break
        turned = bags.back(bags.times(direction)) + PENALTY * direction
        step = size / float(direction @ turned)
        weights = weights + step * direction
        left = left - step * turned
        size, before = float(left @ left), size
        direction = left + size / before * direction
    return Weights(weights, level)

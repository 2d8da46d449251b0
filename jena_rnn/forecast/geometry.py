"""Window arithmetic: which rows make up the window of a reference row, and which reference rows a split has.

Small pure functions on whole numbers, all in rows. The two protocols differ here and nowhere else:

    Geometry("book", lookback=12, step=3, delay=4).inputs(20)      # range(8, 20, 3): 8, 11, 14, 17; target 24
    Geometry("strict", lookback=12, step=3, delay=4).inputs(20)    # range(11, 21, 3): 11, 14, 17, 20; target 24
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from jena_rnn.training.draws import Rows

Protocol = Literal["book", "strict"]


@dataclass(frozen=True)
class Geometry:
    """Where the rows of a window lie, seen from its reference row."""

    protocol: Protocol
    lookback: int
    step: int
    delay: int

    @property
    def newest(self) -> int:
        """Offset of the newest input: the book's range ends one step before the reference row."""
        return -self.step if self.protocol == "book" else 0

    @property
    def oldest(self) -> int:
        """Offset of the oldest input."""
        return self.newest - self.lookback + self.step

    @property
    def timesteps(self) -> int:
        """Samples in a window."""
        return self.lookback // self.step

    @property
    def lead(self) -> int:
        """From newest input to target."""
        return self.delay - self.newest

    @property
    def span(self) -> int:
        """Rows from oldest input to target, both counted."""
        return self.delay - self.oldest + 1

    def inputs(self, row: int) -> range:
        """Return the input rows of the window with reference row `row`."""
        return range(row + self.oldest, row + self.newest + 1, self.step)


def book_train_rows(first: int, end: int, geometry: Geometry) -> Rows:
    """Return the reference rows that the book draws from, `[first + lookback, end)`; targets may lie past `end`."""
    return np.arange(first + geometry.lookback, end, dtype=np.int64)


def book_eval_rows(first: int, end: int, batch_size: int, geometry: Geometry) -> Rows:
    """Return the reference rows of one validation pass of the book, `(batches * batch_size,)`.

    In order from `first + lookback`, whole batches only, `(end - first - lookback) // batch_size` of them; where
    the next batch would reach `end`, the pass starts over (listing 6.33).
    """
    start = first + geometry.lookback
    batches = (end - start) // batch_size
    before_restart = max((end - start - 1) // batch_size, 1)
    starts = start + (np.arange(batches, dtype=np.int64) % before_restart) * batch_size
    return (starts[:, None] + np.arange(batch_size, dtype=np.int64)).ravel()


def strict_rows(
    first: int, end: int, geometry: Geometry, segment: NDArray[np.int64], measured: NDArray[np.bool_]
) -> Rows:
    """Return every reference row whose window lies inside `[first, end)`, in one segment, with a measured target."""
    rows = np.arange(first - geometry.oldest, end - geometry.delay, dtype=np.int64)
    sound = segment[rows + geometry.oldest] == segment[rows + geometry.delay]
    found: Rows = rows[sound & measured[rows + geometry.delay]]
    return found

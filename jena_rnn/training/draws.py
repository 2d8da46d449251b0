"""The order of training windows: a pure function of (seed, epoch), never of what ran before.

Only raw Philox output is used, whose stream is fixed by its publication (Salmon et al., "Parallel random
numbers: as easy as 1, 2, 3", SC 2011); NumPy's own samplers may change between versions. Golden vectors stand
in tests/test_draws.py.

    uniform(seed=0, epoch=1, count=64_000, low=1440, high=200_000)       # rows, with replacement
    permuted(seed=0, start=0, count=64_000, length=198_417)              # positions, without
"""

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.int64]
DRAWN = 1 << 16
"""Candidates drawn at a time; changes memory, not results."""


def _stream(seed: int, counter: int) -> np.random.Philox:
    return np.random.Philox(key=np.array([seed, counter], dtype=np.uint64))


def uniform(seed: int, epoch: int, count: int, low: int, high: int) -> Rows:
    """Return `(count,)` integers drawn uniformly, with replacement, from `[low, high)`."""
    return next(uniform_parts(seed, epoch, [count], low, high))


def uniform_parts(seed: int, epoch: int, counts: Iterable[int], low: int, high: int) -> Iterator[Rows]:
    """Yield what `uniform` returns, in parts of `counts`.

    The remainder of 64 random bits favours no value by more than one part in 2**64 / (high - low).
    """
    stream, span = _stream(seed, epoch), np.uint64(high - low)
    for count in counts:
        yield (np.asarray(stream.random_raw(count), dtype=np.uint64) % span).astype(np.int64) + low


def permutation(seed: int, number: int, length: int) -> Rows:
    """Return the `number`-th permutation of `range(length)`: the order that sorts as many random words."""
    words = np.asarray(_stream(seed, number).random_raw(length), dtype=np.uint64)
    return np.argsort(words, kind="stable").astype(np.int64)


def permuted(seed: int, start: int, count: int, length: int) -> Rows:
    """Return places `start .. start + count` of the endless sequence permutation 0, permutation 1 and so on."""
    parts = []
    while count > 0:
        number, offset = divmod(start, length)
        part = permutation(seed, number, length)[offset : offset + count]
        parts.append(part)
        start += len(part)
        count -= len(part)
    return np.concatenate(parts) if parts else np.empty(0, np.int64)


def train_order(
    protocol: str, candidates: Rows, *, seed: int, epoch: int, steps: int, batch_size: int
) -> Iterator[Rows]:
    """Yield the candidates of each batch of an epoch (counted from 1).

    Protocol book draws uniformly with replacement. Strict takes the next `steps` batches of endless permutations of
    the candidates; if `steps` is one pass, the last batch may be shorter. Long epochs are drawn part by part.
    """
    windows, count = len(candidates), steps * batch_size
    if protocol == "strict" and 0 <= count - windows < batch_size:
        count = windows
    part = batch_size * max(DRAWN // batch_size, 1)
    starts = range(0, count, part)
    if protocol == "book":
        parts = uniform_parts(seed, epoch, (min(part, count - start) for start in starts), 0, windows)
    else:
        first = (epoch - 1) * count
        parts = (permuted(seed, first + start, min(part, count - start), windows) for start in starts)
    for picked in parts:
        for i in range(0, len(picked), batch_size):
            yield candidates[picked[i : i + batch_size]]

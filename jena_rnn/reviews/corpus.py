"""Labelled reviews as ranks of words, and their encodings for a network.

`npz` and `texts` read them from files, `sample` makes them up; tokens are those of Keras's `imdb.load_data`, so that
models can be exchanged.

    encoded = encode(corpus.train, 10_000)                          # the 9,996 commonest words; others are 2
    batch = padded(encoded, np.arange(128), 500, reverse=True)      # (128, 500) int32
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from jena_rnn.base.messages import one_line
from jena_rnn.series.series import Source

Vocabulary = tuple[str, ...]
"""Words by rank."""
Tokens = NDArray[np.int32]
Places = NDArray[np.int64]
"""Positions: of reviews among reviews, or of words among words."""

POSITIVE, NEGATIVE = 1, 0
PAD, START, UNKNOWN, OFFSET = 0, 1, 2, 3
"""The tokens that are not words, and the offset of ranks: `start_char=1, oov_char=2, index_from=3` in Keras."""
MADE_UP = "made-up reviews"


@dataclass(frozen=True)
class Reviews:
    """Labelled texts as word ranks, one behind the other."""

    ranks: Tokens = field(repr=False)
    """`(words,)` int32, each word's rank by frequency, from 1; 0 for a word without a rank."""
    starts: Places = field(repr=False)
    """`(reviews + 1,)` int64: review `i` is `ranks[starts[i] : starts[i + 1]]`."""
    labels: NDArray[np.int8] = field(repr=False)
    """`(reviews,)` int8, 0 negative, 1 positive."""
    numbers: Tokens | None = field(default=None, repr=False)
    """`(words,)` int32, a number for each different word, also those without a rank; None in a selection."""

    def __post_init__(self) -> None:
        """Refuse parts that do not fit together (a bug in the caller, so ValueError)."""
        _check_starts(self.ranks, self.starts)
        if self.ranks.size and self.ranks.min() < 0:
            raise ValueError("ranks below 0")
        if self.labels.dtype != np.int8 or self.labels.shape != (len(self.starts) - 1,):
            raise ValueError(f"{self.labels.dtype} labels {self.labels.shape} for {len(self.starts) - 1} reviews")
        if not ((self.labels == NEGATIVE) | (self.labels == POSITIVE)).all():
            raise ValueError("labels other than 0 and 1")

    def __len__(self) -> int:
        """Return the number of reviews."""
        return len(self.labels)

    @property
    def lengths(self) -> Places:
        """Return how many words each review has, `(reviews,)` int64."""
        return np.diff(self.starts)

    def select(self, rows: Places) -> "Reviews":
        """Return the reviews at `rows`, in that order."""
        places, starts = _gathered(self.starts, rows)
        return Reviews(self.ranks[places], starts, self.labels[rows])


@dataclass(frozen=True)
class Corpus:
    """The reviews of one source."""

    train: Reviews
    test: Reviews | None
    """None if the source has no test part, as a table."""
    words: tuple[str, ...] = field(repr=False)
    """By rank: `words[0]` has rank 1. Empty without a word index."""
    source: Source
    """Its `sha256` covers all bytes read, including the index."""
    counted: bool = False
    """Whether `words` were ranked by counting these texts, including those of validation and test."""


def recounted(corpus: Corpus, rows: Places) -> Corpus:
    """Return a corpus whose words are ranked by their counts in the training reviews at `rows` alone.

    Equally common words keep their order; a word that does not occur there has no rank.
    """
    ranks = corpus.train.select(rows).ranks
    counts = np.bincount(ranks, minlength=len(corpus.words) + 1)[1:]
    order = np.argsort(-counts, kind="stable")[: int((counts > 0).sum())]
    renamed = np.zeros(len(corpus.words) + 1, np.int32)
    renamed[order + 1] = np.arange(1, len(order) + 1)

    def again(reviews: Reviews) -> Reviews:
        return Reviews(renamed[reviews.ranks], reviews.starts, reviews.labels)

    test = None if corpus.test is None else again(corpus.test)
    words = tuple(corpus.words[old] for old in order.tolist())
    return Corpus(again(corpus.train), test, words, corpus.source)


@dataclass(frozen=True)
class Encoded:
    """Reviews as tokens, one behind the other, each behind its start token."""

    tokens: Tokens = field(repr=False)
    """`(tokens,)` int32."""
    starts: Places = field(repr=False)
    """`(reviews + 1,)` int64: review `i` is `tokens[starts[i] : starts[i + 1]]`."""

    def __post_init__(self) -> None:
        """Refuse parts that do not fit together (a bug in the caller, so ValueError)."""
        _check_starts(self.tokens, self.starts)

    def __len__(self) -> int:
        """Return the number of reviews."""
        return len(self.starts) - 1


def encode(reviews: Reviews, count: int) -> Encoded:
    """Return the tokens of reviews, all below `count`, as `imdb.load_data(num_words=count)` does.

    Each review begins with 1; rank `r` becomes `r + 3`; tokens of `count` or more, and words without a rank, become 2.
    Raises ValueError for a `count` below 3, which has no room for these tokens.
    """
    if count <= UNKNOWN:
        raise ValueError(f"{count} tokens leave no room for {START} and {UNKNOWN}; expected more")
    starts = reviews.starts + np.arange(len(reviews.starts))
    tokens = np.full(starts[-1], START, np.int32)
    is_word = np.ones(len(tokens), np.bool_)
    is_word[starts[:-1]] = False
    known = (reviews.ranks > 0) & (reviews.ranks < count - OFFSET)
    tokens[is_word] = np.where(known, reviews.ranks, UNKNOWN - OFFSET) + np.int32(OFFSET)
    return Encoded(tokens, starts)


def padded(encoded: Encoded, rows: Places, length: int, *, reverse: bool = False) -> Tokens:
    """Return the last `length` tokens of the reviews at `rows`, padded with zeros in front.

    `(rows, length)` int32, as `pad_sequences(maxlen=length)` makes it. With `reverse` each review is reversed
    first (listing 6.42), so its beginning is kept: the second word before the first, and the start token last.
    """
    column = np.arange(length)
    begin, end = encoded.starts[rows, None], encoded.starts[rows + 1, None]
    if reverse:
        places = begin + column[::-1]
        inside = places < end
    else:
        places = end - length + column
        inside = places >= begin
    taken = encoded.tokens.take(places, mode="clip")  # positions outside become 0
    taken *= inside
    return taken


def bags(encoded: Encoded, rows: Places, count: int) -> NDArray[np.float32]:
    """Return the bags of words of the reviews at `rows`, `(rows, count)` float32: 1 if a token occurs (listing 3.2).

    Raises IndexError for a token of `count` or more.
    """
    places, starts = _gathered(encoded.starts, rows)
    found = np.zeros((len(rows), count), np.float32)
    found[np.repeat(np.arange(len(rows)), np.diff(starts)), encoded.tokens[places]] = 1
    return found


def decode(tokens: Iterable[int], words: tuple[str, ...]) -> str:
    """Return tokens as text: without padding and start, `?` for an unknown word, `#17` for a rank without a word.

    Control characters in words are escaped.
    """
    return " ".join(_named(token, words) for token in tokens if token not in {PAD, START})


def _named(token: int, words: tuple[str, ...]) -> str:
    if token <= OFFSET:
        return "?"
    rank = token - OFFSET
    return one_line(words[rank - 1]) if rank <= len(words) else f"#{rank}"


def _gathered(starts: Places, rows: Places) -> tuple[Places, Places]:
    """Return the positions of the words of the reviews at `rows`, `(words,)`, and their new starts, `(rows + 1,)`."""
    lengths = starts[rows + 1] - starts[rows]
    after = np.concatenate(([0], np.cumsum(lengths)))
    return np.arange(after[-1]) + np.repeat(starts[rows] - after[:-1], lengths), after


def _check_starts(words: Tokens, starts: Places) -> None:
    if words.dtype != np.int32 or words.ndim != 1:
        raise ValueError(f"expected (words,) int32, got {words.shape} {words.dtype}")
    if starts.dtype != np.int64 or starts.ndim != 1 or not starts.size:
        raise ValueError(f"expected starts (reviews + 1,) int64, got {starts.shape} {starts.dtype}")
    if starts[0] != 0 or starts[-1] != len(words) or (np.diff(starts) < 0).any():
        raise ValueError(f"starts do not rise from 0 to {len(words)}")

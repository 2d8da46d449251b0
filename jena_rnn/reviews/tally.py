"""Texts as words to `Reviews`: words are numbered in order of appearance, counted, and ranked.

As in Keras's Tokenizer, the commonest word has rank 1; equally common words rank in order of appearance.

    tally = Tally()
    tally.add(["the", "film", "the"], POSITIVE)
    words = tally.common(len(tally))         # ('the', 'film')
    tally.reviews(0, len(tally), words)      # its ranks are 1, 2, 1
"""

from array import array
from collections import defaultdict

import numpy as np
from numpy.typing import NDArray

from jena_rnn.reviews.corpus import Reviews


class Tally:
    """Labelled texts, kept as numbers of words."""

    def __init__(self) -> None:
        self._numbers: defaultdict[str, int] = defaultdict()
        self._numbers.default_factory = self._numbers.__len__  # a new word has the next number
        self._flat = array("i")
        self._starts = array("q", [0])
        self._labels = array("b")

    def __len__(self) -> int:
        """Return the number of texts."""
        return len(self._labels)

    def add(self, words: list[str], label: int) -> None:
        """Add the words and the label of a text."""
        self._flat.extend(map(self._numbers.__getitem__, words))
        self._starts.append(len(self._flat))
        self._labels.append(label)

    @property
    def empty(self) -> int:
        """Return how many texts have no words."""
        return int((np.diff(self._starts) == 0).sum())

    def common(self, end: int) -> tuple[str, ...]:
        """Return the words of the first `end` texts, the commonest first."""
        counts = np.bincount(self._words(0, end), minlength=len(self._numbers))
        order = np.argsort(-counts, kind="stable")[: int((counts > 0).sum())]
        words = list(self._numbers)
        return tuple(words[number] for number in order.tolist())

    def reviews(self, first: int, end: int, words: tuple[str, ...]) -> Reviews:
        """Return texts `first` to `end - 1`, ranked by `words`; other words have rank 0.

        Case is ignored: texts are in lower case, but Keras's index has words with an Á.
        """
        rank_of = {word.lower(): rank for rank, word in reversed(list(enumerate(words, 1)))}
        ranks = np.array([rank_of.get(word, 0) for word in self._numbers], np.int32)
        starts = np.array(self._starts[first : end + 1], np.int64)
        numbers = self._words(first, end)
        flat = ranks[numbers] if len(ranks) else np.empty(0, np.int32)
        return Reviews(flat, starts - starts[0], np.array(self._labels[first:end], np.int8), numbers)

    def _words(self, first: int, end: int) -> NDArray[np.int32]:
        """Return the numbers of the words of texts `first` to `end`."""
        return np.array(self._flat[self._starts[first] : self._starts[end]], np.int32)

"""Made-up reviews: texts that nobody wrote about films that nobody made, for users without data.

    corpus = simulate(reviews=6_000, seed=1)
    write_table(corpus, sys.stdout.buffer)

A review consists of neutral sentences about a plot, and opinions. Some opinions are negated ("not good" for bad), and
some reviews are mixed and decide in their last sentence. So a bag of words finds most labels, and a model that reads in
order finds more; a few labels are wrong, and nothing finds those.
"""

from bisect import bisect
from collections.abc import Callable, Iterator
from hashlib import sha256
from itertools import accumulate
from typing import IO

import numpy as np

from jena_rnn.base.errors import ConfigError
from jena_rnn.reviews import phrases
from jena_rnn.reviews.corpus import MADE_UP, NEGATIVE, POSITIVE, Corpus
from jena_rnn.reviews.tally import Tally
from jena_rnn.series.series import Source

REVIEWS = 6_000
MOST_REVIEWS = 200_000
LENGTHS = (35, 50, 62, 74, 86, 98, 110, 122, 135, 150, 168, 190, 220, 270, 350, 620)
"""Words of a review: quantiles with equal shares between them."""
OPINIONS = 12
"""Words for each opinion in a review, on average."""
TORN = 22
"""Percent of the reviews with mixed opinions."""
SINCERE = 88
"""Percent of the opinions in other reviews that agree with the label."""
NEGATIONS = 22
"""Percent of the opinions that negate their opposite."""
WRONG = 2
"""Percent of the labels that are wrong."""

Draw = Callable[[], int]
"""The next 64 random bits."""
Slot = Callable[[Draw], str]
Sentence = tuple[str | Slot, ...]
Words = list[str]


def simulate(reviews: int = REVIEWS, seed: int = 0) -> Corpus:
    """Return made-up reviews, the first half for training, the others for testing; every word has a rank.

    A review is a pure function of its number and the seed. Raises ConfigError for less than two reviews, or a seed
    that does not fit in 64 bits.
    """
    if not 2 <= reviews <= MOST_REVIEWS:  # noqa: PLR2004 (one for each half)
        raise ConfigError(f"made-up reviews need to be at least 2 and at most {MOST_REVIEWS:,}, got {reviews}")
    if not 0 <= seed < 2**64:
        raise ConfigError(f"made-up reviews need a seed from 0 to 2**64 - 1, got {seed}")
    tally = Tally()
    for number in range(reviews):
        label, words = _review(_bits(seed, number).__next__)
        tally.add(words, label)
    half = reviews // 2
    ranked = tuple(dict.fromkeys(tally.common(half) + tally.common(reviews)))
    parts = [tally.reviews(0, half, ranked), tally.reviews(half, reviews, ranked)]
    digest = sha256(" ".join(ranked).encode())
    for part in parts:
        digest.update(part.ranks.astype("<i4").tobytes() + part.labels.tobytes())
    note = f"put together by a program, not written (reviews {reviews}, seed {seed})"
    source = Source(MADE_UP, digest.hexdigest(), MADE_UP, made_up=True, notes=(note,))
    return Corpus(parts[0], parts[1], ranked, source)


def write_table(corpus: Corpus, file: IO[bytes]) -> None:
    r"""Write made-up reviews as a table of `text` and `label`, all parts, below a line that says what it is.

    `file` takes bytes, so that lines end in `\n` everywhere. Raises ValueError if people wrote the reviews.
    """
    if not corpus.source.made_up:
        raise ValueError(f"{corpus.source.name} was written by people, and must not be labelled as made up")
    file.write(f"# {MADE_UP}: {corpus.source.notes[0]}\ntext,label\n".encode())
    for part in (corpus.train, corpus.test):
        if part is not None:
            ranks, starts = part.ranks.tolist(), part.starts.tolist()
            for first, end, label in zip(starts, starts[1:], part.labels.tolist(), strict=False):
                text = " ".join([corpus.words[rank - 1] for rank in ranks[first:end]])
                file.write(f"{text},{label}\n".encode())


def _bits(seed: int, number: int) -> Iterator[int]:
    """Yield random 64-bit words for one review without end: the same in every NumPy version."""
    stream = np.random.Philox(key=np.array([seed, number], np.uint64))
    while True:
        yield from stream.random_raw(256).tolist()


def _review(draw: Draw) -> tuple[int, Words]:
    """Return a label and the words of a review."""
    meant = draw() % 2
    torn = _happens(TORN, draw)
    wanted = _length(draw)
    sentences = []
    for _ in range(2 + draw() % 3 + wanted // OPINIONS):
        says = meant if _happens(50 if torn else SINCERE, draw) else 1 - meant
        sentences.append(_opinion(says, draw))
    verdict = _one_of(VERDICTS[meant], draw) if torn else []
    length = len(verdict) + sum(map(len, sentences))
    while length < wanted:
        sentences.append(_one_of(FILLERS, draw))
        length += len(sentences[-1])
    order = sorted((draw(), place) for place in range(len(sentences)))
    words = [word for _, place in order for word in sentences[place]]
    label = 1 - meant if _happens(WRONG, draw) else meant
    return (POSITIVE if label else NEGATIVE), words + verdict


def _opinion(says: int, draw: Draw) -> Words:
    """Return a sentence that says good (1) or bad (0), plainly or as the negation of the opposite."""
    if _happens(NEGATIONS, draw):
        return _one_of(NEGATED[1 - says], draw)
    return _one_of(PLAIN[says], draw)


def _one_of(sentences: list[Sentence], draw: Draw) -> Words:
    """Return the words of one of `sentences`, its slots filled."""
    return [word if isinstance(word, str) else word(draw) for word in sentences[draw() % len(sentences)]]


def _happens(percent: int, draw: Draw) -> bool:
    return draw() % 100 < percent


def _length(draw: Draw) -> int:
    """Return how many words a review is to have at least."""
    part = draw() % (len(LENGTHS) - 1)
    return LENGTHS[part] + draw() % (LENGTHS[part + 1] - LENGTHS[part])


def _spread(words: list[str]) -> Slot:
    """Return what draws one of `words`, the n-th as 1 / (n + 4) (Mandelbrot's form of Zipf's law), in whole numbers."""
    sums = list(accumulate(10**6 // (place + 4) for place in range(1, len(words) + 1)))
    return lambda draw: words[bisect(sums, draw() % sums[-1])]


def _family() -> Slot:
    parts = [part.split() for part in phrases.NAMED.values()]
    return lambda draw: "".join([part[draw() % len(part)] for part in parts])


def _sentences(templates: tuple[str, ...], opinion: int = POSITIVE) -> list[Sentence]:
    """Return templates with what fills their slots."""
    slots = {name: _spread(words.split()) for name, words in phrases.LISTS.items()}
    slots |= {"FAMILY": _family(), "OPINION": slots["GOOD" if opinion == POSITIVE else "BAD"]}
    return [tuple(slots.get(word, word) for word in template.split()) for template in templates]


FILLERS = _sentences(phrases.FILLERS)
PLAIN, NEGATED, VERDICTS = (
    [_sentences(templates, opinion) for opinion in (NEGATIVE, POSITIVE)]
    for templates in (phrases.PLAIN, phrases.NEGATED, phrases.VERDICTS)
)

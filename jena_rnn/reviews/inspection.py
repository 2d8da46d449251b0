"""The audit of a set of reviews: counts, lengths, words, and copies that would make a result too good.

inspected(config).lines
"""

from dataclasses import asdict, dataclass

import numpy as np

from jena_rnn.base.tables import percent, table
from jena_rnn.reviews.config import ReviewConfig
from jena_rnn.reviews.corpus import Corpus, Reviews, Tokens
from jena_rnn.reviews.opening import open_corpus
from jena_rnn.tasks import Inspected


@dataclass(frozen=True)
class PartFacts:
    """The facts of one part of a source; lengths in words."""

    part: str
    reviews: int
    positive: int
    empty: int
    shortest: int
    median: float
    longest: int
    words: int
    """Total number of words."""
    different: int
    """Number of different words."""
    copies: int
    """Reviews that equal an earlier one of the part word for word."""


def inspected(config: ReviewConfig) -> Inspected:
    """Return the audit of a config's reviews; raises DataError or FileError if they cannot be read."""
    corpus = open_corpus(config.data)
    source, named = corpus.source, {"train": corpus.train} | ({"test": corpus.test} if corpus.test is not None else {})
    parts = [_facts(name, reviews) for name, reviews in named.items()]
    shared = _shared(corpus)
    lines = [
        f"{source.name}: {sum(part.reviews for part in parts):,} reviews, {len(corpus.words):,} words by rank",
        f"edition: {source.edition}",
        f"SHA-256: {source.sha256}",
        "",
        _table(parts),
        "",
        *([] if shared is None else [f"test reviews that stand among the training reviews too: {shared:,}"]),
        *(f"note: {note}" for note in source.notes),
        *(["note: all reviews are counted here; data.max_reviews is for training"] if config.data.max_reviews else []),
    ]
    plain = {
        "name": source.name,
        "sha256": source.sha256,
        "edition": source.edition,
        "words": len(corpus.words),
        "parts": [asdict(part) for part in parts],
        "shared": shared,
        "notes": list(source.notes),
    }
    return Inspected(lines, plain, corpus)


def _table(parts: list[PartFacts]) -> str:
    header = ["part", "reviews", "positive", "empty", "shortest", "median", "longest", "words", "different", "copies"]
    rows = [
        [
            part.part,
            f"{part.reviews:,}",
            percent(part.positive / part.reviews),
            f"{part.empty:,}",
            *(f"{part.shortest:,}", f"{part.median:,.1f}".removesuffix(".0"), f"{part.longest:,}"),
            f"{part.words:,}",
            f"{part.different:,}",
            f"{part.copies:,}",
        ]
        for part in parts
        if part.reviews
    ]
    return table(header, rows)


def _facts(name: str, reviews: Reviews) -> PartFacts:
    lengths = reviews.lengths if len(reviews) else np.zeros(1, np.int64)
    return PartFacts(
        part=name,
        reviews=len(reviews),
        positive=int(reviews.labels.sum()),
        empty=int((reviews.lengths == 0).sum()),
        shortest=int(lengths.min()),
        median=float(np.median(lengths)),
        longest=int(lengths.max()),
        words=len(reviews.ranks),
        different=len(np.unique(_numbers(reviews))),
        copies=len(reviews) - len(set(_texts(reviews))),
    )


def _numbers(reviews: Reviews) -> Tokens:
    return reviews.ranks if reviews.numbers is None else reviews.numbers


def _texts(reviews: Reviews) -> list[bytes]:
    numbers = _numbers(reviews)
    return [numbers[begin:end].tobytes() for begin, end in zip(reviews.starts, reviews.starts[1:], strict=False)]


def _shared(corpus: Corpus) -> int | None:
    """Return how many test reviews are also training reviews; None without a test part."""
    if corpus.test is None:
        return None
    known = set(_texts(corpus.train))
    return sum(text in known for text in _texts(corpus.test))

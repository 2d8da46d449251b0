"""A config of reviews to the task of telling them apart.

task = open_task(config)                # reads data.path, or makes reviews up
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from jena_rnn.corpora import Words, read_reviews
from jena_rnn.draws import permutation
from jena_rnn.errors import ConfigError, DataError
from jena_rnn.review_parts import Part
from jena_rnn.review_sample import simulate
from jena_rnn.review_schema import INDEX, ReviewConfig, ReviewData
from jena_rnn.review_task import Classify
from jena_rnn.reviews import OFFSET, Corpus, Places, Reviews, encode
from jena_rnn.series import Source
from jena_rnn.texts import ranks_of

SHUFFLED, TESTED, USED = 0, 1, 2
"""What is drawn by split.seed: validation, test where the source has none, and those that data.max_reviews leaves."""


def open_corpus(data: ReviewData, words: Words | None = None) -> Corpus:
    """Return the reviews that `data` names; raw texts get the ranks of `words`, if any are given.

    Raises NoDataError, DataError or FileError where they cannot be read.
    """
    if data.sample:
        return simulate()
    path, index = Path(data.path), Path(data.index) if data.index is not None else None
    if data.index == INDEX and not Path(INDEX).exists():
        index = None  # nobody asked for it
    raw = path.suffix.lower() != ".npz"
    return read_reviews(path, words if raw and words else index, text=data.text, label=data.label)


def open_task(config: ReviewConfig) -> Classify:
    """Return the task of a config on the reviews that it names; raises as `open_corpus` and `classify`."""
    return classify(config, open_corpus(config.data))


def classify(config: ReviewConfig, corpus: Corpus) -> Classify:
    """Return the task of a config on a corpus; raises DataError if a split would be left without reviews."""
    split, seed = config.split, config.split.seed
    pool, tested = corpus.train, corpus.test
    known, test = _drawn(len(pool), split.test, seed, TESTED) if tested is None else (np.arange(len(pool)), None)
    known = _fewer(known, config.data.max_reviews, seed)
    kept, val = _drawn(len(known), split.validation, seed, SHUFFLED)
    rows = {"train": known[kept], "val": known[val]}
    parts = {name: _part(pool, rows[name], config.words.count) for name in rows}
    source = pool if tested is None else tested
    test = np.arange(len(source)) if test is None else test
    parts["test"] = _part(source, _fewer(test, config.data.max_reviews, seed), config.words.count)
    for name, part in parts.items():
        if not len(part):
            raise DataError(f"{corpus.source.name}: {len(pool):,} reviews leave none for {name}")
    steps = config.training.steps_per_epoch or -(-len(parts["train"]) // config.words.batch_size)
    return Classify(corpus.source, _known_words(config, corpus.words), parts, config.words, steps)


def open_other(config: ReviewConfig, info: dict[str, Any], words: Words) -> Classify:
    """Return the task of scoring all reviews of `config.data` with the words of a run.

    Raises DataError if the run knows no words, or its reviews cannot be read; a test part alone counts where there is
    one.
    """
    corpus = open_corpus(config.data, words)
    reviews = corpus.train if corpus.test is None else corpus.test
    if corpus.words[: len(words)] != words:
        raise DataError(f"{corpus.source.name}: its words have other ranks than those of the run")
    return _whole(config, reviews, corpus.source, words)


def of_texts(config: ReviewConfig, words: Words, texts: Sequence[str]) -> Classify:
    """Return the task of telling what each of `texts` is; raises ConfigError for a run that knows no words."""
    if not words:
        raise ConfigError("the run was trained without a word index (data.index), so it knows no words")
    return _whole(config, ranks_of(texts, words), Source("texts", "", "unknown"), words)


def _whole(config: ReviewConfig, reviews: Reviews, source: Source, words: Words) -> Classify:
    part = _part(reviews, np.arange(len(reviews)), config.words.count)
    return Classify(source, words, {"all": part}, config.words, steps=0)


def _part(reviews: Reviews, rows: Places, count: int) -> Part:
    chosen = reviews.select(rows)
    return Part(encode(chosen, count), rows, chosen.labels)


def _drawn(total: int, share: float, seed: int, number: int) -> tuple[Places, Places]:
    """Return the positions that are left and those that are drawn, about `share` of `total`, each in order."""
    order = permutation(seed, number, total)
    count = round(share * total)
    return np.sort(order[count:]), np.sort(order[:count])


def _fewer(rows: Places, most: int | None, seed: int) -> Places:
    """Return at most `most` of `rows`, drawn, in order."""
    if most is None or most >= len(rows):
        return rows
    return rows[np.sort(permutation(seed, USED, len(rows))[:most])]


def _known_words(config: ReviewConfig, words: Words) -> Words:
    """Return the words that have a token of their own."""
    return words[: config.words.count - OFFSET - 1]

"""A config to its dataset of reviews: read the texts, draw the splits, encode the words.

dataset = open_dataset(config)          # reads data.path, or makes reviews up
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from jena_rnn.base.errors import ConfigError, DataError
from jena_rnn.base.messages import plural
from jena_rnn.base.paths import absent
from jena_rnn.reviews.config import ReviewConfig, ReviewData
from jena_rnn.reviews.corpora import read_reviews
from jena_rnn.reviews.corpus import MADE_UP, OFFSET, Corpus, Places, Reviews, Vocabulary, encode, recounted
from jena_rnn.reviews.dataset import ReviewDataset
from jena_rnn.reviews.parts import Part
from jena_rnn.reviews.sample import REVIEWS, simulate, write_table
from jena_rnn.reviews.texts import ranks_of
from jena_rnn.series.series import Source
from jena_rnn.tasks import MadeUp
from jena_rnn.training.draws import permutation

NPZ, BESIDE = ".npz", "imdb_word_index.json"
WORDLESS = "the run knows no words: it had no word index (data.index), or words.count leaves room for none"
SHUFFLED, TESTED, USED = 0, 1, 2
"""Numbers of the draws by split.seed: validation, test if the source has none, and data.max_reviews."""


def open_corpus(data: ReviewData, words: Vocabulary | None = None) -> Corpus:
    """Return the reviews that `data` names; raw texts get the ranks of `words`, if given.

    Raises NoDataError, DataError or FileError if they cannot be read.
    """
    if data.sample:
        return simulate()
    path, index = Path(data.path), _index(data)
    if words is not None and path.suffix.lower() != NPZ:
        return read_reviews(path, words, text=data.text, label=data.label)
    if index is not None and not Path(index).exists():
        raise DataError(f"{index}: {absent(Path(index))}, and data.index names it as the words of {path} by rank")
    corpus = read_reviews(path, Path(index) if index is not None else None, text=data.text, label=data.label)
    source = replace(corpus.source, beside=index)
    if index is not None and corpus.train.ranks.size and not corpus.train.ranks.any():
        source = replace(source, notes=(*source.notes, f"no word of the training reviews is in {index}"))
    return replace(corpus, source=source)


def _index(data: ReviewData) -> str | None:
    """Return the path of the word index: the one that `data` names, or the one beside an .npz."""
    if data.index != "auto":
        return data.index
    path = Path(data.path)
    if data.sample or path.suffix.lower() != NPZ:
        return None
    beside = path.with_name(BESIDE)
    return str(beside) if beside.exists() else None


def open_dataset(config: ReviewConfig) -> ReviewDataset:
    """Return the dataset of a config on the reviews that it names; raises as `open_corpus` and `dataset_of`."""
    return dataset_of(config, open_corpus(config.data))


def dataset_of(config: ReviewConfig, corpus: Corpus) -> ReviewDataset:
    """Return the dataset of a config on a corpus; raises DataError if a split would be left without reviews."""
    rows = _rows(config, corpus)
    for name, places in rows.items():
        if not len(places):
            raise DataError(f"{corpus.source.name}: {_how_many(config, corpus)} none for {name}")
    if corpus.counted:
        corpus = recounted(corpus, rows["train"])
    tested = corpus.train if corpus.test is None else corpus.test
    sources = {"train": corpus.train, "val": corpus.train, "test": tested}
    parts = {name: _part(sources[name], places, config.words.count) for name, places in rows.items()}
    steps = config.training.steps_per_epoch or -(-len(rows["train"]) // config.words.batch_size)
    words = corpus.words[: config.words.count - OFFSET - 1]  # those with a token
    return ReviewDataset(corpus.source, words, parts, config.words, steps, _index(config.data))


def _how_many(config: ReviewConfig, corpus: Corpus) -> str:
    most, count = config.data.max_reviews, len(corpus.train)
    if most is None or most >= count:
        return plural(count, "review leaves", "reviews leave")
    return f"{most:,} of {plural(count, 'review', 'reviews')} (data.max_reviews) leave"


def _rows(config: ReviewConfig, corpus: Corpus) -> dict[str, Places]:
    """Return the positions of each split's reviews in their part of the source, in order."""
    split, most = config.split, config.data.max_reviews
    known = np.arange(len(corpus.train))
    if corpus.test is None:
        known, test = _drawn(len(known), split.test, split.seed, TESTED)
    else:
        test = np.arange(len(corpus.test))
    known, test = (_fewer(rows, most, split.seed) for rows in (known, test))
    kept, val = _drawn(len(known), split.validation, split.seed, SHUFFLED)
    return {"train": known[kept], "val": known[val], "test": test}


def make_up(rows: int | None, seed: int) -> MadeUp:
    """Return `rows` made-up reviews (None for 6,000); raises ConfigError for too many, or a bad seed."""
    corpus = simulate(REVIEWS if rows is None else rows, seed)
    count = len(corpus.train) + (len(corpus.test) if corpus.test is not None else 0)
    return MadeUp(f"{count:,} {corpus.source.name}", lambda file: write_table(corpus, file))


def open_other(config: ReviewConfig, info: dict[str, Any], words: Vocabulary) -> ReviewDataset:
    """Return the dataset of all reviews of `config.data`, encoded with the vocabulary of a run.

    Of a source with a test part, only that is used. Raises DataError if the reviews cannot be read, if they are raw
    texts and the run has no vocabulary, or if their words are ranked differently.
    """
    data = config.data
    if not words and (data.sample or Path(data.path).suffix.lower() != NPZ):
        raise DataError(f"{MADE_UP if data.sample else data.path}: {WORDLESS}")
    corpus = open_corpus(data, words)
    reviews = corpus.train if corpus.test is None else corpus.test
    if corpus.words[: len(words)] != words:
        raise DataError(f"{corpus.source.name}: its words (data.index) have other ranks than those of the run")
    rows = _fewer(np.arange(len(reviews)), data.max_reviews, config.split.seed)
    return _whole(config, reviews.select(rows), corpus.source, words)


def of_texts(config: ReviewConfig, words: Vocabulary, texts: Sequence[str]) -> ReviewDataset:
    """Return the dataset of `texts`, without labels; raises ConfigError for a run without a vocabulary."""
    if not words:
        raise ConfigError(WORDLESS)
    reviews = ranks_of(texts, words)
    unknown = [int((reviews.ranks[a:b] == 0).sum()) for a, b in pairwise(reviews.starts)]
    notes = [
        f"text {number}: the run knows {length - strange} of its {length} words"
        if length
        else f"text {number}: no words"
        for number, (strange, length) in enumerate(zip(unknown, reviews.lengths.tolist(), strict=True), 1)
        if 2 * strange > length or not length
    ]
    return _whole(config, reviews, Source("texts", "", "unknown", notes=tuple(notes)), words, labelled=False)


def _whole(
    config: ReviewConfig, reviews: Reviews, source: Source, words: Vocabulary, *, labelled: bool = True
) -> ReviewDataset:
    part = _part(reviews, np.arange(len(reviews)), config.words.count)
    return ReviewDataset(source, words, {"all": replace(part, labelled=labelled)}, config.words, steps=0)


def _part(reviews: Reviews, rows: Places, count: int) -> Part:
    chosen = reviews.select(rows)
    return Part(encode(chosen, count), rows, chosen.labels)


def _drawn(total: int, share: float, seed: int, number: int) -> tuple[Places, Places]:
    """Return the positions not drawn and those drawn, about `share` of `total`, each in order."""
    order = permutation(seed, number, total)
    count = round(share * total)
    return np.sort(order[count:]), np.sort(order[:count])


def _fewer(rows: Places, most: int | None, seed: int) -> Places:
    """Return at most `most` of `rows`, drawn at random, in order."""
    if most is None or most >= len(rows):
        return rows
    return rows[np.sort(permutation(seed, USED, len(rows))[:most])]

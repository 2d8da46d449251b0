"""A config of reviews in plain words, and the baselines that read no order.

explained(config, must_be_there=False).lines
baselines(config).plain["test"]         # {"reviews": 25000, "majority": 0.5, "bag_of_words": 0.887}
"""

import numpy as np

from jena_rnn.base.errors import NoDataError
from jena_rnn.base.tables import Findings, percent, table
from jena_rnn.reviews.config import ReviewConfig
from jena_rnn.reviews.corpus import OFFSET, UNKNOWN
from jena_rnn.reviews.dataset import ReviewDataset
from jena_rnn.reviews.opening import open_dataset
from jena_rnn.reviews.parts import Part, spec_of
from jena_rnn.tasks import Explained

SPLITS = ("train", "val", "test")


def baselines(config: ReviewConfig) -> Findings:
    """Return the accuracies of the commoner label and of the bag of words; raises as `open_dataset`."""
    dataset = open_dataset(config)
    found, rows = {}, []
    for split in SPLITS[1:]:
        majority, bag_of_words = dataset.baselines(split)
        found[split] = {"reviews": dataset.counts[split], "majority": majority, "bag_of_words": bag_of_words}
        rows.append([split, f"{dataset.counts[split]:,}", percent(majority), percent(bag_of_words)])
    lines = [
        f"{dataset.source.name}: accuracy without reading in order",
        "",
        table(["split", "reviews", "majority", "bag of words"], rows),
        "",
        "Majority always gives the commoner label of the training reviews. Bag of words is a ridge regression on which",
        f"of the {config.words.count:,} tokens occur in the whole review, fitted to the training reviews.",
        *(["", *dataset.notices()] if dataset.source.notes else []),
    ]
    return Findings(lines, {"source": dataset.source.name, "notes": list(dataset.source.notes), **found})


def explained(config: ReviewConfig, *, must_be_there: bool) -> Explained:
    """Return the facts of a config's reviews, or why they are unknown if the data is missing.

    Raises DataError if the data is unusable, or missing though it `must_be_there`.
    """
    words, dataset = config.words, None
    try:
        dataset = open_dataset(config)
    except NoDataError as error:
        if must_be_there:
            raise
        lines, name, facts = [f"The reviews cannot be counted: {error}"], None, None
    else:
        facts, name = {split: _facts(dataset.parts[split], words.length) for split in SPLITS}, dataset.source.name
        lines = [f"{name}:", *_counts(dataset, facts)]
    lines += ["", *_encoding(config)]
    return Explained(lines, {"source": name, "reviews": facts}, dataset, spec_of(words))


def _encoding(config: ReviewConfig) -> list[str]:
    words = config.words
    known = f"the commonest words, {words.count - OFFSET - 1:,} at most; all others are one and the same to it"
    if words.encoding == "bag":
        return [
            f"A sample says which of {words.count:,} tokens occur in the whole review, in no order.",
            f"It knows {known}.",
        ]
    if words.reverse:
        order = f"A sample is the first {words.length} tokens of a review, from the last of them to the first"
    else:
        order = f"A sample is the last {words.length} tokens of a review, in order"
    return [
        f"{order}; where it has fewer, zeros stand in front.",
        f"It knows {known}.",
        f"Each token is looked up as a vector of {words.embedding} numbers, which is learned.",
    ]


def _counts(dataset: ReviewDataset, found: dict[str, dict[str, float]]) -> list[str]:
    header = ["split", "reviews", "positive", "median words", "longest", "unknown words"]
    if dataset.encoding.encoding == "sequence":
        header.append(f"over {dataset.encoding.length} tokens")
    rows = []
    for split, facts in found.items():
        counts = f"{facts['reviews']:,}", percent(facts["positive"]), f"{facts['median']:g}", f"{facts['longest']:,}"
        rows.append([split, *counts, percent(facts["unknown"]), percent(facts["cut"])][: len(header)])
    drawn = "Validation is drawn from the training reviews by split.seed, the same for every seed of a run."
    return [table(header, rows), *dataset.notices(), "", drawn]


def _facts(part: Part, length: int) -> dict[str, float]:
    """Return counts and shares of a split; lengths in words, but `cut` by tokens, the start token included."""
    tokens = np.diff(part.encoded.starts)
    return {
        "reviews": len(part),
        "positive": float(part.labels.mean()),
        "median": float(np.median(tokens - 1)),
        "longest": int(tokens.max() - 1),
        "unknown": float((part.encoded.tokens == UNKNOWN).sum() / max(len(part.encoded.tokens) - len(part), 1)),
        "cut": float((tokens > length).mean()),
    }

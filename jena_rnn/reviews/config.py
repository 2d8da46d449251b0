"""What a config of `task: reviews` can say: which texts, how they become numbers, and what the book printed.

ReviewConfig().words.length             # 500 words of each review
"""

from dataclasses import dataclass, field, replace
from pathlib import PurePath
from typing import Literal

from jena_rnn.config.binding import choice, setting
from jena_rnn.config.experiment import Experiment, Listing, Place, Training
from jena_rnn.config.models import MODELS, Lstm, Model


@dataclass(frozen=True)
class ReviewData(Place):
    """Which texts."""

    path: str = setting("data/imdb.npz", filled=True)
    """Keras's imdb.npz, a folder with train/pos, train/neg, test/pos, test/neg, or a CSV of texts and labels."""
    sample: bool = False
    """Take made-up reviews instead of the file (--sample)."""
    index: str | None = setting("auto", filled=True)
    """Words by rank, as JSON. `auto`: imdb_word_index.json beside an .npz; raw texts are counted, as at null."""
    text: str | None = setting(None, filled=True)
    """The column of texts in a CSV; null finds it."""
    label: str | None = setting(None, filled=True)
    """The column of labels in a CSV (0 and 1, neg and pos, negative and positive); null finds it."""
    max_reviews: int | None = setting(None, at_least=1)
    """Use only as many reviews of each part, drawn by split.seed; null is all."""

    def whole(self) -> "ReviewData":
        """Return the same with all reviews."""
        return replace(self, max_reviews=None)

    def idle(self) -> dict[str, str]:
        """Return the keys that say nothing to a trained run which is shown these reviews, and why."""
        suffix = "" if self.sample else PurePath(self.path).suffix.lower()
        index = {} if suffix == ".npz" else {"index": "texts are read by the words that the run knows"}
        columns = {} if suffix == ".csv" else dict.fromkeys(("text", "label"), "only a CSV has columns")
        return {key: why for key, why in (index | columns).items() if getattr(self, key) not in {None, "auto"}}


@dataclass(frozen=True)
class ReviewSplit:
    """Which reviews validate and test; drawn by a seed of their own, so that runs of all seeds see the same."""

    validation: float = setting(0.2, above=0, below=1)
    """Share of the training reviews that validate."""
    test: float = setting(0.2, above=0, below=1)
    """Share of all reviews that test, where the source has no test part of its own."""
    seed: int = setting(0, at_least=0, below=2**32)
    """Of the draw."""


@dataclass(frozen=True)
class Words:
    """How a review becomes numbers."""

    count: int = setting(10_000, at_least=4, below=1_000_000)
    """Size of the vocabulary, the three marks (padding, start, unknown) included."""
    length: int = setting(500, at_least=1, below=100_000)
    """Tokens of a review that the model sees: the last ones; shorter reviews are padded in front."""
    reverse: bool = False
    """Show each review from its last word to its first (listing 6.42); the first ones then stay."""
    encoding: Literal["sequence", "bag"] = "sequence"
    """`sequence`: words in order; `bag`: which words occur at all, in the whole review (listing 3.2)."""
    embedding: int = setting(32, at_least=1, below=100_000)
    """Size of the learned vector that stands for a word; a bag has none."""
    batch_size: int = setting(128, at_least=1, below=1_000_000)
    """Reviews in a training step."""


@dataclass(frozen=True)
class Classifying(Training):
    """How a model is fitted to reviews; the loss is binary cross-entropy."""

    epochs: int = setting(10, at_least=1, below=1_000_000)
    """Passes with a validation after each."""
    steps_per_epoch: int | None = setting(None, at_least=1, below=10_000_000)
    """Batches in an epoch; null is one pass over the training reviews."""


@dataclass(frozen=True)
class ReviewBook(Listing):
    """What the book printed for this listing, on the reviews of Keras's imdb.npz."""

    val_accuracy: float | None = setting(None, above=0, below=1)
    """Best validation accuracy."""
    last_accuracy: float | None = setting(None, above=0, below=1)
    """Validation accuracy after the last epoch."""
    test_accuracy: float | None = setting(None, above=0, below=1)
    """Accuracy on the test reviews."""


@dataclass(frozen=True)
class ReviewConfig(Experiment):
    """One experiment in telling good reviews from bad ones."""

    task: Literal["reviews"] = "reviews"
    """What is learned."""
    data: ReviewData = field(default_factory=ReviewData)
    """Which texts."""
    split: ReviewSplit = field(default_factory=ReviewSplit)
    """Which of them validate and test."""
    words: Words = field(default_factory=Words)
    """How they become numbers."""
    model: Model = choice(Lstm, MODELS)
    """Which model; its `name` (`lstm` if left out) says which keys it has."""
    training: Classifying = field(default_factory=Classifying)
    """How it is fitted."""
    book: ReviewBook | None = None
    """Null for an experiment of your own."""

    def smoke(self) -> list[str]:
        """Return overrides for a run of seconds: few reviews, one epoch, a few steps."""
        return ["data.max_reviews=2000", *super().smoke()]

"""The keys of a config of `task: reviews`: which texts, and how they become numbers.

ReviewConfig().words.length             # 500 words of each review
"""

from collections.abc import Iterator
from typing import Annotated, Literal, Self

from pydantic import Field

from jena_rnn.config.experiment import Experiment, Listing, Place, Training, convolutions_fit, fast_layers_fit
from jena_rnn.config.models import Dense, Lstm, ModelOrLstm
from jena_rnn.config.section import LARGEST, Broken, Filled, Section

Share = Annotated[float, Field(gt=0, lt=1)]


class ReviewData(Place):
    """Which texts."""

    path: Filled = "data/imdb.npz"
    """Keras's imdb.npz, a folder with train/pos, train/neg, test/pos, test/neg, or a CSV of texts and labels."""
    sample: bool = False
    """Use made-up reviews instead of the file (--sample)."""
    index: Filled | None = "auto"
    """Words by rank, as JSON. `auto`: imdb_word_index.json beside an .npz; raw texts are counted, as at null."""
    text: Filled | None = None
    """The column of texts in a CSV; null finds it."""
    label: Filled | None = None
    """The column of labels in a CSV (0 and 1, neg and pos, negative and positive); null finds it."""
    max_reviews: Annotated[int, Field(ge=1, lt=LARGEST)] | None = None
    """Use only this many reviews of each part, drawn by split.seed; null is all."""

    def whole(self) -> Self:
        """Return the same place with all reviews."""
        return self.but(max_reviews=None)


class ReviewSplit(Section):
    """Which reviews validate and test; drawn by a seed of their own, so that runs of all seeds see the same."""

    validation: Share = 0.2
    """Share of the training reviews that validate."""
    test: Share = 0.2
    """Share of all reviews that test, if the source has no test part of its own."""
    seed: int = Field(0, ge=0, lt=2**32)
    """Seed of the draw."""


class Words(Section):
    """How a review becomes numbers."""

    count: int = Field(10_000, ge=4, lt=1_000_000)
    """Size of the vocabulary, including the three marks (padding, start, unknown)."""
    length: int = Field(500, ge=1, lt=100_000)
    """Tokens of a review that the model sees: the last ones; shorter reviews are padded in front."""
    reverse: bool = False
    """Show each review from its last word to its first (listing 6.42); then the first ones are kept."""
    encoding: Literal["sequence", "bag"] = "sequence"
    """`sequence`: words in order; `bag`: which words occur at all, in the whole review (listing 3.2)."""
    embedding: int = Field(32, ge=1, lt=100_000)
    """Size of the learned vector of a word; a bag has none."""
    batch_size: int = Field(128, ge=1, lt=1_000_000)
    """Reviews in a training step."""


class Classifying(Training):
    """How a model is fitted to reviews; the loss is binary cross-entropy."""

    epochs: int = Field(10, ge=1, lt=1_000_000)
    """Passes, each followed by a validation."""
    steps_per_epoch: Annotated[int, Field(ge=1, lt=10_000_000)] | None = None
    """Batches in an epoch; null is one pass over the training reviews."""


class ReviewBook(Listing):
    """What the book printed for this listing, on the reviews of Keras's imdb.npz."""

    val_accuracy: Share | None = None
    """Best validation accuracy."""
    last_accuracy: Share | None = None
    """Validation accuracy after the last epoch."""
    test_accuracy: Share | None = None
    """Accuracy on the test reviews."""


class ReviewConfig(Experiment):
    """One experiment in telling good reviews from bad ones."""

    task: Literal["reviews"] = "reviews"
    """What is learned."""
    data: ReviewData = ReviewData()
    """Which texts."""
    split: ReviewSplit = ReviewSplit()
    """Which of them validate and test."""
    words: Words = Words()
    """How they become numbers."""
    model: ModelOrLstm = Lstm()
    """Which model; its `name` (`lstm` if left out) decides which keys it has."""
    training: Classifying = Classifying()
    """How it is fitted."""
    book: ReviewBook | None = None
    """Null for an experiment of your own."""

    def smoke(self) -> list[str]:
        """Return overrides for a run of seconds: few reviews, one epoch, a few steps."""
        return ["data.max_reviews=2000", *super().smoke()]

    def broken_rules(self) -> Iterator[Broken]:
        """Yield each rule between keys that the config breaks."""
        yield from super().broken_rules()
        sequence = self.words.encoding == "sequence"
        yield from fast_layers_fit(self, embedded=sequence)
        if sequence:
            yield from convolutions_fit(self.model, self.words.length, "words.length")
            return
        if not isinstance(self.model, Dense):
            message = f"expected dense, since words.encoding bag has no order, got {self.model.name}"
            yield Broken("model.name", message, ("words.encoding",))
        if self.words.reverse:
            message = "expected false, since words.encoding bag has no order, got true"
            yield Broken("words.reverse", message, ("words.encoding",))

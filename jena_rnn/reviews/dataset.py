"""The dataset of a run on reviews: tokens to learn from, the errors of its answers, and the words for both.

dataset = opening.dataset_of(config, corpus)
for inputs, targets in dataset.epoch(seed=0, epoch=1): ...      # (batch, 500) int32, (batch, 1) float32
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jena_rnn.base.tables import percent
from jena_rnn.reviews.bag_of_words import Weights, fitted
from jena_rnn.reviews.config import ReviewConfig, Words
from jena_rnn.reviews.corpus import PAD, START, decode
from jena_rnn.reviews.parts import Part, spec_of
from jena_rnn.reviews.record import ReviewRecord
from jena_rnn.reviews.verdicts import (
    HALF,
    SAID,
    ReviewScore,
    Verdicts,
    accuracy,
    collapsed,
    confusion,
    cross_entropy,
)
from jena_rnn.runs.words import words_text
from jena_rnn.series.series import Floats, Source
from jena_rnn.tasks import Sample
from jena_rnn.training.dataset import Batch, Spec
from jena_rnn.training.draws import train_order
from jena_rnn.training.history import Record

PADDING = 1
"""Timesteps of padding shown before a review."""
MARKS = {PAD: "(padding)", START: "(start)"}
"""Labels of the tokens that are not words."""


@dataclass(frozen=True)
class ReviewDataset:
    """Reviews to classify as positive or negative.

    Attributes:
        source: where the reviews came from.
        words: the vocabulary by rank; empty without a word index.
        parts: the reviews of each split: "train", "val", "test" (or "all", for reviews without splits).
        encoding: how reviews become numbers.
        steps: batches in a training epoch.
        index: path of the word index, if one was read.
    """

    source: Source
    words: tuple[str, ...]
    parts: dict[str, Part]
    encoding: Words
    steps: int
    index: str | None = None

    @property
    def spec(self) -> Spec:
        """Tokens behind an embedding, or a bag of words; one probability to learn."""
        return spec_of(self.encoding)

    @property
    def batch_size(self) -> int:
        """Reviews in a training batch."""
        return self.encoding.batch_size

    @property
    def counts(self) -> dict[str, int]:
        """Number of reviews in each split."""
        return {split: len(part) for split, part in self.parts.items()}

    def epoch(self, seed: int, epoch: int) -> Iterator[Batch]:
        """Yield the training batches of an epoch: the next part of endless permutations of the reviews."""
        part = self.parts["train"]
        places = np.arange(len(part))
        order = train_order("strict", places, seed=seed, epoch=epoch, steps=self.steps, batch_size=self.batch_size)
        for picked in order:
            yield part.inputs(picked, self.encoding), part.labels[picked].astype(np.float32)[:, None]

    def inputs(self, split: str, batch_size: int) -> Iterator[NDArray[Any]]:
        """Yield the reviews of a split in order, the last batch as short as it comes."""
        part = self.parts[split]
        for start in range(0, len(part), batch_size):
            yield part.inputs(np.arange(start, min(start + batch_size, len(part))), self.encoding)

    def sample(self, split: str, number: int) -> Sample:
        """Return one review of a split; its labels are the words that the model reads."""
        part = self.parts[split]
        inputs = part.inputs(np.array([number]), self.encoding)[0]
        truth = f", it is {SAID[part.labels[number]]}" if part.labelled else ""
        return Sample(
            inputs=inputs,
            title=f"{split}, review {part.places[number]:,}" if part.labelled else "the text",
            axis="token",
            positions=None,
            labels=[MARKS.get(int(token)) or decode([int(token)], self.words) for token in inputs],
            describe=lambda output: f"{percent(output)} sure that it is positive{truth}",
            first=max(int(np.argmax(inputs != PAD)) - PADDING, 0),
        )

    def record(self, epoch: int, fitted: Sequence[float], outputs: Floats, rate: float, seconds: float) -> ReviewRecord:
        """Return the record of an epoch; `outputs` are the probabilities of the validation reviews."""
        labels, (loss, share) = self.parts["val"].labels, fitted
        val_loss, val_accuracy = cross_entropy(outputs, labels), accuracy(outputs, labels)
        return ReviewRecord(epoch, loss, share, val_loss, val_accuracy, rate, seconds)

    def epoch_line(self, record: Record) -> str:
        """Return the measures of an epoch."""
        of = record.figures()
        fit = f"loss {of['loss']:.4f}  accuracy {percent(of['accuracy'])}"
        return f"{fit}  val loss {of['val_loss']:.4f}  val accuracy {percent(of['val_accuracy'])}"

    def notices(self) -> list[str]:
        """Return the reader's notes on the reviews."""
        return [f"data: {note}" for note in self.source.notes]

    def resolved(self, config: ReviewConfig) -> ReviewConfig:
        """Return the config with the word index and the steps of an epoch written out."""
        data, training = config.data.but(index=self.index), config.training.but(steps_per_epoch=self.steps)
        return config.but(data=data, training=training)

    def facts(self) -> dict[str, Any]:
        """Return where the reviews came from, and how many there are."""
        source, words = self.source, words_text(self.words).encode()
        data = {
            "name": source.name,
            "sha256": source.sha256,
            "edition": source.edition,
            "made_up": source.made_up,
            "notes": list(source.notes),
            "words": len(self.words),
            "words_sha256": hashlib.sha256(words).hexdigest() if self.words else None,
        }
        return {"data": data, "reviews": self.counts}

    def truth(self, split: str) -> Floats:
        """Return the labels of a split, `(reviews,)` float64, 0 or 1."""
        return self.parts[split].labels.astype(np.float64)

    @cached_property
    def bag_of_words(self) -> Weights:
        """The baseline, fitted to the training reviews."""
        part = self.parts["train"]
        return fitted(part.encoded, part.labels, self.encoding.count)

    def baselines(self, split: str) -> tuple[float | None, float | None]:
        """Return the accuracies on a split of the commoner training label and of the bag of words.

        Both are None if there are no training reviews.
        """
        if "train" not in self.parts:
            return None, None
        part = self.parts[split]
        commoner = self.parts["train"].labels.mean() > HALF
        told = self.bag_of_words.says(part.encoded)
        return float(((part.labels > 0) == commoner).mean()), float(((part.labels > 0) == told).mean())

    def score(self, split: str, outputs: Floats) -> ReviewScore:
        """Return how well `(reviews,)` probabilities classify a split."""
        labels = self.parts[split].labels
        majority, bag_of_words = self.baselines(split)
        return ReviewScore(
            split=split,
            reviews=len(labels),
            accuracy=accuracy(outputs, labels),
            loss=cross_entropy(outputs, labels),
            majority=majority,
            bag_of_words=bag_of_words,
            confusion=confusion(outputs, labels),
            collapsed=collapsed(outputs, labels),
            most_wrong=self.parts[split].most_wrong(outputs, self.words, self.encoding),
        )

    def predictions(self, split: str, outputs: Floats) -> Verdicts:
        """Return the probabilities of a split beside the labels."""
        part = self.parts[split]
        made_up = self.source.edition if self.source.made_up else ""
        return Verdicts(part.places, outputs, part.labels, made_up)

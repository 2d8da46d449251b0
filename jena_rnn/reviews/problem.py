"""The task of telling good reviews from bad ones.

task = classify(config, corpus)
for inputs, targets in task.epoch(seed=0, epoch=1): ...       # (batch, 500) int32, (batch, 1) float32
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jena_rnn.base.tables import percent
from jena_rnn.forecast.splits import train_order
from jena_rnn.reviews.bag_of_words import Weights, fitted
from jena_rnn.reviews.config import ReviewConfig, Words
from jena_rnn.reviews.corpus import PAD, START, decode
from jena_rnn.reviews.parts import Part, embedding_of, shape_of
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
from jena_rnn.runs.records import Record, ReviewRecord, words_text
from jena_rnn.series.series import Floats, Source
from jena_rnn.tasks import Batch, Embedding, Head, Sample

PADDING = 1
"""Timesteps of padding that are shown before a review."""
MARKS = {PAD: "(padding)", START: "(start)"}
"""What stands for tokens that are no words."""


@dataclass(frozen=True)
class Classify:
    """Telling whether reviews are positive.

    Attributes:
        source: where the reviews came from.
        words: those that have a token of their own, by rank; empty without an index.
        parts: the reviews of each split: "train", "val", "test" (or "all", for reviews without splits).
        encoding: how they become numbers.
        steps: batches in a training epoch.
        index: the word index that was read, if one was.
    """

    source: Source
    words: tuple[str, ...]
    parts: dict[str, Part]
    encoding: Words
    steps: int
    index: str | None = None
    head = Head(1, "sigmoid")
    loss = "binary_crossentropy"
    metrics = ("accuracy",)
    form = ReviewRecord

    @property
    def batch_size(self) -> int:
        """Reviews in a training batch."""
        return self.encoding.batch_size

    @property
    def input_shape(self) -> tuple[int, ...]:
        """Words of one sample, or the size of its bag."""
        return (shape_of(self.encoding),)

    @property
    def embedding(self) -> Embedding | None:
        """A vector for each word; a bag needs none."""
        return embedding_of(self.encoding)

    def epoch(self, seed: int, epoch: int) -> Iterator[Batch]:
        """Yield the training batches of an epoch: the next ones of endless permutations of the reviews."""
        part = self.parts["train"]
        places = np.arange(len(part))
        order = train_order("strict", places, seed=seed, epoch=epoch, steps=self.steps, batch_size=self.batch_size)
        for picked in order:
            yield part.inputs(picked, self.encoding), part.labels[picked].astype(np.float32)[:, None]

    def count(self, split: str) -> int:
        """Return the number of reviews in a split."""
        return len(self.parts[split])

    @property
    def largest(self) -> int:
        """Reviews of the largest split."""
        return max(map(len, self.parts.values()))

    def inputs(self, split: str, batch_size: int) -> Iterator[NDArray[Any]]:
        """Yield the reviews of a split in order, the last batch as short as it comes."""
        part = self.parts[split]
        for start in range(0, len(part), batch_size):
            yield part.inputs(np.arange(start, min(start + batch_size, len(part))), self.encoding)

    def sample(self, split: str, number: int) -> Sample:
        """Return one review of a split; its labels are the words that the model is shown."""
        part = self.parts[split]
        inputs = part.inputs(np.array([number]), self.encoding)[0]
        truth = f", it is {SAID[part.labels[number]]}" if part.labelled else ""
        return Sample(
            inputs=inputs,
            title=f"{split}, review {part.places[number]:,}" if part.labelled else "the text",
            axis="token",
            positions=None,
            labels=[MARKS.get(int(token)) or decode([int(token)], self.words) for token in inputs],
            told=lambda output: f"{percent(output)} sure that it is positive{truth}",
            first=max(int(np.argmax(inputs != PAD)) - PADDING, 0),
        )

    def record(self, epoch: int, fitted: Sequence[float], outputs: Floats, rate: float, seconds: float) -> ReviewRecord:
        """Return what an epoch leaves; `outputs` are the probabilities of the validation reviews."""
        labels, (loss, share) = self.parts["val"].labels, fitted
        val_loss, val_accuracy = cross_entropy(outputs, labels), accuracy(outputs, labels)
        return ReviewRecord(epoch, loss, share, val_loss, val_accuracy, rate, seconds)

    def told(self, record: Record) -> str:
        """Return a record's figures for people."""
        of = record.figures()
        fit = f"loss {of['loss']:.4f}  accuracy {percent(of['accuracy'])}"
        return f"{fit}  val loss {of['val_loss']:.4f}  val accuracy {percent(of['val_accuracy'])}"

    def opening(self) -> list[str]:
        """Return what people should know of the reviews."""
        return [f"data: {note}" for note in self.source.notes]

    def resolved(self, config: ReviewConfig) -> ReviewConfig:
        """Return the config with the word index and the steps of an epoch written out."""
        data, training = replace(config.data, index=self.index), replace(config.training, steps_per_epoch=self.steps)
        return replace(config, data=data, training=training)

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
        return {"data": data, "reviews": {split: len(part) for split, part in self.parts.items()}}

    @cached_property
    def bag_of_words(self) -> Weights:
        """The baseline, fitted to the training reviews."""
        part = self.parts["train"]
        return fitted(part.encoded, part.labels, self.encoding.count)

    def baselines(self, split: str) -> tuple[float | None, float | None]:
        """Return the accuracy on a split of the training reviews' commoner label, and of the bag of words.

        None for both where there are no training reviews.
        """
        if "train" not in self.parts:
            return None, None
        part = self.parts[split]
        commoner = self.parts["train"].labels.mean() > HALF
        told = self.bag_of_words.says(part.encoded)
        return float(((part.labels > 0) == commoner).mean()), float(((part.labels > 0) == told).mean())

    def score(self, split: str, outputs: Floats) -> ReviewScore:
        """Return how well a split was told by `(reviews,)` probabilities."""
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

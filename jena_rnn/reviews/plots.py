"""Saved tables of runs on reviews to figures; accuracies in per cent. The caller saves a figure.

figure = accuracy_curves(history, title="imdb_lstm, seed 0", bag_of_words=0.887)
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from jena_rnn.base.tables import percent
from jena_rnn.reports.axes import BASELINE, INK, MODEL, curves, empty, epoch_axis, labelled, legend, mark
from jena_rnn.reports.canvas import Figure
from jena_rnn.reviews.corpus import Reviews
from jena_rnn.reviews.record import ReviewRecord
from jena_rnn.reviews.verdicts import SAID, Verdicts, confusion
from jena_rnn.training.history import best

DARK = 0.5
"""Share of a row above which its cell is too dark for black figures."""


@dataclass(frozen=True)
class Curve:
    """One run's validation curve, for comparing."""

    label: str
    history: Sequence[ReviewRecord]
    bag_of_words: float
    """Accuracy of the bag of words on the same reviews."""


def accuracy_curves(history: Sequence[ReviewRecord], *, title: str, bag_of_words: float | None) -> Figure:
    """Draw training dots and validation line over epochs, as the book's figures 6.8 and 6.10 do."""
    figure, axes = empty(title)
    curves(axes, [100 * r.accuracy for r in history], [100 * r.val_accuracy for r in history], "accuracy")
    highest = best(history)
    label = f"best: {percent(highest.val_accuracy)} (epoch {highest.epoch})"
    mark(axes, highest.epoch, 100 * highest.val_accuracy, label)
    if bag_of_words is not None:
        axes.axhline(100 * bag_of_words, ls="--", color=BASELINE, label=f"bag of words: {percent(bag_of_words)}")
    epoch_axis(axes, len(history))
    axes.set_ylabel("accuracy (%)")
    legend(axes)
    return figure


def loss_curves(history: Sequence[ReviewRecord], *, title: str) -> Figure:
    """Draw the losses over epochs, as the book's figures 6.9 and 6.11 do."""
    figure, axes = empty(title)
    curves(axes, [record.loss for record in history], [record.val_loss for record in history], "loss")
    epoch_axis(axes, len(history))
    axes.set_ylabel("binary cross-entropy (nats)")
    legend(axes)
    return figure


def confusion_matrix(verdicts: Verdicts, *, title: str) -> Figure:
    """Draw the number of reviews for each label and answer."""
    figure, axes = empty(title, width=5.5)
    counts = np.array(confusion(verdicts.probabilities, verdicts.labels))
    shares = counts / counts.sum(axis=1, keepdims=True).clip(1)
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for (label, said), count in np.ndenumerate(counts):
        share = shares[label, said]
        axes.text(
            said, label, f"{count:,}\n{percent(share)}", ha="center", va="center", color="w" if share > DARK else INK
        )
    axes.set_xticks([0, 1], SAID)
    axes.set_yticks([0, 1], SAID)
    axes.set_xlabel("what the model said")
    axes.set_ylabel("what the review is")
    axes.grid(visible=False)
    return figure


def compare_curves(runs: Sequence[Curve]) -> Figure:
    """Draw the validation accuracies of several runs in one figure, and their bags of words."""
    figure, axes = empty("Validation accuracy")
    shared = len({curve.bag_of_words for curve in runs}) == 1
    for curve in runs:
        label = labelled(f"{curve.label}: {percent(best(curve.history).val_accuracy)}")
        accuracies = [100 * record.val_accuracy for record in curve.history]
        (line,) = axes.plot([record.epoch for record in curve.history], accuracies, "-o", ms=3, label=label)
        if not shared:  # other reviews, or another vocabulary
            label = f"its bag of words: {percent(curve.bag_of_words)}"
            axes.axhline(100 * curve.bag_of_words, ls="--", lw=1, color=line.get_color(), label=label)
    if shared:
        level = runs[0].bag_of_words
        axes.axhline(100 * level, ls="--", color=BASELINE, label=f"bag of words: {percent(level)}")
    epoch_axis(axes, max(len(curve.history) for curve in runs))
    axes.set_ylabel("accuracy (%)")
    legend(axes, fontsize="small")
    return figure


def lengths(reviews: Reviews, *, title: str, shown: int) -> Figure:
    """Draw how long reviews are, in words, by label, and where a sample of `shown` tokens ends."""
    figure, axes = empty(title)
    last = int(max(np.percentile(reviews.lengths, 99.5), shown) * 1.05) if len(reviews) else shown
    for label, color in ((0, BASELINE), (1, MODEL)):
        counted = reviews.lengths[reviews.labels == label]
        axes.hist(counted, bins=60, range=(0, last), histtype="step", color=color, label=SAID[label])
    axes.axvline(shown, ls="--", color=INK, label=f"words.length: {shown}")
    axes.set_xlabel("words in a review")
    axes.set_ylabel("reviews")
    legend(axes)
    return figure

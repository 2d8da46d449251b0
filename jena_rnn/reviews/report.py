"""The report of a run on reviews: accuracies beside the baselines, the confusion matrix, the worst mistakes."""

from collections.abc import Callable, Sequence
from typing import Any

from jena_rnn.base.tables import percent, table
from jena_rnn.config.deviations import deviations
from jena_rnn.reviews.config import ReviewConfig
from jena_rnn.reviews.corpus import MADE_UP, POSITIVE
from jena_rnn.reviews.record import ReviewRecord
from jena_rnn.reviews.verdicts import SAID, confusion_table
from jena_rnn.tasks import Report, failures
from jena_rnn.training.history import best

IMDB = 25_000
"""Reviews to train with, and as many to test."""
FAILURES: dict[str, Callable[[dict[str, Any]], bool]] = {
    "COLLAPSED (it says the same of nearly every review)": lambda score: score["collapsed"],
    "NO BETTER THAN ALWAYS SAYING THE SAME": lambda score: score["accuracy"] <= score["majority"],
    "WORSE THAN A BAG OF WORDS": lambda score: score["accuracy"] < score["bag_of_words"],
}


def verdict(metrics: dict[str, Any]) -> str:
    """Return the outcome of a finished run in one line, failures first."""
    failed, test = failures(metrics["splits"], FAILURES), metrics["splits"]["test"]
    figures = f"test accuracy {percent(test['accuracy'])}, bag of words {percent(test['bag_of_words'])}"
    return f"{failed}: {figures}" if failed else figures


def errors(
    config: ReviewConfig, info: dict[str, Any], history: Sequence[ReviewRecord], metrics: dict[str, Any] | None
) -> str:
    """Return a table of accuracies, the confusion matrix and the worst mistakes."""
    if metrics is None:
        record = best(history)
        done = f"{record.epoch} (best of {len(history)} finished; {config.training.epochs} were asked for)"
        return f"Validation accuracy {percent(record.val_accuracy)} at epoch {done}."
    header = ["accuracy", "model", "bag of words", "majority", "loss", "reviews"]
    rows = []
    for name, label in (("val", "validation"), ("test", "test")):
        score = metrics["splits"][name]
        rows.append([f"{label}, best epoch ({metrics['best_epoch']})", percent(score["accuracy"]), *_beside(score)])
    last, val = history[-1], metrics["splits"]["val"]
    beside = _beside(val | {"loss": last.val_loss})
    rows.append([f"validation, last epoch ({metrics['epochs']})", percent(last.val_accuracy), *beside])
    means = (
        "The best epoch has the highest validation accuracy. Majority always gives the commoner label of the training "
        "reviews; bag of words is a ridge regression on which words occur. The loss is binary cross-entropy, in nats."
    )
    test = metrics["splits"]["test"]
    said = "Test reviews by label and by the model's answer:"
    return "\n\n".join([table(header, rows), means, said, confusion_table(test["confusion"]), _most_wrong(test)])


def _beside(score: dict[str, Any]) -> list[str]:
    baselines = percent(score["bag_of_words"]), percent(score["majority"])
    return [*baselines, f"{score['loss']:.4f}", f"{score['reviews']:,}"]


def _most_wrong(score: dict[str, Any]) -> str:
    """Return the worst mistakes, as the model read them."""
    if not score["most_wrong"]:
        return "No test review was classified wrong."
    lines = ["## Most wrong on test", "", "Words outside the vocabulary are shown as `?`.", ""]
    for wrong in score["most_wrong"]:
        is_what = SAID[wrong["label"]]
        sure = wrong["probability"] if wrong["label"] != POSITIVE else 1 - wrong["probability"]
        said = f"{100 * sure:.2f} % sure that it is {SAID[1 - wrong['label']]}"
        text = wrong["text"] or "(the run has no word index, so no words)"
        lines.append(f"- review {wrong['review']:,} is {is_what}; the model is {said}: {text}")
    return "\n".join(lines)


def listing(config: ReviewConfig, info: dict[str, Any], history: Sequence[ReviewRecord]) -> str:
    """Return the book's figures beside ours; empty unless there are as many reviews as in IMDB."""
    book, counts = config.book, info["reviews"]
    as_many = (counts["train"] + counts["val"], counts["test"]) == (IMDB, IMDB)
    if book is None or info["data"]["made_up"] or not as_many:
        return ""
    figures = [
        f"{name} {percent(figure)}"
        for name, figure in (
            ("best validation accuracy", book.val_accuracy),
            ("after the last epoch", book.last_accuracy),
            ("on test", book.test_accuracy),
        )
        if figure is not None
    ]
    if not figures:
        return ""
    ours, training = best(history), config.training
    if training.steps_per_epoch == -(-info["reviews"]["train"] // config.words.batch_size):
        training = training.but(steps_per_epoch=None)  # one pass, as the listing has it
    changed = deviations(config.but(training=training))
    text = f"The book (listing {book.listing}): {', '.join(figures)}. This run: {percent(ours.val_accuracy)} at epoch "
    text += f"{ours.epoch}, {percent(history[-1].val_accuracy)} after the last."
    if info["data"]["edition"] == "unknown":
        text += " Its reviews are not Keras's file byte for byte, and its validation reviews others than the book's."
    return f"{text} It is not the listing as it stands: {', '.join(changed)}." if changed else text


def data(config: ReviewConfig, info: dict[str, Any]) -> list[str]:
    """Return lines about the reviews."""
    facts, words = info["data"], config.words
    counts = ", ".join(f"{count:,} {split}" for split, count in info["reviews"].items())
    shown = (
        f"which of {words.count:,} tokens occur"
        if words.encoding == "bag"
        else f"{words.length} tokens each, of {words.count:,}{', reversed' if words.reverse else ''}"
    )
    lines = [
        f"- {facts['name']}, edition: {facts['edition']}",
        f"- SHA-256 {facts['sha256']}",
        f"- {counts} reviews; validation drawn with split.seed {config.split.seed}",
        f"- {shown}",
        *(f"- {note}" for note in facts["notes"]),
    ]
    return (
        [f"- {MADE_UP}: nobody wrote them; their figures say nothing about IMDB", *lines] if facts["made_up"] else lines
    )


REPORT = Report(verdict, errors, listing, data, ("accuracy", "loss", "confusion"))

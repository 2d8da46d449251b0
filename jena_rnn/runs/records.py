"""What a run leaves of each epoch: one record, of the form of its task.

Whatever looks for the best one knows them by `Record` alone.

EpochRecord(epoch=1, loss=0.31, val_mae=0.28, learning_rate=0.001, seconds=9.4)
best(history).epoch                     # the epoch with the lowest validation MAE
"""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, astuple, dataclass, fields
from typing import Any, TypeVar

from jena_rnn.config.experiment import EarlyStopping, Plateau
from jena_rnn.runs.shapes import finite


@dataclass(frozen=True)
class EpochRecord:
    """One epoch of training; errors are normalised."""

    epoch: int
    """Counted from 1."""
    loss: float
    """Mean over the epoch's windows, dropout at work."""
    val_mae: float
    """After the epoch, over the whole validation pass."""
    learning_rate: float
    seconds: float
    """Training and validation together."""

    @property
    def error(self) -> float:
        """What is best where it is lowest: the validation MAE."""
        return self.val_mae

    def figures(self) -> dict[str, float]:
        """Return what was measured, by name."""
        return {"loss": self.loss, "val_mae": self.val_mae}


@dataclass(frozen=True)
class ReviewRecord:
    """One epoch of learning to tell good reviews from bad ones; losses are binary cross-entropies, in nats."""

    epoch: int
    """Counted from 1."""
    loss: float
    """Mean over the epoch's reviews, dropout at work."""
    accuracy: float
    """Share of them told right, each by the weights of its step."""
    val_loss: float
    """After the epoch, over all validation reviews."""
    val_accuracy: float
    """Likewise."""
    learning_rate: float
    seconds: float
    """Training and validation together."""

    def __post_init__(self) -> None:
        """Refuse accuracies that are no shares, with ValueError."""
        if not (0 <= self.accuracy <= 1 and 0 <= self.val_accuracy <= 1):
            raise ValueError(f"expected accuracies from 0 to 1, got {self.accuracy} and {self.val_accuracy}")

    @property
    def error(self) -> float:
        """What is best where it is lowest: the share of validation reviews told wrong."""
        return 1.0 - self.val_accuracy

    def figures(self) -> dict[str, float]:
        """Return what was measured, by name."""
        return {name: getattr(self, name) for name in ("loss", "accuracy", "val_loss", "val_accuracy")}


def words_text(words: Sequence[str]) -> str:
    """Return words.json: the words that samples are made of, by rank, one a line."""
    return json.dumps(list(words), ensure_ascii=False, indent=0) + "\n"


Record = EpochRecord | ReviewRecord
R = TypeVar("R", EpochRecord, ReviewRecord, Record)
FORMS: dict[str, type[Record]] = {"forecast": EpochRecord, "reviews": ReviewRecord}
"""The record of each task."""


def columns_of(form: type[Record]) -> list[str]:
    """Return the columns of a kind of record."""
    return [field.name for field in fields(form)]


def record_from(row: Mapping[str, Any]) -> Record:
    """Return the record with these columns, as numbers or text; raises ValueError or TypeError for a damaged one."""
    for form in FORMS.values():
        if columns_of(form) == list(row):
            return form(int(row["epoch"]), *(float(row[name]) for name in list(row)[1:]))
    raise ValueError(f"no record has the columns {','.join(row)}")


def history_text(history: Sequence[Record], form: type[Record]) -> str:
    """Return history.csv: a header, and one line for each epoch."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns_of(form), lineterminator="\n")
    writer.writeheader()
    writer.writerows(asdict(record) for record in history)
    return text.getvalue()


def history_from(text: str, form: type[Record]) -> list[Record]:
    """Return what `history_text` made a text of; raises ValueError if it is damaged."""
    try:
        header, *lines = list(csv.reader(text.splitlines(), strict=True)) or [[]]
    except csv.Error as error:
        raise ValueError(str(error)) from None
    if header != columns_of(form):
        raise ValueError(f"expected the header {','.join(columns_of(form))}")
    history: list[Record] = []
    for epoch, cells in enumerate(lines, start=1):
        if len(cells) != len(header):
            raise ValueError(f"line {epoch + 1}: expected {len(header)} cells, got {len(cells)}")
        try:
            record = record_from(dict(zip(header, cells, strict=True)))
        except ValueError as error:
            raise ValueError(f"line {epoch + 1}: {error}") from None
        if record.epoch != epoch:
            raise ValueError(f"line {epoch + 1}: expected epoch {epoch}, got {record.epoch}")
        if not all(finite(number) for number in astuple(record)):
            raise ValueError(f"line {epoch + 1}: expected finite numbers")
        history.append(record)
    return history


def best(history: Sequence[R]) -> R:
    """Return the epoch with the lowest validation error, the earlier of two equals."""
    return min(history, key=lambda record: (record.error, record.epoch))


def stops_early(history: Sequence[Record], rule: EarlyStopping | None) -> bool:
    """Return whether the last `patience` epochs all failed to beat the best before by more than `min_delta`."""
    if rule is None or not history:
        return False
    reference, since = float("inf"), 0
    for record in history:
        if record.error < reference - rule.min_delta:
            reference, since = record.error, 0
        else:
            since += 1
    return since >= rule.patience


def learning_rate(history: Sequence[Record], start: float, rule: Plateau | None) -> float:
    """Return the rate for the epoch after `history`: lowered after each `patience` epochs without a gain."""
    rate, reference, since = start, float("inf"), 0
    if rule is None:
        return rate
    for record in history:
        if record.error < reference - rule.min_delta:
            reference, since = record.error, 0
        elif (since := since + 1) == rule.patience:
            rate, since = max(rate * rule.factor, min(rule.minimum, rate)), 0
    return rate

"""The history of a training: one record for each epoch, and what follows from it.

Early stopping, the learning rate and the best epoch are pure functions of the history, so a resumed run has no other
state to lose. Each task adds its own measures to `Record` in its folder.

    best(history).epoch                     # the epoch with the lowest validation error
    history_text(history, EpochRecord)      # history.csv
"""

import csv
import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, astuple, fields
from typing import Any, ClassVar, TypeVar

from jena_rnn.config.experiment import EarlyStopping, Plateau

BESIDES = ("epoch", "learning_rate", "seconds")
"""Columns that are no measures."""


class Record:
    """One epoch. Each task makes a frozen dataclass of it and adds its own measures.

    The fields, in their order, are the columns of history.csv.
    """

    __dataclass_fields__: ClassVar[dict[str, Any]]
    epoch: int
    """Counted from 1."""
    loss: float
    """Mean training loss over the epoch, with dropout."""
    learning_rate: float
    seconds: float
    """Training and validation together."""

    @property
    def error(self) -> float:
        """The validation error; the best epoch has the lowest."""
        raise NotImplementedError

    def figures(self) -> dict[str, float]:
        """Return the measures by name, `loss` first."""
        return {field.name: getattr(self, field.name) for field in fields(self) if field.name not in BESIDES}


R = TypeVar("R", bound=Record)


def is_finite(record: Record) -> bool:
    """Return whether every number of a record is finite."""
    return all(math.isfinite(number) for number in astuple(record))


def record_from(row: Mapping[str, Any], form: type[R]) -> R:
    """Return the record with these columns, given as numbers or text; raises ValueError if they do not fit `form`."""
    if list(row) != _columns(form):
        raise ValueError(f"expected the columns {','.join(_columns(form))}, got {','.join(row)}")
    figures = {name: float(value) for name, value in row.items() if name != "epoch"}
    return form(epoch=int(row["epoch"]), **figures)  # type: ignore[call-arg] # a dataclass, by its fields


def _columns(form: type[Record]) -> list[str]:
    return [field.name for field in fields(form)]


def history_text(history: Sequence[Record], form: type[Record]) -> str:
    """Return history.csv: a header, and one line for each epoch."""
    text = io.StringIO()
    writer = csv.DictWriter(text, _columns(form), lineterminator="\n")
    writer.writeheader()
    writer.writerows(asdict(record) for record in history)
    return text.getvalue()


def history_from(text: str, form: type[R]) -> list[R]:
    """Return the records in the text of a history.csv; raises ValueError if it is damaged."""
    header, *rows = [line.split(",") for line in text.splitlines()] or [[]]
    if header != _columns(form):
        raise ValueError(f"expected the header {','.join(_columns(form))}")
    history: list[R] = []
    for epoch, cells in enumerate(rows, start=1):
        try:
            record = record_from(dict(zip(header, cells, strict=True)), form)
        except ValueError as error:
            raise ValueError(f"line {epoch + 1}: {error}") from None
        if record.epoch != epoch:
            raise ValueError(f"line {epoch + 1}: expected epoch {epoch}, got {record.epoch}")
        if not is_finite(record):
            raise ValueError(f"line {epoch + 1}: expected finite numbers")
        history.append(record)
    return history


def best(history: Sequence[R]) -> R:
    """Return the epoch with the lowest validation error, the earlier of two equal ones."""
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
    """Return the learning rate of the epoch after `history`: lowered after each `patience` epochs without a gain."""
    rate, reference, since = start, float("inf"), 0
    if rule is None:
        return rate
    for record in history:
        if record.error < reference - rule.min_delta:
            reference, since = record.error, 0
        elif (since := since + 1) == rule.patience:
            rate, since = max(rate * rule.factor, min(rule.minimum, rate)), 0
    return rate
